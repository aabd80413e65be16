/* The HTTP client on libcurl; see client.h. Calls share one handle, which keeps its connections;
 * streams live on one multi handle. What comes in on a stream is handed on outside of libcurl's own
 * callbacks, so that a receiver may subscribe, close and call. Never follows a redirect and never
 * changes a URL. */
#include "common/http/client.h"

#include "common/base/buf.h"
#include "common/base/lat_limits.h"
#include "common/base/text.h"
#include "common/http/client_curl.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define CONNECT_TIMEOUT_MS_DEFAULT 5000
#define WAIT_MS_MAX                60000 /* of one wait for all streams */

struct lat_http_subscription {
    struct lat_http_subscription *next;
    struct lat_arena *arena; /* holds this struct and the copy of the call */
    struct lat_http_call call;
    struct lat_http_stream_events events;
    CURL *easy; /* NULL before the first poll */
    struct curl_slist *header_list;
    struct lat_buf incoming; /* received, not yet handed on */
    char failure[CURL_ERROR_SIZE];
    CURLcode result;
    bool finished; /* the transfer is over; on_end is due */
    bool closed;   /* to be freed as soon as nothing looks at it */
};

struct lat_http_client {
    struct lat_arena *arena; /* holds this struct and the options */
    struct lat_http_client_options options;
    char *ca_pem;
    struct curl_slist *connect_to; /* NULL: where URLs say */
    CURL *easy;
    CURLM *multi;
    struct lat_http_subscription *subscriptions;
    bool polling; /* the list of subscriptions is being walked */
};

struct reply {
    struct lat_arena *arena;
    struct lat_http_header *headers;
    size_t header_count;
    struct lat_buf body;
};

static void free_list(struct curl_slist **list)
{
    lat_curl.slist_free_all(*list);
}

const char *lat_http_answer_header(const struct lat_http_answer *answer, const char *name)
{
    for (size_t i = 0; i < answer->header_count; i++)
        if (lat_text_eq_ignore_case(answer->headers[i].name, name))
            return answer->headers[i].value;
    return NULL;
}

static struct curl_slist *append(struct curl_slist *list, const char *line)
{
    struct curl_slist *longer = lat_curl.slist_append(list, line);
    if (longer == NULL) {
        fputs("out of memory\n", stderr);
        abort();
    }
    return longer;
}

struct lat_http_client *lat_http_client_new(const struct lat_http_client_options *options)
{
    lat_curl_load();
    lat_curl.global_init(CURL_GLOBAL_DEFAULT);
    struct lat_arena *arena = lat_arena_new();
    struct lat_http_client *client = LAT_NEW(arena, struct lat_http_client);
    client->arena = arena;
    client->options = *options;
    client->options.user_agent = lat_arena_strdup(arena, options->user_agent);
    client->options.ca_file = lat_arena_strdup(arena, options->ca_file);
    client->ca_pem = lat_arena_strdup(arena, options->ca_pem);
    if (options->connect_to != NULL)
        client->connect_to = append(NULL, lat_arena_printf(arena, "::%s", options->connect_to));
    client->options.client_cert = lat_arena_strdup(arena, options->client_cert);
    client->options.client_key = lat_arena_strdup(arena, options->client_key);
    client->easy = lat_curl.easy_init();
    client->multi = lat_curl.multi_init();
    if (client->easy == NULL || client->multi == NULL) {
        fputs("out of memory\n", stderr);
        abort();
    }
    return client;
}

static void free_subscription(struct lat_http_client *client, struct lat_http_subscription *s)
{
    if (s->easy != NULL) {
        lat_curl.multi_remove_handle(client->multi, s->easy);
        lat_curl.easy_cleanup(s->easy);
    }
    lat_curl.slist_free_all(s->header_list);
    lat_buf_done(&s->incoming);
    lat_arena_free(s->arena);
}

struct lat_http_client *lat_http_client_free(struct lat_http_client *client)
{
    if (client == NULL)
        return NULL;
    while (client->subscriptions != NULL) {
        struct lat_http_subscription *s = client->subscriptions;
        client->subscriptions = s->next;
        free_subscription(client, s);
    }
    lat_curl.multi_cleanup(client->multi);
    lat_curl.easy_cleanup(client->easy);
    lat_curl.slist_free_all(client->connect_to);
    lat_arena_free(client->arena);
    lat_curl.global_cleanup();
    return NULL;
}

void lat_http_client_freep(struct lat_http_client **client)
{
    *client = lat_http_client_free(*client);
}

/* ---- What calls and streams have in common ---- */

static bool is_loopback_host(const char *host)
{
    return strcmp(host, "localhost") == 0 || lat_text_has_suffix(host, ".localhost") ||
           lat_text_has_prefix(host, "127.") || strcmp(host, "[::1]") == 0;
}

/* Whether a proxy named in the environment must not see this URL. */
static bool is_loopback(const char *url)
{
    CURLU *parts = lat_curl.url();
    char *host = NULL;
    bool result = parts != NULL && lat_curl.url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
                  lat_curl.url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                  is_loopback_host(host);
    lat_curl.free(host);
    lat_curl.url_cleanup(parts);
    return result;
}

/* The headers as libcurl wants them: "Name: value", "Name;" for an empty value, and "Name:" to
 * leave out one that it would add on its own. */
static struct curl_slist *header_list_new(struct lat_arena *arena, const struct lat_http_call *call)
{
    struct curl_slist *list = append(NULL, "Expect:");
    bool has_type = false;
    for (size_t i = 0; i < call->header_count; i++) {
        const struct lat_http_header *h = &call->headers[i];
        has_type = has_type || lat_text_eq_ignore_case(h->name, "Content-Type");
        list = append(list, h->value[0] == '\0'
                                ? lat_arena_printf(arena, "%s;", h->name)
                                : lat_arena_printf(arena, "%s: %s", h->name, h->value));
    }
    return has_type ? list : append(list, "Content-Type:");
}

static void set_tls(CURL *easy, const struct lat_http_client *client)
{
    const struct lat_http_client_options *options = &client->options;
    if (options->ca_file != NULL)
        lat_curl.easy_setopt(easy, CURLOPT_CAINFO, options->ca_file);
    if (client->ca_pem != NULL) {
        struct curl_blob blob = {
            .data = client->ca_pem, .len = strlen(client->ca_pem), .flags = CURL_BLOB_NOCOPY};
        lat_curl.easy_setopt(easy, CURLOPT_CAPATH, NULL); /* nobody else's authorities */
        lat_curl.easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
    }
    if (options->client_cert != NULL)
        lat_curl.easy_setopt(easy, CURLOPT_SSLCERT, options->client_cert);
    if (options->client_key != NULL)
        lat_curl.easy_setopt(easy, CURLOPT_SSLKEY, options->client_key);
    if (options->skip_tls_verify) {
        lat_curl.easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        lat_curl.easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

static void set_method(CURL *easy, const struct lat_http_call *call)
{
    bool wants_length = lat_text_eq(call->method, "POST") || lat_text_eq(call->method, "PUT") ||
                        lat_text_eq(call->method, "PATCH");
    if (call->body != NULL || wants_length) {
        lat_curl.easy_setopt(easy, CURLOPT_POST, 1L);
        lat_curl.easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body_length);
        lat_curl.easy_setopt(easy, CURLOPT_POSTFIELDS, call->body == NULL ? "" : call->body);
    } else if (lat_text_eq(call->method, "HEAD")) {
        lat_curl.easy_setopt(easy, CURLOPT_NOBODY, 1L);
    }
    lat_curl.easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method);
}

static long http_version(const struct lat_http_call *call)
{
    if (!call->http2)
        return CURL_HTTP_VERSION_1_1;
    return lat_text_has_prefix(call->url, "https:") ? CURL_HTTP_VERSION_2TLS
                                                    : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
}

/* Fills a fresh handle; call and headers must live as long as the transfer. */
static void set_call(CURL *easy, const struct lat_http_client *client,
                     const struct lat_http_call *call, struct curl_slist *headers, char *failure)
{
    const struct lat_http_client_options *options = &client->options;
    failure[0] = '\0';
    lat_curl.easy_setopt(easy, CURLOPT_URL, call->url);
    lat_curl.easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    lat_curl.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    lat_curl.easy_setopt(easy, CURLOPT_HTTP_VERSION, http_version(call));
    lat_curl.easy_setopt(easy, CURLOPT_FRESH_CONNECT, call->once ? 1L : 0L);
    lat_curl.easy_setopt(easy, CURLOPT_FORBID_REUSE, call->once ? 1L : 0L);
    lat_curl.easy_setopt(easy, CURLOPT_ERRORBUFFER, failure);
    lat_curl.easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    lat_curl.easy_setopt(easy, CURLOPT_USERAGENT, options->user_agent);
    lat_curl.easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                         (long)(options->connect_timeout_ms > 0 ? options->connect_timeout_ms
                                                                : CONNECT_TIMEOUT_MS_DEFAULT));
    lat_curl.easy_setopt(easy, CURLOPT_CONNECT_TO, client->connect_to);
    if (client->connect_to != NULL || is_loopback(call->url))
        lat_curl.easy_setopt(easy, CURLOPT_PROXY, "");
    set_method(easy, call);
    set_tls(easy, client);
}

/* ---- Calls ---- */

/* Takes "Name: value"; returns -1 when there are too many. */
static int take_header(struct reply *reply, const char *line, size_t length)
{
    while (length > 0 && strchr("\r\n \t", line[length - 1]) != NULL)
        length--;
    const char *end = line + length;
    const char *colon = memchr(line, ':', length);
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        reply->headers = NULL; /* an interim answer came before this one */
        reply->header_count = 0;
        return 0;
    }
    if (colon == NULL)
        return 0;
    if (reply->header_count == LAT_HTTP_HEADERS_MAX)
        return -1;
    const char *value = colon + 1;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    struct lat_http_header *header =
        LAT_ARENA_PUSH(reply->arena, reply->headers, reply->header_count);
    header->name = lat_arena_strndup(reply->arena, line, (size_t)(colon - line));
    header->value = lat_arena_strndup(reply->arena, value, (size_t)(end - value));
    return 0;
}

static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    return take_header(context, line, size * count) < 0 ? 0 : size * count;
}

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
    struct reply *reply = context;
    return lat_buf_append(&reply->body, data, size * count) < 0 ? 0 : size * count;
}

static const char *reason(CURLcode code, const char *failure)
{
    return failure[0] != '\0' ? failure : lat_curl.easy_strerror(code);
}

static int fill_answer(CURL *easy, const struct reply *reply, struct lat_http_answer *ret_answer)
{
    long status = 0;
    lat_curl.easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    *ret_answer = (struct lat_http_answer){
        .status = (int)status,
        .headers = reply->headers,
        .header_count = reply->header_count,
        .body = lat_arena_strndup(reply->arena, reply->body.data, reply->body.length),
        .body_length = reply->body.length,
    };
    return 0;
}

int lat_http_client_call(struct lat_http_client *client, struct lat_arena *arena,
                         const struct lat_http_call *call, struct lat_http_answer *ret_answer,
                         struct lat_err *reterr)
{
    char failure[CURL_ERROR_SIZE];
    LAT_AUTO(free_list) struct curl_slist *headers = header_list_new(arena, call);
    struct reply reply = {.arena = arena};
    lat_buf_init(&reply.body, LAT_HTTP_ANSWER_BYTES_MAX);
    CURL *easy = client->easy;
    set_call(easy, client, call, headers, failure);
    lat_curl.easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)call->timeout_ms);
    lat_curl.easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    lat_curl.easy_setopt(easy, CURLOPT_HEADERDATA, &reply);
    lat_curl.easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    lat_curl.easy_setopt(easy, CURLOPT_WRITEDATA, &reply);
    CURLcode code = lat_curl.easy_perform(easy);
    int result = -1;
    if (code == CURLE_OK)
        result = fill_answer(easy, &reply, ret_answer);
    else if (reply.body.overflowed)
        lat_err_broken(reterr, "%s: the answer is larger than %d bytes", call->url,
                       LAT_HTTP_ANSWER_BYTES_MAX);
    else if (reply.header_count == LAT_HTTP_HEADERS_MAX && code == CURLE_WRITE_ERROR)
        lat_err_broken(reterr, "%s: the answer has more than %d headers", call->url,
                       LAT_HTTP_HEADERS_MAX);
    else
        lat_err_broken(reterr, "%s: %s", call->url, reason(code, failure));
    lat_curl.easy_reset(easy); /* keeps the connections, forgets the pointers into this frame */
    lat_buf_done(&reply.body);
    return result;
}

/* ---- Streams ---- */

static size_t on_stream_data(char *data, size_t size, size_t count, void *context)
{
    struct lat_http_subscription *s = context;
    return lat_buf_append(&s->incoming, data, size * count) < 0 ? 0 : size * count;
}

static void copy_call(struct lat_arena *arena, const struct lat_http_call *call,
                      struct lat_http_call *ret_copy)
{
    struct lat_http_header *headers =
        LAT_NEW_ARRAY(arena, struct lat_http_header, call->header_count);
    for (size_t i = 0; i < call->header_count; i++) {
        headers[i].name = lat_arena_strdup(arena, call->headers[i].name);
        headers[i].value = lat_arena_strdup(arena, call->headers[i].value);
    }
    *ret_copy = *call;
    ret_copy->method = lat_arena_strdup(arena, call->method);
    ret_copy->url = lat_arena_strdup(arena, call->url);
    ret_copy->headers = headers;
    if (call->body != NULL)
        ret_copy->body = lat_arena_strndup(arena, call->body, call->body_length);
}

struct lat_http_subscription *lat_http_client_subscribe(struct lat_http_client *client,
                                                        const struct lat_http_call *call,
                                                        const struct lat_http_stream_events *events)
{
    struct lat_arena *arena = lat_arena_new();
    struct lat_http_subscription *s = LAT_NEW(arena, struct lat_http_subscription);
    s->arena = arena;
    s->events = *events;
    copy_call(arena, call, &s->call);
    lat_buf_init(&s->incoming, LAT_HTTP_STREAM_BYTES_MAX);
    s->next = client->subscriptions;
    client->subscriptions = s;
    return s;
}

void lat_http_subscription_close(struct lat_http_subscription *subscription)
{
    subscription->closed = true;
}

/* Hands a new subscription to libcurl. */
static void begin(struct lat_http_client *client, struct lat_http_subscription *s)
{
    s->easy = lat_curl.easy_init();
    if (s->easy == NULL) {
        fputs("out of memory\n", stderr);
        abort();
    }
    s->header_list = header_list_new(s->arena, &s->call);
    set_call(s->easy, client, &s->call, s->header_list, s->failure);
    lat_curl.easy_setopt(s->easy, CURLOPT_WRITEFUNCTION, on_stream_data);
    lat_curl.easy_setopt(s->easy, CURLOPT_WRITEDATA, s);
    lat_curl.easy_setopt(s->easy, CURLOPT_PRIVATE, s);
    if (s->call.timeout_ms > 0) { /* libcurl knows silence in whole seconds only */
        lat_curl.easy_setopt(s->easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
        lat_curl.easy_setopt(s->easy, CURLOPT_LOW_SPEED_TIME, (s->call.timeout_ms + 999L) / 1000L);
    }
    lat_curl.multi_add_handle(client->multi, s->easy);
}

/* Frees what was closed and begins what is new. */
static void tend(struct lat_http_client *client)
{
    struct lat_http_subscription **link = &client->subscriptions;
    while (*link != NULL) {
        struct lat_http_subscription *s = *link;
        if (s->closed) {
            *link = s->next;
            free_subscription(client, s);
            continue;
        }
        if (s->easy == NULL)
            begin(client, s);
        link = &s->next;
    }
}

static void note_finished(struct lat_http_client *client)
{
    CURLMsg *message;
    int left = 0;
    while ((message = lat_curl.multi_info_read(client->multi, &left)) != NULL) {
        struct lat_http_subscription *s = NULL;
        lat_curl.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &s);
        s->finished = true;
        s->result = message->data.result;
    }
}

static void hand_on_end(struct lat_http_subscription *s)
{
    long status = 0, version = 0;
    lat_curl.easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
    lat_curl.easy_getinfo(s->easy, CURLINFO_HTTP_VERSION, &version);
    bool is_old = s->result == CURLE_OK && s->call.http2 && version != CURL_HTTP_VERSION_2_0;
    char message[LAT_ERR_MESSAGE_MAX];
    if (is_old)
        snprintf(message, sizeof message, "%s: the answer was not HTTP/2", s->call.url);
    else if (s->incoming.overflowed)
        snprintf(message, sizeof message, "%s: more than %d bytes came in at once", s->call.url,
                 LAT_HTTP_STREAM_BYTES_MAX);
    else
        snprintf(message, sizeof message, "%s: %s", s->call.url, reason(s->result, s->failure));
    s->closed = true;
    s->events.on_end(s->events.context, (int)status,
                     s->result == CURLE_OK && !is_old ? NULL : message);
}

/* Calls the receivers. They may add to the front of the list and mark others as closed; nothing is
 * freed before the walk is over. */
static int hand_on(struct lat_http_client *client)
{
    int calls = 0;
    for (struct lat_http_subscription *s = client->subscriptions; s != NULL; s = s->next) {
        if (!s->closed && s->incoming.length > 0) {
            s->events.on_data(s->events.context, s->incoming.data, s->incoming.length);
            lat_buf_clear(&s->incoming);
            calls++;
        }
        if (!s->closed && s->finished) {
            hand_on_end(s);
            calls++;
        }
    }
    return calls;
}

/* Moves bytes, then hands them on. Returns the number of callbacks made. */
static int advance(struct lat_http_client *client)
{
    int running = 0;
    tend(client);
    lat_curl.multi_perform(client->multi, &running);
    note_finished(client);
    int calls = hand_on(client);
    tend(client);
    return calls;
}

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int lat_http_client_poll(struct lat_http_client *client, int extra_fd, int timeout_ms)
{
    assert(!client->polling); /* a receiver must not wait for itself */
    client->polling = true;
    int64_t end_ms = monotonic_ms() + timeout_ms;
    int calls = advance(client);
    while (calls == 0) {
        int64_t left_ms = timeout_ms < 0 ? WAIT_MS_MAX : end_ms - monotonic_ms();
        if (left_ms <= 0 && extra_fd < 0)
            break;
        int wait_ms = left_ms < 0 ? 0 : left_ms > WAIT_MS_MAX ? WAIT_MS_MAX : (int)left_ms;
        struct curl_waitfd extra = {.fd = extra_fd, .events = CURL_WAIT_POLLIN};
        CURLMcode code =
            lat_curl.multi_poll(client->multi, &extra, extra_fd < 0 ? 0 : 1, wait_ms, NULL);
        calls = advance(client);
        if (code != CURLM_OK || extra.revents != 0 || left_ms <= 0)
            break;
    }
    client->polling = false;
    return calls;
}
