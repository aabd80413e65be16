/* AWS Signature Version 4 in headers, piece by piece, so that a signer and a verifier share each
 * piece. Source of all rules: documented ("Create a signed AWS API request"), checked against the
 * published vectors. Never logs or keeps a secret. */
#pragma once

#include "common/aws/credentials.h"
#include "common/base/arena.h"
#include "common/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define LAT_SIGV4_ALGORITHM "AWS4-HMAC-SHA256"

struct lat_sigv4_header {
    const char *name; /* in any letter case */
    const char *value;
};

/* A request as it is sent. headers must include Host. */
struct lat_sigv4_request {
    const char *method;
    const char *path;  /* as on the request line; signing encodes it once more (not for S3) */
    const char *query; /* as on the request line, without '?'; NULL or "" for none */
    const struct lat_sigv4_header *headers;
    size_t header_count;
    const char *body; /* NULL for none */
    size_t body_length;
};

/* What a signature is bound to. */
struct lat_sigv4_scope {
    const char *region;
    const char *service; /* the signing name: "vpc-lattice" */
    int64_t time_ms;
};

/* The hexadecimal SHA-256 of a body; of nothing when it is NULL. */
const char *lat_sigv4_payload_hash(struct lat_arena *arena, const char *body,
                                   size_t body_length) LAT_MUST_USE;

/* The names of the headers that a signer signs: lower case, sorted, "host;x-amz-date". Left out is
 * what proxies change or add: Authorization, Connection, Expect, Transfer-Encoding, User-Agent,
 * X-Amzn-Trace-Id. */
const char *lat_sigv4_signed_headers(struct lat_arena *arena,
                                     const struct lat_sigv4_request *request) LAT_MUST_USE;

/* The canonical request with the headers that signed_headers lists. payload_hash is what
 * lat_sigv4_payload_hash gives, or the text that the client sent in X-Amz-Content-Sha256. */
const char *lat_sigv4_canonical_request(struct lat_arena *arena,
                                        const struct lat_sigv4_request *request,
                                        const char *signed_headers,
                                        const char *payload_hash) LAT_MUST_USE;

/* Hashes kept ready, and the signing key of the last signature: most follow others of the same
 * secret, day, Region and service, and deriving costs more than signing. Whoever makes it owns it;
 * freeing it wipes the key. */
struct lat_sigv4_hasher;

struct lat_sigv4_hasher *lat_sigv4_hasher_new(void) LAT_MUST_USE;
struct lat_sigv4_hasher *lat_sigv4_hasher_free(struct lat_sigv4_hasher *hasher);
void lat_sigv4_hasher_freep(struct lat_sigv4_hasher **hasher);

#define LAT_SIGV4_HEX_BYTES 65 /* a hash as lower-case hexadecimal digits, terminated */

/* The signature of a request: of the hash of its canonical form in a scope, by the key that is
 * derived from the secret. signed_headers and payload_hash as above. */
void lat_sigv4_signature(struct lat_sigv4_hasher *hasher, struct lat_arena *arena,
                         const struct lat_sigv4_request *request, const char *signed_headers,
                         const char *payload_hash, const char *secret_key,
                         const struct lat_sigv4_scope *scope,
                         char ret_signature[LAT_SIGV4_HEX_BYTES]);

/* Signs: ret_headers are all headers to send, those of the request (without an X-Amz-Date, a token
 * or an Authorization of its own) and the two or three of the signature; in the arena. Returns -1
 * when the request has no Host header. */
int lat_sigv4_sign(struct lat_arena *arena, const struct lat_sigv4_request *request,
                   const struct lat_credentials *credentials, const struct lat_sigv4_scope *scope,
                   const struct lat_sigv4_header **ret_headers, size_t *ret_count,
                   struct lat_err *reterr) LAT_MUST_USE;
