/* The calls; see cases.h. */
#include "conformance/bench/cases.h"

#include <stdio.h>

#define SERVICES_LISTED      100
#define SERVICES_PER_ACCOUNT 1000 /* far from the quota, and a list of that size is ordinary */
#define FIRST_ACCOUNT        INT64_C(200000000000)
#define LISTING_ACCOUNT      INT64_C(300000000000)

static void make_get(const struct cft_estate *estate, uint64_t number, struct cft_call *call)
{
    (void)number;
    *call = (struct cft_call){.account = CFT_WIRE_ACCOUNT, .method = "GET"};
    snprintf(call->path, sizeof call->path, "/services/%s", estate->service);
}

static void make_create(const struct cft_estate *estate, uint64_t number, struct cft_call *call)
{
    (void)estate;
    *call = (struct cft_call){.account = FIRST_ACCOUNT + (int64_t)(number / SERVICES_PER_ACCOUNT),
                              .method = "POST",
                              .path = "/services"};
    snprintf(call->body, sizeof call->body, "{\"name\":\"bench-%llu\"}",
             (unsigned long long)number);
}

static void make_list(const struct cft_estate *estate, uint64_t number, struct cft_call *call)
{
    (void)estate;
    (void)number;
    *call = (struct cft_call){
        .account = LISTING_ACCOUNT, .method = "GET", .path = "/services?maxResults=100"};
}

/* CreateService comes last: moto keeps all accounts' services in one list, which grows by it. */
const struct cft_case cft_cases[CFT_CASES] = {
    {"GetService", 200, 200, 0.6, make_get},
    {"ListServices(100)", 200, 200, 0.25, make_list},
    {"CreateService", 201, 200, 0.25, make_create},
};

int cft_estate_make(struct cft_bench *bench, uint16_t port, int created, struct cft_estate *ret,
                    struct lat_err *reterr)
{
    for (int i = 0; i < SERVICES_LISTED; i++) {
        char body[64];
        const char *id = NULL;
        snprintf(body, sizeof body, "{\"name\":\"listed-%d\"}", i);
        if (cft_wire_call_for(bench->arena, port, LISTING_ACCOUNT, "POST", "/services", body,
                              created, "id", &id, reterr) < 0)
            return -1;
    }
    return cft_wire_call_for(bench->arena, port, CFT_WIRE_ACCOUNT, "POST", "/services",
                             "{\"name\":\"orders\"}", created, "id", &ret->service, reterr);
}

void cft_case_put(void *at, uint64_t number, struct lat_buf *request)
{
    const struct cft_case_at *of = at;
    struct cft_call call;
    of->it->make(of->estate, number, &call);
    cft_wire_put(request, &call);
}
