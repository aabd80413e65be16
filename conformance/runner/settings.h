/* Words of the command line that hold lists: "a,b" and "name=value,name=value". Pure. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"

#include <jansson.h>
#include <stdbool.h>

/* Whether a comma-separated list (NULL: empty) holds a word. */
bool cft_list_has(const char *list, const char *word);

/* Lays "name=value,…" (NULL: nothing) over an object. A part without "=" is an input error. */
int cft_settings_apply(struct lat_arena *arena, const char *settings, json_t *into,
                       struct lat_err *reterr) LAT_MUST_USE;
