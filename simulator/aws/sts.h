/* What other services need of STS: sessions of roles. */
#pragma once

#include "simulator/engine/credential.h"

/* Makes a session of a role, whose ARN must be well-formed, and keeps its credentials. */
int sim_sts_issue(struct sim_call *call, const char *role_arn, const char *session_name,
                  int64_t duration_s, struct sim_credential *ret_issued) LAT_MUST_USE;
