/* Pods that are kept: a Service with the annotation lattice.sim/pods and a ReplicaSet each want a
 * number of Pods made from a template, and here is the one way in which these come and go. Who
 * wants them differs in where template and number come from, and in how the Pods are named. */
#include "simulator/kubernetes/cluster/controllers.h"

#include "common/base/lat_limits.h"
#include "common/base/text.h"
#include "common/kube/object.h"

#include <inttypes.h>
#include <string.h>

/* Pods wanted by one object. */
struct wish {
    const json_t *owner;
    int64_t count;
    json_t *template;  /* a Pod without a name; owned */
    bool has_ordinals; /* Pods are called NAME-0, NAME-1, …; else their names are generated */
};

/* --- keeping a number of Pods ----------------------------------------------------------------- */

/* The ordinal of a Pod of this owner; -1 for any other name. */
static int64_t ordinal_of(const json_t *pod, const json_t *owner)
{
    int64_t ordinal = -1;
    const char *name = lat_kube_name(pod), *prefix = lat_kube_name(owner);
    size_t length = strlen(prefix);
    if (!lat_text_has_prefix(name, prefix) || name[length] != '-' ||
        lat_text_to_int64(name + length + 1, &ordinal) < 0)
        return -1;
    return ordinal;
}

/* Those that were made for the owner and have neither ended nor begun to; a new reference. */
static int read_pods_new(struct sim_kube_call *call, const json_t *owner, json_t **ret_new)
{
    if (sim_kube_read_all_new(call, "pods", lat_kube_namespace(owner), lat_kube_uid(owner),
                              ret_new) < 0)
        return -1;
    for (size_t i = json_array_size(*ret_new); i > 0; i--) {
        const json_t *pod = json_array_get(*ret_new, i - 1);
        if (!sim_kube_is_controlled_by(pod, owner) || !sim_kube_is_active(pod))
            json_array_remove(*ret_new, i - 1);
    }
    return 0;
}

/* Whether left goes before right when there are too many: what is not ready, then what is young
 * (documented for ReplicaSets, in short). */
static bool goes_first(const json_t *left, const json_t *right)
{
    bool left_is_ready = sim_kube_is_ready(left), right_is_ready = sim_kube_is_ready(right);
    if (left_is_ready != right_is_ready)
        return right_is_ready;
    return strcmp(lat_json_string_at(left, "metadata.creationTimestamp", ""),
                  lat_json_string_at(right, "metadata.creationTimestamp", "")) > 0;
}

/* The place of the Pod that is to go next; the number of Pods when all may stay. */
static size_t find_surplus(const struct wish *wish, const json_t *pods)
{
    size_t count = json_array_size(pods), worst = 0;
    for (size_t i = 0; wish->has_ordinals && i < count; i++) {
        int64_t ordinal = ordinal_of(json_array_get(pods, i), wish->owner);
        if (ordinal < 0 || ordinal >= wish->count)
            return i;
    }
    if ((int64_t)count <= wish->count)
        return count;
    for (size_t i = 1; i < count; i++)
        if (goes_first(json_array_get(pods, i), json_array_get(pods, worst)))
            worst = i;
    return worst;
}

static bool is_taken(const json_t *pods, const json_t *owner, int64_t ordinal)
{
    size_t index;
    json_t *pod;
    json_array_foreach(lat_json_iterable(pods), index, pod)
        if (ordinal_of(pod, owner) == ordinal)
            return true;
    return false;
}

static int make_pod(struct sim_kube_call *call, const struct wish *wish, int64_t ordinal,
                    bool *ret_accepted)
{
    const char *prefix = lat_kube_name(wish->owner);
    LAT_AUTO(lat_json_decrefp) json_t *pod = json_deep_copy(wish->template);
    json_t *metadata = lat_kube_metadata_set(pod);
    lat_json_set_string(pod, "apiVersion", "v1");
    lat_json_set_string(pod, "kind", "Pod");
    if (wish->has_ordinals)
        lat_json_set_string(metadata, "name",
                            lat_arena_printf(call->arena, "%s-%" PRId64, prefix, ordinal));
    else
        lat_json_set_string(metadata, "generateName", lat_arena_printf(call->arena, "%s-", prefix));
    json_object_del(json_object_get(metadata, "annotations"), SIM_KUBE_DELETE); /* never ends */
    json_object_set_new(metadata, "ownerReferences", sim_kube_owned_by_new(wish->owner));
    return sim_kube_write(call, "POST", "pods", lat_kube_namespace(wish->owner), NULL, pod,
                          ret_accepted);
}

/* Makes what is missing, until one is refused, and deletes what is too much. *ret_refused says
 * whether a Pod could not be made. */
static int keep(struct sim_kube_call *call, const struct wish *wish, bool *ret_refused)
{
    LAT_AUTO(lat_json_decrefp) json_t *pods = NULL;
    bool accepted = true;
    if (read_pods_new(call, wish->owner, &pods) < 0)
        return -1;
    for (size_t at; (at = find_surplus(wish, pods)) < json_array_size(pods);) {
        if (sim_kube_write(call, "DELETE", "pods", lat_kube_namespace(wish->owner),
                           lat_kube_name(json_array_get(pods, at)), NULL, NULL) < 0)
            return -1;
        json_array_remove(pods, at);
    }
    int64_t missing = wish->count - (int64_t)json_array_size(pods);
    for (int64_t ordinal = 0; missing > 0 && accepted; ordinal++) {
        if (wish->has_ordinals && is_taken(pods, wish->owner, ordinal))
            continue;
        if (make_pod(call, wish, ordinal, &accepted) < 0)
            return -1;
        missing--;
    }
    *ret_refused = !accepted;
    return 0;
}

/* --- for a Service ---------------------------------------------------------------------------- */

/* How many Pods a Service asks for; 0 when it does not ask, -1 when it asks for nonsense. */
static int64_t wanted_of(const json_t *service)
{
    const char *text = lat_kube_annotation(service, SIM_KUBE_PODS);
    int64_t count = 0;
    if (text == NULL)
        return 0;
    return lat_text_to_int64(text, &count) < 0 || count < 0 || count > LAT_KUBE_SIM_PODS_MAX
               ? -1
               : count;
}

static json_t *container_ports_new(const json_t *service)
{
    json_t *list = json_array();
    size_t index;
    json_t *port;
    json_array_foreach(lat_json_at(service, "spec.ports"), index, port) {
        const char *name = lat_json_string_at(port, "targetPort", NULL);
        int64_t own = lat_json_int_at(port, "port", 0);
        json_t *entry =
            json_pack("{s:I, s:s}", "containerPort",
                      (json_int_t)(name != NULL ? own : lat_json_int_at(port, "targetPort", own)),
                      "protocol", lat_json_string_at(port, "protocol", "TCP"));
        lat_json_set_string(entry, "name", name);
        json_array_append_new(list, entry);
    }
    return list;
}

static json_t *template_of_service_new(const json_t *service)
{
    LAT_AUTO(lat_json_decrefp) json_t *selected = sim_kube_pod_labels_new(service);
    json_t *labels = selected == NULL ? json_object() : json_deep_copy(selected);
    lat_json_set_string(labels, SIM_KUBE_SERVICE, lat_kube_name(service));
    return json_pack("{s:{s:o, s:{s:s}}, s:{s:[{s:s, s:s, s:o}]}}", "metadata", "labels", labels,
                     "annotations", SIM_KUBE_READY, "true", "spec", "containers", "name", "app",
                     "image", "lattice.sim/app", "ports", container_ports_new(service));
}

static int refuse_count(struct sim_kube_call *call, const json_t *service)
{
    struct lat_kube_causes causes = {.arena = call->arena};
    lat_kube_cause_add(&causes, LAT_KUBE_INVALID, "metadata.annotations[" SIM_KUBE_PODS "]",
                       lat_json_at(service, "metadata.annotations[\"" SIM_KUBE_PODS "\"]"),
                       "must be a number from 0 to %d", LAT_KUBE_SIM_PODS_MAX);
    return sim_kube_refuse_causes(call, lat_kube_name(service), &causes);
}

int sim_kube_keep_service_pods(struct sim_kube_call *call, const char *namespace, const char *name)
{
    LAT_AUTO(lat_json_decrefp) json_t *service = NULL;
    bool refused;
    if (sim_kube_read_new(call, "services", namespace, name, &service) < 0)
        return -1;
    if (service == NULL || lat_kube_is_terminating(service))
        return 0; /* its Pods go with it */
    struct wish wish = {.owner = service, .count = wanted_of(service), .has_ordinals = true};
    if (wish.count < 0)
        return refuse_count(call, service);
    LAT_AUTO(lat_json_decrefp) json_t *template = template_of_service_new(service);
    wish.template = template;
    return keep(call, &wish, &refused);
}

/* --- for a ReplicaSet ------------------------------------------------------------------------- */

static void set_count(json_t *status, const char *name, int64_t count)
{
    if (count > 0)
        json_object_set_new(status, name, json_integer(count));
    else
        json_object_del(status, name);
}

/* Counts of nothing are left out, except the number of Pods itself (documented). */
static json_t *status_of_new(struct sim_kube_call *call, const json_t *set, const json_t *pods,
                             bool refused)
{
    const json_t *labels = lat_json_at(set, "spec.template.metadata.labels");
    int64_t ready = 0, labeled = 0;
    size_t index;
    json_t *pod, *status = json_object();
    json_array_foreach(lat_json_iterable(pods), index, pod) {
        ready += sim_kube_is_ready(pod);
        labeled += sim_kube_has_labels(pod, labels);
    }
    json_object_set_new(status, "replicas", json_integer((json_int_t)json_array_size(pods)));
    json_object_set_new(status, "observedGeneration", json_integer(lat_kube_generation(set)));
    set_count(status, "fullyLabeledReplicas", labeled);
    set_count(status, "readyReplicas", ready);
    set_count(status, "availableReplicas", ready);
    char now[LAT_TIME_TEXT_BYTES];
    json_t *present = lat_kube_condition(lat_json_at(set, "status.conditions"), "ReplicaFailure");
    if (refused && present != NULL)
        json_object_set_new(status, "conditions", json_pack("[O]", present));
    else if (refused)
        json_object_set_new(status, "conditions",
                            json_pack("[{s:s, s:s, s:s, s:s, s:s}]", "type", "ReplicaFailure",
                                      "status", "True", "reason", "FailedCreate", "message",
                                      "a Pod was refused; the simulator's log says why",
                                      "lastTransitionTime",
                                      lat_time_format_seconds(call->now_ms, now)));
    return status;
}

int sim_kube_keep_replicas(struct sim_kube_call *call, const char *namespace, const char *name)
{
    LAT_AUTO(lat_json_decrefp) json_t *set = NULL;
    LAT_AUTO(lat_json_decrefp) json_t *pods = NULL;
    bool refused = false;
    if (sim_kube_read_new(call, SIM_KUBE_REPLICA_SETS, namespace, name, &set) < 0)
        return -1;
    if (set == NULL)
        return 0;
    struct wish wish = {.owner = set,
                        .count = lat_json_int_at(set, "spec.replicas", 1),
                        .template = lat_json_at(set, "spec.template")};
    if (wish.count > LAT_KUBE_REPLICAS_MAX)
        wish.count = LAT_KUBE_REPLICAS_MAX;
    if ((!lat_kube_is_terminating(set) && keep(call, &wish, &refused) < 0) ||
        read_pods_new(call, set, &pods) < 0)
        return -1;
    json_object_set_new(set, "status", status_of_new(call, set, pods, refused));
    return sim_kube_write(call, "PUT", SIM_KUBE_REPLICA_SETS, namespace,
                          lat_arena_printf(call->arena, "%s/status", name), set, NULL);
}
