/* The steps of a deploy, for deploy.c and tests; see deploy.h. Each returns 0 or -1 with ret_error
 * filled, its text without the prefix of the step. */
#pragma once

#include "controller/deploy/deploy.h"

#define GWC_STATUS_NOT_FOUND 404
#define GWC_RETRY_TEXT       "LATTICE_RETRY"
#define GWC_PRIORITY_MAX     100
#define GWC_TARGETS_MAX      100 /* of one RegisterTargets or DeregisterTargets */

int gwc_deploy_target_groups(struct gwc_deploy *deploy, struct gwc_model_error *ret_error);
int gwc_deploy_targets(struct gwc_deploy *deploy, struct gwc_model_error *ret_error);
int gwc_deploy_service(struct gwc_deploy *deploy, struct gwc_model_error *ret_error);
int gwc_deploy_service_delete(struct gwc_deploy *deploy, struct gwc_model_error *ret_error);
int gwc_deploy_dns_endpoint(struct gwc_deploy *deploy, struct gwc_model_error *ret_error);
int gwc_deploy_listeners(struct gwc_deploy *deploy, struct gwc_model_error *ret_error);
int gwc_deploy_rules(struct gwc_deploy *deploy, struct gwc_model_error *ret_error);
int gwc_deploy_readiness(struct gwc_deploy *deploy, struct gwc_model_error *ret_error);

/* associations.c: brings the service's service network associations to what the stack wants. */
int gwc_deploy_associations(struct gwc_deploy *deploy, struct gwc_model_error *ret_error);
/* Associates a service that was just created with every wanted network. */
int gwc_deploy_associate_all(struct gwc_deploy *deploy, struct gwc_model_error *ret_error);

/* ownership.c: whether the service may be changed; claims, takes over or back-fills as needed. */
int gwc_deploy_own_service(struct gwc_deploy *deploy, const char *arn,
                           struct gwc_model_error *ret_error);

/* backends.c: the action for backends; looks up imports, refuses groups without an id. what names
 * the rule in that refusal ("rule 1"). Without a valid backend *ret_count is 0
 * and the action the fixed response 500. */
int gwc_deploy_action(struct gwc_deploy *deploy, const struct gwc_backends *backends,
                      const char *what, struct lat_rule_action *ret_action, size_t *ret_count,
                      struct gwc_model_error *ret_error);

/* rules.c: the lowest priority from 1 to GWC_PRIORITY_MAX that is not taken; 0 when all are. */
int64_t gwc_free_priority(const int64_t *taken, size_t count);

/* compare.c: strict structural equality of what Lattice reports and what is wanted. */
bool gwc_match_is_equal(const struct lat_rule_match *a, const struct lat_rule_match *b);
bool gwc_action_is_equal(const struct lat_rule_action *a, const struct lat_rule_action *b);
bool gwc_health_check_is_equal(const struct lat_health_check_config *a,
                               const struct lat_health_check_config *b);

/* Tags of a new resource as an API list: own ones first, then the route's additional ones. */
struct lat_list gwc_deploy_tags(struct gwc_deploy *deploy, const struct gwc_tags *own);
/* The ownership tag alone. */
struct gwc_tags gwc_deploy_managed_by(struct gwc_deploy *deploy);
/* The tags that name the stack's route. */
struct gwc_tags gwc_deploy_route_tags(struct gwc_deploy *deploy);
/* The ownership tag while the route may take over from another owner, else no tag. */
struct gwc_tags gwc_deploy_takeover_tags(struct gwc_deploy *deploy);
/* Tag synchronisation of one resource, its error worded. */
int gwc_deploy_sync_tags(struct gwc_deploy *deploy, const char *arn, const struct gwc_tags *managed,
                         struct gwc_model_error *ret_error);
