/* Signed calls to the AWS endpoint by operation name, with inputs as a story writes them. VPC
 * Lattice goes by the API tables; side services by "service:Operation" in their JSON protocol. */
#pragma once

#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/err.h"
#include "common/http/client.h"

#include <jansson.h>

struct scn_aws {
    struct lat_http_client *http; /* borrowed */
    const struct lat_clock *clock;
    const char *endpoint; /* "http://127.0.0.1:9009" */
    const char *region;
    const char *access_key;
    const char *secret_key;
};

struct scn_answer {
    int status;
    const char *code;    /* the refusal's name; NULL: not refused. In the arena of the call */
    const char *message; /* of the refusal */
    json_t *body;        /* an object; owned by the answer */
};

void scn_answer_done(struct scn_answer *answer);

/* Any answer is a success here, refusals too. input: an object, or NULL. -1: there is no such
 * operation, a path member is missing, or no answer came. */
int scn_aws_call(const struct scn_aws *aws, struct lat_arena *arena, const char *operation,
                 const json_t *input, struct scn_answer *ret_answer,
                 struct lat_err *reterr) LAT_MUST_USE;

/* All pages of a list operation: its items as one new array. -1 also when it is refused. */
int scn_aws_list(const struct scn_aws *aws, struct lat_arena *arena, const char *operation,
                 const json_t *input, json_t **ret_items, struct lat_err *reterr) LAT_MUST_USE;

/* Unsigned calls to the simulator's own interface: "/_lattice/journal?since=3". */
int scn_aws_admin(const struct scn_aws *aws, struct lat_arena *arena, const char *method,
                  const char *target, const json_t *body, struct lat_http_answer *ret_answer,
                  struct lat_err *reterr) LAT_MUST_USE;
