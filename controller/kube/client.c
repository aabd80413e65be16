/* Calls to the Kubernetes API server; see client.h. */
#include "controller/kube/client.h"

#include "common/base/file.h"
#include "common/base/json.h"
#include "common/base/text.h"

#include <stdlib.h>
#include <string.h>

#define CALL_TIMEOUT_MS    30000
#define SILENCE_TIMEOUT_MS 660000 /* watches end after 300 to 600 s by themselves */
#define TOKEN_AGE_MS       60000
#define TOKEN_BYTES_MAX    (64 << 10)

struct gwc_kube {
    const struct gwc_kube_access *access;
    const struct lat_clock *clock;
    struct lat_http_client *http;
    char *file_token; /* what token_file held when it was last read */
    int64_t file_token_read_ms;
};

struct gwc_kube *gwc_kube_new(const struct gwc_kube_access *access, const struct lat_clock *clock)
{
    struct gwc_kube *kube = calloc(1, sizeof *kube);
    if (kube == NULL)
        abort();
    const struct lat_http_client_options options = {
        .user_agent = "lattice-controller",
        .ca_file = access->ca_file,
        .client_cert = access->client_cert,
        .client_key = access->client_key,
        .skip_tls_verify = access->skip_tls_verify,
    };
    kube->access = access;
    kube->clock = clock;
    kube->http = lat_http_client_new(&options);
    return kube;
}

struct gwc_kube *gwc_kube_free(struct gwc_kube *kube)
{
    if (kube == NULL)
        return NULL;
    lat_http_client_free(kube->http);
    free(kube->file_token);
    free(kube);
    return NULL;
}

void gwc_kube_freep(struct gwc_kube **kube)
{
    *kube = gwc_kube_free(*kube);
}

/* The bearer token of this moment, or NULL. An unreadable file keeps the token read before. */
static const char *bearer_token(struct gwc_kube *kube)
{
    if (kube->access->token_file == NULL)
        return kube->access->token;
    int64_t now_ms = lat_clock_now_ms(kube->clock);
    if (kube->file_token != NULL && now_ms - kube->file_token_read_ms < TOKEN_AGE_MS)
        return kube->file_token;
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    char *text = NULL;
    size_t length = 0;
    struct lat_err err;
    if (lat_file_read(arena, kube->access->token_file, TOKEN_BYTES_MAX, &text, &length, &err) < 0)
        return kube->file_token;
    text[strcspn(text, "\r\n")] = '\0';
    free(kube->file_token);
    kube->file_token = strdup(text);
    kube->file_token_read_ms = now_ms;
    return kube->file_token;
}

static size_t fill_headers(struct gwc_kube *kube, struct lat_arena *arena, const char *content_type,
                           struct lat_http_header headers[3])
{
    size_t count = 0;
    headers[count++] = (struct lat_http_header){"Accept", "application/json"};
    if (content_type != NULL)
        headers[count++] = (struct lat_http_header){"Content-Type", content_type};
    const char *token = bearer_token(kube);
    if (token != NULL)
        headers[count++] =
            (struct lat_http_header){"Authorization", lat_arena_printf(arena, "Bearer %s", token)};
    return count;
}

static int fail(struct gwc_kube_error *ret_error, int status, const char *reason,
                const char *message)
{
    *ret_error = (struct gwc_kube_error){.status = status, .reason = reason, .message = message};
    return -1;
}

int gwc_kube_call(struct gwc_kube *kube, struct lat_arena *arena, const char *method,
                  const char *path, const char *content_type, const json_t *body,
                  json_t **ret_new_object, struct gwc_kube_error *ret_error)
{
    struct lat_http_header headers[3];
    struct lat_http_call call = {
        .method = method,
        .url = lat_arena_printf(arena, "%s%s", kube->access->server, path),
        .headers = headers,
        .header_count = fill_headers(kube, arena, content_type, headers),
        .timeout_ms = CALL_TIMEOUT_MS,
    };
    if (body != NULL) {
        call.body = lat_json_text(arena, body);
        call.body_length = strlen(call.body);
    }
    struct lat_http_answer answer;
    struct lat_err err = {0};
    if (lat_http_client_call(kube->http, arena, &call, &answer, &err) < 0)
        return fail(ret_error, 0, "", lat_arena_strdup(arena, err.message));
    json_t *object = lat_json_parse_new(answer.body, answer.body_length, &err);
    if (answer.status >= 400) {
        const char *fallback =
            lat_arena_printf(arena, "%s %s: HTTP status %d", method, path, answer.status);
        const char *message = lat_json_string_at(object, "message", fallback);
        const char *reason = lat_json_string_at(object, "reason", "");
        message = lat_arena_strdup(arena, message);
        reason = lat_arena_strdup(arena, reason);
        json_decref(object);
        return fail(ret_error, answer.status, reason, message);
    }
    if (object == NULL)
        return fail(ret_error, answer.status, "",
                    lat_arena_printf(arena, "%s %s: the answer is not JSON: %s", method, path,
                                     err.message));
    *ret_new_object = object;
    return 0;
}

struct lat_http_subscription *gwc_kube_subscribe(struct gwc_kube *kube, const char *path,
                                                 const struct lat_http_stream_events *events)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct lat_http_header headers[3];
    const struct lat_http_call call = {
        .method = "GET",
        .url = lat_arena_printf(arena, "%s%s", kube->access->server, path),
        .headers = headers,
        .header_count = fill_headers(kube, arena, NULL, headers),
        .timeout_ms = SILENCE_TIMEOUT_MS,
    };
    return lat_http_client_subscribe(kube->http, &call, events);
}

int gwc_kube_poll(struct gwc_kube *kube, int extra_fd, int timeout_ms)
{
    return lat_http_client_poll(kube->http, extra_fd, timeout_ms);
}

/* One level of gwc_merge_patch_new. It recurses as deep as the objects are, which the JSON parser
 * has limited. */
json_t *gwc_merge_patch_new(const json_t *before, const json_t *after)
{
    json_t *patch = json_object();
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(lat_json_iterable(after), name, value) {
        json_t *old = json_object_get(before, name);
        if (json_equal(old, value))
            continue;
        if (json_is_object(old) && json_is_object(value))
            json_object_set_new(patch, name, gwc_merge_patch_new(old, value));
        else
            json_object_set(patch, name, value);
    }
    json_object_foreach(lat_json_iterable(before), name, value) {
        if (json_object_get(after, name) == NULL)
            json_object_set_new(patch, name, json_null());
    }
    return patch;
}
