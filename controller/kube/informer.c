/* List and watch; see informer.h. A stream is never closed from inside its own callback: what a
 * callback finds out is acted on when the stream has ended, or at the next tick. */
#include "controller/kube/informer.h"

#include "common/base/buf.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "controller/model/object.h"

#include <stdlib.h>
#include <string.h>

#define EVENT_BYTES_MAX     (16 << 20)
#define LIST_PAGE           500
#define LIST_PAGES_MAX      10000
#define RETRY_MS_MIN        800
#define RETRY_MS_MAX        30000
#define RETRY_RESET_MS      120000
#define WATCH_SECONDS_MIN   300
#define WATCH_SECONDS_RANGE 300
#define STREAM_MS_MIN       1000 /* a stream that ends sooner counts as broken */
#define STATUS_GONE         410
#define STATUS_TOO_MANY     429

enum phase {
    PHASE_WATCH_LIST, /* next: one stream that first sends what there is */
    PHASE_LIST,       /* next: a classic list, then a watch from its version */
    PHASE_WATCH,      /* next: a watch from the last known version */
};

struct informer {
    struct gwc_informers *owner;
    const struct gwc_kind *kind;
    enum phase phase;
    struct lat_http_subscription *stream; /* NULL when none is open */
    bool must_close;                      /* found out inside a callback */
    struct lat_buf line;
    json_t *initial; /* what a watch-list has sent before its end mark */
    char *version;   /* resourceVersion to go on from */
    bool is_synced;
    int64_t retry_at_ms;
    int64_t retry_delay_ms;
    int64_t opened_ms;
};

struct gwc_informers {
    struct gwc_kube *kube;
    struct gwc_cache *cache;
    const struct lat_clock *clock;
    struct lat_rng *rng;
    const struct lat_log *log;
    struct informer informers[GWC_KIND_COUNT];
};

struct gwc_informers *gwc_informers_new(struct gwc_kube *kube, struct gwc_cache *cache,
                                        const struct lat_clock *clock, struct lat_rng *rng,
                                        const struct lat_log *log)
{
    struct gwc_informers *informers = calloc(1, sizeof *informers);
    if (informers == NULL)
        abort();
    *informers = (struct gwc_informers){
        .kube = kube, .cache = cache, .clock = clock, .rng = rng, .log = log};
    for (size_t i = 0; i < GWC_KIND_COUNT; i++) {
        struct informer *informer = &informers->informers[i];
        informer->owner = informers;
        informer->kind = &gwc_kinds[i];
        lat_buf_init(&informer->line, EVENT_BYTES_MAX);
    }
    return informers;
}

struct gwc_informers *gwc_informers_free(struct gwc_informers *informers)
{
    if (informers == NULL)
        return NULL;
    for (size_t i = 0; i < GWC_KIND_COUNT; i++) {
        struct informer *informer = &informers->informers[i];
        if (informer->stream != NULL)
            lat_http_subscription_close(informer->stream);
        lat_buf_done(&informer->line);
        json_decref(informer->initial);
        free(informer->version);
    }
    free(informers);
    return NULL;
}

void gwc_informers_freep(struct gwc_informers **informers)
{
    *informers = gwc_informers_free(*informers);
}

/* Whether a discovery document lists the kind. */
static bool document_lists(const json_t *document, const char *kind_name)
{
    size_t index = 0;
    json_t *resource = NULL;
    json_array_foreach(json_object_get(document, "resources"), index, resource) {
        if (lat_text_eq(lat_json_string_at(resource, "kind", NULL), kind_name))
            return true;
    }
    return false;
}

int gwc_informers_discover(struct gwc_informers *informers, struct lat_err *reterr)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const char *missing = "";
    for (size_t i = 0; i < GWC_KIND_COUNT; i++) {
        const struct gwc_kind *kind = &gwc_kinds[i];
        LAT_AUTO(lat_json_decrefp) json_t *document = NULL;
        struct gwc_kube_error error;
        if (gwc_kube_call(informers->kube, arena, "GET", gwc_kind_group_path(arena, kind), NULL,
                          NULL, &document, &error) < 0 &&
            error.status != 404)
            return lat_err_input(reterr, "the Kubernetes API server does not answer: %s",
                                 error.message);
        bool is_served = document_lists(document, kind->name);
        gwc_cache_set_served(informers->cache, kind->id, is_served);
        if (!is_served && kind->is_required)
            missing =
                lat_arena_printf(arena, "%s%s%s, Kind=%s", missing, missing[0] == '\0' ? "" : ", ",
                                 gwc_kind_api_version(arena, kind), kind->name);
    }
    if (missing[0] != '\0')
        return lat_err_input(reterr, "missing required CRDs: %s; install them and start again",
                             missing);
    return 0;
}

static void remember_version(struct informer *informer, const char *version)
{
    if (lat_text_is_empty(version))
        return;
    free(informer->version);
    informer->version = strdup(version);
}

/* A version that the server called too old is of no use to anybody. */
static void forget_version(struct informer *informer)
{
    free(informer->version);
    informer->version = NULL;
}

/* The objects of all pages of a list as one new array; NULL on failure. */
static json_t *list_new(struct informer *informer, struct gwc_kube_error *ret_error)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    LAT_AUTO(lat_json_decrefp) json_t *objects = json_array();
    const char *collection = gwc_kind_path(arena, informer->kind, NULL, NULL, NULL);
    const char *more = "&resourceVersion=0";
    for (size_t page = 0; page < LIST_PAGES_MAX && more != NULL; page++) {
        const char *path = lat_arena_printf(arena, "%s?limit=%d%s", collection, LIST_PAGE, more);
        LAT_AUTO(lat_json_decrefp) json_t *list = NULL;
        struct gwc_kube_error error;
        if (gwc_kube_call(informer->owner->kube, arena, "GET", path, NULL, NULL, &list, &error) <
            0) {
            *ret_error = error;
            ret_error->message = informer->kind->name;
            return NULL;
        }
        json_array_extend(objects, json_object_get(list, "items"));
        remember_version(informer, lat_json_string_at(list, "metadata.resourceVersion", NULL));
        const char *token = lat_json_string_at(list, "metadata.continue", "");
        more = token[0] == '\0' ? NULL : lat_arena_printf(arena, "&continue=%s", token);
    }
    return LAT_TAKE(objects);
}

int gwc_informers_relist(struct gwc_informers *informers, struct lat_err *reterr)
{
    size_t changes = 0;
    for (size_t i = 0; i < GWC_KIND_COUNT; i++) {
        struct informer *informer = &informers->informers[i];
        if (!gwc_cache_is_served(informers->cache, informer->kind->id))
            continue;
        struct gwc_kube_error error;
        LAT_AUTO(lat_json_decrefp) json_t *objects = list_new(informer, &error);
        if (objects == NULL)
            return lat_err_broken(reterr, "the list of %s failed with HTTP status %d",
                                  informer->kind->plural, error.status);
        changes += gwc_cache_replace(informers->cache, informer->kind->id, objects);
        informer->is_synced = true;
    }
    return (int)changes;
}

bool gwc_informers_are_synced(const struct gwc_informers *informers)
{
    for (size_t i = 0; i < GWC_KIND_COUNT; i++)
        if (gwc_cache_is_served(informers->cache, (enum gwc_kind_id)i) &&
            !informers->informers[i].is_synced)
            return false;
    return true;
}

/* Watching goes on only after a while, which doubles while it keeps failing. */
static void retry_later(struct informer *informer, enum phase phase)
{
    int64_t now_ms = lat_clock_now_ms(informer->owner->clock);
    if (informer->retry_delay_ms == 0 || now_ms - informer->opened_ms > RETRY_RESET_MS)
        informer->retry_delay_ms = RETRY_MS_MIN;
    uint64_t jitter = lat_rng_below(informer->owner->rng, (uint64_t)informer->retry_delay_ms);
    informer->phase = phase;
    informer->retry_at_ms = now_ms + informer->retry_delay_ms + (int64_t)jitter;
    informer->retry_delay_ms *= 2;
    if (informer->retry_delay_ms > RETRY_MS_MAX)
        informer->retry_delay_ms = RETRY_MS_MAX;
}

static void finish_initial(struct informer *informer)
{
    if (informer->initial == NULL)
        return;
    gwc_cache_replace(informer->owner->cache, informer->kind->id, informer->initial);
    json_decref(informer->initial);
    informer->initial = NULL;
    informer->is_synced = true;
    informer->phase = PHASE_WATCH;
}

static void apply_error(struct informer *informer, const json_t *status)
{
    int64_t code = lat_json_int_at(status, "code", 0);
    if (informer->owner->log != NULL)
        lat_log_write(informer->owner->log, LAT_LOG_INFO, "watch of %s: %s", informer->kind->plural,
                      lat_json_string_at(status, "message", "error"));
    /* 410: the version is too old, so everything is read again. A watch-list that the server
     * refuses inside the stream is replaced by a list. */
    if (code == STATUS_GONE)
        forget_version(informer);
    retry_later(informer, code == STATUS_GONE || informer->phase == PHASE_WATCH ? PHASE_WATCH_LIST
                                                                                : PHASE_LIST);
    informer->must_close = true;
}

static void apply_event(struct informer *informer, const char *text, size_t length)
{
    struct lat_err err;
    LAT_AUTO(lat_json_decrefp) json_t *event = lat_json_parse_new(text, length, &err);
    const char *type = lat_json_string_at(event, "type", "");
    json_t *object = json_object_get(event, "object");
    struct gwc_cache *cache = informer->owner->cache;
    if (lat_text_eq(type, "ERROR")) {
        apply_error(informer, object);
        return;
    }
    if (!lat_text_eq(lat_json_string_at(object, "kind", NULL), informer->kind->name))
        return;
    remember_version(informer, lat_json_string_at(object, "metadata.resourceVersion", NULL));
    if (lat_text_eq(type, "BOOKMARK")) {
        const char *end = lat_kube_annotation(object, "k8s.io/initial-events-end");
        if (lat_text_eq(end, "true"))
            finish_initial(informer);
        return;
    }
    informer->retry_delay_ms = 0;
    if (informer->initial != NULL)
        json_array_append(informer->initial, object);
    else if (lat_text_eq(type, "DELETED"))
        gwc_cache_remove(cache, informer->kind->id, lat_kube_namespace(object),
                         lat_kube_name(object));
    else if (lat_text_eq(type, "ADDED") || lat_text_eq(type, "MODIFIED"))
        gwc_cache_put(cache, informer->kind->id, object);
}

static void on_data(void *context, const char *data, size_t length)
{
    struct informer *informer = context;
    if (lat_buf_append(&informer->line, data, length) < 0)
        informer->must_close = true;
    const char *end = NULL;
    while (!informer->must_close &&
           (end = memchr(informer->line.data, '\n', informer->line.length)) != NULL) {
        size_t line_length = (size_t)(end - informer->line.data);
        if (line_length > 0)
            apply_event(informer, informer->line.data, line_length);
        lat_buf_consume(&informer->line, line_length + 1);
    }
}

static void on_end(void *context, int status, const char *failure)
{
    struct informer *informer = context;
    informer->stream = NULL;
    lat_buf_clear(&informer->line);
    if (informer->must_close) {
        informer->must_close = false;
        return; /* apply_error has said how to go on */
    }
    bool was_refused = status >= 400 && status != STATUS_TOO_MANY;
    bool was_short = lat_clock_now_ms(informer->owner->clock) - informer->opened_ms < STREAM_MS_MIN;
    if (status == STATUS_GONE)
        forget_version(informer);
    if (informer->phase == PHASE_WATCH_LIST && was_refused)
        informer->phase = PHASE_LIST; /* at once */
    else if (failure == NULL && status == 200 && informer->phase == PHASE_WATCH && !was_short)
        informer->retry_at_ms = 0; /* ended in good order: watch on from the last version */
    else
        retry_later(informer, PHASE_WATCH_LIST);
    if (failure != NULL && informer->owner->log != NULL)
        lat_log_write(informer->owner->log, LAT_LOG_INFO, "watch of %s ended: %s",
                      informer->kind->plural, failure);
}

static void open_stream(struct informer *informer)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const struct lat_http_stream_events events = {on_data, on_end, informer};
    const char *collection = gwc_kind_path(arena, informer->kind, NULL, NULL, NULL);
    uint64_t seconds =
        WATCH_SECONDS_MIN + lat_rng_below(informer->owner->rng, WATCH_SECONDS_RANGE + 1);
    const char *version = informer->version == NULL
                              ? ""
                              : lat_arena_printf(arena, "&resourceVersion=%s", informer->version);
    const char *mode = "";
    if (informer->phase == PHASE_WATCH_LIST) {
        mode = "&resourceVersionMatch=NotOlderThan&sendInitialEvents=true";
        json_decref(informer->initial);
        informer->initial = json_array();
    }
    const char *path =
        lat_arena_printf(arena, "%s?allowWatchBookmarks=true%s%s&timeoutSeconds=%llu&watch=true",
                         collection, version, mode, (unsigned long long)seconds);
    informer->opened_ms = lat_clock_now_ms(informer->owner->clock);
    informer->stream = gwc_kube_subscribe(informer->owner->kube, path, &events);
}

static void list_and_watch(struct informer *informer)
{
    struct gwc_kube_error error;
    LAT_AUTO(lat_json_decrefp) json_t *objects = list_new(informer, &error);
    if (objects == NULL) {
        retry_later(informer, PHASE_WATCH_LIST);
        return;
    }
    gwc_cache_replace(informer->owner->cache, informer->kind->id, objects);
    informer->is_synced = true;
    informer->phase = PHASE_WATCH;
    json_decref(informer->initial);
    informer->initial = NULL;
    open_stream(informer);
}

static void close_if_told(struct informer *informer)
{
    if (!informer->must_close || informer->stream == NULL)
        return;
    lat_http_subscription_close(informer->stream);
    informer->stream = NULL;
    informer->must_close = false;
    lat_buf_clear(&informer->line);
}

int gwc_informers_tick(struct gwc_informers *informers, int max_ms)
{
    int wait_ms = max_ms;
    for (size_t i = 0; i < GWC_KIND_COUNT; i++) {
        struct informer *informer = &informers->informers[i];
        if (!gwc_cache_is_served(informers->cache, informer->kind->id))
            continue;
        close_if_told(informer);
        if (informer->stream != NULL)
            continue;
        int64_t left_ms = informer->retry_at_ms - lat_clock_now_ms(informers->clock);
        if (left_ms > 0) {
            wait_ms = left_ms < wait_ms ? (int)left_ms : wait_ms;
            continue;
        }
        if (informer->phase == PHASE_LIST)
            list_and_watch(informer);
        else
            open_stream(informer);
    }
    return wait_ms;
}
