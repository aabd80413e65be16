/* An HTTP/1.1 server: one thread, any number of listeners, answers now or later, and streams.
 * The only includer of microhttpd.h is server.c. It knows nothing of AWS or Kubernetes, and it
 * never decodes a path: an ARN inside a path segment carries encoded slashes that only routing may
 * decode. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/base/log.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lat_http_server;
struct lat_http_exchange;
struct lat_http_stream;

struct lat_http_header {
    const char *name;
    const char *value;
};

/* A request as it came in; everything lives in its arena, which goes with the exchange. */
struct lat_http_request {
    struct lat_arena *arena;
    const char *method;
    const char *target; /* path and query exactly as sent, still percent-encoded */
    const char *path;   /* the part before the first '?' */
    const char *query;  /* the part after it; "" when there is none */
    const char *body;   /* never NULL, terminated */
    size_t body_length;
    const struct lat_http_header *headers;
    size_t header_count;
    bool is_tls;
    const char *peer_certificate; /* of a verified TLS client, in DER; else NULL */
    size_t peer_certificate_length;
};

/* The first header of that name, in any letter case; NULL when absent. */
const char *lat_http_request_header(const struct lat_http_request *request, const char *name);

/* Called once per complete request. What is too large (413, 431) or malformed (400) is answered by
 * the server itself, in plain text, and never gets here. It answers the exchange, starts a stream
 * on it, or keeps the pointer and answers later (the connection waits); one of the three, once. */
typedef void lat_http_handler(void *context, struct lat_http_exchange *exchange);

const struct lat_http_request *lat_http_exchange_request(const struct lat_http_exchange *exchange);

/* Sends a whole answer; headers and body are copied (a body in the arena of the request is kept as
 * it is, and must stay so). Content-Length is counted, a given one left
 * out. After this the exchange is the server's: it may be gone. Answering a peer that has gone is
 * allowed and does nothing. */
void lat_http_exchange_answer(struct lat_http_exchange *exchange, int status,
                              const struct lat_http_header *headers, size_t header_count,
                              const char *body, size_t body_length);

/* Closes the connection without an answer (fault injection). */
void lat_http_exchange_cut(struct lat_http_exchange *exchange);

/* Announces a whole answer, sends only the first sent_length bytes of its body (fewer than
 * body_length), and closes the connection (fault injection). */
void lat_http_exchange_answer_cut(struct lat_http_exchange *exchange, int status,
                                  const struct lat_http_header *headers, size_t header_count,
                                  const char *body, size_t body_length, size_t sent_length);

/* Starts a chunked answer: the head goes out at once, then what is written. on_closed (which may be
 * NULL) is called once, when the peer has gone, the closed stream has been sent, or the server is
 * freed; never from within write or close. The stream is gone after it. */
struct lat_http_stream *lat_http_exchange_stream(struct lat_http_exchange *exchange, int status,
                                                 const struct lat_http_header *headers,
                                                 size_t header_count,
                                                 void (*on_closed)(void *context), void *context);

/* Queues bytes. Returns -1, queueing nothing, when the peer reads too slowly and
 * LAT_HTTP_STREAM_BYTES_MAX unsent bytes would be passed, or after close. */
int lat_http_stream_write(struct lat_http_stream *stream, const char *data,
                          size_t length) LAT_MUST_USE;

/* How far a stream is behind: what it has queued, what was taken from it so far, and the memory
 * that the queues of all streams of the server hold. */
struct lat_http_stream_load {
    size_t unsent;
    uint64_t taken;
    size_t held_by_all;
};
struct lat_http_stream_load lat_http_stream_load(const struct lat_http_stream *stream);

/* Drops what is queued, up to the end of the line of which a part was sent, queues last instead and
 * ends behind it. A peer that has no end of that line within LAT_HTTP_STREAM_LINE_KEPT bytes is cut
 * off. */
void lat_http_stream_overtake(struct lat_http_stream *stream, const char *last, size_t length);

/* Ends the answer cleanly behind what is queued. */
void lat_http_stream_close(struct lat_http_stream *stream);
/* Closes the connection behind what is queued, without an end (fault injection). */
void lat_http_stream_cut(struct lat_http_stream *stream);

/* The log is borrowed and must outlive the server. Freeing closes every connection; exchanges that
 * wait for an answer are gone then, and streams get their on_closed. */
struct lat_http_server *lat_http_server_new(const struct lat_log *log) LAT_MUST_USE;
struct lat_http_server *lat_http_server_free(struct lat_http_server *server);
void lat_http_server_freep(struct lat_http_server **server);

/* Binds "127.0.0.1:9009", "[::1]:0" or "localhost:9009" and hands its requests to handler; port 0
 * picks one. A malformed address or a taken port is one clear line. */
int lat_http_server_listen(struct lat_http_server *server, const char *address,
                           lat_http_handler *handler, void *context, uint16_t *ret_port,
                           struct lat_err *reterr) LAT_MUST_USE;

/* Bodies sent to one path (borrowed) may have up to bytes_max bytes instead of
 * LAT_HTTP_BODY_BYTES_MAX. */
void lat_http_server_allow_large(struct lat_http_server *server, const char *path,
                                 size_t bytes_max);

/* PEM texts, copied. */
struct lat_http_tls {
    const char *certificate;
    const char *key;
    const char *client_authority; /* clients may show certificates that it has issued */
};

/* The same over TLS. A client without a certificate, or with one that does not verify, is served
 * too: it has no peer_certificate. */
int lat_http_server_listen_tls(struct lat_http_server *server, const char *address,
                               const struct lat_http_tls *tls, lat_http_handler *handler,
                               void *context, uint16_t *ret_port,
                               struct lat_err *reterr) LAT_MUST_USE;

/* Called after every round of requests, and at the latest when the time it last returned is up; so
 * it must be cheap. Returns milliseconds until the next
 * call is due, or -1 for "only after the next request". For watch time-outs and the like. */
typedef int lat_http_tick(void *context);

/* Serves until lat_http_server_stop, SIGTERM or SIGINT. tick may be NULL. The two signals are
 * blocked in the calling thread meanwhile, and as before afterwards. Returns 0, or -1 when the
 * machine failed. May be called again. */
int lat_http_server_run(struct lat_http_server *server, lat_http_tick *tick, void *context,
                        struct lat_err *reterr) LAT_MUST_USE;
/* Makes run return; callable from a handler or a signal handler. */
void lat_http_server_stop(struct lat_http_server *server);
