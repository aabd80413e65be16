/* The VPC Lattice API on the wire: route, decode, validate, replay by token, handle, encode; all of
 * it over the generated tables. */
#pragma once

#include "simulator/engine/api.h"

extern const struct sim_api sim_lattice_api;
