/* What every object goes through before it is stored: unknown members, defaults, validation of
 * metadata and of the schema. Nothing here writes. */
#include "simulator/kubernetes/objects/objects.h"

#include "common/base/lat_limits.h"
#include "common/base/text.h"
#include "common/kube/object.h"

#include <string.h>

static const char *joined_unknown(struct sim_kube_call *call, const char *const *paths,
                                  size_t count)
{
    const char *text = "";
    for (size_t i = 0; i < count && i < LAT_KUBE_CAUSES_MAX; i++)
        text = lat_arena_printf(call->arena, "%s%sunknown field \"%s\"", text, i == 0 ? "" : ", ",
                                paths[i]);
    return text;
}

static int refuse_unknown(struct sim_kube_call *call, const char *list, bool is_patch)
{
    const struct sim_kube_request *request = &call->request;
    if (!is_patch)
        return sim_kube_refuse(
            call, SIM_KUBE_BAD_REQUEST,
            "%s in version \"%s\" cannot be handled as a %s: strict decoding error: "
            "%s",
            request->kind->kind, request->version->name, request->kind->kind, list);
    struct lat_kube_causes causes = {.arena = call->arena};
    LAT_AUTO(lat_json_decrefp) json_t *patch = json_string(call->http->body);
    lat_kube_cause_add(&causes, LAT_KUBE_INVALID, "patch", patch, "strict decoding error: %s",
                       list);
    return sim_kube_refuse_causes(call, request->name, &causes);
}

int sim_kube_check_unknown(struct sim_kube_call *call, json_t *object, bool is_patch)
{
    const char **paths = NULL, **in_metadata = NULL;
    size_t count = 0, metadata_count = 0;
    lat_kube_schema_prune(call->kube->kinds->metadata, lat_kube_metadata_set(object), call->arena,
                          &in_metadata, &metadata_count);
    for (size_t i = 0; i < metadata_count; i++)
        *LAT_ARENA_PUSH(call->arena, paths, count) =
            lat_arena_printf(call->arena, "metadata.%s", in_metadata[i]);
    lat_kube_schema_prune(call->request.version->schema, object, call->arena, &paths, &count);
    if (count == 0 || call->request.validation == SIM_KUBE_VALIDATION_IGNORE)
        return 0;
    if (call->request.validation == SIM_KUBE_VALIDATION_STRICT)
        return refuse_unknown(call, joined_unknown(call, paths, count), is_patch);
    for (size_t i = 0; i < count && i < LAT_KUBE_CAUSES_MAX; i++)
        sim_kube_warn(call, lat_arena_printf(call->arena, "unknown field \"%s\"", paths[i]));
    return 0;
}

void sim_kube_clean_metadata(json_t *object)
{
    json_t *metadata = lat_kube_metadata_set(object);
    const char *name;
    json_t *value;
    void *next;
    json_object_del(metadata, "selfLink");
    json_object_foreach_safe(metadata, next, name, value) {
        bool is_empty = (json_is_object(value) && json_object_size(value) == 0) ||
                        (json_is_array(value) && json_array_size(value) == 0);
        if (json_is_null(value) || is_empty)
            json_object_del(metadata, name);
    }
}

/* --- metadata --------------------------------------------------------------------------------- */

static void check_key(struct lat_kube_causes *causes, const char *field, const char *key)
{
    const char *problem = lat_kube_name_problem(LAT_KUBE_NAME_LABEL_KEY, key);
    LAT_AUTO(lat_json_decrefp) json_t *shown = json_string(key);
    if (problem != NULL)
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, field, shown, "%s", problem);
}

static void check_labels(struct lat_kube_causes *causes, const json_t *labels)
{
    const char *key;
    json_t *value;
    json_object_foreach(lat_json_iterable(labels), key, value) {
        check_key(causes, "metadata.labels", key);
        const char *problem = lat_kube_name_problem(LAT_KUBE_NAME_LABEL_VALUE,
                                                    lat_text_or_empty(json_string_value(value)));
        if (problem != NULL)
            lat_kube_cause_add(causes, LAT_KUBE_INVALID, "metadata.labels", value, "%s", problem);
    }
}

static void check_annotations(struct lat_kube_causes *causes, const json_t *annotations)
{
    const char *key;
    json_t *value;
    size_t bytes = 0;
    json_object_foreach(lat_json_iterable(annotations), key, value) {
        check_key(causes, "metadata.annotations", key);
        bytes += strlen(key) + json_string_length(value);
    }
    if (bytes > LAT_KUBE_METADATA_BYTES_MAX)
        lat_kube_cause_add(causes, LAT_KUBE_TOO_LONG, "metadata.annotations", NULL,
                           "may not be more than %d bytes", LAT_KUBE_METADATA_BYTES_MAX);
}

static void check_finalizers(struct lat_kube_causes *causes, const json_t *object,
                             const json_t *old)
{
    size_t index;
    json_t *item;
    const char *added = "";
    json_array_foreach(lat_kube_finalizers(object), index, item) {
        const char *finalizer = lat_text_or_empty(json_string_value(item));
        check_key(causes, "metadata.finalizers", finalizer);
        if (old != NULL && lat_kube_is_terminating(old) && !lat_kube_has_finalizer(old, finalizer))
            added = lat_arena_printf(causes->arena, "%s%s\"%s\"", added,
                                     added[0] == '\0' ? "" : ", ", finalizer);
    }
    if (added[0] != '\0')
        lat_kube_cause_add(causes, LAT_KUBE_FORBIDDEN, "metadata.finalizers", NULL,
                           "no new finalizers can be added if the object is being deleted, found "
                           "new finalizers []string{%s}",
                           added);
}

static void check_name(struct lat_kube_causes *causes, const struct lat_kube_kind *kind,
                       const json_t *object)
{
    const char *name = lat_kube_name(object);
    const char *problem = lat_kube_name_problem(kind->name_form, name);
    if (name[0] == '\0')
        lat_kube_cause_add(causes, LAT_KUBE_REQUIRED, "metadata.name", NULL, "%s",
                           "name or generateName is required");
    else if (problem != NULL)
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, "metadata.name",
                           lat_json_at(object, "metadata.name"), "%s", problem);
}

/* Members that a kind's document lists under "immutable". */
static void check_immutable(struct lat_kube_causes *causes, const struct lat_kube_kind *kind,
                            const json_t *object, const json_t *old)
{
    size_t index;
    json_t *path;
    json_array_foreach(json_object_get(kind->document, "immutable"), index, path) {
        json_t *value = lat_json_at(object, json_string_value(path));
        json_t *before = lat_json_at(old, json_string_value(path));
        if (old != NULL && before != NULL && !json_equal(value, before))
            lat_kube_cause_add(causes, LAT_KUBE_INVALID, json_string_value(path), value, "%s",
                               kind->is_builtin ? "field is immutable" : "Value is immutable");
    }
}

/* Metadata of the wrong type is not decoded at all, so it is a bad request and not an invalid
 * object. */
static int check_metadata_types(struct sim_kube_call *call, const json_t *object)
{
    struct lat_kube_causes causes = {.arena = call->arena};
    lat_kube_schema_validate(call->kube->kinds->metadata, json_object_get(object, "metadata"),
                             &causes);
    if (causes.count == 0)
        return 0;
    const struct sim_kube_request *request = &call->request;
    return sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST,
                           "%s in version \"%s\" cannot be handled as a %s: metadata: %s",
                           request->kind->kind, request->version->name, request->kind->kind,
                           lat_kube_causes_text(&causes));
}

int sim_kube_check_object(struct sim_kube_call *call, json_t *object, const json_t *old)
{
    const struct sim_kube_request *request = &call->request;
    struct lat_kube_causes causes = {.arena = call->arena};
    if (check_metadata_types(call, object) < 0)
        return -1;
    lat_kube_schema_default(request->version->schema, object);
    sim_kube_builtin_default(call, request->kind, object, old);
    check_name(&causes, request->kind, object);
    check_labels(&causes, lat_kube_labels(object));
    check_annotations(&causes, lat_kube_annotations(object));
    check_finalizers(&causes, object, old);
    lat_kube_schema_validate(request->version->schema, object, &causes);
    check_immutable(&causes, request->kind, object, old);
    if (causes.count == 0)
        sim_kube_builtin_validate(request->kind, object, old, &causes);
    return causes.count == 0 ? 0 : sim_kube_refuse_causes(call, lat_kube_name(object), &causes);
}

int sim_kube_check_namespace(struct sim_kube_call *call)
{
    const struct sim_kube_request *request = &call->request;
    if (!request->kind->is_namespaced)
        return 0;
    const struct lat_kube_kind *kind = lat_kube_kinds_by_kind(call->kube->kinds, "", "Namespace");
    struct sim_kube_object *row = NULL;
    if (sim_kube_find(call, kind, "", request->namespace, &row) < 0)
        return -1;
    if (row == NULL) {
        struct sim_kube_request asked = call->request;
        call->request.kind = kind;
        sim_kube_refuse_not_found(call, asked.namespace);
        call->request = asked;
        return -1;
    }
    LAT_AUTO(lat_json_decrefp) json_t *namespace = sim_kube_stored_new(row->body);
    if (!lat_kube_is_terminating(namespace))
        return 0;
    return sim_kube_refuse(call, SIM_KUBE_FORBIDDEN,
                           "%s \"%s\" is forbidden: unable to create new content in namespace %s "
                           "because it is being terminated",
                           request->kind->resource, request->name, request->namespace);
}
