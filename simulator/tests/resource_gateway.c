/* Resource gateways: what a new one looks like, what holds it, how many a VPC takes. */
#include "simulator/tests/bench.h"

#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>

TestSuite(resource_gateway, .fini = check_leaks);

Test(resource_gateway, is_active_at_once_with_the_documented_defaults)
{
    NEW_BENCH(&sim_delays_real);
    cr_assert_eq(bench_send(bench, "POST", "/resourcegateways",
                            "{'name':'gateway','vpcIdentifier':'vpc-0123456789abcdef0',"
                            "'subnetIds':['subnet-1','subnet-2']}"),
                 201);
    cr_expect_str_eq(bench_text(bench, "status"), "ACTIVE");
    cr_expect_str_eq(bench_text(bench, "vpcIdentifier"), "vpc-0123456789abcdef0");
    cr_expect_str_eq(bench_text(bench, "securityGroupIds[0]"), "sg-0123456789abcdef0");
    cr_expect_str_eq(bench_text(bench, "ipAddressType"), "IPV4");
    cr_expect_eq(bench_number(bench, "ipv4AddressesPerEni"), 16);
    cr_expect_str_eq(bench_text(bench, "resourceConfigDnsResolution"), "IN_VPC");
    bench_send(bench, "GET", bench_format(bench, "/resourcegateways/%s", bench_text(bench, "id")),
               NULL);
    cr_expect_str_eq(bench_text(bench, "vpcId"), "vpc-0123456789abcdef0");
    cr_expect_null(bench_at(bench, "vpcIdentifier"));
    cr_expect_str_eq(bench_text(bench, "subnetIds[1]"), "subnet-2");
    bench_send(bench, "GET", "/resourcegateways", NULL);
    cr_expect_str_eq(bench_text(bench, "items[0].vpcIdentifier"), "vpc-0123456789abcdef0");
}

Test(resource_gateway, needs_a_vpc_and_subnets)
{
    NEW_BENCH(&sim_delays_instant);
    cr_expect_eq(bench_send(bench, "POST", "/resourcegateways", "{'name':'gateway'}"), 400);
    cr_expect_str_eq(bench_text(bench, "fieldList[0].name"), "vpcIdentifier");
    cr_expect_eq(bench_send(bench, "POST", "/resourcegateways",
                            "{'name':'gateway','vpcIdentifier':'vpc-0123456789abcdef0'}"),
                 400);
    cr_expect_str_eq(bench_text(bench, "fieldList[0].name"), "subnetIds");
}

Test(resource_gateway, of_ipv6_has_no_ipv4_addresses)
{
    NEW_BENCH(&sim_delays_instant);
    bench_send(bench, "POST", "/resourcegateways",
               "{'name':'gateway','vpcIdentifier':'vpc-0123456789abcdef0','subnetIds':['subnet-1'],"
               "'ipAddressType':'IPV6'}");
    cr_expect_str_eq(bench_text(bench, "ipAddressType"), "IPV6");
    cr_expect_null(bench_at(bench, "ipv4AddressesPerEni"));
}

Test(resource_gateway, changes_its_security_groups_only)
{
    NEW_BENCH(&sim_delays_instant);
    const char *target = bench_format(bench, "/resourcegateways/%s", bench_gateway(bench, "gate"));
    cr_assert_eq(
        bench_send(bench, "PATCH", target, "{'securityGroupIds':['sg-00000000000000009']}"), 200);
    cr_expect_str_eq(bench_text(bench, "status"), "ACTIVE");
    cr_expect_str_eq(bench_text(bench, "securityGroupIds[0]"), "sg-00000000000000009");
    cr_expect_str_eq(bench_text(bench, "vpcId"), "vpc-0123456789abcdef0");
    cr_assert_eq(bench_send(bench, "PATCH", target, "{}"), 200);
    cr_expect_str_eq(bench_text(bench, "securityGroupIds[0]"), "sg-00000000000000009",
                     "what is not named stays");
}

Test(resource_gateway, stays_while_a_configuration_uses_it_and_goes_in_its_time)
{
    NEW_BENCH(&sim_delays_real);
    const char *gateway = bench_gateway(bench, "gate");
    const char *configuration = bench_configuration(bench, "database", "SINGLE", gateway);
    const char *target = bench_format(bench, "/resourcegateways/%s", gateway);
    cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 409);
    bench_expect_refusal(bench, "ConflictException", gateway);
    const char *held = bench_format(bench, "/resourceconfigurations/%s", configuration);
    cr_assert_eq(bench_send(bench, "DELETE", held, NULL), 204);
    cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 409,
                 "the configuration is still going");
    bench_wait(bench, sim_delays_real.resource_configuration_ms);
    cr_assert_eq(bench_send(bench, "DELETE", target, NULL), 200);
    cr_expect_str_eq(bench_text(bench, "status"), "DELETE_IN_PROGRESS");
    cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 200, "a deletion may be repeated");
    cr_expect_eq(bench_send(bench, "PATCH", target, "{}"), 409);
    bench_wait(bench, sim_delays_real.resource_gateway_ms);
    cr_expect_eq(bench_send(bench, "GET", target, NULL), 404);
    cr_expect_str_eq(bench_text(bench, "resourceType"), "RESOURCE_GATEWAY");
}

Test(resource_gateway, counts_against_the_quota_of_its_vpc)
{
    NEW_BENCH(&sim_delays_instant);
    bench_send(bench, "PUT", "/_lattice/quotas", "{'code':'L-0DCA4434','value':1}");
    bench_gateway(bench, "first");
    cr_expect_eq(bench_send(bench, "POST", "/resourcegateways",
                            "{'name':'second','vpcIdentifier':'vpc-0123456789abcdef0',"
                            "'subnetIds':['subnet-1']}"),
                 402);
    cr_expect_str_eq(bench_text(bench, "quotaCode"), "L-0DCA4434");
    cr_expect_eq(bench_send(bench, "POST", "/resourcegateways",
                            "{'name':'second','vpcIdentifier':'vpc-00000000000000000',"
                            "'subnetIds':['subnet-1']}"),
                 201, "another VPC has its own");
}

Test(resource_gateway, has_a_name_of_its_own)
{
    NEW_BENCH(&sim_delays_instant);
    bench_gateway(bench, "gate");
    cr_expect_eq(bench_send(bench, "POST", "/resourcegateways",
                            "{'name':'gate','vpcIdentifier':'vpc-0123456789abcdef0',"
                            "'subnetIds':['subnet-1']}"),
                 409);
    bench_expect_refusal(bench, "ConflictException",
                         "Resource of type ResourceGateway with name gate already exists");
}
