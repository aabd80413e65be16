/* From a generated struct to a document. One function per kind of shape; absent members are left
 * out, members come in the order of the model. */
#include "common/aws/codec.h"
#include "common/base/clock.h"
#include "common/base/json.h"

#include <assert.h>

typedef json_t *encode_function(const struct lat_shape *shape, const void *value);

static encode_function encode_value; /* by the shape's kind; the kinds are below */

static json_t *encode_text(const struct lat_shape *shape, const void *value)
{
    (void)shape;
    return json_string(*(const char *const *)value);
}

static json_t *encode_integer(const struct lat_shape *shape, const void *value)
{
    (void)shape;
    return json_integer(((const struct lat_opt_int *)value)->value);
}

static json_t *encode_boolean(const struct lat_shape *shape, const void *value)
{
    (void)shape;
    return json_boolean(((const struct lat_opt_bool *)value)->value);
}

static json_t *encode_timestamp(const struct lat_shape *shape, const void *value)
{
    (void)shape;
    char text[LAT_TIME_TEXT_BYTES];
    return json_string(lat_time_format_ms(((const struct lat_opt_int *)value)->value, text));
}

static json_t *encode_list(const struct lat_shape *shape, const void *value)
{
    const struct lat_list *list = value;
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        const void *item = (const char *)list->items + i * shape->element->bytes;
        json_array_append_new(array, encode_value(shape->element, item));
    }
    return array;
}

static json_t *encode_map(const struct lat_shape *shape, const void *value)
{
    (void)shape;
    const struct lat_list *list = value;
    const struct lat_entry *entries = list->items;
    json_t *object = json_object();
    for (size_t i = 0; i < list->count; i++)
        lat_json_set_string(object, entries[i].key, entries[i].value);
    return object;
}

/* What a member holds: the struct behind its pointer, or its own place. */
static const void *member_value(const void *value, const struct lat_member *member)
{
    if (member->shape->kind == LAT_SHAPE_KIND_STRUCTURE ||
        member->shape->kind == LAT_SHAPE_KIND_UNION)
        return lat_member_struct(value, member);
    return lat_member_at(value, member);
}

static json_t *encode_object(const struct lat_shape *shape, const void *value)
{
    json_t *object = json_object();
    for (size_t i = 0; i < shape->member_count; i++) {
        const struct lat_member *member = &shape->members[i];
        if (lat_member_is_present(value, member))
            lat_json_set(object, member->name,
                         encode_value(member->shape, member_value(value, member)));
    }
    return object;
}

static encode_function *const encode_kinds[LAT_SHAPE_KIND_COUNT] = {
    [LAT_SHAPE_KIND_STRING] = encode_text,      [LAT_SHAPE_KIND_ENUM] = encode_text,
    [LAT_SHAPE_KIND_INTEGER] = encode_integer,  [LAT_SHAPE_KIND_LONG] = encode_integer,
    [LAT_SHAPE_KIND_BOOLEAN] = encode_boolean,  [LAT_SHAPE_KIND_TIMESTAMP] = encode_timestamp,
    [LAT_SHAPE_KIND_LIST] = encode_list,        [LAT_SHAPE_KIND_MAP] = encode_map,
    [LAT_SHAPE_KIND_STRUCTURE] = encode_object, [LAT_SHAPE_KIND_UNION] = encode_object,
};

static json_t *encode_value(const struct lat_shape *shape, const void *value)
{
    return encode_kinds[shape->kind](shape, value);
}

json_t *lat_document_encode_new(const struct lat_shape *shape, const void *value)
{
    assert(shape->kind == LAT_SHAPE_KIND_STRUCTURE || shape->kind == LAT_SHAPE_KIND_UNION);
    return encode_object(shape, value);
}
