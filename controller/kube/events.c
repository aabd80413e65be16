/* Event recording; see events.h. What is remembered per event, per group of events and per object
 * lives in three maps with one maximum; a map that is full starts anew. */
#include "controller/kube/events.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "controller/model/object.h"

#include <stdlib.h>
#include <string.h>

#define REMEMBERED_MAX    4096
#define SIMILAR_MAX       10 /* different messages before they are gathered */
#define SIMILAR_WINDOW_MS (10 * 60 * 1000)
#define BUDGET_MAX        25              /* events of one object and type at once */
#define BUDGET_REFILL_MS  (5 * 60 * 1000) /* and one more after this */
#define STATUS_NOT_FOUND  404

struct gwc_events {
    struct gwc_kube *kube;
    const struct lat_clock *clock;
    const struct lat_log *log;
    json_t *sent;    /* key → {"name", "namespace", "count", "firstTimestamp"} */
    json_t *similar; /* key → {"since", "messages": {message: true}} */
    json_t *budgets; /* key → {"at", "left"} */
    int64_t sequence;
};

/* One event on its way. */
struct event {
    struct lat_arena *arena;
    const char *component;
    const struct gwc_kind *kind;
    const json_t *object;
    const char *type;
    const char *reason;
    const char *message;
    const char *object_key; /* source, object and type */
    const char *similar_key;
    const char *namespace_name;
};

struct gwc_events *gwc_events_new(struct gwc_kube *kube, const struct lat_clock *clock,
                                  const struct lat_log *log)
{
    struct gwc_events *events = calloc(1, sizeof *events);
    if (events == NULL)
        abort();
    *events = (struct gwc_events){.kube = kube, .clock = clock, .log = log};
    events->sent = json_object();
    events->similar = json_object();
    events->budgets = json_object();
    return events;
}

struct gwc_events *gwc_events_free(struct gwc_events *events)
{
    if (events == NULL)
        return NULL;
    json_decref(events->sent);
    json_decref(events->similar);
    json_decref(events->budgets);
    free(events);
    return NULL;
}

void gwc_events_freep(struct gwc_events **events)
{
    *events = gwc_events_free(*events);
}

/* The record of a key, made from template_new when it is new. */
static json_t *record(json_t *map, const char *key, json_t *template_new)
{
    LAT_AUTO(lat_json_decrefp) json_t *fresh = template_new;
    json_t *known = json_object_get(map, key);
    if (known != NULL)
        return known;
    if (json_object_size(map) >= REMEMBERED_MAX)
        json_object_clear(map);
    json_object_set(map, key, fresh);
    return fresh;
}

/* Whether the object's budget has room for one more; takes it. */
static bool take_budget(struct gwc_events *events, const struct event *event)
{
    int64_t now_ms = lat_clock_now_ms(events->clock);
    json_t *budget = record(events->budgets, event->object_key,
                            json_pack("{s:I, s:i}", "at", (json_int_t)now_ms, "left", BUDGET_MAX));
    int64_t at_ms = lat_json_int_at(budget, "at", 0);
    int64_t refills = (now_ms - at_ms) / BUDGET_REFILL_MS;
    int64_t left = lat_json_int_at(budget, "left", 0) + refills;
    if (left >= BUDGET_MAX) {
        left = BUDGET_MAX;
        at_ms = now_ms;
    } else {
        at_ms += refills * BUDGET_REFILL_MS;
    }
    bool has_room = left > 0;
    json_object_set_new(budget, "left", json_integer(has_room ? left - 1 : 0));
    json_object_set_new(budget, "at", json_integer(at_ms));
    return has_room;
}

/* The key under which the event is counted. From the tenth different message on, that is the key
 * of the whole group, and the message says so. */
static const char *gather(struct gwc_events *events, struct event *event)
{
    int64_t now_ms = lat_clock_now_ms(events->clock);
    json_t *group = record(events->similar, event->similar_key,
                           json_pack("{s:I, s:{}}", "last", (json_int_t)now_ms, "messages"));
    if (now_ms - lat_json_int_at(group, "last", 0) > SIMILAR_WINDOW_MS)
        json_object_set_new(group, "messages", json_object());
    json_object_set_new(group, "last", json_integer(now_ms));
    json_t *messages = json_object_get(group, "messages");
    if (json_object_size(messages) < SIMILAR_MAX)
        json_object_set_new(messages, event->message, json_true());
    if (json_object_size(messages) < SIMILAR_MAX)
        return lat_arena_printf(event->arena, "%s\n%s", event->similar_key, event->message);
    event->message =
        lat_arena_printf(event->arena, "(combined from similar events): %s", event->message);
    return event->similar_key;
}

static json_t *body_new(const struct event *event, const char *name, const char *now_text)
{
    const json_t *object = event->object;
    json_t *involved = json_object();
    lat_json_set_string(involved, "kind", event->kind->name);
    lat_json_set_string(involved, "apiVersion", gwc_kind_api_version(event->arena, event->kind));
    if (event->kind->is_namespaced)
        lat_json_set_string(involved, "namespace", lat_kube_namespace(object));
    lat_json_set_string(involved, "name", lat_kube_name(object));
    lat_json_set_string(involved, "uid", lat_json_string_at(object, "metadata.uid", NULL));
    lat_json_set_string(involved, "resourceVersion",
                        lat_json_string_at(object, "metadata.resourceVersion", NULL));
    return json_pack("{s:s, s:s, s:{s:s, s:s}, s:o, s:s, s:s, s:s, s:{s:s}, s:s, s:s, s:s, s:s, "
                     "s:i}",
                     "kind", "Event", "apiVersion", "v1", "metadata", "name", name, "namespace",
                     event->namespace_name, "involvedObject", involved, "reason", event->reason,
                     "message", event->message, "type", event->type, "source", "component",
                     event->component, "reportingComponent", event->component, "reportingInstance",
                     "", "firstTimestamp", now_text, "lastTimestamp", now_text, "count", 1);
}

static void complain(const struct gwc_events *events, const struct gwc_kube_error *error)
{
    if (events->log != NULL)
        lat_log_write(events->log, LAT_LOG_WARNING, "an event could not be sent: %s",
                      error->message);
}

static void create(struct gwc_events *events, const struct event *event, const char *key,
                   const char *now_text)
{
    /* The name ends in the time in nanoseconds; the sequence keeps two events of one millisecond
     * apart. */
    int64_t nanoseconds = lat_clock_now_ms(events->clock) * 1000000 + events->sequence++ % 1000000;
    const char *name = lat_arena_printf(event->arena, "%s.%llx", lat_kube_name(event->object),
                                        (unsigned long long)nanoseconds);
    const char *path =
        lat_arena_printf(event->arena, "/api/v1/namespaces/%s/events", event->namespace_name);
    LAT_AUTO(lat_json_decrefp) json_t *body = body_new(event, name, now_text);
    LAT_AUTO(lat_json_decrefp) json_t *answer = NULL;
    struct gwc_kube_error error;
    if (gwc_kube_call(events->kube, event->arena, "POST", path, "application/json", body, &answer,
                      &error) < 0) {
        complain(events, &error);
        json_object_del(events->sent, key);
        return;
    }
    record(events->sent, key, json_pack("{s:s, s:i}", "name", name, "count", 1));
}

/* Raises the count of an event sent before. Returns -1 when the server has forgotten it. */
static int count_up(struct gwc_events *events, const struct event *event, json_t *sent,
                    const char *now_text)
{
    int64_t count = lat_json_int_at(sent, "count", 1) + 1;
    json_object_set_new(sent, "count", json_integer(count));
    const char *path =
        lat_arena_printf(event->arena, "/api/v1/namespaces/%s/events/%s", event->namespace_name,
                         lat_json_string_at(sent, "name", ""));
    LAT_AUTO(lat_json_decrefp)
    json_t *patch = json_pack("{s:I, s:s, s:s}", "count", (json_int_t)count, "lastTimestamp",
                              now_text, "message", event->message);
    LAT_AUTO(lat_json_decrefp) json_t *answer = NULL;
    struct gwc_kube_error error;
    if (gwc_kube_call(events->kube, event->arena, "PATCH", path, GWC_KUBE_STRATEGIC_PATCH, patch,
                      &answer, &error) == 0)
        return 0;
    if (error.status == STATUS_NOT_FOUND)
        return -1;
    complain(events, &error);
    return 0;
}

void gwc_events_send(struct gwc_events *events, const char *component, const struct gwc_kind *kind,
                     const json_t *object, const char *type, const char *reason,
                     const char *message)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct event event = {.arena = arena,
                          .component = component,
                          .kind = kind,
                          .object = object,
                          .type = type,
                          .reason = reason,
                          .message = message};
    event.namespace_name = kind->is_namespaced ? lat_kube_namespace(object) : "default";
    event.object_key = lat_arena_printf(arena, "%s\n%s\n%s/%s\n%s\n%s", component, kind->name,
                                        event.namespace_name, lat_kube_name(object),
                                        lat_json_string_at(object, "metadata.uid", ""), type);
    event.similar_key = lat_arena_printf(arena, "%s\n%s", event.object_key, reason);
    if (events->log != NULL)
        lat_log_write(events->log, LAT_LOG_DEBUG, "event %s %s %s/%s: %s", type, reason,
                      event.namespace_name, lat_kube_name(object), message);
    const char *key = gather(events, &event);
    if (!take_budget(events, &event))
        return;
    char now_text[LAT_TIME_TEXT_BYTES];
    lat_time_format_seconds(lat_clock_now_ms(events->clock), now_text);
    json_t *sent = json_object_get(events->sent, key);
    if (sent != NULL && count_up(events, &event, sent, now_text) == 0)
        return;
    json_object_del(events->sent, key);
    create(events, &event, key, now_text);
}
