/* Expected values against real ones. A pattern is JSON: an object names the members that must match
 * (others may exist), a list matches element by element, and texts may be "~regular expression",
 * "*" (present), "absent", or "=literal". Objects whose members begin with "$" ask for more:
 * $only, $contains, $length, $all, $none, $distinct, $type, $min, $max, $not.
 * Pure. The format is described in docs/conformance.md. Tests: tests/match.c. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"

#include <jansson.h>
#include <stddef.h>

#define CFT_MISMATCHES_MAX 20 /* lines told about one answer */

/* What did not match, one line each ("body.items[2].id: …"); texts live in the arena. */
struct cft_mismatches {
    struct lat_arena *arena;
    const char **lines;
    size_t count;
};

void cft_mismatch(struct cft_mismatches *mismatches, const char *format, ...) LAT_PRINTF(2, 3);

/* Compares value (NULL: not there) with an expanded pattern and adds what differs. place names the
 * value in messages. */
void cft_match(struct cft_mismatches *mismatches, const char *place, const json_t *pattern,
               const json_t *value);

/* Whether a pattern as written in a file can be used at all: known $ words with values of the right
 * type, regular expressions that compile. Variables are taken for a letter. ret_bad is the value
 * at fault. */
int cft_match_check(struct lat_arena *arena, const json_t *pattern, const json_t **ret_bad,
                    struct lat_err *reterr) LAT_MUST_USE;
