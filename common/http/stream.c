/* Streams: answers that are queued bit by bit and sent as the peer takes them; see server.h. What
 * they hold is counted, and none of them waits: an empty one suspends its connection. */
#include "common/http/server.h"

#include "common/base/lat_limits.h"
#include "common/http/server_int.h"

#include <string.h>

/* Keeps the server's sum: to be called with the capacity before every change of a queue. */
static void count_held(struct lat_http_stream *stream, size_t before)
{
    struct lat_http_server *server = stream->exchange->listener->server;
    server->streams_held = server->streams_held - before + stream->queue.capacity;
}

static void consume(struct lat_http_stream *stream)
{
    size_t before = stream->queue.capacity;
    lat_buf_consume(&stream->queue, stream->sent);
    stream->sent = 0;
    if (stream->queue.length == 0 && before > LAT_HTTP_STREAM_BLOCK_BYTES)
        lat_buf_done(
            &stream->queue); /* a burst is over: most streams are quiet for most of the time */
    count_held(stream, before);
}

static ssize_t read_stream(void *context, uint64_t position, char *buffer, size_t bytes_max)
{
    (void)position;
    struct lat_http_stream *stream = context;
    if (stream->peer_gone || stream->exchange->cut)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t count = stream->queue.length - stream->sent;
    if (count == 0 && stream->closing)
        return stream->cutting ? MHD_CONTENT_READER_END_WITH_ERROR
                               : MHD_CONTENT_READER_END_OF_STREAM;
    if (count == 0) {
        lat_http_suspend(stream->exchange);
        lat_http_watch_peer(stream->exchange);
        return 0;
    }
    if (count > bytes_max)
        count = bytes_max;
    memcpy(buffer, stream->queue.data + stream->sent, count);
    stream->sent += count;
    stream->taken += count;
    stream->mid_line = buffer[count - 1] != '\n';
    if (stream->sent > stream->queue.length / 2) /* each byte moves at most once on average */
        consume(stream);
    return (ssize_t)count;
}

struct lat_http_stream *lat_http_exchange_stream(struct lat_http_exchange *exchange, int status,
                                                 const struct lat_http_header *headers,
                                                 size_t header_count,
                                                 void (*on_closed)(void *context), void *context)
{
    struct lat_http_stream *stream = LAT_NEW(exchange->request.arena, struct lat_http_stream);
    stream->exchange = exchange;
    stream->on_closed = on_closed;
    stream->context = context;
    lat_buf_init(&stream->queue, 2 * (size_t)LAT_HTTP_STREAM_BYTES_MAX);
    exchange->stream = stream;
    lat_http_set_response(exchange, status,
                          MHD_create_response_from_callback(MHD_SIZE_UNKNOWN,
                                                            LAT_HTTP_STREAM_BLOCK_BYTES,
                                                            read_stream, stream, NULL),
                          headers, header_count);
    return stream;
}

int lat_http_stream_write(struct lat_http_stream *stream, const char *data, size_t length)
{
    size_t waiting = stream->queue.length - stream->sent;
    if (stream->closing || length > LAT_HTTP_STREAM_BYTES_MAX - waiting)
        return -1;
    size_t before = stream->queue.capacity;
    if (lat_buf_append(&stream->queue, data, length) < 0)
        return -1;
    count_held(stream, before);
    lat_http_resume(stream->exchange);
    return 0;
}

struct lat_http_stream_load lat_http_stream_load(const struct lat_http_stream *stream)
{
    return (struct lat_http_stream_load){
        .unsent = stream->queue.length - stream->sent,
        .taken = stream->taken,
        .held_by_all = stream->exchange->listener->server->streams_held,
    };
}

void lat_http_stream_overtake(struct lat_http_stream *stream, const char *last, size_t length)
{
    const char *rest = stream->queue.data + stream->sent;
    size_t unsent = stream->queue.length - stream->sent;
    size_t looked_at = unsent < LAT_HTTP_STREAM_LINE_KEPT ? unsent : LAT_HTTP_STREAM_LINE_KEPT;
    const char *feed = stream->mid_line ? memchr(rest, '\n', looked_at) : rest - 1;
    struct lat_buf queue;
    lat_buf_init(&queue, stream->queue.length_max);
    if (feed == NULL) {
        stream->peer_gone = true;
    } else {
        lat_buf_append(&queue, rest, (size_t)(feed + 1 - rest));
        lat_buf_append(&queue, last, length);
    }
    size_t before = stream->queue.capacity;
    lat_buf_done(&stream->queue);
    stream->queue = queue;
    stream->sent = 0;
    count_held(stream, before);
    lat_http_stream_close(stream);
}

void lat_http_stream_close(struct lat_http_stream *stream)
{
    stream->closing = true;
    lat_http_resume(stream->exchange);
}

void lat_http_stream_cut(struct lat_http_stream *stream)
{
    stream->cutting = true;
    lat_http_stream_close(stream);
}

void lat_http_stream_release(struct lat_http_stream *stream)
{
    size_t before = stream->queue.capacity;
    lat_buf_done(&stream->queue);
    count_held(stream, before);
}
