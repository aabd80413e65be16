/* Arenas: a list of blocks, each at least twice as large as the one before it.
 * The only place that decides what happens when memory runs out: it ends the process. */
#include "common/base/arena.h"

#include "common/base/lat_limits.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct block {
    struct block *next; /* the block that was filled before this one */
    size_t capacity;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

struct lat_arena {
    struct block *head; /* the block that allocations come from; never NULL */
};

static struct block *block_new(size_t capacity, struct block *next)
{
    struct block *block = malloc(sizeof *block + capacity);
    if (block == NULL) {
        fputs("out of memory\n", stderr);
        abort();
    }
    block->capacity = capacity;
    block->used = 0;
    block->next = next;
    return block;
}

struct lat_arena *lat_arena_new(void)
{
    struct block *block = block_new(LAT_ARENA_BLOCK_BYTES, NULL);
    struct lat_arena *arena = (struct lat_arena *)block->bytes;
    block->used = sizeof(max_align_t) > sizeof *arena ? sizeof(max_align_t) : sizeof *arena;
    arena->head = block;
    return arena;
}

struct lat_arena *lat_arena_free(struct lat_arena *arena)
{
    struct block *block = arena == NULL ? NULL : arena->head;
    while (block != NULL) {
        struct block *next = block->next;
        free(block); /* the last one freed is the first one made, which holds the arena itself */
        block = next;
    }
    return NULL;
}

void lat_arena_freep(struct lat_arena **arena)
{
    *arena = lat_arena_free(*arena);
}

void lat_arena_clear(struct lat_arena *arena)
{
    struct block *block = arena->head;
    while (block->next != NULL) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
    size_t kept =
        sizeof(max_align_t) > sizeof(struct lat_arena) ? sizeof(max_align_t) : sizeof *arena;
    block->used = kept;
    arena->head = block;
}

bool lat_arena_holds(const struct lat_arena *arena, const void *memory)
{
    uintptr_t at = (uintptr_t)memory;
    for (const struct block *block = arena->head; block != NULL; block = block->next)
        if (at >= (uintptr_t)block->bytes && at < (uintptr_t)block->bytes + block->capacity)
            return true;
    return false;
}

static size_t rounded(size_t size)
{
    size_t step = alignof(max_align_t);
    return size == 0 ? step : (size + step - 1) / step * step;
}

void *lat_arena_take(struct lat_arena *arena, size_t size)
{
    assert(size < SIZE_MAX / 2);
    size_t need = rounded(size);
    struct block *head = arena->head;
    if (head->capacity - head->used < need) {
        size_t capacity = head->capacity * 2;
        if (capacity > LAT_ARENA_BLOCK_BYTES_MAX)
            capacity = LAT_ARENA_BLOCK_BYTES_MAX;
        head = block_new(capacity < need ? need : capacity, head);
        arena->head = head;
    }
    void *memory = head->bytes + head->used;
    head->used += need;
    return memory;
}

void lat_arena_trim(struct lat_arena *arena, const void *memory, size_t size, size_t kept)
{
    struct block *head = arena->head;
    assert(kept <= size);
    if ((const unsigned char *)memory + rounded(size) == head->bytes + head->used)
        head->used -= rounded(size) - rounded(kept);
}

void *lat_arena_alloc(struct lat_arena *arena, size_t size)
{
    return memset(lat_arena_take(arena, size), 0, size);
}

char *lat_arena_strndup(struct lat_arena *arena, const char *text, size_t length)
{
    char *copy = lat_arena_take(arena, length + 1);
    if (length > 0) /* an empty text may have no place */
        memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *lat_arena_strdup(struct lat_arena *arena, const char *text)
{
    return text == NULL ? NULL : lat_arena_strndup(arena, text, strlen(text));
}

#define FORMATTED_BYTES 256 /* most formatted texts fit and are formatted once */

char *lat_arena_vprintf(struct lat_arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    assert(format != NULL);
    char *text = lat_arena_take(arena, FORMATTED_BYTES);
    int length = vsnprintf(text, FORMATTED_BYTES, format, args);
    assert(length >= 0);
    if (length < FORMATTED_BYTES) {
        lat_arena_trim(arena, text, FORMATTED_BYTES, (size_t)length + 1);
    } else {
        lat_arena_trim(arena, text, FORMATTED_BYTES, 0);
        text = lat_arena_take(arena, (size_t)length + 1);
        vsnprintf(text, (size_t)length + 1, format, again);
    }
    va_end(again);
    return text;
}

char *lat_arena_printf(struct lat_arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = lat_arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

char *lat_arena_concat(struct lat_arena *arena, const char *first, ...)
{
    size_t length = 0;
    va_list args;
    va_start(args, first);
    for (const char *text = first; text != NULL; text = va_arg(args, const char *))
        length += strlen(text);
    va_end(args);
    char *whole = lat_arena_take(arena, length + 1), *end = whole;
    va_start(args, first);
    for (const char *text = first; text != NULL; text = va_arg(args, const char *))
        end = stpcpy(end, text);
    va_end(args);
    *end = '\0';
    return whole;
}

void *lat_arena_grow(struct lat_arena *arena, void *array, size_t count, size_t element_bytes)
{
    bool full = (count & (count - 1)) == 0; /* 0, 1, 2, 4, 8, …: the capacities in turn */
    if (!full)
        return array;
    size_t capacity = count == 0 ? 1 : count * 2;
    void *grown = lat_arena_alloc(arena, capacity * element_bytes);
    if (count > 0)
        memcpy(grown, array, count * element_bytes);
    return grown;
}

/* The length of the well-formed character at text (Unicode, table 3-7); 0 when there is none. */
static size_t character_length(const unsigned char *text)
{
    static const struct {
        unsigned char first_min, first_max, second_min, second_max, length;
    } forms[] = {
        {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
        {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
        {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    if (text[0] < 0x80)
        return 1;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (text[0] < forms[i].first_min || text[0] > forms[i].first_max)
            continue;
        if (text[1] < forms[i].second_min || text[1] > forms[i].second_max)
            return 0;
        for (size_t k = 2; k < forms[i].length; k++)
            if ((text[k] & 0xc0) != 0x80)
                return 0;
        return forms[i].length;
    }
    return 0;
}

const char *lat_arena_utf8(struct lat_arena *arena, const char *text)
{
    static const char replacement[] = "\xef\xbf\xbd";
    const unsigned char *at = (const unsigned char *)text;
    size_t length = 1;
    while (*at != '\0' && (length = character_length(at)) > 0)
        at += length;
    if (*at == '\0')
        return text;
    char *copy = lat_arena_alloc(arena, 3 * strlen(text) + 1), *out = copy;
    for (at = (const unsigned char *)text; *at != '\0'; at += length == 0 ? 1 : length) {
        length = character_length(at);
        const char *from = length == 0 ? replacement : (const char *)at;
        size_t count = length == 0 ? 3 : length;
        memcpy(out, from, count);
        out += count;
    }
    return copy;
}
