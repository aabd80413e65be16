/* The rows of the services beside VPC Lattice as structs, and their tables. Comments on meaning
 * stand in schema/side.sql. Texts live in an arena. */
#pragma once

#include "simulator/store/store.h"

struct sim_certificate {
    int64_t seq;
    const char *arn;
    const char *account;
    const char *region;
    const char *domain_name;
    const char *alternatives; /* JSON array */
    const char *status;
    const char *type;
    const char *key_algorithm;
    const char *tags; /* JSON object */
    const char *serial;
    int64_t created_ms;
    int64_t not_after_ms;
};

struct sim_vpc {
    int64_t seq;
    const char *account;
    const char *region;
    const char *vpc_id;
    const char *cidr_block;
    bool is_default;
};

struct sim_outside {
    int64_t seq;
    const char *account;
    const char *region;
    const char *kind;
    const char *reference;
    const char *state;
};

struct sim_ec2_tag {
    int64_t seq;
    const char *account;
    const char *region;
    const char *resource_id;
    const char *resource_type;
    const char *key;
    const char *value;
};

struct sim_quota_request {
    int64_t seq;
    const char *id;
    const char *account;
    const char *region;
    const char *code;
    int64_t value;
    const char *status;
    const char *requester;
    int64_t created_ms;
    int64_t updated_ms;
};

struct sim_metadata_token {
    int64_t seq;
    const char *token;
    int64_t expires_ms;
};

extern const struct sim_table sim_certificate_table;
extern const struct sim_table sim_vpc_table;
extern const struct sim_table sim_outside_table;
extern const struct sim_table sim_ec2_tag_table;
extern const struct sim_table sim_quota_request_table;
extern const struct sim_table sim_metadata_token_table;
