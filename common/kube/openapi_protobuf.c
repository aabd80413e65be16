/* Writing protobuf by a table of messages; see openapi_protobuf.h. Recursion goes as deep as the
 * document, which was read under LAT_JSON_DEPTH_MAX. */
#include "common/kube/openapi_protobuf.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "common/kube/kind_files.h"
#include "common/kube/protobuf_table.h"

#include <stdlib.h>
#include <string.h>

enum wire { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2 };

#define ANY_YAML 2 /* the field of Any that holds text */

static void put_message(struct lat_buf *buf, const char *message, const json_t *value);

static void put_varint(struct lat_buf *buf, uint64_t value)
{
    char bytes[10];
    size_t length = 0;
    for (; value >= 0x80; value >>= 7)
        bytes[length++] = (char)(unsigned char)(value | 0x80);
    bytes[length++] = (char)value;
    lat_buf_append(buf, bytes, length);
}

static void put_tag(struct lat_buf *buf, uint64_t number, enum wire wire)
{
    put_varint(buf, number << 3 | wire);
}

static void put_bytes(struct lat_buf *buf, uint64_t number, const char *bytes, size_t length)
{
    put_tag(buf, number, WIRE_BYTES);
    put_varint(buf, length);
    lat_buf_append(buf, bytes, length);
}

static void put_double(struct lat_buf *buf, uint64_t number, double value)
{
    uint64_t bits = 0;
    char bytes[sizeof bits];
    memcpy(&bits, &value, sizeof bits);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(unsigned char)(bits >> 8 * i);
    put_tag(buf, number, WIRE_FIXED64);
    lat_buf_append(buf, bytes, sizeof bytes);
}

/* A message as YAML, of which JSON is a part. */
static void put_any(struct lat_buf *buf, const json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    if (text == NULL)
        abort();
    put_bytes(buf, ANY_YAML, text, strlen(text));
    free(text);
}

static void put_below(struct lat_buf *buf, const struct lat_kube_field *field, const json_t *value)
{
    struct lat_buf below;
    lat_buf_init(&below, buf->length_max);
    if (lat_kube_field_is(field, "any"))
        put_any(&below, value);
    else
        put_message(&below, lat_kube_message(lat_kube_openapi, field->type, field->type_length),
                    value);
    put_bytes(buf, field->number, below.data, below.length);
    lat_buf_done(&below);
}

/* A value of another type than the field's is left out. */
static void put_value(struct lat_buf *buf, const struct lat_kube_field *field, const json_t *value)
{
    if (lat_kube_field_is(field, "text")) {
        if (json_is_string(value))
            put_bytes(buf, field->number, json_string_value(value), json_string_length(value));
    } else if (lat_kube_field_is(field, "bool") || lat_kube_field_is(field, "int")) {
        if (json_is_boolean(value) || json_is_integer(value)) {
            put_tag(buf, field->number, WIRE_VARINT);
            put_varint(buf, json_is_boolean(value) ? (uint64_t)json_is_true(value)
                                                   : (uint64_t)json_integer_value(value));
        }
    } else if (lat_kube_field_is(field, "number")) {
        if (json_is_number(value))
            put_double(buf, field->number, json_number_value(value));
    } else if (!lat_kube_field_is(field, "any") && field->is_inline && !json_is_object(value)) {
        return; /* the other one of two */
    } else {
        put_below(buf, field, value);
    }
}

/* "*" means members without "x-", "x-*" those with it. Entries are messages of name and value. */
static void put_map(struct lat_buf *buf, const struct lat_kube_field *field, const json_t *object)
{
    bool wants_extensions = field->name[0] == 'x';
    struct lat_kube_field entry_value = *field;
    const char *name;
    json_t *value;
    entry_value.number = 2;
    json_object_foreach(lat_json_iterable(object), name, value) {
        if (lat_text_has_prefix(name, "x-") != wants_extensions)
            continue;
        struct lat_buf entry;
        lat_buf_init(&entry, buf->length_max);
        put_bytes(&entry, 1, name, strlen(name));
        put_value(&entry, &entry_value, value);
        put_bytes(buf, field->number, entry.data, entry.length);
        lat_buf_done(&entry);
    }
}

static void put_message(struct lat_buf *buf, const char *message, const json_t *value)
{
    struct lat_kube_field field;
    while (lat_kube_message_next(&message, &field)) {
        const json_t *member =
            field.is_inline ? value : json_object_getn(value, field.name, field.name_length);
        size_t index;
        json_t *item;
        if (field.is_map)
            put_map(buf, &field, value);
        else if (field.is_list)
            json_array_foreach(lat_json_iterable(member), index, item)
                put_value(buf, &field, item);
        else if (member != NULL)
            put_value(buf, &field, member);
    }
}

void lat_kube_openapi_write(struct lat_buf *buf, const json_t *document)
{
    static const char root[] = "Document";
    put_message(buf, lat_kube_message(lat_kube_openapi, root, strlen(root)), document);
}
