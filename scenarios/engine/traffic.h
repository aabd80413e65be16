/* The data plane in small: which rule a request meets and which target answers. Pure: an estate and
 * a seeded generator in, an outcome out. Sources are named at each rule in traffic.c. */
#pragma once

#include "common/base/arena.h"
#include "common/base/rng.h"
#include "scenarios/engine/estate.h"

enum scn_outcome_kind {
    SCN_OUTCOME_FORWARDED,   /* group and target are set */
    SCN_OUTCOME_FIXED,       /* status is set */
    SCN_OUTCOME_NO_SERVICE,  /* no such service: its name does not resolve */
    SCN_OUTCOME_NO_NETWORK,  /* no active association between the client and the service */
    SCN_OUTCOME_NO_LISTENER, /* nothing listens on that port */
    SCN_OUTCOME_NO_TARGET,   /* the chosen group has no target at all, or is gone */
    SCN_OUTCOME_NO_WEIGHT,   /* several groups, all of weight 0: behaviour unknown */
    SCN_OUTCOME_KIND_COUNT
};

struct scn_header {
    const char *name;
    const char *value;
};

struct scn_request {
    const char *service; /* name, id or ARN */
    int64_t port;
    const char *from_vpc; /* NULL: from any VPC of any of the service's networks */
    const char *method;   /* NULL: GET */
    const char *path;     /* NULL: "/"; a query string is not compared */
    const struct scn_header *headers;
    size_t header_count;
};

struct scn_outcome {
    enum scn_outcome_kind kind;
    const struct scn_rule *rule; /* NULL: the default action, or none was reached */
    const struct scn_group *group;
    const struct scn_target *target;
    int64_t status;
};

void scn_traffic_send(const struct scn_estate *estate, const struct scn_request *request,
                      struct lat_rng *rng, struct scn_outcome *ret_outcome);

/* One share of a run of requests. label: a group's label (estate.h), "404" or "500" for a fixed
 * answer, or "no service", "no network", "no listener", "no target", "no weight". */
struct scn_share {
    const char *label;
    int64_t count;
};

/* Sends request_count equal requests; the shares, the largest first. */
void scn_traffic_split(struct lat_arena *arena, const struct scn_estate *estate,
                       const struct scn_request *request, int64_t request_count,
                       struct lat_rng *rng, const struct scn_share **ret_shares,
                       size_t *ret_share_count);
