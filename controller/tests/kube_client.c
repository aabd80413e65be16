/* The Kubernetes side against a scripted peer: finalizers under conflict, events that repeat, list
 * and watch with all that goes wrong, kubeconfig files. */
#include "controller/kube/client.h"

#include "common/base/file.h"
#include "common/base/json.h"
#include "common/base/tests/leaks.h"
#include "controller/kube/events.h"
#include "controller/kube/finalizer.h"
#include "controller/kube/informer.h"
#include "controller/kube/kubeconfig.h"
#include "controller/model/object.h"
#include "controller/tests/peer.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct lat_clock test_clock;
static struct lat_rng rng;
static int64_t waits_ms[8];
static size_t wait_count;
static struct gwc_kube_access server_access;
static struct peer peer;

static bool sleep_in_test(void *context, int64_t wait_ms)
{
    (void)context;
    waits_ms[wait_count++] = wait_ms;
    return true;
}

static const struct gwc_sleeper sleeper = {sleep_in_test, NULL};

static void set_up(void)
{
    lat_clock_init_virtual(&test_clock, LAT_CLOCK_VIRTUAL_START_MS);
    lat_rng_init(&rng, 1);
}

TestSuite(kube_client, .init = set_up, .fini = check_leaks, .timeout = 30);

static struct gwc_kube *start(const struct peer_reply *replies, size_t count)
{
    peer_start(&peer, replies, count);
    server_access = (struct gwc_kube_access){.server = peer.url};
    return gwc_kube_new(&server_access, &test_clock);
}

#define START(replies) start((replies), LAT_COUNT(replies))

static void stop(struct gwc_kube *kube)
{
    peer_stop(&peer);
    gwc_kube_free(kube);
}

static json_t *parse(const char *text)
{
    struct lat_err err;
    return lat_json_parse_new(text, strlen(text), &err);
}

#define STATUS_CONFLICT                                                                            \
    "{\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":\"Conflict\",\"message\":\"stale\","   \
    "\"code\":409}"

Test(kube_client, a_finalizer_is_added_by_a_patch_that_carries_the_version)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const struct peer_reply replies[] = {
        {200, "{\"metadata\":{\"name\":\"orders\",\"resourceVersion\":\"8\"}}"}};
    struct gwc_kube *kube = START(replies);
    json_t *object = parse("{\"metadata\":{\"name\":\"orders\",\"namespace\":\"shop\","
                           "\"resourceVersion\":\"7\",\"finalizers\":[\"other\"]}}");
    struct gwc_kube_error error;
    cr_assert_eq(gwc_finalizer_set(kube, arena, &sleeper, &gwc_kinds[GWC_KIND_HTTP_ROUTE], &object,
                                   "mine", true, &error),
                 0);
    cr_assert_str_eq(lat_json_string_at(object, "metadata.resourceVersion", ""), "8");
    json_decref(object);
    stop(kube);
    cr_assert_str_eq(peer.requests[0].method, "PATCH");
    cr_assert_str_eq(peer.requests[0].target,
                     "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/orders");
    cr_assert_str_eq(peer.requests[0].content_type, "application/merge-patch+json");
    cr_assert_str_eq(
        peer.requests[0].body,
        "{\"metadata\":{\"finalizers\":[\"other\",\"mine\"],\"resourceVersion\":\"7\"}}");
    peer_done(&peer);
}

Test(kube_client, a_finalizer_that_is_there_needs_no_call)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct gwc_kube *kube = start(NULL, 0);
    json_t *object = parse("{\"metadata\":{\"name\":\"orders\",\"finalizers\":[\"mine\"]}}");
    struct gwc_kube_error error;
    cr_assert_eq(gwc_finalizer_set(kube, arena, &sleeper, &gwc_kinds[GWC_KIND_HTTP_ROUTE], &object,
                                   "mine", true, &error),
                 0);
    json_decref(object);
    stop(kube);
    cr_assert_eq(peer.request_count, 0);
    peer_done(&peer);
}

Test(kube_client, a_finalizer_conflict_reads_the_object_again_and_retries)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const struct peer_reply replies[] = {
        {409, STATUS_CONFLICT},
        {200, "{\"metadata\":{\"name\":\"orders\",\"resourceVersion\":\"9\"}}"},
        {200, "{\"metadata\":{\"name\":\"orders\",\"resourceVersion\":\"10\"}}"},
    };
    struct gwc_kube *kube = START(replies);
    json_t *object = parse("{\"metadata\":{\"name\":\"orders\",\"resourceVersion\":\"7\"}}");
    struct gwc_kube_error error;
    cr_assert_eq(gwc_finalizer_set(kube, arena, &sleeper, &gwc_kinds[GWC_KIND_GATEWAY_CLASS],
                                   &object, "mine", true, &error),
                 0);
    json_decref(object);
    stop(kube);
    cr_assert_str_eq(peer.requests[1].method, "GET");
    cr_assert_str_eq(peer.requests[2].body,
                     "{\"metadata\":{\"finalizers\":[\"mine\"],\"resourceVersion\":\"9\"}}");
    cr_assert_eq(waits_ms[0], 10);
    peer_done(&peer);
}

Test(kube_client, a_finalizer_is_given_up_after_four_conflicts)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const struct peer_reply fresh = {200, "{\"metadata\":{\"name\":\"orders\"}}"};
    const struct peer_reply refused = {409, STATUS_CONFLICT};
    const struct peer_reply replies[] = {refused, fresh, refused, fresh, refused, fresh, refused};
    struct gwc_kube *kube = START(replies);
    json_t *object = parse("{\"metadata\":{\"name\":\"orders\"}}");
    struct gwc_kube_error error;
    cr_assert_eq(gwc_finalizer_set(kube, arena, &sleeper, &gwc_kinds[GWC_KIND_GATEWAY_CLASS],
                                   &object, "mine", true, &error),
                 -1);
    json_decref(object);
    stop(kube);
    cr_assert_eq(error.status, 409);
    cr_assert_str_eq(error.reason, "Conflict");
    cr_assert_str_eq(error.message, "stale");
    cr_assert_eq(peer.request_count, 7);
    cr_assert_eq(waits_ms[2], 250);
    peer_done(&peer);
}

Test(kube_client, a_merge_patch_holds_only_what_differs)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    json_t *before = parse("{\"a\":{\"b\":1,\"c\":[1,2]},\"gone\":1,\"same\":{\"x\":1}}");
    json_t *after = parse("{\"a\":{\"b\":2,\"c\":[1,2,3]},\"new\":true,\"same\":{\"x\":1}}");
    json_t *patch = gwc_merge_patch_new(before, after);
    cr_assert_str_eq(lat_json_canonical(arena, patch),
                     "{\"a\":{\"b\":2,\"c\":[1,2,3]},\"gone\":null,\"new\":true}");
    json_t *none = gwc_merge_patch_new(after, after);
    cr_assert_str_eq(lat_json_text(arena, none), "{}");
    json_decref(before);
    json_decref(after);
    json_decref(patch);
    json_decref(none);
}

#define ROUTE                                                                                      \
    "{\"metadata\":{\"name\":\"orders\",\"namespace\":\"shop\",\"uid\":\"u1\","                    \
    "\"resourceVersion\":\"7\"}}"

static void send(struct gwc_events *events, const json_t *route, const char *reason,
                 const char *message)
{
    gwc_events_send(events, "httproute", &gwc_kinds[GWC_KIND_HTTP_ROUTE], route, "Warning", reason,
                    message);
}

Test(kube_client, the_same_event_again_raises_the_count_of_the_first)
{
    const struct peer_reply replies[] = {{201}, {200}, {200}};
    struct gwc_kube *kube = START(replies);
    struct gwc_events *events = gwc_events_new(kube, &test_clock, NULL);
    json_t *route = parse(ROUTE);
    for (int i = 0; i < 3; i++)
        send(events, route, "FailedBuildModel", "why");
    gwc_events_free(events);
    stop(kube);
    cr_assert_str_eq(peer.requests[0].method, "POST");
    json_t *first = parse(peer.requests[0].body);
    cr_assert_str_eq(lat_json_string_at(first, "involvedObject.uid", ""), "u1");
    cr_assert_str_eq(lat_json_string_at(first, "source.component", ""), "httproute");
    cr_assert_eq(lat_json_int_at(first, "count", 0), 1);
    cr_assert_str_eq(peer.requests[1].method, "PATCH");
    cr_assert_not_null(
        strstr(peer.requests[1].target, lat_json_string_at(first, "metadata.name", "?")));
    json_t *third = parse(peer.requests[2].body);
    cr_assert_eq(lat_json_int_at(third, "count", 0), 3);
    json_decref(first);
    json_decref(third);
    json_decref(route);
    peer_done(&peer);
}

Test(kube_client, an_event_that_the_server_forgot_is_sent_anew)
{
    const struct peer_reply replies[] = {{201}, {404}, {201}};
    struct gwc_kube *kube = START(replies);
    struct gwc_events *events = gwc_events_new(kube, &test_clock, NULL);
    json_t *route = parse(ROUTE);
    send(events, route, "FailedBuildModel", "why");
    send(events, route, "FailedBuildModel", "why");
    gwc_events_free(events);
    stop(kube);
    json_decref(route);
    cr_assert_eq(peer.request_count, 3);
    cr_assert_str_eq(peer.requests[2].method, "POST");
    peer_done(&peer);
}

Test(kube_client, from_the_tenth_different_message_on_events_are_gathered)
{
    struct peer_reply replies[16];
    for (size_t i = 0; i < LAT_COUNT(replies); i++)
        replies[i] = (struct peer_reply){200};
    struct gwc_kube *kube = START(replies);
    struct gwc_events *events = gwc_events_new(kube, &test_clock, NULL);
    json_t *route = parse(ROUTE);
    char message[16];
    for (int i = 1; i <= 11; i++) {
        snprintf(message, sizeof message, "why %d", i);
        send(events, route, "FailedBuildModel", message);
    }
    gwc_events_free(events);
    stop(kube);
    json_decref(route);
    cr_assert_eq(peer.request_count, 11);
    cr_assert_not_null(strstr(peer.requests[8].body, "\"message\":\"why 9\""));
    cr_assert_not_null(
        strstr(peer.requests[9].body, "\"message\":\"(combined from similar events): why 10\""));
    cr_assert_str_eq(peer.requests[10].method, "PATCH");
    peer_done(&peer);
}

Test(kube_client, an_object_may_send_twenty_five_events_and_one_more_each_five_minutes)
{
    struct peer_reply replies[40];
    for (size_t i = 0; i < LAT_COUNT(replies); i++)
        replies[i] = (struct peer_reply){200};
    struct gwc_kube *kube = START(replies);
    struct gwc_events *events = gwc_events_new(kube, &test_clock, NULL);
    json_t *route = parse(ROUTE);
    for (int i = 0; i < 30; i++)
        send(events, route, "FailedBuildModel", "why");
    lat_clock_advance(&test_clock, 5 * 60 * 1000);
    for (int i = 0; i < 3; i++)
        send(events, route, "FailedBuildModel", "why");
    gwc_events_free(events);
    stop(kube);
    json_decref(route);
    cr_assert_eq(peer.request_count, 26);
    peer_done(&peer);
}

/* A cache whose only served kind is Gateway, so that one informer runs. */
static size_t change_count;

static void count_change(void *context, enum gwc_kind_id kind, const json_t *old_object,
                         const json_t *new_object)
{
    (void)context;
    (void)kind;
    (void)old_object;
    (void)new_object;
    change_count++;
}

struct watch_test {
    struct gwc_kube *kube;
    struct gwc_cache *cache;
    struct gwc_informers *informers;
};

static struct watch_test start_watch(const struct peer_reply *replies, size_t count)
{
    struct watch_test test = {.kube = start(replies, count)};
    test.cache = gwc_cache_new(count_change, NULL);
    gwc_cache_set_served(test.cache, GWC_KIND_GATEWAY, true);
    test.informers = gwc_informers_new(test.kube, test.cache, &test_clock, &rng, NULL);
    return test;
}

/* Lets the informer work until the peer has been asked that often, moving the clock past its
 * delays. */
static void run_watch(struct watch_test *test, size_t request_count)
{
    for (int i = 0;
         i < 200 && __atomic_load_n(&peer.request_count, __ATOMIC_SEQ_CST) < request_count; i++) {
        lat_clock_advance(&test_clock, 2000);
        gwc_informers_tick(test->informers, 1000);
        gwc_kube_poll(test->kube, -1, 20);
    }
    for (int i = 0; i < 10; i++)
        gwc_kube_poll(test->kube, -1, 10);
}

static void stop_watch(struct watch_test *test)
{
    gwc_informers_free(test->informers);
    gwc_cache_free(test->cache);
    stop(test->kube);
}

#define EVENT(type, name, version)                                                                 \
    "{\"type\":\"" type "\",\"object\":{\"kind\":\"Gateway\",\"metadata\":{\"name\":\"" name       \
    "\",\"namespace\":\"shop\",\"uid\":\"u\",\"resourceVersion\":\"" version "\"}}}\n"
#define INITIAL_END(version)                                                                       \
    "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Gateway\",\"metadata\":{"                       \
    "\"resourceVersion\":\"" version                                                               \
    "\",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}}}}\n"
#define GONE                                                                                       \
    "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\","     \
    "\"message\":\"too old\"}}\n"

Test(kube_client, a_watch_list_fills_the_cache_and_counts_as_synced_at_its_end_mark)
{
    const struct peer_reply replies[] = {{200,
                                          EVENT("ADDED", "a", "1") EVENT("ADDED", "b", "2")
                                              INITIAL_END("2") EVENT("DELETED", "a", "3"),
                                          .is_stream = true}};
    struct watch_test test = start_watch(replies, 1);
    cr_assert_not(gwc_informers_are_synced(test.informers));
    run_watch(&test, 1);
    cr_assert(gwc_informers_are_synced(test.informers));
    cr_assert_null(gwc_cache_get(test.cache, GWC_KIND_GATEWAY, "shop", "a"));
    cr_assert_not_null(gwc_cache_get(test.cache, GWC_KIND_GATEWAY, "shop", "b"));
    cr_assert_eq(change_count, 3);
    stop_watch(&test);
    cr_assert_not_null(strstr(peer.requests[0].target, "sendInitialEvents=true"));
    cr_assert_not_null(strstr(peer.requests[0].target, "resourceVersionMatch=NotOlderThan"));
    cr_assert_null(strstr(peer.requests[0].target, "&resourceVersion="));
    peer_done(&peer);
}

Test(kube_client, a_server_that_refuses_watch_lists_gets_a_list_and_a_watch)
{
    const struct peer_reply replies[] = {
        {422, "{\"kind\":\"Status\",\"reason\":\"Invalid\",\"code\":422}"},
        {200, "{\"metadata\":{\"resourceVersion\":\"5\",\"continue\":\"t\"},\"items\":[{"
              "\"metadata\":{\"name\":\"a\",\"namespace\":\"shop\"}}]}"},
        {200, "{\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[{"
              "\"metadata\":{\"name\":\"b\",\"namespace\":\"shop\"}}]}"},
        {200, EVENT("ADDED", "c", "6"), .is_stream = true},
    };
    struct watch_test test = start_watch(replies, LAT_COUNT(replies));
    run_watch(&test, 4);
    cr_assert(gwc_informers_are_synced(test.informers));
    cr_assert_not_null(gwc_cache_get(test.cache, GWC_KIND_GATEWAY, "shop", "b"));
    cr_assert_not_null(gwc_cache_get(test.cache, GWC_KIND_GATEWAY, "shop", "c"));
    stop_watch(&test);
    cr_assert_str_eq(peer.requests[1].target,
                     "/apis/gateway.networking.k8s.io/v1/gateways?limit=500&resourceVersion=0");
    cr_assert_str_eq(peer.requests[2].target,
                     "/apis/gateway.networking.k8s.io/v1/gateways?limit=500&continue=t");
    cr_assert_not_null(strstr(peer.requests[3].target, "&resourceVersion=5&"));
    cr_assert_null(strstr(peer.requests[3].target, "sendInitialEvents"));
    peer_done(&peer);
}

Test(kube_client, an_expired_version_makes_it_read_everything_again)
{
    const struct peer_reply replies[] = {
        {200, EVENT("ADDED", "a", "1") INITIAL_END("2") GONE, .is_stream = true},
        {200, EVENT("ADDED", "b", "9") INITIAL_END("9"), .is_stream = true},
    };
    struct watch_test test = start_watch(replies, LAT_COUNT(replies));
    run_watch(&test, 2);
    cr_assert_null(gwc_cache_get(test.cache, GWC_KIND_GATEWAY, "shop", "a"));
    cr_assert_not_null(gwc_cache_get(test.cache, GWC_KIND_GATEWAY, "shop", "b"));
    stop_watch(&test);
    cr_assert_null(strstr(peer.requests[1].target, "&resourceVersion="));
    peer_done(&peer);
}

Test(kube_client, a_cut_watch_is_opened_again_from_the_last_version)
{
    const struct peer_reply replies[] = {
        {200, EVENT("ADDED", "a", "1") INITIAL_END("4"), .is_stream = true},
        {0},
        {200, EVENT("ADDED", "a", "1") EVENT("ADDED", "b", "5") INITIAL_END("5"),
         .is_stream = true},
    };
    struct watch_test test = start_watch(replies, LAT_COUNT(replies));
    run_watch(&test, 3);
    cr_assert_not_null(gwc_cache_get(test.cache, GWC_KIND_GATEWAY, "shop", "b"));
    stop_watch(&test);
    cr_assert_not_null(strstr(peer.requests[2].target, "&resourceVersion=4&"));
    peer_done(&peer);
}

static const char *write_kubeconfig(struct lat_arena *arena, const char *text)
{
    const char *path = lat_arena_printf(arena, "/tmp/gwc-kubeconfig-%d.yaml", (int)getpid());
    struct lat_err err;
    cr_assert_eq(lat_file_write(path, text, strlen(text), &err), 0);
    return path;
}

Test(kube_client, a_kubeconfig_gives_server_token_and_certificates)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const char *path = write_kubeconfig(
        arena, "current-context: here\n"
               "contexts:\n- name: here\n  context: {cluster: c, user: u}\n"
               "clusters:\n- name: c\n  cluster:\n    server: https://k8s:6443/\n"
               "    certificate-authority-data: cGVtIHRleHQK\n"
               "users:\n- name: u\n  user: {token: sesame, client-key: keys/a.pem}\n");
    struct lat_err err = {0};
    struct gwc_kubeconfig *config = gwc_kubeconfig_load(NULL, path, &err);
    cr_assert_not_null(config, "%s", err.message);
    const struct gwc_kube_access *found = gwc_kubeconfig_access(config);
    cr_assert_str_eq(found->server, "https://k8s:6443");
    cr_assert_str_eq(found->token, "sesame");
    cr_assert_str_eq(found->client_key, "/tmp/keys/a.pem");
    char *pem = NULL;
    size_t length = 0;
    cr_assert_eq(lat_file_read(arena, found->ca_file, 100, &pem, &length, &err), 0, "%s",
                 err.message);
    cr_assert_str_eq(pem, "pem text\n");
    gwc_kubeconfig_free(config);
    unlink(path);
}

Test(kube_client, a_kubeconfig_without_its_context_or_with_a_login_helper_is_one_clear_line)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct lat_err err = {0};
    const char *path = write_kubeconfig(arena, "current-context: there\ncontexts: []\n");
    cr_assert_null(gwc_kubeconfig_load(NULL, path, &err));
    cr_assert_not_null(strstr(err.message, "context \"there\" is not there"));
    path = write_kubeconfig(arena, "current-context: h\n"
                                   "contexts: [{name: h, context: {cluster: c, user: u}}]\n"
                                   "clusters: [{name: c, cluster: {server: 'http://x'}}]\n"
                                   "users: [{name: u, user: {exec: {command: aws}}}]\n");
    cr_assert_null(gwc_kubeconfig_load(NULL, path, &err));
    cr_assert_not_null(strstr(err.message, "helper program"));
    unlink(path);
}
