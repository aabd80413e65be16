/* The other side of Signature Version 4: what a request claims about its signer, in the
 * Authorization header or in a presigned URL, and whether the claim holds. It knows no keys:
 * whoever asks brings the secret. Source: documented ("Troubleshoot signed requests for AWS APIs");
 * texts observed in answers of AWS. Tests: common/aws/tests/sigv4_verify.c. */
#pragma once

#include "common/aws/sigv4.h"

#include <stdbool.h>

#define LAT_SIGV4_SKEW_MS_MAX      INT64_C(900000) /* 15 minutes either way (documented) */
#define LAT_SIGV4_PRESIGNED_S_MAX  604800          /* of X-Amz-Expires: seven days (documented) */
#define LAT_SIGV4_UNSIGNED_PAYLOAD "UNSIGNED-PAYLOAD"

/* What is said, nothing of it proven. Texts live in the arena or are the request's. */
struct lat_sigv4_claim {
    bool is_presigned;
    const char *access_key;
    const char *date; /* of the credential scope: "20150830" */
    const char *region;
    const char *service;
    const char *signed_headers; /* "host;x-amz-date" */
    const char *signature;
    const char *time;          /* "20150830T123600Z"; NULL when the request carries none */
    const char *expires;       /* X-Amz-Expires of a presigned URL; NULL when absent */
    const char *session_token; /* NULL when absent */
    const char *payload_hash;  /* X-Amz-Content-Sha256; NULL when absent */
};

enum lat_sigv4_flaw_kind {
    LAT_SIGV4_SOUND,
    LAT_SIGV4_UNSIGNED,   /* there is no claim at all */
    LAT_SIGV4_INCOMPLETE, /* a part is missing or malformed */
    LAT_SIGV4_INVALID, /* too old, too new, for another day, or not the signature of this request */
    LAT_SIGV4_FLAW_KIND_COUNT
};

struct lat_sigv4_flaw {
    enum lat_sigv4_flaw_kind kind;
    const char *message; /* for the caller; never holds a secret or a computed signature */
};

/* Reads the claim: of the Authorization header when there is one, else of the query. Returns -1
 * with ret_flaw UNSIGNED or INCOMPLETE. Nothing is asked of the date yet. */
int lat_sigv4_claim_read(struct lat_arena *arena, const struct lat_sigv4_request *request,
                         struct lat_sigv4_claim *ret_claim,
                         struct lat_sigv4_flaw *ret_flaw) LAT_MUST_USE;

/* Whether the claim holds for this request, secret and moment: the date of the scope, 15 minutes of
 * skew (a presigned URL: its own time to live), host among the signed headers, the body's hash
 * where the request states one, the signature. UNSIGNED-PAYLOAD counts only where it is signed
 * itself. Returns -1 with ret_flaw INCOMPLETE or INVALID. Takes equal time for any wrong signature.
 */
int lat_sigv4_claim_check(struct lat_sigv4_hasher *hasher, struct lat_arena *arena,
                          const struct lat_sigv4_request *request,
                          const struct lat_sigv4_claim *claim, const char *secret_key,
                          int64_t now_ms, struct lat_sigv4_flaw *ret_flaw) LAT_MUST_USE;
