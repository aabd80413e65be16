/* Host names, kinds and namespaces between a route and a listener; the Gateways of a route. */
#include "controller/model/parents.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "controller/model/relevance.h"
#include "controller/model/selector.h"
#include "controller/tests/model/fixture.h"

#include <criterion/criterion.h>

Test(parents, host_names_meet_when_equal_or_under_a_wildcard)
{
    static const struct {
        const char *listener;
        const char *route;
        bool meets;
    } rows[] = {
        {"a.example.com", "a.example.com", true},   {"*.example.com", "a.b.example.com", true},
        {"*.example.com", "example.com", false},    {"a.example.com", "*.example.com", true},
        {"*.example.com", "*.a.example.com", true}, {"*.example.com", "*.example.com", true},
        {"a.example.com", "A.example.com", false},  {"a.example.com", "b.example.com", false},
        {"*.example.com", "fooexample.com", false},
    };
    for (size_t i = 0; i < LAT_COUNT(rows); i++)
        cr_expect_eq(gwc_hostnames_meet(rows[i].listener, rows[i].route), rows[i].meets, "%s %s",
                     rows[i].listener, rows[i].route);
}

Test(parents, a_listener_takes_kinds_by_its_list_else_by_its_protocol)
{
    static const struct {
        const char *listener;
        const char *taken; /* h, g, t */
    } rows[] = {
        {"{'protocol':'HTTP'}", "h"},
        {"{'protocol':'HTTPS'}", "hg"},
        {"{'protocol':'TLS'}", "t"},
        {"{'protocol':'TCP'}", ""},
        {"{'protocol':'HTTP','allowedRoutes':{'kinds':[]}}", "h"},
        {"{'protocol':'HTTP','allowedRoutes':{'kinds':[{'kind':'TLSRoute'}]}}", "t"},
        {"{'protocol':'HTTPS','allowedRoutes':{'kinds':[{'group':'x','kind':'GRPCRoute'}]}}", "g"},
        {"{'protocol':'HTTPS','allowedRoutes':{'kinds':[{'kind':'UDPRoute'}]}}", ""},
    };
    for (size_t i = 0; i < LAT_COUNT(rows); i++) {
        LAT_AUTO(lat_json_decrefp) json_t *listener = fixture_json_new(rows[i].listener);
        char taken[GWC_ROUTE_KIND_COUNT + 1] = {0};
        size_t count = 0;
        for (enum gwc_route_kind kind = 0; kind < GWC_ROUTE_KIND_COUNT; kind++) {
            if (gwc_listener_takes_kind(listener, kind))
                taken[count++] = "hgt"[kind];
        }
        cr_expect_str_eq(taken, rows[i].taken, "%s", rows[i].listener);
    }
}

Test(parents, a_namespace_is_allowed_by_being_the_same_by_all_or_by_its_labels)
{
    static const struct {
        const char *from;
        const char *route_namespace;
        const char *outcome; /* yes, no, or the error */
    } rows[] = {
        {"{}", "shop", "yes"},
        {"{'from':'Same'}", "other", "no"},
        {"{'from':'Same'}", "shop", "yes"},
        {"{'from':'None'}", "other", "no"},
        {"{'from':'All'}", "other", "yes"},
        {"{'from':'Selector'}", "shop", "no"},
        {"{'from':'Selector','selector':{}}", "shop", "yes"},
        {"{'from':'Selector','selector':{'matchLabels':{'team':'web'}}}", "shop", "yes"},
        {"{'from':'Selector','selector':{'matchLabels':{'team':'db'}}}", "shop", "no"},
        {"{'from':'Selector','selector':{}}", "gone",
         "failed to get namespace gone: namespaces \"gone\" not found"},
        {"{'from':'Selector','selector':{'matchExpressions':[{'key':'a','operator':'Like'}]}}",
         "shop",
         "invalid label selector for listener l: \"Like\" is not a valid label selector operator"},
    };
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    const json_t *gateway = fixture_find(fixture, "Gateway", "net");
    for (size_t i = 0; i < LAT_COUNT(rows); i++) {
        LAT_AUTO(lat_json_decrefp)
        json_t *listener = fixture_json_new(lat_arena_printf(
            fixture->arena, "{'name':'l','protocol':'HTTP','allowedRoutes':{'namespaces':%s}}",
            rows[i].from));
        LAT_AUTO(lat_json_decrefp)
        json_t *route = fixture_json_new(lat_arena_printf(
            fixture->arena, "{'metadata':{'namespace':'%s'}}", rows[i].route_namespace));
        bool allows = false;
        struct lat_err err = {0};
        int result = gwc_listener_allows(&fixture->view, gateway, listener, GWC_ROUTE_HTTP, route,
                                         &allows, &err);
        cr_expect_str_eq(result != 0 ? err.message : allows ? "yes" : "no", rows[i].outcome);
    }
}

Test(parents, label_expressions_hold_as_kubernetes_says)
{
    static const struct {
        const char *expression;
        const char *outcome;
    } rows[] = {
        {"{'key':'a','operator':'In','values':['1','2']}", "yes"},
        {"{'key':'a','operator':'In','values':['2']}", "no"},
        {"{'key':'b','operator':'In','values':['2']}", "no"},
        {"{'key':'a','operator':'NotIn','values':['2']}", "yes"},
        {"{'key':'b','operator':'NotIn','values':['2']}", "yes"},
        {"{'key':'a','operator':'NotIn','values':['1']}", "no"},
        {"{'key':'a','operator':'Exists'}", "yes"},
        {"{'key':'b','operator':'Exists'}", "no"},
        {"{'key':'b','operator':'DoesNotExist'}", "yes"},
        {"{'key':'a','operator':'DoesNotExist'}", "no"},
        {"{'key':'a','operator':'In'}", "error"},
        {"{'key':'a','operator':'Exists','values':['1']}", "error"},
    };
    LAT_AUTO(lat_json_decrefp) json_t *labels = fixture_json_new("{'a':'1'}");
    for (size_t i = 0; i < LAT_COUNT(rows); i++) {
        LAT_AUTO(lat_json_decrefp) json_t *selector = json_object();
        LAT_AUTO(lat_json_decrefp) json_t *expression = fixture_json_new(rows[i].expression);
        json_object_set_new(selector, "matchExpressions", json_pack("[O]", expression));
        bool matches = false;
        int result = gwc_selector_matches(selector, labels, &matches, NULL);
        cr_expect_str_eq(result != 0 ? "error"
                         : matches   ? "yes"
                                     : "no",
                         rows[i].outcome, "%s", rows[i].expression);
    }
}

Test(parents, gateways_are_found_in_order_and_a_namespace_sticks)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_add(fixture, "{'kind':'Gateway','metadata':{'name':'far','namespace':'ops'},"
                         "'spec':{'gatewayClassName':'amazon-vpc-lattice','listeners':[]}}");
    fixture_add(fixture, "{'kind':'Gateway','metadata':{'name':'foreign','namespace':'ops'},"
                         "'spec':{'gatewayClassName':'other','listeners':[]}}");
    fixture_set(fixture, "HTTPRoute", "app", "spec",
                "{'parentRefs':[{'name':'net'},{'name':'far','namespace':'ops'},"
                "{'name':'foreign'},{'name':'net'}]}");
    struct gwc_parent_gateways found = gwc_parent_gateways(
        fixture->arena, &fixture->view, fixture_find(fixture, "HTTPRoute", "app"));
    cr_assert_eq(found.controlled.count, 2);
    cr_expect_eq(found.controlled.items[0], fixture_find(fixture, "Gateway", "net"));
    cr_expect_eq(found.controlled.items[1], fixture_find(fixture, "Gateway", "far"));
    cr_assert_eq(found.missing_count, 1);
    cr_expect_str_eq(found.missing[0], "ops/net");
}
