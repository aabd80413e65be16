/* Errors of our own programs; see err.h. */
#include "common/base/err.h"

#include <stdio.h>
#include <string.h>

static void fill(struct lat_err *err, enum lat_err_kind kind, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

static void fill(struct lat_err *err, enum lat_err_kind kind, const char *format, va_list args)
{
    if (err == NULL)
        return;
    err->kind = kind;
    vsnprintf(err->message, sizeof err->message, format, args);
}

int lat_err_input(struct lat_err *reterr, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(reterr, LAT_ERR_INPUT, format, args);
    va_end(args);
    return -1;
}

int lat_err_broken(struct lat_err *reterr, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(reterr, LAT_ERR_BROKEN, format, args);
    va_end(args);
    return -1;
}

int lat_err_prefix(struct lat_err *reterr, const char *format, ...)
{
    if (reterr == NULL)
        return -1;
    char inner[LAT_ERR_MESSAGE_MAX];
    memcpy(inner, reterr->message, sizeof inner);
    va_list args;
    va_start(args, format);
    int used = vsnprintf(reterr->message, sizeof reterr->message, format, args);
    va_end(args);
    if (used >= 0 && (size_t)used < sizeof reterr->message)
        snprintf(reterr->message + used, sizeof reterr->message - (size_t)used, ": %s", inner);
    return -1;
}
