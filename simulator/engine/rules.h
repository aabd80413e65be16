/* Every rule by which the fake AWS APIs refuse a call: the exception, the text and the source of
 * the rule, as data. Handlers name a rule; they never type a status or a message. */
#pragma once

#include "common/aws/lattice_model.h"

enum sim_source {
    SIM_SOURCE_MODEL,      /* the published API model */
    SIM_SOURCE_DOCUMENTED, /* guides and references */
    SIM_SOURCE_OBSERVED,   /* seen in clients, tests and answers of the real service */
    SIM_SOURCE_CHOSEN,     /* a guess; it has a row in docs/divergence.md */
    SIM_SOURCE_COUNT
};

enum sim_rule_id {
    SIM_RULE_NONE,
    SIM_RULE_NOT_FOUND,
    SIM_RULE_NAME_TAKEN,
    SIM_RULE_ASSOCIATION_EXISTS,
    SIM_RULE_VPC_ASSOCIATED,
    SIM_RULE_DISASSOCIATION_IN_PROGRESS,
    SIM_RULE_CUSTOM_DOMAIN_TAKEN,
    SIM_RULE_LISTENER_PORT_TAKEN,
    SIM_RULE_PRIORITY_TAKEN,
    SIM_RULE_WRONG_STATUS,
    SIM_RULE_CREATION_IN_PROGRESS,
    SIM_RULE_SERVICE_ASSOCIATED,
    SIM_RULE_NETWORK_HAS_SERVICES,
    SIM_RULE_NETWORK_HAS_VPCS,
    SIM_RULE_NETWORK_HAS_RESOURCES,
    SIM_RULE_NETWORK_HAS_ENDPOINTS,
    SIM_RULE_GATEWAY_IN_USE,
    SIM_RULE_CONFIGURATION_ASSOCIATED,
    SIM_RULE_CONFIGURATION_HAS_CHILDREN,
    SIM_RULE_DEFINITION_FIXED,
    SIM_RULE_NOT_A_GROUP,
    SIM_RULE_OUTSIDE_GROUP_DOMAIN,
    SIM_RULE_PRIVATE_ADDRESS,
    SIM_RULE_PORT_RANGE,
    SIM_RULE_MEMBER_REQUIRED,
    SIM_RULE_MEMBER_NOT_ALLOWED,
    SIM_RULE_DOMAIN_VERIFICATION_IN_USE,
    SIM_RULE_LOG_DESTINATION,
    SIM_RULE_LOG_DESTINATION_MISSING,
    SIM_RULE_LOG_SUBSCRIPTION_EXISTS,
    SIM_RULE_LOG_DESTINATION_TYPE_FIXED,
    SIM_RULE_POLICY_NOT_JSON,
    SIM_RULE_POLICY_TOO_LONG,
    SIM_RULE_NO_AUTH_POLICY,
    SIM_RULE_ENDPOINT_EXISTS,
    SIM_RULE_TARGET_GROUP_IN_USE,
    SIM_RULE_TARGET_GROUP_DRAINING,
    SIM_RULE_TARGET_GROUP_HAS_ONE_SERVICE,
    SIM_RULE_TOKEN_REUSED,
    SIM_RULE_QUOTA,
    SIM_RULE_DEFAULT_RULE,
    SIM_RULE_FIXED_RESPONSE_CODE,
    SIM_RULE_TLS_NEEDS_CUSTOM_DOMAIN,
    SIM_RULE_TLS_NEEDS_FORWARD,
    SIM_RULE_TLS_HAS_NO_RULES,
    SIM_RULE_PROTOCOL_MISMATCH,
    SIM_RULE_CONFIG_REQUIRED,
    SIM_RULE_CONFIG_NOT_ALLOWED,
    SIM_RULE_HEALTH_CHECK_NOT_ALLOWED,
    SIM_RULE_HEALTH_CHECK_RANGE,
    SIM_RULE_HEALTH_CHECK_INCOMPLETE,
    SIM_RULE_HEALTH_CHECK_PROTOCOL,
    SIM_RULE_FILTER_REQUIRED,
    SIM_RULE_PAGE_TOKEN,
    SIM_RULE_TOO_MANY_TAGS,
    SIM_RULE_RESERVED_TAG,
    SIM_RULE_TAG_CHARACTERS,
    SIM_RULE_NOT_AN_ARN,
    SIM_RULE_ACCESS_DENIED,
    SIM_RULE_OUTSIDE_MISSING,
    SIM_RULE_OUTSIDE_DENIED,
    SIM_RULE_FAULT,
    SIM_RULE_THROTTLED,
    SIM_RULE_COUNT
};

struct sim_rule_text {
    const char *name; /* "name_taken": in explain records and docs */
    enum lat_error_id error;
    const char *reason; /* ValidationException.reason; NULL for other exceptions */
    enum sim_source source;
    const char *message; /* with {kind} {id} {name} {account} {status} {detail} */
};

extern const struct sim_rule_text sim_rule_texts[SIM_RULE_COUNT];
extern const char *const sim_source_names[SIM_SOURCE_COUNT];
