/* The fake AWS endpoint: one port on which several AWS APIs answer, each in its own wire format.
 * This is the life of a request: pick the API, take the caller, one transaction, journal, answer.
 */
#pragma once

#include "common/http/server.h"
#include "simulator/engine/answer.h"
#include "simulator/engine/call.h"

/* A refusal at the door. */
struct sim_auth_code {
    const char *code;
    int status;
};

/* How an API names what is wrong with a signature. */
struct sim_auth_codes {
    struct sim_auth_code missing, incomplete, unknown, invalid, expired;
};

/* One AWS API. perform fills the answer and returns 0, or returns -1 with or without a refusal;
 * refuse then writes call->refusal in the format of the API. */
struct sim_api {
    /* In the credential scope and the host name: "vpc-lattice". NULL: the API takes what is signed
     * for a service that no other API has. */
    const char *signing_name;
    const char *target_prefix; /* of X-Amz-Target (JSON 1.1 APIs); NULL for none */
    const char *query_version; /* Version= of the query protocol; NULL for none */
    const char *path_prefix;   /* claims all paths below it, when unsigned; NULL for none */
    const struct sim_auth_codes *auth_codes; /* NULL: those of the JSON protocols */
    /* Whether a request needs no signature even when signatures are checked; NULL: none does. */
    bool (*takes_unsigned)(const struct lat_http_request *request);
    int (*perform)(struct sim_call *call, const struct lat_http_request *request,
                   struct sim_answer *ret_answer);
    void (*refuse)(struct sim_call *call, struct sim_answer *ret_answer);
};

struct sim_aws {
    struct sim *sim;
    const struct sim_api *const *apis; /* the first one takes what no other claims */
    size_t api_count;
    /* Takes paths under /_lattice/; the simulator's own API. */
    void (*admin)(struct sim *sim, const struct lat_http_request *request,
                  struct sim_answer *ret_answer);
    struct sim_held_answer *held; /* answers that wait for their time */
};

/* Answers one request; texts of the answer live in the request's arena. */
void sim_aws_answer(struct sim_aws *aws, const struct lat_http_request *request,
                    struct sim_answer *ret_answer);

/* The lat_http_handler of the AWS port; context is a struct sim_aws. */
void sim_aws_handle(void *context, struct lat_http_exchange *exchange);

/* Sends what is due. Returns milliseconds until the next answer is due, or -1 when none is, or when
 * only a request can move the clock. */
int sim_aws_tick(struct sim_aws *aws);
