/* Glue around jansson; see json.h. */
#include "common/base/json.h"

#include "common/base/lat_limits.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void lat_json_decrefp(json_t **json)
{
    json_decref(*json);
    *json = NULL;
}

/* Jansson bounds its own recursion far above ours, so the depth of what it built is checked. */
static bool is_deeper_than(const json_t *json, int levels)
{
    if (levels < 0)
        return true;
    const char *name;
    json_t *value;
    size_t index;
    if (json_is_object(json)) {
        json_object_foreach(lat_json_iterable(json), name, value)
            if (is_deeper_than(value, levels - 1))
                return true;
    } else if (json_is_array(json)) {
        json_array_foreach(json, index, value)
            if (is_deeper_than(value, levels - 1))
                return true;
    }
    return false;
}

json_t *lat_json_parse_new(const char *text, size_t length, struct lat_err *reterr)
{
    json_error_t error;
    json_t *json = json_loadb(text, length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
    if (json == NULL) {
        lat_err_input(reterr, "line %d, column %d: %s", error.line, error.column, error.text);
        return NULL;
    }
    if (is_deeper_than(json, LAT_JSON_DEPTH_MAX)) {
        json_decref(json);
        lat_err_input(reterr, "nested more than %d levels deep", LAT_JSON_DEPTH_MAX);
        return NULL;
    }
    return json;
}

json_t *lat_json_copy_new(const json_t *json)
{
    const char *name;
    json_t *value, *copy;
    size_t index;
    if (json_is_object(json)) {
        copy = json_object();
        json_object_foreach(lat_json_iterable(json), name, value)
            json_object_set_new_nocheck(copy, name, lat_json_copy_new(value));
        return copy;
    }
    if (json_is_array(json)) {
        copy = json_array();
        json_array_foreach(lat_json_iterable(json), index, value)
            json_array_append_new(copy, lat_json_copy_new(value));
        return copy;
    }
    return json_is_string(json)
               ? json_stringn_nocheck(json_string_value(json), json_string_length(json))
               : json_deep_copy(json); /* a number, or what is never changed */
}

static char *dump(struct lat_arena *arena, const json_t *json, size_t flags)
{
    char *heap = json_dumps(json, flags | JSON_ENCODE_ANY);
    assert(heap != NULL); /* every json_t in this program is printable */
    char *text = lat_arena_strdup(arena, heap);
    free(heap);
    return text;
}

char *lat_json_canonical(struct lat_arena *arena, const json_t *json)
{
    return dump(arena, json, JSON_COMPACT | JSON_SORT_KEYS);
}

char *lat_json_pretty(struct lat_arena *arena, const json_t *json)
{
    return dump(arena, json, JSON_INDENT(2));
}

/* One step of a path: a name, ["a name"] or [index]. Moves *cursor past it. */
static json_t *step(const json_t *json, const char **cursor)
{
    const char *p = *cursor;
    if (p[0] == '[' && p[1] == '"') {
        const char *end = strstr(p + 2, "\"]");
        if (end == NULL)
            return NULL;
        *cursor = end + 2;
        return json_object_getn(json, p + 2, (size_t)(end - p - 2));
    }
    if (p[0] == '[') {
        char *end = NULL;
        unsigned long index = strtoul(p + 1, &end, 10);
        if (end == p + 1 || *end != ']')
            return NULL;
        *cursor = end + 1;
        return json_array_get(json, index);
    }
    size_t length = strcspn(p, ".[");
    *cursor = p + length;
    return json_object_getn(json, p, length);
}

json_t *lat_json_at(const json_t *json, const char *path)
{
    const json_t *at = json;
    const char *cursor = path;
    while (at != NULL && *cursor != '\0') {
        if (*cursor == '.')
            cursor++;
        at = step(at, &cursor);
    }
    return lat_json_iterable(at);
}

const char *lat_json_string_at(const json_t *json, const char *path, const char *fallback)
{
    const char *text = json_string_value(lat_json_at(json, path));
    return text == NULL ? fallback : text;
}

int64_t lat_json_int_at(const json_t *json, const char *path, int64_t fallback)
{
    const json_t *value = lat_json_at(json, path);
    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

bool lat_json_bool_at(const json_t *json, const char *path, bool fallback)
{
    const json_t *value = lat_json_at(json, path);
    return json_is_boolean(value) ? json_is_true(value) : fallback;
}

json_t *lat_json_string_new(const char *text, size_t length)
{
    json_t *value = json_stringn(text, length);
    if (value != NULL)
        return value;
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    return json_string(lat_arena_utf8(arena, lat_arena_strndup(arena, text, length)));
}

void lat_json_set(json_t *object, const char *name, json_t *new_value)
{
    if (new_value != NULL)
        json_object_set_new(object, name, new_value);
}

void lat_json_set_string(json_t *object, const char *name, const char *text)
{
    if (text != NULL)
        json_object_set_new(object, name, json_string(text));
}
