/* A step as a request and its answer: expansion, encoding, sending, following pages. */
#pragma once

#include "conformance/runner/check.h"
#include "conformance/runner/endpoint.h"

enum cft_sent {
    CFT_SENT,
    CFT_NOT_SENDABLE, /* the case is wrong: an unknown variable, an unknown member */
    CFT_NOT_ANSWERED, /* the endpoint is gone */
    CFT_SENT_COUNT
};

/* The last request of a step and its answer. With pages, the answer's body holds the items of all
 * pages and, as pageSizes, how many each had. */
struct cft_exchange {
    struct cft_request request;
    json_t *input; /* expanded; NULL for a request spelled out; owned */
    struct cft_answer answer;
    int64_t calls;
};

void cft_exchange_done(struct cft_exchange *exchange);

/* The request of a call or http step. ret_input may be NULL; else it takes the expanded input. */
int cft_request_of_step(struct lat_arena *arena, json_t *scope, const struct cft_step *step,
                        struct cft_request *ret_request, json_t **ret_input,
                        struct lat_err *reterr) LAT_MUST_USE;

/* Sends a step once (all its pages). What is wrong with the paging itself goes into wrong. */
enum cft_sent cft_send_step(struct cft_endpoint *endpoint, struct lat_arena *arena, json_t *scope,
                            const struct cft_step *step, struct cft_exchange *ret_exchange,
                            struct cft_mismatches *wrong, struct lat_err *reterr);
