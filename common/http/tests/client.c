/* The client against the server: calls, streams and what goes wrong between them. */
#include "common/http/client.h"

#include "common/http/tests/peer.h"

#include <time.h>
#include <unistd.h>

static struct lat_arena *arena;
static struct lat_http_client *client;
static char base[64];

/* What the receiver of a stream has seen. */
static struct {
    struct lat_buf data;
    int ends;
    int status;
    char failure[256];
} seen;

static void set_up(void)
{
    setenv("http_proxy", "http://127.0.0.1:1", 1); /* must not be used for loopback */
    setenv("no_proxy", "", 1);
    start_server();
    snprintf(base, sizeof base, "http://127.0.0.1:%d", port);
    arena = lat_arena_new();
    client = lat_http_client_new(&(struct lat_http_client_options){.user_agent = "tests/1"});
    lat_buf_init(&seen.data, 1 << 20);
}

static void tear_down(void)
{
    lat_http_client_freep(&client);
    stop_server();
    lat_http_server_freep(&server);
    lat_buf_done(&seen.data);
    lat_arena_freep(&arena);
    check_leaks();
}

TestSuite(client, .init = set_up, .fini = tear_down, .timeout = 60);

static const char *url(const char *path)
{
    return lat_arena_printf(arena, "%s%s", base, path);
}

static struct lat_http_answer call_body(const char *method, const char *path, const char *body)
{
    struct lat_http_call call = {.method = method,
                                 .url = url(path),
                                 .body = body,
                                 .body_length = body == NULL ? 0 : strlen(body),
                                 .timeout_ms = 10000};
    struct lat_http_answer answer = {0};
    struct lat_err err = {0};
    cr_assert_eq(lat_http_client_call(client, arena, &call, &answer, &err), 0, "%s", err.message);
    return answer;
}

static struct lat_http_answer get(const char *path)
{
    return call_body("GET", path, NULL);
}

static const char *failure_of(const char *target, int timeout_ms)
{
    struct lat_http_call call = {.method = "GET", .url = target, .timeout_ms = timeout_ms};
    struct lat_http_answer answer = {0};
    struct lat_err err = {0};
    cr_expect_eq(lat_http_client_call(client, arena, &call, &answer, &err), -1);
    return lat_arena_strdup(arena, err.message);
}

static void on_data(void *context, const char *data, size_t length)
{
    (void)context;
    lat_buf_append(&seen.data, data, length);
}

static void on_end(void *context, int status, const char *failure)
{
    (void)context;
    seen.ends++;
    seen.status = status;
    snprintf(seen.failure, sizeof seen.failure, "%s", lat_text_or_empty(failure));
}

static struct lat_http_subscription *subscribe(const char *path, int timeout_ms)
{
    struct lat_http_call call = {.method = "GET", .url = url(path), .timeout_ms = timeout_ms};
    struct lat_http_stream_events events = {on_data, on_end, NULL};
    return lat_http_client_subscribe(client, &call, &events);
}

/* Polls until so many bytes or an end have come, at most about ten seconds. */
static void poll_until(size_t length, int ends)
{
    for (int i = 0; i < 100 && (seen.data.length < length || seen.ends < ends); i++)
        lat_http_client_poll(client, -1, 100);
}

Test(client, sends_exactly_what_it_was_given)
{
    const struct lat_http_header headers[] = {{"X-Word", "w"}, {"X-Empty", ""}};
    struct lat_http_call call = {.method = "PATCH",
                                 .url = url("/a/../b%2Fc?x=%20"),
                                 .headers = headers,
                                 .header_count = 2,
                                 .body = "{}",
                                 .body_length = 2};
    struct lat_http_answer answer;
    cr_assert_eq(lat_http_client_call(client, arena, &call, &answer, NULL), 0);
    cr_expect_eq(answer.status, 201);
    cr_expect_str_eq(answer.body, "/a/../b%2Fc?x=%20|w|2|{}");
    cr_expect_eq(answer.body_length, strlen(answer.body));
    cr_expect_str_eq(lat_http_answer_header(&answer, "X-METHOD"), "PATCH");
    cr_expect_null(lat_http_answer_header(&answer, "X-Nothing"));
}

Test(client, sends_every_method_with_and_without_a_body)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "FROB"};
    for (size_t i = 0; i < LAT_COUNT(methods); i++) {
        struct lat_http_answer answer = call_body(methods[i], "/m", NULL);
        cr_expect_str_eq(lat_http_answer_header(&answer, "X-Method"), methods[i]);
        cr_expect_str_eq(answer.body, "/m||0|");
        cr_expect_str_eq(call_body(methods[i], "/m", "b").body, "/m||1|b", "%s", methods[i]);
    }
    struct lat_http_answer answer = call_body("HEAD", "/m", NULL);
    cr_expect_eq(answer.status, 201);
    cr_expect_str_eq(answer.body, "");
    cr_expect_str_eq(get("/after").body, "/after||0|");
}

Test(client, makes_a_hundred_calls_without_delay)
{
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    for (int i = 0; i < 100; i++)
        cr_assert_str_eq(call_body("POST", "/x", "abc").body, "/x||3|abc");
    clock_gettime(CLOCK_MONOTONIC, &after);
    cr_expect_lt(after.tv_sec - before.tv_sec, 3);
}

Test(client, gets_an_oversized_body_refused_with_413)
{
    char *body = lat_arena_alloc(arena, LAT_HTTP_BODY_BYTES_MAX + 2);
    memset(body, 'x', LAT_HTTP_BODY_BYTES_MAX + 1);
    cr_expect_eq(call_body("PUT", "/x", body).status, 413);
    body[LAT_HTTP_BODY_BYTES_MAX] = '\0';
    cr_expect_eq(call_body("PUT", "/x", body).status, 201);
}

Test(client, reports_what_stopped_an_answer_with_the_url)
{
    const char *failure = failure_of(url("/cut"), 0);
    cr_expect_eq(strncmp(failure, url("/cut: "), strlen(url("/cut: "))), 0, "%s", failure);
    failure = failure_of(url("/part"), 0);
    cr_expect_eq(strncmp(failure, url("/part: "), strlen(url("/part: "))), 0, "%s", failure);
    failure = failure_of(url("/late"), 100);
    cr_expect_not_null(strstr(failure, "timed out"), "%s", failure);
    failure = failure_of("http://127.0.0.1:1/x", 0);
    cr_expect_not_null(strstr(failure, "http://127.0.0.1:1/x: "), "%s", failure);
    cr_expect_not_null(strstr(failure_of("file:///etc/hostname", 0), "file"),
                       "only HTTP is spoken");
    cr_expect_str_eq(get("/still").body, "/still||0|");
}

Test(client, waits_for_an_answer_that_comes_late)
{
    subscribe("/late", 0);
    lat_http_client_poll(client, -1, 100);
    cr_expect_str_eq(get("/release").body, "released");
    poll_until(4, 1);
    cr_expect_str_eq(seen.data.data, "late");
    cr_expect_eq(seen.ends, 1);
    cr_expect_eq(seen.status, 200);
    cr_expect_str_eq(seen.failure, "");
}

Test(client, reads_a_stream_as_it_is_written_and_sees_its_end)
{
    subscribe("/stream", 0);
    lat_http_client_poll(client, -1, 100);
    cr_expect_str_eq(call_body("POST", "/push", "one ").body, "taken");
    poll_until(4, 0);
    cr_expect_str_eq(seen.data.data, "one ");
    cr_expect_str_eq(call_body("POST", "/push", "two").body, "taken");
    cr_expect_str_eq(get("/finish").body, "closing");
    poll_until(7, 1);
    cr_expect_str_eq(seen.data.data, "one two");
    cr_expect_eq(seen.ends, 1);
    cr_expect_str_eq(seen.failure, "");
    cr_expect_eq(lat_http_client_poll(client, -1, 10), 0, "nothing comes after the end");
}

Test(client, closes_a_stream_without_another_word)
{
    struct lat_http_subscription *subscription = subscribe("/stream", 0);
    lat_http_client_poll(client, -1, 200);
    cr_expect_str_eq(call_body("POST", "/push", "x").body, "taken");
    lat_http_subscription_close(subscription);
    lat_http_client_poll(client, -1, 10);
    cr_expect_eq(seen.ends, 0);
    cr_expect_eq(seen.data.length, 0);
    for (int i = 0; i < 200 && atomic_load(&closed_streams) == 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    cr_expect_eq(atomic_load(&closed_streams), 1, "the server sees it close");
}

Test(client, ends_streams_that_fail_or_stay_silent)
{
    subscribe("/part", 0);
    poll_until(5, 1);
    cr_expect_str_eq(seen.data.data, "hello");
    cr_expect_neq(seen.failure[0], '\0');
    lat_buf_clear(&seen.data);
    subscribe("/stream", 1000);
    poll_until(0, 2);
    cr_expect_eq(seen.ends, 2);
    cr_expect_not_null(strstr(seen.failure, "too slow"), "%s", seen.failure);
}

static void resubscribe(void *context, int status, const char *failure)
{
    (void)status;
    (void)failure;
    int *left = context;
    struct lat_http_call call = {.method = "GET", .url = url("/again")};
    struct lat_http_stream_events events = {on_data, resubscribe, left};
    get("/inside"); /* a call from within a receiver */
    if (--*left > 0)
        lat_http_client_subscribe(client, &call, &events);
    seen.ends++;
}

Test(client, lets_a_receiver_subscribe_and_call)
{
    int left = 3;
    struct lat_http_call call = {.method = "GET", .url = url("/again")};
    struct lat_http_stream_events events = {on_data, resubscribe, &left};
    lat_http_client_subscribe(client, &call, &events);
    poll_until(0, 3);
    cr_expect_eq(seen.ends, 3);
    cr_expect_str_eq(seen.data.data, "/again||0|/again||0|/again||0|");
}

Test(client, stops_waiting_when_the_extra_descriptor_becomes_readable)
{
    int pipes[2];
    cr_assert_eq(pipe(pipes), 0);
    cr_expect_eq(lat_http_client_poll(client, pipes[0], 10), 0);
    subscribe("/stream", 0);
    lat_http_client_poll(client, -1, 200);
    cr_assert_eq(write(pipes[1], "x", 1), 1);
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    cr_expect_eq(lat_http_client_poll(client, pipes[0], 20000), 0);
    clock_gettime(CLOCK_MONOTONIC, &after);
    cr_expect_lt(after.tv_sec - before.tv_sec, 5);
    close(pipes[0]);
    close(pipes[1]);
}
