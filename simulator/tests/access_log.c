/* Access log subscriptions: one for each source and type of destination; they go with their
 * source. */
#include "simulator/tests/bench.h"

#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(access_log, .fini = check_leaks);

#define LOGS  "arn:aws:logs:us-east-2:123456789012:log-group:/lattice:*"
#define OTHER "arn:aws:logs:us-east-2:123456789012:log-group:/other"
#define S3    "arn:aws:s3:::bucket-of-logs"

static int subscribe(struct bench *bench, const char *source, const char *destination,
                     const char *rest)
{
    return bench_send(bench, "POST", "/accesslogsubscriptions",
                      bench_format(bench, "{'resourceIdentifier':'%s','destinationArn':'%s'%s}",
                                   source, destination, rest));
}

static size_t count_of(struct bench *bench, const char *source)
{
    bench_send(bench, "GET",
               bench_format(bench, "/accesslogsubscriptions?resourceIdentifier=%s", source), NULL);
    return json_array_size(bench_at(bench, "items"));
}

Test(access_log, what_is_said_of_places_is_listed_replaced_forgotten_and_judged)
{
    static const struct {
        const char *body, *text;
    } wrong[] = {
        {"{'kind':'QUEUE','state':'missing'}", "kind must be"},
        {"{'kind':'BUCKET','state':'gone'}", "state must be"},
        {"{'kind':'BUCKET','reference':'','state':'missing'}", "reference must be"},
    };
    NEW_BENCH(&sim_delays_instant);
    const char *service = bench_service(bench, "orders");
    for (size_t i = 0; i < LAT_COUNT(wrong); i++) {
        cr_expect_eq(bench_send(bench, "PUT", "/_lattice/outside", wrong[i].body), 400);
        cr_expect_not_null(strstr(bench_text(bench, "message"), wrong[i].text));
    }
    bench_send(bench, "PUT", "/_lattice/outside", "{'kind':'BUCKET','state':'missing'}");
    bench_send(bench, "PUT", "/_lattice/outside",
               "{'kind':'BUCKET','reference':'" S3 "/path','state':'exists'}");
    cr_expect_eq(
        bench_send(bench, "PUT", "/_lattice/outside", "{'kind':'BUCKET','state':'denied'}"), 200);
    cr_expect_eq(json_array_size(bench_at(bench, "outside")), 2);
    cr_expect_eq(subscribe(bench, service, S3 "-2", ""), 403);
    cr_expect_eq(subscribe(bench, service, S3, ""), 201, "what is said of it itself comes first");
    cr_expect_eq(bench_send(bench, "DELETE", "/_lattice/outside", NULL), 200);
    cr_expect_eq(json_array_size(bench_at(bench, "outside")), 0);
}

Test(access_log, subscription_shows_its_source_and_its_destination_as_given)
{
    NEW_BENCH(&sim_delays_instant);
    const char *service = bench_service(bench, "orders");
    cr_assert_eq(subscribe(bench, service, LOGS, ""), 201);
    cr_expect_str_eq(bench_text(bench, "resourceId"), service);
    cr_expect_str_eq(bench_text(bench, "destinationArn"), LOGS);
    cr_expect_null(bench_at(bench, "serviceNetworkLogType"));
    cr_expect_eq(
        bench_send(bench, "GET",
                   bench_format(bench, "/accesslogsubscriptions/%s", bench_text(bench, "id")),
                   NULL),
        200);
    cr_expect_str_eq(bench_text(bench, "createdAt"), bench_text(bench, "lastUpdatedAt"));
}

Test(access_log, subscription_exists_once_for_each_type_of_destination)
{
    NEW_BENCH(&sim_delays_instant);
    const char *service = bench_service(bench, "orders");
    cr_assert_eq(subscribe(bench, service, LOGS, ""), 201);
    cr_expect_eq(subscribe(bench, service, OTHER, ""), 409);
    cr_expect_str_eq(bench_error(bench), "ConflictException");
    cr_expect_eq(subscribe(bench, service, S3, ""), 201);
    cr_expect_eq(
        subscribe(bench, service, "arn:aws:firehose:us-east-2:123456789012:deliverystream/s", ""),
        201);
    cr_expect_eq(subscribe(bench, bench_service(bench, "other"), LOGS, ""), 201);
    cr_expect_eq(count_of(bench, service), 3);
}

Test(access_log, subscription_of_a_network_is_for_services_or_for_resources)
{
    NEW_BENCH(&sim_delays_instant);
    const char *network = bench_network(bench, "net");
    cr_assert_eq(subscribe(bench, network, LOGS, ""), 201);
    cr_expect_str_eq(bench_text(bench, "serviceNetworkLogType"), "SERVICE");
    cr_expect_eq(subscribe(bench, network, LOGS, ",'serviceNetworkLogType':'SERVICE'"), 409);
    cr_expect_eq(subscribe(bench, network, LOGS, ",'serviceNetworkLogType':'RESOURCE'"), 201);
    cr_expect_eq(subscribe(bench, bench_service(bench, "orders"), LOGS,
                           ",'serviceNetworkLogType':'SERVICE'"),
                 400);
    cr_expect_str_eq(bench_text(bench, "fieldList[0].name"), "serviceNetworkLogType");
}

Test(access_log, subscription_needs_a_source_and_a_place_where_logs_can_go)
{
    NEW_BENCH(&sim_delays_instant);
    cr_expect_eq(subscribe(bench, "svc-00000000000000000", LOGS, ""), 404);
    cr_expect_str_eq(bench_text(bench, "resourceType"), "SERVICE");
    cr_expect_eq(subscribe(bench, "sn-00000000000000000", LOGS, ""), 404);
    cr_expect_str_eq(bench_text(bench, "resourceType"), "SERVICE_NETWORK");
    cr_expect_eq(subscribe(bench, bench_service(bench, "orders"),
                           "arn:aws:sqs:us-east-2:123456789012:queue", ""),
                 400);
    cr_expect_str_eq(bench_text(bench, "fieldList[0].name"), "destinationArn");
    cr_expect_eq(count_of(bench, "svc-00000000000000000"), 0);
}

Test(access_log, subscription_changes_its_destination_but_not_the_type)
{
    NEW_BENCH(&sim_delays_instant);
    subscribe(bench, bench_service(bench, "orders"), LOGS, "");
    const char *target = bench_format(bench, "/accesslogsubscriptions/%s", bench_text(bench, "id"));
    const char *arn = bench_keep(bench, "arn");
    bench_wait(bench, 1000);
    cr_assert_eq(bench_send(bench, "PATCH", target, "{'destinationArn':'" OTHER "'}"), 200);
    cr_expect_str_eq(bench_text(bench, "destinationArn"), OTHER ":*");
    cr_expect_str_eq(bench_text(bench, "arn"), arn);
    cr_expect_eq(bench_send(bench, "PATCH", target, "{'destinationArn':'" S3 "'}"), 409);
    cr_expect_str_eq(bench_error(bench), "ConflictException");
    bench_send(bench, "GET", target, NULL);
    cr_expect_str_eq(bench_text(bench, "destinationArn"), OTHER ":*");
    cr_expect_str_neq(bench_text(bench, "lastUpdatedAt"), bench_text(bench, "createdAt"));
}

Test(access_log, subscriptions_go_with_their_source)
{
    NEW_BENCH(&sim_delays_real);
    const char *service = bench_service(bench, "orders"), *network = bench_network(bench, "net");
    subscribe(bench, service, LOGS, "");
    subscribe(bench, network, LOGS, "");
    bench_send(bench, "DELETE", bench_format(bench, "/services/%s", service), NULL);
    cr_expect_eq(subscribe(bench, service, S3, ""), 409, "a service that goes takes no more");
    bench_wait(bench, sim_delays_real.service_ms);
    bench_send(bench, "DELETE", bench_format(bench, "/servicenetworks/%s", network), NULL);
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM access_log_subscription"), 0);
    cr_expect_eq(
        bench_count(bench, "SELECT count(*) FROM resource WHERE kind = 'accesslogsubscription'"),
        0);
}

Test(access_log, subscription_is_deleted_at_once_and_frees_its_place)
{
    NEW_BENCH(&sim_delays_real);
    const char *service = bench_service(bench, "orders");
    subscribe(bench, service, LOGS, ",'tags':{'a':'b'}");
    const char *target = bench_format(bench, "/accesslogsubscriptions/%s", bench_text(bench, "id"));
    bench_tagging(bench, "GetResources",
                  "{'ResourceTypeFilters':['vpc-lattice:accesslogsubscription']}");
    cr_expect_eq(json_array_size(bench_at(bench, "ResourceTagMappingList")), 1);
    cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 204);
    cr_expect_eq(bench_send(bench, "DELETE", target, NULL), 404);
    cr_expect_eq(subscribe(bench, service, LOGS, ""), 201);
}
