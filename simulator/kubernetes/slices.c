/* EndpointSlices of Services that have the annotation lattice.sim/pods: one slice for each, which
 * lists all Pods that the Service selects, as the controller of a cluster would. */
#include "simulator/kubernetes/pods_int.h"

#include "common/base/text.h"
#include "common/kube/object.h"

json_t *sim_kube_pod_labels_new(const json_t *service)
{
    json_t *selector = lat_json_at(service, "spec.selector");
    json_t *labels = json_object_size(selector) == 0 ? json_object() : json_deep_copy(selector);
    if (json_object_size(selector) == 0)
        lat_json_set_string(labels, SIM_KUBE_SERVICE, lat_kube_name(service));
    return labels;
}

int sim_kube_pods_new(struct sim_kube_call *call, const char *namespace, json_t **ret_new)
{
    struct sim_kube_object *rows = NULL;
    size_t count = 0;
    if (sim_store_kube_list(call->kube->sim->store, call->arena, "pods", namespace,
                            (struct sim_kube_cursor){"", ""}, -1, &rows, &count) < 0)
        return -1;
    *ret_new = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(*ret_new, sim_kube_stored_new(rows[i].body));
    return 0;
}

static bool has_labels(const json_t *pod, const json_t *wanted)
{
    const char *key;
    json_t *value;
    json_object_foreach(lat_json_iterable(wanted), key, value)
        if (!lat_text_eq(lat_kube_label(pod, key), json_string_value(value)))
            return false;
    return true;
}

static json_t *endpoint_new(const json_t *pod)
{
    const json_t *conditions = lat_json_at(pod, "status.conditions");
    bool serves = lat_text_eq(
        lat_json_string_at(lat_kube_condition(conditions, "Ready"), "status", ""), "True");
    bool ends = lat_kube_is_terminating(pod);
    json_t *endpoint = json_pack(
        "{s:[s], s:{s:b, s:b, s:b}, s:{s:s, s:s, s:s, s:s}}", "addresses",
        lat_json_string_at(pod, "status.podIP", ""), "conditions", "ready", (int)(serves && !ends),
        "serving", (int)serves, "terminating", (int)ends, "targetRef", "kind", "Pod", "namespace",
        lat_kube_namespace(pod), "name", lat_kube_name(pod), "uid", lat_kube_uid(pod));
    lat_json_set_string(endpoint, "nodeName", lat_json_string_at(pod, "spec.nodeName", NULL));
    return endpoint;
}

static json_t *endpoints_new(const json_t *pods, const json_t *labels)
{
    json_t *list = json_array();
    size_t index;
    json_t *pod;
    json_array_foreach(pods, index, pod)
        if (lat_json_at(pod, "status.podIP") != NULL && has_labels(pod, labels))
            json_array_append_new(list, endpoint_new(pod));
    return list;
}

/* The number of the container port that a port of the Service leads to; a name is looked up in
 * the first Pod that has it. */
static int64_t target_of(const json_t *port, const json_t *pods, const json_t *labels)
{
    int64_t own = lat_json_int_at(port, "port", 0);
    const char *name = lat_json_string_at(port, "targetPort", NULL);
    if (name == NULL)
        return lat_json_int_at(port, "targetPort", own);
    size_t p, c, n;
    json_t *pod, *container, *offered;
    json_array_foreach(pods, p, pod)
        json_array_foreach(lat_json_at(pod, "spec.containers"), c, container)
            json_array_foreach(json_object_get(container, "ports"), n, offered)
                if (has_labels(pod, labels) &&
                    lat_text_eq(lat_json_string_at(offered, "name", ""), name))
                    return lat_json_int_at(offered, "containerPort", own);
    return own;
}

static json_t *ports_new(const json_t *service, const json_t *pods, const json_t *labels)
{
    json_t *list = json_array();
    size_t index;
    json_t *port;
    json_array_foreach(lat_json_at(service, "spec.ports"), index, port)
        json_array_append_new(list, json_pack("{s:s, s:s, s:I}", "name",
                                              lat_json_string_at(port, "name", ""), "protocol",
                                              lat_json_string_at(port, "protocol", "TCP"), "port",
                                              (json_int_t)target_of(port, pods, labels)));
    return list;
}

static json_t *slice_new(const json_t *service, const char *name)
{
    return json_pack("{s:s, s:s, s:{s:s, s:{s:s, s:s}, s:[{s:s, s:s, s:s, s:s, s:b, s:b}]}, s:s}",
                     "apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata",
                     "name", name, "labels", "kubernetes.io/service-name", lat_kube_name(service),
                     "endpointslice.kubernetes.io/managed-by", "lattice.sim", "ownerReferences",
                     "apiVersion", "v1", "kind", "Service", "name", lat_kube_name(service), "uid",
                     lat_kube_uid(service), "controller", 1, "blockOwnerDeletion", 1, "addressType",
                     "IPv4");
}

int sim_kube_list_endpoints(struct sim_kube_call *call, const json_t *service)
{
    const char *namespace = lat_kube_namespace(service);
    const char *name = lat_arena_printf(call->arena, "%s-sim", lat_kube_name(service));
    const char *list = lat_arena_printf(
        call->arena, "/apis/discovery.k8s.io/v1/namespaces/%s/endpointslices", namespace);
    LAT_AUTO(lat_json_decrefp) json_t *pods = NULL;
    struct sim_kube_object *row = NULL;
    if (sim_kube_pods_new(call, namespace, &pods) < 0 ||
        sim_kube_find(call, sim_kube_kind_of(call->kube, "endpointslices.discovery.k8s.io"),
                      namespace, name, &row) < 0)
        return -1;
    LAT_AUTO(lat_json_decrefp) json_t *labels = sim_kube_pod_labels_new(service);
    LAT_AUTO(lat_json_decrefp)
    json_t *slice = row == NULL ? slice_new(service, name) : sim_kube_stored_new(row->body);
    json_object_set_new(slice, "endpoints", endpoints_new(pods, labels));
    json_object_set_new(slice, "ports", ports_new(service, pods, labels));
    bool accepted;
    if (row == NULL)
        return sim_kube_inner(call, "POST", list, slice, &accepted);
    return sim_kube_inner(call, "PUT", lat_arena_printf(call->arena, "%s/%s", list, name), slice,
                          &accepted);
}
