/* Calls to AWS against a scripted peer: what is retried, how errors are worded, paging, tokens. */
#include "controller/aws/client.h"

#include "common/base/json.h"
#include "common/base/tests/leaks.h"
#include "controller/tests/peer.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct lat_clock test_clock;
static struct lat_rng rng;
static int64_t waited_ms;
static int64_t longest_wait_ms;
static struct gwc_aws_options options;
static struct peer peer;

static bool sleep_in_test(void *context, int64_t wait_ms)
{
    (void)context;
    waited_ms += wait_ms;
    if (wait_ms > longest_wait_ms)
        longest_wait_ms = wait_ms;
    lat_clock_advance(&test_clock, wait_ms);
    return true;
}

static void set_up(void)
{
    setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
    lat_clock_init_virtual(&test_clock, LAT_CLOCK_VIRTUAL_START_MS);
    lat_rng_init(&rng, 1);
}

TestSuite(aws_client, .init = set_up, .fini = check_leaks, .timeout = 30);

static struct gwc_aws *start(const struct peer_reply *replies, size_t count)
{
    peer_start(&peer, replies, count);
    options = (struct gwc_aws_options){.region = "us-east-2",
                                       .lattice_endpoint = peer.url,
                                       .tagging_endpoint = peer.url,
                                       .acm_endpoint = peer.url,
                                       .clock = &test_clock,
                                       .rng = &rng,
                                       .sleeper = {sleep_in_test, NULL}};
    struct lat_err err = {0};
    struct gwc_aws *aws = gwc_aws_new(&options, &err);
    cr_assert_not_null(aws, "%s", err.message);
    return aws;
}

#define START(replies) start((replies), LAT_COUNT(replies))

static void stop(struct gwc_aws *aws)
{
    peer_stop(&peer);
    gwc_aws_free(aws);
}

static int get_service(struct gwc_aws *aws, struct lat_arena *arena, const void **ret_output,
                       struct gwc_aws_error *ret_error)
{
    const struct lat_get_service_request input = {.service_identifier = "svc-1"};
    return gwc_aws_call(aws, arena, LAT_OP_GET_SERVICE, &input, ret_output, ret_error);
}

Test(aws_client, a_call_is_signed_and_its_answer_is_read)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const struct peer_reply replies[] = {{200, "{\"id\":\"svc-1\",\"name\":\"orders\"}"}};
    struct gwc_aws *aws = START(replies);
    const void *output = NULL;
    struct gwc_aws_error error;
    cr_assert_eq(get_service(aws, arena, &output, &error), 0);
    const struct lat_get_service_response *service = output;
    cr_assert_str_eq(service->name, "orders");
    stop(aws);
    cr_assert_str_eq(peer.requests[0].target, "/services/svc-1");
    cr_assert_not_null(strstr(peer.requests[0].authorization,
                              "Credential=AKIDEXAMPLE/20240101/us-east-2/vpc-lattice/"));
    peer_done(&peer);
}

Test(aws_client, a_cut_connection_throttling_and_server_errors_are_tried_again)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const struct peer_reply replies[] = {
        {0},
        {429, "{\"message\":\"slow\"}", "x-amzn-ErrorType", "ThrottlingException"},
        {429},
        {503},
        {400, "{\"__type\":\"com.amazon#SlowDown\"}"},
        {200, "{\"id\":\"svc-1\"}"},
    };
    struct gwc_aws *aws = START(replies);
    const void *output = NULL;
    struct gwc_aws_error error;
    cr_assert_eq(get_service(aws, arena, &output, &error), 0);
    stop(aws);
    cr_assert_eq(peer.request_count, 6);
    cr_assert_gt(waited_ms, 0);
    peer_done(&peer);
}

Test(aws_client, a_conflict_is_not_tried_again_and_is_worded_as_the_sdk_words_it)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const struct peer_reply replies[] = {
        {409, "{\"message\":\"busy\",\"resourceId\":\"svc-1\",\"resourceType\":\"SERVICE\"}",
         "x-amzn-ErrorType", "ConflictException"}};
    struct gwc_aws *aws = START(replies);
    struct gwc_aws_error error;
    cr_assert_eq(get_service(aws, arena, NULL, &error), -1);
    stop(aws);
    cr_assert_eq(peer.request_count, 1);
    cr_assert(gwc_aws_error_is(&error, "ConflictException"));
    cr_assert_str_eq(error.text,
                     "operation error VPC Lattice: GetService, https response error StatusCode: "
                     "409, RequestID: , ConflictException: busy");
    peer_done(&peer);
}

Test(aws_client, the_request_id_stands_in_the_text)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const struct peer_reply replies[] = {
        {404, "{\"__type\":\"ResourceNotFoundException\",\"message\":\"gone\"}", "x-amzn-RequestId",
         "r-7"}};
    struct gwc_aws *aws = START(replies);
    struct gwc_aws_error error;
    cr_assert_eq(get_service(aws, arena, NULL, &error), -1);
    stop(aws);
    cr_assert_eq(error.status, 404);
    cr_assert_str_eq(error.text,
                     "operation error VPC Lattice: GetService, https response error StatusCode: "
                     "404, RequestID: r-7, ResourceNotFoundException: gone");
    peer_done(&peer);
}

Test(aws_client, it_gives_up_after_twenty_attempts_and_never_waits_longer_than_twenty_seconds)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct gwc_aws *aws = start(NULL, 0);
    struct gwc_aws_error error;
    cr_assert_eq(get_service(aws, arena, NULL, &error), -1);
    stop(aws);
    cr_assert_eq(peer.request_count, 20);
    cr_assert_leq(longest_wait_ms, 20000);
    cr_assert_gt(longest_wait_ms, 2000);
    cr_assert_not_null(strstr(error.text, "exceeded maximum number of attempts, 20, "));
    peer_done(&peer);
}

Test(aws_client, a_create_keeps_its_client_token_over_retries_and_changes_it_between_calls)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const struct peer_reply replies[] = {{0}, {201, "{\"id\":\"svc-1\"}"}, {201}};
    struct gwc_aws *aws = START(replies);
    const struct lat_create_service_request input = {.name = "orders"};
    struct gwc_aws_error error;
    cr_assert_eq(gwc_aws_call(aws, arena, LAT_OP_CREATE_SERVICE, &input, NULL, &error), 0);
    cr_assert_eq(gwc_aws_call(aws, arena, LAT_OP_CREATE_SERVICE, &input, NULL, &error), 0);
    stop(aws);
    cr_assert_eq(peer.request_count, 3);
    struct lat_err err;
    json_t *first = lat_json_parse_new(peer.requests[0].body, strlen(peer.requests[0].body), &err);
    cr_assert_eq(strlen(lat_json_string_at(first, "clientToken", "")), 36);
    json_decref(first);
    cr_assert_str_eq(peer.requests[0].body, peer.requests[1].body);
    cr_assert_str_neq(peer.requests[1].body, peer.requests[2].body);
    peer_done(&peer);
}

Test(aws_client, a_listing_reads_all_pages)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const struct peer_reply replies[] = {
        {200, "{\"items\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"nextToken\":\"t/2\"}"},
        {200, "{\"items\":[]  ,\"nextToken\":\"t3\"}"},
        {200, "{\"items\":[{\"name\":\"c\"}]}"},
    };
    struct gwc_aws *aws = START(replies);
    const struct lat_list_services_request input = {0};
    struct gwc_aws_error error;
    struct lat_list items;
    cr_assert_eq(gwc_aws_list(aws, arena, LAT_OP_LIST_SERVICES, &input, &items, &error), 0);
    stop(aws);
    const struct lat_service_summary *services = items.items;
    cr_assert_eq(items.count, 3);
    cr_assert_str_eq(services[1].name, "b");
    cr_assert_str_eq(services[2].name, "c");
    cr_assert_str_eq(peer.requests[1].target, "/services?nextToken=t%2F2");
    peer_done(&peer);
}
