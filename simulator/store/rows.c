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
    INT(sim_target, seq),  INT(sim_target, target_group),  TEXT(sim_target, target_id),
    INT(sim_target, port), INT(sim_target, registered_ms), OPTIONAL(sim_target, drained_ms),
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
    INT(sim_rule_forward, weight),
};
TABLE(sim_rule_forward, "rule_forward", NULL);

static const struct sim_column sim_tag_columns[] = {
    {"rowid", SIM_COLUMN_INT, offsetof(struct sim_tag, seq)},
    INT(sim_tag, resource),
    TEXT(sim_tag, key),
    TEXT(sim_tag, value),
};
TABLE(sim_tag, "tag", NULL);
