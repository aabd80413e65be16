/* The service of a stack: its name, its networks, its domain. The order of the checks is the order
 * in which users see the errors. Listeners are not built here. */
#include "common/base/text.h"
#include "controller/model/build_int.h"
#include "controller/model/keys.h"
#include "controller/model/names.h"
#include "controller/model/object.h"
#include "controller/model/parents.h"
#include "controller/model/relevance.h"
#include "controller/model/status.h"
#include "controller/model/tags.h"
#include "controller/model/trim.h"

static bool is_true(struct lat_arena *arena, const char *annotation)
{
    return lat_text_eq_ignore_case(gwc_trim(arena, annotation), "true");
}

/* The route's own annotation decides; without one, any controlled Gateway's "true" does. */
static int find_standalone(struct gwc_builder *builder, bool *ret_standalone)
{
    const json_t *route = builder->build->route;
    const char *own = lat_kube_annotation(route, GWC_ANNOTATION_STANDALONE);
    if (own != NULL) {
        *ret_standalone = is_true(builder->arena, own);
        return 0;
    }
    struct gwc_parent_gateways parents =
        gwc_parent_gateways(builder->arena, builder->build->view, route);
    if (parents.missing_count > 0 && !builder->stack->is_deleted) {
        const char *names = parents.missing[0];
        for (size_t i = 1; i < parents.missing_count; i++)
            names = lat_arena_printf(builder->arena, "%s %s", names, parents.missing[i]);
        return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_OTHER,
                              "failed to determine standalone mode: standalone mode determination "
                              "failed: failed to find controlled parent gateways for route %s/%s: "
                              "failed to get gateways, [%s]",
                              builder->kube_namespace, builder->name, names);
    }
    *ret_standalone = false;
    for (size_t i = 0; parents.missing_count == 0 && i < parents.controlled.count; i++) {
        const char *said =
            lat_kube_annotation(parents.controlled.items[i], GWC_ANNOTATION_STANDALONE);
        *ret_standalone = *ret_standalone || is_true(builder->arena, said);
    }
    return 0;
}

static bool is_listed(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (lat_text_eq(names[i], name))
            return true;
    }
    return false;
}

/* The names of the accepted, controlled parents, each once, in parentRef order (chosen: the
 * original's order is random). */
static void find_networks(struct gwc_builder *builder, struct gwc_service *service)
{
    const struct gwc_build *build = builder->build;
    const char **names = NULL;
    size_t count = 0;
    size_t index;
    const json_t *parent_ref;
    json_array_foreach(lat_json_at(build->route, "spec.parentRefs"), index, parent_ref) {
        const char *name = lat_text_or_empty(gwc_member_text(parent_ref, "name"));
        const json_t *gateway = NULL;
        if (is_listed(names, count, name) || !gwc_parent_ref_is_accepted(build->route, parent_ref))
            continue;
        if (build->view->get(build->view->context, "Gateway",
                             gwc_ref_namespace(parent_ref, build->route), name, &gateway,
                             NULL) == 0 &&
            gateway != NULL && gwc_gateway_is_controlled(build->view, gateway))
            *LAT_ARENA_PUSH(builder->arena, names, count) = name;
    }
    if (build->config->is_override) {
        names = LAT_NEW_ARRAY(builder->arena, const char *, 1);
        names[0] = build->config->default_service_network;
        count = 1;
    }
    service->service_networks = names;
    service->service_network_count = count;
}

static int name_service(struct gwc_builder *builder, struct gwc_service *service)
{
    const char *override = lat_kube_annotation(builder->build->route, GWC_ANNOTATION_NAME_OVERRIDE);
    if (lat_text_is_empty(override)) {
        service->name = gwc_service_name(builder->arena, builder->name, builder->kube_namespace);
        return 0;
    }
    const char *complaint = gwc_name_override_complaint(override);
    if (complaint != NULL)
        return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_INVALID_NAME_OVERRIDE,
                              "invalid service name override '%s': %s", override, complaint);
    service->name = override;
    service->is_override = true;
    return 0;
}

int gwc_build_service(struct gwc_builder *builder)
{
    const struct gwc_build *build = builder->build;
    const json_t *hostnames = lat_json_at(build->route, "spec.hostnames");
    if (!gwc_status_is_accepted(build->route)) {
        builder->stack->is_empty = true;
        return 0;
    }
    if (build->route_kind == GWC_ROUTE_TLS && json_array_size(hostnames) == 0)
        return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_OTHER,
                              "TLSRoute %s/%s must specify at least one hostname as VPC Lattice "
                              "requires a custom domain name",
                              builder->kube_namespace, builder->name);

    struct gwc_tags given =
        gwc_tags_parse(builder->arena, lat_kube_annotation(build->route, GWC_ANNOTATION_TAGS));
    builder->stack->additional_tags = gwc_tags_plain(builder->arena, &given);
    struct gwc_service service = {
        .route_name = builder->name,
        .route_namespace = builder->kube_namespace,
        .route_kind = build->route_kind,
        .custom_domain = json_string_value(json_array_get(hostnames, 0)),
    };
    bool is_standalone = false;
    if (find_standalone(builder, &is_standalone) != 0)
        return -1;
    if (!is_standalone)
        find_networks(builder, &service);
    if (gwc_build_certificate(builder, &service.certificate_arn) != 0)
        return -1;
    const char *from = lat_kube_annotation(build->route, GWC_ANNOTATION_TAKEOVER);
    service.allow_takeover_from = lat_text_is_empty(from) ? NULL : from;
    if (name_service(builder, &service) != 0)
        return -1;
    builder->stack->service = service;
    return 0;
}
