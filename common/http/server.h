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
};

/* The first header of that name, in any letter case; NULL when absent. */
const char *lat_http_request_header(const struct lat_http_request *request, const char *name);

/* Called once per complete request. It answers the exchange, starts a stream on it, or keeps the
 * pointer and answers later (the connection waits); one of the three, once. */
typedef void lat_http_handler(void *context, struct lat_http_exchange *exchange);

const struct lat_http_request *lat_http_exchange_request(const struct lat_http_exchange *exchange);

/* Sends a whole answer; headers and body are copied. The exchange may be gone when this returns. */
void lat_http_exchange_answer(struct lat_http_exchange *exchange, int status,
                              const struct lat_http_header *headers, size_t header_count,
                              const char *body, size_t body_length);

/* Closes the connection without an answer, or after only the first bytes of one (fault injection).
 */
void lat_http_exchange_cut(struct lat_http_exchange *exchange);

/* Starts a chunked answer: the head goes out at once, then what is written. on_closed is called
 * once when the peer has gone or the stream was closed; the stream is gone after it. */
struct lat_http_stream *lat_http_exchange_stream(struct lat_http_exchange *exchange, int status,
                                                 const struct lat_http_header *headers,
                                                 size_t header_count,
                                                 void (*on_closed)(void *context), void *context);

/* Queues bytes. Returns -1, queueing nothing, when the peer reads too slowly and
 * LAT_HTTP_STREAM_BYTES_MAX would be passed. */
int lat_http_stream_write(struct lat_http_stream *stream, const char *data,
                          size_t length) LAT_MUST_USE;

/* Ends the answer cleanly behind what is queued. */
void lat_http_stream_close(struct lat_http_stream *stream);

/* The log is borrowed and must outlive the server. */
struct lat_http_server *lat_http_server_new(const struct lat_log *log) LAT_MUST_USE;
struct lat_http_server *lat_http_server_free(struct lat_http_server *server);
void lat_http_server_freep(struct lat_http_server **server);

/* Binds "127.0.0.1:9009", "[::1]:0" or "localhost:9009" and hands its requests to handler; port 0
 * picks one. A malformed address or a taken port is one clear line. */
int lat_http_server_listen(struct lat_http_server *server, const char *address,
                           lat_http_handler *handler, void *context, uint16_t *ret_port,
                           struct lat_err *reterr) LAT_MUST_USE;

/* Called at the latest when the time it last returned is up; returns milliseconds until the next
 * call is due, or -1 for "only after the next request". For watch time-outs and the like. */
typedef int lat_http_tick(void *context);

/* Serves until lat_http_server_stop, SIGTERM or SIGINT. Returns 0, or -1 when the machine failed.
 */
int lat_http_server_run(struct lat_http_server *server, lat_http_tick *tick, void *context,
                        struct lat_err *reterr) LAT_MUST_USE;
/* Makes run return; callable from a handler or a signal handler. */
void lat_http_server_stop(struct lat_http_server *server);
