/* The listeners of a stack, in the order of the Gateway. Their rules are made elsewhere. */
#include "common/base/text.h"
#include "controller/model/build_int.h"
#include "controller/model/names.h"
#include "controller/model/object.h"
#include "controller/model/parents.h"

/* Whether some accepted parentRef attaches the route to this listener of the Gateway. */
static int is_attached(struct gwc_builder *builder, const json_t *gateway, const json_t *listener,
                       bool *ret_attached)
{
    const struct gwc_build *build = builder->build;
    bool attached = false;
    size_t index;
    const json_t *parent_ref;
    json_array_foreach(lat_json_at(build->route, "spec.parentRefs"), index, parent_ref) {
        if (attached || !lat_text_eq(gwc_member_text(parent_ref, "name"), lat_kube_name(gateway)) ||
            !gwc_parent_ref_is_accepted(build->route, parent_ref) ||
            !gwc_parent_ref_selects(parent_ref, listener))
            continue;
        struct lat_err err = {0};
        if (gwc_listener_allows(build->view, gateway, listener, build->route_kind, build->route,
                                &attached, &err) != 0)
            return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_OTHER,
                                  "error checking allowedRoutes policy for listener %s: %s",
                                  lat_text_or_empty(gwc_member_text(listener, "name")),
                                  err.message);
    }
    *ret_attached = attached;
    return 0;
}

static const char *lattice_protocol(const json_t *listener)
{
    const char *protocol = lat_text_or_empty(gwc_member_text(listener, "protocol"));
    bool is_passthrough =
        lat_text_eq(protocol, "TLS") &&
        lat_text_eq(lat_json_string_at(listener, "tls.mode", NULL), "Passthrough");
    return is_passthrough ? LAT_LISTENER_PROTOCOL_TLS_PASSTHROUGH : protocol;
}

/* The default action of a passthrough listener: the forward of the route's only rule. */
static int build_forward(struct gwc_builder *builder, struct gwc_backends *ret_backends)
{
    const json_t *rules = lat_json_at(builder->build->route, "spec.rules");
    if (json_array_size(rules) != 1)
        return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_OTHER,
                              "only support exactly 1 rule for TLSRoute %s/%s, but got %zu",
                              builder->kube_namespace, builder->name, json_array_size(rules));
    struct gwc_backends backends = {0};
    if (gwc_build_backends(builder, json_array_get(rules, 0), &backends) != 0)
        return -1;
    if (!gwc_backends_have_valid(&backends))
        return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_OTHER,
                              "TLSRoute %s/%s must have at least one valid backendRef target group",
                              builder->kube_namespace, builder->name);
    *ret_backends = backends;
    return 0;
}

static bool is_known(const struct gwc_stack *stack, const struct gwc_listener *listener)
{
    for (size_t i = 0; i < stack->listener_count; i++) {
        if (stack->listeners[i].port == listener->port &&
            lat_text_eq(stack->listeners[i].protocol, listener->protocol))
            return true;
    }
    return false;
}

static int add_listener(struct gwc_builder *builder, const json_t *listener)
{
    struct gwc_listener made = {
        .port = lat_json_int_at(listener, "port", 0),
        .protocol = lattice_protocol(listener),
    };
    bool is_passthrough = lat_text_eq(made.protocol, LAT_LISTENER_PROTOCOL_TLS_PASSTHROUGH);
    if (is_passthrough && build_forward(builder, &made.backends) != 0)
        return -1;
    if (!is_passthrough && !lat_text_eq(made.protocol, LAT_LISTENER_PROTOCOL_HTTP) &&
        !lat_text_eq(made.protocol, LAT_LISTENER_PROTOCOL_HTTPS))
        return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_OTHER,
                              "invalid listener protocol %s", made.protocol);
    made.name = gwc_listener_name(builder->arena, builder->name, builder->kube_namespace, made.port,
                                  made.protocol);
    struct gwc_stack *stack = builder->stack;
    /* Two Gateway listeners of one port and protocol are one listener in Lattice. */
    if (!is_known(stack, &made))
        *LAT_ARENA_PUSH(builder->arena, stack->listeners, stack->listener_count) = made;
    return 0;
}

int gwc_build_listeners(struct gwc_builder *builder)
{
    const json_t *gateway = NULL;
    if (gwc_build_gateway(builder, &gateway) != 0)
        return -1;
    size_t index;
    const json_t *listener;
    json_array_foreach(lat_json_at(gateway, "spec.listeners"), index, listener) {
        bool attached = false;
        if (is_attached(builder, gateway, listener, &attached) != 0)
            return -1;
        if (attached && add_listener(builder, listener) != 0)
            return -1;
    }
    return 0;
}
