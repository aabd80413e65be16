/* Signature Version 4 against the published vectors (key AKIDEXAMPLE, 2015-08-30T12:36:00Z), plus
 * one call as the VPC Lattice clients make it. Every signature was also computed with botocore. */
#include "common/aws/sigv4.h"
#include "common/aws/sigv4_verify.h"

#include "common/base/tests/leaks.h"
#include "common/base/text.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(sigv4, .fini = check_leaks);

#define TIME_MS    INT64_C(1440938160000)
#define UNRESERVED "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static const struct lat_sigv4_scope plain_scope = {"us-east-1", "service", TIME_MS};
static const struct lat_sigv4_scope lattice_scope = {"us-east-2", "vpc-lattice", TIME_MS};

struct vector {
    const char *name;
    const char *method;
    const char *path;
    const char *query;
    struct lat_sigv4_header headers[2];
    const char *body;
    const char *token;
    const struct lat_sigv4_scope *scope; /* NULL for plain_scope */
    const char *signed_headers;
    const char *signature;
};

#define ROOT_SIGNATURE "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"

static const struct vector vectors[] = {
    {.name = "get-vanilla", .path = "/", .signature = ROOT_SIGNATURE},
    {.name = "get-vanilla-query-order-key",
     .path = "/",
     .query = "Param2=value2&Param1=value1",
     .signature = "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {.name = "get-vanilla-query-order-value",
     .path = "/",
     .query = "Param1=value2&Param1=Value1",
     .signature = "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1"},
    {.name = "get-vanilla-query-unreserved",
     .path = "/",
     .query = UNRESERVED "=" UNRESERVED,
     .signature = "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
    {.name = "get-unreserved",
     .path = "/" UNRESERVED,
     .signature = "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
    {.name = "get-utf8",
     .path = "/\xe1\x88\xb4",
     .signature = "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
    {.name = "get-space",
     .path = "/example space/",
     .signature = "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
    {.name = "get-relative", .path = "/example/..", .signature = ROOT_SIGNATURE},
    {.name = "get-relative-relative",
     .path = "/example1/example2/../..",
     .signature = ROOT_SIGNATURE},
    {.name = "get-slash", .path = "//", .signature = ROOT_SIGNATURE},
    {.name = "get-slash-dot-slash", .path = "/./", .signature = ROOT_SIGNATURE},
    {.name = "get-slashes",
     .path = "//example//",
     .signature = "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
    {.name = "get-slash-pointless-dot",
     .path = "/./example",
     .signature = "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"},
    {.name = "get-header-value-trim",
     .path = "/",
     .headers = {{"My-Header1", " value1"}, {"My-Header2", "\"a   b   c\""}},
     .signed_headers = "host;my-header1;my-header2;x-amz-date",
     .signature = "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
    {.name = "post-vanilla",
     .method = "POST",
     .path = "/",
     .signature = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {.name = "post-x-www-form-urlencoded",
     .method = "POST",
     .path = "/",
     .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
     .body = "Param1=value1",
     .signed_headers = "content-type;host;x-amz-date",
     .signature = "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
    {.name = "a session token",
     .method = "POST",
     .path = "/",
     .token = "AQoDYXdzEPT//////////wEXAMPLEtc764",
     .signed_headers = "host;x-amz-date;x-amz-security-token",
     .signature = "6cda8d4daf577291d505decc9a77e097c9c8f3af6eb02bb749763637dee0c1a2"},
    {.name = "an ARN in the path",
     .method = "PATCH",
     .path = "/services/arn%3Aaws%3Avpc-lattice%3Aus-east-2%3A123456789012%3Aservice%2F"
             "svc-0123456789abcdef0",
     .query = "maxResults=5&nextToken=a%2Fb%3D",
     .headers = {{"Content-Type", "application/json"}},
     .body = "{\"authType\":\"NONE\"}",
     .scope = &lattice_scope,
     .signed_headers = "content-type;host;x-amz-date",
     .signature = "3fce99281d1da58deb199dab4f76505a91421f416af9f3b1639a670cdb62e051"},
};

static const struct lat_credentials credentials = {
    .access_key = "AKIDEXAMPLE", .secret_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};

static const char *header_value(const struct lat_sigv4_header *headers, size_t count,
                                const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (lat_text_eq_ignore_case(headers[i].name, name))
            return headers[i].value;
    return NULL;
}

/* The verifier takes what the signer made, and takes it from nobody else. */
static void check_is_verified(struct lat_arena *arena, const struct lat_sigv4_request *request,
                              const struct vector *vector)
{
    struct lat_sigv4_claim claim = {0};
    struct lat_sigv4_flaw flaw = {0};
    cr_assert_eq(lat_sigv4_claim_read(arena, request, &claim, &flaw), 0, "%s", flaw.message);
    cr_expect_str_eq(claim.access_key, credentials.access_key);
    cr_expect(lat_text_eq(claim.session_token, vector->token));
    LAT_AUTO(lat_sigv4_hasher_freep) struct lat_sigv4_hasher *hasher = lat_sigv4_hasher_new();
    for (int time = 0; time < 4;
         time++) { /* by a new key, the kept one, another, the first again */
        const char *secret = time == 2 ? "another" : credentials.secret_key;
        cr_expect_eq(lat_sigv4_claim_check(hasher, arena, request, &claim, secret, TIME_MS, &flaw),
                     time == 2 ? -1 : 0, "%s: %s", vector->name, flaw.message);
    }
}

static void check_vector(const struct vector *vector)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct lat_sigv4_header headers[3] = {{"Host", "example.amazonaws.com"}};
    size_t count = 1;
    for (size_t i = 0; i < 2 && vector->headers[i].name != NULL; i++)
        headers[count++] = vector->headers[i];
    struct lat_sigv4_request request = {
        .method = vector->method == NULL ? "GET" : vector->method,
        .path = vector->path,
        .query = vector->query,
        .headers = headers,
        .header_count = count,
        .body = vector->body,
        .body_length = vector->body == NULL ? 0 : strlen(vector->body),
    };
    struct lat_credentials mine = credentials;
    mine.session_token = vector->token;
    const struct lat_sigv4_scope *scope = vector->scope == NULL ? &plain_scope : vector->scope;
    const struct lat_sigv4_header *sent = NULL;
    size_t sent_count = 0;
    struct lat_err err = {0};
    cr_assert_eq(lat_sigv4_sign(arena, &request, &mine, scope, &sent, &sent_count, &err), 0);
    const char *expected = lat_arena_printf(
        arena,
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/%s/%s/aws4_request, SignedHeaders=%s, "
        "Signature=%s",
        scope->region, scope->service,
        vector->signed_headers == NULL ? "host;x-amz-date" : vector->signed_headers,
        vector->signature);
    cr_expect_str_eq(header_value(sent, sent_count, "Authorization"), expected, "%s: %s",
                     vector->name, header_value(sent, sent_count, "Authorization"));
    cr_expect_str_eq(header_value(sent, sent_count, "X-Amz-Date"), "20150830T123600Z");
    cr_expect(lat_text_eq(header_value(sent, sent_count, "X-Amz-Security-Token"), vector->token));
    request.headers = sent;
    request.header_count = sent_count;
    check_is_verified(arena, &request, vector);
}

Test(sigv4, signs_every_vector_as_published)
{
    for (size_t i = 0; i < LAT_COUNT(vectors); i++)
        check_vector(&vectors[i]);
}

Test(sigv4, encodes_an_encoded_path_once_more_in_the_canonical_request)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const struct lat_sigv4_header headers[] = {{"HOST", "h:1"}, {"X-A", "1"}, {"x-a", "2"}};
    struct lat_sigv4_request request = {.method = "GET",
                                        .path = "/tags/arn%3Aaws",
                                        .query = "tagKeys=b&tagKeys=a%2Fb&&flag&c=%7e",
                                        .headers = headers,
                                        .header_count = 3};
    cr_expect_str_eq(lat_sigv4_signed_headers(arena, &request), "host;x-a");
    cr_expect_str_eq(lat_sigv4_canonical_request(arena, &request, "host;x-a", "HASH"),
                     "GET\n/tags/arn%253Aaws\nc=~&flag=&tagKeys=a%2Fb&tagKeys=b\n"
                     "host:h:1\nx-a:1,2\n\nhost;x-a\nHASH");
}

Test(sigv4, replaces_a_signature_that_the_request_had)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const struct lat_sigv4_header headers[] = {{"Host", "example.amazonaws.com"},
                                               {"authorization", "old"},
                                               {"x-amz-date", "old"},
                                               {"User-Agent", "changes on the way"}};
    struct lat_sigv4_request request = {
        .method = "GET", .path = "/", .headers = headers, .header_count = 4};
    const struct lat_sigv4_header *sent = NULL;
    size_t count = 0;
    cr_assert_eq(lat_sigv4_sign(arena, &request, &credentials, &plain_scope, &sent, &count, NULL),
                 0);
    cr_expect_eq(count, 4);
    cr_expect_not_null(strstr(header_value(sent, count, "Authorization"), ROOT_SIGNATURE));
}

Test(sigv4, refuses_to_sign_without_a_host)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct lat_sigv4_request request = {.method = "GET", .path = "/"};
    const struct lat_sigv4_header *sent = NULL;
    size_t count = 0;
    struct lat_err err = {0};
    cr_expect_eq(lat_sigv4_sign(arena, &request, &credentials, &plain_scope, &sent, &count, &err),
                 -1);
    cr_expect_eq(err.kind, LAT_ERR_BROKEN);
}
