/* The aspects of a service or target group that can stay or change, each as text: what
 * "unchanged:" compares. Pure. */
#pragma once

#include "common/base/arena.h"
#include "scenarios/engine/estate.h"

/* Equal texts mean that the aspect is the same. In the arena. */
typedef const char *scn_aspect_text(struct lat_arena *arena, const struct scn_estate *estate,
                                    const struct scn_service *service);

struct scn_aspect {
    const char *word;   /* "rule ids" */
    const char *phrase; /* "its rule ids" */
    scn_aspect_text *text;
};

extern const struct scn_aspect scn_aspects[];
extern const size_t scn_aspect_count;

/* All that a target group is: identity, configuration, tags and targets, without their health. */
const char *scn_group_text(struct lat_arena *arena, const struct scn_group *group);
