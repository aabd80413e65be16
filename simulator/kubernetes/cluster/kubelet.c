/* The parts of a scheduler and of a kubelet that others can see: a Pod gets the one node, an
 * address, and runs; it is ready as its annotation lattice.sim/ready says (true without it) and its
 * readiness gates allow. Pods of other nodes and schedulers are left alone. It starts nothing. */
#include "simulator/kubernetes/cluster/controllers.h"

#include "common/base/text.h"
#include "common/kube/object.h"

#define NODE_ADDRESS    "10.0.0.1"
#define KUBELET_VERSION "v1.32.0"

/* The addresses of 10.128.0.0/9, by the version under which the Pod was last written (chosen). */
static json_t *address_new(const json_t *pod)
{
    int64_t version = 0;
    if (lat_text_to_int64(lat_kube_resource_version(pod), &version) < 0)
        return NULL; /* we wrote it */
    return json_sprintf("10.%d.%d.%d", (int)(128 | (version >> 16 & 127)),
                        (int)(version >> 8 & 255), (int)(version & 255));
}

static bool is_true(const json_t *conditions, const char *type)
{
    return lat_text_eq(lat_json_string_at(lat_kube_condition(conditions, type), "status", "False"),
                       "True");
}

/* A gate holds the Pod back until somebody sets the condition of its name (documented). */
static bool gates_are_open(const json_t *pod, const json_t *conditions)
{
    size_t index;
    json_t *gate;
    json_array_foreach(lat_json_at(pod, "spec.readinessGates"), index, gate)
        if (!is_true(conditions, lat_json_string_at(gate, "conditionType", "")))
            return false;
    return true;
}

/* Why a condition is False; texts are NULL for one that is True. */
struct reason {
    const char *reason, *message;
};

static void set_condition(json_t *conditions, const char *type, bool holds, struct reason why,
                          const char *now)
{
    bool is_new = lat_kube_condition(conditions, type) == NULL;
    lat_kube_condition_set(conditions, type, holds ? "True" : "False", holds ? NULL : why.reason,
                           holds ? NULL : why.message, now);
    if (is_new)
        json_object_set_new(lat_kube_condition(conditions, type), "lastProbeTime", json_null());
}

static json_t *conditions_of(json_t *pod)
{
    json_t *status = json_object_get(pod, "status");
    if (!json_is_object(status)) {
        status = json_object();
        json_object_set_new(pod, "status", status);
    }
    if (!json_is_array(json_object_get(status, "conditions")))
        json_object_set_new(status, "conditions", json_array());
    return json_object_get(status, "conditions");
}

static int write_status(struct sim_kube_call *call, const json_t *pod)
{
    return sim_kube_write(call, "PUT", "pods", lat_kube_namespace(pod),
                          lat_arena_printf(call->arena, "%s/status", lat_kube_name(pod)), pod,
                          NULL);
}

/* --- the node and the scheduler --------------------------------------------------------------- */

/* The node comes with the first Pod that needs one (chosen). */
static int make_node(struct sim_kube_call *call)
{
    char now[LAT_TIME_TEXT_BYTES];
    lat_time_format_seconds(call->now_ms, now);
    LAT_AUTO(lat_json_decrefp)
    json_t *node = json_pack(
        "{s:s, s:s, s:{s:s, s:{s:s, s:s, s:s}}, s:{s:[{s:s, s:s}, {s:s, s:s}], s:[{s:s, s:s, s:s, "
        "s:s, s:s, s:s}], s:{s:s, s:s, s:s}, s:{s:s}}}",
        "apiVersion", "v1", "kind", "Node", "metadata", "name", SIM_KUBE_NODE, "labels",
        "kubernetes.io/arch", "amd64", "kubernetes.io/hostname", SIM_KUBE_NODE, "kubernetes.io/os",
        "linux", "status", "addresses", "type", "InternalIP", "address", NODE_ADDRESS, "type",
        "Hostname", "address", SIM_KUBE_NODE, "conditions", "type", "Ready", "status", "True",
        "reason", "KubeletReady", "message", "kubelet is posting ready status", "lastHeartbeatTime",
        now, "lastTransitionTime", now, "nodeInfo", "kubeletVersion", KUBELET_VERSION,
        "operatingSystem", "linux", "architecture", "amd64", "allocatable", "pods", "1000");
    bool accepted = false;
    if (sim_kube_write(call, "POST", "nodes", "", NULL, node, &accepted) < 0)
        return -1;
    return !accepted
               ? 0
               : sim_kube_write(call, "PUT", "nodes", "", SIM_KUBE_NODE "/status", node, NULL);
}

/* Gives the Pod its node, unless a gate or a cordon keeps it waiting. */
static int schedule(struct sim_kube_call *call, json_t *pod)
{
    static const struct reason gated = {"SchedulingGated",
                                        "Scheduling is blocked due to non-empty scheduling gates"};
    static const struct reason cordoned = {
        "Unschedulable", "0/1 nodes are available: 1 node(s) were unschedulable."};
    LAT_AUTO(lat_json_decrefp) json_t *node = NULL;
    if (sim_kube_read_new(call, "nodes", "", SIM_KUBE_NODE, &node) < 0 ||
        (node == NULL && make_node(call) < 0))
        return -1;
    bool is_gated = json_array_size(lat_json_at(pod, "spec.schedulingGates")) > 0;
    if (!is_gated && !lat_json_bool_at(node, "spec.unschedulable", false)) {
        lat_json_set_string(json_object_get(pod, "spec"), "nodeName", SIM_KUBE_NODE);
        return sim_kube_write(call, "PUT", "pods", lat_kube_namespace(pod), lat_kube_name(pod), pod,
                              NULL);
    }
    char now[LAT_TIME_TEXT_BYTES];
    set_condition(conditions_of(pod), "PodScheduled", false, is_gated ? gated : cordoned,
                  lat_time_format_seconds(call->now_ms, now));
    return write_status(call, pod);
}

/* --- the kubelet ------------------------------------------------------------------------------ */

static json_t *containers_new(const json_t *pod, bool are_ready, const char *started)
{
    json_t *list = json_array();
    size_t index;
    json_t *container;
    json_array_foreach(lat_json_at(pod, "spec.containers"), index, container)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:b, s:b, s:i, s:{s:{s:s}}}", "name",
                                        lat_json_string_at(container, "name", ""), "image",
                                        lat_json_string_at(container, "image", ""), "imageID", "",
                                        "ready", (int)are_ready, "started", 1, "restartCount", 0,
                                        "state", "running", "startedAt", started));
    return list;
}

static const char *container_names(struct sim_kube_call *call, const json_t *pod)
{
    const char *names = "";
    size_t index;
    json_t *container;
    json_array_foreach(lat_json_at(pod, "spec.containers"), index, container)
        names = lat_arena_printf(call->arena, "%s%s%s", names, index == 0 ? "" : " ",
                                 lat_json_string_at(container, "name", ""));
    return names;
}

static void set_conditions(struct sim_kube_call *call, json_t *pod, bool are_ready, const char *now)
{
    static const struct reason none = {NULL, NULL};
    const struct reason unready = {
        "ContainersNotReady", lat_arena_printf(call->arena, "containers with unready status: [%s]",
                                               container_names(call, pod))};
    static const struct reason gated = {"ReadinessGatesNotReady",
                                        "the status of a pod readiness gate is not \"True\""};
    json_t *conditions = conditions_of(pod);
    bool is_ready = are_ready && gates_are_open(pod, conditions);
    set_condition(conditions, "PodScheduled", true, none, now);
    set_condition(conditions, "Initialized", true, none, now);
    set_condition(conditions, "ContainersReady", are_ready, unready, now);
    set_condition(conditions, "Ready", is_ready, are_ready ? gated : unready, now);
}

static int run(struct sim_kube_call *call, json_t *pod)
{
    char now[LAT_TIME_TEXT_BYTES];
    lat_time_format_seconds(call->now_ms, now);
    bool are_ready = !lat_text_eq(lat_kube_annotation(pod, SIM_KUBE_READY), "false");
    set_conditions(call, pod, are_ready, now);
    json_t *status = json_object_get(pod, "status");
    lat_json_set_string(status, "phase", "Running");
    if (json_object_get(status, "startTime") == NULL)
        lat_json_set_string(status, "startTime", now);
    if (json_object_get(status, "podIP") == NULL)
        lat_json_set(status, "podIP", address_new(pod));
    json_object_set_new(status, "podIPs",
                        json_pack("[{s:O}]", "ip", json_object_get(status, "podIP")));
    lat_json_set_string(status, "hostIP", NODE_ADDRESS);
    const char *started = lat_json_string_at(status, "startTime", now);
    json_object_set_new(status, "containerStatuses", containers_new(pod, are_ready, started));
    return write_status(call, pod);
}

/* Whether the simulator plays scheduler and kubelet for it: the annotation asks for it anywhere. */
static bool is_ours(const json_t *pod)
{
    const char *node = lat_json_string_at(pod, "spec.nodeName", "");
    const char *scheduler = lat_json_string_at(pod, "spec.schedulerName", "default-scheduler");
    if (lat_kube_annotation(pod, SIM_KUBE_READY) != NULL)
        return true;
    return node[0] == '\0' ? lat_text_eq(scheduler, "default-scheduler")
                           : lat_text_eq(node, SIM_KUBE_NODE);
}

int sim_kube_run_pod(struct sim_kube_call *call, const char *namespace, const char *name)
{
    LAT_AUTO(lat_json_decrefp) json_t *pod = NULL;
    if (sim_kube_read_new(call, "pods", namespace, name, &pod) < 0)
        return -1;
    if (pod == NULL || !sim_kube_is_active(pod))
        return 0;
    if (lat_text_eq(lat_kube_annotation(pod, SIM_KUBE_DELETE), "true"))
        return sim_kube_write(call, "DELETE", "pods", namespace, name, NULL, NULL);
    if (!is_ours(pod) || !json_is_object(json_object_get(pod, "spec")))
        return 0;
    bool has_node = lat_json_at(pod, "spec.nodeName") != NULL;
    return has_node ? run(call, pod) : schedule(call, pod);
}
