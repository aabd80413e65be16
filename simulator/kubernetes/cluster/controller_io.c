/* How the controllers of a cluster read and write: as a client would, inside the transaction. See
 * controllers.h. */
#include "simulator/kubernetes/cluster/controllers.h"

#include "common/base/text.h"
#include "common/kube/object.h"

#include <string.h>

int sim_kube_read_new(struct sim_kube_call *call, const char *resource, const char *namespace,
                      const char *name, json_t **ret_new)
{
    struct sim_kube_object *row = NULL;
    if (sim_store_kube_find(call->kube->sim->store, call->arena, resource, namespace, name, &row) <
        0)
        return -1;
    *ret_new = row == NULL ? NULL : sim_kube_stored_new(row->body);
    return 0;
}

int sim_kube_read_all_new(struct sim_kube_call *call, const char *resource, const char *namespace,
                          const char *word, json_t **ret_new)
{
    struct sim_kube_object *rows = NULL;
    size_t count = 0;
    if (sim_store_kube_list(call->kube->sim->store, call->arena, resource, namespace,
                            (struct sim_kube_cursor){"", ""}, -1, &rows, &count) < 0)
        return -1;
    *ret_new = json_array();
    for (size_t i = 0; i < count; i++)
        if (word == NULL || strstr(rows[i].body, word) != NULL)
            json_array_append_new(*ret_new, sim_kube_stored_new(rows[i].body));
    return 0;
}

const char *sim_kube_path(struct sim_kube_call *call, const char *resource, const char *namespace,
                          const char *name)
{
    const struct lat_kube_kind *kind = sim_kube_kind_of(call->kube, resource);
    const char *version =
        lat_kube_kind_api_version(call->arena, kind, lat_kube_kind_storage_version(kind));
    return lat_arena_printf(call->arena, "/%s/%s%s%s/%s%s%s",
                            kind->group[0] == '\0' ? "api" : "apis", version,
                            kind->is_namespaced ? "/namespaces/" : "", namespace, kind->plural,
                            name == NULL ? "" : "/", lat_text_or_empty(name));
}

/* Whether the object is there just so: saying that again would cost and change nothing. name may be
 * followed by a subresource. */
static int is_stored(struct sim_kube_call *call, const char *resource, const char *namespace,
                     const char *name, const json_t *object, bool *ret_is)
{
    struct sim_kube_object *row = NULL;
    const char *plain = lat_arena_strndup(call->arena, name, strcspn(name, "/"));
    if (sim_store_kube_find(call->kube->sim->store, call->arena, resource, namespace, plain, &row) <
        0)
        return -1;
    *ret_is = row != NULL && lat_text_eq(row->body, lat_json_text(call->arena, object));
    return 0;
}

int sim_kube_write(struct sim_kube_call *call, const char *method, const char *resource,
                   const char *namespace, const char *name, const json_t *object,
                   bool *ret_accepted)
{
    bool accepted = false, is_there = false;
    if (lat_text_eq(method, "PUT") &&
        is_stored(call, resource, namespace, name, object, &is_there) < 0)
        return -1;
    if (is_there && ret_accepted != NULL)
        *ret_accepted = true;
    if (is_there)
        return 0;
    const char *path = sim_kube_path(call, resource, namespace, name);
    if (sim_kube_inner(call, method, path, object, &accepted) < 0)
        return -1;
    if (ret_accepted != NULL)
        *ret_accepted = accepted;
    return 0;
}

json_t *sim_kube_owned_by_new(const json_t *owner)
{
    return json_pack("[{s:s, s:s, s:s, s:s, s:b, s:b}]", "apiVersion", lat_kube_api_version(owner),
                     "kind", lat_kube_kind_name(owner), "name", lat_kube_name(owner), "uid",
                     lat_kube_uid(owner), "controller", 1, "blockOwnerDeletion", 1);
}

bool sim_kube_is_controlled_by(const json_t *object, const json_t *owner)
{
    return lat_text_eq(lat_json_string_at(lat_kube_controller_reference(object), "uid", ""),
                       lat_kube_uid(owner));
}
