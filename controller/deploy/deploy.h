/* Makes VPC Lattice agree with a stack: calls in the documented order, nothing rolled back. The
 * sequence of changing calls equals the reference controller's; reads may be fewer. Source:
 * controller-routes reference, section 4 (observed). */
#pragma once

#include "common/base/clock.h"
#include "common/base/log.h"
#include "controller/aws/tagging.h"
#include "controller/kube/cache.h"
#include "controller/kube/client.h"
#include "controller/model/config.h"
#include "controller/model/error.h"
#include "controller/model/stack.h"

#include <jansson.h>

/* What a deploy works with; everything is borrowed for its duration. */
struct gwc_deploy {
    struct lat_arena *arena; /* of the pass: texts of the stack that are filled in live here */
    struct gwc_aws *aws;
    struct gwc_tagging *tagging;
    const struct gwc_config *config;
    const struct lat_clock *clock;
    struct lat_rng *rng;
    const struct lat_log *log; /* may be NULL */
    struct gwc_stack *stack;   /* ids and ARNs are filled in */

    struct gwc_kube *kube;         /* DNSEndpoint and pod readiness; NULL: neither is written */
    const struct gwc_cache *cache; /* as kube */
    const json_t *route;
};

/* Deploys the stack, or deletes its service when it is a deleted route's. Returns -1 with ret_error
 * filled: class ownership conflict, Lattice retry, or other. */
int gwc_deploy_stack(struct gwc_deploy *deploy, struct gwc_model_error *ret_error) LAT_MUST_USE;

/* A service network found by name or id. */
struct gwc_service_network {
    const char *id;
    const char *arn;
};

enum gwc_find_result {
    GWC_FIND_FOUND,
    GWC_FIND_ABSENT,
    GWC_FIND_AMBIGUOUS,
    GWC_FIND_FAILED,
    GWC_FIND_RESULT_COUNT
};

/* Looks among the account's service networks, then among those that the cluster's VPC is associated
 * with (shared ones). In override mode the default service network is looked for instead. All
 * results but FOUND set *ret_text. */
enum gwc_find_result gwc_find_service_network(struct gwc_aws *aws, struct lat_arena *arena,
                                              const struct gwc_config *config, const char *name,
                                              struct gwc_service_network *ret_network,
                                              const char **ret_text);

/* Deregisters all targets of a group and deletes it. Returns 0 when it is gone, 1 when targets are
 * still draining (nothing was sent), -1 with *ret_text. */
int gwc_delete_target_group(struct gwc_aws *aws, struct lat_arena *arena, const char *id,
                            const char **ret_text) LAT_MUST_USE;
