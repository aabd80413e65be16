/* Faults on request: rules that make calls slow, refused, lost, stale or half done, so that a
 * rehearsal meets what the real service rarely shows. A rule says which calls it is about, which of
 * them it strikes, and what happens to those. Deterministic: counts, and a seeded source of its own
 * that leaves the ids alone. Rules, counts and that source are part of the state. */
#pragma once

#include "simulator/engine/answer.h"
#include "simulator/engine/call.h"

#include <jansson.h>

#define SIM_FAULTS_MAX        1000
#define SIM_FAULT_ENTRIES_MAX 100   /* of one batch that a rule may name */
#define SIM_STALE_ANSWERS_MAX 10000 /* that one rule remembers */

/* Whose calls a rule is about. */
enum sim_fault_api { SIM_FAULT_AWS, SIM_FAULT_KUBERNETES, SIM_FAULT_API_COUNT };

/* How a watch of the Kubernetes API ends before its time. */
enum sim_fault_end {
    SIM_FAULT_END_NONE,
    SIM_FAULT_END_CLOSE,   /* cleanly, as servers do now and then */
    SIM_FAULT_END_CUT,     /* in the middle of nowhere */
    SIM_FAULT_END_EXPIRED, /* by an ERROR event with 410 */
    SIM_FAULT_END_COUNT
};

enum sim_cut { SIM_CUT_NONE, SIM_CUT_BEFORE, SIM_CUT_AFTER, SIM_CUT_COUNT };

struct sim_stale_answer;

/* A rule. Texts live in its arena. */
struct sim_fault {
    struct sim_fault *next;
    struct lat_arena *arena;
    int64_t id;
    json_t *document; /* as it was given */

    /* Which calls match; NULL: all. */
    enum sim_fault_api api;
    const char *service;          /* signing name: "vpc-lattice"; never of the Kubernetes API */
    const char *operation;        /* "CreateService"; a verb of the Kubernetes API: "update" */
    const char *resource;         /* id that the call's input names, as it is or in an ARN; for the
                                   * Kubernetes API as its rules of access name it: "pods/status" */
    const char *namespace, *name; /* of the object; of the Kubernetes API alone */
    const char *caller;           /* account, access key or ARN; a user, or a program */

    /* Which of the matching calls are struck: all conditions that are set must hold. */
    int64_t nth;   /* 0: any */
    int64_t every; /* 0: any */
    int64_t times; /* 0: without end */
    bool has_probability;
    int64_t probability_millionths;

    /* What happens. */
    int64_t latency_ms;
    struct lat_refusal error; /* code is NULL: none */
    enum sim_cut cut;
    int64_t stale; /* reads that still get the answer from before a change; 0: none */
    enum sim_fault_end watch_end;
    int64_t watch_events; /* that are sent before */
    bool is_partial;
    const int64_t *entries; /* of a batch that fail, from 0; all when there are none */
    size_t entry_count;
    const char *entry_code; /* NULL: the operation's own */
    const char *entry_message;

    int64_t matches, strikes;
    bool is_noted;         /* it has a row */
    int64_t noted_matches; /* that the row tells */
    struct sim_stale_answer *answers;
    size_t answer_count;
};

struct sim_faults;

struct sim_faults *sim_faults_new(uint64_t seed) LAT_MUST_USE;
struct sim_faults *sim_faults_free(struct sim_faults *faults);

/* Adds a rule from its document; on failure reterr says which member is wrong, and how to right it.
 */
int sim_faults_add(struct sim_faults *faults, const json_t *document, const struct sim_fault **ret,
                   struct lat_err *reterr) LAT_MUST_USE;

/* Adds the rules of a YAML file: each document is a rule or a list of rules. */
int sim_faults_load(struct sim_faults *faults, const char *path,
                    struct lat_err *reterr) LAT_MUST_USE;

/* Forgets one rule, or all for 0. Returns how many went. */
size_t sim_faults_remove(struct sim_faults *faults, int64_t id);

/* Every rule in the order in which they are asked: its document with id, matches and strikes. */
json_t *sim_faults_list_new(const struct sim_faults *faults) LAT_MUST_USE;

/* Writes rows for what changed since the last time, in the current transaction; faults may be NULL.
 */
int sim_faults_write(struct sim_store *store, struct sim_faults *faults) LAT_MUST_USE;

/* Faults as the rows say, with the throttling of sim->config. A row that no program of this kind
 * wrote is LAT_ERR_INPUT. */
int sim_faults_read(struct sim *sim, struct sim_faults **ret_faults,
                    struct lat_err *reterr) LAT_MUST_USE;

#define SIM_FAULT_NAMES_MAX 3

/* What rules see of a call. NULL is a text that it does not have. */
struct sim_fault_subject {
    enum sim_fault_api api;
    const char *service, *operation;
    const char *input; /* of AWS: ids that it names count as its resource */
    const char *resources[SIM_FAULT_NAMES_MAX];
    const char *namespace, *name;
    const char *callers[SIM_FAULT_NAMES_MAX];
};

/* Counts a call for every rule that matches, and returns the first one that strikes; else NULL. */
struct sim_fault *sim_faults_take(struct sim_faults *faults,
                                  const struct sim_fault_subject *subject);

/* To be called once per call, when its operation and input are known and before it means anything:
 * counts it for every rule that matches, and lets the first one that strikes take hold. Returns -1
 * when the call is refused by that, or by throttling. */
int sim_fault_strike(struct sim_call *call) LAT_MUST_USE;

/* Lays the effects on what was answered: stale answers, latency, a cut connection. */
void sim_fault_settle(struct sim_call *call, const struct lat_http_request *request,
                      struct sim_answer *answer);

/* Whether the rule that took hold spoils this entry of a batch; code is the one that the operation
 * uses when the rule names none. ret_code and ret_message are written only then. */
bool sim_fault_spoils(const struct sim_call *call, size_t entry, const char *code,
                      const char **ret_code, const char **ret_message);

/* Fills a rule from its document; NULL, or what is wrong with it (in the rule's arena). */
const char *sim_fault_read(const json_t *document, struct sim_fault *fault) LAT_MUST_USE;

/* Lets an answer of a read be the one from before the last change, if the rule still holds it back.
 * Returns whether it did. */
bool sim_stale_replace(struct sim_fault *fault, struct sim_call *call,
                       const struct lat_http_request *request, struct sim_answer *answer);
void sim_stale_forget(struct sim_fault *fault);

/* --- throttling: a token bucket per account, Region and operation -------------------------------
 */

#define SIM_THROTTLE_RATE_MAX INT64_C(1000000)

/* rate tokens per second and at most burst of them; 0 switches throttling off. */
void sim_throttle_set(struct sim_faults *faults, int64_t rate, int64_t burst);
void sim_throttle_get(const struct sim_faults *faults, int64_t *ret_rate, int64_t *ret_burst);

struct sim_throttle;
struct sim_throttle *sim_throttle_new(void) LAT_MUST_USE;
struct sim_throttle *sim_throttle_free(struct sim_throttle *throttle);
void sim_throttle_reset(struct sim_throttle *throttle, int64_t rate, int64_t burst);
int64_t sim_throttle_rate(const struct sim_throttle *throttle);
int64_t sim_throttle_burst(const struct sim_throttle *throttle);
/* Takes a token. Returns whether there was one. */
bool sim_throttle_take(struct sim_throttle *throttle, const char *key, int64_t now_ms);
