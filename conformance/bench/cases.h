/* The three calls that are measured beside a bare handler, beside moto's server, and with
 * signatures: one that reads a row, one that writes, one that lists a hundred. */
#pragma once

#include "conformance/bench/bench.h"
#include "conformance/bench/wire.h"

/* What the calls refer to; made in each server anew. */
struct cft_estate {
    const char *service; /* id */
    uint64_t sent;       /* numbers that were used up; each creates another service */
};

struct cft_case {
    const char *name;
    int status;
    int moto_status;
    double bare_min; /* share of the bare handler's rate that is asked for */
    void (*make)(const struct cft_estate *estate, uint64_t number, struct cft_call *call);
};

#define CFT_CASES 3
extern const struct cft_case cft_cases[CFT_CASES];

/* Makes what the calls refer to, with the status that this server answers a creation with. */
int cft_estate_make(struct cft_bench *bench, uint16_t port, int created, struct cft_estate *ret,
                    struct lat_err *reterr) LAT_MUST_USE;

/* A case at an estate, as a context for cft_case_put. */
struct cft_case_at {
    const struct cft_case *it;
    const struct cft_estate *estate;
};

/* A cft_load_next: the request with a made-up signature. */
void cft_case_put(void *at, uint64_t number, struct lat_buf *request);
