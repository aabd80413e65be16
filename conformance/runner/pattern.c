/* Whether a pattern as written in a case file can be used at all; declared in match.h. */
#include "conformance/runner/match.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "conformance/runner/regex.h"

#include <string.h>

struct word {
    const char *name;
    const char *argument; /* "list", "object", "integer", "pattern", "path", or the types allowed */
};

static const struct word words[] = {
    {"$only", "object"},    {"$contains", "list"}, {"$none", "pattern"}, {"$all", "pattern"},
    {"$length", "pattern"}, {"$distinct", "text"}, {"$min", "integer"},  {"$max", "integer"},
    {"$not", "pattern"},    {"$type", "type"},
};

static const char *const types[] = {"string", "integer", "number", "boolean",
                                    "object", "list",    "time",   "null"};

static int check(struct lat_arena *arena, const json_t *pattern, const json_t **ret_bad,
                 struct lat_err *reterr);

/* The expression with every ${…} replaced by a letter, so that it can be compiled beforehand. */
static const char *without_variables(struct lat_arena *arena, const char *regex)
{
    char *text = lat_arena_strdup(arena, regex);
    char *out = text;
    for (const char *at = regex; *at != '\0';) {
        const char *end = lat_text_has_prefix(at, "${") ? strchr(at, '}') : NULL;
        *out++ = end == NULL ? *at : 'x';
        at = end == NULL ? at + 1 : end + 1;
    }
    *out = '\0';
    return text;
}

static int check_type(const json_t *argument, struct lat_err *reterr)
{
    for (size_t i = 0; i < LAT_COUNT(types); i++)
        if (lat_text_eq(types[i], json_string_value(argument)))
            return 0;
    return lat_err_input(reterr, "$type takes string, integer, number, boolean, object, list, time "
                                 "or null");
}

static int check_word(struct lat_arena *arena, const char *name, const json_t *argument,
                      const json_t **ret_bad, struct lat_err *reterr)
{
    const struct word *word = NULL;
    for (size_t i = 0; i < LAT_COUNT(words) && word == NULL; i++)
        if (lat_text_eq(words[i].name, name))
            word = &words[i];
    if (word == NULL)
        return lat_err_input(reterr,
                             "unknown word %s in a pattern; the words are $only, $contains, $none, "
                             "$all, $length, $distinct, $min, $max, $not, $type",
                             name);
    if (lat_text_eq(word->argument, "type"))
        return check_type(argument, reterr);
    if ((lat_text_eq(word->argument, "list") && !json_is_array(argument)) ||
        (lat_text_eq(word->argument, "object") && !json_is_object(argument)) ||
        (lat_text_eq(word->argument, "text") && !json_is_string(argument)) ||
        (lat_text_eq(word->argument, "integer") && !json_is_integer(argument)))
        return lat_err_input(reterr, "%s takes %s %s", name,
                             strchr("aeiou", word->argument[0]) != NULL ? "an" : "a",
                             word->argument);
    return check(arena, argument, ret_bad, reterr);
}

static int check_object(struct lat_arena *arena, const json_t *pattern, const json_t **ret_bad,
                        struct lat_err *reterr)
{
    const char *name = NULL;
    json_t *member = NULL;
    size_t special_count = 0;
    json_object_foreach(lat_json_iterable(pattern), name, member) {
        bool is_word = name[0] == '$';
        special_count += is_word ? 1U : 0U;
        *ret_bad = member;
        if (is_word && check_word(arena, name, member, ret_bad, reterr) < 0)
            return -1;
        if (!is_word && check(arena, member, ret_bad, reterr) < 0)
            return -1;
    }
    *ret_bad = pattern;
    if (special_count != 0 && special_count != json_object_size(pattern))
        return lat_err_input(reterr,
                             "$ words and member names cannot stand in one pattern; put the "
                             "members under $only, or leave the $ words away");
    return 0;
}

static int check(struct lat_arena *arena, const json_t *pattern, const json_t **ret_bad,
                 struct lat_err *reterr)
{
    *ret_bad = pattern;
    if (json_is_object(pattern))
        return check_object(arena, pattern, ret_bad, reterr);
    for (size_t i = 0; i < json_array_size(pattern); i++)
        if (check(arena, json_array_get(pattern, i), ret_bad, reterr) < 0)
            return -1;
    const char *text = json_string_value(pattern);
    bool matches = false;
    if (text == NULL || text[0] != '~')
        return 0;
    return cft_regex_matches(without_variables(arena, text + 1), "", &matches, reterr);
}

int cft_match_check(struct lat_arena *arena, const json_t *pattern, const json_t **ret_bad,
                    struct lat_err *reterr)
{
    return check(arena, pattern, ret_bad, reterr);
}
