/* From a document to a generated struct, collecting everything that is wrong with it. One function
 * per kind of shape. Never stops at the first violation. */
#include "common/aws/codec.h"
#include "common/base/clock.h"
#include "common/base/json.h"
#include "common/base/text.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Where a value sits, innermost first; written out only when something is wrong with it. */
struct place {
    const struct place *parent; /* NULL for the document itself */
    const char *name;           /* of the member; NULL for an element of a list */
    size_t index;
};

struct decoder {
    struct lat_codec *codec; /* NULL: types alone are checked */
    struct lat_arena *arena;
    struct lat_field_violation *violations;
    size_t count;
};

static const char *place_text(struct lat_arena *arena, const struct place *place)
{
    if (place->parent == NULL)
        return "";
    const char *parent = place_text(arena, place->parent);
    if (place->name == NULL)
        return lat_arena_printf(arena, "%s[%zu]", parent, place->index);
    return lat_arena_printf(arena, "%s%s%s", parent, *parent == '\0' ? "" : ".", place->name);
}

static void violate(struct decoder *decoder, const struct place *place, const char *format, ...)
    LAT_PRINTF(3, 4);

static void violate(struct decoder *decoder, const struct place *place, const char *format, ...)
{
    if (decoder->count == LAT_VIOLATIONS_MAX)
        return;
    va_list args;
    va_start(args, format);
    struct lat_field_violation *violation =
        LAT_ARENA_PUSH(decoder->arena, decoder->violations, decoder->count);
    violation->name = place_text(decoder->arena, place);
    violation->message = lat_arena_vprintf(decoder->arena, format, args);
    va_end(args);
}

/* The texts of constraints follow those of the Smithy validation rules (chosen: the real ones are
 * not published). what is "have length" or "be". */
static void check_bounds(struct decoder *decoder, const struct place *place,
                         const struct lat_shape *shape, int64_t value, const char *what)
{
    if (decoder->codec == NULL || !shape->bounded || (value >= shape->min && value <= shape->max))
        return;
    violate(decoder, place, "Member must %s between %lld and %lld, inclusive", what,
            (long long)shape->min, (long long)shape->max);
}

typedef void decode_function(struct decoder *decoder, const struct place *place,
                             const struct lat_shape *shape, const json_t *json, void *target);

static decode_function decode_value; /* by the shape's kind; the kinds are below */

static void take_text(struct decoder *decoder, const struct place *place,
                      const struct lat_shape *shape, const char *text, void *target)
{
    check_bounds(decoder, place, shape, (int64_t)lat_text_characters(text), "have length");
    if (decoder->codec != NULL && !lat_codec_matches(decoder->codec, shape, text))
        violate(decoder, place, "Member must satisfy regular expression pattern: %s",
                shape->pattern);
    *(const char **)target = lat_arena_strdup(decoder->arena, text);
}

static const char *words_text(struct lat_arena *arena, const struct lat_shape *shape)
{
    const char *text = shape->words[0];
    for (size_t i = 1; i < shape->word_count; i++)
        text = lat_arena_printf(arena, "%s, %s", text, shape->words[i]);
    return text;
}

static void take_word(struct decoder *decoder, const struct place *place,
                      const struct lat_shape *shape, const char *text, void *target)
{
    bool known = decoder->codec == NULL;
    for (size_t i = 0; i < shape->word_count && !known; i++)
        known = lat_text_eq(shape->words[i], text);
    if (!known)
        violate(decoder, place, "Member must satisfy enum value set: [%s]",
                words_text(decoder->arena, shape));
    *(const char **)target = lat_arena_strdup(decoder->arena, text);
}

/* A text of either kind. */
static void take(struct decoder *decoder, const struct place *place, const struct lat_shape *shape,
                 const char *text, void *target)
{
    if (shape->kind == LAT_SHAPE_KIND_ENUM)
        take_word(decoder, place, shape, text, target);
    else
        take_text(decoder, place, shape, text, target);
}

static void decode_text(struct decoder *decoder, const struct place *place,
                        const struct lat_shape *shape, const json_t *json, void *target)
{
    if (json_is_string(json))
        take(decoder, place, shape, json_string_value(json), target);
    else
        violate(decoder, place, "Member must be a string");
}

static void decode_integer(struct decoder *decoder, const struct place *place,
                           const struct lat_shape *shape, const json_t *json, void *target)
{
    if (!json_is_integer(json)) {
        violate(decoder, place, "Member must be a whole number");
        return;
    }
    int64_t value = json_integer_value(json);
    check_bounds(decoder, place, shape, value, "be");
    *(struct lat_opt_int *)target = LAT_INT(value);
}

static void decode_boolean(struct decoder *decoder, const struct place *place,
                           const struct lat_shape *shape, const json_t *json, void *target)
{
    (void)shape;
    if (!json_is_boolean(json)) {
        violate(decoder, place, "Member must be true or false");
        return;
    }
    *(struct lat_opt_bool *)target = LAT_BOOL(json_is_true(json));
}

/* Text in RFC 3339; seconds since 1970 are accepted too (observed: official SDKs read both). */
static void decode_timestamp(struct decoder *decoder, const struct place *place,
                             const struct lat_shape *shape, const json_t *json, void *target)
{
    (void)shape;
    int64_t time_ms;
    double seconds = json_number_value(json);
    if (json_is_number(json) && fabs(seconds) < 1e12)
        time_ms = (int64_t)llround(seconds * 1000);
    else if (!json_is_string(json) || lat_time_parse(json_string_value(json), &time_ms) < 0) {
        violate(decoder, place, "Member must be a time such as 2023-05-05T21:35:29.339Z");
        return;
    }
    *(struct lat_opt_int *)target = LAT_INT(time_ms);
}

static void decode_list(struct decoder *decoder, const struct place *place,
                        const struct lat_shape *shape, const json_t *json, void *target)
{
    if (!json_is_array(json)) {
        violate(decoder, place, "Member must be a list");
        return;
    }
    size_t count = json_array_size(json);
    check_bounds(decoder, place, shape, (int64_t)count, "have length");
    if (decoder->codec != NULL && shape->bounded && (int64_t)count > shape->max)
        return;
    char *items = lat_arena_alloc(decoder->arena, count * shape->element->bytes);
    for (size_t i = 0; i < count; i++) {
        const struct place inner = {.parent = place, .index = i};
        const json_t *element = json_array_get(json, i);
        if (json_is_null(element))
            violate(decoder, &inner, "Member must not be null");
        else
            decode_value(decoder, &inner, shape->element, element,
                         items + i * shape->element->bytes);
    }
    *(struct lat_list *)target = LAT_LIST(items, count);
}

static void decode_map(struct decoder *decoder, const struct place *place,
                       const struct lat_shape *shape, const json_t *json, void *target)
{
    if (!json_is_object(json)) {
        violate(decoder, place, "Member must be an object");
        return;
    }
    size_t count = json_object_size(json);
    check_bounds(decoder, place, shape, (int64_t)count, "have length");
    if (decoder->codec != NULL && shape->bounded && (int64_t)count > shape->max)
        return;
    struct lat_entry *entries = LAT_NEW_ARRAY(decoder->arena, struct lat_entry, count);
    const char *name;
    json_t *value;
    size_t used = 0;
    json_object_foreach(lat_json_iterable(json), name, value) {
        const struct place inner = {.parent = place, .name = name};
        if (json_is_null(value))
            continue;
        check_bounds(decoder, &inner, shape->key, (int64_t)lat_text_characters(name),
                     "have a key of length");
        if (decoder->codec != NULL && !lat_codec_matches(decoder->codec, shape->key, name))
            violate(decoder, &inner, "Member must have a key that satisfies: %s",
                    shape->key->pattern);
        entries[used].key = lat_arena_strdup(decoder->arena, name);
        decode_value(decoder, &inner, shape->element, value, &entries[used].value);
        used++;
    }
    *(struct lat_list *)target = LAT_LIST(entries, used);
}

/* One member of an object, into the zeroed struct; whether it is there. json may be NULL. */
static bool decode_member(struct decoder *decoder, const struct place *place,
                          const struct lat_member *member, const json_t *json, void *target)
{
    const struct place inner = {.parent = place, .name = member->name};
    const json_t *value = json_object_get(json, member->name);
    if (value != NULL && !json_is_null(value)) {
        decode_value(decoder, &inner, member->shape, value, (char *)target + member->offset);
        return true;
    }
    if (member->required && decoder->codec != NULL)
        violate(decoder, &inner, "Member must not be null");
    return false;
}

static void decode_object(struct decoder *decoder, const struct place *place,
                          const struct lat_shape *shape, const json_t *json, void *target)
{
    if (!json_is_object(json)) {
        violate(decoder, place, "Member must be an object");
        return;
    }
    size_t present = 0;
    for (size_t i = 0; i < shape->member_count; i++)
        present += decode_member(decoder, place, &shape->members[i], json, target);
    if (shape->kind != LAT_SHAPE_KIND_UNION || present == 1)
        return;
    /* A newer service may know a member that we do not: then none of ours is there. */
    if (present == 0 && decoder->codec == NULL && json_object_size(json) == 1)
        return;
    const char *names = shape->members[0].name;
    for (size_t i = 1; i < shape->member_count; i++)
        names = lat_arena_printf(decoder->arena, "%s, %s", names, shape->members[i].name);
    violate(decoder, place, "Member must have exactly one of: %s", names);
}

static decode_function *const decode_kinds[LAT_SHAPE_KIND_COUNT] = {
    [LAT_SHAPE_KIND_STRING] = decode_text,      [LAT_SHAPE_KIND_ENUM] = decode_text,
    [LAT_SHAPE_KIND_INTEGER] = decode_integer,  [LAT_SHAPE_KIND_LONG] = decode_integer,
    [LAT_SHAPE_KIND_BOOLEAN] = decode_boolean,  [LAT_SHAPE_KIND_TIMESTAMP] = decode_timestamp,
    [LAT_SHAPE_KIND_LIST] = decode_list,        [LAT_SHAPE_KIND_MAP] = decode_map,
    [LAT_SHAPE_KIND_STRUCTURE] = decode_object, [LAT_SHAPE_KIND_UNION] = decode_object,
};

/* target is a member that holds a pointer for a structure, but the struct itself in a list. */
static void decode_value(struct decoder *decoder, const struct place *place,
                         const struct lat_shape *shape, const json_t *json, void *target)
{
    bool is_object = shape->kind == LAT_SHAPE_KIND_STRUCTURE || shape->kind == LAT_SHAPE_KIND_UNION;
    if (is_object && place->name != NULL) {
        void *inner = lat_arena_alloc(decoder->arena, shape->bytes);
        *(const void **)target = inner;
        target = inner;
    }
    decode_kinds[shape->kind](decoder, place, shape, json, target);
}

/* A label: a text of its own, never JSON. */
static void decode_label(struct decoder *decoder, const struct lat_member *member,
                         const char *label, void *target)
{
    const struct place top = {0}, place = {.parent = &top, .name = member->name};
    take(decoder, &place, member->shape, label, target);
}

size_t lat_input_decode(struct lat_codec *codec, struct lat_arena *arena,
                        const struct lat_operation *operation, const struct lat_sources *sources,
                        void **ret_value, const struct lat_field_violation **ret_fields)
{
    struct decoder decoder = {.codec = codec, .arena = arena};
    const struct lat_shape *shape = operation->input;
    const struct place top = {0};
    char *value = lat_arena_alloc(arena, shape->bytes);
    for (size_t i = 0; i < shape->member_count; i++) {
        const struct lat_member *member = &shape->members[i];
        if (member->location != LAT_LOCATION_LABEL) {
            decode_member(&decoder, &top, member,
                          member->location == LAT_LOCATION_QUERY ? sources->query : sources->body,
                          value);
            continue;
        }
        for (size_t part = 0, label = 0; part < operation->part_count; part++) {
            if (operation->parts[part].label == member)
                decode_label(&decoder, member, sources->labels[label], value + member->offset);
            label += operation->parts[part].label != NULL;
        }
    }
    *ret_fields = decoder.violations;
    if (decoder.count == 0)
        *ret_value = value;
    return decoder.count;
}

size_t lat_document_decode(struct lat_codec *codec, struct lat_arena *arena,
                           const struct lat_shape *shape, const json_t *document, void **ret_value,
                           const struct lat_field_violation **ret_fields)
{
    assert(shape->kind == LAT_SHAPE_KIND_STRUCTURE || shape->kind == LAT_SHAPE_KIND_UNION);
    struct decoder decoder = {.codec = codec, .arena = arena};
    const struct place top = {0};
    void *value = lat_arena_alloc(arena, shape->bytes);
    decode_object(&decoder, &top, shape, document, value);
    *ret_fields = decoder.violations;
    if (decoder.count == 0)
        *ret_value = value;
    return decoder.count;
}
