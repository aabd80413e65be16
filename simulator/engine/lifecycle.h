/* Asynchronous statuses on the clock: what is due has happened by the time the next call looks.
 * Source: lattice-api reference D.0 (statuses observed; durations chosen). */
#pragma once

#include "common/aws/lattice_model.h"
#include "simulator/engine/sim.h"

#define SIM_DELAY_MS_MAX INT64_C(604800000) /* one week; more is a typing error */

/* The names of the delays, from 0; NULL behind the last. Kinds are named as in their ARN. */
const char *sim_delay_name(size_t index);
/* The delay with this name, or NULL. */
int64_t *sim_delay_at(struct sim_delays *delays, const char *name);
/* Sets one from "service=1500". */
int sim_delay_parse(struct sim_delays *delays, const char *text,
                    struct lat_err *reterr) LAT_MUST_USE;

/* Applies every transition that is due: creations and updates become ACTIVE or, where a failure
 * was asked for, FAILED; domains are verified, deletions complete, drained targets go. Own
 * transaction; cheap when nothing is due. */
int sim_lifecycle_advance(struct sim *sim, int64_t now_ms) LAT_MUST_USE;

/* The first moment after now at which something changes by itself; -1 when nothing is under way. */
int sim_lifecycle_next(struct sim *sim, int64_t *ret_ms) LAT_MUST_USE;

/* For a write to resources that is known to end nothing on the clock: taken before it, a mark saves
 * asking for the first moment anew after it. -1 when that is to be asked anyway. */
int64_t sim_lifecycle_mark(const struct sim *sim);
void sim_lifecycle_unmoved(struct sim *sim, int64_t mark);

/* The statuses that a kind (as in its ARN) has; NULL when it has none. */
const struct lat_shape *sim_statuses_of(const char *kind);
/* Whether a text is one of the words of an enum. */
bool sim_is_word_of(const struct lat_shape *shape, const char *text);
/* Whether a transition of the kind can end in this status, which is one of failure. */
bool sim_can_fail_with(const char *kind, const char *status);
