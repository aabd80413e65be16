/* The Kubernetes kinds that the controller reads or writes, as one table: where they live in the
 * API, and whether the controller can do without them. Source: controller-platform reference 5.1
 * (observed). */
#pragma once

#include "common/base/arena.h"

#include <jansson.h>
#include <stdbool.h>

/* In this order caches are filled and their events are handed on: what others refer to comes
 * first. */
enum gwc_kind_id {
    GWC_KIND_NAMESPACE,
    GWC_KIND_GATEWAY_CLASS,
    GWC_KIND_GATEWAY,
    GWC_KIND_SERVICE,
    GWC_KIND_ENDPOINT_SLICE,
    GWC_KIND_SERVICE_IMPORT,
    GWC_KIND_SERVICE_EXPORT,
    GWC_KIND_TARGET_GROUP_POLICY,
    GWC_KIND_DNS_ENDPOINT,
    GWC_KIND_HTTP_ROUTE,
    GWC_KIND_GRPC_ROUTE,
    GWC_KIND_TLS_ROUTE,
    GWC_KIND_COUNT
};

struct gwc_kind {
    enum gwc_kind_id id;
    const char *name;    /* "HTTPRoute" */
    const char *group;   /* "" for the core group */
    const char *version; /* "v1" */
    const char *plural;  /* "httproutes" */
    bool is_namespaced;
    bool is_required; /* the controller does not start when the API server does not serve it */
};

extern const struct gwc_kind gwc_kinds[GWC_KIND_COUNT];

/* The kind of that name, or NULL. */
const struct gwc_kind *gwc_kind_by_name(const char *name);

/* "gateway.networking.k8s.io/v1", "v1" for the core group. */
const char *gwc_kind_api_version(struct lat_arena *arena, const struct gwc_kind *kind);

/* "/apis/<group>/<version>": the discovery document that lists the kind. */
const char *gwc_kind_group_path(struct lat_arena *arena, const struct gwc_kind *kind);

/* The path of a collection (name NULL; all namespaces when namespace is NULL too), of an object,
 * or of its subresource (NULL for none). */
const char *gwc_kind_path(struct lat_arena *arena, const struct gwc_kind *kind,
                          const char *namespace_name, const char *name, const char *subresource);
