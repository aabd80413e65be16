/* What holds of every state that the simulator wrote itself, and must hold of one that comes from
 * outside, beyond what the schema's constraints say: rows that belong together are both there, and
 * stored documents read back. */
#pragma once

#include "simulator/engine/sim.h"

/* Judges the rows as they stand in the current transaction. -1 with LAT_ERR_INPUT names the first
 * row that is wrong. */
int sim_soundness_check(struct sim *sim, struct lat_err *reterr) LAT_MUST_USE;

/* The part of it that is about columns which hold values of the API's shapes. */
int sim_soundness_check_columns(struct sim *sim, struct lat_arena *arena,
                                struct lat_err *reterr) LAT_MUST_USE;

/* Whether a rule is about this table; *ret_why says why none has to be, NULL when one has. */
bool sim_soundness_judges(const char *table, const char **ret_why);
