/* Lists as they were at an earlier version, so that the pages of one list fit together: the objects
 * of today, with everything that changed since put back from the change log. */
#include "simulator/kubernetes/reading/reading.h"

#include "common/base/text.h"

#include <string.h>

static int compare(const char *namespace, const char *name, const char *other_namespace,
                   const char *other_name)
{
    int order = strcmp(namespace, other_namespace);
    return order != 0 ? order : strcmp(name, other_name);
}

/* Changes that lie behind the cursor and in the namespace (NULL: in any); in order. */
static size_t keep_listed(struct sim_kube_change *changes, size_t count, const char *namespace,
                          struct sim_kube_cursor after)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if ((namespace == NULL || lat_text_eq(changes[i].namespace, namespace)) &&
            compare(changes[i].namespace, changes[i].name, after.namespace, after.name) > 0)
            changes[kept++] = changes[i];
    return kept;
}

/* The object as it was before the change. */
static void put_back(struct lat_arena *arena, const struct sim_kube_change *change,
                     struct sim_kube_object **rows, size_t *count)
{
    if (change->before != NULL)
        *LAT_ARENA_PUSH(arena, *rows, *count) = (struct sim_kube_object){
            .resource = change->resource,
            .namespace = change->namespace,
            .name = change->name,
            .body = change->before,
        };
}

/* The changes up to the last row of a full page; what lies behind it belongs to the next one. */
static size_t keep_on_page(struct sim_kube_change *changes, size_t count,
                           const struct sim_kube_object *last)
{
    while (count > 0 && compare(changes[count - 1].namespace, changes[count - 1].name,
                                last->namespace, last->name) > 0)
        count--;
    return count;
}

int sim_kube_history_list(struct sim_store *store, struct lat_arena *arena, const char *resource,
                          int64_t version, const char *namespace, struct sim_kube_cursor after,
                          int64_t count_max, struct sim_kube_object **ret_rows, size_t *ret_count,
                          bool *ret_has_more)
{
    struct sim_kube_object *present = NULL, *rows = NULL;
    struct sim_kube_change *changes = NULL;
    size_t present_count = 0, change_count = 0, count = 0, c = 0;
    /* A list in one namespace begins at a name, whatever namespace the token names. */
    if (namespace != NULL)
        after.namespace = namespace;
    if (sim_store_kube_list(store, arena, resource, namespace, after, count_max, &present,
                            &present_count) < 0 ||
        sim_store_kube_first_changes(store, arena, resource, version, &changes, &change_count) < 0)
        return -1;
    *ret_has_more = count_max >= 0 && present_count == (size_t)count_max;
    change_count = keep_listed(changes, change_count, namespace, after);
    if (*ret_has_more)
        change_count = keep_on_page(changes, change_count, &present[present_count - 1]);
    for (size_t i = 0; i < present_count; i++) {
        int order = -1;
        for (; c < change_count; c++) {
            order = compare(changes[c].namespace, changes[c].name, present[i].namespace,
                            present[i].name);
            if (order >= 0)
                break;
            put_back(arena, &changes[c], &rows, &count);
        }
        if (c == change_count || order != 0)
            *LAT_ARENA_PUSH(arena, rows, count) = present[i];
        else
            put_back(arena, &changes[c++], &rows, &count);
    }
    for (; c < change_count; c++)
        put_back(arena, &changes[c], &rows, &count);
    *ret_rows = rows;
    *ret_count = count;
    return 0;
}
