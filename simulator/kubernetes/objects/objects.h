/* What writes mean: how objects come, change and go, and what they take along. */
#pragma once

#include "simulator/kubernetes/reading/reading.h"

/* --- write.c, patch.c, apply.c, delete.c --- */

int sim_kube_create(struct sim_kube_call *call);
int sim_kube_update(struct sim_kube_call *call);
int sim_kube_patch(struct sim_kube_call *call);
/* What object becomes by the patch in the body, of whatever type; NULL after a refusal. */
json_t *sim_kube_patched_new(struct sim_kube_call *call, const json_t *object);
int sim_kube_apply(struct sim_kube_call *call);
int sim_kube_delete(struct sim_kube_call *call);
int sim_kube_delete_collection(struct sim_kube_call *call);

/* The object must be of the kind, version and namespace that the URL names; what it leaves out of
 * these is filled in. */
int sim_kube_check_addressed(struct sim_kube_call *call, json_t *object);
/* Stores a new object and answers with it. *owned is changed on the way, and may become another
 * object: what stands there afterwards is the caller's. */
int sim_kube_insert(struct sim_kube_call *call, json_t **owned);
/* Stores what object should become, in place of the row that is there: main resource or status, as
 * the request says. Answers with the result. object is changed on the way. */
int sim_kube_replace(struct sim_kube_call *call, const struct sim_kube_object *row,
                     const json_t *old, json_t *object);
/* Deletes or marks one object. *ret_removed tells which; object becomes the result. */
int sim_kube_delete_object(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                           const struct sim_kube_object *row, json_t *object, bool *ret_removed);

/* --- remove.c: how an object goes --- */

#define SIM_KUBE_FOREGROUND_FINALIZER "foregroundDeletion"

/* Notes that object was marked or is gone, for sim_kube_cascade. */
void sim_kube_note_departure(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                             const json_t *object, bool is_gone);
/* Sets deletionTimestamp and what goes with it, and notes it; the caller stores the object. */
void sim_kube_mark(struct sim_kube_call *call, const struct lat_kube_kind *kind, json_t *object);
/* Removes the row, whose last state object is, and notes it. */
int sim_kube_remove(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                    const struct sim_kube_object *row, json_t *object);
void sim_kube_finalizer_add(json_t *object, const char *finalizer);
/* Stores object without that finalizer; removes it when it was the last one. */
int sim_kube_finalizer_remove(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                              const struct sim_kube_object *row, json_t *object,
                              const char *finalizer);

/* --- owner_index.c: who owns anything at all --- */

/* Whom object, which is about to be stored, names as its owners. */
void sim_kube_owners_remember(struct sim_kube *kube, const json_t *object);
/* The objects were replaced as a whole. */
void sim_kube_owners_forget(struct sim_kube *kube);
/* *ret_owns is false only for what has no dependents. */
int sim_kube_may_own(struct sim_kube *kube, const char *uid, bool *ret_owns);

/* --- owners.c: owner references --- */

/* Calls back for every object that names that owner, as it is now. */
typedef int sim_kube_on_dependent(struct sim_kube_call *call, const struct sim_kube_object *row,
                                  const json_t *object, const struct sim_kube_departure *owner);
int sim_kube_for_dependents(struct sim_kube_call *call, const struct sim_kube_departure *owner,
                            sim_kube_on_dependent *each);
/* Takes the references to that owner out; *ret_lives says whether another owner is there still. */
int sim_kube_drop_reference(struct sim_kube_call *call, json_t *object, const char *uid,
                            bool *ret_lives);
/* Takes the references to object out of its dependents. */
int sim_kube_owners_orphan(struct sim_kube_call *call, const json_t *object);
/* Whether the owner has dependents that it must wait for. */
int sim_kube_is_waited_for(struct sim_kube_call *call, const struct sim_kube_object *owner,
                           bool *ret_waits);

/* --- enclosing.c: namespaces and definitions, which go after their content --- */

struct sim_kube_enclosing {
    const char *resource;
    const char *finalizer; /* that keeps it until it is empty; NULL: its content does */
    /* Refuses, or changes the object that is about to be marked. */
    int (*begin)(struct sim_kube_call *call, json_t *object);
    /* What it encloses. */
    int (*list)(struct sim_kube_call *call, const char *name, struct sim_kube_object **ret_rows,
                size_t *ret_count);
};

/* NULL for a kind that encloses nothing. */
const struct sim_kube_enclosing *sim_kube_enclosing_of(const struct lat_kube_kind *kind);
/* Removes a terminating one of that name once it is empty. */
int sim_kube_enclosing_end(struct sim_kube_call *call, const char *resource, const char *name);

/* --- cascade.c --- */

/* Does what follows from everything that was noted, within the transaction. */
int sim_kube_cascade(struct sim_kube_call *call);

/* --- definition.c: CustomResourceDefinitions --- */

/* Names that were left out, and the whole status. */
void sim_kube_definition_default(struct sim_kube_call *call, json_t *definition);
/* Makes the kinds in memory those of the stored definitions; watches of kinds that change or go
 * end. Not while a call is under way. */
int sim_kube_definitions_load(struct sim_kube *kube);
/* Whether new objects of the requested kind are taken. */
int sim_kube_check_definition(struct sim_kube_call *call);

/* --- prepare.c: what every written object goes through --- */

/* Members of metadata that only the server writes go; nulls too. */
void sim_kube_clean_metadata(json_t *object);
/* Unknown members: refused, warned of, or silently dropped. is_patch words the refusal. */
int sim_kube_check_unknown(struct sim_kube_call *call, json_t *object, bool is_patch);
/* Defaults, then validation of metadata and schema. old is NULL for a create. */
int sim_kube_check_object(struct sim_kube_call *call, json_t *object, const json_t *old);
/* Whether the namespace of a create exists and takes new objects. */
int sim_kube_check_namespace(struct sim_kube_call *call);

/* --- managed.c --- */

/* Who sends this request. */
struct lat_kube_manager sim_kube_manager(struct sim_kube_call *call, bool is_apply);
/* Writes metadata.managedFields of object, which is to take the place of old (NULL: new). */
void sim_kube_manage(struct sim_kube_call *call, json_t *object, const json_t *old);
/* The schema of the requested version with that of metadata in it; a new reference. */
json_t *sim_kube_whole_schema_new(const struct sim_kube_call *call);

/* --- builtin.c: what the built-in kinds get from their own strategies and controllers --- */

void sim_kube_builtin_default(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                              json_t *object, const json_t *old);
void sim_kube_builtin_validate(const struct lat_kube_kind *kind, const json_t *object,
                               const json_t *old, struct lat_kube_causes *causes);

/* --- secret.c: ConfigMaps and Secrets --- */

void sim_kube_secret_default(struct sim_kube_call *call, json_t *object);
void sim_kube_immutable_validate(const json_t *object, const json_t *old,
                                 struct lat_kube_causes *causes);

/* --- actions.c: what carries a verb out --- */

typedef int sim_kube_action(struct sim_kube_call *call);
sim_kube_action *sim_kube_action_of(const struct sim_kube_request *request);
bool sim_kube_verb_writes(enum sim_kube_verb verb);

/* --- subresource.c: what is done with what an object has beside itself --- */

/* NULL: what the verb does with the object itself. */
sim_kube_action *sim_kube_subresource_action(const struct sim_kube_subresource *part,
                                             enum sim_kube_verb verb);

/* --- workload.c: Deployments and ReplicaSets as they are written --- */

void sim_kube_workload_default(json_t *object);
void sim_kube_workload_validate(const json_t *object, struct lat_kube_causes *causes);

/* --- webhooks.c --- */

/* Lets the mutating webhooks change a Pod that is to be created, and checks what they made of it;
 * *object may become another one. Objects of other kinds pass. */
int sim_kube_admit(struct sim_kube_call *call, json_t **object);
