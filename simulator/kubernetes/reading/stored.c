/* Stored objects: the rows that hold them, and their texts in any version. */
#include "simulator/kubernetes/reading/reading.h"

#include "common/base/text.h"
#include "common/kube/object.h"

#include <assert.h>
#include <string.h>

const struct lat_kube_kind *sim_kube_kind_of(const struct sim_kube *kube, const char *resource)
{
    for (size_t i = 0; i < kube->kinds->count; i++)
        if (lat_text_eq(kube->kinds->items[i]->resource, resource))
            return kube->kinds->items[i];
    return NULL;
}

bool sim_kube_is_definition(const struct lat_kube_kind *kind)
{
    return lat_text_eq(kind->resource, SIM_KUBE_DEFINITIONS);
}

json_t *sim_kube_stored_new(const char *body)
{
    json_t *object = lat_json_parse_new(body, strlen(body), NULL);
    assert(object != NULL); /* we wrote it */
    return object;
}

const char *sim_kube_body_for(struct lat_arena *arena, const struct lat_kube_kind *kind,
                              const struct lat_kube_version *version, const char *body)
{
    if (version->is_storage)
        return body;
    LAT_AUTO(lat_json_decrefp) json_t *object = sim_kube_stored_new(body);
    lat_json_set_string(object, "apiVersion", lat_kube_kind_api_version(arena, kind, version));
    return lat_json_text(arena, object);
}

int sim_kube_find(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                  const char *namespace, const char *name, struct sim_kube_object **ret_object)
{
    return sim_store_kube_find(call->kube->sim->store, call->arena, kind->resource, namespace, name,
                               ret_object);
}
