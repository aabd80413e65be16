/* Values against patterns; see pattern.h. */
#include "scenarios/engine/pattern.h"

#include "common/base/json.h"
#include "common/base/text.h"

#include <string.h>

static bool contains(const json_t *pattern, const json_t *value)
{
    if (json_is_array(value)) {
        size_t index;
        json_t *item;
        json_array_foreach(lat_json_iterable(value), index, item) {
            if (json_equal(item, pattern))
                return true;
        }
        return false;
    }
    return json_is_string(value) && json_is_string(pattern) &&
           strstr(json_string_value(value), json_string_value(pattern)) != NULL;
}

static bool equals(const json_t *pattern, const json_t *value)
{
    return value != NULL && json_equal(pattern, value);
}

static bool at_least(const json_t *pattern, const json_t *value)
{
    return json_is_number(value) && json_number_value(value) >= json_number_value(pattern);
}

static bool at_most(const json_t *pattern, const json_t *value)
{
    return json_is_number(value) && json_number_value(value) <= json_number_value(pattern);
}

static bool differs(const json_t *pattern, const json_t *value)
{
    return !equals(pattern, value);
}

static bool present(const json_t *pattern, const json_t *value)
{
    return json_is_true(pattern) == (value != NULL);
}

static bool absent(const json_t *pattern, const json_t *value)
{
    return json_is_true(pattern) == (value == NULL);
}

static const struct {
    const char *word;
    bool (*judge)(const json_t *pattern, const json_t *value);
} judges[] = {{"contains", contains}, {"at least", at_least}, {"at most", at_most},
              {"not", differs},       {"present", present},   {"absent", absent},
              {"is", equals}};

int scn_pattern_match(const json_t *pattern, const json_t *value, bool *ret_matches,
                      struct lat_err *reterr)
{
    if (!json_is_object(pattern)) {
        *ret_matches = equals(pattern, value);
        return 0;
    }
    const char *word = json_object_iter_key(json_object_iter(lat_json_iterable(pattern)));
    for (size_t i = 0; json_object_size(pattern) == 1 && i < LAT_COUNT(judges); i++) {
        if (lat_text_eq(word, judges[i].word)) {
            *ret_matches = judges[i].judge(json_object_get(pattern, word), value);
            return 0;
        }
    }
    return lat_err_input(reterr,
                         "\"%s\" is no pattern; write a value, or one of contains, at "
                         "least, at most, not, present, absent, is",
                         lat_text_or_empty(word));
}

static const char *value_text(struct lat_arena *arena, const json_t *value)
{
    if (value == NULL)
        return "absent";
    return json_is_string(value) ? json_string_value(value) : lat_json_text(arena, value);
}

const char *scn_pattern_text(struct lat_arena *arena, const json_t *pattern)
{
    if (!json_is_object(pattern))
        return lat_arena_printf(arena, "is %s", value_text(arena, pattern));
    const char *word = json_object_iter_key(json_object_iter(lat_json_iterable(pattern)));
    const json_t *value = word != NULL ? json_object_get(pattern, word) : NULL;
    if (json_is_boolean(value))
        return lat_arena_printf(arena, "is %s%s", json_is_true(value) ? "" : "not ", word);
    return lat_arena_printf(arena, "%s%s %s",
                            lat_text_eq(word, "contains") || lat_text_eq(word, "is") ? "" : "is ",
                            lat_text_or_empty(word), value_text(arena, value));
}

int scn_pattern_match_all(struct lat_arena *arena, const json_t *has, const json_t *root,
                          const char **ret_found, struct lat_err *reterr)
{
    const char *path;
    json_t *pattern;
    *ret_found = NULL;
    json_object_foreach(lat_json_iterable(has), path, pattern) {
        bool matches = false;
        const json_t *value = lat_json_at(root, path);
        if (scn_pattern_match(pattern, value, &matches, reterr) < 0)
            return -1;
        if (!matches && *ret_found == NULL)
            *ret_found = lat_arena_printf(arena, "%s is %s", path, value_text(arena, value));
    }
    return 0;
}

const char *scn_pattern_all_text(struct lat_arena *arena, const json_t *has)
{
    const char *text = "";
    const char *path;
    json_t *pattern;
    json_object_foreach(lat_json_iterable(has), path, pattern) {
        text = lat_arena_printf(arena, "%s%s%s %s", text, *text != '\0' ? " and " : "", path,
                                scn_pattern_text(arena, pattern));
    }
    return text;
}

const char *scn_list_text(struct lat_arena *arena, const json_t *list)
{
    const char *text = "";
    size_t index;
    json_t *item;
    json_array_foreach(lat_json_iterable(list), index, item) {
        text = lat_arena_printf(arena, "%s%s%s", text, index > 0 ? ", " : "",
                                lat_text_or_empty(json_string_value(item)));
    }
    return *text != '\0' ? text : "none";
}

const char *scn_pairs_text(struct lat_arena *arena, const json_t *object)
{
    const char *text = "";
    const char *name;
    json_t *value;
    json_object_foreach(lat_json_iterable(object), name, value) {
        text = lat_arena_printf(arena, "%s%s%s %s", text, *text != '\0' ? ", " : "", name,
                                value_text(arena, value));
    }
    return text;
}
