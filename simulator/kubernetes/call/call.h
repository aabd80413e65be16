/* One call on its way from URL to answer: who calls, what is asked, how it is refused or answered.
 * Nothing here knows what an object means. Only for simulator/kubernetes and its tests. */
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
