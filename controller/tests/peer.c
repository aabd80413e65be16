/* A scripted peer; see peer.h. */
#include "controller/tests/peer.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char *copy(const char *text)
{
    return strdup(text == NULL ? "" : text);
}

static void send_stream(struct lat_http_exchange *exchange, const struct peer_reply *reply)
{
    struct lat_http_stream *stream =
        lat_http_exchange_stream(exchange, reply->status, NULL, 0, NULL, NULL);
    if (lat_http_stream_write(stream, reply->body, strlen(reply->body)) == 0)
        lat_http_stream_close(stream);
}

static void handle(void *context, struct lat_http_exchange *exchange)
{
    static const struct peer_reply none = {.status = 500};
    struct peer *peer = context;
    const struct lat_http_request *request = lat_http_exchange_request(exchange);
    size_t index = peer->request_count;
    if (index == PEER_REQUESTS_MAX)
        abort();
    peer->requests[index] = (struct peer_request){
        .method = copy(request->method),
        .target = copy(request->target),
        .body = copy(request->body),
        .content_type = copy(lat_http_request_header(request, "Content-Type")),
        .authorization = copy(lat_http_request_header(request, "Authorization")),
    };
    peer->request_count++;
    const struct peer_reply *reply = index < peer->reply_count ? &peer->replies[index] : &none;
    const char *body = reply->body == NULL ? "{}" : reply->body;
    struct lat_http_header header = {reply->header_name, reply->header_value};
    if (reply->status == 0)
        lat_http_exchange_cut(exchange);
    else if (reply->is_stream)
        send_stream(exchange, reply);
    else
        lat_http_exchange_answer(exchange, reply->status, &header,
                                 reply->header_name == NULL ? 0 : 1, body, strlen(body));
}

static void *serve(void *context)
{
    struct peer *peer = context;
    struct lat_err err;
    if (lat_http_server_run(peer->server, NULL, NULL, &err) < 0)
        abort();
    return NULL;
}

void peer_start(struct peer *peer, const struct peer_reply *replies, size_t reply_count)
{
    *peer = (struct peer){.replies = replies, .reply_count = reply_count};
    lat_clock_init_real(&peer->clock);
    peer->log = (struct lat_log){
        .out = stderr, .clock = &peer->clock, .level = LAT_LOG_ERROR, .program = "peer"};
    peer->server = lat_http_server_new(&peer->log);
    uint16_t port = 0;
    struct lat_err err = {0};
    cr_assert(lat_http_server_listen(peer->server, "127.0.0.1:0", handle, peer, &port, &err) == 0,
              "%s", err.message);
    snprintf(peer->url, sizeof peer->url, "http://127.0.0.1:%u", port);
    cr_assert(pthread_create(&peer->thread, NULL, serve, peer) == 0);
}

void peer_stop(struct peer *peer)
{
    lat_http_server_stop(peer->server);
    pthread_join(peer->thread, NULL);
}

void peer_done(struct peer *peer)
{
    lat_http_server_free(peer->server);
    for (size_t i = 0; i < peer->request_count; i++) {
        free(peer->requests[i].method);
        free(peer->requests[i].target);
        free(peer->requests[i].body);
        free(peer->requests[i].content_type);
        free(peer->requests[i].authorization);
    }
}
