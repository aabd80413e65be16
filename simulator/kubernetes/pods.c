/* Rehearsals without a cluster: a Service with the annotation lattice.sim/pods: "N" has N Pods and
 * an EndpointSlice, which follow every write of Services and Pods inside its transaction. Nothing
 * here touches Services without the annotation. */
#include "simulator/kubernetes/pods_int.h"

#include "common/base/lat_limits.h"
#include "common/base/text.h"
#include "common/kube/object.h"

#include <inttypes.h>
#include <string.h>

#define CHANGES_MAX 10000 /* of one call that are followed */
#define NODE_NAME   "lattice-sim"

static const char *pods_path(struct sim_kube_call *call, const char *namespace)
{
    return lat_arena_printf(call->arena, "/api/v1/namespaces/%s/pods", namespace);
}

/* How many Pods a Service asks for; -1 when it does not ask, -2 when it asks for nonsense. */
static int64_t wanted_of(const json_t *service)
{
    const char *text = lat_kube_annotation(service, SIM_KUBE_PODS);
    int64_t count = 0;
    if (text == NULL)
        return -1;
    return lat_text_to_int64(text, &count) < 0 || count < 0 || count > LAT_KUBE_SIM_PODS_MAX
               ? -2
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

/* Pods are named by ordinals, as those of a StatefulSet are (chosen). */
static json_t *pod_new(struct sim_kube_call *call, const json_t *service, int64_t ordinal)
{
    json_t *labels = sim_kube_pod_labels_new(service);
    lat_json_set_string(labels, SIM_KUBE_SERVICE, lat_kube_name(service));
    return json_pack("{s:s, s:s, s:{s:s, s:o, s:{s:s}, s:[{s:s, s:s, s:s, s:s, s:b, s:b}]}, "
                     "s:{s:s, s:[{s:s, s:s, s:o}]}}",
                     "apiVersion", "v1", "kind", "Pod", "metadata", "name",
                     lat_arena_printf(call->arena, "%s-%" PRId64, lat_kube_name(service), ordinal),
                     "labels", labels, "annotations", SIM_KUBE_READY, "true", "ownerReferences",
                     "apiVersion", "v1", "kind", "Service", "name", lat_kube_name(service), "uid",
                     lat_kube_uid(service), "controller", 1, "blockOwnerDeletion", 1, "spec",
                     "nodeName", NODE_NAME, "containers", "name", "app", "image", "lattice.sim/app",
                     "ports", container_ports_new(service));
}

/* The ordinal of a Pod that was made for this Service; -1 for any other. */
static int64_t ordinal_of(const json_t *pod, const char *service)
{
    int64_t ordinal = -1;
    const char *name = lat_kube_name(pod);
    size_t length = strlen(service);
    if (!lat_text_eq(lat_kube_label(pod, SIM_KUBE_SERVICE), service) ||
        !lat_text_has_prefix(name, service) || name[length] != '-' ||
        lat_text_to_int64(name + length + 1, &ordinal) < 0)
        return -1;
    return ordinal;
}

/* Deletes the Pods that are too many and notes which are there. */
static int delete_surplus(struct sim_kube_call *call, const char *namespace, const char *service,
                          int64_t wanted, bool *present)
{
    LAT_AUTO(lat_json_decrefp) json_t *pods = NULL;
    if (sim_kube_pods_new(call, namespace, &pods) < 0)
        return -1;
    size_t index;
    json_t *pod;
    bool accepted;
    json_array_foreach(pods, index, pod) {
        int64_t ordinal = ordinal_of(pod, service);
        if (ordinal >= 0 && ordinal < wanted)
            present[ordinal] = true;
        else if (ordinal >= 0 && !lat_kube_is_terminating(pod) &&
                 sim_kube_inner(call, "DELETE",
                                lat_arena_printf(call->arena, "%s/%s", pods_path(call, namespace),
                                                 lat_kube_name(pod)),
                                NULL, &accepted) < 0)
            return -1;
    }
    return 0;
}

static int make_pod(struct sim_kube_call *call, const json_t *service, int64_t ordinal)
{
    const char *namespace = lat_kube_namespace(service);
    LAT_AUTO(lat_json_decrefp) json_t *pod = pod_new(call, service, ordinal);
    bool accepted = false;
    if (sim_kube_inner(call, "POST", pods_path(call, namespace), pod, &accepted) < 0)
        return -1;
    return accepted ? sim_kube_run_pod(call, namespace, lat_kube_name(pod)) : 0;
}

static int delete_slice(struct sim_kube_call *call, const char *namespace, const char *service)
{
    const char *name = lat_arena_printf(call->arena, "%s-sim", service);
    struct sim_kube_object *row = NULL;
    bool accepted;
    if (sim_kube_find(call, sim_kube_kind_of(call->kube, "endpointslices.discovery.k8s.io"),
                      namespace, name, &row) < 0)
        return -1;
    if (row == NULL || strstr(row->body, "\"lattice.sim\"") == NULL)
        return 0;
    return sim_kube_inner(
        call, "DELETE",
        lat_arena_printf(call->arena, "/apis/discovery.k8s.io/v1/namespaces/%s/endpointslices/%s",
                         namespace, name),
        NULL, &accepted);
}

static int refuse_count(struct sim_kube_call *call, const json_t *service)
{
    struct lat_kube_causes causes = {.arena = call->arena};
    lat_kube_cause_add(&causes, LAT_KUBE_INVALID, "metadata.annotations[" SIM_KUBE_PODS "]",
                       lat_json_at(service, "metadata.annotations[\"" SIM_KUBE_PODS "\"]"),
                       "must be a number from 0 to %d", LAT_KUBE_SIM_PODS_MAX);
    return sim_kube_refuse_causes(call, lat_kube_name(service), &causes);
}

/* Pods and slice of one Service as it is now, which may be gone. */
static int settle(struct sim_kube_call *call, const char *namespace, const char *name)
{
    struct sim_kube_object *row = NULL;
    bool present[LAT_KUBE_SIM_PODS_MAX] = {false};
    if (sim_kube_find(call, sim_kube_kind_of(call->kube, "services"), namespace, name, &row) < 0)
        return -1;
    LAT_AUTO(lat_json_decrefp)
    json_t *service = row == NULL ? json_object() : sim_kube_stored_new(row->body);
    int64_t wanted = wanted_of(service);
    if (wanted == -2)
        return refuse_count(call, service);
    if (wanted >= 0 && lat_kube_is_terminating(service))
        return 0;
    if (delete_surplus(call, namespace, name, wanted, present) < 0)
        return -1;
    if (wanted < 0)
        return delete_slice(call, namespace, name);
    for (int64_t i = 0; i < wanted; i++)
        if (!present[i] && make_pod(call, service, i) < 0)
            return -1;
    return sim_kube_list_endpoints(call, service);
}

/* A Pod has changed: every Service of its namespace that has helpers looks again. */
static int settle_namespace(struct sim_kube_call *call, const char *namespace)
{
    struct sim_kube_object *rows = NULL;
    size_t count = 0;
    if (sim_store_kube_list(call->kube->sim->store, call->arena, "services", namespace,
                            (struct sim_kube_cursor){"", ""}, -1, &rows, &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (strstr(rows[i].body, "\"" SIM_KUBE_PODS "\"") != NULL &&
            settle(call, namespace, rows[i].name) < 0)
            return -1;
    return 0;
}

static bool speaks_of(const struct sim_kube_change *change, const char *word)
{
    return strstr(change->body, word) != NULL ||
           (change->before != NULL && strstr(change->before, word) != NULL);
}

static int follow(struct sim_kube_call *call, const struct sim_kube_change *change)
{
    if (lat_text_eq(change->resource, "services"))
        return speaks_of(change, "\"" SIM_KUBE_PODS "\"")
                   ? settle(call, change->namespace, change->name)
                   : 0;
    if (!lat_text_eq(change->resource, "pods"))
        return 0;
    if (!lat_text_eq(change->type, "DELETED") && speaks_of(change, "\"lattice.sim/") &&
        sim_kube_run_pod(call, change->namespace, change->name) < 0)
        return -1;
    return settle_namespace(call, change->namespace);
}

bool sim_kube_has_helpers(const struct lat_kube_kind *kind)
{
    return lat_text_eq(kind->resource, "services") || lat_text_eq(kind->resource, "pods");
}

int sim_kube_help(struct sim_kube_call *call, int64_t before)
{
    struct sim_kube_change *changes = NULL;
    size_t count = 0;
    if (sim_store_kube_changes(call->kube->sim->store, call->arena, before, CHANGES_MAX, &changes,
                               &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (follow(call, &changes[i]) < 0)
            return -1;
    return 0;
}
