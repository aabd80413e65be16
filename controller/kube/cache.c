/* The controller's copy of the cluster; see cache.h. One sorted array per kind: reads are binary
 * searches, lists are ordered without sorting. */
#include "controller/kube/cache.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "controller/model/object.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    char *key; /* "namespace/name" */
    json_t *object;
};

struct shelf {
    struct entry *entries;
    size_t count;
    size_t capacity;
    bool is_served;
};

struct gwc_cache {
    struct shelf shelves[GWC_KIND_COUNT];
    gwc_cache_observer *observer;
    void *context;
};

struct gwc_cache *gwc_cache_new(gwc_cache_observer *observer, void *context)
{
    struct gwc_cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL)
        abort();
    cache->observer = observer;
    cache->context = context;
    return cache;
}

struct gwc_cache *gwc_cache_free(struct gwc_cache *cache)
{
    if (cache == NULL)
        return NULL;
    for (size_t kind = 0; kind < GWC_KIND_COUNT; kind++) {
        struct shelf *shelf = &cache->shelves[kind];
        for (size_t i = 0; i < shelf->count; i++) {
            free(shelf->entries[i].key);
            json_decref(shelf->entries[i].object);
        }
        free(shelf->entries);
    }
    free(cache);
    return NULL;
}

void gwc_cache_freep(struct gwc_cache **cache)
{
    *cache = gwc_cache_free(*cache);
}

void gwc_cache_set_served(struct gwc_cache *cache, enum gwc_kind_id kind, bool is_served)
{
    cache->shelves[kind].is_served = is_served;
}

bool gwc_cache_is_served(const struct gwc_cache *cache, enum gwc_kind_id kind)
{
    return cache->shelves[kind].is_served;
}

static char *make_key(const char *namespace_name, const char *name)
{
    char *key = NULL;
    if (asprintf(&key, "%s/%s", lat_text_or_empty(namespace_name), name) < 0)
        abort();
    return key;
}

/* The index of the key, or where it would be put. */
static size_t find(const struct shelf *shelf, const char *key, bool *ret_found)
{
    size_t low = 0;
    size_t high = shelf->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(shelf->entries[middle].key, key);
        if (order == 0) {
            *ret_found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_found = false;
    return low;
}

json_t *gwc_cache_get(const struct gwc_cache *cache, enum gwc_kind_id kind,
                      const char *namespace_name, const char *name)
{
    LAT_AUTO(lat_free_charp) char *key = make_key(namespace_name, name);
    bool found = false;
    size_t index = find(&cache->shelves[kind], key, &found);
    return found ? cache->shelves[kind].entries[index].object : NULL;
}

size_t gwc_cache_list(const struct gwc_cache *cache, enum gwc_kind_id kind,
                      const char *namespace_name, struct lat_arena *arena, json_t ***ret_objects)
{
    const struct shelf *shelf = &cache->shelves[kind];
    json_t **objects = LAT_NEW_ARRAY(arena, json_t *, shelf->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < shelf->count; i++) {
        json_t *object = shelf->entries[i].object;
        if (namespace_name == NULL || lat_text_eq(lat_kube_namespace(object), namespace_name))
            objects[count++] = object;
    }
    *ret_objects = objects;
    return count;
}

static void insert(struct shelf *shelf, size_t index, char *key, json_t *object)
{
    if (shelf->count == shelf->capacity) {
        shelf->capacity = shelf->capacity == 0 ? 16 : shelf->capacity * 2;
        shelf->entries = reallocarray(shelf->entries, shelf->capacity, sizeof *shelf->entries);
        if (shelf->entries == NULL)
            abort();
    }
    memmove(&shelf->entries[index + 1], &shelf->entries[index],
            (shelf->count - index) * sizeof *shelf->entries);
    shelf->entries[index] = (struct entry){.key = key, .object = json_incref(object)};
    shelf->count++;
}

void gwc_cache_put(struct gwc_cache *cache, enum gwc_kind_id kind, json_t *object)
{
    struct shelf *shelf = &cache->shelves[kind];
    LAT_AUTO(lat_free_charp)
    char *key = make_key(lat_kube_namespace(object), lat_kube_name(object));
    bool found = false;
    size_t index = find(shelf, key, &found);
    LAT_AUTO(lat_json_decrefp) json_t *old = NULL;
    if (found) {
        old = shelf->entries[index].object;
        shelf->entries[index].object = json_incref(object);
    } else {
        insert(shelf, index, LAT_TAKE(key), object);
    }
    cache->observer(cache->context, kind, old, object);
}

static void remove_at(struct gwc_cache *cache, enum gwc_kind_id kind, size_t index)
{
    struct shelf *shelf = &cache->shelves[kind];
    LAT_AUTO(lat_json_decrefp) json_t *old = shelf->entries[index].object;
    free(shelf->entries[index].key);
    shelf->count--;
    memmove(&shelf->entries[index], &shelf->entries[index + 1],
            (shelf->count - index) * sizeof *shelf->entries);
    cache->observer(cache->context, kind, old, NULL);
}

void gwc_cache_remove(struct gwc_cache *cache, enum gwc_kind_id kind, const char *namespace_name,
                      const char *name)
{
    LAT_AUTO(lat_free_charp) char *key = make_key(namespace_name, name);
    bool found = false;
    size_t index = find(&cache->shelves[kind], key, &found);
    if (found)
        remove_at(cache, kind, index);
}

/* Whether two versions of an object are the same version. */
static bool is_same_version(const json_t *a, const json_t *b)
{
    const char *version = lat_json_string_at(a, "metadata.resourceVersion", NULL);
    return version != NULL &&
           lat_text_eq(version, lat_json_string_at(b, "metadata.resourceVersion", NULL)) &&
           lat_text_eq(lat_json_string_at(a, "metadata.uid", NULL),
                       lat_json_string_at(b, "metadata.uid", NULL));
}

static int compare_pointers(const void *a, const void *b)
{
    const json_t *const *first = a;
    const json_t *const *second = b;
    int order = strcmp(lat_kube_namespace(*first), lat_kube_namespace(*second));
    return order != 0 ? order : strcmp(lat_kube_name(*first), lat_kube_name(*second));
}

/* Drops what the array does not hold any more. */
static size_t remove_missing(struct gwc_cache *cache, enum gwc_kind_id kind, json_t **objects,
                             size_t count)
{
    struct shelf *shelf = &cache->shelves[kind];
    size_t removed = 0;
    for (size_t i = shelf->count; i-- > 0;) {
        json_t *object = shelf->entries[i].object;
        if (bsearch(&object, objects, count, sizeof *objects, compare_pointers) == NULL) {
            remove_at(cache, kind, i);
            removed++;
        }
    }
    return removed;
}

size_t gwc_cache_replace(struct gwc_cache *cache, enum gwc_kind_id kind, const json_t *objects)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    size_t count = json_array_size(objects);
    json_t **sorted = LAT_NEW_ARRAY(arena, json_t *, count + 1);
    for (size_t i = 0; i < count; i++)
        sorted[i] = json_array_get(objects, i);
    qsort(sorted, count, sizeof *sorted, compare_pointers);
    size_t changes = remove_missing(cache, kind, sorted, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *old =
            gwc_cache_get(cache, kind, lat_kube_namespace(sorted[i]), lat_kube_name(sorted[i]));
        if (old != NULL && is_same_version(old, sorted[i]))
            continue;
        gwc_cache_put(cache, kind, sorted[i]);
        changes++;
    }
    return changes;
}
