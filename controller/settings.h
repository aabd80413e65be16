/* What the controller is told by its environment, read once at start. A wrong or missing value is
 * one clear line. Source: controller-routes reference 1.1 (observed); a missing variable is not
 * looked up in instance metadata. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/base/log.h"
#include "controller/model/config.h"

#include <stdbool.h>
#include <stdint.h>

struct gwc_settings {
    struct gwc_config config;
    const char *lattice_endpoint; /* base URLs without a slash at their end */
    const char *tagging_endpoint;
    const char *acm_endpoint;
    bool is_tagging_api_disabled;
    int64_t resync_ms;
    enum lat_log_level log_level;
};

/* Texts live in the arena. */
int gwc_settings_read(struct lat_arena *arena, struct gwc_settings *ret,
                      struct lat_err *reterr) LAT_MUST_USE;
