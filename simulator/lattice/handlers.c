/* Which handler gives an operation its meaning; see handlers.h. Data only. */
#include "simulator/lattice/handlers.h"

sim_handler *const sim_lattice_handlers[LAT_OP_COUNT] = {
    [LAT_OP_CREATE_SERVICE] = sim_create_service,
    [LAT_OP_GET_SERVICE] = sim_get_service,
    [LAT_OP_LIST_SERVICES] = sim_list_services,
    [LAT_OP_UPDATE_SERVICE] = sim_update_service,
    [LAT_OP_DELETE_SERVICE] = sim_delete_service,

    [LAT_OP_CREATE_SERVICE_NETWORK] = sim_create_service_network,
    [LAT_OP_GET_SERVICE_NETWORK] = sim_get_service_network,
    [LAT_OP_LIST_SERVICE_NETWORKS] = sim_list_service_networks,
    [LAT_OP_UPDATE_SERVICE_NETWORK] = sim_update_service_network,
    [LAT_OP_DELETE_SERVICE_NETWORK] = sim_delete_service_network,

    [LAT_OP_CREATE_SERVICE_NETWORK_SERVICE_ASSOCIATION] = sim_create_service_association,
    [LAT_OP_GET_SERVICE_NETWORK_SERVICE_ASSOCIATION] = sim_get_service_association,
    [LAT_OP_LIST_SERVICE_NETWORK_SERVICE_ASSOCIATIONS] = sim_list_service_associations,
    [LAT_OP_DELETE_SERVICE_NETWORK_SERVICE_ASSOCIATION] = sim_delete_service_association,

    [LAT_OP_CREATE_SERVICE_NETWORK_VPC_ASSOCIATION] = sim_create_vpc_association,
    [LAT_OP_GET_SERVICE_NETWORK_VPC_ASSOCIATION] = sim_get_vpc_association,
    [LAT_OP_LIST_SERVICE_NETWORK_VPC_ASSOCIATIONS] = sim_list_vpc_associations,
    [LAT_OP_UPDATE_SERVICE_NETWORK_VPC_ASSOCIATION] = sim_update_vpc_association,
    [LAT_OP_DELETE_SERVICE_NETWORK_VPC_ASSOCIATION] = sim_delete_vpc_association,

    [LAT_OP_CREATE_LISTENER] = sim_create_listener,
    [LAT_OP_GET_LISTENER] = sim_get_listener,
    [LAT_OP_LIST_LISTENERS] = sim_list_listeners,
    [LAT_OP_UPDATE_LISTENER] = sim_update_listener,
    [LAT_OP_DELETE_LISTENER] = sim_delete_listener,

    [LAT_OP_CREATE_RULE] = sim_create_rule,
    [LAT_OP_GET_RULE] = sim_get_rule,
    [LAT_OP_LIST_RULES] = sim_list_rules,
    [LAT_OP_UPDATE_RULE] = sim_update_rule,
    [LAT_OP_BATCH_UPDATE_RULE] = sim_batch_update_rule,
    [LAT_OP_DELETE_RULE] = sim_delete_rule,

    [LAT_OP_CREATE_TARGET_GROUP] = sim_create_target_group,
    [LAT_OP_GET_TARGET_GROUP] = sim_get_target_group,
    [LAT_OP_LIST_TARGET_GROUPS] = sim_list_target_groups,
    [LAT_OP_UPDATE_TARGET_GROUP] = sim_update_target_group,
    [LAT_OP_DELETE_TARGET_GROUP] = sim_delete_target_group,

    [LAT_OP_REGISTER_TARGETS] = sim_register_targets,
    [LAT_OP_DEREGISTER_TARGETS] = sim_deregister_targets,
    [LAT_OP_LIST_TARGETS] = sim_list_targets,

    [LAT_OP_CREATE_SERVICE_NETWORK_RESOURCE_ASSOCIATION] = sim_create_resource_association,
    [LAT_OP_GET_SERVICE_NETWORK_RESOURCE_ASSOCIATION] = sim_get_resource_association,
    [LAT_OP_LIST_SERVICE_NETWORK_RESOURCE_ASSOCIATIONS] = sim_list_resource_associations,
    [LAT_OP_DELETE_SERVICE_NETWORK_RESOURCE_ASSOCIATION] = sim_delete_resource_association,

    [LAT_OP_LIST_SERVICE_NETWORK_VPC_ENDPOINT_ASSOCIATIONS] = sim_list_network_endpoints,
    [LAT_OP_LIST_RESOURCE_ENDPOINT_ASSOCIATIONS] = sim_list_resource_endpoints,
    [LAT_OP_DELETE_RESOURCE_ENDPOINT_ASSOCIATION] = sim_delete_resource_endpoint,

    [LAT_OP_CREATE_RESOURCE_GATEWAY] = sim_create_resource_gateway,
    [LAT_OP_GET_RESOURCE_GATEWAY] = sim_get_resource_gateway,
    [LAT_OP_LIST_RESOURCE_GATEWAYS] = sim_list_resource_gateways,
    [LAT_OP_UPDATE_RESOURCE_GATEWAY] = sim_update_resource_gateway,
    [LAT_OP_DELETE_RESOURCE_GATEWAY] = sim_delete_resource_gateway,

    [LAT_OP_CREATE_RESOURCE_CONFIGURATION] = sim_create_resource_configuration,
    [LAT_OP_GET_RESOURCE_CONFIGURATION] = sim_get_resource_configuration,
    [LAT_OP_LIST_RESOURCE_CONFIGURATIONS] = sim_list_resource_configurations,
    [LAT_OP_UPDATE_RESOURCE_CONFIGURATION] = sim_update_resource_configuration,
    [LAT_OP_DELETE_RESOURCE_CONFIGURATION] = sim_delete_resource_configuration,

    [LAT_OP_START_DOMAIN_VERIFICATION] = sim_start_domain_verification,
    [LAT_OP_GET_DOMAIN_VERIFICATION] = sim_get_domain_verification,
    [LAT_OP_LIST_DOMAIN_VERIFICATIONS] = sim_list_domain_verifications,
    [LAT_OP_DELETE_DOMAIN_VERIFICATION] = sim_delete_domain_verification,

    [LAT_OP_PUT_AUTH_POLICY] = sim_put_auth_policy,
    [LAT_OP_GET_AUTH_POLICY] = sim_get_auth_policy,
    [LAT_OP_DELETE_AUTH_POLICY] = sim_delete_auth_policy,

    [LAT_OP_PUT_RESOURCE_POLICY] = sim_put_resource_policy,
    [LAT_OP_GET_RESOURCE_POLICY] = sim_get_resource_policy,
    [LAT_OP_DELETE_RESOURCE_POLICY] = sim_delete_resource_policy,

    [LAT_OP_CREATE_ACCESS_LOG_SUBSCRIPTION] = sim_create_access_log_subscription,
    [LAT_OP_GET_ACCESS_LOG_SUBSCRIPTION] = sim_get_access_log_subscription,
    [LAT_OP_LIST_ACCESS_LOG_SUBSCRIPTIONS] = sim_list_access_log_subscriptions,
    [LAT_OP_UPDATE_ACCESS_LOG_SUBSCRIPTION] = sim_update_access_log_subscription,
    [LAT_OP_DELETE_ACCESS_LOG_SUBSCRIPTION] = sim_delete_access_log_subscription,

    [LAT_OP_TAG_RESOURCE] = sim_tag_resource,
    [LAT_OP_UNTAG_RESOURCE] = sim_untag_resource,
    [LAT_OP_LIST_TAGS_FOR_RESOURCE] = sim_list_tags_for_resource,
};
