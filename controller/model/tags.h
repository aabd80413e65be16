/* Tags as sets of key and value: the tags annotation, reserved keys, and the difference between
 * what a resource carries and what it should. Source: controller-routes reference, 5.4 and 5.5
 * (observed). */
#pragma once

#include "common/base/arena.h"
#include "controller/model/stack.h"

#define GWC_TAGS_MAX            50 /* entries that the annotation may give */
#define GWC_TAG_KEY_BYTES_MAX   128
#define GWC_TAG_VALUE_BYTES_MAX 256

/* The tags of "k=v,k2=v2"; entries that are no tags are left out silently. Reserved keys are still
 * there. NULL gives none. Texts live in the arena. */
struct gwc_tags gwc_tags_parse(struct lat_arena *arena, const char *annotation);

/* Whether only the controller (or AWS) may write this key. */
bool gwc_tag_is_reserved(const char *key);
/* Those whose key is not reserved, in their order. */
struct gwc_tags gwc_tags_plain(struct lat_arena *arena, const struct gwc_tags *tags);

/* The value of a key; NULL when absent. */
const char *gwc_tags_value(const struct gwc_tags *tags, const char *key);
/* Appends one tag. */
void gwc_tags_add(struct lat_arena *arena, struct gwc_tags *tags, const char *key,
                  const char *value);
/* What a new resource gets: own first, then those of additional whose key own does not have. */
struct gwc_tags gwc_tags_merge(struct lat_arena *arena, const struct gwc_tags *own,
                               const struct gwc_tags *additional);

/* What it takes to bring existing to what is wanted: additional without reserved keys, and the
 * managed ones (may be NULL). Other reserved tags are left alone. Both answers may be empty: then
 * there is no call to make. Keys in ret_unset are sorted, tags in ret_set too. */
struct gwc_tag_changes {
    struct gwc_tags set;
    const char **unset;
    size_t unset_count;
};
struct gwc_tag_changes gwc_tags_difference(struct lat_arena *arena, const struct gwc_tags *existing,
                                           const struct gwc_tags *additional,
                                           const struct gwc_tags *managed);
