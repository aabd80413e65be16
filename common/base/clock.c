/* Clocks and their texts; see clock.h. The one caller of clock_gettime for wall time. */
#include "common/base/clock.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void lat_clock_init_real(struct lat_clock *clock)
{
    *clock = (struct lat_clock){.is_virtual = false};
}

void lat_clock_init_virtual(struct lat_clock *clock, int64_t start_ms)
{
    *clock = (struct lat_clock){.is_virtual = true, .virtual_ms = start_ms};
}

int64_t lat_clock_now_ms(const struct lat_clock *clock)
{
    if (clock->is_virtual)
        return clock->virtual_ms;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void lat_clock_advance(struct lat_clock *clock, int64_t step_ms)
{
    assert(clock->is_virtual && step_ms >= 0);
    clock->virtual_ms += step_ms;
}

static struct tm broken_down(int64_t time_ms)
{
    time_t seconds = (time_t)(time_ms >= 0 ? time_ms / 1000 : (time_ms - 999) / 1000);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    return parts;
}

static const char *format(int64_t time_ms, const char *pattern, char text[LAT_TIME_TEXT_BYTES])
{
    struct tm parts = broken_down(time_ms);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the three patterns are in this file */
    size_t length = strftime(text, LAT_TIME_TEXT_BYTES, pattern, &parts);
#pragma GCC diagnostic pop
    assert(length > 0);
    (void)length;
    return text;
}

const char *lat_time_format_ms(int64_t time_ms, char text[LAT_TIME_TEXT_BYTES])
{
    format(time_ms, "%Y-%m-%dT%H:%M:%S", text);
    size_t length = strlen(text);
    int64_t fraction = (time_ms % 1000 + 1000) % 1000;
    snprintf(text + length, LAT_TIME_TEXT_BYTES - length, ".%03dZ", (int)fraction);
    return text;
}

const char *lat_time_format_seconds(int64_t time_ms, char text[LAT_TIME_TEXT_BYTES])
{
    return format(time_ms, "%Y-%m-%dT%H:%M:%SZ", text);
}

const char *lat_time_format_basic(int64_t time_ms, char text[LAT_TIME_TEXT_BYTES])
{
    return format(time_ms, "%Y%m%dT%H%M%SZ", text);
}

/* The fraction ".ddd…" as milliseconds; moves *cursor past it. */
static int64_t parse_fraction(const char **cursor)
{
    int64_t ms = 0, unit = 100;
    if (**cursor != '.')
        return 0;
    for ((*cursor)++; isdigit((unsigned char)**cursor); (*cursor)++, unit /= 10)
        ms += (**cursor - '0') * unit;
    return ms;
}

/* The zone "Z" or "+hh:mm" in minutes; returns -1 when the text does not end right behind it. */
static int parse_zone(const char *text, int *ret_minutes)
{
    int hours = 0, minutes = 0, used = 0;
    if (strcmp(text, "Z") == 0) {
        *ret_minutes = 0;
        return 0;
    }
    if ((text[0] != '+' && text[0] != '-') ||
        sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &used) != 2 || text[1 + used] != '\0')
        return -1;
    *ret_minutes = (hours * 60 + minutes) * (text[0] == '-' ? -1 : 1);
    return 0;
}

int lat_time_parse(const char *text, int64_t *ret_ms)
{
    struct tm parts = {0};
    const char *cursor = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
    if (cursor == NULL)
        return -1;
    int64_t fraction_ms = parse_fraction(&cursor);
    int zone_minutes = 0;
    if (parse_zone(cursor, &zone_minutes) < 0)
        return -1;
    *ret_ms = ((int64_t)timegm(&parts) - (int64_t)zone_minutes * 60) * 1000 + fraction_ms;
    return 0;
}
