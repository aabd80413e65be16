/* Domain verifications: pending, verified, timed out, in use. */
#include "simulator/tests/bench.h"

#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>

#include <string.h>

TestSuite(domain_verification, .fini = check_leaks);

static const char *start(struct bench *bench, const char *domain)
{
    cr_assert_eq(bench_send(bench, "POST", "/domainverifications",
                            bench_format(bench, "{'domainName':'%s','tags':{'a':'b'}}", domain)),
                 201);
    return bench_format(bench, "/domainverifications/%s", bench_text(bench, "id"));
}

Test(domain_verification, is_pending_and_then_verified)
{
    NEW_BENCH(&sim_delays_real);
    const char *target = start(bench, "example.com");
    cr_expect_str_eq(bench_text(bench, "status"), "PENDING");
    cr_expect_eq(bench_text(bench, "txtMethodConfig.name")[0], '_');
    cr_expect_eq(strncmp(bench_text(bench, "txtMethodConfig.value"), "vpc-lattice:", 12), 0);
    bench_wait(bench, sim_delays_real.domain_verification_ms - 1);
    bench_send(bench, "GET", target, NULL);
    cr_expect_str_eq(bench_text(bench, "status"), "PENDING");
    cr_expect_null(bench_at(bench, "lastVerifiedTime"));
    bench_wait(bench, 1);
    bench_send(bench, "GET", target, NULL);
    cr_expect_str_eq(bench_text(bench, "status"), "VERIFIED");
    cr_expect_not_null(bench_at(bench, "lastVerifiedTime"));
    cr_expect_str_eq(bench_text(bench, "tags.a"), "b");
    bench_send(bench, "GET", "/domainverifications", NULL);
    cr_expect_str_eq(bench_text(bench, "items[0].status"), "VERIFIED");
    cr_expect_str_eq(bench_text(bench, "items[0].tags.a"), "b");
}

Test(domain_verification, times_out_when_asked_to)
{
    NEW_BENCH(&sim_delays_instant);
    cr_assert_eq(bench_send(bench, "POST", "/_lattice/fail",
                            "{'kind':'domainverification','status':'VERIFICATION_TIMED_OUT'}"),
                 200);
    bench_send(bench, "GET", start(bench, "example.com"), NULL);
    cr_expect_str_eq(bench_text(bench, "status"), "VERIFICATION_TIMED_OUT");
    cr_expect_null(bench_at(bench, "lastVerifiedTime"));
}

Test(domain_verification, stays_while_a_configuration_leans_on_it)
{
    NEW_BENCH(&sim_delays_instant);
    const char *target = start(bench, "example.com");
    const char *id = bench_keep(bench, "id");
    bench_send(bench, "POST", "/resourceconfigurations",
               bench_format(bench,
                            "{'name':'group','type':'GROUP','resourceGatewayIdentifier':'%s',"
                            "'domainVerificationIdentifier':'%s','groupDomain':'example.com'}",
                            bench_gateway(bench, "gate"), id));
    const char *configuration = bench_keep(bench, "id");
    cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 400);
    bench_expect_refusal(bench, "ValidationException", id);
    bench_send(bench, "GET",
               bench_format(bench, "/resourceconfigurations?domainVerificationIdentifier=%s", id),
               NULL);
    cr_expect_str_eq(bench_text(bench, "items[0].id"), configuration);
    bench_send(bench, "DELETE", bench_format(bench, "/resourceconfigurations/%s", configuration),
               NULL);
    cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 200);
    cr_expect_eq(bench_send(bench, "GET", target, NULL), 404);
}

Test(domain_verification, exists_once_for_each_domain_and_five_times_in_all)
{
    NEW_BENCH(&sim_delays_instant);
    for (int i = 0; i < 5; i++)
        start(bench, bench_format(bench, "%d.example.com", i));
    cr_expect_eq(
        bench_send(bench, "POST", "/domainverifications", "{'domainName':'0.example.com'}"), 409);
    bench_expect_refusal(bench, "ConflictException", "already exists");
    cr_expect_eq(
        bench_send(bench, "POST", "/domainverifications", "{'domainName':'6.example.com'}"), 402);
    cr_expect_str_eq(bench_text(bench, "quotaCode"), "L-73D0F278");
}
