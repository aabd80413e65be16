/* Log lines; see log.h. */
#include "common/base/log.h"

#include "common/base/text.h"

#include <stdarg.h>

static const char *const level_names[LAT_LOG_LEVEL_COUNT] = {"debug", "info", "warning", "error"};

void lat_log_write(const struct lat_log *log, enum lat_log_level level, const char *format, ...)
{
    if (level < log->level)
        return;
    char time[LAT_TIME_TEXT_BYTES], line[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    fprintf(log->out, "%s %s %s: %s\n", lat_time_format_ms(lat_clock_now_ms(log->clock), time),
            level_names[level], log->program, line);
}

int lat_log_level_parse(const char *name)
{
    for (int level = 0; level < LAT_LOG_LEVEL_COUNT; level++)
        if (lat_text_eq(name, level_names[level]))
            return level;
    return -1;
}
