/* An HTTP client: calls that wait for their answer, and streams that are read as they come
 * (watches). The only includer of curl/curl.h is client.c. It knows nothing of AWS or Kubernetes.
 * One thread. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/http/server.h" /* struct lat_http_header */

#include <stddef.h>

struct lat_http_client;
struct lat_http_subscription;

struct lat_http_client_options {
    const char *user_agent;
    const char *ca_file;     /* PEM bundle to trust; NULL for the system's */
    const char *ca_pem;      /* the same as text; stronger than ca_file */
    const char *connect_to;  /* "HOST:PORT" to connect to, whatever the URL says; NULL for none */
    const char *client_cert; /* PEM files for mutual TLS, or NULL */
    const char *client_key;
    bool skip_tls_verify;
    int connect_timeout_ms; /* 0 for 5 s */
};

struct lat_http_call {
    const char *method;
    const char *url; /* whole, already percent-encoded: sent exactly so */
    const struct lat_http_header *headers;
    size_t header_count;
    const char *body; /* NULL for none */
    size_t body_length;
    int timeout_ms; /* of the whole call; 0 for none. Of silence, for a stream: whole seconds */
    bool http2;     /* of a stream: HTTP/2 or a failure; without TLS from the first byte on */
    bool once;      /* a connection of its own, closed afterwards */
};

struct lat_http_answer {
    int status;
    const struct lat_http_header *headers;
    size_t header_count;
    const char *body; /* never NULL, terminated; in the arena of the call */
    size_t body_length;
};

/* The first header of that name, in any letter case; NULL when absent. */
const char *lat_http_answer_header(const struct lat_http_answer *answer, const char *name);

/* options and its texts are copied. */
struct lat_http_client *
lat_http_client_new(const struct lat_http_client_options *options) LAT_MUST_USE;
struct lat_http_client *lat_http_client_free(struct lat_http_client *client);
void lat_http_client_freep(struct lat_http_client **client);

/* Sends and waits; connections are kept for the next call. Any HTTP status is a success here; -1
 * means no answer came (refused, time-out, broken): reterr says "url: reason". */
int lat_http_client_call(struct lat_http_client *client, struct lat_arena *arena,
                         const struct lat_http_call *call, struct lat_http_answer *ret_answer,
                         struct lat_err *reterr) LAT_MUST_USE;

/* What a stream hands on. on_data gets the body as it comes, in any portions; on_end is called
 * once, with the HTTP status (0 when none came) and, after a failure, a message (else NULL).
 * Both may subscribe, close any subscription and make calls, but not poll; after on_end the
 * subscription is gone and must not be closed. */
struct lat_http_stream_events {
    void (*on_data)(void *context, const char *data, size_t length);
    void (*on_end)(void *context, int status, const char *failure);
    void *context;
};

/* Opens a stream; nothing happens before the next lat_http_client_poll. call is copied. */
struct lat_http_subscription *
lat_http_client_subscribe(struct lat_http_client *client, const struct lat_http_call *call,
                          const struct lat_http_stream_events *events);
/* Ends a stream without calling on_end; the connection is given up with the next poll, or when the
 * client is freed. */
void lat_http_subscription_close(struct lat_http_subscription *subscription);

/* Waits up to timeout_ms (without end when negative) for something to come in on any stream, and
 * hands it on. Also returns when extra_fd (a pipe, standard input; -1 for none) becomes readable.
 * Returns the number of callbacks made. */
int lat_http_client_poll(struct lat_http_client *client, int extra_fd, int timeout_ms);
