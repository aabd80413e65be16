/* Signed calls over HTTP; see aws.h. */
#include "scenarios/engine/aws.h"

#include "common/aws/model.h"
#include "common/aws/raw_call.h"
#include "common/aws/sigv4.h"
#include "common/base/json.h"
#include "common/base/text.h"

#include <string.h>

#define CALL_TIMEOUT_MS 30000
#define PAGES_MAX       1000 /* of one list */

/* The side services that stories may call, all of them JSON 1.1 ("service:Operation"). */
static const struct side_service {
    const char *name;
    const char *target_prefix;
} side_services[] = {
    {"tagging", "ResourceGroupsTaggingAPI_20170126"},
    {"acm", "CertificateManager"},
    {"servicequotas", "ServiceQuotasV20190624"},
};

void scn_answer_done(struct scn_answer *answer)
{
    json_decref(answer->body);
    answer->body = NULL;
}

static int send_call(const struct scn_aws *aws, struct lat_arena *arena,
                     const struct lat_http_call *call, struct scn_answer *ret_answer,
                     struct lat_err *reterr)
{
    struct lat_http_answer http;
    struct lat_err ignored;
    if (lat_http_client_call(aws->http, arena, call, &http, reterr) < 0)
        return -1;
    json_t *body = lat_json_parse_new(http.body, http.body_length, &ignored);
    if (!json_is_object(body)) {
        json_decref(body);
        body = json_object();
    }
    *ret_answer = (struct scn_answer){.status = http.status, .body = body};
    if (http.status < 300)
        return 0;
    const char *code = lat_http_answer_header(&http, "x-amzn-errortype");
    if (code == NULL)
        code = lat_json_string_at(body, "__type", lat_json_string_at(body, "code", "unknown"));
    const char *hash = strchr(code, '#');
    code = hash != NULL ? hash + 1 : code;
    ret_answer->code = lat_arena_strndup(arena, code, strcspn(code, ":"));
    ret_answer->message = lat_arena_strdup(
        arena, lat_json_string_at(body, "message", lat_json_string_at(body, "Message", "")));
    return 0;
}

/* The host and port of "http://host:port". */
static const char *host_of(const char *endpoint)
{
    const char *start = strstr(endpoint, "://");
    return start != NULL ? start + 3 : endpoint;
}

/* A request before it is signed. */
struct plain_request {
    const char *service; /* signing name */
    const char *method;
    const char *target; /* path and query */
    const char *body;
    size_t body_length;
    const char *amz_target; /* X-Amz-Target; NULL for none */
};

/* Signs the request and sends it. */
static int sign_and_send(const struct scn_aws *aws, struct lat_arena *arena,
                         const struct plain_request *plain, struct scn_answer *ret_answer,
                         struct lat_err *reterr)
{
    const char *question = strchr(plain->target, '?');
    struct lat_sigv4_header headers[] = {
        {"Host", host_of(aws->endpoint)},
        {"Content-Type",
         plain->amz_target != NULL ? "application/x-amz-json-1.1" : "application/json"},
        {"X-Amz-Target", plain->amz_target},
    };
    struct lat_sigv4_request request = {
        .method = plain->method,
        .path = question != NULL
                    ? lat_arena_strndup(arena, plain->target, (size_t)(question - plain->target))
                    : plain->target,
        .query = question != NULL ? question + 1 : NULL,
        .headers = headers,
        .header_count = plain->amz_target != NULL ? 3 : 2,
        .body = plain->body,
        .body_length = plain->body_length};
    struct lat_sigv4_scope scope = {
        .region = aws->region, .service = plain->service, .time_ms = lat_clock_now_ms(aws->clock)};
    struct lat_credentials credentials = {.access_key = aws->access_key,
                                          .secret_key = aws->secret_key};
    const struct lat_sigv4_header *signed_headers = NULL;
    size_t signed_count = 0;
    if (lat_sigv4_sign(arena, &request, &credentials, &scope, &signed_headers, &signed_count,
                       reterr) < 0)
        return -1;
    struct lat_http_header *sent = LAT_NEW_ARRAY(arena, struct lat_http_header, signed_count);
    for (size_t i = 0; i < signed_count; i++)
        sent[i] = (struct lat_http_header){signed_headers[i].name, signed_headers[i].value};
    struct lat_http_call call = {.method = plain->method,
                                 .url =
                                     lat_arena_printf(arena, "%s%s", aws->endpoint, plain->target),
                                 .headers = sent,
                                 .header_count = signed_count,
                                 .body = plain->body,
                                 .body_length = plain->body_length,
                                 .timeout_ms = CALL_TIMEOUT_MS};
    return send_call(aws, arena, &call, ret_answer, reterr);
}

/* "tagging:GetResources"; the part before the colon is length bytes long. */
static int call_side_service(const struct scn_aws *aws, struct lat_arena *arena,
                             const char *operation, size_t length, const json_t *input,
                             struct scn_answer *ret_answer, struct lat_err *reterr)
{
    for (size_t i = 0; i < LAT_COUNT(side_services); i++) {
        const struct side_service *service = &side_services[i];
        if (strlen(service->name) != length || strncmp(service->name, operation, length) != 0)
            continue;
        const char *body = input != NULL ? lat_json_text(arena, input) : "{}";
        struct plain_request request = {
            .service = service->name,
            .method = "POST",
            .target = "/",
            .body = body,
            .body_length = strlen(body),
            .amz_target =
                lat_arena_printf(arena, "%s.%s", service->target_prefix, operation + length + 1)};
        return sign_and_send(aws, arena, &request, ret_answer, reterr);
    }
    return lat_err_input(reterr, "%s: the services are tagging, acm and servicequotas", operation);
}

int scn_aws_call(const struct scn_aws *aws, struct lat_arena *arena, const char *name,
                 const json_t *input, struct scn_answer *ret_answer, struct lat_err *reterr)
{
    const char *colon = strchr(name, ':');
    if (colon != NULL)
        return call_side_service(aws, arena, name, (size_t)(colon - name), input, ret_answer,
                                 reterr);
    const struct lat_operation *operation = lat_operation_by_name(name);
    struct lat_raw_call raw;
    if (operation == NULL)
        return lat_err_input(reterr, "VPC Lattice has no operation \"%s\"", name);
    if (lat_raw_call_build(arena, operation, input, &raw, reterr) < 0)
        return -1;
    struct plain_request request = {.service = "vpc-lattice",
                                    .method = raw.method,
                                    .target = raw.target,
                                    .body = raw.body,
                                    .body_length = raw.body_length};
    return sign_and_send(aws, arena, &request, ret_answer, reterr);
}

int scn_aws_list(const struct scn_aws *aws, struct lat_arena *arena, const char *operation,
                 const json_t *input, json_t **ret_items, struct lat_err *reterr)
{
    json_t *items LAT_AUTO(lat_json_decrefp) = json_array();
    json_t *page_input LAT_AUTO(lat_json_decrefp) = json_copy(lat_json_iterable(input));
    for (int page = 0; page < PAGES_MAX; page++) {
        struct scn_answer answer;
        if (scn_aws_call(aws, arena, operation, page_input, &answer, reterr) < 0)
            return -1;
        int result = 0;
        if (answer.code != NULL)
            result = lat_err_input(reterr, "%s was refused: %s: %s", operation, answer.code,
                                   answer.message);
        else
            (void)json_array_extend(items, json_object_get(answer.body, "items"));
        const char *next = lat_json_string_at(answer.body, "nextToken", NULL);
        bool last = next == NULL;
        if (!last)
            lat_json_set_string(page_input, "nextToken", next);
        scn_answer_done(&answer);
        if (result < 0)
            return -1;
        if (last) {
            *ret_items = LAT_TAKE(items);
            return 0;
        }
    }
    return lat_err_input(reterr, "%s has more than %d pages", operation, PAGES_MAX);
}

int scn_aws_admin(const struct scn_aws *aws, struct lat_arena *arena, const char *method,
                  const char *target, const json_t *body, struct lat_http_answer *ret_answer,
                  struct lat_err *reterr)
{
    const struct lat_http_header headers[] = {{"Content-Type", "application/json"}};
    const char *text = body != NULL ? lat_json_text(arena, body) : NULL;
    struct lat_http_call call = {.method = method,
                                 .url = lat_arena_printf(arena, "%s%s", aws->endpoint, target),
                                 .headers = headers,
                                 .header_count = body != NULL ? 1 : 0,
                                 .body = text,
                                 .body_length = text != NULL ? strlen(text) : 0,
                                 .timeout_ms = CALL_TIMEOUT_MS};
    if (lat_http_client_call(aws->http, arena, &call, ret_answer, reterr) < 0)
        return -1;
    if (ret_answer->status >= 300)
        return lat_err_input(reterr, "%s %s was answered with %d: %.300s", method, target,
                             ret_answer->status, ret_answer->body);
    return 0;
}
