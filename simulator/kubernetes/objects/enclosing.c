/* What encloses other objects and goes only after the last of them: a namespace its content, a
 * definition the objects of its kind. Each is a row here; the work is cascade.c's. */
#include "simulator/kubernetes/objects/objects.h"

#include "common/base/text.h"
#include "common/kube/object.h"

#include <string.h>

#define CLEANUP_FINALIZER "customresourcecleanup.apiextensions.k8s.io"

static int begin_namespace(struct sim_kube_call *call, json_t *namespace)
{
    static const char *const forever[] = {"default", "kube-system", "kube-public"};
    const char *name = lat_kube_name(namespace);
    for (size_t i = 0; i < LAT_COUNT(forever); i++)
        if (lat_text_eq(name, forever[i]))
            return sim_kube_refuse(
                call, SIM_KUBE_FORBIDDEN,
                "namespaces \"%s\" is forbidden: this namespace may not be deleted", name);
    lat_json_set_string(json_object_get(namespace, "status"), "phase", "Terminating");
    return 0;
}

static int begin_definition(struct sim_kube_call *call, json_t *definition)
{
    char now[LAT_TIME_TEXT_BYTES];
    sim_kube_finalizer_add(definition, CLEANUP_FINALIZER);
    lat_kube_condition_set(lat_json_at(definition, "status.conditions"), "Terminating", "True",
                           "InstanceDeletionInProgress", "CustomResource deletion is in progress",
                           lat_time_format_seconds(call->now_ms, now));
    return 0;
}

static int list_namespace(struct sim_kube_call *call, const char *name,
                          struct sim_kube_object **ret_rows, size_t *ret_count)
{
    return sim_store_kube_in_namespace(call->kube->sim->store, call->arena, name, ret_rows,
                                       ret_count);
}

static int list_definition(struct sim_kube_call *call, const char *name,
                           struct sim_kube_object **ret_rows, size_t *ret_count)
{
    return sim_store_kube_list(call->kube->sim->store, call->arena, name, NULL,
                               (struct sim_kube_cursor){"", ""}, -1, ret_rows, ret_count);
}

static const struct sim_kube_enclosing enclosing[] = {
    {"namespaces", NULL, begin_namespace, list_namespace},
    {SIM_KUBE_DEFINITIONS, CLEANUP_FINALIZER, begin_definition, list_definition},
};

const struct sim_kube_enclosing *sim_kube_enclosing_of(const struct lat_kube_kind *kind)
{
    for (size_t i = 0; i < LAT_COUNT(enclosing); i++)
        if (lat_text_eq(enclosing[i].resource, kind->resource))
            return &enclosing[i];
    return NULL;
}

int sim_kube_enclosing_end(struct sim_kube_call *call, const char *resource, const char *name)
{
    const struct lat_kube_kind *kind = sim_kube_kind_of(call->kube, resource);
    const struct sim_kube_enclosing *what = sim_kube_enclosing_of(kind);
    struct sim_kube_object *row = NULL, *content = NULL;
    size_t count = 0;
    if (sim_kube_find(call, kind, "", name, &row) < 0)
        return -1;
    if (row == NULL || strstr(row->body, "\"deletionTimestamp\"") == NULL)
        return 0;
    LAT_AUTO(lat_json_decrefp) json_t *object = sim_kube_stored_new(row->body);
    if (!lat_kube_is_terminating(object))
        return 0;
    if (what->list(call, name, &content, &count) < 0)
        return -1;
    if (count > 0)
        return 0;
    if (what->finalizer == NULL)
        return lat_kube_finalizers(object) != NULL ? 0 : sim_kube_remove(call, kind, row, object);
    return lat_kube_has_finalizer(object, what->finalizer)
               ? sim_kube_finalizer_remove(call, kind, row, object, what->finalizer)
               : 0;
}
