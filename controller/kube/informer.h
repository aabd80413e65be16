/* Keeps a cache up to date. In a running controller one watch stream per kind feeds it: a
 * watch-list first, a classic list and watch where the server refuses that, everything again after
 * 410 or a broken stream. A rehearsal lists instead, when it is told to. Source: controller-
 * platform reference 5.5 (observed). */
#pragma once

#include "common/base/clock.h"
#include "common/base/err.h"
#include "common/base/log.h"
#include "common/base/rng.h"
#include "controller/kube/cache.h"
#include "controller/kube/client.h"

struct gwc_informers;

/* All are borrowed and must outlive the informers; the log may be NULL. */
struct gwc_informers *gwc_informers_new(struct gwc_kube *kube, struct gwc_cache *cache,
                                        const struct lat_clock *clock, struct lat_rng *rng,
                                        const struct lat_log *log) LAT_MUST_USE;
struct gwc_informers *gwc_informers_free(struct gwc_informers *informers);
void gwc_informers_freep(struct gwc_informers **informers);

/* Asks the API server which kinds it serves, and marks them in the cache. Fails with one line when
 * it does not answer or does not serve a required kind. */
int gwc_informers_discover(struct gwc_informers *informers, struct lat_err *reterr) LAT_MUST_USE;

/* Lists every served kind into the cache, in the order of the kinds. Returns the number of changes,
 * or -1. */
int gwc_informers_relist(struct gwc_informers *informers, struct lat_err *reterr) LAT_MUST_USE;

/* Opens every stream that should be open now. Returns milliseconds until it wants to be called
 * again, at most max_ms. */
int gwc_informers_tick(struct gwc_informers *informers, int max_ms);

/* Whether every served kind has been listed completely at least once. */
bool gwc_informers_are_synced(const struct gwc_informers *informers);
