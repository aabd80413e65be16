/* Finds the Gateway that a route is built for. */
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
