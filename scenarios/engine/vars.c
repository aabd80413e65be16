/* Names in texts, and values at paths; see vars.h. */
#include "scenarios/engine/vars.h"

#include "common/base/buf.h"
#include "common/base/json.h"
#include "common/base/text.h"

#include <string.h>

#define TEXT_BYTES_MAX (1 << 20) /* one text with its names replaced */
#define NAME_BYTES     200       /* one name between the braces */

static int unknown_name(const json_t *vars, const char *name, struct lat_err *reterr)
{
    char known[400] = "";
    size_t length = 0;
    const char *key;
    json_t *value;
    json_object_foreach(lat_json_iterable(vars), key, value) {
        if (length + strlen(key) + 3 >= sizeof known)
            break;
        length += (size_t)snprintf(known + length, sizeof known - length, "%s%s",
                                   length > 0 ? ", " : "", key);
    }
    return lat_err_input(reterr, "${%s} is not known here; known names: %s", name, known);
}

/* The name between the braces at text ("${name}"), and how many bytes it all takes. */
static int read_name(const char *text, char name[NAME_BYTES], size_t *ret_bytes,
                     struct lat_err *reterr)
{
    size_t length = strcspn(text + 2, "}");
    if (text[2 + length] != '}' || length == 0 || length >= NAME_BYTES)
        return lat_err_input(reterr, "\"%.60s\" opens ${ without a name and a closing brace", text);
    memcpy(name, text + 2, length);
    name[length] = '\0';
    *ret_bytes = length + 3;
    return 0;
}

static const json_t *look_up(const json_t *vars, const char *name, struct lat_err *reterr)
{
    const json_t *value = lat_json_at(vars, name);
    if (value == NULL)
        (void)unknown_name(vars, name, reterr);
    return value;
}

static int append_value(struct lat_buf *buf, const json_t *value)
{
    if (json_is_string(value))
        return lat_buf_puts(buf, json_string_value(value));
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    int result = text != NULL ? lat_buf_puts(buf, text) : -1;
    free(text);
    return result;
}

static json_t *fill_text_new(const json_t *vars, const char *text, struct lat_err *reterr)
{
    struct lat_buf buf LAT_AUTO(lat_buf_done);
    lat_buf_init(&buf, TEXT_BYTES_MAX);
    char name[NAME_BYTES];
    size_t bytes = 0;
    for (const char *at = text; *at != '\0'; at += bytes) {
        bytes = 1;
        if (lat_text_has_prefix(at, "$${")) {
            bytes = 3;
            (void)lat_buf_puts(&buf, "${");
        } else if (lat_text_has_prefix(at, "${")) {
            if (read_name(at, name, &bytes, reterr) < 0)
                return NULL;
            const json_t *value = look_up(vars, name, reterr);
            if (value == NULL)
                return NULL;
            if (at == text && at[bytes] == '\0')
                return json_deep_copy(value);
            (void)append_value(&buf, value);
        } else {
            (void)lat_buf_append(&buf, at, 1);
        }
    }
    if (buf.overflowed) {
        (void)lat_err_input(reterr, "the text grows over %d bytes; shorten it", TEXT_BYTES_MAX);
        return NULL;
    }
    return json_string(buf.data);
}

json_t *scn_vars_fill_new(const json_t *vars, const json_t *value, struct lat_err *reterr)
{
    if (json_is_string(value))
        return fill_text_new(vars, json_string_value(value), reterr);
    if (!json_is_object(value) && !json_is_array(value))
        return json_deep_copy(value);
    json_t *copy LAT_AUTO(lat_json_decrefp) = json_is_object(value) ? json_object() : json_array();
    const char *key;
    size_t index;
    json_t *item;
    json_object_foreach(lat_json_iterable(value), key, item) {
        json_t *filled_key LAT_AUTO(lat_json_decrefp) = fill_text_new(vars, key, reterr);
        json_t *filled = filled_key != NULL ? scn_vars_fill_new(vars, item, reterr) : NULL;
        if (filled == NULL)
            return NULL;
        const char *name = json_is_string(filled_key) ? json_string_value(filled_key) : key;
        (void)json_object_set_new(copy, name, filled);
    }
    json_array_foreach(lat_json_iterable(value), index, item) {
        json_t *filled = scn_vars_fill_new(vars, item, reterr);
        if (filled == NULL)
            return NULL;
        (void)json_array_append_new(copy, filled);
    }
    return LAT_TAKE(copy);
}

static json_t *replace_text_new(const json_t *replace, const char *text)
{
    struct lat_buf buf LAT_AUTO(lat_buf_done);
    lat_buf_init(&buf, TEXT_BYTES_MAX);
    size_t bytes = 0;
    for (const char *at = text; *at != '\0'; at += bytes) {
        const char *key;
        json_t *value;
        bytes = 0;
        json_object_foreach(lat_json_iterable(replace), key, value) {
            if (bytes == 0 && *key != '\0' && lat_text_has_prefix(at, key)) {
                bytes = strlen(key);
                (void)append_value(&buf, value);
            }
        }
        if (bytes == 0) {
            bytes = 1;
            (void)lat_buf_append(&buf, at, 1);
        }
    }
    return json_string(buf.data);
}

json_t *scn_vars_replace_new(const json_t *replace, const json_t *value)
{
    if (json_is_string(value) && replace != NULL)
        return replace_text_new(replace, json_string_value(value));
    if (!json_is_object(value) && !json_is_array(value))
        return json_deep_copy(value);
    json_t *copy = json_is_object(value) ? json_object() : json_array();
    const char *key;
    size_t index;
    json_t *item;
    json_object_foreach(lat_json_iterable(value), key, item) {
        (void)json_object_set_new(copy, key, scn_vars_replace_new(replace, item));
    }
    json_array_foreach(lat_json_iterable(value), index, item) {
        (void)json_array_append_new(copy, scn_vars_replace_new(replace, item));
    }
    return copy;
}

/* Where the last step of a path starts: ".name", "[3]", "[\"a.b\"]", or the path itself. */
static size_t last_step(const char *path)
{
    size_t length = strlen(path);
    if (length > 0 && path[length - 1] == ']') {
        const char *quoted = length > 2 && path[length - 2] == '"' ? "[\"" : "[";
        size_t at = length;
        while (at > 0 && strncmp(path + at - 1, quoted, strlen(quoted)) != 0)
            at--;
        return at > 0 ? at - 1 : 0;
    }
    size_t at = length;
    while (at > 0 && path[at - 1] != '.')
        at--;
    return at > 0 ? at - 1 : 0;
}

static int set_member(json_t *parent, const char *name, const char *path, const json_t *value,
                      struct lat_err *reterr)
{
    if (!json_is_object(parent))
        return lat_err_input(reterr, "%s: only a mapping has the member \"%s\"", path, name);
    if (value == NULL)
        (void)json_object_del(parent, name);
    else
        (void)json_object_set_new(parent, name, json_deep_copy(value));
    return 0;
}

int scn_vars_set_path(json_t *root, const char *path, const json_t *value, struct lat_err *reterr)
{
    size_t step = last_step(path);
    char *parent_path LAT_AUTO(lat_free_charp) = strndup(path, step);
    const json_t *found = *parent_path != '\0' ? lat_json_at(root, parent_path) : root;
    json_t *parent = found != NULL ? lat_json_iterable(found) : NULL;
    if (parent == NULL)
        return lat_err_input(reterr, "nothing stands at %s, so %s cannot be changed", parent_path,
                             path);
    char *name LAT_AUTO(lat_free_charp) = strdup(path + step);
    size_t length = strlen(name);
    if (name[0] == '.')
        return set_member(parent, name + 1, path, value, reterr);
    if (name[0] != '[')
        return set_member(parent, name, path, value, reterr);
    name[length - 1] = '\0';
    if (name[1] == '"') {
        name[length - 2] = '\0';
        return set_member(parent, name + 2, path, value, reterr);
    }
    int64_t index = 0;
    if (lat_text_to_int64(name + 1, &index) < 0 || !json_is_array(parent) || index < 0 ||
        (size_t)index > json_array_size(parent))
        return lat_err_input(reterr, "%s: there is no such place in the list", path);
    if (value == NULL)
        (void)json_array_remove(parent, (size_t)index);
    else if ((size_t)index == json_array_size(parent))
        (void)json_array_append_new(parent, json_deep_copy(value));
    else
        (void)json_array_set_new(parent, (size_t)index, json_deep_copy(value));
    return 0;
}
