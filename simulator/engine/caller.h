/* Who calls, for which service and Region: read from the signature's credential scope, without
 * judging whether the signature is right. Source: lattice-api reference A.4, A.9. */
#pragma once

#include "common/http/server.h"
#include "simulator/engine/call.h"

struct sim_scope {
    const char *access_key; /* "" when the request carries none */
    const char *region;     /* NULL when unsigned */
    const char *service;    /* NULL when unsigned */
};

/* Takes the credential scope from the Authorization header or the presigned query. */
struct sim_scope sim_scope_read(struct lat_arena *arena, const struct lat_http_request *request);

/* The caller of a scope: a 12-digit access key is an account of its own, any other key means the
 * configured account. */
struct sim_caller sim_caller_from_scope(struct lat_arena *arena, const struct sim_config *config,
                                        const struct sim_scope *scope);
