/* The tag cache; see tag_cache.h. */
#include "controller/aws/tag_cache.h"

#include "common/base/json.h"

#include <stdlib.h>

struct gwc_tag_cache {
    const struct lat_clock *clock;
    json_t *entries; /* ARN → {"at": ms, "used": sequence, "tags": {key: value}} */
    json_int_t sequence;
};

struct gwc_tag_cache *gwc_tag_cache_new(const struct lat_clock *clock)
{
    struct gwc_tag_cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL)
        abort();
    cache->clock = clock;
    cache->entries = json_object();
    return cache;
}

struct gwc_tag_cache *gwc_tag_cache_free(struct gwc_tag_cache *cache)
{
    if (cache == NULL)
        return NULL;
    json_decref(cache->entries);
    free(cache);
    return NULL;
}

void gwc_tag_cache_freep(struct gwc_tag_cache **cache)
{
    *cache = gwc_tag_cache_free(*cache);
}

bool gwc_tag_cache_get(struct gwc_tag_cache *cache, struct lat_arena *arena, const char *arn,
                       struct gwc_tags *ret_tags)
{
    json_t *entry = json_object_get(cache->entries, arn);
    if (entry == NULL)
        return false;
    if (lat_clock_now_ms(cache->clock) - lat_json_int_at(entry, "at", 0) >= GWC_TAG_CACHE_AGE_MS) {
        json_object_del(cache->entries, arn);
        return false;
    }
    json_object_set_new(entry, "used", json_integer(++cache->sequence));
    struct gwc_tags tags = {0};
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(json_object_get(entry, "tags"), key, value) {
        gwc_tags_add(arena, &tags, lat_arena_strdup(arena, key),
                     lat_arena_strdup(arena, json_string_value(value)));
    }
    *ret_tags = tags;
    return true;
}

static void drop_oldest(struct gwc_tag_cache *cache)
{
    const char *oldest = NULL;
    json_int_t oldest_used = 0;
    const char *arn = NULL;
    json_t *entry = NULL;
    json_object_foreach(cache->entries, arn, entry) {
        json_int_t used = json_integer_value(json_object_get(entry, "used"));
        if (oldest == NULL || used < oldest_used) {
            oldest = arn;
            oldest_used = used;
        }
    }
    if (oldest != NULL)
        json_object_del(cache->entries, oldest);
}

void gwc_tag_cache_put(struct gwc_tag_cache *cache, const char *arn, const struct gwc_tags *tags)
{
    json_t *map = json_object();
    for (size_t i = 0; i < tags->count; i++)
        lat_json_set_string(map, tags->items[i].key, tags->items[i].value);
    if (json_object_get(cache->entries, arn) == NULL &&
        json_object_size(cache->entries) >= GWC_TAG_CACHE_ENTRIES_MAX)
        drop_oldest(cache);
    json_object_set_new(cache->entries, arn,
                        json_pack("{s:I, s:I, s:o}", "at",
                                  (json_int_t)lat_clock_now_ms(cache->clock), "used",
                                  ++cache->sequence, "tags", map));
}

void gwc_tag_cache_drop(struct gwc_tag_cache *cache, const char *arn)
{
    json_object_del(cache->entries, arn);
}
