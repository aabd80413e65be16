/* Log lines on standard error: "2024-01-01T00:00:00.000Z info simulator: text". A function either
 * logs or returns an error, never both. The log is passed in; there is no global one. */
#pragma once

#include "common/base/auto.h"
#include "common/base/clock.h"

#include <stdio.h>

enum lat_log_level {
    LAT_LOG_DEBUG,
    LAT_LOG_INFO,
    LAT_LOG_WARNING,
    LAT_LOG_ERROR,
    LAT_LOG_LEVEL_COUNT
};

struct lat_log {
    FILE *out;                     /* borrowed */
    const struct lat_clock *clock; /* borrowed */
    enum lat_log_level level;      /* lines below this level are dropped */
    const char *program;           /* borrowed; named in every line */
};

void lat_log_write(const struct lat_log *log, enum lat_log_level level, const char *format, ...)
    LAT_PRINTF(3, 4);

/* The level of that name ("debug", "info", "warning", "error"), or -1. */
int lat_log_level_parse(const char *name);
