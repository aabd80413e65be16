/* Expected values against real ones; see match.h. Recursion is bounded by LAT_JSON_DEPTH_MAX, which
 * the readers of patterns and answers enforce. */
#include "conformance/runner/match.h"

#include "common/base/clock.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "conformance/runner/regex.h"

#include <string.h>

#define SHOWN_BYTES_MAX 300 /* of a value in a message */

struct spot {
    struct cft_mismatches *mismatches;
    const char *place;
};

typedef void special_match(struct spot *spot, const json_t *argument, const json_t *value);

struct special {
    const char *name;
    special_match *match;
    bool needs_list; /* the value must be a list */
};

void cft_mismatch(struct cft_mismatches *mismatches, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *line = lat_arena_vprintf(mismatches->arena, format, args);
    va_end(args);
    if (mismatches->count < CFT_MISMATCHES_MAX)
        *LAT_ARENA_PUSH(mismatches->arena, mismatches->lines, mismatches->count) = line;
}

static const char *show(struct lat_arena *arena, const json_t *value)
{
    if (value == NULL)
        return "nothing";
    const char *text = lat_json_text(arena, value);
    return strlen(text) <= SHOWN_BYTES_MAX
               ? text
               : lat_arena_printf(arena, "%.*s…", SHOWN_BYTES_MAX, text);
}

static void differ(struct spot *spot, const char *expected, const json_t *value)
{
    struct lat_arena *arena = spot->mismatches->arena;
    cft_mismatch(spot->mismatches, "%s: expected %s, got %s", spot->place, expected,
                 show(arena, value));
}

/* How many mismatches a pattern would add, told to nobody. */
static size_t try_match(struct spot *spot, const json_t *pattern, const json_t *value)
{
    struct cft_mismatches quiet = {.arena = spot->mismatches->arena};
    cft_match(&quiet, "", pattern, value);
    return quiet.count;
}

static void match_contains(struct spot *spot, const json_t *argument, const json_t *value)
{
    struct lat_arena *arena = spot->mismatches->arena;
    for (size_t i = 0; i < json_array_size(argument); i++) {
        const json_t *wanted = json_array_get(argument, i);
        bool found = false;
        for (size_t j = 0; j < json_array_size(value) && !found; j++)
            found = try_match(spot, wanted, json_array_get(value, j)) == 0;
        if (!found)
            differ(spot, lat_arena_printf(arena, "an element like %s", show(arena, wanted)), value);
    }
}

static void match_none(struct spot *spot, const json_t *argument, const json_t *value)
{
    struct lat_arena *arena = spot->mismatches->arena;
    for (size_t i = 0; i < json_array_size(value); i++)
        if (try_match(spot, argument, json_array_get(value, i)) == 0)
            cft_mismatch(spot->mismatches, "%s[%zu]: no element like %s was expected, got %s",
                         spot->place, i, show(arena, argument),
                         show(arena, json_array_get(value, i)));
}

static void match_all(struct spot *spot, const json_t *argument, const json_t *value)
{
    for (size_t i = 0; i < json_array_size(value); i++)
        cft_match(spot->mismatches,
                  lat_arena_printf(spot->mismatches->arena, "%s[%zu]", spot->place, i), argument,
                  json_array_get(value, i));
}

static void match_length(struct spot *spot, const json_t *argument, const json_t *value)
{
    struct lat_arena *arena = spot->mismatches->arena;
    size_t length = json_is_string(value)   ? lat_text_characters(json_string_value(value))
                    : json_is_object(value) ? json_object_size(value)
                                            : json_array_size(value);
    json_t *LAT_AUTO(lat_json_decrefp) counted = json_integer((json_int_t)length);
    if (try_match(spot, argument, counted) != 0)
        cft_mismatch(spot->mismatches, "%s: expected length %s, got %zu: %s", spot->place,
                     show(arena, argument), length, show(arena, value));
}

/* $distinct: id — no two elements have the same value there. */
static void match_distinct(struct spot *spot, const json_t *argument, const json_t *value)
{
    struct lat_arena *arena = spot->mismatches->arena;
    json_t *LAT_AUTO(lat_json_decrefp) seen = json_object();
    for (size_t i = 0; i < json_array_size(value); i++) {
        json_t *key = lat_json_at(json_array_get(value, i), json_string_value(argument));
        const char *text = show(arena, key);
        if (json_object_get(seen, text) != NULL)
            cft_mismatch(spot->mismatches, "%s[%zu].%s: %s occurs twice", spot->place, i,
                         json_string_value(argument), text);
        json_object_set_new(seen, text, json_true());
    }
}

static const char *type_name(const json_t *value)
{
    static const char *const names[] = {
        [JSON_OBJECT] = "object",   [JSON_ARRAY] = "list",  [JSON_STRING] = "string",
        [JSON_INTEGER] = "integer", [JSON_REAL] = "number", [JSON_TRUE] = "boolean",
        [JSON_FALSE] = "boolean",   [JSON_NULL] = "null",
    };
    return value == NULL ? "nothing" : names[json_typeof(value)];
}

/* A time is RFC 3339 in UTC with milliseconds, as the service writes it. */
static bool is_time(const json_t *value)
{
    const char *text = json_string_value(value);
    int64_t time_ms = 0;
    return text != NULL && strlen(text) == strlen("2024-01-01T00:00:00.000Z") &&
           lat_text_has_suffix(text, "Z") && lat_time_parse(text, &time_ms) == 0;
}

static void match_type(struct spot *spot, const json_t *argument, const json_t *value)
{
    const char *wanted = json_string_value(argument);
    bool matches = lat_text_eq(wanted, "time")     ? is_time(value)
                   : lat_text_eq(wanted, "number") ? json_is_number(value)
                                                   : lat_text_eq(wanted, type_name(value));
    if (!matches)
        differ(spot, lat_arena_printf(spot->mismatches->arena, "a value of type %s", wanted),
               value);
}

static void match_min(struct spot *spot, const json_t *argument, const json_t *value)
{
    if (!json_is_number(value) || json_number_value(value) < json_number_value(argument))
        differ(spot,
               lat_arena_printf(spot->mismatches->arena, "at least %s",
                                show(spot->mismatches->arena, argument)),
               value);
}

static void match_max(struct spot *spot, const json_t *argument, const json_t *value)
{
    if (!json_is_number(value) || json_number_value(value) > json_number_value(argument))
        differ(spot,
               lat_arena_printf(spot->mismatches->arena, "at most %s",
                                show(spot->mismatches->arena, argument)),
               value);
}

static void match_not(struct spot *spot, const json_t *argument, const json_t *value)
{
    if (try_match(spot, argument, value) == 0)
        differ(spot,
               lat_arena_printf(spot->mismatches->arena, "anything but %s",
                                show(spot->mismatches->arena, argument)),
               value);
}

static void match_members(struct spot *spot, const json_t *pattern, const json_t *value);

/* $only: these members and no others. */
static void match_only(struct spot *spot, const json_t *argument, const json_t *value)
{
    const char *name = NULL;
    json_t *member = NULL;
    match_members(spot, argument, value);
    json_object_foreach(lat_json_iterable(value), name, member) {
        if (json_object_get(argument, name) == NULL)
            cft_mismatch(spot->mismatches, "%s.%s: expected no such member, got %s", spot->place,
                         name, show(spot->mismatches->arena, member));
    }
}

static const struct special specials[] = {
    {"$only", match_only, false},        {"$contains", match_contains, true},
    {"$none", match_none, true},         {"$all", match_all, true},
    {"$length", match_length, false},    {"$type", match_type, false},
    {"$distinct", match_distinct, true}, {"$min", match_min, false},
    {"$max", match_max, false},          {"$not", match_not, false},
};

static const struct special *find_special(const char *name)
{
    for (size_t i = 0; i < LAT_COUNT(specials); i++)
        if (lat_text_eq(specials[i].name, name))
            return &specials[i];
    return NULL;
}

/* Whether a pattern asks by $ words instead of naming members. */
static bool is_special(const json_t *pattern)
{
    const char *name = json_object_iter_key(json_object_iter(lat_json_iterable(pattern)));
    return name != NULL && name[0] == '$';
}

static void match_special(struct spot *spot, const json_t *pattern, const json_t *value)
{
    const char *name = NULL;
    json_t *argument = NULL;
    json_object_foreach(lat_json_iterable(pattern), name, argument) {
        const struct special *special = find_special(name);
        if (special == NULL)
            cft_mismatch(spot->mismatches, "%s: %s is no word of a pattern", spot->place, name);
        else if (special->needs_list && !json_is_array(value))
            differ(spot, "a list", value);
        else
            special->match(spot, argument, value);
    }
}

static void match_members(struct spot *spot, const json_t *pattern, const json_t *value)
{
    const char *name = NULL;
    json_t *member = NULL;
    if (!json_is_object(value)) {
        differ(spot, "an object", value);
        return;
    }
    json_object_foreach(lat_json_iterable(pattern), name, member) {
        cft_match(spot->mismatches,
                  lat_arena_printf(spot->mismatches->arena, "%s.%s", spot->place, name), member,
                  json_object_get(value, name));
    }
}

static void match_list(struct spot *spot, const json_t *pattern, const json_t *value)
{
    struct lat_arena *arena = spot->mismatches->arena;
    if (!json_is_array(value)) {
        differ(spot, "a list", value);
        return;
    }
    if (json_array_size(pattern) != json_array_size(value))
        differ(spot, lat_arena_printf(arena, "%zu elements", json_array_size(pattern)), value);
    for (size_t i = 0; i < json_array_size(pattern) && i < json_array_size(value); i++)
        cft_match(spot->mismatches, lat_arena_printf(arena, "%s[%zu]", spot->place, i),
                  json_array_get(pattern, i), json_array_get(value, i));
}

static void match_string(struct spot *spot, const char *pattern, const json_t *value)
{
    struct lat_arena *arena = spot->mismatches->arena;
    const char *text = json_string_value(value);
    if (lat_text_eq(pattern, "absent")) {
        if (value != NULL)
            differ(spot, "no such member", value);
    } else if (lat_text_eq(pattern, "*")) {
        if (value == NULL || json_is_null(value))
            differ(spot, "a value", value);
    } else if (pattern[0] == '~') {
        bool matches = false;
        struct lat_err err = {0};
        if (text != NULL && cft_regex_matches(pattern + 1, text, &matches, &err) < 0)
            cft_mismatch(spot->mismatches, "%s: %s", spot->place, err.message);
        else if (!matches)
            differ(spot, lat_arena_printf(arena, "a text like /%s/", pattern + 1), value);
    } else {
        const char *wanted = pattern[0] == '=' ? pattern + 1 : pattern;
        if (!lat_text_eq(wanted, text))
            differ(spot, lat_arena_printf(arena, "\"%s\"", wanted), value);
    }
}

void cft_match(struct cft_mismatches *mismatches, const char *place, const json_t *pattern,
               const json_t *value)
{
    struct spot spot = {.mismatches = mismatches, .place = place};
    if (json_is_string(pattern))
        match_string(&spot, json_string_value(pattern), value);
    else if (json_is_object(pattern) && is_special(pattern))
        match_special(&spot, pattern, value);
    else if (json_is_object(pattern))
        match_members(&spot, pattern, value);
    else if (json_is_array(pattern))
        match_list(&spot, pattern, value);
    else if (value == NULL || !json_equal(pattern, value))
        differ(&spot, show(mismatches->arena, pattern), value);
}
