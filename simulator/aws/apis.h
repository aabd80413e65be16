/* The AWS APIs beside VPC Lattice that its clients call, one file each. */
#pragma once

#include "simulator/engine/api.h"

extern const struct sim_api sim_tagging_api;
extern const struct sim_api sim_sts_api;
extern const struct sim_api sim_acm_api;
extern const struct sim_api sim_ec2_api;
extern const struct sim_api sim_service_quotas_api;
extern const struct sim_api sim_metadata_api;
/* Takes what is signed for any other service. */
extern const struct sim_api sim_foreign_api;

/* All of them, for a list of APIs. */
#define SIM_SIDE_APIS                                                                              \
    &sim_tagging_api, &sim_sts_api, &sim_acm_api, &sim_ec2_api, &sim_service_quotas_api,           \
        &sim_metadata_api, &sim_foreign_api
