/* Routes of all three kinds: one life, told apart only by the table of route facts. Status first,
 * then the model, then the deploy, then what is written back. Source: controller-routes reference
 * 2.1 to 2.7 (observed). */
#include "common/base/json.h"
#include "common/base/text.h"
#include "controller/deploy/deploy.h"
#include "controller/kube/finalizer.h"
#include "controller/model/backend.h"
#include "controller/model/relevance.h"
#include "controller/model/status.h"
#include "controller/reconcile/pass.h"

#define ALL_REJECTED_TEXT                                                                          \
    "No VPC Lattice resources created. Route's parentRefs rejected by all Gateway listeners due "  \
    "to allowedRoutes policies. Check route status conditions for more detail."
#define DUAL_STACK_ERROR                                                                           \
    "Invalid IpFamilies, Lattice Target Group doesn't support dual stack ip addresses"

/* The route of a pass. */
struct work {
    struct gwc_pass *pass;
    enum gwc_route_kind route_kind;
    const struct gwc_route_fact *fact;
    const struct gwc_kind *kind;
    json_t *route;         /* owned: the newest version that the server has shown */
    const json_t *gateway; /* the first controlled one; borrowed from the cache */
    struct gwc_stack stack;
};

static void send_event(struct work *work, const char *type, const char *reason, const char *message)
{
    gwc_events_send(work->pass->events, work->fact->event_source, work->kind, work->route, type,
                    reason, message);
}

static void log_problem(struct work *work, const char *what, const char *text)
{
    lat_log_write(work->pass->options->log, LAT_LOG_WARNING, "%s %s/%s: %s%s", work->fact->kind,
                  work->pass->namespace_name, work->pass->name, what, text);
}

static void replace_route(struct work *work, json_t *new_route)
{
    json_decref(work->route);
    work->route = new_route;
}

/* PUTs the route with another status; takes over the reference. The route of the pass carries the
 * new status even when the server refuses it: what follows is decided on the newest facts. */
static int put_status(struct work *work, json_t *new_status, struct gwc_kube_error *ret_error)
{
    struct gwc_pass *pass = work->pass;
    json_t *wanted = json_copy(work->route);
    json_object_set_new(wanted, "status", new_status);
    lat_json_set_string(wanted, "kind", work->kind->name);
    lat_json_set_string(wanted, "apiVersion", gwc_kind_api_version(pass->arena, work->kind));
    const char *path =
        gwc_kind_path(pass->arena, work->kind, pass->namespace_name, pass->name, "status");
    json_t *answer = NULL;
    int result = gwc_kube_call(pass->options->kube, pass->arena, "PUT", path, "application/json",
                               wanted, &answer, ret_error);
    if (result == 0) {
        json_decref(wanted);
        replace_route(work, answer);
    } else {
        replace_route(work, wanted);
    }
    return result;
}

/* Step U3. */
static void write_status(struct work *work)
{
    struct gwc_pass *pass = work->pass;
    json_t *status = NULL;
    struct lat_err err = {0};
    struct gwc_kube_error error;
    if (gwc_status_route_new(pass->arena, &pass->view, work->route_kind, work->route, pass->now,
                             &status, &err) < 0) {
        log_problem(work, "the status is not written: ", err.message);
        return;
    }
    if (put_status(work, status, &error) < 0)
        log_problem(work, "the status could not be written: ", error.message);
    if (!gwc_status_is_accepted(work->route))
        send_event(work, "Warning", "FailedBuildModel", ALL_REJECTED_TEXT);
}

static struct gwc_condition condition_of(struct work *work, const char *type, const char *reason,
                                         const char *message)
{
    return (struct gwc_condition){
        .type = type,
        .status = "False",
        .reason = reason,
        .message = message,
        .generation = lat_kube_generation(work->route),
        .now = work->pass->now,
    };
}

/* Step U4: a merge patch, not a whole status. */
static struct gwc_result refuse_dual_stack(struct work *work)
{
    struct gwc_condition condition =
        condition_of(work, "Accepted", "UnsupportedValue", "Dual stack Service is not supported");
    LAT_AUTO(lat_json_decrefp) json_t *wanted = json_copy(work->route);
    json_object_set_new(
        wanted, "status",
        gwc_status_with_condition_new(work->route, lat_kube_name(work->gateway), &condition));
    LAT_AUTO(lat_json_decrefp) json_t *answer = NULL;
    struct gwc_kube_error error;
    if (gwc_patch_object(work->pass, work->kind, work->route, wanted, "status", &answer, &error) <
        0)
        return GWC_FAILED(lat_arena_printf(work->pass->arena, "failed to update route status: %s",
                                           error.message));
    return GWC_FAILED(DUAL_STACK_ERROR);
}

/* Steps U5 and U6. */
static int build_and_deploy(struct work *work, struct gwc_model_error *ret_error)
{
    struct gwc_pass *pass = work->pass;
    const struct gwc_manager_options *options = pass->options;
    const struct gwc_build build = {
        .arena = pass->arena,
        .view = &pass->view,
        .lookups = options->lookups,
        .config = options->config,
        .purpose = GWC_BUILD_DEPLOY,
        .route_kind = work->route_kind,
        .route = work->route,
    };
    if (gwc_model_build(&build, &work->stack, ret_error) < 0) {
        send_event(work, "Warning", "FailedBuildModel",
                   lat_arena_printf(pass->arena, "Failed build model due to %s", ret_error->text));
        return -1;
    }
    struct gwc_deploy deploy = {
        .arena = pass->arena,
        .aws = options->aws,
        .tagging = options->tagging,
        .config = options->config,
        .clock = options->clock,
        .rng = options->rng,
        .log = options->log,
        .stack = &work->stack,
        .kube = options->kube,
        .cache = pass->cache,
        .route = work->route,
    };
    if (gwc_deploy_stack(&deploy, ret_error) == 0)
        return 0;
    if (ret_error->error_class == GWC_ERROR_LATTICE_RETRY)
        send_event(work, "Normal", "Retry-Reconcile", "retry reconcile...");
    else
        send_event(work, "Warning", "FailedDeployModel",
                   lat_arena_printf(pass->arena, "Failed deploy model due to %s", ret_error->text));
    return -1;
}

/* printf with a format from the table of responses, whose formats hold one %s. */
static const char *word_update_error(struct lat_arena *arena, const char *format, const char *text)
{
    const char *at = lat_text_or_empty(format);
    size_t length = 0;
    while (at[length] != '\0' && !(at[length] == '%' && at[length + 1] == 's'))
        length++;
    if (at[length] == '\0')
        return lat_arena_printf(arena, "%s%s", at, text);
    return lat_arena_printf(arena, "%.*s%s%s", (int)length, at, text, at + length + 2);
}

/* Step U7. */
static struct gwc_result respond(struct work *work, const struct gwc_model_error *error)
{
    const struct gwc_error_response *response = &gwc_error_responses[error->error_class];
    if (response->condition_type != NULL) {
        struct gwc_condition condition =
            condition_of(work, response->condition_type, response->reason, error->text);
        struct gwc_kube_error failure;
        if (put_status(work,
                       gwc_status_with_condition_new(work->route, lat_kube_name(work->gateway),
                                                     &condition),
                       &failure) < 0)
            return GWC_FAILED(
                word_update_error(work->pass->arena, response->update_error, failure.message));
    }
    if (response->requeue_ms > 0)
        return (struct gwc_result){.requeue_ms = response->requeue_ms};
    if (response->is_success)
        return GWC_DONE;
    return GWC_FAILED(response->returned != NULL ? response->returned : error->text);
}

/* Step U9 a: sent every time, {} when nothing changes. */
static const char *write_annotations(struct work *work)
{
    const struct gwc_service *service = &work->stack.service;
    if (work->stack.is_empty)
        return NULL;
    LAT_AUTO(lat_json_decrefp) json_t *wanted = json_deep_copy(work->route);
    json_t *metadata = json_object_get(wanted, "metadata");
    json_t *annotations = json_object_get(metadata, "annotations");
    if (annotations == NULL)
        json_object_set_new(metadata, "annotations", annotations = json_object());
    if (!lat_text_is_empty(service->arn))
        lat_json_set_string(annotations, GWC_ANNOTATION_SERVICE_ARN, service->arn);
    if (!lat_text_is_empty(service->dns_name))
        lat_json_set_string(annotations, GWC_ANNOTATION_DOMAIN_NAME, service->dns_name);
    json_t *answer = NULL;
    struct gwc_kube_error error;
    if (gwc_patch_object(work->pass, work->kind, work->route, wanted, NULL, &answer, &error) < 0)
        return lat_arena_printf(work->pass->arena,
                                "failed to update route annotations due to err %s", error.message);
    replace_route(work, answer);
    return NULL;
}

static struct gwc_result upsert(struct work *work)
{
    struct gwc_pass *pass = work->pass;
    const struct gwc_manager_options *options = pass->options;
    send_event(work, "Normal", "Reconcile", "Adding/Updating Reconcile");
    struct gwc_kube_error failure;
    if (gwc_finalizer_set(options->kube, pass->arena, &options->sleeper, work->kind, &work->route,
                          work->fact->finalizer, true, &failure) < 0)
        send_event(
            work, "Warning", "FailedAddFinalizer",
            lat_arena_printf(pass->arena, "Failed add finalizer due to %s", failure.message));
    write_status(work);
    if (gwc_model_is_dual_stack(&pass->view, work->route))
        return refuse_dual_stack(work);
    struct gwc_model_error error;
    if (build_and_deploy(work, &error) < 0)
        return respond(work, &error);
    send_event(work, "Normal", "DeploySucceed", "Adding/Updating reconcile Done!");
    const char *problem = write_annotations(work);
    if (problem != NULL)
        return GWC_FAILED(problem);
    problem = gwc_write_listener_status(pass, work->gateway, work->route, work->route_kind, NULL);
    if (problem != NULL)
        log_problem(work, "gateway status: ", problem);
    return GWC_DONE;
}

static struct gwc_result clean_up(struct work *work)
{
    struct gwc_pass *pass = work->pass;
    const struct gwc_manager_options *options = pass->options;
    send_event(work, "Normal", "Reconcile", "Deleting Reconcile");
    struct gwc_model_error error;
    if (build_and_deploy(work, &error) < 0 &&
        error.error_class != GWC_ERROR_INVALID_NAME_OVERRIDE) {
        if (error.error_class == GWC_ERROR_LATTICE_RETRY)
            return respond(work, &error);
        return GWC_FAILED(lat_arena_printf(pass->arena, "failed to cleanup route %s, %s: %s",
                                           pass->name, pass->namespace_name, error.text));
    }
    const char *problem =
        gwc_write_listener_status(pass, work->gateway, work->route, work->route_kind, NULL);
    if (problem != NULL)
        return GWC_FAILED(problem);
    struct gwc_kube_error failure;
    if (gwc_finalizer_set(options->kube, pass->arena, &options->sleeper, work->kind, &work->route,
                          work->fact->finalizer, false, &failure) < 0 &&
        failure.status != 404)
        return GWC_FAILED(failure.message);
    return GWC_DONE;
}

static struct gwc_result reconcile(struct gwc_pass *pass, enum gwc_route_kind route_kind)
{
    struct work work = {.pass = pass,
                        .route_kind = route_kind,
                        .fact = &gwc_route_facts[route_kind],
                        .kind = gwc_route_kind_of(route_kind)};
    const json_t *cached =
        gwc_cache_get(pass->cache, work.kind->id, pass->namespace_name, pass->name);
    if (cached == NULL)
        return GWC_ABSENT;
    struct gwc_parent_gateways parents = gwc_parent_gateways(pass->arena, &pass->view, cached);
    if (parents.controlled.count == 0)
        return GWC_DONE;
    work.gateway = parents.controlled.items[0];
    work.route = json_incref(lat_json_iterable(cached));
    struct gwc_result result = lat_kube_is_terminating(cached) ? clean_up(&work) : upsert(&work);
    json_decref(work.route);
    return result;
}

struct gwc_result gwc_reconcile_http_route(struct gwc_pass *pass)
{
    return reconcile(pass, GWC_ROUTE_HTTP);
}

struct gwc_result gwc_reconcile_grpc_route(struct gwc_pass *pass)
{
    return reconcile(pass, GWC_ROUTE_GRPC);
}

struct gwc_result gwc_reconcile_tls_route(struct gwc_pass *pass)
{
    return reconcile(pass, GWC_ROUTE_TLS);
}
