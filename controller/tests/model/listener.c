/* The listeners of a stack. */
#include "common/base/text.h"
#include "controller/model/keys.h"
#include "controller/tests/model/fixture.h"

#include <criterion/criterion.h>

/* "port/protocol " of each listener, or the error, after the listeners of "net" are replaced. */
static const char *outcome(struct fixture *fixture, enum gwc_route_kind kind, const char *listeners)
{
    if (listeners != NULL)
        fixture_set(fixture, "Gateway", "net", "spec",
                    lat_arena_printf(fixture->arena, "{'listeners':%s}", listeners));
    struct gwc_stack stack = {0};
    struct gwc_model_error error = {0};
    if (fixture_build(fixture, kind, "app", &stack, &error) != 0)
        return error.text;
    const char *text = "";
    for (size_t i = 0; i < stack.listener_count; i++)
        text = lat_arena_printf(fixture->arena, "%s%lld/%s ", text,
                                (long long)stack.listeners[i].port, stack.listeners[i].protocol);
    return text;
}

Test(listener, accepted_parent_refs_choose_listeners_in_gateway_order)
{
    static const struct {
        const char *parent_refs;
        const char *outcome;
    } rows[] = {
        {"[{'name':'net'}]", "80/HTTP 443/HTTPS "},
        {"[{'name':'net','sectionName':'https'},{'name':'net','sectionName':'http'}]",
         "80/HTTP 443/HTTPS "},
        {"[{'name':'net','port':443},{'name':'net','port':9}]", "443/HTTPS "},
    };
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    for (size_t i = 0; i < LAT_COUNT(rows); i++) {
        fixture_set(fixture, "HTTPRoute", "app", "spec",
                    lat_arena_printf(fixture->arena, "{'parentRefs':%s}", rows[i].parent_refs));
        cr_expect_str_eq(outcome(fixture, GWC_ROUTE_HTTP, NULL), rows[i].outcome);
    }
}

Test(listener, listeners_of_one_port_and_protocol_are_one)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_set(fixture, "HTTPRoute", "app", "spec",
                "{'parentRefs':[{'name':'net'}],'hostnames':['x.a.org','x.b.org']}");
    cr_expect_str_eq(outcome(fixture, GWC_ROUTE_HTTP,
                             "[{'name':'a','protocol':'HTTP','port':80,'hostname':'*.a.org'},"
                             "{'name':'b','protocol':'HTTP','port':80,'hostname':'*.b.org'},"
                             "{'name':'c','protocol':'HTTP','port':81,'hostname':'*.c.org'}]"),
                     "80/HTTP ");
}

Test(listener, protocols_that_lattice_lacks_fail)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    cr_expect_str_eq(outcome(fixture, GWC_ROUTE_TLS, NULL), "8443/TLS_PASSTHROUGH ");
    cr_expect_str_eq(outcome(fixture, GWC_ROUTE_TLS,
                             "[{'name':'tls','protocol':'TLS','port':1,'tls':{'mode':'Terminate',"
                             "'options':{'" GWC_TLS_CERTIFICATE_ARN "':'a'}}}]"),
                     "failed to build listener due to invalid listener protocol TLS");
}

Test(listener, a_passthrough_listener_needs_one_rule_with_a_valid_backend)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_set(fixture, "TLSRoute", "app", "spec", "{'rules':[{},{}]}");
    cr_expect_str_eq(outcome(fixture, GWC_ROUTE_TLS, NULL),
                     "failed to build listener due to only support exactly 1 rule for TLSRoute "
                     "shop/app, but got 2");
    fixture_set(fixture, "TLSRoute", "app", "spec",
                "{'rules':[{'backendRefs':[{'name':'gone'},{'kind':'X','name':'web'}]}]}");
    cr_expect_str_eq(outcome(fixture, GWC_ROUTE_TLS, NULL),
                     "failed to build listener due to TLSRoute shop/app must have at least one "
                     "valid backendRef target group");
}

Test(listener, a_policy_that_cannot_be_checked_fails_the_build)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_set(fixture, "HTTPRoute", "app", "",
                "{'status':{'parents':[{'parentRef':{'name':'net'},'conditions':"
                "[{'type':'Accepted','status':'True'}]}]}}");
    fixture_set(fixture, "HTTPRoute", "app", "spec", "{'parentRefs':[{'name':'net'}]}");
    fixture_set(fixture, "Gateway", "net", "spec",
                "{'listeners':[{'name':'l','protocol':'HTTP','port':80,'allowedRoutes':"
                "{'namespaces':{'from':'Selector','selector':{}}}}]}");
    fixture->failing_kind = "Namespace";
    struct gwc_stack stack = {0};
    struct gwc_model_error error = {0};
    cr_assert_eq(
        fixture_build_only(fixture, GWC_ROUTE_HTTP, "app", GWC_BUILD_DEPLOY, &stack, &error), -1);
    cr_expect_str_eq(error.text, "error checking allowedRoutes policy for listener l: failed to "
                                 "get namespace shop: cache is broken");
}

Test(listener, identical_rules_collapse_and_equal_matches_do_not)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_set(fixture, "HTTPRoute", "app", "metadata",
                "{'annotations':{'application-networking.k8s.aws/rule-0-priority':'5',"
                "'application-networking.k8s.aws/rule-1-priority':'5'}}");
    fixture_set(fixture, "HTTPRoute", "app", "spec",
                "{'rules':[{'backendRefs':[{'name':'web'}]},{'backendRefs':[{'name':'web'}]},"
                "{'backendRefs':[{'name':'web'}]}]}");
    struct gwc_stack stack = {0};
    struct gwc_model_error error = {0};
    cr_assert_eq(fixture_build(fixture, GWC_ROUTE_HTTP, "app", &stack, &error), 0);
    cr_assert_eq(stack.listeners[0].rule_count, 2);
    cr_expect_eq(stack.listeners[0].rules[0].priority, 5);
    cr_expect_eq(stack.listeners[0].rules[1].priority, 6);
    cr_expect_eq(stack.target_group_count, 1);
}
