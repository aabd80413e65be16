/* Sharing with another account: what the sharee sees, what it may do, and who may end what. */
#include "simulator/tests/bench.h"

#include "common/base/tests/leaks.h"
#include "common/base/text.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(share, .fini = check_leaks);

#define OWNER  "123456789012"
#define SHAREE "210987654321"

static void act_as(struct bench *bench, const char *account)
{
    bench_sim(bench)->config.account = account;
}

static void share(struct bench *bench, const char *method, const char *resource)
{
    const char *body = bench_format(bench, "{'resource':'%s','account':'" SHAREE "'}", resource);
    cr_assert_eq(bench_send(bench, method, "/_lattice/shares", body), 200, "%s",
                 bench_text(bench, "message"));
}

static const char *arn_of(struct bench *bench, const char *path, const char *id)
{
    bench_send(bench, "GET", bench_format(bench, "/%s/%s", path, id), NULL);
    return bench_keep(bench, "arn");
}

static int associate_service(struct bench *bench, const char *service, const char *network)
{
    return bench_send(bench, "POST", "/servicenetworkserviceassociations",
                      bench_format(bench,
                                   "{'serviceIdentifier':'%s','serviceNetworkIdentifier':'%s'}",
                                   service, network));
}

static int associate_vpc(struct bench *bench, const char *network)
{
    return bench_send(bench, "POST", "/servicenetworkvpcassociations",
                      bench_format(bench,
                                   "{'vpcIdentifier':'vpc-0123456789abcdef0',"
                                   "'serviceNetworkIdentifier':'%s'}",
                                   network));
}

Test(share, a_sharee_lists_and_gets_by_arn_and_by_id)
{
    static const struct {
        const char *path;
        const char *(*make)(struct bench *, const char *);
    } kinds[] = {{"services", bench_service}, {"servicenetworks", bench_network}};
    for (size_t i = 0; i < LAT_COUNT(kinds); i++) {
        NEW_BENCH(&sim_delays_instant);
        act_as(bench, OWNER);
        const char *id = kinds[i].make(bench, "shared"), *path = kinds[i].path;
        kinds[i].make(bench, "private");
        const char *arn = arn_of(bench, path, id);
        share(bench, "POST", id);
        act_as(bench, SHAREE);
        bench_send(bench, "GET", bench_format(bench, "/%s", path), NULL);
        cr_expect_eq(json_array_size(bench_at(bench, "items")), 1);
        cr_expect_str_eq(bench_text(bench, "items[0].arn"), arn, "the owner's account is in it");
        cr_expect_eq(bench_send(bench, "GET", bench_at_arn(bench, path, arn), NULL), 200);
        cr_expect_eq(bench_send(bench, "GET", bench_format(bench, "/%s/%s", path, id), NULL), 200);
        cr_expect_str_eq(bench_text(bench, "name"), "shared");
        act_as(bench, "999999999999");
        cr_expect_eq(bench_send(bench, "GET", bench_format(bench, "/%s/%s", path, id), NULL), 404);
        bench_send(bench, "GET", bench_format(bench, "/%s", path), NULL);
        cr_expect_eq(json_array_size(bench_at(bench, "items")), 0);
    }
}

Test(share, a_sharee_may_not_change_what_is_shared)
{
    NEW_BENCH(&sim_delays_instant);
    const char *service = bench_service(bench, "orders"), *network = bench_network(bench, "net");
    const char *arn = arn_of(bench, "services", service);
    share(bench, "POST", service);
    share(bench, "POST", network);
    act_as(bench, SHAREE);
    const char *at_service = bench_format(bench, "/services/%s", service);
    const struct {
        const char *method, *target, *body;
    } denied[] = {
        {"PATCH", at_service, "{'authType':'AWS_IAM'}"},
        {"DELETE", at_service, NULL},
        {"GET", bench_format(bench, "%s/listeners", at_service), NULL},
        {"POST", bench_format(bench, "%s/listeners", at_service),
         "{'name':'http','protocol':'HTTP','defaultAction':{'fixedResponse':{'statusCode':404}}}"},
        {"DELETE", bench_format(bench, "/servicenetworks/%s", network), NULL},
        {"GET", bench_format(bench, "/authpolicy/%s", service), NULL},
        {"GET", bench_at_arn(bench, "tags", arn), NULL},
        {"POST", bench_at_arn(bench, "tags", arn), "{'tags':{'a':'b'}}"},
    };
    for (size_t i = 0; i < LAT_COUNT(denied); i++) {
        cr_expect_eq(bench_send(bench, denied[i].method, denied[i].target, denied[i].body), 403,
                     "%s %s", denied[i].method, denied[i].target);
        cr_expect_str_eq(bench_error(bench), "AccessDeniedException");
    }
    bench_send(bench, "DELETE", at_service, NULL);
    cr_expect_str_eq(bench_text(bench, "message"),
                     bench_format(bench,
                                  "User: arn:aws:iam::" SHAREE ":user/AKIDEXAMPLE is not "
                                  "authorized to perform: vpc-lattice:DeleteService on resource: "
                                  "%s",
                                  arn));
}

Test(share, a_local_name_may_equal_a_shared_one)
{
    NEW_BENCH(&sim_delays_instant);
    share(bench, "POST", bench_network(bench, "net"));
    act_as(bench, SHAREE);
    bench_network(bench, "net");
    bench_send(bench, "GET", "/servicenetworks", NULL);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 2);
}

Test(share, a_consumer_associates_and_the_owner_of_the_network_sees_and_ends_it)
{
    NEW_BENCH(&sim_delays_instant);
    const char *network = bench_network(bench, "net");
    share(bench, "POST", network);
    act_as(bench, SHAREE);
    const char *service = bench_service(bench, "orders");
    cr_assert_eq(associate_service(bench, service, network), 200);
    cr_expect_str_eq(bench_text(bench, "createdBy"), SHAREE);
    const char *id = bench_keep(bench, "id");
    const char *target = bench_format(bench, "/servicenetworkserviceassociations/%s", id);
    bench_send(bench, "GET", target, NULL);
    cr_expect_not_null(strstr(bench_text(bench, "arn"), ":" SHAREE ":"));
    act_as(bench, OWNER);
    const char *list = bench_format(
        bench, "/servicenetworkserviceassociations?serviceNetworkIdentifier=%s", network);
    bench_send(bench, "GET", list, NULL);
    cr_expect_str_eq(bench_text(bench, "items[0].id"), id);
    cr_expect_eq(bench_send(bench, "GET", target, NULL), 200);
    cr_expect_not_null(strstr(bench_text(bench, "arn"), ":" OWNER ":"),
                       "with the viewer's account");
    cr_expect_str_eq(bench_text(bench, "createdBy"), SHAREE);
    const char *arn = bench_keep(bench, "arn");
    cr_expect_eq(bench_send(bench, "GET",
                            bench_at_arn(bench, "servicenetworkserviceassociations", arn), NULL),
                 200);
    act_as(bench, "999999999999");
    cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 404);
    act_as(bench, OWNER);
    cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 200);
    cr_expect_eq(bench_send(bench, "GET", target, NULL), 404);
}

Test(share, a_consumer_ends_only_its_own_associations)
{
    NEW_BENCH(&sim_delays_instant);
    const char *network = bench_network(bench, "net");
    share(bench, "POST", network);
    act_as(bench, SHAREE);
    const char *service = bench_service(bench, "orders");
    act_as(bench, OWNER);
    cr_assert_eq(
        bench_send(bench, "POST", "/_lattice/shares",
                   bench_format(bench, "{'resource':'%s','account':'" OWNER "'}", service)),
        200);
    cr_assert_eq(associate_service(bench, service, network), 200);
    const char *target =
        bench_format(bench, "/servicenetworkserviceassociations/%s", bench_text(bench, "id"));
    act_as(bench,
           SHAREE); /* owns the service, but neither made the association nor owns the network */
    cr_expect_eq(bench_send(bench, "GET", target, NULL), 200);
    cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 403);
    act_as(bench, OWNER);
    cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 200);
}

Test(share, the_creator_alone_updates_a_vpc_association)
{
    NEW_BENCH(&sim_delays_instant);
    const char *network = bench_network(bench, "net");
    share(bench, "POST", network);
    act_as(bench, SHAREE);
    cr_assert_eq(associate_vpc(bench, network), 200);
    const char *target =
        bench_format(bench, "/servicenetworkvpcassociations/%s", bench_text(bench, "id"));
    const char *groups = "{'securityGroupIds':['sg-0123456789abcdef0']}";
    act_as(bench, OWNER);
    cr_expect_eq(bench_send(bench, "PATCH", target, groups), 403);
    bench_send(
        bench, "GET",
        bench_format(bench, "/servicenetworkvpcassociations?serviceNetworkIdentifier=%s", network),
        NULL);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 1);
    act_as(bench, SHAREE);
    cr_expect_eq(bench_send(bench, "PATCH", target, groups), 200);
    act_as(bench, OWNER);
    cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 200);
}

Test(share, one_of_two_ends_must_be_the_callers_own)
{
    NEW_BENCH(&sim_delays_instant);
    const char *network = bench_network(bench, "net"), *service = bench_service(bench, "orders");
    share(bench, "POST", network);
    share(bench, "POST", service);
    act_as(bench, SHAREE);
    cr_expect_eq(associate_service(bench, service, network), 403);
    cr_expect_eq(associate_service(bench, service, bench_network(bench, "mine")), 200);
}

Test(share, an_ended_share_leaves_associations_and_refuses_new_ones)
{
    NEW_BENCH(&sim_delays_instant);
    const char *network = bench_network(bench, "net");
    share(bench, "POST", network);
    act_as(bench, SHAREE);
    const char *service = bench_service(bench, "orders");
    cr_assert_eq(associate_service(bench, service, network), 200);
    const char *target =
        bench_format(bench, "/servicenetworkserviceassociations/%s", bench_text(bench, "id"));
    share(bench, "DELETE", network);
    cr_expect_eq(json_array_size(bench_at(bench, "shares")), 0);
    cr_expect_eq(bench_send(bench, "GET", target, NULL), 200);
    cr_expect_eq(associate_vpc(bench, network), 404);
    cr_expect_eq(
        bench_send(bench, "GET", bench_format(bench, "/servicenetworks/%s", network), NULL), 404);
    act_as(bench, OWNER);
    cr_expect_eq(bench_send(bench, "GET", target, NULL), 200);
    cr_expect_eq(
        bench_send(bench, "DELETE", bench_format(bench, "/servicenetworks/%s", network), NULL),
        409);
}

Test(share, a_resource_configuration_is_shared_too)
{
    NEW_BENCH(&sim_delays_instant);
    const char *configuration =
        bench_configuration(bench, "database", "SINGLE", bench_gateway(bench, "gateway"));
    share(bench, "POST", configuration);
    act_as(bench, SHAREE);
    bench_send(bench, "GET", "/resourceconfigurations", NULL);
    cr_expect_str_eq(bench_text(bench, "items[0].id"), configuration);
    const char *network = bench_network(bench, "mine");
    bench_resource_association(bench, configuration, network);
    act_as(bench, OWNER);
    bench_send(bench, "GET",
               bench_format(
                   bench, "/servicenetworkresourceassociations?resourceConfigurationIdentifier=%s",
                   configuration),
               NULL);
    cr_expect_str_eq(bench_text(bench, "items[0].createdBy"), SHAREE);
}

Test(share, what_cannot_be_shared_is_refused)
{
    static const struct {
        const char *body, *text;
    } wrong[] = {
        {"{'resource':'svc-00000000000000000','account':'210987654321'}", "must be the id or ARN"},
        {"{'resource':'%s','account':'x'}", "12 digits"},
        {"{'resource':'%s','account':'123456789012'}", "belongs to this account"},
        {"{'resource':'%s','account':'210987654321'}", "sharingConfig.enabled false"},
    };
    NEW_BENCH(&sim_delays_instant);
    bench_send(bench, "POST", "/servicenetworks",
               "{'name':'closed','sharingConfig':{'enabled':false}}");
    const char *id = bench_keep(bench, "id");
    for (size_t i = 0; i < LAT_COUNT(wrong); i++) {
        char body[128];
        const char *place = strstr(wrong[i].body, "%s");
        if (place == NULL)
            strncpy(body, wrong[i].body, sizeof body - 1);
        else
            snprintf(body, sizeof body, "%.*s%s%s", (int)(place - wrong[i].body), wrong[i].body, id,
                     place + 2);
        cr_expect_eq(bench_send(bench, "POST", "/_lattice/shares", body), 400, "%s", body);
        cr_expect_not_null(strstr(bench_text(bench, "message"), wrong[i].text), "%s",
                           bench_text(bench, "message"));
    }
    cr_expect_eq(bench_send(bench, "DELETE", "/_lattice/shares",
                            bench_format(bench, "{'resource':'%s','account':'" SHAREE "'}",
                                         bench_service(bench, "orders"))),
                 404);
}
