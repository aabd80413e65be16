/* delete and deletecollection: finalizers keep an object, marked, until they are gone. What it
 * takes along is in cascade.c. */
#include "simulator/kubernetes/objects/objects.h"

#include "common/base/text.h"
#include "common/kube/object.h"

int sim_kube_delete_object(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                           const struct sim_kube_object *row, json_t *object, bool *ret_removed)
{
    const struct sim_kube_enclosing *enclosing = sim_kube_enclosing_of(kind);
    bool is_marked = lat_kube_is_terminating(object);
    *ret_removed = false;
    if (enclosing != NULL && !is_marked && enclosing->begin(call, object) < 0)
        return -1;
    if (enclosing == NULL && call->propagation == SIM_KUBE_ORPHAN &&
        sim_kube_owners_orphan(call, object) < 0)
        return -1;
    if (enclosing == NULL && call->propagation == SIM_KUBE_FOREGROUND && !is_marked)
        sim_kube_finalizer_add(object, SIM_KUBE_FOREGROUND_FINALIZER);
    if (enclosing == NULL && lat_kube_finalizers(object) == NULL) {
        *ret_removed = true;
        return sim_kube_remove(call, kind, row, object);
    }
    if (is_marked)
        return 0;
    sim_kube_mark(call, kind, object);
    return sim_kube_store(call, kind, row, object);
}

/* --- the two verbs ---------------------------------------------------------------------------- */

static int read_propagation(struct sim_kube_call *call, const json_t *options)
{
    static const struct {
        const char *word;
        enum sim_kube_propagation propagation;
    } words[] = {{"Background", SIM_KUBE_BACKGROUND},
                 {"Foreground", SIM_KUBE_FOREGROUND},
                 {"Orphan", SIM_KUBE_ORPHAN}};
    const char *asked = sim_kube_parameter(&call->request, "propagationPolicy");
    asked = lat_json_string_at(options, "propagationPolicy", asked);
    bool orphans = lat_json_bool_at(options, "orphanDependents", false) ||
                   sim_kube_parameter_bool(&call->request, "orphanDependents");
    if (asked == NULL) {
        call->propagation = orphans ? SIM_KUBE_ORPHAN : SIM_KUBE_BACKGROUND;
        return 0;
    }
    for (size_t i = 0; i < LAT_COUNT(words); i++)
        if (lat_text_eq(words[i].word, asked)) {
            call->propagation = words[i].propagation;
            return 0;
        }
    return sim_kube_refuse(
        call, SIM_KUBE_INVALID,
        "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"%s\": "
        "supported values: \"Background\", \"Foreground\", \"Orphan\"",
        asked);
}

/* DeleteOptions: dryRun, preconditions and propagationPolicy, in the body or the query. */
static int read_options_new(struct sim_kube_call *call, json_t **ret_new)
{
    if (call->http->body_length == 0)
        *ret_new = json_object();
    else if (sim_kube_body_read_new(call, ret_new) < 0)
        return -1;
    size_t index;
    json_t *item;
    json_array_foreach(json_object_get(*ret_new, "dryRun"), index, item)
        call->request.is_dry_run |= lat_text_eq(json_string_value(item), "All");
    return read_propagation(call, *ret_new);
}

static int check_preconditions(struct sim_kube_call *call, const json_t *options,
                               const json_t *object)
{
    const char *uid = lat_json_string_at(options, "preconditions.uid", NULL);
    const char *version = lat_json_string_at(options, "preconditions.resourceVersion", NULL);
    if (uid != NULL && !lat_text_eq(uid, lat_kube_uid(object)))
        return sim_kube_refuse(
            call, SIM_KUBE_CONFLICT,
            "Operation cannot be fulfilled on %s \"%s\": Precondition failed: UID "
            "in precondition: %s, UID in object meta: %s",
            call->request.kind->resource, call->request.name, uid, lat_kube_uid(object));
    if (version != NULL && !lat_text_eq(version, lat_kube_resource_version(object)))
        return sim_kube_refuse(
            call, SIM_KUBE_CONFLICT,
            "Operation cannot be fulfilled on %s \"%s\": Precondition failed: "
            "ResourceVersion in precondition: %s, ResourceVersion in object meta: "
            "%s",
            call->request.kind->resource, call->request.name, version,
            lat_kube_resource_version(object));
    return 0;
}

/* A few kinds answer with what was deleted, and typed clients insist on it (observed). */
static bool answers_with_object(const struct lat_kube_kind *kind)
{
    static const char *const resources[] = {"namespaces", "pods", "serviceaccounts", "services",
                                            SIM_KUBE_DEFINITIONS};
    for (size_t i = 0; i < LAT_COUNT(resources); i++)
        if (lat_text_eq(resources[i], kind->resource))
            return true;
    return false;
}

int sim_kube_delete(struct sim_kube_call *call)
{
    const struct sim_kube_request *request = &call->request;
    struct sim_kube_object *row = NULL;
    LAT_AUTO(lat_json_decrefp) json_t *options = NULL;
    if (read_options_new(call, &options) < 0 ||
        sim_kube_find(call, request->kind, request->namespace, request->name, &row) < 0)
        return -1;
    if (row == NULL)
        return sim_kube_refuse_not_found(call, request->name);
    LAT_AUTO(lat_json_decrefp) json_t *object = sim_kube_stored_new(row->body);
    bool removed = false;
    if (check_preconditions(call, options, object) < 0 ||
        sim_kube_delete_object(call, request->kind, row, object, &removed) < 0)
        return -1;
    if (!removed || answers_with_object(request->kind)) {
        sim_kube_answer_object(call, 200, object);
        return 0;
    }
    LAT_AUTO(lat_json_decrefp)
    json_t *status = sim_kube_status_deleted_new(request->kind, row->name, row->uid);
    sim_kube_answer_json(call, 200, status);
    return 0;
}

/* The row is read anew: the deletion of one before it may have changed it. */
static int delete_selected(struct sim_kube_call *call, const struct sim_kube_object *listed,
                           json_t *items)
{
    const struct sim_kube_request *request = &call->request;
    struct sim_kube_object *row = NULL;
    if (sim_kube_find(call, request->kind, listed->namespace, listed->name, &row) < 0)
        return -1;
    LAT_AUTO(lat_json_decrefp)
    json_t *object = row == NULL ? NULL : sim_kube_stored_new(row->body);
    bool removed;
    if (object == NULL || !sim_kube_selects(&request->labels, &request->fields, object))
        return 0;
    if (sim_kube_delete_object(call, request->kind, row, object, &removed) < 0)
        return -1;
    json_array_append(items, object);
    return 0;
}

int sim_kube_delete_collection(struct sim_kube_call *call)
{
    const struct sim_kube_request *request = &call->request;
    LAT_AUTO(lat_json_decrefp) json_t *options = NULL;
    struct sim_kube_object *rows = NULL;
    size_t count = 0;
    if (read_options_new(call, &options) < 0 ||
        sim_store_kube_list(call->kube->sim->store, call->arena, request->kind->resource,
                            request->namespace[0] == '\0' ? NULL : request->namespace,
                            (struct sim_kube_cursor){"", ""}, -1, &rows, &count) < 0)
        return -1;
    LAT_AUTO(lat_json_decrefp) json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        if (delete_selected(call, &rows[i], items) < 0)
            return -1;
    LAT_AUTO(lat_json_decrefp)
    json_t *list = json_pack("{s:s, s:s, s:{}, s:O}", "apiVersion", "v1", "kind", "List",
                             "metadata", "items", items);
    sim_kube_answer_json(call, 200, list);
    return 0;
}
