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
};

struct sim_tag {
    int64_t seq; /* SQLite's own row id */
    int64_t resource;
    const char *key;
    const char *value;
};

extern const struct sim_table sim_resource_table;
extern const struct sim_table sim_service_network_table;
extern const struct sim_table sim_service_table;
extern const struct sim_table sim_service_association_table;
extern const struct sim_table sim_vpc_association_table;
extern const struct sim_table sim_target_group_table;
extern const struct sim_table sim_target_table;
extern const struct sim_table sim_listener_table;
extern const struct sim_table sim_rule_table;
extern const struct sim_table sim_rule_forward_table;
extern const struct sim_table sim_tag_table;
