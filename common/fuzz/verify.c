/* The verifier of signatures: a line that says how the request is signed and what is changed
 * afterwards, then the request as in request_input.h. What nobody signed is refused; what was
 * signed is taken, where it is a request as clients make them; what was changed is taken only when
 * its signed part says the same. The signature is held against a plain one made of the text. */
#include "common/aws/sigv4_verify.h"

#include "common/aws/uri.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/fuzz/request_input.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

#define SECRET    "a secret that no input holds"
#define DATE      "20240101"
#define SCOPE     "AKID/" DATE "/us-east-2/vpc-lattice/aws4_request"
#define PARAMETER "X-Amz-Signature="

static const struct lat_sigv4_scope scope = {"us-east-2", "vpc-lattice",
                                             LAT_CLOCK_VIRTUAL_START_MS};

/* What the first line says: "h 1 20 text" signs in headers and writes the text over the path, from
 * its 20th byte on (no text: takes that byte out). */
struct plan {
    bool is_presigned;
    unsigned int place, offset;
    const char *text;
};

struct signed_request {
    struct lat_sigv4_request request;
    struct lat_sigv4_header headers[LAT_FUZZ_HEADERS_MAX + 2];
    const char *signed_headers;
    const char *payload_hash;
    char signature[LAT_SIGV4_HEX_BYTES];
};

/* --- a plain signature ---------------------------------------------------------------------------
 */

static const char *hex(struct lat_arena *arena, const unsigned char hash[32])
{
    char *text = lat_arena_alloc(arena, 65);
    for (size_t i = 0; i < 32; i++)
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
    return text;
}

static void hmac(const void *key, int key_bytes, const char *text, unsigned char hash[32])
{
    unsigned char out[32];
    HMAC(EVP_sha256(), key, key_bytes, (const unsigned char *)text, strlen(text), out, NULL);
    memcpy(hash, out, sizeof out);
}

static const char *plain_signature(struct lat_arena *arena, const char *canonical)
{
    static const char *const parts[] = {DATE, "us-east-2", "vpc-lattice", "aws4_request"};
    unsigned char hash[32], key[64] = "AWS4" SECRET;
    int key_bytes = (int)strlen((const char *)key);
    for (size_t i = 0; i < LAT_COUNT(parts); i++, key_bytes = 32)
        hmac(key, key_bytes, parts[i], key);
    EVP_Digest(canonical, strlen(canonical), hash, NULL, EVP_sha256(), NULL);
    hmac(key, 32,
         lat_arena_printf(arena,
                          LAT_SIGV4_ALGORITHM "\n" DATE "T000000Z\n" DATE
                                              "/us-east-2/vpc-lattice/aws4_request\n%s",
                          hex(arena, hash)),
         hash);
    return hex(arena, hash);
}

/* --- signing -------------------------------------------------------------------------------------
 */

static const char *header(const struct lat_sigv4_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (lat_text_eq_ignore_case(request->headers[i].name, name))
            return request->headers[i].value;
    return NULL;
}

static const char *payload_hash(struct lat_arena *arena, const struct lat_sigv4_request *request)
{
    const char *stated = header(request, "X-Amz-Content-Sha256");
    return lat_text_eq(stated, LAT_SIGV4_UNSIGNED_PAYLOAD)
               ? stated
               : lat_sigv4_payload_hash(arena, request->body, request->body_length);
}

static void sign(struct lat_arena *arena, const struct plan *plan, struct signed_request *it)
{
    LAT_AUTO(lat_sigv4_hasher_freep) struct lat_sigv4_hasher *hasher = lat_sigv4_hasher_new();
    struct lat_sigv4_request *request = &it->request;
    it->headers[1] =
        (struct lat_sigv4_header){plan->is_presigned ? "X-A" : "X-Amz-Date", DATE "T000000Z"};
    it->signed_headers = lat_sigv4_signed_headers(arena, request);
    it->payload_hash = payload_hash(arena, request);
    if (plan->is_presigned)
        request->query = lat_arena_printf(
            arena,
            "X-Amz-Algorithm=" LAT_SIGV4_ALGORITHM "&X-Amz-Credential=%s&X-Amz-Date=" DATE
            "T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=%s&%s",
            lat_uri_encode(arena, SCOPE), lat_uri_encode(arena, it->signed_headers),
            request->query);
    lat_sigv4_signature(hasher, arena, request, it->signed_headers, it->payload_hash, SECRET,
                        &scope, it->signature);
    const char *canonical =
        lat_sigv4_canonical_request(arena, request, it->signed_headers, it->payload_hash);
    assert(strcmp(it->signature, plain_signature(arena, canonical)) == 0);
    if (plan->is_presigned)
        request->query =
            lat_arena_printf(arena, "%s&" PARAMETER "%s", request->query, it->signature);
    else
        it->headers[request->header_count++] = (struct lat_sigv4_header){
            "Authorization",
            lat_arena_printf(
                arena, LAT_SIGV4_ALGORITHM " Credential=" SCOPE ", SignedHeaders=%s, Signature=%s",
                it->signed_headers, it->signature)};
}

/* Whether clients make such requests: names of headers are tokens, and nothing that belongs to a
 * signature was there before. */
static bool is_ordinary(const struct lat_sigv4_request *request)
{
    static const char token[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    static const char *const own[] = {"Authorization", "X-Amz-Date", "X-Amz-Content-Sha256"};
    for (size_t i = 2; i < request->header_count; i++) {
        const char *name = request->headers[i].name;
        if (*name == '\0' || name[strspn(name, token)] != '\0')
            return false;
        for (size_t j = 0; j < LAT_COUNT(own); j++)
            if (lat_text_eq_ignore_case(name, own[j]))
                return false;
    }
    return strstr(request->query, "X-Amz-") == NULL;
}

/* --- changing ------------------------------------------------------------------------------------
 */

static const char *changed(struct lat_arena *arena, const char *text, const struct plan *plan)
{
    size_t length = strlen(text), cut = plan->text[0] == '\0' ? 1 : strlen(plan->text);
    size_t from = plan->offset < length ? plan->offset : length;
    return lat_arena_printf(arena, "%.*s%s%s", (int)from, text, plan->text,
                            length - from > cut ? text + from + cut : "");
}

static void change(struct lat_arena *arena, const struct plan *plan, struct signed_request *it)
{
    struct lat_sigv4_request *request = &it->request;
    const char **const places[] = {&request->method, &request->path, &request->query,
                                   &request->body};
    size_t place = plan->place % (LAT_COUNT(places) + 2 * request->header_count);
    size_t of_header = place - LAT_COUNT(places);
    if (place < LAT_COUNT(places))
        *places[place] = changed(arena, *places[place], plan);
    else if (of_header % 2 == 0)
        it->headers[of_header / 2].value = changed(arena, it->headers[of_header / 2].value, plan);
    else
        it->headers[of_header / 2].name = changed(arena, it->headers[of_header / 2].name, plan);
    request->body_length = strlen(request->body);
}

/* The query without its signature. */
static const char *rest_of_query(struct lat_arena *arena, const char *query)
{
    char *rest = lat_arena_strdup(arena, "");
    for (char *cursor = lat_arena_strdup(arena, query), *part;
         (part = strsep(&cursor, "&")) != NULL;)
        if (!lat_text_has_prefix(part, PARAMETER))
            rest = lat_arena_printf(arena, "%s&%s", rest, part);
    return rest;
}

static const char *meaning(struct lat_arena *arena, struct lat_sigv4_request request,
                           const char *signed_headers, const char *hash)
{
    request.query = rest_of_query(arena, request.query);
    return lat_sigv4_canonical_request(arena, &request, signed_headers, hash);
}

/* --- judging -------------------------------------------------------------------------------------
 */

static bool is_taken(struct lat_arena *arena, struct lat_sigv4_hasher *hasher,
                     const struct lat_sigv4_request *request, struct lat_sigv4_claim *ret_claim)
{
    struct lat_sigv4_flaw flaw = {0};
    *ret_claim = (struct lat_sigv4_claim){0};
    if (lat_sigv4_claim_read(arena, request, ret_claim, &flaw) == 0 &&
        lat_sigv4_claim_check(hasher, arena, request, ret_claim, SECRET, scope.time_ms, &flaw) == 0)
        return true;
    assert(flaw.kind != LAT_SIGV4_SOUND && flaw.message[0] != '\0');
    assert(strstr(flaw.message, SECRET) == NULL);
    return false;
}

/* A request that was changed after it had been signed, and yet taken. */
static void check_same(struct lat_arena *arena, const struct lat_sigv4_claim *claim,
                       const struct signed_request *was, const struct signed_request *is)
{
    assert(strcmp(claim->signature, was->signature) == 0);
    assert(lat_text_eq(claim->date, DATE) && lat_text_eq(claim->region, scope.region) &&
           lat_text_eq(claim->service, scope.service));
    assert(lat_text_eq(claim->time, DATE "T000000Z"));
    assert(lat_text_eq(claim->signed_headers, was->signed_headers));
    assert(strcmp(meaning(arena, was->request, was->signed_headers, was->payload_hash),
                  meaning(arena, is->request, was->signed_headers,
                          payload_hash(arena, &is->request))) == 0);
    (void)arena, (void)claim, (void)was, (void)is; /* without assertions */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    LAT_AUTO(lat_sigv4_hasher_freep) struct lat_sigv4_hasher *hasher = lat_sigv4_hasher_new();
    struct signed_request was = {.headers = {{"Host", "localhost"}}, .request.header_count = 2};
    struct lat_sigv4_claim claim;
    char mode = '\0';
    int used = 0;
    const char *line = lat_fuzz_line(arena, &data, &size);
    struct plan plan = {0};
    if (sscanf(line, "%c %u %u %n", &mode, &plan.place, &plan.offset, &used) < 3)
        return 0;
    plan.is_presigned = mode == 'q';
    plan.text = line + used;
    was.headers[1] = was.headers[0];
    lat_fuzz_request(arena, data, size, was.headers, &was.request);
    assert(!is_taken(arena, hasher, &was.request, &claim));
    bool ordinary = is_ordinary(&was.request);
    sign(arena, &plan, &was);
    bool taken = is_taken(arena, hasher, &was.request, &claim);
    assert(taken || !ordinary);
    (void)taken, (void)ordinary;
    struct signed_request is = was;
    is.request.headers = is.headers;
    change(arena, &plan, &is);
    if (is_taken(arena, hasher, &is.request, &claim))
        check_same(arena, &claim, &was, &is);
    return 0;
}
