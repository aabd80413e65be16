/* What the files of the fake Kubernetes API share: one call on its way from URL to answer. Only for
 * this folder and its tests. */
#pragma once

#include "common/base/buf.h"
#include "common/base/json.h"
#include "common/http/server.h"
#include "common/kube/cause.h"
#include "common/kube/kind.h"
#include "common/kube/managed.h"
#include "common/kube/selector.h"
#include "simulator/engine/sim.h"
#include "simulator/kubernetes/kube.h"
#include "simulator/store/kube.h"

enum sim_kube_verb {
    SIM_KUBE_NO_VERB, /* not a request for a resource */
    SIM_KUBE_GET,
    SIM_KUBE_LIST,
    SIM_KUBE_WATCH,
    SIM_KUBE_CREATE,
    SIM_KUBE_UPDATE,
    SIM_KUBE_PATCH,
    SIM_KUBE_DELETE,
    SIM_KUBE_DELETE_COLLECTION,
    SIM_KUBE_VERB_COUNT
};

enum sim_kube_validation {
    SIM_KUBE_VALIDATION_WARN,
    SIM_KUBE_VALIDATION_STRICT,
    SIM_KUBE_VALIDATION_IGNORE
};

/* What happens to the dependents of a deleted object. */
enum sim_kube_propagation { SIM_KUBE_BACKGROUND, SIM_KUBE_FOREGROUND, SIM_KUBE_ORPHAN };

/* The resource of CustomResourceDefinitions. */
#define SIM_KUBE_DEFINITIONS "customresourcedefinitions.apiextensions.k8s.io"

struct sim_kube_parameter {
    const char *name;
    const char *value;
};

/* A URL, understood. Texts are "" when they do not apply. */
struct sim_kube_request {
    const char *segments[LAT_PATH_SEGMENTS_MAX];
    size_t segment_count;
    struct sim_kube_parameter *parameters;
    size_t parameter_count;

    enum sim_kube_verb verb;
    const struct lat_kube_kind *kind;
    const struct lat_kube_version *version;
    const char *namespace; /* "" for cluster-scoped kinds and for all namespaces */
    const char *name;
    const char *subresource;
    const struct sim_kube_subresource *part; /* the same, understood; NULL without one */
    bool is_dry_run;
    enum sim_kube_validation validation;
    struct lat_kube_selector labels;
    struct lat_kube_selector fields;
};

/* A subresource; see part.c. */
struct sim_kube_subresource;

/* An object that was marked or is gone, and what may have to follow; in the call's arena. */
struct sim_kube_departure {
    struct sim_kube_departure *next;
    const struct lat_kube_kind *kind;
    const char *uid, *name;
    const char *namespace; /* "" for a cluster-scoped object, whose dependents may be anywhere */
    const char *const *owners; /* uids of its own owners, which may wait for it */
    size_t owner_count;
    bool is_gone;       /* else it was marked */
    bool is_foreground; /* it waits for its dependents */
};

/* A watch in the making or open; see watch.c. */
struct sim_kube_watch;

/* An answer that waits for its time; see faults.c. */
struct sim_kube_held;

struct sim_fault;

struct sim_kube_access;

struct sim_kube {
    struct sim *sim;       /* borrowed */
    struct lat_clock wall; /* the machine's, for how fast readers read; never virtual */
    int64_t looked_ms;     /* when that was looked at last */
    struct lat_kube_kinds *kinds;
    struct sim_kube_watch *watches; /* open ones; each lives in the arena of its exchange */
    size_t watch_count;
    bool definitions_changed;                          /* the kinds have to follow */
    bool was_asked;                                    /* somebody was told versions */
    bool (*follows)(const struct lat_kube_kind *kind); /* whether controllers follow it */
    bool is_followed;  /* the call at hand wrote what controllers follow */
    int64_t published; /* the last version that watches were told of */
    json_t *owners;    /* uids that references name, as members; more perhaps. NULL: not known */
    struct sim_kube_held *held;           /* each lives in the arena of its exchange */
    const struct sim_kube_access *access; /* NULL without TLS; see access.h */
};

struct sim_kube_answer {
    int status; /* 0: nothing was said yet */
    const char *content_type;
    const char *body;
    size_t length;
    const char *reason; /* of a refusal; NULL for success. For the journal */
    const char *message;
    int retry_after_seconds; /* 0: nothing is said of that */
};

/* Who calls; see identity.c. */
struct sim_kube_user {
    const char *name;
    const char *uid; /* NULL when unknown */
    const char **groups;
    size_t group_count;
};

struct sim_kube_call {
    struct sim_kube *kube;
    struct lat_http_exchange *exchange; /* NULL when there is nobody to stream to */
    const struct lat_http_request *http;
    struct lat_arena *arena; /* of the exchange */
    int64_t now_ms;
    struct sim_kube_user user;
    struct sim_kube_request request;
    struct sim_kube_answer answer;
    struct lat_buf buf;      /* for answers that grow; answer.body may point into it */
    json_t *applied_entries; /* managedFields as an apply worked them out; else NULL. Borrowed */
    const char **warnings;
    size_t warning_count;
    enum sim_kube_propagation propagation;
    struct sim_kube_departure *departures, *last_departure; /* for cascade.c */
    bool is_streaming;                                      /* a watch took the exchange over */
    const struct sim_fault *fault;                          /* the rule that struck, or NULL */
};

#define SIM_KUBE_HEADERS_MAX 16

/* An answer with its headers, whose texts live in the arena of the request. */
struct sim_kube_reply {
    int status;
    bool is_cut; /* the connection is closed instead */
    struct lat_http_header headers[SIM_KUBE_HEADERS_MAX];
    size_t header_count;
    const char *body;
    size_t length;
};

/* Every function that returns int below returns 0, or -1 after refusing the call
 * (sim_kube_refuse…); -1 without an answer means that the store failed, which is answered with 500.
 */

/* --- server.c --- */

/* Carries a request that was read out, in a transaction of its own when it writes. */
void sim_kube_carry_out(struct sim_kube_call *call);
/* The way of a call that no fault rule strikes, from its request to answer and journal. */
void sim_kube_serve(struct sim_kube_call *call);
/* What follows an answer: watches are told, and kinds follow their definitions. */
void sim_kube_settle(struct sim_kube *kube);

/* --- status.c: refusals, as Status objects --- */

enum sim_kube_refusal {
    SIM_KUBE_BAD_REQUEST,
    SIM_KUBE_UNAUTHORIZED,
    SIM_KUBE_FORBIDDEN,
    SIM_KUBE_NOT_FOUND,
    SIM_KUBE_METHOD_NOT_ALLOWED,
    SIM_KUBE_ALREADY_EXISTS,
    SIM_KUBE_NOT_ACCEPTABLE,
    SIM_KUBE_CONFLICT,
    SIM_KUBE_EXPIRED,
    SIM_KUBE_INVALID,
    SIM_KUBE_TOO_MANY_REQUESTS,
    SIM_KUBE_UNSUPPORTED_MEDIA_TYPE,
    SIM_KUBE_INTERNAL_ERROR,
    SIM_KUBE_UNKNOWN, /* what kube-apiserver answers with 500 and no reason */
    SIM_KUBE_TIMEOUT,
    SIM_KUBE_REFUSAL_COUNT
};

/* Refuses; details name the requested resource and, when it has one, the object. Returns -1. */
int sim_kube_refuse(struct sim_kube_call *call, enum sim_kube_refusal refusal, const char *message,
                    ...) LAT_PRINTF(3, 4);
/* Whatever a fault rule asks for; retry_after_seconds 0: no word of that. */
void sim_kube_refuse_as(struct sim_kube_call *call, int code, const char *reason,
                        const char *message, int retry_after_seconds);
int sim_kube_refuse_not_found(struct sim_kube_call *call, const char *name);
int sim_kube_refuse_exists(struct sim_kube_call *call, const char *name);
/* Every name that was generated is taken, of which this is the last. */
int sim_kube_refuse_generated(struct sim_kube_call *call, const char *name);
int sim_kube_refuse_conflict(struct sim_kube_call *call, const char *name);
int sim_kube_refuse_expired(struct sim_kube_call *call, int64_t version, int64_t oldest);
int sim_kube_refuse_too_new(struct sim_kube_call *call, int64_t version, int64_t current);
/* 422 with all causes; name is that of the object. */
int sim_kube_refuse_causes(struct sim_kube_call *call, const char *name,
                           const struct lat_kube_causes *causes);
/* 422 about the options of a request ("PatchOptions"), which have no name. */
int sim_kube_refuse_options(struct sim_kube_call *call, const char *options,
                            const struct lat_kube_causes *causes);
/* 409 with one cause for each field that another manager owns. */
int sim_kube_refuse_conflicts(struct sim_kube_call *call,
                              const struct lat_kube_conflicts *conflicts);
/* 422 as a patch that does not apply is refused. */
int sim_kube_refuse_patch(struct sim_kube_call *call, const char *why);
/* The Status of a refusal as JSON text, for an ERROR event. */
const char *sim_kube_status_expired(struct lat_arena *arena, int64_t version, int64_t oldest);
/* The Status of a deletion that is complete. */
json_t *sim_kube_status_deleted_new(const struct lat_kube_kind *kind, const char *name,
                                    const char *uid);

/* --- server.c --- */

/* A request of the program itself, as if a client had sent it; see struct sim_cluster. */
json_t *sim_kube_ask_new(void *context, struct lat_arena *arena, const char *method,
                         const char *target, const json_t *body, int *ret_status);

/* --- identity.c --- */

/* The user; over plain HTTP, where nobody logs in, the program's name from the User-Agent. */
const char *sim_kube_caller(const struct sim_kube_call *call);

/* --- faults.c --- */

/* Lets fault rules strike, once it is known what is asked. Returns -1 when that refuses the call.
 */
int sim_kube_fault_strike(struct sim_kube_call *call);
/* Whether the rule that struck takes the answer away. */
bool sim_kube_fault_cuts(const struct sim_kube_call *call);
/* Whether the caller sees a refusal because of it. */
bool sim_kube_fault_shows(const struct sim_kube_call *call);
/* Answers the exchange, at once or when the rule that struck lets it. */
void sim_kube_send(struct sim_kube_call *call, const struct sim_kube_reply *reply);
/* Sends what is due; returns when the next one is, or INT64_MAX. */
int64_t sim_kube_send_held(struct sim_kube *kube, int64_t now_ms);

/* --- part.c: the vocabulary of requests --- */

const char *sim_kube_verb_word(enum sim_kube_verb verb);

/* The subresource of that name, if the version has it; else NULL. */
const struct sim_kube_subresource *sim_kube_subresource_find(const struct lat_kube_version *version,
                                                             const char *name);
bool sim_kube_subresource_takes(const struct sim_kube_subresource *part, enum sim_kube_verb verb);
/* How discovery lists it; the next one behind part, which is NULL at the beginning. */
const struct sim_kube_subresource *
sim_kube_subresource_next(const struct lat_kube_version *version,
                          const struct sim_kube_subresource *part);
const char *sim_kube_subresource_name(const struct sim_kube_subresource *part);
/* {group, version, kind} of what it takes and gives; a new reference. */
json_t *sim_kube_subresource_kind_new(const struct sim_kube_subresource *part,
                                      const struct lat_kube_kind *kind,
                                      const struct lat_kube_version *version);
json_t *sim_kube_subresource_verbs_new(const struct sim_kube_subresource *part);

/* --- request.c --- */

/* Reads path, query and method into call->request. */
int sim_kube_request_read(struct sim_kube_call *call);
/* The value of a query parameter; NULL when absent. */
const char *sim_kube_parameter(const struct sim_kube_request *request, const char *name);
bool sim_kube_parameter_bool(const struct sim_kube_request *request, const char *name);
/* A whole number that is not negative; fallback when absent or "". */
int sim_kube_parameter_number(struct sim_kube_call *call, const char *name, int64_t fallback,
                              int64_t *ret_number);
bool sim_kube_is_status(const struct sim_kube_request *request);

/* --- answer.c --- */

void sim_kube_answer_json(struct sim_kube_call *call, int status, const json_t *json);
void sim_kube_answer_text(struct sim_kube_call *call, int status, const char *text);
/* An object, in the version that was asked for. */
void sim_kube_answer_object(struct sim_kube_call *call, int status, json_t *object);
void sim_kube_warn(struct sim_kube_call *call, const char *text);
/* Whether the client takes JSON, which is all that objects are answered in. */
int sim_kube_check_accept(struct sim_kube_call *call);

/* --- body.c: what came in --- */

/* The body of a create or update, JSON or YAML; a new reference. */
int sim_kube_body_read_new(struct sim_kube_call *call, json_t **ret_new);
/* The media type of the body without its parameters, in lower case; "" when absent. */
const char *sim_kube_content_type(const struct sim_kube_call *call);

/* --- stored.c --- */

/* "gateway.networking.k8s.io/v1", "v1". */
const char *sim_kube_api_version(struct lat_arena *arena, const struct lat_kube_kind *kind,
                                 const struct lat_kube_version *version);
/* The object's text in the version that was asked for. */
const char *sim_kube_body_for(struct lat_arena *arena, const struct lat_kube_kind *kind,
                              const struct lat_kube_version *version, const char *body);
int sim_kube_find(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                  const char *namespace, const char *name, struct sim_kube_object **ret_object);
/* Writes the object under the next version in place of the row (row->seq 0: as a new one) and logs
 * the change. object gets its resourceVersion. */
int sim_kube_store(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                   const struct sim_kube_object *row, json_t *object);
/* The same for the requested kind, and the answer is what was written. */
int sim_kube_store_answered(struct sim_kube_call *call, const struct sim_kube_object *row,
                            json_t *object, int status);
/* A text that a stored object holds, as JSON; a new reference. */
json_t *sim_kube_stored_new(const char *body);
bool sim_kube_is_definition(const struct lat_kube_kind *kind);
/* The kind of a stored row. */
const struct lat_kube_kind *sim_kube_kind_of(const struct sim_kube *kube, const char *resource);

/* --- read.c --- */

int sim_kube_get(struct sim_kube_call *call);
int sim_kube_list(struct sim_kube_call *call);
bool sim_kube_wants_table(const struct sim_kube_call *call);
bool sim_kube_selects(const struct lat_kube_selector *labels,
                      const struct lat_kube_selector *fields, const json_t *object);

/* --- history.c --- */

/* What sim_store_kube_list would have given at an earlier version, which the change log still
 * reaches back to. With count_max >= 0 it is a page of about as many, behind whose last row the
 * next one goes on when *ret_has_more; a page may be empty all the same. */
int sim_kube_history_list(struct sim_store *store, struct lat_arena *arena, const char *resource,
                          int64_t version, const char *namespace, struct sim_kube_cursor after,
                          int64_t count_max, struct sim_kube_object **ret_rows, size_t *ret_count,
                          bool *ret_has_more);

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

/* --- inner.c: requests that the server makes of itself --- */

/* Carries out a write inside the transaction of call. A refusal is logged and shows in
 * *ret_accepted alone. */
int sim_kube_inner(struct sim_kube_call *call, const char *method, const char *path,
                   const json_t *body, bool *ret_accepted);

/* --- actions.c: what carries a verb out --- */

typedef int sim_kube_action(struct sim_kube_call *call);
sim_kube_action *sim_kube_action_of(const struct sim_kube_request *request);
bool sim_kube_verb_writes(enum sim_kube_verb verb);

/* --- subresource.c: what is done with what an object has beside itself --- */

/* NULL: what the verb does with the object itself. */
sim_kube_action *sim_kube_subresource_action(const struct sim_kube_subresource *part,
                                             enum sim_kube_verb verb);

/* --- controllers.c: what the controllers of a cluster make of a write --- */

/* Whether they may have work after a write of the kind. */
bool sim_kube_is_followed(const struct lat_kube_kind *kind);
/* Lets them follow what call has changed since the version before, in its transaction. */
int sim_kube_control(struct sim_kube_call *call, int64_t before);

/* --- workload.c: Deployments and ReplicaSets as they are written --- */

void sim_kube_workload_default(json_t *object);
void sim_kube_workload_validate(const json_t *object, struct lat_kube_causes *causes);

/* --- webhooks.c --- */

/* Lets the mutating webhooks change a Pod that is to be created, and checks what they made of it;
 * *object may become another one. Objects of other kinds pass. */
int sim_kube_admit(struct sim_kube_call *call, json_t **object);

/* --- watch.c --- */

int sim_kube_watch_start(struct sim_kube_call *call);
/* Tells every watch of the changes that were committed since it was last called. */
void sim_kube_watch_publish(struct sim_kube *kube);
void sim_kube_watch_end_all(struct sim_kube *kube);
/* Ends the watches of a kind, which is about to go. */
void sim_kube_watch_end_kind(struct sim_kube *kube, const struct lat_kube_kind *kind);

/* --- table.c, cells.c --- */

/* How a table is made. */
struct sim_kube_table {
    struct lat_arena *arena;
    const struct lat_kube_version *version; /* whose columns it has */
    const char *include; /* what a row carries: "Metadata" (also ""), "Object", "None" */
    int64_t now_ms;      /* ages are counted up to here */
};

struct sim_kube_table sim_kube_table_for(const struct sim_kube_call *call);
/* The Table of these objects (an array), as kubectl prints it; a new reference. */
json_t *sim_kube_table_new(const struct sim_kube_table *how, const json_t *objects,
                           const char *list_version);
/* "5m", "3d2h": the way kubectl shows ages. */
const char *sim_kube_duration_text(struct lat_arena *arena, int64_t duration_ms);
/* The content of a cell that no JSON path can make; a new reference. */
json_t *sim_kube_cell_new(struct lat_arena *arena, const char *cell, const json_t *object,
                          int64_t now_ms);

/* --- discovery.c, openapi.c: answers that depend on the kinds alone --- */

/* Whether the path was one of these; then the call is answered. */
bool sim_kube_discover(struct sim_kube_call *call);
bool sim_kube_openapi(struct sim_kube_call *call);

/* --- openapi_schema.c, openapi_v2.c --- */

#define SIM_KUBE_VERSION "v1.32.0" /* of Kubernetes, that this is to look like (chosen) */

void sim_kube_openapi_v2(struct sim_kube_call *call);
/* "apis/gateway.networking.k8s.io/v1", "api/v1". */
const char *sim_kube_group_path(struct lat_arena *arena, const struct lat_kube_kind *kind,
                                const char *version);
/* Group, version and kind as documents name them; a new reference. */
json_t *sim_kube_type_new(const struct lat_kube_kind *kind, const char *version);
/* A schema as clients are to read it; a new reference. */
json_t *sim_kube_published_schema_new(const struct lat_kube_schema *schema);

/* --- state.c --- */

/* See struct sim_cluster. */
int sim_kube_state_check(void *context, struct lat_err *reterr);
int sim_kube_state_arrive(void *context);
