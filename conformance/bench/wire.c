/* Requests as bytes; see wire.h. */
#include "conformance/bench/wire.h"

#include "common/aws/sigv4.h"
#include "common/base/clock.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "conformance/bench/load.h"

#include <stdio.h>
#include <string.h>

#define CALL_BYTES_MAX   (1 << 20)
#define ANSWER_BYTES_MAX (64 << 20)
#define HOST             "127.0.0.1"
#define REGION           "us-east-2"
#define SERVICE          "vpc-lattice"
#define JSON_TYPE        "application/json"

/* Line and headers in the order of an SDK; those that a signature has added come first. */
static void put_head(struct lat_buf *request, const struct cft_call *call)
{
    lat_buf_printf(request,
                   "%s %s HTTP/1.1\r\nHost: " HOST "\r\nAccept-Encoding: identity\r\n"
                   "User-Agent: aws-sdk bench\r\n",
                   call->method, call->path);
    if (call->body[0] != '\0')
        lat_buf_printf(request, "Content-Type: " JSON_TYPE "\r\nContent-Length: %zu\r\n",
                       strlen(call->body));
}

void cft_wire_put(struct lat_buf *request, const struct cft_call *call)
{
    put_head(request, call);
    lat_buf_printf(request,
                   "X-Amz-Date: 20260101T000000Z\r\n"
                   "Authorization: " LAT_SIGV4_ALGORITHM " Credential=%012lld/20260101/" REGION
                   "/" SERVICE "/aws4_request, "
                   "SignedHeaders=host;x-amz-date, Signature="
                   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\r\n\r\n%s",
                   (long long)call->account, call->body);
}

void cft_wire_put_signed(struct lat_buf *request, const struct cft_call *call, int64_t now_ms)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const char *key = lat_arena_printf(arena, "%012lld", (long long)call->account);
    const char *question = strchrnul(call->path, '?');
    const struct lat_sigv4_header headers[] = {{"Host", HOST}, {"Content-Type", JSON_TYPE}};
    const size_t given = call->body[0] == '\0' ? 1 : 2;
    const struct lat_sigv4_request unsigned_request = {
        .method = call->method,
        .path = lat_arena_strndup(arena, call->path, (size_t)(question - call->path)),
        .query = *question == '\0' ? "" : question + 1,
        .headers = headers,
        .header_count = given,
        .body = call->body,
        .body_length = strlen(call->body)};
    const struct lat_credentials credentials = {.access_key = key, .secret_key = key};
    const struct lat_sigv4_scope scope = {REGION, SERVICE, now_ms};
    const struct lat_sigv4_header *made = NULL;
    size_t count = 0;
    struct lat_err err;
    put_head(request, call);
    if (lat_sigv4_sign(arena, &unsigned_request, &credentials, &scope, &made, &count, &err) == 0)
        for (size_t i = given; i < count; i++)
            lat_buf_printf(request, "%s: %s\r\n", made[i].name, made[i].value);
    lat_buf_printf(request, "\r\n%s", call->body);
}

int cft_wire_call(uint16_t port, int64_t account, const char *method, const char *path,
                  const char *body, int status, json_t **ret_new, struct lat_err *reterr)
{
    LAT_AUTO(lat_buf_done) struct lat_buf request;
    LAT_AUTO(lat_buf_done) struct lat_buf answer;
    lat_buf_init(&request, CALL_BYTES_MAX);
    lat_buf_init(&answer, ANSWER_BYTES_MAX);
    struct cft_call call = {.account = account, .method = method};
    struct lat_clock clock;
    lat_clock_init_real(&clock);
    snprintf(call.path, sizeof call.path, "%s", path);
    snprintf(call.body, sizeof call.body, "%s", lat_text_or_empty(body));
    cft_wire_put_signed(&request, &call, lat_clock_now_ms(&clock));
    if (cft_load_once(port, request.data, &answer, reterr) < 0)
        return -1;
    if ((int)strtol(answer.data + strlen("HTTP/1.1 "), NULL, 10) != status)
        return lat_err_broken(reterr, "%s %s: %d was expected, not: %.600s", method, path, status,
                              answer.data);
    const char *text = strstr(answer.data, "\r\n\r\n") + 4;
    *ret_new = *text == '\0' ? NULL : lat_json_parse_new(text, strlen(text), reterr);
    return *text == '\0' || *ret_new != NULL ? 0 : -1;
}

int cft_wire_call_for(struct lat_arena *arena, uint16_t port, int64_t account, const char *method,
                      const char *path, const char *body, int status, const char *member,
                      const char **ret_text, struct lat_err *reterr)
{
    json_t *LAT_AUTO(lat_json_decrefp) answer = NULL;
    if (cft_wire_call(port, account, method, path, body, status, &answer, reterr) < 0)
        return -1;
    *ret_text = lat_arena_strdup(arena, lat_json_string_at(answer, member, ""));
    return 0;
}

int cft_wire_lift_quota(uint16_t port, int64_t account, const char *code, struct lat_err *reterr)
{
    char body[128];
    json_t *LAT_AUTO(lat_json_decrefp) answer = NULL;
    snprintf(body, sizeof body, "{\"code\":\"%s\",\"value\":1000000000,\"account\":\"%012lld\"}",
             code, (long long)account);
    return cft_wire_call(port, account, "PUT", "/_lattice/quotas", body, 200, &answer, reterr);
}
