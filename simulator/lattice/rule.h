/* What rule.c and rule_batch.c share. */
#pragma once

#include "simulator/engine/family.h"

extern const struct sim_family sim_rule_family;

/* What an update may change; absent members stay. */
struct sim_rule_changes {
    const struct lat_rule_match *match;
    struct lat_opt_int priority;
    const struct lat_rule_action *action;
};

/* Applies changes to a rule and writes it; refuses for the default rule and for a taken priority.
 */
int sim_rule_change(struct sim_call *call, const struct sim_listener *listener,
                    struct sim_rule *rule, const struct sim_rule_changes *changes) LAT_MUST_USE;
