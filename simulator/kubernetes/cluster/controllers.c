/* The controllers of a cluster, inside the transaction of the write that causes their work, so that
 * the next call sees the result: which change concerns which of them, and in what order they work
 * until nothing is left to do. What each does is in its own file. */
#include "simulator/kubernetes/cluster/controllers.h"

#include "common/base/text.h"
#include "common/kube/object.h"

#include <string.h>

#define CHANGES_MAX 10000 /* of one call that are followed at a time */
#define STEPS_MAX   50000 /* after which a call stops: controllers that undo each other's work */

/* In the order of work: what is nearest to the wire first, so that each step of a rollout is seen
 * by all before the next one begins. */
enum stage {
    STAGE_POD,
    STAGE_ENDPOINTS,
    STAGE_MIRROR,
    STAGE_SERVICE_PODS,
    STAGE_REPLICAS,
    STAGE_ROLLOUT,
    STAGE_COUNT
};

static sim_kube_sync *const syncs[] = {
    [STAGE_POD] = sim_kube_run_pod,
    [STAGE_ENDPOINTS] = sim_kube_list_endpoints,
    [STAGE_MIRROR] = sim_kube_mirror_endpoints,
    [STAGE_SERVICE_PODS] = sim_kube_keep_service_pods,
    [STAGE_REPLICAS] = sim_kube_keep_replicas,
    [STAGE_ROLLOUT] = sim_kube_roll_out,
};
_Static_assert(LAT_COUNT(syncs) == STAGE_COUNT, "every stage has its controller");

struct item {
    struct item *next;
    const char *namespace, *name;
};

struct work {
    struct sim_kube_call *call;
    struct sim_kube_call step; /* the same for one step, whose memory goes with it */
    struct item *first[STAGE_COUNT];
    int64_t seen; /* changes up to this version were looked at */
};

static void add(struct work *work, enum stage stage, const char *namespace, const char *name)
{
    struct item **end = &work->first[stage];
    for (; *end != NULL; end = &(*end)->next)
        if (lat_text_eq((*end)->name, name) && lat_text_eq((*end)->namespace, namespace))
            return;
    *end = LAT_NEW(work->call->arena, struct item);
    (*end)->namespace = lat_arena_strdup(work->call->arena, namespace);
    (*end)->name = lat_arena_strdup(work->call->arena, name);
}

/* --- which change concerns whom --------------------------------------------------------------- */

/* One change, parsed: before is NULL for a new object. */
struct follow {
    const struct sim_kube_change *change;
    const json_t *object, *before;
    bool is_gone;
};

typedef int follower(struct work *work, const struct follow *follow);

static void add_owner(struct work *work, const struct follow *follow, const char *kind,
                      enum stage stage)
{
    const json_t *states[] = {follow->object, follow->before};
    for (size_t i = 0; i < LAT_COUNT(states); i++) {
        const json_t *owner = lat_kube_controller_reference(states[i]);
        if (lat_text_eq(lat_json_string_at(owner, "kind", ""), kind))
            add(work, stage, follow->change->namespace, lat_json_string_at(owner, "name", ""));
    }
}

/* Every Service that selects the Pod, or did. */
static int add_services_of(struct work *work, const struct follow *follow)
{
    LAT_AUTO(lat_json_decrefp) json_t *services = NULL;
    const char *namespace = follow->change->namespace;
    size_t index;
    json_t *service;
    if (sim_kube_read_all_new(&work->step, "services", namespace, NULL, &services) < 0)
        return -1;
    json_array_foreach(services, index, service) {
        LAT_AUTO(lat_json_decrefp) json_t *labels = sim_kube_pod_labels_new(service);
        if (labels != NULL && (sim_kube_has_labels(follow->object, labels) ||
                               sim_kube_has_labels(follow->before, labels)))
            add(work, STAGE_ENDPOINTS, namespace, lat_kube_name(service));
    }
    return 0;
}

static int follow_pod(struct work *work, const struct follow *follow)
{
    if (!follow->is_gone)
        add(work, STAGE_POD, follow->change->namespace, follow->change->name);
    add_owner(work, follow, "ReplicaSet", STAGE_REPLICAS);
    add_owner(work, follow, "Service", STAGE_SERVICE_PODS);
    return add_services_of(work, follow);
}

static int follow_service(struct work *work, const struct follow *follow)
{
    const struct sim_kube_change *change = follow->change;
    if (lat_kube_annotation(follow->object, SIM_KUBE_PODS) != NULL ||
        lat_kube_annotation(follow->before, SIM_KUBE_PODS) != NULL)
        add(work, STAGE_SERVICE_PODS, change->namespace, change->name);
    add(work, STAGE_ENDPOINTS, change->namespace, change->name);
    add(work, STAGE_MIRROR, change->namespace, change->name);
    return 0;
}

static int follow_endpoints(struct work *work, const struct follow *follow)
{
    add(work, STAGE_MIRROR, follow->change->namespace, follow->change->name);
    if (follow->is_gone)
        add(work, STAGE_ENDPOINTS, follow->change->namespace, follow->change->name);
    return 0;
}

static int follow_slice(struct work *work, const struct follow *follow)
{
    const char *service = lat_kube_label(follow->object, "kubernetes.io/service-name");
    if (follow->is_gone && service != NULL) {
        add(work, STAGE_ENDPOINTS, follow->change->namespace, service);
        add(work, STAGE_MIRROR, follow->change->namespace, service);
    }
    return 0;
}

static int follow_replica_set(struct work *work, const struct follow *follow)
{
    if (!follow->is_gone)
        add(work, STAGE_REPLICAS, follow->change->namespace, follow->change->name);
    add_owner(work, follow, "Deployment", STAGE_ROLLOUT);
    return 0;
}

static int follow_deployment(struct work *work, const struct follow *follow)
{
    if (!follow->is_gone)
        add(work, STAGE_ROLLOUT, follow->change->namespace, follow->change->name);
    return 0;
}

/* A node that takes Pods again gets those that wait. */
static int follow_node(struct work *work, const struct follow *follow)
{
    struct sim_kube_object *rows = NULL;
    size_t count = 0;
    if (follow->is_gone || !lat_json_bool_at(follow->before, "spec.unschedulable", false) ||
        lat_json_bool_at(follow->object, "spec.unschedulable", false))
        return 0;
    if (sim_store_kube_list(work->step.kube->sim->store, work->step.arena, "pods", NULL,
                            (struct sim_kube_cursor){"", ""}, -1, &rows, &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (strstr(rows[i].body, "\"nodeName\"") == NULL)
            add(work, STAGE_POD, rows[i].namespace, rows[i].name);
    return 0;
}

static const struct {
    const char *resource;
    follower *follow;
} followers[] = {
    {"pods", follow_pod},
    {"services", follow_service},
    {"endpoints", follow_endpoints},
    {SIM_KUBE_SLICES, follow_slice},
    {SIM_KUBE_REPLICA_SETS, follow_replica_set},
    {SIM_KUBE_DEPLOYMENTS, follow_deployment},
    {"nodes", follow_node},
};

static follower *follower_of(const char *resource)
{
    for (size_t i = 0; i < LAT_COUNT(followers); i++)
        if (lat_text_eq(followers[i].resource, resource))
            return followers[i].follow;
    return NULL;
}

bool sim_kube_is_followed(const struct lat_kube_kind *kind)
{
    return follower_of(kind->resource) != NULL;
}

static int follow_change(struct work *work, const struct sim_kube_change *change)
{
    follower *follow = follower_of(change->resource);
    if (follow == NULL)
        return 0;
    LAT_AUTO(lat_json_decrefp) json_t *object = sim_kube_stored_new(change->body);
    LAT_AUTO(lat_json_decrefp)
    json_t *before = change->before == NULL ? NULL : sim_kube_stored_new(change->before);
    struct follow parsed = {change, object, before, lat_text_eq(change->type, "DELETED")};
    return follow(work, &parsed);
}

/* --- until nothing is left to do -------------------------------------------------------------- */

static int follow_changes(struct work *work)
{
    struct sim_kube_change *changes = NULL;
    size_t count = 0;
    do {
        if (sim_store_kube_changes(work->step.kube->sim->store, work->step.arena, work->seen,
                                   CHANGES_MAX, &changes, &count) < 0)
            return -1;
        for (size_t i = 0; i < count; i++)
            if (follow_change(work, &changes[i]) < 0)
                return -1;
        if (count > 0)
            work->seen = changes[count - 1].version;
    } while (count > 0);
    return 0;
}

/* What a step is refused with becomes the answer of the call. */
static int fail(struct work *work)
{
    struct sim_kube_answer *answer = &work->call->answer;
    *answer = work->step.answer;
    answer->body =
        lat_arena_strndup(work->call->arena, lat_text_or_empty(answer->body), answer->length);
    answer->message = lat_arena_strdup(work->call->arena, answer->message);
    return -1;
}

static const struct item *take(struct work *work, sim_kube_sync **ret_sync)
{
    for (size_t stage = 0; stage < STAGE_COUNT; stage++) {
        struct item *item = work->first[stage];
        if (item == NULL)
            continue;
        work->first[stage] = item->next;
        *ret_sync = syncs[stage];
        return item;
    }
    return NULL;
}

int sim_kube_control(struct sim_kube_call *call, int64_t before)
{
    struct work work = {.call = call, .seen = before};
    for (int64_t steps = 0; steps < STEPS_MAX; steps++) {
        LAT_AUTO(lat_arena_freep) struct lat_arena *scratch = lat_arena_new();
        sim_kube_sync *sync = NULL;
        work.step = *call;
        work.step.arena = scratch;
        work.step.answer = (struct sim_kube_answer){0};
        if (follow_changes(&work) < 0)
            return fail(&work);
        const struct item *item = take(&work, &sync);
        if (item == NULL)
            return 0;
        if (sync(&work.step, item->namespace, item->name) < 0)
            return fail(&work);
    }
    lat_log_write(call->kube->sim->log, LAT_LOG_ERROR,
                  "kubernetes: the controllers did not come to rest within %d steps", STEPS_MAX);
    return 0;
}
