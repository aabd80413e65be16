/* A scripted peer: an HTTP server on a thread of its own that gives the answers it was told, in
 * order, and keeps what it was asked. Read the requests only after peer_stop. */
#pragma once

#include "common/http/server.h"

#include <pthread.h>
#include <stdbool.h>

#define PEER_REQUESTS_MAX 256

struct peer_reply {
    int status;              /* 0: the connection is cut without an answer */
    const char *body;        /* NULL for "{}" */
    const char *header_name; /* NULL for none */
    const char *header_value;
    bool is_stream; /* the body is sent as a stream that ends cleanly */
};

struct peer_request {
    char *method;
    char *target;
    char *body;
    char *content_type;
    char *authorization;
};

struct peer {
    const struct peer_reply *replies;
    size_t reply_count;
    struct peer_request requests[PEER_REQUESTS_MAX];
    size_t request_count;
    struct lat_clock clock;
    struct lat_log log;
    struct lat_http_server *server;
    pthread_t thread;
    char url[64]; /* "http://127.0.0.1:PORT" */
};

/* replies are borrowed. What is asked after the last one is answered 500. */
void peer_start(struct peer *peer, const struct peer_reply *replies, size_t reply_count);
void peer_stop(struct peer *peer);
void peer_done(struct peer *peer);
