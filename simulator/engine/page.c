/* Page tokens; see resource.h. A token is the operation and the last key, encoded so that nobody
 * builds one by hand; it says where the page ended, never which filters were asked. */
#include "common/base/text.h"
#include "simulator/engine/resource.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A small checksum: a token of another operation, or one made up, does not pass. */
static uint32_t seal(const char *operation, int64_t key)
{
    uint32_t hash = 2166136261u;
    for (const char *p = operation; *p != '\0'; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    for (int byte = 0; byte < 8; byte++)
        hash = (hash ^ (uint32_t)((uint64_t)key >> (8 * byte) & 0xff)) * 16777619u;
    return hash;
}

static bool read_token(const char *operation, const char *token, int64_t *ret_key)
{
    unsigned long long key = 0;
    unsigned int sealed = 0;
    int used = 0;
    if (strlen(token) != 24 || sscanf(token, "%16llx%8x%n", &key, &sealed, &used) != 2 ||
        used != 24)
        return false;
    *ret_key = (int64_t)key;
    return sealed == seal(operation, (int64_t)key);
}

int sim_page_begin(struct sim_call *call, struct lat_opt_int max_results, const char *next_token,
                   struct sim_page *ret)
{
    struct sim_page page = {.limit = max_results.has ? max_results.value : SIM_PAGE_ITEMS_DEFAULT};
    if (next_token != NULL && !read_token(call->operation, next_token, &page.after))
        return sim_refuse(call, SIM_RULE_PAGE_TOKEN, (struct sim_about){.field = "nextToken"});
    page.fetch = page.limit + 1;
    *ret = page;
    return 0;
}

size_t sim_page_end(struct sim_call *call, const struct sim_page *page,
                    const struct sim_table *table, const void *rows, size_t count,
                    const char **ret_token)
{
    *ret_token = NULL;
    if (count <= (size_t)page->limit)
        return count;
    const struct sim_table *base = table->base == NULL ? table : table->base;
    const char *last_row = (const char *)rows + (size_t)(page->limit - 1) * table->row_bytes;
    int64_t last = *(const int64_t *)(const void *)(last_row + base->columns[0].offset);
    *ret_token = lat_arena_printf(call->arena, "%016llx%08x", (unsigned long long)last,
                                  seal(call->operation, last));
    return (size_t)page->limit;
}
