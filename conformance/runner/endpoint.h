/* The endpoint that cases run against: any base URL, or a simulator of our own started for the run.
 * The only place of this program that talks to a network, starts a process or waits. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/http/client.h"
#include "conformance/runner/call.h"

#include <stdbool.h>
#include <stdint.h>

struct cft_endpoint;

struct cft_endpoint_options {
    const char *url; /* NULL: start a simulator */
    const char *region;
    const char *account;
    const char *program;      /* argv[0]: the simulator is found beside it */
    const char *simulator;    /* its path; NULL for the one beside the program, or on PATH */
    const char *capabilities; /* "clock,empty-account": granted beyond what is found out */
    const char *settings;     /* "vpc=vpc-…,security_group=sg-…": over the defaults */
};

/* Options are borrowed. A wrong option, no credentials for a given URL, or a simulator that does
 * not become ready is one clear line. */
struct cft_endpoint *cft_endpoint_open(const struct cft_endpoint_options *options,
                                       struct lat_err *reterr) LAT_MUST_USE;
/* Ends a simulator that was started. */
void cft_endpoint_closep(struct cft_endpoint **endpoint);

bool cft_endpoint_has(const struct cft_endpoint *endpoint, const char *capability);
const char *cft_endpoint_url(const struct cft_endpoint *endpoint);

/* The variables every case begins with: region, account, vpc …; unique and unique_short are fresh
 * with each call. A new reference. */
json_t *cft_endpoint_scope_new(struct cft_endpoint *endpoint);

/* Signs and sends. -1 means that no answer came. */
int cft_endpoint_send(struct cft_endpoint *endpoint, struct lat_arena *arena,
                      const struct cft_request *request, struct lat_http_answer *ret_answer,
                      struct lat_err *reterr) LAT_MUST_USE;

/* Lets time pass: moves the endpoint's virtual clock, or waits. */
int cft_endpoint_pass(struct cft_endpoint *endpoint, struct lat_arena *arena, int64_t time_ms,
                      struct lat_err *reterr) LAT_MUST_USE;
