/* Objects and sets of fields: which fields an object has, what differs, merging and removing by the
 * schema; see fields.h. The rules are those of structured-merge-diff (documented). */
#include "common/kube/fields_int.h"

#include "common/base/json.h"
#include "common/base/text.h"

#include <string.h>

enum shape {
    SHAPE_VALUE, /* one value, compared and replaced as a whole */
    SHAPE_OBJECT,
    SHAPE_LIST_BY_KEYS,
    SHAPE_SET
};

static enum shape list_shape(const json_t *schema)
{
    const char *type = lat_json_string_at(schema, "x-kubernetes-list-type", NULL);
    if (type != NULL)
        return lat_text_eq(type, "map")   ? SHAPE_LIST_BY_KEYS
               : lat_text_eq(type, "set") ? SHAPE_SET
                                          : SHAPE_VALUE;
    if (json_object_get(schema, "x-kubernetes-patch-merge-key") != NULL)
        return SHAPE_LIST_BY_KEYS;
    bool merges =
        lat_text_eq(lat_json_string_at(schema, "x-kubernetes-patch-strategy", ""), "merge");
    return merges ? SHAPE_SET : SHAPE_VALUE;
}

static enum shape shape_of(const json_t *schema, const json_t *value)
{
    if (json_is_array(value))
        return list_shape(schema);
    bool is_atomic = lat_text_eq(lat_json_string_at(schema, "x-kubernetes-map-type", ""), "atomic");
    return json_is_object(value) && !is_atomic ? SHAPE_OBJECT : SHAPE_VALUE;
}

static bool is_empty(const json_t *value)
{
    return value == NULL || (json_is_object(value) && json_object_size(value) == 0) ||
           (json_is_array(value) && json_array_size(value) == 0);
}

/* The names of the keys of a list: its schema's, else its merge key; a port is told from another of
 * the same number by its protocol (documented in the API types). A new reference. */
static json_t *key_names_new(const json_t *schema)
{
    json_t *names = json_object_get(schema, "x-kubernetes-list-map-keys");
    if (json_is_array(names))
        return json_incref(names);
    const char *merge_key = lat_json_string_at(schema, "x-kubernetes-patch-merge-key", "");
    bool is_port = lat_text_eq(merge_key, "port") || lat_text_eq(merge_key, "containerPort");
    return is_port ? json_pack("[s, s]", merge_key, "protocol") : json_pack("[s]", merge_key);
}

/* What an item has under a key; its default when it has nothing; NULL when there is no default. */
static json_t *key_value_new(const json_t *schema, const json_t *item, const char *name)
{
    json_t *value = json_object_get(item, name);
    if (value == NULL || json_is_null(value))
        value = json_object_get(
            json_object_get(json_object_get(json_object_get(schema, "items"), "properties"), name),
            "default");
    if (value == NULL && lat_text_eq(name, "protocol"))
        return json_string("TCP"); /* containers' ports have their default outside of the schema */
    return json_incref(value);
}

/* "k:{…}" or "v:…"; *ret_missing (may be NULL) is the name of a key that the item lacks. */
static const char *item_element(struct lat_arena *arena, const json_t *schema, enum shape shape,
                                const json_t *item, const char **ret_missing)
{
    if (shape == SHAPE_SET)
        return lat_arena_concat(arena, "v:", lat_json_canonical(arena, item), NULL);
    LAT_AUTO(lat_json_decrefp) json_t *names = key_names_new(schema);
    LAT_AUTO(lat_json_decrefp) json_t *keys = json_object();
    size_t index;
    json_t *name;
    json_array_foreach(names, index, name) {
        const char *text = lat_text_or_empty(json_string_value(name));
        json_t *value = key_value_new(schema, item, text);
        if (value == NULL && ret_missing != NULL)
            *ret_missing = lat_arena_strdup(arena, text);
        json_object_set_new(keys, text, value != NULL ? value : json_null());
    }
    return lat_arena_concat(arena, "k:", lat_json_canonical(arena, keys), NULL);
}

/* element → value, for a value of that shape; of items with the same element the first counts. */
static json_t *elements_new(struct lat_arena *arena, const json_t *schema, enum shape shape,
                            const json_t *value)
{
    json_t *elements = json_object();
    const char *name;
    json_t *item;
    size_t index;
    if (shape == SHAPE_OBJECT)
        json_object_foreach(lat_json_iterable(value), name, item)
            json_object_set(elements, lat_arena_concat(arena, "f:", name, NULL), item);
    else
        json_array_foreach(lat_json_iterable(value), index, item) {
            const char *element = item_element(arena, schema, shape, item, NULL);
            if (json_object_get(elements, element) == NULL)
                json_object_set(elements, element, item);
        }
    return elements;
}

static const json_t *declared_schema(const json_t *schema, const char *element)
{
    if (element[0] != 'f')
        return NULL;
    return json_object_get(json_object_get(schema, "properties"), element + 2);
}

static const json_t *element_schema(const json_t *schema, const char *element)
{
    if (element[0] != 'f')
        return json_object_get(schema, "items");
    const json_t *declared = declared_schema(schema, element);
    return declared != NULL ? declared : json_object_get(schema, "additionalProperties");
}

/* --- comparing -------------------------------------------------------------------------------- */

struct comparison {
    struct lat_arena *arena;
    bool is_applied; /* a new declared member counts by what is in it, not by itself */
};

static void compare(const struct comparison *how, const json_t *schema, const json_t *old,
                    const json_t *new, json_t *changed, json_t *removed);

static void compare_element(const struct comparison *how, const json_t *schema, const char *element,
                            const json_t *old, const json_t *new, json_t *changed, json_t *removed)
{
    const json_t *below = element_schema(schema, element);
    enum shape shape = shape_of(below, new != NULL ? new : old);
    bool is_value = shape == SHAPE_VALUE || (is_empty(old) && is_empty(new)) ||
                    (old != NULL && new != NULL &&shape_of(below, old) != shape);
    if (is_value) {
        if (old == NULL || new == NULL || !json_equal(old, new))
            lat_kube_fields_put(new == NULL ? removed : changed, element, json_object(), true);
        return;
    }
    bool counts_itself = !how->is_applied || declared_schema(schema, element) == NULL;
    json_t *changed_below = json_object(), *removed_below = json_object();
    compare(how, below, old, new, changed_below, removed_below);
    lat_kube_fields_put(changed, element, changed_below, old == NULL && counts_itself);
    lat_kube_fields_put(removed, element, removed_below, new == NULL);
}

/* old and new (either may be NULL) are of one shape, which is no plain value. */
static void compare(const struct comparison *how, const json_t *schema, const json_t *old,
                    const json_t *new, json_t *changed, json_t *removed)
{
    enum shape shape = shape_of(schema, new != NULL ? new : old);
    LAT_AUTO(lat_json_decrefp) json_t *before = elements_new(how->arena, schema, shape, old);
    LAT_AUTO(lat_json_decrefp) json_t *after = elements_new(how->arena, schema, shape, new);
    const char *element;
    json_t *value;
    json_object_foreach(after, element, value)
        compare_element(how, schema, element, json_object_get(before, element), value, changed,
                        removed);
    json_object_foreach(before, element, value)
        if (json_object_get(after, element) == NULL)
            compare_element(how, schema, element, value, NULL, changed, removed);
}

/* Nobody owns what says which object this is, and what only the server writes. */
static void strip_identity(json_t *set)
{
    static const char *const ours[] = {
        "f:name",       "f:namespace",     "f:creationTimestamp", "f:selfLink", "f:uid",
        "f:generation", "f:managedFields", "f:resourceVersion",   "."};
    json_object_del(set, "f:apiVersion");
    json_object_del(set, "f:kind");
    json_t *metadata = json_object_get(set, "f:metadata");
    for (size_t i = 0; i < LAT_COUNT(ours); i++)
        json_object_del(metadata, ours[i]);
    if (json_object_size(metadata) == 0)
        json_object_del(set, "f:metadata");
}

json_t *lat_kube_fields_of_new(struct lat_arena *arena, const json_t *schema, const json_t *object)
{
    struct comparison how = {arena, true};
    json_t *fields = json_object();
    LAT_AUTO(lat_json_decrefp) json_t *removed = json_object();
    compare(&how, schema, NULL, object, fields, removed);
    strip_identity(fields);
    return fields;
}

void lat_kube_fields_compare(struct lat_arena *arena, const json_t *schema, const json_t *old,
                             const json_t *object, json_t **ret_changed_new,
                             json_t **ret_removed_new)
{
    struct comparison how = {arena, false};
    json_t *changed = json_object(), *removed = json_object();
    compare(&how, schema, old, object, changed, removed);
    strip_identity(changed);
    strip_identity(removed);
    *ret_changed_new = changed;
    *ret_removed_new = removed;
}

/* --- checking --------------------------------------------------------------------------------- */

static int check(struct lat_arena *arena, const json_t *schema, const json_t *value,
                 const char *path, struct lat_err *reterr);

static int check_list(struct lat_arena *arena, const json_t *schema, const json_t *list,
                      const char *path, struct lat_err *reterr)
{
    enum shape shape = list_shape(schema);
    LAT_AUTO(lat_json_decrefp) json_t *seen = json_object();
    size_t index;
    json_t *item;
    json_array_foreach(lat_json_iterable(list), index, item) {
        const char *missing = NULL;
        const char *element = item_element(arena, schema, shape, item, &missing);
        if (missing != NULL)
            return lat_err_input(reterr,
                                 "%s: element %zu: associative list with keys has an element that "
                                 "omits key field \"%s\" (and doesn't have default value)",
                                 path, index, missing);
        LAT_AUTO(lat_json_decrefp) json_t *set = json_pack("{s:{}}", element);
        const char **paths = NULL;
        size_t count = 0;
        lat_kube_fields_paths(arena, set, &paths, &count);
        const char *shown = count == 1 ? paths[0] : element;
        if (json_object_get(seen, element) != NULL)
            return lat_err_input(reterr, "%s: duplicate entries for key %s", path, shown);
        json_object_set_new(seen, element, json_true());
        if (check(arena, json_object_get(schema, "items"), item,
                  lat_arena_printf(arena, "%s%s", path, shown), reterr) < 0)
            return -1;
    }
    return 0;
}

static int check(struct lat_arena *arena, const json_t *schema, const json_t *value,
                 const char *path, struct lat_err *reterr)
{
    const char *name;
    json_t *member;
    switch (shape_of(schema, value)) {
    case SHAPE_VALUE:
        return 0;
    case SHAPE_LIST_BY_KEYS:
    case SHAPE_SET:
        return check_list(arena, schema, value, path, reterr);
    case SHAPE_OBJECT:
        break;
    }
    json_object_foreach(lat_json_iterable(value), name, member)
        if (check(arena, element_schema(schema, lat_arena_concat(arena, "f:", name, NULL)), member,
                  lat_arena_concat(arena, path, ".", name, NULL), reterr) < 0)
            return -1;
    return 0;
}

int lat_kube_fields_check(struct lat_arena *arena, const json_t *schema, const json_t *object,
                          struct lat_err *reterr)
{
    return check(arena, schema, object, "", reterr);
}

/* --- merging ---------------------------------------------------------------------------------- */

/* Items of config come in its order; those of live alone stay where they are among them. */
static json_t *merge_lists_new(struct lat_arena *arena, const json_t *schema, enum shape shape,
                               const json_t *live, const json_t *config)
{
    LAT_AUTO(lat_json_decrefp) json_t *ours = elements_new(arena, schema, shape, config);
    LAT_AUTO(lat_json_decrefp) json_t *theirs = elements_new(arena, schema, shape, live);
    LAT_AUTO(lat_json_decrefp) json_t *done = json_object();
    json_t *merged = json_array();
    size_t at = 0, ours_at = 0;
    while (at < json_array_size(live) || ours_at < json_array_size(config)) {
        json_t *item = json_array_get(live, at);
        const char *element = item == NULL ? NULL : item_element(arena, schema, shape, item, NULL);
        if (element != NULL && json_object_get(ours, element) == NULL) {
            json_array_append_new(merged, lat_json_copy_new(item));
            at++;
        } else if (element != NULL && json_object_get(done, element) != NULL) {
            at++;
        } else {
            item = json_array_get(config, ours_at++);
            element = item_element(arena, schema, shape, item, NULL);
            json_object_set_new(done, element, json_true());
            json_array_append_new(
                merged, lat_kube_fields_merge_new(arena, json_object_get(schema, "items"),
                                                  json_object_get(theirs, element), item));
        }
    }
    return merged;
}

json_t *lat_kube_fields_merge_new(struct lat_arena *arena, const json_t *schema, const json_t *live,
                                  const json_t *config)
{
    enum shape shape = shape_of(schema, config);
    if (live == NULL || shape == SHAPE_VALUE || shape_of(schema, live) != shape)
        return lat_json_copy_new(config);
    if (shape != SHAPE_OBJECT)
        return merge_lists_new(arena, schema, shape, live, config);
    json_t *merged = json_copy(lat_json_iterable(live));
    const char *name;
    json_t *value;
    json_object_foreach(lat_json_iterable(config), name, value) {
        const json_t *below = element_schema(schema, lat_arena_concat(arena, "f:", name, NULL));
        json_object_set_new(
            merged, name,
            lat_kube_fields_merge_new(arena, below, json_object_get(merged, name), value));
    }
    return merged;
}

json_t *lat_kube_fields_without_new(struct lat_arena *arena, const json_t *schema,
                                    const json_t *object, const json_t *set)
{
    enum shape shape = shape_of(schema, object);
    if (shape == SHAPE_VALUE || json_object_size(set) == 0)
        return lat_json_copy_new(object);
    json_t *rest = shape == SHAPE_OBJECT ? json_object() : json_array();
    const char *name;
    json_t *value;
    size_t index;
    json_object_foreach(lat_json_iterable(object), name, value) {
        const char *element = lat_arena_concat(arena, "f:", name, NULL);
        const json_t *below = json_object_get(set, element);
        if (!lat_kube_fields_has_itself(below))
            json_object_set_new(
                rest, name,
                lat_kube_fields_without_new(arena, element_schema(schema, element), value, below));
    }
    json_array_foreach(lat_json_iterable(object), index, value) {
        const json_t *below = json_object_get(set, item_element(arena, schema, shape, value, NULL));
        if (!lat_kube_fields_has_itself(below))
            json_array_append_new(rest, lat_kube_fields_without_new(
                                            arena, json_object_get(schema, "items"), value, below));
    }
    return rest;
}
