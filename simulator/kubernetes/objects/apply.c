/* Server-side apply: the request's part of it. Merging, ownership and conflicts are worked out in
 * common/kube/managed.h; the result is written as any other change. */
#include "simulator/kubernetes/objects/objects.h"

#include "common/base/lat_limits.h"
#include "common/base/text.h"
#include "common/base/yaml.h"
#include "common/kube/managed.h"
#include "common/kube/object.h"

#include <string.h>

#define LAST_APPLIED "kubectl.kubernetes.io/last-applied-configuration"

static int check_options(struct sim_kube_call *call)
{
    const char *manager = sim_kube_parameter(&call->request, "fieldManager");
    struct lat_kube_causes causes = {.arena = call->arena};
    if (lat_text_is_empty(manager))
        lat_kube_cause_add(&causes, LAT_KUBE_REQUIRED, "fieldManager", NULL, "%s",
                           "is required for apply patch");
    else if (strlen(manager) > LAT_KUBE_MANAGER_BYTES_MAX)
        lat_kube_cause_add(&causes, LAT_KUBE_TOO_LONG, "fieldManager", NULL,
                           "may not be more than %d bytes", LAT_KUBE_MANAGER_BYTES_MAX);
    return causes.count == 0 ? 0 : sim_kube_refuse_options(call, "PatchOptions", &causes);
}

/* What is applied: YAML, of which JSON is a part. A new reference. */
static int read_config_new(struct sim_kube_call *call, json_t **ret_new)
{
    const struct lat_http_request *http = call->http;
    struct lat_err err;
    json_t *config = lat_json_parse_new(http->body, http->body_length, &err);
    if (config == NULL) {
        LAT_AUTO(lat_yaml_freep)
        struct lat_yaml *yaml = lat_yaml_parse(http->body, http->body_length, "body", &err);
        if (yaml == NULL || lat_yaml_count(yaml) != 1)
            return sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST, "error decoding YAML: %s",
                                   yaml == NULL ? err.message : "it must hold one document");
        config = json_incref(lat_yaml_document(yaml, 0));
    }
    if (!json_is_object(config)) {
        json_decref(config);
        return sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST,
                               "error decoding YAML: the document must be an object");
    }
    *ret_new = config;
    return 0;
}

static int refuse_typed(struct sim_kube_call *call, const char *why)
{
    const struct sim_kube_request *request = &call->request;
    return sim_kube_refuse(call, SIM_KUBE_UNKNOWN,
                           "failed to create typed patch object (%s/%s; %s, Kind=%s): %s",
                           request->namespace, request->name,
                           lat_kube_kind_api_version(call->arena, request->kind, request->version),
                           request->kind->kind, why);
}

/* A field that the schema does not know is refused whatever fieldValidation says (documented). */
static int check_typed(struct sim_kube_call *call, const json_t *config, const json_t *schema)
{
    LAT_AUTO(lat_json_decrefp) json_t *copy = lat_json_copy_new(config);
    const char **paths = NULL;
    size_t count = 0;
    struct lat_err err;
    lat_kube_schema_prune(call->request.version->schema, copy, call->arena, &paths, &count);
    if (count > 0)
        return refuse_typed(
            call, lat_arena_printf(call->arena, ".%s: field not declared in schema", paths[0]));
    lat_kube_schema_prune(call->kube->kinds->metadata, json_object_get(copy, "metadata"),
                          call->arena, &paths, &count);
    if (count > 0)
        return refuse_typed(
            call,
            lat_arena_printf(call->arena, ".metadata.%s: field not declared in schema", paths[0]));
    return lat_kube_fields_check(call->arena, schema, config, &err) < 0
               ? refuse_typed(call, err.message)
               : 0;
}

static int check_config(struct sim_kube_call *call, json_t *config)
{
    const struct sim_kube_request *request = &call->request;
    const char *expected = lat_kube_kind_api_version(call->arena, request->kind, request->version);
    if (!lat_text_eq(lat_kube_api_version(config), expected))
        return sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST,
                               "Incorrect version specified in apply patch. Specified patch "
                               "version: %s, expected: %s",
                               lat_kube_api_version(config), expected);
    json_t *entries = lat_json_at(config, "metadata.managedFields");
    if (entries != NULL && !json_is_null(entries))
        return sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST, "metadata.managedFields must be nil");
    if (sim_kube_check_addressed(call, config) < 0)
        return -1;
    if (!lat_text_eq(lat_kube_name(config), request->name))
        return sim_kube_refuse(
            call, SIM_KUBE_BAD_REQUEST,
            "the name of the object (%s) does not match the name on the URL (%s)",
            lat_kube_name(config), request->name);
    return 0;
}

/* What the addressed resource does not own goes: status here, all but status there. */
static void keep_owned(const struct sim_kube_call *call, json_t *config)
{
    static const char *const kept[] = {"apiVersion", "kind", "metadata", "status"};
    const char *name;
    json_t *value;
    void *next;
    if (!sim_kube_is_status(&call->request)) {
        if (call->request.version->has_status)
            json_object_del(config, "status");
        return;
    }
    json_object_foreach_safe(config, next, name, value) {
        bool is_kept = false;
        for (size_t i = 0; i < LAT_COUNT(kept); i++)
            is_kept |= lat_text_eq(name, kept[i]);
        if (!is_kept)
            json_object_del(config, name);
    }
    json_t *metadata = json_object_get(config, "metadata");
    json_object_foreach_safe(metadata, next, name, value)
        if (!lat_text_eq(name, "name") && !lat_text_eq(name, "namespace") &&
            !lat_text_eq(name, "uid") && !lat_text_eq(name, "resourceVersion"))
            json_object_del(metadata, name);
}

/* kubectl's client-side apply finds what its server-side one did last (documented). */
static void sync_last_applied(struct sim_kube_call *call, json_t *object, const json_t *config)
{
    bool is_kubectl = lat_text_eq(sim_kube_parameter(&call->request, "fieldManager"), "kubectl");
    if (!is_kubectl || lat_kube_annotation(object, LAST_APPLIED) == NULL)
        return;
    LAT_AUTO(lat_json_decrefp) json_t *plain = lat_json_copy_new(config);
    json_object_del(lat_kube_annotations(plain), LAST_APPLIED);
    LAT_AUTO(lat_json_decrefp)
    json_t *annotations = lat_json_copy_new(lat_kube_annotations(object));
    lat_json_set_string(
        annotations, LAST_APPLIED,
        lat_arena_printf(call->arena, "%s\n", lat_json_canonical(call->arena, plain)));
    json_t *metadata = json_copy(json_object_get(object, "metadata"));
    json_object_set(metadata, "annotations", annotations);
    json_object_set_new(object, "metadata", metadata);
}

static int write_applied(struct sim_kube_call *call, const struct sim_kube_object *row,
                         const json_t *old, const json_t *config)
{
    LAT_AUTO(lat_json_decrefp) json_t *schema = sim_kube_whole_schema_new(call);
    LAT_AUTO(lat_json_decrefp) json_t *object = NULL;
    LAT_AUTO(lat_json_decrefp) json_t *entries = NULL;
    LAT_AUTO(lat_json_decrefp)
    json_t *live = old == NULL ? json_object() : lat_json_copy_new(old);
    LAT_AUTO(lat_json_decrefp)
    json_t *given = json_incref(lat_json_at(live, "metadata.managedFields"));
    json_object_del(json_object_get(live, "metadata"), "managedFields");
    struct lat_kube_manager who = sim_kube_manager(call, true);
    struct lat_kube_conflicts conflicts = {0};
    if (check_typed(call, config, schema) < 0)
        return -1;
    if (lat_kube_managed_apply(call->arena, &who, schema, given, live, config,
                               sim_kube_parameter_bool(&call->request, "force"), &object, &entries,
                               &conflicts) < 0)
        return sim_kube_refuse_conflicts(call, &conflicts);
    sync_last_applied(call, object, config);
    call->applied_entries = entries;
    int written =
        row == NULL ? sim_kube_insert(call, &object) : sim_kube_replace(call, row, old, object);
    call->applied_entries = NULL;
    return written;
}

/* An object that is not there is made by being applied; its status cannot be. */
static int check_absent(struct sim_kube_call *call, const json_t *config)
{
    const char *uid = lat_kube_uid(config);
    if (call->request.subresource[0] != '\0')
        return sim_kube_refuse_not_found(call, call->request.name);
    if (uid[0] != '\0')
        return sim_kube_refuse(call, SIM_KUBE_CONFLICT,
                               "Operation cannot be fulfilled on %s \"%s\": uid mismatch: the "
                               "provided object specified uid %s, and no existing object was found",
                               call->request.kind->resource, call->request.name, uid);
    return 0;
}

int sim_kube_apply(struct sim_kube_call *call)
{
    const struct sim_kube_request *request = &call->request;
    struct sim_kube_object *row = NULL;
    LAT_AUTO(lat_json_decrefp) json_t *config = NULL;
    LAT_AUTO(lat_json_decrefp) json_t *old = NULL;
    if (check_options(call) < 0 || read_config_new(call, &config) < 0 ||
        check_config(call, config) < 0 ||
        sim_kube_find(call, request->kind, request->namespace, request->name, &row) < 0)
        return -1;
    if (row == NULL && check_absent(call, config) < 0)
        return -1;
    if (row != NULL)
        old = sim_kube_stored_new(
            sim_kube_body_for(call->arena, request->kind, request->version, row->body));
    keep_owned(call, config);
    return write_applied(call, row, old, config);
}
