/* Deployments: what they make, how a rollout goes, and what holds it. */
#include "simulator/kubernetes/tests/bench.h"

#include <criterion/criterion.h>
#include <string.h>

#define DEPLOYMENTS "/apis/apps/v1/namespaces/default/deployments"
#define SETS        "/apis/apps/v1/namespaces/default/replicasets"
#define PODS        "/api/v1/namespaces/default/pods"
#define WEB         DEPLOYMENTS "/web"

static struct bench *bench;

static void begin(void)
{
    bench = bench_new();
}

static void end(void)
{
    bench_free(bench);
}

TestSuite(workloads, .init = begin, .fini = end);

/* A Deployment of Pods that have more in their spec than one container. */
static void deploy(int replicas, const char *more, const char *pod_spec)
{
    cr_assert_eq(
        bench_send(bench, "POST", DEPLOYMENTS,
                   bench_format(bench,
                                "{'metadata':{'name':'web'},'spec':{'replicas':%d,%s"
                                "'selector':{'matchLabels':{'app':'web'}},'template':{'metadata':"
                                "{'labels':{'app':'web'}},'spec':{%s'containers':[{'name':'c',"
                                "'image':'i:1'}]}}}}",
                                replicas, more, pod_spec)),
        201, "%s", bench_text(bench, "message"));
}

static void set_image(const char *image)
{
    cr_assert_eq(bench_patch(bench, "strategic-merge", WEB,
                             bench_format(bench,
                                          "{'spec':{'template':{'spec':{'containers':[{"
                                          "'name':'c','image':'%s'}]}}}}",
                                          image)),
                 200);
}

static size_t count(const char *target)
{
    cr_assert_eq(bench_send(bench, "GET", target, NULL), 200);
    return json_array_size(bench_at(bench, "items"));
}

/* Pods with that image. */
static size_t pods_of(const char *image)
{
    size_t found = 0, all = count(PODS);
    for (size_t i = 0; i < all; i++)
        found +=
            strcmp(bench_text(bench, bench_format(bench, "items[%zu].spec.containers[0].image", i)),
                   image) == 0;
    return found;
}

static int64_t status(const char *member)
{
    cr_assert_eq(bench_send(bench, "GET", WEB, NULL), 200);
    int64_t number = bench_number(bench, bench_format(bench, "status.%s", member));
    return number < 0 ? 0 : number;
}

static const char *condition(const char *type)
{
    cr_assert_eq(bench_send(bench, "GET", WEB, NULL), 200);
    for (size_t i = 0; i < 3; i++)
        if (strcmp(bench_text(bench, bench_format(bench, "status.conditions[%zu].type", i)),
                   type) == 0)
            return bench_text(bench, bench_format(bench, "status.conditions[%zu].reason", i));
    return "";
}

static void expect_rolled_out(int64_t replicas)
{
    cr_expect_eq(status("replicas"), replicas);
    cr_expect_eq(status("updatedReplicas"), replicas);
    cr_expect_eq(status("availableReplicas"), replicas);
    cr_expect_eq(status("unavailableReplicas"), 0);
    cr_expect_eq(status("observedGeneration"), bench_number(bench, "metadata.generation"));
    cr_expect_str_eq(condition("Available"), "MinimumReplicasAvailable");
    cr_expect_str_eq(condition("Progressing"), "NewReplicaSetAvailable");
}

Test(workloads, a_deployment_has_a_replica_set_and_that_its_pods)
{
    deploy(3, "", "");
    expect_rolled_out(3);
    cr_expect_eq(count(SETS), 1);
    const char *hash = bench_text(bench, "items[0].metadata.labels.pod-template-hash");
    cr_expect_str_eq(bench_text(bench, "items[0].metadata.name"),
                     bench_format(bench, "web-%s", hash));
    cr_expect_str_eq(bench_text(bench, "items[0].metadata.ownerReferences[0].kind"), "Deployment");
    cr_expect_eq(bench_number(bench, "items[0].status.readyReplicas"), 3);
    cr_expect_eq(count(PODS "?labelSelector=app=web,pod-template-hash"), 3);
    cr_expect_str_eq(bench_text(bench, "items[2].metadata.ownerReferences[0].kind"), "ReplicaSet");
    cr_expect_str_eq(bench_text(bench, "items[2].status.phase"), "Running");
}

Test(workloads, everything_goes_with_the_deployment)
{
    deploy(2, "", "");
    cr_expect_eq(bench_send(bench, "DELETE", WEB, NULL), 200);
    cr_expect_eq(count(SETS), 0);
    cr_expect_eq(count(PODS), 0);
}

Test(workloads, a_deleted_pod_is_replaced)
{
    deploy(2, "", "");
    cr_expect_eq(count(PODS), 2);
    const char *name = bench_text(bench, "items[0].metadata.name");
    cr_expect_eq(bench_send(bench, "DELETE", bench_format(bench, PODS "/%s", name), NULL), 200);
    cr_expect_eq(count(PODS), 2);
    cr_expect_eq(bench_send(bench, "GET", bench_format(bench, PODS "/%s", name), NULL), 404);
    expect_rolled_out(2);
}

Test(workloads, a_new_template_replaces_all_pods_and_keeps_the_old_set)
{
    deploy(3, "", "");
    set_image("i:2");
    expect_rolled_out(3);
    cr_expect_eq(pods_of("i:2"), 3);
    cr_expect_eq(pods_of("i:1"), 0);
    cr_expect_eq(count(SETS), 2);
    cr_expect_eq(bench_send(bench, "GET", WEB, NULL), 200);
    cr_expect_str_eq(
        bench_text(bench, "metadata.annotations[\"deployment.kubernetes.io/revision\"]"), "2");
}

Test(workloads, going_back_takes_the_old_set_again)
{
    deploy(2, "", "");
    set_image("i:2");
    set_image("i:1");
    cr_expect_eq(count(SETS), 2);
    cr_expect_eq(pods_of("i:1"), 2);
    cr_expect_eq(bench_send(bench, "GET", WEB, NULL), 200);
    cr_expect_str_eq(
        bench_text(bench, "metadata.annotations[\"deployment.kubernetes.io/revision\"]"), "3");
}

Test(workloads, old_sets_above_the_limit_go)
{
    deploy(1, "'revisionHistoryLimit':1,", "");
    set_image("i:2");
    set_image("i:3");
    set_image("i:4");
    cr_expect_eq(count(SETS), 2);
    cr_expect_eq(pods_of("i:4"), 1);
}

/* --- what holds a rollout --------------------------------------------------------------------- */

#define GATE "'readinessGates':[{'conditionType':'x.y/gate'}],"

/* Sets the gate of every Pod that is there. */
static void open_gates(void)
{
    size_t all = count(PODS);
    for (size_t i = 0; i < all; i++) {
        cr_assert_eq(count(PODS), all);
        const char *name = bench_text(bench, bench_format(bench, "items[%zu].metadata.name", i));
        cr_assert_eq(bench_patch(bench, "strategic-merge",
                                 bench_format(bench, PODS "/%s/status", name),
                                 "{'status':{'conditions':[{'type':'x.y/gate','status':'True'}]}}"),
                     200);
    }
}

Test(workloads, pods_behind_a_closed_gate_hold_the_rollout)
{
    deploy(4, "", GATE);
    cr_expect_eq(status("readyReplicas"), 0);
    cr_expect_str_eq(condition("Available"), "MinimumReplicasUnavailable");
    open_gates();
    expect_rolled_out(4);
    set_image("i:2");
    cr_expect_eq(pods_of("i:2"), 2, "one above and one below, a quarter of four each");
    cr_expect_eq(pods_of("i:1"), 3);
    cr_expect_eq(status("availableReplicas"), 3);
    cr_expect_eq(status("updatedReplicas"), 2);
    cr_expect_eq(status("unavailableReplicas"), 2);
    cr_expect_str_eq(condition("Progressing"), "ReplicaSetUpdated");
    cr_expect_str_eq(condition("Available"), "MinimumReplicasAvailable");
}

Test(workloads, a_rollout_goes_on_when_the_gates_open)
{
    deploy(2, "'strategy':{'rollingUpdate':{'maxSurge':1,'maxUnavailable':0}},", GATE);
    open_gates();
    set_image("i:2");
    cr_expect_eq(pods_of("i:1"), 2);
    cr_expect_eq(pods_of("i:2"), 1);
    for (int step = 0; step < 4 && pods_of("i:1") > 0; step++) {
        size_t all = count(PODS);
        for (size_t i = 0; i < all; i++) {
            if (count(PODS) <= i)
                break;
            const char *name =
                bench_text(bench, bench_format(bench, "items[%zu].metadata.name", i));
            bench_patch(bench, "strategic-merge", bench_format(bench, PODS "/%s/status", name),
                        "{'status':{'conditions':[{'type':'x.y/gate','status':'True'}]}}");
            cr_expect_geq(status("availableReplicas"), 2);
            cr_expect_leq(status("replicas"), 3);
        }
    }
    open_gates();
    expect_rolled_out(2);
    cr_expect_eq(pods_of("i:2"), 2);
}

Test(workloads, a_broken_new_template_leaves_the_old_pods_and_can_be_taken_back)
{
    deploy(2, "", "");
    cr_assert_eq(bench_patch(bench, "merge", WEB,
                             "{'spec':{'template':{'metadata':{'annotations':"
                             "{'lattice.sim/ready':'false'}}}}}"),
                 200);
    cr_expect_eq(status("availableReplicas"), 2);
    cr_expect_eq(status("updatedReplicas"), 1);
    cr_assert_eq(
        bench_patch(bench, "merge", WEB, "{'spec':{'template':{'metadata':{'annotations':null}}}}"),
        200);
    expect_rolled_out(2);
}

Test(workloads, recreate_empties_before_it_fills)
{
    deploy(2, "'strategy':{'type':'Recreate'},", "");
    struct watch *watch = bench_watch(bench, PODS "?watch=1&resourceVersion=0");
    cr_expect_str_eq(bench_format(bench, "%.5s", watch_next_text(watch)), "ADDED");
    cr_expect_str_eq(bench_format(bench, "%.5s", watch_next_text(watch)), "ADDED");
    set_image("i:2");
    cr_expect_str_eq(bench_format(bench, "%.7s", watch_next_text(watch)), "DELETED");
    cr_expect_str_eq(bench_format(bench, "%.7s", watch_next_text(watch)), "DELETED");
    cr_expect_str_eq(bench_format(bench, "%.5s", watch_next_text(watch)), "ADDED");
    expect_rolled_out(2);
}

Test(workloads, a_paused_deployment_scales_and_does_not_roll)
{
    deploy(2, "'paused':true,", "");
    cr_expect_eq(count(SETS), 0);
    cr_assert_eq(bench_patch(bench, "merge", WEB, "{'spec':{'paused':null}}"), 200);
    expect_rolled_out(2);
    cr_assert_eq(bench_patch(bench, "merge", WEB, "{'spec':{'paused':true}}"), 200);
    set_image("i:2");
    cr_expect_eq(pods_of("i:1"), 2);
    cr_assert_eq(bench_patch(bench, "merge", WEB "/scale", "{'spec':{'replicas':3}}"), 200);
    cr_expect_eq(pods_of("i:1"), 3);
    cr_expect_str_eq(condition("Progressing"), "DeploymentPaused");
}

/* --- scale ------------------------------------------------------------------------------------ */

Test(workloads, scale_reads_and_writes_the_number_alone)
{
    deploy(1, "", "");
    cr_expect_eq(bench_send(bench, "GET", WEB "/scale", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "kind"), "Scale");
    cr_expect_eq(bench_number(bench, "spec.replicas"), 1);
    cr_expect_eq(bench_number(bench, "status.replicas"), 1);
    cr_expect_str_eq(bench_text(bench, "status.selector"), "app=web");
    const char *stale = bench_text(bench, "metadata.resourceVersion");
    cr_expect_eq(bench_patch(bench, "merge", WEB "/scale", "{'spec':{'replicas':4}}"), 200);
    cr_expect_eq(bench_number(bench, "spec.replicas"), 4);
    expect_rolled_out(4);
    cr_expect_eq(bench_number(bench, "metadata.generation"), 2);
    cr_expect_eq(bench_send(bench, "PUT", WEB "/scale",
                            bench_format(bench,
                                         "{'kind':'Scale','apiVersion':'autoscaling/v1',"
                                         "'metadata':{'name':'web','resourceVersion':'%s'},"
                                         "'spec':{'replicas':2}}",
                                         stale)),
                 409);
    cr_expect_eq(bench_patch(bench, "merge", WEB "/scale", "{'spec':{'replicas':-1}}"), 422);
    cr_expect_eq(bench_patch(bench, "merge", WEB "/scale?dryRun=All", "{'spec':{'replicas':9}}"),
                 200);
    cr_expect_eq(count(PODS), 4);
}

Test(workloads, a_definition_with_scale_has_it_too)
{
    cr_assert_eq(
        bench_send(bench, "POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                   "{'metadata':{'name':'tins.x.y'},'spec':{'group':'x.y','scope':'Namespaced',"
                   "'names':{'kind':'Tin','plural':'tins'},'versions':[{'name':'v1','served':true,"
                   "'storage':true,'subresources':{'scale':{'specReplicasPath':'.spec.many',"
                   "'statusReplicasPath':'.status.many'}},'schema':{'openAPIV3Schema':{'type':"
                   "'object','x-kubernetes-preserve-unknown-fields':true}}}]}}"),
        201);
    cr_assert_eq(bench_send(bench, "POST", "/apis/x.y/v1/namespaces/default/tins",
                            "{'apiVersion':'x.y/v1','kind':'Tin','metadata':{'name':'t'}}"),
                 201);
    cr_expect_eq(bench_patch(bench, "merge", "/apis/x.y/v1/namespaces/default/tins/t/scale",
                             "{'spec':{'replicas':7}}"),
                 200);
    cr_expect_eq(bench_send(bench, "GET", "/apis/x.y/v1/namespaces/default/tins/t", NULL), 200);
    cr_expect_eq(bench_number(bench, "spec.many"), 7);
}

/* --- what is refused -------------------------------------------------------------------------- */

Test(workloads, what_does_not_fit_together_is_refused)
{
    cr_expect_eq(bench_send(bench, "POST", DEPLOYMENTS,
                            "{'metadata':{'name':'web'},'spec':{'selector':{'matchLabels':"
                            "{'app':'a'}},'template':{'metadata':{'labels':{'app':'b'}},'spec':"
                            "{'containers':[{'name':'c','image':'i'}]}}}}"),
                 422);
    cr_expect_str_eq(bench_text(bench, "details.causes[0].field"), "spec.template.metadata.labels");
    cr_expect_eq(bench_send(bench, "POST", DEPLOYMENTS, "{'metadata':{'name':'web'},'spec':{}}"),
                 422);
    deploy(1, "", "");
    static const char *const strategies[] = {"{'maxSurge':-1}", "{'maxSurge':'many'}",
                                             "{'maxUnavailable':'5'}",
                                             "{'maxSurge':0,'maxUnavailable':'0%'}"};
    for (size_t i = 0; i < sizeof strategies / sizeof *strategies; i++) {
        cr_expect_eq(bench_patch(bench, "merge", WEB,
                                 bench_format(bench, "{'spec':{'strategy':{'rollingUpdate':%s}}}",
                                              strategies[i])),
                     422, "%s", strategies[i]);
        cr_expect_eq(strncmp(bench_text(bench, "details.causes[0].field"),
                             "spec.strategy.rollingUpdate.max", 31),
                     0);
    }
    cr_expect_eq(bench_patch(bench, "merge", WEB,
                             "{'spec':{'selector':{'matchLabels':{'app':'z'}},'template':"
                             "{'metadata':{'labels':{'app':'z'}}}}}"),
                 422);
    cr_expect(strstr(bench_text(bench, "message"), "field is immutable") != NULL);
}

Test(workloads, a_replica_set_alone_keeps_its_pods)
{
    cr_assert_eq(bench_send(bench, "POST", SETS,
                            "{'metadata':{'name':'set'},'spec':{'replicas':2,'selector':"
                            "{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}},"
                            "'spec':{'containers':[{'name':'c','image':'i'}]}}}}"),
                 201);
    cr_expect_eq(count(PODS), 2);
    cr_expect_eq(bench_patch(bench, "merge", SETS "/set/scale", "{'spec':{'replicas':0}}"), 200);
    cr_expect_eq(count(PODS), 0);
    cr_expect_eq(bench_send(bench, "GET", SETS "/set", NULL), 200);
    cr_expect_eq(bench_number(bench, "status.replicas"), 0);
}
