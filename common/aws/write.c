/* From a generated struct straight to JSON text, without a document in between: every call writes
 * its input and its output, and a list of a hundred items has a thousand values. Members come in
 * the order of the model, maps in the order of their keys, so equal values give equal bytes. The
 * texts of generated structs are UTF-8 (the decoders see to that); it is not checked again. */
#include "common/aws/codec.h"
#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/json.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct writer {
    struct lat_arena *arena;
    struct lat_buf text;
    const struct lat_member *always; /* a list that is written even when it is absent */
};

typedef void write_function(struct writer *writer, const struct lat_shape *shape,
                            const void *value);

static write_function write_value; /* by the shape's kind; the kinds are below */

/* Most pieces are a few bytes and fit: then they are copied here, without a call. */
static inline void put(struct writer *writer, const char *data, size_t length)
{
    struct lat_buf *text = &writer->text;
    if (text->capacity - text->length <= length) {
        lat_buf_append(text, data, length);
        return;
    }
    memcpy(text->data + text->length, data, length);
    text->length += length;
}

static void put_escape(struct writer *writer, unsigned char c)
{
    char text[LAT_JSON_ESCAPE_BYTES];
    put(writer, text, lat_json_escape(c, text));
}

static void put_string(struct writer *writer, const char *text)
{
    put(writer, "\"", 1);
    while (*text != '\0') {
        size_t length = 0;
        while (!lat_json_is_escaped((unsigned char)text[length])) /* the end is one of them */
            length++;
        put(writer, text, length);
        text += length;
        if (*text != '\0')
            put_escape(writer, (unsigned char)*text++);
    }
    put(writer, "\"", 1);
}

/* "name": behind a comma unless it is the first. Names are words of the model, or escaped. */
static void put_name(struct writer *writer, bool *first, const char *name)
{
    put(writer, ",", *first ? 0 : 1);
    *first = false;
    put_string(writer, name);
    put(writer, ":", 1);
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
    char text[LAT_TIME_TEXT_BYTES];
    put_string(writer, lat_time_format_ms(((const struct lat_opt_int *)value)->value, text));
}

static void write_list(struct writer *writer, const struct lat_shape *shape, const void *value)
{
    const struct lat_list *list = value;
    put(writer, "[", 1);
    for (size_t i = 0; i < list->count; i++) {
        put(writer, ",", i == 0 ? 0 : 1);
        write_value(writer, shape->element, (const char *)list->items + i * shape->element->bytes);
    }
    put(writer, "]", 1);
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
    put(writer, "{", 1);
    for (size_t i = 0; i < list->count; i++) {
        if (entries[i].value == NULL)
            continue;
        put_name(writer, &first, entries[i].key);
        put_string(writer, entries[i].value);
    }
    put(writer, "}", 1);
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
    put(writer, "{", 1);
    for (size_t i = 0; i < shape->member_count; i++) {
        const struct lat_member *member = &shape->members[i];
        if (member != writer->always && !lat_member_is_present(value, member))
            continue;
        put_name(writer, &first, member->name);
        write_value(writer, member->shape, member_value(value, member));
    }
    put(writer, "}", 1);
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
    struct writer writer = {.arena = arena, .always = always};
    lat_buf_init(&writer.text, LAT_HTTP_ANSWER_BYTES_MAX);
    write_object(&writer, shape, value);
    assert(!writer.text.overflowed); /* pages and bodies are bounded far below */
    const char *text = lat_arena_strndup(arena, writer.text.data, writer.text.length);
    lat_buf_done(&writer.text);
    return text;
}
