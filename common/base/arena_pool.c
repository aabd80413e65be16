/* Arenas kept for the next use; see arena_pool.h. */
#include "common/base/arena_pool.h"

struct lat_arena *lat_arena_pool_take(struct lat_arena_pool *pool)
{
    return pool->count == 0 ? lat_arena_new() : pool->spare[--pool->count];
}

void lat_arena_pool_give(struct lat_arena_pool *pool, struct lat_arena *arena)
{
    if (pool->count + 1 >= LAT_ARENA_POOL_SLOTS) {
        lat_arena_free(arena);
        return;
    }
    lat_arena_clear(arena);
    pool->spare[pool->count++] = arena;
}

void lat_arena_pool_done(struct lat_arena_pool *pool)
{
    while (pool->count > 0)
        lat_arena_free(pool->spare[--pool->count]);
}
