/* Operations and their raw input into requests, and what undoes them. Nothing is checked against
 * the model's constraints: a case must be able to break each of them. Pure. Tests: tests/call.c. */
#pragma once

#include "common/aws/model.h"
#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/http/client.h"

#include <jansson.h>
#include <stdbool.h>

/* A request before it is signed; everything lives in an arena. */
struct cft_request {
    const char *service; /* SigV4 service name */
    const char *method;
    const char *path; /* with its query, percent-encoded */
    const struct lat_http_header *headers;
    size_t header_count;
    const char *body; /* NULL for none */
    size_t body_length;
    bool is_unsigned;
};

/* The operation of that name, or NULL. */
const struct lat_operation *cft_call_operation(const char *name);
/* A member of its input, or NULL. */
const struct lat_member *cft_call_member(const struct lat_operation *operation, const char *name);
/* The first label of its path that input lacks; NULL when there is none. */
const char *cft_call_missing_label(const struct lat_operation *operation, const json_t *input);

/* input: members by name, of any type. extra: further members of the body, or NULL. A member that
 * the operation does not have is an input error. */
int cft_call_build(struct lat_arena *arena, const struct lat_operation *operation,
                   const json_t *input, const json_t *extra, struct cft_request *ret_request,
                   struct lat_err *reterr) LAT_MUST_USE;

/* The request that undoes a create which was answered with this body; -1 when the operation has no
 * undoing one, or the answer has no id. CreateX is undone by DeleteX, whose labels are those of the
 * create's input and the id of the answer. */
int cft_call_undo(struct lat_arena *arena, const struct lat_operation *operation,
                  const json_t *input, const json_t *answer,
                  struct cft_request *ret_request) LAT_MUST_USE;
