/* What the passes share: the model's view of the caches, and patches. See pass.h. */
#include "controller/reconcile/pass.h"

#include "common/base/json.h"
#include "common/base/text.h"

static int view_get(void *context, const char *kind_name, const char *kube_namespace,
                    const char *name, const json_t **ret_object, struct lat_err *reterr)
{
    const struct gwc_kind *kind = gwc_kind_by_name(kind_name);
    if (kind == NULL)
        return lat_err_broken(reterr, "no cache of %s", kind_name);
    *ret_object = gwc_cache_get(context, kind->id, kube_namespace, name);
    return 0;
}

static int view_list(void *context, struct lat_arena *arena, const char *kind_name,
                     const char *kube_namespace, struct gwc_objects *ret_objects,
                     struct lat_err *reterr)
{
    const struct gwc_kind *kind = gwc_kind_by_name(kind_name);
    if (kind == NULL || !gwc_cache_is_served(context, kind->id))
        return lat_err_broken(reterr, "no matches for kind \"%s\"", kind_name);
    json_t **objects = NULL;
    size_t count = gwc_cache_list(context, kind->id, kube_namespace, arena, &objects);
    const json_t **items = LAT_NEW_ARRAY(arena, const json_t *, count + 1);
    for (size_t i = 0; i < count; i++)
        items[i] = objects[i];
    *ret_objects = (struct gwc_objects){.items = items, .count = count};
    return 0;
}

struct gwc_cluster_view gwc_cache_view(const struct gwc_cache *cache)
{
    /* The context of a view is not const, but these two functions only read. */
    union {
        const struct gwc_cache *in;
        void *out;
    } pun = {.in = cache};
    return (struct gwc_cluster_view){.context = pun.out, .get = view_get, .list = view_list};
}

const struct gwc_kind *gwc_route_kind_of(enum gwc_route_kind route_kind)
{
    return gwc_kind_by_name(gwc_route_facts[route_kind].kind);
}

int gwc_patch_object(struct gwc_pass *pass, const struct gwc_kind *kind, const json_t *before,
                     const json_t *after, const char *subresource, json_t **ret_new_object,
                     struct gwc_kube_error *ret_error)
{
    LAT_AUTO(lat_json_decrefp) json_t *patch = gwc_merge_patch_new(before, after);
    const char *path = gwc_kind_path(pass->arena, kind, lat_kube_namespace(before),
                                     lat_kube_name(before), subresource);
    return gwc_kube_call(pass->options->kube, pass->arena, "PATCH", path, GWC_KUBE_MERGE_PATCH,
                         patch, ret_new_object, ret_error);
}
