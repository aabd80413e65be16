/* get, list, tables, discovery and OpenAPI over HTTP. */
#include "simulator/kubernetes/tests/bench.h"

#include <criterion/criterion.h>

#define AS_TABLE "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"

static struct bench *bench;

static void set_up(void)
{
    bench = bench_new();
}

static void tear_down(void)
{
    bench_free(bench);
}

TestSuite(read, .init = set_up, .fini = tear_down);

Test(read, an_object_is_served_in_every_version_of_its_kind)
{
    bench_make_route(bench, "r");
    cr_expect_eq(
        bench_send(bench, "GET",
                   "/apis/gateway.networking.k8s.io/v1beta1/namespaces/default/httproutes/r", NULL),
        200);
    cr_expect_str_eq(bench_text(bench, "apiVersion"), "gateway.networking.k8s.io/v1beta1");
    cr_expect_eq(
        bench_send(bench, "GET", "/apis/gateway.networking.k8s.io/v1beta1/httproutes", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "items[0].apiVersion"), "gateway.networking.k8s.io/v1beta1");
    cr_expect_eq(bench_send(bench, "GET", "/apis/gateway.networking.k8s.io/v9/httproutes", NULL),
                 404);
}

Test(read, a_missing_object_is_named)
{
    cr_expect_eq(bench_send(bench, "GET", ROUTES "/r", NULL), 404);
    cr_expect_str_eq(bench_text(bench, "reason"), "NotFound");
    cr_expect_str_eq(bench_text(bench, "message"),
                     "httproutes.gateway.networking.k8s.io \"r\" not found");
}

Test(read, lists_are_ordered_and_selected)
{
    bench_make_route(bench, "b");
    bench_make_route(bench, "a");
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/b", "{'metadata':{'labels':{'x':'y'}}}"),
                 200);
    const char *version = bench_text(bench, "metadata.resourceVersion");
    cr_expect_eq(bench_send(bench, "GET", ALL_ROUTES, NULL), 200);
    cr_expect_str_eq(bench_text(bench, "kind"), "HTTPRouteList");
    cr_expect_str_eq(bench_text(bench, "metadata.resourceVersion"), version);
    cr_expect_str_eq(bench_text(bench, "items[0].metadata.name"), "a");
    cr_expect_str_eq(bench_text(bench, "items[1].metadata.name"), "b");
    cr_expect_eq(bench_send(bench, "GET", ROUTES "?labelSelector=x", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "items[0].metadata.name"), "b");
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 1);
    cr_expect_eq(bench_send(bench, "GET", ROUTES "?fieldSelector=metadata.name%3Da", NULL), 200);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 1);
    cr_expect_eq(bench_send(bench, "GET", ROUTES "?fieldSelector=spec.x%3Da", NULL), 400);
    cr_expect_eq(bench_send(bench, "GET", ROUTES "?labelSelector=%3D", NULL), 400);
    cr_expect_eq(bench_send(bench, "GET",
                            "/apis/gateway.networking.k8s.io/v1/namespaces/kube-system/httproutes",
                            NULL),
                 200);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 0);
}

Test(read, pages_go_on_where_the_last_one_ended)
{
    bench_make_route(bench, "a");
    bench_make_route(bench, "b");
    bench_make_route(bench, "c");
    cr_expect_eq(bench_send(bench, "GET", ALL_ROUTES "?limit=2", NULL), 200);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 2);
    cr_expect_eq(bench_number(bench, "metadata.remainingItemCount"), 1);
    const char *version = bench_text(bench, "metadata.resourceVersion");
    const char *token = bench_text(bench, "metadata.continue");
    bench_make_route(bench, "d");
    cr_expect_eq(bench_send(bench, "GET",
                            bench_format(bench, ALL_ROUTES "?limit=2&continue=%s", token), NULL),
                 200);
    cr_expect_str_eq(bench_text(bench, "items[0].metadata.name"), "c");
    cr_expect_str_eq(bench_text(bench, "metadata.resourceVersion"), version);
    cr_expect_null(bench_at(bench, "metadata.continue"));
    cr_expect_eq(bench_send(bench, "GET", ALL_ROUTES "?continue=x", NULL), 400);
}

/* "a b c" of a list, in order. */
static const char *names(void)
{
    const char *text = "";
    for (size_t i = 0; i < json_array_size(bench_at(bench, "items")); i++)
        text = bench_format(bench, "%s%s%s", text, i == 0 ? "" : " ",
                            bench_text(bench, bench_format(bench, "items[%zu].metadata.name", i)));
    return text;
}

Test(read, pages_of_one_list_show_one_state)
{
    static const char *const made[] = {"a", "b", "c", "d", "e", "f"};
    for (size_t i = 0; i < 6; i++)
        bench_make_route(bench, made[i]);
    cr_expect_eq(bench_send(bench, "GET", ROUTES "?limit=2", NULL), 200);
    const char *token = bench_text(bench, "metadata.continue");
    const char *version = bench_text(bench, "metadata.resourceVersion");
    cr_expect_eq(bench_send(bench, "DELETE", ROUTES "/a", NULL), 200);
    cr_expect_eq(bench_send(bench, "DELETE", ROUTES "/d", NULL), 200);
    cr_expect_eq(bench_send(bench, "DELETE", ROUTES "/f", NULL), 200);
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/c", "{'metadata':{'labels':{'x':'y'}}}"),
                 200);
    bench_make_route(bench, "cc");
    bench_make_route(bench, "g");
    cr_expect_eq(
        bench_send(bench, "GET", bench_format(bench, ROUTES "?limit=3&continue=%s", token), NULL),
        200);
    cr_expect_str_eq(names(), "c d e");
    cr_expect_null(bench_at(bench, "items[0].metadata.labels"));
    cr_expect_str_eq(bench_text(bench, "metadata.resourceVersion"), version);
    cr_expect_eq(bench_number(bench, "metadata.remainingItemCount"), 1);
    token = bench_text(bench, "metadata.continue");
    cr_expect_eq(
        bench_send(bench, "GET", bench_format(bench, ALL_ROUTES "?continue=%s", token), NULL), 200);
    cr_expect_str_eq(names(), "f");
    cr_expect_eq(bench_send(bench, "GET", ROUTES, NULL), 200);
    cr_expect_str_eq(names(), "b c cc e g");
    cr_expect_eq(
        bench_send(
            bench, "GET",
            bench_format(bench, ROUTES "?resourceVersion=%s&resourceVersionMatch=Exact", version),
            NULL),
        200);
    cr_expect_str_eq(names(), "a b c d e f");
    cr_expect_eq(bench_send(bench, "GET", ROUTES "?continue=999/default/a", NULL), 400);
}

Test(read, a_version_from_the_future_is_refused)
{
    cr_expect_eq(bench_send(bench, "GET", ALL_ROUTES "?resourceVersion=999", NULL), 504);
    cr_expect_str_eq(bench_text(bench, "details.causes[0].reason"), "ResourceVersionTooLarge");
    cr_expect_eq(bench_send(bench, "GET", ALL_ROUTES "?resourceVersion=x", NULL), 400);
}

Test(read, a_table_has_the_columns_of_its_kind)
{
    bench_make_route(bench, "r");
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/r", "{'spec':{'hostnames':['a.b','c.d']}}"),
                 200);
    cr_expect_eq(bench_get_as(bench, AS_TABLE, ROUTES), 200);
    cr_expect_str_eq(bench_text(bench, "kind"), "Table");
    cr_expect_str_eq(bench_text(bench, "columnDefinitions[1].name"), "Hostnames");
    cr_expect_str_eq(bench_text(bench, "rows[0].cells[0]"), "r");
    cr_expect_str_eq(bench_text(bench, "rows[0].cells[1]"), "[\"a.b\",\"c.d\"]");
    cr_expect_str_eq(bench_text(bench, "rows[0].object.kind"), "PartialObjectMetadata");
    cr_expect_eq(bench_get_as(bench, AS_TABLE, ROUTES "/r?includeObject=Object"), 200);
    cr_expect_str_eq(bench_text(bench, "rows[0].object.kind"), "HTTPRoute");
}

Test(read, cells_of_built_in_kinds_read_as_kubectl_shows_them)
{
    cr_expect_eq(bench_send(bench, "POST", "/api/v1/namespaces/default/services",
                            "{'metadata':{'name':'s'},'spec':{'selector':{'a':'b'},'ports':[{'name'"
                            ":'x','port':80},{'name':'y','port':53,'protocol':'UDP'}]}}"),
                 201);
    cr_expect_eq(bench_get_as(bench, AS_TABLE, "/api/v1/services"), 200);
    cr_expect_str_eq(bench_text(bench, "rows[0].cells[3]"), "<none>");
    cr_expect_str_eq(bench_text(bench, "rows[0].cells[4]"), "80/TCP,53/UDP");
    cr_expect_str_eq(bench_text(bench, "rows[0].cells[6]"), "a=b");
    cr_expect_eq(
        bench_send(bench, "POST", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
                   "{'metadata':{'name':'e'},'addressType':'IPv4','ports':[{'port':80}],'endpoints'"
                   ":[{'addresses':['1.1.1.1','1.1.1.2']},{'addresses':['1.1.1.3','1.1.1.4']}]}"),
        201);
    cr_expect_eq(bench_get_as(bench, AS_TABLE, "/apis/discovery.k8s.io/v1/endpointslices"), 200);
    cr_expect_str_eq(bench_text(bench, "rows[0].cells[2]"), "80");
    cr_expect_str_eq(bench_text(bench, "rows[0].cells[3]"), "1.1.1.1,1.1.1.2,1.1.1.3 + 1 more...");
}

/* The title of a column of the last table; "" beyond the last. */
static const char *column(size_t index)
{
    return bench_text(bench, bench_format(bench, "columnDefinitions[%zu].name", index));
}

Test(read, a_pod_shows_why_it_does_not_run_and_its_gates)
{
    cr_expect_eq(
        bench_send(
            bench, "POST", "/api/v1/namespaces/default/pods",
            "{'metadata':{'name':'p','finalizers':['x.y/z']},'spec':{'nodeName':'n','containers':"
            "[{'name':'c','image':'i'}],'readinessGates':[{'conditionType':'g'}]}}"),
        201);
    cr_expect_eq(bench_get_as(bench, AS_TABLE, "/api/v1/pods"), 200);
    cr_expect_str_eq(column(8), "Readiness Gates");
    cr_expect_str_eq(bench_text(bench, "rows[0].cells[2]"), "Pending");
    cr_expect_str_eq(bench_text(bench, "rows[0].cells[5]"), "<none>");
    cr_expect_str_eq(bench_text(bench, "rows[0].cells[8]"), "0/1");
    cr_expect_eq(
        bench_send(bench, "PUT", "/api/v1/namespaces/default/pods/p/status",
                   "{'metadata':{'name':'p'},'status':{'phase':'Running','podIP':'10.1.2.3',"
                   "'conditions':[{'type':'g','status':'True'}],'containerStatuses':[{"
                   "'name':'c','state':{'waiting':{'reason':'CrashLoopBackOff'}}}]}}"),
        200);
    cr_expect_eq(bench_get_as(bench, AS_TABLE, "/api/v1/pods"), 200);
    cr_expect_str_eq(bench_text(bench, "rows[0].cells[2]"), "CrashLoopBackOff");
    cr_expect_str_eq(bench_text(bench, "rows[0].cells[5]"), "10.1.2.3");
    cr_expect_str_eq(bench_text(bench, "rows[0].cells[8]"), "1/1");
    cr_expect_eq(bench_send(bench, "DELETE", "/api/v1/namespaces/default/pods/p", NULL), 200);
    cr_expect_eq(bench_get_as(bench, AS_TABLE, "/api/v1/pods"), 200);
    cr_expect_str_eq(bench_text(bench, "rows[0].cells[2]"), "Terminating");
}

Test(read, events_begin_with_when_they_were_seen)
{
    cr_expect_eq(
        bench_send(bench, "POST", "/api/v1/namespaces/default/events",
                   "{'metadata':{'name':'e','namespace':'default'},'involvedObject':{'kind':"
                   "'Pod','name':'p','namespace':'default','fieldPath':'spec.containers{c}'},"
                   "'source':{'component':'kubelet','host':'n1'},'count':3,'reason':'R',"
                   "'type':'Warning','message':'m'}"),
        201);
    cr_expect_eq(bench_get_as(bench, AS_TABLE, "/api/v1/events"), 200);
    cr_expect_str_eq(column(0), "Last Seen");
    cr_expect_str_eq(column(9), "Name");
    cr_expect_str_eq(column(10), "");
    cr_expect_str_eq(bench_text(bench, "rows[0].cells[3]"), "pod/p");
    cr_expect_str_eq(bench_text(bench, "rows[0].cells[4]"), "spec.containers{c}");
    cr_expect_str_eq(bench_text(bench, "rows[0].cells[5]"), "kubelet, n1");
    cr_expect_str_eq(bench_text(bench, "rows[0].cells[8]"), "3");
    cr_expect_str_eq(bench_text(bench, "rows[0].cells[9]"), "e");
}

Test(read, discovery_has_both_forms)
{
    cr_expect_eq(bench_send(bench, "GET", "/apis", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "kind"), "APIGroupList");
    cr_expect_eq(bench_send(bench, "GET", "/api", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "versions[0]"), "v1");
    cr_expect_eq(bench_send(bench, "GET", "/apis/gateway.networking.k8s.io/v1?timeout=32s", NULL),
                 200);
    cr_expect_str_eq(bench_text(bench, "kind"), "APIResourceList");
    cr_expect_eq(bench_send(bench, "GET", "/apis/example.com/v1", NULL), 404);
    static const char accept[] =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    cr_expect_eq(bench_get_as(bench, accept, "/apis"), 200);
    cr_expect_str_eq(bench_text(bench, "kind"), "APIGroupDiscoveryList");
    cr_expect_str_eq(bench_header(bench, "Content-Type"),
                     "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
    cr_expect_eq(bench_get_as(bench, accept, "/api"), 200);
    cr_expect_str_eq(bench_text(bench, "items[0].versions[0].resources[0].responseKind.version"),
                     "v1");
    cr_expect_eq(bench_send(bench, "GET", "/version", NULL), 200);
    cr_expect_eq(bench_send(bench, "GET", "/readyz", NULL), 200);
    cr_expect_eq(bench_send(bench, "GET", "/nope", NULL), 404);
}

Test(read, selectors_and_options_of_a_list_are_judged_as_in_a_cluster)
{
    static const struct {
        const char *target;
        int status;
    } cases[] = {
        {"/api/v1/pods?fieldSelector=status.phase%3DRunning,spec.nodeName!%3Dx", 200},
        {"/api/v1/events?fieldSelector=involvedObject.name%3Dx,type!%3DNormal", 200},
        {"/api/v1/namespaces?fieldSelector=status.phase%3DActive,metadata.name!%3Dx", 200},
        {"/api/v1/services?fieldSelector=spec.sessionAffinity%3DNone", 400},
        {"/api/v1/pods?labelSelector=a%20in%20(b,c),d%20notin%20(e),!f,g,h!%3Di", 200},
        {"/api/v1/pods?labelSelector=a%20in%20(", 400},
        {"/api/v1/pods?resourceVersionMatch=Exact", 422},
        {"/api/v1/pods?resourceVersionMatch=Exact&resourceVersion=0", 422},
        {"/api/v1/pods?resourceVersionMatch=Any&resourceVersion=2", 422},
        {"/api/v1/pods?resourceVersionMatch=NotOlderThan&resourceVersion=0&limit=5", 200},
        {"/api/v1/pods?limit=-1", 400},
        {"/api/v1/pods?continue=nonsense", 400},
    };
    for (size_t i = 0; i < LAT_COUNT(cases); i++)
        cr_expect_eq(bench_send(bench, "GET", cases[i].target, NULL), cases[i].status, "%s",
                     cases[i].target);
}

Test(read, a_client_that_takes_no_json_is_told_so)
{
    static const struct {
        const char *accept;
        int status;
    } cases[] = {
        {"application/vnd.kubernetes.protobuf, */*", 200},
        {"application/vnd.kubernetes.protobuf,application/json", 200},
        {"application/json;as=Table;v=v1;g=meta.k8s.io,application/json", 200},
        {"APPLICATION/*;q=0.5", 200},
        {"", 200},
        {"application/vnd.kubernetes.protobuf", 406},
        {"text/html, application/yaml", 406},
    };
    for (size_t i = 0; i < LAT_COUNT(cases); i++)
        cr_expect_eq(bench_get_as(bench, cases[i].accept, "/api/v1/namespaces"), cases[i].status,
                     "%s", cases[i].accept);
    cr_expect_str_eq(bench_text(bench, "reason"), "NotAcceptable");
}

Test(read, reviews_are_discovered_and_answered)
{
    static const char accept[] =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    cr_expect_eq(bench_send(bench, "GET", "/apis/authentication.k8s.io/v1", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "resources[1].name"), "tokenreviews");
    cr_expect_str_eq(bench_text(bench, "resources[1].verbs[0]"), "create");
    cr_expect_eq(bench_get_as(bench, accept, "/apis"), 200);
    const char *text = bench_json(bench, "items");
    cr_expect_not_null(strstr(text, "\"resource\":\"selfsubjectaccessreviews\""));
    cr_expect_not_null(strstr(text, "\"name\":\"authorization.k8s.io\""));
    cr_expect_eq(bench_send(bench, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                            "{'kind':'SelfSubjectReview'}"),
                 201);
    cr_expect_str_eq(bench_text(bench, "status.userInfo.username"), "system:unsecured");
    cr_expect_eq(bench_send(bench, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                            "{'kind':'TokenReview'}"),
                 400);
    cr_expect_eq(bench_send(bench, "GET", "/apis/authentication.k8s.io/v1/tokenreviews", NULL),
                 405);
}

Test(read, openapi_tells_kubectl_to_leave_validation_to_the_server)
{
    cr_expect_eq(bench_send(bench, "GET", "/openapi/v3", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "paths[\"apis/gateway.networking.k8s.io/v1\"]"
                                       ".serverRelativeURL"),
                     "/openapi/v3/apis/gateway.networking.k8s.io/v1");
    cr_expect_eq(bench_send(bench, "GET", "/openapi/v3/apis/gateway.networking.k8s.io/v1", NULL),
                 200);
    cr_expect_str_eq(bench_text(bench, "paths[\"/apis/gateway.networking.k8s.io/v1/namespaces/"
                                       "{namespace}/httproutes/{name}\"].patch.parameters[0].name"),
                     "fieldValidation");
    cr_expect_eq(bench_send(bench, "GET", "/openapi/v3/apis/no/v1", NULL), 404);
}

Test(read, openapi_v2_is_what_older_programs_validate_and_merge_by)
{
    cr_expect_eq(bench_send(bench, "GET", "/openapi/v2", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "swagger"), "2.0");
    cr_expect_str_eq(bench_text(bench, "paths[\"/api/v1/namespaces/{namespace}/services/{name}\"]"
                                       ".patch.parameters[0].name"),
                     "dryRun");
    cr_expect_str_eq(bench_text(bench, "definitions[\"io.k8s.api.core.v1.Service\"].properties"
                                       ".spec.properties.ports.x-kubernetes-patch-strategy"),
                     "merge");
    cr_expect_str_eq(bench_text(bench, "definitions[\"io.k8s.networking.gateway.v1.HTTPRoute\"]"
                                       ".properties.metadata.$ref"),
                     "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
}
