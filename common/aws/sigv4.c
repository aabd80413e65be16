/* Signature Version 4; see sigv4.h. */
#include "common/aws/sigv4_int.h"

#include "common/base/clock.h"
#include "common/base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (lat_text_eq_ignore_case(name, *names))
            return true;
    return false;
}

const char *lat_sigv4_signed_headers(struct lat_arena *arena,
                                     const struct lat_sigv4_request *request)
{
    static const char *const unsigned_names[] = {
        "authorization", "connection",      "expect", "transfer-encoding",
        "user-agent",    "x-amzn-trace-id", NULL};
    const char **names = LAT_NEW_ARRAY(arena, const char *, request->header_count);
    size_t count = 0, bytes = 1;
    for (size_t i = 0; i < request->header_count; i++) {
        if (is_one_of(request->headers[i].name, unsigned_names))
            continue;
        char *name = lat_arena_strdup(arena, request->headers[i].name);
        for (char *p = name; *p != '\0'; p++)
            *p = (char)tolower((unsigned char)*p);
        names[count++] = name;
        bytes += strlen(name) + 1;
    }
    qsort(names, count, sizeof *names, compare_names);
    char *list = lat_arena_alloc(arena, bytes), *end = list;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && strcmp(names[i], names[i - 1]) == 0)
            continue;
        if (end > list)
            *end++ = ';';
        end = stpcpy(end, names[i]);
    }
    return list;
}

const char *lat_sigv4_payload_hash(struct lat_arena *arena, const char *body, size_t body_length)
{
    LAT_AUTO(lat_sigv4_hasher_freep) struct lat_sigv4_hasher *hasher = lat_sigv4_hasher_new();
    char hash[LAT_SIGV4_HEX_BYTES];
    lat_sigv4_hash_payload(hasher, body, body_length, hash);
    return lat_arena_strdup(arena, hash);
}

static void push_header(struct lat_arena *arena, struct lat_sigv4_request *request,
                        struct lat_sigv4_header **headers, const char *name, const char *value)
{
    struct lat_sigv4_header *header = LAT_ARENA_PUSH(arena, *headers, request->header_count);
    header->name = name;
    header->value = value;
    request->headers = *headers;
}

int lat_sigv4_sign(struct lat_arena *arena, const struct lat_sigv4_request *request,
                   const struct lat_credentials *credentials, const struct lat_sigv4_scope *scope,
                   const struct lat_sigv4_header **ret_headers, size_t *ret_count,
                   struct lat_err *reterr)
{
    static const char *const ours[] = {"authorization", "x-amz-date", "x-amz-security-token", NULL};
    struct lat_sigv4_request whole = *request;
    struct lat_sigv4_header *headers = NULL;
    bool has_host = false;
    whole.header_count = 0;
    for (size_t i = 0; i < request->header_count; i++) {
        const struct lat_sigv4_header *header = &request->headers[i];
        has_host = has_host || lat_text_eq_ignore_case(header->name, "Host");
        if (!is_one_of(header->name, ours))
            push_header(arena, &whole, &headers, header->name, header->value);
    }
    if (!has_host)
        return lat_err_broken(reterr, "a request without a Host header cannot be signed");
    char time[LAT_TIME_TEXT_BYTES];
    push_header(arena, &whole, &headers, "X-Amz-Date",
                lat_arena_strdup(arena, lat_time_format_basic(scope->time_ms, time)));
    if (!lat_text_is_empty(credentials->session_token))
        push_header(arena, &whole, &headers, "X-Amz-Security-Token", credentials->session_token);
    const char *signed_headers = lat_sigv4_signed_headers(arena, &whole);
    LAT_AUTO(lat_sigv4_hasher_freep) struct lat_sigv4_hasher *hasher = lat_sigv4_hasher_new();
    char payload_hash[LAT_SIGV4_HEX_BYTES], signature[LAT_SIGV4_HEX_BYTES];
    lat_sigv4_hash_payload(hasher, request->body, request->body_length, payload_hash);
    lat_sigv4_signature(hasher, arena, &whole, signed_headers, payload_hash,
                        credentials->secret_key, scope, signature);
    push_header(arena, &whole, &headers, "Authorization",
                lat_arena_printf(arena,
                                 LAT_SIGV4_ALGORITHM
                                 " Credential=%s/%.8s/%s/%s/aws4_request, SignedHeaders=%s, "
                                 "Signature=%s",
                                 credentials->access_key, time, scope->region, scope->service,
                                 signed_headers, signature));
    *ret_headers = headers;
    *ret_count = whole.header_count;
    return 0;
}
