/* The endpoints behind a Service as targets. An error leaves the target group without a list, so
 * that what is registered stays (observed). */
#include "common/base/text.h"
#include "controller/model/build_int.h"
#include "controller/model/keys.h"
#include "controller/model/object.h"

/* Whether a port of an EndpointSlice serves the wanted port of the Service: any does when no port
 * is wanted or the Service's port has no name, else those of the same name. */
static bool serves_port(const json_t *service, int64_t wanted, const char *slice_port_name)
{
    size_t index;
    const json_t *port;
    if (wanted == 0)
        return true;
    json_array_foreach(lat_json_at(service, "spec.ports"), index, port) {
        const char *name = gwc_member_text(port, "name");
        if (lat_json_int_at(port, "port", 0) == wanted &&
            (lat_text_is_empty(name) || lat_text_eq(name, slice_port_name)))
            return true;
    }
    return false;
}

static bool is_target(const struct gwc_target_group *group, size_t count,
                      const struct gwc_target *target)
{
    for (size_t i = 0; i < count; i++) {
        if (group->targets[i].port == target->port &&
            lat_text_eq(group->targets[i].address, target->address))
            return true;
    }
    return false;
}

/* known_count: the targets that an earlier port of the same Service brought; they are not
 * repeated. */
static void add_endpoint(struct gwc_builder *builder, struct gwc_target_group *group,
                         size_t known_count, const json_t *endpoint, int64_t port)
{
    const json_t *pod = json_object_get(endpoint, "targetRef");
    bool is_pod = lat_text_eq(gwc_member_text(pod, "kind"), "Pod");
    if (lat_json_bool_at(endpoint, "conditions.terminating", false))
        return;
    size_t index;
    const json_t *address;
    json_array_foreach(json_object_get(endpoint, "addresses"), index, address) {
        struct gwc_target target = {
            .address = lat_text_or_empty(json_string_value(address)),
            .port = port,
            .ready = lat_json_bool_at(endpoint, "conditions.ready", false),
            .pod_namespace = is_pod ? gwc_member_text(pod, "namespace") : NULL,
            .pod_name = is_pod ? gwc_member_text(pod, "name") : NULL,
        };
        if (!is_target(group, known_count, &target))
            *LAT_ARENA_PUSH(builder->arena, group->targets, group->target_count) = target;
    }
}

static void add_slice(struct gwc_builder *builder, struct gwc_target_group *group,
                      size_t known_count, const json_t *slice, const json_t *service,
                      int64_t wanted)
{
    size_t port_index;
    const json_t *port;
    json_array_foreach(json_object_get(slice, "ports"), port_index, port) {
        const char *name = lat_text_or_empty(gwc_member_text(port, "name"));
        if (!serves_port(service, wanted, name))
            continue;
        size_t index;
        const json_t *endpoint;
        json_array_foreach(json_object_get(slice, "endpoints"), index, endpoint)
            add_endpoint(builder, group, known_count, endpoint, lat_json_int_at(port, "port", 0));
    }
}

static bool is_collected(const struct gwc_builder *builder, size_t target_group, int64_t port)
{
    for (size_t i = 0; i < builder->collected_count; i++) {
        if (builder->collected[i].target_group == target_group &&
            builder->collected[i].port == port)
            return true;
    }
    return false;
}

void gwc_build_targets(struct gwc_builder *builder, size_t target_group, const json_t *service,
                       int64_t port)
{
    const struct gwc_cluster_view *view = builder->build->view;
    struct gwc_target_group *group = &builder->stack->target_groups[target_group];
    struct gwc_objects slices = {0};
    if (is_collected(builder, target_group, port) ||
        view->list(view->context, builder->arena, "EndpointSlice", group->service_namespace,
                   &slices, NULL) != 0)
        return;
    *LAT_ARENA_PUSH(builder->arena, builder->collected, builder->collected_count) =
        (struct gwc_collected_port){.target_group = target_group, .port = port};

    size_t known_count = group->target_count;
    for (size_t i = 0; i < slices.count; i++) {
        const char *of = gwc_member_text(lat_json_at(slices.items[i], "metadata.labels"),
                                         GWC_KUBE_SERVICE_LABEL);
        if (lat_text_eq(of, group->service_name))
            add_slice(builder, group, known_count, slices.items[i], service, port);
    }
    group->has_targets = true;
}
