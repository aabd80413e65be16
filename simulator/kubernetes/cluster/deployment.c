/* Deployments: a ReplicaSet for each template, old ones making room for the new one as the strategy
 * allows, step by step; and the status by which clients see how far that is (documented). The Pods
 * are the ReplicaSets' matter. */
#include "simulator/kubernetes/cluster/controllers.h"

#include "common/base/text.h"
#include "common/kube/object.h"

#include <inttypes.h>
#include <stdlib.h>

#define REVISION     "deployment.kubernetes.io/revision"
#define LAST_APPLIED "kubectl.kubernetes.io/last-applied-configuration"
#define SHARE_MAX    INT32_MAX /* of maxSurge and maxUnavailable, which are int32 or a percentage */
#define HISTORY      10        /* revisionHistoryLimit without one */

/* A Deployment with what it has. */
struct rollout {
    struct sim_kube_call *call;
    json_t *deployment;
    json_t *sets;    /* its ReplicaSets, in the order of their revisions */
    json_t *current; /* borrowed from sets: that of the template; NULL while there is none */
    int64_t wanted, surge, unavailable;
};

/* --- numbers ---------------------------------------------------------------------------------- */

static int64_t smaller(int64_t left, int64_t right)
{
    return left < right ? left : right;
}

/* "25%" of total, or the number itself. */
static int64_t share_of(const json_t *value, int64_t total, bool rounds_up)
{
    const char *text = json_string_value(value);
    int64_t number = text == NULL ? json_integer_value(value) : strtoll(text, NULL, 10);
    number = number < 0 ? 0 : smaller(number, SHARE_MAX);
    return text == NULL ? number : (number * total + (rounds_up ? 99 : 0)) / 100;
}

static int64_t revision_of(const json_t *object)
{
    int64_t revision = 0;
    const char *text = lat_kube_annotation(object, REVISION);
    return text != NULL && lat_text_to_int64(text, &revision) == 0 ? revision : 0;
}

static int64_t replicas_of(const json_t *set)
{
    return lat_json_int_at(set, "spec.replicas", 1);
}

/* The sum of a number over all ReplicaSets. */
static int64_t sum(const struct rollout *rollout, const char *path)
{
    int64_t total = 0;
    size_t index;
    json_t *set;
    json_array_foreach(rollout->sets, index, set)
        total += lat_json_int_at(set, path, 0);
    return total;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* The value without members that say nothing: typed clients send them, others do not. */
static json_t *without_empty_new(const json_t *value)
{
    json_t *copy = json_is_array(value)    ? json_array()
                   : json_is_object(value) ? json_object()
                                           : json_deep_copy(value);
    const char *name;
    size_t index;
    json_t *member;
    json_array_foreach(lat_json_iterable(value), index, member)
        json_array_append_new(copy, without_empty_new(member));
    json_object_foreach(lat_json_iterable(value), name, member) {
        json_t *rest = without_empty_new(member);
        bool is_empty = json_is_null(rest) || (json_is_object(rest) && json_object_size(rest) == 0);
        if (is_empty)
            json_decref(rest);
        else
            json_object_set_new(copy, name, rest);
    }
    return copy;
}

/* A template as it is compared: a ReplicaSet's has the label that tells it from others. */
static json_t *template_of_new(const json_t *object)
{
    json_t *template = without_empty_new(lat_json_at(object, "spec.template"));
    json_object_del(lat_kube_labels(template), SIM_KUBE_TEMPLATE_HASH);
    return template;
}

static int compare_revisions(const void *left, const void *right)
{
    int64_t difference = revision_of(*(json_t *const *)left) - revision_of(*(json_t *const *)right);
    return difference < 0 ? -1 : difference > 0;
}

/* sets, in their order. */
static json_t *sorted_new(struct sim_kube_call *call, const json_t *sets)
{
    size_t count = json_array_size(sets);
    json_t **items = LAT_NEW_ARRAY(call->arena, json_t *, count + 1);
    json_t *sorted = json_array();
    for (size_t i = 0; i < count; i++)
        items[i] = json_array_get(sets, i);
    qsort(items, count, sizeof *items, compare_revisions);
    for (size_t i = 0; i < count; i++)
        json_array_append(sorted, items[i]);
    return sorted;
}

static int read_sets(struct rollout *rollout)
{
    LAT_AUTO(lat_json_decrefp) json_t *sets = NULL;
    const json_t *deployment = rollout->deployment;
    if (sim_kube_read_all_new(rollout->call, SIM_KUBE_REPLICA_SETS, lat_kube_namespace(deployment),
                              lat_kube_uid(deployment), &sets) < 0)
        return -1;
    for (size_t i = json_array_size(sets); i > 0; i--)
        if (!sim_kube_is_controlled_by(json_array_get(sets, i - 1), deployment) ||
            lat_kube_is_terminating(json_array_get(sets, i - 1)))
            json_array_remove(sets, i - 1);
    rollout->sets = sorted_new(rollout->call, sets);
    size_t index;
    json_t *set;
    LAT_AUTO(lat_json_decrefp) json_t *wanted = template_of_new(deployment);
    json_array_foreach(rollout->sets, index, set) {
        LAT_AUTO(lat_json_decrefp) json_t *template = template_of_new(set);
        if (rollout->current == NULL && json_equal(template, wanted))
            rollout->current = set;
    }
    return 0;
}

/* Both at zero would allow no step at all (documented: then one may be missing). */
static void read_numbers(struct rollout *rollout)
{
    const json_t *deployment = rollout->deployment;
    const json_t *how = lat_json_at(deployment, "spec.strategy.rollingUpdate");
    rollout->wanted = lat_json_int_at(deployment, "spec.replicas", 1);
    rollout->surge = share_of(json_object_get(how, "maxSurge"), rollout->wanted, true);
    rollout->unavailable = share_of(json_object_get(how, "maxUnavailable"), rollout->wanted, false);
    if (rollout->surge == 0 && rollout->unavailable == 0)
        rollout->unavailable = 1;
    rollout->unavailable = smaller(rollout->unavailable, rollout->wanted);
}

/* --- ReplicaSets ------------------------------------------------------------------------------ */

static int scale(struct rollout *rollout, json_t *set, int64_t replicas)
{
    if (replicas < 0 || replicas == replicas_of(set))
        return 0;
    json_object_set_new(json_object_get(set, "spec"), "replicas", json_integer(replicas));
    json_object_del(lat_kube_metadata_set(set), "resourceVersion"); /* we may have written */
    return sim_kube_write(rollout->call, "PUT", SIM_KUBE_REPLICA_SETS, lat_kube_namespace(set),
                          lat_kube_name(set), set, NULL);
}

/* A hash of the template in the letters of generated names, as a cluster's looks (chosen: FNV-1a of
 * its canonical JSON). */
static const char *hash_of(struct sim_kube_call *call, const json_t *template, int64_t collisions)
{
    static const char letters[] = "bcdfghjklmnpqrstvwxz2456789";
    const char *text = lat_json_canonical(call->arena, template);
    uint32_t hash = UINT32_C(2166136261) ^ (uint32_t)collisions;
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT32_C(16777619);
    char *word = lat_arena_alloc(call->arena, 11);
    for (size_t i = 0; i < 10; i++) {
        word[i] = letters[hash % (sizeof letters - 1)];
        hash = hash / 7 * UINT32_C(2654435761) + (uint32_t)i;
    }
    return word;
}

static json_t *annotations_new(const struct rollout *rollout, int64_t revision)
{
    json_t *annotations = lat_kube_annotations(rollout->deployment);
    annotations = annotations == NULL ? json_object() : json_deep_copy(annotations);
    json_object_del(annotations, LAST_APPLIED);
    lat_json_set_string(annotations, REVISION,
                        lat_arena_printf(rollout->call->arena, "%" PRId64, revision));
    return annotations;
}

static json_t *set_new(const struct rollout *rollout, const char *hash, int64_t revision)
{
    const json_t *deployment = rollout->deployment;
    json_t *template = json_deep_copy(lat_json_at(deployment, "spec.template"));
    json_t *selector = json_deep_copy(lat_json_at(deployment, "spec.selector"));
    if (json_object_get(selector, "matchLabels") == NULL)
        json_object_set_new(selector, "matchLabels", json_object());
    lat_json_set_string(json_object_get(selector, "matchLabels"), SIM_KUBE_TEMPLATE_HASH, hash);
    lat_json_set_string(lat_kube_labels(template), SIM_KUBE_TEMPLATE_HASH, hash);
    return json_pack(
        "{s:s, s:s, s:{s:s, s:O, s:o, s:o}, s:{s:i, s:o, s:o}}", "apiVersion", "apps/v1", "kind",
        "ReplicaSet", "metadata", "name",
        lat_arena_printf(rollout->call->arena, "%s-%s", lat_kube_name(deployment), hash), "labels",
        lat_kube_labels(template), "annotations", annotations_new(rollout, revision),
        "ownerReferences", sim_kube_owned_by_new(deployment), "spec", "replicas", 0, "selector",
        selector, "template", template);
}

/* A name that something else has is tried with another hash at the next step, which the changed
 * status brings about (documented: collisionCount). */
static int make_set(struct rollout *rollout, int64_t revision)
{
    struct sim_kube_call *call = rollout->call;
    json_t *deployment = rollout->deployment;
    const char *namespace = lat_kube_namespace(deployment);
    int64_t collisions = lat_json_int_at(deployment, "status.collisionCount", 0);
    LAT_AUTO(lat_json_decrefp) json_t *template = template_of_new(deployment);
    const char *hash = hash_of(call, template, collisions);
    LAT_AUTO(lat_json_decrefp) json_t *set = set_new(rollout, hash, revision);
    LAT_AUTO(lat_json_decrefp) json_t *taken = NULL;
    if (sim_kube_read_new(call, SIM_KUBE_REPLICA_SETS, namespace, lat_kube_name(set), &taken) < 0)
        return -1;
    if (taken == NULL)
        return sim_kube_write(call, "POST", SIM_KUBE_REPLICA_SETS, namespace, NULL, set, NULL);
    json_object_set_new(json_object_get(deployment, "status"), "collisionCount",
                        json_integer(collisions + 1));
    return 0;
}

/* Makes the ReplicaSet of the template, or gives the one that is there the newest revision: that is
 * what a rollback is. */
static int settle_current(struct rollout *rollout)
{
    const json_t *last =
        json_array_get(rollout->sets, json_array_size(rollout->sets) - 1); /* NULL: none */
    json_t *set = rollout->current;
    if (set == NULL)
        return make_set(rollout, revision_of(last) + 1);
    if (set == last && revision_of(set) > 0)
        return 0;
    json_t *metadata = lat_kube_metadata_set(set);
    if (lat_kube_annotations(set) == NULL)
        json_object_set_new(metadata, "annotations", json_object());
    lat_json_set_string(lat_kube_annotations(set), REVISION,
                        lat_arena_printf(rollout->call->arena, "%" PRId64, revision_of(last) + 1));
    return sim_kube_write(rollout->call, "PUT", SIM_KUBE_REPLICA_SETS, lat_kube_namespace(set),
                          lat_kube_name(set), set, NULL);
}

/* --- one step of a rollout -------------------------------------------------------------------- */

/* As many new Pods as the surge leaves room for. */
static int grow_current(struct rollout *rollout)
{
    int64_t now = replicas_of(rollout->current);
    int64_t room = rollout->wanted + rollout->surge - sum(rollout, "spec.replicas");
    if (now >= rollout->wanted)
        return scale(rollout, rollout->current, rollout->wanted);
    return room <= 0 ? 0
                     : scale(rollout, rollout->current, now + smaller(room, rollout->wanted - now));
}

/* Takes at most *budget Pods away from old ReplicaSets, oldest first; those that are not available
 * anyway cost nothing, so they go before all others. */
static int shrink_old(struct rollout *rollout, int64_t *budget, bool only_unhealthy)
{
    size_t index;
    json_t *set;
    json_array_foreach(rollout->sets, index, set) {
        int64_t now = replicas_of(set);
        int64_t unhealthy = now - lat_json_int_at(set, "status.availableReplicas", 0);
        int64_t less = smaller(*budget, only_unhealthy ? unhealthy : now);
        if (set == rollout->current || less <= 0)
            continue;
        if (scale(rollout, set, now - less) < 0)
            return -1;
        *budget -= less;
    }
    return 0;
}

/* Old Pods go only while so many others are available that at most maxUnavailable are missing: new
 * ones that are not ready, as behind a closed readiness gate, hold the rollout. */
static int roll(struct rollout *rollout)
{
    if (grow_current(rollout) < 0)
        return -1;
    int64_t least = rollout->wanted - rollout->unavailable;
    int64_t new_unavailable = replicas_of(rollout->current) -
                              lat_json_int_at(rollout->current, "status.availableReplicas", 0);
    int64_t budget = sum(rollout, "spec.replicas") - least - new_unavailable;
    if (budget > 0 && shrink_old(rollout, &budget, true) < 0)
        return -1;
    budget = smaller(budget, sum(rollout, "status.availableReplicas") - least);
    return budget > 0 ? shrink_old(rollout, &budget, false) : 0;
}

/* All old Pods go before the first new one comes. */
static int recreate(struct rollout *rollout)
{
    int64_t all = INT64_MAX;
    if (shrink_old(rollout, &all, false) < 0)
        return -1;
    int64_t old =
        sum(rollout, "status.replicas") - lat_json_int_at(rollout->current, "status.replicas", 0);
    return old > 0 ? 0 : scale(rollout, rollout->current, rollout->wanted);
}

/* A paused Deployment follows its number of Pods while there is one ReplicaSet that has any. */
static int scale_paused(struct rollout *rollout)
{
    json_t *only = NULL;
    size_t index, active = 0;
    json_t *set;
    json_array_foreach(rollout->sets, index, set)
        if (replicas_of(set) > 0) {
            active++;
            only = set;
        }
    return active == 1 ? scale(rollout, only, rollout->wanted) : 0;
}

/* Keeps revisionHistoryLimit old ReplicaSets without Pods. */
static int forget_history(struct rollout *rollout)
{
    int64_t limit = lat_json_int_at(rollout->deployment, "spec.revisionHistoryLimit", HISTORY);
    int64_t surplus = (int64_t)json_array_size(rollout->sets) - 1 - limit;
    size_t index;
    json_t *set;
    json_array_foreach(rollout->sets, index, set) {
        if (surplus <= 0 || set == rollout->current || replicas_of(set) > 0 ||
            lat_json_int_at(set, "status.replicas", 0) > 0)
            continue;
        surplus--;
        if (sim_kube_write(rollout->call, "DELETE", SIM_KUBE_REPLICA_SETS, lat_kube_namespace(set),
                           lat_kube_name(set), NULL, NULL) < 0)
            return -1;
    }
    return 0;
}

static int step(struct rollout *rollout)
{
    const json_t *deployment = rollout->deployment;
    if (lat_json_bool_at(deployment, "spec.paused", false))
        return scale_paused(rollout);
    if (settle_current(rollout) < 0)
        return -1;
    if (rollout->current == NULL)
        return 0; /* it was just made, which leads here again */
    bool recreates =
        lat_text_eq(lat_json_string_at(deployment, "spec.strategy.type", ""), "Recreate");
    return (recreates ? recreate(rollout) : roll(rollout)) < 0 ? -1 : forget_history(rollout);
}

/* --- status ----------------------------------------------------------------------------------- */

static void set_count(json_t *status, const char *name, int64_t count)
{
    if (count > 0)
        json_object_set_new(status, name, json_integer(count));
    else
        json_object_del(status, name);
}

static void set_condition(const struct rollout *rollout, json_t *conditions, const char *type,
                          const char *state, const char *reason, const char *message)
{
    char now[LAT_TIME_TEXT_BYTES];
    lat_time_format_seconds(rollout->call->now_ms, now);
    LAT_AUTO(lat_json_decrefp)
    json_t *before = json_deep_copy(lat_kube_condition(conditions, type));
    lat_kube_condition_set(conditions, type, state, reason, message, now);
    json_t *condition = lat_kube_condition(conditions, type);
    if (!json_equal(condition, before))
        lat_json_set_string(condition, "lastUpdateTime", now);
}

static void set_progress(const struct rollout *rollout, json_t *conditions, bool is_complete)
{
    const char *name = rollout->current == NULL ? "" : lat_kube_name(rollout->current);
    if (lat_json_bool_at(rollout->deployment, "spec.paused", false))
        set_condition(rollout, conditions, "Progressing", "Unknown", "DeploymentPaused",
                      "Deployment is paused");
    else if (is_complete)
        set_condition(rollout, conditions, "Progressing", "True", "NewReplicaSetAvailable",
                      lat_arena_printf(rollout->call->arena,
                                       "ReplicaSet \"%s\" has successfully progressed.", name));
    else
        set_condition(
            rollout, conditions, "Progressing", "True", "ReplicaSetUpdated",
            lat_arena_printf(rollout->call->arena, "ReplicaSet \"%s\" is progressing.", name));
}

static void set_status(const struct rollout *rollout)
{
    json_t *deployment = rollout->deployment;
    json_t *status = json_object_get(deployment, "status");
    int64_t all = sum(rollout, "status.replicas");
    int64_t available = sum(rollout, "status.availableReplicas");
    int64_t updated = lat_json_int_at(rollout->current, "status.replicas", 0);
    json_object_set_new(status, "observedGeneration",
                        json_integer(lat_kube_generation(deployment)));
    set_count(status, "replicas", all);
    set_count(status, "updatedReplicas", updated);
    set_count(status, "readyReplicas", sum(rollout, "status.readyReplicas"));
    set_count(status, "availableReplicas", available);
    set_count(status, "unavailableReplicas", sum(rollout, "spec.replicas") - available);
    if (!json_is_array(json_object_get(status, "conditions")))
        json_object_set_new(status, "conditions", json_array());
    json_t *conditions = json_object_get(status, "conditions");
    bool has_enough = available >= rollout->wanted - rollout->unavailable;
    set_condition(rollout, conditions, "Available", has_enough ? "True" : "False",
                  has_enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                  has_enough ? "Deployment has minimum availability."
                             : "Deployment does not have minimum availability.");
    set_progress(rollout, conditions,
                 updated == rollout->wanted && all == rollout->wanted &&
                     available >= rollout->wanted);
}

/* The newest revision is the Deployment's own. */
static int write_revision(const struct rollout *rollout)
{
    json_t *deployment = rollout->deployment;
    json_t *metadata = lat_kube_metadata_set(deployment);
    if (rollout->current == NULL || revision_of(rollout->current) == revision_of(deployment))
        return 0;
    if (lat_kube_annotations(deployment) == NULL)
        json_object_set_new(metadata, "annotations", json_object());
    lat_json_set_string(lat_kube_annotations(deployment), REVISION,
                        lat_kube_annotation(rollout->current, REVISION));
    return sim_kube_write(rollout->call, "PUT", SIM_KUBE_DEPLOYMENTS,
                          lat_kube_namespace(deployment), lat_kube_name(deployment), deployment,
                          NULL);
}

static int write_status(const struct rollout *rollout)
{
    json_t *deployment = rollout->deployment;
    if (!json_is_object(json_object_get(deployment, "status")))
        json_object_set_new(deployment, "status", json_object());
    set_status(rollout);
    json_object_del(lat_kube_metadata_set(deployment), "resourceVersion"); /* we may have written */
    return sim_kube_write(
        rollout->call, "PUT", SIM_KUBE_DEPLOYMENTS, lat_kube_namespace(deployment),
        lat_arena_printf(rollout->call->arena, "%s/status", lat_kube_name(deployment)), deployment,
        NULL);
}

int sim_kube_roll_out(struct sim_kube_call *call, const char *namespace, const char *name)
{
    LAT_AUTO(lat_json_decrefp) json_t *deployment = NULL;
    if (sim_kube_read_new(call, SIM_KUBE_DEPLOYMENTS, namespace, name, &deployment) < 0)
        return -1;
    if (deployment == NULL || lat_kube_is_terminating(deployment))
        return 0;
    struct rollout rollout = {.call = call, .deployment = deployment};
    read_numbers(&rollout);
    if (!json_is_object(json_object_get(deployment, "status")))
        json_object_set_new(deployment, "status", json_object());
    int result = read_sets(&rollout) < 0 || step(&rollout) < 0 || write_revision(&rollout) < 0 ||
                         write_status(&rollout) < 0
                     ? -1
                     : 0;
    json_decref(rollout.sets);
    return result;
}
