/* Errors of our own programs: what went wrong, for a person, in one line with its remedy.
 * A refusal by one of the faked APIs is not an error of this kind: it is a value of its own
 * (common/aws/refusal.h, simulator/kubernetes), because refusing is the product working. */
#pragma once

#include "common/base/auto.h"
#include "common/base/lat_limits.h"

#include <stdarg.h>

enum lat_err_kind {
    LAT_ERR_NONE,
    LAT_ERR_INPUT,  /* what the user gave cannot be used: one line, exit status 2 */
    LAT_ERR_BROKEN, /* the machine or our code failed: logged, 500 over the wire */
    LAT_ERR_KIND_COUNT
};

struct lat_err {
    enum lat_err_kind kind;
    char message[LAT_ERR_MESSAGE_MAX];
};

/* Fills reterr (which may be NULL) and returns -1, so that a caller can return the call. */
int lat_err_input(struct lat_err *reterr, const char *format, ...) LAT_PRINTF(2, 3);
int lat_err_broken(struct lat_err *reterr, const char *format, ...) LAT_PRINTF(2, 3);

/* Puts "prefix: " before the message, for callers that know the file or the place. Returns -1. */
int lat_err_prefix(struct lat_err *reterr, const char *format, ...) LAT_PRINTF(2, 3);
