/* A stack as JSON, for tests, logs and people who ask what the controller wants. Deterministic:
 * the same stack gives the same bytes. Absent members are left out. */
#pragma once

#include "common/base/auto.h"
#include "controller/model/stack.h"

#include <jansson.h>

/* A new reference. */
json_t *gwc_stack_print_new(const struct gwc_stack *stack) LAT_MUST_USE;
/* One rule of it; a new reference. Two rules with equal content print equal values. */
json_t *gwc_rule_print_new(const struct gwc_rule *rule) LAT_MUST_USE;
