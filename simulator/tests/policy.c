/* Auth policies and resource policies: what is stored, what is shown, when a policy is active. */
#include "simulator/tests/bench.h"

#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

TestSuite(policy, .fini = check_leaks);

#define POLICY "{'policy':'{}'}"

/* The path of the policy of a resource. */
static const char *auth_policy(struct bench *bench, const char *id)
{
    return bench_format(bench, "/authpolicy/%s", id);
}

Test(policy, absent_is_an_empty_answer_and_of_nothing_is_not_found)
{
    NEW_BENCH(&sim_delays_instant);
    const char *target = auth_policy(bench, bench_service(bench, "orders"));
    cr_expect_eq(bench_send(bench, "GET", target, NULL), 200);
    cr_expect_eq(json_object_size(bench_at(bench, "")), 0);
    cr_expect_null(bench_at(bench, "policy"));
    cr_expect_null(bench_at(bench, "state"));
    cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 204);
    cr_expect_eq(bench_send(bench, "GET", auth_policy(bench, "sn-00000000000000000"), NULL), 404);
    cr_expect_str_eq(bench_text(bench, "resourceType"), "SERVICE_NETWORK");
}

Test(policy, is_kept_as_it_was_written_and_replaced)
{
    NEW_BENCH(&sim_delays_instant);
    const char *target = auth_policy(bench, bench_service(bench, "orders"));
    cr_assert_eq(bench_send(bench, "PUT", target, "{'policy':'{ \\'Version\\' : \\'1\\' }'}"), 200);
    cr_expect_str_eq(bench_text(bench, "policy"), "{ \"Version\" : \"1\" }");
    bench_send(bench, "GET", target, NULL);
    const char *created = bench_keep(bench, "createdAt");
    cr_expect_str_eq(bench_text(bench, "policy"), "{ \"Version\" : \"1\" }");
    bench_wait(bench, 1000);
    cr_assert_eq(bench_send(bench, "PUT", target, POLICY), 200);
    bench_send(bench, "GET", target, NULL);
    cr_expect_str_eq(bench_text(bench, "policy"), "{}");
    cr_expect_str_eq(bench_text(bench, "createdAt"), created);
    cr_expect_str_neq(bench_text(bench, "lastUpdatedAt"), created);
    cr_assert_eq(bench_send(bench, "DELETE", target, NULL), 204);
    bench_send(bench, "GET", target, NULL);
    cr_expect_null(bench_at(bench, "policy"));
}

Test(policy, is_active_while_the_auth_type_is_aws_iam)
{
    NEW_BENCH(&sim_delays_instant);
    const struct {
        const char *id, *path;
    } subjects[] = {
        {bench_service(bench, "orders"), "/services"},
        {bench_network(bench, "net"), "/servicenetworks"},
    };
    for (size_t i = 0; i < LAT_COUNT(subjects); i++) {
        const char *target = auth_policy(bench, subjects[i].id);
        const char *subject = bench_format(bench, "%s/%s", subjects[i].path, subjects[i].id);
        bench_send(bench, "PUT", target, POLICY);
        cr_expect_str_eq(bench_text(bench, "state"), "Inactive");
        bench_send(bench, "PATCH", subject, "{'authType':'AWS_IAM'}");
        bench_send(bench, "GET", target, NULL);
        cr_expect_str_eq(bench_text(bench, "state"), "Active");
        cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 204, "even then");
    }
}

Test(policy, must_be_a_json_object_of_ten_kilobytes)
{
    NEW_BENCH(&sim_delays_instant);
    const char *target = auth_policy(bench, bench_service(bench, "orders"));
    static const char *const wrong[] = {"", "{", "[]", "text", "{} x"};
    for (size_t i = 0; i < LAT_COUNT(wrong); i++) {
        cr_expect_eq(
            bench_send(bench, "PUT", target, bench_format(bench, "{'policy':'%s'}", wrong[i])), 400,
            "%s", wrong[i]);
        cr_expect_str_eq(bench_text(bench, "fieldList[0].name"), "policy");
    }
    char *padding = calloc(1, 10240);
    memset(padding, ' ', 10238);
    const char *exact = bench_format(bench, "{'policy':'{}%s'}", padding);
    const char *longer = bench_format(bench, "{'policy':'{}%s '}", padding);
    free(padding);
    cr_expect_eq(bench_send(bench, "PUT", target, exact), 200);
    cr_expect_eq(bench_send(bench, "PUT", target, longer), 400);
    bench_expect_refusal(bench, "ValidationException", "10240 bytes");
    cr_expect_eq(bench_send(bench, "PUT", target, "{'policy':'{\\n\\n}'}"), 200,
                 "newlines pass (chosen)");
}

Test(policy, for_callers_does_not_apply_to_resource_configurations)
{
    NEW_BENCH(&sim_delays_instant);
    const char *configuration =
        bench_configuration(bench, "database", "SINGLE", bench_gateway(bench, "gate"));
    cr_expect_eq(bench_send(bench, "PUT", auth_policy(bench, configuration), POLICY), 400);
    bench_expect_refusal(bench, "ValidationException", "do not apply");
}

Test(policy, goes_with_its_resource)
{
    NEW_BENCH(&sim_delays_instant);
    const char *service = bench_service(bench, "orders"), *network = bench_network(bench, "net");
    bench_send(bench, "PUT", auth_policy(bench, service), POLICY);
    bench_send(bench, "PUT", auth_policy(bench, network), POLICY);
    bench_send(bench, "GET", bench_format(bench, "/services/%s", service), NULL);
    cr_expect_eq(bench_send(bench, "PUT",
                            bench_format(bench, "/resourcepolicy/%s", bench_text(bench, "arn")),
                            POLICY),
                 200);
    bench_send(bench, "DELETE", bench_format(bench, "/services/%s", service), NULL);
    cr_expect_eq(bench_send(bench, "PUT", auth_policy(bench, service), POLICY), 404);
    cr_expect_eq(
        bench_send(bench, "DELETE", bench_format(bench, "/servicenetworks/%s", network), NULL),
        204);
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM auth_policy"), 0);
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM resource_policy"), 0);
}

Test(policy, is_not_put_on_a_service_that_goes)
{
    NEW_BENCH(&sim_delays_real);
    const char *service = bench_service(bench, "orders");
    bench_send(bench, "DELETE", bench_format(bench, "/services/%s", service), NULL);
    cr_expect_eq(bench_send(bench, "PUT", auth_policy(bench, service), POLICY), 409);
    bench_expect_refusal(bench, "ConflictException", "DELETE_IN_PROGRESS");
}

Test(policy, of_resources_is_stored_and_deleted)
{
    NEW_BENCH(&sim_delays_instant);
    bench_network(bench, "net");
    bench_send(bench, "GET", "/servicenetworks", NULL);
    const char *target =
        bench_format(bench, "/resourcepolicy/%s", bench_text(bench, "items[0].arn"));
    cr_expect_eq(bench_send(bench, "GET", target, NULL), 200);
    cr_expect_null(bench_at(bench, "policy"));
    cr_expect_eq(bench_send(bench, "PUT", target, POLICY), 200);
    bench_send(bench, "GET", target, NULL);
    cr_expect_str_eq(bench_text(bench, "policy"), "{}");
    cr_expect_eq(bench_send(bench, "PUT", target, "{'policy':'no json'}"), 400);
    cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 204);
    cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 204);
    bench_send(bench, "GET", target, NULL);
    cr_expect_null(bench_at(bench, "policy"));
    cr_expect_eq(bench_send(bench, "GET", "/resourcepolicy/sn-00000000000000000", NULL), 400,
                 "an id is not an ARN");
}
