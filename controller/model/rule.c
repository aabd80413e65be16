/* The rules of one listener of a stack. */
#include "common/base/json.h"
#include "controller/model/build_int.h"
#include "controller/model/print.h"
#include "controller/model/priority.h"

/* Whether the listener already has a rule with the same priority, match and backends. */
static bool is_known(const struct gwc_listener *listener, const struct gwc_rule *rule)
{
    LAT_AUTO(lat_json_decrefp) json_t *wanted = gwc_rule_print_new(rule);
    for (size_t i = 0; i < listener->rule_count; i++) {
        LAT_AUTO(lat_json_decrefp) json_t *other = gwc_rule_print_new(&listener->rules[i]);
        if (json_equal(wanted, other))
            return true;
    }
    return false;
}

int gwc_build_rules(struct gwc_builder *builder, struct gwc_listener *listener)
{
    const json_t *rules = lat_json_at(builder->build->route, "spec.rules");
    size_t count = json_array_size(rules);
    struct gwc_rule_place *places = gwc_rule_places(builder->arena, builder->build->route, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *rule = json_array_get(rules, places[i].index);
        struct gwc_rule made = {.priority = places[i].priority};
        if (gwc_build_match(builder, rule, &made.match) != 0 ||
            gwc_build_backends(builder, rule, &made.backends) != 0)
            return -1;
        if (!is_known(listener, &made))
            *LAT_ARENA_PUSH(builder->arena, listener->rules, listener->rule_count) = made;
    }
    return 0;
}
