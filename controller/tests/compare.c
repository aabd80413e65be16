/* Equality of rule matches, actions and health checks: strict, but for empty header lists. */
#include "controller/deploy/deploy_int.h"

#include <criterion/criterion.h>

static const struct lat_path_match_type slash = {.prefix = "/"};
static const struct lat_path_match sensitive = {.match = &slash, .case_sensitive = LAT_BOOL(true)};
static const struct lat_path_match insensitive = {.match = &slash,
                                                  .case_sensitive = LAT_BOOL(false)};
static const struct lat_path_match unsaid = {.match = &slash};

static bool paths_equal(const struct lat_path_match *a, const struct lat_path_match *b)
{
    const struct lat_http_match first_http = {.path_match = a};
    const struct lat_http_match second_http = {.path_match = b};
    const struct lat_rule_match first = {.http_match = &first_http};
    const struct lat_rule_match second = {.http_match = &second_http};
    return gwc_match_is_equal(&first, &second);
}

Test(compare, case_sensitivity_is_part_of_a_path)
{
    cr_assert(paths_equal(&sensitive, &sensitive));
    cr_assert_not(paths_equal(&sensitive, &insensitive));
    cr_assert_not(paths_equal(&insensitive, &unsaid));
    cr_assert_not(paths_equal(&sensitive, NULL));
}

Test(compare, an_empty_list_of_headers_is_none)
{
    const struct lat_http_match with_list = {.header_matches = LAT_LIST(NULL, 0)};
    const struct lat_http_match without = {0};
    const struct lat_rule_match first = {.http_match = &with_list};
    const struct lat_rule_match second = {.http_match = &without};
    cr_assert(gwc_match_is_equal(&first, &second));
}

Test(compare, the_order_and_case_of_headers_count)
{
    const struct lat_header_match_type one = {.exact = "1"};
    struct lat_header_match ab[] = {{.name = "a", .match = &one}, {.name = "b", .match = &one}};
    struct lat_header_match ba[] = {{.name = "b", .match = &one}, {.name = "a", .match = &one}};
    struct lat_header_match upper[] = {{.name = "A", .match = &one}, {.name = "b", .match = &one}};
    const struct lat_http_match http[] = {{.header_matches = LAT_LIST(ab, 2)},
                                          {.header_matches = LAT_LIST(ba, 2)},
                                          {.header_matches = LAT_LIST(upper, 2)}};
    const struct lat_rule_match matches[] = {
        {.http_match = &http[0]}, {.http_match = &http[1]}, {.http_match = &http[2]}};
    cr_assert(gwc_match_is_equal(&matches[0], &matches[0]));
    cr_assert_not(gwc_match_is_equal(&matches[0], &matches[1]));
    cr_assert_not(gwc_match_is_equal(&matches[0], &matches[2]));
}

Test(compare, a_default_rule_equals_nothing)
{
    const struct lat_http_match http = {0};
    const struct lat_rule_match match = {.http_match = &http};
    cr_assert_not(gwc_match_is_equal(NULL, &match));
    cr_assert_not(gwc_match_is_equal(NULL, NULL));
}

Test(compare, weights_and_their_order_count_in_actions)
{
    struct lat_weighted_target_group first[] = {{"tg-1", LAT_INT(90)}, {"tg-2", LAT_INT(10)}};
    struct lat_weighted_target_group second[] = {{"tg-1", LAT_INT(50)}, {"tg-2", LAT_INT(50)}};
    struct lat_weighted_target_group swapped[] = {{"tg-2", LAT_INT(10)}, {"tg-1", LAT_INT(90)}};
    const struct lat_forward_action forwards[] = {{.target_groups = LAT_LIST(first, 2)},
                                                  {.target_groups = LAT_LIST(second, 2)},
                                                  {.target_groups = LAT_LIST(swapped, 2)},
                                                  {.target_groups = LAT_LIST(first, 1)}};
    const struct lat_rule_action wanted = {.forward = &forwards[0]};
    cr_assert(gwc_action_is_equal(&wanted, &wanted));
    for (size_t i = 1; i < LAT_COUNT(forwards); i++) {
        const struct lat_rule_action other = {.forward = &forwards[i]};
        cr_assert_not(gwc_action_is_equal(&wanted, &other), "%zu", i);
    }
    const struct lat_fixed_response_action fixed = {.status_code = LAT_INT(404)};
    const struct lat_rule_action response = {.fixed_response = &fixed};
    cr_assert_not(gwc_action_is_equal(&wanted, &response));
}

Test(compare, an_absent_health_check_port_differs_from_a_given_one)
{
    const struct lat_matcher matcher = {.http_code = "200"};
    struct lat_health_check_config a = {.enabled = LAT_BOOL(true), .matcher = &matcher};
    struct lat_health_check_config b = a;
    cr_assert(gwc_health_check_is_equal(&a, &b));
    b.port = LAT_INT(0);
    cr_assert_not(gwc_health_check_is_equal(&a, &b));
    cr_assert_not(gwc_health_check_is_equal(&a, NULL));
}
