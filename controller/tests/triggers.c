/* Which changes make which routes and Gateways due. */
#include "controller/reconcile/pass.h"

#include "common/base/json.h"
#include "common/base/tests/leaks.h"
#include "common/base/text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define ANK "application-networking.k8s.aws"

static struct gwc_cache *cache;
static char due[512]; /* "HTTPRoute shop/orders;" for each key made due */

static void add(void *context, enum gwc_kind_id kind, const char *namespace_name, const char *name)
{
    (void)context;
    size_t length = strlen(due);
    snprintf(due + length, sizeof due - length, "%s %s/%s;", gwc_kinds[kind].name, namespace_name,
             name);
}

static void on_change(void *context, enum gwc_kind_id kind, const json_t *old_object,
                      const json_t *new_object)
{
    (void)context;
    const struct gwc_triggers triggers = {.cache = cache, .add = add};
    gwc_triggers_event(&triggers, kind, old_object, new_object);
}

static void put(enum gwc_kind_id kind, const char *text)
{
    struct lat_err err = {0};
    json_t *object = lat_json_parse_new(text, strlen(text), &err);
    cr_assert_not_null(object, "%s", err.message);
    gwc_cache_put(cache, kind, object);
    json_decref(object);
}

#define META(name, more) "\"metadata\":{\"name\":\"" name "\",\"namespace\":\"shop\"" more "}"
#define ROUTE(more, refs)                                                                          \
    "{" META("orders", more) ",\"spec\":{\"parentRefs\":[{\"name\":\"net\"}],\"rules\":[{"         \
                             "\"backendRefs\":[" refs "]}]}}"
#define SERVICE_REF "{\"kind\":\"Service\",\"group\":\"\",\"name\":\"web\"}"

static void set_up(void)
{
    cache = gwc_cache_new(on_change, NULL);
    for (size_t i = 0; i < GWC_KIND_COUNT; i++)
        gwc_cache_set_served(cache, (enum gwc_kind_id)i, true);
    put(GWC_KIND_GATEWAY_CLASS, "{\"metadata\":{\"name\":\"lattice\"},\"spec\":{"
                                "\"controllerName\":\"" ANK "/gateway-api-controller\"}}");
    put(GWC_KIND_GATEWAY, "{" META("net", "") ",\"spec\":{\"gatewayClassName\":\"lattice\"}}");
    due[0] = '\0';
}

static void tear_down(void)
{
    gwc_cache_free(cache);
    check_leaks();
}

TestSuite(triggers, .init = set_up, .fini = tear_down);

static void expect_due(const char *expected)
{
    cr_assert_str_eq(due, expected);
    due[0] = '\0';
}

Test(triggers, a_route_is_due_when_it_comes_and_when_its_generation_changes)
{
    put(GWC_KIND_HTTP_ROUTE, ROUTE(",\"generation\":1", SERVICE_REF));
    expect_due("HTTPRoute shop/orders;");
    put(GWC_KIND_HTTP_ROUTE, ROUTE(",\"generation\":1,\"resourceVersion\":\"9\"", SERVICE_REF));
    expect_due("");
    put(GWC_KIND_HTTP_ROUTE, ROUTE(",\"generation\":2", SERVICE_REF));
    expect_due("HTTPRoute shop/orders;");
    gwc_cache_remove(cache, GWC_KIND_HTTP_ROUTE, "shop", "orders");
    expect_due("HTTPRoute shop/orders;");
}

Test(triggers, three_annotations_make_a_route_due_and_others_do_not)
{
    put(GWC_KIND_HTTP_ROUTE, ROUTE("", SERVICE_REF));
    due[0] = '\0';
    put(GWC_KIND_HTTP_ROUTE,
        ROUTE(",\"annotations\":{\"" ANK "/service-name-override\":\"x\"}", SERVICE_REF));
    expect_due("");
    put(GWC_KIND_HTTP_ROUTE, ROUTE(",\"annotations\":{\"" ANK "/tags\":\"a=b\"}", SERVICE_REF));
    expect_due("HTTPRoute shop/orders;");
}

Test(triggers, a_new_gateway_spec_reaches_its_routes_and_new_annotations_do_not)
{
    put(GWC_KIND_HTTP_ROUTE, ROUTE("", SERVICE_REF));
    due[0] = '\0';
    put(GWC_KIND_GATEWAY,
        "{" META("net", ",\"annotations\":{\"a\":\"b\"}") ",\"spec\":{"
                                                          "\"gatewayClassName\":\"lattice\"}}");
    expect_due("");
    put(GWC_KIND_GATEWAY,
        "{" META("net", ",\"generation\":2") ",\"spec\":{"
                                             "\"gatewayClassName\":\"lattice\",\"listeners\":[]}}");
    expect_due("Gateway shop/net;HTTPRoute shop/orders;");
}

Test(triggers, a_class_that_comes_reaches_its_gateways)
{
    put(GWC_KIND_GATEWAY, "{" META("late", "") ",\"spec\":{\"gatewayClassName\":\"other\"}}");
    due[0] = '\0';
    put(GWC_KIND_GATEWAY_CLASS, "{\"metadata\":{\"name\":\"other\"},\"spec\":{"
                                "\"controllerName\":\"" ANK "/gateway-api-controller\"}}");
    expect_due("GatewayClass /other;Gateway shop/late;");
}

Test(triggers, a_service_reaches_the_routes_that_name_it)
{
    put(GWC_KIND_HTTP_ROUTE, ROUTE("", SERVICE_REF));
    due[0] = '\0';
    put(GWC_KIND_SERVICE, "{" META("web", "") "}");
    expect_due("HTTPRoute shop/orders;");
    put(GWC_KIND_SERVICE, "{" META("other", "") "}");
    expect_due("");
}

Test(triggers, an_endpoint_slice_counts_only_while_its_service_exists)
{
    put(GWC_KIND_HTTP_ROUTE, ROUTE("", SERVICE_REF));
    due[0] = '\0';
    const char *slice =
        "{" META("web-1", ",\"labels\":{\"kubernetes.io/service-name\":\"web\"}") "}";
    put(GWC_KIND_ENDPOINT_SLICE, slice);
    expect_due("");
    put(GWC_KIND_SERVICE, "{" META("web", "") "}");
    due[0] = '\0';
    put(GWC_KIND_ENDPOINT_SLICE, slice);
    expect_due("HTTPRoute shop/orders;");
}

Test(triggers, an_import_reaches_a_route_only_when_the_group_is_written_out_or_absent)
{
    const char *import = "{" META("legacy", "") "}";
    put(GWC_KIND_HTTP_ROUTE,
        ROUTE("", "{\"kind\":\"ServiceImport\",\"group\":\"\",\"name\":\"legacy\"}"));
    due[0] = '\0';
    put(GWC_KIND_SERVICE_IMPORT, import);
    expect_due("ServiceImport shop/legacy;");
    put(GWC_KIND_HTTP_ROUTE,
        ROUTE("", "{\"kind\":\"ServiceImport\",\"group\":\"" ANK "\",\"name\":\"legacy\"}"));
    due[0] = '\0';
    put(GWC_KIND_SERVICE_IMPORT, import);
    expect_due("ServiceImport shop/legacy;HTTPRoute shop/orders;");
}
