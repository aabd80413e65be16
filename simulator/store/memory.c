/* Memory for SQLite: blocks by size class, cut from slabs, and freed ones kept for the next of
 * their class. A transaction copies each page that it changes into many small blocks and frees them
 * all; the general allocator cuts and joins these at more than the cost of the copy. What a state
 * has taken is used again by the next state, not given back. For one thread. */
#include "simulator/store/store_int.h"

#include "common/base/auto.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define STEP             16 /* by which the sizes of small classes differ */
#define SMALL_CLASSES    68
#define LARGE_CLASSES    48 /* eight to each doubling */
#define CLASSES          (SMALL_CLASSES + LARGE_CLASSES)
#define SLAB_BYTES_FIRST ((size_t)64 << 10) /* an idle simulator is small */
#define SLAB_BYTES_MAX   ((size_t)2 << 20)  /* a large page, where the kernel has them */

struct block {
    uint32_t class;  /* CLASSES: a block of its own, too large for any class */
    uint32_t chunks; /* its size in steps */
    unsigned char bytes[];
};

struct pool {
    void *kept[CLASSES]; /* the first of the free ones, whose first bytes point to the next */
    size_t sizes[CLASSES];
    unsigned char *slab;
    size_t slab_bytes;
    size_t left;
};

/* SQLite has one allocator for the whole process and hands it no context. */
static struct pool pool;

static size_t class_of(size_t size)
{
    if (size <= SMALL_CLASSES * STEP)
        return size == 0 ? 0 : (size - 1) / STEP;
    size_t class = SMALL_CLASSES;
    while (class < CLASSES && pool.sizes[class] < size)
        class ++;
    return class;
}

static void *new_slab(size_t bytes)
{
    if (bytes < SLAB_BYTES_MAX)
        return malloc(bytes);
    void *slab = aligned_alloc(SLAB_BYTES_MAX, bytes);
    if (slab != NULL)
        madvise(slab, bytes, MADV_HUGEPAGE); /* a hint: without it each page costs a fault */
    return slab;
}

/* The rest of the slab before is lost: less than one block. */
static void *cut(size_t bytes)
{
    if (pool.left < bytes) {
        if (pool.slab_bytes < SLAB_BYTES_MAX)
            pool.slab_bytes = pool.slab_bytes == 0 ? SLAB_BYTES_FIRST : pool.slab_bytes * 2;
        pool.slab = new_slab(pool.slab_bytes);
        pool.left = pool.slab == NULL ? 0 : pool.slab_bytes;
        if (pool.slab == NULL)
            return NULL;
    }
    void *block = pool.slab;
    pool.slab += bytes;
    pool.left -= bytes;
    return block;
}

static struct block *block_of(void *memory)
{
    return (struct block *)(void *)((unsigned char *)memory - offsetof(struct block, bytes));
}

static void *allocate(int size)
{
    size_t class = class_of((size_t)size);
    if (class < CLASSES && pool.kept[class] != NULL) {
        void *memory = pool.kept[class];
        memcpy(&pool.kept[class], memory, sizeof(void *));
        return memory;
    }
    size_t chunks = (class < CLASSES ? pool.sizes[class] : (size_t)size + STEP - 1) / STEP;
    size_t bytes = offsetof(struct block, bytes) + chunks * STEP;
    struct block *block = class < CLASSES ? cut(bytes) : malloc(bytes);
    if (block == NULL)
        return NULL;
    block->class = (uint32_t) class;
    block->chunks = (uint32_t)chunks;
    return block->bytes;
}

static void release(void *memory)
{
    struct block *block = block_of(memory);
    if (block->class == CLASSES) {
        free(block);
        return;
    }
    memcpy(memory, &pool.kept[block->class], sizeof(void *));
    pool.kept[block->class] = memory;
}

static int size_of(void *memory)
{
    return memory == NULL ? 0 : (int)(block_of(memory)->chunks * STEP);
}

static void *reallocate(void *memory, int size)
{
    if (size <= size_of(memory))
        return memory;
    void *more = allocate(size);
    if (more == NULL)
        return NULL;
    memcpy(more, memory, (size_t)size_of(memory));
    release(memory);
    return more;
}

static int round_up(int size)
{
    size_t class = class_of((size_t)size);
    return class < CLASSES ? (int)pool.sizes[class] : (size + STEP - 1) / STEP * STEP;
}

static int set_sizes(void *context)
{
    (void)context;
    for (size_t i = 0; i < CLASSES; i++) {
        size_t large = i < SMALL_CLASSES ? 0 : i - SMALL_CLASSES + 1;
        pool.sizes[i] = large == 0 ? (i + 1) * STEP
                                   : ((size_t)SMALL_CLASSES * STEP << large / 8) / 8 *
                                         (8 + large % 8) / STEP * STEP;
    }
    return SQLITE_OK;
}

static void stop(void *context)
{
    (void)context;
}

/* Sanitizers look after blocks of the general allocator, those of SQLite among them. */
#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) ||                               \
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_WATCHED true
#else
#define IS_WATCHED false
#endif

void sim_store_use_pool(void)
{
    static const sqlite3_mem_methods methods = {allocate, release,   reallocate, size_of,
                                                round_up, set_sizes, stop,       NULL};
    if (!IS_WATCHED)
        sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}
