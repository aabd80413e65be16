/* Who is let in: --auth off, lenient or strict. Off looks at no signature. Lenient, the default,
 * takes any well-formed credential and unsigned calls. Strict verifies every signature and refuses
 * with the codes of the service that is called. In all three a known access key names account and
 * ARN of the caller. Tests: simulator/tests/auth.c. */
#pragma once

#include "simulator/engine/api.h"

/* "off|lenient|strict" as the flag gives it. */
enum sim_auth sim_auth_parse(const char *text);

/* The exceptions of the query protocols, which differ from those of the JSON ones. */
extern const struct sim_auth_codes sim_auth_codes_sts;
extern const struct sim_auth_codes sim_auth_codes_ec2;

/* Sets the caller of the call. Returns -1 after a refusal, or without one when the store failed. */
int sim_auth_admit(struct sim_call *call, const struct sim_api *api,
                   const struct lat_http_request *request) LAT_MUST_USE;
