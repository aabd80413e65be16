/* Stored objects: the rows that hold them, their texts in any version, and the one place where a
 * changed object is written. */
#include "simulator/kubernetes/kube_int.h"

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

const char *sim_kube_api_version(struct lat_arena *arena, const struct lat_kube_kind *kind,
                                 const struct lat_kube_version *version)
{
    return kind->group[0] == '\0' ? version->name
                                  : lat_arena_concat(arena, kind->group, "/", version->name, NULL);
}

const char *sim_kube_body_for(struct lat_arena *arena, const struct lat_kube_kind *kind,
                              const struct lat_kube_version *version, const char *body)
{
    if (version->is_storage)
        return body;
    LAT_AUTO(lat_json_decrefp) json_t *object = sim_kube_stored_new(body);
    lat_json_set_string(object, "apiVersion", sim_kube_api_version(arena, kind, version));
    return lat_json_text(arena, object);
}

int sim_kube_find(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                  const char *namespace, const char *name, struct sim_kube_object **ret_object)
{
    return sim_store_kube_find(call->kube->sim->store, call->arena, kind->resource, namespace, name,
                               ret_object);
}

/* A dry run uses no version up: the answer has that of the object as it is (documented). */
static void keep_version(json_t *object, const struct sim_kube_object *row)
{
    if (row->seq == 0)
        json_object_del(lat_kube_metadata_set(object), "resourceVersion");
    else
        lat_kube_resource_version_set(object, row->version);
}

static int store(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                 const struct sim_kube_object *row, json_t *object, const char **ret_body)
{
    struct sim_store *rows = call->kube->sim->store;
    struct sim_kube_object next = *row;
    if (sim_store_kube_version(rows, &next.version) < 0)
        return -1;
    next.version++;
    call->kube->definitions_changed |= sim_kube_is_definition(kind);
    sim_kube_owners_remember(call->kube, object);
    call->kube->is_followed |= call->kube->follows(kind);
    lat_kube_resource_version_set(object, next.version);
    lat_json_set_string(
        object, "apiVersion",
        sim_kube_api_version(call->arena, kind, lat_kube_kind_storage_version(kind)));
    next.body = lat_json_text(call->arena, object);
    if (call->request.is_dry_run)
        keep_version(object, row);
    *ret_body = next.body;
    return next.seq == 0 ? sim_store_kube_insert(rows, &next)
                         : sim_store_kube_update(rows, &next, row->body);
}

int sim_kube_store(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                   const struct sim_kube_object *row, json_t *object)
{
    const char *body = NULL;
    return store(call, kind, row, object, &body);
}

int sim_kube_store_answered(struct sim_kube_call *call, const struct sim_kube_object *row,
                            json_t *object, int status)
{
    const struct sim_kube_request *request = &call->request;
    const char *body = NULL;
    if (store(call, request->kind, row, object, &body) < 0)
        return -1;
    if (request->version->is_storage && !request->is_dry_run)
        sim_kube_answer_text(call, status, body);
    else
        sim_kube_answer_object(call, status, object);
    return 0;
}
