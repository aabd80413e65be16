/* What the OpenAPI documents of both versions have in common. */
#include "simulator/kubernetes/about/about.h"

const char *sim_kube_group_path(struct lat_arena *arena, const struct lat_kube_kind *kind,
                                const char *version)
{
    const char *root = kind->group[0] == '\0' ? "api" : "apis";
    return lat_arena_printf(arena, "%s%s%s/%s", root, kind->group[0] == '\0' ? "" : "/",
                            kind->group, version);
}

json_t *sim_kube_type_new(const struct lat_kube_kind *kind, const char *version)
{
    return json_pack("{s:s, s:s, s:s}", "group", kind->group, "version", version, "kind",
                     kind->kind);
}

/* Lists that are merged by a key say so in two members (documented); our files need one. */
static void name_strategies(json_t *schema)
{
    const char *name;
    json_t *member;
    if (json_object_get(schema, "x-kubernetes-patch-merge-key") != NULL &&
        json_object_get(schema, "x-kubernetes-patch-strategy") == NULL)
        lat_json_set_string(schema, "x-kubernetes-patch-strategy", "merge");
    json_object_foreach(json_object_get(schema, "properties"), name, member)
        name_strategies(member);
    if (json_is_object(json_object_get(schema, "items")))
        name_strategies(json_object_get(schema, "items"));
}

json_t *sim_kube_published_schema_new(const struct lat_kube_schema *schema)
{
    json_t *published = lat_json_copy_new(lat_kube_schema_document(schema));
    name_strategies(published);
    return published;
}
