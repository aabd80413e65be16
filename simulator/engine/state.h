/* The state as a whole: continued after a restart, exported and imported as one JSON document,
 * emptied. Ids and the virtual clock are part of it, so that what follows a state is always the
 * same. */
#pragma once

#include "common/base/lat_limits.h"
#include "simulator/engine/sim.h"
#include "simulator/store/state.h"

#define SIM_STATE_FORMAT "lattice-lab-state"
#define SIM_BRANCH_FIRST "main"

/* Takes up the store that sim->store was opened with: a state goes on with its ids, settings,
 * faults and, where the clock is virtual, its time; a new one begins with sim->seed, the clock as
 * it is and sim->config, which is what the flags say. With is_durable every commit says how far it
 * got. */
int sim_state_begin(struct sim *sim, bool is_durable, struct lat_err *reterr) LAT_MUST_USE;

/* Notes how far ids and clock got, outside of any transaction. */
int sim_state_save(struct sim *sim) LAT_MUST_USE;

/* The document, in the arena; for an answer (SIM_STORE_SHOWN) or to be kept. -1 when the store
 * failed or LAT_STATE_BYTES_MAX was passed. */
int sim_state_export(struct sim *sim, struct lat_arena *arena, enum sim_store_extent extent,
                     const char **ret_document, struct lat_err *reterr) LAT_MUST_USE;

/* Replaces the state by that of a document, whole or not at all; a bad document is LAT_ERR_INPUT
 * and names the place. A virtual clock goes to the document's time, backwards too; a real one
 * cannot. branch is the one worked on from then on. Snapshots stay, and so do access keys that a
 * document with the extent SIM_STORE_SHOWN does not tell. */
int sim_state_import(struct sim *sim, const char *document, size_t length,
                     enum sim_store_extent extent, const char *branch,
                     struct lat_err *reterr) LAT_MUST_USE;

/* Back to the beginning: nothing exists, ids begin with the seed and a virtual clock at its start
 * again, the journal is empty. Snapshots stay. */
int sim_state_reset(struct sim *sim, struct lat_err *reterr) LAT_MUST_USE;
