/* Gateways of this controller: listener status, and whether the service network of that name is
 * there. Never creates a service network. Source: controller-platform reference 2.4 (observed). */
#include "common/base/json.h"
#include "common/base/text.h"
#include "controller/deploy/deploy.h"
#include "controller/kube/finalizer.h"
#include "controller/model/relevance.h"
#include "controller/model/status.h"
#include "controller/reconcile/pass.h"

#define FINALIZER    "gateway.k8s.aws/resources"
#define RETRY_MS     10000
#define EVENT_SOURCE "gateway"

static const struct gwc_kind *gateway_kind(void)
{
    return &gwc_kinds[GWC_KIND_GATEWAY];
}

const char *gwc_write_listener_status(struct gwc_pass *pass, const json_t *gateway,
                                      const json_t *route, enum gwc_route_kind route_kind,
                                      json_t **ret_gateway)
{
    struct lat_err err = {0};
    LAT_AUTO(lat_json_decrefp) json_t *patch = NULL;
    bool has_valid = false;
    if (gwc_status_gateway_new(pass->arena, &pass->view, gateway, route, route_kind, pass->now,
                               &patch, &has_valid, &err) < 0)
        return lat_arena_strdup(pass->arena, err.message);
    const char *path = gwc_kind_path(pass->arena, gateway_kind(), lat_kube_namespace(gateway),
                                     lat_kube_name(gateway), "status");
    LAT_AUTO(lat_json_decrefp) json_t *answer = NULL;
    struct gwc_kube_error error;
    if (gwc_kube_call(pass->options->kube, pass->arena, "PATCH", path, GWC_KUBE_MERGE_PATCH, patch,
                      &answer, &error) < 0)
        return lat_arena_printf(pass->arena, "listener update failed: %s", error.message);
    if (ret_gateway != NULL)
        *ret_gateway = LAT_TAKE(answer);
    if (has_valid)
        return NULL;
    return lat_arena_printf(pass->arena, "no valid listeners for %s", lat_kube_name(gateway));
}

/* Patches one condition of *gateway, which becomes what the server holds then. */
static int write_condition(struct gwc_pass *pass, json_t **gateway, const char *type,
                           const char *status, const char *reason, const char *message,
                           struct gwc_kube_error *ret_error)
{
    LAT_AUTO(lat_json_decrefp) json_t *wanted = json_deep_copy(*gateway);
    json_t *status_object = json_object_get(wanted, "status");
    if (status_object == NULL)
        json_object_set_new(wanted, "status", status_object = json_object());
    json_t *conditions = json_object_get(status_object, "conditions");
    if (conditions == NULL)
        json_object_set_new(status_object, "conditions", conditions = json_array());
    const struct gwc_condition condition = {
        .type = type,
        .status = status,
        .reason = reason,
        .message = message,
        .generation = lat_kube_generation(*gateway),
        .now = pass->now,
    };
    gwc_condition_set(conditions, &condition);
    json_t *answer = NULL;
    if (gwc_patch_object(pass, gateway_kind(), *gateway, wanted, "status", &answer, ret_error) < 0)
        return -1;
    json_decref(*gateway);
    *gateway = answer;
    return 0;
}

static struct gwc_result write_programmed(struct gwc_pass *pass, json_t **gateway)
{
    struct gwc_service_network network = {0};
    const char *text = NULL;
    struct gwc_kube_error error;
    switch (gwc_find_service_network(pass->options->aws, pass->arena, pass->options->config,
                                     pass->name, &network, &text)) {
    case GWC_FIND_FOUND:
        text = lat_arena_printf(pass->arena, "aws-service-network-arn: %s", network.arn);
        if (write_condition(pass, gateway, "Programmed", "True", "Programmed", text, &error) < 0)
            return GWC_FAILED(error.message);
        return GWC_DONE;
    case GWC_FIND_ABSENT:
        if (write_condition(pass, gateway, "Programmed", "False", "Pending",
                            "VPC Lattice Service Network not found", &error) < 0)
            return (struct gwc_result){.requeue_ms = RETRY_MS};
        return GWC_DONE;
    case GWC_FIND_AMBIGUOUS:
        if (write_condition(pass, gateway, "Programmed", "False", "Invalid",
                            "Found multiple VPC Lattice Service Networks matching Gateway name. "
                            "Either ensure only one Service Network has a matching name, or use "
                            "the Service Network's id as the Gateway name.",
                            &error) < 0)
            return GWC_FAILED(error.message);
        return GWC_DONE;
    case GWC_FIND_FAILED:
    case GWC_FIND_RESULT_COUNT:
        break;
    }
    return GWC_FAILED(text);
}

static struct gwc_result upsert(struct gwc_pass *pass, json_t **gateway)
{
    struct gwc_kube_error error;
    if (gwc_finalizer_set(pass->options->kube, pass->arena, &pass->options->sleeper, gateway_kind(),
                          gateway, FINALIZER, true, &error) < 0) {
        const char *text = lat_arena_printf(pass->arena, "failed add finalizer: %s", error.message);
        gwc_events_send(pass->events, EVENT_SOURCE, gateway_kind(), *gateway, "Warning",
                        "FailedAddFinalizer", text);
        return GWC_FAILED(error.message);
    }
    json_t *updated = NULL;
    const char *problem = gwc_write_listener_status(pass, *gateway, NULL, GWC_ROUTE_HTTP, &updated);
    if (updated != NULL) {
        json_decref(*gateway);
        *gateway = updated;
    }
    if (problem != NULL &&
        write_condition(pass, gateway, "Accepted", "False", "Invalid", problem, &error) < 0)
        return GWC_FAILED(error.message);
    if (write_condition(pass, gateway, "Accepted", "True", "Accepted", GWC_CONTROLLER_NAME,
                        &error) < 0)
        return GWC_FAILED(error.message);
    return write_programmed(pass, gateway);
}

/* A route that references the Gateway, or NULL. */
static const json_t *find_route(struct gwc_pass *pass)
{
    for (size_t kind = 0; kind < GWC_ROUTE_KIND_COUNT; kind++) {
        json_t **routes = NULL;
        size_t count = gwc_cache_list(pass->cache, gwc_route_kind_of((enum gwc_route_kind)kind)->id,
                                      NULL, pass->arena, &routes);
        for (size_t i = 0; i < count; i++) {
            size_t index = 0;
            json_t *parent = NULL;
            json_array_foreach(lat_json_at(routes[i], "spec.parentRefs"), index, parent) {
                if (lat_text_eq(gwc_member_text(parent, "name"), pass->name) &&
                    lat_text_eq(gwc_ref_namespace(parent, routes[i]), pass->namespace_name))
                    return routes[i];
            }
        }
    }
    return NULL;
}

static struct gwc_result clean_up(struct gwc_pass *pass, json_t **gateway)
{
    struct gwc_kube_error error;
    if (write_condition(pass, gateway, "Accepted", "True", "Accepted", GWC_CONTROLLER_NAME,
                        &error) < 0)
        lat_log_write(pass->options->log, LAT_LOG_WARNING, "gateway %s/%s: %s",
                      pass->namespace_name, pass->name, error.message);
    const json_t *route = find_route(pass);
    if (route != NULL)
        return GWC_FAILED(lat_arena_printf(
            pass->arena, "cannot delete gateway %s/%s - found referencing route %s/%s",
            pass->namespace_name, pass->name, lat_kube_namespace(route), lat_kube_name(route)));
    if (gwc_finalizer_set(pass->options->kube, pass->arena, &pass->options->sleeper, gateway_kind(),
                          gateway, FINALIZER, false, &error) < 0)
        return GWC_FAILED(error.message);
    return GWC_DONE;
}

struct gwc_result gwc_reconcile_gateway(struct gwc_pass *pass)
{
    LAT_AUTO(lat_json_decrefp)
    json_t *gateway =
        json_incref(gwc_cache_get(pass->cache, GWC_KIND_GATEWAY, pass->namespace_name, pass->name));
    if (gateway == NULL)
        return GWC_ABSENT;
    if (!gwc_gateway_is_controlled(&pass->view, gateway))
        return GWC_DONE;
    return lat_kube_is_terminating(gateway) ? clean_up(pass, &gateway) : upsert(pass, &gateway);
}
