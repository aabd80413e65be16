/* An arena: memory that lives as long as one request, one reconcile pass or one story.
 * Nothing inside is freed piece by piece; running out of memory ends the process (input limits
 * make that a problem of the machine). Not for use by two threads at once. */
#pragma once

#include "common/base/auto.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct lat_arena;

/* A new, empty arena. The caller owns it; lat_arena_free accepts NULL. */
struct lat_arena *lat_arena_new(void) LAT_MUST_USE;
struct lat_arena *lat_arena_free(struct lat_arena *arena);
void lat_arena_freep(struct lat_arena **arena);

/* Forgets all that was allocated but keeps the first block for the next use. */
void lat_arena_clear(struct lat_arena *arena);

/* Whether that is memory of this arena. */
bool lat_arena_holds(const struct lat_arena *arena, const void *memory);

/* size zeroed bytes, aligned for any type; owned by the arena. size 0 gives a unique pointer. */
void *lat_arena_alloc(struct lat_arena *arena, size_t size) LAT_MUST_USE;

/* A copy of text, or of its first length bytes, always terminated. lat_arena_strdup(a, NULL) is
 * NULL. */
char *lat_arena_strdup(struct lat_arena *arena, const char *text) LAT_MUST_USE;
char *lat_arena_strndup(struct lat_arena *arena, const char *text, size_t length) LAT_MUST_USE;
/* text, or where it is not well-formed UTF-8, a copy in which U+FFFD stands for each byte that is
 * not: what a peer wrote can then be said again in JSON. */
const char *lat_arena_utf8(struct lat_arena *arena, const char *text) LAT_MUST_USE;
char *lat_arena_printf(struct lat_arena *arena, const char *format, ...)
    LAT_PRINTF(2, 3) LAT_MUST_USE;
char *lat_arena_vprintf(struct lat_arena *arena, const char *format, va_list args)
    LAT_PRINTF(2, 0) LAT_MUST_USE;

/* All the texts behind one another; the last argument is NULL. Much cheaper than printing them. */
char *lat_arena_concat(struct lat_arena *arena, const char *first, ...)
    __attribute__((sentinel)) LAT_MUST_USE;

/* size bytes as they are, for what is written over at once; and to keep only the first bytes of
 * such memory: the rest is free again if nothing was allocated since. */
void *lat_arena_take(struct lat_arena *arena, size_t size) LAT_MUST_USE;
void lat_arena_trim(struct lat_arena *arena, const void *memory, size_t size, size_t kept);

/* array grown by one zeroed element when *count has reached a power of two; returns the array,
 * which may have moved. Use through LAT_ARENA_PUSH. */
void *lat_arena_grow(struct lat_arena *arena, void *array, size_t count,
                     size_t element_bytes) LAT_MUST_USE;

#define LAT_NEW(arena, type)              ((type *)lat_arena_alloc((arena), sizeof(type)))
#define LAT_NEW_ARRAY(arena, type, count) ((type *)lat_arena_alloc((arena), sizeof(type) * (count)))

/* Appends a zeroed element to an arena array and yields a pointer to it. The array must only ever
 * grow through this macro: capacity is derived from the count. */
#define LAT_ARENA_PUSH(arena, array, count)                                                        \
    ((array) = lat_arena_grow((arena), (array), (count), sizeof(*(array))), &(array)[(count)++])
