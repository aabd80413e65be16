/* Expectations on Kubernetes: objects, their conditions, and the events about them. */
#include "scenarios/engine/run.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "scenarios/engine/expect.h"
#include "scenarios/engine/pattern.h"

#include <string.h>

static const struct scn_member object_members[] = {
    {"object", SCN_TEXT, true}, {"exists", SCN_BOOL, false}, {"has", SCN_MAP, false}};

static const char *describe_object(struct lat_arena *arena, const json_t *value)
{
    const json_t *has = json_object_get(value, "has");
    bool exists = lat_json_bool_at(value, "exists", true);
    return lat_arena_printf(arena, "%s %s%s%s", lat_json_string_at(value, "object", "?"),
                            exists ? "exists" : "does not exist", has != NULL ? ", and its " : "",
                            scn_pattern_all_text(arena, has));
}

static int perform_object(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    json_t *object LAT_AUTO(lat_json_decrefp) = NULL;
    const char *found = NULL;
    if (scn_kube_get(&run->world.kube, run->arena, lat_json_string_at(value, "object", ""), &object,
                     reterr) < 0)
        return -1;
    bool exists = lat_json_bool_at(value, "exists", true);
    if ((object != NULL) != exists)
        found = exists ? "it does not exist" : "it exists";
    else if (object != NULL && scn_pattern_match_all(run->arena, json_object_get(value, "has"),
                                                     object, &found, reterr) < 0)
        return -1;
    scn_run_check(run, found == NULL, describe_object(run->arena, value), found);
    return 0;
}

static const struct scn_member condition_members[] = {
    {"object", SCN_TEXT, true},  {"type", SCN_TEXT, true},      {"status", SCN_SCALAR, true},
    {"reason", SCN_TEXT, false}, {"contains", SCN_TEXT, false},
};

/* true and false may be written bare: Kubernetes has them as texts. */
static const char *status_word(const json_t *value)
{
    const json_t *status = json_object_get(value, "status");
    if (json_is_boolean(status))
        return json_is_true(status) ? "True" : "False";
    return lat_text_or_empty(json_string_value(status));
}

static const char *describe_condition(struct lat_arena *arena, const json_t *value)
{
    const char *reason = lat_json_string_at(value, "reason", NULL);
    const char *contains = lat_json_string_at(value, "contains", NULL);
    return lat_arena_printf(arena, "%s has %s=%s%s%s%s%s", lat_json_string_at(value, "object", "?"),
                            lat_json_string_at(value, "type", "?"), status_word(value),
                            reason != NULL ? " with reason " : "", lat_text_or_empty(reason),
                            contains != NULL ? ", saying " : "", lat_text_or_empty(contains));
}

/* Whether a list of conditions holds the wanted one; what it holds instead is put into ret_found.
 */
static bool list_has_condition(struct lat_arena *arena, const json_t *conditions,
                               const json_t *wanted, const char **ret_found)
{
    const char *type = lat_json_string_at(wanted, "type", "");
    const char *reason = lat_json_string_at(wanted, "reason", NULL);
    const char *contains = lat_json_string_at(wanted, "contains", "");
    size_t index;
    json_t *condition;
    json_array_foreach(lat_json_iterable(conditions), index, condition) {
        if (!lat_text_eq(lat_json_string_at(condition, "type", ""), type))
            continue;
        const char *message = lat_json_string_at(condition, "message", "");
        *ret_found = lat_arena_printf(arena, "%s=%s with reason %s: %s", type,
                                      lat_json_string_at(condition, "status", ""),
                                      lat_json_string_at(condition, "reason", ""), message);
        return lat_text_eq(lat_json_string_at(condition, "status", ""), status_word(wanted)) &&
               (reason == NULL ||
                lat_text_eq(lat_json_string_at(condition, "reason", ""), reason)) &&
               strstr(message, contains) != NULL;
    }
    *ret_found = lat_arena_printf(arena, "no condition %s", type);
    return false;
}

/* A Route has its conditions once per parent: all of them must hold it. */
static bool object_has_condition(struct lat_arena *arena, const json_t *object,
                                 const json_t *wanted, const char **ret_found)
{
    const json_t *parents = lat_json_at(object, "status.parents");
    if (parents == NULL)
        return list_has_condition(arena, lat_json_at(object, "status.conditions"), wanted,
                                  ret_found);
    *ret_found = "no parent has a status";
    size_t index;
    json_t *parent;
    json_array_foreach(lat_json_iterable(parents), index, parent) {
        if (!list_has_condition(arena, json_object_get(parent, "conditions"), wanted, ret_found))
            return false;
    }
    return json_array_size(parents) > 0;
}

static int perform_condition(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    json_t *object LAT_AUTO(lat_json_decrefp) = NULL;
    const char *found = "it does not exist";
    if (scn_kube_get(&run->world.kube, run->arena, lat_json_string_at(value, "object", ""), &object,
                     reterr) < 0)
        return -1;
    bool holds = object != NULL && object_has_condition(run->arena, object, value, &found);
    scn_run_check(run, holds, describe_condition(run->arena, value), found);
    return 0;
}

static const struct scn_member event_members[] = {
    {"object", SCN_TEXT, true},    {"reason", SCN_TEXT, true}, {"type", SCN_TEXT, false},
    {"contains", SCN_TEXT, false}, {"none", SCN_BOOL, false},
};

static const char *describe_event(struct lat_arena *arena, const json_t *value)
{
    const char *type = lat_json_string_at(value, "type", NULL);
    const char *contains = lat_json_string_at(value, "contains", NULL);
    return lat_arena_printf(
        arena, "%s has %s %s%sevent %s%s%s", lat_json_string_at(value, "object", "?"),
        lat_json_bool_at(value, "none", false) ? "no" : "the", lat_text_or_empty(type),
        type != NULL ? " " : "", lat_json_string_at(value, "reason", "?"),
        contains != NULL ? ", saying " : "", lat_text_or_empty(contains));
}

static bool is_event(const json_t *event, const json_t *wanted)
{
    const char *type = lat_json_string_at(wanted, "type", NULL);
    return lat_text_eq(lat_json_string_at(event, "reason", ""),
                       lat_json_string_at(wanted, "reason", "")) &&
           (type == NULL || lat_text_eq(lat_json_string_at(event, "type", ""), type)) &&
           strstr(lat_json_string_at(event, "message", ""),
                  lat_json_string_at(wanted, "contains", "")) != NULL;
}

static int perform_event(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    json_t *events LAT_AUTO(lat_json_decrefp) = NULL;
    if (scn_kube_events(&run->world.kube, run->arena, lat_json_string_at(value, "object", ""),
                        &events, reterr) < 0)
        return -1;
    const char *found = "";
    bool seen = false;
    size_t index;
    json_t *event;
    json_array_foreach(events, index, event) {
        seen = seen || is_event(event, value);
        found = lat_arena_printf(run->arena, "%s%s%s %s: %s", found, *found != '\0' ? "\n" : "",
                                 lat_json_string_at(event, "type", ""),
                                 lat_json_string_at(event, "reason", ""),
                                 lat_json_string_at(event, "message", ""));
    }
    scn_run_check(run, seen != lat_json_bool_at(value, "none", false),
                  describe_event(run->arena, value), *found != '\0' ? found : "no events");
    return 0;
}

static const struct scn_kind kinds[] = {
    {"object", SCN_MAP, false, object_members, LAT_COUNT(object_members), describe_object,
     perform_object},
    {"condition", SCN_MAP, false, condition_members, LAT_COUNT(condition_members),
     describe_condition, perform_condition},
    {"event", SCN_MAP, false, event_members, LAT_COUNT(event_members), describe_event,
     perform_event},
};

const struct scn_kinds scn_expect_kube = {kinds, LAT_COUNT(kinds)};
