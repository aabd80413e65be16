/* Makes the listener status of a Gateway from the routes of the cluster. Writes nothing anywhere.
 */
#include "common/base/text.h"
#include "controller/model/keys.h"
#include "controller/model/object.h"
#include "controller/model/parents.h"
#include "controller/model/status.h"

struct route {
    enum gwc_route_kind kind;
    const json_t *object;
};

struct routes {
    struct route *items;
    size_t count;
};

static bool has_identity_of(const json_t *a, const json_t *b)
{
    return lat_text_eq(lat_kube_name(a), lat_kube_name(b)) &&
           lat_text_eq(lat_kube_namespace(a), lat_kube_namespace(b));
}

/* All routes of the cluster, with current in the place of the first of its name and namespace,
 * whatever that one's kind is (observed, and kept), or at the end. */
static int collect_routes(struct lat_arena *arena, const struct gwc_cluster_view *view,
                          const json_t *current, enum gwc_route_kind current_kind,
                          struct routes *ret_routes, struct lat_err *reterr)
{
    struct routes routes = {0};
    const json_t *pending = current;
    for (enum gwc_route_kind kind = 0; kind < GWC_ROUTE_KIND_COUNT; kind++) {
        struct gwc_objects listed = {0};
        if (view->list(view->context, arena, gwc_route_facts[kind].kind, NULL, &listed, reterr) !=
            0)
            return -1;
        for (size_t i = 0; i < listed.count; i++) {
            struct route route = {.kind = kind, .object = listed.items[i]};
            if (pending != NULL && has_identity_of(listed.items[i], pending)) {
                route = (struct route){.kind = current_kind, .object = pending};
                pending = NULL;
            }
            *LAT_ARENA_PUSH(arena, routes.items, routes.count) = route;
        }
    }
    if (pending != NULL)
        *LAT_ARENA_PUSH(arena, routes.items, routes.count) =
            (struct route){.kind = current_kind, .object = pending};
    *ret_routes = routes;
    return 0;
}

static bool refers_to(const json_t *route, const json_t *gateway)
{
    size_t index;
    const json_t *parent_ref;
    json_array_foreach(lat_json_at(route, "spec.parentRefs"), index, parent_ref) {
        if (lat_text_eq(gwc_member_text(parent_ref, "name"), lat_kube_name(gateway)) &&
            lat_text_eq(gwc_ref_namespace(parent_ref, route), lat_kube_namespace(gateway)))
            return true;
    }
    return false;
}

/* The Lattice domain name of the first live route at the Gateway that has one; else NULL. */
static const char *find_address(const struct routes *routes, const json_t *gateway)
{
    for (size_t i = 0; i < routes->count; i++) {
        const json_t *route = routes->items[i].object;
        const char *name = lat_kube_annotation(route, GWC_ANNOTATION_DOMAIN_NAME);
        if (name != NULL && !lat_kube_is_terminating(route) && refers_to(route, gateway))
            return name;
    }
    return NULL;
}

static bool kind_fits_protocol(const char *kind, const char *protocol)
{
    if (lat_text_eq(kind, "GRPCRoute"))
        return lat_text_eq(protocol, "HTTPS");
    if (lat_text_eq(kind, "TLSRoute"))
        return lat_text_eq(protocol, "TLS");
    return lat_text_eq(kind, "HTTPRoute");
}

static void add_kind(json_t *kinds, const char *kind)
{
    json_t *entry = json_object();
    lat_json_set_string(entry, "kind", kind);
    json_array_append_new(kinds, entry);
}

/* Fills kinds with what the listener supports. Returns whether every kind it asks for is among
 * that. */
static bool judge_kinds(const json_t *listener, json_t *kinds)
{
    const char *protocol = gwc_member_text(listener, "protocol");
    bool is_valid = true;
    size_t index;
    const json_t *asked;
    json_array_foreach(lat_json_at(listener, "allowedRoutes.kinds"), index, asked) {
        const char *kind = gwc_member_text(asked, "kind");
        if (kind_fits_protocol(kind, protocol))
            add_kind(kinds, kind);
        else
            is_valid = false;
    }
    if (!is_valid)
        return false;
    /* A valid list does not narrow what is reported. */
    json_array_clear(kinds);
    if (lat_text_eq(protocol, "TLS")) {
        add_kind(kinds, "TLSRoute");
        return true;
    }
    add_kind(kinds, "HTTPRoute");
    if (lat_text_eq(protocol, "HTTPS"))
        add_kind(kinds, "GRPCRoute");
    return true;
}

/* How many parentRefs of a route attach to the listener. */
static int64_t count_attachments(const struct gwc_cluster_view *view, const json_t *gateway,
                                 const json_t *listener, const struct route *route)
{
    bool allows = false;
    /* An error here means "not allowed": nobody could be told about it. */
    if (lat_kube_is_terminating(route->object) ||
        gwc_listener_allows(view, gateway, listener, route->kind, route->object, &allows, NULL) !=
            0 ||
        !allows)
        return 0;
    int64_t count = 0;
    size_t index;
    const json_t *parent_ref;
    json_array_foreach(lat_json_at(route->object, "spec.parentRefs"), index, parent_ref) {
        const char *named = gwc_member_text(parent_ref, "namespace");
        bool is_here = named == NULL || lat_text_eq(named, lat_kube_namespace(gateway));
        if (is_here && gwc_parent_ref_selects(parent_ref, listener) &&
            lat_text_eq(gwc_member_text(parent_ref, "name"), lat_kube_name(gateway)))
            count++;
    }
    return count;
}

static void add_condition(json_t *conditions, const json_t *gateway, const char *type,
                          const char *status, const char *reason, const char *now)
{
    gwc_condition_set(conditions, &(struct gwc_condition){
                                      .type = type,
                                      .status = status,
                                      .reason = reason,
                                      .generation = lat_kube_generation(gateway),
                                      .now = now,
                                  });
}

static json_t *listener_new(const struct gwc_cluster_view *view, const json_t *gateway,
                            const json_t *listener, const struct routes *routes, const char *now,
                            bool *ret_valid)
{
    json_t *kinds = json_array();
    json_t *conditions = json_array();
    int64_t attached = 0;
    bool is_valid = judge_kinds(listener, kinds);
    if (is_valid) {
        for (size_t i = 0; i < routes->count; i++)
            attached += count_attachments(view, gateway, listener, &routes->items[i]);
        add_condition(conditions, gateway, "Accepted", "True", "Accepted", now);
        add_condition(conditions, gateway, "ResolvedRefs", "True", "ResolvedRefs", now);
        add_condition(conditions, gateway, "Programmed", "True", "Programmed", now);
    } else {
        add_condition(conditions, gateway, "ResolvedRefs", "False", "InvalidRouteKinds", now);
    }

    json_t *entry = json_object();
    lat_json_set_string(entry, "name", gwc_member_text(listener, "name"));
    lat_json_set(entry, "supportedKinds", kinds);
    lat_json_set(entry, "attachedRoutes", json_integer(attached));
    lat_json_set(entry, "conditions", conditions);
    *ret_valid = is_valid;
    return entry;
}

static void set_addresses(json_t *status, const json_t *gateway, const struct routes *routes)
{
    const char *address = find_address(routes, gateway);
    if (address != NULL) {
        json_t *entry = json_object();
        lat_json_set_string(entry, "type", "Hostname");
        lat_json_set_string(entry, "value", address);
        json_t *addresses = json_array();
        json_array_append_new(addresses, entry);
        lat_json_set(status, "addresses", addresses);
    } else if (lat_json_at(gateway, "status.addresses") != NULL) {
        lat_json_set(status, "addresses", json_null()); /* a merge patch removes with null */
    }
}

int gwc_status_gateway_new(struct lat_arena *arena, const struct gwc_cluster_view *view,
                           const json_t *gateway, const json_t *current,
                           enum gwc_route_kind current_kind, const char *now, json_t **ret_patch,
                           bool *ret_has_valid, struct lat_err *reterr)
{
    const json_t *listeners = lat_json_at(gateway, "spec.listeners");
    if (json_array_size(listeners) == 0)
        return lat_err_input(reterr, "failed to find gateway listener");
    struct routes routes = {0};
    if (collect_routes(arena, view, current, current_kind, &routes, reterr) != 0)
        return -1;

    json_t *status = json_object();
    set_addresses(status, gateway, &routes);
    json_t *entries = json_array();
    bool has_valid = false;
    size_t index;
    const json_t *listener;
    json_array_foreach(lat_json_iterable(listeners), index, listener) {
        bool is_valid = false;
        json_array_append_new(entries,
                              listener_new(view, gateway, listener, &routes, now, &is_valid));
        has_valid = has_valid || is_valid;
    }
    lat_json_set(status, "listeners", entries);
    *ret_patch = json_object();
    lat_json_set(*ret_patch, "status", status);
    *ret_has_valid = has_valid;
    return 0;
}
