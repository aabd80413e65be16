/* The listener status of a Gateway. */
#include "common/base/json.h"
#include "controller/model/keys.h"
#include "controller/model/status.h"
#include "controller/tests/model/fixture.h"

#include <criterion/criterion.h>

static json_t *patch_new(struct fixture *fixture, const json_t *current, bool *ret_has_valid)
{
    json_t *patch = NULL;
    struct lat_err err = {0};
    cr_assert(gwc_status_gateway_new(fixture->arena, &fixture->view,
                                     fixture_find(fixture, "Gateway", "net"), current,
                                     GWC_ROUTE_HTTP, FIXTURE_NOW, &patch, ret_has_valid, &err) == 0,
              "%s", err.message);
    return patch;
}

/* attachedRoutes of the first listener. */
static int64_t attached(struct fixture *fixture, const json_t *current)
{
    bool has_valid = false;
    LAT_AUTO(lat_json_decrefp) json_t *patch = patch_new(fixture, current, &has_valid);
    return lat_json_int_at(patch, "status.listeners[0].attachedRoutes", -1);
}

#define CONDITION(type, status, reason)                                                            \
    "{'type':'" type "','status':'" status "','observedGeneration':3,"                             \
    "'lastTransitionTime':'" FIXTURE_NOW "','reason':'" reason "','message':''}"
#define GOOD                                                                                       \
    "[" CONDITION("Accepted", "True", "Accepted") "," CONDITION(                                   \
        "ResolvedRefs", "True", "ResolvedRefs") "," CONDITION("Programmed", "True",                \
                                                              "Programmed") "]"

Test(gateway_status, each_listener_tells_its_kinds_its_routes_and_three_conditions)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_set(fixture, "HTTPRoute", "app", "metadata.annotations",
                "{'" GWC_ANNOTATION_DOMAIN_NAME "':'app.lattice.test'}");
    bool has_valid = false;
    fixture_expect_json(
        patch_new(fixture, NULL, &has_valid),
        "{'status':{'addresses':[{'type':'Hostname','value':'app.lattice.test'}],'listeners':["
        "{'name':'http','supportedKinds':[{'kind':'HTTPRoute'}],'attachedRoutes':1,"
        "'conditions':" GOOD "},"
        "{'name':'https','supportedKinds':[{'kind':'HTTPRoute'},{'kind':'GRPCRoute'}],"
        "'attachedRoutes':1,'conditions':" GOOD "},"
        "{'name':'tls','supportedKinds':[{'kind':'TLSRoute'}],'attachedRoutes':1,"
        "'conditions':" GOOD "}]}}");
    cr_expect(has_valid);
}

Test(gateway_status, a_kind_that_does_not_fit_the_protocol_spoils_the_listener)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_set(fixture, "Gateway", "net", "spec",
                "{'listeners':[{'name':'l','protocol':'HTTP','port':80,'allowedRoutes':"
                "{'kinds':[{'kind':'HTTPRoute'},{'kind':'GRPCRoute'},{'kind':'TLSRoute'}]}}]}");
    bool has_valid = true;
    fixture_expect_json(
        patch_new(fixture, NULL, &has_valid),
        "{'status':{'listeners':[{'name':'l','supportedKinds':[{'kind':'HTTPRoute'}],"
        "'attachedRoutes':0,'conditions':[" CONDITION("ResolvedRefs", "False",
                                                      "InvalidRouteKinds") "]}]}}");
    cr_expect_not(has_valid);
}

Test(gateway_status, a_valid_list_of_kinds_does_not_narrow_what_is_reported)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_set(fixture, "Gateway", "net", "spec",
                "{'listeners':[{'name':'l','protocol':'HTTPS','port':443,'allowedRoutes':"
                "{'kinds':[{'kind':'GRPCRoute'}]}}]}");
    bool has_valid = false;
    LAT_AUTO(lat_json_decrefp) json_t *patch = patch_new(fixture, NULL, &has_valid);
    fixture_expect_json(json_incref(lat_json_at(patch, "status.listeners[0].supportedKinds")),
                        "[{'kind':'HTTPRoute'},{'kind':'GRPCRoute'}]");
}

Test(gateway_status, parent_refs_are_counted_one_by_one_and_deleted_routes_not)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_set(fixture, "HTTPRoute", "app", "spec",
                "{'parentRefs':[{'name':'net','port':80},{'name':'net','sectionName':'http'},"
                "{'name':'net','sectionName':'https'},{'name':'other'},"
                "{'name':'net','namespace':'ops'}]}");
    cr_expect_eq(attached(fixture, NULL), 2);
    fixture_set(fixture, "HTTPRoute", "app", "metadata", "{'deletionTimestamp':'" FIXTURE_NOW "'}");
    cr_expect_eq(attached(fixture, NULL), 0);
}

Test(gateway_status, the_current_route_replaces_the_first_of_its_name_or_is_added)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    LAT_AUTO(lat_json_decrefp)
    json_t *same = fixture_json_new("{'metadata':{'name':'app','namespace':'shop'},"
                                    "'spec':{'parentRefs':[]}}");
    LAT_AUTO(lat_json_decrefp)
    json_t *extra = fixture_json_new("{'metadata':{'name':'new','namespace':'shop'},"
                                     "'spec':{'parentRefs':[{'name':'net'}]}}");
    cr_expect_eq(attached(fixture, NULL), 1);
    cr_expect_eq(attached(fixture, same), 0);
    cr_expect_eq(attached(fixture, extra), 2);
}

Test(gateway_status, an_address_that_nobody_has_any_more_is_removed)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    bool has_valid = false;
    LAT_AUTO(lat_json_decrefp) json_t *without = patch_new(fixture, NULL, &has_valid);
    cr_expect_null(lat_json_at(without, "status.addresses"));
    fixture_set(fixture, "Gateway", "net", "",
                "{'status':{'addresses':[{'type':'Hostname','value':'old'}]}}");
    LAT_AUTO(lat_json_decrefp) json_t *with = patch_new(fixture, NULL, &has_valid);
    cr_expect(json_is_null(lat_json_at(with, "status.addresses")));
}

Test(gateway_status, a_gateway_without_listeners_gets_nothing)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_set(fixture, "Gateway", "net", "spec", "{'listeners':[]}");
    json_t *patch = NULL;
    bool has_valid = false;
    struct lat_err err = {0};
    cr_expect_eq(gwc_status_gateway_new(fixture->arena, &fixture->view,
                                        fixture_find(fixture, "Gateway", "net"), NULL,
                                        GWC_ROUTE_HTTP, FIXTURE_NOW, &patch, &has_valid, &err),
                 -1);
    cr_expect_str_eq(err.message, "failed to find gateway listener");
    cr_expect_null(patch);
}
