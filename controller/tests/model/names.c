/* Names of services and listeners, and the check of an override. */
#include "controller/model/names.h"
#include "common/base/text.h"
#include "controller/tests/model/fixture.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(names, .fini = fixture_end);

Test(names, a_service_is_named_after_route_and_namespace_with_cut_parts)
{
    static const char *const rows[][3] = {
        {"inventory", "default", "inventory-default"},
        {"a-very-long-route-name-here", "ns", "a-very-long-route-na-ns"},
        {"abcdefghijklmnopqrs-tail", "ns", "abcdefghijklmnopqrs-ns"},
        {"r", "namespace-that-is-too-long", "r-namespace-that-is"},
        {"-a-", "--b", "a-b"},
        {"foo", "bar-baz", "foo-bar-baz"},
        {"foo-bar", "baz", "foo-bar-baz"},
    };
    struct lat_arena *arena = lat_arena_new();
    for (size_t i = 0; i < LAT_COUNT(rows); i++)
        cr_expect_str_eq(gwc_service_name(arena, rows[i][0], rows[i][1]), rows[i][2]);
    lat_arena_free(arena);
}

Test(names, a_listener_adds_port_and_protocol)
{
    struct lat_arena *arena = lat_arena_new();
    cr_expect_str_eq(gwc_listener_name(arena, "route1", "default", 443, "HTTPS"),
                     "route1-default-443-https");
    cr_expect_str_eq(gwc_listener_name(arena, "route1", "default", 443, "TLS_PASSTHROUGH"),
                     "route1-default-443-tls");
    cr_expect_str_eq(gwc_listener_name(arena, "route1", "default", 80, "HTTP"),
                     "route1-default-80-http");
    lat_arena_free(arena);
}

Test(names, an_override_is_refused_for_the_first_thing_wrong)
{
    static const struct {
        const char *value;
        const char *complaint;
    } rows[] = {
        {"abc", NULL},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL},
        {"ab", "service name must be at least 3 characters long"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "service name cannot exceed 40 characters"},
        {"Abc", "service name must contain only lowercase letters, numbers, and hyphens"},
        {"a_b", "service name must contain only lowercase letters, numbers, and hyphens"},
        {"a.b", "service name must contain only lowercase letters, numbers, and hyphens"},
        {"svc-orders", "service name cannot start with 'svc-'"},
        {"svc--a", "service name cannot start with 'svc-'"},
        {"-abc", "service name cannot start with a hyphen"},
        {"abc-", "service name cannot end with a hyphen"},
        {"a--b", "service name cannot contain double hyphens"},
    };
    for (size_t i = 0; i < LAT_COUNT(rows); i++)
        cr_expect(lat_text_eq(gwc_name_override_complaint(rows[i].value), rows[i].complaint), "%s",
                  rows[i].value);
}

Test(names, a_target_group_is_named_after_its_service_with_both_parts_cut)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    cr_assert_str_eq(gwc_target_group_name(arena, "shop", "web-", "abcdefghij"),
                     "k8s-shop-web-abcdefghij");
    char long_name[61];
    memset(long_name, 'x', 60);
    long_name[60] = '\0';
    cr_assert_eq(strlen(gwc_target_group_name(arena, long_name, "web", "s")),
                 strlen("k8s--web-s") + 55);
}
