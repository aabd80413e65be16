/* The OpenAPI v2 document, of all kinds in one, as JSON and in protobuf. Older programs validate,
 * explain and merge by it: kubectl up to 1.26 reads nothing else. */
#include "simulator/kubernetes/about/about.h"

#include "common/base/lat_limits.h"
#include "common/base/text.h"
#include "common/kube/openapi_protobuf.h"

#include <string.h>

#define METADATA_NAME "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
#define PROTOBUF_TYPE "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

/* Both spellings are asked for; the one with '@' is no proper media type (documented). */
static const char *const protobuf_types[] = {
    PROTOBUF_TYPE, "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"};

static void remove_members(json_t *object, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        json_object_del(object, names[i]);
}

static void downgrade(json_t *schema);

static void downgrade_all(json_t *schemas)
{
    const char *name;
    json_t *schema;
    json_object_foreach(schemas, name, schema)
        downgrade(schema);
}

/* What v2 cannot say goes, as kube-apiserver lets it go (documented): readers would else refuse
 * what is allowed. */
static void downgrade(json_t *schema)
{
    static const char *const unknown[] = {"nullable", "default", "anyOf", "oneOf", "allOf", "not"};
    static const char *const typed[] = {"type", "items", "properties"};
    static const char *const opened[] = {"items", "properties"};
    if (json_is_true(json_object_get(schema, "nullable")))
        remove_members(schema, typed, LAT_COUNT(typed));
    if (json_is_true(json_object_get(schema, "x-kubernetes-int-or-string"))) {
        lat_json_set_string(schema, "type", "string");
        lat_json_set_string(schema, "format", "int-or-string");
    }
    if (json_is_true(json_object_get(schema, "x-kubernetes-preserve-unknown-fields")))
        remove_members(schema, opened, LAT_COUNT(opened));
    remove_members(schema, unknown, LAT_COUNT(unknown));
    downgrade_all(json_object_get(schema, "properties"));
    if (json_is_object(json_object_get(schema, "items")))
        downgrade(json_object_get(schema, "items"));
    if (json_is_object(json_object_get(schema, "additionalProperties")))
        downgrade(json_object_get(schema, "additionalProperties"));
}

static json_t *definition_new(const struct lat_kube_kind *kind,
                              const struct lat_kube_version *version)
{
    json_t *schema = sim_kube_published_schema_new(version->schema);
    downgrade(schema);
    json_t *properties = json_object_get(schema, "properties");
    if (properties == NULL) { /* a reader needs the object, whatever else it may hold */
        properties = json_object();
        json_object_set_new(schema, "properties", properties);
        lat_json_set_string(schema, "type", "object");
    }
    json_object_set_new(properties, "apiVersion", json_pack("{s:s}", "type", "string"));
    json_object_set_new(properties, "kind", json_pack("{s:s}", "type", "string"));
    json_object_set_new(properties, "metadata",
                        json_pack("{s:s}", "$ref", "#/definitions/" METADATA_NAME));
    json_object_set_new(schema, "x-kubernetes-group-version-kind",
                        json_pack("[o]", sim_kube_type_new(kind, version->name)));
    return schema;
}

/* "io.k8s.networking.gateway.v1.HTTPRoute": the labels of the group turned round. */
static const char *definition_name(struct lat_arena *arena, const struct lat_kube_kind *kind,
                                   const char *version)
{
    const char *name = lat_arena_printf(arena, "%s.%s", version, kind->kind);
    const char *group = kind->group[0] == '\0' ? "core.api.k8s.io" : kind->group;
    while (*group != '\0') {
        size_t length = strcspn(group, ".");
        const char *rest = group + length + (group[length] == '.');
        name = lat_arena_printf(arena, "%.*s.%s", (int)length, group, name);
        group = rest;
    }
    return name;
}

static json_t *query_new(const char *name)
{
    return json_pack("{s:s, s:s, s:s, s:b}", "name", name, "in", "query", "type", "string",
                     "uniqueItems", 1);
}

/* That a kind can be patched, with which parameters, is where clients look for dry run and
 * validation by the server. */
static json_t *operations_new(const struct lat_kube_kind *kind, const char *version,
                              const char *name)
{
    json_t *responses = json_pack("{s:{s:s, s:{s:s+}}}", "200", "description", "OK", "schema",
                                  "$ref", "#/definitions/", name);
    return json_pack("{s:{s:s, s:o, s:O}, s:{s:s, s:o, s:[o, o, o, o], s:o}}", "get",
                     "x-kubernetes-action", "get", "x-kubernetes-group-version-kind",
                     sim_kube_type_new(kind, version), "responses", responses, "patch",
                     "x-kubernetes-action", "patch", "x-kubernetes-group-version-kind",
                     sim_kube_type_new(kind, version), "parameters", query_new("dryRun"),
                     query_new("fieldManager"), query_new("fieldValidation"), query_new("force"),
                     "responses", responses);
}

static json_t *document_new(struct sim_kube_call *call)
{
    json_t *paths = json_object(), *definitions = json_object();
    const struct lat_kube_kinds *kinds = call->kube->kinds;
    json_t *metadata = sim_kube_published_schema_new(kinds->metadata);
    downgrade(metadata);
    json_object_set_new(definitions, METADATA_NAME, metadata);
    for (size_t k = 0; k < kinds->count; k++)
        for (size_t v = 0; v < kinds->items[k]->version_count; v++) {
            const struct lat_kube_kind *kind = kinds->items[k];
            const struct lat_kube_version *version = &kind->versions[v];
            if (!version->is_served)
                continue;
            const char *name = definition_name(call->arena, kind, version->name);
            json_object_set_new(definitions, name, definition_new(kind, version));
            json_object_set_new(
                paths,
                lat_arena_printf(call->arena, "/%s/%s%s/{name}",
                                 sim_kube_group_path(call->arena, kind, version->name),
                                 kind->is_namespaced ? "namespaces/{namespace}/" : "",
                                 kind->plural),
                operations_new(kind, version->name, name));
        }
    return json_pack("{s:s, s:{s:s, s:s}, s:o, s:o}", "swagger", "2.0", "info", "title",
                     "Kubernetes", "version", SIM_KUBE_VERSION, "paths", paths, "definitions",
                     definitions);
}

void sim_kube_openapi_v2(struct sim_kube_call *call)
{
    const char *accept = lat_text_or_empty(lat_http_request_header(call->http, "Accept"));
    LAT_AUTO(lat_json_decrefp) json_t *document = document_new(call);
    bool wants_protobuf = false;
    for (size_t i = 0; i < LAT_COUNT(protobuf_types); i++)
        wants_protobuf |= strstr(accept, protobuf_types[i]) != NULL;
    if (!wants_protobuf) {
        sim_kube_answer_json(call, 200, document);
        return;
    }
    lat_kube_openapi_write(&call->buf, document);
    call->answer = (struct sim_kube_answer){
        .status = 200,
        .content_type = PROTOBUF_TYPE,
        .body = call->buf.data,
        .length = call->buf.length,
    };
}
