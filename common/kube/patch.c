/* Merge patch and JSON patch; see patch.h. */
#include "common/kube/patch.h"

#include "common/base/json.h"
#include "common/base/lat_limits.h"
#include "common/base/text.h"

#include <assert.h>
#include <string.h>

json_t *lat_kube_merge_patch_new(const json_t *document, const json_t *patch)
{
    if (!json_is_object(patch))
        return lat_json_copy_new(patch);
    json_t *merged = json_is_object(document) ? json_copy(lat_json_iterable(document)) : NULL;
    if (merged == NULL)
        merged = json_object();
    const char *name;
    json_t *value;
    json_object_foreach(lat_json_iterable(patch), name, value) {
        if (json_is_null(value))
            json_object_del(merged, name);
        else
            json_object_set_new(merged, name,
                                lat_kube_merge_patch_new(json_object_get(merged, name), value));
    }
    return merged;
}

/* --- JSON patch ------------------------------------------------------------------------------- */

struct pointer {
    char **tokens;
    size_t count;
};

static int read_pointer(struct lat_arena *arena, const char *text, struct pointer *ret_pointer,
                        struct lat_err *reterr)
{
    struct pointer pointer = {0};
    if (text[0] != '\0' && text[0] != '/')
        return lat_err_input(reterr, "path \"%s\" must begin with '/'", text);
    while (*text == '/') {
        size_t length = strcspn(++text, "/");
        char *token = lat_arena_alloc(arena, length + 1);
        size_t used = 0;
        for (size_t i = 0; i < length; i++) {
            bool escaped = text[i] == '~' && (text[i + 1] == '0' || text[i + 1] == '1');
            token[used++] = !escaped ? text[i] : text[++i] == '0' ? '~' : '/';
        }
        *LAT_ARENA_PUSH(arena, pointer.tokens, pointer.count) = token;
        text += length;
    }
    *ret_pointer = pointer;
    return 0;
}

/* The index that a token names, up to index_max; "-" is index_max where it is allowed. */
static int read_index(const char *token, size_t index_max, bool allows_end, size_t *ret_index)
{
    int64_t index;
    if (allows_end && lat_text_eq(token, "-")) {
        *ret_index = index_max;
        return 0;
    }
    if ((token[0] == '0' && token[1] != '\0') || lat_text_to_int64(token, &index) < 0 ||
        index < 0 || (uint64_t)index > index_max)
        return -1;
    *ret_index = (size_t)index;
    return 0;
}

static json_t *child_of(json_t *parent, const char *token)
{
    size_t index;
    if (json_is_object(parent))
        return json_object_get(parent, token);
    if (json_is_array(parent) && read_index(token, json_array_size(parent), false, &index) == 0)
        return json_array_get(parent, index);
    return NULL;
}

/* The value at the first depth tokens; NULL when a step is missing. */
static json_t *walk(json_t *document, const struct pointer *pointer, size_t depth)
{
    json_t *at = document;
    for (size_t i = 0; i < depth && at != NULL; i++)
        at = child_of(at, pointer->tokens[i]);
    return at;
}

static int put(json_t **document, const struct pointer *pointer, json_t *value, bool replaces)
{
    if (pointer->count == 0) {
        json_t *old = *document;
        *document = lat_json_copy_new(value);
        json_decref(old);
        return 0;
    }
    json_t *parent = walk(*document, pointer, pointer->count - 1);
    const char *last = pointer->tokens[pointer->count - 1];
    size_t index;
    if (json_is_object(parent)) {
        if (replaces && json_object_get(parent, last) == NULL)
            return -1;
        return json_object_set_new(parent, last, lat_json_copy_new(value));
    }
    if (!json_is_array(parent) || read_index(last, json_array_size(parent), !replaces, &index) < 0)
        return -1;
    if (!replaces)
        return json_array_insert_new(parent, index, lat_json_copy_new(value));
    return json_array_set_new(parent, index, lat_json_copy_new(value));
}

static int cut(json_t *document, const struct pointer *pointer)
{
    if (pointer->count == 0)
        return -1;
    json_t *parent = walk(document, pointer, pointer->count - 1);
    const char *last = pointer->tokens[pointer->count - 1];
    size_t index;
    if (json_is_object(parent))
        return json_object_del(parent, last);
    if (json_is_array(parent) && read_index(last, json_array_size(parent), false, &index) == 0)
        return json_array_remove(parent, index);
    return -1;
}

/* One operation with its members read. */
struct operation {
    const char *name;
    const char *path_text;
    struct pointer path;
    const char *from_text;
    struct pointer from;
    json_t *value;
};

static int apply_add(json_t **document, const struct operation *operation)
{
    return put(document, &operation->path, operation->value, false);
}

static int apply_replace(json_t **document, const struct operation *operation)
{
    return put(document, &operation->path, operation->value, true);
}

static int apply_remove(json_t **document, const struct operation *operation)
{
    return cut(*document, &operation->path);
}

static int apply_copy(json_t **document, const struct operation *operation)
{
    json_t *value = walk(*document, &operation->from, operation->from.count);
    if (value == NULL)
        return -1;
    LAT_AUTO(lat_json_decrefp) json_t *copy = lat_json_copy_new(value);
    return put(document, &operation->path, copy, false);
}

static int apply_move(json_t **document, const struct operation *operation)
{
    LAT_AUTO(lat_json_decrefp)
    json_t *value = json_incref(walk(*document, &operation->from, operation->from.count));
    bool is_inside = operation->path.count > operation->from.count;
    for (size_t i = 0; is_inside && i < operation->from.count; i++)
        is_inside = lat_text_eq(operation->from.tokens[i], operation->path.tokens[i]);
    if (value == NULL || is_inside || cut(*document, &operation->from) < 0)
        return -1;
    return put(document, &operation->path, value, false);
}

static int apply_test(json_t **document, const struct operation *operation)
{
    const json_t *value = walk(*document, &operation->path, operation->path.count);
    if (value == NULL)
        return json_is_null(operation->value) ? 0 : -1;
    return json_equal(value, operation->value) ? 0 : -1;
}

static const struct {
    const char *name;
    bool needs_value, needs_from;
    int (*apply)(json_t **document, const struct operation *operation);
    const char *failure;
} operations[] = {
    {"add", true, false, apply_add, "doc is missing path"},
    {"remove", false, false, apply_remove, "Unable to remove nonexistent key"},
    {"replace", true, false, apply_replace, "doc is missing key"},
    {"move", false, true, apply_move, "doc is missing from path"},
    {"copy", false, true, apply_copy, "doc is missing from path"},
    {"test", true, false, apply_test, "testing value failed"},
};

static int read_operation(struct lat_arena *arena, const json_t *item,
                          struct operation *ret_operation, struct lat_err *reterr)
{
    struct operation operation = {
        .name = lat_json_string_at(item, "op", NULL),
        .path_text = lat_json_string_at(item, "path", NULL),
        .from_text = lat_json_string_at(item, "from", NULL),
        .value = json_object_get(item, "value"),
    };
    if (operation.name == NULL || operation.path_text == NULL)
        return lat_err_input(reterr, "needs \"op\" and \"path\"");
    if (read_pointer(arena, operation.path_text, &operation.path, reterr) < 0 ||
        (operation.from_text != NULL &&
         read_pointer(arena, operation.from_text, &operation.from, reterr) < 0))
        return -1;
    *ret_operation = operation;
    return 0;
}

static int apply_operation(json_t **document, const struct operation *operation,
                           struct lat_err *reterr)
{
    for (size_t i = 0; i < LAT_COUNT(operations); i++) {
        if (!lat_text_eq(operations[i].name, operation->name))
            continue;
        if (operations[i].needs_value && operation->value == NULL)
            return lat_err_input(reterr, "%s needs \"value\"", operation->name);
        if (operations[i].needs_from && operation->from_text == NULL)
            return lat_err_input(reterr, "%s needs \"from\"", operation->name);
        if (operations[i].apply(document, operation) < 0)
            return lat_err_input(reterr, "%s operation does not apply: %s: %s", operation->name,
                                 operations[i].failure,
                                 operations[i].needs_from ? operation->from_text
                                                          : operation->path_text);
        return 0;
    }
    return lat_err_input(reterr, "unexpected kind: %s", operation->name);
}

json_t *lat_kube_json_patch_new(struct lat_arena *arena, const json_t *document,
                                const json_t *patch, struct lat_err *reterr)
{
    if (!json_is_array(patch)) {
        lat_err_input(reterr, "a JSON patch is an array of operations");
        return NULL;
    }
    if (json_array_size(patch) > LAT_KUBE_PATCH_OPS_MAX) {
        lat_err_input(reterr, "The allowed maximum operations in a JSON patch is %d, got %zu",
                      LAT_KUBE_PATCH_OPS_MAX, json_array_size(patch));
        return NULL;
    }
    LAT_AUTO(lat_json_decrefp) json_t *patched = lat_json_copy_new(document);
    size_t index;
    json_t *item;
    json_array_foreach(lat_json_iterable(patch), index, item) {
        struct operation operation = {0};
        if (read_operation(arena, item, &operation, reterr) < 0 ||
            apply_operation(&patched, &operation, reterr) < 0) {
            lat_err_prefix(reterr, "operation %zu", index);
            return NULL;
        }
    }
    return LAT_TAKE(patched);
}
