/* Reads what stands in VPC Lattice, through its API, into an estate. */
#pragma once

#include "scenarios/engine/aws.h"
#include "scenarios/engine/estate.h"

/* Everything of the account. The estate's texts live in arena. */
int scn_inventory_read(const struct scn_aws *aws, struct lat_arena *arena,
                       struct scn_estate *ret_estate, struct lat_err *reterr) LAT_MUST_USE;
