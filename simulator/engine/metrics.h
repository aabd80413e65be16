/* Counters of answered calls, by API, service, operation and status. Operations are names that
 * peers may make up, so the number of counters is bounded: what no longer fits is counted under the
 * operation "other". */
#pragma once

#include "common/base/auto.h"

#include <stddef.h>
#include <stdint.h>

#define SIM_METRICS_MAX 2048

struct sim_metric {
    const char *api, *service, *operation; /* owned by the counters; never NULL */
    int status;
    int64_t count;
};

struct sim_metrics;

struct sim_metrics *sim_metrics_new(void) LAT_MUST_USE;
struct sim_metrics *sim_metrics_free(struct sim_metrics *metrics);
void sim_metrics_clear(struct sim_metrics *metrics);

/* Counts one call; service and operation may be NULL where they are unknown. */
void sim_metrics_count(struct sim_metrics *metrics, const char *api, const char *service,
                       const char *operation, int status);

/* All counters, in the order in which they were first needed. */
const struct sim_metric *sim_metrics_all(const struct sim_metrics *metrics, size_t *ret_count);
