/* The one place where a changed object is written, and what has to be remembered of that. */
#include "simulator/kubernetes/objects/objects.h"

#include "common/kube/object.h"

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
        lat_kube_kind_api_version(call->arena, kind, lat_kube_kind_storage_version(kind)));
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
