/* What built-in kinds get from their own strategies and controllers in a cluster: cluster addresses
 * of services, labels and phases of namespaces. Custom resources pass through untouched. */
#include "simulator/kubernetes/objects/objects.h"

#include "common/base/text.h"
#include "common/kube/definition.h"
#include "common/kube/object.h"

#define SERVICE_ADDRESSES     (1 << 20) /* of 10.96.0.0/12 */
#define SERVICE_ADDRESS_FIRST 10        /* the lowest ones are kept for the cluster itself */
#define NODE_PORT_FIRST       30000
#define NODE_PORTS            2768

static void set_absent(json_t *object, const char *name, json_t *new_value)
{
    json_t *present = json_object_get(object, name);
    if (present == NULL || json_is_null(present))
        json_object_set_new(object, name, new_value);
    else
        json_decref(new_value);
}

/* Addresses and node ports follow the resourceVersion, which is never given twice (chosen). */
static int64_t next_version(struct sim_kube_call *call)
{
    int64_t version = 0;
    if (sim_store_kube_version(call->kube->sim->store, &version) < 0)
        return 0;
    return version + 1;
}

static json_t *service_address_new(struct sim_kube_call *call)
{
    int64_t offset =
        SERVICE_ADDRESS_FIRST + next_version(call) % (SERVICE_ADDRESSES - SERVICE_ADDRESS_FIRST);
    return json_sprintf("10.%d.%d.%d", (int)(96 + (offset >> 16)), (int)(offset >> 8 & 255),
                        (int)(offset & 255));
}

static void default_ports(struct sim_kube_call *call, json_t *spec, bool has_node_ports)
{
    size_t index;
    json_t *port;
    json_array_foreach(json_object_get(spec, "ports"), index, port) {
        if (!json_is_object(port))
            continue;
        if (json_object_get(port, "port") != NULL)
            set_absent(port, "targetPort", json_incref(json_object_get(port, "port")));
        if (has_node_ports)
            set_absent(
                port, "nodePort",
                json_integer(NODE_PORT_FIRST + (next_version(call) + (int64_t)index) % NODE_PORTS));
    }
}

/* An update may leave out what was allocated for the service. */
static void keep_allocated(json_t *spec, const json_t *old)
{
    static const char *const names[] = {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"};
    for (size_t i = 0; i < LAT_COUNT(names); i++) {
        json_t *before = json_object_get(json_object_get(old, "spec"), names[i]);
        if (before != NULL)
            set_absent(spec, names[i], lat_json_copy_new(before));
    }
}

static void default_families(json_t *spec)
{
    const char *policy = lat_json_string_at(spec, "ipFamilyPolicy", "SingleStack");
    bool is_dual = lat_text_eq(policy, "RequireDualStack");
    set_absent(spec, "ipFamilies",
               is_dual ? json_pack("[s, s]", "IPv4", "IPv6") : json_pack("[s]", "IPv4"));
    set_absent(spec, "ipFamilyPolicy", json_string("SingleStack"));
}

static void default_service(struct sim_kube_call *call, json_t *object, const json_t *old)
{
    json_t *spec = json_object_get(object, "spec");
    if (spec == NULL) {
        spec = json_object();
        json_object_set_new(object, "spec", spec);
        lat_kube_schema_default(call->request.version->schema, object);
    }
    const char *type = lat_json_string_at(spec, "type", "ClusterIP");
    bool is_balanced = lat_text_eq(type, "LoadBalancer");
    bool is_external = lat_text_eq(type, "ExternalName");
    default_ports(call, spec, is_balanced || lat_text_eq(type, "NodePort"));
    if (is_external)
        return;
    if (lat_text_is_empty(lat_json_string_at(spec, "clusterIP", "")))
        json_object_del(spec, "clusterIP");
    if (old != NULL)
        keep_allocated(spec, old);
    default_families(spec);
    set_absent(spec, "clusterIP", service_address_new(call));
    set_absent(spec, "clusterIPs", json_pack("[O]", json_object_get(spec, "clusterIP")));
    set_absent(spec, "internalTrafficPolicy", json_string("Cluster"));
    if (is_balanced || lat_text_eq(type, "NodePort"))
        set_absent(spec, "externalTrafficPolicy", json_string("Cluster"));
    if (is_balanced)
        set_absent(spec, "allocateLoadBalancerNodePorts", json_true());
}

static void default_namespace(json_t *object, const json_t *old)
{
    json_t *metadata = lat_kube_metadata_set(object);
    if (!json_is_object(json_object_get(metadata, "labels")))
        json_object_set_new(metadata, "labels", json_object());
    lat_json_set_string(json_object_get(metadata, "labels"), "kubernetes.io/metadata.name",
                        lat_kube_name(object));
    if (old != NULL)
        return;
    json_object_set_new(object, "spec", json_pack("{s:[s]}", "finalizers", "kubernetes"));
    json_object_set_new(object, "status", json_pack("{s:s}", "phase", "Active"));
}

void sim_kube_builtin_default(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                              json_t *object, const json_t *old)
{
    const char *notice = lat_json_string_at(kind->document, "notice", "");
    if (notice[0] != '\0' && kind->is_builtin)
        sim_kube_warn(call, lat_arena_printf(call->arena, "%s: %s", kind->kind, notice));
    if (lat_text_eq(kind->resource, "services"))
        default_service(call, object, old);
    else if (lat_text_eq(kind->resource, "namespaces"))
        default_namespace(object, old);
    else if (lat_text_eq(kind->resource, "secrets"))
        sim_kube_secret_default(call, object);
    else if (lat_text_eq(kind->group, "apps"))
        sim_kube_workload_default(object);
    else if (sim_kube_is_definition(kind))
        sim_kube_definition_default(call, object);
}

/* --- validation ------------------------------------------------------------------------------- */

static void validate_service_ports(const json_t *spec, struct lat_kube_causes *causes)
{
    json_t *ports = json_object_get(spec, "ports");
    bool needs_none = lat_text_eq(lat_json_string_at(spec, "clusterIP", ""), "None") ||
                      lat_text_eq(lat_json_string_at(spec, "type", ""), "ExternalName");
    if (json_array_size(ports) == 0 && !needs_none)
        lat_kube_cause_add(causes, LAT_KUBE_REQUIRED, "spec.ports", NULL, "%s", "");
    LAT_AUTO(lat_json_decrefp) json_t *seen = json_object();
    size_t index;
    json_t *port;
    json_array_foreach(ports, index, port) {
        const char *name = lat_json_string_at(port, "name", "");
        const char *field = lat_arena_printf(causes->arena, "spec.ports[%zu].name", index);
        if (name[0] == '\0' && json_array_size(ports) > 1)
            lat_kube_cause_add(causes, LAT_KUBE_REQUIRED, field, NULL, "%s", "");
        else if (name[0] != '\0' && json_object_get(seen, name) != NULL)
            lat_kube_cause_add(causes, LAT_KUBE_DUPLICATE, field, json_object_get(port, "name"),
                               "%s", "");
        json_object_set_new(seen, name, json_true());
    }
}

static void validate_service(const json_t *object, const json_t *old,
                             struct lat_kube_causes *causes)
{
    const json_t *spec = json_object_get(object, "spec");
    validate_service_ports(spec, causes);
    const char *before = lat_json_string_at(old, "spec.clusterIP", "");
    const json_t *address = json_object_get(spec, "clusterIP");
    if (before[0] != '\0' && address != NULL && !lat_text_eq(before, json_string_value(address)))
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, "spec.clusterIPs[0]",
                           json_object_get(spec, "clusterIPs"), "%s", "may not change once set");
}

static void validate_event(const json_t *object, struct lat_kube_causes *causes)
{
    const json_t *involved = lat_json_at(object, "involvedObject.namespace");
    const char *namespace = lat_text_or_empty(json_string_value(involved));
    const char *expected = namespace[0] == '\0' ? "default" : namespace;
    if (!lat_text_eq(expected, lat_kube_namespace(object)) &&
        !(namespace[0] == '\0' && lat_text_eq(lat_kube_namespace(object), "kube-system")))
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, "involvedObject.namespace", involved, "%s",
                           "does not match event.namespace");
}

void sim_kube_builtin_validate(const struct lat_kube_kind *kind, const json_t *object,
                               const json_t *old, struct lat_kube_causes *causes)
{
    if (lat_text_eq(kind->resource, "services"))
        validate_service(object, old, causes);
    else if (lat_text_eq(kind->resource, "events"))
        validate_event(object, causes);
    else if (lat_text_eq(kind->resource, "secrets") || lat_text_eq(kind->resource, "configmaps"))
        sim_kube_immutable_validate(object, old, causes);
    else if (lat_text_eq(kind->group, "apps"))
        sim_kube_workload_validate(object, causes);
    else if (sim_kube_is_definition(kind))
        lat_kube_definition_check(object, causes);
}
