/* create, update, patch and delete over HTTP: what is stored, what is refused and in which words.
 */
#include "simulator/kubernetes/tests/bench.h"

#include <criterion/criterion.h>

#define SYSTEM_ROUTES "/apis/gateway.networking.k8s.io/v1/namespaces/absent/httproutes"
#define IMPORTS       "/apis/application-networking.k8s.aws/v1alpha1/namespaces/default/serviceimports"
#define SERVICES      "/api/v1/namespaces/default/services"

static struct bench *bench;

static void set_up(void)
{
    bench = bench_new();
}

static void tear_down(void)
{
    bench_free(bench);
}

TestSuite(write, .init = set_up, .fini = tear_down);

Test(write, a_new_object_gets_what_only_the_server_says)
{
    cr_expect_eq(bench_send(bench, "POST", ROUTES,
                            "{'metadata':{'name':'r','uid':'mine','generation':9},'spec':{},"
                            "'status':{'parents':[]}}"),
                 201);
    cr_expect_str_eq(bench_text(bench, "kind"), "HTTPRoute");
    cr_expect_str_eq(bench_text(bench, "apiVersion"), "gateway.networking.k8s.io/v1");
    cr_expect_str_eq(bench_text(bench, "metadata.namespace"), "default");
    cr_expect_str_neq(bench_text(bench, "metadata.uid"), "mine");
    cr_expect_eq(strlen(bench_text(bench, "metadata.uid")), 36);
    cr_expect_eq(strlen(bench_text(bench, "metadata.creationTimestamp")), 20);
    cr_expect_str_neq(bench_text(bench, "metadata.resourceVersion"), "");
    cr_expect_eq(bench_number(bench, "metadata.generation"), 1);
    cr_expect_str_eq(bench_text(bench, "spec.rules[0].matches[0].path.value"), "/");
    cr_expect_null(bench_at(bench, "status"));
}

Test(write, a_generated_name_ends_in_five_characters)
{
    cr_expect_eq(bench_send(bench, "POST", ROUTES, "{'metadata':{'generateName':'r-'},'spec':{}}"),
                 201);
    cr_expect_eq(strlen(bench_text(bench, "metadata.name")), 7);
}

Test(write, a_taken_name_is_refused_as_already_existing)
{
    bench_make_route(bench, "r");
    cr_expect_eq(bench_send(bench, "POST", ROUTES, "{'metadata':{'name':'r'},'spec':{}}"), 409);
    cr_expect_str_eq(bench_text(bench, "kind"), "Status");
    cr_expect_str_eq(bench_text(bench, "reason"), "AlreadyExists");
    cr_expect_str_eq(bench_text(bench, "message"),
                     "httproutes.gateway.networking.k8s.io \"r\" already exists");
    cr_expect_str_eq(bench_text(bench, "details.kind"), "httproutes");
    cr_expect_eq(bench_number(bench, "code"), 409);
}

Test(write, a_namespace_must_exist)
{
    cr_expect_eq(bench_send(bench, "POST", SYSTEM_ROUTES, "{'metadata':{'name':'r'},'spec':{}}"),
                 404);
    cr_expect_str_eq(bench_text(bench, "message"), "namespaces \"absent\" not found");
    cr_expect_eq(
        bench_send(bench, "POST", ROUTES, "{'metadata':{'name':'r','namespace':'x'},'spec':{}}"),
        400);
}

Test(write, an_invalid_object_is_refused_with_all_causes)
{
    cr_expect_eq(bench_send(bench, "POST", ROUTES,
                            "{'metadata':{'name':'Bad'},'spec':{'rules':[{'backendRefs':[{'name':'"
                            "a','port':0}]}]}}"),
                 422);
    cr_expect_str_eq(bench_text(bench, "reason"), "Invalid");
    cr_expect_str_eq(bench_text(bench, "details.causes[0].field"), "metadata.name");
    cr_expect_str_eq(bench_text(bench, "details.causes[1].field"),
                     "spec.rules[0].backendRefs[0].port");
    cr_expect_str_eq(bench_text(bench, "details.causes[1].reason"), "FieldValueInvalid");
    cr_expect_eq(json_array_size(bench_at(bench, "details.causes")), 2);
}

Test(write, unknown_fields_are_refused_warned_of_or_dropped)
{
    static const char body[] = "{'metadata':{'name':'r','odd':1},'spec':{'bogus':1}}";
    cr_expect_eq(bench_send(bench, "POST", ROUTES "?fieldValidation=Strict", body), 400);
    cr_expect_str_eq(
        bench_text(bench, "message"),
        "HTTPRoute in version \"v1\" cannot be handled as a HTTPRoute: strict decoding "
        "error: unknown field \"metadata.odd\", unknown field \"spec.bogus\"");
    cr_expect_eq(bench_send(bench, "POST", ROUTES "?dryRun=All", body), 201);
    cr_expect_not_null(bench_header(bench, "Warning"));
    cr_expect_null(bench_at(bench, "spec.bogus"));
    cr_expect_eq(bench_send(bench, "POST", ROUTES "?fieldValidation=Ignore", body), 201);
    cr_expect_null(bench_header(bench, "Warning"));
}

Test(write, a_dry_run_stores_nothing)
{
    cr_expect_eq(
        bench_send(bench, "POST", ROUTES "?dryRun=All", "{'metadata':{'name':'r'},'spec':{}}"),
        201);
    cr_expect_eq(bench_send(bench, "GET", ROUTES "/r", NULL), 404);
    bench_make_route(bench, "r");
    const char *version = bench_text(bench, "metadata.resourceVersion");
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/r?dryRun=All",
                             "{'metadata':{'labels':{'dry':'run'}}}"),
                 200);
    cr_expect_str_eq(bench_text(bench, "metadata.labels.dry"), "run");
    cr_expect_str_eq(bench_text(bench, "metadata.resourceVersion"), version);
    cr_expect_eq(bench_send(bench, "DELETE", ROUTES "/r", "{'dryRun':['All']}"), 200);
    cr_expect_eq(bench_send(bench, "GET", ROUTES "/r", NULL), 200);
}

Test(write, a_stale_update_is_a_conflict)
{
    bench_make_route(bench, "r");
    const char *version = bench_text(bench, "metadata.resourceVersion");
    const char *body = bench_format(
        bench, "{'metadata':{'name':'r','resourceVersion':'%s'},'spec':{'hostnames':['a.b']}}",
        version);
    cr_expect_eq(bench_send(bench, "PUT", ROUTES "/r", body), 200);
    cr_expect_eq(bench_number(bench, "metadata.generation"), 2);
    cr_expect_eq(bench_send(bench, "PUT", ROUTES "/r", body), 409);
    cr_expect_str_eq(bench_text(bench, "reason"), "Conflict");
    cr_expect_eq(bench_send(bench, "PUT", ROUTES "/r", "{'metadata':{'name':'r'},'spec':{}}"), 422);
    cr_expect_str_eq(bench_text(bench, "details.causes[0].message"),
                     "Invalid value: 0x0: must be specified for an update");
}

Test(write, a_write_that_changes_nothing_keeps_the_version)
{
    bench_make_route(bench, "r");
    const char *version = bench_text(bench, "metadata.resourceVersion");
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/r", "{}"), 200);
    cr_expect_str_eq(bench_text(bench, "metadata.resourceVersion"), version);
    cr_expect_str_eq(bench_text(bench, "metadata.name"), "r");
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/r", "{'metadata':{'labels':{}}}"), 200);
    cr_expect_str_eq(bench_text(bench, "metadata.resourceVersion"), version);
}

Test(write, generation_counts_spec_and_not_metadata_or_status)
{
    bench_make_route(bench, "r");
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/r", "{'metadata':{'labels':{'a':'b'}}}"),
                 200);
    cr_expect_eq(bench_number(bench, "metadata.generation"), 1);
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/r/status", "{'status':{'parents':[]}}"), 200);
    cr_expect_eq(bench_number(bench, "metadata.generation"), 1);
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/r", "{'spec':{'hostnames':['a.b']}}"), 200);
    cr_expect_eq(bench_number(bench, "metadata.generation"), 2);
}

Test(write, status_and_the_rest_do_not_touch_each_other)
{
    bench_make_route(bench, "r");
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/r/status",
                             "{'metadata':{'labels':{'a':'b'}},'spec':{'hostnames':['a.b']},"
                             "'status':{'parents':[]}}"),
                 200);
    cr_expect_null(bench_at(bench, "spec.hostnames"));
    cr_expect_null(bench_at(bench, "metadata.labels"));
    cr_expect_not_null(bench_at(bench, "status.parents"));
    cr_expect_eq(
        bench_patch(bench, "merge", ROUTES "/r", "{'spec':{'hostnames':['a.b']},'status':null}"),
        200);
    cr_expect_not_null(bench_at(bench, "status.parents"));
    cr_expect_not_null(bench_at(bench, "spec.hostnames"));
}

Test(write, a_kind_without_a_status_subresource_has_none)
{
    cr_expect_eq(bench_send(bench, "POST", IMPORTS,
                            "{'metadata':{'name':'i'},'spec':{'type':'ClusterSetIP','ports':[{"
                            "'port':80}]},'status':{'clusters':[{'cluster':'c'}]}}"),
                 201);
    cr_expect_str_eq(bench_text(bench, "status.clusters[0].cluster"), "c");
    cr_expect_eq(bench_patch(bench, "merge", IMPORTS "/i/status", "{}"), 404);
    cr_expect_eq(bench_patch(bench, "merge", IMPORTS "/i", "{'status':{'clusters':[]}}"), 200);
    cr_expect_eq(bench_number(bench, "metadata.generation"), 2);
}

Test(write, patches_carry_the_version_they_were_made_for)
{
    bench_make_route(bench, "r");
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/r",
                             "{'metadata':{'resourceVersion':'1','labels':{'a':'b'}}}"),
                 409);
    cr_expect_str_eq(bench_text(bench, "reason"), "Conflict");
    cr_expect_eq(bench_patch(bench, "json", ROUTES "/r",
                             "[{'op':'replace','path':'/spec/rules/0/backendRefs/0/weight',"
                             "'value':5}]"),
                 200);
    cr_expect_eq(bench_number(bench, "spec.rules[0].backendRefs[0].weight"), 5);
    cr_expect_eq(bench_patch(bench, "json", ROUTES "/r", "[{'op':'remove','path':'/nope'}]"), 422);
    cr_expect_eq(bench_patch(bench, "strategic-merge", ROUTES "/r", "{}"), 415);
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/absent", "{}"), 404);
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/r", "{'kind':'Other'}"), 400);
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/r", "{"), 400);
}

Test(write, finalizers_keep_an_object_until_they_are_gone)
{
    bench_make_route(bench, "r");
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/r", "{'metadata':{'finalizers':['a/b']}}"),
                 200);
    cr_expect_eq(bench_send(bench, "DELETE", ROUTES "/r", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "kind"), "HTTPRoute");
    cr_expect_eq(strlen(bench_text(bench, "metadata.deletionTimestamp")), 20);
    cr_expect_eq(bench_number(bench, "metadata.deletionGracePeriodSeconds"), 0);
    cr_expect_eq(bench_number(bench, "metadata.generation"), 2);
    const char *version = bench_text(bench, "metadata.resourceVersion");
    cr_expect_eq(bench_send(bench, "DELETE", ROUTES "/r", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "metadata.resourceVersion"), version);
    cr_expect_eq(
        bench_patch(bench, "merge", ROUTES "/r", "{'metadata':{'finalizers':['a/b','c/d']}}"), 422);
    cr_expect_str_eq(bench_text(bench, "details.causes[0].reason"), "FieldValueForbidden");
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/r", "{'metadata':{'finalizers':null}}"), 200);
    cr_expect_str_eq(bench_text(bench, "metadata.name"), "r");
    cr_expect_eq(bench_send(bench, "GET", ROUTES "/r", NULL), 404);
}

Test(write, a_deletion_answers_with_what_went)
{
    bench_make_route(bench, "r");
    const char *uid = bench_text(bench, "metadata.uid");
    cr_expect_eq(bench_send(bench, "DELETE", ROUTES "/r", "{'preconditions':{'uid':'other'}}"),
                 409);
    cr_expect_eq(bench_send(bench, "DELETE", ROUTES "/r",
                            bench_format(bench, "{'preconditions':{'uid':'%s'}}", uid)),
                 200);
    cr_expect_str_eq(bench_text(bench, "status"), "Success");
    cr_expect_str_eq(bench_text(bench, "details.uid"), uid);
    cr_expect_eq(bench_send(bench, "DELETE", ROUTES "/r", NULL), 404);
}

Test(write, a_collection_is_deleted_by_selector)
{
    bench_make_route(bench, "a");
    bench_make_route(bench, "b");
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/b", "{'metadata':{'labels':{'x':'y'}}}"),
                 200);
    cr_expect_eq(bench_send(bench, "DELETE", ROUTES "?labelSelector=x%3Dy", NULL), 200);
    cr_expect_eq(bench_send(bench, "GET", ROUTES "/a", NULL), 200);
    cr_expect_eq(bench_send(bench, "GET", ROUTES "/b", NULL), 404);
}

Test(write, a_namespace_takes_its_content_along)
{
    cr_expect_eq(bench_send(bench, "POST", "/api/v1/namespaces", "{'metadata':{'name':'n'}}"), 201);
    cr_expect_str_eq(bench_text(bench, "metadata.labels[\"kubernetes.io/metadata.name\"]"), "n");
    cr_expect_str_eq(bench_text(bench, "status.phase"), "Active");
    static const char routes[] = "/apis/gateway.networking.k8s.io/v1/namespaces/n/httproutes";
    cr_expect_eq(bench_send(bench, "POST", routes, "{'metadata':{'name':'plain'},'spec':{}}"), 201);
    cr_expect_eq(bench_send(bench, "POST", routes,
                            "{'metadata':{'name':'held','finalizers':['a/b']},'spec':{}}"),
                 201);
    cr_expect_eq(bench_send(bench, "DELETE", "/api/v1/namespaces/n", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "status.phase"), "Terminating");
    cr_expect_eq(bench_send(bench, "POST", routes, "{'metadata':{'name':'late'},'spec':{}}"), 403);
    cr_expect_eq(bench_send(bench, "GET", bench_format(bench, "%s/plain", routes), NULL), 404);
    cr_expect_eq(bench_send(bench, "GET", "/api/v1/namespaces/n", NULL), 200);
    cr_expect_eq(bench_patch(bench, "merge", bench_format(bench, "%s/held", routes),
                             "{'metadata':{'finalizers':[]}}"),
                 200);
    cr_expect_eq(bench_send(bench, "GET", "/api/v1/namespaces/n", NULL), 404);
    cr_expect_eq(bench_send(bench, "DELETE", "/api/v1/namespaces/default", NULL), 403);
}

Test(write, an_empty_namespace_goes_with_its_last_finalizer)
{
    cr_expect_eq(bench_send(bench, "POST", "/api/v1/namespaces",
                            "{'metadata':{'name':'n','finalizers':['a/b']}}"),
                 201);
    cr_expect_eq(bench_send(bench, "DELETE", "/api/v1/namespaces/n", NULL), 200);
    cr_expect_eq(bench_send(bench, "GET", "/api/v1/namespaces/n", NULL), 200);
    cr_expect_eq(
        bench_patch(bench, "merge", "/api/v1/namespaces/n", "{'metadata':{'finalizers':[]}}"), 200);
    cr_expect_eq(bench_send(bench, "GET", "/api/v1/namespaces/n", NULL), 404);
}

Test(write, a_service_gets_its_addresses_and_keeps_them)
{
    cr_expect_eq(bench_send(bench, "POST", SERVICES,
                            "{'metadata':{'name':'s'},'spec':{'ports':[{'port':80}]}}"),
                 201);
    const char *address = bench_text(bench, "spec.clusterIP");
    cr_expect_str_eq(bench_text(bench, "spec.ipFamilies[0]"), "IPv4");
    cr_expect_eq(json_array_size(bench_at(bench, "spec.ipFamilies")), 1);
    cr_expect_str_eq(bench_text(bench, "spec.clusterIPs[0]"), address);
    cr_expect_str_eq(bench_text(bench, "spec.type"), "ClusterIP");
    cr_expect_eq(bench_number(bench, "spec.ports[0].targetPort"), 80);
    cr_expect_str_eq(bench_text(bench, "spec.ports[0].protocol"), "TCP");
    cr_expect_null(bench_at(bench, "metadata.generation"));
    cr_expect_eq(bench_send(bench, "PUT", SERVICES "/s",
                            "{'metadata':{'name':'s'},'spec':{'ports':[{'port':81}]}}"),
                 200);
    cr_expect_str_eq(bench_text(bench, "spec.clusterIP"), address);
    cr_expect_eq(bench_patch(bench, "merge", SERVICES "/s", "{'spec':{'clusterIP':'10.0.0.9'}}"),
                 422);
    cr_expect_eq(bench_patch(bench, "strategic-merge", SERVICES "/s",
                             "{'spec':{'ports':[{'port':81,'name':'a'},{'port':82,'name':'b'}]}}"),
                 200);
    cr_expect_eq(json_array_size(bench_at(bench, "spec.ports")), 2);
    cr_expect_eq(bench_send(bench, "POST", SERVICES, "{'metadata':{'name':'t'},'spec':{}}"), 422);
}

Test(write, an_immutable_member_stays)
{
    static const char classes[] = "/apis/gateway.networking.k8s.io/v1/gatewayclasses";
    cr_expect_eq(bench_send(bench, "POST", classes,
                            "{'metadata':{'name':'c'},'spec':{'controllerName':'a.b/c'}}"),
                 201);
    cr_expect_str_eq(bench_text(bench, "status.conditions[0].reason"), "Pending");
    cr_expect_eq(bench_patch(bench, "merge", bench_format(bench, "%s/c", classes),
                             "{'spec':{'controllerName':'a.b/d'}}"),
                 422);
    cr_expect_str_eq(bench_text(bench, "details.causes[0].message"),
                     "Invalid value: \"a.b/d\": Value is immutable");
}

Test(write, an_event_lies_with_its_object)
{
    static const char events[] = "/api/v1/namespaces/default/events";
    cr_expect_eq(bench_send(bench, "POST", events,
                            "{'metadata':{'name':'e.1'},'involvedObject':{'kind':'HTTPRoute',"
                            "'namespace':'default','name':'r'},'reason':'X','count':1}"),
                 201);
    cr_expect_eq(bench_patch(bench, "strategic-merge", "/api/v1/namespaces/default/events/e.1",
                             "{'count':2}"),
                 200);
    cr_expect_eq(bench_number(bench, "count"), 2);
    cr_expect_eq(bench_send(bench, "POST", events,
                            "{'metadata':{'name':'e.2'},'involvedObject':{'namespace':'other'}}"),
                 422);
}

Test(write, what_cannot_be_read_is_a_bad_request)
{
    cr_expect_eq(bench_send(bench, "POST", ROUTES, "{"), 400);
    cr_expect_eq(bench_send(bench, "POST", ROUTES, "[]"), 400);
    cr_expect_eq(bench_send(bench, "POST", ROUTES, "{'kind':'Gateway','metadata':{'name':'r'}}"),
                 400);
    cr_expect_eq(bench_send(bench, "POST", ROUTES, "{'metadata':5}"), 400);
    cr_expect_eq(bench_send(bench, "POST", ROUTES, "{'metadata':{'labels':['a']}}"), 400);
    cr_expect_eq(bench_send(bench, "POST", ROUTES, "{'metadata':{}}"), 422);
    cr_expect_eq(bench_send(bench, "POST", ALL_ROUTES, "{}"), 405);
    cr_expect_eq(bench_send(bench, "POST", ROUTES "?dryRun=Some", "{}"), 400);
}
