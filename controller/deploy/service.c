/* The stack's service: created, or adopted and brought up to date, or deleted with all that hangs
 * on it. Never looks at a service's status. Source: controller-routes reference 4.4 (observed). */
#include "common/base/text.h"
#include "controller/deploy/deploy_int.h"
#include "controller/model/keys.h"

static int fail(struct gwc_deploy *deploy, const struct gwc_aws_error *error,
                struct gwc_model_error *ret_error)
{
    return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error->text);
}

/* Reads pages until the first service of the name; *ret_service is NULL when there is none. */
static int find(struct gwc_deploy *deploy, const struct lat_service_summary **ret_service,
                struct gwc_model_error *ret_error)
{
    const struct lat_list_services_request input = {0};
    struct gwc_aws_pages pages = {.operation = LAT_OP_LIST_SERVICES, .input = &input};
    struct gwc_aws_error error;
    struct lat_list page;
    int more = 0;
    while ((more = gwc_aws_page(deploy->aws, deploy->arena, &pages, &page, &error)) > 0) {
        const struct lat_service_summary *services = page.items;
        for (size_t i = 0; i < page.count; i++) {
            if (!lat_text_eq(services[i].name, deploy->stack->service.name))
                continue;
            *ret_service = &services[i];
            return 0;
        }
    }
    *ret_service = NULL;
    return more < 0 ? fail(deploy, &error, ret_error) : 0;
}

static void remember(struct gwc_service *service, const char *id, const char *arn,
                     const struct lat_dns_entry *dns)
{
    service->id = id;
    service->arn = arn;
    service->dns_name = dns == NULL ? NULL : dns->domain_name;
}

static int create(struct gwc_deploy *deploy, struct gwc_model_error *ret_error)
{
    struct gwc_service *service = &deploy->stack->service;
    struct gwc_tags managed = gwc_deploy_managed_by(deploy);
    struct gwc_tags route_tags = gwc_deploy_route_tags(deploy);
    struct gwc_tags own = gwc_tags_merge(deploy->arena, &managed, &route_tags);
    const struct lat_create_service_request input = {
        .name = service->name,
        .custom_domain_name =
            lat_text_is_empty(service->custom_domain) ? NULL : service->custom_domain,
        .certificate_arn =
            lat_text_is_empty(service->certificate_arn) ? NULL : service->certificate_arn,
        .tags = gwc_deploy_tags(deploy, &own),
    };
    const void *output = NULL;
    struct gwc_aws_error error;
    if (gwc_aws_call(deploy->aws, deploy->arena, LAT_OP_CREATE_SERVICE, &input, &output, &error) <
        0)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER,
                              "failed CreateService %s due to %s", service->name, error.text);
    const struct lat_create_service_response *created = output;
    remember(service, created->id, created->arn, created->dns_entry);
    return gwc_deploy_associate_all(deploy, ret_error);
}

static int update(struct gwc_deploy *deploy, const struct lat_service_summary *found,
                  struct gwc_model_error *ret_error)
{
    struct gwc_service *service = &deploy->stack->service;
    remember(service, found->id, found->arn, found->dns_entry);
    if (gwc_deploy_own_service(deploy, found->arn, ret_error) < 0)
        return -1;
    if (gwc_deploy_sync_tags(deploy, found->arn, NULL, ret_error) < 0)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER,
                              "failed to update tags for service %s: %s", found->id,
                              ret_error->text);
    if (!lat_text_is_empty(service->certificate_arn)) {
        const struct lat_update_service_request input = {
            .service_identifier = found->id, .certificate_arn = service->certificate_arn};
        struct gwc_aws_error error;
        if (gwc_aws_call(deploy->aws, deploy->arena, LAT_OP_UPDATE_SERVICE, &input, NULL, &error) <
            0)
            return fail(deploy, &error, ret_error);
    }
    return gwc_deploy_associations(deploy, ret_error);
}

int gwc_deploy_service(struct gwc_deploy *deploy, struct gwc_model_error *ret_error)
{
    const struct lat_service_summary *found = NULL;
    int result = find(deploy, &found, ret_error);
    if (result == 0)
        result = found == NULL ? create(deploy, ret_error) : update(deploy, found, ret_error);
    if (result < 0)
        return gwc_model_fail_prefix(deploy->arena, ret_error,
                                     lat_arena_printf(deploy->arena,
                                                      "failed ServiceManager.Upsert %s due to ",
                                                      deploy->stack->service.name));
    if (gwc_deploy_dns_endpoint(deploy, ret_error) == 0)
        return 0;
    return gwc_model_fail_prefix(deploy->arena, ret_error,
                                 lat_arena_printf(deploy->arena,
                                                  "failed DnsEndpointManager.Create %s due to ",
                                                  deploy->stack->service.name));
}

/* A refused deletion: a conflict means that something is still going away. */
static int fail_deletion(struct gwc_deploy *deploy, const struct gwc_aws_error *error,
                         struct gwc_model_error *ret_error)
{
    if (gwc_aws_error_is(error, "ConflictException"))
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_LATTICE_RETRY, GWC_RETRY_TEXT);
    return fail(deploy, error, ret_error);
}

/* All associations go, managed by the controller or not. */
static int delete_associations(struct gwc_deploy *deploy, const char *service_id,
                               struct gwc_model_error *ret_error)
{
    const struct lat_list_service_network_service_associations_request input = {
        .service_identifier = service_id};
    struct gwc_aws_error error;
    struct lat_list items;
    if (gwc_aws_list(deploy->aws, deploy->arena, LAT_OP_LIST_SERVICE_NETWORK_SERVICE_ASSOCIATIONS,
                     &input, &items, &error) < 0)
        return fail(deploy, &error, ret_error);
    const struct lat_service_network_service_association_summary *associations = items.items;
    for (size_t i = 0; i < items.count; i++) {
        const struct lat_delete_service_network_service_association_request request = {
            .service_network_service_association_identifier = associations[i].arn};
        if (gwc_aws_call(deploy->aws, deploy->arena,
                         LAT_OP_DELETE_SERVICE_NETWORK_SERVICE_ASSOCIATION, &request, NULL,
                         &error) < 0)
            return fail_deletion(deploy, &error, ret_error);
    }
    return 0;
}

static int delete_listeners(struct gwc_deploy *deploy, const char *service_id,
                            struct gwc_model_error *ret_error)
{
    const struct lat_list_listeners_request input = {.service_identifier = service_id};
    struct gwc_aws_error error;
    struct lat_list items;
    if (gwc_aws_list(deploy->aws, deploy->arena, LAT_OP_LIST_LISTENERS, &input, &items, &error) < 0)
        return fail(deploy, &error, ret_error);
    const struct lat_listener_summary *listeners = items.items;
    for (size_t i = 0; i < items.count; i++) {
        const struct lat_delete_listener_request request = {.service_identifier = service_id,
                                                            .listener_identifier = listeners[i].id};
        if (gwc_aws_call(deploy->aws, deploy->arena, LAT_OP_DELETE_LISTENER, &request, NULL,
                         &error) < 0)
            return fail(deploy, &error, ret_error);
    }
    return 0;
}

static int delete_all(struct gwc_deploy *deploy, const char *service_id,
                      struct gwc_model_error *ret_error)
{
    if (delete_associations(deploy, service_id, ret_error) < 0 ||
        delete_listeners(deploy, service_id, ret_error) < 0)
        return -1;
    const struct lat_delete_service_request input = {.service_identifier = service_id};
    struct gwc_aws_error error;
    if (gwc_aws_call(deploy->aws, deploy->arena, LAT_OP_DELETE_SERVICE, &input, NULL, &error) == 0)
        return 0;
    if (gwc_aws_error_is(&error, "ConflictException"))
        return fail_deletion(deploy, &error, ret_error);
    return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER,
                          "failed DeleteService %s due to %s", service_id, error.text);
}

int gwc_deploy_service_delete(struct gwc_deploy *deploy, struct gwc_model_error *ret_error)
{
    const struct lat_service_summary *found = NULL;
    int result = find(deploy, &found, ret_error);
    if (result == 0 && found != NULL) {
        struct gwc_model_error refusal;
        if (gwc_deploy_own_service(deploy, found->arn, &refusal) < 0) {
            /* Not this route's service, or not known to be: it stays, and the route may go. */
            if (deploy->log != NULL)
                lat_log_write(deploy->log, LAT_LOG_INFO, "service %s is not deleted: %s",
                              found->name, refusal.text);
            return 0;
        }
        result = delete_all(deploy, found->id, ret_error);
    }
    if (result < 0)
        gwc_model_fail_prefix(deploy->arena, ret_error,
                              lat_arena_printf(deploy->arena,
                                               "failed ServiceManager.Delete %s due to ",
                                               deploy->stack->service.name));
    return result;
}
