/* Discovery: which groups, versions and resources there are, in the legacy and the aggregated form;
 * the version of the server; health. Answers depend on the kinds alone. */
#include "simulator/kubernetes/about/about.h"
#include "simulator/kubernetes/call/identity.h"

#include "common/base/text.h"

#include <string.h>

#define AGGREGATED_TYPE "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

/* What is served: a kind in one version, or a review. */
struct resource {
    const char *group, *version;
    const char *plural, *singular, *kind;
    const struct lat_kube_kind *of;            /* NULL for a review */
    const struct lat_kube_version *of_version; /* NULL for a review */
};

struct resources {
    struct resource *items;
    size_t count;
};

static struct resources list_resources(struct sim_kube_call *call)
{
    struct resources list = {0};
    size_t review_count = 0;
    const struct sim_kube_review *reviews = sim_kube_reviews(&review_count);
    for (size_t i = 0; i < review_count; i++)
        *LAT_ARENA_PUSH(call->arena, list.items, list.count) = (struct resource){
            .group = reviews[i].group,
            .version = reviews[i].version,
            .plural = reviews[i].plural,
            .singular = reviews[i].singular,
            .kind = reviews[i].kind,
        };
    const struct lat_kube_kinds *kinds = call->kube->kinds;
    for (size_t k = 0; k < kinds->count; k++) {
        const struct lat_kube_kind *kind = kinds->items[k];
        for (size_t v = 0; v < kind->version_count; v++)
            if (kind->versions[v].is_served)
                *LAT_ARENA_PUSH(call->arena, list.items, list.count) = (struct resource){
                    kind->group, kind->versions[v].name, kind->plural, kind->singular, kind->kind,
                    kind,        &kind->versions[v]};
    }
    return list;
}

/* A group and version that is served; each one once. */
struct group_version {
    const char *group;
    const char *version;
};

static bool is_listed(const struct group_version *list, size_t count, const char *group,
                      const char *version)
{
    for (size_t i = 0; i < count; i++)
        if (lat_text_eq(list[i].group, group) &&
            (version == NULL || lat_text_eq(list[i].version, version)))
            return true;
    return false;
}

static struct group_version *group_versions(struct sim_kube_call *call,
                                            const struct resources *resources, size_t *ret_count)
{
    struct group_version *list = NULL;
    size_t count = 0;
    for (size_t i = 0; i < resources->count; i++) {
        const struct resource *item = &resources->items[i];
        if (!is_listed(list, count, item->group, item->version))
            *LAT_ARENA_PUSH(call->arena, list, count) =
                (struct group_version){item->group, item->version};
    }
    *ret_count = count;
    return list;
}

static json_t *verbs_new(const struct resource *resource)
{
    if (resource->of == NULL)
        return json_pack("[s]", "create");
    return json_pack("[s, s, s, s, s, s, s, s]", "delete", "deletecollection", "get", "list",
                     "patch", "create", "update", "watch");
}

static bool is_namespaced(const struct resource *resource)
{
    return resource->of != NULL && resource->of->is_namespaced;
}

/* The subresource behind part, NULL for the first one; a review has none. */
static const struct sim_kube_subresource *next_part(const struct resource *resource,
                                                    const struct sim_kube_subresource *part)
{
    return resource->of == NULL ? NULL : sim_kube_subresource_next(resource->of_version, part);
}

static json_t *names_new(const struct lat_kube_names *names)
{
    json_t *list = json_array();
    for (size_t i = 0; i < names->count; i++)
        json_array_append_new(list, json_string(names->items[i]));
    return list;
}

static void set_names(json_t *object, const struct resource *resource)
{
    if (resource->of != NULL && resource->of->short_names.count > 0)
        json_object_set_new(object, "shortNames", names_new(&resource->of->short_names));
    if (resource->of != NULL && resource->of->categories.count > 0)
        json_object_set_new(object, "categories", names_new(&resource->of->categories));
}

/* --- legacy ----------------------------------------------------------------------------------- */

/* Group and version stand there only when they are not those of the list (documented). */
static void append_subresource(json_t *list, const struct lat_kube_kind *kind,
                               const struct lat_kube_version *version,
                               const struct sim_kube_subresource *part)
{
    json_t *resource =
        json_pack("{s:s++, s:s, s:b, s:o}", "name", kind->plural, "/",
                  sim_kube_subresource_name(part), "singularName", "", "namespaced",
                  (int)kind->is_namespaced, "verbs", sim_kube_subresource_verbs_new(part));
    LAT_AUTO(lat_json_decrefp)
    json_t *type = sim_kube_subresource_kind_new(part, kind, version);
    if (lat_text_eq(lat_json_string_at(type, "kind", ""), kind->kind)) {
        json_object_del(type, "group");
        json_object_del(type, "version");
    }
    json_object_update(resource, type);
    json_array_append_new(list, resource);
}

static void append_resource(json_t *list, const struct resource *resource)
{
    json_t *item = json_pack("{s:s, s:s, s:b, s:s, s:o}", "name", resource->plural, "singularName",
                             resource->singular, "namespaced", (int)is_namespaced(resource), "kind",
                             resource->kind, "verbs", verbs_new(resource));
    set_names(item, resource);
    json_array_append_new(list, item);
    for (const struct sim_kube_subresource *part = NULL;
         (part = next_part(resource, part)) != NULL;)
        append_subresource(list, resource->of, resource->of_version, part);
}

static const char *group_version_text(struct lat_arena *arena, const char *group,
                                      const char *version)
{
    return group[0] == '\0' ? version : lat_arena_printf(arena, "%s/%s", group, version);
}

static bool answer_resources(struct sim_kube_call *call, const char *group, const char *version)
{
    struct resources list = list_resources(call);
    LAT_AUTO(lat_json_decrefp) json_t *resources = json_array();
    for (size_t i = 0; i < list.count; i++)
        if (lat_text_eq(list.items[i].group, group) && lat_text_eq(list.items[i].version, version))
            append_resource(resources, &list.items[i]);
    if (json_array_size(resources) == 0)
        return false;
    LAT_AUTO(lat_json_decrefp)
    json_t *answer = json_pack(
        "{s:s, s:s, s:s, s:O}", "kind", "APIResourceList", "apiVersion", "v1", "groupVersion",
        group_version_text(call->arena, group, version), "resources", resources);
    sim_kube_answer_json(call, 200, answer);
    return true;
}

static json_t *group_new(struct sim_kube_call *call, const struct group_version *list, size_t count,
                         const char *group)
{
    json_t *versions = json_array();
    for (size_t i = 0; i < count; i++)
        if (lat_text_eq(list[i].group, group))
            json_array_append_new(versions,
                                  json_pack("{s:s, s:s}", "groupVersion",
                                            group_version_text(call->arena, group, list[i].version),
                                            "version", list[i].version));
    return json_pack("{s:s, s:o, s:O}", "name", group, "versions", versions, "preferredVersion",
                     json_array_get(versions, 0));
}

static bool answer_group(struct sim_kube_call *call, const char *group)
{
    size_t count = 0;
    struct resources resources = list_resources(call);
    struct group_version *list = group_versions(call, &resources, &count);
    if (group[0] == '\0' || !is_listed(list, count, group, NULL))
        return false;
    LAT_AUTO(lat_json_decrefp) json_t *answer = group_new(call, list, count, group);
    lat_json_set_string(answer, "kind", "APIGroup");
    lat_json_set_string(answer, "apiVersion", "v1");
    sim_kube_answer_json(call, 200, answer);
    return true;
}

static void answer_groups(struct sim_kube_call *call)
{
    size_t count = 0;
    struct resources resources = list_resources(call);
    struct group_version *list = group_versions(call, &resources, &count);
    LAT_AUTO(lat_json_decrefp) json_t *groups = json_array();
    for (size_t i = 0; i < count; i++)
        if (list[i].group[0] != '\0' && !is_listed(list, i, list[i].group, NULL))
            json_array_append_new(groups, group_new(call, list, count, list[i].group));
    LAT_AUTO(lat_json_decrefp)
    json_t *answer =
        json_pack("{s:s, s:s, s:O}", "kind", "APIGroupList", "apiVersion", "v1", "groups", groups);
    sim_kube_answer_json(call, 200, answer);
}

static void answer_core_versions(struct sim_kube_call *call)
{
    const char *host =
        lat_arena_utf8(call->arena, lat_text_or_empty(lat_http_request_header(call->http, "Host")));
    LAT_AUTO(lat_json_decrefp)
    json_t *answer =
        json_pack("{s:s, s:[s], s:[{s:s, s:s}]}", "kind", "APIVersions", "versions", "v1",
                  "serverAddressByClientCIDRs", "clientCIDR", "0.0.0.0/0", "serverAddress", host);
    sim_kube_answer_json(call, 200, answer);
}

/* --- aggregated ------------------------------------------------------------------------------- */

static json_t *response_kind_new(const struct resource *resource)
{
    return json_pack("{s:s, s:s, s:s}", "group", resource->group, "version", resource->version,
                     "kind", resource->kind);
}

static json_t *aggregated_resource_new(const struct resource *resource)
{
    json_t *item = json_pack("{s:s, s:o, s:s, s:s, s:o}", "resource", resource->plural,
                             "responseKind", response_kind_new(resource), "scope",
                             is_namespaced(resource) ? "Namespaced" : "Cluster", "singularResource",
                             resource->singular, "verbs", verbs_new(resource));
    set_names(item, resource);
    json_t *parts = json_array();
    for (const struct sim_kube_subresource *part = NULL;
         (part = next_part(resource, part)) != NULL;)
        json_array_append_new(parts, json_pack("{s:s, s:o, s:o}", "subresource",
                                               sim_kube_subresource_name(part), "responseKind",
                                               sim_kube_subresource_kind_new(part, resource->of,
                                                                             resource->of_version),
                                               "verbs", sim_kube_subresource_verbs_new(part)));
    if (json_array_size(parts) > 0)
        json_object_set(item, "subresources", parts);
    json_decref(parts);
    return item;
}

static json_t *aggregated_version_new(const struct resources *all, const struct group_version *of)
{
    json_t *resources = json_array();
    for (size_t i = 0; i < all->count; i++)
        if (lat_text_eq(all->items[i].group, of->group) &&
            lat_text_eq(all->items[i].version, of->version))
            json_array_append_new(resources, aggregated_resource_new(&all->items[i]));
    return json_pack("{s:s, s:o, s:s}", "version", of->version, "resources", resources, "freshness",
                     "Current");
}

static void answer_aggregated(struct sim_kube_call *call, bool core)
{
    size_t count = 0;
    struct resources resources = list_resources(call);
    struct group_version *list = group_versions(call, &resources, &count);
    LAT_AUTO(lat_json_decrefp) json_t *items = json_array();
    for (size_t i = 0; i < count; i++) {
        const char *group = list[i].group;
        if ((group[0] == '\0') != core || is_listed(list, i, group, NULL))
            continue;
        json_t *versions = json_array();
        for (size_t v = i; v < count; v++)
            if (lat_text_eq(list[v].group, group))
                json_array_append_new(versions, aggregated_version_new(&resources, &list[v]));
        json_t *item =
            json_pack("{s:{s:n}, s:o}", "metadata", "creationTimestamp", "versions", versions);
        if (!core)
            lat_json_set_string(json_object_get(item, "metadata"), "name", group);
        json_array_append_new(items, item);
    }
    LAT_AUTO(lat_json_decrefp)
    json_t *answer = json_pack("{s:s, s:s, s:{}, s:O}", "kind", "APIGroupDiscoveryList",
                               "apiVersion", "apidiscovery.k8s.io/v2", "metadata", "items", items);
    sim_kube_answer_json(call, 200, answer);
    call->answer.content_type = AGGREGATED_TYPE;
}

static bool wants_aggregated(const struct sim_kube_call *call)
{
    const char *accept = lat_text_or_empty(lat_http_request_header(call->http, "Accept"));
    return strstr(accept, "as=APIGroupDiscoveryList") != NULL && strstr(accept, "v=v2;") != NULL;
}

/* --- paths ------------------------------------------------------------------------------------ */

static void answer_version(struct sim_kube_call *call)
{
    LAT_AUTO(lat_json_decrefp)
    json_t *answer = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "major", "1",
                               "minor", "32", "gitVersion", SIM_KUBE_VERSION, "gitCommit", "",
                               "gitTreeState", "clean", "buildDate", "1970-01-01T00:00:00Z",
                               "goVersion", "none", "compiler", "none", "platform", "linux/amd64");
    sim_kube_answer_json(call, 200, answer);
}

static bool answer_fixed(struct sim_kube_call *call, const char *first)
{
    static const char *const healths[] = {"healthz", "readyz", "livez"};
    for (size_t i = 0; i < LAT_COUNT(healths); i++)
        if (lat_text_eq(first, healths[i])) {
            sim_kube_answer_text(call, 200, "ok");
            return true;
        }
    if (!lat_text_eq(first, "version"))
        return false;
    answer_version(call);
    return true;
}

bool sim_kube_discover(struct sim_kube_call *call)
{
    const struct sim_kube_request *request = &call->request;
    const char *const *segments = request->segments;
    size_t count = request->segment_count;
    if (count == 0 || !lat_text_eq(call->http->method, "GET"))
        return false;
    bool is_core = lat_text_eq(segments[0], "api"), is_apis = lat_text_eq(segments[0], "apis");
    if (count == 1 && (is_core || is_apis)) {
        if (wants_aggregated(call))
            answer_aggregated(call, is_core);
        else if (is_core)
            answer_core_versions(call);
        else
            answer_groups(call);
        return true;
    }
    if (is_core)
        return count == 2 && answer_resources(call, "", segments[1]);
    if (is_apis)
        return count == 2 ? answer_group(call, segments[1])
                          : count == 3 && answer_resources(call, segments[1], segments[2]);
    return answer_fixed(call, segments[0]);
}
