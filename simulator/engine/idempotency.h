/* clientToken: the same token with the same input gets the same answer again, with another input a
 * conflict. Source: API model (documentation of the member); scope, size and the exception are
 * chosen. */
#pragma once

#include "simulator/engine/call.h"

/* Entries that are kept; the oldest go first. SDKs send a token with every create call. */
#define SIM_IDEMPOTENCY_ENTRIES_MAX 20000

/* The answer that this token got before, or NULL when the call is new or carries no token. Refuses
 * when the token was used with other parameters. */
int sim_idempotency_find(struct sim_call *call, const void *input,
                         const char **ret_body) LAT_MUST_USE;

/* Keeps the answer of a call that carries a token. */
int sim_idempotency_keep(struct sim_call *call, const void *input, const char *body) LAT_MUST_USE;
