/* The meaning of the VPC Lattice operations, one handler each: what exists, what conflicts, what
 * changes. input and output are the operation's generated structs; decoding, constraints, paging of
 * the wire and encoding happen elsewhere. Sources of the rules: lattice-api reference, by section,
 * at each handler. */
#pragma once

#include "simulator/engine/call.h"

typedef int sim_handler(struct sim_call *call, const void *input, void *output);

/* By operation; every one has a meaning (a test holds it). */
extern sim_handler *const sim_lattice_handlers[LAT_OP_COUNT];

sim_handler sim_create_service;
sim_handler sim_get_service;
sim_handler sim_list_services;
sim_handler sim_update_service;
sim_handler sim_delete_service;

sim_handler sim_create_service_network;
sim_handler sim_get_service_network;
sim_handler sim_list_service_networks;
sim_handler sim_update_service_network;
sim_handler sim_delete_service_network;

sim_handler sim_create_service_association;
sim_handler sim_get_service_association;
sim_handler sim_list_service_associations;
sim_handler sim_delete_service_association;

sim_handler sim_create_vpc_association;
sim_handler sim_get_vpc_association;
sim_handler sim_list_vpc_associations;
sim_handler sim_update_vpc_association;
sim_handler sim_delete_vpc_association;

sim_handler sim_create_listener;
sim_handler sim_get_listener;
sim_handler sim_list_listeners;
sim_handler sim_update_listener;
sim_handler sim_delete_listener;

sim_handler sim_create_rule;
sim_handler sim_get_rule;
sim_handler sim_list_rules;
sim_handler sim_update_rule;
sim_handler sim_batch_update_rule;
sim_handler sim_delete_rule;

sim_handler sim_create_target_group;
sim_handler sim_get_target_group;
sim_handler sim_list_target_groups;
sim_handler sim_update_target_group;
sim_handler sim_delete_target_group;

sim_handler sim_register_targets;
sim_handler sim_deregister_targets;
sim_handler sim_list_targets;

sim_handler sim_create_resource_association;
sim_handler sim_get_resource_association;
sim_handler sim_list_resource_associations;
sim_handler sim_delete_resource_association;

sim_handler sim_list_network_endpoints;
sim_handler sim_list_resource_endpoints;
sim_handler sim_delete_resource_endpoint;

sim_handler sim_create_resource_gateway;
sim_handler sim_get_resource_gateway;
sim_handler sim_list_resource_gateways;
sim_handler sim_update_resource_gateway;
sim_handler sim_delete_resource_gateway;

sim_handler sim_create_resource_configuration;
sim_handler sim_get_resource_configuration;
sim_handler sim_list_resource_configurations;
sim_handler sim_update_resource_configuration;
sim_handler sim_delete_resource_configuration;

sim_handler sim_start_domain_verification;
sim_handler sim_get_domain_verification;
sim_handler sim_list_domain_verifications;
sim_handler sim_delete_domain_verification;

sim_handler sim_put_auth_policy;
sim_handler sim_get_auth_policy;
sim_handler sim_delete_auth_policy;

sim_handler sim_put_resource_policy;
sim_handler sim_get_resource_policy;
sim_handler sim_delete_resource_policy;

sim_handler sim_create_access_log_subscription;
sim_handler sim_get_access_log_subscription;
sim_handler sim_list_access_log_subscriptions;
sim_handler sim_update_access_log_subscription;
sim_handler sim_delete_access_log_subscription;

sim_handler sim_tag_resource;
sim_handler sim_untag_resource;
sim_handler sim_list_tags_for_resource;
