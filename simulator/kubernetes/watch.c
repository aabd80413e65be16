/* watch: streams of what changes. A watch that keeps up is handed every change as it is committed;
 * one that does not (a slow reader, a long list at its start) catches up from the change log, and
 * is told to start over when the log no longer reaches back to it. */
#include "simulator/kubernetes/kube_int.h"

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
#define CATCH_UP_CHANGES        256   /* changes read from the log at a time */

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
    bool lags;           /* has to catch up from initial, then from the log */
    bool closing;
    enum sim_fault_end end; /* that a fault rule asks for, after so many events more */
    int64_t events_left;
    struct lat_arena *initial_arena; /* owned, until all of initial was sent; else NULL */
    struct sim_kube_object *initial;
    size_t initial_count, initial_sent;
};

/* --- events ----------------------------------------------------------------------------------- */

static int write_event(struct sim_kube_watch *watch, struct lat_arena *scratch, const char *type,
                       const char *object)
{
    const char *line = lat_arena_printf(scratch, "{\"type\":\"%s\",\"object\":%s}\n", type, object);
    return lat_http_stream_write(watch->stream, line, strlen(line));
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
        kind->kind, sim_kube_api_version(scratch, kind, watch->version), watch->sent, annotations);
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

static int send_initial(struct sim_kube_watch *watch, struct lat_arena *scratch)
{
    while (watch->initial_sent < watch->initial_count) {
        const char *body = watch->initial[watch->initial_sent].body;
        bool selected = watch->labels.count + watch->fields.count == 0 || selects_body(watch, body);
        if (selected && send_event(watch, scratch, "ADDED", shown_body(watch, scratch, body)) < 0)
            return -1;
        watch->initial_sent++;
    }
    if (watch->wants_initial_end && send_bookmark(watch, scratch, true) < 0)
        return -1;
    watch->wants_initial_end = false;
    watch->initial_arena = lat_arena_free(watch->initial_arena);
    return 0;
}

/* Returns 0 when the watch has everything up to kube->published, -1 when it has to wait. */
static int send_missed(struct sim_kube_watch *watch, struct lat_arena *scratch)
{
    struct sim_store *store = watch->kube->sim->store;
    int64_t oldest = 0;
    if (sim_store_kube_oldest(store, &oldest) < 0)
        return -1;
    if (watch->sent < oldest - 1) {
        if (send_event(watch, scratch, "ERROR",
                       sim_kube_status_expired(scratch, watch->sent, oldest)) == 0)
            close_watch(watch);
        return -1;
    }
    while (watch->sent < watch->kube->published) {
        struct sim_kube_change *changes = NULL;
        size_t count = 0;
        if (sim_store_kube_changes(store, scratch, watch->sent, CATCH_UP_CHANGES, &changes,
                                   &count) < 0)
            return -1;
        for (size_t i = 0; i < count; i++)
            if (offer(watch, scratch, &changes[i]) < 0)
                return -1;
        if (count == 0)
            break;
    }
    return 0;
}

static void catch_up(struct sim_kube_watch *watch)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *scratch = lat_arena_new();
    if (watch->initial_arena != NULL && send_initial(watch, scratch) < 0)
        return;
    watch->lags = send_missed(watch, scratch) < 0;
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
    watch->initial_arena = lat_arena_free(watch->initial_arena);
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

/* Where the watch begins: *ret_lists says whether it begins with everything there is. */
static int read_start(struct sim_kube_call *call, struct sim_kube_watch *watch, bool *ret_lists)
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
    *ret_lists =
        initial == NULL ? asked == 0 : sim_kube_parameter_bool(request, "sendInitialEvents");
    watch->wants_bookmarks = sim_kube_parameter_bool(request, "allowWatchBookmarks");
    watch->wants_initial_end = *ret_lists && initial != NULL && watch->wants_bookmarks;
    watch->sent = *ret_lists || asked == 0 ? current : asked;
    return 0;
}

static int read_initial(struct sim_kube_call *call, struct sim_kube_watch *watch)
{
    watch->initial_arena = lat_arena_new();
    const char *namespace = watch->namespace[0] == '\0' ? NULL : watch->namespace;
    return sim_store_kube_list(call->kube->sim->store, watch->initial_arena, watch->kind->resource,
                               namespace, (struct sim_kube_cursor){"", ""}, -1, &watch->initial,
                               &watch->initial_count);
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
    add_name_requirement(call, watch);
    bool lists = false;
    if (read_timeout(call, watch) < 0 || read_start(call, watch, &lists) < 0)
        return -1;
    if (lists && read_initial(call, watch) < 0) {
        watch->initial_arena = lat_arena_free(watch->initial_arena);
        return -1;
    }
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
