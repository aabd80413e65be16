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

#define FIRST_MS INT64_C(-62167219200000) /* 0000-01-01T00:00:00.000Z */
#define LAST_MS  INT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */

/* A moment in UTC, taken apart. Own arithmetic, because the library's takes a lock and looks for
 * time zone files, and every answer holds times. Proleptic Gregorian; what does not fit into years
 * of four digits becomes the first or last moment that does. */
struct moment {
    int year, month, day, hour, minute, second, millisecond;
};

static struct moment take_apart(int64_t time_ms)
{
    const int64_t day_ms = 86400000;
    time_ms = time_ms < FIRST_MS ? FIRST_MS : time_ms > LAST_MS ? LAST_MS : time_ms;
    int64_t days = time_ms / day_ms - (time_ms % day_ms < 0);
    int64_t rest = time_ms - days * day_ms;
    /* Eras of 400 years that begin on the first of March, so that leap days come last. */
    int64_t shifted = days + 719468, era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;
    int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
    return (struct moment){
        .year = (int)(year_of_era + era * 400 + (month <= 2)),
        .month = (int)month,
        .day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1),
        .hour = (int)(rest / 3600000),
        .minute = (int)(rest / 60000 % 60),
        .second = (int)(rest / 1000 % 60),
        .millisecond = (int)(rest % 1000),
    };
}

static inline char *put_digits(char *end, int count, int value)
{
    unsigned left = (unsigned)value; /* divides faster */
    for (int i = count - 1; i >= 0; i--, left /= 10)
        end[i] = (char)('0' + left % 10);
    return end + count;
}

/* separators: between the parts of the date, and between those of the time; '\0' for none. */
static char *put_moment(char *end, const struct moment *moment, char in_date, char in_time)
{
    const int date[] = {moment->month, moment->day};
    const int time[] = {moment->hour, moment->minute, moment->second};
    end = put_digits(end, 4, moment->year);
    for (size_t i = 0; i < LAT_COUNT(date); i++) {
        if (in_date != '\0')
            *end++ = in_date;
        end = put_digits(end, 2, date[i]);
    }
    *end++ = 'T';
    for (size_t i = 0; i < LAT_COUNT(time); i++) {
        if (in_time != '\0' && i > 0)
            *end++ = in_time;
        end = put_digits(end, 2, time[i]);
    }
    return end;
}

const char *lat_time_format_ms(int64_t time_ms, char text[LAT_TIME_TEXT_BYTES])
{
    struct moment moment = take_apart(time_ms);
    char *end = put_moment(text, &moment, '-', ':');
    *end++ = '.';
    end = put_digits(end, 3, moment.millisecond);
    memcpy(end, "Z", 2);
    return text;
}

const char *lat_time_format_seconds(int64_t time_ms, char text[LAT_TIME_TEXT_BYTES])
{
    struct moment moment = take_apart(time_ms);
    memcpy(put_moment(text, &moment, '-', ':'), "Z", 2);
    return text;
}

const char *lat_time_format_basic(int64_t time_ms, char text[LAT_TIME_TEXT_BYTES])
{
    struct moment moment = take_apart(time_ms);
    memcpy(put_moment(text, &moment, '\0', '\0'), "Z", 2);
    return text;
}

/* The day since 1970-01-01; the other way round of take_apart. */
static int64_t day_of(int year, int month, int day)
{
    int64_t march_year = year - (month <= 2), march_month = month > 2 ? month - 3 : month + 9;
    int64_t era = (march_year >= 0 ? march_year : march_year - 399) / 400;
    int64_t year_of_era = march_year - era * 400;
    int64_t day_of_year = (153 * march_month + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

/* The number that the next count characters are, digits or not; moves *cursor past them. */
static int take_digits(const char **cursor, int count)
{
    int value = 0;
    for (; count > 0; count--)
        value = value * 10 + (*(*cursor)++ - '0');
    return value;
}

int lat_time_parse_basic(const char *text, int64_t *ret_ms)
{
    char again[LAT_TIME_TEXT_BYTES];
    const char *cursor = text;
    if (strlen(text) != strlen("20240101T000000Z"))
        return -1;
    int year = take_digits(&cursor, 4), month = take_digits(&cursor, 2);
    int64_t days = day_of(year, month, take_digits(&cursor, 2));
    cursor++; /* the T */
    int64_t seconds = take_digits(&cursor, 2) * 3600;
    seconds += take_digits(&cursor, 2) * 60;
    seconds += take_digits(&cursor, 2);
    int64_t time_ms = (days * 86400 + seconds) * 1000;
    /* Whatever is no digit, no T or no day of the calendar does not come out as it went in. */
    if (strcmp(lat_time_format_basic(time_ms, again), text) != 0)
        return -1;
    *ret_ms = time_ms;
    return 0;
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
