/* What follows an object that goes or is gone, as controllers of a cluster see to it, here in the
 * transaction of the deletion itself: its dependents, what it encloses, and what waited for it.
 * Notes are worked off one after the other, so that no chain is too long. */
#include "simulator/kubernetes/objects/objects.h"

#include "common/base/text.h"
#include "common/kube/object.h"

/* Deletes an object because of another one, whatever the caller asked for that one. */
static int delete_after(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                        const struct sim_kube_object *row, json_t *object, bool in_foreground)
{
    enum sim_kube_propagation asked = call->propagation;
    bool removed;
    call->propagation = in_foreground ? SIM_KUBE_FOREGROUND : SIM_KUBE_BACKGROUND;
    int result = sim_kube_delete_object(call, kind, row, object, &removed);
    call->propagation = asked;
    return result;
}

static int release_dependent(struct sim_kube_call *call, const struct sim_kube_object *row,
                             const json_t *object, const struct sim_kube_departure *owner)
{
    const struct lat_kube_kind *kind = sim_kube_kind_of(call->kube, row->resource);
    LAT_AUTO(lat_json_decrefp) json_t *without = lat_json_copy_new(object);
    LAT_AUTO(lat_json_decrefp) json_t *marked = lat_json_copy_new(object);
    bool lives;
    if (kind == NULL)
        return 0; /* its definition went without its objects */
    if (sim_kube_drop_reference(call, without, owner->uid, &lives) < 0)
        return -1;
    if (lives)
        return sim_kube_store(call, kind, row, without);
    return delete_after(call, kind, row, marked, owner->is_foreground);
}

/* Ends an owner that waited in the foreground, when nothing blocks it any longer. */
static int end_waiting(struct sim_kube_call *call, const char *uid)
{
    struct sim_kube_object *row = NULL;
    bool waits = false;
    if (sim_store_kube_by_uid(call->kube->sim->store, call->arena, uid, &row) < 0)
        return -1;
    const struct lat_kube_kind *kind =
        row == NULL ? NULL : sim_kube_kind_of(call->kube, row->resource);
    if (kind == NULL)
        return 0;
    LAT_AUTO(lat_json_decrefp) json_t *owner = sim_kube_stored_new(row->body);
    if (!lat_kube_is_terminating(owner) ||
        !lat_kube_has_finalizer(owner, SIM_KUBE_FOREGROUND_FINALIZER))
        return 0;
    if (sim_kube_is_waited_for(call, row, &waits) < 0)
        return -1;
    return waits ? 0
                 : sim_kube_finalizer_remove(call, kind, row, owner, SIM_KUBE_FOREGROUND_FINALIZER);
}

/* Deletes what a namespace or a definition encloses, and it too if nothing is left. */
static int empty(struct sim_kube_call *call, const struct sim_kube_departure *departure)
{
    const struct sim_kube_enclosing *what = sim_kube_enclosing_of(departure->kind);
    struct sim_kube_object *rows = NULL;
    size_t count = 0;
    if (what == NULL)
        return 0;
    if (what->list(call, departure->name, &rows, &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct lat_kube_kind *kind = sim_kube_kind_of(call->kube, rows[i].resource);
        LAT_AUTO(lat_json_decrefp) json_t *object = sim_kube_stored_new(rows[i].body);
        if (kind != NULL && delete_after(call, kind, &rows[i], object, false) < 0)
            return -1;
    }
    return sim_kube_enclosing_end(call, what->resource, departure->name);
}

/* What encloses an object that is gone may have waited for it. */
static int end_enclosing(struct sim_kube_call *call, const struct sim_kube_departure *departure)
{
    if (!departure->kind->is_builtin &&
        sim_kube_enclosing_end(call, SIM_KUBE_DEFINITIONS, departure->kind->resource) < 0)
        return -1;
    return departure->kind->is_namespaced
               ? sim_kube_enclosing_end(call, "namespaces", departure->namespace)
               : 0;
}

static int follow(struct sim_kube_call *call, const struct sim_kube_departure *departure)
{
    if (!departure->is_gone && empty(call, departure) < 0)
        return -1;
    if ((departure->is_gone || departure->is_foreground) &&
        sim_kube_for_dependents(call, departure, release_dependent) < 0)
        return -1;
    if (departure->is_foreground && end_waiting(call, departure->uid) < 0)
        return -1;
    for (size_t i = 0; departure->is_gone && i < departure->owner_count; i++)
        if (end_waiting(call, departure->owners[i]) < 0)
            return -1;
    return departure->is_gone ? end_enclosing(call, departure) : 0;
}

int sim_kube_cascade(struct sim_kube_call *call)
{
    while (call->departures != NULL) {
        const struct sim_kube_departure *departure = call->departures;
        call->departures = departure->next;
        if (call->departures == NULL)
            call->last_departure = NULL;
        if (follow(call, departure) < 0)
            return -1;
    }
    return 0;
}
