/* What is done with what an object has beside itself: its scale, and its eviction. status is served
 * by the verbs of the object. */
#include "simulator/kubernetes/objects/objects.h"

#include "common/base/text.h"
#include "common/kube/object.h"

#include <string.h>

/* --- scale ------------------------------------------------------------------------------------ */

/* A path of the definition without its first dot: ".spec.replicas"; "" when it has none. */
static const char *path_of(const struct sim_kube_call *call, const char *member)
{
    const char *path = lat_json_string_at(
        json_object_get(call->request.version->subresources, "scale"), member, "");
    return path + (path[0] == '.');
}

/* Selectors are objects in built-in kinds and texts in custom resources. */
static const char *selector_text(struct sim_kube_call *call, const json_t *value)
{
    struct lat_kube_selector selector;
    if (json_is_object(value) &&
        lat_kube_label_selector_read(call->arena, value, &selector, NULL) == 0)
        return lat_kube_selector_text(call->arena, &selector);
    return json_string_value(value);
}

static json_t *scale_new(struct sim_kube_call *call, const json_t *object)
{
    static const char *const taken_over[] = {"name", "namespace", "uid", "resourceVersion",
                                             "creationTimestamp"};
    json_t *metadata = json_object();
    for (size_t i = 0; i < LAT_COUNT(taken_over); i++)
        if (json_object_get(json_object_get(object, "metadata"), taken_over[i]) != NULL)
            json_object_set(metadata, taken_over[i],
                            json_object_get(json_object_get(object, "metadata"), taken_over[i]));
    int64_t wanted = lat_json_int_at(object, path_of(call, "specReplicasPath"), 0);
    int64_t present = lat_json_int_at(object, path_of(call, "statusReplicasPath"), 0);
    json_t *scale = json_pack("{s:s, s:s, s:o, s:{s:I}, s:{s:I}}", "kind", "Scale", "apiVersion",
                              "autoscaling/v1", "metadata", metadata, "spec", "replicas",
                              (json_int_t)wanted, "status", "replicas", (json_int_t)present);
    lat_json_set_string(
        json_object_get(scale, "status"), "selector",
        selector_text(call, lat_json_at(object, path_of(call, "labelSelectorPath"))));
    return scale;
}

/* The object that the request names; refused when there is none. */
static int find_new(struct sim_kube_call *call, struct sim_kube_object **ret_row, json_t **ret_new)
{
    const struct sim_kube_request *request = &call->request;
    if (sim_kube_find(call, request->kind, request->namespace, request->name, ret_row) < 0)
        return -1;
    if (*ret_row == NULL)
        return sim_kube_refuse_not_found(call, request->name);
    *ret_new = sim_kube_stored_new(
        sim_kube_body_for(call->arena, request->kind, request->version, (*ret_row)->body));
    return 0;
}

static int get_scale(struct sim_kube_call *call)
{
    struct sim_kube_object *row = NULL;
    LAT_AUTO(lat_json_decrefp) json_t *object = NULL;
    if (find_new(call, &row, &object) < 0)
        return -1;
    LAT_AUTO(lat_json_decrefp) json_t *scale = scale_new(call, object);
    sim_kube_answer_json(call, 200, scale);
    return 0;
}

static void set_at(struct sim_kube_call *call, json_t *object, const char *path, json_t *new_value)
{
    for (const char *dot; (dot = strchr(path, '.')) != NULL; path = dot + 1) {
        const char *name = lat_arena_strndup(call->arena, path, (size_t)(dot - path));
        if (!json_is_object(json_object_get(object, name)))
            json_object_set_new(object, name, json_object());
        object = json_object_get(object, name);
    }
    json_object_set_new(object, path, new_value);
}

static int check_scale(struct sim_kube_call *call, const json_t *scale)
{
    const json_t *replicas = lat_json_at(scale, "spec.replicas");
    struct lat_kube_causes causes = {.arena = call->arena};
    if (!lat_text_eq(lat_kube_kind_name(scale), "Scale") ||
        (replicas != NULL && !json_is_integer(replicas)))
        return sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST,
                               "the object provided is no Scale with a number of replicas");
    if (json_integer_value(replicas) >= 0)
        return 0;
    lat_kube_cause_add(&causes, LAT_KUBE_INVALID, "spec.replicas", replicas, "%s",
                       "must be greater than or equal to 0");
    return sim_kube_refuse_causes(call, call->request.name, &causes);
}

/* Writes the object with the number of the new Scale; answers with the Scale that results. */
static int write_scale(struct sim_kube_call *call, const struct sim_kube_object *row,
                       const json_t *old, const json_t *scale)
{
    LAT_AUTO(lat_json_decrefp) json_t *object = json_deep_copy(old);
    if (check_scale(call, scale) < 0)
        return -1;
    const char *version = lat_kube_resource_version(scale);
    if (version[0] != '\0')
        lat_json_set_string(lat_kube_metadata_set(object), "resourceVersion", version);
    set_at(call, object, path_of(call, "specReplicasPath"),
           json_integer(lat_json_int_at(scale, "spec.replicas", 0)));
    if (sim_kube_replace(call, row, old, object) < 0)
        return -1;
    LAT_AUTO(lat_json_decrefp) json_t *result = sim_kube_stored_new(call->answer.body);
    LAT_AUTO(lat_json_decrefp) json_t *answer = scale_new(call, result);
    sim_kube_answer_json(call, 200, answer);
    return 0;
}

static int update_scale(struct sim_kube_call *call)
{
    struct sim_kube_object *row = NULL;
    LAT_AUTO(lat_json_decrefp) json_t *old = NULL;
    LAT_AUTO(lat_json_decrefp) json_t *scale = NULL;
    return sim_kube_body_read_new(call, &scale) < 0 || find_new(call, &row, &old) < 0
               ? -1
               : write_scale(call, row, old, scale);
}

static int patch_scale(struct sim_kube_call *call)
{
    struct sim_kube_object *row = NULL;
    LAT_AUTO(lat_json_decrefp) json_t *old = NULL;
    if (find_new(call, &row, &old) < 0)
        return -1;
    LAT_AUTO(lat_json_decrefp) json_t *scale = scale_new(call, old);
    LAT_AUTO(lat_json_decrefp) json_t *patched = sim_kube_patched_new(call, scale);
    return patched == NULL ? -1 : write_scale(call, row, old, patched);
}

/* --- eviction --------------------------------------------------------------------------------- */

/* There are no disruption budgets, so every eviction is a deletion. */
static int evict(struct sim_kube_call *call)
{
    struct sim_kube_object *row = NULL;
    LAT_AUTO(lat_json_decrefp) json_t *pod = NULL;
    LAT_AUTO(lat_json_decrefp) json_t *eviction = NULL;
    bool is_protobuf =
        lat_text_eq(sim_kube_content_type(call), "application/vnd.kubernetes.protobuf");
    if ((!is_protobuf && sim_kube_body_read_new(call, &eviction) < 0) ||
        find_new(call, &row, &pod) < 0)
        return -1;
    size_t index;
    json_t *item;
    bool removed;
    json_array_foreach(lat_json_at(eviction, "deleteOptions.dryRun"), index, item)
        call->request.is_dry_run |= lat_text_eq(json_string_value(item), "All");
    if (sim_kube_delete_object(call, call->request.kind, row, pod, &removed) < 0)
        return -1;
    LAT_AUTO(lat_json_decrefp)
    json_t *status = json_pack("{s:s, s:s, s:{}, s:s, s:i}", "kind", "Status", "apiVersion", "v1",
                               "metadata", "status", "Success", "code", 201);
    sim_kube_answer_json(call, 201, status);
    return 0;
}

static const struct {
    const char *subresource;
    enum sim_kube_verb verb;
    sim_kube_action *action;
} actions[] = {
    {"scale", SIM_KUBE_GET, get_scale},
    {"scale", SIM_KUBE_PATCH, patch_scale},
    {"scale", SIM_KUBE_UPDATE, update_scale},
    {"eviction", SIM_KUBE_CREATE, evict},
};

sim_kube_action *sim_kube_subresource_action(const struct sim_kube_subresource *part,
                                             enum sim_kube_verb verb)
{
    for (size_t i = 0; i < LAT_COUNT(actions); i++)
        if (actions[i].verb == verb &&
            lat_text_eq(actions[i].subresource, sim_kube_subresource_name(part)))
            return actions[i].action;
    return NULL;
}
