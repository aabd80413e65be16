/* Admission; see auth.h. Source: lattice-api reference A.4 (codes inferred from the common errors
 * of AWS, texts observed). */
#include "simulator/engine/auth.h"

#include "common/aws/sigv4_verify.h"
#include "common/base/text.h"
#include "simulator/engine/credential.h"

#define AUTHORIZATION_SCHEME "AWS4-"

static const struct sim_auth_codes json_codes = {
    .missing = {"MissingAuthenticationTokenException", 403},
    .incomplete = {"IncompleteSignatureException", 403},
    .unknown = {"UnrecognizedClientException", 403},
    .invalid = {"InvalidSignatureException", 403},
    .expired = {"ExpiredTokenException", 403},
};

const struct sim_auth_codes sim_auth_codes_sts = {
    .missing = {"MissingAuthenticationToken", 403},
    .incomplete = {"IncompleteSignature", 403},
    .unknown = {"InvalidClientTokenId", 403},
    .invalid = {"SignatureDoesNotMatch", 403},
    .expired = {"ExpiredToken", 403},
};

const struct sim_auth_codes sim_auth_codes_ec2 = {
    .missing = {"MissingAuthenticationToken", 403},
    .incomplete = {"IncompleteSignature", 403},
    .unknown = {"AuthFailure", 401},
    .invalid = {"AuthFailure", 401},
    .expired = {"RequestExpired", 400},
};

enum sim_auth sim_auth_parse(const char *text)
{
    return lat_text_eq(text, "off")      ? SIM_AUTH_OFF
           : lat_text_eq(text, "strict") ? SIM_AUTH_STRICT
                                         : SIM_AUTH_LENIENT;
}

static int refuse(struct sim_call *call, struct sim_auth_code code, const char *message)
{
    return sim_refuse_plainly(call, code.status, code.code, message);
}

/* The same request for the verifier, which knows no HTTP. */
static struct lat_sigv4_request signed_request(const struct lat_http_request *request)
{
    struct lat_sigv4_header *headers =
        LAT_NEW_ARRAY(request->arena, struct lat_sigv4_header, request->header_count);
    for (size_t i = 0; i < request->header_count; i++)
        headers[i] = (struct lat_sigv4_header){request->headers[i].name, request->headers[i].value};
    return (struct lat_sigv4_request){
        .method = request->method,
        .path = request->path,
        .query = request->query,
        .headers = headers,
        .header_count = request->header_count,
        .body = request->body,
        .body_length = request->body_length,
    };
}

/* Account and ARN of a key that is known; any other keeps what its scope says. */
static void take_credential(struct sim_call *call, const struct sim_credential *credential)
{
    if (credential == NULL)
        return;
    call->caller.account = credential->account;
    call->caller.arn = credential->arn;
    call->caller.user_id = credential->user_id;
}

static int verify(struct sim_call *call, const struct sim_auth_codes *codes,
                  const struct lat_sigv4_request *request, const struct lat_sigv4_claim *claim,
                  const struct sim_credential *credential)
{
    struct lat_sigv4_flaw flaw = {0};
    if (credential == NULL || !lat_text_eq(claim->session_token, credential->session_token))
        return refuse(call, codes->unknown,
                      "The security token included in the request is invalid.");
    if (call->sim->hasher == NULL)
        call->sim->hasher = lat_sigv4_hasher_new();
    if (lat_sigv4_claim_check(call->sim->hasher, call->arena, request, claim,
                              credential->secret_key, call->now_ms, &flaw) < 0)
        return refuse(call, flaw.kind == LAT_SIGV4_INCOMPLETE ? codes->incomplete : codes->invalid,
                      flaw.message);
    if (credential->expires_ms != 0 && call->now_ms >= credential->expires_ms)
        return refuse(call, codes->expired,
                      "The security token included in the request is expired");
    return 0;
}

static int admit_strictly(struct sim_call *call, const struct sim_auth_codes *codes,
                          const struct lat_http_request *request)
{
    struct lat_sigv4_request whole = signed_request(request);
    struct lat_sigv4_claim claim = {0};
    struct lat_sigv4_flaw flaw = {0};
    struct sim_credential *credential = NULL;
    if (lat_sigv4_claim_read(call->arena, &whole, &claim, &flaw) < 0)
        return refuse(call, flaw.kind == LAT_SIGV4_UNSIGNED ? codes->missing : codes->incomplete,
                      flaw.message);
    if (sim_credential_find(call->sim, call->arena, claim.access_key, &credential) < 0 ||
        verify(call, codes, &whole, &claim, credential) < 0)
        return -1;
    take_credential(call, credential);
    return 0;
}

/* What calls itself a signature must read as one; it may be anybody's and wrong. */
static int admit_leniently(struct sim_call *call, const struct sim_auth_codes *codes,
                           const struct lat_http_request *request)
{
    const char *header = lat_http_request_header(request, "Authorization");
    struct lat_sigv4_header one = {"Authorization", header};
    struct lat_sigv4_request whole = {.headers = &one, .header_count = 1};
    struct lat_sigv4_claim claim = {0};
    struct lat_sigv4_flaw flaw = {0};
    if (lat_text_has_prefix(header, AUTHORIZATION_SCHEME) &&
        lat_sigv4_claim_read(call->arena, &whole, &claim, &flaw) < 0)
        return refuse(call, codes->incomplete, flaw.message);
    return 0;
}

int sim_auth_admit(struct sim_call *call, const struct sim_api *api,
                   const struct lat_http_request *request)
{
    const struct sim_auth_codes *codes = api->auth_codes == NULL ? &json_codes : api->auth_codes;
    enum sim_auth auth = call->sim->config.auth;
    struct sim_credential *credential = NULL;
    if (api->takes_unsigned != NULL && api->takes_unsigned(request))
        return 0;
    if (auth == SIM_AUTH_STRICT)
        return admit_strictly(call, codes, request);
    if (auth == SIM_AUTH_LENIENT && admit_leniently(call, codes, request) < 0)
        return -1;
    if (lat_text_is_empty(call->caller.access_key))
        return 0;
    if (sim_credential_given(call->sim, call->arena, call->caller.access_key, &credential) < 0)
        return -1;
    take_credential(call, credential);
    return 0;
}
