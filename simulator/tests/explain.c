/* The journal by filters, refusals explained, and the figures that are counted. */
#include "simulator/tests/bench.h"

#include "common/base/tests/leaks.h"
#include "common/base/text.h"
#include "simulator/engine/journal.h"
#include "simulator/engine/metrics.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(explain, .fini = check_leaks);

static size_t lines(struct bench *bench, const char *filters)
{
    cr_assert_eq(
        bench_send(bench, "GET", bench_format(bench, "/_lattice/journal?%s", filters), NULL), 200,
        "%s", bench_body(bench));
    size_t count = 0;
    for (const char *at = bench_body(bench); *at != '\0'; at++)
        count += *at == '\n';
    return count;
}

/* The explanation of the newest call. */
static void explain_last(struct bench *bench)
{
    const char *target = bench_format(bench, "/_lattice/explain?seq=%lld",
                                      (long long)sim_journal_last(bench_sim(bench)->journal));
    cr_assert_eq(bench_send(bench, "GET", target, NULL), 200);
}

Test(explain, a_taken_name_names_the_row_that_has_it)
{
    NEW_BENCH(&sim_delays_instant);
    const char *service = bench_service(bench, "orders");
    cr_assert_eq(bench_send(bench, "POST", "/services", "{'name':'orders'}"), 409);
    explain_last(bench);
    cr_expect_str_eq(bench_text(bench, "rule"), "name_taken");
    cr_expect_str_eq(bench_text(bench, "source"), "observed");
    cr_expect_str_eq(bench_text(bench, "rows[0].why"), "in the way");
    cr_expect_str_eq(bench_text(bench, "rows[0].id"), service);
}

Test(explain, a_taken_port_and_a_taken_priority_name_their_rows)
{
    NEW_BENCH(&sim_delays_instant);
    const char *service = bench_service(bench, "orders");
    const char *listener = bench_listener(bench, service, 80);
    const char *rule = bench_rule(bench, service, listener, 5, bench_target_group(bench, "legacy"));
    const char *target = bench_format(bench, "/services/%s/listeners", service);
    bench_send(bench, "POST", target,
               "{'name':'second','protocol':'HTTP','port':80,"
               "'defaultAction':{'fixedResponse':{'statusCode':404}}}");
    explain_last(bench);
    cr_expect_str_eq(bench_text(bench, "rule"), "listener_port_taken");
    cr_expect_str_eq(bench_text(bench, "rows[0].id"), listener);
    bench_send(bench, "POST", bench_format(bench, "%s/%s/rules", target, listener),
               "{'name':'same','priority':5,'match':{'httpMatch':{'method':'GET'}},"
               "'action':{'fixedResponse':{'statusCode':404}}}");
    explain_last(bench);
    cr_expect_str_eq(bench_text(bench, "rule"), "priority_taken");
    cr_expect_str_eq(bench_text(bench, "rows[0].id"), rule);
}

Test(explain, what_is_in_use_names_its_users_and_what_was_read)
{
    NEW_BENCH(&sim_delays_instant);
    const char *service = bench_service(bench, "orders");
    const char *group = bench_target_group(bench, "legacy");
    const char *rule = bench_rule(bench, service, bench_listener(bench, service, 80), 5, group);
    cr_assert_eq(bench_send(bench, "DELETE", bench_format(bench, "/targetgroups/%s", group), NULL),
                 409);
    explain_last(bench);
    cr_expect_str_eq(bench_text(bench, "rule"), "target_group_in_use");
    cr_expect_str_eq(bench_text(bench, "rows[0].why"), "in the way");
    cr_expect_str_eq(bench_text(bench, "rows[0].id"), rule);
    cr_expect_str_eq(bench_text(bench, "rows[1].why"), "read");
    cr_expect_str_eq(bench_text(bench, "rows[1].id"), group);
}

Test(explain, a_constraint_of_the_model_is_a_rule_of_the_model)
{
    NEW_BENCH(&sim_delays_instant);
    cr_assert_eq(bench_send(bench, "POST", "/services", "{'name':'A'}"), 400);
    explain_last(bench);
    cr_expect_str_eq(bench_text(bench, "rule"), "model_constraint");
    cr_expect_str_eq(bench_text(bench, "source"), "model");
    cr_expect_eq(json_array_size(bench_at(bench, "rows")), 0);
}

Test(explain, a_call_is_found_by_its_request_id_and_told_as_text)
{
    NEW_BENCH(&sim_delays_instant);
    const char *service = bench_service(bench, "orders");
    bench_send(bench, "POST", "/services", "{'name':'orders'}");
    const char *request = bench_header(bench, "x-amzn-RequestId");
    cr_assert_not_null(request);
    const char *target = bench_format(bench, "/_lattice/explain?request=%s&format=text", request);
    cr_assert_eq(bench_send(bench, "GET", target, NULL), 200);
    cr_expect_not_null(strstr(bench_body(bench), "by the rule name_taken (observed: "));
    cr_expect_not_null(
        strstr(bench_body(bench), bench_format(bench, "in the way: resource %s", service)));
    cr_expect_eq(bench_send(bench, "GET", "/_lattice/explain?request=unknown", NULL), 404);
    cr_expect_eq(bench_send(bench, "GET", "/_lattice/explain?seq=999", NULL), 404);
    cr_expect_eq(bench_send(bench, "GET", "/_lattice/explain", NULL), 400);
}

Test(explain, the_journal_is_read_by_filters)
{
    NEW_BENCH(&sim_delays_instant);
    const char *service = bench_service(bench, "orders");
    bench_send(bench, "POST", "/services", "{'name':'orders'}");
    bench_send(bench, "GET", bench_format(bench, "/services/%s", service), NULL);
    bench_tagging(bench, "GetResources", "{}");
    cr_expect_eq(lines(bench, ""), 4);
    cr_expect_eq(lines(bench, "operation=CreateService"), 2);
    cr_expect_eq(lines(bench, "error=any"), 1);
    cr_expect_eq(lines(bench, "error=ConflictException&rule=name_taken"), 1);
    cr_expect_eq(lines(bench, "service=tagging"), 1);
    cr_expect_eq(lines(bench, "api=kubernetes"), 0);
    cr_expect_eq(lines(bench, "since=2"), 2);
    cr_expect_eq(lines(bench, "limit=3"), 3);
    cr_expect_eq(lines(bench, "caller=AKIDEXAMPLE"), 3);
    cr_expect_geq(lines(bench, bench_format(bench, "resource=%s", service)), 2);
    cr_expect_eq(lines(bench, "resource=svc-00000000000000000"), 0);
    cr_expect_eq(bench_send(bench, "GET", "/_lattice/journal?colour=red", NULL), 400);
    cr_expect_eq(bench_send(bench, "GET", "/_lattice/journal?since=x", NULL), 400);
}

Test(explain, metrics_count_calls_and_resources)
{
    NEW_BENCH(&sim_delays_instant);
    bench_service(bench, "orders");
    bench_service(bench, "users");
    bench_send(bench, "POST", "/services", "{'name':'orders'}");
    cr_assert_eq(bench_send(bench, "GET", "/_lattice/metrics", NULL), 200);
    static const char *const wanted[] = {
        "api=\"aws\",service=\"vpc-lattice\",operation=\"CreateService\",status=\"201\"} 2\n",
        "lattice_requests_total{",
        "operation=\"CreateService\",status=\"409\"} 1\n",
        "lattice_resources{kind=\"service\"} 2\n",
        "lattice_journal_entries 3\n",
        "lattice_uptime_seconds 120.000\n",
    };
    for (size_t i = 0; i < LAT_COUNT(wanted); i++)
        cr_expect_not_null(strstr(bench_body(bench), wanted[i]), "%s", wanted[i]);
}

Test(explain, counters_are_bounded_whatever_peers_make_up)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct sim_metrics *metrics = sim_metrics_new();
    for (int i = 0; i < 3 * SIM_METRICS_MAX; i++)
        sim_metrics_count(metrics, "aws", "tagging", lat_arena_printf(arena, "Made%d", i), 400);
    size_t count = 0;
    int64_t total = 0;
    const struct sim_metric *items = sim_metrics_all(metrics, &count);
    cr_expect_leq(count, SIM_METRICS_MAX);
    for (size_t i = 0; i < count; i++)
        total += items[i].count;
    cr_expect_eq(total, 3 * SIM_METRICS_MAX);
    sim_metrics_free(metrics);
}

Test(explain, a_refusal_that_quotes_bytes_that_are_no_text_is_told_all_the_same)
{
    NEW_BENCH(&sim_delays_instant);
    cr_expect_eq(bench_send(bench, "GET", "/_lattice/journal?c\xfd=1", NULL), 400);
    cr_expect_str_eq(bench_text(bench, "message"),
                     "there is no parameter c\xef\xbf\xbd here; see docs/admin.md");
    cr_expect_eq(bench_send(bench, "GET", "/_lattice/diff?from=%ff%fe", NULL), 400);
    cr_expect_neq(bench_text(bench, "message")[0], '\0');
}
