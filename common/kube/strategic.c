/* Strategic merge; see strategic.h. The directives are documented in the Kubernetes design of
 * strategic merge patch. */
#include "common/kube/strategic.h"

#include "common/base/json.h"
#include "common/base/text.h"

#include <string.h>

#define SET_ORDER   "$setElementOrder/"
#define DELETE_FROM "$deleteFromPrimitiveList/"
#define RETAIN_KEYS "$retainKeys"
#define DIRECTIVE   "$patch"

struct merge {
    struct lat_arena *arena;
    struct lat_err *err;
    bool is_malformed; /* err is about the form of a directive */
};

static int malformed(struct merge *merge, const char *what)
{
    merge->is_malformed = true;
    return lat_err_input(merge->err, "invalid patch format of %s", what);
}

static json_t *merge_value_new(struct merge *merge, const json_t *document, const json_t *patch,
                               const json_t *schema);

static const char *directive_of(const json_t *patch)
{
    return lat_json_string_at(patch, DIRECTIVE, "");
}

/* patch without its directives, deeply: what is stored when there is nothing to merge with. */
static json_t *without_directives_new(const json_t *patch)
{
    const char *name;
    json_t *value;
    size_t index;
    if (json_is_object(patch)) {
        json_t *clean = json_object();
        json_object_foreach(lat_json_iterable(patch), name, value)
            if (name[0] != '$' && !json_is_null(value))
                json_object_set_new(clean, name, without_directives_new(value));
        return clean;
    }
    if (!json_is_array(patch))
        return lat_json_copy_new(patch);
    json_t *clean = json_array();
    json_array_foreach(lat_json_iterable(patch), index, value)
        if (directive_of(value)[0] == '\0')
            json_array_append_new(clean, without_directives_new(value));
    return clean;
}

static size_t index_of_key(const json_t *list, const char *key, const json_t *wanted)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_equal(json_object_get(json_array_get(list, i), key), wanted))
            return i;
    return SIZE_MAX;
}

static size_t index_of_value(const json_t *list, const json_t *wanted)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_equal(json_array_get(list, i), wanted))
            return i;
    return SIZE_MAX;
}

static size_t index_of(const json_t *list, const json_t *item, const char *key)
{
    return key[0] == '\0' ? index_of_value(list, item)
                          : index_of_key(list, key, json_object_get(item, key));
}

static bool is_same(const json_t *left, const json_t *right, const char *key)
{
    return key[0] == '\0' ? json_equal(left, right)
                          : json_equal(json_object_get(left, key), json_object_get(right, key));
}

/* The items of list that order names, in its order; several items may have one key. */
static json_t *named_new(const json_t *list, const json_t *order, const char *key)
{
    json_t *named = json_array();
    for (size_t i = 0; i < json_array_size(order); i++) {
        const json_t *wanted = json_array_get(order, i);
        if (index_of(order, wanted, key) != i)
            continue;
        for (size_t k = 0; k < json_array_size(list); k++)
            if (is_same(json_array_get(list, k), wanted, key))
                json_array_append(named, json_array_get(list, k));
    }
    return named;
}

static json_t *unnamed_new(const json_t *list, const json_t *order, const char *key)
{
    json_t *unnamed = json_array();
    size_t index;
    json_t *item;
    json_array_foreach(lat_json_iterable(list), index, item)
        if (index_of(order, item, key) == SIZE_MAX)
            json_array_append(unnamed, item);
    return unnamed;
}

/* list with the elements named by order in its order. Each of the others stands before the first
 * of these that it preceded in before, the list as it was (documented). */
static json_t *ordered_new(const json_t *list, const json_t *order, const json_t *before,
                           const char *key)
{
    LAT_AUTO(lat_json_decrefp) json_t *named = named_new(list, order, key);
    LAT_AUTO(lat_json_decrefp) json_t *others = unnamed_new(list, order, key);
    json_t *sorted = json_array();
    size_t left = 0, right = 0;
    while (left < json_array_size(others) || right < json_array_size(named)) {
        const json_t *other = json_array_get(others, left), *next = json_array_get(named, right);
        size_t at = other == NULL ? SIZE_MAX : index_of(before, other, key);
        size_t next_at = next == NULL ? SIZE_MAX : index_of(before, next, key);
        bool takes_other = next == NULL || (other != NULL && next_at != SIZE_MAX && at < next_at);
        json_array_append(sorted, takes_other ? json_array_get(others, left++)
                                              : json_array_get(named, right++));
    }
    return sorted;
}

static bool has_replace(const json_t *patch)
{
    for (size_t i = 0; i < json_array_size(patch); i++)
        if (lat_text_eq(directive_of(json_array_get(patch, i)), "replace"))
            return true;
    return false;
}

static int merge_item(struct merge *merge, json_t *merged, json_t *item, const char *key,
                      const json_t *schema)
{
    const json_t *wanted = json_object_get(item, key);
    if (wanted == NULL)
        return lat_err_input(merge->err, "map: %s does not contain declared merge key: %s",
                             lat_json_text(merge->arena, item), key);
    size_t at = index_of_key(merged, key, wanted);
    if (lat_text_eq(directive_of(item), "delete"))
        return at == SIZE_MAX ? 0 : json_array_remove(merged, at);
    json_t *value = merge_value_new(merge, json_array_get(merged, at), item, schema);
    if (value == NULL)
        return -1;
    return at == SIZE_MAX ? json_array_append_new(merged, value)
                          : json_array_set_new(merged, at, value);
}

/* A list of objects with a merge key, or a list of scalars that is merged as a set (key is ""). */
static json_t *merge_list_new(struct merge *merge, const json_t *document, const json_t *patch,
                              const char *key, const json_t *items)
{
    if (has_replace(patch))
        return without_directives_new(patch);
    json_t *merged =
        json_is_array(document) ? json_copy(lat_json_iterable(document)) : json_array();
    size_t index;
    json_t *item;
    json_array_foreach(lat_json_iterable(patch), index, item) {
        if (key[0] == '\0') {
            if (index_of_value(merged, item) == SIZE_MAX)
                json_array_append(merged, item);
        } else if (merge_item(merge, merged, item, key, items) < 0) {
            json_decref(merged);
            return NULL;
        }
    }
    json_t *ordered = ordered_new(merged, patch, document, key);
    json_decref(merged);
    return ordered;
}

static void keep_only(json_t *object, const json_t *names)
{
    const char *name;
    json_t *value;
    void *next;
    json_object_foreach_safe(object, next, name, value) {
        LAT_AUTO(lat_json_decrefp) json_t *text = json_string(name);
        if (index_of_value(names, text) == SIZE_MAX)
            json_object_del(object, name);
    }
}

static void delete_from_list(json_t *object, const char *name, const json_t *values)
{
    json_t *list = json_object_get(object, name);
    if (!json_is_array(list))
        return;
    json_t *kept = json_array();
    size_t index;
    json_t *value;
    json_array_foreach(list, index, value)
        if (index_of_value(values, value) == SIZE_MAX)
            json_array_append(kept, value);
    json_object_set_new(object, name, kept);
}

static const char *merge_key_of(const json_t *schema)
{
    return lat_json_string_at(schema, "x-kubernetes-patch-merge-key", "");
}

static const json_t *member_schema(const json_t *schema, const char *name)
{
    const json_t *member = json_object_get(json_object_get(schema, "properties"), name);
    return member != NULL ? member : json_object_get(schema, "additionalProperties");
}

/* Items that the patch sets must stand in the order that it asks for (documented). */
static int check_order(struct merge *merge, const json_t *items, const json_t *order,
                       const char *key)
{
    size_t at = 0, index;
    json_t *item;
    json_array_foreach(lat_json_iterable(items), index, item) {
        if (directive_of(item)[0] != '\0')
            continue;
        while (at < json_array_size(order) && !is_same(item, json_array_get(order, at), key))
            at++;
        if (at++ == json_array_size(order))
            return lat_err_input(merge->err,
                                 "The order in patch list:\n%s\n doesn't match $setElementOrder "
                                 "list:\n%s\n",
                                 lat_json_text(merge->arena, items),
                                 lat_json_text(merge->arena, order));
    }
    return 0;
}

static int apply_order(struct merge *merge, json_t *merged, const json_t *document,
                       const json_t *patch, const json_t *schema, const char *list_name,
                       const json_t *order)
{
    const char *key = merge_key_of(member_schema(schema, list_name));
    const json_t *items = json_object_get(patch, list_name);
    json_t *list = json_object_get(merged, list_name);
    if (!json_is_array(order))
        return malformed(merge, "setElementOrder list");
    if (check_order(merge, items, order, key) < 0)
        return -1;
    if (json_is_array(list))
        json_object_set_new(merged, list_name,
                            ordered_new(list, order, json_object_get(document, list_name), key));
    return 0;
}

/* A patch that says what stays must name all that it sets itself (documented). */
static int apply_retained(struct merge *merge, json_t *merged, const json_t *patch)
{
    const json_t *retained = json_object_get(patch, RETAIN_KEYS);
    const char *name;
    json_t *value;
    if (retained == NULL)
        return 0;
    if (!json_is_array(retained))
        return malformed(merge, "retainKeys");
    json_object_foreach(lat_json_iterable(patch), name, value) {
        LAT_AUTO(lat_json_decrefp) json_t *text = json_string(name);
        if (name[0] != '$' && !json_is_null(value) && index_of_value(retained, text) == SIZE_MAX)
            return malformed(merge, "retainKeys");
    }
    keep_only(merged, retained);
    return 0;
}

/* Directives about members come after the members themselves. */
static int apply_member_directives(struct merge *merge, json_t *merged, const json_t *document,
                                   const json_t *patch, const json_t *schema)
{
    const char *name;
    json_t *value;
    json_object_foreach(lat_json_iterable(patch), name, value) {
        if (!lat_text_has_prefix(name, DELETE_FROM))
            continue;
        if (!json_is_array(value))
            return malformed(merge, "primitive list");
        delete_from_list(merged, name + strlen(DELETE_FROM), value);
    }
    json_object_foreach(lat_json_iterable(patch), name, value)
        if (lat_text_has_prefix(name, SET_ORDER) &&
            apply_order(merge, merged, document, patch, schema, name + strlen(SET_ORDER), value) <
                0)
            return -1;
    return apply_retained(merge, merged, patch);
}

static json_t *merge_object_new(struct merge *merge, const json_t *document, const json_t *patch,
                                const json_t *schema)
{
    const char *directive = directive_of(patch);
    if (lat_text_eq(directive, "replace"))
        return without_directives_new(patch);
    if (lat_text_eq(directive, "delete"))
        return json_object();
    if (directive[0] != '\0' && !lat_text_eq(directive, "merge")) {
        lat_err_input(merge->err, "Unknown patch type found: %s", directive);
        return NULL;
    }
    LAT_AUTO(lat_json_decrefp)
    json_t *merged =
        json_is_object(document) ? json_copy(lat_json_iterable(document)) : json_object();
    const char *name;
    json_t *value;
    json_object_foreach(lat_json_iterable(patch), name, value) {
        if (name[0] == '$')
            continue;
        if (json_is_null(value)) {
            json_object_del(merged, name);
            continue;
        }
        json_t *member = merge_value_new(merge, json_object_get(merged, name), value,
                                         member_schema(schema, name));
        if (member == NULL)
            return NULL;
        json_object_set_new(merged, name, member);
    }
    if (apply_member_directives(merge, merged, document, patch, schema) < 0)
        return NULL;
    return LAT_TAKE(merged);
}

static json_t *merge_value_new(struct merge *merge, const json_t *document, const json_t *patch,
                               const json_t *schema)
{
    bool merges_list =
        json_object_get(schema, "x-kubernetes-patch-merge-key") != NULL ||
        lat_text_eq(lat_json_string_at(schema, "x-kubernetes-patch-strategy", ""), "merge");
    const json_t *items = json_object_get(schema, "items");
    if (json_is_object(patch))
        return merge_object_new(merge, document, patch, schema);
    if (json_is_array(patch) && merges_list)
        return merge_list_new(merge, document, patch, merge_key_of(schema), items);
    return without_directives_new(patch);
}

json_t *lat_kube_strategic_patch_new(struct lat_arena *arena, const json_t *document,
                                     const json_t *patch, const json_t *schema, bool *ret_malformed,
                                     struct lat_err *reterr)
{
    struct merge merge = {.arena = arena, .err = reterr};
    json_t *merged = NULL;
    if (json_is_object(patch)) {
        merged = merge_object_new(&merge, document, patch, schema);
    } else {
        merge.is_malformed = true;
        lat_err_input(reterr, "a strategic merge patch is an object");
    }
    if (merged == NULL)
        *ret_malformed = merge.is_malformed;
    return merged;
}
