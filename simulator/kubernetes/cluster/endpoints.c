/* What the endpoint controllers of a cluster make (documented): of a Service with a selector,
 * EndpointSlices and the older Endpoints, which list the Pods that it selects; of Endpoints that a
 * user made for a Service without one, EndpointSlices that say the same. Nobody else's slices are
 * touched. */
#include "simulator/kubernetes/cluster/controllers.h"

#include "common/base/text.h"
#include "common/kube/object.h"

#include <string.h>

#define SLICE_ENDPOINTS_MAX 100
#define SERVICE_LABEL       "kubernetes.io/service-name"
#define MANAGER_LABEL       "endpointslice.kubernetes.io/managed-by"
#define HEADLESS_LABEL      "service.kubernetes.io/headless"
#define OF_SELECTORS        "endpointslice-controller.k8s.io"
#define OF_MIRRORS          "endpointslicemirroring-controller.k8s.io"

/* --- slices of one owner ---------------------------------------------------------------------- */

/* Slices that one controller keeps for a Service. */
struct slices {
    const char *namespace, *service, *manager;
    const json_t *owner;  /* NULL: none are wanted */
    const json_t *labels; /* of the owner, which they take over */
    json_t *wanted;       /* array of {addressType, endpoints, ports} */
};

static int read_slices_new(struct sim_kube_call *call, const struct slices *slices,
                           json_t **ret_new)
{
    if (sim_kube_read_all_new(call, SIM_KUBE_SLICES, slices->namespace, slices->manager, ret_new) <
        0)
        return -1;
    for (size_t i = json_array_size(*ret_new); i > 0; i--) {
        const json_t *slice = json_array_get(*ret_new, i - 1);
        if (!lat_text_eq(lat_kube_label(slice, SERVICE_LABEL), slices->service) ||
            !lat_text_eq(lat_kube_label(slice, MANAGER_LABEL), slices->manager))
            json_array_remove(*ret_new, i - 1);
    }
    return 0;
}

static int write_slice(struct sim_kube_call *call, const struct slices *slices, json_t *slice,
                       json_t *wanted)
{
    json_t *metadata = lat_kube_metadata_set(slice);
    json_t *labels = slices->labels == NULL ? json_object() : json_deep_copy(slices->labels);
    lat_json_set_string(labels, SERVICE_LABEL, slices->service);
    lat_json_set_string(labels, MANAGER_LABEL, slices->manager);
    json_object_set_new(metadata, "labels", labels);
    json_object_update(slice, wanted);
    const char *name = lat_kube_name(slice);
    if (name[0] != '\0')
        return sim_kube_write(call, "PUT", SIM_KUBE_SLICES, slices->namespace, name, slice, NULL);
    lat_json_set_string(slice, "apiVersion", "discovery.k8s.io/v1");
    lat_json_set_string(slice, "kind", "EndpointSlice");
    lat_json_set_string(metadata, "generateName",
                        lat_arena_printf(call->arena, "%s-", slices->service));
    json_object_set_new(metadata, "ownerReferences", sim_kube_owned_by_new(slices->owner));
    return sim_kube_write(call, "POST", SIM_KUBE_SLICES, slices->namespace, NULL, slice, NULL);
}

/* A slice that is there becomes the wanted one of its place; its address type cannot change. */
static int settle_slices(struct sim_kube_call *call, const struct slices *slices)
{
    LAT_AUTO(lat_json_decrefp) json_t *present = NULL;
    size_t p, w;
    json_t *slice, *wanted = NULL;
    if (read_slices_new(call, slices, &present) < 0)
        return -1;
    LAT_AUTO(lat_json_decrefp)
    json_t *left = slices->wanted == NULL ? json_array() : json_copy(slices->wanted);
    json_array_foreach(present, p, slice) {
        json_array_foreach(left, w, wanted)
            if (json_equal(json_object_get(slice, "addressType"),
                           json_object_get(wanted, "addressType")))
                break;
        bool is_wanted = w < json_array_size(left);
        if ((is_wanted ? write_slice(call, slices, slice, wanted)
                       : sim_kube_write(call, "DELETE", SIM_KUBE_SLICES, slices->namespace,
                                        lat_kube_name(slice), NULL, NULL)) < 0)
            return -1;
        if (is_wanted)
            json_array_remove(left, w);
    }
    json_array_foreach(left, w, wanted) {
        LAT_AUTO(lat_json_decrefp) json_t *made = json_object();
        if (write_slice(call, slices, made, wanted) < 0)
            return -1;
    }
    return 0;
}

/* Appends slices that hold these endpoints; an empty one when there are none and it is the first.
 */
static void want_slices(json_t *wanted, const char *address_type, const json_t *endpoints,
                        json_t *ports)
{
    size_t count = json_array_size(endpoints);
    for (size_t at = 0; at < count || (count == 0 && at == 0); at += SLICE_ENDPOINTS_MAX) {
        json_t *part = json_array();
        for (size_t i = at; i < count && i < at + SLICE_ENDPOINTS_MAX; i++)
            json_array_append(part, json_array_get(endpoints, i));
        json_array_append_new(wanted, json_pack("{s:s, s:o, s:O}", "addressType", address_type,
                                                "endpoints", part, "ports", ports));
    }
}

/* --- of a Service with a selector ------------------------------------------------------------- */

static json_t *target_of_new(const json_t *pod)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "kind", "Pod", "namespace", lat_kube_namespace(pod),
                     "name", lat_kube_name(pod), "uid", lat_kube_uid(pod));
}

/* A name that the Pod has in the domain of a headless Service; NULL without one. */
static const char *hostname_of(const json_t *pod, const json_t *service)
{
    bool is_in_domain =
        lat_text_eq(lat_json_string_at(pod, "spec.subdomain", ""), lat_kube_name(service));
    return is_in_domain ? lat_json_string_at(pod, "spec.hostname", NULL) : NULL;
}

static json_t *endpoint_new(const json_t *pod, const json_t *service)
{
    bool serves = sim_kube_is_ready(pod), ends = lat_kube_is_terminating(pod);
    bool is_published = lat_json_bool_at(service, "spec.publishNotReadyAddresses", false);
    json_t *endpoint = json_pack("{s:[s], s:{s:b, s:b, s:b}, s:o}", "addresses",
                                 lat_json_string_at(pod, "status.podIP", ""), "conditions", "ready",
                                 (int)(is_published || (serves && !ends)), "serving", (int)serves,
                                 "terminating", (int)ends, "targetRef", target_of_new(pod));
    lat_json_set_string(endpoint, "hostname", hostname_of(pod, service));
    lat_json_set_string(endpoint, "nodeName", lat_json_string_at(pod, "spec.nodeName", NULL));
    return endpoint;
}

/* The number of the container port that a port of the Service leads to in this Pod; 0 when the Pod
 * has no port of that name. */
static int64_t target_port(const json_t *port, const json_t *pod)
{
    int64_t own = lat_json_int_at(port, "port", 0);
    const char *name = lat_json_string_at(port, "targetPort", NULL);
    const char *protocol = lat_json_string_at(port, "protocol", "TCP");
    if (name == NULL)
        return lat_json_int_at(port, "targetPort", own);
    size_t c, n;
    json_t *container, *offered;
    json_array_foreach(lat_json_at(pod, "spec.containers"), c, container)
        json_array_foreach(json_object_get(container, "ports"), n, offered)
            if (lat_text_eq(lat_json_string_at(offered, "name", ""), name) &&
                lat_text_eq(lat_json_string_at(offered, "protocol", "TCP"), protocol))
                return lat_json_int_at(offered, "containerPort", 0);
    return 0;
}

static json_t *ports_new(const json_t *service, const json_t *pod)
{
    json_t *list = json_array();
    size_t index;
    json_t *port;
    json_array_foreach(lat_json_at(service, "spec.ports"), index, port) {
        int64_t number = target_port(port, pod);
        if (number == 0)
            continue;
        json_t *entry =
            json_pack("{s:s, s:s, s:I}", "name", lat_json_string_at(port, "name", ""), "protocol",
                      lat_json_string_at(port, "protocol", "TCP"), "port", (json_int_t)number);
        lat_json_set_string(entry, "appProtocol", lat_json_string_at(port, "appProtocol", NULL));
        json_array_append_new(list, entry);
    }
    return list;
}

/* Pods by the ports that they serve: {ports as text: {ports, pods}}, in the order of the Pods. */
static json_t *groups_new(struct sim_kube_call *call, const json_t *service, const json_t *pods,
                          const json_t *labels)
{
    json_t *groups = json_object();
    size_t index;
    json_t *pod;
    json_array_foreach(lat_json_iterable(pods), index, pod) {
        const char *phase = lat_json_string_at(pod, "status.phase", "");
        if (!sim_kube_has_labels(pod, labels) || lat_json_at(pod, "status.podIP") == NULL ||
            lat_text_eq(phase, "Failed") || lat_text_eq(phase, "Succeeded"))
            continue;
        json_t *ports = ports_new(service, pod);
        const char *key = lat_json_text(call->arena, ports);
        if (json_object_get(groups, key) == NULL)
            json_object_set_new(
                groups, key, json_pack("{s:O, s:[], s:[]}", "ports", ports, "pods", "endpoints"));
        json_t *group = json_object_get(groups, key);
        json_array_append(json_object_get(group, "pods"), pod);
        json_array_append_new(json_object_get(group, "endpoints"), endpoint_new(pod, service));
        json_decref(ports);
    }
    return groups;
}

static json_t *labels_for_new(const json_t *service)
{
    json_t *labels = lat_kube_labels(service);
    labels = labels == NULL ? json_object() : json_deep_copy(labels);
    if (lat_text_eq(lat_json_string_at(service, "spec.clusterIP", ""), "None"))
        lat_json_set_string(labels, HEADLESS_LABEL, "");
    return labels;
}

static int list_in_slices(struct sim_kube_call *call, const json_t *service, const json_t *groups,
                          const json_t *labels)
{
    LAT_AUTO(lat_json_decrefp) json_t *wanted = json_array();
    LAT_AUTO(lat_json_decrefp) json_t *none = json_array();
    const char *key;
    json_t *group;
    json_object_foreach(lat_json_iterable(groups), key, group)
        want_slices(wanted, "IPv4", json_object_get(group, "endpoints"),
                    json_object_get(group, "ports"));
    if (json_array_size(wanted) == 0)
        want_slices(wanted, "IPv4", NULL, none);
    struct slices slices = {
        .namespace = lat_kube_namespace(service),
        .service = lat_kube_name(service),
        .manager = OF_SELECTORS,
        .owner = service,
        .labels = labels,
        .wanted = wanted,
    };
    return settle_slices(call, &slices);
}

/* --- Endpoints -------------------------------------------------------------------------------- */

static void append_address(json_t *subset, const json_t *pod, const json_t *service)
{
    bool is_ready =
        sim_kube_is_ready(pod) || lat_json_bool_at(service, "spec.publishNotReadyAddresses", false);
    const char *member = is_ready ? "addresses" : "notReadyAddresses";
    json_t *address = json_pack("{s:s, s:o}", "ip", lat_json_string_at(pod, "status.podIP", ""),
                                "targetRef", target_of_new(pod));
    lat_json_set_string(address, "hostname", hostname_of(pod, service));
    lat_json_set_string(address, "nodeName", lat_json_string_at(pod, "spec.nodeName", NULL));
    if (json_object_get(subset, member) == NULL)
        json_object_set_new(subset, member, json_array());
    json_array_append_new(json_object_get(subset, member), address);
}

/* As in a slice, but a port without a name has no member of that name. */
static json_t *subset_ports_new(const json_t *ports)
{
    json_t *list = json_deep_copy(ports);
    size_t index;
    json_t *port;
    json_array_foreach(list, index, port)
        if (lat_json_string_at(port, "name", "")[0] == '\0')
            json_object_del(port, "name");
    return list;
}

/* Pods that terminate are left out (documented). */
static json_t *subsets_new(const json_t *service, const json_t *groups)
{
    json_t *subsets = json_array();
    const char *key;
    size_t index;
    json_t *group, *pod;
    json_object_foreach(lat_json_iterable(groups), key, group) {
        json_t *subset = json_object();
        json_array_foreach(json_object_get(group, "pods"), index, pod)
            if (!lat_kube_is_terminating(pod))
                append_address(subset, pod, service);
        if (json_object_size(subset) > 0 && json_array_size(json_object_get(group, "ports")) > 0)
            json_object_set_new(subset, "ports", subset_ports_new(json_object_get(group, "ports")));
        if (json_object_size(subset) > 0)
            json_array_append(subsets, subset);
        json_decref(subset);
    }
    return subsets;
}

static int list_in_endpoints(struct sim_kube_call *call, const json_t *service,
                             const json_t *groups, const json_t *labels)
{
    const char *namespace = lat_kube_namespace(service), *name = lat_kube_name(service);
    LAT_AUTO(lat_json_decrefp) json_t *endpoints = NULL;
    if (sim_kube_read_new(call, "endpoints", namespace, name, &endpoints) < 0)
        return -1;
    bool is_new = endpoints == NULL;
    if (is_new)
        endpoints = json_pack("{s:s, s:s, s:{s:s}}", "apiVersion", "v1", "kind", "Endpoints",
                              "metadata", "name", name);
    json_object_set_new(lat_kube_metadata_set(endpoints), "labels", json_deep_copy(labels));
    LAT_AUTO(lat_json_decrefp) json_t *subsets = subsets_new(service, groups);
    if (json_array_size(subsets) > 0)
        json_object_set(endpoints, "subsets", subsets);
    else
        json_object_del(endpoints, "subsets");
    return sim_kube_write(call, is_new ? "POST" : "PUT", "endpoints", namespace,
                          is_new ? NULL : name, endpoints, NULL);
}

static int delete_endpoints(struct sim_kube_call *call, const char *namespace, const char *name)
{
    LAT_AUTO(lat_json_decrefp) json_t *endpoints = NULL;
    if (sim_kube_read_new(call, "endpoints", namespace, name, &endpoints) < 0)
        return -1;
    return endpoints == NULL
               ? 0
               : sim_kube_write(call, "DELETE", "endpoints", namespace, name, NULL, NULL);
}

/* A Service that is gone takes its Endpoints along, whoever made them (documented); one that
 * selects no longer loses what was made for it (chosen: a cluster leaves it behind). */
static int forget(struct sim_kube_call *call, const char *namespace, const char *name, bool is_gone)
{
    const struct slices none = {.namespace = namespace, .service = name, .manager = OF_SELECTORS};
    LAT_AUTO(lat_json_decrefp) json_t *present = NULL;
    if (read_slices_new(call, &none, &present) < 0)
        return -1;
    if (!is_gone && json_array_size(present) == 0)
        return 0;
    return settle_slices(call, &none) < 0 ? -1 : delete_endpoints(call, namespace, name);
}

int sim_kube_list_endpoints(struct sim_kube_call *call, const char *namespace, const char *name)
{
    LAT_AUTO(lat_json_decrefp) json_t *service = NULL;
    LAT_AUTO(lat_json_decrefp) json_t *pods = NULL;
    if (sim_kube_read_new(call, "services", namespace, name, &service) < 0)
        return -1;
    LAT_AUTO(lat_json_decrefp)
    json_t *selected = service == NULL ? NULL : sim_kube_pod_labels_new(service);
    if (selected == NULL)
        return forget(call, namespace, name, service == NULL);
    if (lat_kube_is_terminating(service))
        return 0;
    if (sim_kube_read_all_new(call, "pods", namespace,
                              json_string_value(json_object_iter_value(json_object_iter(selected))),
                              &pods) < 0)
        return -1;
    LAT_AUTO(lat_json_decrefp) json_t *groups = groups_new(call, service, pods, selected);
    LAT_AUTO(lat_json_decrefp) json_t *labels = labels_for_new(service);
    return list_in_endpoints(call, service, groups, labels) < 0
               ? -1
               : list_in_slices(call, service, groups, labels);
}

/* --- of Endpoints that a user made ------------------------------------------------------------ */

static void mirror_addresses(const json_t *addresses, bool are_ready, bool is_v6, json_t *endpoints)
{
    static const char *const taken_over[] = {"hostname", "nodeName", "targetRef"};
    size_t index;
    json_t *address;
    json_array_foreach(lat_json_iterable(addresses), index, address) {
        const char *ip = lat_json_string_at(address, "ip", "");
        if ((strchr(ip, ':') != NULL) != is_v6)
            continue;
        json_t *endpoint =
            json_pack("{s:[s], s:{s:b}}", "addresses", ip, "conditions", "ready", (int)are_ready);
        for (size_t i = 0; i < LAT_COUNT(taken_over); i++)
            if (json_object_get(address, taken_over[i]) != NULL)
                json_object_set(endpoint, taken_over[i], json_object_get(address, taken_over[i]));
        json_array_append_new(endpoints, endpoint);
    }
}

static void mirror_subset(const json_t *subset, bool is_v6, json_t *wanted)
{
    LAT_AUTO(lat_json_decrefp) json_t *endpoints = json_array();
    LAT_AUTO(lat_json_decrefp)
    json_t *ports = json_object_get(subset, "ports") == NULL
                        ? json_array()
                        : json_deep_copy(json_object_get(subset, "ports"));
    mirror_addresses(json_object_get(subset, "addresses"), true, is_v6, endpoints);
    mirror_addresses(json_object_get(subset, "notReadyAddresses"), false, is_v6, endpoints);
    if (json_array_size(endpoints) > 0)
        want_slices(wanted, is_v6 ? "IPv6" : "IPv4", endpoints, ports);
}

static bool is_mirrored(const json_t *endpoints, const json_t *service)
{
    LAT_AUTO(lat_json_decrefp)
    json_t *selected = service == NULL ? NULL : sim_kube_pod_labels_new(service);
    return endpoints != NULL && service != NULL && selected == NULL &&
           !lat_text_eq(lat_kube_label(endpoints, "endpointslice.kubernetes.io/skip-mirror"),
                        "true") &&
           lat_kube_annotation(endpoints, "control-plane.alpha.kubernetes.io/leader") == NULL;
}

int sim_kube_mirror_endpoints(struct sim_kube_call *call, const char *namespace, const char *name)
{
    LAT_AUTO(lat_json_decrefp) json_t *endpoints = NULL;
    LAT_AUTO(lat_json_decrefp) json_t *service = NULL;
    LAT_AUTO(lat_json_decrefp) json_t *wanted = json_array();
    if (sim_kube_read_new(call, "endpoints", namespace, name, &endpoints) < 0 ||
        sim_kube_read_new(call, "services", namespace, name, &service) < 0)
        return -1;
    struct slices slices = {.namespace = namespace, .service = name, .manager = OF_MIRRORS};
    if (is_mirrored(endpoints, service)) {
        size_t index;
        json_t *subset;
        json_array_foreach(json_object_get(endpoints, "subsets"), index, subset) {
            mirror_subset(subset, false, wanted);
            mirror_subset(subset, true, wanted);
        }
        slices.owner = endpoints;
        slices.labels = lat_kube_labels(endpoints);
        slices.wanted = wanted;
    }
    return settle_slices(call, &slices);
}
