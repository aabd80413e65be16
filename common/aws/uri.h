/* Percent-encoding as AWS clients write it. Nothing here knows paths or queries. */
#pragma once

#include "common/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

/* text with every byte but A-Z a-z 0-9 - . _ ~ as %XX in upper case. */
char *lat_uri_encode(struct lat_arena *arena, const char *text) LAT_MUST_USE;

/* The first length bytes of text decoded; with plus_is_space a '+' is a space. NULL for a '%'
 * without two digits behind it, for %00, and for what is not UTF-8 afterwards. */
char *lat_uri_decode(struct lat_arena *arena, const char *text, size_t length,
                     bool plus_is_space) LAT_MUST_USE;
