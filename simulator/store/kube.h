/* Typed queries over the objects of the fake Kubernetes API and the log of their changes. Comments
 * on meaning stand in schema/kubernetes.sql. Texts live in the arena; all return 0, or -1 as the
 * store does. */
#pragma once

#include "simulator/store/store.h"

struct sim_kube_object {
    int64_t seq;
    const char *uid;
    const char *resource;
    const char *namespace;
    const char *name;
    int64_t version;
    const char *body;
};

struct sim_kube_change {
    int64_t version;
    const char *resource;
    const char *namespace;
    const char *name;
    const char *type;
    const char *body;
    const char *before; /* NULL for ADDED */
};

/* The object of that name, or NULL. */
int sim_store_kube_find(struct sim_store *store, struct lat_arena *arena, const char *resource,
                        const char *namespace, const char *name,
                        struct sim_kube_object **ret_object) LAT_MUST_USE;

/* Where a page of a list goes on: behind this namespace and name. */
struct sim_kube_cursor {
    const char *namespace;
    const char *name;
};

/* Objects of a resource ordered by namespace and name, at most count_max (-1: all); namespace NULL
 * for all namespaces. */
int sim_store_kube_list(struct sim_store *store, struct lat_arena *arena, const char *resource,
                        const char *namespace, struct sim_kube_cursor after, int64_t count_max,
                        struct sim_kube_object **ret_objects, size_t *ret_count) LAT_MUST_USE;
int sim_store_kube_count(struct sim_store *store, const char *resource, const char *namespace,
                         struct sim_kube_cursor after, int64_t *ret_count) LAT_MUST_USE;

/* Every object there is, in order of creation. */
int sim_store_kube_all(struct sim_store *store, struct lat_arena *arena,
                       struct sim_kube_object **ret_objects, size_t *ret_count) LAT_MUST_USE;
int sim_store_kube_by_uid(struct sim_store *store, struct lat_arena *arena, const char *uid,
                          struct sim_kube_object **ret_object) LAT_MUST_USE;

/* Objects whose text holds owner references and that uid, in order of creation: whoever the uid
 * owns is among them. */
int sim_store_kube_owned_by(struct sim_store *store, struct lat_arena *arena, const char *uid,
                            struct sim_kube_object **ret_objects, size_t *ret_count) LAT_MUST_USE;

int sim_store_kube_by_uid(struct sim_store *store, struct lat_arena *arena, const char *uid,
                          struct sim_kube_object **ret_object) LAT_MUST_USE;

/* Objects whose text holds owner references and that uid, in order of creation: whoever the uid
 * owns is among them. */
int sim_store_kube_owned_by(struct sim_store *store, struct lat_arena *arena, const char *uid,
                            struct sim_kube_object **ret_objects, size_t *ret_count) LAT_MUST_USE;

/* Everything that lies in a namespace, in order of creation. */
int sim_store_kube_in_namespace(struct sim_store *store, struct lat_arena *arena,
                                const char *namespace, struct sim_kube_object **ret_objects,
                                size_t *ret_count) LAT_MUST_USE;

/* The resourceVersion of the last change, and of the oldest one that can still be replayed. */
int sim_store_kube_version(struct sim_store *store, int64_t *ret_version) LAT_MUST_USE;
int sim_store_kube_oldest(struct sim_store *store, int64_t *ret_version) LAT_MUST_USE;

/* Forgets the log of changes and lets versions go on above this one. */
int sim_store_kube_compact(struct sim_store *store, int64_t version) LAT_MUST_USE;

/* At most count_max changes (-1: all) above a version, oldest first. */
int sim_store_kube_changes(struct sim_store *store, struct lat_arena *arena, int64_t after,
                           int64_t count_max, struct sim_kube_change **ret_changes,
                           size_t *ret_count) LAT_MUST_USE;

/* The first change of every object of a resource above a version, ordered by namespace and name:
 * what stands before it is the object as of that version. */
int sim_store_kube_first_changes(struct sim_store *store, struct lat_arena *arena,
                                 const char *resource, int64_t after,
                                 struct sim_kube_change **ret_changes,
                                 size_t *ret_count) LAT_MUST_USE;

/* Each writes the object and its change; before is the body that was there (NULL for an insert).
 * object->version is the version of the change, one above sim_store_kube_version. */
int sim_store_kube_insert(struct sim_store *store, struct sim_kube_object *object) LAT_MUST_USE;
int sim_store_kube_update(struct sim_store *store, const struct sim_kube_object *object,
                          const char *before) LAT_MUST_USE;
int sim_store_kube_delete(struct sim_store *store, const struct sim_kube_object *object,
                          const char *before) LAT_MUST_USE;
