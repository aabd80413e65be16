/* The wire format of the AWS JSON 1.1 APIs: one path, the operation in X-Amz-Target, errors by
 * __type. */
#pragma once

#include "simulator/engine/api.h"

#include <jansson.h>

/* An operation of such an API. input is an object; the handler gives a new reference to its output.
 */
struct sim_json_operation {
    const char *name;
    int (*handle)(struct sim_call *call, const json_t *input, json_t **ret_output_new);
};

/* Parses, finds the operation in the table by the part of X-Amz-Target behind the dot, runs it. */
int sim_json_perform(struct sim_call *call, const struct lat_http_request *request,
                     const struct sim_json_operation *operations, size_t operation_count,
                     struct sim_answer *ret_answer) LAT_MUST_USE;

/* {"__type":"CodeException","message":"…","Message":"…"}; both spellings are read by some client.
 */
void sim_json_refuse(struct sim_call *call, struct sim_answer *ret_answer);
