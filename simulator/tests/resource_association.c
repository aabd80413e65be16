/* Associations of a resource configuration with a service network, and what they hold. */
#include "simulator/tests/bench.h"

#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>

TestSuite(resource_association, .fini = check_leaks);

/* A configuration of type SINGLE on a gateway of its own. */
static const char *single(struct bench *bench)
{
    return bench_configuration(bench, "database", "SINGLE", bench_gateway(bench, "gate"));
}

static int associate(struct bench *bench, const char *configuration, const char *network)
{
    return bench_send(bench, "POST", "/servicenetworkresourceassociations",
                      bench_format(bench,
                                   "{'resourceConfigurationIdentifier':'%s',"
                                   "'serviceNetworkIdentifier':'%s'}",
                                   configuration, network));
}

Test(resource_association, becomes_active_and_shows_both_ends)
{
    NEW_BENCH(&sim_delays_real);
    const char *configuration = single(bench), *network = bench_network(bench, "net");
    cr_assert_eq(associate(bench, configuration, network), 201);
    cr_expect_str_eq(bench_text(bench, "status"), "CREATE_IN_PROGRESS");
    cr_expect_str_eq(bench_text(bench, "createdBy"), "123456789012");
    const char *id = bench_keep(bench, "id");
    const char *target = bench_format(bench, "/servicenetworkresourceassociations/%s", id);
    cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 409);
    bench_expect_refusal(bench, "ConflictException", "Creation is in progress.");
    bench_wait(bench, sim_delays_real.resource_association_ms);
    bench_send(bench, "GET", target, NULL);
    cr_expect_str_eq(bench_text(bench, "status"), "ACTIVE");
    cr_expect_str_eq(bench_text(bench, "resourceConfigurationId"), configuration);
    cr_expect_str_eq(bench_text(bench, "serviceNetworkName"), "net");
    cr_expect_str_eq(
        bench_text(bench, "dnsEntry.domainName"),
        bench_format(bench, "%s.%s.4232ccc.vpc-lattice-rsc.us-east-2.on.aws", id, configuration));
    cr_expect(json_is_false(bench_at(bench, "isManagedAssociation")));
    cr_expect(json_is_false(bench_at(bench, "privateDnsEnabled")));
    cr_expect_null(bench_at(bench, "privateDnsEntry"));
}

Test(resource_association, shows_the_custom_domain_with_private_dns)
{
    NEW_BENCH(&sim_delays_instant);
    bench_send(bench, "POST", "/resourceconfigurations",
               bench_format(bench,
                            "{'name':'database','type':'SINGLE','resourceGatewayIdentifier':'%s',"
                            "'customDomainName':'db.example.com','resourceConfigurationDefinition':"
                            "{'dnsResource':{'domainName':'db.internal'}}}",
                            bench_gateway(bench, "gate")));
    const char *configuration = bench_keep(bench, "id");
    bench_send(bench, "POST", "/servicenetworkresourceassociations",
               bench_format(bench,
                            "{'resourceConfigurationIdentifier':'%s','privateDnsEnabled':true,"
                            "'serviceNetworkIdentifier':'%s'}",
                            configuration, bench_network(bench, "net")));
    cr_expect(json_is_true(bench_at(bench, "privateDnsEnabled")));
    bench_send(
        bench, "GET",
        bench_format(bench, "/servicenetworkresourceassociations/%s", bench_text(bench, "id")),
        NULL);
    cr_expect_str_eq(bench_text(bench, "privateDnsEntry.domainName"), "db.example.com");
}

Test(resource_association, exists_once_for_each_pair)
{
    NEW_BENCH(&sim_delays_real);
    const char *configuration = single(bench), *network = bench_network(bench, "net");
    const char *id = bench_resource_association(bench, configuration, network);
    cr_expect_eq(associate(bench, configuration, network), 409);
    bench_expect_refusal(bench, "ConflictException", "Association already exists.");
    bench_send(bench, "DELETE", bench_format(bench, "/servicenetworkresourceassociations/%s", id),
               NULL);
    cr_expect_eq(associate(bench, configuration, network), 409);
    bench_expect_refusal(bench, "ConflictException", "disassociation in progress");
    bench_wait(bench, sim_delays_real.resource_association_ms);
    cr_expect_eq(associate(bench, configuration, network), 201);
}

Test(resource_association, holds_both_ends)
{
    NEW_BENCH(&sim_delays_real);
    const char *configuration = single(bench), *network = bench_network(bench, "net");
    const char *id = bench_resource_association(bench, configuration, network);
    const char *networks = bench_format(bench, "/servicenetworks/%s", network);
    const char *configurations = bench_format(bench, "/resourceconfigurations/%s", configuration);
    cr_expect_eq(bench_send(bench, "DELETE", networks, NULL), 409);
    bench_expect_refusal(bench, "ConflictException", "has resource(s) associated.");
    cr_expect_eq(bench_send(bench, "DELETE", configurations, NULL), 400);
    bench_expect_refusal(bench, "ValidationException",
                         "has existing association with service networks");
    bench_send(bench, "DELETE", bench_format(bench, "/servicenetworkresourceassociations/%s", id),
               NULL);
    cr_expect_eq(bench_send(bench, "DELETE", configurations, NULL), 400, "until it is gone");
    bench_wait(bench, sim_delays_real.resource_association_ms);
    cr_expect_eq(bench_send(bench, "DELETE", configurations, NULL), 204);
    cr_expect_eq(bench_send(bench, "DELETE", networks, NULL), 204);
}

Test(resource_association, is_counted_by_its_network)
{
    NEW_BENCH(&sim_delays_instant);
    bench_resource_association(bench, single(bench), bench_network(bench, "net"));
    bench_send(bench, "GET", "/servicenetworks", NULL);
    cr_expect_eq(bench_number(bench, "items[0].numberOfAssociatedResourceConfigurations"), 1);
}

Test(resource_association, is_found_by_network_configuration_and_children)
{
    NEW_BENCH(&sim_delays_instant);
    const char *gateway = bench_gateway(bench, "gate"), *network = bench_network(bench, "net");
    const char *group = bench_configuration(bench, "group", "GROUP", gateway);
    const char *child = bench_child(bench, "child", group);
    bench_resource_association(bench, group, network);
    const char *of_child = bench_resource_association(bench, child, network);
    bench_resource_association(bench, child, bench_network(bench, "other"));
    const struct {
        const char *query;
        size_t count;
    } lists[] = {
        {"", 3},
        {bench_format(bench, "?serviceNetworkIdentifier=%s", network), 2},
        {bench_format(bench, "?resourceConfigurationIdentifier=%s", group), 1},
        {bench_format(bench, "?resourceConfigurationIdentifier=%s&includeChildren=true", group), 3},
        {bench_format(bench, "?resourceConfigurationIdentifier=%s&serviceNetworkIdentifier=%s",
                      child, network),
         1},
    };
    for (size_t i = 0; i < LAT_COUNT(lists); i++) {
        bench_send(bench, "GET",
                   bench_format(bench, "/servicenetworkresourceassociations%s", lists[i].query),
                   NULL);
        cr_expect_eq(json_array_size(bench_at(bench, "items")), lists[i].count, "%s",
                     lists[i].query);
    }
    cr_expect_str_eq(bench_text(bench, "items[0].id"), of_child);
}

Test(resource_association, counts_against_the_quota_of_the_network)
{
    NEW_BENCH(&sim_delays_instant);
    bench_send(bench, "PUT", "/_lattice/quotas", "{'code':'L-6095700C','value':0}");
    const char *network = bench_network(bench, "net");
    cr_expect_eq(associate(bench, single(bench), network), 402);
    cr_expect_str_eq(bench_text(bench, "quotaCode"), "L-6095700C");
    cr_expect_str_eq(bench_text(bench, "resourceId"), network);
}

Test(resource_association, needs_both_ends)
{
    NEW_BENCH(&sim_delays_instant);
    const char *configuration = single(bench);
    cr_expect_eq(associate(bench, configuration, "no-network"), 404);
    cr_expect_str_eq(bench_text(bench, "resourceType"), "SERVICE_NETWORK");
    cr_expect_eq(associate(bench, "rcfg-00000000000000000", bench_network(bench, "net")), 404);
    cr_expect_str_eq(bench_text(bench, "resourceType"), "RESOURCE_CONFIGURATION");
}
