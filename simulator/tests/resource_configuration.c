/* Resource configurations: what each type takes, groups and children, what may change, what holds
 * one. */
#include "simulator/tests/bench.h"

#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>

TestSuite(resource_configuration, .fini = check_leaks);

#define ADDRESS(address)                                                                           \
    "'resourceConfigurationDefinition':{'ipResource':{'ipAddress':'" address "'}}"

/* Asks for a configuration, on a gateway unless it is NULL, with the members of rest; returns the
 * status. */
static int create(struct bench *bench, const char *type, const char *gateway, const char *rest)
{
    const char *given =
        gateway == NULL ? "" : bench_format(bench, ",'resourceGatewayIdentifier':'%s'", gateway);
    return bench_send(bench, "POST", "/resourceconfigurations",
                      bench_format(bench, "{'name':'database','type':'%s'%s%s%s}", type, given,
                                   rest[0] == '\0' ? "" : ",", rest));
}

Test(resource_configuration, is_active_at_once_with_the_documented_defaults)
{
    NEW_BENCH(&sim_delays_real);
    const char *gateway = bench_gateway(bench, "gate");
    cr_assert_eq(create(bench, "SINGLE", gateway, ADDRESS("10.0.0.7")), 201);
    cr_expect_str_eq(bench_text(bench, "status"), "ACTIVE");
    cr_expect_str_eq(bench_text(bench, "resourceGatewayId"), gateway);
    cr_expect_str_eq(bench_text(bench, "portRanges[0]"), "1-65535");
    cr_expect_str_eq(bench_text(bench, "protocol"), "TCP");
    cr_expect(json_is_true(bench_at(bench, "allowAssociationToShareableServiceNetwork")));
    cr_expect_not_null(bench_at(bench, "createdAt"));
    bench_send(bench, "GET",
               bench_format(bench, "/resourceconfigurations/%s", bench_text(bench, "id")), NULL);
    cr_expect(json_is_false(bench_at(bench, "amazonManaged")));
    cr_expect_str_eq(bench_text(bench, "resourceConfigurationDefinition.ipResource.ipAddress"),
                     "10.0.0.7");
}

Test(resource_configuration, takes_the_members_of_its_type)
{
    static const struct {
        const char *type;
        bool gateway;
        const char *rest;
        const char *field;
    } wrong[] = {
        {"SINGLE", false, ADDRESS("10.0.0.7"), "resourceGatewayIdentifier"},
        {"SINGLE", true, "", "resourceConfigurationDefinition"},
        {"SINGLE", true, "'groupDomain':'example.com'," ADDRESS("10.0.0.7"), "groupDomain"},
        {"SINGLE", true,
         "'resourceConfigurationDefinition':{'arnResource':{'arn':"
         "'arn:aws:rds:us-east-2:123456789012:cluster:db'}}",
         "resourceConfigurationDefinition.arnResource"},
        {"GROUP", true, ADDRESS("10.0.0.7"), "resourceConfigurationDefinition"},
        {"CHILD", false, ADDRESS("10.0.0.7"), "resourceConfigurationGroupIdentifier"},
        {"CHILD", true, ADDRESS("10.0.0.7"), "resourceGatewayIdentifier"},
        {"ARN", true, ADDRESS("10.0.0.7"), "resourceConfigurationDefinition.arnResource"},
        {"SINGLE", true, "'resourceConfigurationDefinition':{'dnsResource':{}}",
         "resourceConfigurationDefinition"},
    };
    NEW_BENCH(&sim_delays_instant);
    const char *gateway = bench_gateway(bench, "gate");
    for (size_t i = 0; i < LAT_COUNT(wrong); i++) {
        cr_expect_eq(create(bench, wrong[i].type, wrong[i].gateway ? gateway : NULL, wrong[i].rest),
                     400, "%zu", i);
        cr_expect_str_eq(bench_text(bench, "fieldList[0].name"), wrong[i].field, "%zu: %s", i,
                         bench_text(bench, "message"));
    }
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM resource_configuration"), 0);
}

Test(resource_configuration, points_at_private_addresses_only)
{
    static const struct {
        const char *rest;
        int status;
    } addresses[] = {
        {ADDRESS("10.255.255.255"), 201}, {ADDRESS("100.64.0.1"), 201},
        {ADDRESS("172.31.255.1"), 201},   {ADDRESS("192.168.1.1"), 201},
        {ADDRESS("fd00::1"), 201},        {ADDRESS("8.8.8.8"), 400},
        {ADDRESS("100.128.0.1"), 400},    {ADDRESS("172.32.0.1"), 400},
        {ADDRESS("not-an-address"), 400},
    };
    NEW_BENCH(&sim_delays_instant);
    const char *gateway = bench_gateway(bench, "gate");
    for (size_t i = 0; i < LAT_COUNT(addresses); i++) {
        cr_expect_eq(create(bench, "SINGLE", gateway, addresses[i].rest), addresses[i].status, "%s",
                     addresses[i].rest);
        if (addresses[i].status == 201)
            bench_send(bench, "DELETE",
                       bench_format(bench, "/resourceconfigurations/%s", bench_text(bench, "id")),
                       NULL);
    }
}

Test(resource_configuration, has_port_ranges_within_the_ports)
{
    static const struct {
        const char *ranges;
        int status;
    } cases[] = {
        {"'80'", 201},    {"'80-90','443'", 201}, {"'1-65535'", 201}, {"'0'", 400},
        {"'65536'", 400}, {"'90-80'", 400},       {"'1-65536'", 400}, {"'80','0-1'", 400},
    };
    NEW_BENCH(&sim_delays_instant);
    const char *gateway = bench_gateway(bench, "gate");
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        int status =
            create(bench, "SINGLE", gateway,
                   bench_format(bench, "'portRanges':[%s]," ADDRESS("10.0.0.7"), cases[i].ranges));
        cr_expect_eq(status, cases[i].status, "%s", cases[i].ranges);
        if (status == 201)
            bench_send(bench, "DELETE",
                       bench_format(bench, "/resourceconfigurations/%s", bench_text(bench, "id")),
                       NULL);
        else
            cr_expect_str_eq(bench_text(bench, "fieldList[0].name"), "portRanges");
    }
}

Test(resource_configuration, of_type_arn_names_a_resource_of_aws)
{
    NEW_BENCH(&sim_delays_instant);
    cr_expect_eq(create(bench, "ARN", bench_gateway(bench, "gate"),
                        "'resourceConfigurationDefinition':{'arnResource':{'arn':"
                        "'arn:aws:rds:us-east-2:123456789012:cluster:db'}}"),
                 201);
}

Test(resource_configuration, of_a_child_takes_gateway_and_domain_from_its_group)
{
    NEW_BENCH(&sim_delays_instant);
    const char *gateway = bench_gateway(bench, "gate");
    bench_send(bench, "POST", "/domainverifications", "{'domainName':'example.com'}");
    const char *domain = bench_keep(bench, "id");
    cr_assert_eq(create(bench, "GROUP", gateway,
                        bench_format(bench,
                                     "'groupDomain':'example.com',"
                                     "'domainVerificationIdentifier':'%s'",
                                     domain)),
                 201);
    const char *group = bench_keep(bench, "id");
    const char *child = bench_child(bench, "child", group);
    bench_send(bench, "GET", bench_format(bench, "/resourceconfigurations/%s", child), NULL);
    cr_expect_str_eq(bench_text(bench, "resourceGatewayId"), gateway);
    cr_expect_str_eq(bench_text(bench, "resourceConfigurationGroupId"), group);
    cr_expect_str_eq(bench_text(bench, "domainVerificationId"), domain);
    cr_expect_str_eq(bench_text(bench, "domainVerificationStatus"), "VERIFIED");
    const char *outside =
        bench_format(bench,
                     "{'name':'other','type':'CHILD','resourceConfigurationGroupIdentifier':'%s',"
                     "'customDomainName':'db.example.org'," ADDRESS("10.0.0.7") "}",
                     group);
    cr_expect_eq(bench_send(bench, "POST", "/resourceconfigurations", outside), 400);
    cr_expect_str_eq(bench_text(bench, "fieldList[0].name"), "customDomainName");
    const char *grandchild = bench_format(
        bench,
        "{'name':'other','type':'CHILD','resourceConfigurationGroupIdentifier':'%s'," ADDRESS(
            "10.0.0.7") "}",
        child);
    cr_expect_eq(bench_send(bench, "POST", "/resourceconfigurations", grandchild), 400);
    bench_expect_refusal(bench, "ValidationException", "is not of type GROUP");
}

Test(resource_configuration, of_a_group_stays_while_it_has_children)
{
    NEW_BENCH(&sim_delays_instant);
    const char *group = bench_configuration(bench, "group", "GROUP", bench_gateway(bench, "gate"));
    const char *child = bench_child(bench, "child", group);
    const char *target = bench_format(bench, "/resourceconfigurations/%s", group);
    cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 409);
    bench_expect_refusal(bench, "ConflictException", "child");
    bench_send(bench, "DELETE", bench_format(bench, "/resourceconfigurations/%s", child), NULL);
    cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 204);
    cr_expect_eq(bench_send(bench, "GET", target, NULL), 404);
}

Test(resource_configuration, changes_address_ports_and_sharing)
{
    NEW_BENCH(&sim_delays_instant);
    const char *gateway = bench_gateway(bench, "gate");
    const char *target = bench_format(bench, "/resourceconfigurations/%s",
                                      bench_configuration(bench, "one", "SINGLE", gateway));
    cr_assert_eq(
        bench_send(bench, "PATCH", target,
                   "{'portRanges':['5432'],"
                   "'allowAssociationToShareableServiceNetwork':false," ADDRESS("10.0.0.8") "}"),
        200);
    cr_expect_str_eq(bench_text(bench, "portRanges[0]"), "5432");
    cr_expect(json_is_false(bench_at(bench, "allowAssociationToShareableServiceNetwork")));
    cr_expect_str_eq(bench_text(bench, "resourceConfigurationDefinition.ipResource.ipAddress"),
                     "10.0.0.8");
    cr_expect_eq(bench_send(bench, "PATCH", target, "{" ADDRESS("8.8.8.8") "}"), 400);
    cr_expect_eq(bench_send(bench, "PATCH", target,
                            "{'resourceConfigurationDefinition':{'dnsResource':"
                            "{'domainName':'db.internal'}}}"),
                 400);
    bench_expect_refusal(bench, "ValidationException",
                         "cannot modify resource configuration DNS or ARN");
}

Test(resource_configuration, is_found_by_gateway_group_and_domain)
{
    NEW_BENCH(&sim_delays_instant);
    const char *one = bench_gateway(bench, "one"), *two = bench_gateway(bench, "two");
    bench_configuration(bench, "first", "SINGLE", one);
    const char *group = bench_configuration(bench, "second", "GROUP", two);
    const char *child = bench_child(bench, "third", group);
    bench_send(bench, "GET",
               bench_format(bench, "/resourceconfigurations?resourceGatewayIdentifier=%s", two),
               NULL);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 2);
    bench_send(bench, "GET",
               bench_format(
                   bench, "/resourceconfigurations?resourceConfigurationGroupIdentifier=%s", group),
               NULL);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 1);
    cr_expect_str_eq(bench_text(bench, "items[0].id"), child);
    bench_send(bench, "GET",
               "/resourceconfigurations?domainVerificationIdentifier=dv-00000000000000000", NULL);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 0);
    bench_send(bench, "GET", "/resourceconfigurations?maxResults=2", NULL);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 2);
    cr_expect_not_null(bench_at(bench, "nextToken"));
}

Test(resource_configuration, counts_against_the_quotas_of_account_and_group)
{
    NEW_BENCH(&sim_delays_instant);
    const char *gateway = bench_gateway(bench, "gate");
    const char *group = bench_configuration(bench, "group", "GROUP", gateway);
    bench_child(bench, "child", group);
    bench_send(bench, "PUT", "/_lattice/quotas", "{'code':'L-9BC96FEF','value':1}");
    cr_expect_eq(bench_send(bench, "POST", "/resourceconfigurations",
                            bench_format(bench,
                                         "{'name':'sister','type':'CHILD',"
                                         "'resourceConfigurationGroupIdentifier':'%s'," ADDRESS(
                                             "10.0.0.7") "}",
                                         group)),
                 402);
    cr_expect_str_eq(bench_text(bench, "quotaCode"), "L-9BC96FEF");
    cr_expect_str_eq(bench_text(bench, "resourceId"), group);
    bench_send(bench, "PUT", "/_lattice/quotas", "{'code':'L-5FF8F9B9','value':2}");
    cr_expect_eq(create(bench, "SINGLE", gateway, ADDRESS("10.0.0.7")), 402);
    cr_expect_str_eq(bench_text(bench, "quotaCode"), "L-5FF8F9B9");
}

Test(resource_configuration, needs_what_it_refers_to)
{
    NEW_BENCH(&sim_delays_instant);
    cr_expect_eq(create(bench, "SINGLE", "rgw-00000000000000000", ADDRESS("10.0.0.7")), 404);
    cr_expect_str_eq(bench_text(bench, "resourceType"), "RESOURCE_GATEWAY");
    cr_expect_eq(
        create(bench, "SINGLE", bench_gateway(bench, "gate"),
               "'domainVerificationIdentifier':'dv-00000000000000000'," ADDRESS("10.0.0.7")),
        404);
    cr_expect_str_eq(bench_text(bench, "resourceType"), "DOMAIN_VERIFICATION");
}
