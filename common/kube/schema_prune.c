/* Removing what a structural schema does not know; see schema.h. */
#include "common/kube/schema_int.h"

#include "common/base/json.h"
#include "common/base/text.h"

struct pruner {
    struct lat_arena *arena;
    const char ***paths; /* NULL: nobody asks */
    size_t *path_count;
};

static void prune_value(struct pruner *pruner, const struct node *node, json_t *value,
                        const char *path);

static bool is_object_meta(const char *name)
{
    return lat_text_eq(name, "apiVersion") || lat_text_eq(name, "kind") ||
           lat_text_eq(name, "metadata");
}

static void drop(struct pruner *pruner, json_t *object, const char *path, const char *name)
{
    if (pruner->paths != NULL)
        *LAT_ARENA_PUSH(pruner->arena, *pruner->paths, *pruner->path_count) =
            lat_arena_strdup(pruner->arena, lat_kube_field_member(pruner->arena, path, name));
    json_object_del(object, name);
}

static void prune_object(struct pruner *pruner, const struct node *node, json_t *object,
                         const char *path)
{
    const char *name;
    json_t *value;
    void *next;
    json_object_foreach_safe(object, next, name, value) {
        if ((path[0] == '\0' || node->embedded) && is_object_meta(name))
            continue;
        const struct node *member = lat_kube_node_property(node, name);
        if (member == NULL)
            member = node->additional;
        if (member != NULL)
            prune_value(pruner, member, value, lat_kube_field_member(pruner->arena, path, name));
        else if (!node->preserves_unknown)
            drop(pruner, object, path, name);
    }
}

static void prune_value(struct pruner *pruner, const struct node *node, json_t *value,
                        const char *path)
{
    if (json_is_object(value)) {
        prune_object(pruner, node, value, path);
        return;
    }
    for (size_t i = 0; node->items != NULL && i < json_array_size(value); i++)
        prune_value(pruner, node->items, json_array_get(value, i),
                    lat_kube_field_item(pruner->arena, path, i));
}

void lat_kube_schema_prune(const struct lat_kube_schema *schema, json_t *object,
                           struct lat_arena *arena, const char ***paths, size_t *path_count)
{
    struct pruner pruner = {arena, paths, path_count};
    prune_value(&pruner, lat_kube_schema_root(schema), object, "");
}
