/* The controller's copy of the cluster: every object of the watched kinds, kept up to date by the
 * informers. Reads never go to the network. It tells one observer what changed. */
#pragma once

#include "common/base/arena.h"
#include "controller/kube/kinds.h"

#include <jansson.h>

struct gwc_cache;

/* old_object is NULL for a new object, new_object for one that is gone; both borrowed for the
 * call. */
typedef void gwc_cache_observer(void *context, enum gwc_kind_id kind, const json_t *old_object,
                                const json_t *new_object);

struct gwc_cache *gwc_cache_new(gwc_cache_observer *observer, void *context) LAT_MUST_USE;
struct gwc_cache *gwc_cache_free(struct gwc_cache *cache);
void gwc_cache_freep(struct gwc_cache **cache);

/* Whether the API server serves the kind at all; set once at start. */
void gwc_cache_set_served(struct gwc_cache *cache, enum gwc_kind_id kind, bool is_served);
bool gwc_cache_is_served(const struct gwc_cache *cache, enum gwc_kind_id kind);

/* Borrowed until the next change of the cache; NULL when absent. namespace_name is "" or NULL for
 * cluster-scoped kinds. */
json_t *gwc_cache_get(const struct gwc_cache *cache, enum gwc_kind_id kind,
                      const char *namespace_name, const char *name);

/* The objects of a kind, by namespace and name in byte order; namespace_name NULL means all. The
 * array lives in the arena, the objects as above. */
size_t gwc_cache_list(const struct gwc_cache *cache, enum gwc_kind_id kind,
                      const char *namespace_name, struct lat_arena *arena, json_t ***ret_objects);

/* Stores an object (keeping a reference) and reports it, also when it did not change. */
void gwc_cache_put(struct gwc_cache *cache, enum gwc_kind_id kind, json_t *object);
void gwc_cache_remove(struct gwc_cache *cache, enum gwc_kind_id kind, const char *namespace_name,
                      const char *name);

/* Makes a kind hold exactly the objects of an array, and reports the differences. Returns how many
 * objects are new, changed or gone. */
size_t gwc_cache_replace(struct gwc_cache *cache, enum gwc_kind_id kind, const json_t *objects);
