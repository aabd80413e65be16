/* The part of a kubelet that others can see: a Pod with the annotation lattice.sim/ready gets an
 * address, runs, and is ready as the annotation says and its readiness gates allow. Pods without
 * the annotation are left alone. It starts nothing. */
#include "simulator/kubernetes/kube_int.h"
#include "simulator/kubernetes/pods_int.h"

#include "common/base/text.h"
#include "common/kube/object.h"

#define NODE_ADDRESS "10.0.0.1"

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

/* Keeps the time of a condition whose status stays. */
static void set_condition(json_t *conditions, const char *type, bool holds, const char *now)
{
    const char *status = holds ? "True" : "False";
    json_t *present = lat_kube_condition(conditions, type);
    if (present == NULL) {
        json_array_append_new(conditions,
                              json_pack("{s:s, s:s, s:n, s:s}", "type", type, "status", status,
                                        "lastProbeTime", "lastTransitionTime", now));
        return;
    }
    if (lat_text_eq(lat_json_string_at(present, "status", ""), status))
        return;
    lat_json_set_string(present, "status", status);
    lat_json_set_string(present, "lastTransitionTime", now);
}

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

static void set_status(struct sim_kube_call *call, json_t *pod, bool are_ready)
{
    char now[LAT_TIME_TEXT_BYTES];
    lat_time_format_seconds(call->now_ms, now);
    json_t *status = json_object_get(pod, "status");
    if (!json_is_array(json_object_get(status, "conditions")))
        json_object_set_new(status, "conditions", json_array());
    json_t *conditions = json_object_get(status, "conditions");
    bool is_ready = are_ready && gates_are_open(pod, conditions);
    set_condition(conditions, "PodScheduled", true, now);
    set_condition(conditions, "Initialized", true, now);
    set_condition(conditions, "ContainersReady", are_ready, now);
    set_condition(conditions, "Ready", is_ready, now);
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
}

int sim_kube_run_pod(struct sim_kube_call *call, const char *namespace, const char *name)
{
    struct sim_kube_object *row = NULL;
    if (sim_kube_find(call, sim_kube_kind_of(call->kube, "pods"), namespace, name, &row) < 0)
        return -1;
    if (row == NULL)
        return 0;
    LAT_AUTO(lat_json_decrefp) json_t *pod = sim_kube_stored_new(row->body);
    const char *ready = lat_kube_annotation(pod, SIM_KUBE_READY);
    const char *path =
        lat_arena_printf(call->arena, "/api/v1/namespaces/%s/pods/%s", namespace, name);
    bool accepted;
    if (lat_text_eq(lat_kube_annotation(pod, SIM_KUBE_DELETE), "true"))
        return lat_kube_is_terminating(pod) ? 0
                                            : sim_kube_inner(call, "DELETE", path, NULL, &accepted);
    if (ready == NULL || !json_is_object(json_object_get(pod, "status")))
        return 0;
    set_status(call, pod, lat_text_eq(ready, "true"));
    return sim_kube_inner(call, "PUT", lat_arena_printf(call->arena, "%s/status", path), pod,
                          &accepted);
}
