/* Sample values by shape; see sample.h. */
#include "common/aws/tests/sample.h"

#include "common/aws/arn.h"
#include "common/base/arena.h"
#include "common/base/json.h"
#include "common/base/text.h"

#define SAMPLE_ID "0123456789abcdef0"

/* For shapes with a pattern or a length that ids and ARNs of the API do not meet. The first is made
 * to go wrong wherever an encoding is forgotten. */
static const char *const texts[] = {
    "a b+c&d=\xc3\xa9/%41?#",
    "shop",
    "/path",
    "80-90",
    "123456789012",
    "vpc-" SAMPLE_ID,
    "sg-" SAMPLE_ID,
    "vpce-" SAMPLE_ID,
    "arn:aws:acm:us-east-2:123456789012:certificate/12ab-34cd",
    "arn:aws:logs:us-east-2:123456789012:log-group",
};

static bool fits(struct lat_codec *codec, const struct lat_shape *shape, const char *text)
{
    int64_t length = (int64_t)lat_text_characters(text);
    return (!shape->bounded || (length >= shape->min && length <= shape->max)) &&
           lat_codec_matches(codec, shape, text);
}

static json_t *id_or_arn_new(struct lat_codec *codec, const struct lat_shape *shape)
{
    static const char service[] = "service/svc-" SAMPLE_ID "/";
    static const char listener[] = "service/svc-" SAMPLE_ID "/listener/listener-" SAMPLE_ID "/";
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    for (size_t i = 0; i < LAT_RESOURCE_COUNT; i++) {
        const struct lat_resource_kind *kind = &lat_resource_kinds[i];
        const char *parent = kind->id == LAT_RESOURCE_LISTENER ? service
                             : kind->id == LAT_RESOURCE_RULE   ? listener
                                                               : "";
        const char *id = lat_arena_printf(arena, "%s" SAMPLE_ID, kind->id_prefix);
        const char *arn =
            lat_arn_format(arena, kind, "aws", "us-east-2", "123456789012", parent, id);
        if (fits(codec, shape, arn))
            return json_string(arn);
        if (fits(codec, shape, id))
            return json_string(id);
    }
    return NULL;
}

static json_t *text_new(struct lat_codec *codec, const struct lat_shape *shape)
{
    for (size_t i = 0; i < LAT_COUNT(texts); i++)
        if (fits(codec, shape, texts[i]))
            return json_string(texts[i]);
    return id_or_arn_new(codec, shape);
}

static json_t *list_new(struct lat_codec *codec, const struct lat_shape *shape, size_t variant)
{
    json_t *array = json_array();
    size_t count = shape->bounded && shape->max < 2 ? (size_t)shape->max : 2;
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, sample_new(codec, shape->element, variant + i));
    return array;
}

static json_t *object_new(struct lat_codec *codec, const struct lat_shape *shape, size_t variant)
{
    json_t *object = json_object();
    for (size_t i = 0; i < shape->member_count; i++) {
        const struct lat_member *member = &shape->members[i];
        if (shape->kind == LAT_SHAPE_KIND_UNION && i != variant % shape->member_count)
            continue;
        json_t *value = sample_new(codec, member->shape, variant);
        if (value == NULL) {
            json_decref(object);
            return NULL;
        }
        json_object_set_new(object, member->name, value);
    }
    return object;
}

json_t *sample_new(struct lat_codec *codec, const struct lat_shape *shape, size_t variant)
{
    switch (shape->kind) {
    case LAT_SHAPE_KIND_STRING:
        return text_new(codec, shape);
    case LAT_SHAPE_KIND_ENUM:
        return json_string(shape->words[variant % shape->word_count]);
    case LAT_SHAPE_KIND_INTEGER:
    case LAT_SHAPE_KIND_LONG:
        return json_integer(!shape->bounded ? 7 : variant % 2 == 0 ? shape->min : shape->max);
    case LAT_SHAPE_KIND_BOOLEAN:
        return json_boolean(variant % 2 == 0);
    case LAT_SHAPE_KIND_TIMESTAMP:
        return json_string("2023-05-05T21:35:29.339Z");
    case LAT_SHAPE_KIND_LIST:
        return list_new(codec, shape, variant);
    case LAT_SHAPE_KIND_MAP:
        return json_pack("{s:s, s:s}", texts[0], "first", "team", texts[0]);
    case LAT_SHAPE_KIND_STRUCTURE:
    case LAT_SHAPE_KIND_UNION:
        return object_new(codec, shape, variant);
    case LAT_SHAPE_KIND_COUNT:
        break;
    }
    return NULL;
}
