/* Failures that the admin API asks for: each asynchronous kind, each transition, and what can be
 * done with a resource that failed. */
#include "simulator/tests/bench.h"

#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(failure, .fini = check_leaks);

static void ask(struct bench *bench, const char *kind, const char *status)
{
    cr_assert_eq(bench_send(bench, "POST", "/_lattice/fail",
                            bench_format(bench,
                                         "{'kind':'%s','status':'%s','code':'Asked',"
                                         "'message':'It was asked for'}",
                                         kind, status)),
                 200, "%s", bench_text(bench, "message"));
}

/* How each asynchronous kind is made; the paths of Get and Delete follow from it. */
struct made {
    const char *kind, *path, *body;
    const char *reason; /* the member that says why */
};

static void make_kinds(struct bench *bench, struct made made[7])
{
    const char *service = bench_service(bench, "service"), *network = bench_network(bench, "net");
    const char *gateway = bench_gateway(bench, "gate");
    const char *configuration = bench_configuration(bench, "config", "SINGLE", gateway);
    const struct made kinds[7] = {
        {"service", "/services", "{'name':'orders'}", "failureMessage"},
        {"targetgroup", "/targetgroups", "{'name':'orders','type':'LAMBDA'}", "failureMessage"},
        {"servicenetworkserviceassociation", "/servicenetworkserviceassociations",
         bench_format(bench, "{'serviceIdentifier':'%s','serviceNetworkIdentifier':'%s'}", service,
                      network),
         "failureMessage"},
        {"servicenetworkvpcassociation", "/servicenetworkvpcassociations",
         bench_format(bench,
                      "{'vpcIdentifier':'vpc-0123456789abcdef0','serviceNetworkIdentifier':'%s'}",
                      network),
         "failureMessage"},
        {"servicenetworkresourceassociation", "/servicenetworkresourceassociations",
         bench_format(bench,
                      "{'resourceConfigurationIdentifier':'%s','serviceNetworkIdentifier':'%s'}",
                      configuration, network),
         "failureReason"},
        {"resourcegateway", "/resourcegateways",
         "{'name':'orders','vpcIdentifier':'vpc-0123456789abcdef0','subnetIds':['subnet-1']}",
         NULL},
        {"resourceconfiguration", "/resourceconfigurations",
         bench_format(bench, "{'name':'orders','type':'GROUP','resourceGatewayIdentifier':'%s'}",
                      gateway),
         "failureReason"},
    };
    memcpy(made, kinds, sizeof kinds);
}

Test(failure, of_a_creation_leaves_what_can_only_be_deleted)
{
    for (const struct sim_delays *const *delays =
             (const struct sim_delays *const[]){&sim_delays_instant, &sim_delays_real, NULL};
         *delays != NULL; delays++) {
        NEW_BENCH(*delays);
        struct made made[7];
        make_kinds(bench, made);
        for (size_t i = 0; i < LAT_COUNT(made); i++) {
            ask(bench, made[i].kind, "CREATE_FAILED");
            int status = bench_send(bench, "POST", made[i].path, made[i].body);
            cr_assert(status == 200 || status == 201, "%s: %s", made[i].kind,
                      bench_text(bench, "message"));
            cr_expect_str_eq(bench_text(bench, "status"), "CREATE_IN_PROGRESS", "%s", made[i].kind);
            const char *target =
                bench_format(bench, "%s/%s", made[i].path, bench_text(bench, "id"));
            bench_wait(bench, 60000);
            bench_send(bench, "GET", target, NULL);
            cr_expect_str_eq(bench_text(bench, "status"), "CREATE_FAILED", "%s", made[i].kind);
            if (made[i].reason != NULL)
                cr_expect_str_eq(bench_text(bench, made[i].reason), "It was asked for", "%s",
                                 made[i].kind);
            status = bench_send(bench, "DELETE", target, NULL);
            cr_expect(status == 200 || status == 204, "%s", made[i].kind);
            bench_wait(bench, 60000);
            cr_expect_eq(bench_send(bench, "GET", target, NULL), 404, "%s", made[i].kind);
            status = bench_send(bench, "POST", made[i].path, made[i].body);
            bench_wait(bench, 60000);
            bench_send(bench, "GET",
                       bench_format(bench, "%s/%s", made[i].path, bench_text(bench, "id")), NULL);
            cr_expect_str_eq(bench_text(bench, "status"), "ACTIVE", "%s: asked for once",
                             made[i].kind);
            bench_send(bench, "DELETE",
                       bench_format(bench, "%s/%s", made[i].path, bench_text(bench, "id")), NULL);
            bench_wait(bench, 60000);
        }
        cr_expect_eq(bench_count(bench, "SELECT count(*) FROM failure"), 0);
    }
}

Test(failure, of_a_deletion_lets_it_be_repeated)
{
    NEW_BENCH(&sim_delays_instant);
    struct made made[7];
    make_kinds(bench, made);
    for (size_t i = 0; i < LAT_COUNT(made); i++) {
        bench_send(bench, "POST", made[i].path, made[i].body);
        const char *target = bench_format(bench, "%s/%s", made[i].path, bench_text(bench, "id"));
        ask(bench, made[i].kind, "DELETE_FAILED");
        bench_send(bench, "DELETE", target, NULL);
        bench_send(bench, "GET", target, NULL);
        cr_expect_str_eq(bench_text(bench, "status"), "DELETE_FAILED", "%s", made[i].kind);
        if (made[i].reason != NULL)
            cr_expect_str_eq(bench_text(bench, made[i].reason), "It was asked for");
        bench_send(bench, "DELETE", target, NULL);
        cr_expect_eq(bench_send(bench, "GET", target, NULL), 404, "%s", made[i].kind);
    }
}

Test(failure, of_an_update_is_shown_and_forgotten_by_the_next_one)
{
    NEW_BENCH(&sim_delays_instant);
    const struct {
        const char *kind, *target, *body;
    } updates[] = {
        {"resourcegateway",
         bench_format(bench, "/resourcegateways/%s", bench_gateway(bench, "gate")), "{}"},
        {"resourceconfiguration",
         bench_format(
             bench, "/resourceconfigurations/%s",
             bench_configuration(bench, "config", "SINGLE", bench_gateway(bench, "other"))),
         "{'portRanges':['80']}"},
    };
    for (size_t i = 0; i < LAT_COUNT(updates); i++) {
        ask(bench, updates[i].kind, "UPDATE_FAILED");
        cr_assert_eq(bench_send(bench, "PATCH", updates[i].target, updates[i].body), 200);
        cr_expect_str_eq(bench_text(bench, "status"), "UPDATE_IN_PROGRESS");
        bench_send(bench, "GET", updates[i].target, NULL);
        cr_expect_str_eq(bench_text(bench, "status"), "UPDATE_FAILED");
        cr_assert_eq(bench_send(bench, "PATCH", updates[i].target, updates[i].body), 200);
        cr_expect_str_eq(bench_text(bench, "status"), "ACTIVE");
        bench_send(bench, "GET", updates[i].target, NULL);
        cr_expect_null(bench_at(bench, "failureReason"));
    }
    bench_send(bench, "POST", "/servicenetworkvpcassociations",
               bench_format(bench,
                            "{'vpcIdentifier':'vpc-0123456789abcdef0',"
                            "'serviceNetworkIdentifier':'%s'}",
                            bench_network(bench, "net")));
    const char *target =
        bench_format(bench, "/servicenetworkvpcassociations/%s", bench_text(bench, "id"));
    ask(bench, "servicenetworkvpcassociation", "UPDATE_FAILED");
    const char *groups = "{'securityGroupIds':['sg-00000000000000009']}";
    cr_assert_eq(bench_send(bench, "PATCH", target, groups), 200);
    bench_send(bench, "GET", target, NULL);
    cr_expect_str_eq(bench_text(bench, "status"), "UPDATE_FAILED");
    cr_expect_str_eq(bench_text(bench, "failureCode"), "Asked");
    cr_assert_eq(bench_send(bench, "PATCH", target, groups), 200);
    bench_send(bench, "GET", target, NULL);
    cr_expect_str_eq(bench_text(bench, "status"), "ACTIVE");
    cr_expect_null(bench_at(bench, "failureCode"));
}

Test(failure, makes_a_service_useless)
{
    NEW_BENCH(&sim_delays_instant);
    ask(bench, "service", "CREATE_FAILED");
    bench_send(bench, "POST", "/services", "{'name':'orders'}");
    const char *id = bench_keep(bench, "id");
    const char *target = bench_format(bench, "/services/%s", id);
    cr_expect_eq(bench_send(bench, "PATCH", target, "{'authType':'AWS_IAM'}"), 409);
    bench_expect_refusal(bench, "ConflictException", "status: CREATE_FAILED.");
    cr_expect_eq(
        bench_send(bench, "PUT", bench_format(bench, "/authpolicy/%s", id), "{'policy':'{}'}"),
        409);
    cr_expect_eq(bench_send(bench, "POST", bench_format(bench, "%s/listeners", target),
                            "{'name':'http','protocol':'HTTP',"
                            "'defaultAction':{'fixedResponse':{'statusCode':404}}}"),
                 409);
    cr_expect_eq(bench_send(bench, "POST", "/services", "{'name':'orders'}"), 409,
                 "it keeps its name");
}

/* A rule that held on to a group would keep its deletion from ever ending. */
Test(failure, or_deletion_of_a_target_group_keeps_rules_from_forwarding_to_it)
{
    NEW_BENCH(&sim_delays_real);
    const char *service = bench_service(bench, "orders");
    const char *listener = bench_listener(bench, service, 80);
    const char *group = bench_target_group(bench, "group");
    const char *target = bench_format(bench, "/targetgroups/%s", group);
    const char *rules = bench_format(bench, "/services/%s/listeners/%s/rules", service, listener);
    const char *rule = bench_format(
        bench,
        "{'name':'rule','priority':1,'match':{'httpMatch':{}},'action':{'forward':{'targetGroups':"
        "[{'targetGroupIdentifier':'%s'}]}}}",
        group);
    ask(bench, "targetgroup", "DELETE_FAILED");
    cr_assert_eq(bench_send(bench, "DELETE", target, NULL), 200);
    cr_expect_eq(bench_send(bench, "POST", rules, rule), 409);
    bench_expect_refusal(bench, "ConflictException", "status: DELETE_IN_PROGRESS.");
    bench_wait(bench, sim_delays_real.target_group_ms);
    cr_expect_eq(bench_send(bench, "POST", rules, rule), 409);
    bench_expect_refusal(bench, "ConflictException", "status: DELETE_FAILED.");
    cr_assert_eq(bench_send(bench, "DELETE", target, NULL), 200);
    bench_wait(bench, sim_delays_real.target_group_ms);
    cr_expect_eq(bench_send(bench, "GET", target, NULL), 404);
}

Test(failure, of_an_association_does_not_count_but_holds)
{
    NEW_BENCH(&sim_delays_instant);
    const char *network = bench_network(bench, "net");
    ask(bench, "servicenetworkvpcassociation", "CREATE_FAILED");
    bench_send(bench, "POST", "/servicenetworkvpcassociations",
               bench_format(bench,
                            "{'vpcIdentifier':'vpc-0123456789abcdef0',"
                            "'serviceNetworkIdentifier':'%s'}",
                            network));
    const char *target = bench_format(bench, "/servicenetworks/%s", network);
    bench_send(bench, "GET", target, NULL);
    cr_expect_eq(bench_number(bench, "numberOfAssociatedVPCs"), 0);
    cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 409);
    bench_expect_refusal(bench, "ConflictException", "has VPC(s) associated");
}

Test(failure, meets_the_next_of_its_kind_only)
{
    NEW_BENCH(&sim_delays_instant);
    ask(bench, "service", "CREATE_FAILED");
    ask(bench, "service", "CREATE_FAILED");
    bench_send(bench, "GET",
               bench_format(bench, "/targetgroups/%s", bench_target_group(bench, "group")), NULL);
    cr_expect_str_eq(bench_text(bench, "status"), "ACTIVE", "another kind");
    static const char *const outcomes[] = {"CREATE_FAILED", "CREATE_FAILED", "ACTIVE"};
    for (size_t i = 0; i < LAT_COUNT(outcomes); i++) {
        bench_send(bench, "POST", "/services", bench_format(bench, "{'name':'orders-%zu'}", i));
        bench_send(bench, "GET", bench_format(bench, "/services/%s", bench_text(bench, "id")),
                   NULL);
        cr_expect_str_eq(bench_text(bench, "status"), outcomes[i], "%zu", i);
    }
}

Test(failure, waits_on_when_the_call_is_refused)
{
    NEW_BENCH(&sim_delays_instant);
    bench_service(bench, "orders");
    ask(bench, "service", "CREATE_FAILED");
    cr_expect_eq(bench_send(bench, "POST", "/services", "{'name':'orders'}"), 409);
    bench_send(bench, "POST", "/services", "{'name':'other'}");
    bench_send(bench, "GET", bench_format(bench, "/services/%s", bench_text(bench, "id")), NULL);
    cr_expect_str_eq(bench_text(bench, "status"), "CREATE_FAILED");
}

Test(failure, of_a_creation_does_not_meet_the_deletion_that_cuts_it_short)
{
    NEW_BENCH(&sim_delays_real);
    ask(bench, "service", "CREATE_FAILED");
    bench_send(bench, "POST", "/services", "{'name':'orders'}");
    const char *target = bench_format(bench, "/services/%s", bench_text(bench, "id"));
    cr_assert_eq(bench_send(bench, "DELETE", target, NULL), 200);
    bench_wait(bench, sim_delays_real.service_ms);
    cr_expect_eq(bench_send(bench, "GET", target, NULL), 404);
}

Test(failure, is_asked_for_in_words_of_the_model)
{
    static const char *const wrong[] = {
        "{}",
        "{'kind':'service'}",
        "{'kind':'service','status':'ACTIVE'}",
        "{'kind':'service','status':'UPDATE_FAILED'}", /* services update at once */
        "{'kind':'servicenetwork','status':'CREATE_FAILED'}",
        "{'kind':'listener','status':'CREATE_FAILED'}",
    };
    NEW_BENCH(&sim_delays_instant);
    for (size_t i = 0; i < LAT_COUNT(wrong); i++)
        cr_expect_eq(bench_send(bench, "POST", "/_lattice/fail", wrong[i]), 400, "%s", wrong[i]);
    ask(bench, "service", "CREATE_FAILED");
    cr_expect_eq(bench_number(bench, "waiting"), 1);
    cr_expect_eq(bench_send(bench, "DELETE", "/_lattice/fail", NULL), 200);
    cr_expect_eq(bench_number(bench, "waiting"), 0);
}
