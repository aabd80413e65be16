/* What a resource configuration points at: which members its type takes, and how addresses, port
 * ranges and domains must look. Judges input only; never reads or writes the store. */
#pragma once

#include "simulator/engine/call.h"

/* Refuses members that the type needs and lacks, or has and does not take, and definitions that
 * are not well formed. */
int sim_resource_definition_check(
    struct sim_call *call, const struct lat_create_resource_configuration_request *in) LAT_MUST_USE;

/* Whether an IPv4 address is of a private network (documented): where a VPC's addresses come from.
 */
bool sim_is_private_address(uint32_t address);

/* Refuses an address that is none, or an IPv4 one that is not private (documented). */
int sim_resource_address_check(struct sim_call *call, const char *address) LAT_MUST_USE;

/* Refuses a port range outside of 1 to 65535 or turned around (chosen). */
int sim_port_ranges_check(struct sim_call *call, struct lat_list ranges) LAT_MUST_USE;

/* Refuses a domain that is not below the group's; either may be NULL (documented). */
int sim_group_domain_check(struct sim_call *call, const char *domain,
                           const char *group_domain) LAT_MUST_USE;
