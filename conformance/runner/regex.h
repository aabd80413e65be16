/* Regular expressions of case files (PCRE2, matched against a whole text). */
#pragma once

#include "common/base/err.h"

#include <stdbool.h>

/* Whether the whole text matches. An expression that does not compile is an input error that says
 * why and where. */
int cft_regex_matches(const char *regex, const char *text, bool *ret_matches,
                      struct lat_err *reterr) LAT_MUST_USE;
