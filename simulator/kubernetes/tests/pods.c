/* Pods and EndpointSlices that Services ask for by annotation. */
#include "simulator/kubernetes/tests/bench.h"

#include <criterion/criterion.h>

#define SERVICES "/api/v1/namespaces/default/services"
#define PODS     "/api/v1/namespaces/default/pods"
#define SLICE    "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/web-sim"

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

static bool is_ready(const char *path)
{
    cr_assert_eq(bench_send(bench, "GET", SLICE, NULL), 200);
    return json_is_true(bench_at(bench, path));
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
    cr_expect_eq(bench_send(bench, "GET", SLICE, NULL), 200);
    cr_expect_eq(json_array_size(bench_at(bench, "endpoints")), 2);
    cr_expect_str_eq(bench_text(bench, "endpoints[1].addresses[0]"), address);
    cr_expect_str_eq(bench_text(bench, "endpoints[1].targetRef.name"), "web-1");
    cr_expect_eq(bench_number(bench, "ports[0].port"), 8080);
    cr_expect_str_eq(bench_text(bench, "ports[0].name"), "http");
    cr_expect_str_neq(bench_text(bench, "endpoints[0].addresses[0]"), address);
}

Test(pods, scaling_adds_and_removes_the_last_ones)
{
    annotate(SERVICES "/web", "lattice.sim/pods", "'3'");
    cr_expect_eq(pod_count(), 3);
    annotate(SERVICES "/web", "lattice.sim/pods", "'1'");
    cr_expect_eq(pod_count(), 1);
    cr_expect_str_eq(bench_text(bench, "items[0].metadata.name"), "web-0");
    cr_expect_eq(bench_send(bench, "GET", SLICE, NULL), 200);
    cr_expect_eq(json_array_size(bench_at(bench, "endpoints")), 1);
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
    cr_expect_str_eq(bench_text(bench, "endpoints[0].targetRef.name"), "gated");
    cr_expect_eq(bench_patch(bench, "strategic-merge", PODS "/gated/status",
                             "{'status':{'conditions':[{'type':'x.y/gate','status':'True'}]}}"),
                 200);
    cr_expect(is_ready("endpoints[0].conditions.ready"));
}

Test(pods, what_a_service_had_goes_with_it_or_with_its_annotation)
{
    annotate(SERVICES "/web", "lattice.sim/pods", "null");
    cr_expect_eq(pod_count(), 0);
    cr_expect_eq(bench_send(bench, "GET", SLICE, NULL), 404);
    annotate(SERVICES "/web", "lattice.sim/pods", "'2'");
    cr_expect_eq(pod_count(), 2);
    cr_expect_eq(bench_send(bench, "DELETE", SERVICES "/web", NULL), 200);
    cr_expect_eq(pod_count(), 0);
    cr_expect_eq(bench_send(bench, "GET", SLICE, NULL), 404);
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
