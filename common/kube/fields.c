/* Sets of fields among themselves: union, difference, order, and how people read them; see
 * fields.h. Knows nothing of objects and schemas. */
#include "common/kube/fields_int.h"

#include "common/base/json.h"
#include "common/base/text.h"

#include <stdlib.h>
#include <string.h>

#define ITSELF "."

bool lat_kube_fields_has_itself(const json_t *below)
{
    return below != NULL &&
           (json_object_size(below) == 0 || json_object_get(below, ITSELF) != NULL);
}

void lat_kube_fields_put(json_t *set, const char *element, json_t *new_below, bool itself)
{
    json_object_del(new_below, ITSELF);
    bool is_empty = json_object_size(new_below) == 0;
    if (itself && !is_empty)
        json_object_set_new(new_below, ITSELF, json_object());
    if (itself || !is_empty)
        json_object_set_new(set, element, new_below);
    else
        json_decref(new_below);
}

json_t *lat_kube_fields_union_new(const json_t *left, const json_t *right)
{
    json_t *both = json_object();
    const char *element;
    json_t *below;
    json_object_foreach(lat_json_iterable(left), element, below)
        if (json_object_get(right, element) == NULL)
            json_object_set_new(both, element, lat_json_copy_new(below));
    json_object_foreach(lat_json_iterable(right), element, below) {
        const json_t *other = json_object_get(left, element);
        lat_kube_fields_put(both, element, lat_kube_fields_union_new(other, below),
                            lat_kube_fields_has_itself(below) || lat_kube_fields_has_itself(other));
    }
    json_object_del(both, ITSELF);
    return both;
}

json_t *lat_kube_fields_minus_new(const json_t *left, const json_t *right)
{
    json_t *rest = json_object();
    const char *element;
    json_t *below;
    json_object_foreach(lat_json_iterable(left), element, below) {
        const json_t *other = json_object_get(right, element);
        if (!lat_text_eq(element, ITSELF))
            lat_kube_fields_put(rest, element, lat_kube_fields_minus_new(below, other),
                                lat_kube_fields_has_itself(below) &&
                                    !lat_kube_fields_has_itself(other));
    }
    return rest;
}

json_t *lat_kube_fields_common_new(const json_t *left, const json_t *right)
{
    json_t *common = json_object();
    const char *element;
    json_t *below;
    json_object_foreach(lat_json_iterable(left), element, below) {
        const json_t *other = json_object_get(right, element);
        if (!lat_text_eq(element, ITSELF) && other != NULL)
            lat_kube_fields_put(common, element, lat_kube_fields_common_new(below, other),
                                lat_kube_fields_has_itself(below) &&
                                    lat_kube_fields_has_itself(other));
    }
    return common;
}

json_t *lat_kube_fields_named_new(const json_t *set)
{
    json_t *named = json_object();
    const char *element;
    json_t *below;
    json_object_foreach(lat_json_iterable(set), element, below)
        if (!lat_text_eq(element, ITSELF))
            lat_kube_fields_put(named, element, lat_kube_fields_named_new(below),
                                lat_text_has_prefix(element, "f:") ||
                                    lat_kube_fields_has_itself(below));
    return named;
}

bool lat_kube_fields_is_set(const json_t *value)
{
    const char *element;
    json_t *below;
    if (!json_is_object(value))
        return false;
    json_object_foreach(lat_json_iterable(value), element, below) {
        if (lat_text_eq(element, ITSELF))
            continue;
        LAT_AUTO(lat_json_decrefp) json_t *told = NULL;
        if (element[0] != '\0' && element[1] == ':')
            told = element[0] == 'f' ? json_null() : json_loads(element + 2, JSON_DECODE_ANY, NULL);
        bool is_known = element[0] == 'f' || element[0] == 'v' || element[0] == 'i' ||
                        (element[0] == 'k' && json_is_object(told));
        if (told == NULL || !is_known || !lat_kube_fields_is_set(below))
            return false;
    }
    return true;
}

/* --- order ------------------------------------------------------------------------------------ */

/* Numbers, texts, booleans, the rest. */
static int rank_of_value(const json_t *value)
{
    return json_is_number(value) ? 0 : json_is_string(value) ? 1 : json_is_boolean(value) ? 2 : 3;
}

static int compare_values(const json_t *left, const json_t *right)
{
    int rank = rank_of_value(left) - rank_of_value(right);
    if (rank != 0)
        return rank;
    if (json_is_string(left))
        return strcmp(json_string_value(left), json_string_value(right));
    if (json_is_boolean(left))
        return (int)json_is_true(left) - (int)json_is_true(right);
    double difference = json_number_value(left) - json_number_value(right);
    return difference < 0 ? -1 : difference > 0;
}

/* Keys are compared one after the other, each by its name and then by its value. */
static int compare_keys(json_t *left, json_t *right)
{
    void *one = json_object_iter(left), *other = json_object_iter(right);
    while (one != NULL && other != NULL) {
        int order = strcmp(json_object_iter_key(one), json_object_iter_key(other));
        if (order == 0)
            order = compare_values(json_object_iter_value(one), json_object_iter_value(other));
        if (order != 0)
            return order;
        one = json_object_iter_next(left, one);
        other = json_object_iter_next(right, other);
    }
    return (one != NULL) - (other != NULL);
}

/* The value in the text of an element behind its "k:", "v:" or "i:"; NULL when there is none. */
static json_t *element_value_new(const char *element)
{
    return json_loads(element + 2, JSON_DECODE_ANY, NULL);
}

static int compare_elements(const void *left_slot, const void *right_slot)
{
    static const char kinds[] = ".fkvi";
    const char *left = *(const char *const *)left_slot, *right = *(const char *const *)right_slot;
    const char *left_kind = strchr(kinds, left[0]), *right_kind = strchr(kinds, right[0]);
    if (left[0] != right[0] && left_kind != NULL && right_kind != NULL)
        return left_kind < right_kind ? -1 : 1;
    if (left[0] != right[0] || left[0] == 'f' || left[0] == '.')
        return strcmp(left, right);
    LAT_AUTO(lat_json_decrefp) json_t *one = element_value_new(left);
    LAT_AUTO(lat_json_decrefp) json_t *other = element_value_new(right);
    int order = json_is_object(one) && json_is_object(other) ? compare_keys(one, other)
                                                             : compare_values(one, other);
    return order != 0 ? order : strcmp(left, right);
}

json_t *lat_kube_fields_sorted_new(const json_t *set)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    json_t *sorted = json_object();
    const char **elements = NULL;
    size_t count = 0;
    const char *element;
    json_t *below;
    json_object_foreach(lat_json_iterable(set), element, below)
        *LAT_ARENA_PUSH(arena, elements, count) = element;
    if (count > 1)
        qsort(elements, count, sizeof *elements, compare_elements);
    for (size_t i = 0; i < count; i++)
        json_object_set_new(sorted, elements[i],
                            lat_kube_fields_sorted_new(json_object_get(set, elements[i])));
    return sorted;
}

/* --- paths ------------------------------------------------------------------------------------ */

static const char *element_text(struct lat_arena *arena, const char *element)
{
    if (element[0] == 'f')
        return lat_arena_printf(arena, ".%s", element + 2);
    if (element[0] == 'v')
        return lat_arena_printf(arena, "[=%s]", element + 2);
    LAT_AUTO(lat_json_decrefp) json_t *keys = element_value_new(element);
    if (!json_is_object(keys))
        return lat_arena_printf(arena, "[%s]", element + 2);
    const char *text = "", *name;
    json_t *value;
    json_object_foreach(keys, name, value)
        text = lat_arena_printf(arena, "%s%s%s=%s", text, text[0] == '\0' ? "" : ",", name,
                                lat_json_text(arena, value));
    return lat_arena_printf(arena, "[%s]", text);
}

struct paths {
    struct lat_arena *arena;
    const char **items;
    size_t count;
};

/* The fields of one level come before those below them. */
static void add_paths(struct paths *paths, const json_t *set, const char *above)
{
    const char *element;
    json_t *below;
    json_object_foreach(lat_json_iterable(set), element, below)
        if (!lat_text_eq(element, ITSELF) && lat_kube_fields_has_itself(below))
            *LAT_ARENA_PUSH(paths->arena, paths->items, paths->count) =
                lat_arena_printf(paths->arena, "%s%s", above, element_text(paths->arena, element));
    json_object_foreach(lat_json_iterable(set), element, below)
        if (!lat_text_eq(element, ITSELF))
            add_paths(
                paths, below,
                lat_arena_printf(paths->arena, "%s%s", above, element_text(paths->arena, element)));
}

void lat_kube_fields_paths(struct lat_arena *arena, const json_t *set, const char ***ret_paths,
                           size_t *ret_count)
{
    LAT_AUTO(lat_json_decrefp) json_t *sorted = lat_kube_fields_sorted_new(set);
    struct paths paths = {.arena = arena};
    add_paths(&paths, sorted, "");
    *ret_paths = paths.items;
    *ret_count = paths.count;
}
