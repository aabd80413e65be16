/* The DNSEndpoint through which external-dns publishes a route's custom domain. Written only where
 * its CRD is installed; removed by its owner reference alone. Source: controller-routes reference
 * 4.4.5 (observed). */
#include "common/base/json.h"
#include "common/base/text.h"
#include "controller/deploy/deploy_int.h"
#include "controller/model/keys.h"
#include "controller/model/object.h"

#define RECORD_TTL_SECONDS 300

static json_t *endpoints_new(const struct gwc_service *service)
{
    return json_pack("[{s:s, s:[s], s:s, s:i}]", "dnsName", service->custom_domain, "targets",
                     service->dns_name, "recordType", "CNAME", "recordTTL", RECORD_TTL_SECONDS);
}

static json_t *object_new(struct gwc_deploy *deploy, const struct gwc_kind *kind, const char *name)
{
    const struct gwc_service *service = &deploy->stack->service;
    const struct gwc_kind *route_kind = gwc_kind_by_name(gwc_route_facts[service->route_kind].kind);
    json_t *owner =
        json_pack("{s:s, s:s, s:s, s:s, s:b, s:b}", "apiVersion",
                  gwc_kind_api_version(deploy->arena, route_kind), "kind", route_kind->name, "name",
                  service->route_name, "uid", lat_json_string_at(deploy->route, "metadata.uid", ""),
                  "controller", 1, "blockOwnerDeletion", 1);
    return json_pack("{s:s, s:s, s:{s:s, s:s, s:[o]}, s:{s:o}}", "apiVersion",
                     gwc_kind_api_version(deploy->arena, kind), "kind", kind->name, "metadata",
                     "name", name, "namespace", service->route_namespace, "ownerReferences", owner,
                     "spec", "endpoints", endpoints_new(service));
}

int gwc_deploy_dns_endpoint(struct gwc_deploy *deploy, struct gwc_model_error *ret_error)
{
    const struct gwc_service *service = &deploy->stack->service;
    const struct gwc_kind *kind = &gwc_kinds[GWC_KIND_DNS_ENDPOINT];
    if (deploy->kube == NULL || !gwc_cache_is_served(deploy->cache, kind->id) ||
        lat_text_is_empty(service->custom_domain) || lat_text_is_empty(service->dns_name))
        return 0;
    const char *name = lat_arena_printf(deploy->arena, "%s-dns", service->route_name);
    const json_t *current = gwc_cache_get(deploy->cache, kind->id, service->route_namespace, name);
    LAT_AUTO(lat_json_decrefp) json_t *endpoints = endpoints_new(service);
    if (current != NULL && json_equal(lat_json_at(current, "spec.endpoints"), endpoints))
        return 0;
    LAT_AUTO(lat_json_decrefp) json_t *answer = NULL;
    struct gwc_kube_error error;
    int result = 0;
    if (current == NULL) {
        LAT_AUTO(lat_json_decrefp) json_t *object = object_new(deploy, kind, name);
        const char *path = gwc_kind_path(deploy->arena, kind, service->route_namespace, NULL, NULL);
        result = gwc_kube_call(deploy->kube, deploy->arena, "POST", path, "application/json",
                               object, &answer, &error);
    } else {
        LAT_AUTO(lat_json_decrefp)
        json_t *patch = json_pack("{s:{s:O}}", "spec", "endpoints", endpoints);
        const char *path = gwc_kind_path(deploy->arena, kind, service->route_namespace, name, NULL);
        result = gwc_kube_call(deploy->kube, deploy->arena, "PATCH", path, GWC_KUBE_MERGE_PATCH,
                               patch, &answer, &error);
    }
    if (result == 0)
        return 0;
    return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error.message);
}
