/* Order and priorities of rules. */
#include "controller/model/priority.h"
#include "common/base/json.h"
#include "controller/tests/model/fixture.h"

#include <criterion/criterion.h>

#define RULE(index, value) "'application-networking.k8s.aws/rule-" index "-priority':'" value "'"

Test(priority, annotated_rules_come_first_and_the_rest_follow_the_last_placed)
{
    static const struct {
        size_t rule_count;
        const char *annotations;
        const char *places; /* index=priority */
    } rows[] = {
        {3, "", "0=1 1=2 2=3 "},
        {2, RULE("0", "100") "," RULE("1", "50"), "0=100 1=50 "},
        {1, RULE("0", "invalid"), "0=1 "},
        {3, RULE("1", "10"), "1=10 0=11 2=12 "},
        {3, RULE("0", "50") "," RULE("1", "10"), "0=50 1=10 2=11 "},
        {3, RULE("2", "x"), "2=3 0=4 1=5 "},
        {2, RULE("0", "7") "," RULE("1", "7"), "0=7 1=7 "},
        {2, RULE("5", "9"), "0=1 1=2 "},
        {1, RULE("0", "-3"), "0=-3 "},
        {1, RULE("0", "+3"), "0=3 "},
        {1, RULE("0", " 3"), "0=1 "},
        {1, RULE("0", ""), "0=1 "},
        {1, RULE("0", "4294967301"), "0=5 "},
        {1, RULE("0", "99999999999999999999"), "0=1 "},
        {0, "", ""},
    };
    struct lat_arena *arena = lat_arena_new();
    for (size_t i = 0; i < LAT_COUNT(rows); i++) {
        LAT_AUTO(lat_json_decrefp)
        json_t *route = fixture_json_new(
            lat_arena_printf(arena, "{'metadata':{'annotations':{%s}}}", rows[i].annotations));
        const struct gwc_rule_place *places = gwc_rule_places(arena, route, rows[i].rule_count);
        const char *text = "";
        for (size_t k = 0; k < rows[i].rule_count; k++)
            text = lat_arena_printf(arena, "%s%zu=%lld ", text, places[k].index,
                                    (long long)places[k].priority);
        cr_expect_str_eq(text, rows[i].places, "%s", rows[i].annotations);
    }
    lat_arena_free(arena);
}
