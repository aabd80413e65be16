/* Delays of single kinds, and tags that are seen late. */
#include "simulator/tests/bench.h"

#include "common/base/tests/leaks.h"
#include "common/base/text.h"
#include "simulator/engine/lifecycle.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(delay, .fini = check_leaks);

Test(delay, one_kind_takes_its_time_and_the_others_none)
{
    NEW_BENCH(&sim_delays_instant);
    cr_assert_eq(bench_send(bench, "PUT", "/_lattice/delays", "{'targetgroup':1500}"), 200);
    cr_expect_eq(bench_number(bench, "targetgroup"), 1500);
    cr_expect_eq(bench_number(bench, "service"), 0);
    bench_send(bench, "POST", "/services", "{'name':'orders'}");
    bench_send(bench, "GET", bench_format(bench, "/services/%s", bench_text(bench, "id")), NULL);
    cr_expect_str_eq(bench_text(bench, "status"), "ACTIVE");
    bench_send(bench, "POST", "/targetgroups", "{'name':'legacy','type':'LAMBDA'}");
    const char *target = bench_format(bench, "/targetgroups/%s", bench_text(bench, "id"));
    bench_wait(bench, 1499);
    bench_send(bench, "GET", target, NULL);
    cr_expect_str_eq(bench_text(bench, "status"), "CREATE_IN_PROGRESS");
    bench_wait(bench, 1);
    bench_send(bench, "GET", target, NULL);
    cr_expect_str_eq(bench_text(bench, "status"), "ACTIVE");
}

Test(delay, every_kind_has_a_name_of_its_own_and_a_wrong_one_changes_nothing)
{
    struct sim_delays delays = {0};
    struct lat_err err = {0};
    for (size_t i = 0; sim_delay_name(i) != NULL; i++) {
        char text[80];
        snprintf(text, sizeof text, "%s=%zu", sim_delay_name(i), i + 1);
        cr_expect_eq(sim_delay_parse(&delays, text, &err), 0, "%s", err.message);
    }
    for (size_t i = 0; sim_delay_name(i) != NULL; i++)
        cr_expect_eq(*sim_delay_at(&delays, sim_delay_name(i)), (int64_t)i + 1);
    cr_expect_eq(sizeof delays / sizeof(int64_t), 10, "a new delay needs a name");
    cr_expect_eq(sim_delay_parse(&delays, "servce=1", &err), -1);
    cr_expect_eq(sim_delay_parse(&delays, "service", &err), -1);
    cr_expect_eq(sim_delay_parse(&delays, "service=-1", &err), -1);
    NEW_BENCH(&sim_delays_instant);
    cr_expect_eq(bench_send(bench, "PUT", "/_lattice/delays", "{'service':5,'servce':5}"), 400);
    bench_send(bench, "GET", "/_lattice/delays", NULL);
    cr_expect_eq(bench_number(bench, "service"), 0);
}

static size_t find_tagged(struct bench *bench, const char *value)
{
    bench_tagging(bench, "GetResources",
                  bench_format(bench, "{'TagFilters':[{'Key':'team','Values':['%s']}]}", value));
    return json_array_size(bench_at(bench, "ResourceTagMappingList"));
}

Test(delay, tags_are_found_late_and_listed_at_once)
{
    NEW_BENCH(&sim_delays_instant);
    cr_assert_eq(bench_send(bench, "PUT", "/_lattice/delays", "{'tagging':5000}"), 200);
    bench_send(bench, "POST", "/services", "{'name':'orders','tags':{'team':'a'}}");
    const char *arn = bench_keep(bench, "arn");
    const char *tags = bench_at_arn(bench, "tags", arn);
    cr_expect_eq(find_tagged(bench, "a"), 0);
    bench_wait(bench, 5000);
    cr_expect_eq(find_tagged(bench, "a"), 1);
    cr_assert_eq(bench_send(bench, "POST", tags, "{'tags':{'team':'b'}}"), 200);
    bench_send(bench, "GET", tags, NULL);
    cr_expect_str_eq(bench_text(bench, "tags.team"), "b");
    bench_wait(bench, 2000);
    cr_assert_eq(bench_send(bench, "POST", tags, "{'tags':{'team':'c'}}"), 200);
    cr_expect_eq(find_tagged(bench, "a"), 1, "as five seconds ago");
    bench_wait(bench, 3000);
    cr_expect_eq(find_tagged(bench, "a"), 0);
    cr_expect_eq(find_tagged(bench, "b"), 1);
    bench_wait(bench, 2000);
    cr_expect_eq(find_tagged(bench, "c"), 1);
    bench_send(bench, "DELETE", bench_format(bench, "%s?tagKeys=team", tags), NULL);
    bench_wait(bench, 4999);
    cr_expect_eq(find_tagged(bench, "c"), 1);
    bench_tagging(bench, "GetResources", bench_format(bench, "{'ResourceARNList':['%s']}", arn));
    cr_expect_str_eq(bench_text(bench, "ResourceTagMappingList[0].Tags[0].Value"), "c");
    bench_wait(bench, 1);
    cr_expect_eq(find_tagged(bench, "c"), 0);
}

Test(delay, the_tags_of_a_deleted_resource_are_gone_at_once)
{
    NEW_BENCH(&sim_delays_instant);
    bench_send(bench, "PUT", "/_lattice/delays", "{'tagging':5000}");
    bench_send(bench, "POST", "/services", "{'name':'orders','tags':{'team':'a'}}");
    const char *target = bench_format(bench, "/services/%s", bench_text(bench, "id"));
    bench_wait(bench, 5000);
    cr_expect_eq(find_tagged(bench, "a"), 1);
    bench_send(bench, "DELETE", target, NULL);
    cr_expect_eq(find_tagged(bench, "a"), 0);
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM tag_past"), 0);
}
