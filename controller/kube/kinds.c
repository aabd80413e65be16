/* The table of Kubernetes kinds; see kinds.h. */
#include "controller/kube/kinds.h"

#include "common/base/text.h"

#define GATEWAY_GROUP "gateway.networking.k8s.io"
#define LATTICE_GROUP "application-networking.k8s.aws"

const struct gwc_kind gwc_kinds[GWC_KIND_COUNT] = {
    {GWC_KIND_NAMESPACE, "Namespace", "", "v1", "namespaces", false, true},
    {GWC_KIND_GATEWAY_CLASS, "GatewayClass", GATEWAY_GROUP, "v1", "gatewayclasses", false, true},
    {GWC_KIND_GATEWAY, "Gateway", GATEWAY_GROUP, "v1", "gateways", true, true},
    {GWC_KIND_SERVICE, "Service", "", "v1", "services", true, true},
    {GWC_KIND_ENDPOINT_SLICE, "EndpointSlice", "discovery.k8s.io", "v1", "endpointslices", true,
     true},
    {GWC_KIND_SERVICE_IMPORT, "ServiceImport", LATTICE_GROUP, "v1alpha1", "serviceimports", true,
     true},
    {GWC_KIND_SERVICE_EXPORT, "ServiceExport", LATTICE_GROUP, "v1alpha1", "serviceexports", true,
     false},
    {GWC_KIND_TARGET_GROUP_POLICY, "TargetGroupPolicy", LATTICE_GROUP, "v1alpha1",
     "targetgrouppolicies", true, false},
    {GWC_KIND_DNS_ENDPOINT, "DNSEndpoint", "externaldns.k8s.io", "v1alpha1", "dnsendpoints", true,
     false},
    {GWC_KIND_HTTP_ROUTE, "HTTPRoute", GATEWAY_GROUP, "v1", "httproutes", true, true},
    {GWC_KIND_GRPC_ROUTE, "GRPCRoute", GATEWAY_GROUP, "v1", "grpcroutes", true, false},
    {GWC_KIND_TLS_ROUTE, "TLSRoute", GATEWAY_GROUP, "v1", "tlsroutes", true, false},
};

const struct gwc_kind *gwc_kind_by_name(const char *name)
{
    for (size_t i = 0; i < GWC_KIND_COUNT; i++)
        if (lat_text_eq(gwc_kinds[i].name, name))
            return &gwc_kinds[i];
    return NULL;
}

const char *gwc_kind_api_version(struct lat_arena *arena, const struct gwc_kind *kind)
{
    if (kind->group[0] == '\0')
        return kind->version;
    return lat_arena_printf(arena, "%s/%s", kind->group, kind->version);
}

const char *gwc_kind_group_path(struct lat_arena *arena, const struct gwc_kind *kind)
{
    if (kind->group[0] == '\0')
        return lat_arena_printf(arena, "/api/%s", kind->version);
    return lat_arena_printf(arena, "/apis/%s/%s", kind->group, kind->version);
}

const char *gwc_kind_path(struct lat_arena *arena, const struct gwc_kind *kind,
                          const char *namespace_name, const char *name, const char *subresource)
{
    const char *path = gwc_kind_group_path(arena, kind);
    if (kind->is_namespaced && namespace_name != NULL)
        path = lat_arena_printf(arena, "%s/namespaces/%s", path, namespace_name);
    path = lat_arena_printf(arena, "%s/%s", path, kind->plural);
    if (name != NULL)
        path = lat_arena_printf(arena, "%s/%s", path, name);
    if (subresource != NULL)
        path = lat_arena_printf(arena, "%s/%s", path, subresource);
    return path;
}
