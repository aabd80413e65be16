/* Variables and generated values in case files. "${name}" and "${name.member[0]}" stand for a value
 * of the scope; { $times: N, $item: … } makes a list and { $text: a, $length: N } a long text.
 * Pure: no input, no output, no clock. Tests: tests/expand.c. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"

#include <jansson.h>

enum cft_expand_mode {
    CFT_EXPAND_INPUT,   /* what is sent */
    CFT_EXPAND_PATTERN, /* what is expected: an inserted value is meant literally, never as pattern
                         */
    CFT_EXPAND_MODE_COUNT
};

/* The most elements that one $times, and the most bytes that one $length may ask for. */
#define CFT_GENERATED_ITEMS_MAX 2000
#define CFT_GENERATED_BYTES_MAX (1 << 20)

/* A deep copy of source with everything replaced; scope is an object of values by name. A text
 * that is one variable and nothing else takes the value with its type. "$${" stays "${". The
 * caller owns *ret_new. An unknown name is an input error that names it. */
int cft_expand_new(struct lat_arena *arena, json_t *scope, const json_t *source,
                   enum cft_expand_mode mode, json_t **ret_new,
                   struct lat_err *reterr) LAT_MUST_USE;

/* The same for one text, as a text; numbers are written in decimal. Lives in the arena. */
int cft_expand_text(struct lat_arena *arena, json_t *scope, const char *source,
                    const char **ret_text, struct lat_err *reterr) LAT_MUST_USE;
