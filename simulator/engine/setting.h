/* What the admin API sets over the flags: delays, and how calls are throttled. Settings are rows of
 * the state, so that a snapshot brings them back; what nobody set stays as the flags say. */
#pragma once

#include "simulator/engine/sim.h"

/* The place of a setting in a configuration and its largest value; NULL for an unknown name. Names
 * are those of sim_delay_name, and "tagging", "throttle_rate", "throttle_burst". */
int64_t *sim_setting_at(struct sim_config *config, const char *name, int64_t *ret_max);

/* Writes one, in the current transaction, and lets it hold at once. */
int sim_setting_put(struct sim *sim, const char *name, int64_t value) LAT_MUST_USE;

/* Lets the flags hold, and over them the rows. An unknown name or a value out of range is
 * LAT_ERR_INPUT. */
int sim_settings_read(struct sim *sim, struct lat_err *reterr) LAT_MUST_USE;
