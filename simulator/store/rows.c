/* Where each column of the VPC Lattice tables lies in its struct; see rows.h. Data only. */
#include "simulator/store/rows.h"

#define TEXT(row, member)                                                                          \
    {                                                                                              \
#member, SIM_COLUMN_TEXT, offsetof(struct row, member)                                     \
    }
#define INT(row, member)                                                                           \
    {                                                                                              \
#member, SIM_COLUMN_INT, offsetof(struct row, member)                                      \
    }
#define OPTIONAL(row, member)                                                                      \
    {                                                                                              \
#member, SIM_COLUMN_OPTIONAL_INT, offsetof(struct row, member)                             \
    }
#define BOOL(row, member)                                                                          \
    {                                                                                              \
#member, SIM_COLUMN_BOOL, offsetof(struct row, member)                                     \
    }
#define KEY(row)                                                                                   \
    {                                                                                              \
        "seq", SIM_COLUMN_INT, offsetof(struct row, resource.seq)                                  \
    }

#define TABLE(row, table, below)                                                                   \
    const struct sim_table row##_table = {                                                         \
        .name = table,                                                                             \
        .base = below,                                                                             \
        .columns = row##_columns,                                                                  \
        .column_count = sizeof row##_columns / sizeof row##_columns[0],                            \
        .row_bytes = sizeof(struct row),                                                           \
    }

static const struct sim_column sim_resource_columns[] = {
    INT(sim_resource, seq),           TEXT(sim_resource, id),
    TEXT(sim_resource, arn),          TEXT(sim_resource, kind),
    TEXT(sim_resource, account),      TEXT(sim_resource, region),
    OPTIONAL(sim_resource, parent),   TEXT(sim_resource, name),
    TEXT(sim_resource, status),       OPTIONAL(sim_resource, due_ms),
    TEXT(sim_resource, failure_code), TEXT(sim_resource, failure_message),
    INT(sim_resource, created_ms),    INT(sim_resource, updated_ms),
};
TABLE(sim_resource, "resource", NULL);

static const struct sim_column sim_service_network_columns[] = {
    KEY(sim_service_network),
    TEXT(sim_service_network, auth_type),
    BOOL(sim_service_network, sharing_enabled),
};
TABLE(sim_service_network, "service_network", &sim_resource_table);

static const struct sim_column sim_service_columns[] = {
    KEY(sim_service),
    TEXT(sim_service, auth_type),
    TEXT(sim_service, custom_domain_name),
    TEXT(sim_service, certificate_arn),
    TEXT(sim_service, dns_name),
    TEXT(sim_service, hosted_zone_id),
};
TABLE(sim_service, "service", &sim_resource_table);

static const struct sim_column sim_service_association_columns[] = {
    KEY(sim_service_association),
    INT(sim_service_association, service),
    INT(sim_service_association, network),
    TEXT(sim_service_association, created_by),
};
TABLE(sim_service_association, "service_association", &sim_resource_table);

static const struct sim_column sim_vpc_association_columns[] = {
    KEY(sim_vpc_association),
    INT(sim_vpc_association, network),
    TEXT(sim_vpc_association, vpc_id),
    TEXT(sim_vpc_association, vpc_home),
    TEXT(sim_vpc_association, security_groups),
    BOOL(sim_vpc_association, private_dns_enabled),
    TEXT(sim_vpc_association, dns_options),
    TEXT(sim_vpc_association, created_by),
};
TABLE(sim_vpc_association, "vpc_association", &sim_resource_table);

static const struct sim_column sim_network_endpoint_columns[] = {
    INT(sim_network_endpoint, seq),        TEXT(sim_network_endpoint, id),
    INT(sim_network_endpoint, network),    TEXT(sim_network_endpoint, vpc_endpoint_id),
    TEXT(sim_network_endpoint, vpc_id),    TEXT(sim_network_endpoint, owner),
    INT(sim_network_endpoint, created_ms),
};
TABLE(sim_network_endpoint, "network_endpoint", NULL);

static const struct sim_column sim_resource_gateway_columns[] = {
    KEY(sim_resource_gateway),
    TEXT(sim_resource_gateway, vpc_id),
    TEXT(sim_resource_gateway, subnet_ids),
    TEXT(sim_resource_gateway, security_groups),
    TEXT(sim_resource_gateway, ip_address_type),
    INT(sim_resource_gateway, ipv4_addresses_per_eni),
    TEXT(sim_resource_gateway, dns_resolution),
};
TABLE(sim_resource_gateway, "resource_gateway", &sim_resource_table);

static const struct sim_column sim_domain_verification_columns[] = {
    KEY(sim_domain_verification),
    TEXT(sim_domain_verification, txt_name),
    TEXT(sim_domain_verification, txt_value),
    OPTIONAL(sim_domain_verification, last_verified_ms),
};
TABLE(sim_domain_verification, "domain_verification", &sim_resource_table);

static const struct sim_column sim_resource_configuration_columns[] = {
    KEY(sim_resource_configuration),
    TEXT(sim_resource_configuration, type),
    INT(sim_resource_configuration, gateway),
    OPTIONAL(sim_resource_configuration, config_group),
    OPTIONAL(sim_resource_configuration, domain_verification),
    TEXT(sim_resource_configuration, port_ranges),
    TEXT(sim_resource_configuration, protocol),
    TEXT(sim_resource_configuration, definition),
    BOOL(sim_resource_configuration, allow_shareable),
    TEXT(sim_resource_configuration, custom_domain_name),
    TEXT(sim_resource_configuration, group_domain),
};
TABLE(sim_resource_configuration, "resource_configuration", &sim_resource_table);

static const struct sim_column sim_resource_association_columns[] = {
    KEY(sim_resource_association),
    INT(sim_resource_association, configuration),
    INT(sim_resource_association, network),
    BOOL(sim_resource_association, private_dns_enabled),
    TEXT(sim_resource_association, created_by),
};
TABLE(sim_resource_association, "resource_association", &sim_resource_table);

static const struct sim_column sim_endpoint_association_columns[] = {
    KEY(sim_endpoint_association),
    INT(sim_endpoint_association, configuration),
    TEXT(sim_endpoint_association, vpc_endpoint_id),
    TEXT(sim_endpoint_association, owner),
    TEXT(sim_endpoint_association, created_by),
};
TABLE(sim_endpoint_association, "endpoint_association", &sim_resource_table);

static const struct sim_column sim_access_log_subscription_columns[] = {
    KEY(sim_access_log_subscription),
    INT(sim_access_log_subscription, source),
    TEXT(sim_access_log_subscription, destination_type),
    TEXT(sim_access_log_subscription, destination_arn),
    TEXT(sim_access_log_subscription, log_type),
};
TABLE(sim_access_log_subscription, "access_log_subscription", &sim_resource_table);

static const struct sim_column sim_policy_columns[] = {
    INT(sim_policy, resource),
    TEXT(sim_policy, policy),
    INT(sim_policy, created_ms),
    INT(sim_policy, updated_ms),
};
const struct sim_table sim_auth_policy_table = {
    .name = "auth_policy",
    .columns = sim_policy_columns,
    .column_count = LAT_COUNT(sim_policy_columns),
    .row_bytes = sizeof(struct sim_policy),
};
const struct sim_table sim_resource_policy_table = {
    .name = "resource_policy",
    .columns = sim_policy_columns,
    .column_count = LAT_COUNT(sim_policy_columns),
    .row_bytes = sizeof(struct sim_policy),
};

static const struct sim_column sim_target_group_columns[] = {
    KEY(sim_target_group),
    TEXT(sim_target_group, type),
    INT(sim_target_group, port),
    TEXT(sim_target_group, protocol),
    TEXT(sim_target_group, protocol_version),
    TEXT(sim_target_group, ip_address_type),
    TEXT(sim_target_group, vpc_id),
    TEXT(sim_target_group, lambda_version),
    TEXT(sim_target_group, health_check),
};
TABLE(sim_target_group, "target_group", &sim_resource_table);

static const struct sim_column sim_target_columns[] = {
    INT(sim_target, seq),      INT(sim_target, target_group),  TEXT(sim_target, target_id),
    INT(sim_target, port),     INT(sim_target, registered_ms), OPTIONAL(sim_target, drained_ms),
    TEXT(sim_target, health),  INT(sim_target, streak),        OPTIONAL(sim_target, judged_ms),
    BOOL(sim_target, failing),
};
TABLE(sim_target, "target", NULL);

static const struct sim_column sim_listener_columns[] = {
    KEY(sim_listener),
    INT(sim_listener, service),
    TEXT(sim_listener, protocol),
    INT(sim_listener, port),
};
TABLE(sim_listener, "listener", &sim_resource_table);

static const struct sim_column sim_rule_columns[] = {
    KEY(sim_rule),
    INT(sim_rule, service),
    INT(sim_rule, listener),
    BOOL(sim_rule, is_default),
    INT(sim_rule, priority),
    TEXT(sim_rule, match),
    INT(sim_rule, fixed_status),
};
TABLE(sim_rule, "rule", &sim_resource_table);

static const struct sim_column sim_rule_forward_columns[] = {
    INT(sim_rule_forward, seq),          INT(sim_rule_forward, rule),
    INT(sim_rule_forward, service),      INT(sim_rule_forward, position),
    INT(sim_rule_forward, target_group), TEXT(sim_rule_forward, identifier),
    INT(sim_rule_forward, weight),       INT(sim_rule_forward, used_ms),
};
TABLE(sim_rule_forward, "rule_forward", NULL);

static const struct sim_column sim_tag_columns[] = {
    {"rowid", SIM_COLUMN_INT, offsetof(struct sim_tag, seq)},
    INT(sim_tag, resource),
    TEXT(sim_tag, key),
    TEXT(sim_tag, value),
};
TABLE(sim_tag, "tag", NULL);

static const struct sim_column sim_share_columns[] = {
    INT(sim_share, seq),
    INT(sim_share, resource),
    TEXT(sim_share, account),
    OPTIONAL(sim_share, ended_ms),
};
TABLE(sim_share, "share", NULL);

static const struct sim_column sim_tag_past_columns[] = {
    INT(sim_tag_past, seq),    INT(sim_tag_past, resource), TEXT(sim_tag_past, key),
    TEXT(sim_tag_past, value), INT(sim_tag_past, until_ms),
};
TABLE(sim_tag_past, "tag_past", NULL);
