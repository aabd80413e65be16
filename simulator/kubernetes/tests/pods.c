/* Pods and EndpointSlices that Services ask for by annotation. */
#include "simulator/kubernetes/tests/bench.h"

#include <criterion/criterion.h>

#define SERVICES  "/api/v1/namespaces/default/services"
#define PODS      "/api/v1/namespaces/default/pods"
#define ENDPOINTS "/api/v1/namespaces/default/endpoints"
#define SLICES    "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices"
#define OF(name)  "?labelSelector=kubernetes.io/service-name=" name

static struct bench *bench;

static void begin(void)
{
    bench = bench_new();
    cr_assert_eq(bench_send(bench, "POST", SERVICES,
                            "{'metadata':{'name':'web','annotations':{'lattice.sim/pods':'2'}},"
                            "'spec':{'selector':{'app':'web'},"
                            "'ports':[{'port':80,'targetPort':8080,'name':'http'}]}}"),
                 201);
}

static void end(void)
{
    bench_free(bench);
}

TestSuite(pods, .init = begin, .fini = end);

static size_t pod_count(void)
{
    cr_assert_eq(bench_send(bench, "GET", PODS, NULL), 200);
    return json_array_size(bench_at(bench, "items"));
}

/* A member of the one slice of web. */
static const json_t *of_slice(const char *path)
{
    cr_assert_eq(bench_send(bench, "GET", SLICES OF("web"), NULL), 200);
    cr_assert_eq(json_array_size(bench_at(bench, "items")), 1);
    return bench_at(bench, bench_format(bench, "items[0].%s", path));
}

static const char *text_of_slice(const char *path)
{
    const char *text = json_string_value(of_slice(path));
    return text == NULL ? "" : text;
}

static bool is_ready(const char *path)
{
    return json_is_true(of_slice(path));
}

static void annotate(const char *target, const char *name, const char *value)
{
    cr_assert_eq(
        bench_patch(bench, "merge", target,
                    bench_format(bench, "{'metadata':{'annotations':{'%s':%s}}}", name, value)),
        200);
}

Test(pods, a_service_gets_the_ready_pods_that_it_asks_for)
{
    cr_expect_eq(pod_count(), 2);
    cr_expect_eq(bench_send(bench, "GET", PODS "/web-1", NULL), 200);
    const char *address = bench_text(bench, "status.podIP");
    cr_expect_str_eq(bench_text(bench, "status.phase"), "Running");
    cr_expect_str_eq(bench_text(bench, "metadata.labels.app"), "web");
    cr_expect_str_eq(bench_text(bench, "metadata.ownerReferences[0].kind"), "Service");
    cr_expect_eq(json_array_size(of_slice("endpoints")), 2);
    cr_expect_str_eq(text_of_slice("endpoints[1].addresses[0]"), address);
    cr_expect_str_eq(text_of_slice("endpoints[1].targetRef.name"), "web-1");
    cr_expect_eq(json_integer_value(of_slice("ports[0].port")), 8080);
    cr_expect_str_eq(text_of_slice("ports[0].name"), "http");
    cr_expect_str_neq(text_of_slice("endpoints[0].addresses[0]"), address);
}

Test(pods, scaling_adds_and_removes_the_last_ones)
{
    annotate(SERVICES "/web", "lattice.sim/pods", "'3'");
    cr_expect_eq(pod_count(), 3);
    annotate(SERVICES "/web", "lattice.sim/pods", "'1'");
    cr_expect_eq(pod_count(), 1);
    cr_expect_str_eq(bench_text(bench, "items[0].metadata.name"), "web-0");
    cr_expect_eq(json_array_size(of_slice("endpoints")), 1);
}

Test(pods, readiness_flips_with_the_annotation_of_a_pod)
{
    cr_expect(is_ready("endpoints[0].conditions.ready"));
    annotate(PODS "/web-0", "lattice.sim/ready", "'false'");
    cr_expect_not(is_ready("endpoints[0].conditions.ready"));
    cr_expect(is_ready("endpoints[1].conditions.ready"));
    annotate(PODS "/web-0", "lattice.sim/ready", "'true'");
    cr_expect(is_ready("endpoints[0].conditions.ready"));
}

Test(pods, a_deleted_pod_is_replaced_by_another)
{
    cr_expect_eq(bench_send(bench, "GET", PODS "/web-0", NULL), 200);
    const char *uid = bench_text(bench, "metadata.uid");
    const char *address = bench_text(bench, "status.podIP");
    cr_expect_eq(bench_send(bench, "DELETE", PODS "/web-0", NULL), 200);
    cr_expect_eq(bench_send(bench, "GET", PODS "/web-0", NULL), 200);
    cr_expect_str_neq(bench_text(bench, "metadata.uid"), uid);
    cr_expect_str_neq(bench_text(bench, "status.podIP"), address);
    uid = bench_text(bench, "metadata.uid");
    annotate(PODS "/web-0", "lattice.sim/delete", "'true'");
    cr_expect_eq(bench_send(bench, "GET", PODS "/web-0", NULL), 200);
    cr_expect_str_neq(bench_text(bench, "metadata.uid"), uid);
    cr_expect_eq(pod_count(), 2);
}

Test(pods, a_readiness_gate_holds_a_pod_back)
{
    cr_assert_eq(bench_send(bench, "POST", PODS,
                            "{'metadata':{'name':'gated','labels':{'app':'web'},"
                            "'annotations':{'lattice.sim/ready':'true'}},"
                            "'spec':{'containers':[{'name':'a','image':'b'}],"
                            "'readinessGates':[{'conditionType':'x.y/gate'}]}}"),
                 201);
    cr_expect_not(is_ready("endpoints[0].conditions.ready"));
    cr_expect_str_eq(text_of_slice("endpoints[0].targetRef.name"), "gated");
    cr_expect_eq(bench_patch(bench, "strategic-merge", PODS "/gated/status",
                             "{'status':{'conditions':[{'type':'x.y/gate','status':'True'}]}}"),
                 200);
    cr_expect(is_ready("endpoints[0].conditions.ready"));
}

Test(pods, what_a_service_had_goes_with_it_or_with_its_annotation)
{
    annotate(SERVICES "/web", "lattice.sim/pods", "null");
    cr_expect_eq(pod_count(), 0);
    cr_expect_eq(json_array_size(of_slice("endpoints")), 0);
    annotate(SERVICES "/web", "lattice.sim/pods", "'2'");
    cr_expect_eq(pod_count(), 2);
    cr_expect_eq(bench_send(bench, "DELETE", SERVICES "/web", NULL), 200);
    cr_expect_eq(pod_count(), 0);
    cr_expect_eq(bench_send(bench, "GET", SLICES OF("web"), NULL), 200);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 0);
    cr_expect_eq(bench_send(bench, "GET", ENDPOINTS "/web", NULL), 404);
}

Test(pods, a_number_that_is_none_is_refused_and_changes_nothing)
{
    cr_expect_eq(bench_patch(bench, "merge", SERVICES "/web",
                             "{'metadata':{'annotations':{'lattice.sim/pods':'many'}}}"),
                 422);
    cr_expect_eq(bench_patch(bench, "merge", SERVICES "/web",
                             "{'metadata':{'annotations':{'lattice.sim/pods':'101'}}}"),
                 422);
    cr_expect_eq(bench_patch(bench, "merge", SERVICES "/web?dryRun=All",
                             "{'metadata':{'annotations':{'lattice.sim/pods':'9'}}}"),
                 200);
    cr_expect_eq(pod_count(), 2);
}

/* --- Pods that users make --------------------------------------------------------------------- */

static void make_pod(const char *name, const char *labels, const char *spec)
{
    cr_assert_eq(bench_send(bench, "POST", PODS,
                            bench_format(bench,
                                         "{'metadata':{'name':'%s','labels':{%s}},'spec':{%s"
                                         "'containers':[{'name':'a','image':'b','ports':"
                                         "[{'name':'web','containerPort':8000}]}]}}",
                                         name, labels, spec)),
                 201);
}

Test(pods, a_pod_that_a_user_makes_gets_node_and_address_and_runs)
{
    make_pod("solo", "'app':'web'", "");
    cr_expect_eq(bench_send(bench, "GET", PODS "/solo", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "spec.nodeName"), "lattice-sim");
    cr_expect_str_eq(bench_text(bench, "status.phase"), "Running");
    cr_expect_str_neq(bench_text(bench, "status.podIP"), "");
    cr_expect_eq(json_array_size(of_slice("endpoints")), 3);
    cr_expect_eq(bench_send(bench, "GET", "/api/v1/nodes/lattice-sim", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "status.conditions[0].status"), "True");
    annotate(PODS "/solo", "lattice.sim/ready", "'false'");
    cr_expect_not(is_ready("endpoints[0].conditions.ready"));
}

Test(pods, pods_of_other_nodes_and_schedulers_are_left_alone)
{
    make_pod("foreign", "", "'schedulerName':'mine',");
    cr_expect_eq(bench_send(bench, "GET", PODS "/foreign", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "status.phase"), "Pending");
    make_pod("elsewhere", "", "'nodeName':'other',");
    cr_expect_eq(bench_send(bench, "GET", PODS "/elsewhere", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "status.phase"), "Pending");
}

Test(pods, a_cordoned_node_lets_pods_wait_until_it_is_open_again)
{
    static const char node[] = "/api/v1/nodes/lattice-sim";
    cr_assert_eq(bench_patch(bench, "merge", node, "{'spec':{'unschedulable':true}}"), 200);
    make_pod("late", "", "");
    cr_expect_eq(bench_send(bench, "GET", PODS "/late", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "status.conditions[0].reason"), "Unschedulable");
    cr_expect_str_eq(bench_text(bench, "spec.nodeName"), "");
    cr_assert_eq(bench_patch(bench, "merge", node, "{'spec':{'unschedulable':null}}"), 200);
    cr_expect_eq(bench_send(bench, "GET", PODS "/late", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "status.phase"), "Running");
}

Test(pods, an_eviction_deletes_the_pod)
{
    make_pod("solo", "", "");
    cr_expect_eq(bench_send(bench, "POST", PODS "/solo/eviction",
                            "{'apiVersion':'policy/v1','kind':'Eviction','metadata':{'name':"
                            "'solo'},'deleteOptions':{'dryRun':['All']}}"),
                 201);
    cr_expect_eq(bench_send(bench, "GET", PODS "/solo", NULL), 200);
    cr_expect_eq(bench_send(bench, "POST", PODS "/solo/eviction",
                            "{'apiVersion':'policy/v1','kind':'Eviction','metadata':{'name':"
                            "'solo'}}"),
                 201);
    cr_expect_eq(bench_send(bench, "GET", PODS "/solo", NULL), 404);
    cr_expect_eq(bench_send(bench, "POST", PODS "/solo/eviction", "{'kind':'Eviction'}"), 404);
    cr_expect_eq(bench_send(bench, "GET", PODS "/web-0/eviction", NULL), 405);
}

/* --- endpoints -------------------------------------------------------------------------------- */

static void make_service(const char *name, const char *spec)
{
    cr_assert_eq(bench_send(bench, "POST", SERVICES,
                            bench_format(bench,
                                         "{'metadata':{'name':'%s','labels':{'team':'a'}},"
                                         "'spec':{%s}}",
                                         name, spec)),
                 201);
}

/* The slices of a Service; how many. */
static size_t slices_of(const char *name)
{
    cr_assert_eq(bench_send(bench, "GET", bench_format(bench, SLICES OF("%s"), name), NULL), 200);
    return json_array_size(bench_at(bench, "items"));
}

Test(pods, every_service_with_a_selector_has_slices_and_endpoints)
{
    make_service("none", "'selector':{'app':'none'},'ports':[{'port':80}]");
    cr_expect_eq(slices_of("none"), 1);
    cr_expect_eq(json_array_size(bench_at(bench, "items[0].endpoints")), 0);
    cr_expect_str_eq(bench_text(bench, "items[0].metadata.ownerReferences[0].name"), "none");
    cr_expect_str_eq(bench_text(bench, "items[0].metadata.labels.team"), "a");
    cr_expect_str_eq(
        bench_text(bench, "items[0].metadata.labels[\"endpointslice.kubernetes.io/managed-by\"]"),
        "endpointslice-controller.k8s.io");
    make_pod("n", "'app':'none'", "");
    cr_expect_eq(slices_of("none"), 1);
    cr_expect_eq(json_array_size(bench_at(bench, "items[0].endpoints")), 1);
    cr_expect_eq(bench_send(bench, "GET", ENDPOINTS "/none", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "subsets[0].addresses[0].targetRef.name"), "n");
    cr_expect_eq(bench_number(bench, "subsets[0].ports[0].port"), 80);
}

Test(pods, ports_lead_to_the_named_ports_of_each_pod)
{
    make_service("named", "'selector':{'app':'n'},'ports':[{'name':'a','port':80,'targetPort':"
                          "'web'},{'name':'b','port':81,'targetPort':9}],'clusterIP':'None'");
    make_pod("n", "'app':'n'", "");
    cr_assert_eq(bench_send(bench, "POST", PODS,
                            "{'metadata':{'name':'m','labels':{'app':'n'}},'spec':{'containers':"
                            "[{'name':'a','image':'b','ports':[{'name':'web','containerPort':"
                            "7000}]}]}}"),
                 201);
    cr_expect_eq(slices_of("named"), 2, "Pods with other ports are in a slice of their own");
    cr_expect_eq(bench_number(bench, "items[0].ports[0].port") +
                     bench_number(bench, "items[1].ports[0].port"),
                 15000);
    cr_expect_eq(bench_number(bench, "items[0].ports[1].port"), 9);
    cr_expect_str_eq(json_string_value(bench_at(
                         bench, "items[0].metadata.labels[\"service.kubernetes.io/headless\"]")),
                     "");
    cr_expect_eq(bench_send(bench, "GET", ENDPOINTS "/named", NULL), 200);
    cr_expect_eq(json_array_size(bench_at(bench, "subsets")), 2);
}

Test(pods, what_is_not_ready_ends_or_is_published_all_the_same)
{
    make_service("all", "'selector':{'app':'x'},'publishNotReadyAddresses':true,"
                        "'ports':[{'port':80}]");
    make_service("some", "'selector':{'app':'x'},'ports':[{'port':80}]");
    make_pod("x", "'app':'x'", "");
    annotate(PODS "/x", "lattice.sim/ready", "'false'");
    slices_of("all");
    cr_expect(json_is_true(bench_at(bench, "items[0].endpoints[0].conditions.ready")));
    cr_expect(json_is_false(bench_at(bench, "items[0].endpoints[0].conditions.serving")));
    slices_of("some");
    cr_expect(json_is_false(bench_at(bench, "items[0].endpoints[0].conditions.ready")));
    cr_expect_eq(bench_send(bench, "GET", ENDPOINTS "/some", NULL), 200);
    cr_expect_eq(json_array_size(bench_at(bench, "subsets[0].notReadyAddresses")), 1);
    cr_assert_eq(bench_patch(bench, "merge", PODS "/x", "{'metadata':{'finalizers':['a.b/c']}}"),
                 200);
    cr_assert_eq(bench_send(bench, "DELETE", PODS "/x", NULL), 200);
    slices_of("some");
    cr_expect(json_is_true(bench_at(bench, "items[0].endpoints[0].conditions.terminating")));
    cr_expect_eq(bench_send(bench, "GET", ENDPOINTS "/some", NULL), 200);
    cr_expect_null(bench_at(bench, "subsets"));
}

Test(pods, a_slice_holds_a_hundred_endpoints)
{
    make_service("small", "'selector':{'app':'web'},'ports':[{'port':80}]");
    annotate(SERVICES "/web", "lattice.sim/pods", "'100'");
    make_pod("one-more", "'app':'web'", "");
    cr_expect_eq(slices_of("small"), 2);
    cr_expect_eq(json_array_size(bench_at(bench, "items[0].endpoints")) +
                     json_array_size(bench_at(bench, "items[1].endpoints")),
                 101);
    annotate(SERVICES "/web", "lattice.sim/pods", "'1'");
    cr_expect_eq(slices_of("small"), 1);
}

Test(pods, a_deleted_slice_comes_back_and_foreign_ones_stay)
{
    cr_assert_eq(bench_send(bench, "POST", SLICES,
                            "{'metadata':{'name':'mine','labels':{'kubernetes.io/service-name':"
                            "'web'}},'addressType':'IPv4','endpoints':[{'addresses':"
                            "['192.0.2.1']}],'ports':[{'port':80}]}"),
                 201);
    cr_expect_eq(slices_of("web"), 2);
    const char *kept = bench_text(bench, "items[0].metadata.name");
    const char *ours = lat_json_at(bench_at(bench, "items[1]"), "metadata.ownerReferences") != NULL
                           ? bench_text(bench, "items[1].metadata.name")
                           : kept;
    cr_assert_eq(bench_send(bench, "DELETE", bench_format(bench, SLICES "/%s", ours), NULL), 200);
    cr_expect_eq(slices_of("web"), 2);
    annotate(SERVICES "/web", "lattice.sim/pods", "'3'");
    cr_expect_eq(bench_send(bench, "GET", SLICES "/mine", NULL), 200);
    cr_expect_eq(json_array_size(bench_at(bench, "endpoints")), 1);
}

Test(pods, endpoints_of_a_service_without_selector_are_mirrored)
{
    make_service("db", "'ports':[{'port':5432}]");
    cr_expect_eq(slices_of("db"), 0);
    cr_assert_eq(bench_send(bench, "POST", ENDPOINTS,
                            "{'metadata':{'name':'db'},'subsets':[{'addresses':[{'ip':"
                            "'192.0.2.7'}],'notReadyAddresses':[{'ip':'192.0.2.8'}],'ports':"
                            "[{'port':5432}]}]}"),
                 201);
    cr_expect_eq(slices_of("db"), 1);
    cr_expect_str_eq(bench_text(bench, "items[0].endpoints[0].addresses[0]"), "192.0.2.7");
    cr_expect(json_is_false(bench_at(bench, "items[0].endpoints[1].conditions.ready")));
    cr_expect_eq(bench_number(bench, "items[0].ports[0].port"), 5432);
    cr_assert_eq(bench_send(bench, "DELETE", ENDPOINTS "/db", NULL), 200);
    cr_expect_eq(slices_of("db"), 0);
}
