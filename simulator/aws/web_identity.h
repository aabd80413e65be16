/* Web identity tokens: JSON Web Tokens of any issuer. The signature is not verified, because no
 * issuer is asked (chosen): form and end alone decide. */
#pragma once

#include "simulator/engine/call.h"

struct sim_web_identity {
    const char *subject;
    const char *audience; /* the first one; NULL when there is none */
    const char *issuer;
};

/* Reads a token; refuses with InvalidIdentityToken, or ExpiredTokenException when its end has
 * passed by the simulator's clock. token may be NULL. */
int sim_web_identity_read(struct sim_call *call, const char *token,
                          struct sim_web_identity *ret_identity) LAT_MUST_USE;
