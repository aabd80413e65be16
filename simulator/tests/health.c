/* Target health on the clock: the first checks, thresholds, scripts, use and draining. */
#include "simulator/engine/health.h"

#include "common/base/tests/leaks.h"
#include "common/base/text.h"
#include "simulator/tests/bench.h"

#include <criterion/criterion.h>

TestSuite(health, .fini = check_leaks);

#define INTERVAL_MS 10000

struct setting {
    const char *service, *listener, *group, *list;
};

/* A group in use with one target: checks every 10 s, three passes to recover, two failures to fall.
 */
static struct setting make_setting(struct bench *bench)
{
    struct setting setting = {.service = bench_service(bench, "orders")};
    setting.listener = bench_listener(bench, setting.service, 80);
    bench_send(bench, "POST", "/targetgroups",
               "{'name':'legacy','type':'IP','config':{'protocol':'HTTP','port':80,"
               "'vpcIdentifier':'vpc-0123456789abcdef0','healthCheck':{"
               "'healthCheckIntervalSeconds':10,'healthyThresholdCount':3,"
               "'unhealthyThresholdCount':2}}}");
    setting.group = bench_keep(bench, "id");
    setting.list = bench_format(bench, "/targetgroups/%s/listtargets", setting.group);
    bench_wait(bench, 60000);
    bench_rule(bench, setting.service, setting.listener, 1, setting.group);
    cr_assert_eq(bench_send(bench, "POST",
                            bench_format(bench, "/targetgroups/%s/registertargets", setting.group),
                            "{'targets':[{'id':'10.0.0.1'}]}"),
                 200);
    return setting;
}

static void expect(struct bench *bench, const struct setting *setting, const char *status,
                   const char *reason)
{
    bench_send(bench, "POST", setting->list, NULL);
    cr_expect_str_eq(bench_text(bench, "items[0].status"), status);
    cr_expect_str_eq(bench_text(bench, "items[0].reasonCode"), reason);
}

static void turn(struct bench *bench, const struct setting *setting, const char *healthy)
{
    cr_assert_eq(
        bench_send(bench, "POST", "/_lattice/targets",
                   bench_format(bench, "{'targetGroup':'%s','target':'10.0.0.1','healthy':%s}",
                                setting->group, healthy)),
        200);
}

Test(health, one_passing_check_makes_a_new_target_healthy)
{
    NEW_BENCH(&sim_delays_real);
    struct setting setting = make_setting(bench);
    expect(bench, &setting, "INITIAL", "InitialHealthChecking");
    bench_wait(bench, sim_delays_real.health_check_ms - 1);
    expect(bench, &setting, "INITIAL", "InitialHealthChecking");
    bench_wait(bench, 1);
    expect(bench, &setting, "HEALTHY", "");
}

Test(health, failures_in_a_row_make_it_unhealthy_and_passes_in_a_row_healthy_again)
{
    NEW_BENCH(&sim_delays_real);
    struct setting setting = make_setting(bench);
    bench_wait(bench, sim_delays_real.health_check_ms);
    turn(bench, &setting, "false");
    bench_wait(bench, 2 * INTERVAL_MS - 1);
    expect(bench, &setting, "HEALTHY", "");
    bench_wait(bench, 1);
    expect(bench, &setting, "UNHEALTHY", "HealthCheckFailed");
    turn(bench, &setting, "true");
    bench_wait(bench, 3 * INTERVAL_MS - 1);
    expect(bench, &setting, "UNHEALTHY", "HealthCheckFailed");
    bench_wait(bench, 1);
    expect(bench, &setting, "HEALTHY", "");
}

Test(health, a_single_failure_between_passes_is_forgotten)
{
    NEW_BENCH(&sim_delays_real);
    struct setting setting = make_setting(bench);
    bench_wait(bench, sim_delays_real.health_check_ms);
    for (int i = 0; i < 3; i++) {
        turn(bench, &setting, "false");
        bench_wait(bench, INTERVAL_MS);
        turn(bench, &setting, "true");
        bench_wait(bench, INTERVAL_MS);
        expect(bench, &setting, "HEALTHY", "");
    }
}

Test(health, a_new_target_that_never_passes_becomes_unhealthy)
{
    NEW_BENCH(&sim_delays_real);
    struct setting setting = make_setting(bench);
    turn(bench, &setting, "false");
    bench_wait(bench, sim_delays_real.health_check_ms);
    expect(bench, &setting, "INITIAL", "InitialHealthChecking");
    bench_wait(bench, INTERVAL_MS);
    expect(bench, &setting, "UNHEALTHY", "HealthCheckFailed");
}

Test(health, without_delays_a_script_shows_at_once)
{
    NEW_BENCH(&sim_delays_instant);
    struct setting setting = make_setting(bench);
    expect(bench, &setting, "HEALTHY", "");
    turn(bench, &setting, "false");
    expect(bench, &setting, "UNHEALTHY", "HealthCheckFailed");
    turn(bench, &setting, "true");
    expect(bench, &setting, "HEALTHY", "");
}

Test(health, a_group_that_is_used_again_starts_afresh_and_an_updated_rule_makes_no_gap)
{
    NEW_BENCH(&sim_delays_real);
    struct setting setting = make_setting(bench);
    const char *rules =
        bench_format(bench, "/services/%s/listeners/%s/rules", setting.service, setting.listener);
    bench_send(bench, "GET", rules, NULL);
    const char *rule = bench_format(bench, "%s/%s", rules, bench_text(bench, "items[1].id"));
    bench_wait(bench, sim_delays_real.health_check_ms);
    cr_assert_eq(bench_send(bench, "PATCH", rule,
                            bench_format(bench,
                                         "{'action':{'forward':{'targetGroups':["
                                         "{'targetGroupIdentifier':'%s','weight':7}]}}}",
                                         setting.group)),
                 200);
    expect(bench, &setting, "HEALTHY", "");
    cr_assert_eq(bench_send(bench, "DELETE", rule, NULL), 204);
    expect(bench, &setting, "UNUSED", "TargetGroupNotInUse");
    bench_wait(bench, 1);
    bench_rule(bench, setting.service, setting.listener, 5, setting.group); /* waits a minute */
    expect(bench, &setting, "HEALTHY", "");
    bench_send(
        bench, "DELETE",
        bench_format(bench, "%s/%s", rules,
                     (bench_send(bench, "GET", rules, NULL), bench_keep(bench, "items[1].id"))),
        NULL);
    cr_assert_eq(bench_send(bench, "POST", rules,
                            bench_format(bench,
                                         "{'name':'again','priority':9,'match':{'httpMatch':"
                                         "{'method':'GET'}},'action':{'forward':{'targetGroups':["
                                         "{'targetGroupIdentifier':'%s'}]}}}",
                                         setting.group)),
                 201);
    expect(bench, &setting, "INITIAL", "InitialHealthChecking");
}

Test(health, without_checks_a_used_target_is_unavailable)
{
    NEW_BENCH(&sim_delays_real);
    struct setting setting = make_setting(bench);
    cr_assert_eq(bench_send(bench, "PATCH", bench_format(bench, "/targetgroups/%s", setting.group),
                            "{'healthCheck':{'enabled':false}}"),
                 200);
    expect(bench, &setting, "UNAVAILABLE", "HealthCheckNotSupported");
}

Test(health, a_changed_configuration_holds_for_the_checks_to_come)
{
    NEW_BENCH(&sim_delays_real);
    struct setting setting = make_setting(bench);
    const char *group = bench_format(bench, "/targetgroups/%s", setting.group);
    bench_wait(bench, sim_delays_real.health_check_ms);
    turn(bench, &setting, "false");
    bench_wait(bench, 2 * INTERVAL_MS);
    bench_send(bench, "PATCH", group, "{'healthCheck':{'unhealthyThresholdCount':10}}");
    expect(bench, &setting, "UNHEALTHY", "HealthCheckFailed");
}

Test(health, checks_that_are_switched_on_begin_then)
{
    NEW_BENCH(&sim_delays_real);
    struct setting setting = make_setting(bench);
    const char *group = bench_format(bench, "/targetgroups/%s", setting.group);
    bench_send(bench, "PATCH", group, "{'healthCheck':{'enabled':false}}");
    bench_wait(bench, 100 * INTERVAL_MS + 1);
    bench_send(bench, "PATCH", group, "{'healthCheck':{'enabled':true}}");
    expect(bench, &setting, "INITIAL", "InitialHealthChecking");
    bench_wait(bench, INTERVAL_MS);
    expect(bench, &setting, "HEALTHY", "");
}

Test(health, a_draining_target_that_is_registered_again_is_checked_anew)
{
    NEW_BENCH(&sim_delays_real);
    struct setting setting = make_setting(bench);
    const char *targets = "{'targets':[{'id':'10.0.0.1'}]}";
    bench_wait(bench, sim_delays_real.health_check_ms);
    bench_send(bench, "POST",
               bench_format(bench, "/targetgroups/%s/deregistertargets", setting.group), targets);
    expect(bench, &setting, "DRAINING", "DeregistrationInProgress");
    bench_send(bench, "POST",
               bench_format(bench, "/targetgroups/%s/registertargets", setting.group), targets);
    expect(bench, &setting, "INITIAL", "InitialHealthChecking");
    bench_wait(bench, sim_delays_real.health_check_ms);
    expect(bench, &setting, "HEALTHY", "");
}

Test(health, a_script_about_nobody_is_refused)
{
    NEW_BENCH(&sim_delays_instant);
    struct setting setting = make_setting(bench);
    cr_expect_eq(bench_send(bench, "POST", "/_lattice/targets",
                            bench_format(bench,
                                         "{'targetGroup':'%s','target':'10.0.0.9',"
                                         "'healthy':false}",
                                         setting.group)),
                 404);
    cr_expect_eq(bench_send(bench, "POST", "/_lattice/targets",
                            bench_format(bench, "{'targetGroup':'%s'}", setting.group)),
                 400);
    cr_expect_eq(
        bench_send(bench, "POST", "/_lattice/targets",
                   bench_format(bench, "{'targetGroup':'%s','healthy':false}", setting.group)),
        200);
    cr_expect_eq(bench_number(bench, "targets"), 1);
}
