/* The service of a stack: networks, standalone, override, certificate, and the order of errors. */
#include "common/base/json.h"
#include "common/base/text.h"
#include "controller/model/keys.h"
#include "controller/tests/model/fixture.h"

#include <criterion/criterion.h>

static void annotate(struct fixture *fixture, const char *kind, const char *name, const char *key,
                     const char *value)
{
    json_t *metadata = lat_json_at(fixture_find(fixture, kind, name), "metadata");
    if (json_object_get(metadata, "annotations") == NULL)
        json_object_set_new(metadata, "annotations", json_object());
    json_t *annotations = json_object_get(metadata, "annotations");
    if (value == NULL)
        json_object_del(annotations, key);
    else
        json_object_set_new(annotations, key, json_string(value));
}

static struct gwc_stack built(struct fixture *fixture, enum gwc_route_kind kind)
{
    struct gwc_stack stack = {0};
    struct gwc_model_error error = {0};
    cr_assert(fixture_build(fixture, kind, "app", &stack, &error) == 0, "%s", error.text);
    return stack;
}

static struct gwc_model_error failed(struct fixture *fixture, enum gwc_route_kind kind)
{
    struct gwc_stack stack = {0};
    struct gwc_model_error error = {0};
    cr_assert_eq(fixture_build(fixture, kind, "app", &stack, &error), -1);
    return error;
}

Test(service, a_route_that_no_parent_accepts_has_an_empty_stack)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_set(fixture, "HTTPRoute", "app", "spec", "{'parentRefs':[{'name':'net','port':1}]}");
    annotate(fixture, "HTTPRoute", "app", GWC_ANNOTATION_NAME_OVERRIDE, "BAD");
    struct gwc_stack stack = built(fixture, GWC_ROUTE_HTTP);
    cr_expect(stack.is_empty);
}

Test(service, networks_are_the_accepted_controlled_parents_each_once_in_order)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_add(fixture, "{'kind':'Gateway','metadata':{'name':'far','namespace':'ops'},"
                         "'spec':{'gatewayClassName':'amazon-vpc-lattice'}}");
    fixture_add(fixture, "{'kind':'Gateway','metadata':{'name':'foreign','namespace':'shop'},"
                         "'spec':{'gatewayClassName':'other'}}");
    fixture_set(fixture, "HTTPRoute", "app", "spec",
                "{'parentRefs':[{'name':'net','sectionName':'http'},"
                "{'name':'far','namespace':'ops'},{'name':'net','sectionName':'https'},"
                "{'name':'foreign','namespace':'shop'},{'name':'rejected','port':1}]}");
    /* A missing Gateway would be an error in the search for standalone Gateways. */
    annotate(fixture, "HTTPRoute", "app", GWC_ANNOTATION_STANDALONE, "false");
    annotate(fixture, "HTTPRoute", "app", GWC_ANNOTATION_TAGS, "Env=Dev,aws:x=1");
    struct gwc_stack stack = built(fixture, GWC_ROUTE_HTTP);
    cr_assert_eq(stack.service.service_network_count, 2);
    cr_expect_str_eq(stack.service.service_networks[0], "net");
    cr_expect_str_eq(stack.service.service_networks[1], "far");
    cr_assert_eq(stack.additional_tags.count, 1);
    cr_expect_str_eq(stack.additional_tags.items[0].key, "Env");
    cr_expect_str_eq(stack.service.name, "app-shop");

    fixture->config.is_override = true;
    fixture->config.default_service_network = "default";
    stack = built(fixture, GWC_ROUTE_HTTP);
    cr_assert_eq(stack.service.service_network_count, 1);
    cr_expect_str_eq(stack.service.service_networks[0], "default");
    annotate(fixture, "HTTPRoute", "app", GWC_ANNOTATION_STANDALONE, "true");
    cr_expect_eq(built(fixture, GWC_ROUTE_HTTP).service.service_network_count, 0);
}

Test(service, standalone_is_said_by_the_route_else_by_a_gateway)
{
    static const struct {
        const char *route;
        const char *gateway;
        bool is_standalone;
    } rows[] = {
        {NULL, NULL, false},  {" TRUE ", NULL, true},  {"false", "true", false},
        {"", "true", false},  {"1", "true", false},    {NULL, "True", true},
        {NULL, "yes", false}, {"true", "false", true},
    };
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    for (size_t i = 0; i < LAT_COUNT(rows); i++) {
        annotate(fixture, "HTTPRoute", "app", GWC_ANNOTATION_STANDALONE, rows[i].route);
        annotate(fixture, "Gateway", "net", GWC_ANNOTATION_STANDALONE, rows[i].gateway);
        cr_expect_eq(built(fixture, GWC_ROUTE_HTTP).service.service_network_count,
                     rows[i].is_standalone ? 0 : 1, "row %zu", i);
    }
}

Test(service, a_missing_parent_gateway_is_an_error_only_while_the_route_lives)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_set(fixture, "HTTPRoute", "app", "spec",
                "{'parentRefs':[{'name':'net'},{'name':'gone'},{'name':'too'}]}");
    struct gwc_model_error error = failed(fixture, GWC_ROUTE_HTTP);
    cr_expect_str_eq(error.text,
                     "failed to determine standalone mode: standalone mode determination failed: "
                     "failed to find controlled parent gateways for route shop/app: failed to get "
                     "gateways, [shop/gone shop/too]");
    fixture_set(fixture, "HTTPRoute", "app", "metadata", "{'deletionTimestamp':'" FIXTURE_NOW "'}");
    cr_expect(built(fixture, GWC_ROUTE_HTTP).is_deleted);
}

Test(service, an_override_names_the_service_and_a_bad_one_is_a_class_of_its_own)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    annotate(fixture, "HTTPRoute", "app", GWC_ANNOTATION_NAME_OVERRIDE, "orders");
    annotate(fixture, "HTTPRoute", "app", GWC_ANNOTATION_TAKEOVER, " other ");
    struct gwc_stack stack = built(fixture, GWC_ROUTE_HTTP);
    cr_expect_str_eq(stack.service.name, "orders");
    cr_expect(stack.service.is_override);
    cr_expect_str_eq(stack.service.allow_takeover_from, " other ");
    cr_expect_str_eq(stack.listeners[0].name, "app-shop-80-http");

    annotate(fixture, "HTTPRoute", "app", GWC_ANNOTATION_NAME_OVERRIDE, "svc-orders");
    struct gwc_model_error error = failed(fixture, GWC_ROUTE_HTTP);
    cr_expect_eq(error.error_class, GWC_ERROR_INVALID_NAME_OVERRIDE);
    cr_expect_str_eq(error.text, "invalid service name override 'svc-orders': service name cannot "
                                 "start with 'svc-'");
    annotate(fixture, "HTTPRoute", "app", GWC_ANNOTATION_NAME_OVERRIDE, "");
    cr_expect_not(built(fixture, GWC_ROUTE_HTTP).service.is_override);
}

Test(service, a_tls_route_needs_a_host_name_even_when_it_is_deleted)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    cr_expect_str_eq(built(fixture, GWC_ROUTE_TLS).service.custom_domain, "app.example.com");
    fixture_set(fixture, "TLSRoute", "app", "spec", "{'hostnames':[]}");
    fixture_set(fixture, "TLSRoute", "app", "metadata", "{'deletionTimestamp':'" FIXTURE_NOW "'}");
    cr_expect_str_eq(failed(fixture, GWC_ROUTE_TLS).text,
                     "TLSRoute shop/app must specify at least one hostname as VPC Lattice requires "
                     "a custom domain name");
}

Test(service, a_deleted_route_has_a_service_and_nothing_below)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_set(fixture, "HTTPRoute", "app", "metadata", "{'deletionTimestamp':'" FIXTURE_NOW "'}");
    fixture_set(fixture, "HTTPRoute", "app", "spec",
                "{'rules':[{'backendRefs':[{'kind':'ServiceImport','name':'legacy'}]}]}");
    struct gwc_stack stack = built(fixture, GWC_ROUTE_HTTP);
    cr_expect(stack.is_deleted);
    cr_expect_str_eq(stack.service.name, "app-shop");
    cr_expect_eq(stack.listener_count + stack.target_group_count, 0);
    cr_expect_eq(fixture->asked_target_groups, 0);
}

Test(service, a_listener_option_names_the_certificate_else_the_host_name_finds_it)
{
    struct gwc_certificate found = {.arn = "arn:found", .domain_name = "*.example.com"};
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_set(fixture, "HTTPRoute", "app", "spec",
                "{'hostnames':['a.example.com'],'parentRefs':[{'name':'net'}]}");
    fixture->certificates = (struct gwc_certificates){.items = &found, .count = 1};
    cr_expect_str_eq(built(fixture, GWC_ROUTE_HTTP).service.certificate_arn, "arn:found");

    json_t *tls = lat_json_at(fixture_find(fixture, "Gateway", "net"), "spec.listeners[1].tls");
    json_t *options = json_object_get(tls, "options");
    json_object_set_new(options, GWC_TLS_CERTIFICATE_ARN, json_string("arn:named"));
    cr_expect_str_eq(built(fixture, GWC_ROUTE_HTTP).service.certificate_arn, "arn:named");
    json_object_set_new(options, GWC_TLS_CERTIFICATE_ARN, json_string(""));
    cr_expect_null(built(fixture, GWC_ROUTE_HTTP).service.certificate_arn);
    cr_expect_eq(fixture->asked_certificates, 1);
    /* Without a listener that terminates TLS nobody is asked. */
    json_object_set_new(tls, "mode", json_string("Passthrough"));
    cr_expect_null(built(fixture, GWC_ROUTE_HTTP).service.certificate_arn);
    cr_expect_eq(fixture->asked_certificates, 1);
}

Test(service, a_certificate_that_cannot_be_found_says_why)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_set(fixture, "GRPCRoute", "app", "spec", "{'hostnames':['a.example.com']}");
    struct gwc_model_error error = failed(fixture, GWC_ROUTE_GRPC);
    cr_expect_eq(error.error_class, GWC_ERROR_CERTIFICATE_NOT_FOUND);
    cr_expect_str_eq(error.text, "no matching ACM certificate found for hostname a.example.com");

    fixture->certificate_error = "throttled";
    error = failed(fixture, GWC_ROUTE_GRPC);
    cr_expect_eq(error.error_class, GWC_ERROR_OTHER);
    cr_expect_str_eq(error.text,
                     "certificate discovery failed for hostname a.example.com: throttled");

    fixture->denies_certificates = true;
    error = failed(fixture, GWC_ROUTE_GRPC);
    cr_expect_eq(error.error_class, GWC_ERROR_CERTIFICATE_NOT_FOUND);
    cr_expect_str_eq(error.text, "no matching ACM certificate found: ACM access denied: missing "
                                 "acm:ListCertificates permission");

    struct gwc_stack stack = {0};
    int asked = fixture->asked_certificates;
    cr_expect_eq(
        fixture_build_only(fixture, GWC_ROUTE_GRPC, "app", GWC_BUILD_COLLECT, &stack, &error), 0);
    cr_expect_eq(fixture->asked_certificates, asked);
}
