/* Fault rules: which calls they strike, and what the caller and the state see of it. */
#include "simulator/tests/bench.h"

#include "common/base/file.h"
#include "common/base/tests/leaks.h"
#include "common/base/text.h"
#include "simulator/engine/fault.h"
#include "simulator/engine/journal.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

TestSuite(fault, .fini = check_leaks);

static void add_rule(struct bench *bench, const char *rule)
{
    cr_assert_eq(bench_send(bench, "POST", "/_lattice/faults", rule), 200, "%s: %s", rule,
                 bench_text(bench, "message"));
}

static int make_service(struct bench *bench, const char *name)
{
    return bench_send(bench, "POST", "/services", bench_format(bench, "{'name':'%s'}", name));
}

Test(fault, the_nth_match_is_struck_and_no_other)
{
    NEW_BENCH(&sim_delays_instant);
    add_rule(bench, "{'operation':'CreateService','nth':2,'error':{'status':503,"
                    "'code':'ServiceUnavailable'}}");
    cr_expect_eq(make_service(bench, "one"), 201);
    cr_expect_eq(bench_send(bench, "GET", "/services", NULL), 200);
    cr_expect_eq(make_service(bench, "two"), 503);
    cr_expect_str_eq(bench_error(bench), "ServiceUnavailable");
    cr_expect_eq(make_service(bench, "two"), 201);
    bench_send(bench, "GET", "/_lattice/faults", NULL);
    cr_expect_eq(bench_number(bench, "faults[0].matches"), 3);
    cr_expect_eq(bench_number(bench, "faults[0].strikes"), 1);
}

Test(fault, every_exception_is_answered_with_its_own_members)
{
    static const struct {
        const char *rule, *path, *text;
        int status;
    } cases[] = {
        {"'code':'ResourceNotFoundException','resourceId':'vpc-1','resourceType':'VPC'",
         "resourceType", "VPC", 404},
        {"'code':'ConflictException','resourceId':'sn-1'", "resourceId", "sn-1", 409},
        {"'code':'ServiceQuotaExceededException','quotaCode':'L-1'", "quotaCode", "L-1", 402},
        {"'code':'ServiceQuotaExceededException'", "serviceCode", "vpc-lattice", 402},
        {"'code':'ThrottlingException','serviceCode':'ec2'", "serviceCode", "ec2", 429},
        {"'code':'ValidationException','reason':'cannotParse'", "reason", "cannotParse", 400},
        {"'code':'ValidationException','fieldList':[{'name':'a','message':'b'}]",
         "fieldList[0].message", "b", 400},
    };
    NEW_BENCH(&sim_delays_instant);
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        add_rule(bench, bench_format(bench, "{'times':1,'error':{%s}}", cases[i].rule));
        cr_expect_eq(bench_send(bench, "GET", "/services", NULL), cases[i].status, "%s",
                     cases[i].rule);
        cr_expect_str_eq(bench_text(bench, cases[i].path), cases[i].text, "%s", cases[i].rule);
    }
}

Test(fault, every_kth_match_is_struck_so_many_times)
{
    NEW_BENCH(&sim_delays_instant);
    add_rule(bench, "{'operation':'ListServices','every':2,'times':2,'error':{}}");
    static const int statuses[] = {200, 500, 200, 500, 200, 200};
    for (size_t i = 0; i < LAT_COUNT(statuses); i++)
        cr_expect_eq(bench_send(bench, "GET", "/services", NULL), statuses[i], "call %zu", i);
}

Test(fault, the_first_rule_takes_hold_and_uses_up_nothing_of_the_others)
{
    NEW_BENCH(&sim_delays_instant);
    add_rule(bench, "{'operation':'ListServices','times':1,'error':{'status':502}}");
    add_rule(bench, "{'operation':'ListServices','times':1,'error':{'status':503}}");
    static const int statuses[] = {502, 503, 200};
    for (size_t i = 0; i < LAT_COUNT(statuses); i++)
        cr_expect_eq(bench_send(bench, "GET", "/services", NULL), statuses[i], "call %zu", i);
}

Test(fault, chance_is_the_same_in_every_run_and_leaves_the_ids_alone)
{
    char struck[2][65] = {{0}};
    const char *ids[2];
    NEW_BENCH(&sim_delays_instant);
    LAT_AUTO(bench_freep) struct bench *other = bench_new(&sim_delays_instant);
    struct bench *benches[2] = {bench, other};
    for (size_t run = 0; run < 2; run++) {
        add_rule(benches[run], "{'operation':'ListServices','probability':0.5,'throttle':0}");
        for (size_t i = 0; i < 64; i++)
            struck[run][i] = bench_send(benches[run], "GET", "/services", NULL) == 429 ? '1' : '0';
        ids[run] = bench_service(benches[run], "orders");
    }
    cr_expect_str_eq(struck[0], struck[1]);
    cr_expect_not_null(strchr(struck[0], '1'));
    cr_expect_not_null(strchr(struck[0], '0'));
    cr_expect_str_eq(ids[0], ids[1]);
    LAT_AUTO(bench_freep) struct bench *without = bench_new(&sim_delays_instant);
    for (size_t i = 0; i < 64; i++)
        bench_send(without, "GET", "/services", NULL);
    cr_expect_str_eq(bench_service(without, "orders"), ids[0]);
}

Test(fault, throttling_says_when_to_come_back)
{
    NEW_BENCH(&sim_delays_instant);
    add_rule(bench, "{'throttle':3}");
    cr_expect_eq(bench_send(bench, "GET", "/services", NULL), 429);
    cr_expect_str_eq(bench_error(bench), "ThrottlingException");
    cr_expect_str_eq(bench_header(bench, "Retry-After"), "3");
    cr_expect_eq(bench_tagging(bench, "GetResources", "{}"), 429);
    cr_expect_str_eq(bench_text(bench, "__type"), "ThrottlingException");
    cr_expect_str_eq(bench_header(bench, "Retry-After"), "3");
}

Test(fault, a_rule_about_a_resource_strikes_ids_and_arns_of_it)
{
    NEW_BENCH(&sim_delays_instant);
    const char *one = bench_service(bench, "one"), *two = bench_service(bench, "two");
    add_rule(bench, bench_format(
                        bench, "{'resource':'%s','error':{'code':'AccessDeniedException'}}", one));
    cr_expect_eq(bench_send(bench, "GET", bench_format(bench, "/services/%s", one), NULL), 403);
    cr_expect_eq(bench_send(bench, "GET", bench_format(bench, "/services/%s", two), NULL), 200);
    cr_expect_eq(
        bench_send(bench, "GET",
                   bench_format(bench,
                                "/tags/arn%%3Aaws%%3Avpc-lattice%%3Aus-east-2%%3A123456789012%%3A"
                                "service%%2F%s",
                                one),
                   NULL),
        403);
}

Test(fault, a_rule_about_a_caller_leaves_the_others_alone)
{
    NEW_BENCH(&sim_delays_instant);
    add_rule(bench, "{'caller':'999999999999','error':{}}");
    cr_expect_eq(bench_send(bench, "GET", "/services", NULL), 200);
    bench_sim(bench)->config.account = "999999999999";
    cr_expect_eq(bench_send(bench, "GET", "/services", NULL), 500);
}

Test(fault, a_cut_before_the_commit_changes_nothing)
{
    NEW_BENCH(&sim_delays_instant);
    add_rule(bench, "{'operation':'CreateService','times':1,'cut':'before'}");
    make_service(bench, "orders");
    cr_expect(bench_answer(bench)->cut);
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM service"), 0);
    cr_expect_eq(make_service(bench, "orders"), 201);
}

Test(fault, a_cut_after_the_commit_has_changed_the_state)
{
    NEW_BENCH(&sim_delays_instant);
    add_rule(bench, "{'operation':'CreateService','times':1,'cut':'after'}");
    make_service(bench, "orders");
    cr_expect(bench_answer(bench)->cut);
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM service"), 1);
    cr_expect_eq(make_service(bench, "orders"), 409);
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const char *lines = sim_journal_lines(bench_sim(bench)->journal, arena, 0);
    cr_expect_not_null(
        strstr(lines, "\"status\":0,\"error\":\"ConnectionCut\",\"rule\":\"fault\""));
}

Test(fault, a_repeated_token_after_a_cut_gets_the_lost_answer)
{
    NEW_BENCH(&sim_delays_instant);
    const char *body = "{'name':'orders','clientToken':'abc'}";
    add_rule(bench, "{'operation':'CreateService','times':1,'cut':'after'}");
    bench_send(bench, "POST", "/services", body);
    cr_expect_eq(bench_send(bench, "POST", "/services", body), 201);
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM service"), 1);
}

Test(fault, latency_holds_the_answer_but_not_the_change)
{
    NEW_BENCH(&sim_delays_instant);
    int64_t now = lat_clock_now_ms(&bench_sim(bench)->clock);
    add_rule(bench, "{'operation':'CreateService','latency_ms':1500}");
    cr_expect_eq(make_service(bench, "orders"), 201);
    cr_expect_eq(bench_answer(bench)->due_ms, now + 1500);
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM service"), 1);
    bench_send(bench, "GET", "/services", NULL);
    cr_expect_eq(bench_answer(bench)->due_ms, 0);
}

Test(fault, a_change_shows_after_so_many_stale_reads)
{
    NEW_BENCH(&sim_delays_instant);
    const char *target = bench_format(bench, "/services/%s", bench_service(bench, "orders"));
    add_rule(bench, "{'operation':'GetService','stale':2}");
    bench_send(bench, "GET", target, NULL);
    bench_send(bench, "PATCH", target, "{'authType':'AWS_IAM'}");
    static const char *const seen[] = {"NONE", "NONE", "AWS_IAM", "AWS_IAM"};
    for (size_t i = 0; i < LAT_COUNT(seen); i++) {
        cr_expect_eq(bench_send(bench, "GET", target, NULL), 200);
        cr_expect_str_eq(bench_text(bench, "authType"), seen[i], "read %zu", i);
    }
    bench_send(bench, "DELETE", target, NULL);
    cr_expect_eq(bench_send(bench, "GET", target, NULL), 200, "still there for stale eyes");
    bench_send(bench, "GET", target, NULL);
    cr_expect_eq(bench_send(bench, "GET", target, NULL), 404);
}

Test(fault, single_targets_of_a_batch_fail)
{
    NEW_BENCH(&sim_delays_instant);
    const char *group = bench_target_group(bench, "legacy");
    const char *targets = "{'targets':[{'id':'10.0.0.1'},{'id':'10.0.0.2'},{'id':'10.0.0.3'}]}";
    add_rule(bench, "{'operation':'RegisterTargets','times':1,"
                    "'partial':{'entries':[1],'code':'Busy','message':'come back'}}");
    cr_expect_eq(bench_send(bench, "POST",
                            bench_format(bench, "/targetgroups/%s/registertargets", group),
                            targets),
                 200);
    cr_expect_eq(json_array_size(bench_at(bench, "successful")), 2);
    cr_expect_str_eq(bench_text(bench, "unsuccessful[0].id"), "10.0.0.2");
    cr_expect_str_eq(bench_text(bench, "unsuccessful[0].failureCode"), "Busy");
    cr_expect_str_eq(bench_text(bench, "unsuccessful[0].failureMessage"), "come back");
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM target"), 2);
    add_rule(bench, "{'operation':'DeregisterTargets','partial':{}}");
    bench_send(bench, "POST", bench_format(bench, "/targetgroups/%s/deregistertargets", group),
               targets);
    cr_expect_eq(json_array_size(bench_at(bench, "unsuccessful")), 3);
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM target"), 2);
}

Test(fault, single_rules_of_a_batch_fail_and_keep_their_priority)
{
    NEW_BENCH(&sim_delays_instant);
    const char *service = bench_service(bench, "orders");
    const char *listener = bench_listener(bench, service, 80);
    const char *group = bench_target_group(bench, "legacy");
    const char *one = bench_rule(bench, service, listener, 1, group);
    const char *two = bench_rule(bench, service, listener, 2, group);
    add_rule(bench, "{'operation':'BatchUpdateRule','partial':{'entries':[0]}}");
    const char *rules = bench_format(bench, "/services/%s/listeners/%s/rules", service, listener);
    cr_expect_eq(bench_send(bench, "PATCH", rules,
                            bench_format(bench,
                                         "{'rules':[{'ruleIdentifier':'%s','priority':11},"
                                         "{'ruleIdentifier':'%s','priority':12}]}",
                                         one, two)),
                 200);
    cr_expect_str_eq(bench_text(bench, "unsuccessful[0].ruleIdentifier"), one);
    cr_expect_eq(bench_number(bench, "successful[0].priority"), 12);
    bench_send(bench, "GET", bench_format(bench, "%s/%s", rules, one), NULL);
    cr_expect_eq(bench_number(bench, "priority"), 1);
}

Test(fault, single_arns_of_a_tagging_call_fail)
{
    NEW_BENCH(&sim_delays_instant);
    bench_send(bench, "POST", "/services", "{'name':'orders'}");
    const char *arn = bench_keep(bench, "arn");
    add_rule(bench, "{'service':'tagging','operation':'TagResources','times':1,'partial':{}}");
    const char *body = bench_format(bench, "{'ResourceARNList':['%s'],'Tags':{'a':'b'}}", arn);
    cr_expect_eq(bench_tagging(bench, "TagResources", body), 200);
    cr_expect_eq(json_object_size(bench_at(bench, "FailedResourcesMap")), 1);
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM tag"), 0);
    bench_tagging(bench, "TagResources", body);
    cr_expect_eq(json_object_size(bench_at(bench, "FailedResourcesMap")), 0);
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM tag"), 1);
}

Test(fault, rules_are_listed_and_forgotten)
{
    NEW_BENCH(&sim_delays_instant);
    add_rule(bench, "{'operation':'ListServices','error':{}}");
    add_rule(bench, "{'operation':'CreateService','error':{}}");
    cr_expect_eq(bench_number(bench, "id"), 2);
    cr_expect_eq(bench_send(bench, "DELETE", "/_lattice/faults", "{'id':1}"), 200);
    cr_expect_str_eq(bench_text(bench, "faults[0].operation"), "CreateService");
    cr_expect_eq(bench_send(bench, "DELETE", "/_lattice/faults", "{'id':1}"), 404);
    cr_expect_eq(bench_send(bench, "GET", "/services", NULL), 200);
    bench_send(bench, "DELETE", "/_lattice/faults", NULL);
    cr_expect_eq(make_service(bench, "orders"), 201);
}

Test(fault, a_wrong_rule_is_refused_with_its_member)
{
    static const struct {
        const char *rule, *text;
    } wrong[] = {
        {"{'operation':'GetService'}", "needs an effect"},
        {"{'eror':{}}", "eror is not a member"},
        {"{'nth':0,'error':{}}", "nth must be"},
        {"{'probability':1.5,'error':{}}", "probability must be"},
        {"{'cut':'later'}", "cut must be"},
        {"{'error':{'status':200}}", "error must be"},
        {"{'error':{'stat':500}}", "error takes"},
        {"{'error':{'code':'ConflictException','quotaCode':'L-1'}}", "error takes"},
        {"{'error':{'code':'ConflictException','resourceId':7}}", "error must have texts"},
        {"{'error':{'code':'ValidationException','fieldList':[]}}", "error must have a fieldList"},
        {"{'latency_ms':-1}", "latency_ms must be"},
        {"{'throttle':1,'error':{}}", "not both"},
        {"{'cut':'after','error':{}}", "one of"},
        {"{'partial':{}}", "partial needs the operation"},
        {"{'stale':1,'nth':2}", "do not go with it"},
        {"{'operation':7,'error':{}}", "operation must be a text"},
        {"{'api':'gcp','error':{}}", "api must be aws or kubernetes"},
        {"{'verb':'get','error':{}}", "verb goes with api: kubernetes"},
        {"{'stale':1,'api':'kubernetes'}", "stale does not go with api: kubernetes"},
        {"{'api':'kubernetes','verb':'watch','watch':{'end':'soon'}}", "watch must have end"},
        {"{'api':'kubernetes','verb':'get','watch':{'end':'cut'}}", "watch needs the verb watch"},
        {"{'api':'kubernetes','verb':'watch','latency_ms':5}", "of the verb watch"},
    };
    NEW_BENCH(&sim_delays_instant);
    for (size_t i = 0; i < LAT_COUNT(wrong); i++) {
        cr_expect_eq(bench_send(bench, "POST", "/_lattice/faults", wrong[i].rule), 400, "%s",
                     wrong[i].rule);
        cr_expect_not_null(strstr(bench_text(bench, "message"), wrong[i].text), "%s: %s",
                           wrong[i].rule, bench_text(bench, "message"));
    }
}

static int load(const char *yaml, struct sim_faults *faults, struct lat_err *reterr)
{
    char path[] = "/tmp/lattice-faults-XXXXXX";
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, yaml, strlen(yaml)), (ssize_t)strlen(yaml));
    close(fd);
    int result = sim_faults_load(faults, path, reterr);
    unlink(path);
    return result;
}

Test(fault, rules_come_from_a_file_and_a_wrong_one_is_named_with_its_line)
{
    struct lat_err err = {0};
    struct sim_faults *faults = sim_faults_new(1);
    cr_expect_eq(load("- operation: CreateService\n  nth: 2\n  cut: after\n"
                      "- service: tagging\n  throttle: 1\n---\nlatency_ms: 20\n",
                      faults, &err),
                 0, "%s", err.message);
    cr_expect_eq(sim_faults_remove(faults, 0), 3);
    cr_expect_eq(load("- latency_ms: 5\n- operation: CreateService\n  cuts: after\n", faults, &err),
                 -1);
    cr_expect_not_null(strstr(err.message, ":2: cuts is not a member"), "%s", err.message);
    sim_faults_free(faults);
}

Test(fault, throttling_gives_a_burst_and_then_the_rate)
{
    NEW_BENCH(&sim_delays_instant);
    cr_assert_eq(bench_send(bench, "PUT", "/_lattice/throttle", "{'rate':2,'burst':3}"), 200);
    for (int i = 0; i < 3; i++)
        cr_expect_eq(bench_send(bench, "GET", "/services", NULL), 200);
    cr_expect_eq(bench_send(bench, "GET", "/services", NULL), 429);
    cr_expect_str_eq(bench_header(bench, "Retry-After"), "1");
    cr_expect_eq(bench_send(bench, "GET", "/servicenetworks", NULL), 200, "another operation");
    bench_sim(bench)->config.account = "999999999999";
    cr_expect_eq(bench_send(bench, "GET", "/services", NULL), 200, "another account");
    bench_sim(bench)->config.account = "123456789012";
    bench_wait(bench, 499);
    cr_expect_eq(bench_send(bench, "GET", "/services", NULL), 429);
    bench_wait(bench, 1);
    cr_expect_eq(bench_send(bench, "GET", "/services", NULL), 200);
    cr_expect_eq(bench_send(bench, "GET", "/services", NULL), 429);
    bench_send(bench, "PUT", "/_lattice/throttle", "{'rate':0}");
    cr_expect_eq(bench_send(bench, "GET", "/services", NULL), 200);
}
