/* Quotas: the documented defaults as data, their values in force as rows, and the one check.
 * Source: VPC Lattice user guide, Quotas (documented); what counts is chosen where the guide is
 * silent (the default rule does not count, resources being deleted do). */
#pragma once

#include "simulator/engine/call.h"

enum sim_quota_id {
    SIM_QUOTA_SERVICES,
    SIM_QUOTA_SERVICE_NETWORKS,
    SIM_QUOTA_SERVICE_ASSOCIATIONS_PER_NETWORK,
    SIM_QUOTA_VPC_ASSOCIATIONS_PER_NETWORK,
    SIM_QUOTA_ENDPOINTS_PER_NETWORK,
    SIM_QUOTA_RESOURCE_ASSOCIATIONS_PER_NETWORK,
    SIM_QUOTA_LISTENERS_PER_SERVICE,
    SIM_QUOTA_RULES_PER_LISTENER,
    SIM_QUOTA_TARGET_GROUPS_PER_SERVICE,
    SIM_QUOTA_TARGETS_PER_TARGET_GROUP,
    SIM_QUOTA_TARGET_GROUPS,
    SIM_QUOTA_RESOURCE_CONFIGURATIONS,
    SIM_QUOTA_CHILDREN_PER_GROUP,
    SIM_QUOTA_GATEWAYS_PER_VPC,
    SIM_QUOTA_DOMAIN_VERIFICATIONS,
    SIM_QUOTA_COUNT
};

struct sim_quota {
    const char *code; /* "L-CF78395E" */
    const char *name; /* as Service Quotas lists it */
    int64_t value;    /* the documented default */
    enum lat_resource_kind_id counted;
    /* ?1 account, ?2 Region, ?3 key of the container (or 0; for gateways of a VPC, which is no row,
     * the key of one of them) */
    const char *count_sql;
};

extern const struct sim_quota sim_quotas[SIM_QUOTA_COUNT];

/* The value in force for the caller's account and Region. */
int sim_quota_value(struct sim_call *call, enum sim_quota_id quota,
                    int64_t *ret_value) LAT_MUST_USE;

/* Refuses when the transaction, as it stands, holds more than the quota allows. Call it after the
 * change: the refusal takes the change back. container is the row key of what is filled up (0 for
 * quotas of the account), container_id its id for the error. */
int sim_quota_enforce(struct sim_call *call, enum sim_quota_id quota, int64_t container,
                      const char *container_id) LAT_MUST_USE;

/* Sets the value for an account and Region. Returns -1 for an unknown code. */
int sim_quota_set(struct sim *sim, const char *account, const char *region, const char *code,
                  int64_t value) LAT_MUST_USE;
