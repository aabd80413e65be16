/* The canonical request of Signature Version 4: method, path, query and headers in the one form
 * that is signed, however their sender wrote them. It is written piece by piece, so that a verifier
 * can hash it without ever holding it. Tests: common/aws/tests/sigv4.c. */
#include "common/aws/sigv4_int.h"

#include "common/base/buf.h"
#include "common/base/text.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct pair {
    const char *name;
    const char *value;
};

/* ---- The sink ---- */

void lat_sigv4_sink_begin(struct lat_sigv4_sink *sink,
                          void (*flush)(void *context, const char *data, size_t length),
                          void *context)
{
    sink->flush = flush;
    sink->context = context;
    sink->length = 0;
}

void lat_sigv4_sink_end(struct lat_sigv4_sink *sink)
{
    sink->flush(sink->context, sink->chunk, sink->length);
    sink->length = 0;
}

void lat_sigv4_sink_put(struct lat_sigv4_sink *sink, const char *data, size_t length)
{
    if (length > sizeof sink->chunk - sink->length)
        lat_sigv4_sink_end(sink);
    if (length > sizeof sink->chunk) {
        sink->flush(sink->context, data, length);
        return;
    }
    memcpy(sink->chunk + sink->length, data, length);
    sink->length += length;
}

void lat_sigv4_sink_puts(struct lat_sigv4_sink *sink, const char *text)
{
    lat_sigv4_sink_put(sink, text, strlen(text));
}

/* ---- Path and query ---- */

/* The same in every locale, unlike isalnum. */
static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
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

/* Whether a path is canonical as it stands, as nearly all are. */
static bool is_plain(const char *path)
{
    if (path[0] != '/')
        return false;
    for (const char *p = path; *p != '\0'; p++)
        if (*p == '/' ? p[1] == '/' || p[1] == '.' : !is_unreserved(*p))
            return false;
    return true;
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

static void put_path(struct lat_sigv4_sink *sink, struct lat_arena *arena, const char *path)
{
    if (!is_plain(path)) {
        const char *normal = normalize(arena, path);
        path = encode(arena, normal, strlen(normal), "/");
    }
    lat_sigv4_sink_puts(sink, path);
}

static void put_query(struct lat_sigv4_sink *sink, struct lat_arena *arena, const char *query)
{
    size_t count = 0;
    struct pair *pairs = NULL;
    for (const char *p = lat_text_or_empty(query); *p != '\0';) {
        size_t width = (size_t)(strchrnul(p, '&') - p);
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
    for (size_t i = 0; i < count; i++) {
        lat_sigv4_sink_puts(sink, i == 0 ? "" : "&");
        lat_sigv4_sink_puts(sink, pairs[i].name);
        lat_sigv4_sink_puts(sink, "=");
        lat_sigv4_sink_puts(sink, pairs[i].value);
    }
}

/* ---- Headers ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* A header's value without outer blanks and with inner runs of them as one. */
static void put_trimmed(struct lat_sigv4_sink *sink, const char *value)
{
    const char *from = value; /* what is not written yet */
    for (; is_blank(*from); from++)
        ;
    for (const char *p = from; *p != '\0';) {
        if (!is_blank(*p)) {
            p++;
            continue;
        }
        lat_sigv4_sink_put(sink, from, (size_t)(p - from));
        for (; is_blank(*p); p++)
            ;
        lat_sigv4_sink_puts(sink, *p == '\0' ? "" : " ");
        from = p;
    }
    lat_sigv4_sink_puts(sink, from);
}

/* Whether a header has the name that the first length bytes of name are. Most differ at once. */
static bool is_named(const char *header, const char *name, size_t length)
{
    return tolower((unsigned char)header[0]) == tolower((unsigned char)name[0]) &&
           strncasecmp(header, name, length) == 0 && header[length] == '\0';
}

/* "name:value,value\n" of all headers of that name, which need not be terminated. */
static void put_header(struct lat_sigv4_sink *sink, const struct lat_sigv4_request *request,
                       const char *name, size_t length)
{
    lat_sigv4_sink_put(sink, name, length);
    const char *separator = ":";
    for (size_t i = 0; i < request->header_count; i++) {
        if (!is_named(request->headers[i].name, name, length))
            continue;
        lat_sigv4_sink_puts(sink, separator);
        put_trimmed(sink, request->headers[i].value);
        separator = ",";
    }
    lat_sigv4_sink_puts(sink, separator[0] == ':' ? ":\n" : "\n");
}

/* ---- The whole ---- */

void lat_sigv4_canonical_write(struct lat_sigv4_sink *sink, struct lat_arena *arena,
                               const struct lat_sigv4_request *request, const char *signed_headers,
                               const char *payload_hash)
{
    lat_sigv4_sink_puts(sink, request->method);
    lat_sigv4_sink_puts(sink, "\n");
    put_path(sink, arena, request->path);
    lat_sigv4_sink_puts(sink, "\n");
    put_query(sink, arena, request->query);
    lat_sigv4_sink_puts(sink, "\n");
    for (const char *name = signed_headers; *name != '\0';) {
        size_t length = (size_t)(strchrnul(name, ';') - name);
        put_header(sink, request, name, length);
        name += length;
        name += *name == ';';
    }
    lat_sigv4_sink_puts(sink, "\n");
    lat_sigv4_sink_puts(sink, signed_headers);
    lat_sigv4_sink_puts(sink, "\n");
    lat_sigv4_sink_puts(sink, payload_hash);
}

static void append(void *context, const char *data, size_t length)
{
    (void)lat_buf_append(context, data, length);
}

const char *lat_sigv4_canonical_request(struct lat_arena *arena,
                                        const struct lat_sigv4_request *request,
                                        const char *signed_headers, const char *payload_hash)
{
    LAT_AUTO(lat_buf_done) struct lat_buf text;
    lat_buf_init(&text, SIZE_MAX / 4); /* bounded by the request, which the server bounds */
    struct lat_sigv4_sink sink;
    lat_sigv4_sink_begin(&sink, append, &text);
    lat_sigv4_canonical_write(&sink, arena, request, signed_headers, payload_hash);
    lat_sigv4_sink_end(&sink);
    return lat_arena_strndup(arena, text.data, text.length);
}
