/* The kinds that come with the product: their defaults and rules, as the reference lists them. */
#include "common/base/text.h"
#include "common/kube/kind.h"
#include "common/kube/object.h"
#include "common/kube/tests/fixture.h"

static struct lat_kube_kinds *kinds;

static void open_kinds(void)
{
    struct lat_err err = {0};
    set_up();
    cr_assert_eq(lat_kube_kinds_new(&kinds, &err), 0, "%s", err.message);
}

static void close_kinds(void)
{
    lat_kube_kinds_freep(&kinds);
    tear_down();
}

TestSuite(kinds, .init = open_kinds, .fini = close_kinds);

static const struct lat_kube_schema *schema_of(const char *group, const char *kind)
{
    struct lat_kube_kind *found = lat_kube_kinds_by_kind(kinds, group, kind);
    cr_assert_not_null(found, "%s", kind);
    return lat_kube_kind_storage_version(found)->schema;
}

static json_t *defaulted(const char *group, const char *kind, const char *text)
{
    json_t *object = json_of(text);
    lat_kube_schema_default(schema_of(group, kind), object);
    return object;
}

#define GATEWAY_API "gateway.networking.k8s.io"

Test(kinds, every_kind_of_the_demo_is_there_with_its_names)
{
    static const struct {
        const char *group, *plural, *kind, *resource;
        bool is_namespaced, has_status;
    } cases[] = {
        {GATEWAY_API, "gatewayclasses", "GatewayClass", "gatewayclasses." GATEWAY_API, false, true},
        {GATEWAY_API, "gateways", "Gateway", "gateways." GATEWAY_API, true, true},
        {GATEWAY_API, "httproutes", "HTTPRoute", "httproutes." GATEWAY_API, true, true},
        {GATEWAY_API, "grpcroutes", "GRPCRoute", "grpcroutes." GATEWAY_API, true, true},
        {GATEWAY_API, "tlsroutes", "TLSRoute", "tlsroutes." GATEWAY_API, true, true},
        {"application-networking.k8s.aws", "serviceimports", "ServiceImport",
         "serviceimports.application-networking.k8s.aws", true, false},
        {"", "namespaces", "Namespace", "namespaces", false, true},
        {"", "services", "Service", "services", true, true},
        {"discovery.k8s.io", "endpointslices", "EndpointSlice", "endpointslices.discovery.k8s.io",
         true, false},
        {"", "events", "Event", "events", true, false},
    };
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        struct lat_kube_kind *kind =
            lat_kube_kinds_by_plural(kinds, cases[i].group, cases[i].plural);
        cr_assert_not_null(kind, "%s", cases[i].plural);
        cr_expect_str_eq(kind->kind, cases[i].kind);
        cr_expect_str_eq(kind->resource, cases[i].resource);
        cr_expect_eq(kind->is_namespaced, cases[i].is_namespaced);
        cr_expect_eq(lat_kube_kind_storage_version(kind)->has_status, cases[i].has_status);
    }
    cr_expect_null(lat_kube_kinds_by_plural(kinds, "", "gateways"));
}

Test(kinds, a_route_gets_the_defaults_that_the_controller_relies_on)
{
    EXPECT_JSON(
        defaulted(
            GATEWAY_API, "HTTPRoute",
            "{'spec':{'parentRefs':[{'name':'n'}],'rules':[{'backendRefs':[{'name':'a'}]}]}}"),
        "{'spec':{'parentRefs':[{'name':'n','group':'gateway.networking.k8s.io','kind':'Gateway'}],"
        "'rules':[{'backendRefs':[{'name':'a','group':'','kind':'Service','weight':1}],'matches':[{"
        "'path':{'type':'PathPrefix','value':'/'}}]}]}}");
    EXPECT_JSON(defaulted(GATEWAY_API, "HTTPRoute", "{'spec':{}}"),
                "{'spec':{'rules':[{'matches':[{'path':{'type':'PathPrefix','value':'/'}}]}]}}");
    EXPECT_JSON(
        defaulted(GATEWAY_API, "HTTPRoute",
                  "{'spec':{'rules':[{'matches':[{'headers':[{'name':'h','value':'v'}]}]}]}}"),
        "{'spec':{'rules':[{'matches':[{'headers':[{'name':'h','value':'v','type':'Exact'}],'path':"
        "{"
        "'type':'PathPrefix','value':'/'}}]}]}}");
}

Test(kinds, a_gateway_gets_its_pending_conditions_and_listener_defaults)
{
    LAT_AUTO(lat_json_decrefp)
    json_t *gateway =
        defaulted(GATEWAY_API, "Gateway",
                  "{'spec':{'gatewayClassName':'c','listeners':[{'name':'l','port':443"
                  ",'protocol':'HTTPS','tls':{}}]}}");
    cr_expect_str_eq(lat_json_string_at(gateway, "status.conditions[0].type", ""), "Accepted");
    cr_expect_str_eq(lat_json_string_at(gateway, "status.conditions[1].type", ""), "Programmed");
    cr_expect_str_eq(lat_json_string_at(gateway, "status.conditions[1].reason", ""), "Pending");
    cr_expect_str_eq(
        lat_json_string_at(gateway, "spec.listeners[0].allowedRoutes.namespaces.from", ""), "Same");
    cr_expect_str_eq(lat_json_string_at(gateway, "spec.listeners[0].tls.mode", ""), "Terminate");
    struct lat_kube_causes causes = {.arena = arena};
    lat_kube_schema_validate(schema_of(GATEWAY_API, "Gateway"), gateway, &causes);
    cr_expect_eq(causes.count, 0, "%s", lat_kube_causes_text(&causes));
}

Test(kinds, the_defaults_of_every_kind_obey_its_own_rules)
{
    for (size_t i = 0; i < kinds->count; i++) {
        LAT_AUTO(lat_json_decrefp) json_t *object = json_object();
        const struct lat_kube_schema *schema =
            lat_kube_kind_storage_version(kinds->items[i])->schema;
        struct lat_kube_causes causes = {.arena = arena};
        lat_kube_schema_default(schema, object);
        lat_kube_schema_validate(schema, object, &causes);
        for (size_t c = 0; c < causes.count; c++)
            cr_expect_eq(causes.items[c].reason, LAT_KUBE_REQUIRED, "%s: %s", kinds->items[i]->kind,
                         causes.items[c].message);
    }
}

static const char *refusals(const char *group, const char *kind, const char *text)
{
    LAT_AUTO(lat_json_decrefp) json_t *object = json_of(text);
    struct lat_kube_causes causes = {.arena = arena};
    lat_kube_schema_validate(schema_of(group, kind), object, &causes);
    return causes.count == 0 ? "" : lat_kube_causes_text(&causes);
}

Test(kinds, wrong_objects_are_refused_by_their_kind)
{
    cr_expect_str_eq(
        refusals(GATEWAY_API, "TLSRoute", "{'spec':{'rules':[]}}"),
        "[spec.hostnames: Required value, spec.rules: Invalid value: []: spec.rules in "
        "body should have at least 1 items]");
    cr_expect_str_eq(refusals(GATEWAY_API, "Gateway",
                              "{'spec':{'gatewayClassName':'c','listeners':[{'name':'a','port':80,"
                              "'protocol':'HTTP'},{'name':'a','port':81,'protocol':'HTTP'}]}}"),
                     "spec.listeners[1]: Duplicate value: {\"name\":\"a\"}");
    cr_expect_str_eq(refusals("application-networking.k8s.aws", "TargetGroupPolicy",
                              "{'spec':{'targetRef':{'group':'','kind':'Service','name':'s'},"
                              "'healthCheck':{'intervalSeconds':4}}}"),
                     "spec.healthCheck.intervalSeconds: Invalid value: 4: "
                     "spec.healthCheck.intervalSeconds in body should be greater than or equal to "
                     "5");
}

Test(kinds, metadata_is_read_through_one_door)
{
    LAT_AUTO(lat_json_decrefp)
    json_t *object = json_of(
        "{'apiVersion':'g/v1','metadata':{'name':'n','namespace':'s','uid':'u','generation':3,"
        "'labels':{'a':'b'},'finalizers':['f'],'deletionTimestamp':'2024-01-01T00:00:00Z',"
        "'ownerReferences':[{'uid':'x'},{'uid':'y','controller':true}]},'status':{'conditions':[{"
        "'type':'Ready','status':'True'}]}}");
    const char *group, *version;
    lat_kube_api_version_split(arena, lat_kube_api_version(object), &group, &version);
    cr_expect_str_eq(group, "g");
    cr_expect_str_eq(version, "v1");
    cr_expect_str_eq(lat_kube_name(object), "n");
    cr_expect_str_eq(lat_kube_namespace(object), "s");
    cr_expect_eq(lat_kube_generation(object), 3);
    cr_expect_str_eq(lat_kube_label(object, "a"), "b");
    cr_expect(lat_kube_has_finalizer(object, "f"));
    cr_expect_not(lat_kube_has_finalizer(object, "g"));
    cr_expect(lat_kube_is_terminating(object));
    cr_expect_str_eq(lat_json_string_at(lat_kube_controller_reference(object), "uid", ""), "y");
    cr_expect_str_eq(
        lat_json_string_at(lat_kube_condition(lat_json_at(object, "status.conditions"), "Ready"),
                           "status", ""),
        "True");
    lat_kube_resource_version_set(object, 12);
    cr_expect_str_eq(lat_kube_resource_version(object), "12");
    cr_expect_str_eq(lat_kube_name(NULL), "");
}
