/* Listeners: each wanted port gets one, each port and protocol that nobody wants loses its own. The
 * default action of an HTTP or HTTPS listener that exists is never touched. Source: controller-
 * routes reference 4.6 (observed). */
#include "common/base/text.h"
#include "controller/deploy/deploy_int.h"

#define DEFAULT_ACTION_STATUS 404

static int list(struct gwc_deploy *deploy, struct lat_list *ret_items,
                struct gwc_aws_error *ret_error)
{
    const struct lat_list_listeners_request input = {.service_identifier =
                                                         deploy->stack->service.id};
    return gwc_aws_list(deploy->aws, deploy->arena, LAT_OP_LIST_LISTENERS, &input, ret_items,
                        ret_error);
}

static bool is_passthrough(const struct gwc_listener *wanted)
{
    return lat_text_eq(wanted->protocol, LAT_LISTENER_PROTOCOL_TLS_PASSTHROUGH);
}

static int create(struct gwc_deploy *deploy, struct gwc_listener *wanted,
                  const struct lat_rule_action *action, struct gwc_model_error *ret_error)
{
    struct gwc_tags managed = gwc_deploy_managed_by(deploy);
    const struct lat_create_listener_request input = {
        .service_identifier = deploy->stack->service.id,
        .name = wanted->name,
        .port = LAT_INT(wanted->port),
        .protocol = wanted->protocol,
        .default_action = action,
        .tags = gwc_deploy_tags(deploy, &managed),
    };
    const void *output = NULL;
    struct gwc_aws_error error;
    if (gwc_aws_call(deploy->aws, deploy->arena, LAT_OP_CREATE_LISTENER, &input, &output, &error) <
        0)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER,
                              "failed CreateListener %s due to %s", wanted->name, error.text);
    const struct lat_create_listener_response *created = output;
    wanted->id = created->id;
    return 0;
}

/* A passthrough listener's default action is its only rule. */
static int update_default_action(struct gwc_deploy *deploy, const struct gwc_listener *wanted,
                                 const struct lat_rule_action *action,
                                 struct gwc_model_error *ret_error)
{
    const struct lat_get_listener_request input = {.service_identifier = deploy->stack->service.id,
                                                   .listener_identifier = wanted->id};
    const void *output = NULL;
    struct gwc_aws_error error;
    if (gwc_aws_call(deploy->aws, deploy->arena, LAT_OP_GET_LISTENER, &input, &output, &error) < 0)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error.text);
    const struct lat_get_listener_response *current = output;
    if (gwc_action_is_equal(current->default_action, action))
        return 0;
    const struct lat_update_listener_request request = {
        .service_identifier = deploy->stack->service.id,
        .listener_identifier = wanted->id,
        .default_action = action,
    };
    if (gwc_aws_call(deploy->aws, deploy->arena, LAT_OP_UPDATE_LISTENER, &request, NULL, &error) <
        0)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error.text);
    return 0;
}

static int upsert(struct gwc_deploy *deploy, struct gwc_listener *wanted,
                  const struct lat_rule_action *action, struct gwc_model_error *ret_error)
{
    struct gwc_aws_error error;
    struct lat_list items;
    if (list(deploy, &items, &error) < 0)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error.text);
    const struct lat_listener_summary *present = items.items;
    for (size_t i = 0; i < items.count; i++) {
        if (present[i].port.value != wanted->port)
            continue;
        wanted->id = present[i].id;
        struct gwc_tags takeover = gwc_deploy_takeover_tags(deploy);
        if (gwc_deploy_sync_tags(deploy, present[i].arn, &takeover, ret_error) < 0)
            return -1;
        return is_passthrough(wanted) ? update_default_action(deploy, wanted, action, ret_error)
                                      : 0;
    }
    return create(deploy, wanted, action, ret_error);
}

/* The default action that the listener gets when it is created, or always for passthrough. */
static int make_action(struct gwc_deploy *deploy, const struct gwc_listener *wanted,
                       struct lat_rule_action *ret_action, struct gwc_model_error *ret_error)
{
    if (!is_passthrough(wanted)) {
        struct lat_fixed_response_action *fixed =
            LAT_NEW(deploy->arena, struct lat_fixed_response_action);
        fixed->status_code = LAT_INT(DEFAULT_ACTION_STATUS);
        *ret_action = (struct lat_rule_action){.fixed_response = fixed};
        return 0;
    }
    const struct gwc_service *service = &deploy->stack->service;
    size_t count = 0;
    struct gwc_model_error error;
    if (gwc_deploy_action(deploy, &wanted->backends, "listener", ret_action, &count, &error) < 0)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER,
                              "failed to resolve rule tg ids, err = %s", error.text);
    if (count == 0)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER,
                              "TLSRoute %s/%s must have at least one valid backendRef target group",
                              service->route_namespace, service->route_name);
    return 0;
}

static bool is_wanted(const struct gwc_stack *stack, const struct lat_listener_summary *present)
{
    for (size_t i = 0; i < stack->listener_count; i++)
        if (stack->listeners[i].port == present->port.value &&
            lat_text_eq(stack->listeners[i].protocol, present->protocol))
            return true;
    return false;
}

/* Failures here are logged only: what stays behind is removed by a later pass. */
static void delete_unwanted(struct gwc_deploy *deploy)
{
    struct gwc_aws_error error;
    struct lat_list items;
    if (list(deploy, &items, &error) < 0) {
        if (deploy->log != NULL)
            lat_log_write(deploy->log, LAT_LOG_WARNING, "no listener is removed: %s", error.text);
        return;
    }
    const struct lat_listener_summary *present = items.items;
    for (size_t i = 0; i < items.count; i++) {
        if (is_wanted(deploy->stack, &present[i]))
            continue;
        const struct lat_delete_listener_request input = {
            .service_identifier = deploy->stack->service.id, .listener_identifier = present[i].id};
        if (gwc_aws_call(deploy->aws, deploy->arena, LAT_OP_DELETE_LISTENER, &input, NULL, &error) <
                0 &&
            error.status != GWC_STATUS_NOT_FOUND && deploy->log != NULL)
            lat_log_write(deploy->log, LAT_LOG_WARNING, "listener %s stays: %s", present[i].id,
                          error.text);
    }
}

int gwc_deploy_listeners(struct gwc_deploy *deploy, struct gwc_model_error *ret_error)
{
    const struct gwc_service *service = &deploy->stack->service;
    const char *problems = NULL;
    for (size_t i = 0; i < deploy->stack->listener_count; i++) {
        struct gwc_listener *wanted = &deploy->stack->listeners[i];
        struct lat_rule_action *action = LAT_NEW(deploy->arena, struct lat_rule_action);
        struct gwc_model_error error;
        if (make_action(deploy, wanted, action, &error) < 0)
            return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error.text);
        if (upsert(deploy, wanted, action, &error) == 0)
            continue;
        problems =
            lat_arena_printf(deploy->arena, "%s%sfailed ListenerManager.Upsert %s-%s due to err %s",
                             lat_text_or_empty(problems), problems == NULL ? "" : "\n",
                             service->route_name, service->route_namespace, error.text);
    }
    if (problems != NULL)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", problems);
    delete_unwanted(deploy);
    return 0;
}
