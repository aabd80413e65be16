/* Owner references: what the garbage collector of a cluster does, here in the transaction of the
 * deletion itself. Whatever removes an object notes it; sim_kube_owners_settle works the notes off,
 * one after the other, so that no chain of owners is too long. */
#include "simulator/kubernetes/kube_int.h"

#include "common/base/lat_limits.h"
#include "common/base/text.h"
#include "common/kube/object.h"

#include <string.h>

#define FOREGROUND_FINALIZER "foregroundDeletion"

/* An owner that goes or is gone. */
struct sim_kube_departure {
    struct sim_kube_departure *next;
    const char *uid;
    const char *namespace; /* "" for a cluster-scoped owner, whose dependents may be anywhere */
    const char *const *waiting; /* uids of its own owners, which may wait for it */
    size_t waiting_count;
    bool is_foreground;
};

static void note(struct sim_kube_call *call, const json_t *object, bool is_foreground)
{
    struct sim_kube_departure *departure = LAT_NEW(call->arena, struct sim_kube_departure);
    const char **waiting = NULL;
    size_t index;
    json_t *reference;
    departure->uid = lat_arena_strdup(call->arena, lat_kube_uid(object));
    departure->namespace = lat_arena_strdup(call->arena, lat_kube_namespace(object));
    departure->is_foreground = is_foreground;
    json_array_foreach(lat_kube_owner_references(object), index, reference)
        *LAT_ARENA_PUSH(call->arena, waiting, departure->waiting_count) =
            lat_arena_strdup(call->arena, lat_json_string_at(reference, "uid", ""));
    departure->waiting = waiting;
    if (call->last_departure == NULL)
        call->departures = departure;
    else
        call->last_departure->next = departure;
    call->last_departure = departure;
}

void sim_kube_owners_note(struct sim_kube_call *call, const json_t *object)
{
    note(call, object, false);
}

/* --- finalizers ------------------------------------------------------------------------------- */

void sim_kube_finalizer_add(json_t *object, const char *finalizer)
{
    json_t *metadata = lat_kube_metadata_set(object);
    if (lat_kube_has_finalizer(object, finalizer))
        return;
    if (!json_is_array(json_object_get(metadata, "finalizers")))
        json_object_set_new(metadata, "finalizers", json_array());
    json_array_append_new(json_object_get(metadata, "finalizers"), json_string(finalizer));
}

int sim_kube_finalizer_remove(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                              const struct sim_kube_object *row, json_t *object,
                              const char *finalizer)
{
    json_t *metadata = lat_kube_metadata_set(object);
    json_t *finalizers = json_object_get(metadata, "finalizers");
    for (size_t i = json_array_size(finalizers); i > 0; i--)
        if (lat_text_eq(json_string_value(json_array_get(finalizers, i - 1)), finalizer))
            json_array_remove(finalizers, i - 1);
    if (json_array_size(finalizers) > 0)
        return sim_kube_store(call, kind, row, object);
    json_object_del(metadata, "finalizers");
    return sim_kube_remove(call, kind, row, object);
}

/* --- dependents ------------------------------------------------------------------------------- */

static const json_t *reference_to(const json_t *object, const char *uid)
{
    size_t index;
    json_t *reference;
    json_array_foreach(lat_kube_owner_references(object), index, reference)
        if (lat_text_eq(lat_json_string_at(reference, "uid", ""), uid))
            return reference;
    return NULL;
}

/* One object that names the owner; NULL when the row only looks like it. */
static json_t *dependent_new(const struct sim_kube_object *row, const char *uid,
                             const char *namespace)
{
    if (namespace[0] != '\0' && !lat_text_eq(row->namespace, namespace))
        return NULL;
    LAT_AUTO(lat_json_decrefp) json_t *object = sim_kube_stored_new(row->body);
    return reference_to(object, uid) == NULL ? NULL : LAT_TAKE(object);
}

/* Takes the references to that owner out; *ret_lives says whether another owner is there still. */
static int drop_reference(struct sim_kube_call *call, json_t *object, const char *uid,
                          bool *ret_lives)
{
    json_t *references = lat_kube_owner_references(object);
    *ret_lives = false;
    for (size_t i = json_array_size(references); i > 0; i--) {
        const char *owner = lat_json_string_at(json_array_get(references, i - 1), "uid", "");
        struct sim_kube_object *row = NULL;
        if (lat_text_eq(owner, uid)) {
            json_array_remove(references, i - 1);
            continue;
        }
        if (sim_store_kube_by_uid(call->kube->sim->store, call->arena, owner, &row) < 0)
            return -1;
        *ret_lives |= row != NULL;
    }
    if (json_array_size(references) == 0)
        json_object_del(lat_kube_metadata_set(object), "ownerReferences");
    return 0;
}

static int release_dependent(struct sim_kube_call *call, const struct sim_kube_object *row,
                             const json_t *object, const struct sim_kube_departure *owner)
{
    const struct lat_kube_kind *kind = sim_kube_kind_of(call->kube, row->resource);
    LAT_AUTO(lat_json_decrefp) json_t *without = lat_json_copy_new(object);
    LAT_AUTO(lat_json_decrefp) json_t *marked = lat_json_copy_new(object);
    bool lives, removed;
    if (kind == NULL)
        return 0; /* its definition went without its objects */
    if (drop_reference(call, without, owner->uid, &lives) < 0)
        return -1;
    if (lives)
        return sim_kube_store(call, kind, row, without);
    enum sim_kube_propagation asked = call->propagation;
    call->propagation = owner->is_foreground ? SIM_KUBE_FOREGROUND : SIM_KUBE_BACKGROUND;
    int result = sim_kube_delete_object(call, kind, row, marked, &removed);
    call->propagation = asked;
    return result;
}

/* --- who owns anything at all ----------------------------------------------------------------- */

void sim_kube_owners_forget(struct sim_kube *kube)
{
    json_decref(kube->owners);
    kube->owners = NULL;
}

void sim_kube_owners_remember(struct sim_kube *kube, const json_t *object)
{
    size_t index;
    json_t *reference;
    if (kube->owners == NULL)
        return;
    json_array_foreach(lat_kube_owner_references(object), index, reference)
        json_object_set_new(kube->owners, lat_json_string_at(reference, "uid", ""), json_true());
    if (json_object_size(kube->owners) > LAT_KUBE_OWNERS_MAX)
        sim_kube_owners_forget(kube); /* most are long gone */
}

/* Most of what is deleted owns nothing, and to look for its dependents costs a walk through all
 * objects: *ret_owns is false only for those. */
static int may_own(struct sim_kube *kube, const char *uid, bool *ret_owns)
{
    struct sim_kube_object *rows = NULL;
    size_t count = 0;
    if (kube->owners == NULL) {
        LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
        if (sim_store_kube_all(kube->sim->store, arena, &rows, &count) < 0)
            return -1;
        kube->owners = json_object();
        for (size_t i = 0; i < count && kube->owners != NULL; i++) {
            LAT_AUTO(lat_json_decrefp)
            json_t *object = strstr(rows[i].body, "\"ownerReferences\"") == NULL
                                 ? NULL
                                 : sim_kube_stored_new(rows[i].body);
            sim_kube_owners_remember(kube, object);
        }
    }
    *ret_owns = kube->owners == NULL || json_object_get(kube->owners, uid) != NULL;
    return 0;
}

/* Calls back for every object that names that owner, as it is now. */
typedef int on_dependent(struct sim_kube_call *call, const struct sim_kube_object *row,
                         const json_t *object, const struct sim_kube_departure *owner);

static int for_dependents(struct sim_kube_call *call, const struct sim_kube_departure *owner,
                          on_dependent *each)
{
    struct sim_kube_object *rows = NULL;
    size_t count = 0;
    bool owns = false;
    if (may_own(call->kube, owner->uid, &owns) < 0 ||
        (owns && sim_store_kube_owned_by(call->kube->sim->store, call->arena, owner->uid, &rows,
                                         &count) < 0))
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct sim_kube_object *row = NULL;
        if (sim_store_kube_by_uid(call->kube->sim->store, call->arena, rows[i].uid, &row) < 0)
            return -1;
        LAT_AUTO(lat_json_decrefp)
        json_t *object = row == NULL ? NULL : dependent_new(row, owner->uid, owner->namespace);
        if (object != NULL && each(call, row, object, owner) < 0)
            return -1;
    }
    return 0;
}

static int orphan_dependent(struct sim_kube_call *call, const struct sim_kube_object *row,
                            const json_t *object, const struct sim_kube_departure *owner)
{
    const struct lat_kube_kind *kind = sim_kube_kind_of(call->kube, row->resource);
    LAT_AUTO(lat_json_decrefp) json_t *without = lat_json_copy_new(object);
    bool lives;
    if (kind == NULL)
        return 0;
    if (drop_reference(call, without, owner->uid, &lives) < 0)
        return -1;
    return sim_kube_store(call, kind, row, without);
}

int sim_kube_owners_orphan(struct sim_kube_call *call, const json_t *object)
{
    const struct sim_kube_departure owner = {.uid = lat_kube_uid(object),
                                             .namespace = lat_kube_namespace(object)};
    return for_dependents(call, &owner, orphan_dependent);
}

/* --- foreground ------------------------------------------------------------------------------- */

void sim_kube_owners_begin_foreground(struct sim_kube_call *call, json_t *object)
{
    sim_kube_finalizer_add(object, FOREGROUND_FINALIZER);
    note(call, object, true);
}

/* Ends an owner that waited in the foreground, when nothing blocks it any longer. */
static int end_waiting(struct sim_kube_call *call, const char *uid)
{
    struct sim_kube_object *row = NULL, *rows = NULL;
    size_t count = 0;
    if (sim_store_kube_by_uid(call->kube->sim->store, call->arena, uid, &row) < 0)
        return -1;
    const struct lat_kube_kind *kind =
        row == NULL ? NULL : sim_kube_kind_of(call->kube, row->resource);
    if (kind == NULL)
        return 0;
    LAT_AUTO(lat_json_decrefp) json_t *owner = sim_kube_stored_new(row->body);
    if (!lat_kube_is_terminating(owner) || !lat_kube_has_finalizer(owner, FOREGROUND_FINALIZER))
        return 0;
    if (sim_store_kube_owned_by(call->kube->sim->store, call->arena, uid, &rows, &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        LAT_AUTO(lat_json_decrefp) json_t *object = dependent_new(&rows[i], uid, row->namespace);
        if (lat_json_bool_at(reference_to(object, uid), "blockOwnerDeletion", false))
            return 0;
    }
    return sim_kube_finalizer_remove(call, kind, row, owner, FOREGROUND_FINALIZER);
}

int sim_kube_owners_settle(struct sim_kube_call *call)
{
    while (call->departures != NULL) {
        const struct sim_kube_departure *departure = call->departures;
        call->departures = departure->next;
        if (call->departures == NULL)
            call->last_departure = NULL;
        if (for_dependents(call, departure, release_dependent) < 0)
            return -1;
        if (departure->is_foreground && end_waiting(call, departure->uid) < 0)
            return -1;
        for (size_t i = 0; i < departure->waiting_count; i++)
            if (end_waiting(call, departure->waiting[i]) < 0)
                return -1;
    }
    return 0;
}
