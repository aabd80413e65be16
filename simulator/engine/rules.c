/* The texts and sources of all refusal rules; see rules.h. Data only.
 * Where a text is quoted from the real service its source is observed; texts of our own are chosen.
 */
#include "simulator/engine/rules.h"

#define CONFLICT   LAT_ERROR_CONFLICT_EXCEPTION
#define NOT_FOUND  LAT_ERROR_RESOURCE_NOT_FOUND_EXCEPTION
#define QUOTA      LAT_ERROR_SERVICE_QUOTA_EXCEEDED_EXCEPTION
#define VALIDATION LAT_ERROR_VALIDATION_EXCEPTION

#define OBSERVED   SIM_SOURCE_OBSERVED
#define DOCUMENTED SIM_SOURCE_DOCUMENTED
#define CHOSEN     SIM_SOURCE_CHOSEN

#define FIELD "fieldValidationFailed"
#define OTHER "other"

const char *const sim_source_names[SIM_SOURCE_COUNT] = {"model", "documented", "observed",
                                                        "chosen"};

const struct sim_rule_text sim_rule_texts[SIM_RULE_COUNT] = {
    [SIM_RULE_NOT_FOUND] = {"not_found", NOT_FOUND, NULL, CHOSEN, "{kind} {id} not found"},
    [SIM_RULE_NAME_TAKEN] =
        {"name_taken", CONFLICT, NULL, OBSERVED,
         "Resource of type {kind} with name {name} already exists in {account}"},
    [SIM_RULE_ASSOCIATION_EXISTS] = {"association_exists", CONFLICT, NULL, OBSERVED,
                                     "Association already exists."},
    [SIM_RULE_VPC_ASSOCIATED] = {"vpc_associated", CONFLICT, NULL, DOCUMENTED,
                                 "VPC {name} is already associated with a service network"},
    [SIM_RULE_DISASSOCIATION_IN_PROGRESS] = {"disassociation_in_progress", CONFLICT, NULL,
                                             DOCUMENTED,
                                             "The service network already has a disassociation in "
                                             "progress"},
    [SIM_RULE_CUSTOM_DOMAIN_TAKEN] = {"custom_domain_taken", CONFLICT, NULL, DOCUMENTED,
                                      "A service with custom domain name {name} is already "
                                      "associated with ServiceNetwork {id}"},
    [SIM_RULE_LISTENER_PORT_TAKEN] = {"listener_port_taken", CONFLICT, NULL, DOCUMENTED,
                                      "Listener with port {detail} already exists in service {id}"},
    [SIM_RULE_PRIORITY_TAKEN] = {"priority_taken", CONFLICT, NULL, CHOSEN,
                                 "Rule with priority {detail} already exists in listener {id}"},
    [SIM_RULE_WRONG_STATUS] = {"wrong_status", CONFLICT, NULL, OBSERVED,
                               "Invalid resource status for this operation, resource id {id}, "
                               "status: {status}."},
    [SIM_RULE_CREATION_IN_PROGRESS] = {"creation_in_progress", CONFLICT, NULL, OBSERVED,
                                       "Creation is in progress."},
    [SIM_RULE_SERVICE_ASSOCIATED] = {"service_associated", CONFLICT, NULL, OBSERVED,
                                     "Service {id} has one or more associated service networks."},
    [SIM_RULE_NETWORK_HAS_SERVICES] = {"network_has_services", CONFLICT, NULL, CHOSEN,
                                       "ServiceNetwork {id} has service(s) associated"},
    [SIM_RULE_NETWORK_HAS_VPCS] = {"network_has_vpcs", CONFLICT, NULL, OBSERVED,
                                   "ServiceNetwork {id} has VPC(s) associated"},
    [SIM_RULE_NETWORK_HAS_RESOURCES] = {"network_has_resources", CONFLICT, NULL, OBSERVED,
                                        "ServiceNetwork {id} has resource(s) associated."},
    [SIM_RULE_NETWORK_HAS_ENDPOINTS] = {"network_has_endpoints", CONFLICT, NULL, CHOSEN,
                                        "ServiceNetwork {id} has VPC endpoint(s) associated"},
    [SIM_RULE_GATEWAY_IN_USE] =
        {"gateway_in_use", CONFLICT, NULL, DOCUMENTED,
         "ResourceGateway {id} is in use by one or more resource configurations"},
    [SIM_RULE_CONFIGURATION_ASSOCIATED] = {"configuration_associated", VALIDATION, OTHER, OBSERVED,
                                           "ResourceConfiguration {id} has existing association "
                                           "with service networks or VPC endpoints"},
    [SIM_RULE_CONFIGURATION_HAS_CHILDREN] =
        {"configuration_has_children", CONFLICT, NULL, CHOSEN,
         "ResourceConfiguration {id} has child resource configurations"},
    [SIM_RULE_DEFINITION_FIXED] = {"definition_fixed", VALIDATION, OTHER, OBSERVED,
                                   "cannot modify resource configuration DNS or ARN"},
    [SIM_RULE_NOT_A_GROUP] = {"not_a_group", VALIDATION, FIELD, DOCUMENTED,
                              "ResourceConfiguration {id} is not of type GROUP"},
    [SIM_RULE_OUTSIDE_GROUP_DOMAIN] = {"outside_group_domain", VALIDATION, FIELD, DOCUMENTED,
                                       "must be a subdomain of the group domain {name}"},
    [SIM_RULE_PRIVATE_ADDRESS] = {"private_address", VALIDATION, FIELD, DOCUMENTED,
                                  "must be an IP address, an IPv4 one from 10.0.0.0/8, "
                                  "100.64.0.0/10, 172.16.0.0/12 or 192.168.0.0/16"},
    [SIM_RULE_PORT_RANGE] = {"port_range", VALIDATION, FIELD, CHOSEN,
                             "must be a port, or a range of ports, from 1 to 65535: {name}"},
    [SIM_RULE_MEMBER_REQUIRED] = {"member_required", VALIDATION, FIELD, DOCUMENTED,
                                  "is required for {name}"},
    [SIM_RULE_MEMBER_NOT_ALLOWED] = {"member_not_allowed", VALIDATION, FIELD, DOCUMENTED,
                                     "is not allowed for {name}"},
    [SIM_RULE_DOMAIN_VERIFICATION_IN_USE] =
        {"domain_verification_in_use", VALIDATION, OTHER, CHOSEN,
         "DomainVerification {id} is in use by one or more resource configurations"},
    [SIM_RULE_LOG_DESTINATION] = {"log_destination", VALIDATION, FIELD, CHOSEN,
                                  "must be the ARN of a log group, a delivery stream or a bucket"},
    [SIM_RULE_LOG_DESTINATION_MISSING] = {"log_destination_missing", NOT_FOUND, NULL, OBSERVED,
                                          "{name} {id} does not exist"},
    [SIM_RULE_LOG_SUBSCRIPTION_EXISTS] =
        {"log_subscription_exists", CONFLICT, NULL, OBSERVED,
         "{name} already has an access log subscription with a destination of type {detail}"},
    [SIM_RULE_LOG_DESTINATION_TYPE_FIXED] = {"log_destination_type_fixed", CONFLICT, NULL, OBSERVED,
                                             "AccessLogSubscription {id} has a destination of type "
                                             "{name}; the type can't be changed to {detail}"},
    [SIM_RULE_POLICY_NOT_JSON] = {"policy_not_json", VALIDATION, FIELD, DOCUMENTED,
                                  "must be a JSON object"},
    [SIM_RULE_POLICY_TOO_LONG] = {"policy_too_long", VALIDATION, FIELD, DOCUMENTED,
                                  "must have at most {detail} bytes"},
    [SIM_RULE_NO_AUTH_POLICY] = {"no_auth_policy", VALIDATION, OTHER, DOCUMENTED,
                                 "Auth policies do not apply to resource configurations: {id}"},
    [SIM_RULE_ENDPOINT_EXISTS] = {"endpoint_exists", CONFLICT, NULL, CHOSEN,
                                  "VPC endpoint {name} already has an association"},
    [SIM_RULE_TARGET_GROUP_IN_USE] = {"target_group_in_use", CONFLICT, NULL, CHOSEN,
                                      "TargetGroup {id} is in use by one or more services"},
    [SIM_RULE_TARGET_GROUP_DRAINING] = {"target_group_draining", CONFLICT, NULL, OBSERVED,
                                        "TargetGroup {id} has targets that are still draining"},
    [SIM_RULE_TARGET_GROUP_HAS_ONE_SERVICE] = {"target_group_has_one_service", CONFLICT, NULL,
                                               OBSERVED,
                                               "TargetGroup {id} has been associated with other "
                                               "services"},
    [SIM_RULE_TOKEN_REUSED] = {"token_reused", CONFLICT, NULL, CHOSEN,
                               "The client token {name} was used before with other parameters"},
    [SIM_RULE_QUOTA] = {"quota", QUOTA, NULL, DOCUMENTED, "{name} limit exceeded ({detail})"},
    [SIM_RULE_DEFAULT_RULE] = {"default_rule", VALIDATION, OTHER, CHOSEN,
                               "Default rule can't be modified or deleted"},
    [SIM_RULE_FIXED_RESPONSE_CODE] = {"fixed_response_code", VALIDATION, FIELD, DOCUMENTED,
                                      "statusCode must be 404 or 500"},
    [SIM_RULE_TLS_NEEDS_CUSTOM_DOMAIN] =
        {"tls_needs_custom_domain", VALIDATION, OTHER, DOCUMENTED,
         "A TLS_PASSTHROUGH listener needs a service with a custom "
         "domain name; Service {id} has none"},
    [SIM_RULE_TLS_NEEDS_FORWARD] = {"tls_needs_forward", VALIDATION, OTHER, DOCUMENTED,
                                    "The default action of a TLS_PASSTHROUGH listener must forward "
                                    "to target groups"},
    [SIM_RULE_TLS_HAS_NO_RULES] = {"tls_has_no_rules", VALIDATION, OTHER, DOCUMENTED,
                                   "A TLS_PASSTHROUGH listener takes no rules"},
    [SIM_RULE_PROTOCOL_MISMATCH] = {"protocol_mismatch", VALIDATION, OTHER, DOCUMENTED,
                                    "TargetGroup {id} with protocol {name} can't be used by a "
                                    "listener with protocol {detail}"},
    [SIM_RULE_CONFIG_REQUIRED] = {"config_required", VALIDATION, FIELD, OBSERVED,
                                  "is required for target groups of type {name}"},
    [SIM_RULE_CONFIG_NOT_ALLOWED] = {"config_not_allowed", VALIDATION, FIELD, DOCUMENTED,
                                     "is not allowed for target groups of type or protocol {name}"},
    [SIM_RULE_HEALTH_CHECK_NOT_ALLOWED] = {"health_check_not_allowed", VALIDATION, FIELD,
                                           DOCUMENTED,
                                           "Health checks are not supported for target groups of "
                                           "type {name}"},
    [SIM_RULE_HEALTH_CHECK_RANGE] = {"health_check_range", VALIDATION, FIELD, DOCUMENTED,
                                     "must be from {name}"},
    [SIM_RULE_HEALTH_CHECK_INCOMPLETE] = {"health_check_incomplete", VALIDATION, FIELD, DOCUMENTED,
                                          "is required to switch the health checks of a TCP target "
                                          "group on"},
    [SIM_RULE_HEALTH_CHECK_PROTOCOL] = {"health_check_protocol", VALIDATION, FIELD, DOCUMENTED,
                                        "must be HTTP or HTTPS"},
    [SIM_RULE_FILTER_REQUIRED] = {"filter_required", VALIDATION, OTHER, DOCUMENTED,
                                  "At least one of {detail} is required"},
    [SIM_RULE_PAGE_TOKEN] = {"page_token", VALIDATION, FIELD, CHOSEN,
                             "is not a token of this operation"},
    [SIM_RULE_TOO_MANY_TAGS] = {"too_many_tags", VALIDATION, OTHER, DOCUMENTED,
                                "A resource can have at most 50 tags"},
    [SIM_RULE_RESERVED_TAG] = {"reserved_tag", VALIDATION, FIELD, DOCUMENTED,
                               "Tag keys that begin with aws: are reserved: {name}"},
    [SIM_RULE_TAG_CHARACTERS] = {"tag_characters", VALIDATION, FIELD, DOCUMENTED,
                                 "Tag keys and values take letters, digits, spaces and _.:/=+-@: "
                                 "{name}"},
    [SIM_RULE_NOT_AN_ARN] = {"not_an_arn", VALIDATION, FIELD, CHOSEN,
                             "is not the ARN of a taggable resource"},
    [SIM_RULE_ACCESS_DENIED] = {"access_denied", LAT_ERROR_ACCESS_DENIED_EXCEPTION, NULL,
                                DOCUMENTED,
                                "User: {detail} is not authorized to perform: vpc-lattice:{name} "
                                "on resource: {id}"},
    [SIM_RULE_OUTSIDE_MISSING] = {"outside_missing", NOT_FOUND, NULL, CHOSEN,
                                  "{name} {id} does not exist"},
    [SIM_RULE_OUTSIDE_DENIED] = {"outside_denied", LAT_ERROR_ACCESS_DENIED_EXCEPTION, NULL,
                                 DOCUMENTED,
                                 "User: {detail} is not authorized to perform: {name} on resource: "
                                 "{id}"},
    [SIM_RULE_FAULT] = {"fault", LAT_ERROR_INTERNAL_SERVER_EXCEPTION, NULL, CHOSEN,
                        "Asked for by a fault rule"},
    [SIM_RULE_THROTTLED] = {"throttled", LAT_ERROR_THROTTLING_EXCEPTION, NULL, CHOSEN,
                            "Rate exceeded"},
};
