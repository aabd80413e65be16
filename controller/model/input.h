/* What a build is made from: a route, the cluster around it, and the two questions that it may ask
 * of AWS. */
#pragma once

#include "common/base/arena.h"
#include "controller/model/certificate.h"
#include "controller/model/config.h"
#include "controller/model/stack.h"
#include "controller/model/view.h"

#include <jansson.h>

enum gwc_lookup_result {
    GWC_LOOKUP_FOUND,
    GWC_LOOKUP_ABSENT, /* not found, or access denied */
    GWC_LOOKUP_FAILED, /* any other error */
    GWC_LOOKUP_RESULT_COUNT
};

/* The two things that a build asks of AWS. Answers are values in the arena. */
struct gwc_lookups {
    void *context;

    /* GetTargetGroup by its full ARN. FOUND sets *ret_id to the bare id ("tg-…"); the others set
     * *ret_error to the SDK's text. */
    enum gwc_lookup_result (*external_target_group)(void *context, struct lat_arena *arena,
                                                    const char *arn, const char **ret_id,
                                                    const char **ret_error);

    /* The issued certificates of ACM, in list order (possibly from a cache). ABSENT means that
     * ListCertificates is denied; FAILED sets *ret_error. */
    enum gwc_lookup_result (*certificates)(void *context, struct lat_arena *arena,
                                           struct gwc_certificates *ret_certificates,
                                           const char **ret_error);
};

enum gwc_build_purpose {
    GWC_BUILD_DEPLOY,
    GWC_BUILD_COLLECT, /* for garbage collection: asks AWS nothing, checks no import annotation */
    GWC_BUILD_PURPOSE_COUNT
};

struct gwc_build {
    struct lat_arena *arena; /* owns the stack and every text in it */
    const struct gwc_cluster_view *view;
    const struct gwc_lookups *lookups; /* may be NULL for GWC_BUILD_COLLECT and deleted routes */
    const struct gwc_config *config;
    enum gwc_build_purpose purpose;
    enum gwc_route_kind route_kind;
    /* With the status that decides: on an upsert the one just computed by gwc_status_route_new, on
     * a delete the stored one. Borrowed. A set deletionTimestamp makes a stack for deletion, which
     * has a service and nothing below. */
    const json_t *route;
};
