/* The HTTP server on libmicrohttpd; see server.h. Every listener is one daemon with external
 * polling, and all of them are waited for by one epoll: nothing here may block or start a thread.
 * A connection whose answer is not there yet is suspended; one whose stream is empty is too, and is
 * then watched for a peer that leaves, because the library does not look at suspended ones. */
#include "common/http/server.h"

#include "common/base/lat_limits.h"
#include "common/base/text.h"
#include "common/http/listen_int.h"
#include "common/http/server_int.h"
#include "common/http/tls_int.h"

#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_PER_ROUND 64
#define RUNS_MAX         32 /* of one daemon in a row */
/* A body over the limit is read and forgotten up to here, because a client that is still sending
 * would not see the refusal; a longer one is refused at once. */
#define BODY_DRAINED_FACTOR 4

const char *lat_http_request_header(const struct lat_http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (lat_text_eq_ignore_case(request->headers[i].name, name))
            return request->headers[i].value;
    return NULL;
}

const struct lat_http_request *lat_http_exchange_request(const struct lat_http_exchange *exchange)
{
    return &exchange->request;
}

/* ---- Suspending and resuming ---- */

void lat_http_suspend(struct lat_http_exchange *exchange)
{
    assert(!exchange->suspended);
    MHD_suspend_connection(exchange->connection);
    exchange->suspended = true;
}

static int connection_fd(const struct lat_http_exchange *exchange)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : info->connect_fd;
}

void lat_http_watch_peer(struct lat_http_exchange *exchange)
{
    struct epoll_event event = {.events = EPOLLRDHUP, .data.ptr = exchange};
    exchange->watched = epoll_ctl(exchange->listener->server->loop_fd, EPOLL_CTL_ADD,
                                  connection_fd(exchange), &event) == 0;
}

void lat_http_resume(struct lat_http_exchange *exchange)
{
    if (!exchange->suspended)
        return;
    struct lat_http_server *server = exchange->listener->server;
    if (exchange->watched)
        epoll_ctl(server->loop_fd, EPOLL_CTL_DEL, connection_fd(exchange), NULL);
    exchange->watched = false;
    exchange->suspended = false;
    server->resumed = true;
    MHD_resume_connection(exchange->connection);
}

/* ---- Answers ---- */

static void add_headers(struct lat_http_exchange *exchange, struct MHD_Response *response,
                        const struct lat_http_header *headers, size_t header_count)
{
    for (size_t i = 0; i < header_count; i++) {
        if (lat_text_eq_ignore_case(headers[i].name, "Content-Length"))
            continue; /* the library counts */
        if (MHD_add_response_header(response, headers[i].name, headers[i].value) != MHD_YES)
            lat_log_write(exchange->listener->server->log, LAT_LOG_WARNING,
                          "answer header \"%s\" cannot be sent and was left out", headers[i].name);
    }
}

void lat_http_set_response(struct lat_http_exchange *exchange, int status,
                           struct MHD_Response *response, const struct lat_http_header *headers,
                           size_t header_count)
{
    assert(exchange->response == NULL && !exchange->cut);
    if (response == NULL) { /* the machine is out of memory: the peer sees a closed connection */
        lat_http_exchange_cut(exchange);
        return;
    }
    add_headers(exchange, response, headers, header_count);
    exchange->response = response;
    exchange->status = (unsigned int)status;
    lat_http_resume(exchange);
}

void lat_http_exchange_answer(struct lat_http_exchange *exchange, int status,
                              const struct lat_http_header *headers, size_t header_count,
                              const char *body, size_t body_length)
{
    struct lat_arena *arena = exchange->request.arena;
    const char *kept = body_length == 0               ? ""
                       : lat_arena_holds(arena, body) ? body
                                                      : lat_arena_strndup(arena, body, body_length);
    lat_http_set_response(exchange, status,
                          MHD_create_response_from_buffer(body_length, (void *)(uintptr_t)kept,
                                                          MHD_RESPMEM_PERSISTENT),
                          headers, header_count);
}

void lat_http_exchange_cut(struct lat_http_exchange *exchange)
{
    exchange->cut = true;
    lat_http_resume(exchange);
}

static ssize_t read_partial(void *context, uint64_t position, char *buffer, size_t bytes_max)
{
    const struct lat_http_exchange *exchange = context;
    if (position >= exchange->partial_bytes)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t count = exchange->partial_bytes - (size_t)position;
    if (count > bytes_max)
        count = bytes_max;
    memcpy(buffer, exchange->partial_body + position, count);
    return (ssize_t)count;
}

void lat_http_exchange_answer_cut(struct lat_http_exchange *exchange, int status,
                                  const struct lat_http_header *headers, size_t header_count,
                                  const char *body, size_t body_length, size_t sent_length)
{
    assert(sent_length < body_length);
    exchange->partial_body = lat_arena_strndup(exchange->request.arena, body, sent_length);
    exchange->partial_bytes = sent_length;
    lat_http_set_response(exchange, status,
                          MHD_create_response_from_callback(body_length,
                                                            LAT_HTTP_STREAM_BLOCK_BYTES,
                                                            read_partial, exchange, NULL),
                          headers, header_count);
}

/* ---- Requests, as the library calls ---- */

static size_t body_bytes_max(const struct lat_http_server *server, const char *path)
{
    return server->large_path != NULL && lat_text_eq(server->large_path, path)
               ? server->large_bytes_max
               : LAT_HTTP_BODY_BYTES_MAX;
}

/* Called with the raw target before anything else of a request; the result is its context. */
static void *begin_request(void *context, const char *target, struct MHD_Connection *connection)
{
    struct lat_http_listener *listener = context;
    struct lat_arena *arena = lat_arena_pool_take(&listener->server->arenas);
    struct lat_http_exchange *exchange = LAT_NEW(arena, struct lat_http_exchange);
    exchange->listener = listener;
    exchange->connection = connection;
    exchange->request.arena = arena;
    exchange->request.target = lat_arena_strdup(arena, target);
    size_t path_length = strcspn(target, "?");
    exchange->request.path = lat_arena_strndup(arena, target, path_length);
    exchange->request.query = target[path_length] == '?'
                                  ? exchange->request.target + path_length + 1
                                  : exchange->request.target + path_length;
    lat_buf_init(&exchange->body, body_bytes_max(listener->server, exchange->request.path));
    exchange->next = listener->server->exchanges;
    if (exchange->next != NULL)
        exchange->next->previous = exchange;
    listener->server->exchanges = exchange;
    return exchange;
}

static void request_completed(void *context, struct MHD_Connection *connection,
                              void **exchange_slot, enum MHD_RequestTerminationCode code)
{
    (void)connection;
    (void)code;
    struct lat_http_listener *listener = context;
    struct lat_http_exchange *exchange = *exchange_slot;
    if (exchange == NULL)
        return;
    *exchange_slot = NULL;
    if (exchange->next != NULL)
        exchange->next->previous = exchange->previous;
    if (exchange->previous != NULL)
        exchange->previous->next = exchange->next;
    else
        listener->server->exchanges = exchange->next;
    if (exchange->stream != NULL) {
        if (exchange->stream->on_closed != NULL)
            exchange->stream->on_closed(exchange->stream->context);
        lat_http_stream_release(exchange->stream);
    }
    if (exchange->response != NULL)
        MHD_destroy_response(exchange->response);
    lat_buf_done(&exchange->body);
    lat_arena_pool_give(&listener->server->arenas, exchange->request.arena);
}

/* A refusal by the server itself, before any handler has seen the request. */
static enum MHD_Result refuse(struct MHD_Connection *connection, unsigned int status, char *text)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_COPY);
    if (response == NULL)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type", "text/plain; charset=utf-8");
    MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result refuse_body(const struct lat_http_exchange *exchange)
{
    char text[96];
    snprintf(text, sizeof text, "The request body is larger than %zu bytes.\n",
             exchange->body.length_max);
    return refuse(exchange->connection, MHD_HTTP_CONTENT_TOO_LARGE, text);
}

static enum MHD_Result collect_header(void *context, enum MHD_ValueKind kind, const char *name,
                                      const char *value)
{
    (void)kind;
    struct lat_http_exchange *exchange = context;
    struct lat_http_request *request = &exchange->request;
    struct lat_http_header *header =
        LAT_ARENA_PUSH(request->arena, exchange->headers, request->header_count);
    /* The library keeps both until the request is completed. */
    *header = (struct lat_http_header){name, lat_text_or_empty(value)};
    size_t length = strlen(header->value), sent = length;
    while (length > 0 && (header->value[length - 1] == ' ' || header->value[length - 1] == '\t'))
        length--; /* blanks around a value are no part of it; the library removes those before it */
    if (length < sent)
        header->value = lat_arena_strndup(request->arena, header->value, length);
    request->headers = exchange->headers;
    return MHD_YES;
}

static void take_peer(struct lat_http_exchange *exchange)
{
    struct lat_http_request *request = &exchange->request;
    if (exchange->listener->tls_certificate == NULL)
        return;
    request->is_tls = true;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    if (info != NULL && info->tls_session != NULL)
        request->peer_certificate =
            lat_http_tls_peer(request->arena, info->tls_session, &request->peer_certificate_length);
}

/* Looks at the head of a request: what is too large is refused before its body is read, if the
 * client waits for that. */
static enum MHD_Result take_head(struct lat_http_exchange *exchange, const char *method)
{
    struct lat_http_request *request = &exchange->request;
    exchange->began = true;
    request->method = lat_arena_strdup(request->arena, method);
    request->body = "";
    MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, collect_header, exchange);
    take_peer(exchange);
    char too_many[] = "The request has too many headers.\n";
    if (request->header_count > LAT_HTTP_HEADERS_MAX)
        return refuse(exchange->connection, MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE, too_many);
    int64_t announced = 0;
    if (lat_text_to_int64(lat_http_request_header(request, "Content-Length"), &announced) < 0)
        return MHD_YES; /* absent; the library has refused a malformed one */
    bool waits = lat_http_request_header(request, "Expect") != NULL;
    int64_t bytes_max = (int64_t)exchange->body.length_max;
    if (announced > BODY_DRAINED_FACTOR * bytes_max || (waits && announced > bytes_max))
        return refuse_body(exchange);
    return MHD_YES;
}

static enum MHD_Result take_body(struct lat_http_exchange *exchange, const char *data,
                                 size_t length)
{
    exchange->body_bytes_received += length;
    if (exchange->body_bytes_received > BODY_DRAINED_FACTOR * exchange->body.length_max)
        return MHD_NO;                             /* a chunked body without end */
    lat_buf_append(&exchange->body, data, length); /* too much is remembered as overflowed */
    return MHD_YES;
}

static enum MHD_Result send_prepared(struct lat_http_exchange *exchange)
{
    if (exchange->cut)
        return MHD_NO;
    struct MHD_Response *response = LAT_TAKE(exchange->response);
    enum MHD_Result result = MHD_queue_response(exchange->connection, exchange->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result on_access(void *context, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *upload_data,
                                 size_t *upload_bytes, void **exchange_slot)
{
    (void)url;
    (void)connection;
    (void)version;
    struct lat_http_listener *listener = context;
    struct lat_http_exchange *exchange = *exchange_slot;
    if (!exchange->began)
        return take_head(exchange, method);
    if (*upload_bytes > 0) {
        enum MHD_Result result = take_body(exchange, upload_data, *upload_bytes);
        *upload_bytes = 0;
        return result;
    }
    if (exchange->body.overflowed)
        return refuse_body(exchange);
    if (!exchange->handled) {
        exchange->handled = true;
        exchange->request.body = exchange->body.data;
        exchange->request.body_length = exchange->body.length;
        listener->server->handled++;
        listener->handler(listener->context, exchange);
    }
    if (exchange->response != NULL || exchange->cut)
        return send_prepared(exchange);
    lat_http_suspend(exchange);
    return MHD_YES;
}

static void log_message(void *context, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void log_message(void *context, const char *format, va_list args)
{
    const struct lat_http_server *server = context;
    char text[256];
    vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\n")] = '\0';
    lat_log_write(server->log, LAT_LOG_DEBUG, "http: %s", text);
}

/* ---- The server ---- */

static int loop_add(struct lat_http_server *server, int fd, void *tag)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = tag};
    return epoll_ctl(server->loop_fd, EPOLL_CTL_ADD, fd, &event);
}

struct lat_http_server *lat_http_server_new(const struct lat_log *log)
{
    struct lat_arena *arena = lat_arena_new();
    struct lat_http_server *server = LAT_NEW(arena, struct lat_http_server);
    server->arena = arena;
    server->log = log;
    server->loop_fd = epoll_create1(EPOLL_CLOEXEC);
    server->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (server->stop_fd >= 0)
        loop_add(server, server->stop_fd, server);
    return server;
}

void lat_http_server_allow_large(struct lat_http_server *server, const char *path, size_t bytes_max)
{
    server->large_path = path;
    server->large_bytes_max = bytes_max;
}

struct lat_http_server *lat_http_server_free(struct lat_http_server *server)
{
    if (server == NULL)
        return NULL;
    for (struct lat_http_exchange *e = server->exchanges; e != NULL; e = e->next)
        lat_http_exchange_cut(e); /* a daemon cannot be stopped with suspended connections */
    for (struct lat_http_listener *listener = server->listeners; listener != NULL;
         listener = listener->next)
        MHD_stop_daemon(listener->daemon);
    assert(server->exchanges == NULL);
    lat_arena_pool_done(&server->arenas);
    if (server->stop_fd >= 0)
        close(server->stop_fd);
    if (server->loop_fd >= 0)
        close(server->loop_fd);
    lat_arena_free(server->arena);
    return NULL;
}

void lat_http_server_freep(struct lat_http_server **server)
{
    *server = lat_http_server_free(*server);
}

static struct MHD_Daemon *start_daemon(struct lat_http_listener *listener, int fd)
{
    bool is_tls = listener->tls_certificate != NULL;
    struct MHD_OptionItem options[] = {
        {is_tls ? MHD_OPTION_HTTPS_MEM_KEY : MHD_OPTION_END, 0, listener->tls_key},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, listener->tls_certificate},
        {MHD_OPTION_HTTPS_MEM_TRUST, 0, listener->tls_authority},
        {MHD_OPTION_END, 0, NULL},
    };
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME | (is_tls ? MHD_USE_TLS : 0),
        0, NULL, NULL, on_access, listener, MHD_OPTION_EXTERNAL_LOGGER, log_message,
        listener->server, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK, begin_request,
        listener, MHD_OPTION_UNESCAPE_CALLBACK, lat_http_keep_escapes, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, request_completed, listener, MHD_OPTION_NOTIFY_CONNECTION,
        lat_http_connection_changed, NULL, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned int)LAT_HTTP_CONNECTIONS_MAX,
        /* What is made of the head, and the answer's: it is cleared for each request. */
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)LAT_HTTP_HEADER_BYTES_MAX * 5 / 4,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)LAT_HTTP_IDLE_SECONDS, MHD_OPTION_ARRAY,
        options, MHD_OPTION_END);
}

int lat_http_server_listen_tls(struct lat_http_server *server, const char *address,
                               const struct lat_http_tls *tls, lat_http_handler *handler,
                               void *context, uint16_t *ret_port, struct lat_err *reterr)
{
    if (server->loop_fd < 0 || server->stop_fd < 0)
        return lat_err_broken(reterr, "the event loop cannot be made: too many open files");
    int fd = -1;
    uint16_t port = 0;
    if (lat_http_listen_socket(address, &fd, &port, reterr) < 0)
        return -1;
    struct lat_http_listener *listener = LAT_NEW(server->arena, struct lat_http_listener);
    listener->server = server;
    listener->handler = handler;
    listener->context = context;
    listener->tls_certificate = lat_arena_strdup(server->arena, tls->certificate);
    listener->tls_key = lat_arena_strdup(server->arena, tls->key);
    listener->tls_authority = lat_arena_strdup(server->arena, tls->client_authority);
    listener->daemon = start_daemon(listener, fd);
    const union MHD_DaemonInfo *info =
        listener->daemon == NULL ? NULL
                                 : MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (info == NULL || loop_add(server, info->epoll_fd, listener) < 0) {
        if (listener->daemon != NULL)
            MHD_stop_daemon(listener->daemon);
        return lat_err_broken(reterr, "%s: the HTTP server cannot be started: %s", address,
                              strerror(errno));
    }
    listener->next = server->listeners;
    server->listeners = listener;
    *ret_port = port;
    return 0;
}

int lat_http_server_listen(struct lat_http_server *server, const char *address,
                           lat_http_handler *handler, void *context, uint16_t *ret_port,
                           struct lat_err *reterr)
{
    struct lat_http_tls none = {0};
    return lat_http_server_listen_tls(server, address, &none, handler, context, ret_port, reterr);
}

/* ---- The loop ---- */

static int wait_ms(const struct lat_http_server *server, int tick_ms)
{
    if (server->resumed)
        return 0;
    int wait = tick_ms;
    for (struct lat_http_listener *l = server->listeners; l != NULL; l = l->next) {
        MHD_UNSIGNED_LONG_LONG due = 0;
        if (MHD_get_timeout(l->daemon, &due) != MHD_YES)
            continue;
        int due_ms = due > 60000 ? 60000 : (int)due;
        l->ready = due_ms == 0;
        if (wait < 0 || due_ms < wait)
            wait = due_ms;
    }
    return wait;
}

/* A daemon that was busy may have more to do: it is run again before the loop asks for all. */
static int run_daemon(struct lat_http_server *server, const struct lat_http_listener *listener)
{
    uint64_t before;
    int runs = 0;
    do {
        before = server->handled;
        if (MHD_run(listener->daemon) != MHD_YES)
            return -1;
    } while (server->handled != before && ++runs < RUNS_MAX);
    return 0;
}

/* Runs the daemons that have something to do: each costs system calls. */
static int run_daemons(struct lat_http_server *server, bool all, struct lat_err *reterr)
{
    server->resumed = false;
    for (struct lat_http_listener *l = server->listeners; l != NULL; l = l->next) {
        if ((l->ready || all) && run_daemon(server, l) < 0)
            return lat_err_broken(reterr, "the HTTP server cannot go on: %s", strerror(errno));
        l->ready = false;
    }
    return 0;
}

/* An event of the loop: a daemon's, or that the peer of a suspended stream left. */
static void take_event(struct lat_http_server *server, void *tag)
{
    for (struct lat_http_listener *l = server->listeners; l != NULL; l = l->next)
        if (l == tag) {
            l->ready = true;
            return;
        }
    struct lat_http_exchange *exchange = tag;
    exchange->stream->peer_gone = true;
    lat_http_resume(exchange);
}

static int serve(struct lat_http_server *server, lat_http_tick *tick, void *context,
                 struct lat_err *reterr)
{
    for (;;) {
        int tick_ms = tick == NULL ? -1 : tick(context);
        struct epoll_event events[EVENTS_PER_ROUND];
        int count = epoll_wait(server->loop_fd, events, EVENTS_PER_ROUND, wait_ms(server, tick_ms));
        if (count < 0 && errno != EINTR)
            return lat_err_broken(reterr, "waiting for connections failed: %s", strerror(errno));
        bool stop = false;
        for (int i = 0; i < count; i++) {
            stop = stop || events[i].data.ptr == server;
            if (events[i].data.ptr != server)
                take_event(server, events[i].data.ptr);
        }
        if (run_daemons(server, count <= 0 || server->resumed, reterr) <
            0) /* exchanges are freed only in here */
            return -1;
        if (stop)
            return 0;
    }
}

int lat_http_server_run(struct lat_http_server *server, lat_http_tick *tick, void *context,
                        struct lat_err *reterr)
{
    sigset_t ending, before;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ending, &before);
    int result = -1;
    int signal_fd = signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signal_fd < 0 || loop_add(server, signal_fd, server) < 0)
        lat_err_broken(reterr, "signals cannot be received: %s", strerror(errno));
    else
        result = serve(server, tick, context, reterr);
    /* What ended this run must not end the next one, nor the process once it is unblocked. */
    struct signalfd_siginfo info;
    while (signal_fd >= 0 && read(signal_fd, &info, sizeof info) > 0)
        ;
    eventfd_read(server->stop_fd, &(eventfd_t){0});
    if (signal_fd >= 0)
        close(signal_fd);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

void lat_http_server_stop(struct lat_http_server *server)
{
    eventfd_write(server->stop_fd, 1);
}
