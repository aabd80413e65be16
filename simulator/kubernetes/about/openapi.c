/* OpenAPI v3 documents, as much as kubectl reads: which kinds can be patched with fieldValidation
 * (so that it leaves validation to the server), and their schemas for explain. */
#include "simulator/kubernetes/about/about.h"

#include "common/base/text.h"

static void answer_root(struct sim_kube_call *call)
{
    LAT_AUTO(lat_json_decrefp) json_t *paths = json_object();
    const struct lat_kube_kinds *kinds = call->kube->kinds;
    for (size_t k = 0; k < kinds->count; k++)
        for (size_t v = 0; v < kinds->items[k]->version_count; v++) {
            const struct lat_kube_version *version = &kinds->items[k]->versions[v];
            const char *path = sim_kube_group_path(call->arena, kinds->items[k], version->name);
            if (version->is_served)
                json_object_set_new(paths, path,
                                    json_pack("{s:s+}", "serverRelativeURL", "/openapi/v3/", path));
        }
    LAT_AUTO(lat_json_decrefp) json_t *answer = json_pack("{s:O}", "paths", paths);
    sim_kube_answer_json(call, 200, answer);
}

/* get and patch of one object, named by the type they work on. */
static json_t *operations_new(const struct lat_kube_kind *kind, const char *version,
                              const char *schema_name)
{
    json_t *validation = json_pack("{s:s, s:s, s:{s:s}}", "name", "fieldValidation", "in", "query",
                                   "schema", "type", "string");
    json_t *content = json_pack("{s:{s:{s:{s:{s:s+}}}}}", "200", "content", "application/json",
                                "schema", "$ref", "#/components/schemas/", schema_name);
    return json_pack("{s:{s:s, s:o, s:O}, s:{s:s, s:o, s:[o], s:o}}", "get", "x-kubernetes-action",
                     "get", "x-kubernetes-group-version-kind", sim_kube_type_new(kind, version),
                     "responses", content, "patch", "x-kubernetes-action", "patch",
                     "x-kubernetes-group-version-kind", sim_kube_type_new(kind, version),
                     "parameters", validation, "responses", content);
}

static json_t *schema_new(const struct lat_kube_kind *kind, const struct lat_kube_version *version,
                          json_t *metadata)
{
    json_t *schema = sim_kube_published_schema_new(version->schema);
    json_t *properties = json_object_get(schema, "properties");
    json_object_set_new(properties, "apiVersion", json_pack("{s:s}", "type", "string"));
    json_object_set_new(properties, "kind", json_pack("{s:s}", "type", "string"));
    json_object_set(properties, "metadata", metadata);
    json_object_set_new(schema, "x-kubernetes-group-version-kind",
                        json_pack("[o]", sim_kube_type_new(kind, version->name)));
    return schema;
}

static void add_kind(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                     const struct lat_kube_version *version, const char *root, json_t *paths,
                     json_t *schemas)
{
    const char *schema_name =
        lat_arena_printf(call->arena, "%s.%s.%s", kind->group[0] == '\0' ? "core" : kind->group,
                         version->name, kind->kind);
    const char *path =
        lat_arena_printf(call->arena, "/%s/%s%s/{name}", root,
                         kind->is_namespaced ? "namespaces/{namespace}/" : "", kind->plural);
    json_t *operations = operations_new(kind, version->name, schema_name);
    json_object_set_new(paths, path, operations);
    json_object_set_new(
        schemas, schema_name,
        schema_new(kind, version, lat_kube_schema_document(call->kube->kinds->metadata)));
}

static bool answer_document(struct sim_kube_call *call, const char *root)
{
    LAT_AUTO(lat_json_decrefp) json_t *paths = json_object();
    LAT_AUTO(lat_json_decrefp) json_t *schemas = json_object();
    const struct lat_kube_kinds *kinds = call->kube->kinds;
    for (size_t k = 0; k < kinds->count; k++)
        for (size_t v = 0; v < kinds->items[k]->version_count; v++) {
            const struct lat_kube_version *version = &kinds->items[k]->versions[v];
            if (version->is_served &&
                lat_text_eq(sim_kube_group_path(call->arena, kinds->items[k], version->name), root))
                add_kind(call, kinds->items[k], version, root, paths, schemas);
        }
    if (json_object_size(paths) == 0)
        return false;
    LAT_AUTO(lat_json_decrefp)
    json_t *answer = json_pack("{s:s, s:{s:s, s:s}, s:O, s:{s:O}}", "openapi", "3.0.0", "info",
                               "title", "Kubernetes", "version", SIM_KUBE_VERSION, "paths", paths,
                               "components", "schemas", schemas);
    sim_kube_answer_json(call, 200, answer);
    return true;
}

bool sim_kube_openapi(struct sim_kube_call *call)
{
    const struct sim_kube_request *request = &call->request;
    const char *const *segments = request->segments;
    if (request->segment_count < 2 || !lat_text_eq(segments[0], "openapi"))
        return false;
    if (request->segment_count == 2 && lat_text_eq(segments[1], "v2")) {
        sim_kube_openapi_v2(call);
        return true;
    }
    if (!lat_text_eq(segments[1], "v3"))
        return false;
    if (request->segment_count == 2) {
        answer_root(call);
        return true;
    }
    const char *root = segments[2];
    for (size_t i = 3; i < request->segment_count; i++)
        root = lat_arena_printf(call->arena, "%s/%s", root, segments[i]);
    return answer_document(call, root);
}
