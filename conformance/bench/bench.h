/* What the parts of the benchmark share: options, and the table that they fill. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"
#include "conformance/bench/load.h"
#include "conformance/bench/subject.h"

#include <jansson.h>

#define CFT_BENCH_CONNECTIONS 16
#define CFT_BENCH_ROUNDS_MAX  64

enum cft_bound { CFT_BOUND_NONE, CFT_AT_LEAST, CFT_AT_MOST };

struct cft_bench {
    struct lat_arena *arena;
    const char *simulator; /* program */
    const char *bare;      /* program */
    const char *moto;      /* program in Python that runs moto's server */
    const char *python;    /* that runs it */
    int64_t rounds;
    double round_seconds;
    int64_t resources; /* of the large store */
    int64_t routes;    /* HTTPRoutes of the Kubernetes figures */
    const char *only;  /* NULL, or the one part to run */
    json_t *rows;
    bool missed; /* a figure that was asked for was not reached */
};

/* Adds a figure to the table. detail says how it was got. */
void cft_bench_add(struct cft_bench *bench, const char *name, double value, const char *unit,
                   enum cft_bound bound, double limit, const char *detail);
/* Adds the reason why a figure is not there; it counts as neither reached nor missed. */
void cft_bench_skip(struct cft_bench *bench, const char *name, const char *reason);
/* The table as text on standard output. */
void cft_bench_print(const struct cft_bench *bench);

/* The median; sorts the values. */
double cft_bench_median(double *values, int64_t count);

/* The parts. Each starts and stops its own programs. */
int cft_bench_footprint(struct cft_bench *bench, struct lat_err *reterr) LAT_MUST_USE;
int cft_bench_calls(struct cft_bench *bench, struct lat_err *reterr) LAT_MUST_USE;
int cft_bench_strict(struct cft_bench *bench, struct lat_err *reterr) LAT_MUST_USE;
int cft_bench_moto(struct cft_bench *bench, struct lat_err *reterr) LAT_MUST_USE;
int cft_bench_scale(struct cft_bench *bench, struct lat_err *reterr) LAT_MUST_USE;
int cft_bench_kubernetes(struct cft_bench *bench, struct lat_err *reterr) LAT_MUST_USE;
