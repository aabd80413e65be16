/* The AWS APIs beside VPC Lattice that its clients call, one file each. */
#pragma once

#include "simulator/engine/api.h"

extern const struct sim_api sim_tagging_api;
extern const struct sim_api sim_sts_api;
