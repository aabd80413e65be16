/* YAML texts as jansson values, built from libyaml's events; see yaml.h. The only includer of
 * libyaml's header. It must never follow a file, a tag or a type: text in, plain values out. */
#include "common/base/yaml.h"

#include "common/base/arena.h"
#include "common/base/file.h"
#include "common/base/json.h"
#include "common/base/lat_limits.h"
#include "common/base/text.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <yaml.h>

/* One place: of a value, or (key not NULL) of a member of an object. The table owns a reference to
 * each value, so that no address in it can be used anew. */
struct place {
    json_t *value; /* NULL: an empty slot */
    const char *key;
    int line;
};

struct lat_yaml {
    struct lat_arena *arena; /* holds this struct, the names and the arrays, except places */
    const char *name;
    json_t **documents;
    size_t count;
    struct place *places; /* open addressing; capacity is a power of two */
    size_t place_count;
    size_t place_capacity;
};

struct anchor {
    const char *name;
    json_t *value; /* borrowed from the table of places or a singleton of jansson */
};

/* One parse under way. */
struct builder {
    struct lat_yaml *yaml;
    yaml_parser_t parser;
    struct anchor *anchors; /* of the document at hand */
    size_t anchor_count;
    size_t nodes;
    struct lat_err *reterr;
};

static json_t *node_new(struct builder *builder, yaml_event_t *event, int depth);

/* ---- The table of places ---- */

static bool has_identity(const json_t *value)
{
    return !json_is_boolean(value) && !json_is_null(value);
}

static size_t place_hash(const json_t *value, const char *key)
{
    uint64_t hash = (uint64_t)(uintptr_t)value * UINT64_C(0x9e3779b97f4a7c15);
    for (const char *p = lat_text_or_empty(key); *p != '\0'; p++)
        hash = (hash ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
    return (size_t)(hash ^ (hash >> 32));
}

/* The slot of a place, or the empty one where it belongs. */
static struct place *find_slot(struct place *places, size_t capacity, const json_t *value,
                               const char *key)
{
    size_t index = place_hash(value, key) & (capacity - 1);
    while (places[index].value != NULL &&
           (places[index].value != value || !lat_text_eq(places[index].key, key)))
        index = (index + 1) & (capacity - 1);
    return &places[index];
}

static void grow_places(struct lat_yaml *yaml)
{
    size_t capacity = yaml->place_capacity == 0 ? 64 : yaml->place_capacity * 2;
    struct place *places = calloc(capacity, sizeof *places);
    if (places == NULL) {
        fputs("out of memory\n", stderr);
        abort();
    }
    for (size_t i = 0; i < yaml->place_capacity; i++) {
        const struct place *old = &yaml->places[i];
        if (old->value != NULL)
            *find_slot(places, capacity, old->value, old->key) = *old;
    }
    free(yaml->places);
    yaml->places = places;
    yaml->place_capacity = capacity;
}

static void note_place(struct lat_yaml *yaml, json_t *value, const char *key, int line)
{
    if (!has_identity(value))
        return;
    if (yaml->place_count * 2 >= yaml->place_capacity)
        grow_places(yaml);
    struct place *place = find_slot(yaml->places, yaml->place_capacity, value, key);
    assert(place->value == NULL);
    *place = (struct place){.value = json_incref(value), .key = key, .line = line};
    yaml->place_count++;
}

static int place_line(const struct lat_yaml *yaml, const json_t *value, const char *key)
{
    if (yaml->place_capacity == 0 || value == NULL)
        return 0;
    return find_slot(yaml->places, yaml->place_capacity, value, key)->line;
}

/* ---- Messages ---- */

static int line_of(const yaml_event_t *event)
{
    return (int)event->start_mark.line + 1;
}

/* Fills reterr with "name:line:column: text" and returns NULL. */
static json_t *fail(struct builder *builder, const yaml_event_t *event, const char *text)
{
    lat_err_input(builder->reterr, "%s:%d:%zu: %s", builder->yaml->name, line_of(event),
                  event->start_mark.column + 1, text);
    return NULL;
}

static int fail_syntax(struct builder *builder)
{
    const yaml_parser_t *parser = &builder->parser;
    if (parser->error == YAML_READER_ERROR)
        return lat_err_input(builder->reterr, "%s: byte %zu: %s; YAML is UTF-8 text",
                             builder->yaml->name, parser->problem_offset, parser->problem);
    return lat_err_input(builder->reterr, "%s:%zu:%zu: %s%s%s", builder->yaml->name,
                         parser->problem_mark.line + 1, parser->problem_mark.column + 1,
                         lat_text_or_empty(parser->problem), parser->context == NULL ? "" : " ",
                         lat_text_or_empty(parser->context));
}

static int next_event(struct builder *builder, yaml_event_t *ret_event)
{
    return yaml_parser_parse(&builder->parser, ret_event) ? 0 : fail_syntax(builder);
}

/* ---- Scalars: the YAML 1.2 core schema ---- */

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

static const char *skip_digits(const char *p)
{
    while (isdigit((unsigned char)*p))
        p++;
    return p;
}

static bool is_decimal_integer(const char *text)
{
    const char *p = text + (text[0] == '-' || text[0] == '+');
    return isdigit((unsigned char)*p) && *skip_digits(p) == '\0';
}

/* [-+]? ( \.[0-9]+ | [0-9]+ (\.[0-9]*)? ) ([eE][-+]?[0-9]+)? */
static bool is_decimal_fraction(const char *text)
{
    const char *p = text + (text[0] == '-' || text[0] == '+');
    const char *whole = p;
    p = skip_digits(p);
    bool has_digits = p > whole;
    if (*p == '.') {
        const char *fraction = ++p;
        p = skip_digits(p);
        has_digits = has_digits || p > fraction;
    }
    if (!has_digits)
        return false;
    if (*p == 'e' || *p == 'E') {
        p += p[1] == '-' || p[1] == '+' ? 2 : 1;
        const char *exponent = p;
        p = skip_digits(p);
        if (p == exponent)
            return false;
    }
    return *p == '\0';
}

/* 0 for "not prefixed", else the base of "0x1F" and "0o17". */
static int prefixed_base(const char *text)
{
    if (text[0] != '0' || (text[1] != 'x' && text[1] != 'o') || text[2] == '\0')
        return 0;
    const char *digits = text[1] == 'x' ? "0123456789abcdefABCDEF" : "01234567";
    if (text[2 + strspn(text + 2, digits)] != '\0')
        return 0;
    return text[1] == 'x' ? 16 : 8;
}

static json_t *integer_new(struct builder *builder, const yaml_event_t *event, const char *digits,
                           int base)
{
    errno = 0;
    long long number = strtoll(digits, NULL, base);
    if (errno != 0)
        return fail(builder, event, "the number is too large for 64 bits; quote it to keep a text");
    return json_integer(number);
}

static json_t *plain_new(struct builder *builder, const yaml_event_t *event, const char *text)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const trues[] = {"true", "True", "TRUE", NULL};
    static const char *const falses[] = {"false", "False", "FALSE", NULL};
    static const char *const unjson[] = {".inf",  ".Inf",  ".INF",  "+.inf", "+.Inf",
                                         "+.INF", "-.inf", "-.Inf", "-.INF", ".nan",
                                         ".NaN",  ".NAN",  NULL};
    if (is_one_of(text, nulls))
        return json_null();
    if (is_one_of(text, trues))
        return json_true();
    if (is_one_of(text, falses))
        return json_false();
    if (is_one_of(text, unjson))
        return fail(builder, event, "JSON has no infinity and no NaN; quote it to keep a text");
    if (is_decimal_integer(text))
        return integer_new(builder, event, text, 10);
    int base = prefixed_base(text);
    if (base != 0)
        return integer_new(builder, event, text + 2, base);
    if (!is_decimal_fraction(text))
        return json_string(text);
    double number = strtod(text, NULL);
    if (!isfinite(number))
        return fail(builder, event, "the number is too large; quote it to keep a text");
    return json_real(number);
}

#define CORE_TAG "tag:yaml.org,2002:"

static json_t *scalar_new(struct builder *builder, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    const char *tag = (const char *)event->data.scalar.tag;
    if (strlen(text) != event->data.scalar.length)
        return fail(builder, event, "a text may not contain the character NUL");
    if (tag != NULL && strcmp(tag, "!") != 0 && !lat_text_has_prefix(tag, CORE_TAG))
        return fail(builder, event,
                    "tags of your own (!name) are not supported; leave the tag out");
    bool is_text = tag == NULL ? event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE
                               : strcmp(tag, "!") == 0 || strcmp(tag, CORE_TAG "str") == 0;
    json_t *value = is_text ? json_string(text) : plain_new(builder, event, text);
    if (value == NULL && is_text)
        return fail(builder, event, "the text is not UTF-8");
    return value;
}

/* ---- Anchors ---- */

static void note_anchor(struct builder *builder, const unsigned char *name, json_t *value)
{
    if (name == NULL)
        return;
    struct anchor *anchor =
        LAT_ARENA_PUSH(builder->yaml->arena, builder->anchors, builder->anchor_count);
    anchor->name = lat_arena_strdup(builder->yaml->arena, (const char *)name);
    anchor->value = value;
}

/* Counts one more node of the file; NULL in the caller's place when it is one too many. */
static int count_node(struct builder *builder, const yaml_event_t *event, int depth)
{
    char text[96];
    if (++builder->nodes > LAT_YAML_NODES_MAX) {
        snprintf(text, sizeof text, "more than %d values, aliases expanded; split the file",
                 LAT_YAML_NODES_MAX);
    } else if (depth > LAT_JSON_DEPTH_MAX) {
        snprintf(text, sizeof text, "nested more than %d levels deep", LAT_JSON_DEPTH_MAX);
    } else {
        return 0;
    }
    fail(builder, event, text);
    return -1;
}

/* A copy of a value with the places of the original. Sharing it instead would let a change in one
 * place show in another. */
static json_t *copy_new(struct builder *builder, const yaml_event_t *event, json_t *value,
                        int depth)
{
    if (count_node(builder, event, depth) < 0)
        return NULL;
    LAT_AUTO(lat_json_decrefp) json_t *copy = json_copy(value); /* shallow: the members follow */
    note_place(builder->yaml, copy, NULL, place_line(builder->yaml, value, NULL));
    const char *key;
    json_t *member;
    size_t index;
    if (json_is_object(value)) {
        json_object_foreach(value, key, member) {
            json_t *inner = copy_new(builder, event, member, depth + 1);
            if (inner == NULL)
                return NULL;
            json_object_set_new_nocheck(copy, key, inner);
            note_place(builder->yaml, copy, lat_arena_strdup(builder->yaml->arena, key),
                       place_line(builder->yaml, value, key));
        }
    } else if (json_is_array(value)) {
        json_array_foreach(value, index, member) {
            json_t *inner = copy_new(builder, event, member, depth + 1);
            if (inner == NULL)
                return NULL;
            json_array_set_new(copy, index, inner);
        }
    }
    return LAT_TAKE(copy);
}

static json_t *alias_new(struct builder *builder, const yaml_event_t *event, int depth)
{
    const char *name = (const char *)event->data.alias.anchor;
    for (size_t i = builder->anchor_count; i > 0; i--) /* the nearest of that name counts */
        if (strcmp(builder->anchors[i - 1].name, name) == 0)
            return copy_new(builder, event, builder->anchors[i - 1].value, depth);
    char text[160];
    snprintf(text, sizeof text, "the alias *%.100s has no anchor before it", name);
    return fail(builder, event, text);
}

/* ---- Collections ---- */

static json_t *sequence_new(struct builder *builder, const unsigned char *anchor, int line,
                            int depth)
{
    LAT_AUTO(lat_json_decrefp) json_t *array = json_array();
    note_place(builder->yaml, array, NULL, line);
    for (;;) {
        yaml_event_t event;
        if (next_event(builder, &event) < 0)
            return NULL;
        bool ends = event.type == YAML_SEQUENCE_END_EVENT;
        json_t *value = ends ? NULL : node_new(builder, &event, depth + 1);
        yaml_event_delete(&event);
        if (ends)
            break;
        if (value == NULL)
            return NULL;
        json_array_append_new(array, value);
    }
    note_anchor(builder, anchor, array);
    return LAT_TAKE(array);
}

/* Checks a key and copies it; NULL on failure. */
static const char *take_key(struct builder *builder, const json_t *object,
                            const yaml_event_t *event)
{
    if (event->type != YAML_SCALAR_EVENT) {
        fail(builder, event, "a key must be a plain text");
        return NULL;
    }
    const char *key = (const char *)event->data.scalar.value;
    char text[160];
    if (strlen(key) != event->data.scalar.length) {
        fail(builder, event, "a key may not contain the character NUL");
        return NULL;
    }
    if (strcmp(key, "<<") == 0 && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
        fail(builder, event, "merge keys (<<) are not supported; write the members out");
        return NULL;
    }
    if (json_object_get(object, key) != NULL) {
        snprintf(text, sizeof text, "the key \"%.100s\" is there twice; remove one", key);
        fail(builder, event, text);
        return NULL;
    }
    return lat_arena_strdup(builder->yaml->arena, key);
}

/* Reads the value of a key, whose event is given, into the object. */
static int take_member(struct builder *builder, json_t *object, const yaml_event_t *key_event,
                       int depth)
{
    const char *key = take_key(builder, object, key_event);
    yaml_event_t event;
    if (key == NULL || next_event(builder, &event) < 0)
        return -1;
    json_t *value = node_new(builder, &event, depth + 1);
    yaml_event_delete(&event);
    if (value == NULL)
        return -1;
    json_object_set_new_nocheck(object, key, value);
    note_place(builder->yaml, object, key, line_of(key_event));
    return 0;
}

static json_t *mapping_new(struct builder *builder, const unsigned char *anchor, int line,
                           int depth)
{
    LAT_AUTO(lat_json_decrefp) json_t *object = json_object();
    note_place(builder->yaml, object, NULL, line);
    for (;;) {
        yaml_event_t event;
        if (next_event(builder, &event) < 0)
            return NULL;
        bool ends = event.type == YAML_MAPPING_END_EVENT;
        int result = ends ? 0 : take_member(builder, object, &event, depth);
        yaml_event_delete(&event);
        if (result < 0)
            return NULL;
        if (ends)
            break;
    }
    note_anchor(builder, anchor, object);
    return LAT_TAKE(object);
}

/* The value that begins with this event, which stays the caller's. */
static json_t *node_new(struct builder *builder, yaml_event_t *event, int depth)
{
    if (event->type == YAML_ALIAS_EVENT)
        return alias_new(builder, event, depth);
    if (count_node(builder, event, depth) < 0)
        return NULL;
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return sequence_new(builder, event->data.sequence_start.anchor, line_of(event), depth);
    if (event->type == YAML_MAPPING_START_EVENT)
        return mapping_new(builder, event->data.mapping_start.anchor, line_of(event), depth);
    assert(event->type == YAML_SCALAR_EVENT);
    json_t *value = scalar_new(builder, event);
    if (value == NULL)
        return NULL;
    note_place(builder->yaml, value, NULL, line_of(event));
    note_anchor(builder, event->data.scalar.anchor, value);
    return value;
}

/* ---- Documents ---- */

static bool is_empty_scalar(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT && event->data.scalar.length == 0 &&
           event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && event->data.scalar.tag == NULL;
}

static int take_document(struct builder *builder, yaml_event_t *root)
{
    if (is_empty_scalar(root))
        return 0;
    json_t *value = node_new(builder, root, 0);
    if (value == NULL)
        return -1;
    *LAT_ARENA_PUSH(builder->yaml->arena, builder->yaml->documents, builder->yaml->count) = value;
    return 0;
}

static int take_stream(struct builder *builder)
{
    for (;;) {
        yaml_event_t event;
        if (next_event(builder, &event) < 0)
            return -1;
        yaml_event_type_t type = event.type;
        bool is_marker = type == YAML_STREAM_START_EVENT || type == YAML_DOCUMENT_END_EVENT ||
                         type == YAML_STREAM_END_EVENT || type == YAML_DOCUMENT_START_EVENT;
        int result = is_marker ? 0 : take_document(builder, &event);
        yaml_event_delete(&event);
        if (result < 0)
            return -1;
        if (type == YAML_DOCUMENT_START_EVENT) { /* anchors end with their document */
            builder->anchors = NULL;
            builder->anchor_count = 0;
        }
        if (type == YAML_STREAM_END_EVENT)
            return 0;
    }
}

struct lat_yaml *lat_yaml_parse(const char *text, size_t length, const char *name,
                                struct lat_err *reterr)
{
    struct lat_arena *arena = lat_arena_new();
    LAT_AUTO(lat_yaml_freep) struct lat_yaml *yaml = LAT_NEW(arena, struct lat_yaml);
    yaml->arena = arena;
    yaml->name = lat_arena_strdup(arena, name);
    struct builder builder = {.yaml = yaml, .reterr = reterr};
    if (!yaml_parser_initialize(&builder.parser)) {
        lat_err_broken(reterr, "%s: out of memory", name);
        return NULL;
    }
    yaml_parser_set_input_string(&builder.parser, (const unsigned char *)text, length);
    int result = take_stream(&builder);
    yaml_parser_delete(&builder.parser);
    return result < 0 ? NULL : LAT_TAKE(yaml);
}

struct lat_yaml *lat_yaml_read(const char *path, struct lat_err *reterr)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    char *text = NULL;
    size_t length = 0;
    if (lat_file_read(arena, path, LAT_FILE_BYTES_MAX, &text, &length, reterr) < 0)
        return NULL;
    return lat_yaml_parse(text, length, strcmp(path, "-") == 0 ? "standard input" : path, reterr);
}

struct lat_yaml *lat_yaml_free(struct lat_yaml *yaml)
{
    if (yaml == NULL)
        return NULL;
    for (size_t i = 0; i < yaml->count; i++)
        json_decref(yaml->documents[i]);
    for (size_t i = 0; i < yaml->place_capacity; i++)
        json_decref(yaml->places[i].value);
    free(yaml->places);
    lat_arena_free(yaml->arena);
    return NULL;
}

void lat_yaml_freep(struct lat_yaml **yaml)
{
    *yaml = lat_yaml_free(*yaml);
}

const char *lat_yaml_name(const struct lat_yaml *yaml)
{
    return yaml->name;
}

size_t lat_yaml_count(const struct lat_yaml *yaml)
{
    return yaml->count;
}

json_t *lat_yaml_document(const struct lat_yaml *yaml, size_t index)
{
    assert(index < yaml->count);
    return yaml->documents[index];
}

int lat_yaml_line(const struct lat_yaml *yaml, const json_t *value)
{
    return place_line(yaml, value, NULL);
}

int lat_yaml_member_line(const struct lat_yaml *yaml, const json_t *object, const char *key)
{
    return place_line(yaml, object, key);
}
