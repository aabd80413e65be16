/* Objects of a case file into structs, by table: unknown keys and wrong types are refused with the
 * file and the line. */
#include "conformance/runner/case_int.h"

#include "common/base/buf.h"
#include "common/base/json.h"
#include "common/base/text.h"

#define MESSAGE_BYTES_MAX 900

int case_fail(const struct case_reader *reader, const json_t *value, int fallback_line,
              struct lat_err *reterr, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *what = lat_arena_vprintf(reader->arena, format, args);
    va_end(args);
    int line = value == NULL ? 0 : lat_yaml_line(reader->yaml, value);
    return lat_err_input(reterr, "%s:%d: %.*s", reader->file, line > 0 ? line : fallback_line,
                         MESSAGE_BYTES_MAX, what);
}

static const struct case_key *find_key(const struct case_key *keys, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (lat_text_eq(keys[i].name, name))
            return &keys[i];
    return NULL;
}

static const char *key_list(const struct case_reader *reader, const struct case_key *keys,
                            size_t count)
{
    struct lat_buf LAT_AUTO(lat_buf_done) out;
    lat_buf_init(&out, MESSAGE_BYTES_MAX);
    for (size_t i = 0; i < count; i++)
        lat_buf_printf(&out, "%s%s", i == 0 ? "" : ", ", keys[i].name);
    return lat_arena_strdup(reader->arena, out.data);
}

/* Returns NULL, or the words for what was wanted. */
static const char *store(const struct case_key *key, const json_t *value, void *target)
{
    void *place = (char *)target + key->offset;
    switch (key->kind) {
    case CASE_KEY_TEXT:
        *(const char **)place = json_string_value(value);
        return json_is_string(value) ? NULL : "a text (put it in quotes)";
    case CASE_KEY_NUMBER:
        *(int64_t *)place = json_integer_value(value);
        return json_is_integer(value) && json_integer_value(value) >= 0 ? NULL : "a whole number";
    case CASE_KEY_FLAG:
        *(bool *)place = json_is_true(value);
        return json_is_boolean(value) ? NULL : "true or false";
    case CASE_KEY_OBJECT:
        *(const json_t **)place = value;
        return json_is_object(value) ? NULL : "members (name: value)";
    case CASE_KEY_LIST:
        *(const json_t **)place = value;
        return json_is_array(value) ? NULL : "a list";
    case CASE_KEY_ANY:
    case CASE_KEY_KIND_COUNT:
        break;
    }
    *(const json_t **)place = value;
    return NULL;
}

int case_decode(const struct case_reader *reader, const json_t *object, int line, const char *what,
                const struct case_key *keys, size_t key_count, void *target, struct lat_err *reterr)
{
    const char *name = NULL;
    json_t *value = NULL;
    if (!json_is_object(object))
        return case_fail(reader, object, line, reterr, "%s must have members (%s)", what,
                         key_list(reader, keys, key_count));
    json_object_foreach(lat_json_iterable(object), name, value) {
        const struct case_key *key = find_key(keys, key_count, name);
        if (key == NULL)
            return case_fail(reader, value, line, reterr,
                             "%s has an unknown key \"%s\"; the keys are %s", what, name,
                             key_list(reader, keys, key_count));
        const char *wanted = store(key, value, target);
        if (wanted != NULL)
            return case_fail(reader, value, line, reterr, "\"%s\" of %s must be %s", name, what,
                             wanted);
    }
    for (size_t i = 0; i < key_count; i++)
        if (keys[i].required && json_object_get(object, keys[i].name) == NULL)
            return case_fail(reader, object, line, reterr, "%s needs \"%s\"", what, keys[i].name);
    return 0;
}
