/* Which rule takes hold of a call, and what it does to it; see fault.h. */

#include "common/aws/model.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "common/base/yaml.h"
#include "simulator/engine/fault_int.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MILLION INT64_C(1000000)
/* Keeps the source of faults apart from that of ids, which has the same seed. */
#define SEED_OF_FAULTS UINT64_C(0x6661756c7473)

/* --- the list of rules --------------------------------------------------------------------------
 */

void sim_fault_chance_begin(struct lat_rng *rng, uint64_t seed)
{
    lat_rng_init(rng, seed ^ SEED_OF_FAULTS);
}

struct sim_faults *sim_faults_new(uint64_t seed)
{
    struct sim_faults *faults = calloc(1, sizeof *faults);
    if (faults == NULL)
        abort();
    sim_fault_chance_begin(&faults->rng, seed);
    faults->noted_rng = faults->rng;
    faults->throttle = sim_throttle_new();
    return faults;
}

static void free_rule(struct sim_fault *fault)
{
    sim_stale_forget(fault);
    json_decref(fault->document);
    lat_arena_free(fault->arena); /* holds the rule itself */
}

struct sim_faults *sim_faults_free(struct sim_faults *faults)
{
    if (faults == NULL)
        return NULL;
    sim_faults_remove(faults, 0);
    sim_throttle_free(faults->throttle);
    free(faults);
    return NULL;
}

int sim_faults_add(struct sim_faults *faults, const json_t *document, const struct sim_fault **ret,
                   struct lat_err *reterr)
{
    if (faults->count >= SIM_FAULTS_MAX)
        return lat_err_input(reterr, "there are %d fault rules already; forget some first",
                             SIM_FAULTS_MAX);
    struct lat_arena *arena = lat_arena_new();
    struct sim_fault *fault = LAT_NEW(arena, struct sim_fault);
    fault->arena = arena;
    const char *wrong = sim_fault_read(document, fault);
    if (wrong != NULL) {
        lat_err_input(reterr, "%s", wrong);
        lat_arena_free(arena);
        return -1;
    }
    fault->document = json_deep_copy(document);
    fault->id = ++faults->last_id;
    faults->is_changed = true;
    struct sim_fault **end = &faults->first;
    while (*end != NULL)
        end = &(*end)->next;
    *end = fault;
    faults->count++;
    if (ret != NULL)
        *ret = fault;
    return 0;
}

static int add_from_file(struct sim_faults *faults, const struct lat_yaml *yaml,
                         const json_t *document, struct lat_err *reterr)
{
    if (sim_faults_add(faults, document, NULL, reterr) == 0)
        return 0;
    struct lat_err inner = *reterr;
    return lat_err_input(reterr, "%s:%d: %s", lat_yaml_name(yaml), lat_yaml_line(yaml, document),
                         inner.message);
}

int sim_faults_load(struct sim_faults *faults, const char *path, struct lat_err *reterr)
{
    LAT_AUTO(lat_yaml_freep) struct lat_yaml *yaml = lat_yaml_read(path, reterr);
    if (yaml == NULL)
        return -1;
    for (size_t i = 0; i < lat_yaml_count(yaml); i++) {
        const json_t *document = lat_yaml_document(yaml, i);
        if (!json_is_array(document)) {
            if (add_from_file(faults, yaml, document, reterr) < 0)
                return -1;
            continue;
        }
        for (size_t k = 0; k < json_array_size(document); k++)
            if (add_from_file(faults, yaml, json_array_get(document, k), reterr) < 0)
                return -1;
    }
    return 0;
}

size_t sim_faults_remove(struct sim_faults *faults, int64_t id)
{
    size_t removed = 0;
    for (struct sim_fault **at = &faults->first; *at != NULL;) {
        struct sim_fault *fault = *at;
        if (id != 0 && fault->id != id) {
            at = &fault->next;
            continue;
        }
        *at = fault->next;
        free_rule(fault);
        removed++;
    }
    faults->count -= removed;
    if (removed > 0)
        faults->is_changed = faults->is_rewritten = true;
    return removed;
}

json_t *sim_faults_list_new(const struct sim_faults *faults)
{
    json_t *list = json_array();
    for (const struct sim_fault *fault = faults->first; fault != NULL; fault = fault->next) {
        json_t *shown =
            json_pack("{s:I, s:I, s:I}", "id", (json_int_t)fault->id, "matches",
                      (json_int_t)fault->matches, "strikes", (json_int_t)fault->strikes);
        json_object_update(shown, fault->document);
        json_array_append_new(list, shown);
    }
    return list;
}

void sim_throttle_set(struct sim_faults *faults, int64_t rate, int64_t burst)
{
    sim_throttle_reset(faults->throttle, rate, burst);
    faults->is_changed = faults->is_rewritten = true;
}

void sim_throttle_get(const struct sim_faults *faults, int64_t *ret_rate, int64_t *ret_burst)
{
    *ret_rate = sim_throttle_rate(faults->throttle);
    *ret_burst = sim_throttle_burst(faults->throttle);
}

/* --- which calls --------------------------------------------------------------------------------
 */

static bool continues_id(char c)
{
    return isalnum((unsigned char)c) || c == '-';
}

/* Whether a text names an id: as it stands, or as a part of an ARN or path. */
static bool names_id(const char *text, const char *id)
{
    size_t length = strlen(id);
    for (const char *at = strstr(text, id); at != NULL; at = strstr(at + 1, id))
        if ((at == text || !continues_id(at[-1])) && !continues_id(at[length]))
            return true;
    return false;
}

/* Whether a rule's text is among those of the call; a rule without one asks for nothing. */
static bool is_among(const char *wanted, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count && wanted != NULL; i++)
        if (lat_text_eq(wanted, texts[i]))
            return true;
    return wanted == NULL;
}

static bool matches(const struct sim_fault *fault, const struct sim_fault_subject *subject)
{
    bool names_resource = is_among(fault->resource, subject->resources, SIM_FAULT_NAMES_MAX) ||
                          (subject->input != NULL && names_id(subject->input, fault->resource));
    return fault->api == subject->api && is_among(fault->service, &subject->service, 1) &&
           is_among(fault->operation, &subject->operation, 1) &&
           is_among(fault->namespace, &subject->namespace, 1) &&
           is_among(fault->name, &subject->name, 1) &&
           is_among(fault->caller, subject->callers, SIM_FAULT_NAMES_MAX) && names_resource;
}

/* Counts a matching call and says whether it is to be struck. */
static bool is_due(struct sim_fault *fault, struct lat_rng *rng)
{
    fault->matches++;
    /* The draw comes first, so that the other conditions do not shift the sequence. */
    bool drawn = !fault->has_probability ||
                 (int64_t)lat_rng_below(rng, MILLION) < fault->probability_millionths;
    if (!drawn || (fault->nth != 0 && fault->matches != fault->nth) ||
        (fault->every != 0 && fault->matches % fault->every != 0) ||
        (fault->times != 0 && fault->strikes >= fault->times))
        return false;
    return true;
}

/* --- what happens -------------------------------------------------------------------------------
 */

static int refuse(struct sim_call *call, enum sim_rule_id rule, struct lat_refusal refusal)
{
    call->refusal = refusal;
    call->rule = rule;
    return -1;
}

static int take_token(struct sim_call *call)
{
    const char *key = lat_arena_printf(call->arena, "%s %s %s", call->caller.account,
                                       call->caller.region, call->operation);
    if (sim_throttle_take(call->sim->faults->throttle, key, call->now_ms))
        return 0;
    const struct lat_error_shape *shape = &lat_error_shapes[LAT_ERROR_THROTTLING_EXCEPTION];
    return refuse(call, SIM_RULE_THROTTLED,
                  (struct lat_refusal){.shape = shape,
                                       .code = shape->name,
                                       .status = shape->status,
                                       .message = "Rate exceeded",
                                       .service_code = call->service,
                                       .retry_after_seconds = 1});
}

struct sim_fault *sim_faults_take(struct sim_faults *faults,
                                  const struct sim_fault_subject *subject)
{
    struct sim_fault *struck = NULL;
    for (struct sim_fault *fault = faults->first; fault != NULL; fault = fault->next)
        if (matches(fault, subject)) {
            faults->is_changed = true;
            if (!is_due(fault, &faults->rng) || struck != NULL)
                continue;
            fault->strikes++;
            struck = fault;
        }
    return struck;
}

int sim_fault_strike(struct sim_call *call)
{
    struct sim_faults *faults = call->sim->faults;
    if (faults == NULL)
        return 0;
    const struct sim_fault_subject subject = {
        .api = SIM_FAULT_AWS,
        .service = call->service,
        .operation = call->operation,
        .input = lat_text_or_empty(call->input),
        .callers = {call->caller.account, call->caller.access_key, call->caller.arn},
    };
    call->fault = sim_faults_take(faults, &subject);
    if (sim_throttle_rate(faults->throttle) > 0) {
        faults->is_changed = true;
        if (take_token(call) < 0)
            return -1;
    }
    const struct sim_fault *fault = call->fault;
    if (fault == NULL)
        return 0;
    if (fault->cut == SIM_CUT_BEFORE)
        return refuse(call, SIM_RULE_FAULT,
                      (struct lat_refusal){.code = SIM_CUT_CODE,
                                           .status = 503,
                                           .message = "The connection was cut"});
    if (fault->error.code != NULL) {
        struct lat_refusal error = fault->error;
        if (error.service_code == NULL)
            error.service_code = call->service;
        return refuse(call, SIM_RULE_FAULT, error);
    }
    return 0;
}

static void add_retry_after(const struct sim_call *call, struct sim_answer *answer)
{
    int seconds = call->refusal.retry_after_seconds;
    for (size_t i = 0; i < answer->header_count; i++)
        if (lat_text_eq_ignore_case(answer->headers[i].name, "Retry-After"))
            return;
    if (seconds > 0)
        sim_answer_header(answer, "Retry-After", lat_arena_printf(call->arena, "%d", seconds));
}

void sim_fault_settle(struct sim_call *call, const struct lat_http_request *request,
                      struct sim_answer *answer)
{
    struct sim_fault *fault = call->fault;
    add_retry_after(call, answer);
    if (fault == NULL)
        return;
    if (fault->stale > 0 && sim_stale_replace(fault, call, request, answer))
        call->rule = SIM_RULE_FAULT;
    if (fault->latency_ms > 0)
        answer->due_ms = call->now_ms + fault->latency_ms;
    if (fault->cut == SIM_CUT_NONE)
        return;
    answer->cut = true;
    answer->status = 0;
    call->refusal.code = SIM_CUT_CODE;
    call->rule = SIM_RULE_FAULT;
}

bool sim_fault_spoils(const struct sim_call *call, size_t entry, const char *code,
                      const char **ret_code, const char **ret_message)
{
    const struct sim_fault *fault = call->fault;
    if (fault == NULL || !fault->is_partial)
        return false;
    bool spoils = fault->entry_count == 0;
    for (size_t i = 0; i < fault->entry_count; i++)
        spoils = spoils || fault->entries[i] == (int64_t)entry;
    if (!spoils)
        return false;
    *ret_code = fault->entry_code == NULL ? code : fault->entry_code;
    *ret_message = fault->entry_message;
    return true;
}
