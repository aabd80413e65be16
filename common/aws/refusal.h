/* A refusal: what an AWS API says when it says no. A value, not a failure: the simulator makes one,
 * the controller and the harness read one. Which members an exception has comes from the API model.
 */
#pragma once

#include "common/base/arena.h"

#include <stddef.h>

struct lat_error_shape; /* common/aws/model.h: name, HTTP status, members */

struct lat_field_violation {
    const char *name;    /* member path: "config.healthCheck.path" */
    const char *message; /* what is wrong with it */
};

/* All texts live in the arena of the call. */
struct lat_refusal {
    const struct lat_error_shape
        *shape;       /* NULL: no refusal, or an exception the model does not know */
    const char *code; /* the exception's name, also when shape is NULL */
    int status;       /* HTTP */
    const char *message;
    const char *reason; /* ValidationException only */
    const struct lat_field_violation *fields;
    size_t field_count;
    const char *resource_id;
    const char *resource_type;
    const char *service_code;
    const char *quota_code;
    int retry_after_seconds; /* 0: no Retry-After */
};
