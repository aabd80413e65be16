/* What a value must be: a plain value (equal), or a mapping with one of contains, at least, at
 * most, not, present, absent. Used wherever a story writes "has:". Pure. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"

#include <jansson.h>
#include <stdbool.h>

/* value may be NULL: nothing stands there. -1 when the pattern itself is wrong. */
int scn_pattern_match(const json_t *pattern, const json_t *value, bool *ret_matches,
                      struct lat_err *reterr) LAT_MUST_USE;

/* "is 3", "contains \"x\"", "is present". In the arena. */
const char *scn_pattern_text(struct lat_arena *arena, const json_t *pattern);

/* Every path of has (an object of path -> pattern) judged on root. ret_found: the first that does
 * not match as "path is value", or NULL when all do. */
int scn_pattern_match_all(struct lat_arena *arena, const json_t *has, const json_t *root,
                          const char **ret_found, struct lat_err *reterr) LAT_MUST_USE;

/* "spec.x is 3 and status.y contains z". In the arena; "" for NULL. */
const char *scn_pattern_all_text(struct lat_arena *arena, const json_t *has);

/* The texts of a list, with commas; "none" for an empty one. In the arena. */
const char *scn_list_text(struct lat_arena *arena, const json_t *list);

/* The members of an object as "name value, name value"; "" for NULL. In the arena. */
const char *scn_pairs_text(struct lat_arena *arena, const json_t *object);
