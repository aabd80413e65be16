/* What the HTTP tests share: a server with a few routes on a thread of its own. Included once
 * per test program. */
#pragma once

#include "common/base/buf.h"
#include "common/base/tests/leaks.h"
#include "common/base/text.h"
#include "common/http/server.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static struct lat_clock clock_real;
static struct lat_log quiet_log;
static struct lat_http_server *server;
static pthread_t server_thread;
static uint16_t port;
static struct lat_http_exchange *late; /* of the server's thread, like stream */
static struct lat_http_stream *stream; /* the newest one that is open */
static atomic_int closed_streams;

static void answer_text(struct lat_http_exchange *exchange, const char *text)
{
    const struct lat_http_header type = {"Content-Type", "text/plain"};
    lat_http_exchange_answer(exchange, 200, &type, 1, text, strlen(text));
}

static void count_closed(void *context)
{
    if (context == &closed_streams)
        stream = NULL;
    atomic_fetch_add(&closed_streams, 1);
}

static void answer_echo(struct lat_http_exchange *exchange)
{
    const struct lat_http_request *request = lat_http_exchange_request(exchange);
    const struct lat_http_header headers[] = {{"X-Path", request->path},
                                              {"X-Query", request->query},
                                              {"x-method", request->method},
                                              {"Content-Length", "1"},
                                              {"X-Bad", "a\nb"}};
    const char *text =
        lat_arena_printf(request->arena, "%s|%s|%zu|%s", request->target,
                         lat_text_or_empty(lat_http_request_header(request, "x-word")),
                         request->body_length, request->body);
    lat_http_exchange_answer(exchange, 201, headers, LAT_COUNT(headers), text, strlen(text));
}

/* Writes to the stream until it is full; the answer is how many bytes it took. */
static void answer_flood(struct lat_http_exchange *exchange)
{
    static char block[1 << 16];
    memset(block, 'x', sizeof block);
    size_t taken = 0;
    while (taken < 4 * (size_t)LAT_HTTP_STREAM_BYTES_MAX &&
           lat_http_stream_write(stream, block, sizeof block) == 0)
        taken += sizeof block;
    answer_text(exchange,
                lat_arena_printf(lat_http_exchange_request(exchange)->arena, "%zu", taken));
}

static void serve_test_route(void *context, struct lat_http_exchange *exchange)
{
    (void)context;
    const struct lat_http_request *request = lat_http_exchange_request(exchange);
    const char *path = request->path;
    if (strcmp(path, "/late") == 0) {
        late = exchange;
    } else if (strcmp(path, "/release") == 0) {
        answer_text(LAT_TAKE(late), "late");
        answer_text(exchange, "released");
    } else if (strcmp(path, "/stream") == 0) {
        stream = lat_http_exchange_stream(exchange, 200, NULL, 0, count_closed, &closed_streams);
    } else if (strcmp(path, "/push") == 0) {
        bool took = stream != NULL &&
                    lat_http_stream_write(stream, request->body, request->body_length) == 0;
        answer_text(exchange, took ? "taken" : "refused");
    } else if (strcmp(path, "/finish") == 0) {
        lat_http_stream_close(stream);
        bool refused = lat_http_stream_write(stream, "x", 1) < 0;
        answer_text(exchange, refused ? "closing" : "open");
    } else if (strcmp(path, "/flood") == 0) {
        answer_flood(exchange);
    } else if (strcmp(path, "/cut") == 0) {
        lat_http_exchange_cut(exchange);
    } else if (strcmp(path, "/part") == 0) {
        lat_http_exchange_answer_cut(exchange, 200, NULL, 0, "hello world", 11, 5);
    } else {
        answer_echo(exchange);
    }
}

static void *run_server(void *context)
{
    (void)context;
    struct lat_err err = {0};
    if (lat_http_server_run(server, NULL, NULL, &err) < 0)
        fprintf(stderr, "%s\n", err.message);
    return NULL;
}

static void start_server(void)
{
    lat_clock_init_real(&clock_real);
    quiet_log = (struct lat_log){stderr, &clock_real, LAT_LOG_ERROR, "test"};
    server = lat_http_server_new(&quiet_log);
    struct lat_err err = {0};
    cr_assert_eq(lat_http_server_listen(server, "127.0.0.1:0", serve_test_route, NULL, &port, &err),
                 0, "%s", err.message);
    pthread_create(&server_thread, NULL, run_server, NULL);
}

/* Ends the thread; the server is still there to be freed. */
static void stop_server(void)
{
    lat_http_server_stop(server);
    pthread_join(server_thread, NULL);
}
