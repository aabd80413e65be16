/* Asynchronous statuses on the clock: what is due has happened by the time the next call looks.
 * Source: lattice-api reference D.0 (statuses observed; durations chosen). */
#pragma once

#include "simulator/engine/sim.h"

/* Applies every transition that is due: creations and updates become ACTIVE or, where a failure
 * was asked for, FAILED; domains are verified, deletions complete, drained targets go. Own
 * transaction; cheap when nothing is due. */
int sim_lifecycle_advance(struct sim *sim, int64_t now_ms) LAT_MUST_USE;

/* The first moment after now at which something changes by itself; -1 when nothing is under way. */
int sim_lifecycle_next(struct sim *sim, int64_t *ret_ms) LAT_MUST_USE;
