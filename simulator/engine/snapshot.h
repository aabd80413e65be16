/* States kept by name, in the store beside the state itself: snapshots, which stay as they are, and
 * branches, of which one is worked on while the others wait as they were left. Both are found by
 * the same names: lower-case letters, digits and dashes. */
#pragma once

#include "simulator/engine/sim.h"

#include <jansson.h>

#define SIM_SNAPSHOTS_MAX    64
#define SIM_SNAPSHOT_CURRENT "current" /* the state as it is now, wherever a name is read */

/* Each returns -1 with LAT_ERR_INPUT when a name is wrong, taken or unknown. */

/* Keeps the state under a name; a snapshot of that name is replaced. */
int sim_snapshot_take(struct sim *sim, const char *name, struct lat_err *reterr) LAT_MUST_USE;

int sim_snapshot_drop(struct sim *sim, const char *name, struct lat_err *reterr) LAT_MUST_USE;

/* The state becomes what it was when the snapshot was taken; the branch stays the same. */
int sim_snapshot_restore(struct sim *sim, const char *name, struct lat_err *reterr) LAT_MUST_USE;

/* Leaves the branch worked on as it is and goes on with another: one that was left before (from is
 * NULL), or a new one that begins with the snapshot from (NULL: the state as it is). */
int sim_snapshot_branch(struct sim *sim, const char *name, const char *from,
                        struct lat_err *reterr) LAT_MUST_USE;

/* The document under a name, in the arena. It holds secrets: not for an answer. */
int sim_snapshot_read(struct sim *sim, struct lat_arena *arena, const char *name,
                      const char **ret_document, struct lat_err *reterr) LAT_MUST_USE;

/* {"branch":…,"snapshots":[{"name":…,"branch":…,"saved":…}]}, in order of saving; NULL when the
 * store failed. */
json_t *sim_snapshot_list_new(struct sim *sim) LAT_MUST_USE;
