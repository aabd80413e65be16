/* The rows of the VPC Lattice tables as structs, and their tables. Comments on meaning stand in
 * schema/lattice.sql; a struct that extends sim_resource begins with it. Texts live in an arena. */
#pragma once

#include "simulator/store/store.h"

struct sim_resource {
    int64_t seq;
    const char *id;
    const char *arn;
    const char *kind;
    const char *account;
    const char *region;
    int64_t parent; /* 0: none */
    const char *name;
    const char *status;
    int64_t due_ms; /* 0: none */
    const char *failure_code;
    const char *failure_message;
    int64_t created_ms;
    int64_t updated_ms;
};

struct sim_service_network {
    struct sim_resource resource;
    const char *auth_type;
    bool sharing_enabled;
};

struct sim_service {
    struct sim_resource resource;
    const char *auth_type;
    const char *custom_domain_name;
    const char *certificate_arn;
    const char *dns_name;
    const char *hosted_zone_id;
};

struct sim_service_association {
    struct sim_resource resource;
    int64_t service;
    int64_t network;
    const char *created_by;
};

struct sim_vpc_association {
    struct sim_resource resource;
    int64_t network;
    const char *vpc_id;
    const char *vpc_home;
    const char *security_groups;
    bool private_dns_enabled;
    const char *dns_options;
    const char *created_by;
};

struct sim_network_endpoint {
    int64_t seq;
    const char *id;
    int64_t network;
    const char *vpc_endpoint_id;
    const char *vpc_id;
    const char *owner;
    int64_t created_ms;
};

struct sim_resource_gateway {
    struct sim_resource resource;
    const char *vpc_id;
    const char *subnet_ids;
    const char *security_groups;
    const char *ip_address_type;
    int64_t ipv4_addresses_per_eni;
    const char *dns_resolution;
};

struct sim_domain_verification {
    struct sim_resource resource;
    const char *txt_name;
    const char *txt_value;
    int64_t last_verified_ms; /* 0: never */
};

struct sim_resource_configuration {
    struct sim_resource resource;
    const char *type;
    int64_t gateway;
    int64_t config_group;        /* 0: none */
    int64_t domain_verification; /* 0: none */
    const char *port_ranges;
    const char *protocol;
    const char *definition;
    bool allow_shareable;
    const char *custom_domain_name;
    const char *group_domain;
};

struct sim_resource_association {
    struct sim_resource resource;
    int64_t configuration;
    int64_t network;
    bool private_dns_enabled;
    const char *created_by;
};

struct sim_endpoint_association {
    struct sim_resource resource;
    int64_t configuration;
    const char *vpc_endpoint_id;
    const char *owner;
    const char *created_by;
};

struct sim_access_log_subscription {
    struct sim_resource resource;
    int64_t source;
    const char *destination_type;
    const char *destination_arn;
    const char *log_type;
};

/* A row of auth_policy or of resource_policy. */
struct sim_policy {
    int64_t resource;
    const char *policy;
    int64_t created_ms;
    int64_t updated_ms;
};

struct sim_target_group {
    struct sim_resource resource;
    const char *type;
    int64_t port;
    const char *protocol;
    const char *protocol_version;
    const char *ip_address_type;
    const char *vpc_id;
    const char *lambda_version;
    const char *health_check;
};

struct sim_target {
    int64_t seq;
    int64_t target_group;
    const char *target_id;
    int64_t port;
    int64_t registered_ms;
    int64_t drained_ms; /* 0: not draining */
    const char *health; /* NULL: the first checks run */
    int64_t streak;
    int64_t judged_ms; /* 0: never */
    bool failing;
};

struct sim_listener {
    struct sim_resource resource;
    int64_t service;
    const char *protocol;
    int64_t port;
};

struct sim_rule {
    struct sim_resource resource;
    int64_t service;
    int64_t listener;
    bool is_default;
    int64_t priority;
    const char *match;
    int64_t fixed_status;
};

struct sim_rule_forward {
    int64_t seq;
    int64_t rule;
    int64_t service;
    int64_t position;
    int64_t target_group;
    const char *identifier;
    int64_t weight;
    int64_t used_ms;
};

struct sim_tag {
    int64_t seq; /* SQLite's own row id */
    int64_t resource;
    const char *key;
    const char *value;
};

struct sim_tag_past {
    int64_t seq;
    int64_t resource;
    const char *key;
    const char *value; /* NULL: there was none */
    int64_t until_ms;
};

struct sim_share {
    int64_t seq;
    int64_t resource;
    const char *account;
    int64_t ended_ms; /* 0: it holds */
};

extern const struct sim_table sim_resource_table;
extern const struct sim_table sim_service_network_table;
extern const struct sim_table sim_service_table;
extern const struct sim_table sim_service_association_table;
extern const struct sim_table sim_vpc_association_table;
extern const struct sim_table sim_network_endpoint_table;
extern const struct sim_table sim_resource_gateway_table;
extern const struct sim_table sim_domain_verification_table;
extern const struct sim_table sim_resource_configuration_table;
extern const struct sim_table sim_resource_association_table;
extern const struct sim_table sim_endpoint_association_table;
extern const struct sim_table sim_access_log_subscription_table;
extern const struct sim_table sim_auth_policy_table;
extern const struct sim_table sim_resource_policy_table;
extern const struct sim_table sim_target_group_table;
extern const struct sim_table sim_target_table;
extern const struct sim_table sim_listener_table;
extern const struct sim_table sim_rule_table;
extern const struct sim_table sim_rule_forward_table;
extern const struct sim_table sim_tag_table;
extern const struct sim_table sim_tag_past_table;
extern const struct sim_table sim_share_table;
