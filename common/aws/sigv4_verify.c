/* Verification of Signature Version 4; see sigv4_verify.h. */
#include "common/aws/sigv4_verify.h"

#include "common/aws/sigv4_int.h"
#include "common/aws/uri.h"
#include "common/base/clock.h"
#include "common/base/text.h"

#include <openssl/crypto.h>
#include <string.h>

#define SCOPE_PARTS      5
#define SIGNATURE_DIGITS (LAT_SIGV4_HEX_BYTES - 1)

static int flaw(struct lat_sigv4_flaw *ret_flaw, enum lat_sigv4_flaw_kind kind, const char *message)
{
    *ret_flaw = (struct lat_sigv4_flaw){kind, message};
    return -1;
}

static const char *header(const struct lat_sigv4_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (((request->headers[i].name[0] ^ name[0]) | 0x20) == 0x20 && /* most differ at once */
            lat_text_eq_ignore_case(request->headers[i].name, name))
            return request->headers[i].value;
    return NULL;
}

/* ---- Reading ---- */

/* "AKID/20150830/us-east-1/service/aws4_request" into its five parts, none of them empty. */
static bool read_scope(struct lat_arena *arena, const char *credential,
                       struct lat_sigv4_claim *claim)
{
    char *cursor = lat_arena_strdup(arena, credential);
    const char *parts[SCOPE_PARTS];
    for (size_t i = 0; i < SCOPE_PARTS; i++)
        if (lat_text_is_empty(parts[i] = strsep(&cursor, "/")))
            return false;
    if (cursor != NULL || !lat_text_eq(parts[SCOPE_PARTS - 1], "aws4_request"))
        return false;
    claim->access_key = parts[0];
    claim->date = parts[1];
    claim->region = parts[2];
    claim->service = parts[3];
    return true;
}

static int finish_claim(struct lat_arena *arena, const char *credential, const char *place,
                        struct lat_sigv4_claim *claim, struct lat_sigv4_flaw *ret_flaw)
{
    const struct {
        const char *name;
        const char *value;
    } needed[] = {{"Credential", credential},
                  {"Signature", claim->signature},
                  {"SignedHeaders", claim->signed_headers}};
    for (size_t i = 0; i < LAT_COUNT(needed); i++)
        if (lat_text_is_empty(needed[i].value))
            return flaw(
                ret_flaw, LAT_SIGV4_INCOMPLETE,
                lat_arena_printf(arena, "%s requires '%s' parameter.", place, needed[i].name));
    if (!read_scope(arena, credential, claim))
        return flaw(ret_flaw, LAT_SIGV4_INCOMPLETE,
                    "Credential must have exactly 5 slash-delimited elements, e.g. "
                    "keyid/date/region/service/aws4_request.");
    return 0;
}

/* "Credential=…, SignedHeaders=…, Signature=…" behind the algorithm, in any order. */
static int read_header(struct lat_arena *arena, const char *parameters,
                       struct lat_sigv4_claim *claim, struct lat_sigv4_flaw *ret_flaw)
{
    const char *credential = NULL;
    const struct {
        const char *name;
        const char **value;
    } places[] = {{"Credential=", &credential},
                  {"SignedHeaders=", &claim->signed_headers},
                  {"Signature=", &claim->signature}};
    char *cursor = lat_arena_strdup(arena, parameters), *part;
    while ((part = strsep(&cursor, ",")) != NULL) {
        part += strspn(part, " \t");
        part[strcspn(part, " \t")] = '\0';
        for (size_t i = 0; i < LAT_COUNT(places); i++)
            if (lat_text_has_prefix(part, places[i].name)) {
                if (*places[i].value != NULL)
                    return flaw(ret_flaw, LAT_SIGV4_INCOMPLETE,
                                "Authorization header has a parameter twice.");
                *places[i].value = part + strlen(places[i].name);
            }
    }
    return finish_claim(arena, credential, "Authorization header", claim, ret_flaw);
}

/* A parameter of the query, decoded; NULL when absent or not decodable. */
static const char *query_value(struct lat_arena *arena, const char *query, const char *name)
{
    size_t length = strlen(name);
    for (const char *p = lat_text_or_empty(query); *p != '\0';) {
        size_t width = (size_t)(strchrnul(p, '&') - p);
        if (width > length && strncmp(p, name, length) == 0 && p[length] == '=')
            return lat_uri_decode(arena, p + length + 1, width - length - 1, false);
        p += width;
        p += *p == '&';
    }
    return NULL;
}

static int read_query(struct lat_arena *arena, const struct lat_sigv4_request *request,
                      struct lat_sigv4_claim *claim, struct lat_sigv4_flaw *ret_flaw)
{
    const char *query = request->query;
    claim->is_presigned = true;
    claim->signed_headers = query_value(arena, query, "X-Amz-SignedHeaders");
    claim->signature = query_value(arena, query, "X-Amz-Signature");
    claim->time = query_value(arena, query, "X-Amz-Date");
    claim->expires = query_value(arena, query, "X-Amz-Expires");
    claim->session_token = query_value(arena, query, "X-Amz-Security-Token");
    const char *hash = query_value(arena, query, "X-Amz-Content-Sha256");
    if (hash != NULL)
        claim->payload_hash = hash;
    return finish_claim(arena, query_value(arena, query, "X-Amz-Credential"), "AWS query string",
                        claim, ret_flaw);
}

int lat_sigv4_claim_read(struct lat_arena *arena, const struct lat_sigv4_request *request,
                         struct lat_sigv4_claim *ret_claim, struct lat_sigv4_flaw *ret_flaw)
{
    const char *authorization = header(request, "Authorization");
    struct lat_sigv4_claim claim = {.payload_hash = header(request, "X-Amz-Content-Sha256")};
    size_t length = strlen(LAT_SIGV4_ALGORITHM);
    int result;
    if (authorization != NULL) {
        if (strncmp(authorization, LAT_SIGV4_ALGORITHM, length) != 0 ||
            (authorization[length] != ' ' && authorization[length] != '\0'))
            return flaw(ret_flaw, LAT_SIGV4_INCOMPLETE,
                        "Authorization header must begin with " LAT_SIGV4_ALGORITHM ".");
        claim.time = header(request, "X-Amz-Date");
        if (claim.time == NULL)
            claim.time = header(request, "Date");
        claim.session_token = header(request, "X-Amz-Security-Token");
        result = read_header(arena, authorization + length, &claim, ret_flaw);
    } else if (query_value(arena, request->query, "X-Amz-Algorithm") != NULL) {
        if (!lat_text_eq(query_value(arena, request->query, "X-Amz-Algorithm"),
                         LAT_SIGV4_ALGORITHM))
            return flaw(ret_flaw, LAT_SIGV4_INCOMPLETE,
                        "X-Amz-Algorithm must be " LAT_SIGV4_ALGORITHM ".");
        result = read_query(arena, request, &claim, ret_flaw);
    } else {
        return flaw(ret_flaw, LAT_SIGV4_UNSIGNED, "Missing Authentication Token");
    }
    if (result == 0)
        *ret_claim = claim;
    return result;
}

/* ---- Checking ---- */

/* "Signature expired: 20150830T123600Z is now earlier than 20150830T130000Z (…)". */
static int flaw_of_time(struct lat_arena *arena, const struct lat_sigv4_claim *claim, bool expired,
                        int64_t now_ms, struct lat_sigv4_flaw *ret_flaw)
{
    char now[LAT_TIME_TEXT_BYTES], limit[LAT_TIME_TEXT_BYTES];
    lat_time_format_basic(now_ms, now);
    lat_time_format_basic(now_ms + (expired ? -1 : 1) * LAT_SIGV4_SKEW_MS_MAX, limit);
    return flaw(ret_flaw, LAT_SIGV4_INVALID,
                lat_arena_printf(arena,
                                 expired
                                     ? "Signature expired: %s is now earlier than %s (%s - 15 min.)"
                                     : "Signature not yet current: %s is still later than %s "
                                       "(%s + 15 min.)",
                                 claim->time, limit, now));
}

static int check_time(struct lat_arena *arena, const struct lat_sigv4_claim *claim, int64_t now_ms,
                      int64_t *ret_time_ms, struct lat_sigv4_flaw *ret_flaw)
{
    int64_t time_ms = 0, expires_s = 0;
    if (lat_time_parse_basic(lat_text_or_empty(claim->time), &time_ms) < 0)
        return flaw(ret_flaw, LAT_SIGV4_INCOMPLETE,
                    "Date must be in ISO-8601 'basic format', e.g. 20150830T123600Z, in X-Amz-Date "
                    "or Date.");
    if (strlen(claim->date) != 8 || strncmp(claim->date, claim->time, 8) != 0)
        return flaw(ret_flaw, LAT_SIGV4_INVALID,
                    lat_arena_printf(arena,
                                     "Date in Credential scope does not match YYYYMMDD from "
                                     "ISO-8601 version of date from HTTP: '%s' != '%.8s'.",
                                     claim->date, claim->time));
    if (time_ms > now_ms + LAT_SIGV4_SKEW_MS_MAX)
        return flaw_of_time(arena, claim, false, now_ms, ret_flaw);
    *ret_time_ms = time_ms;
    if (!claim->is_presigned)
        return time_ms < now_ms - LAT_SIGV4_SKEW_MS_MAX
                   ? flaw_of_time(arena, claim, true, now_ms, ret_flaw)
                   : 0;
    if (claim->expires == NULL || lat_text_to_int64(claim->expires, &expires_s) < 0 ||
        expires_s < 1 || expires_s > LAT_SIGV4_PRESIGNED_S_MAX)
        return flaw(ret_flaw, LAT_SIGV4_INCOMPLETE,
                    "X-Amz-Expires must be a number of seconds from 1 to 604800.");
    return now_ms > time_ms + expires_s * 1000
               ? flaw(ret_flaw, LAT_SIGV4_INVALID, "The presigned request has expired.")
               : 0;
}

static bool is_signed(const char *signed_headers, const char *name)
{
    size_t length = strlen(name);
    for (const char *p = signed_headers; *p != '\0';) {
        size_t width = (size_t)(strchrnul(p, ';') - p);
        if (width == length && strncmp(p, name, length) == 0)
            return true;
        p += width;
        p += *p == ';';
    }
    return false;
}

/* The hash that was signed: the one of the body, unless the request says that its body is not. */
static int take_payload_hash(struct lat_sigv4_hasher *hasher,
                             const struct lat_sigv4_request *request,
                             const struct lat_sigv4_claim *claim, char hash[LAT_SIGV4_HEX_BYTES],
                             const char **ret_hash, struct lat_sigv4_flaw *ret_flaw)
{
    const char *stated = claim->payload_hash;
    if (lat_text_eq(stated, LAT_SIGV4_UNSIGNED_PAYLOAD)) {
        if (!claim->is_presigned && !is_signed(claim->signed_headers, "x-amz-content-sha256"))
            return flaw(ret_flaw, LAT_SIGV4_INVALID,
                        "UNSIGNED-PAYLOAD is accepted only when x-amz-content-sha256 is signed.");
        *ret_hash = stated;
        return 0;
    }
    lat_sigv4_hash_payload(hasher, request->body, request->body_length, hash);
    if (stated != NULL && !lat_text_eq(stated, hash))
        return flaw(ret_flaw, LAT_SIGV4_INVALID,
                    "The value of x-amz-content-sha256 is not the hash of the body.");
    *ret_hash = hash;
    return 0;
}

/* The query without the signature itself, which nobody can have signed. */
static const char *unsigned_query(struct lat_arena *arena, const char *query)
{
    static const char name[] = "X-Amz-Signature=";
    char *out = lat_arena_alloc(arena, strlen(query) + 1), *end = out;
    for (const char *p = query; *p != '\0';) {
        size_t width = (size_t)(strchrnul(p, '&') - p);
        if (!lat_text_has_prefix(p, name)) {
            if (end > out)
                *end++ = '&';
            end = mempcpy(end, p, width);
        }
        p += width;
        p += *p == '&';
    }
    return out;
}

int lat_sigv4_claim_check(struct lat_sigv4_hasher *hasher, struct lat_arena *arena,
                          const struct lat_sigv4_request *request,
                          const struct lat_sigv4_claim *claim, const char *secret_key,
                          int64_t now_ms, struct lat_sigv4_flaw *ret_flaw)
{
    struct lat_sigv4_scope scope = {.region = claim->region, .service = claim->service};
    struct lat_sigv4_request whole = *request;
    char of_body[LAT_SIGV4_HEX_BYTES], signature[LAT_SIGV4_HEX_BYTES];
    const char *hash = NULL;
    if (check_time(arena, claim, now_ms, &scope.time_ms, ret_flaw) < 0)
        return -1;
    if (!is_signed(claim->signed_headers, "host"))
        return flaw(ret_flaw, LAT_SIGV4_INVALID, "'Host' must be a signed header.");
    if (take_payload_hash(hasher, request, claim, of_body, &hash, ret_flaw) < 0)
        return -1;
    if (claim->is_presigned)
        whole.query = unsigned_query(arena, request->query);
    lat_sigv4_signature(hasher, arena, &whole, claim->signed_headers, hash, secret_key, &scope,
                        signature);
    if (strlen(claim->signature) != SIGNATURE_DIGITS ||
        CRYPTO_memcmp(claim->signature, signature, SIGNATURE_DIGITS) != 0)
        return flaw(
            ret_flaw, LAT_SIGV4_INVALID,
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method. Consult the service "
            "documentation for details.");
    return 0;
}
