/* Stale reads; see fault.h. A rule remembers what each request was answered. When the answer
 * changes, because of a write in between, the old one is given for so many calls more. Chosen: a
 * request that was never made before has nothing to be stale with. */
#include "common/base/text.h"
#include "simulator/engine/fault_int.h"

#include <string.h>

static bool is_read(const char *operation)
{
    return lat_text_has_prefix(operation, "Get") || lat_text_has_prefix(operation, "List") ||
           lat_text_has_prefix(operation, "Describe");
}

static bool is_same(const struct sim_answer *a, const struct sim_answer *b)
{
    return a->status == b->status &&
           strcmp(lat_text_or_empty(a->body), lat_text_or_empty(b->body)) == 0;
}

/* A copy of an answer with its texts in an arena. */
static struct sim_answer copy(struct lat_arena *arena, const struct sim_answer *answer)
{
    struct sim_answer copied = *answer;
    copied.content_type = lat_arena_strdup(arena, answer->content_type);
    copied.body = lat_arena_strdup(arena, answer->body);
    for (size_t i = 0; i < answer->header_count; i++)
        copied.headers[i] =
            (struct lat_http_header){lat_arena_strdup(arena, answer->headers[i].name),
                                     lat_arena_strdup(arena, answer->headers[i].value)};
    return copied;
}

/* at: the place of the answer that this one takes over, with its row; or the head of the list. */
static void remember(struct sim_fault *fault, struct sim_stale_answer **at, const char *key,
                     const struct sim_call *call, const struct sim_answer *answer)
{
    struct sim_stale_answer *old = at == NULL ? NULL : *at;
    struct lat_arena *arena = lat_arena_new();
    struct sim_stale_answer *entry = LAT_NEW(arena, struct sim_stale_answer);
    *entry = (struct sim_stale_answer){
        .next = old == NULL ? fault->answers : old->next,
        .arena = arena,
        .id = old == NULL ? ++call->sim->faults->last_answer : old->id,
        .key = lat_arena_strdup(arena, key),
        .answer = copy(arena, answer),
        .error = lat_arena_strdup(arena, call->refusal.code),
    };
    if (old == NULL) {
        fault->answers = entry;
        fault->answer_count++;
    } else {
        *at = entry;
        lat_arena_free(old->arena);
    }
}

static struct sim_stale_answer **find(struct sim_fault *fault, const char *key)
{
    struct sim_stale_answer **at = &fault->answers;
    while (*at != NULL && !lat_text_eq((*at)->key, key))
        at = &(*at)->next;
    return at;
}

bool sim_stale_replace(struct sim_fault *fault, struct sim_call *call,
                       const struct lat_http_request *request, struct sim_answer *answer)
{
    if (!is_read(call->operation) || call->has_secrets)
        return false;
    const char *key = lat_arena_printf(call->arena, "%s %s %s %s %s %s", call->caller.account,
                                       call->caller.region, call->service, call->operation,
                                       request->target, lat_text_or_empty(call->input));
    struct sim_stale_answer **at = find(fault, key);
    struct sim_stale_answer *old = *at;
    if (old != NULL && is_same(&old->answer, answer)) {
        old->is_noted = old->is_noted && old->held_back == 0;
        old->held_back = 0;
        return false;
    }
    if (old != NULL && old->held_back < fault->stale) {
        old->held_back++;
        old->is_noted = false;
        *answer = copy(call->arena, &old->answer);
        call->refusal.code = lat_arena_strdup(call->arena, old->error);
        return true;
    }
    if (old != NULL || fault->answer_count < SIM_STALE_ANSWERS_MAX)
        remember(fault, old == NULL ? NULL : at, key, call, answer);
    return false;
}

void sim_stale_forget(struct sim_fault *fault)
{
    while (fault->answers != NULL) {
        struct sim_stale_answer *entry = fault->answers;
        fault->answers = entry->next;
        fault->answer_count--;
        lat_arena_free(entry->arena);
    }
}
