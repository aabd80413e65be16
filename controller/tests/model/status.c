/* The status of a route: acceptance per parentRef, references, and single conditions. */
#include "controller/model/status.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "controller/model/backend.h"
#include "controller/model/keys.h"
#include "controller/model/object.h"
#include "controller/tests/model/fixture.h"

#include <criterion/criterion.h>

TestSuite(status, .fini = fixture_end);

/* The status that the HTTPRoute "app" of the world gets. */
static json_t *status_new(struct fixture *fixture)
{
    json_t *status = NULL;
    struct lat_err err = {0};
    cr_assert(gwc_status_route_new(fixture->arena, &fixture->view, GWC_ROUTE_HTTP,
                                   fixture_find(fixture, "HTTPRoute", "app"), FIXTURE_NOW, &status,
                                   &err) == 0,
              "%s", err.message);
    return status;
}

/* "True Accepted message" of a condition of the first parent. */
static const char *said(struct fixture *fixture, size_t condition)
{
    LAT_AUTO(lat_json_decrefp) json_t *status = status_new(fixture);
    const json_t *found = lat_json_at(
        status, lat_arena_printf(fixture->arena, "parents[0].conditions[%zu]", condition));
    return lat_arena_printf(fixture->arena, "%s %s|%s", gwc_member_text(found, "status"),
                            gwc_member_text(found, "reason"), gwc_member_text(found, "message"));
}

Test(status, every_parent_ref_gets_an_entry_with_two_conditions)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_set(fixture, "HTTPRoute", "app", "spec",
                "{'parentRefs':[{'name':'net','sectionName':'http'},{'name':'net','port':99}]}");
    fixture_expect_json(
        status_new(fixture),
        "{'parents':[{'parentRef':{'name':'net','sectionName':'http'},"
        "'controllerName':'application-networking.k8s.aws/gateway-api-controller','conditions':["
        "{'type':'Accepted','status':'True','observedGeneration':7,"
        "'lastTransitionTime':'2026-01-31T12:00:00Z','reason':'Accepted','message':''},"
        "{'type':'ResolvedRefs','status':'True','observedGeneration':7,"
        "'lastTransitionTime':'2026-01-31T12:00:00Z','reason':'ResolvedRefs','message':''}]},"
        "{'parentRef':{'name':'net','port':99},"
        "'controllerName':'application-networking.k8s.aws/gateway-api-controller','conditions':["
        "{'type':'Accepted','status':'False','observedGeneration':7,"
        "'lastTransitionTime':'2026-01-31T12:00:00Z','reason':'NoMatchingParent','message':''},"
        "{'type':'ResolvedRefs','status':'True','observedGeneration':7,"
        "'lastTransitionTime':'2026-01-31T12:00:00Z','reason':'ResolvedRefs','message':''}]}]}");
}

Test(status, acceptance_has_four_outcomes)
{
    static const char not_allowed[] =
        "False NotAllowedByListeners|No matching listeners allow this route. Check Gateway "
        "listener allowedRoutes policies";
    static const char no_hostname[] =
        "False NoMatchingListenerHostname|No matching listener hostname for this route";
    static const struct {
        const char *parent_ref;
        const char *listeners;
        const char *outcome;
    } rows[] = {
        {"{'name':'net'}", "[{'name':'a','protocol':'HTTP','port':80}]", "True Accepted|"},
        {"{'name':'net','port':80,'sectionName':'a'}", "[{'name':'a','protocol':'HTTP','port':80}]",
         "True Accepted|"},
        {"{'name':'net','port':81}", "[{'name':'a','protocol':'HTTP','port':80}]",
         "False NoMatchingParent|"},
        {"{'name':'net','sectionName':'b'}", "[{'name':'a','protocol':'HTTP','port':80}]",
         "False NoMatchingParent|"},
        {"{'name':'net'}", "[{'name':'a','protocol':'HTTP','port':80,'hostname':'b.org'}]",
         no_hostname},
        {"{'name':'net'}",
         "[{'name':'a','protocol':'TLS','port':80},"
         "{'name':'b','protocol':'HTTP','port':80,'hostname':'b.org'}]",
         no_hostname},
        {"{'name':'net'}",
         "[{'name':'b','protocol':'HTTP','port':80,'hostname':'b.org'},"
         "{'name':'c','protocol':'HTTP','port':80,'hostname':'*.a.org'}]",
         "True Accepted|"},
        {"{'name':'net'}", "[{'name':'a','protocol':'TLS','port':80}]", not_allowed},
    };
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    for (size_t i = 0; i < LAT_COUNT(rows); i++) {
        fixture_set(fixture, "HTTPRoute", "app", "spec",
                    lat_arena_printf(fixture->arena, "{'hostnames':['x.a.org'],'parentRefs':[%s]}",
                                     rows[i].parent_ref));
        fixture_set(fixture, "Gateway", "net", "spec",
                    lat_arena_printf(fixture->arena, "{'listeners':%s}", rows[i].listeners));
        cr_expect_str_eq(said(fixture, 0), rows[i].outcome, "row %zu", i);
    }
}

Test(status, the_first_backend_that_does_not_resolve_decides)
{
    static const struct {
        const char *backends;
        const char *outcome;
    } rows[] = {
        {"[{'kind':'Service','name':'web'}]", "True ResolvedRefs|"},
        {"[{'name':'web'}]", "True ResolvedRefs|"},
        {"[]", "True ResolvedRefs|"},
        {"[{'kind':'ServiceImport','name':'legacy','group':'anything'}]", "True ResolvedRefs|"},
        {"[{'kind':'Bucket','name':'web'}]", "False InvalidKind|Bucket"},
        {"[{'name':'gone'}]", "False BackendNotFound|backendRef name: gone"},
        {"[{'name':'web','namespace':'other'}]", "False BackendNotFound|backendRef name: web"},
        {"[{'kind':'ServiceImport','name':'web'}]", "False BackendNotFound|backendRef name: web"},
        {"[{'name':'web'},{'name':'gone'},{'kind':'Bucket','name':'b'}]",
         "False BackendNotFound|backendRef name: gone"},
    };
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    for (size_t i = 0; i < LAT_COUNT(rows); i++) {
        fixture_set(fixture, "HTTPRoute", "app", "spec",
                    lat_arena_printf(fixture->arena, "{'rules':[{},{'backendRefs':%s}]}",
                                     rows[i].backends));
        cr_expect_str_eq(said(fixture, 1), rows[i].outcome, "%s", rows[i].backends);
    }
    fixture->failing_kind = "ServiceImport";
    fixture_set(fixture, "HTTPRoute", "app", "spec",
                "{'rules':[{'backendRefs':[{'kind':'ServiceImport','name':'gone'},"
                "{'kind':'Bucket','name':'b'}]}]}");
    cr_expect_str_eq(said(fixture, 1), "False InvalidKind|Bucket");
}

Test(status, a_condition_keeps_its_time_while_its_status_stays)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    json_t *route = fixture_find(fixture, "HTTPRoute", "app");
    json_object_set_new(route, "status", status_new(fixture));
    json_t *conditions = lat_json_at(route, "status.parents[0].conditions");
    json_object_set_new(json_array_get(conditions, 0), "lastTransitionTime", json_string("past"));
    json_object_set_new(json_array_get(conditions, 1), "lastTransitionTime", json_string("past"));
    fixture_set(fixture, "HTTPRoute", "app", "spec",
                "{'rules':[{'backendRefs':[{'name':'gone'}]}]}");
    LAT_AUTO(lat_json_decrefp) json_t *status = status_new(fixture);
    cr_expect_str_eq(lat_json_string_at(status, "parents[0].conditions[0].lastTransitionTime", ""),
                     "past");
    cr_expect_str_eq(lat_json_string_at(status, "parents[0].conditions[1].lastTransitionTime", ""),
                     FIXTURE_NOW);
}

Test(status, without_a_gateway_or_with_a_broken_selector_there_is_no_status)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    const json_t *route = fixture_find(fixture, "HTTPRoute", "app");
    json_t *status = NULL;
    struct lat_err err = {0};
    fixture_set(fixture, "Gateway", "net", "spec",
                "{'listeners':[{'name':'l','protocol':'HTTP','port':80,'allowedRoutes':"
                "{'namespaces':{'from':'Selector','selector':"
                "{'matchExpressions':[{'key':'a','operator':'In'}]}}}}]}");
    fixture_set(fixture, "HTTPRoute", "app", "spec", "{'parentRefs':[{'name':'net'}]}");
    cr_expect_eq(gwc_status_route_new(fixture->arena, &fixture->view, GWC_ROUTE_HTTP, route,
                                      FIXTURE_NOW, &status, &err),
                 -1);
    cr_expect(lat_text_has_prefix(err.message, "invalid label selector for listener l: "), "%s",
              err.message);
    fixture_set(fixture, "Gateway", "net", "spec", "{'gatewayClassName':'other'}");
    cr_expect_eq(gwc_status_route_new(fixture->arena, &fixture->view, GWC_ROUTE_HTTP, route,
                                      FIXTURE_NOW, &status, &err),
                 -1);
    cr_expect_null(status);
}

Test(status, a_special_condition_lands_on_the_first_entry_of_the_gateway_and_replaces_its_type)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    json_t *route = fixture_find(fixture, "HTTPRoute", "app");
    fixture_set(fixture, "HTTPRoute", "app", "spec",
                "{'parentRefs':[{'name':'x','port':1},{'name':'net','sectionName':'http'},"
                "{'name':'net','sectionName':'https'}]}");
    json_object_set_new(route, "status", status_new(fixture));
    const struct gwc_condition conflict = {.type = "Accepted",
                                           .status = "False",
                                           .reason = "Conflicted",
                                           .message = "why",
                                           .generation = 8,
                                           .now = "later"};
    LAT_AUTO(lat_json_decrefp)
    json_t *status = gwc_status_with_condition_new(route, "net", &conflict);
    fixture_expect_json(json_incref(lat_json_at(status, "parents[1].conditions[0]")),
                        "{'type':'Accepted','status':'False','observedGeneration':8,"
                        "'lastTransitionTime':'later','reason':'Conflicted','message':'why'}");
    cr_expect_str_eq(lat_json_string_at(status, "parents[1].conditions[1].reason", ""),
                     "ResolvedRefs");
    cr_expect_str_eq(lat_json_string_at(status, "parents[0].conditions[0].reason", ""),
                     "NoMatchingParent");
    cr_expect_str_eq(lat_json_string_at(status, "parents[2].conditions[0].reason", ""), "Accepted");
    cr_expect(gwc_status_is_accepted(route), "the route itself is not changed");
}

Test(status, every_error_class_with_a_condition_says_how_a_failed_write_reads)
{
    for (size_t i = 0; i < GWC_ERROR_CLASS_COUNT; i++) {
        const struct gwc_error_response *response = &gwc_error_responses[i];
        cr_expect_eq(response->condition_type != NULL, response->reason != NULL, "%zu", i);
        cr_expect_eq(response->condition_type != NULL, response->update_error != NULL, "%zu", i);
    }
    cr_expect_eq(gwc_error_responses[GWC_ERROR_EXTERNAL_NOT_FOUND].requeue_ms, 60000);
    cr_expect_eq(gwc_error_responses[GWC_ERROR_LATTICE_RETRY].requeue_ms, 10000);
    cr_expect(gwc_error_responses[GWC_ERROR_OWNERSHIP_CONFLICT].is_success);
}

Test(status, more_than_one_ip_family_is_dual_stack)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    const json_t *route = fixture_find(fixture, "HTTPRoute", "app");
    cr_expect_not(gwc_model_is_dual_stack(&fixture->view, route));
    fixture_set(fixture, "Service", "web", "spec", "{'ipFamilies':['IPv4','IPv6']}");
    cr_expect(gwc_model_is_dual_stack(&fixture->view, route));
    fixture->failing_kind = "Service";
    cr_expect_not(gwc_model_is_dual_stack(&fixture->view, route));
}
