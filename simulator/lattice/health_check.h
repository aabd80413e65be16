/* Health check configuration of target groups: defaults, ranges, merging. Pure. */
#pragma once

#include "simulator/engine/call.h"

/* The configuration of a group of this protocol and version when nothing was said. */
struct lat_health_check_config sim_health_check_defaults(struct sim_call *call,
                                                         const char *protocol,
                                                         const char *protocol_version);

/* Lays the given members over config: 0 and "" reset a member to its default. Refuses values
 * outside of the documented ranges; prefix is the path of the member in the request
 * ("config.healthCheck"). */
int sim_health_check_merge(struct sim_call *call, const struct lat_health_check_config *given,
                           const struct lat_health_check_config *defaults, const char *prefix,
                           struct lat_health_check_config *config) LAT_MUST_USE;
