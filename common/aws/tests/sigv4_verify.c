/* The verifier against what the signer makes of the published vectors' key, and against every way
 * in which a signed request can be wrong. */
#include "common/aws/sigv4_verify.h"

#include "common/base/tests/leaks.h"
#include "common/base/text.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(sigv4_verify, .fini = check_leaks);

#define TIME_MS INT64_C(1440938160000) /* 2015-08-30T12:36:00Z */
#define SECRET  "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define CREDENTIAL                                                                                 \
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "

/* The signatures of get-vanilla, post-vanilla and post-x-www-form-urlencoded (with a type). */
#define GET_SIGNATURE  "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
#define POST_SIGNATURE "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
#define FORM_SIGNATURE "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"

/* A request in the making: what a test changes of get-vanilla. */
struct question {
    const char *method, *query, *body, *authorization, *date;
    struct lat_sigv4_header extra[2];
    const char *secret;
    int64_t now_ms;
};

static enum lat_sigv4_flaw_kind judge(struct question question, const char **ret_message)
{
    static char message[512];
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct lat_sigv4_header headers[6] = {{"Host", "example.amazonaws.com"}};
    size_t count = 1;
    if (question.date != NULL)
        headers[count++] = (struct lat_sigv4_header){"X-Amz-Date", question.date};
    if (question.authorization != NULL)
        headers[count++] = (struct lat_sigv4_header){"Authorization", question.authorization};
    for (size_t i = 0; i < 2 && question.extra[i].name != NULL; i++)
        headers[count++] = question.extra[i];
    struct lat_sigv4_request request = {
        .method = question.method == NULL ? "GET" : question.method,
        .path = "/",
        .query = question.query,
        .headers = headers,
        .header_count = count,
        .body = question.body,
        .body_length = strlen(lat_text_or_empty(question.body)),
    };
    struct lat_sigv4_claim claim = {0};
    struct lat_sigv4_flaw flaw = {0};
    LAT_AUTO(lat_sigv4_hasher_freep) struct lat_sigv4_hasher *hasher = lat_sigv4_hasher_new();
    if (lat_sigv4_claim_read(arena, &request, &claim, &flaw) == 0 &&
        lat_sigv4_claim_check(hasher, arena, &request, &claim,
                              question.secret == NULL ? SECRET : question.secret,
                              question.now_ms == 0 ? TIME_MS : question.now_ms, &flaw) == 0)
        cr_assert_eq(flaw.kind, LAT_SIGV4_SOUND);
    strncpy(message, lat_text_or_empty(flaw.message), sizeof message - 1);
    if (ret_message != NULL)
        *ret_message = message;
    return flaw.kind;
}

static struct question vanilla(void)
{
    return (struct question){.date = "20150830T123600Z",
                             .authorization = CREDENTIAL
                             "SignedHeaders=host;x-amz-date, Signature=" GET_SIGNATURE};
}

Test(sigv4_verify, accepts_the_published_signatures)
{
    struct question question = vanilla();
    cr_expect_eq(judge(question, NULL), LAT_SIGV4_SOUND);
    question.method = "POST";
    question.authorization = CREDENTIAL "SignedHeaders=host;x-amz-date, Signature=" POST_SIGNATURE;
    cr_expect_eq(judge(question, NULL), LAT_SIGV4_SOUND);
    question.authorization =
        CREDENTIAL "SignedHeaders=content-type;host;x-amz-date, Signature=" FORM_SIGNATURE;
    question.body = "Param1=value1";
    question.extra[0] =
        (struct lat_sigv4_header){"Content-Type", "application/x-www-form-urlencoded"};
    cr_expect_eq(judge(question, NULL), LAT_SIGV4_SOUND);
}

Test(sigv4_verify, refuses_another_method_body_query_or_secret)
{
    struct question question = vanilla();
    question.method = "DELETE";
    cr_expect_eq(judge(question, NULL), LAT_SIGV4_INVALID);
    question = vanilla();
    question.body = "more";
    cr_expect_eq(judge(question, NULL), LAT_SIGV4_INVALID);
    question = vanilla();
    question.query = "a=b";
    cr_expect_eq(judge(question, NULL), LAT_SIGV4_INVALID);
    question = vanilla();
    question.secret = "wrong";
    const char *message = NULL;
    cr_expect_eq(judge(question, &message), LAT_SIGV4_INVALID);
    cr_expect_not_null(strstr(message, "does not match the signature you provided"));
    cr_expect_null(strstr(message, "wrong"));
}

Test(sigv4_verify, allows_fifteen_minutes_of_skew_and_no_more)
{
    static const struct {
        int64_t off_ms;
        enum lat_sigv4_flaw_kind kind;
        const char *message;
    } cases[] = {
        {900000, LAT_SIGV4_SOUND, ""},
        {-900000, LAT_SIGV4_SOUND, ""},
        {901000, LAT_SIGV4_INVALID,
         "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z "
         "(20150830T125101Z - 15 min.)"},
        {-901000, LAT_SIGV4_INVALID,
         "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z "
         "(20150830T122059Z + 15 min.)"},
    };
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        struct question question = vanilla();
        const char *message = NULL;
        question.now_ms = TIME_MS + cases[i].off_ms;
        cr_expect_eq(judge(question, &message), cases[i].kind);
        cr_expect_str_eq(message, cases[i].message);
    }
}

Test(sigv4_verify, names_what_an_authorization_header_lacks)
{
    static const struct {
        const char *authorization;
        const char *message;
    } cases[] = {
        {"Basic abc", "must begin with"},
        {"AWS4-HMAC-SHA256", "'Credential'"},
        {CREDENTIAL "Signature=a", "'SignedHeaders'"},
        {CREDENTIAL "SignedHeaders=host", "'Signature'"},
        {"AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=a", "5 slash"},
        {"AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4, SignedHeaders=host, Signature=a", "5 slash"},
        {CREDENTIAL "Credential=b", "twice"},
    };
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        struct question question = vanilla();
        const char *message = NULL;
        question.authorization = cases[i].authorization;
        cr_expect_eq(judge(question, &message), LAT_SIGV4_INCOMPLETE);
        cr_expect_not_null(strstr(message, cases[i].message), "%s: %s", cases[i].authorization,
                           message);
    }
    cr_expect_eq(judge((struct question){0}, NULL), LAT_SIGV4_UNSIGNED);
}

Test(sigv4_verify, wants_a_date_and_the_same_day_in_the_scope)
{
    struct question question = vanilla();
    question.date = NULL;
    cr_expect_eq(judge(question, NULL), LAT_SIGV4_INCOMPLETE);
    static const char *const no_dates[] = {"2015-08-30T12:36Z", "20150830T123600",
                                           "20150230T123600Z",  "20150830T123660Z",
                                           "20150830T1236-1Z",  "+0150830T123600Z"};
    for (size_t i = 0; i < LAT_COUNT(no_dates); i++) {
        question.date = no_dates[i];
        cr_expect_eq(judge(question, NULL), LAT_SIGV4_INCOMPLETE, "%s", no_dates[i]);
    }
    question.date = "20150831T123600Z";
    const char *message = NULL;
    cr_expect_eq(judge(question, &message), LAT_SIGV4_INVALID);
    cr_expect_not_null(strstr(message, "'20150830' != '20150831'"));
}

Test(sigv4_verify, wants_host_among_the_signed_headers)
{
    struct question question = vanilla();
    question.authorization = CREDENTIAL "SignedHeaders=x-amz-date, Signature=" GET_SIGNATURE;
    const char *message = NULL;
    cr_expect_eq(judge(question, &message), LAT_SIGV4_INVALID);
    cr_expect_not_null(strstr(message, "'Host'"));
}

/* The signature of a request by the key of the vectors. */
static const char *sign(struct lat_arena *arena, const struct lat_sigv4_request *request,
                        const char *signed_headers, const char *payload_hash)
{
    static const struct lat_sigv4_scope scope = {"us-east-1", "service", TIME_MS};
    LAT_AUTO(lat_sigv4_hasher_freep) struct lat_sigv4_hasher *hasher = lat_sigv4_hasher_new();
    char *signature = lat_arena_alloc(arena, LAT_SIGV4_HEX_BYTES);
    lat_sigv4_signature(hasher, arena, request, signed_headers, payload_hash, SECRET, &scope,
                        signature);
    return signature;
}

/* Signs with a stated body hash; the hash header is signed when signed_headers names it. */
static enum lat_sigv4_flaw_kind judge_hash(const char *stated, const char *signed_headers,
                                           const char *body)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const struct lat_sigv4_header headers[] = {{"Host", "example.amazonaws.com"},
                                               {"X-Amz-Content-Sha256", stated},
                                               {"X-Amz-Date", "20150830T123600Z"}};
    struct lat_sigv4_request request = {
        .method = "GET", .path = "/", .headers = headers, .header_count = 3};
    struct question question = vanilla();
    question.body = body;
    question.extra[0] = headers[1];
    question.authorization =
        lat_arena_printf(arena, CREDENTIAL "SignedHeaders=%s, Signature=%s", signed_headers,
                         sign(arena, &request, signed_headers, stated));
    return judge(question, NULL);
}

Test(sigv4_verify, holds_a_stated_body_hash_against_the_body)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    static const char with[] = "host;x-amz-content-sha256;x-amz-date";
    const char *hash = lat_sigv4_payload_hash(arena, "body", 4);
    cr_expect_eq(judge_hash(hash, with, "body"), LAT_SIGV4_SOUND);
    cr_expect_eq(judge_hash(hash, with, "other"), LAT_SIGV4_INVALID);
    cr_expect_eq(judge_hash("UNSIGNED-PAYLOAD", with, "anything"), LAT_SIGV4_SOUND);
    cr_expect_eq(judge_hash("UNSIGNED-PAYLOAD", "host;x-amz-date", "anything"), LAT_SIGV4_INVALID);
    cr_expect_eq(judge_hash("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", with, "x"), LAT_SIGV4_INVALID);
}

/* The query of a presigned GET of "/" with these seconds to live. */
static const char *presigned(struct lat_arena *arena, const char *expires)
{
    const struct lat_sigv4_header headers[] = {{"Host", "example.amazonaws.com"}};
    const char *query = lat_arena_printf(
        arena,
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%%2F20150830%%2Fus-east-1"
        "%%2Fservice%%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=%s"
        "&X-Amz-SignedHeaders=host&a=b",
        expires);
    struct lat_sigv4_request request = {
        .method = "GET", .path = "/", .query = query, .headers = headers, .header_count = 1};
    return lat_arena_printf(arena, "%s&X-Amz-Signature=%s", query,
                            sign(arena, &request, "host", lat_sigv4_payload_hash(arena, NULL, 0)));
}

Test(sigv4_verify, holds_a_presigned_url_to_its_time_to_live)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct question question = {.query = presigned(arena, "3600")};
    cr_expect_eq(judge(question, NULL), LAT_SIGV4_SOUND);
    question.now_ms = TIME_MS + 3600 * 1000;
    cr_expect_eq(judge(question, NULL), LAT_SIGV4_SOUND);
    question.now_ms += 1000;
    cr_expect_eq(judge(question, NULL), LAT_SIGV4_INVALID);
    question = (struct question){.query = presigned(arena, "604801")};
    cr_expect_eq(judge(question, NULL), LAT_SIGV4_INCOMPLETE);
    question =
        (struct question){.query = lat_arena_printf(arena, "%s&b=c", presigned(arena, "60"))};
    cr_expect_eq(judge(question, NULL), LAT_SIGV4_INVALID);
}
