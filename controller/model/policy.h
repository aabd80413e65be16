/* What a TargetGroupPolicy says about health checks. Source: controller-routes reference, 3.6.1
 * (observed). */
#pragma once

#include "common/aws/lattice_model.h"
#include "common/base/arena.h"

#include <jansson.h>

/* The health check of a policy (may be NULL), members that it does not set left absent; NULL when
 * it speaks of none. */
const struct lat_health_check_config *gwc_policy_health_check(struct lat_arena *arena,
                                                              const json_t *policy) LAT_MUST_USE;
