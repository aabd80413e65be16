/* The status values that the route path writes: a route's parents and a Gateway's listeners.
 * Values only: who writes them, and with which patch, is decided elsewhere. Times come in as text.
 * Source: controller-routes reference, 2.4 to 2.6 (observed). */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"
#include "controller/model/error.h"
#include "controller/model/stack.h"
#include "controller/model/view.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct gwc_condition {
    const char *type;
    const char *status; /* "True", "False" */
    const char *reason;
    const char *message;
    int64_t generation; /* observedGeneration */
    const char *now;    /* "2026-01-31T12:00:00Z" */
};

/* Replaces the condition of the same type in place, or appends it. lastTransitionTime is kept when
 * the status is unchanged. conditions must be an array. */
void gwc_condition_set(json_t *conditions, const struct gwc_condition *condition);

/* Step U3: the whole new status of a route (a new reference), one parents entry per parentRef with
 * Accepted and ResolvedRefs. -1 with reterr (for the log; the old status stays) when there is no
 * controlled Gateway, or a namespace selector is invalid or its namespace cannot be read. */
int gwc_status_route_new(struct lat_arena *arena, const struct gwc_cluster_view *view,
                         enum gwc_route_kind kind, const json_t *route, const char *now,
                         json_t **ret_status, struct lat_err *reterr) LAT_MUST_USE;

/* Whether some entry of the route's status.parents has Accepted=True. */
bool gwc_status_is_accepted(const json_t *route);

/* Steps U4 and U7: the route's status (a new reference) with one condition changed, on the first
 * entry whose parentRef names the given Gateway. The entry is appended when there is none. The
 * generation and now of the condition must be set. */
json_t *gwc_status_with_condition_new(const json_t *route, const char *gateway_name,
                                      const struct gwc_condition *condition) LAT_MUST_USE;

/* The merge patch {"status": {"addresses": …, "listeners": …}} for a Gateway (a new reference).
 * current is the route being processed, which takes the place of the first listed route of its
 * name and namespace; NULL when none is. -1 with reterr "failed to find gateway listener" when the
 * spec has none; then nothing is to be written. When *ret_has_valid is false the patch is to be
 * written all the same, and then fails the step with "no valid listeners for <gateway>". */
int gwc_status_gateway_new(struct lat_arena *arena, const struct gwc_cluster_view *view,
                           const json_t *gateway, const json_t *current,
                           enum gwc_route_kind current_kind, const char *now, json_t **ret_patch,
                           bool *ret_has_valid, struct lat_err *reterr) LAT_MUST_USE;
