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

/* An id, also given as an ARN: the id behind its last slash. Of the Kubernetes API the slash stands
 * before a subresource. */
static const char *read_resource(struct sim_fault *fault, const json_t *value, size_t offset)
{
    const char *wrong = read_text(fault, value, offset);
    const char *slash = wrong == NULL ? strrchr(fault->resource, '/') : NULL;
    if (slash != NULL && fault->api == SIM_FAULT_AWS)
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

/* What a struck call is refused with; members that an exception must have are never absent. */
static void set_error(struct sim_fault *fault, const char *code, int status, const char *message,
                      int retry_after_seconds)
{
    fault->error = (struct lat_refusal){
        .shape = lat_error_shape_by_name(code),
        .code = lat_arena_strdup(fault->arena, code),
        .status = status,
        .message = lat_arena_strdup(fault->arena, message),
        .reason = "other",
        .resource_id = "",
        .resource_type = "",
        .quota_code = lat_text_eq(code, "ServiceQuotaExceededException") ? "" : NULL,
        .retry_after_seconds = retry_after_seconds,
    };
}

static const char *read_throttle(struct sim_fault *fault, const json_t *value, size_t offset)
{
    (void)offset;
    json_int_t seconds = json_integer_value(value);
    if (!json_is_integer(value) || seconds < 0 || seconds > SECONDS_MAX)
        return "must be the seconds of Retry-After, 0 for none";
    bool is_aws = fault->api == SIM_FAULT_AWS;
    set_error(fault, is_aws ? "ThrottlingException" : "TooManyRequests", 429,
              is_aws ? "Rate exceeded" : "Too many requests, please try again later.",
              (int)seconds);
    return NULL;
}

/* The status that goes with a code when the rule names none. */
static int status_of(enum sim_fault_api api, const char *code)
{
    static const struct {
        const char *reason;
        int status;
    } reasons[] = {
        {"BadRequest", 400},
        {"Unauthorized", 401},
        {"Forbidden", 403},
        {"NotFound", 404},
        {"MethodNotAllowed", 405},
        {"AlreadyExists", 409},
        {"Conflict", 409},
        {"Expired", 410},
        {"Gone", 410},
        {"Invalid", 422},
        {"TooManyRequests", 429},
        {"InternalError", 500},
        {"ServerTimeout", 500},
        {"ServiceUnavailable", 503},
        {"Timeout", 504},
    };
    const struct lat_error_shape *shape = lat_error_shape_by_name(code);
    if (api == SIM_FAULT_AWS)
        return shape == NULL ? 500 : shape->status;
    for (size_t i = 0; i < LAT_COUNT(reasons); i++)
        if (lat_text_eq(reasons[i].reason, code))
            return reasons[i].status;
    return 500;
}

/* Members of the exceptions themselves, and how each is read. */
static const struct {
    const char *name;
    size_t offset; /* of a text */
} exception_texts[] = {
    {"reason", offsetof(struct lat_refusal, reason)},
    {"resourceId", offsetof(struct lat_refusal, resource_id)},
    {"resourceType", offsetof(struct lat_refusal, resource_type)},
    {"serviceCode", offsetof(struct lat_refusal, service_code)},
    {"quotaCode", offsetof(struct lat_refusal, quota_code)},
};

static bool has_member(const struct lat_error_shape *shape, const char *name)
{
    for (size_t i = 0; shape != NULL && i < shape->member_count; i++)
        if (strcmp(shape->members[i].name, name) == 0)
            return true;
    return false;
}

/* fieldList: objects with name and message. */
static bool read_fields(struct sim_fault *fault, const json_t *list, struct lat_refusal *refusal)
{
    size_t count = json_array_size(list);
    if (list != NULL && (count == 0 || count > SIM_FAULT_ENTRIES_MAX))
        return false;
    struct lat_field_violation *fields =
        LAT_NEW_ARRAY(fault->arena, struct lat_field_violation, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *entry = json_array_get(list, i);
        fields[i].name = lat_arena_strdup(fault->arena, lat_json_string_at(entry, "name", ""));
        fields[i].message =
            lat_arena_strdup(fault->arena, lat_json_string_at(entry, "message", ""));
    }
    refusal->fields = fields;
    refusal->field_count = count;
    return true;
}

/* Fills one member of the refusal; NULL, or what is wrong. */
static const char *read_error_member(struct sim_fault *fault, const char *name, const json_t *value)
{
    struct lat_refusal *refusal = &fault->error;
    for (size_t i = 0; i < LAT_COUNT(exception_texts); i++)
        if (strcmp(exception_texts[i].name, name) == 0 && has_member(refusal->shape, name)) {
            *(const char **)(void *)((char *)refusal + exception_texts[i].offset) =
                lat_arena_strdup(fault->arena, json_string_value(value));
            return json_is_string(value) ? NULL : "must have texts as the exception's members";
        }
    if (strcmp(name, "fieldList") == 0 && has_member(refusal->shape, name))
        return read_fields(fault, value, refusal) ? NULL
                                                  : "must have a fieldList of name and message";
    return "takes code, status, message, retry_after and the exception's own members";
}

static const char *read_error(struct sim_fault *fault, const json_t *value, size_t offset)
{
    static const char *const general[] = {"code", "status", "message", "retry_after"};
    (void)offset;
    const char *code = lat_json_string_at(
        value, "code", fault->api == SIM_FAULT_AWS ? "InternalServerException" : "InternalError");
    int64_t status = lat_json_int_at(value, "status", status_of(fault->api, code));
    int64_t seconds = lat_json_int_at(value, "retry_after", 0);
    if (!json_is_object(value) || status < 400 || status > 599 || seconds < 0 ||
        seconds > SECONDS_MAX)
        return "must be an object; status from 400 to 599, retry_after in seconds";
    set_error(fault, code, (int)status,
              lat_json_string_at(value, "message", "Asked for by a fault rule"), (int)seconds);
    const char *name;
    json_t *member;
    json_object_foreach(lat_json_iterable(value), name, member) {
        bool is_general = false;
        for (size_t i = 0; i < LAT_COUNT(general); i++)
            is_general = is_general || strcmp(general[i], name) == 0;
        const char *wrong = is_general ? NULL : read_error_member(fault, name, member);
        if (wrong != NULL)
            return wrong;
    }
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

/* {"end": …, "events": …} */
static const char *read_watch(struct sim_fault *fault, const json_t *value, size_t offset)
{
    static const char *const ends[] = {
        [SIM_FAULT_END_NONE] = "",
        [SIM_FAULT_END_CLOSE] = "close",
        [SIM_FAULT_END_CUT] = "cut",
        [SIM_FAULT_END_EXPIRED] = "expired",
    };
    (void)offset;
    _Static_assert(LAT_COUNT(ends) == SIM_FAULT_END_COUNT, "every end has its word");
    fault->watch_events = lat_json_int_at(value, "events", 0);
    size_t members = 1 + (json_object_get(value, "events") != NULL);
    for (size_t i = 1; i < LAT_COUNT(ends); i++)
        if (lat_text_eq(lat_json_string_at(value, "end", ""), ends[i]))
            fault->watch_end = (enum sim_fault_end)i;
    if (fault->watch_end == SIM_FAULT_END_NONE || json_object_size(value) != members ||
        fault->watch_events < 0 || fault->watch_events > COUNT_MAX)
        return "must have end: close, cut or expired; and may have events: how many are sent "
               "before";
    return NULL;
}

static const char *read_api(struct sim_fault *fault, const json_t *value, size_t offset)
{
    (void)offset;
    bool is_aws = lat_text_eq(json_string_value(value), "aws");
    if (!is_aws && !lat_text_eq(json_string_value(value), "kubernetes"))
        return "must be aws or kubernetes";
    fault->api = is_aws ? SIM_FAULT_AWS : SIM_FAULT_KUBERNETES;
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

enum { BOTH, OF_AWS, OF_KUBERNETES };

static const struct {
    const char *name;
    reader *read;
    size_t offset;
    bool is_effect;
    int apis;
} members[] = {
    {"api", read_api, 0, false, BOTH}, /* the first: others read differently by it */
    {"service", read_text, offsetof(struct sim_fault, service), false, OF_AWS},
    {"operation", read_text, offsetof(struct sim_fault, operation), false, OF_AWS},
    {"verb", read_text, offsetof(struct sim_fault, operation), false, OF_KUBERNETES},
    {"resource", read_resource, offsetof(struct sim_fault, resource), false, BOTH},
    {"namespace", read_text, offsetof(struct sim_fault, namespace), false, OF_KUBERNETES},
    {"name", read_text, offsetof(struct sim_fault, name), false, OF_KUBERNETES},
    {"caller", read_text, offsetof(struct sim_fault, caller), false, BOTH},
    {"nth", read_count, offsetof(struct sim_fault, nth), false, BOTH},
    {"every", read_count, offsetof(struct sim_fault, every), false, BOTH},
    {"times", read_count, offsetof(struct sim_fault, times), false, BOTH},
    {"probability", read_probability, 0, false, BOTH},
    {"latency_ms", read_latency, 0, true, BOTH},
    {"throttle", read_throttle, 0, true, BOTH},
    {"error", read_error, 0, true, BOTH},
    {"cut", read_cut, 0, true, BOTH},
    {"stale", read_count, offsetof(struct sim_fault, stale), true, OF_AWS},
    {"partial", read_partial, 0, true, OF_AWS},
    {"watch", read_watch, 0, true, OF_KUBERNETES},
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
    int outcomes = (fault->error.code != NULL) + (fault->cut != SIM_CUT_NONE) + (fault->stale > 0) +
                   fault->is_partial + (fault->watch_end != SIM_FAULT_END_NONE);
    if (outcomes > 1)
        return "a rule takes one of throttle, error, cut, stale, partial and watch; latency_ms "
               "goes with each";
    if (fault->watch_end != SIM_FAULT_END_NONE && !lat_text_eq(fault->operation, "watch"))
        return "watch needs the verb watch";
    if (fault->api == SIM_FAULT_KUBERNETES && lat_text_eq(fault->operation, "watch") &&
        (fault->latency_ms > 0 || fault->cut == SIM_CUT_AFTER))
        return "of the verb watch a rule takes throttle, error, cut: before, or watch";
    if (fault->is_partial && !is_batch)
        return "partial needs the operation " OPERATIONS_OF_BATCHES;
    if (fault->stale > 0 && (fault->nth != 0 || fault->every != 0 || fault->has_probability))
        return "stale counts reads after each change; nth, every and probability do not go with it";
    return NULL;
}

static size_t find_member(const char *name)
{
    size_t i = 0;
    while (i < LAT_COUNT(members) && strcmp(members[i].name, name) != 0)
        i++;
    return i;
}

/* One member of a rule; NULL, or what is wrong with it. */
static const char *read_member(struct sim_fault *fault, const char *name, const json_t *value)
{
    static const int others[] = {OF_KUBERNETES, OF_AWS};
    size_t i = find_member(name);
    if (i == LAT_COUNT(members))
        return explain(fault, name, "is not a member of a fault rule; see docs/faults.md");
    if (members[i].apis == others[fault->api])
        return explain(fault, name,
                       fault->api == SIM_FAULT_AWS ? "goes with api: kubernetes alone"
                                                   : "does not go with api: kubernetes");
    const char *wrong = members[i].read(fault, value, members[i].offset);
    return wrong == NULL ? NULL : explain(fault, name, wrong);
}

const char *sim_fault_read(const json_t *document, struct sim_fault *fault)
{
    bool has_effect = false;
    const char *name, *wrong = NULL;
    json_t *value;
    if (!json_is_object(document))
        return "a fault rule must be an object; see docs/faults.md";
    if (json_object_get(document, "throttle") != NULL && json_object_get(document, "error") != NULL)
        return "a rule takes throttle or error, not both";
    if (json_object_get(document, "api") != NULL)
        wrong = read_member(fault, "api", json_object_get(document, "api"));
    json_object_foreach(lat_json_iterable(document), name, value) {
        if (wrong == NULL)
            wrong = read_member(fault, name, value);
        if (wrong != NULL)
            return wrong;
        has_effect = has_effect || members[find_member(name)].is_effect;
    }
    if (!has_effect)
        return "a fault rule needs an effect: latency_ms, throttle, error, cut, stale, partial or "
               "watch";
    return find_contradiction(fault);
}
