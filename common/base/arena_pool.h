/* Empty arenas kept for the next use: one that is freed with each request makes the allocator give
 * its pages back to the system and ask for them again. */
#pragma once

#include "common/base/arena.h"

/* AddressSanitizer sees a use after free only when something is freed: nothing is kept under it. */
#ifdef __SANITIZE_ADDRESS__
#define LAT_ARENA_POOL_SLOTS 1 /* the last slot stays empty */
#else
#define LAT_ARENA_POOL_SLOTS 65
#endif

/* All zero is an empty pool. */
struct lat_arena_pool {
    struct lat_arena *spare[LAT_ARENA_POOL_SLOTS];
    size_t count;
};

/* An empty arena, the caller's until it gives or frees it. */
struct lat_arena *lat_arena_pool_take(struct lat_arena_pool *pool) LAT_MUST_USE;
void lat_arena_pool_give(struct lat_arena_pool *pool, struct lat_arena *arena);

/* Frees what is kept. */
void lat_arena_pool_done(struct lat_arena_pool *pool);
