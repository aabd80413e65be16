/* Signed HTTP calls with retries; see transport.h. */
#include "controller/aws/transport.h"

#include "common/aws/credentials.h"
#include "common/aws/sigv4.h"
#include "common/base/json.h"
#include "common/base/text.h"

#include <stdlib.h>
#include <string.h>

#define ATTEMPT_TIMEOUT_MS 60000
#define BACKOFF_MS         1000
#define BACKOFF_MS_MAX     20000
#define STATUS_ERRORS      300
#define HEADERS_MAX        12

struct gwc_aws {
    struct gwc_aws_options options;
    struct lat_http_client *http;
};

struct gwc_aws *gwc_aws_new(const struct gwc_aws_options *options, struct lat_err *reterr)
{
    LAT_AUTO(gwc_aws_freep) struct gwc_aws *aws = calloc(1, sizeof *aws);
    if (aws == NULL)
        abort();
    aws->options = *options;
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct lat_credentials credentials;
    if (lat_credentials_find(arena, &credentials, reterr) < 0)
        return NULL;
    const struct lat_http_client_options http_options = {
        .user_agent = "lattice-controller amazon-vpc-lattice-gateway-api-controller"};
    aws->http = lat_http_client_new(&http_options);
    return LAT_TAKE(aws);
}

struct gwc_aws *gwc_aws_free(struct gwc_aws *aws)
{
    if (aws == NULL)
        return NULL;
    lat_http_client_free(aws->http);
    free(aws);
    return NULL;
}

void gwc_aws_freep(struct gwc_aws **aws)
{
    *aws = gwc_aws_free(*aws);
}

const struct gwc_aws_options *gwc_aws_options(const struct gwc_aws *aws)
{
    return &aws->options;
}

bool gwc_aws_error_is(const struct gwc_aws_error *error, const char *code)
{
    return lat_text_eq(error->code, code);
}

/* Codes that are worth another try, whatever the status. */
static const char *const retried_codes[] = {
    "RequestTimeout",
    "RequestTimeoutException",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "RequestThrottled",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
};

static bool is_worth_retrying(int status, const char *code)
{
    if (status == 0 || status == 429 || status == 500 || status == 502 || status == 503 ||
        status == 504)
        return true;
    for (size_t i = 0; i < LAT_COUNT(retried_codes); i++)
        if (lat_text_eq(code, retried_codes[i]))
            return true;
    return false;
}

/* Code and message of an error answer: header first, then __type, then code. */
static void read_error(struct lat_arena *arena, const struct lat_http_answer *answer,
                       struct gwc_aws_error *error)
{
    struct lat_err err;
    LAT_AUTO(lat_json_decrefp)
    json_t *body = lat_json_parse_new(answer->body, answer->body_length, &err);
    const char *code = lat_http_answer_header(answer, "x-amzn-ErrorType");
    if (code == NULL)
        code = lat_json_string_at(body, "__type", NULL);
    if (code == NULL)
        code = lat_json_string_at(body, "code", "UnknownError");
    const char *hash = strchr(code, '#');
    if (hash != NULL)
        code = hash + 1;
    error->status = answer->status;
    error->code = lat_arena_strndup(arena, code, strcspn(code, ":"));
    const char *message =
        lat_json_string_at(body, "message", lat_json_string_at(body, "Message", ""));
    error->message = lat_arena_strdup(arena, message);
}

/* "127.0.0.1:9009" of "http://127.0.0.1:9009/path". */
static const char *host_of(struct lat_arena *arena, const char *endpoint)
{
    const char *start = strstr(endpoint, "://");
    start = start == NULL ? endpoint : start + 3;
    return lat_arena_strndup(arena, start, strcspn(start, "/"));
}

/* The headers of one attempt, signed at this moment. Credentials are looked up each time: what a
 * file holds may have been renewed. */
static int sign(struct gwc_aws *aws, struct lat_arena *arena, const struct gwc_aws_request *request,
                struct lat_http_header **ret_headers, size_t *ret_count, struct lat_err *reterr)
{
    struct lat_sigv4_header headers[HEADERS_MAX];
    size_t count = 0;
    headers[count++] = (struct lat_sigv4_header){"Host", host_of(arena, request->endpoint)};
    if (request->content_type != NULL)
        headers[count++] = (struct lat_sigv4_header){"Content-Type", request->content_type};
    if (request->target != NULL)
        headers[count++] = (struct lat_sigv4_header){"X-Amz-Target", request->target};
    const struct lat_sigv4_request unsigned_request = {
        .method = request->method,
        .path = request->path,
        .query = request->query,
        .headers = headers,
        .header_count = count,
        .body = request->body,
        .body_length = request->body == NULL ? 0 : strlen(request->body),
    };
    const struct lat_sigv4_scope scope = {.region = aws->options.region,
                                          .service = request->signing_name,
                                          .time_ms = lat_clock_now_ms(aws->options.clock)};
    struct lat_credentials credentials;
    const struct lat_sigv4_header *signed_headers = NULL;
    if (lat_credentials_find(arena, &credentials, reterr) < 0 ||
        lat_sigv4_sign(arena, &unsigned_request, &credentials, &scope, &signed_headers, &count,
                       reterr) < 0)
        return -1;
    *ret_headers = LAT_NEW_ARRAY(arena, struct lat_http_header, count);
    for (size_t i = 0; i < count; i++)
        (*ret_headers)[i] =
            (struct lat_http_header){signed_headers[i].name, signed_headers[i].value};
    *ret_count = count;
    return 0;
}

/* One attempt. Returns 0 for a success; else error says why, without its text. */
static int attempt(struct gwc_aws *aws, struct lat_arena *arena,
                   const struct gwc_aws_request *request, struct lat_http_answer *ret_answer,
                   const char **ret_request_id, struct gwc_aws_error *error)
{
    struct lat_err err = {0};
    const char *query = lat_text_or_empty(request->query);
    struct lat_http_header *headers = NULL;
    size_t count = 0;
    *ret_request_id = "";
    int result = sign(aws, arena, request, &headers, &count, &err);
    if (result == 0) {
        const struct lat_http_call call = {
            .method = request->method,
            .url = lat_arena_printf(arena, "%s%s%s%s", request->endpoint, request->path,
                                    query[0] == '\0' ? "" : "?", query),
            .headers = headers,
            .header_count = count,
            .body = request->body,
            .body_length = request->body == NULL ? 0 : strlen(request->body),
            .timeout_ms = ATTEMPT_TIMEOUT_MS,
        };
        result = lat_http_client_call(aws->http, arena, &call, ret_answer, &err);
    }
    if (result < 0) {
        *error =
            (struct gwc_aws_error){.code = "", .message = lat_arena_strdup(arena, err.message)};
        return -1;
    }
    const char *request_id = lat_http_answer_header(ret_answer, "x-amzn-RequestId");
    *ret_request_id = lat_text_or_empty(request_id);
    if (ret_answer->status < STATUS_ERRORS)
        return 0;
    read_error(arena, ret_answer, error);
    return -1;
}

/* "operation error VPC Lattice: CreateRule, https response error StatusCode: 409, RequestID: …,
 * ConflictException: text", with the number of attempts when it was the last of several. */
static const char *word(struct lat_arena *arena, const struct gwc_aws_request *request,
                        const struct gwc_aws_error *error, const char *request_id, int attempts)
{
    const char *exhausted =
        attempts == 0
            ? ""
            : lat_arena_printf(arena, "exceeded maximum number of attempts, %d, ", attempts);
    if (error->status == 0)
        return lat_arena_printf(arena,
                                "operation error %s: %s, %shttps response error StatusCode: 0, "
                                "RequestID: , request send failed, %s",
                                request->service_id, request->operation, exhausted, error->message);
    return lat_arena_printf(
        arena,
        "operation error %s: %s, %shttps response error StatusCode: %d, RequestID: %s, %s: %s",
        request->service_id, request->operation, exhausted, error->status, request_id, error->code,
        error->message);
}

/* How long to wait after the attempt of that number, from 1: anything up to twice as much each
 * time, and never more than the cap. */
static int64_t backoff_ms(struct lat_rng *rng, int attempts)
{
    int64_t cap_ms = BACKOFF_MS_MAX;
    if (attempts < 5 && BACKOFF_MS << attempts < BACKOFF_MS_MAX)
        cap_ms = BACKOFF_MS << attempts;
    return (int64_t)lat_rng_below(rng, (uint64_t)cap_ms + 1);
}

int gwc_aws_send(struct gwc_aws *aws, struct lat_arena *arena,
                 const struct gwc_aws_request *request, struct lat_http_answer *ret_answer,
                 struct gwc_aws_error *ret_error)
{
    const struct gwc_sleeper *sleeper = &aws->options.sleeper;
    struct gwc_aws_error error = {0};
    const char *request_id = "";
    for (int attempts = 1;; attempts++) {
        if (attempt(aws, arena, request, ret_answer, &request_id, &error) == 0)
            return 0;
        bool is_retried = is_worth_retrying(error.status, error.code);
        bool is_last = attempts == request->attempts_max;
        if (aws->options.log != NULL)
            lat_log_write(aws->options.log, LAT_LOG_DEBUG, "%s: HTTP %d %s %s", request->operation,
                          error.status, error.code, error.message);
        if (is_retried && !is_last &&
            sleeper->sleep(sleeper->context, backoff_ms(aws->options.rng, attempts)))
            continue;
        error.text = word(arena, request, &error, request_id, is_retried ? attempts : 0);
        *ret_error = error;
        return -1;
    }
}

int gwc_aws_json_call(struct gwc_aws *aws, struct lat_arena *arena, struct gwc_aws_request request,
                      const char *target_prefix, const json_t *input, json_t **ret_new_output,
                      struct gwc_aws_error *ret_error)
{
    request.method = "POST";
    request.path = "/";
    request.content_type = "application/x-amz-json-1.1";
    request.target = lat_arena_printf(arena, "%s.%s", target_prefix, request.operation);
    request.body = lat_json_text(arena, input);
    struct lat_http_answer answer;
    if (gwc_aws_send(aws, arena, &request, &answer, ret_error) < 0)
        return -1;
    struct lat_err err = {0};
    json_t *output = lat_json_parse_new(answer.body, answer.body_length, &err);
    if (output == NULL) {
        const char *message = lat_arena_printf(arena, "the answer is not JSON: %s", err.message);
        *ret_error = (struct gwc_aws_error){
            .status = answer.status, .code = "", .message = message, .text = message};
        return -1;
    }
    *ret_new_output = output;
    return 0;
}
