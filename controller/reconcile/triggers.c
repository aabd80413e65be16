/* Which changes make which keys due; see pass.h. One function per kind of object. Source:
 * controller-routes reference section 8, controller-platform reference 2.1 (observed).
 * A ServiceImport does not reach a route whose backendRef has the group "" that the API server
 * fills in: that surprises users, and is what the reference does. */
#include "common/base/json.h"
#include "common/base/text.h"
#include "controller/model/relevance.h"
#include "controller/reconcile/pass.h"

static const enum gwc_kind_id route_kinds[] = {GWC_KIND_HTTP_ROUTE, GWC_KIND_GRPC_ROUTE,
                                               GWC_KIND_TLS_ROUTE};

/* Annotations whose change alone makes a route due. */
static const char *const route_annotations[] = {GWC_ANNOTATION_STANDALONE, GWC_ANNOTATION_TAGS,
                                                GWC_ANNOTATION_TAKEOVER};

static void add(const struct gwc_triggers *triggers, enum gwc_kind_id kind, const json_t *object)
{
    triggers->add(triggers->context, kind, lat_kube_namespace(object), lat_kube_name(object));
}

static bool generation_changed(const json_t *old_object, const json_t *new_object)
{
    return old_object == NULL || new_object == NULL ||
           lat_kube_generation(old_object) != lat_kube_generation(new_object);
}

static void on_route(const struct gwc_triggers *triggers, enum gwc_kind_id kind,
                     const json_t *old_object, const json_t *new_object)
{
    bool is_due = generation_changed(old_object, new_object);
    for (size_t i = 0; i < LAT_COUNT(route_annotations) && !is_due; i++)
        is_due = !lat_text_eq(lat_kube_annotation(old_object, route_annotations[i]),
                              lat_kube_annotation(new_object, route_annotations[i]));
    if (is_due)
        add(triggers, kind, new_object != NULL ? new_object : old_object);
}

typedef bool route_test(const struct gwc_triggers *triggers, struct lat_arena *arena,
                        const json_t *route, const void *subject);

static void add_routes(const struct gwc_triggers *triggers, route_test *test, const void *subject)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    for (size_t i = 0; i < LAT_COUNT(route_kinds); i++) {
        json_t **routes = NULL;
        size_t count = gwc_cache_list(triggers->cache, route_kinds[i], NULL, arena, &routes);
        for (size_t k = 0; k < count; k++)
            if (test(triggers, arena, routes[k], subject))
                add(triggers, route_kinds[i], routes[k]);
    }
}

static bool has_controlled_parent(const struct gwc_triggers *triggers, struct lat_arena *arena,
                                  const json_t *route, const void *subject)
{
    (void)subject;
    struct gwc_cluster_view view = gwc_cache_view(triggers->cache);
    return gwc_parent_gateways(arena, &view, route).controlled.count > 0;
}

static void on_gateway(const struct gwc_triggers *triggers, const json_t *old_object,
                       const json_t *new_object)
{
    if (generation_changed(old_object, new_object))
        add(triggers, GWC_KIND_GATEWAY, new_object != NULL ? new_object : old_object);
    bool is_new_spec = new_object != NULL && !json_equal(json_object_get(old_object, "spec"),
                                                         json_object_get(new_object, "spec"));
    if (is_new_spec)
        add_routes(triggers, has_controlled_parent, NULL);
}

static void on_gateway_class(const struct gwc_triggers *triggers, const json_t *old_object,
                             const json_t *new_object)
{
    add(triggers, GWC_KIND_GATEWAY_CLASS, new_object != NULL ? new_object : old_object);
    if (old_object != NULL ||
        !lat_text_eq(lat_json_string_at(new_object, "spec.controllerName", NULL),
                     GWC_CONTROLLER_NAME))
        return;
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    json_t **gateways = NULL;
    size_t count = gwc_cache_list(triggers->cache, GWC_KIND_GATEWAY, NULL, arena, &gateways);
    for (size_t i = 0; i < count; i++)
        if (lat_text_eq(lat_json_string_at(gateways[i], "spec.gatewayClassName", NULL),
                        lat_kube_name(new_object)))
            add(triggers, GWC_KIND_GATEWAY, gateways[i]);
}

/* What a backendRef must point to. */
struct backend_subject {
    const char *kind;
    const char *group; /* the only one accepted, besides absence */
    const char *namespace_name;
    const char *name;
};

static bool is_backend(const json_t *ref, const json_t *route, const struct backend_subject *wanted)
{
    const char *group = gwc_member_text(ref, "group");
    const char *kind = gwc_member_text(ref, "kind");
    return lat_text_eq(kind == NULL ? "Service" : kind, wanted->kind) &&
           (group == NULL || lat_text_eq(group, wanted->group)) &&
           lat_text_eq(gwc_member_text(ref, "name"), wanted->name) &&
           lat_text_eq(gwc_ref_namespace(ref, route), wanted->namespace_name);
}

static bool references(const struct gwc_triggers *triggers, struct lat_arena *arena,
                       const json_t *route, const void *subject)
{
    (void)triggers;
    (void)arena;
    size_t rule_index = 0;
    json_t *rule = NULL;
    json_array_foreach(lat_json_at(route, "spec.rules"), rule_index, rule) {
        size_t ref_index = 0;
        json_t *ref = NULL;
        json_array_foreach(json_object_get(rule, "backendRefs"), ref_index, ref) {
            if (is_backend(ref, route, subject))
                return true;
        }
    }
    return false;
}

static void on_service(const struct gwc_triggers *triggers, const char *namespace_name,
                       const char *name)
{
    const struct backend_subject subject = {
        .kind = "Service", .group = "", .namespace_name = namespace_name, .name = name};
    add_routes(triggers, references, &subject);
}

/* An object that stands for a Service counts only while that Service exists. */
static void on_service_behind(const struct gwc_triggers *triggers, const char *namespace_name,
                              const char *name)
{
    if (lat_text_is_empty(name) ||
        gwc_cache_get(triggers->cache, GWC_KIND_SERVICE, namespace_name, name) == NULL)
        return;
    on_service(triggers, namespace_name, name);
}

static void on_endpoint_slice(const struct gwc_triggers *triggers, const json_t *object)
{
    const char *name = json_string_value(
        json_object_get(lat_json_at(object, "metadata.labels"), GWC_KUBE_SERVICE_LABEL));
    on_service_behind(triggers, lat_kube_namespace(object), name);
}

static void on_policy(const struct gwc_triggers *triggers, const json_t *object)
{
    const json_t *ref = lat_json_at(object, "spec.targetRef");
    const char *namespace_name = lat_kube_namespace(object);
    const char *ref_namespace = gwc_member_text(ref, "namespace");
    if (!lat_text_is_empty(gwc_member_text(ref, "group")) ||
        !lat_text_eq(gwc_member_text(ref, "kind"), "Service") ||
        (ref_namespace != NULL && !lat_text_eq(ref_namespace, namespace_name)))
        return;
    on_service_behind(triggers, namespace_name, gwc_member_text(ref, "name"));
}

static void on_service_import(const struct gwc_triggers *triggers, const json_t *object)
{
    add(triggers, GWC_KIND_SERVICE_IMPORT, object);
    const struct backend_subject subject = {.kind = "ServiceImport",
                                            .group = GWC_KUBE_LATTICE_GROUP,
                                            .namespace_name = lat_kube_namespace(object),
                                            .name = lat_kube_name(object)};
    add_routes(triggers, references, &subject);
}

static void on_dns_endpoint(const struct gwc_triggers *triggers, const json_t *object)
{
    size_t index = 0;
    json_t *owner = NULL;
    json_array_foreach(lat_json_at(object, "metadata.ownerReferences"), index, owner) {
        const struct gwc_kind *kind = gwc_kind_by_name(gwc_member_text(owner, "kind"));
        for (size_t i = 0; kind != NULL && i < LAT_COUNT(route_kinds); i++)
            if (kind->id == route_kinds[i] && lat_json_bool_at(owner, "controller", false))
                triggers->add(triggers->context, kind->id, lat_kube_namespace(object),
                              lat_text_or_empty(gwc_member_text(owner, "name")));
    }
}

void gwc_triggers_event(const struct gwc_triggers *triggers, enum gwc_kind_id kind,
                        const json_t *old_object, const json_t *new_object)
{
    const json_t *object = new_object != NULL ? new_object : old_object;
    switch (kind) {
    case GWC_KIND_HTTP_ROUTE:
    case GWC_KIND_GRPC_ROUTE:
    case GWC_KIND_TLS_ROUTE:
        on_route(triggers, kind, old_object, new_object);
        break;
    case GWC_KIND_GATEWAY:
        on_gateway(triggers, old_object, new_object);
        break;
    case GWC_KIND_GATEWAY_CLASS:
        on_gateway_class(triggers, old_object, new_object);
        break;
    case GWC_KIND_SERVICE:
        on_service(triggers, lat_kube_namespace(object), lat_kube_name(object));
        break;
    case GWC_KIND_ENDPOINT_SLICE:
        on_endpoint_slice(triggers, object);
        break;
    case GWC_KIND_TARGET_GROUP_POLICY:
        on_policy(triggers, object);
        break;
    case GWC_KIND_SERVICE_IMPORT:
        on_service_import(triggers, object);
        break;
    case GWC_KIND_DNS_ENDPOINT:
        on_dns_endpoint(triggers, object);
        break;
    case GWC_KIND_NAMESPACE:
    case GWC_KIND_SERVICE_EXPORT:
    case GWC_KIND_COUNT:
        break;
    }
}
