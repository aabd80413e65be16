/* The one tag store behind the Lattice tag operations, tags on create and the tagging API. */
#pragma once

#include "simulator/engine/call.h"

/* Checks and writes tags (list of struct lat_entry) on a resource, over those that are there.
 * Refuses reserved keys, wrong characters and more than 50 in the end, in the API's exceptions. */
int sim_tags_add(struct sim_call *call, const struct sim_resource *resource,
                 struct lat_list tags) LAT_MUST_USE;

/* Removes keys (list of const char *); absent ones are ignored. */
int sim_tags_remove(struct sim_call *call, const struct sim_resource *resource,
                    struct lat_list keys) LAT_MUST_USE;

/* All tags of a resource in key order: a list of struct lat_entry. */
int sim_tags_list(struct sim_call *call, int64_t resource, struct lat_list *ret) LAT_MUST_USE;

/* The same as GetResources sees them: as they were the configured delay ago (chosen: keys that came
 * back stand last). */
int sim_tags_list_as_seen(struct sim_call *call, int64_t resource,
                          struct lat_list *ret) LAT_MUST_USE;

/* The resource with this ARN in the caller's account and Region, or NULL. */
int sim_tags_find_resource(struct sim_call *call, const char *arn,
                           struct sim_resource **ret) LAT_MUST_USE;
