/* One pass over one object: what a controller's function gets and gives back. For the files of
 * this folder and their tests. */
#pragma once

#include "controller/model/keys.h"
#include "controller/model/object.h"
#include "controller/model/view.h"
#include "controller/reconcile/manager.h"

struct gwc_pass {
    const struct gwc_manager_options *options;
    struct lat_arena *arena; /* of this pass */
    const struct gwc_cache *cache;
    struct gwc_events *events;
    struct gwc_cluster_view view;
    const char *namespace_name;
    const char *name;
    const char *now; /* "2026-01-31T12:00:00Z" */
};

/* error NULL: done; then requeue_ms > 0 asks for another pass after exactly that time. With
 * is_absent the object does not exist any more and is not looked at again by itself. */
struct gwc_result {
    const char *error;
    int64_t requeue_ms;
    bool is_absent;
};

#define GWC_DONE         ((struct gwc_result){0})
#define GWC_ABSENT       ((struct gwc_result){.is_absent = true})
#define GWC_FAILED(text) ((struct gwc_result){.error = (text)})

struct gwc_result gwc_reconcile_gateway_class(struct gwc_pass *pass);
struct gwc_result gwc_reconcile_gateway(struct gwc_pass *pass);
struct gwc_result gwc_reconcile_service_import(struct gwc_pass *pass);
struct gwc_result gwc_reconcile_http_route(struct gwc_pass *pass);
struct gwc_result gwc_reconcile_grpc_route(struct gwc_pass *pass);
struct gwc_result gwc_reconcile_tls_route(struct gwc_pass *pass);

/* The kind of the objects of a kind of route. */
const struct gwc_kind *gwc_route_kind_of(enum gwc_route_kind route_kind);

/* The model's view of a cache. */
struct gwc_cluster_view gwc_cache_view(const struct gwc_cache *cache);

/* Writes the listener status of a Gateway, with the route being processed in place of the cached
 * one (NULL for none). NULL, or what went wrong. *ret_gateway (may be NULL) becomes a new reference
 * to what the server holds now. */
const char *gwc_write_listener_status(struct gwc_pass *pass, const json_t *gateway,
                                      const json_t *route, enum gwc_route_kind route_kind,
                                      json_t **ret_gateway);

/* Sends the merge patch between two versions of an object, as it is or of its status. Returns -1
 * with ret_error; *ret_new_object is what the server holds now. */
int gwc_patch_object(struct gwc_pass *pass, const struct gwc_kind *kind, const json_t *before,
                     const json_t *after, const char *subresource, json_t **ret_new_object,
                     struct gwc_kube_error *ret_error) LAT_MUST_USE;

/* Which keys an event makes due: called for every change of a cache. add is called with the kind
 * whose controller is meant. Source: controller-routes reference, section 8 (observed). */
struct gwc_triggers {
    const struct gwc_cache *cache;
    void (*add)(void *context, enum gwc_kind_id kind, const char *namespace_name, const char *name);
    void *context;
};
void gwc_triggers_event(const struct gwc_triggers *triggers, enum gwc_kind_id kind,
                        const json_t *old_object, const json_t *new_object);

/* One cycle of target group collection; see gc.c. */
void gwc_collect_target_groups(struct gwc_pass *pass);
