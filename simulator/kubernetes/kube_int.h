/* What the files of the fake Kubernetes API share: one call on its way from URL to answer. Only for
 * this folder and its tests. */
#pragma once

#include "common/base/buf.h"
#include "common/base/json.h"
#include "common/http/server.h"
#include "common/kube/cause.h"
#include "common/kube/kind.h"
#include "common/kube/selector.h"
#include "simulator/engine/sim.h"
#include "simulator/kubernetes/kube.h"
#include "simulator/store/kube.h"

enum kube_verb {
    KUBE_NO_VERB, /* not a request for a resource */
    KUBE_GET,
    KUBE_LIST,
    KUBE_WATCH,
    KUBE_CREATE,
    KUBE_UPDATE,
    KUBE_PATCH,
    KUBE_DELETE,
    KUBE_DELETE_COLLECTION,
    KUBE_VERB_COUNT
};

enum kube_validation { KUBE_VALIDATION_WARN, KUBE_VALIDATION_STRICT, KUBE_VALIDATION_IGNORE };

struct kube_parameter {
    const char *name;
    const char *value;
};

/* A URL, understood. Texts are "" when they do not apply. */
struct kube_request {
    const char *segments[LAT_PATH_SEGMENTS_MAX];
    size_t segment_count;
    struct kube_parameter *parameters;
    size_t parameter_count;

    enum kube_verb verb;
    const struct lat_kube_kind *kind;
    const struct lat_kube_version *version;
    const char *namespace; /* "" for cluster-scoped kinds and for all namespaces */
    const char *name;
    const char *subresource;
    bool is_dry_run;
    enum kube_validation validation;
    struct lat_kube_selector labels;
    struct lat_kube_selector fields;
};

/* A watch in the making or open; see watch.c. */
struct kube_watch;

struct sim_kube {
    struct sim *sim; /* borrowed */
    struct lat_kube_kinds *kinds;
    struct kube_watch *watches; /* open ones; each lives in the arena of its exchange */
    size_t watch_count;
    int64_t published; /* the last version that watches were told of */
};

struct kube_answer {
    int status; /* 0: nothing was said yet */
    const char *content_type;
    const char *body;
    size_t length;
    const char *reason; /* of a refusal; NULL for success. For the journal */
};

struct kube_call {
    struct sim_kube *kube;
    struct lat_http_exchange *exchange;
    const struct lat_http_request *http;
    struct lat_arena *arena; /* of the exchange */
    int64_t now_ms;
    struct kube_request request;
    struct kube_answer answer;
    struct lat_buf buf; /* for answers that grow; answer.body may point into it */
    const char **warnings;
    size_t warning_count;
    bool is_streaming; /* a watch took the exchange over */
};

/* Every function that returns int below returns 0, or -1 after refusing the call (kube_refuse…);
 * -1 without an answer means that the store failed, which is answered with 500. */

/* --- status.c: refusals, as Status objects --- */

enum kube_refusal {
    KUBE_BAD_REQUEST,
    KUBE_FORBIDDEN,
    KUBE_NOT_FOUND,
    KUBE_METHOD_NOT_ALLOWED,
    KUBE_ALREADY_EXISTS,
    KUBE_CONFLICT,
    KUBE_EXPIRED,
    KUBE_INVALID,
    KUBE_TOO_MANY_REQUESTS,
    KUBE_UNSUPPORTED_MEDIA_TYPE,
    KUBE_INTERNAL_ERROR,
    KUBE_TIMEOUT,
    KUBE_REFUSAL_COUNT
};

/* Refuses; details name the requested resource and, when it has one, the object. Returns -1. */
int kube_refuse(struct kube_call *call, enum kube_refusal refusal, const char *message, ...)
    LAT_PRINTF(3, 4);
int kube_refuse_not_found(struct kube_call *call, const char *name);
int kube_refuse_exists(struct kube_call *call, const char *name);
int kube_refuse_conflict(struct kube_call *call, const char *name);
int kube_refuse_expired(struct kube_call *call, int64_t version, int64_t oldest);
int kube_refuse_too_new(struct kube_call *call, int64_t version, int64_t current);
/* 422 with all causes; name is that of the object. */
int kube_refuse_causes(struct kube_call *call, const char *name,
                       const struct lat_kube_causes *causes);
/* 422 as a patch that does not apply is refused. */
int kube_refuse_patch(struct kube_call *call, const char *why);
/* The Status of a refusal as JSON text, for an ERROR event. */
const char *kube_status_expired(struct lat_arena *arena, int64_t version, int64_t oldest);
/* The Status of a deletion that is complete. */
json_t *kube_status_deleted_new(const struct lat_kube_kind *kind, const char *name,
                                const char *uid);

/* --- request.c --- */

/* Reads path, query and method into call->request. */
int kube_request_read(struct kube_call *call);
/* The value of a query parameter; NULL when absent. */
const char *kube_parameter(const struct kube_request *request, const char *name);
bool kube_parameter_bool(const struct kube_request *request, const char *name);
/* A whole number that is not negative; fallback when absent or "". */
int kube_parameter_number(struct kube_call *call, const char *name, int64_t fallback,
                          int64_t *ret_number);
const char *kube_verb_word(enum kube_verb verb);
bool kube_is_status(const struct kube_request *request);

/* --- server.c --- */

void kube_answer_json(struct kube_call *call, int status, const json_t *json);
void kube_answer_text(struct kube_call *call, int status, const char *text);
void kube_warn(struct kube_call *call, const char *text);

/* --- body.c: what came in --- */

/* The body of a create or update, JSON or YAML; a new reference. */
int kube_body_read_new(struct kube_call *call, json_t **ret_new);
/* The media type of the body without its parameters, in lower case; "" when absent. */
const char *kube_content_type(const struct kube_call *call);

/* --- read.c --- */

int kube_get(struct kube_call *call);
int kube_list(struct kube_call *call);
/* The object's text in the version that was asked for. */
const char *kube_body_for(struct lat_arena *arena, const struct lat_kube_kind *kind,
                          const struct lat_kube_version *version, const char *body);
bool kube_wants_table(const struct kube_call *call);
bool kube_selects(const struct lat_kube_selector *labels, const struct lat_kube_selector *fields,
                  const json_t *object);
int kube_find(struct kube_call *call, const struct lat_kube_kind *kind, const char *namespace,
              const char *name, struct sim_kube_object **ret_object);

/* --- write.c, patch.c, delete.c --- */

int kube_create(struct kube_call *call);
int kube_update(struct kube_call *call);
int kube_patch(struct kube_call *call);
int kube_delete(struct kube_call *call);
int kube_delete_collection(struct kube_call *call);

/* Stores what object should become, in place of the row that is there: main resource or status, as
 * the request says. Answers with the result. object is changed on the way. */
int kube_replace(struct kube_call *call, const struct sim_kube_object *row, const json_t *old,
                 json_t *object);
/* Writes the object under the next version in place of the row (row->seq 0: as a new one) and logs
 * the change. object gets its resourceVersion. */
int kube_store(struct kube_call *call, const struct lat_kube_kind *kind,
               const struct sim_kube_object *row, json_t *object);
/* Answers with an object in the version that was asked for. */
void kube_answer_object(struct kube_call *call, int status, json_t *object);
/* Removes the row, whose last state object is, and the terminating namespace that it was the last
 * in. */
int kube_remove(struct kube_call *call, const struct lat_kube_kind *kind,
                const struct sim_kube_object *row, json_t *object);
/* Deletes or marks one object. *ret_removed tells which; object becomes the result. */
int kube_delete_object(struct kube_call *call, const struct lat_kube_kind *kind,
                       const struct sim_kube_object *row, json_t *object, bool *ret_removed);

/* --- prepare.c: what every written object goes through --- */

/* Members of metadata that only the server writes go; nulls too. */
void kube_clean_metadata(json_t *object);
/* Unknown members: refused, warned of, or silently dropped. is_patch words the refusal. */
int kube_check_unknown(struct kube_call *call, json_t *object, bool is_patch);
/* Defaults, then validation of metadata and schema. old is NULL for a create. */
int kube_check_object(struct kube_call *call, json_t *object, const json_t *old);
/* Whether the namespace of a create exists and takes new objects. */
int kube_check_namespace(struct kube_call *call);

/* A text that a stored object holds, as JSON; a new reference. */
json_t *kube_stored_new(const char *body);
/* The kind of a stored row. */
const struct lat_kube_kind *kube_kind_of(const struct sim_kube *kube, const char *resource);

/* --- builtin.c: what the built-in kinds get from their own strategies and controllers --- */

void kube_builtin_default(struct kube_call *call, const struct lat_kube_kind *kind, json_t *object,
                          const json_t *old);
void kube_builtin_validate(const struct lat_kube_kind *kind, const json_t *object,
                           const json_t *old, struct lat_kube_causes *causes);

/* --- watch.c --- */

int kube_watch_start(struct kube_call *call);
/* Tells every watch of the changes that were committed since it was last called. */
void kube_watch_publish(struct sim_kube *kube);
void kube_watch_end_all(struct sim_kube *kube);

/* --- table.c, cells.c --- */

/* The Table of these objects (an array), as kubectl prints it; a new reference. */
json_t *kube_table_new(struct kube_call *call, const json_t *objects, const char *list_version);
/* "5m", "3d2h": the way kubectl shows ages. */
const char *kube_duration_text(struct lat_arena *arena, int64_t duration_ms);
/* The content of a cell that no JSON path can make; a new reference. */
json_t *kube_cell_new(struct lat_arena *arena, const char *cell, const json_t *object,
                      int64_t now_ms);

/* --- discovery.c, openapi.c: answers that depend on the kinds alone --- */

/* Whether the path was one of these; then the call is answered. */
bool kube_discover(struct kube_call *call);
bool kube_openapi(struct kube_call *call);
