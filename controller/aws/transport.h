/* Signed HTTP calls to AWS services with the retries of the SDK: the lower half of every AWS
 * client here. It knows no operation. Source of the rules: controller-routes reference 1.2
 * (observed). */
#pragma once

#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/base/err.h"
#include "common/base/log.h"
#include "common/base/rng.h"
#include "common/http/client.h"
#include "controller/sleeper.h"

#include <jansson.h>
#include <stdbool.h>

#define GWC_AWS_ATTEMPTS_LATTICE 20
#define GWC_AWS_ATTEMPTS_TAGGING 3
#define GWC_AWS_ATTEMPTS_ACM     20

struct gwc_aws_options {
    const char *region;
    const char *lattice_endpoint; /* base URLs without a slash at their end */
    const char *tagging_endpoint;
    const char *acm_endpoint;
    const struct lat_clock *clock;
    struct lat_rng *rng;       /* for retry delays and request tokens */
    const struct lat_log *log; /* may be NULL */
    struct gwc_sleeper sleeper;
};

/* What an AWS call says when it does not do its work. Texts live in the arena of the call. */
struct gwc_aws_error {
    int status;          /* HTTP; 0 when no answer came */
    const char *code;    /* "ConflictException"; "" when no answer came */
    const char *message; /* the service's own words */
    const char *text;    /* all of it as the SDK words it: "operation error VPC Lattice: …" */
};

bool gwc_aws_error_is(const struct gwc_aws_error *error, const char *code);

struct gwc_aws;

/* The texts of options are borrowed, like what they point to, and must outlive the client. Fails
 * with one line when there are no credentials. */
struct gwc_aws *gwc_aws_new(const struct gwc_aws_options *options,
                            struct lat_err *reterr) LAT_MUST_USE;
struct gwc_aws *gwc_aws_free(struct gwc_aws *aws);
void gwc_aws_freep(struct gwc_aws **aws);

const struct gwc_aws_options *gwc_aws_options(const struct gwc_aws *aws);

struct gwc_aws_request {
    const char *service_id; /* for messages: "VPC Lattice" */
    const char *operation;
    const char *endpoint;
    const char *signing_name;
    const char *method;
    const char *path;         /* percent-encoded as it is to be sent */
    const char *query;        /* the same; "" for none */
    const char *content_type; /* NULL without a body */
    const char *target;       /* X-Amz-Target; NULL for none */
    const char *body;         /* NULL for none */
    int attempts_max;
};

/* Sends, and again after connection errors, throttling and the passing server errors, waiting with
 * full jitter in between. Returns -1 for any status of 300 and more, and when no answer came. */
int gwc_aws_send(struct gwc_aws *aws, struct lat_arena *arena,
                 const struct gwc_aws_request *request, struct lat_http_answer *ret_answer,
                 struct gwc_aws_error *ret_error) LAT_MUST_USE;

/* An AWS JSON 1.1 call: operation and input go out as X-Amz-Target and body. The answer is a new
 * reference. */
int gwc_aws_json_call(struct gwc_aws *aws, struct lat_arena *arena, struct gwc_aws_request request,
                      const char *target_prefix, const json_t *input, json_t **ret_new_output,
                      struct gwc_aws_error *ret_error) LAT_MUST_USE;
