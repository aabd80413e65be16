/* Managers of fields: who wrote which field of an object, kept in metadata.managedFields, and
 * server-side apply, which rests on it (documented). Pure: objects and lists that go in are never
 * changed. */
#pragma once

#include "common/kube/fields.h"

/* Who writes now. Texts are borrowed. */
struct lat_kube_manager {
    const char *name;        /* "kubectl" */
    const char *subresource; /* "" for the object itself */
    const char *api_version;
    const char *time; /* of this write, RFC 3339 */
    bool is_apply;
};

/* One field that an apply would take from another manager. In the arena of the call. */
struct lat_kube_conflict {
    const char *manager; /* as people read it: "kubectl-edit" using v1 */
    const char *path;    /* ".spec.type" */
};

struct lat_kube_conflicts {
    struct lat_kube_conflict *items;
    size_t count;
};

/* Whether a list that a peer gave can be kept as managedFields. */
bool lat_kube_managed_is_valid(const json_t *entries);

/* The entries after a write that made object of old (NULL: a new object). Without a change of a
 * field they stay as they are. entries may be NULL. metadata.managedFields of both objects does not
 * count. A new reference; an empty array when nobody owns anything. */
json_t *lat_kube_managed_update_new(struct lat_arena *arena, const struct lat_kube_manager *who,
                                    const json_t *schema, const json_t *entries, const json_t *old,
                                    const json_t *object);

/* Applies config, which lat_kube_fields_check has let through, to live (an empty object when there
 * is none yet). 0 with the object and the entries, both new; or -1 with the conflicts, unless
 * force. What the same manager applied before and leaves out now is removed, unless another owns
 * it. */
int lat_kube_managed_apply(struct lat_arena *arena, const struct lat_kube_manager *who,
                           const json_t *schema, const json_t *entries, const json_t *live,
                           const json_t *config, bool force, json_t **ret_object_new,
                           json_t **ret_entries_new,
                           struct lat_kube_conflicts *ret_conflicts) LAT_MUST_USE;
