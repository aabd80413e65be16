/* Reading protobuf by the table of messages; see protobuf.h. Every length is checked against what
 * is left, and messages nest at most LAT_JSON_DEPTH_MAX deep. */
#include "common/kube/protobuf.h"

#include "common/base/clock.h"
#include "common/base/json.h"
#include "common/base/lat_limits.h"
#include "common/base/text.h"
#include "common/kube/kind_files.h"
#include "common/kube/object.h"
#include "common/kube/protobuf_table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const unsigned char magic[] = {'k', '8', 's', 0};

enum wire { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

struct reader {
    struct lat_arena *arena;
    struct lat_err *err;
    int levels; /* that may still open */
};

struct span {
    const unsigned char *at;
    size_t length;
};

/* One field on the wire: a number, or bytes. */
struct wire_field {
    uint64_t number;
    enum wire wire;
    uint64_t value;
    struct span bytes;
};

static bool find_field(const char *message, uint64_t number, struct lat_kube_field *ret_field)
{
    while (lat_kube_message_next(&message, ret_field))
        if (ret_field->number == number)
            return true;
    return false;
}

/* --- the wire --------------------------------------------------------------------------------- */

static int cut_varint(struct reader *reader, struct span *span, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (span->length == 0)
            return lat_err_input(reader->err, "proto: unexpected end of the message");
        unsigned char byte = *span->at++;
        span->length--;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *ret_value = value;
            return 0;
        }
    }
    return lat_err_input(reader->err, "proto: integer overflow");
}

static int cut_bytes(struct reader *reader, struct span *span, uint64_t length, struct span *ret)
{
    if (length > span->length)
        return lat_err_input(reader->err, "proto: unexpected end of the message");
    *ret = (struct span){span->at, (size_t)length};
    span->at += length;
    span->length -= (size_t)length;
    return 0;
}

static int cut_field(struct reader *reader, struct span *span, struct wire_field *ret_field)
{
    struct wire_field field = {0};
    uint64_t tag = 0, length = 0;
    if (cut_varint(reader, span, &tag) < 0)
        return -1;
    field.number = tag >> 3;
    field.wire = (enum wire)(tag & 7);
    int cut = 0;
    switch (field.wire) {
    case WIRE_VARINT:
        cut = cut_varint(reader, span, &field.value);
        break;
    case WIRE_FIXED64:
        cut = cut_bytes(reader, span, 8, &field.bytes);
        break;
    case WIRE_FIXED32:
        cut = cut_bytes(reader, span, 4, &field.bytes);
        break;
    case WIRE_BYTES:
        cut = cut_varint(reader, span, &length) < 0 ? -1
                                                    : cut_bytes(reader, span, length, &field.bytes);
        break;
    default:
        return lat_err_input(reader->err, "proto: wrong wire type %d", (int)field.wire);
    }
    if (cut < 0)
        return -1;
    *ret_field = field;
    return 0;
}

/* The field of that number in a small message; zero when absent. The last one counts. */
static int pick(struct reader *reader, struct span span, uint64_t number,
                struct wire_field *ret_field)
{
    struct wire_field picked = {.bytes = {(const unsigned char *)"", 0}}, field;
    while (span.length > 0) {
        if (cut_field(reader, &span, &field) < 0)
            return -1;
        if (field.number == number)
            picked = field;
    }
    *ret_field = picked;
    return 0;
}

/* --- values ----------------------------------------------------------------------------------- */

/* Each returns a new value, a JSON null for "absent", or NULL after an error. */

static json_t *message_new(struct reader *reader, const char *message, struct span span);

static json_t *text_new(struct reader *reader, struct span span)
{
    json_t *text = json_stringn((const char *)span.at, span.length);
    if (text == NULL || memchr(span.at, '\0', span.length) != NULL) {
        json_decref(text);
        lat_err_input(reader->err, "proto: a text is not valid UTF-8");
        return NULL;
    }
    return text;
}

static json_t *base64_new(struct reader *reader, struct span span)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *text = lat_arena_alloc(reader->arena, (span.length + 2) / 3 * 4 + 1), *out = text;
    for (size_t i = 0; i < span.length; i += 3) {
        size_t left = span.length - i;
        uint32_t bits = (uint32_t)span.at[i] << 16;
        bits |= left > 1 ? (uint32_t)span.at[i + 1] << 8 : 0;
        bits |= left > 2 ? (uint32_t)span.at[i + 2] : 0;
        *out++ = letters[bits >> 18 & 63];
        *out++ = letters[bits >> 12 & 63];
        *out++ = left > 1 ? letters[bits >> 6 & 63] : '=';
        *out++ = left > 2 ? letters[bits & 63] : '=';
    }
    return json_string(text);
}

/* Seconds and nanoseconds; both zero is no time at all. */
static json_t *time_new(struct reader *reader, struct span span, bool is_micro)
{
    struct wire_field seconds, nanos;
    if (pick(reader, span, 1, &seconds) < 0 || pick(reader, span, 2, &nanos) < 0)
        return NULL;
    if (seconds.value == 0 && nanos.value == 0)
        return json_null();
    int64_t whole = (int64_t)seconds.value;
    if (whole < INT64_C(-62135596800) || whole > INT64_C(253402300799) ||
        nanos.value > UINT64_C(999999999)) {
        lat_err_input(reader->err, "proto: a time is out of range");
        return NULL;
    }
    char text[LAT_TIME_TEXT_BYTES];
    lat_time_format_seconds(whole * 1000, text);
    if (!is_micro)
        return json_string(text);
    return json_sprintf("%.*s.%06" PRIu64 "Z", (int)strcspn(text, "Z"), text, nanos.value / 1000);
}

static json_t *int_or_string_new(struct reader *reader, struct span span, bool keeps_zero)
{
    struct wire_field type, number, text;
    if (pick(reader, span, 1, &type) < 0 || pick(reader, span, 2, &number) < 0 ||
        pick(reader, span, 3, &text) < 0)
        return NULL;
    if (type.value == 1)
        return text_new(reader, text.bytes);
    return number.value == 0 && !keeps_zero ? json_null() : json_integer((int64_t)number.value);
}

static json_t *fields_new(struct reader *reader, struct span span)
{
    struct wire_field raw;
    if (pick(reader, span, 1, &raw) < 0)
        return NULL;
    return lat_json_parse_new((const char *)raw.bytes.at, raw.bytes.length, reader->err);
}

static json_t *quantity_new(struct reader *reader, struct span span)
{
    struct wire_field text;
    return pick(reader, span, 1, &text) < 0 ? NULL : text_new(reader, text.bytes);
}

static json_t *bytes_value_new(struct reader *reader, const struct lat_kube_field *type,
                               struct span span)
{
    if (lat_kube_field_is(type, "text"))
        return span.length == 0 && !type->keeps_zero ? json_null() : text_new(reader, span);
    if (lat_kube_field_is(type, "bytes"))
        return base64_new(reader, span);
    if (lat_kube_field_is(type, "time") || lat_kube_field_is(type, "microtime"))
        return time_new(reader, span, lat_kube_field_is(type, "microtime"));
    if (lat_kube_field_is(type, "intstr"))
        return int_or_string_new(reader, span, type->keeps_zero);
    if (lat_kube_field_is(type, "quantity"))
        return quantity_new(reader, span);
    if (lat_kube_field_is(type, "fields"))
        return fields_new(reader, span);
    const char *message = lat_kube_message(lat_kube_messages, type->type, type->type_length);
    if (message == NULL) {
        lat_err_input(reader->err, "proto: %.*s: wrong wire type", (int)type->name_length,
                      type->name);
        return NULL;
    }
    return message_new(reader, message, span);
}

static json_t *value_new(struct reader *reader, const struct lat_kube_field *type,
                         const struct wire_field *field)
{
    bool is_number = lat_kube_field_is(type, "int"), is_bool = lat_kube_field_is(type, "bool");
    if ((field->wire == WIRE_VARINT) != (is_number || is_bool) ||
        (field->wire != WIRE_VARINT && field->wire != WIRE_BYTES)) {
        lat_err_input(reader->err, "proto: %.*s: wrong wire type %d", (int)type->name_length,
                      type->name, (int)field->wire);
        return NULL;
    }
    if (field->wire == WIRE_BYTES)
        return bytes_value_new(reader, type, field->bytes);
    if (field->value == 0 && !type->keeps_zero)
        return json_null();
    return is_bool ? json_boolean(field->value != 0) : json_integer((int64_t)field->value);
}

/* One entry of a map: 1 is the key, 2 the value; a missing value is the empty one. */
static int put_entry(struct reader *reader, json_t *map, const struct lat_kube_field *type,
                     struct span span)
{
    struct wire_field key, value;
    struct lat_kube_field kept = *type;
    kept.keeps_zero = true;
    if (pick(reader, span, 1, &key) < 0 || pick(reader, span, 2, &value) < 0)
        return -1;
    if (value.number == 0)
        value.wire = lat_kube_field_is(type, "int") || lat_kube_field_is(type, "bool") ? WIRE_VARINT
                                                                                       : WIRE_BYTES;
    LAT_AUTO(lat_json_decrefp) json_t *name = text_new(reader, key.bytes);
    json_t *new_value = name == NULL ? NULL : value_new(reader, &kept, &value);
    return new_value == NULL ? -1 : json_object_set_new(map, json_string_value(name), new_value);
}

static json_t *container_of(json_t *object, const char *name, bool is_list)
{
    json_t *container = json_object_get(object, name);
    if (container == NULL) {
        container = is_list ? json_array() : json_object();
        json_object_set_new(object, name, container);
    }
    return container;
}

static int put_field(struct reader *reader, json_t *object, const struct lat_kube_field *type,
                     const struct wire_field *field)
{
    const char *name = lat_arena_strndup(reader->arena, type->name, type->name_length);
    if (type->is_map)
        return field->wire != WIRE_BYTES
                   ? lat_err_input(reader->err, "proto: %s: wrong wire type", name)
                   : put_entry(reader, container_of(object, name, false), type, field->bytes);
    struct lat_kube_field kept = *type;
    kept.keeps_zero |= type->is_list;
    json_t *value = value_new(reader, &kept, field);
    if (value == NULL)
        return -1;
    if (type->is_list)
        return json_array_append_new(container_of(object, name, true), value);
    if (type->is_inline && json_is_object(value))
        json_object_update(object, value);
    else if (!json_is_null(value))
        return json_object_set_new(object, name, value);
    json_decref(value);
    return 0;
}

static json_t *message_new(struct reader *reader, const char *message, struct span span)
{
    LAT_AUTO(lat_json_decrefp) json_t *object = json_object();
    if (reader->levels-- == 0) {
        lat_err_input(reader->err, "proto: messages are nested more than %d deep",
                      LAT_JSON_DEPTH_MAX);
        return NULL;
    }
    while (span.length > 0) {
        struct wire_field field;
        struct lat_kube_field type;
        if (cut_field(reader, &span, &field) < 0)
            return NULL;
        if (find_field(message, field.number, &type) &&
            put_field(reader, object, &type, &field) < 0)
            return NULL;
    }
    reader->levels++;
    return LAT_TAKE(object);
}

/* --- the envelope ----------------------------------------------------------------------------- */

/* The message of a kind; where two groups have one, the second carries its group's first label. */
static const char *find_kind(struct lat_arena *arena, const char *api_version, const char *kind)
{
    const char *group, *version;
    lat_kube_api_version_split(arena, api_version, &group, &version);
    const char *name = lat_arena_printf(arena, "%.*s.%s", (int)strcspn(group, "."), group, kind);
    const char *message = lat_kube_message(lat_kube_messages, name, strlen(name));
    return message != NULL ? message : lat_kube_message(lat_kube_messages, kind, strlen(kind));
}

json_t *lat_kube_protobuf_read_new(struct lat_arena *arena, const char *bytes, size_t length,
                                   struct lat_err *reterr)
{
    struct reader reader = {arena, reterr, LAT_JSON_DEPTH_MAX};
    if (length < sizeof magic || memcmp(bytes, magic, sizeof magic) != 0) {
        lat_err_input(reterr, "the body does not begin with the protobuf magic bytes");
        return NULL;
    }
    struct span envelope = {(const unsigned char *)bytes + sizeof magic, length - sizeof magic};
    struct wire_field type, raw, version, kind;
    if (pick(&reader, envelope, 1, &type) < 0 || pick(&reader, envelope, 2, &raw) < 0 ||
        pick(&reader, type.bytes, 1, &version) < 0 || pick(&reader, type.bytes, 2, &kind) < 0)
        return NULL;
    const char *api_version =
        lat_arena_strndup(arena, (const char *)version.bytes.at, version.bytes.length);
    const char *kind_name =
        lat_arena_strndup(arena, (const char *)kind.bytes.at, kind.bytes.length);
    const char *message = kind_name[0] == '\0' ? NULL : find_kind(arena, api_version, kind_name);
    if (message == NULL) {
        lat_err_input(reterr, "no protobuf is known for %s, Kind=%s; send it as JSON", api_version,
                      kind_name);
        return NULL;
    }
    json_t *object = message_new(&reader, message, raw.bytes);
    if (object != NULL) {
        lat_json_set_string(object, "apiVersion", api_version);
        lat_json_set_string(object, "kind", kind_name);
    }
    return object;
}
