/* Who is calling, and the signature that says so; see sign.h. */
#include "conformance/runner/sign.h"

#include "common/aws/credentials.h"
#include "common/aws/sigv4.h"
#include "common/base/clock.h"

#include <string.h>

struct cft_signer {
    const char *region;
    struct lat_credentials credentials;
    struct lat_clock clock;
};

/* A key that a simulator maps to its default account. */
static const struct lat_credentials made_up = {
    .access_key = "AKIACONFORMANCE00000", .secret_key = "conformance", .source = "conformance"};

struct cft_signer *cft_signer_new_made_up(struct lat_arena *arena, const char *region)
{
    struct cft_signer *signer = LAT_NEW(arena, struct cft_signer);
    signer->region = region;
    signer->credentials = made_up;
    lat_clock_init_real(&signer->clock);
    return signer;
}

struct cft_signer *cft_signer_new(struct lat_arena *arena, const char *region,
                                  struct lat_err *reterr)
{
    struct cft_signer *signer = cft_signer_new_made_up(arena, region);
    return lat_credentials_find(arena, &signer->credentials, reterr) < 0 ? NULL : signer;
}

/* The host and port of "scheme://host:port/path", as the client sends them. */
static const char *host_of(struct lat_arena *arena, const char *url)
{
    const char *start = strstr(url, "://") + strlen("://");
    return lat_arena_strndup(arena, start, strcspn(start, "/?"));
}

/* The path and query of a URL, apart. */
static void split(struct lat_arena *arena, const char *url, struct lat_sigv4_request *request)
{
    const char *start = strstr(url, "://") + strlen("://");
    const char *path = start + strcspn(start, "/?");
    size_t length = strcspn(path, "?");
    request->path = length == 0 ? "/" : lat_arena_strndup(arena, path, length);
    request->query = path[length] == '?' ? path + length + 1 : "";
}

int cft_signer_sign(const struct cft_signer *signer, struct lat_arena *arena, const char *service,
                    struct lat_http_call *call, struct lat_err *reterr)
{
    struct lat_sigv4_header *headers =
        LAT_NEW_ARRAY(arena, struct lat_sigv4_header, call->header_count + 1);
    headers[0] = (struct lat_sigv4_header){"Host", host_of(arena, call->url)};
    for (size_t i = 0; i < call->header_count; i++)
        headers[i + 1] = (struct lat_sigv4_header){call->headers[i].name, call->headers[i].value};
    struct lat_sigv4_request request = {.method = call->method,
                                        .headers = headers,
                                        .header_count = call->header_count + 1,
                                        .body = call->body,
                                        .body_length = call->body_length};
    split(arena, call->url, &request);
    const struct lat_sigv4_scope scope = {
        .region = signer->region, .service = service, .time_ms = lat_clock_now_ms(&signer->clock)};
    const struct lat_sigv4_header *signed_headers = NULL;
    size_t count = 0;
    if (lat_sigv4_sign(arena, &request, &signer->credentials, &scope, &signed_headers, &count,
                       reterr) < 0)
        return -1;
    struct lat_http_header *all = LAT_NEW_ARRAY(arena, struct lat_http_header, count);
    for (size_t i = 0; i < count; i++)
        all[i] = (struct lat_http_header){signed_headers[i].name, signed_headers[i].value};
    call->headers = all;
    call->header_count = count;
    return 0;
}
