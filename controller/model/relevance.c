/* Finds the Gateways behind a route's parentRefs. Decides nothing about listeners. */
#include "controller/model/relevance.h"

#include "common/base/text.h"
#include "controller/model/keys.h"
#include "controller/model/object.h"

bool gwc_gateway_is_controlled(const struct gwc_cluster_view *view, const json_t *gateway)
{
    const char *class_name = lat_json_string_at(gateway, "spec.gatewayClassName", "");
    const json_t *gateway_class = NULL;
    if (view->get(view->context, "GatewayClass", NULL, class_name, &gateway_class, NULL) != 0)
        return false;
    return gateway_class != NULL &&
           lat_text_eq(lat_json_string_at(gateway_class, "spec.controllerName", NULL),
                       GWC_CONTROLLER_NAME);
}

struct gwc_parent_gateways gwc_parent_gateways(struct lat_arena *arena,
                                               const struct gwc_cluster_view *view,
                                               const json_t *route)
{
    struct gwc_parent_gateways found = {0};
    const char *current_namespace = lat_kube_namespace(route);
    size_t index;
    const json_t *parent_ref;
    json_array_foreach(lat_json_at(route, "spec.parentRefs"), index, parent_ref) {
        const char *own = gwc_member_text(parent_ref, "namespace");
        /* The namespace sticks for the parentRefs after this one: observed, and kept. */
        current_namespace = own != NULL ? own : current_namespace;
        const char *name = lat_text_or_empty(gwc_member_text(parent_ref, "name"));

        const json_t *gateway = NULL;
        if (view->get(view->context, "Gateway", current_namespace, name, &gateway, NULL) != 0 ||
            gateway == NULL)
            *LAT_ARENA_PUSH(arena, found.missing, found.missing_count) =
                lat_arena_printf(arena, "%s/%s", current_namespace, name);
        else if (gwc_gateway_is_controlled(view, gateway))
            *LAT_ARENA_PUSH(arena, found.controlled.items, found.controlled.count) = gateway;
    }
    return found;
}
