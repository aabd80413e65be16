/* The order and priorities of a route's rules. Source: controller-routes reference, 3.4.1
 * (observed). */
#pragma once

#include "common/base/arena.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct gwc_rule_place {
    size_t index; /* of the rule in the route */
    int64_t priority;
};

/* rule_count places, in the order in which the rules are created: those with an annotation
 * "rule-<index>-priority" first, then the rest, each following the one placed before it. */
struct gwc_rule_place *gwc_rule_places(struct lat_arena *arena, const json_t *route,
                                       size_t rule_count) LAT_MUST_USE;
