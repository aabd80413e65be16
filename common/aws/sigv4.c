/* Signature Version 4; see sigv4.h. */
#include "common/aws/sigv4.h"

#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/text.h"

#include <assert.h>
#include <ctype.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HASH_BYTES LAT_SIGV4_KEY_BYTES

struct pair {
    const char *name;
    const char *value;
};

/* ---- Hashes ---- */

static const char *to_hex(struct lat_arena *arena, const unsigned char hash[HASH_BYTES])
{
    char *text = lat_arena_alloc(arena, 2 * HASH_BYTES + 1);
    for (size_t i = 0; i < HASH_BYTES; i++) {
        text[2 * i] = "0123456789abcdef"[hash[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[hash[i] & 15];
    }
    return text;
}

static const char *sha256_hex(struct lat_arena *arena, const void *data, size_t length)
{
    unsigned char hash[HASH_BYTES];
    int done = EVP_Digest(data, length, hash, NULL, EVP_sha256(), NULL);
    assert(done == 1); /* SHA-256 is always there */
    (void)done;
    return to_hex(arena, hash);
}

static void hmac(const void *key, size_t key_bytes, const char *text, unsigned char out[HASH_BYTES])
{
    unsigned char result[EVP_MAX_MD_SIZE];
    HMAC(EVP_sha256(), key, (int)key_bytes, (const unsigned char *)text, strlen(text), result,
         NULL);
    memcpy(out, result, HASH_BYTES);
}

const char *lat_sigv4_payload_hash(struct lat_arena *arena, const char *body, size_t body_length)
{
    return body == NULL ? sha256_hex(arena, "", 0) : sha256_hex(arena, body, body_length);
}

/* ---- The canonical request ---- */

static bool is_unreserved(char c)
{
    return isalnum((unsigned char)c) || (c != '\0' && strchr("-._~", c) != NULL);
}

/* Percent-encodes all but the unreserved characters and those of keep. */
static char *encode(struct lat_arena *arena, const char *text, size_t length, const char *keep)
{
    char *out = lat_arena_alloc(arena, 3 * length + 1), *end = out;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (is_unreserved(c) || (c != '\0' && strchr(keep, c) != NULL)) {
            *end++ = c;
            continue;
        }
        *end++ = '%';
        *end++ = "0123456789ABCDEF"[(unsigned char)c >> 4];
        *end++ = "0123456789ABCDEF"[(unsigned char)c & 15];
    }
    return out;
}

/* The path without "." and empty segments and with ".." resolved; a slash at the end stays. */
static char *normalize(struct lat_arena *arena, const char *path)
{
    char *out = lat_arena_alloc(arena, strlen(path) + 2);
    size_t length = 0;
    for (const char *p = path; *p != '\0';) {
        p += strspn(p, "/");
        size_t width = strcspn(p, "/");
        if (width == 2 && memcmp(p, "..", 2) == 0) {
            while (length > 0 && out[--length] != '/')
                ;
        } else if (width > 0 && !(width == 1 && *p == '.')) {
            out[length++] = '/';
            memcpy(out + length, p, width);
            length += width;
        }
        p += width;
    }
    if (length == 0 || lat_text_has_suffix(path, "/"))
        out[length++] = '/';
    out[length] = '\0';
    return out;
}

static int hex_value(char c)
{
    if (!isxdigit((unsigned char)c))
        return -1;
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* A part of a query in the one form that is signed, however its sender encoded it. */
static const char *canonical_part(struct lat_arena *arena, const char *text, size_t length)
{
    char *plain = lat_arena_alloc(arena, length + 1);
    size_t out = 0;
    for (size_t i = 0; i < length; i++) {
        bool is_escape = text[i] == '%' && i + 2 < length && hex_value(text[i + 1]) >= 0 &&
                         hex_value(text[i + 2]) >= 0;
        if (is_escape) {
            plain[out++] = (char)(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            plain[out++] = text[i];
        }
    }
    return encode(arena, plain, out, "");
}

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : strcmp(x->value, y->value);
}

static void add_query(struct lat_arena *arena, struct lat_buf *out, const char *query)
{
    size_t count = 0;
    struct pair *pairs = NULL;
    for (const char *p = lat_text_or_empty(query); *p != '\0';) {
        size_t width = strcspn(p, "&");
        const char *equals = memchr(p, '=', width);
        size_t name_length = equals == NULL ? width : (size_t)(equals - p);
        if (width > 0) {
            struct pair *pair = LAT_ARENA_PUSH(arena, pairs, count);
            pair->name = canonical_part(arena, p, name_length);
            pair->value =
                equals == NULL ? "" : canonical_part(arena, equals + 1, width - name_length - 1);
        }
        p += width;
        p += *p == '&';
    }
    if (count > 0)
        qsort(pairs, count, sizeof *pairs, compare_pairs);
    for (size_t i = 0; i < count; i++)
        lat_buf_printf(out, "%s%s=%s", i == 0 ? "" : "&", pairs[i].name, pairs[i].value);
}

/* A header's value without outer blanks and with inner runs of them as one. */
static void add_trimmed(struct lat_buf *out, const char *value)
{
    bool begun = false;
    for (const char *p = value; *p != '\0';) {
        p += strspn(p, " \t");
        size_t width = strcspn(p, " \t");
        if (width > 0 && begun)
            lat_buf_puts(out, " ");
        lat_buf_append(out, p, width);
        begun = begun || width > 0;
        p += width;
    }
}

/* "name:value,value\n" of all headers of that name, which need not be terminated. */
static void add_header(struct lat_buf *out, const struct lat_sigv4_request *request,
                       const char *name, size_t length)
{
    lat_buf_append(out, name, length);
    const char *separator = ":";
    for (size_t i = 0; i < request->header_count; i++) {
        const struct lat_sigv4_header *header = &request->headers[i];
        if (strlen(header->name) != length || strncasecmp(header->name, name, length) != 0)
            continue;
        lat_buf_puts(out, separator);
        add_trimmed(out, header->value);
        separator = ",";
    }
    lat_buf_puts(out, separator[0] == ':' ? ":\n" : "\n");
}

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

const char *lat_sigv4_canonical_request(struct lat_arena *arena,
                                        const struct lat_sigv4_request *request,
                                        const char *signed_headers, const char *payload_hash)
{
    LAT_AUTO(lat_buf_done) struct lat_buf out;
    lat_buf_init(&out, SIZE_MAX / 4); /* bounded by the request, which the server bounds */
    const char *path = normalize(arena, request->path);
    lat_buf_printf(&out, "%s\n%s\n", request->method, encode(arena, path, strlen(path), "/"));
    add_query(arena, &out, request->query);
    lat_buf_puts(&out, "\n");
    for (const char *name = signed_headers; *name != '\0';) {
        size_t length = strcspn(name, ";");
        add_header(&out, request, name, length);
        name += length;
        name += *name == ';';
    }
    lat_buf_printf(&out, "\n%s\n%s", signed_headers, payload_hash);
    return lat_arena_strndup(arena, out.data, out.length);
}

/* ---- The signature ---- */

const char *lat_sigv4_scope_text(struct lat_arena *arena, const struct lat_sigv4_scope *scope)
{
    char time[LAT_TIME_TEXT_BYTES];
    lat_time_format_basic(scope->time_ms, time);
    return lat_arena_printf(arena, "%.8s/%s/%s/aws4_request", time, scope->region, scope->service);
}

const char *lat_sigv4_string_to_sign(struct lat_arena *arena, const struct lat_sigv4_scope *scope,
                                     const char *canonical_request)
{
    char time[LAT_TIME_TEXT_BYTES];
    return lat_arena_printf(arena, LAT_SIGV4_ALGORITHM "\n%s\n%s\n%s",
                            lat_time_format_basic(scope->time_ms, time),
                            lat_sigv4_scope_text(arena, scope),
                            sha256_hex(arena, canonical_request, strlen(canonical_request)));
}

void lat_sigv4_signing_key(struct lat_arena *arena, const char *secret_key,
                           const struct lat_sigv4_scope *scope,
                           unsigned char ret_key[LAT_SIGV4_KEY_BYTES])
{
    char time[LAT_TIME_TEXT_BYTES];
    lat_time_format_basic(scope->time_ms, time);
    time[8] = '\0'; /* the date alone */
    char *first = lat_arena_printf(arena, "AWS4%s", secret_key);
    hmac(first, strlen(first), time, ret_key);
    hmac(ret_key, HASH_BYTES, scope->region, ret_key);
    hmac(ret_key, HASH_BYTES, scope->service, ret_key);
    hmac(ret_key, HASH_BYTES, "aws4_request", ret_key);
    OPENSSL_cleanse(first, strlen(first));
}

const char *lat_sigv4_signature_by(struct lat_arena *arena,
                                   const unsigned char key[LAT_SIGV4_KEY_BYTES],
                                   const char *string_to_sign)
{
    unsigned char hash[HASH_BYTES];
    hmac(key, LAT_SIGV4_KEY_BYTES, string_to_sign, hash);
    return to_hex(arena, hash);
}

const char *lat_sigv4_signature(struct lat_arena *arena, const char *secret_key,
                                const struct lat_sigv4_scope *scope, const char *string_to_sign)
{
    unsigned char key[LAT_SIGV4_KEY_BYTES];
    lat_sigv4_signing_key(arena, secret_key, scope, key);
    return lat_sigv4_signature_by(arena, key, string_to_sign);
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
    const char *canonical = lat_sigv4_canonical_request(
        arena, &whole, signed_headers,
        lat_sigv4_payload_hash(arena, request->body, request->body_length));
    const char *signature = lat_sigv4_signature(arena, credentials->secret_key, scope,
                                                lat_sigv4_string_to_sign(arena, scope, canonical));
    push_header(arena, &whole, &headers, "Authorization",
                lat_arena_printf(arena,
                                 LAT_SIGV4_ALGORITHM " Credential=%s/%s, SignedHeaders=%s, "
                                                     "Signature=%s",
                                 credentials->access_key, lat_sigv4_scope_text(arena, scope),
                                 signed_headers, signature));
    *ret_headers = headers;
    *ret_count = whole.header_count;
    return 0;
}
