/* The order of the steps of a build: service, listeners, rules. What a step does is its own file.
 */
#include "controller/model/build.h"

#include "common/base/text.h"
#include "controller/model/build_int.h"
#include "controller/model/object.h"
#include "controller/model/relevance.h"

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
