/* Time is a parameter. A clock is real, or virtual and moved by hand; nothing else in the tree asks
 * the machine what time it is. Times are milliseconds since 1970-01-01T00:00:00Z. */
#pragma once

#include "common/base/auto.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a virtual clock starts: 2024-01-01T00:00:00Z, far from any boundary that would surprise. */
#define LAT_CLOCK_VIRTUAL_START_MS INT64_C(1704067200000)

#define LAT_TIME_TEXT_BYTES 32 /* room for any formatted time */

struct lat_clock {
    bool is_virtual;
    int64_t virtual_ms;
};

void lat_clock_init_real(struct lat_clock *clock);
void lat_clock_init_virtual(struct lat_clock *clock, int64_t start_ms);

int64_t lat_clock_now_ms(const struct lat_clock *clock);

/* Moves a virtual clock forward; step_ms is not negative. A real clock cannot be moved. */
void lat_clock_advance(struct lat_clock *clock, int64_t step_ms);

/* "2024-01-01T00:00:00.000Z", as AWS writes it (three fraction digits). */
const char *lat_time_format_ms(int64_t time_ms, char text[LAT_TIME_TEXT_BYTES]);
/* "2024-01-01T00:00:00Z", as Kubernetes writes it. */
const char *lat_time_format_seconds(int64_t time_ms, char text[LAT_TIME_TEXT_BYTES]);
/* "20240101T000000Z", as SigV4 writes it. */
const char *lat_time_format_basic(int64_t time_ms, char text[LAT_TIME_TEXT_BYTES]);

/* Reads what lat_time_format_basic writes. Returns -1 when it is not one. */
int lat_time_parse_basic(const char *text, int64_t *ret_ms) LAT_MUST_USE;

/* Reads RFC 3339 ("Z" or an offset, any number of fraction digits). Returns -1 when it is not one.
 */
int lat_time_parse(const char *text, int64_t *ret_ms) LAT_MUST_USE;
