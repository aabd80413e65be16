/* What the HTTP server is made of, and callbacks of the library that need nothing of it. Only for
 * this folder: it includes microhttpd.h. */
#pragma once

#include "common/base/arena_pool.h"
#include "common/base/buf.h"
#include "common/http/server.h"

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

struct lat_http_listener {
    struct lat_http_listener *next;
    struct lat_http_server *server;
    struct MHD_Daemon *daemon;
    lat_http_handler *handler;
    void *context;
    char *tls_certificate, *tls_key, *tls_authority; /* NULL for plain HTTP; the library borrows */
    bool ready; /* something is to be done for one of its connections */
};

struct lat_http_server {
    struct lat_arena *arena; /* holds this struct and the listeners */
    const struct lat_log *log;
    int loop_fd;
    int stop_fd;
    struct lat_http_listener *listeners;
    struct lat_http_exchange *exchanges; /* all that are not completed */
    const char *large_path;              /* bodies sent there may be larger; NULL: no such place */
    size_t large_bytes_max;
    bool resumed;                 /* a connection was resumed since the daemons ran: do not wait */
    uint64_t handled;             /* requests, since the start */
    struct lat_arena_pool arenas; /* of requests */
    size_t streams_held;          /* capacity of the queues of all streams */
};

struct lat_http_stream {
    struct lat_http_exchange *exchange;
    struct lat_buf queue;
    size_t sent;    /* bytes at the front of queue that the library has taken */
    uint64_t taken; /* bytes that the library has taken so far */
    bool mid_line;  /* the last of these was no line feed */
    bool closing;   /* ends behind the queue */
    bool cutting;   /* and then without a proper end */
    bool peer_gone; /* ends at once */
    void (*on_closed)(void *context);
    void *context;
};

struct lat_http_exchange {
    struct lat_http_exchange *previous, *next;
    struct lat_http_listener *listener;
    struct MHD_Connection *connection; /* NULL until the head is complete */
    struct lat_http_request request;
    struct lat_http_header *headers; /* those of request, while they are collected */
    struct lat_buf body;
    size_t body_bytes_received;
    bool began;     /* the head was looked at */
    bool handled;   /* the handler was called */
    bool suspended; /* the library does not look at the connection */
    bool watched;   /* the loop looks for the peer's leaving instead */
    bool cut;
    struct MHD_Response *response; /* prepared, not yet handed to the library */
    unsigned int status;
    struct lat_http_stream *stream;
    const char *partial_body; /* for a cut answer: what is sent of it */
    size_t partial_bytes;
};

#define LAT_HTTP_STREAM_BLOCK_BYTES (16 << 10) /* what one read may hand to the library */

/* --- server.c, for streams --- */

void lat_http_suspend(struct lat_http_exchange *exchange);
void lat_http_resume(struct lat_http_exchange *exchange);
/* Asks the loop to tell when the peer of a suspended stream leaves. */
void lat_http_watch_peer(struct lat_http_exchange *exchange);
/* Takes over a response, to be queued when the library asks next; that may be at once. NULL means
 * that memory ran out. */
void lat_http_set_response(struct lat_http_exchange *exchange, int status,
                           struct MHD_Response *response, const struct lat_http_header *headers,
                           size_t header_count);

/* --- stream.c --- */

/* Gives back what the stream holds. */
void lat_http_stream_release(struct lat_http_stream *stream);

/* The library unescapes in place; this leaves everything as it was sent. */
size_t lat_http_keep_escapes(void *context, struct MHD_Connection *connection, char *text);

/* Answers are small and whole: they are not held back for more. */
void lat_http_connection_changed(void *context, struct MHD_Connection *connection, void **slot,
                                 enum MHD_ConnectionNotificationCode code);
