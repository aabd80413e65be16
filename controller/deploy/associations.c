/* The service's associations with service networks. Removes only those that carry this controller's
 * tag. Source: controller-routes reference 4.4.2 and 4.4.3 (observed). */
#include "common/base/text.h"
#include "controller/deploy/deploy_int.h"
#include "controller/model/keys.h"

#include <string.h>

static int retry(struct gwc_deploy *deploy, struct gwc_model_error *ret_error)
{
    return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_LATTICE_RETRY, GWC_RETRY_TEXT);
}

static int associate(struct gwc_deploy *deploy, const char *network_name,
                     struct gwc_model_error *ret_error)
{
    const struct gwc_service *service = &deploy->stack->service;
    struct gwc_service_network network = {0};
    const char *text = NULL;
    if (gwc_find_service_network(deploy->aws, deploy->arena, deploy->config, network_name, &network,
                                 &text) != GWC_FIND_FOUND)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", text);
    struct gwc_tags managed = gwc_deploy_managed_by(deploy);
    const struct lat_create_service_network_service_association_request input = {
        .service_identifier = service->id,
        .service_network_identifier = network.id,
        .tags = gwc_deploy_tags(deploy, &managed),
    };
    const void *output = NULL;
    struct gwc_aws_error error;
    if (gwc_aws_call(deploy->aws, deploy->arena, LAT_OP_CREATE_SERVICE_NETWORK_SERVICE_ASSOCIATION,
                     &input, &output, &error) < 0) {
        if (gwc_aws_error_is(&error, "ConflictException") &&
            strstr(error.message, "CREATE_IN_PROGRESS") != NULL)
            return retry(deploy, ret_error);
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER,
                              "failed CreateServiceNetworkServiceAssociation %s %s due to %s",
                              network_name, service->name, error.text);
    }
    const struct lat_create_service_network_service_association_response *created = output;
    if (!lat_text_eq(created->status, LAT_SERVICE_NETWORK_SERVICE_ASSOCIATION_STATUS_ACTIVE))
        return retry(deploy, ret_error);
    return 0;
}

int gwc_deploy_associate_all(struct gwc_deploy *deploy, struct gwc_model_error *ret_error)
{
    const struct gwc_service *service = &deploy->stack->service;
    for (size_t i = 0; i < service->service_network_count; i++)
        if (associate(deploy, service->service_networks[i], ret_error) < 0)
            return -1;
    return 0;
}

static const struct lat_service_network_service_association_summary *
find(const struct lat_service_network_service_association_summary *associations, size_t count,
     const char *network_name)
{
    for (size_t i = 0; i < count; i++)
        if (lat_text_eq(associations[i].service_network_name, network_name))
            return &associations[i];
    return NULL;
}

static bool is_wanted(const struct gwc_service *service, const char *network_name)
{
    for (size_t i = 0; i < service->service_network_count; i++)
        if (lat_text_eq(service->service_networks[i], network_name))
            return true;
    return false;
}

/* Deletes an association nobody wants, unless somebody else made it. */
static int dissociate(struct gwc_deploy *deploy,
                      const struct lat_service_network_service_association_summary *unwanted,
                      struct gwc_model_error *ret_error)
{
    struct gwc_tags tags = {0};
    struct gwc_aws_error error;
    if (gwc_tagging_read(deploy->tagging, deploy->arena, unwanted->arn, &tags, &error) < 0) {
        if (deploy->log != NULL)
            lat_log_write(deploy->log, LAT_LOG_WARNING, "association %s is kept: %s", unwanted->arn,
                          error.text);
        return 0;
    }
    if (!lat_text_eq(gwc_tags_value(&tags, GWC_TAG_MANAGED_BY), deploy->config->managed_by))
        return 0;
    const struct lat_delete_service_network_service_association_request input = {
        .service_network_service_association_identifier = unwanted->arn};
    if (gwc_aws_call(deploy->aws, deploy->arena, LAT_OP_DELETE_SERVICE_NETWORK_SERVICE_ASSOCIATION,
                     &input, NULL, &error) == 0)
        return 0;
    if (gwc_aws_error_is(&error, "ConflictException"))
        return retry(deploy, ret_error);
    return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error.text);
}

static int apply(struct gwc_deploy *deploy,
                 const struct lat_service_network_service_association_summary *present,
                 size_t count, struct gwc_model_error *ret_error)
{
    const struct gwc_service *service = &deploy->stack->service;
    struct gwc_tags takeover = gwc_deploy_takeover_tags(deploy);
    for (size_t i = 0; i < service->service_network_count; i++)
        if (find(present, count, service->service_networks[i]) == NULL &&
            associate(deploy, service->service_networks[i], ret_error) < 0)
            return -1;
    for (size_t i = 0; i < service->service_network_count; i++) {
        const struct lat_service_network_service_association_summary *wanted =
            find(present, count, service->service_networks[i]);
        if (wanted != NULL && gwc_deploy_sync_tags(deploy, wanted->arn, &takeover, ret_error) < 0)
            return -1;
    }
    for (size_t i = 0; i < count; i++)
        if (!is_wanted(service, present[i].service_network_name) &&
            dissociate(deploy, &present[i], ret_error) < 0)
            return -1;
    return 0;
}

int gwc_deploy_associations(struct gwc_deploy *deploy, struct gwc_model_error *ret_error)
{
    const struct gwc_service *service = &deploy->stack->service;
    const struct lat_list_service_network_service_associations_request input = {
        .service_identifier = service->id};
    struct gwc_aws_error error;
    struct lat_list items;
    if (gwc_aws_list(deploy->aws, deploy->arena, LAT_OP_LIST_SERVICE_NETWORK_SERVICE_ASSOCIATIONS,
                     &input, &items, &error) < 0)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error.text);
    const struct lat_service_network_service_association_summary *present = items.items;
    for (size_t i = 0; i < items.count; i++)
        if (is_wanted(service, present[i].service_network_name) &&
            lat_text_eq(present[i].status,
                        LAT_SERVICE_NETWORK_SERVICE_ASSOCIATION_STATUS_DELETE_IN_PROGRESS))
            return retry(deploy, ret_error);
    return apply(deploy, present, items.count, ret_error);
}
