/* Decides between a route and the listeners of one Gateway. Writes no condition. */
#include "controller/model/parents.h"

#include "common/base/text.h"
#include "common/kube/selector.h"
#include "controller/model/keys.h"
#include "controller/model/object.h"

#include <string.h>

bool gwc_parent_ref_selects(const json_t *parent_ref, const json_t *listener)
{
    const json_t *port = json_object_get(parent_ref, "port");
    if (json_is_integer(port) &&
        json_integer_value(port) != json_integer_value(json_object_get(listener, "port")))
        return false;
    const char *section = gwc_member_text(parent_ref, "sectionName");
    return section == NULL || lat_text_eq(section, gwc_member_text(listener, "name"));
}

static bool entry_is_accepted(const json_t *entry)
{
    size_t index;
    const json_t *condition;
    json_array_foreach(json_object_get(entry, "conditions"), index, condition) {
        if (lat_text_eq(gwc_member_text(condition, "type"), "Accepted") &&
            lat_text_eq(gwc_member_text(condition, "status"), "True"))
            return true;
    }
    return false;
}

bool gwc_parent_ref_is_accepted(const json_t *route, const json_t *parent_ref)
{
    size_t index;
    const json_t *entry;
    json_array_foreach(lat_json_at(route, "status.parents"), index, entry) {
        const json_t *named = json_object_get(entry, "parentRef");
        /* With NULL, the question is about any parentRef. */
        bool is_meant = parent_ref == NULL ||
                        json_equal(lat_json_iterable(named), lat_json_iterable(parent_ref));
        if (is_meant && entry_is_accepted(entry))
            return true;
    }
    return false;
}

static bool wildcard_covers(const char *wildcard, const char *name)
{
    return lat_text_has_prefix(wildcard, "*.") && lat_text_has_suffix(name, wildcard + 1);
}

bool gwc_hostnames_meet(const char *a, const char *b)
{
    return lat_text_eq(a, b) || wildcard_covers(a, b) || wildcard_covers(b, a);
}

bool gwc_listener_meets_hostnames(const json_t *listener, const json_t *route)
{
    const char *own = gwc_member_text(listener, "hostname");
    const json_t *hostnames = lat_json_at(route, "spec.hostnames");
    if (lat_text_is_empty(own) || json_array_size(hostnames) == 0)
        return true;
    size_t index;
    const json_t *hostname;
    json_array_foreach(lat_json_iterable(hostnames), index, hostname) {
        if (gwc_hostnames_meet(own, json_string_value(hostname)))
            return true;
    }
    return false;
}

bool gwc_listener_takes_kind(const json_t *listener, enum gwc_route_kind kind)
{
    const json_t *kinds = lat_json_at(listener, "allowedRoutes.kinds");
    size_t index;
    const json_t *allowed;
    json_array_foreach(lat_json_iterable(kinds), index, allowed) {
        if (lat_text_eq(gwc_member_text(allowed, "kind"), gwc_route_facts[kind].kind))
            return true;
    }
    if (json_array_size(kinds) > 0)
        return false;

    const char *protocol = gwc_member_text(listener, "protocol");
    if (lat_text_eq(protocol, "HTTP"))
        return kind == GWC_ROUTE_HTTP;
    if (lat_text_eq(protocol, "HTTPS"))
        return kind == GWC_ROUTE_HTTP || kind == GWC_ROUTE_GRPC;
    return lat_text_eq(protocol, "TLS") && kind == GWC_ROUTE_TLS;
}

/* Whether the labels of a Namespace satisfy the selector of a listener; a missing selector selects
 * nothing, an empty one everything. */
static int selector_allows(const struct gwc_cluster_view *view, const json_t *listener,
                           const char *kube_namespace, bool *ret_allows, struct lat_err *reterr)
{
    const json_t *object = NULL;
    if (view->get(view->context, "Namespace", NULL, kube_namespace, &object, reterr) != 0)
        return lat_err_prefix(reterr, "failed to get namespace %s", kube_namespace);
    if (object == NULL)
        return lat_err_input(reterr, "failed to get namespace %s: namespaces \"%s\" not found",
                             kube_namespace, kube_namespace);
    const json_t *wanted = lat_json_at(listener, "allowedRoutes.namespaces.selector");
    if (!json_is_object(wanted)) {
        *ret_allows = false;
        return 0;
    }
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct lat_kube_selector selector;
    if (lat_kube_label_selector_read(arena, wanted, &selector, reterr) != 0)
        return lat_err_prefix(reterr, "invalid label selector for listener %s",
                              lat_text_or_empty(gwc_member_text(listener, "name")));
    *ret_allows = lat_kube_labels_match(&selector, lat_json_at(object, "metadata.labels"));
    return 0;
}

int gwc_listener_allows(const struct gwc_cluster_view *view, const json_t *gateway,
                        const json_t *listener, enum gwc_route_kind kind, const json_t *route,
                        bool *ret_allows, struct lat_err *reterr)
{
    const char *from = lat_json_string_at(listener, "allowedRoutes.namespaces.from", "Same");
    const char *kube_namespace = lat_kube_namespace(route);
    if (!gwc_listener_takes_kind(listener, kind) || !gwc_listener_meets_hostnames(listener, route))
        *ret_allows = false;
    else if (lat_text_eq(from, "All"))
        *ret_allows = true;
    else if (lat_text_eq(from, "Selector"))
        return selector_allows(view, listener, kube_namespace, ret_allows, reterr);
    else /* Same, and whatever is not known */
        *ret_allows = lat_text_eq(kube_namespace, lat_kube_namespace(gateway));
    return 0;
}

int gwc_parent_acceptance(const struct gwc_cluster_view *view, const json_t *gateway,
                          const json_t *parent_ref, enum gwc_route_kind kind, const json_t *route,
                          enum gwc_acceptance *ret_acceptance, struct lat_err *reterr)
{
    bool is_matched = false;
    bool is_hostname_missed = false;
    size_t index;
    const json_t *listener;
    json_array_foreach(lat_json_at(gateway, "spec.listeners"), index, listener) {
        if (!gwc_parent_ref_selects(parent_ref, listener))
            continue;
        is_matched = true;
        if (!gwc_listener_meets_hostnames(listener, route)) {
            is_hostname_missed = true;
            continue;
        }
        bool allows = false;
        if (gwc_listener_allows(view, gateway, listener, kind, route, &allows, reterr) != 0)
            return -1;
        if (allows) {
            *ret_acceptance = GWC_ACCEPTED;
            return 0;
        }
    }
    if (!is_matched)
        *ret_acceptance = GWC_NO_MATCHING_PARENT;
    else
        *ret_acceptance = is_hostname_missed ? GWC_NO_MATCHING_HOSTNAME : GWC_NOT_ALLOWED;
    return 0;
}
