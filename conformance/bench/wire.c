/* Requests as bytes; see wire.h. The signature is made up: signatures are not checked here. */
#include "conformance/bench/wire.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "conformance/bench/load.h"

#include <string.h>

#define CALL_BYTES_MAX   (1 << 20)
#define ANSWER_BYTES_MAX (64 << 20)

void cft_wire_put(struct lat_buf *request, int64_t account, const char *method, const char *path,
                  const char *body)
{
    lat_buf_printf(request,
                   "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: identity\r\n"
                   "User-Agent: aws-sdk bench\r\nX-Amz-Date: 20260101T000000Z\r\n"
                   "Authorization: AWS4-HMAC-SHA256 Credential=%012lld/20260101/us-east-2/"
                   "vpc-lattice/aws4_request, SignedHeaders=host;x-amz-date, "
                   "Signature="
                   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\r\n",
                   method, path, (long long)account);
    if (body != NULL)
        lat_buf_printf(request, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
                       strlen(body));
    lat_buf_puts(request, "\r\n");
    if (body != NULL)
        lat_buf_puts(request, body);
}

int cft_wire_call(uint16_t port, int64_t account, const char *method, const char *path,
                  const char *body, int status, json_t **ret_new, struct lat_err *reterr)
{
    LAT_AUTO(lat_buf_done) struct lat_buf request;
    LAT_AUTO(lat_buf_done) struct lat_buf answer;
    lat_buf_init(&request, CALL_BYTES_MAX);
    lat_buf_init(&answer, ANSWER_BYTES_MAX);
    cft_wire_put(&request, account, method, path, body);
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
