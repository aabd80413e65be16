/* Which uids are named as owners at all: most of what is deleted owns nothing, and to look for its
 * dependents costs a walk through all objects. */
#include "simulator/kubernetes/objects/objects.h"

#include "common/base/lat_limits.h"
#include "common/kube/object.h"

#include <string.h>

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

int sim_kube_may_own(struct sim_kube *kube, const char *uid, bool *ret_owns)
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
