/* How the model sees the cluster: look-ups over objects that somebody else holds (the informer
 * caches in the controller, fixtures in a test). The model never does I/O of its own. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"

#include <jansson.h>
#include <stddef.h>

/* Objects as the API server returns them, defaults applied; borrowed until the pass ends. */
struct gwc_objects {
    const json_t **items;
    size_t count;
};

/* Kinds asked for: GatewayClass, Gateway, HTTPRoute, GRPCRoute, TLSRoute, Service, EndpointSlice,
 * ServiceImport, TargetGroupPolicy, Namespace. */
struct gwc_cluster_view {
    void *context;

    /* 0 with *ret_object, which is NULL when there is no such object; -1 with reterr when it cannot
     * be read. kube_namespace is NULL for kinds without one. */
    int (*get)(void *context, const char *kind, const char *kube_namespace, const char *name,
               const json_t **ret_object, struct lat_err *reterr);

    /* All objects of a kind, in one namespace or (NULL) in all, in an order that does not change by
     * itself; the array lives in the arena. -1 with reterr when the kind cannot be listed, for
     * instance because its CRD is absent. */
    int (*list)(void *context, struct lat_arena *arena, const char *kind,
                const char *kube_namespace, struct gwc_objects *ret_objects,
                struct lat_err *reterr);
};
