/* Small pieces of answers that several families share, and the finders that cross families. */
#pragma once

#include "simulator/engine/call.h"

int sim_service_find(struct sim_call *call, const char *identifier,
                     struct sim_service **ret) LAT_MUST_USE;
const struct lat_dns_entry *sim_service_dns(struct sim_call *call,
                                            const struct sim_service *service);

int sim_service_network_find(struct sim_call *call, const char *identifier,
                             struct sim_service_network **ret) LAT_MUST_USE;

int sim_resource_gateway_find(struct sim_call *call, const char *identifier,
                              struct sim_resource_gateway **ret) LAT_MUST_USE;

int sim_resource_configuration_find(struct sim_call *call, const char *identifier,
                                    struct sim_resource_configuration **ret) LAT_MUST_USE;

/* The service, service network or resource configuration that policies and access log
 * subscriptions speak of, and which of them it is. */
int sim_subject_find(struct sim_call *call, const char *identifier,
                     enum lat_resource_kind_id *ret_kind, struct sim_resource **ret) LAT_MUST_USE;

int sim_target_group_find(struct sim_call *call, const char *identifier,
                          struct sim_target_group **ret) LAT_MUST_USE;

/* The listener that both identifiers name together, and its service. */
int sim_listener_find(struct sim_call *call, const char *service_identifier,
                      const char *listener_identifier, struct sim_service **ret_service,
                      struct sim_listener **ret_listener) LAT_MUST_USE;

/* Writes the action of a rule in place of the one it has: checks it against the listener, resolves
 * its target groups, enforces the quota of target groups per service. */
int sim_action_write(struct sim_call *call, const struct sim_listener *listener,
                     struct sim_rule *rule, const struct lat_rule_action *action) LAT_MUST_USE;
/* The action of a rule as the API shows it. */
int sim_action_read(struct sim_call *call, const struct sim_rule *rule,
                    const struct lat_rule_action **ret) LAT_MUST_USE;
