/* From a generated struct straight to JSON text, without a document in between: every call writes
 * its input and its output, and a list of a hundred items has a thousand values. Members come in
 * the order of the model, maps in the order of their keys, so equal values give equal bytes. The
 * texts of generated structs are UTF-8 (the decoders see to that); it is not checked again. */
#include "common/aws/codec.h"
#include "common/base/clock.h"
#include "common/base/json.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The text grows where it ends up: in the arena, of which it takes more than it needs and gives the
 * rest back. */
struct writer {
    struct lat_arena *arena;
    char *text;
    size_t length;
    size_t capacity;
    const struct lat_member *always; /* a list that is written even when it is absent */
    int64_t time_ms; /* of the last time written: most things have two that are equal */
    char time[LAT_TIME_TEXT_BYTES + 2]; /* it in quotes; "" before the first */
};

#define FIRST_BYTES 2048 /* most documents fit */

typedef void write_function(struct writer *writer, const struct lat_shape *shape,
                            const void *value);

static write_function write_value; /* by the shape's kind; the kinds are below */

static void grow(struct writer *writer, size_t more)
{
    size_t capacity = writer->capacity * 4;
    while (capacity - writer->length < more)
        capacity *= 4;
    char *text = lat_arena_take(writer->arena, capacity);
    assert(capacity <= 4 * (size_t)LAT_HTTP_ANSWER_BYTES_MAX); /* bodies are bounded far below */
    memcpy(text, writer->text, writer->length);
    writer->text = text;
    writer->capacity = capacity;
}

/* Where the next bytes go, with room for so many. */
static inline char *room(struct writer *writer, size_t more)
{
    if (writer->capacity - writer->length < more)
        grow(writer, more);
    return writer->text + writer->length;
}

static inline void put(struct writer *writer, const char *data, size_t length)
{
    memcpy(room(writer, length), data, length);
    writer->length += length;
}

static inline void put_char(struct writer *writer, char c)
{
    *room(writer, 1) = c;
    writer->length++;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Whether one of eight bytes is below a limit (at most 128). */
static inline uint64_t below(uint64_t bytes, uint64_t limit)
{
    return (bytes - EACH(limit)) & ~bytes & EACH(0x80);
}

/* Whether a text has what JSON cannot hold as it is: quotes, backslashes, control characters. */
static bool has_escapes(const char *text, size_t length)
{
    uint64_t found = 0, bytes = 0;
    size_t at = 0;
    for (; at + sizeof bytes <= length; at += sizeof bytes) {
        memcpy(&bytes, text + at, sizeof bytes);
        found |= below(bytes, 0x20) | below(bytes ^ EACH('"'), 1) | below(bytes ^ EACH('\\'), 1);
    }
    for (; at < length; at++)
        found |= (unsigned char)text[at] < 0x20 || text[at] == '"' || text[at] == '\\';
    return found != 0;
}

static void put_escaped(struct writer *writer, unsigned char c)
{
    char text[LAT_JSON_ESCAPE_BYTES];
    if (lat_json_is_escaped(c))
        put(writer, text, lat_json_escape(c, text));
    else
        put_char(writer, (char)c);
}

static void put_string(struct writer *writer, const char *text)
{
    size_t length = strlen(text);
    if (!has_escapes(text, length)) {
        char *end = room(writer, length + 2);
        *end++ = '"';
        end = mempcpy(end, text, length);
        *end = '"';
        writer->length += length + 2;
        return;
    }
    put_char(writer, '"');
    for (; *text != '\0'; text++)
        put_escaped(writer, (unsigned char)*text);
    put_char(writer, '"');
}

static void write_text(struct writer *writer, const struct lat_shape *shape, const void *value)
{
    (void)shape;
    put_string(writer, *(const char *const *)value);
}

static void write_integer(struct writer *writer, const struct lat_shape *shape, const void *value)
{
    (void)shape;
    char text[24];
    int length =
        snprintf(text, sizeof text, "%lld", (long long)((const struct lat_opt_int *)value)->value);
    put(writer, text, (size_t)length);
}

static void write_boolean(struct writer *writer, const struct lat_shape *shape, const void *value)
{
    (void)shape;
    bool truth = ((const struct lat_opt_bool *)value)->value;
    put(writer, truth ? "true" : "false", truth ? 4 : 5);
}

static void write_timestamp(struct writer *writer, const struct lat_shape *shape, const void *value)
{
    (void)shape;
    int64_t time_ms = ((const struct lat_opt_int *)value)->value;
    if (writer->time[0] == '\0' || time_ms != writer->time_ms) {
        writer->time[0] = '"';
        lat_time_format_ms(time_ms, writer->time + 1);
        memcpy(writer->time + strlen(writer->time), "\"", 2);
        writer->time_ms = time_ms;
    }
    put(writer, writer->time, strlen(writer->time));
}

static void write_list(struct writer *writer, const struct lat_shape *shape, const void *value)
{
    const struct lat_list *list = value;
    put_char(writer, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            put_char(writer, ',');
        write_value(writer, shape->element, (const char *)list->items + i * shape->element->bytes);
    }
    put_char(writer, ']');
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct lat_entry *)a)->key, ((const struct lat_entry *)b)->key);
}

static void write_map(struct writer *writer, const struct lat_shape *shape, const void *value)
{
    (void)shape;
    const struct lat_list *list = value;
    struct lat_entry *entries = LAT_NEW_ARRAY(writer->arena, struct lat_entry, list->count);
    bool first = true;
    if (list->count > 0)
        memcpy(entries, list->items, list->count * sizeof entries[0]);
    qsort(entries, list->count, sizeof entries[0], by_key);
    put_char(writer, '{');
    for (size_t i = 0; i < list->count; i++) {
        if (entries[i].value == NULL)
            continue;
        if (!first)
            put_char(writer, ',');
        first = false;
        put_string(writer, entries[i].key);
        put_char(writer, ':');
        put_string(writer, entries[i].value);
    }
    put_char(writer, '}');
}

/* What a member holds: the struct behind its pointer, or its own place. */
static const void *member_value(const void *value, const struct lat_member *member)
{
    if (member->shape->kind == LAT_SHAPE_KIND_STRUCTURE ||
        member->shape->kind == LAT_SHAPE_KIND_UNION)
        return lat_member_struct(value, member);
    return lat_member_at(value, member);
}

static void write_object(struct writer *writer, const struct lat_shape *shape, const void *value)
{
    bool first = true;
    put_char(writer, '{');
    for (size_t i = 0; i < shape->member_count; i++) {
        const struct lat_member *member = &shape->members[i];
        if (member != writer->always && !lat_member_is_present(value, member))
            continue;
        if (!first)
            put_char(writer, ',');
        first = false;
        put(writer, member->json_name, member->json_name_length);
        write_value(writer, member->shape, member_value(value, member));
    }
    put_char(writer, '}');
}

static write_function *const write_kinds[LAT_SHAPE_KIND_COUNT] = {
    [LAT_SHAPE_KIND_STRING] = write_text,      [LAT_SHAPE_KIND_ENUM] = write_text,
    [LAT_SHAPE_KIND_INTEGER] = write_integer,  [LAT_SHAPE_KIND_LONG] = write_integer,
    [LAT_SHAPE_KIND_BOOLEAN] = write_boolean,  [LAT_SHAPE_KIND_TIMESTAMP] = write_timestamp,
    [LAT_SHAPE_KIND_LIST] = write_list,        [LAT_SHAPE_KIND_MAP] = write_map,
    [LAT_SHAPE_KIND_STRUCTURE] = write_object, [LAT_SHAPE_KIND_UNION] = write_object,
};

static void write_value(struct writer *writer, const struct lat_shape *shape, const void *value)
{
    write_kinds[shape->kind](writer, shape, value);
}

const char *lat_document_text(struct lat_arena *arena, const struct lat_shape *shape,
                              const void *value, const struct lat_member *always)
{
    assert(shape->kind == LAT_SHAPE_KIND_STRUCTURE || shape->kind == LAT_SHAPE_KIND_UNION);
    struct writer writer = {.arena = arena, .always = always, .capacity = FIRST_BYTES};
    writer.text = lat_arena_take(arena, FIRST_BYTES);
    write_object(&writer, shape, value);
    put_char(&writer, '\0');
    lat_arena_trim(arena, writer.text, writer.capacity, writer.length);
    return writer.text;
}
