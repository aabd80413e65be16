/* A fuzz target: one function that gets any bytes and must neither crash nor break what it asserts.
 * With -Dfuzz=true it is linked with libFuzzer; else with replay.c, which runs the corpus and
 * mutations of it for a while. Input of several parts is separated by line feeds. */
#pragma once

#include "common/base/arena.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Cuts the next line off as text; the last part is the rest. "" when nothing is left. */
static inline char *lat_fuzz_line(struct lat_arena *arena, const uint8_t **data, size_t *size)
{
    const uint8_t *end = *size == 0 ? NULL : memchr(*data, '\n', *size);
    size_t length = end == NULL ? *size : (size_t)(end - *data);
    char *line = lat_arena_strndup(arena, *size == 0 ? "" : (const char *)*data, length);
    size_t used = end == NULL ? length : length + 1;
    *data += used;
    *size -= used;
    return line;
}

/* The rest as text. */
static inline char *lat_fuzz_rest(struct lat_arena *arena, const uint8_t *data, size_t size)
{
    return lat_arena_strndup(arena, size == 0 ? "" : (const char *)data, size);
}
