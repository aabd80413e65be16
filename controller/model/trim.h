/* Blanks at the ends of annotation values. */
#pragma once

#include "common/base/arena.h"
#include "common/base/text.h"

/* The first length bytes of text without white space at both ends; borrowed. */
struct lat_str gwc_trim_part(const char *text, size_t length);
/* The whole text without white space at both ends, in the arena; "" for NULL. */
char *gwc_trim(struct lat_arena *arena, const char *text) LAT_MUST_USE;
