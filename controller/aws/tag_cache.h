/* What ListTagsForResource said about an ARN, remembered for a minute. Successes only; the least
 * recently used goes first. Ownership decisions can therefore be that old. Source:
 * controller-routes reference 1.3 (observed). */
#pragma once

#include "common/base/clock.h"
#include "controller/model/tags.h"

#include <stdbool.h>

#define GWC_TAG_CACHE_AGE_MS      60000
#define GWC_TAG_CACHE_ENTRIES_MAX 1000

struct gwc_tag_cache;

/* The clock is borrowed and must outlive the cache. */
struct gwc_tag_cache *gwc_tag_cache_new(const struct lat_clock *clock) LAT_MUST_USE;
struct gwc_tag_cache *gwc_tag_cache_free(struct gwc_tag_cache *cache);
void gwc_tag_cache_freep(struct gwc_tag_cache **cache);

/* Whether the tags of the ARN are remembered; then they are in *ret_tags, copied into the arena. */
bool gwc_tag_cache_get(struct gwc_tag_cache *cache, struct lat_arena *arena, const char *arn,
                       struct gwc_tags *ret_tags);
void gwc_tag_cache_put(struct gwc_tag_cache *cache, const char *arn, const struct gwc_tags *tags);
void gwc_tag_cache_drop(struct gwc_tag_cache *cache, const char *arn);
