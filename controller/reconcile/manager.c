/* Queues, passes and the collector; see manager.h. */
#include "controller/reconcile/manager.h"

#include "common/base/text.h"
#include "controller/reconcile/pass.h"
#include "controller/reconcile/queue.h"

#include <stdlib.h>
#include <string.h>

#define POLL_MS_MAX      5000
#define DRAIN_PASSES_MAX 100000 /* more passes than this in one drain is a loop */

/* A controller: the function for one kind of object. */
struct controller {
    enum gwc_kind_id kind;
    struct gwc_result (*reconcile)(struct gwc_pass *pass);
    bool is_resynced;
};

static const struct controller controllers[] = {
    {GWC_KIND_GATEWAY_CLASS, gwc_reconcile_gateway_class, false},
    {GWC_KIND_GATEWAY, gwc_reconcile_gateway, true},
    {GWC_KIND_SERVICE_IMPORT, gwc_reconcile_service_import, false},
    {GWC_KIND_HTTP_ROUTE, gwc_reconcile_http_route, true},
    {GWC_KIND_GRPC_ROUTE, gwc_reconcile_grpc_route, true},
    {GWC_KIND_TLS_ROUTE, gwc_reconcile_tls_route, true},
};

struct gwc_manager {
    struct gwc_manager_options options;
    struct gwc_cache *cache;
    struct gwc_informers *informers;
    struct gwc_events *events;
    struct gwc_queue *queues[LAT_COUNT(controllers)];
    int64_t gc_due_ms;
};

static void add_key(void *context, enum gwc_kind_id kind, const char *namespace_name,
                    const char *name)
{
    struct gwc_manager *manager = context;
    LAT_AUTO(lat_free_charp) char *key = NULL;
    if (asprintf(&key, "%s/%s", namespace_name, name) < 0)
        abort();
    for (size_t i = 0; i < LAT_COUNT(controllers); i++)
        if (controllers[i].kind == kind)
            gwc_queue_add(manager->queues[i], key);
}

static void on_change(void *context, enum gwc_kind_id kind, const json_t *old_object,
                      const json_t *new_object)
{
    struct gwc_manager *manager = context;
    const struct gwc_triggers triggers = {
        .cache = manager->cache, .add = add_key, .context = manager};
    gwc_triggers_event(&triggers, kind, old_object, new_object);
}

struct gwc_manager *gwc_manager_new(const struct gwc_manager_options *options)
{
    struct gwc_manager *manager = calloc(1, sizeof *manager);
    if (manager == NULL)
        abort();
    manager->options = *options;
    manager->cache = gwc_cache_new(on_change, manager);
    manager->informers = gwc_informers_new(options->kube, manager->cache, options->clock,
                                           options->rng, options->log);
    manager->events = gwc_events_new(options->kube, options->clock, options->log);
    for (size_t i = 0; i < LAT_COUNT(controllers); i++)
        manager->queues[i] = gwc_queue_new(options->clock);
    manager->gc_due_ms = lat_clock_now_ms(options->clock) + GWC_GC_PERIOD_MS;
    return manager;
}

struct gwc_manager *gwc_manager_free(struct gwc_manager *manager)
{
    if (manager == NULL)
        return NULL;
    gwc_informers_free(manager->informers);
    gwc_events_free(manager->events);
    for (size_t i = 0; i < LAT_COUNT(controllers); i++)
        gwc_queue_free(manager->queues[i]);
    gwc_cache_free(manager->cache);
    free(manager);
    return NULL;
}

void gwc_manager_freep(struct gwc_manager **manager)
{
    *manager = gwc_manager_free(*manager);
}

int gwc_manager_start(struct gwc_manager *manager, struct lat_err *reterr)
{
    return gwc_informers_discover(manager->informers, reterr);
}

static struct gwc_pass make_pass(struct gwc_manager *manager, struct lat_arena *arena)
{
    char *now = lat_arena_alloc(arena, LAT_TIME_TEXT_BYTES);
    lat_time_format_seconds(lat_clock_now_ms(manager->options.clock), now);
    return (struct gwc_pass){
        .options = &manager->options,
        .arena = arena,
        .cache = manager->cache,
        .events = manager->events,
        .view = gwc_cache_view(manager->cache),
        .now = now,
    };
}

/* What becomes of a key after its pass. */
static void settle(struct gwc_manager *manager, size_t index, const char *key,
                   const struct gwc_result *result)
{
    struct gwc_queue *queue = manager->queues[index];
    const char *kind = gwc_kinds[controllers[index].kind].name;
    if (result->error != NULL) {
        lat_log_write(manager->options.log, LAT_LOG_ERROR, "%s %s: %s", kind, key, result->error);
        gwc_queue_add_failed(queue, key);
        return;
    }
    gwc_queue_forget(queue, key);
    lat_log_write(manager->options.log, LAT_LOG_INFO, "%s %s: %s", kind, key,
                  result->requeue_ms > 0 ? "to be continued" : "reconciled");
    int64_t resync_ms = manager->options.resync_ms;
    if (result->requeue_ms > 0)
        gwc_queue_add_after(queue, key, result->requeue_ms);
    else if (resync_ms > 0 && controllers[index].is_resynced && !result->is_absent)
        gwc_queue_add_after(
            queue, key,
            resync_ms + (int64_t)lat_rng_below(manager->options.rng, (uint64_t)resync_ms / 5));
}

/* One pass over a due key of one controller; false when none is due. */
static bool run_one(struct gwc_manager *manager, size_t index)
{
    LAT_AUTO(lat_free_charp) char *key = gwc_queue_take(manager->queues[index]);
    if (key == NULL)
        return false;
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct gwc_pass pass = make_pass(manager, arena);
    char *copy = lat_arena_strdup(arena, key);
    char *slash = strchr(copy, '/');
    *slash = '\0';
    pass.namespace_name = copy;
    pass.name = slash + 1;
    struct gwc_result result = controllers[index].reconcile(&pass);
    settle(manager, index, key, &result);
    return true;
}

/* One pass of the first controller that has something to do. */
static bool run_any(struct gwc_manager *manager)
{
    for (size_t i = 0; i < LAT_COUNT(controllers); i++)
        if (run_one(manager, i))
            return true;
    return false;
}

/* A collection, when it is time for one. A collection that was missed is not made up for. */
static void collect_if_due(struct gwc_manager *manager)
{
    int64_t now_ms = lat_clock_now_ms(manager->options.clock);
    if (now_ms < manager->gc_due_ms)
        return;
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct gwc_pass pass = make_pass(manager, arena);
    gwc_collect_target_groups(&pass);
    int64_t late_ms = (now_ms - manager->gc_due_ms) % GWC_GC_PERIOD_MS;
    manager->gc_due_ms = now_ms - late_ms + GWC_GC_PERIOD_MS;
}

int64_t gwc_manager_next_due_ms(const struct gwc_manager *manager)
{
    int64_t next_ms = -1;
    for (size_t i = 0; i < LAT_COUNT(controllers); i++) {
        int64_t due_ms = gwc_queue_next_due_ms(manager->queues[i]);
        if (due_ms >= 0 && (next_ms < 0 || due_ms < next_ms))
            next_ms = due_ms;
    }
    return next_ms;
}

int64_t gwc_manager_gc_due_ms(const struct gwc_manager *manager)
{
    return manager->gc_due_ms;
}

int gwc_manager_drain(struct gwc_manager *manager, size_t *passes, struct lat_err *reterr)
{
    size_t before = *passes;
    for (;;) {
        int changes = gwc_informers_relist(manager->informers, reterr);
        if (changes < 0)
            return -1;
        size_t round = 0;
        while (run_any(manager))
            round++;
        *passes += round;
        collect_if_due(manager);
        if (round == 0)
            return 0;
        if (*passes - before > DRAIN_PASSES_MAX)
            return lat_err_broken(reterr, "the controller does not come to rest");
    }
}

/* How long the loop may wait for watches: until something of its own is due. */
static int idle_ms(struct gwc_manager *manager, int max_ms)
{
    int64_t now_ms = lat_clock_now_ms(manager->options.clock);
    int64_t next_ms = manager->gc_due_ms;
    int64_t due_ms = gwc_manager_next_due_ms(manager);
    if (due_ms >= 0 && due_ms < next_ms && gwc_informers_are_synced(manager->informers))
        next_ms = due_ms;
    if (next_ms <= now_ms)
        return 0;
    return next_ms - now_ms < max_ms ? (int)(next_ms - now_ms) : max_ms;
}

void gwc_manager_run(struct gwc_manager *manager, bool (*is_stopped)(void *context), void *context,
                     int wake_fd)
{
    while (!is_stopped(context)) {
        int wait_ms = gwc_informers_tick(manager->informers, POLL_MS_MAX);
        gwc_kube_poll(manager->options.kube, wake_fd, idle_ms(manager, wait_ms));
        if (!gwc_informers_are_synced(manager->informers))
            continue;
        run_any(manager);
        collect_if_due(manager);
    }
}
