/* Reading a fault rule from its document; see fault.h. What is not understood is refused with the
 * member's name: a rule that silently does nothing would make a rehearsal lie. */
#include "common/aws/model.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/engine/fault.h"

#include <string.h>

#define LATENCY_MS_MAX INT64_C(3600000)
#define COUNT_MAX      INT64_C(1000000000)
#define SECONDS_MAX    3600

#define OPERATIONS_OF_BATCHES                                                                      \
    "RegisterTargets, DeregisterTargets, BatchUpdateRule, TagResources or UntagResources"

typedef const char *reader(struct sim_fault *fault, const json_t *value, size_t offset);

static const char *read_text(struct sim_fault *fault, const json_t *value, size_t offset)
{
    if (lat_text_is_empty(json_string_value(value)))
        return "must be a text";
    *(const char **)(void *)((char *)fault + offset) =
        lat_arena_strdup(fault->arena, json_string_value(value));
    return NULL;
}

/* An id, also given as an ARN: the id behind its last slash. */
static const char *read_resource(struct sim_fault *fault, const json_t *value, size_t offset)
{
    const char *wrong = read_text(fault, value, offset);
    const char *slash = wrong == NULL ? strrchr(fault->resource, '/') : NULL;
    if (slash != NULL)
        fault->resource = slash + 1;
    return wrong;
}

static const char *read_count(struct sim_fault *fault, const json_t *value, size_t offset)
{
    json_int_t number = json_integer_value(value);
    if (number < 1 || number > COUNT_MAX)
        return "must be a whole number from 1 on";
    *(int64_t *)(void *)((char *)fault + offset) = number;
    return NULL;
}

static const char *read_latency(struct sim_fault *fault, const json_t *value, size_t offset)
{
    (void)offset;
    json_int_t number = json_integer_value(value);
    if (number < 1 || number > LATENCY_MS_MAX)
        return "must be from 1 ms to one hour";
    fault->latency_ms = number;
    return NULL;
}

static const char *read_probability(struct sim_fault *fault, const json_t *value, size_t offset)
{
    (void)offset;
    double number = json_number_value(value);
    if (!json_is_number(value) || number < 0 || number > 1)
        return "must be a number from 0 to 1";
    fault->has_probability = true;
    fault->probability_millionths = (int64_t)(number * 1000000 + 0.5);
    return NULL;
}

static const char *read_throttle(struct sim_fault *fault, const json_t *value, size_t offset)
{
    (void)offset;
    json_int_t seconds = json_integer_value(value);
    if (!json_is_integer(value) || seconds < 0 || seconds > SECONDS_MAX)
        return "must be the seconds of Retry-After, 0 for none";
    fault->error_code = "ThrottlingException";
    fault->error_status = 429;
    fault->error_message = "Rate exceeded";
    fault->retry_after_seconds = (int)seconds;
    return NULL;
}

static const char *read_error(struct sim_fault *fault, const json_t *value, size_t offset)
{
    (void)offset;
    const char *code = lat_json_string_at(value, "code", "InternalServerException");
    const struct lat_error_shape *shape = lat_error_shape_by_name(code);
    int64_t status = lat_json_int_at(value, "status", shape == NULL ? 500 : shape->status);
    int64_t seconds = lat_json_int_at(value, "retry_after", 0);
    const char *name;
    json_t *member;
    json_object_foreach(lat_json_iterable(value), name, member) {
        if (strcmp(name, "code") != 0 && strcmp(name, "status") != 0 &&
            strcmp(name, "message") != 0 && strcmp(name, "retry_after") != 0)
            return "takes code, status, message and retry_after";
    }
    if (!json_is_object(value) || status < 400 || status > 599 || seconds < 0 ||
        seconds > SECONDS_MAX)
        return "must be an object; status from 400 to 599, retry_after in seconds";
    fault->error_code = lat_arena_strdup(fault->arena, code);
    fault->error_status = (int)status;
    fault->retry_after_seconds = (int)seconds;
    fault->error_message = lat_arena_strdup(
        fault->arena, lat_json_string_at(value, "message", "Asked for by a fault rule"));
    return NULL;
}

static const char *read_cut(struct sim_fault *fault, const json_t *value, size_t offset)
{
    (void)offset;
    if (lat_text_eq(json_string_value(value), "before"))
        fault->cut = SIM_CUT_BEFORE;
    else if (lat_text_eq(json_string_value(value), "after"))
        fault->cut = SIM_CUT_AFTER;
    else
        return "must be before or after (the commit)";
    return NULL;
}

static const char *read_partial(struct sim_fault *fault, const json_t *value, size_t offset)
{
    (void)offset;
    const json_t *entries = json_object_get(value, "entries");
    size_t count = json_array_size(entries);
    if (!json_is_object(value) || (entries != NULL && count == 0) || count > SIM_FAULT_ENTRIES_MAX)
        return "must be an object with code, message, and entries: numbers from 0 on (all without)";
    int64_t *numbers = LAT_NEW_ARRAY(fault->arena, int64_t, count);
    for (size_t i = 0; i < count; i++) {
        if (!json_is_integer(json_array_get(entries, i)))
            return "must have whole numbers as entries";
        numbers[i] = json_integer_value(json_array_get(entries, i));
    }
    fault->is_partial = true;
    fault->entries = numbers;
    fault->entry_count = count;
    fault->entry_code = lat_arena_strdup(fault->arena, lat_json_string_at(value, "code", NULL));
    fault->entry_message = lat_arena_strdup(
        fault->arena, lat_json_string_at(value, "message", "Asked for by a fault rule"));
    return NULL;
}

static const struct {
    const char *name;
    reader *read;
    size_t offset;
    bool is_effect;
} members[] = {
    {"service", read_text, offsetof(struct sim_fault, service), false},
    {"operation", read_text, offsetof(struct sim_fault, operation), false},
    {"resource", read_resource, offsetof(struct sim_fault, resource), false},
    {"caller", read_text, offsetof(struct sim_fault, caller), false},
    {"nth", read_count, offsetof(struct sim_fault, nth), false},
    {"every", read_count, offsetof(struct sim_fault, every), false},
    {"times", read_count, offsetof(struct sim_fault, times), false},
    {"probability", read_probability, 0, false},
    {"latency_ms", read_latency, 0, true},
    {"throttle", read_throttle, 0, true},
    {"error", read_error, 0, true},
    {"cut", read_cut, 0, true},
    {"stale", read_count, offsetof(struct sim_fault, stale), true},
    {"partial", read_partial, 0, true},
};

static const char *explain(struct sim_fault *fault, const char *member, const char *wrong)
{
    return lat_arena_printf(fault->arena, "%s %s", member, wrong);
}

/* Effects that contradict each other, or that can never show. */
static const char *find_contradiction(const struct sim_fault *fault)
{
    static const char *const batches[] = {"RegisterTargets", "DeregisterTargets", "BatchUpdateRule",
                                          "TagResources", "UntagResources"};
    bool is_batch = false;
    for (size_t i = 0; i < LAT_COUNT(batches); i++)
        is_batch = is_batch || lat_text_eq(fault->operation, batches[i]);
    int outcomes = (fault->error_code != NULL) + (fault->cut != SIM_CUT_NONE) + (fault->stale > 0) +
                   fault->is_partial;
    if (outcomes > 1)
        return "a rule takes one of throttle, error, cut, stale and partial; latency_ms goes with "
               "each";
    if (fault->is_partial && !is_batch)
        return "partial needs the operation " OPERATIONS_OF_BATCHES;
    if (fault->stale > 0 && (fault->nth != 0 || fault->every != 0 || fault->has_probability))
        return "stale counts reads after each change; nth, every and probability do not go with it";
    return NULL;
}

const char *sim_fault_read(const json_t *document, struct sim_fault *fault)
{
    bool has_effect = false;
    const char *name;
    json_t *value;
    if (!json_is_object(document))
        return "a fault rule must be an object; see docs/faults.md";
    json_object_foreach(lat_json_iterable(document), name, value) {
        size_t i = 0;
        while (i < LAT_COUNT(members) && strcmp(members[i].name, name) != 0)
            i++;
        if (i == LAT_COUNT(members))
            return explain(fault, name, "is not a member of a fault rule; see docs/faults.md");
        if (members[i].is_effect && strcmp(name, "throttle") == 0 &&
            json_object_get(document, "error") != NULL)
            return "a rule takes throttle or error, not both";
        const char *wrong = members[i].read(fault, value, members[i].offset);
        if (wrong != NULL)
            return explain(fault, name, wrong);
        has_effect = has_effect || members[i].is_effect;
    }
    if (!has_effect)
        return "a fault rule needs an effect: latency_ms, throttle, error, cut, stale or partial";
    return find_contradiction(fault);
}
