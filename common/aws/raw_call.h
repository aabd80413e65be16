/* A call to VPC Lattice from input as people write it (JSON by member name), by the API tables:
 * what stories and cases send. Nothing is checked against the model's constraints. Pure. */
#pragma once

#include "common/aws/model.h"
#include "common/base/arena.h"
#include "common/base/err.h"

#include <jansson.h>
#include <stddef.h>

struct lat_raw_call {
    const char *method;
    const char *target; /* path and query, percent-encoded, each label as one segment */
    const char *body;   /* NULL for none */
    size_t body_length;
};

/* input: an object by member name, or NULL; lists in a query repeat, null is left out. A member
 * that the operation does not have, or a label that input lacks, is an input error. */
int lat_raw_call_build(struct lat_arena *arena, const struct lat_operation *operation,
                       const json_t *input, struct lat_raw_call *ret_call,
                       struct lat_err *reterr) LAT_MUST_USE;
