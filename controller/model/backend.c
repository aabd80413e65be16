/* The backendRefs of a rule as backends. Nothing is dropped here: an invalid backend keeps its
 * place, so that deploy and people can see it. */
#include "controller/model/backend.h"

#include "common/base/text.h"
#include "controller/model/build_int.h"
#include "controller/model/object.h"

static int build_backend(struct gwc_builder *builder, const json_t *backend_ref,
                         struct gwc_backend *ret_backend)
{
    const char *kind = gwc_member_text(backend_ref, "kind");
    kind = kind != NULL ? kind : "Service";
    struct gwc_backend backend = {.kind = GWC_BACKEND_INVALID};
    if (lat_text_eq(kind, "ServiceImport")) {
        if (gwc_build_import(builder, backend_ref, &backend) != 0)
            return -1;
    } else if (lat_text_eq(kind, "Service")) {
        size_t target_group = SIZE_MAX;
        if (gwc_build_target_group(builder, backend_ref, &target_group) != 0)
            return -1;
        if (target_group != SIZE_MAX)
            backend =
                (struct gwc_backend){.kind = GWC_BACKEND_SERVICE, .target_group = target_group};
    }
    backend.weight = lat_json_int_at(backend_ref, "weight", 1);
    *ret_backend = backend;
    return 0;
}

int gwc_build_backends(struct gwc_builder *builder, const json_t *rule,
                       struct gwc_backends *ret_backends)
{
    struct gwc_backends backends = {0};
    size_t index;
    const json_t *backend_ref;
    json_array_foreach(json_object_get(rule, "backendRefs"), index, backend_ref) {
        struct gwc_backend backend = {0};
        if (build_backend(builder, backend_ref, &backend) != 0)
            return -1;
        *LAT_ARENA_PUSH(builder->arena, backends.items, backends.count) = backend;
    }
    *ret_backends = backends;
    return 0;
}

bool gwc_backends_have_valid(const struct gwc_backends *backends)
{
    for (size_t i = 0; i < backends->count; i++) {
        if (backends->items[i].kind != GWC_BACKEND_INVALID)
            return true;
    }
    return false;
}

bool gwc_model_is_dual_stack(const struct gwc_cluster_view *view, const json_t *route)
{
    size_t rule_index;
    const json_t *rule;
    json_array_foreach(lat_json_at(route, "spec.rules"), rule_index, rule) {
        size_t index;
        const json_t *backend_ref;
        json_array_foreach(json_object_get(rule, "backendRefs"), index, backend_ref) {
            /* Any kind but an import is looked up as a Service (observed). */
            const json_t *service = NULL;
            if (!lat_text_eq(gwc_member_text(backend_ref, "kind"), "ServiceImport") &&
                view->get(view->context, "Service", gwc_ref_namespace(backend_ref, route),
                          lat_text_or_empty(gwc_member_text(backend_ref, "name")), &service,
                          NULL) == 0 &&
                json_array_size(lat_json_at(service, "spec.ipFamilies")) > 1)
                return true;
        }
    }
    return false;
}
