/* Things of other AWS services that calls name: VPCs, certificates, places where logs go. They are
 * not faked; each well-formed one exists unless PUT /_lattice/outside said otherwise, so that
 * nobody has to prepare what a rehearsal is not about. */
#pragma once

#include "simulator/engine/call.h"

enum sim_outside_kind {
    SIM_OUTSIDE_VPC,
    SIM_OUTSIDE_SUBNET,
    SIM_OUTSIDE_SECURITY_GROUP,
    SIM_OUTSIDE_CERTIFICATE,
    SIM_OUTSIDE_LOG_GROUP,
    SIM_OUTSIDE_BUCKET,
    SIM_OUTSIDE_DELIVERY_STREAM,
    SIM_OUTSIDE_COUNT
};

#define SIM_OUTSIDE_ALL         "*"  /* the reference that stands for every other one of a kind */
#define SIM_OUTSIDE_LOG_STREAMS ":*" /* behind the ARN of a log group: all of its streams */

/* The kind's name, as it stands in resourceType: "LOG_GROUP". */
const char *sim_outside_name(enum sim_outside_kind kind);

/* The form under which a reference is kept: a log group without ":*", a bucket without a path. */
const char *sim_outside_reference(struct lat_arena *arena, enum sim_outside_kind kind,
                                  const char *reference);

/* Refuses a call that names what is said to be missing (ResourceNotFoundException) or denied
 * (AccessDeniedException). NULL and "" name nothing. */
int sim_outside_require(struct sim_call *call, enum sim_outside_kind kind,
                        const char *reference) LAT_MUST_USE;

/* The same for each of a list of texts. */
int sim_outside_require_each(struct sim_call *call, enum sim_outside_kind kind,
                             struct lat_list references) LAT_MUST_USE;
