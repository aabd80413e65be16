/* VPC endpoints, which the admin API makes in EC2's place: listed, let go, and in the way of what
 * they are connected to. */
#include "simulator/tests/bench.h"

#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(endpoint_association, .fini = check_leaks);

#define ENDPOINT "vpce-0123456789abcdef0"

Test(endpoint_association, of_a_configuration_is_listed_and_holds_it_until_it_is_deleted)
{
    NEW_BENCH(&sim_delays_instant);
    const char *configuration =
        bench_configuration(bench, "database", "SINGLE", bench_gateway(bench, "gate"));
    cr_assert_eq(bench_send(bench, "POST", "/_lattice/endpoints",
                            bench_format(bench,
                                         "{'resourceConfiguration':'%s','owner':'210987654321',"
                                         "'vpcEndpointId':'" ENDPOINT "'}",
                                         configuration)),
                 200);
    const char *id = bench_keep(bench, "id");
    const char *list = bench_format(
        bench, "/resourceendpointassociations?resourceConfigurationIdentifier=%s", configuration);
    cr_assert_eq(bench_send(bench, "GET", list, NULL), 200);
    cr_expect_str_eq(bench_text(bench, "items[0].id"), id);
    cr_expect_str_eq(bench_text(bench, "items[0].vpcEndpointId"), ENDPOINT);
    cr_expect_str_eq(bench_text(bench, "items[0].vpcEndpointOwner"), "210987654321");
    cr_expect_str_eq(bench_text(bench, "items[0].resourceConfigurationName"), "database");
    bench_send(bench, "GET", bench_format(bench, "%s&vpcEndpointOwner=123456789012", list), NULL);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 0);
    bench_send(bench, "GET", bench_format(bench, "%s&vpcEndpointId=" ENDPOINT, list), NULL);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 1);
    const char *held = bench_format(bench, "/resourceconfigurations/%s", configuration);
    cr_expect_eq(bench_send(bench, "DELETE", held, NULL), 400);
    bench_expect_refusal(bench, "ValidationException", "existing association");
    cr_assert_eq(bench_send(bench, "DELETE",
                            bench_format(bench, "/resourceendpointassociations/%s", id), NULL),
                 200);
    cr_expect_str_eq(bench_text(bench, "vpcEndpointId"), ENDPOINT);
    cr_expect_str_eq(bench_text(bench, "resourceConfigurationId"), configuration);
    cr_expect_eq(bench_send(bench, "DELETE", held, NULL), 204);
}

Test(endpoint_association, of_a_network_is_listed_and_holds_it_until_the_endpoint_goes)
{
    NEW_BENCH(&sim_delays_instant);
    const char *network = bench_network(bench, "net");
    const char *body = bench_format(bench,
                                    "{'serviceNetwork':'%s','vpcEndpointId':'" ENDPOINT
                                    "','vpcId':'vpc-0123456789abcdef0'}",
                                    network);
    cr_assert_eq(bench_send(bench, "POST", "/_lattice/endpoints", body), 200);
    cr_expect_eq(bench_send(bench, "POST", "/_lattice/endpoints", body), 409);
    bench_send(bench, "GET",
               bench_format(bench,
                            "/servicenetworkvpcendpointassociations?serviceNetworkIdentifier=%s",
                            network),
               NULL);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 1);
    cr_expect_str_eq(bench_text(bench, "items[0].vpcEndpointId"), ENDPOINT);
    cr_expect_str_eq(bench_text(bench, "items[0].vpcId"), "vpc-0123456789abcdef0");
    cr_expect_str_eq(bench_text(bench, "items[0].state"), "available");
    const char *held = bench_format(bench, "/servicenetworks/%s", network);
    cr_expect_eq(bench_send(bench, "DELETE", held, NULL), 409);
    bench_expect_refusal(bench, "ConflictException", "VPC endpoint(s)");
    cr_assert_eq(
        bench_send(bench, "DELETE", "/_lattice/endpoints", "{'vpcEndpointId':'" ENDPOINT "'}"),
        200);
    cr_expect_eq(bench_send(bench, "DELETE", held, NULL), 204);
}

Test(endpoint_association, of_networks_count_against_their_quota)
{
    NEW_BENCH(&sim_delays_instant);
    bench_send(bench, "PUT", "/_lattice/quotas", "{'code':'L-89DEA27F','value':1}");
    const char *body = bench_format(bench, "{'serviceNetwork':'%s'}", bench_network(bench, "net"));
    cr_expect_eq(bench_send(bench, "POST", "/_lattice/endpoints", body), 200);
    cr_expect_eq(bench_send(bench, "POST", "/_lattice/endpoints", body), 402);
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM network_endpoint"), 1);
}

Test(endpoint_association, is_refused_with_what_is_wrong)
{
    static const struct {
        const char *method, *body;
        int status;
        const char *text;
    } wrong[] = {
        {"POST", "{}", 400, "one of serviceNetwork and resourceConfiguration"},
        {"POST", "{'serviceNetwork':'a','resourceConfiguration':'b'}", 400, "one of"},
        {"POST", "{'serviceNetwork':'sn-00000000000000000'}", 404, "not found"},
        {"POST", "{'serviceNetwork':'a','vpcEndpointId':'x'}", 400, "vpce- and 17"},
        {"POST", "{'serviceNetwork':'a','owner':'me'}", 400, "12 digits"},
        {"DELETE", "{}", 400, "vpcEndpointId is required"},
        {"DELETE", "{'vpcEndpointId':'" ENDPOINT "'}", 404, "no association"},
    };
    NEW_BENCH(&sim_delays_instant);
    for (size_t i = 0; i < LAT_COUNT(wrong); i++) {
        cr_expect_eq(bench_send(bench, wrong[i].method, "/_lattice/endpoints", wrong[i].body),
                     wrong[i].status, "%zu", i);
        cr_expect_not_null(strstr(bench_text(bench, "message"), wrong[i].text), "%s",
                           bench_text(bench, "message"));
    }
}

Test(endpoint_association, lists_of_an_unknown_network_are_refused)
{
    NEW_BENCH(&sim_delays_instant);
    cr_expect_eq(bench_send(bench, "GET", "/servicenetworkvpcendpointassociations", NULL), 400);
    cr_expect_eq(bench_send(bench, "GET",
                            "/servicenetworkvpcendpointassociations?serviceNetworkIdentifier="
                            "sn-00000000000000000",
                            NULL),
                 404);
}
