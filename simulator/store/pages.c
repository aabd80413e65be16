/* The page cache for SQLite: a table by page number. The library's own walks through all pages it
 * holds whenever a tree was rebalanced, so that each write costs the more the larger the state is.
 * A database in memory keeps every page; that of a file as many as it is told to, least recently
 * used ones go first. For one thread. */
#include "simulator/store/store_int.h"

#include "common/base/auto.h"

#include <stdlib.h>
#include <string.h>

#define LEAF_PAGES 256

struct page {
    sqlite3_pcache_page shown; /* first: the library knows pages by this */
    unsigned key;
    bool is_pinned;
    struct page *newer, *older; /* of the pages of a file that nobody uses just now */
};

struct leaf {
    unsigned used;
    struct page *pages[LEAF_PAGES];
};

struct cache {
    size_t page_bytes, extra_bytes;
    bool is_bounded;
    unsigned max, count;
    struct leaf **leaves;
    unsigned leaf_count;
    unsigned end; /* no key is this or above: each transaction ends with a call of truncate */
    struct page unpinned; /* the ring of pages that may go: newest behind it, oldest before it */
};

static int begin(void *context)
{
    (void)context;
    return SQLITE_OK;
}

static void end(void *context)
{
    (void)context;
}

static sqlite3_pcache *create(int page_bytes, int extra_bytes, int is_purgeable)
{
    struct cache *cache = sqlite3_malloc(sizeof *cache);
    if (cache == NULL)
        return NULL;
    *cache = (struct cache){.page_bytes = (size_t)page_bytes,
                            .extra_bytes = (size_t)extra_bytes,
                            .is_bounded = is_purgeable != 0};
    cache->unpinned.newer = cache->unpinned.older = &cache->unpinned;
    return (sqlite3_pcache *)cache;
}

static struct cache *cache_of(sqlite3_pcache *given)
{
    return (struct cache *)given;
}

static void set_max(sqlite3_pcache *given, int max)
{
    cache_of(given)->max = (unsigned)max;
}

static int count(sqlite3_pcache *given)
{
    return (int)cache_of(given)->count;
}

static struct page *find(const struct cache *cache, unsigned key)
{
    unsigned leaf = key / LEAF_PAGES;
    if (leaf >= cache->leaf_count || cache->leaves[leaf] == NULL)
        return NULL;
    return cache->leaves[leaf]->pages[key % LEAF_PAGES];
}

/* Makes sure that there is a leaf for the key. */
static int make_leaf(struct cache *cache, unsigned key)
{
    unsigned leaf = key / LEAF_PAGES;
    if (leaf >= cache->leaf_count) {
        unsigned more = leaf + 1 > cache->leaf_count * 2 ? leaf + 1 : cache->leaf_count * 2;
        struct leaf **leaves = sqlite3_realloc64(cache->leaves, more * sizeof leaves[0]);
        if (leaves == NULL)
            return -1;
        memset(leaves + cache->leaf_count, 0, (more - cache->leaf_count) * sizeof leaves[0]);
        cache->leaves = leaves;
        cache->leaf_count = more;
    }
    if (cache->leaves[leaf] != NULL)
        return 0;
    cache->leaves[leaf] = sqlite3_malloc(sizeof(struct leaf));
    if (cache->leaves[leaf] == NULL)
        return -1;
    memset(cache->leaves[leaf], 0, sizeof(struct leaf));
    return 0;
}

static void enter(struct cache *cache, struct page *page, unsigned key)
{
    struct leaf *leaf = cache->leaves[key / LEAF_PAGES];
    leaf->pages[key % LEAF_PAGES] = page;
    leaf->used++;
    page->key = key;
    cache->count++;
    if (key >= cache->end)
        cache->end = key + 1;
}

/* Takes a page out of the table; the leaf goes with its last page. */
static void leave(struct cache *cache, const struct page *page)
{
    struct leaf **leaf = &cache->leaves[page->key / LEAF_PAGES];
    (*leaf)->pages[page->key % LEAF_PAGES] = NULL;
    cache->count--;
    if (--(*leaf)->used > 0)
        return;
    sqlite3_free(*leaf);
    *leaf = NULL;
}

static void pin(struct page *page)
{
    if (!page->is_pinned) {
        page->newer->older = page->older;
        page->older->newer = page->newer;
    }
    page->is_pinned = true;
}

static struct page *new_page(const struct cache *cache)
{
    struct page *page = sqlite3_malloc64(sizeof *page + cache->page_bytes + cache->extra_bytes);
    if (page == NULL)
        return NULL;
    page->shown.pBuf = page + 1;
    page->shown.pExtra = (unsigned char *)(page + 1) + cache->page_bytes;
    page->is_pinned = true;
    return page;
}

static sqlite3_pcache_page *fetch(sqlite3_pcache *given, unsigned key, int effort)
{
    struct cache *cache = cache_of(given);
    struct page *page = find(cache, key);
    if (page != NULL) {
        pin(page);
        return &page->shown;
    }
    if (effort == 0 || make_leaf(cache, key) < 0)
        return NULL;
    struct page *oldest = cache->unpinned.newer;
    if (cache->is_bounded && cache->count >= cache->max && oldest != &cache->unpinned) {
        pin(oldest);
        leave(cache, oldest);
        page = oldest;
        if (make_leaf(cache, key) < 0) {
            sqlite3_free(page);
            return NULL;
        }
    } else if ((page = new_page(cache)) == NULL) {
        return NULL;
    }
    memset(page->shown.pExtra, 0, sizeof(void *)); /* how the library knows a new page */
    enter(cache, page, key);
    return &page->shown;
}

static void drop(struct cache *cache, struct page *page)
{
    pin(page);
    leave(cache, page);
    sqlite3_free(page);
}

static void unpin(sqlite3_pcache *given, sqlite3_pcache_page *shown, int is_needless)
{
    struct cache *cache = cache_of(given);
    struct page *page = (struct page *)(void *)shown;
    if (is_needless) {
        drop(cache, page);
    } else if (cache->is_bounded) {
        struct page *ring = &cache->unpinned;
        page->is_pinned = false;
        page->older = ring->older;
        page->newer = ring;
        ring->older->newer = page;
        ring->older = page;
    }
}

/* Whatever had the new number has no user, and goes. */
static void rekey(sqlite3_pcache *given, sqlite3_pcache_page *shown, unsigned before, unsigned key)
{
    struct cache *cache = cache_of(given);
    struct page *page = (struct page *)(void *)shown, *there = find(cache, key);
    (void)before;
    if (there != NULL)
        drop(cache, there);
    if (make_leaf(cache, key) < 0)
        abort(); /* the library knows no failure of this */
    leave(cache, page);
    if (make_leaf(cache, key) < 0)
        abort();
    enter(cache, page, key);
}

static void truncate(sqlite3_pcache *given, unsigned first)
{
    struct cache *cache = cache_of(given);
    if (cache->end <= first)
        return;
    for (unsigned i = first / LEAF_PAGES; i <= (cache->end - 1) / LEAF_PAGES; i++)
        for (unsigned k = 0; cache->leaves[i] != NULL && k < LEAF_PAGES; k++) {
            struct page *page = cache->leaves[i]->pages[k];
            if (page != NULL && page->key >= first)
                drop(cache, page);
        }
    cache->end = first;
}

static void destroy(sqlite3_pcache *given)
{
    truncate(given, 0);
    sqlite3_free(cache_of(given)->leaves);
    sqlite3_free(given);
}

static void shrink(sqlite3_pcache *given)
{
    (void)given;
}

void sim_store_use_page_table(void)
{
    static const sqlite3_pcache_methods2 methods = {
        .iVersion = 1,
        .xInit = begin,
        .xShutdown = end,
        .xCreate = create,
        .xCachesize = set_max,
        .xPagecount = count,
        .xFetch = fetch,
        .xUnpin = unpin,
        .xRekey = rekey,
        .xTruncate = truncate,
        .xDestroy = destroy,
        .xShrink = shrink,
    };
    sqlite3_config(SQLITE_CONFIG_PCACHE2, &methods);
}
