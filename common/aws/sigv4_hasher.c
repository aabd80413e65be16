/* The hashes of Signature Version 4, on objects of OpenSSL that are fetched once and used for many
 * requests: fetching one costs more than hashing a request with it. */
#include "common/aws/sigv4_int.h"

#include "common/base/clock.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define HASH_BYTES   32
#define DATE_BYTES   8
#define SCOPE_END    "aws4_request"
#define KEY_OF_BYTES 512

struct lat_sigv4_hasher {
    EVP_MD *sha256;
    EVP_MD_CTX *digest;
    EVP_MAC_CTX *mac;           /* HMAC-SHA-256, by the signing key once there is one */
    char key_of[KEY_OF_BYTES];  /* date, region, service and secret of that key, each terminated */
    struct lat_sigv4_sink sink; /* of the request that is being hashed */
};

/* SHA-256 is always there, so that only memory can be missing; then the process ends. */
static void must(int done)
{
    if (done != 1)
        abort();
}

struct lat_sigv4_hasher *lat_sigv4_hasher_new(void)
{
    struct lat_sigv4_hasher *hasher = calloc(1, sizeof *hasher);
    must(hasher != NULL);
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    hasher->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    hasher->digest = EVP_MD_CTX_new();
    hasher->mac = EVP_MAC_CTX_new(hmac);
    EVP_MAC_free(hmac);
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_END};
    must(hasher->sha256 != NULL && hasher->digest != NULL && hasher->mac != NULL);
    must(EVP_MAC_CTX_set_params(hasher->mac, params));
    return hasher;
}

struct lat_sigv4_hasher *lat_sigv4_hasher_free(struct lat_sigv4_hasher *hasher)
{
    if (hasher == NULL)
        return NULL;
    EVP_MAC_CTX_free(hasher->mac);
    EVP_MD_CTX_free(hasher->digest);
    EVP_MD_free(hasher->sha256);
    OPENSSL_cleanse(hasher, sizeof *hasher);
    free(hasher);
    return NULL;
}

void lat_sigv4_hasher_freep(struct lat_sigv4_hasher **hasher)
{
    *hasher = lat_sigv4_hasher_free(*hasher);
}

/* ---- SHA-256 ---- */

static void to_hex(const unsigned char hash[HASH_BYTES], char ret_text[LAT_SIGV4_HEX_BYTES])
{
    for (size_t i = 0; i < HASH_BYTES; i++) {
        ret_text[2 * i] = "0123456789abcdef"[hash[i] >> 4];
        ret_text[2 * i + 1] = "0123456789abcdef"[hash[i] & 15];
    }
    ret_text[LAT_SIGV4_HEX_BYTES - 1] = '\0';
}

static void digest_add(void *context, const char *data, size_t length)
{
    struct lat_sigv4_hasher *hasher = context;
    must(EVP_DigestUpdate(hasher->digest, data, length));
}

static void digest_begin(struct lat_sigv4_hasher *hasher)
{
    must(EVP_DigestInit_ex2(hasher->digest, hasher->sha256, NULL));
}

static void digest_end(struct lat_sigv4_hasher *hasher, char ret_hash[LAT_SIGV4_HEX_BYTES])
{
    unsigned char hash[HASH_BYTES];
    must(EVP_DigestFinal_ex(hasher->digest, hash, NULL));
    to_hex(hash, ret_hash);
}

void lat_sigv4_hash_payload(struct lat_sigv4_hasher *hasher, const char *body, size_t body_length,
                            char ret_hash[LAT_SIGV4_HEX_BYTES])
{
    static const char of_nothing[LAT_SIGV4_HEX_BYTES] =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    if (body == NULL || body_length == 0) {
        memcpy(ret_hash, of_nothing, sizeof of_nothing);
        return;
    }
    digest_begin(hasher);
    digest_add(hasher, body, body_length);
    digest_end(hasher, ret_hash);
}

/* ---- HMAC ---- */

static void mac_add(void *context, const char *data, size_t length)
{
    struct lat_sigv4_hasher *hasher = context;
    must(EVP_MAC_update(hasher->mac, (const unsigned char *)data, length));
}

/* Takes a key, or with NULL the one it has, for another text. */
static void mac_begin(struct lat_sigv4_hasher *hasher, const void *key, size_t key_bytes)
{
    must(EVP_MAC_init(hasher->mac, key, key_bytes, NULL));
}

static void mac_end(struct lat_sigv4_hasher *hasher, unsigned char ret_hash[HASH_BYTES])
{
    size_t bytes = 0;
    must(EVP_MAC_final(hasher->mac, ret_hash, &bytes, HASH_BYTES));
}

/* Four hashes derive the signing key from the secret. */
static void derive_key(struct lat_sigv4_hasher *hasher, struct lat_arena *arena,
                       const char *const *parts, const char *secret_key)
{
    unsigned char key[HASH_BYTES];
    char *first = lat_arena_printf(arena, "AWS4%s", secret_key);
    mac_begin(hasher, first, strlen(first));
    for (; *parts != NULL; parts++) {
        mac_add(hasher, *parts, strlen(*parts));
        mac_end(hasher, key);
        mac_begin(hasher, key, sizeof key);
    }
    OPENSSL_cleanse(first, strlen(first));
    OPENSSL_cleanse(key, sizeof key);
}

/* Whether the key is the one of these parts. No key is of none: a date is never empty. */
static bool has_key_of(const struct lat_sigv4_hasher *hasher, const char *const *parts)
{
    const char *at = hasher->key_of;
    for (; *parts != NULL; parts++) {
        if (strcmp(at, *parts) != 0)
            return false;
        at += strlen(at) + 1;
    }
    return true;
}

static void note_key_of(struct lat_sigv4_hasher *hasher, const char *const *parts)
{
    size_t bytes = 0;
    char *end = hasher->key_of;
    for (size_t i = 0; parts[i] != NULL; i++)
        bytes += strlen(parts[i]) + 1;
    *end = '\0';
    for (; *parts != NULL && bytes <= KEY_OF_BYTES; parts++)
        end = stpcpy(end, *parts) + 1;
}

static void key_for(struct lat_sigv4_hasher *hasher, struct lat_arena *arena, const char *date,
                    const struct lat_sigv4_scope *scope, const char *secret_key)
{
    const char *const of[] = {date, scope->region, scope->service, secret_key, NULL};
    const char *const hashed[] = {date, scope->region, scope->service, SCOPE_END, NULL};
    if (has_key_of(hasher, of)) {
        mac_begin(hasher, NULL, 0);
    } else {
        derive_key(hasher, arena, hashed, secret_key);
        note_key_of(hasher, of);
    }
}

/* ---- The signature ---- */

static void hash_request(struct lat_sigv4_hasher *hasher, struct lat_arena *arena,
                         const struct lat_sigv4_request *request, const char *signed_headers,
                         const char *payload_hash, char ret_hash[LAT_SIGV4_HEX_BYTES])
{
    digest_begin(hasher);
    lat_sigv4_sink_begin(&hasher->sink, digest_add, hasher);
    lat_sigv4_canonical_write(&hasher->sink, arena, request, signed_headers, payload_hash);
    lat_sigv4_sink_end(&hasher->sink);
    digest_end(hasher, ret_hash);
}

void lat_sigv4_signature(struct lat_sigv4_hasher *hasher, struct lat_arena *arena,
                         const struct lat_sigv4_request *request, const char *signed_headers,
                         const char *payload_hash, const char *secret_key,
                         const struct lat_sigv4_scope *scope,
                         char ret_signature[LAT_SIGV4_HEX_BYTES])
{
    char time[LAT_TIME_TEXT_BYTES], date[DATE_BYTES + 1] = "", request_hash[LAT_SIGV4_HEX_BYTES];
    unsigned char hash[HASH_BYTES];
    hash_request(hasher, arena, request, signed_headers, payload_hash, request_hash);
    memcpy(date, lat_time_format_basic(scope->time_ms, time), DATE_BYTES);
    key_for(hasher, arena, date, scope, secret_key);
    const char *const pieces[] = {
        LAT_SIGV4_ALGORITHM, "\n",        time, "\n", date, "/", scope->region, "/", scope->service,
        "/" SCOPE_END "\n",  request_hash};
    lat_sigv4_sink_begin(&hasher->sink, mac_add, hasher);
    for (size_t i = 0; i < LAT_COUNT(pieces); i++)
        lat_sigv4_sink_puts(&hasher->sink, pieces[i]);
    lat_sigv4_sink_end(&hasher->sink);
    mac_end(hasher, hash);
    to_hex(hash, ret_signature);
}
