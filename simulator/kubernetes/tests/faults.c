/* Fault rules on the Kubernetes API: whom they strike, and what is left behind. */
#include "simulator/kubernetes/tests/bench.h"

#include <criterion/criterion.h>
#include <string.h>

#define MAPS    "/api/v1/namespaces/default/configmaps"
#define SECRETS "/api/v1/namespaces/default/secrets"

static struct bench *bench;

static void end(void)
{
    bench_free(bench);
}

TestSuite(faults, .fini = end);

static int make(const char *name)
{
    return bench_send(bench, "POST", MAPS, bench_format(bench, "{'metadata':{'name':'%s'}}", name));
}

Test(faults, a_rule_strikes_the_verb_and_resource_that_it_names)
{
    bench = bench_new_with_faults(
        "[{'api':'kubernetes','verb':'create','resource':'configmaps','nth':2,'error':{}},"
        " {'api':'kubernetes','verb':'get','name':'a','namespace':'default',"
        "  'error':{'code':'ServiceUnavailable','message':'gone for lunch'}},"
        " {'operation':'CreateService','error':{}}]");
    cr_expect_eq(make("a"), 201);
    cr_expect_eq(make("b"), 500);
    cr_expect_str_eq(bench_text(bench, "reason"), "InternalError");
    cr_expect_str_eq(bench_text(bench, "details.kind"), "configmaps");
    cr_expect_eq(make("b"), 201);
    cr_expect_eq(bench_send(bench, "GET", MAPS "/b", NULL), 200);
    cr_expect_eq(bench_send(bench, "GET", MAPS "/a", NULL), 503);
    cr_expect_str_eq(bench_text(bench, "message"), "gone for lunch");
    cr_expect_eq(bench_send(bench, "GET", "/api/v1/namespaces/default", NULL), 200);
}

Test(faults, conflicts_and_throttling_carry_what_clients_look_at)
{
    bench = bench_new_with_faults(
        "[{'api':'kubernetes','verb':'patch','times':1,'error':{'code':'Conflict'}},"
        " {'api':'kubernetes','verb':'delete','times':1,'throttle':7}]");
    make("a");
    cr_expect_eq(bench_patch(bench, "merge", MAPS "/a", "{'data':{'a':'b'}}"), 409);
    cr_expect_str_eq(bench_text(bench, "reason"), "Conflict");
    cr_expect_eq(bench_patch(bench, "merge", MAPS "/a", "{'data':{'a':'b'}}"), 200);
    cr_expect_eq(bench_send(bench, "DELETE", MAPS "/a", NULL), 429);
    cr_expect_str_eq(bench_header(bench, "Retry-After"), "7");
    cr_expect_eq(bench_number(bench, "details.retryAfterSeconds"), 7);
    cr_expect_eq(bench_send(bench, "DELETE", MAPS "/a", NULL), 200);
}

Test(faults, a_subresource_is_named_with_its_resource)
{
    bench = bench_new_with_faults(
        "[{'api':'kubernetes','resource':'httproutes.gateway.networking.k8s.io/status',"
        "  'error':{}}]");
    bench_make_route(bench, "r");
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/r", "{'metadata':{'labels':{'a':'b'}}}"),
                 200);
    cr_expect_eq(bench_patch(bench, "merge", ROUTES "/r/status", "{'status':{'parents':[]}}"), 500);
}

Test(faults, a_cut_before_changes_nothing_and_one_after_has_happened)
{
    bench = bench_new_with_faults(
        "[{'api':'kubernetes','verb':'create','resource':'configmaps','cut':'before'},"
        " {'api':'kubernetes','verb':'create','resource':'secrets','cut':'after'}]");
    cr_expect_eq(bench_try(bench, "POST", MAPS, "{'metadata':{'name':'a'}}"), -1);
    cr_expect_eq(bench_send(bench, "GET", MAPS "/a", NULL), 404);
    cr_expect_eq(bench_try(bench, "POST", SECRETS, "{'metadata':{'name':'a'}}"), -1);
    cr_expect_eq(bench_send(bench, "GET", SECRETS "/a", NULL), 200);
}

Test(faults, a_late_answer_lets_others_pass)
{
    bench = bench_new_with_faults("[{'api':'kubernetes','verb':'create','latency_ms':300},"
                                  " {'api':'kubernetes','verb':'list','latency_ms':1}]");
    struct watch *watch = bench_watch(bench, MAPS "?watch=1");
    cr_expect_eq(make("a"), 201);
    cr_expect_str_eq(bench_text(bench, "metadata.name"), "a");
    cr_expect_str_eq(watch_next_text(watch), "ADDED a");
    cr_expect_eq(bench_send(bench, "GET", MAPS, NULL), 200);
}

Test(faults, a_watch_ends_as_it_is_asked_to)
{
    bench = bench_new_with_faults(
        "[{'api':'kubernetes','verb':'watch','nth':1,'watch':{'end':'expired','events':2}},"
        " {'api':'kubernetes','verb':'watch','nth':2,'watch':{'end':'close'}},"
        " {'api':'kubernetes','verb':'watch','nth':3,'watch':{'end':'cut','events':1}},"
        " {'api':'kubernetes','verb':'watch','nth':4,'error':{'code':'Expired'}}]");
    struct watch *watch = bench_watch(bench, MAPS "?watch=1");
    make("a");
    make("b");
    make("c");
    cr_expect_str_eq(watch_next_text(watch), "ADDED a");
    cr_expect_str_eq(watch_next_text(watch), "ADDED b");
    const json_t *event = watch_next(watch);
    cr_expect_str_eq(lat_json_string_at(event, "type", ""), "ERROR");
    cr_expect_eq(lat_json_int_at(event, "object.code", 0), 410);
    cr_expect_str_eq(watch_next_text(watch), "end");
    watch = bench_watch(bench, MAPS "?watch=1");
    cr_expect_str_eq(watch_next_text(watch), "end");
    watch = bench_watch(bench, MAPS "?watch=1");
    cr_expect_str_eq(watch_next_text(watch), "ADDED a");
    cr_expect_str_eq(watch_next_text(watch), "end");
    cr_expect_eq(bench_send(bench, "GET", MAPS "?watch=1", NULL), 410);
    cr_expect_str_eq(bench_text(bench, "reason"), "Expired");
}
