/* Text that is read, not owned: comparisons that accept NULL, prefixes, numbers.
 * Nothing here allocates; what makes new text lives in arena.h and buf.h. */
#pragma once

#include "common/base/auto.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* A view of length bytes that somebody else owns; not terminated. */
struct lat_str {
    const char *data;
    size_t length;
};

/* Whether two texts are equal; NULL equals only NULL. Tables are searched with these two: most
 * texts differ in their first byte. */
static inline bool lat_text_eq(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && *a == *b && strcmp(a, b) == 0);
}

static inline bool lat_text_eq_ignore_case(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && ((*a ^ *b) & ~0x20) == 0 && strcasecmp(a, b) == 0);
}

bool lat_text_has_prefix(const char *text, const char *prefix);
bool lat_text_has_suffix(const char *text, const char *suffix);

/* Whether text is NULL or has no byte. */
bool lat_text_is_empty(const char *text);

/* Text for a message: NULL reads as "". */
const char *lat_text_or_empty(const char *text);

/* The number of Unicode characters of well-formed UTF-8 (bytes that start a character). */
size_t lat_text_characters(const char *utf8);

/* A whole decimal number, nothing before or after it. Returns -1 when text is not one or overflows.
 */
int lat_text_to_int64(const char *text, int64_t *ret_value) LAT_MUST_USE;
