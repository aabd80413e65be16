/* Owner references: who depends on whom, and how a dependent is let go of. */
#include "simulator/kubernetes/objects/objects.h"

#include "common/base/text.h"
#include "common/kube/object.h"

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

int sim_kube_drop_reference(struct sim_kube_call *call, json_t *object, const char *uid,
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

int sim_kube_for_dependents(struct sim_kube_call *call, const struct sim_kube_departure *owner,
                            sim_kube_on_dependent *each)
{
    struct sim_kube_object *rows = NULL;
    size_t count = 0;
    bool owns = false;
    if (sim_kube_may_own(call->kube, owner->uid, &owns) < 0 ||
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

int sim_kube_is_waited_for(struct sim_kube_call *call, const struct sim_kube_object *owner,
                           bool *ret_waits)
{
    struct sim_kube_object *rows = NULL;
    size_t count = 0;
    *ret_waits = false;
    if (sim_store_kube_owned_by(call->kube->sim->store, call->arena, owner->uid, &rows, &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        LAT_AUTO(lat_json_decrefp)
        json_t *object = dependent_new(&rows[i], owner->uid, owner->namespace);
        *ret_waits |=
            lat_json_bool_at(reference_to(object, owner->uid), "blockOwnerDeletion", false);
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
    if (sim_kube_drop_reference(call, without, owner->uid, &lives) < 0)
        return -1;
    return sim_kube_store(call, kind, row, without);
}

int sim_kube_owners_orphan(struct sim_kube_call *call, const json_t *object)
{
    const struct sim_kube_departure owner = {.uid = lat_kube_uid(object),
                                             .namespace = lat_kube_namespace(object)};
    return sim_kube_for_dependents(call, &owner, orphan_dependent);
}
