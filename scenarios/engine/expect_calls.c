/* Expectations on what was called: in which order, never, and whether a resource was written to at
 * all. They read the journal only; the story's own calls do not count. */
#include "scenarios/engine/run.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "scenarios/engine/expect.h"
#include "scenarios/engine/pattern.h"

#include <string.h>

static const struct scn_member calls_members[] = {
    {"since", SCN_TEXT, false},   {"on", SCN_TEXT, false},    {"in order", SCN_LIST, false},
    {"exactly", SCN_LIST, false}, {"never", SCN_LIST, false},
};

/* The controller's AWS calls that change something, since a moment, on a resource or on any. */
struct calls {
    const struct scn_journal_entry **entries;
    size_t count;
};

static int collect(struct scn_run *run, const char *since, const char *on, struct calls *ret_calls,
                   struct lat_err *reterr)
{
    const struct scn_memory *memory = NULL;
    int64_t seq = run->step_seq;
    struct calls calls = {.count = 0};
    if (since != NULL && scn_run_memory(run, since, &memory, reterr) < 0)
        return -1;
    if (memory != NULL)
        seq = memory->seq;
    if (scn_world_read_journal(&run->world, reterr) < 0)
        return -1;
    const struct scn_journal *journal = &run->world.journal;
    for (size_t i = 0; i < journal->entry_count; i++) {
        const struct scn_journal_entry *entry = &journal->entries[i];
        if (entry->seq > seq && entry->is_aws && entry->by_controller &&
            scn_operation_changes(entry->operation) &&
            (on == NULL || scn_journal_addresses(entry, on)))
            *LAT_ARENA_PUSH(run->arena, calls.entries, calls.count) = entry;
    }
    *ret_calls = calls;
    return 0;
}

/* "CreateRule", or "CreateRule refused ServiceQuotaExceededException". */
static const char *entry_text(struct lat_arena *arena, const struct scn_journal_entry *entry)
{
    return entry->error != NULL
               ? lat_arena_printf(arena, "%s refused %s", entry->operation, entry->error)
               : entry->operation;
}

static const char *calls_text(struct lat_arena *arena, const struct calls *calls)
{
    const char *text = "";
    for (size_t i = 0; i < calls->count; i++)
        text = lat_arena_printf(arena, "%s%s%s", text, i > 0 ? ", " : "",
                                entry_text(arena, calls->entries[i]));
    return *text != '\0' ? text : "no changing call";
}

/* A wanted call without "refused" means one that succeeded. */
static bool is_call(struct lat_arena *arena, const struct scn_journal_entry *entry,
                    const char *wanted)
{
    return lat_text_eq(entry_text(arena, entry), lat_text_or_empty(wanted));
}

static bool in_order(struct lat_arena *arena, const struct calls *calls, const json_t *wanted)
{
    size_t next = 0;
    for (size_t i = 0; i < calls->count && next < json_array_size(wanted); i++)
        if (is_call(arena, calls->entries[i], json_string_value(json_array_get(wanted, next))))
            next++;
    return next == json_array_size(wanted);
}

static bool exactly(struct lat_arena *arena, const struct calls *calls, const json_t *wanted)
{
    return calls->count == json_array_size(wanted) && in_order(arena, calls, wanted);
}

/* A refused attempt counts too: it was made. */
static bool never(struct lat_arena *arena, const struct calls *calls, const json_t *wanted)
{
    (void)arena;
    size_t index;
    json_t *item;
    json_array_foreach(lat_json_iterable(wanted), index, item) {
        for (size_t i = 0; i < calls->count; i++)
            if (lat_text_eq(calls->entries[i]->operation, json_string_value(item)))
                return false;
    }
    return true;
}

static const struct {
    const char *word;
    const char *sentence;
    bool (*judge)(struct lat_arena *arena, const struct calls *calls, const json_t *wanted);
} judges[] = {
    {"in order", "the controller calls, in this order,", in_order},
    {"exactly", "the controller's changing calls are exactly", exactly},
    {"never", "the controller never calls", never},
};

static const char *judge_text(struct lat_arena *arena, size_t judge, const json_t *value)
{
    const char *on = lat_json_string_at(value, "on", NULL);
    return lat_arena_printf(arena, "%s %s%s%s", judges[judge].sentence,
                            scn_list_text(arena, json_object_get(value, judges[judge].word)),
                            on != NULL ? " on " : "", lat_text_or_empty(on));
}

static const char *describe_calls(struct lat_arena *arena, const json_t *value)
{
    const char *text = "";
    for (size_t i = 0; i < LAT_COUNT(judges); i++)
        if (json_object_get(value, judges[i].word) != NULL)
            text = lat_arena_printf(arena, "%s%s%s", text, *text != '\0' ? "; " : "",
                                    judge_text(arena, i, value));
    return text;
}

static int perform_calls(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    struct calls calls;
    if (collect(run, lat_json_string_at(value, "since", NULL),
                lat_json_string_at(value, "on", NULL), &calls, reterr) < 0)
        return -1;
    size_t judged = 0;
    for (size_t i = 0; i < LAT_COUNT(judges); i++) {
        const json_t *wanted = json_object_get(value, judges[i].word);
        if (wanted == NULL)
            continue;
        judged++;
        scn_run_check(run, judges[i].judge(run->arena, &calls, wanted),
                      judge_text(run->arena, i, value), calls_text(run->arena, &calls));
    }
    if (judged == 0)
        return lat_err_input(reterr, "\"calls\" needs \"in order\", \"exactly\" or \"never\"");
    return 0;
}

static const struct scn_member untouched_members[] = {
    {"resource", SCN_TEXT, true}, {"called", SCN_TEXT, false}, {"since", SCN_TEXT, false}};

static const char *describe_untouched(struct lat_arena *arena, const json_t *value)
{
    const char *resource = lat_json_string_at(value, "resource", "?");
    const char *called = lat_json_string_at(value, "called", resource);
    return lat_arena_printf(arena, "the controller never wrote to %s", called);
}

static int perform_untouched(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    struct calls calls;
    if (collect(run, lat_json_string_at(value, "since", NULL),
                lat_json_string_at(value, "resource", ""), &calls, reterr) < 0)
        return -1;
    scn_run_check(run, calls.count == 0, describe_untouched(run->arena, value),
                  calls_text(run->arena, &calls));
    return 0;
}

static const struct scn_kind kinds[] = {
    {"calls", SCN_MAP, false, calls_members, LAT_COUNT(calls_members), describe_calls,
     perform_calls},
    {"untouched", SCN_MAP, false, untouched_members, LAT_COUNT(untouched_members),
     describe_untouched, perform_untouched},
};

const struct scn_kinds scn_expect_calls = {kinds, LAT_COUNT(kinds)};
