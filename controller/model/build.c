/* The order of the steps of a build: service, listeners, rules. What a step does is its own file.
 */
#include "controller/model/build.h"

#include "common/base/text.h"
#include "controller/model/build_int.h"
#include "controller/model/object.h"
#include "controller/model/relevance.h"

int gwc_build_gateway(struct gwc_builder *builder, const json_t **ret_gateway)
{
    const json_t *route = builder->build->route;
    struct gwc_parent_gateways parents =
        gwc_parent_gateways(builder->arena, builder->build->view, route);
    if (parents.controlled.count > 0) {
        *ret_gateway = parents.controlled.items[0];
        return 0;
    }
    const char *names = "";
    size_t index;
    const json_t *parent_ref;
    json_array_foreach(lat_json_at(route, "spec.parentRefs"), index, parent_ref) {
        names = lat_arena_printf(builder->arena, "%s%s%s/%s", names, index > 0 ? " " : "",
                                 gwc_ref_namespace(parent_ref, route),
                                 lat_text_or_empty(gwc_member_text(parent_ref, "name")));
    }
    return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_OTHER,
                          "failed to get gateway, name [%s]", names);
}

static int build_rules(struct gwc_builder *builder)
{
    struct gwc_stack *stack = builder->stack;
    for (size_t i = 0; i < stack->listener_count; i++) {
        if (!lat_text_eq(stack->listeners[i].protocol, LAT_LISTENER_PROTOCOL_TLS_PASSTHROUGH) &&
            gwc_build_rules(builder, &stack->listeners[i]) != 0)
            return gwc_model_fail_prefix(builder->arena, builder->error,
                                         "failed to build rules due to ");
    }
    return 0;
}

int gwc_model_build(const struct gwc_build *build, struct gwc_stack *ret_stack,
                    struct gwc_model_error *ret_error)
{
    struct gwc_stack stack = {.is_deleted = lat_kube_is_terminating(build->route)};
    struct gwc_model_error error = {0};
    struct gwc_builder builder = {
        .arena = build->arena,
        .build = build,
        .stack = &stack,
        .error = &error,
        .name = lat_kube_name(build->route),
        .kube_namespace = lat_kube_namespace(build->route),
    };
    int result = gwc_build_service(&builder);
    if (result == 0 && !stack.is_empty && !stack.is_deleted) {
        result = gwc_build_listeners(&builder);
        if (result != 0)
            (void)gwc_model_fail_prefix(build->arena, &error, "failed to build listener due to ");
        else
            result = build_rules(&builder);
    }
    if (result == 0)
        *ret_stack = stack;
    else
        *ret_error = error;
    return result;
}
