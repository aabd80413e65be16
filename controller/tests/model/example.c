/* The five examples of the migration guide: each data file holds the objects and the whole stack.
 */
#include "common/base/json.h"
#include "common/base/text.h"
#include "controller/model/keys.h"
#include "controller/model/print.h"
#include "controller/tests/model/fixture.h"

#include <criterion/criterion.h>

static void check_example(const char *file_name)
{
    LAT_AUTO(lat_json_decrefp) json_t *file = fixture_file_new(file_name);
    LAT_AUTO(fixture_freep)
    struct fixture *fixture = fixture_new(json_incref(json_object_get(file, "objects")));
    fixture->targets = json_incref(json_object_get(file, "targetGroups"));
    const char *kind = json_string_value(json_object_get(file, "routeKind"));
    enum gwc_route_kind route_kind = GWC_ROUTE_HTTP;
    while (!lat_text_eq(gwc_route_facts[route_kind].kind, kind))
        route_kind++;

    struct gwc_stack stack = {0};
    struct gwc_model_error error = {0};
    cr_assert(fixture_build(fixture, route_kind,
                            json_string_value(json_object_get(file, "routeName")), &stack,
                            &error) == 0,
              "%s", error.text);
    LAT_AUTO(lat_json_decrefp) json_t *printed = gwc_stack_print_new(&stack);
    cr_expect(json_equal(printed, json_object_get(file, "stack")), "%s gives\n%s", file_name,
              lat_json_pretty(fixture->arena, printed));
}

Test(example, one_rule_is_split_between_the_external_target_group_and_the_pods)
{
    check_example("example-1.json");
}

Test(example, two_paths_are_split_each_on_its_own)
{
    check_example("example-2.json");
}

Test(example, two_listeners_get_the_same_rules)
{
    check_example("example-3.json");
}

Test(example, grpc_methods_become_posts_to_exact_paths)
{
    check_example("example-4.json");
}

Test(example, tls_passthrough_carries_the_split_in_the_default_action)
{
    check_example("example-5.json");
}
