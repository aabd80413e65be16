/* Sharing with other accounts, as RAM does it: what a caller may do with resources that are not its
 * own. Source: lattice-api reference I.3 (documented); shares themselves are made by the admin API.
 */
#pragma once

#include "simulator/engine/call.h"

enum sim_access {
    SIM_ACCESS_NONE,   /* the caller does not see it: it is not found */
    SIM_ACCESS_DENIED, /* it sees it, but may not do this */
    SIM_ACCESS_FULL,
    SIM_ACCESS_COUNT
};

/* What the caller's operation may do with a resource of its Region. A shared resource may be read
 * and associated; an association is seen by the owners of its ends, and deleted by its creator or
 * the network's owner. */
int sim_share_access(struct sim_call *call, const struct sim_resource *resource,
                     enum sim_access *ret) LAT_MUST_USE;

/* Refuses the call's operation on a resource, in the words of IAM. Returns -1. */
int sim_share_deny(struct sim_call *call, const char *arn);

/* Refuses unless the caller owns one of the two ends that it joins. */
int sim_share_require_end(struct sim_call *call, const struct sim_resource *one,
                          const struct sim_resource *other) LAT_MUST_USE;

/* The ARN of an association as the caller sees it: with its own account (documented). */
const char *sim_share_arn(struct sim_call *call, const struct sim_resource *resource);

/* The tail of a list's query: own while nothing was ever shared, because it reads less. */
int sim_share_tail(struct sim_call *call, const char *own, const char *shared,
                   const char **ret) LAT_MUST_USE;

/* Who is listed, for both tails. */
#define SIM_SHARE_OWN "r.account = ?3"
#define SIM_SHARE_SHARED                                                                           \
    "(r.account = ?3 OR r.seq IN "                                                                 \
    "(SELECT resource FROM share WHERE account = ?3 AND ended_ms IS NULL))"
