/* Whether a full store makes calls dearer: two simulators, one with a thousand resources and one
 * with very many, are asked the same in turn, one call after the other. */
#include "conformance/bench/bench.h"
#include "conformance/bench/wire.h"

#include "common/base/text.h"

#include <stdio.h>

#define SMALL_STORE        1000
#define FILLED_PER_ACCOUNT 1000 /* inside the quotas of ordinary accounts */
#define FIRST_ACCOUNT      INT64_C(400000000000)
#define CALLS_PER_ROUND    200
#define RULES_PER_LISTENER 100 /* priorities end there */
#define TARGETS            20
#define QUOTA_RULES        "L-CF78395E"
#define LISTENERS_MAX      (CFT_BENCH_ROUNDS_MAX * CALLS_PER_ROUND / RULES_PER_LISTENER)

struct store {
    struct cft_subject simulator;
    const char *service;
    const char *group;
    const char *services[LISTENERS_MAX];
    const char *listeners[LISTENERS_MAX];
};

static void put_filling(void *context, uint64_t number, struct lat_buf *request)
{
    struct cft_call call = {.account = FIRST_ACCOUNT + (int64_t)(number / FILLED_PER_ACCOUNT),
                            .method = "POST",
                            .path = "/services"};
    (void)context;
    snprintf(call.body, sizeof call.body, "{\"name\":\"filling-%llu\"}",
             (unsigned long long)number);
    cft_wire_put(request, &call);
}

static void put_get(void *context, uint64_t number, struct lat_buf *request)
{
    const struct store *store = context;
    struct cft_call call = {.account = CFT_WIRE_ACCOUNT, .method = "GET"};
    (void)number;
    snprintf(call.path, sizeof call.path, "/services/%s", store->service);
    cft_wire_put(request, &call);
}

static void put_rule(void *context, uint64_t number, struct lat_buf *request)
{
    const struct store *store = context;
    size_t listener = number / RULES_PER_LISTENER;
    int priority = (int)(number % RULES_PER_LISTENER) + 1;
    struct cft_call call = {.account = CFT_WIRE_ACCOUNT, .method = "POST"};
    snprintf(call.path, sizeof call.path, "/services/%s/listeners/%s/rules",
             store->services[listener], store->listeners[listener]);
    snprintf(
        call.body, sizeof call.body,
        "{\"name\":\"bench-%d\",\"priority\":%d,\"match\":{\"httpMatch\":{\"method\":\"GET\"}},"
        "\"action\":{\"fixedResponse\":{\"statusCode\":404}}}",
        priority, priority);
    cft_wire_put(request, &call);
}

static void put_targets(void *context, uint64_t number, struct lat_buf *request)
{
    const struct store *store = context;
    struct cft_call call = {.account = CFT_WIRE_ACCOUNT, .method = "POST", .body = "{}"};
    (void)number;
    snprintf(call.path, sizeof call.path, "/targetgroups/%s/listtargets", store->group);
    cft_wire_put(request, &call);
}

static const struct {
    const char *name;
    int status;
    cft_load_next *next;
} calls[] = {
    {"GetService", 200, put_get}, {"CreateRule", 201, put_rule}, {"ListTargets", 200, put_targets}};

static int make_listeners(struct cft_bench *bench, struct store *store, struct lat_err *reterr)
{
    int64_t count = bench->rounds * CALLS_PER_ROUND / RULES_PER_LISTENER;
    for (int64_t i = 0; i < count; i++) {
        char body[128], path[128];
        snprintf(body, sizeof body, "{\"name\":\"service-%lld\"}", (long long)i);
        if (cft_wire_call_for(bench->arena, store->simulator.port, CFT_WIRE_ACCOUNT, "POST",
                              "/services", body, 201, "id", &store->services[i], reterr) < 0)
            return -1;
        snprintf(path, sizeof path, "/services/%s/listeners", store->services[i]);
        if (cft_wire_call_for(bench->arena, store->simulator.port, CFT_WIRE_ACCOUNT, "POST", path,
                              "{\"name\":\"http\",\"protocol\":\"HTTP\",\"port\":80,"
                              "\"defaultAction\":{\"fixedResponse\":{\"statusCode\":404}}}",
                              201, "id", &store->listeners[i], reterr) < 0)
            return -1;
    }
    store->service = store->services[0];
    return cft_wire_lift_quota(store->simulator.port, CFT_WIRE_ACCOUNT, QUOTA_RULES, reterr);
}

static int make_targets(struct cft_bench *bench, struct store *store, struct lat_err *reterr)
{
    LAT_AUTO(lat_buf_done) struct lat_buf body;
    char path[128];
    json_t *answer = NULL;
    if (cft_wire_call_for(bench->arena, store->simulator.port, CFT_WIRE_ACCOUNT, "POST",
                          "/targetgroups",
                          "{\"name\":\"group\",\"type\":\"IP\",\"config\":{\"port\":80,"
                          "\"protocol\":\"HTTP\",\"vpcIdentifier\":\"vpc-0123456789abcdef0\"}}",
                          201, "id", &store->group, reterr) < 0)
        return -1;
    lat_buf_init(&body, 1 << 16);
    for (int i = 0; i < TARGETS; i++)
        lat_buf_printf(&body, "%s{\"id\":\"10.0.0.%d\"}", i == 0 ? "{\"targets\":[" : ",", i + 1);
    lat_buf_puts(&body, "]}");
    snprintf(path, sizeof path, "/targetgroups/%s/registertargets", store->group);
    int result = cft_wire_call(store->simulator.port, CFT_WIRE_ACCOUNT, "POST", path, body.data,
                               200, &answer, reterr);
    json_decref(answer);
    return result;
}

static int fill(struct cft_bench *bench, struct store *store, int64_t count, struct lat_err *reterr)
{
    struct cft_load_result result;
    const struct cft_load_plan plan = {.port = store->simulator.port,
                                       .connections = CFT_BENCH_CONNECTIONS,
                                       .count = (uint64_t)count,
                                       .status = 201,
                                       .next = put_filling};
    if (cft_load_run(&plan, &result, reterr) < 0 || make_listeners(bench, store, reterr) < 0 ||
        make_targets(bench, store, reterr) < 0)
        return -1;
    fprintf(stderr, "  %lld services made at %.0f/s, %.0f MB resident\n", (long long)count,
            result.per_second, cft_subject_resident_mb(&store->simulator));
    return 0;
}

static int time_round(struct store *store, size_t call, uint64_t first, double *ret_us,
                      struct lat_err *reterr)
{
    struct cft_load_result result;
    const struct cft_load_plan plan = {.port = store->simulator.port,
                                       .connections = 1,
                                       .first = first,
                                       .count = CALLS_PER_ROUND,
                                       .status = calls[call].status,
                                       .next = calls[call].next,
                                       .context = store};
    if (cft_load_run(&plan, &result, reterr) < 0)
        return -1;
    *ret_us = result.median_us;
    return 0;
}

static int compare(struct cft_bench *bench, struct store *small, struct store *large, size_t call,
                   struct lat_err *reterr)
{
    double ratios[CFT_BENCH_ROUNDS_MAX], smalls[CFT_BENCH_ROUNDS_MAX], larges[CFT_BENCH_ROUNDS_MAX];
    for (int64_t i = 0; i < bench->rounds; i++) {
        uint64_t first = (uint64_t)i * CALLS_PER_ROUND;
        if (time_round(small, call, first, &smalls[i], reterr) < 0 ||
            time_round(large, call, first, &larges[i], reterr) < 0)
            return -1;
        ratios[i] = larges[i] / smalls[i];
    }
    cft_bench_add(
        bench, lat_arena_printf(bench->arena, "%s in a full store", calls[call].name),
        cft_bench_median(ratios, bench->rounds), "", CFT_AT_MOST, 1.5,
        lat_arena_printf(bench->arena, "%.1f us with %lld resources, %.1f us with %d, medians",
                         cft_bench_median(larges, bench->rounds), (long long)bench->resources,
                         cft_bench_median(smalls, bench->rounds), SMALL_STORE));
    return 0;
}

int cft_bench_scale(struct cft_bench *bench, struct lat_err *reterr)
{
    struct store *small = LAT_NEW(bench->arena, struct store);
    struct store *large = LAT_NEW(bench->arena, struct store);
    int result = -1;
    if (cft_subject_start(bench->simulator, NULL, &small->simulator, reterr) == 0 &&
        cft_subject_start(bench->simulator, NULL, &large->simulator, reterr) == 0 &&
        fill(bench, small, SMALL_STORE, reterr) == 0 &&
        fill(bench, large, bench->resources, reterr) == 0)
        result = 0;
    for (size_t i = 0; i < LAT_COUNT(calls) && result == 0; i++)
        result = compare(bench, small, large, i, reterr);
    cft_subject_stop(&small->simulator);
    cft_subject_stop(&large->simulator);
    return result;
}
