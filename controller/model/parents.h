/* Which listeners of a Gateway take a route. Source: controller-routes reference, 2.4 and 3.3
 * (observed). */
#pragma once

#include "common/base/err.h"
#include "controller/model/stack.h"
#include "controller/model/view.h"

#include <stdbool.h>

/* Whether a listener is one that the parentRef speaks of: its port and sectionName, where set, are
 * equal. */
bool gwc_parent_ref_selects(const json_t *parent_ref, const json_t *listener);

/* Whether an entry of the status.parents of the route with exactly this parentRef (NULL: with any)
 * has Accepted=True. */
bool gwc_parent_ref_is_accepted(const json_t *route, const json_t *parent_ref);

/* Whether two host names, each perhaps "*.suffix", have a name in common. Case counts. */
bool gwc_hostnames_meet(const char *a, const char *b);
/* Whether the listener's host name (none means all) meets one of the route's (none means all). */
bool gwc_listener_meets_hostnames(const json_t *listener, const json_t *route);

/* Whether a kind of route may attach to a listener, by its allowedRoutes.kinds or its protocol. */
bool gwc_listener_takes_kind(const json_t *listener, enum gwc_route_kind kind);

/* Whether the listener allows the route: kind, host names and namespace, in this order. -1 with
 * reterr when a namespace selector is invalid or the route's Namespace cannot be read. */
int gwc_listener_allows(const struct gwc_cluster_view *view, const json_t *gateway,
                        const json_t *listener, enum gwc_route_kind kind, const json_t *route,
                        bool *ret_allows, struct lat_err *reterr) LAT_MUST_USE;

/* How a route fares with one parentRef at one Gateway. */
enum gwc_acceptance {
    GWC_ACCEPTED,
    GWC_NO_MATCHING_PARENT,
    GWC_NO_MATCHING_HOSTNAME,
    GWC_NOT_ALLOWED,
    GWC_ACCEPTANCE_COUNT
};
int gwc_parent_acceptance(const struct gwc_cluster_view *view, const json_t *gateway,
                          const json_t *parent_ref, enum gwc_route_kind kind, const json_t *route,
                          enum gwc_acceptance *ret_acceptance, struct lat_err *reterr) LAT_MUST_USE;
