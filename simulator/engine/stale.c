/* Stale reads; see fault.h. A rule remembers what each request was answered. When the answer
 * changes, because of a write in between, the old one is given for so many calls more. Chosen: a
 * request that was never made before has nothing to be stale with. */
#include "common/base/text.h"
#include "simulator/engine/fault.h"

#include <string.h>

/* The last answer that a request saw; all of it lives in its own arena. */
struct sim_stale_answer {
    struct sim_stale_answer *next;
    struct lat_arena *arena;
    const char *key;
    struct sim_answer answer;
    const char *error; /* exception, or NULL */
    int64_t held_back; /* calls that got it although the truth had changed */
};

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

static void remember(struct sim_fault *fault, const char *key, const struct sim_call *call,
                     const struct sim_answer *answer)
{
    struct lat_arena *arena = lat_arena_new();
    struct sim_stale_answer *entry = LAT_NEW(arena, struct sim_stale_answer);
    *entry = (struct sim_stale_answer){
        .next = fault->answers,
        .arena = arena,
        .key = lat_arena_strdup(arena, key),
        .answer = copy(arena, answer),
        .error = lat_arena_strdup(arena, call->refusal.code),
    };
    fault->answers = entry;
    fault->answer_count++;
}

static void forget(struct sim_fault *fault, struct sim_stale_answer **at)
{
    struct sim_stale_answer *entry = *at;
    *at = entry->next;
    fault->answer_count--;
    lat_arena_free(entry->arena);
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
    if (!is_read(call->operation))
        return false;
    const char *key = lat_arena_printf(call->arena, "%s %s %s %s %s %s", call->caller.account,
                                       call->caller.region, call->service, call->operation,
                                       request->target, lat_text_or_empty(call->input));
    struct sim_stale_answer **at = find(fault, key);
    struct sim_stale_answer *old = *at;
    if (old != NULL && is_same(&old->answer, answer)) {
        old->held_back = 0;
        return false;
    }
    if (old != NULL && old->held_back < fault->stale) {
        old->held_back++;
        *answer = copy(call->arena, &old->answer);
        call->refusal.code = lat_arena_strdup(call->arena, old->error);
        return true;
    }
    if (old != NULL)
        forget(fault, at);
    if (fault->answer_count < SIM_STALE_ANSWERS_MAX)
        remember(fault, key, call, answer);
    return false;
}

void sim_stale_forget(struct sim_fault *fault)
{
    while (fault->answers != NULL)
        forget(fault, &fault->answers);
}
