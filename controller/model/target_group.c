/* The target group of a Service that a route forwards to: one per (route, Service), whatever the
 * ports. */
#include "common/base/text.h"
#include "controller/model/build_int.h"
#include "controller/model/keys.h"
#include "controller/model/object.h"
#include "controller/model/policy.h"
#include "controller/model/tags.h"

enum { ROUTE_TARGET_GROUP_PORT = 80 };

static int fail(struct gwc_builder *builder, const char *before, const char *text)
{
    return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_OTHER, "%s%s", before, text);
}

static int find_address_type(struct gwc_builder *builder, const json_t *service,
                             const char **ret_type)
{
    const json_t *families = lat_json_at(service, "spec.ipFamilies");
    const char *family = lat_text_or_empty(json_string_value(json_array_get(families, 0)));
    if (json_array_size(families) != 1)
        return fail(builder, "buildTargetGroupSpec err ",
                    "lattice Target Group only supports single stack IP addresses");
    if (lat_text_eq(family, "IPv4"))
        *ret_type = LAT_IP_ADDRESS_TYPE_IPV4;
    else if (lat_text_eq(family, "IPv6"))
        *ret_type = LAT_IP_ADDRESS_TYPE_IPV6;
    else
        return fail(builder, "buildTargetGroupSpec err unknown ipFamily: ", family);
    return 0;
}

static int find_protocol(struct gwc_builder *builder, const json_t *policy,
                         struct gwc_target_group *group)
{
    const char *protocol = lat_json_string_at(policy, "spec.protocol", NULL);
    const char *version = lat_json_string_at(policy, "spec.protocolVersion", NULL);
    bool is_tcp = lat_text_eq(protocol, "TCP");
    if (is_tcp && version != NULL)
        return fail(builder, "buildTargetGroupSpec err ",
                    "protocolVersion is not supported for TCP protocol TargetGroupPolicy");
    group->protocol = protocol != NULL ? protocol : "HTTP";
    group->protocol_version = is_tcp ? "" : version != NULL ? version : "HTTP1";
    if (builder->build->route_kind == GWC_ROUTE_GRPC) {
        group->protocol_version = "GRPC";
    } else if (builder->build->route_kind == GWC_ROUTE_TLS) {
        group->protocol = "TCP";
        group->protocol_version = "";
    }
    return 0;
}

static struct gwc_tags identity_of(struct gwc_builder *builder,
                                   const struct gwc_target_group *group)
{
    const struct gwc_tag tags[] = {
        {GWC_TAG_CLUSTER_NAME, builder->build->config->cluster_name},
        {GWC_TAG_SERVICE_NAME, group->service_name},
        {GWC_TAG_SERVICE_NAMESPACE, group->service_namespace},
        {GWC_TAG_SOURCE_TYPE, gwc_route_facts[builder->build->route_kind].kind},
        {GWC_TAG_PROTOCOL_VERSION, group->protocol_version},
        {GWC_TAG_ROUTE_NAME, builder->name},
        {GWC_TAG_ROUTE_NAMESPACE, builder->kube_namespace},
    };
    struct gwc_tags identity = {0};
    for (size_t i = 0; i < LAT_COUNT(tags); i++)
        gwc_tags_add(builder->arena, &identity, tags[i].key, tags[i].value);
    return identity;
}

/* A policy or a start without cluster name can leave something empty that Lattice must know. */
static int check_complete(struct gwc_builder *builder, const struct gwc_target_group *group)
{
    const struct gwc_config *config = builder->build->config;
    bool needs_version = !lat_text_eq(group->protocol, "TCP");
    if (lat_text_is_empty(group->service_name) || lat_text_is_empty(group->service_namespace) ||
        lat_text_is_empty(group->protocol) || lat_text_is_empty(config->vpc_id) ||
        lat_text_is_empty(config->cluster_name) ||
        (needs_version && lat_text_is_empty(group->protocol_version)))
        return fail(builder, "", "one or more required fields are missing");
    if (lat_text_is_empty(builder->name) || lat_text_is_empty(builder->kube_namespace))
        return fail(builder, "", "route name or namespace missing for route-based target group");
    return 0;
}

static int make_target_group(struct gwc_builder *builder, const json_t *service,
                             struct gwc_target_group *ret_group)
{
    struct gwc_target_group group = {
        .service_name = lat_kube_name(service),
        .service_namespace = lat_kube_namespace(service),
        .port = ROUTE_TARGET_GROUP_PORT,
    };
    const json_t *policy = NULL;
    if (find_address_type(builder, service, &group.ip_address_type) != 0 ||
        gwc_build_policy(builder, service, &policy) != 0 ||
        find_protocol(builder, policy, &group) != 0 || check_complete(builder, &group) != 0)
        return -1;
    group.health_check = gwc_policy_health_check(builder->arena, policy);
    group.identity = identity_of(builder, &group);
    *ret_group = group;
    return 0;
}

static size_t find_known(const struct gwc_stack *stack, const char *kube_namespace,
                         const char *name)
{
    for (size_t i = 0; i < stack->target_group_count; i++) {
        if (lat_text_eq(stack->target_groups[i].service_name, name) &&
            lat_text_eq(stack->target_groups[i].service_namespace, kube_namespace))
            return i;
    }
    return SIZE_MAX;
}

int gwc_build_target_group(struct gwc_builder *builder, const json_t *backend_ref,
                           size_t *ret_index)
{
    const struct gwc_build *build = builder->build;
    const char *kube_namespace = gwc_ref_namespace(backend_ref, build->route);
    const char *name = lat_text_or_empty(gwc_member_text(backend_ref, "name"));
    const json_t *service = NULL;
    struct lat_err err = {0};
    if (build->view->get(build->view->context, "Service", kube_namespace, name, &service, &err) !=
        0)
        return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_OTHER,
                              "buildTargetGroupSpec err error finding backend service %s/%s due to "
                              "%s",
                              kube_namespace, name, err.message);
    if (service == NULL) {
        *ret_index = SIZE_MAX;
        return 0;
    }
    struct gwc_stack *stack = builder->stack;
    size_t index = find_known(stack, kube_namespace, name);
    if (index == SIZE_MAX) {
        struct gwc_target_group group = {0};
        if (make_target_group(builder, service, &group) != 0)
            return -1;
        index = stack->target_group_count;
        *LAT_ARENA_PUSH(builder->arena, stack->target_groups, stack->target_group_count) = group;
    }
    if (!lat_kube_is_terminating(service))
        gwc_build_targets(builder, index, service, lat_json_int_at(backend_ref, "port", 0));
    *ret_index = index;
    return 0;
}
