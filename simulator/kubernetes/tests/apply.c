/* Server-side apply over HTTP: ownership, conflicts, what is refused, and managers of other writes.
 */
#include "simulator/kubernetes/tests/bench.h"

#include <criterion/criterion.h>

#define SERVICES "/api/v1/namespaces/default/services"
#define AS(name) SERVICES "/s?fieldManager=" name
#define SERVICE(ports)                                                                             \
    "{'apiVersion':'v1','kind':'Service','metadata':{'name':'s'},'spec':{'ports':[" ports "]}}"

static struct bench *bench;

static void set_up(void)
{
    bench = bench_new();
}

static void tear_down(void)
{
    bench_free(bench);
}

TestSuite(apply, .init = set_up, .fini = tear_down);

Test(apply, an_object_that_is_absent_is_made_and_a_second_apply_changes_nothing)
{
    cr_expect_eq(bench_patch(bench, "apply", AS("a"), SERVICE("{'port':80}")), 201);
    const char *version = bench_text(bench, "metadata.resourceVersion");
    cr_expect_str_eq(bench_text(bench, "spec.ports[0].protocol"), "TCP");
    cr_expect_str_eq(bench_text(bench, "metadata.managedFields[0].operation"), "Apply");
    cr_expect_str_eq(bench_text(bench, "metadata.managedFields[0].manager"), "a");
    cr_expect_eq(bench_patch(bench, "apply", AS("a"), SERVICE("{'port':80}")), 200);
    cr_expect_str_eq(bench_text(bench, "metadata.resourceVersion"), version);
}

/* The defaults in a list that is one value are no reason to write again. */
Test(apply, a_second_apply_over_defaults_changes_nothing)
{
    static const char *const route =
        "{'apiVersion':'gateway.networking.k8s.io/v1','kind':'HTTPRoute','metadata':{'name':'r'},"
        "'spec':{'rules':[{'backendRefs':[{'name':'s','port':80}]}]}}";
    cr_expect_eq(bench_patch(bench, "apply", ROUTES "/r?fieldManager=a", route), 201);
    const char *version = bench_text(bench, "metadata.resourceVersion");
    cr_expect_eq(bench_number(bench, "spec.rules[0].backendRefs[0].weight"), 1);
    cr_expect_eq(bench_patch(bench, "apply", ROUTES "/r?fieldManager=a", route), 200);
    cr_expect_str_eq(bench_text(bench, "metadata.resourceVersion"), version);
}

Test(apply, a_field_of_another_manager_is_a_conflict_unless_it_is_forced)
{
    bench_patch(bench, "apply", AS("a"), SERVICE("{'port':80,'targetPort':1,'name':'x'}"));
    cr_expect_eq(bench_patch(bench, "apply", AS("b"), SERVICE("{'port':80,'targetPort':2}")), 409);
    cr_expect_str_eq(bench_text(bench, "reason"), "Conflict");
    cr_expect_str_eq(bench_text(bench, "message"),
                     "Apply failed with 1 conflict: conflict with \"a\": "
                     ".spec.ports[port=80,protocol=\"TCP\"].targetPort");
    cr_expect_str_eq(bench_text(bench, "details.causes[0].reason"), "FieldManagerConflict");
    cr_expect_str_eq(bench_text(bench, "details.causes[0].message"), "conflict with \"a\"");
    cr_expect_eq(
        bench_patch(bench, "apply", AS("b"), SERVICE("{'port':80,'targetPort':2,'name':'y'}")),
        409);
    cr_expect_str_eq(bench_text(bench, "message"),
                     "Apply failed with 2 conflicts: conflicts with \"a\":\n"
                     "- .spec.ports[port=80,protocol=\"TCP\"].name\n"
                     "- .spec.ports[port=80,protocol=\"TCP\"].targetPort");
    cr_expect_eq(
        bench_patch(bench, "apply", AS("b&force=true"), SERVICE("{'port':80,'targetPort':2}")),
        200);
    cr_expect_eq(bench_number(bench, "spec.ports[0].targetPort"), 2);
}

Test(apply, what_is_left_out_goes)
{
    bench_patch(bench, "apply", AS("a"), SERVICE("{'port':80,'name':'x'},{'port':443,'name':'y'}"));
    cr_expect_eq(bench_patch(bench, "apply", AS("a"), SERVICE("{'port':443,'name':'y'}")), 200);
    cr_expect_eq(bench_number(bench, "spec.ports[0].port"), 443);
    cr_expect_null(bench_at(bench, "spec.ports[1]"));
    bench_patch(bench, "apply", AS("a"),
                "{'apiVersion':'v1','kind':'Service','metadata':{'name':'s','labels':{'l':'1'}},"
                "'spec':{'ports':[{'port':443,'name':'y'}]}}");
    cr_expect_str_eq(bench_text(bench, "metadata.labels.l"), "1");
    cr_expect_eq(bench_patch(bench, "apply", AS("a"), SERVICE("{'port':443,'name':'y'}")), 200);
    cr_expect_null(bench_at(bench, "metadata.labels"));
    cr_expect_str_neq(bench_text(bench, "spec.clusterIP"), ""); /* nobody's: it stays */
}

Test(apply, other_writes_are_put_down_to_their_manager_too)
{
    bench_send(bench, "POST", SERVICES "?fieldManager=maker", SERVICE("{'port':80}"));
    cr_expect_str_eq(bench_text(bench, "metadata.managedFields[0].manager"), "maker");
    cr_expect_str_eq(bench_text(bench, "metadata.managedFields[0].operation"), "Update");
    bench_patch(bench, "merge", AS("labeller"), "{'metadata':{'labels':{'a':'b'}}}");
    cr_expect_str_eq(bench_text(bench, "metadata.managedFields[0].manager"), "labeller");
    cr_expect_not_null(
        bench_at(bench, "metadata.managedFields[0].fieldsV1[\"f:metadata\"][\"f:labels\"][\".\"]"));
    bench_patch(bench, "merge", SERVICES "/s/status?fieldManager=prober",
                "{'status':{'loadBalancer':{'ingress':[{'ip':'192.0.2.1'}]}}}");
    cr_expect_str_eq(bench_text(bench, "metadata.managedFields[2].subresource"), "status");
    cr_expect_eq(bench_patch(bench, "merge", AS("x"), "{'metadata':{'managedFields':[{}]}}"), 200);
    cr_expect_null(bench_at(bench, "metadata.managedFields"));
}

Test(apply, status_is_applied_by_itself)
{
    bench_make_route(bench, "r");
    cr_expect_eq(bench_patch(bench, "apply", ROUTES "/r/status?fieldManager=a",
                             "{'apiVersion':'gateway.networking.k8s.io/v1','kind':'HTTPRoute',"
                             "'metadata':{'name':'r','labels':{'no':'no'}},"
                             "'spec':{'hostnames':['no.example']},'status':{'parents':[]}}"),
                 200);
    cr_expect_null(bench_at(bench, "spec.hostnames"));
    cr_expect_null(bench_at(bench, "metadata.labels"));
    cr_expect_not_null(bench_at(bench, "status.parents"));
    cr_expect_eq(bench_number(bench, "metadata.generation"), 1);
}

Test(apply, what_cannot_be_applied_is_refused)
{
    static const struct {
        const char *target, *body;
        int status;
        const char *message;
    } cases[] = {
        {SERVICES "/s", "{}", 422,
         "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for "
         "apply patch"},
        {AS("a"), "[]", 400, "error decoding YAML: the document must be an object"},
        {AS("a"), "{'apiVersion':'v2','kind':'Service','metadata':{'name':'s'}}", 400,
         "Incorrect version specified in apply patch. Specified patch version: v2, expected: v1"},
        {AS("a"), "{'apiVersion':'v1','kind':'Service','metadata':{'name':'s','managedFields':[]}}",
         400, "metadata.managedFields must be nil"},
        {AS("a"), "{'apiVersion':'v1','kind':'Service','metadata':{'name':'t'}}", 400,
         "the name of the object (t) does not match the name on the URL (s)"},
        {AS("a"), "{'apiVersion':'v1','kind':'Service','metadata':{'name':'s'},'spec':{'no':1}}",
         500,
         "failed to create typed patch object (default/s; v1, Kind=Service): .spec.no: field not "
         "declared in schema"},
        {AS("a"), SERVICE("{'port':80},{'port':80}"), 500,
         "failed to create typed patch object (default/s; v1, Kind=Service): .spec.ports: "
         "duplicate entries for key [port=80,protocol=\"TCP\"]"},
        {SERVICES "/s/status?fieldManager=a",
         "{'apiVersion':'v1','kind':'Service','metadata':{'name':'s'}}", 404,
         "services \"s\" not found"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_expect_eq(bench_patch(bench, "apply", cases[i].target, cases[i].body), cases[i].status,
                     "case %zu", i);
        cr_expect_str_eq(bench_text(bench, "message"), cases[i].message);
    }
    cr_expect_eq(bench_send(bench, "GET", SERVICES "/s", NULL), 404);
}

Test(apply, a_dry_run_answers_and_keeps_nothing)
{
    cr_expect_eq(bench_patch(bench, "apply", AS("a&dryRun=All"), SERVICE("{'port':80}")), 201);
    cr_expect_eq(bench_send(bench, "GET", SERVICES "/s", NULL), 404);
}
