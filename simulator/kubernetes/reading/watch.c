/* watch: streams of what changes. A watch that keeps up is handed every change as it is committed;
 * one that does not (a slow reader, a long list at its start) catches up from the change log, and
 * is told to start over when the log no longer reaches back to it, or when its unread events take
 * the room of others. Nothing is kept for a watch beside these events: both are read in pages. */
#include "simulator/kubernetes/reading/reading.h"

#include "common/base/lat_limits.h"
#include "common/base/text.h"
#include "common/kube/object.h"
#include "simulator/engine/fault.h"

#include <inttypes.h>
#include <string.h>

#define TIMEOUT_SECONDS_DEFAULT 1800
#define TIMEOUT_SECONDS_MAX     86400
#define BOOKMARK_MS             60000 /* how often a quiet watch hears the current version */
#define RETRY_MS                10    /* how soon a watch that lags is looked at again */
#define CATCH_UP_CHANGES        64    /* changes read from the log at a time */
#define INITIAL_OBJECTS         256   /* objects read at a time where a watch begins with a list */
#define LOOK_MS                 100   /* how often the speed of readers is looked at */
#define SLOW_MS                 2000  /* a reader that takes less than that in so long is slow, */
#define SLOW_BYTES              (1 << 20) /* and has to leave when all unread events are too many */

struct sim_kube_watch {
    struct sim_kube_watch *previous, *next;
    struct sim_kube *kube;
    struct lat_http_stream *stream;
    const struct lat_kube_kind *kind;
    const struct lat_kube_version *version;
    const char *namespace; /* "" for all */
    struct lat_kube_selector labels, fields;
    int64_t sent; /* every change up to this version was sent or does not concern it */
    int64_t deadline_ms;
    int64_t bookmark_ms; /* when the next one is due */
    bool wants_bookmarks, wants_initial_end;
    bool wants_tables;   /* each event then carries a Table of one row */
    const char *include; /* what that row carries, as in struct sim_kube_table */
    bool lags;           /* has to catch up: from the list it begins with, then from the log */
    bool closing;
    enum sim_fault_end end; /* that a fault rule asks for, after so many events more */
    int64_t events_left;
    bool lists;                    /* the list as of sent is not all sent */
    struct sim_kube_cursor listed; /* the last of it that was; in listed_arena, owned */
    struct lat_arena *listed_arena;
    int64_t taking_ms; /* since when, by the machine's clock, the reader's speed is measured */
    uint64_t taken;    /* by it, when that began */
};

/* --- events ----------------------------------------------------------------------------------- */

/* Queues a line unless all streams together hold enough. */
static int write_event(struct sim_kube_watch *watch, struct lat_arena *scratch, const char *type,
                       const char *object)
{
    const char *line = lat_arena_printf(scratch, "{\"type\":\"%s\",\"object\":%s}\n", type, object);
    size_t length = strlen(line);
    if (lat_http_stream_load(watch->stream).held_by_all + length > LAT_HTTP_STREAMS_BYTES_MAX)
        return -1;
    return lat_http_stream_write(watch->stream, line, length);
}

static void close_watch(struct sim_kube_watch *watch)
{
    if (!watch->closing)
        lat_http_stream_close(watch->stream);
    watch->closing = true;
}

/* As a fault rule asks for it. */
static void end_early(struct sim_kube_watch *watch, struct lat_arena *scratch)
{
    if (watch->end == SIM_FAULT_END_EXPIRED &&
        write_event(watch, scratch, "ERROR",
                    sim_kube_status_expired(scratch, watch->sent, watch->sent + 1)) < 0)
        return; /* the reader is behind; it is told when it has caught up */
    if (watch->end == SIM_FAULT_END_CUT)
        lat_http_stream_cut(watch->stream);
    close_watch(watch);
}

static int send_event(struct sim_kube_watch *watch, struct lat_arena *scratch, const char *type,
                      const char *object)
{
    if (write_event(watch, scratch, type, object) < 0)
        return -1;
    if (watch->end != SIM_FAULT_END_NONE && --watch->events_left <= 0)
        end_early(watch, scratch);
    return 0;
}

static int send_bookmark(struct sim_kube_watch *watch, struct lat_arena *scratch,
                         bool is_initial_end)
{
    const struct lat_kube_kind *kind = watch->kind;
    const char *annotations =
        is_initial_end ? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}" : "";
    const char *object = lat_arena_printf(
        scratch,
        "{\"kind\":\"%s\",\"apiVersion\":\"%s\",\"metadata\":{\"resourceVersion\":\"%" PRId64
        "\",\"creationTimestamp\":null%s}}",
        kind->kind, lat_kube_kind_api_version(scratch, kind, watch->version), watch->sent,
        annotations);
    return send_event(watch, scratch, "BOOKMARK", object);
}

/* An object as this watch asked to see it. */
static const char *shown_body(const struct sim_kube_watch *watch, struct lat_arena *scratch,
                              const char *body)
{
    body = sim_kube_body_for(scratch, watch->kind, watch->version, body);
    if (!watch->wants_tables)
        return body;
    struct sim_kube_table how = {
        .arena = scratch,
        .version = watch->version,
        .include = watch->include,
        .now_ms = lat_clock_now_ms(&watch->kube->sim->clock),
    };
    LAT_AUTO(lat_json_decrefp) json_t *objects = json_array();
    json_t *object = sim_kube_stored_new(body);
    json_array_append_new(objects, object);
    LAT_AUTO(lat_json_decrefp)
    json_t *table = sim_kube_table_new(&how, objects, lat_kube_resource_version(object));
    return lat_json_text(scratch, table);
}

static bool selects_body(const struct sim_kube_watch *watch, const char *body)
{
    if (body == NULL)
        return false;
    LAT_AUTO(lat_json_decrefp) json_t *object = sim_kube_stored_new(body);
    return sim_kube_selects(&watch->labels, &watch->fields, object);
}

/* For an object that stops being selected: what it was, under the version of the change. */
static const char *previous_body(struct lat_arena *scratch, const struct sim_kube_change *change)
{
    LAT_AUTO(lat_json_decrefp) json_t *object = sim_kube_stored_new(change->before);
    lat_kube_resource_version_set(object, change->version);
    return lat_json_text(scratch, object);
}

/* What a change is to this watch: its type and object; NULL when it does not concern it. */
static const char *seen_as(const struct sim_kube_watch *watch, struct lat_arena *scratch,
                           const struct sim_kube_change *change, const char **ret_body)
{
    *ret_body = change->body;
    if (!lat_text_eq(change->resource, watch->kind->resource) ||
        (watch->namespace[0] != '\0' && !lat_text_eq(change->namespace, watch->namespace)))
        return NULL;
    if (watch->labels.count + watch->fields.count == 0)
        return change->type;
    bool was = selects_body(watch, change->before);
    bool is = !lat_text_eq(change->type, "DELETED") && selects_body(watch, change->body);
    if (is)
        return was ? "MODIFIED" : "ADDED";
    if (was && !lat_text_eq(change->type, "DELETED"))
        *ret_body = previous_body(scratch, change);
    return was ? "DELETED" : NULL;
}

/* Sends a change, if it concerns the watch. Returns -1 when the reader is too slow for it. */
static int offer(struct sim_kube_watch *watch, struct lat_arena *scratch,
                 const struct sim_kube_change *change)
{
    const char *body = NULL;
    const char *type = seen_as(watch, scratch, change, &body);
    if (type != NULL && send_event(watch, scratch, type, shown_body(watch, scratch, body)) < 0)
        return -1;
    watch->sent = change->version;
    return 0;
}

/* --- catching up ------------------------------------------------------------------------------ */

/* Ends a watch that cannot be served on: its reader has to list again. */
static void expire(struct sim_kube_watch *watch, struct lat_arena *scratch, int64_t oldest)
{
    const char *line = lat_arena_printf(scratch, "{\"type\":\"ERROR\",\"object\":%s}\n",
                                        sim_kube_status_expired(scratch, watch->sent, oldest));
    lat_http_stream_overtake(watch->stream, line, strlen(line));
    watch->closing = true;
}

/* Whether the log still has everything that came after what was sent; else the watch is over. */
static bool reaches_back(struct sim_kube_watch *watch, struct lat_arena *scratch)
{
    int64_t oldest = 0;
    if (sim_store_kube_oldest(watch->kube->sim->store, &oldest) < 0)
        return false;
    if (watch->sent >= oldest - 1)
        return true;
    expire(watch, scratch, oldest);
    return false;
}

static void remember_listed(struct sim_kube_watch *watch, const struct sim_kube_object *last)
{
    struct lat_arena *before = watch->listed_arena;
    watch->listed_arena = lat_arena_new();
    watch->listed.namespace = lat_arena_strdup(watch->listed_arena, last->namespace);
    watch->listed.name = lat_arena_strdup(watch->listed_arena, last->name);
    lat_arena_free(before);
}

/* The next page of the list that the watch begins with. -1: the rest has to wait. */
static int send_page(struct sim_kube_watch *watch, struct lat_arena *scratch)
{
    const char *namespace = watch->namespace[0] == '\0' ? NULL : watch->namespace;
    struct sim_kube_object *rows = NULL;
    size_t count = 0, sent = 0;
    if (sim_kube_history_list(watch->kube->sim->store, scratch, watch->kind->resource, watch->sent,
                              namespace, watch->listed, INITIAL_OBJECTS, &rows, &count,
                              &watch->lists) < 0)
        return -1;
    for (; sent < count; sent++) {
        const char *body = rows[sent].body;
        bool selected = watch->labels.count + watch->fields.count == 0 || selects_body(watch, body);
        if (selected && send_event(watch, scratch, "ADDED", shown_body(watch, scratch, body)) < 0)
            break;
    }
    if (sent > 0)
        remember_listed(watch, &rows[sent - 1]);
    watch->lists |= sent < count;
    return sent < count ? -1 : 0;
}

static int send_initial(struct sim_kube_watch *watch)
{
    while (watch->lists) {
        LAT_AUTO(lat_arena_freep) struct lat_arena *scratch = lat_arena_new();
        if (!reaches_back(watch, scratch) || send_page(watch, scratch) < 0)
            return -1;
    }
    LAT_AUTO(lat_arena_freep) struct lat_arena *scratch = lat_arena_new();
    if (watch->wants_initial_end && send_bookmark(watch, scratch, true) < 0)
        return -1;
    watch->wants_initial_end = false;
    return 0;
}

/* Some of what the watch has missed. *ret_done: it has everything up to kube->published. */
static int send_missed(struct sim_kube_watch *watch, bool *ret_done)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *scratch = lat_arena_new();
    struct sim_kube_change *changes = NULL;
    size_t count = 0;
    if (!reaches_back(watch, scratch) ||
        sim_store_kube_changes(watch->kube->sim->store, scratch, watch->sent, CATCH_UP_CHANGES,
                               &changes, &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (offer(watch, scratch, &changes[i]) < 0)
            return -1;
    *ret_done = count == 0 || watch->sent >= watch->kube->published;
    return 0;
}

/* Not before the reader has made room, and all others leave some: to find again that there is none
 * costs reading the log. */
static bool has_room(const struct sim_kube_watch *watch)
{
    struct lat_http_stream_load load = lat_http_stream_load(watch->stream);
    return load.unsent <= LAT_HTTP_STREAM_BYTES_MAX / 2 &&
           load.held_by_all + LAT_HTTP_STREAM_BYTES_MAX <= LAT_HTTP_STREAMS_BYTES_MAX;
}

static void catch_up(struct sim_kube_watch *watch)
{
    bool is_done = false;
    if (!has_room(watch) || send_initial(watch) < 0)
        return;
    while (!is_done)
        if (send_missed(watch, &is_done) < 0)
            return;
    watch->lags = false;
}

/* More was changed at once than the log can hold: every watch has missed something. */
static bool is_overrun(struct sim_kube *kube)
{
    int64_t oldest = 0;
    return sim_store_kube_oldest(kube->sim->store, &oldest) < 0 || oldest > kube->published + 1;
}

void sim_kube_watch_publish(struct sim_kube *kube)
{
    struct sim_store *store = kube->sim->store;
    LAT_AUTO(lat_arena_freep) struct lat_arena *scratch = lat_arena_new();
    struct sim_kube_change *changes = NULL;
    size_t count = 0;
    int64_t current = 0;
    if (sim_store_kube_version(store, &current) < 0 || current == kube->published)
        return;
    if (is_overrun(kube))
        for (struct sim_kube_watch *watch = kube->watches; watch != NULL; watch = watch->next)
            watch->lags = true;
    if (kube->watches != NULL &&
        sim_store_kube_changes(store, scratch, kube->published, -1, &changes, &count) < 0)
        return;
    for (struct sim_kube_watch *watch = kube->watches; watch != NULL; watch = watch->next)
        for (size_t i = 0; i < count && !watch->lags && !watch->closing; i++)
            watch->lags = offer(watch, scratch, &changes[i]) < 0;
    kube->published = current;
}

/* --- opening and closing ---------------------------------------------------------------------- */

static void on_closed(void *context)
{
    struct sim_kube_watch *watch = context;
    if (watch->previous != NULL)
        watch->previous->next = watch->next;
    else
        watch->kube->watches = watch->next;
    if (watch->next != NULL)
        watch->next->previous = watch->previous;
    watch->kube->watch_count--;
    watch->listed_arena = lat_arena_free(watch->listed_arena);
}

static int read_timeout(struct sim_kube_call *call, struct sim_kube_watch *watch)
{
    int64_t seconds = 0;
    if (sim_kube_parameter_number(call, "timeoutSeconds", 0, &seconds) < 0)
        return -1;
    if (seconds == 0)
        seconds = TIMEOUT_SECONDS_DEFAULT;
    if (seconds > TIMEOUT_SECONDS_MAX)
        seconds = TIMEOUT_SECONDS_MAX;
    watch->deadline_ms = call->now_ms + seconds * 1000;
    watch->bookmark_ms = call->now_ms + BOOKMARK_MS;
    return 0;
}

static int refuse_option(struct sim_kube_call *call, const char *field, const char *why)
{
    return sim_kube_refuse(call, SIM_KUBE_INVALID,
                           "ListOptions.meta.k8s.io \"\" is invalid: %s: Forbidden: %s", field,
                           why);
}

/* Where the watch begins, and whether with everything there is. */
static int read_start(struct sim_kube_call *call, struct sim_kube_watch *watch)
{
    const struct sim_kube_request *request = &call->request;
    const char *match = sim_kube_parameter(request, "resourceVersionMatch");
    const char *initial = sim_kube_parameter(request, "sendInitialEvents");
    int64_t asked = 0, current = 0, oldest = 0;
    if (sim_kube_parameter_number(call, "resourceVersion", 0, &asked) < 0 ||
        sim_store_kube_version(call->kube->sim->store, &current) < 0 ||
        sim_store_kube_oldest(call->kube->sim->store, &oldest) < 0)
        return -1;
    if (initial == NULL && !lat_text_is_empty(match))
        return refuse_option(call, "resourceVersionMatch",
                             "resourceVersionMatch is forbidden for watch unless "
                             "sendInitialEvents is provided");
    if (initial != NULL && !lat_text_eq(match, "NotOlderThan"))
        return refuse_option(call, "resourceVersionMatch",
                             "sendInitialEvents requires setting resourceVersionMatch to "
                             "NotOlderThan");
    if (asked > current)
        return sim_kube_refuse_too_new(call, asked, current);
    watch->lists =
        initial == NULL ? asked == 0 : sim_kube_parameter_bool(request, "sendInitialEvents");
    watch->wants_bookmarks = sim_kube_parameter_bool(request, "allowWatchBookmarks");
    watch->wants_initial_end = watch->lists && initial != NULL && watch->wants_bookmarks;
    watch->sent = watch->lists || asked == 0 ? current : asked;
    return 0;
}

static void add_name_requirement(struct sim_kube_call *call, struct sim_kube_watch *watch)
{
    if (call->request.name[0] == '\0')
        return;
    struct lat_kube_requirement *requirement =
        LAT_ARENA_PUSH(call->arena, watch->fields.requirements, watch->fields.count);
    requirement->key = "metadata.name";
    requirement->op = LAT_KUBE_IN;
    *LAT_ARENA_PUSH(call->arena, requirement->values, requirement->value_count) =
        call->request.name;
}

static void open_stream(struct sim_kube_call *call, struct sim_kube_watch *watch)
{
    static const struct lat_http_header headers[] = {{"Content-Type", "application/json"},
                                                     {"Cache-Control", "no-cache, private"}};
    struct sim_kube *kube = call->kube;
    watch->next = kube->watches;
    if (watch->next != NULL)
        watch->next->previous = watch;
    kube->watches = watch;
    kube->watch_count++;
    watch->stream = lat_http_exchange_stream(call->exchange, 200, headers, LAT_COUNT(headers),
                                             on_closed, watch);
    call->is_streaming = true;
    call->answer.status = 200;
    if (watch->end != SIM_FAULT_END_NONE && watch->events_left == 0)
        end_early(watch, call->arena);
    else
        catch_up(watch);
}

int sim_kube_watch_start(struct sim_kube_call *call)
{
    const struct sim_kube_request *request = &call->request;
    if (call->kube->watch_count == LAT_KUBE_WATCHES_MAX)
        return sim_kube_refuse(call, SIM_KUBE_TOO_MANY_REQUESTS,
                               "too many watches, try again later");
    struct sim_kube_watch *watch = LAT_NEW(call->arena, struct sim_kube_watch);
    watch->kube = call->kube;
    watch->kind = request->kind;
    watch->version = request->version;
    watch->namespace = request->namespace;
    watch->labels = request->labels;
    watch->fields = request->fields;
    watch->wants_tables = sim_kube_wants_table(call);
    watch->include = lat_text_or_empty(sim_kube_parameter(request, "includeObject"));
    watch->lags = true;
    if (call->fault != NULL) {
        watch->end = call->fault->watch_end;
        watch->events_left = call->fault->watch_events;
    }
    watch->listed = (struct sim_kube_cursor){"", ""};
    add_name_requirement(call, watch);
    if (read_timeout(call, watch) < 0 || read_start(call, watch) < 0)
        return -1;
    if (call->exchange == NULL)
        sim_kube_answer_text(call, 200, "");
    else
        open_stream(call, watch);
    return 0;
}

void sim_kube_watch_end_all(struct sim_kube *kube)
{
    for (struct sim_kube_watch *watch = kube->watches; watch != NULL; watch = watch->next)
        close_watch(watch);
}

void sim_kube_watch_end_kind(struct sim_kube *kube, const struct lat_kube_kind *kind)
{
    for (struct sim_kube_watch *watch = kube->watches; watch != NULL; watch = watch->next)
        if (watch->kind == kind)
            close_watch(watch);
}

/* --- slow readers ----------------------------------------------------------------------------- */

/* A reader is judged over spans of SLOW_MS; whoever has read everything is quick. */
static bool is_slow(struct sim_kube_watch *watch, const struct lat_http_stream_load *load,
                    int64_t wall_ms)
{
    if (load->unsent == 0 || load->taken - watch->taken >= SLOW_BYTES) {
        watch->taking_ms = wall_ms;
        watch->taken = load->taken;
    }
    return wall_ms - watch->taking_ms >= SLOW_MS;
}

/* When half of the room is taken, the slow reader with the most unread events has to leave. */
static void make_room(struct sim_kube *kube)
{
    struct sim_kube_watch *slowest = NULL;
    size_t most = 0, held_by_all = 0;
    int64_t wall_ms = lat_clock_now_ms(&kube->wall), oldest = 0;
    if (wall_ms - kube->looked_ms < LOOK_MS)
        return;
    kube->looked_ms = wall_ms;
    for (struct sim_kube_watch *watch = kube->watches; watch != NULL; watch = watch->next) {
        struct lat_http_stream_load load = lat_http_stream_load(watch->stream);
        held_by_all = load.held_by_all;
        if (!watch->closing && is_slow(watch, &load, wall_ms) && load.unsent > most) {
            slowest = watch;
            most = load.unsent;
        }
    }
    if (slowest == NULL || held_by_all < LAT_HTTP_STREAMS_BYTES_MAX / 2 ||
        sim_store_kube_oldest(kube->sim->store, &oldest) < 0)
        return;
    LAT_AUTO(lat_arena_freep) struct lat_arena *scratch = lat_arena_new();
    expire(slowest, scratch, oldest);
}

/* --- time ------------------------------------------------------------------------------------- */

static void keep_time(struct sim_kube_watch *watch, int64_t now_ms)
{
    bool is_over = now_ms >= watch->deadline_ms;
    if (watch->lags)
        catch_up(watch);
    if (watch->wants_bookmarks && !watch->lags && (is_over || now_ms >= watch->bookmark_ms)) {
        LAT_AUTO(lat_arena_freep) struct lat_arena *scratch = lat_arena_new();
        watch->bookmark_ms = now_ms + BOOKMARK_MS;
        watch->lags = !watch->closing && send_bookmark(watch, scratch, false) < 0;
    }
    if (is_over)
        close_watch(watch);
}

static int64_t due_ms(const struct sim_kube_watch *watch, int64_t now_ms)
{
    if (watch->lags)
        return now_ms + RETRY_MS;
    bool bookmark_first = watch->wants_bookmarks && watch->bookmark_ms < watch->deadline_ms;
    return bookmark_first ? watch->bookmark_ms : watch->deadline_ms;
}

int sim_kube_tick(void *context)
{
    struct sim_kube *kube = context;
    int64_t now_ms = lat_clock_now_ms(&kube->sim->clock);
    int64_t first = sim_kube_send_held(kube, now_ms);
    make_room(kube);
    for (struct sim_kube_watch *watch = kube->watches; watch != NULL; watch = watch->next) {
        if (watch->closing)
            continue;
        keep_time(watch, now_ms);
        if (watch->closing || (kube->sim->clock.is_virtual && !watch->lags))
            continue; /* a virtual clock moves by request only */
        int64_t due = due_ms(watch, now_ms);
        first = due < first ? due : first;
    }
    if (first == INT64_MAX)
        return -1;
    return first <= now_ms ? 0 : (int)(first - now_ms);
}
