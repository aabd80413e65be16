/* VPC Lattice's meaning on the clock and in its corners: what cannot be steered from outside
 * without a virtual clock, and what must hold in the store behind an answer. Wire cases:
 * conformance/cases. */
#include "simulator/tests/bench.h"

#include "common/base/tests/leaks.h"
#include "common/base/text.h"
#include "simulator/engine/journal.h"
#include "simulator/engine/quota.h"
#include "simulator/lattice/handlers.h"

#include <criterion/criterion.h>

TestSuite(lattice, .fini = check_leaks);

Test(lattice, a_service_becomes_active_when_its_time_has_come)
{
    NEW_BENCH(&sim_delays_real);
    cr_assert_eq(bench_send(bench, "POST", "/services", "{'name':'orders'}"), 201);
    cr_expect_str_eq(bench_text(bench, "status"), "CREATE_IN_PROGRESS");
    const char *target = bench_format(bench, "/services/%s", bench_text(bench, "id"));
    lat_clock_advance(&bench_sim(bench)->clock, sim_delays_real.service_ms - 1);
    bench_send(bench, "GET", target, NULL);
    cr_expect_str_eq(bench_text(bench, "status"), "CREATE_IN_PROGRESS");
    lat_clock_advance(&bench_sim(bench)->clock, 1);
    bench_send(bench, "GET", target, NULL);
    cr_expect_str_eq(bench_text(bench, "status"), "ACTIVE");
}

Test(lattice, a_service_being_created_cannot_be_associated)
{
    NEW_BENCH(&sim_delays_real);
    const char *network = bench_network(bench, "net");
    bench_send(bench, "POST", "/services", "{'name':'orders'}");
    const char *body =
        bench_format(bench, "{'serviceIdentifier':'%s','serviceNetworkIdentifier':'%s'}",
                     bench_text(bench, "id"), network);
    cr_expect_eq(bench_send(bench, "POST", "/servicenetworkserviceassociations", body), 409);
    cr_expect_not_null(strstr(bench_text(bench, "message"), "CREATE_IN_PROGRESS"));
}

Test(lattice, deleting_a_service_frees_its_target_groups_at_once_and_its_name_in_the_end)
{
    NEW_BENCH(&sim_delays_real);
    const char *service = bench_service(bench, "orders");
    const char *group = bench_target_group(bench, "legacy");
    bench_rule(bench, service, bench_listener(bench, service, 80), 1, group);
    const char *target = bench_format(bench, "/services/%s", service);
    cr_assert_eq(bench_send(bench, "DELETE", target, NULL), 200);
    cr_expect_str_eq(bench_text(bench, "status"), "DELETE_IN_PROGRESS");
    bench_send(bench, "GET", bench_format(bench, "/targetgroups/%s", group), NULL);
    cr_expect_eq(json_array_size(bench_at(bench, "serviceArns")), 0);
    cr_expect_eq(bench_send(bench, "POST", "/services", "{'name':'orders'}"), 409);
    lat_clock_advance(&bench_sim(bench)->clock, sim_delays_real.service_ms);
    cr_expect_eq(bench_send(bench, "GET", target, NULL), 404);
    cr_expect_eq(bench_send(bench, "POST", "/services", "{'name':'orders'}"), 201);
}

Test(lattice, deleting_a_listener_takes_its_rules_and_their_tags_along)
{
    NEW_BENCH(&sim_delays_instant);
    const char *service = bench_service(bench, "orders");
    const char *listener = bench_listener(bench, service, 80);
    bench_rule(bench, service, listener, 1, bench_target_group(bench, "legacy"));
    cr_assert_eq(bench_send(bench, "DELETE",
                            bench_format(bench, "/services/%s/listeners/%s", service, listener),
                            NULL),
                 204);
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM rule"), 0);
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM rule_forward"), 0);
    cr_expect_eq(
        bench_count(bench, "SELECT count(*) FROM resource WHERE kind IN ('rule','listener')"), 0);
}

Test(lattice, a_refused_call_changes_nothing)
{
    NEW_BENCH(&sim_delays_instant);
    const char *service = bench_service(bench, "orders");
    const char *listener = bench_listener(bench, service, 80);
    int64_t before = bench_count(bench, "SELECT count(*) FROM resource");
    const char *rules = bench_format(bench, "/services/%s/listeners/%s/rules", service, listener);
    int status =
        bench_send(bench, "POST", rules,
                   "{'name':'lost','priority':1,'match':{'httpMatch':{}},'action':{'forward':"
                   "{'targetGroups':[{'targetGroupIdentifier':'tg-00000000000000000'}]}}}");
    cr_expect_eq(status, 404);
    cr_expect_str_eq(bench_error(bench), "ResourceNotFoundException");
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM resource"), before);
}

Test(lattice, a_target_group_serves_one_service_only)
{
    NEW_BENCH(&sim_delays_instant);
    const char *group = bench_target_group(bench, "shared");
    const char *first = bench_service(bench, "first"), *second = bench_service(bench, "second");
    bench_rule(bench, first, bench_listener(bench, first, 80), 1, group);
    const char *listener = bench_listener(bench, second, 80);
    const char *body = bench_format(
        bench,
        "{'name':'rule1','priority':1,'match':{'httpMatch':{}},'action':{'forward':{'targetGroups':"
        "[{'targetGroupIdentifier':'%s'}]}}}",
        group);
    cr_expect_eq(
        bench_send(bench, "POST",
                   bench_format(bench, "/services/%s/listeners/%s/rules", second, listener), body),
        409);
    cr_expect_not_null(strstr(bench_text(bench, "message"), "associated with other services"));
}

Test(lattice, batch_updates_let_priorities_change_places)
{
    NEW_BENCH(&sim_delays_instant);
    const char *service = bench_service(bench, "orders");
    const char *listener = bench_listener(bench, service, 80);
    const char *group = bench_target_group(bench, "legacy");
    const char *one = bench_rule(bench, service, listener, 1, group);
    const char *two = bench_rule(bench, service, listener, 2, group);
    const char *rules = bench_format(bench, "/services/%s/listeners/%s/rules", service, listener);
    cr_assert_eq(bench_send(bench, "PATCH", rules,
                            bench_format(bench,
                                         "{'rules':[{'ruleIdentifier':'%s','priority':2},"
                                         "{'ruleIdentifier':'%s','priority':1}]}",
                                         one, two)),
                 200);
    cr_expect_eq(json_array_size(bench_at(bench, "successful")), 2);
    bench_send(bench, "GET", bench_format(bench, "%s/%s", rules, one), NULL);
    cr_expect_eq(bench_number(bench, "priority"), 2);
}

Test(lattice, a_batch_reports_what_it_cannot_apply_and_applies_the_rest)
{
    NEW_BENCH(&sim_delays_instant);
    const char *service = bench_service(bench, "orders");
    const char *listener = bench_listener(bench, service, 80);
    const char *group = bench_target_group(bench, "legacy");
    const char *one = bench_rule(bench, service, listener, 1, group);
    const char *two = bench_rule(bench, service, listener, 2, group);
    bench_rule(bench, service, listener, 3, group);
    const char *rules = bench_format(bench, "/services/%s/listeners/%s/rules", service, listener);
    cr_assert_eq(
        bench_send(bench, "PATCH", rules,
                   bench_format(bench,
                                "{'rules':[{'ruleIdentifier':'%s','priority':3},"
                                "{'ruleIdentifier':'%s','priority':9},"
                                "{'ruleIdentifier':'rule-00000000000000000','priority':8}]}",
                                one, two)),
        200);
    cr_expect_eq(json_array_size(bench_at(bench, "successful")), 1);
    cr_expect_str_eq(bench_text(bench, "successful[0].id"), two);
    cr_expect_str_eq(bench_text(bench, "unsuccessful[0].failureCode"), "ConflictException");
    cr_expect_str_eq(bench_text(bench, "unsuccessful[1].failureCode"), "ResourceNotFoundException");
    bench_send(bench, "GET", bench_format(bench, "%s/%s", rules, one), NULL);
    cr_expect_eq(bench_number(bench, "priority"), 1);
}

Test(lattice, targets_pass_from_unused_to_initial_to_healthy_and_drain)
{
    NEW_BENCH(&sim_delays_real);
    const char *group = bench_target_group(bench, "legacy");
    const char *list = bench_format(bench, "/targetgroups/%s/listtargets", group);
    const char *targets = "{'targets':[{'id':'10.0.0.1'}]}";
    bench_send(bench, "POST", bench_format(bench, "/targetgroups/%s/registertargets", group),
               targets);
    bench_send(bench, "POST", list, NULL);
    cr_expect_str_eq(bench_text(bench, "items[0].status"), "UNUSED");
    cr_expect_str_eq(bench_text(bench, "items[0].reasonCode"), "TargetGroupNotInUse");
    lat_clock_advance(&bench_sim(bench)->clock, sim_delays_real.health_check_ms);
    const char *service = bench_service(bench, "orders");
    bench_rule(bench, service, bench_listener(bench, service, 80), 1, group);
    bench_send(bench, "POST", list, NULL);
    cr_expect_str_eq(bench_text(bench, "items[0].status"), "HEALTHY");
    bench_send(bench, "POST", bench_format(bench, "/targetgroups/%s/deregistertargets", group),
               targets);
    bench_send(bench, "POST", list, NULL);
    cr_expect_str_eq(bench_text(bench, "items[0].status"), "DRAINING");
    lat_clock_advance(&bench_sim(bench)->clock, sim_delays_real.drain_ms);
    bench_send(bench, "POST", list, NULL);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 0);
}

Test(lattice, a_raised_quota_lets_the_same_call_succeed)
{
    NEW_BENCH(&sim_delays_instant);
    const char *service = bench_service(bench, "orders");
    bench_listener(bench, service, 80);
    bench_listener(bench, service, 81);
    const char *target = bench_format(bench, "/services/%s/listeners", service);
    const char *third = "{'name':'third','protocol':'HTTP','port':82,"
                        "'defaultAction':{'fixedResponse':{'statusCode':404}}}";
    cr_assert_eq(bench_send(bench, "POST", target, third), 402);
    cr_expect_str_eq(bench_text(bench, "quotaCode"), "L-D64E952E");
    cr_assert_eq(bench_send(bench, "PUT", "/_lattice/quotas", "{'code':'L-D64E952E','value':3}"),
                 200);
    cr_expect_eq(bench_send(bench, "POST", target, third), 201);
}

Test(lattice, the_same_client_token_gets_the_same_answer_or_a_conflict)
{
    NEW_BENCH(&sim_delays_instant);
    const char *body = "{'name':'orders','clientToken':'abc'}";
    cr_assert_eq(bench_send(bench, "POST", "/services", body), 201);
    const char *id = bench_keep(bench, "id");
    cr_assert_eq(bench_send(bench, "POST", "/services", body), 201);
    cr_expect_str_eq(bench_text(bench, "id"), id);
    cr_expect_eq(bench_send(bench, "POST", "/services", "{'name':'other','clientToken':'abc'}"),
                 409);
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM service"), 1);
}

Test(lattice, pages_follow_each_other_while_rows_go)
{
    NEW_BENCH(&sim_delays_instant);
    const char *ids[5];
    for (int i = 0; i < 5; i++)
        ids[i] = bench_service(bench, bench_format(bench, "service-%d", i));
    bench_send(bench, "GET", "/services?maxResults=2", NULL);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 2);
    const char *token = bench_keep(bench, "nextToken");
    bench_send(bench, "DELETE", bench_format(bench, "/services/%s", ids[1]), NULL);
    bench_send(bench, "GET", bench_format(bench, "/services?maxResults=2&nextToken=%s", token),
               NULL);
    cr_expect_str_eq(bench_text(bench, "items[0].id"), ids[2]);
    token = bench_keep(bench, "nextToken");
    bench_send(bench, "GET", bench_format(bench, "/services?maxResults=2&nextToken=%s", token),
               NULL);
    cr_expect_str_eq(bench_text(bench, "items[0].id"), ids[4]);
    cr_expect_null(bench_at(bench, "nextToken"));
    cr_expect_eq(
        bench_send(bench, "GET", bench_format(bench, "/servicenetworks?nextToken=%s", token), NULL),
        400);
    cr_expect_str_eq(bench_text(bench, "fieldList[0].name"), "nextToken");
}

Test(lattice, both_tag_apis_see_one_store)
{
    NEW_BENCH(&sim_delays_instant);
    bench_send(bench, "POST", "/services", "{'name':'orders','tags':{'team':'a','empty':''}}");
    const char *arn = bench_keep(bench, "arn");
    cr_assert_eq(
        bench_tagging(bench, "GetResources",
                      "{'TagFilters':[{'Key':'empty','Values':['']},{'Key':'team',"
                      "'Values':['b','a']}],'ResourceTypeFilters':['vpc-lattice:service']}"),
        200);
    cr_expect_str_eq(bench_text(bench, "ResourceTagMappingList[0].ResourceARN"), arn);
    bench_tagging(
        bench, "UntagResources",
        bench_format(bench, "{'ResourceARNList':['%s'],'TagKeys':['team','empty']}", arn));
    bench_tagging(bench, "GetResources", bench_format(bench, "{'ResourceARNList':['%s']}", arn));
    cr_expect_eq(json_array_size(bench_at(bench, "ResourceTagMappingList[0].Tags")), 0,
                 "what was tagged once stays listed");
    bench_tagging(
        bench, "TagResources",
        bench_format(bench,
                     "{'ResourceARNList':['%s','arn:aws:vpc-lattice:us-east-2:123456789012:"
                     "service/svc-00000000000000000'],'Tags':{'x':'y'}}",
                     arn));
    cr_expect_eq(json_object_size(bench_at(bench, "FailedResourcesMap")), 1);
}

Test(lattice, accounts_do_not_see_each_other)
{
    NEW_BENCH(&sim_delays_instant);
    const char *service = bench_service(bench, "orders");
    struct sim *sim = bench_sim(bench);
    sim->config.account = "999999999999";
    cr_expect_eq(bench_send(bench, "GET", bench_format(bench, "/services/%s", service), NULL), 404);
    cr_expect_eq(bench_send(bench, "POST", "/services", "{'name':'orders'}"), 201);
}

Test(lattice, the_journal_names_the_rule_and_the_rows)
{
    NEW_BENCH(&sim_delays_instant);
    bench_service(bench, "orders");
    bench_send(bench, "POST", "/services", "{'name':'orders'}");
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const char *lines = sim_journal_lines(bench_sim(bench)->journal, arena, 0);
    cr_expect_not_null(strstr(lines, "\"change\":\"insert\",\"table\":\"resource\",\"id\":\"svc-"));
    cr_expect_not_null(strstr(lines, "\"rule\":\"name_taken\",\"source\":\"observed\""));
    cr_expect_eq(sim_journal_last(bench_sim(bench)->journal), 2);
}

Test(lattice, every_operation_has_a_meaning)
{
    for (size_t i = 0; i < LAT_OP_COUNT; i++)
        cr_expect_not_null(sim_lattice_handlers[i], "%s", lat_operations[i].name);
}
