/* Whether a route concerns this controller, and through which Gateways. Source: controller-routes
 * reference, 0 and 2.1 (observed). */
#pragma once

#include "common/base/arena.h"
#include "controller/model/view.h"

#include <stdbool.h>

/* Whether the Gateway's class exists and names this controller. An unreadable class counts as not.
 */
bool gwc_gateway_is_controlled(const struct gwc_cluster_view *view, const json_t *gateway);

/* The Gateways behind a route's parentRefs. */
struct gwc_parent_gateways {
    struct gwc_objects controlled; /* in parentRef order; element 0 is "the" Gateway */
    const char **missing;          /* "namespace/name" of those that could not be read */
    size_t missing_count;
};

/* A parentRef without namespace takes the one of the parentRef before it that had one, else the
 * route's. The route is relevant when controlled.count > 0. */
struct gwc_parent_gateways gwc_parent_gateways(struct lat_arena *arena,
                                               const struct gwc_cluster_view *view,
                                               const json_t *route);
