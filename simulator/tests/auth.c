/* Who is let in under --auth off, lenient and strict, what a refusal looks like in each wire
 * format, sessions of roles, accounts by access key, and that no secret shows where it does not
 * belong. */
#include "common/base/tests/leaks.h"
#include "common/base/text.h"
#include "simulator/engine/credential.h"
#include "simulator/tests/bench.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

TestSuite(auth, .fini = check_leaks);

#define BENCH_WITH(mode)                                                                           \
    LAT_AUTO(bench_freep) struct bench *bench = bench_new(&sim_delays_instant);                    \
    bench_sim(bench)->config.auth = (mode)

#define ROLE "arn:aws:iam::210987654321:role/team/deployer"

static const struct bench_signer default_signer = {.service = "vpc-lattice",
                                                   .access_key = SIM_DEFAULT_ACCESS_KEY,
                                                   .secret_key = SIM_DEFAULT_SECRET_KEY};

/* {"alg":"none"} . the claims given as base64url . a signature */
static const char *assume_with_token(struct bench *bench, const char *claims)
{
    return bench_format(bench,
                        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=" ROLE
                        "&RoleSessionName=pod-1&WebIdentityToken=eyJhbGciOiJub25lIn0.%s.c2ln",
                        claims);
}

/* {"iss":"https://oidc","sub":"system:serviceaccount:a:b","aud":["sts"],"exp":1704070800}: an hour
 * after the bench's clock starts; the second one has ended by then. */
#define CLAIMS                                                                                     \
    "eyJpc3MiOiJodHRwczovL29pZGMiLCJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6YTpiIiwiYXVkIjpbInN0cyJd" \
    "LCJleHAiOjE3MDQwNzA4MDB9"
/* {"iss":"a","sub":"b","exp":1704067200} */
#define ENDED_CLAIMS "eyJpc3MiOiJhIiwic3ViIjoiYiIsImV4cCI6MTcwNDA2NzIwMH0"
/* {"iss":"a","sub":"b"} */
#define ENDLESS_CLAIMS "eyJpc3MiOiJhIiwic3ViIjoiYiJ9"

static struct bench_signer session_of(struct bench *bench, const char *service)
{
    return (struct bench_signer){
        .service = service,
        .access_key = bench_xml(bench, "AccessKeyId"),
        .secret_key = bench_xml(bench, "SecretAccessKey"),
        .session_token = bench_xml(bench, "SessionToken"),
    };
}

static const char *caller_account(struct bench *bench, struct bench_signer signer)
{
    signer.service = "sts";
    cr_assert_eq(bench_send_signed(bench, &signer, "POST", "/",
                                   "Action=GetCallerIdentity&Version=2011-06-15"),
                 200, "%s", bench_body(bench));
    return bench_xml(bench, "Account");
}

Test(auth, strict_accepts_the_default_key_and_a_12_digit_account)
{
    BENCH_WITH(SIM_AUTH_STRICT);
    cr_expect_eq(bench_send_signed(bench, &default_signer, "GET", "/services?maxResults=5", NULL),
                 200, "%s", bench_body(bench));
    struct bench_signer signer = default_signer;
    signer.access_key = signer.secret_key = "210987654321";
    cr_expect_str_eq(caller_account(bench, signer), "210987654321");
}

Test(auth, strict_refuses_with_the_codes_of_the_service)
{
    BENCH_WITH(SIM_AUTH_STRICT);
    struct bench_signer signer = default_signer;
    cr_expect_eq(bench_send_as(bench, "GET", "/services", NULL, NULL, 0), 403);
    cr_expect_str_eq(bench_error(bench), "MissingAuthenticationTokenException");
    cr_expect_eq(bench_send(bench, "GET", "/services", NULL), 403);
    cr_expect_str_eq(bench_error(bench), "UnrecognizedClientException");
    signer.secret_key = "wrong";
    cr_expect_eq(bench_send_signed(bench, &signer, "GET", "/services", NULL), 403);
    cr_expect_str_eq(bench_error(bench), "InvalidSignatureException");
    cr_expect_not_null(strstr(bench_text(bench, "message"), "does not match the signature"));
    signer = default_signer;
    signer.session_token = "not-of-this-key";
    cr_expect_eq(bench_send_signed(bench, &signer, "GET", "/services", NULL), 403);
    cr_expect_str_eq(bench_error(bench), "UnrecognizedClientException");
    const struct lat_http_header header = {"Authorization", "AWS4-HMAC-SHA256 Credential=x"};
    cr_expect_eq(bench_send_as(bench, "GET", "/services", NULL, &header, 1), 403);
    cr_expect_str_eq(bench_error(bench), "IncompleteSignatureException");
}

Test(auth, strict_speaks_each_wire_format)
{
    BENCH_WITH(SIM_AUTH_STRICT);
    struct bench_signer signer = default_signer;
    signer.secret_key = "wrong";
    signer.service = "sts";
    cr_expect_eq(bench_send_signed(bench, &signer, "POST", "/", "Action=GetCallerIdentity"), 403);
    cr_expect_str_eq(bench_xml(bench, "Code"), "SignatureDoesNotMatch");
    signer.service = "tagging";
    cr_expect_eq(bench_send_signed(bench, &signer, "POST", "/", "{}"), 403);
    cr_expect_str_eq(bench_text(bench, "__type"), "InvalidSignatureException");
}

Test(auth, strict_follows_the_simulators_clock)
{
    BENCH_WITH(SIM_AUTH_STRICT);
    struct bench_signer signer = default_signer;
    lat_clock_advance(&bench_sim(bench)->clock, INT64_C(90000000));
    signer.skew_ms = -900000;
    cr_expect_eq(bench_send_signed(bench, &signer, "GET", "/services", NULL), 200);
    signer.skew_ms = -901000;
    cr_expect_eq(bench_send_signed(bench, &signer, "GET", "/services", NULL), 403);
    cr_expect_not_null(strstr(bench_text(bench, "message"), "Signature expired"));
    signer.skew_ms = 901000;
    cr_expect_eq(bench_send_signed(bench, &signer, "GET", "/services", NULL), 403);
    cr_expect_not_null(strstr(bench_text(bench, "message"), "not yet current"));
}

Test(auth, a_refused_call_changes_nothing_and_is_in_the_journal)
{
    BENCH_WITH(SIM_AUTH_STRICT);
    cr_expect_eq(bench_send(bench, "POST", "/services", "{'name':'orders'}"), 403);
    bench_send_as(bench, "GET", "/_lattice/journal", NULL, NULL, 0);
    cr_expect_not_null(strstr(bench_body(bench), "\"error\":\"UnrecognizedClientException\""));
    cr_expect_not_null(strstr(bench_body(bench), "\"changes\":[]"));
    bench_send_signed(bench, &default_signer, "GET", "/services", NULL);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 0);
}

Test(auth, lenient_takes_any_well_formed_credential_and_off_takes_all)
{
    BENCH_WITH(SIM_AUTH_LENIENT);
    const struct lat_http_header half = {"Authorization", "AWS4-HMAC-SHA256 Credential=x/y"};
    cr_expect_eq(bench_send(bench, "GET", "/services", NULL), 200);
    cr_expect_eq(bench_send_as(bench, "GET", "/services", NULL, NULL, 0), 200);
    cr_expect_eq(bench_send_as(bench, "GET", "/services", NULL, &half, 1), 403);
    cr_expect_str_eq(bench_error(bench), "IncompleteSignatureException");
    bench_sim(bench)->config.auth = SIM_AUTH_OFF;
    cr_expect_eq(bench_send_as(bench, "GET", "/services", NULL, &half, 1), 200);
}

Test(auth, accounts_by_access_key_do_not_see_each_other)
{
    BENCH_WITH(SIM_AUTH_STRICT);
    struct bench_signer other = default_signer;
    other.access_key = other.secret_key = "210987654321";
    cr_assert_eq(
        bench_send_signed(bench, &default_signer, "POST", "/services", "{'name':'orders'}"), 201);
    const char *target = bench_format(bench, "/services/%s", bench_text(bench, "id"));
    cr_expect_eq(bench_send_signed(bench, &other, "GET", target, NULL), 404);
    bench_send_signed(bench, &other, "GET", "/services", NULL);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 0);
    cr_expect_eq(bench_send_signed(bench, &other, "POST", "/services", "{'name':'orders'}"), 201);
    cr_expect_not_null(strstr(bench_text(bench, "arn"), ":210987654321:"));
}

Test(auth, assume_role_issues_credentials_that_strict_accepts_until_they_end)
{
    BENCH_WITH(SIM_AUTH_STRICT);
    struct bench_signer signer = default_signer;
    signer.service = "sts";
    cr_assert_eq(bench_send_signed(bench, &signer, "POST", "/",
                                   "Action=AssumeRole&Version=2011-06-15&RoleArn=" ROLE
                                   "&RoleSessionName=ci&DurationSeconds=900"),
                 200, "%s", bench_body(bench));
    cr_expect_str_eq(bench_xml(bench, "Arn"), "arn:aws:sts::210987654321:assumed-role/deployer/ci");
    cr_expect_str_eq(bench_xml(bench, "Expiration"), "2024-01-01T00:15:00Z");
    struct bench_signer session = session_of(bench, "vpc-lattice");
    cr_expect_eq(bench_send_signed(bench, &session, "GET", "/services", NULL), 200);
    struct bench_signer tokenless = session;
    tokenless.session_token = NULL;
    cr_expect_eq(bench_send_signed(bench, &tokenless, "GET", "/services", NULL), 403);
    cr_expect_str_eq(bench_error(bench), "UnrecognizedClientException");
    cr_expect_str_eq(caller_account(bench, session), "210987654321");
    lat_clock_advance(&bench_sim(bench)->clock, 900000);
    cr_expect_eq(bench_send_signed(bench, &session, "GET", "/services", NULL), 403);
    cr_expect_str_eq(bench_error(bench), "ExpiredTokenException");
    session.service = "sts";
    cr_expect_eq(bench_send_signed(bench, &session, "POST", "/", "Action=GetCallerIdentity"), 403);
    cr_expect_str_eq(bench_xml(bench, "Code"), "ExpiredToken");
}

Test(auth, assume_role_refuses_wrong_input)
{
    static const char *const forms[] = {
        "RoleArn=short&RoleSessionName=ci",
        "RoleArn=arn:aws:iam::210987654321:user/deployer&RoleSessionName=ci",
        "RoleArn=" ROLE,
        "RoleArn=" ROLE "&RoleSessionName=a%20b",
        "RoleArn=" ROLE "&RoleSessionName=ci&DurationSeconds=899",
        "RoleArn=" ROLE "&RoleSessionName=ci&DurationSeconds=43201",
        "RoleArn=" ROLE "&RoleSessionName=ci&DurationSeconds=long",
    };
    BENCH_WITH(SIM_AUTH_LENIENT);
    for (size_t i = 0; i < LAT_COUNT(forms); i++) {
        const char *form = bench_format(bench, "Action=AssumeRole&Version=2011-06-15&%s", forms[i]);
        cr_expect_eq(bench_form(bench, form), 400, "%s: %s", forms[i], bench_body(bench));
        cr_expect_str_eq(bench_xml(bench, "Code"), "ValidationError");
    }
}

Test(auth, a_web_identity_needs_no_signature_but_a_token_that_has_not_ended)
{
    BENCH_WITH(SIM_AUTH_STRICT);
    cr_assert_eq(bench_form(bench, assume_with_token(bench, CLAIMS)), 200, "%s", bench_body(bench));
    cr_expect_str_eq(bench_xml(bench, "SubjectFromWebIdentityToken"), "system:serviceaccount:a:b");
    cr_expect_str_eq(bench_xml(bench, "Audience"), "sts");
    cr_expect_str_eq(bench_xml(bench, "Provider"), "https://oidc");
    cr_expect_str_eq(caller_account(bench, session_of(bench, "sts")), "210987654321");
    cr_expect_eq(bench_form(bench, assume_with_token(bench, ENDED_CLAIMS)), 400);
    cr_expect_str_eq(bench_xml(bench, "Code"), "ExpiredTokenException");
    static const char *const wrong[] = {ENDLESS_CLAIMS, "e30", "W10", "!!", ""};
    for (size_t i = 0; i < LAT_COUNT(wrong); i++) {
        cr_expect_eq(bench_form(bench, assume_with_token(bench, wrong[i])), 400);
        cr_expect_str_eq(bench_xml(bench, "Code"), "InvalidIdentityToken");
    }
    cr_expect_eq(bench_form(bench, "Action=GetCallerIdentity&Version=2011-06-15"), 403);
    cr_expect_str_eq(bench_xml(bench, "Code"), "MissingAuthenticationToken");
}

Test(auth, the_admin_api_adds_keys_and_never_tells_their_secrets)
{
    BENCH_WITH(SIM_AUTH_STRICT);
    cr_assert_eq(bench_send_as(bench, "POST", "/_lattice/credentials",
                               "{'access_key':'AKIATEAM','secret_key':'very-hidden',"
                               "'account':'210987654321'}",
                               NULL, 0),
                 200, "%s", bench_body(bench));
    struct bench_signer signer = {
        .service = "vpc-lattice", .access_key = "AKIATEAM", .secret_key = "very-hidden"};
    cr_expect_str_eq(caller_account(bench, signer), "210987654321");
    bench_form(bench, assume_with_token(bench, CLAIMS));
    const char *secret = bench_xml(bench, "SecretAccessKey");
    const char *token = bench_xml(bench, "SessionToken");
    static const char *const paths[] = {"/_lattice/credentials", "/_lattice/journal"};
    for (size_t i = 0; i < LAT_COUNT(paths); i++) {
        cr_assert_eq(bench_send_as(bench, "GET", paths[i], NULL, NULL, 0), 200);
        cr_expect_null(strstr(bench_body(bench), "very-hidden"));
        cr_expect_null(strstr(bench_body(bench), secret));
        cr_expect_null(strstr(bench_body(bench), token));
        cr_expect_null(strstr(bench_body(bench), CLAIMS));
        cr_expect_not_null(strstr(bench_body(bench), "210987654321"));
    }
    static const char *const wrong[] = {
        "{}", "{'access_key':'AKIATEAM','secret_key':'a','account':'1'}",
        "{'access_key':'a b','secret_key':'a','account':'210987654321'}",
        "{'access_key':'AKIATEAM','secret_key':'a','account':'210987654321','extra':'b'}"};
    for (size_t i = 0; i < LAT_COUNT(wrong); i++)
        cr_expect_eq(bench_send_as(bench, "POST", "/_lattice/credentials", wrong[i], NULL, 0), 400);
}

/* Writes a file for one test, loads it, and gives what was said. */
static int load(struct bench *bench, const char *text, struct lat_err *reterr)
{
    char path[] = "/tmp/lattice-credentials-XXXXXX";
    int file = mkstemp(path);
    cr_assert(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text));
    close(file);
    int result = sim_credentials_load(bench_sim(bench), path, reterr);
    unlink(path);
    return result;
}

Test(auth, a_file_of_credentials_is_taken_whole_or_not_at_all)
{
    BENCH_WITH(SIM_AUTH_STRICT);
    struct lat_err err = {0};
    cr_assert_eq(load(bench,
                      "credentials:\n- access_key: AKIAFILE\n  secret_key: s3cret\n"
                      "  account: \"210987654321\"\n  arn: arn:aws:iam::210987654321:role/ops\n",
                      &err),
                 0, "%s", err.message);
    struct bench_signer signer = {
        .service = "sts", .access_key = "AKIAFILE", .secret_key = "s3cret"};
    cr_expect_str_eq(caller_account(bench, signer), "210987654321");
    cr_expect_str_eq(bench_xml(bench, "Arn"), "arn:aws:iam::210987654321:role/ops");
    cr_expect_eq(load(bench,
                      "credentials:\n- {access_key: AKIANEW, secret_key: a, account: "
                      "\"210987654321\"}\n- {access_key: AKIAOLD, secret_key: a, account: 12}\n",
                      &err),
                 -1);
    cr_expect_eq(err.kind, LAT_ERR_INPUT);
    cr_expect_not_null(strstr(err.message, ":3: "), "%s", err.message);
    signer.access_key = "AKIANEW";
    signer.secret_key = "a";
    cr_expect_eq(bench_send_signed(bench, &signer, "POST", "/", "Action=GetCallerIdentity"), 403);
    cr_expect_eq(load(bench, "keys: []\n", &err), -1);
    cr_expect_not_null(strstr(err.message, "credentials"));
}
