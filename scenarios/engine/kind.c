/* Checking what a story writes against the tables; see kind.h. */
#include "scenarios/engine/kind.h"

#include "common/base/json.h"
#include "common/base/text.h"

#include <stdio.h>
#include <string.h>

#define NAMES_BYTES 500 /* of a list of known names in a message */

const struct scn_kind *scn_kind_find(const struct scn_kinds *kinds, const char *name)
{
    for (size_t i = 0; i < kinds->kind_count; i++)
        if (lat_text_eq(kinds->kinds[i].name, name))
            return &kinds->kinds[i];
    return NULL;
}

static unsigned type_of(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return SCN_MAP;
    case JSON_ARRAY:
        return SCN_LIST;
    case JSON_STRING:
        return strstr(json_string_value(value), "${") != NULL ? SCN_ANY : SCN_TEXT;
    case JSON_INTEGER:
    case JSON_REAL:
        return SCN_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE:
        return SCN_BOOL;
    case JSON_NULL:
        break;
    }
    return 0;
}

/* "a text or a list" */
static const char *types_text(unsigned types, char text[NAMES_BYTES])
{
    static const struct {
        unsigned type;
        const char *word;
    } words[] = {{SCN_TEXT, "a text"},
                 {SCN_NUMBER, "a number"},
                 {SCN_BOOL, "true or false"},
                 {SCN_MAP, "a mapping"},
                 {SCN_LIST, "a list"}};
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < LAT_COUNT(words); i++)
        if ((types & words[i].type) != 0)
            length += (size_t)snprintf(text + length, NAMES_BYTES - length, "%s%s",
                                       length > 0 ? " or " : "", words[i].word);
    return text;
}

static void append_name(char text[NAMES_BYTES], const char *name)
{
    size_t length = strlen(text);
    if (length + strlen(name) + 3 < NAMES_BYTES)
        snprintf(text + length, NAMES_BYTES - length, "%s%s", length > 0 ? ", " : "", name);
}

static int check_type(const struct scn_source *source, int line, const char *name, unsigned types,
                      const json_t *value, struct lat_err *reterr)
{
    char text[NAMES_BYTES];
    if ((type_of(value) & types) != 0)
        return 0;
    return scn_error(source, scn_line(source, value, line), reterr, "\"%s\" takes %s", name,
                     types_text(types, text));
}

int scn_check_members(const struct scn_source *source, int line, const char *what,
                      const json_t *value, const struct scn_member *members, size_t member_count,
                      struct lat_err *reterr)
{
    char known[NAMES_BYTES] = "";
    for (size_t i = 0; i < member_count; i++)
        append_name(known, members[i].name);
    const char *key;
    json_t *item;
    json_object_foreach(lat_json_iterable(value), key, item) {
        size_t i = 0;
        while (i < member_count && !lat_text_eq(members[i].name, key))
            i++;
        int item_line = scn_line(source, item, line);
        if (i == member_count)
            return scn_error(source, item_line, reterr, "%s has no key \"%s\"; it has: %s", what,
                             key, known);
        if (check_type(source, item_line, key, members[i].types, item, reterr) < 0)
            return -1;
    }
    for (size_t i = 0; i < member_count; i++)
        if (members[i].required && json_object_get(value, members[i].name) == NULL)
            return scn_error(source, line, reterr, "%s needs the key \"%s\"; add it", what,
                             members[i].name);
    return 0;
}

static int check_one(const struct scn_source *source, int line, const struct scn_kind *kind,
                     const json_t *value, struct lat_err *reterr)
{
    if (check_type(source, line, kind->name, kind->types, value, reterr) < 0)
        return -1;
    if (!json_is_object(value) || kind->members == NULL)
        return 0;
    return scn_check_members(source, scn_line(source, value, line), kind->name, value,
                             kind->members, kind->member_count, reterr);
}

int scn_check_kind(const struct scn_source *source, int line, const struct scn_kind *kind,
                   const json_t *value, struct lat_err *reterr)
{
    if (!kind->repeats || !json_is_array(value))
        return check_one(source, line, kind, value, reterr);
    size_t index;
    json_t *item;
    json_array_foreach(lat_json_iterable(value), index, item) {
        if (check_one(source, scn_line(source, item, line), kind, item, reterr) < 0)
            return -1;
    }
    return 0;
}
