/* temporary */
#include "conformance/runner/sign.h"
struct cft_signer {
    const char *region;
};
struct cft_signer *cft_signer_new(bool is_own, const char *region, struct lat_err *reterr)
{
    (void)is_own;
    (void)reterr;
    struct cft_signer *s = malloc(sizeof *s);
    s->region = region;
    return s;
}
struct cft_signer *cft_signer_free(struct cft_signer *signer)
{
    free(signer);
    return NULL;
}
int cft_signer_sign(const struct cft_signer *signer, struct lat_arena *arena, const char *service,
                    struct lat_http_call *call, struct lat_err *reterr)
{
    (void)reterr;
    struct lat_http_header *h =
        LAT_NEW_ARRAY(arena, struct lat_http_header, call->header_count + 1);
    for (size_t i = 0; i < call->header_count; i++)
        h[i] = call->headers[i];
    h[call->header_count].name = "Authorization";
    h[call->header_count].value =
        lat_arena_printf(arena,
                         "AWS4-HMAC-SHA256 Credential=AKIATEST/20240101/%s/%s/aws4_request, "
                         "SignedHeaders=host, Signature=0000",
                         signer->region, service);
    call->headers = h;
    call->header_count++;
    return 0;
}
