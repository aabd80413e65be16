/* No answer tells a secret: what an answer shows of a state, what is kept all the same, and that
 * faults and settings are part of what is kept. */
#include "simulator/tests/bench.h"

#include "common/base/tests/leaks.h"
#include "common/base/text.h"
#include "simulator/engine/credential.h"
#include "simulator/store/kube.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(secrets, .fini = check_leaks);

#define ADDED_SECRET "hidden-AddedSecret0123456789"
#define KUBE_SECRET  "aGlkZGVuLUt1YmVTZWNyZXQ="

static const char *get(struct bench *bench, const char *target)
{
    cr_assert_eq(bench_send(bench, "GET", target, NULL), 200, "%s: %s", target, bench_body(bench));
    return bench_format(bench, "%s", bench_body(bench));
}

/* A Secret of Kubernetes, as its API would write it. */
static void put_kube_secret(struct bench *bench)
{
    struct sim_store *store = bench_sim(bench)->store;
    struct sim_kube_object object = {
        .uid = "uid-1",
        .resource = "secrets",
        .namespace = "default",
        .name = "keys",
        .version = 1,
        .body = "{\"metadata\":{\"name\":\"keys\"},\"data\":{\"key\":\"" KUBE_SECRET "\"}}",
    };
    cr_assert_eq(sim_store_begin(store), 0);
    cr_assert_eq(sim_store_kube_insert(store, &object), 0);
    cr_assert_eq(sim_store_commit(store), 0);
}

struct secrets {
    const char *added, *issued, *session, *metadata, *kube;
};

/* Puts a secret of each kind in place; the ones that are handed out only there. */
static struct secrets make_secrets(struct bench *bench)
{
    struct secrets made = {.added = ADDED_SECRET, .kube = KUBE_SECRET};
    cr_assert_eq(bench_send(bench, "POST", "/_lattice/credentials",
                            "{'access_key':'AKIATEAM','secret_key':'" ADDED_SECRET
                            "','account':'210987654321'}"),
                 200);
    cr_expect_null(strstr(bench_body(bench), ADDED_SECRET));
    cr_assert_eq(bench_form(bench,
                            "Action=AssumeRole&Version=2011-06-15&RoleSessionName=one&RoleArn="
                            "arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Ftester"),
                 200, "%s", bench_body(bench));
    made.issued = bench_xml(bench, "SecretAccessKey");
    made.session = bench_xml(bench, "SessionToken");
    cr_assert_neq(made.issued[0], '\0');
    cr_assert_neq(made.session[0], '\0');
    const struct lat_http_header ttl = {"x-aws-ec2-metadata-token-ttl-seconds", "60"};
    cr_assert_eq(bench_send_as(bench, "PUT", "/latest/api/token", NULL, &ttl, 1), 200);
    made.metadata = bench_format(bench, "%s", bench_body(bench));
    put_kube_secret(bench);
    return made;
}

static void expect_none(const char *text, const struct secrets *secrets, const char *where)
{
    const char *const all[] = {secrets->added,   secrets->issued,
                               secrets->session, secrets->metadata,
                               secrets->kube,    "\"" SIM_DEFAULT_SECRET_KEY "\""};
    for (size_t i = 0; i < LAT_COUNT(all); i++)
        cr_expect_null(strstr(text, all[i]), "%s tells %s", where, all[i]);
}

Test(secrets, no_answer_of_the_admin_api_tells_one)
{
    static const char *const targets[] = {
        "/_lattice/export",
        "/_lattice/journal",
        "/_lattice/metrics",
        "/_lattice/credentials",
        "/_lattice/snapshots",
        "/_lattice/diff?from=before",
        "/_lattice/diff?from=current&to=before",
        "/_lattice/diff?from=before&format=text",
    };
    NEW_BENCH(&sim_delays_instant);
    cr_assert_eq(bench_send(bench, "POST", "/_lattice/snapshots", "{'name':'before'}"), 200);
    struct secrets secrets = make_secrets(bench);
    for (size_t i = 0; i < LAT_COUNT(targets); i++)
        expect_none(get(bench, targets[i]), &secrets, targets[i]);
    const char *difference = get(bench, "/_lattice/diff?from=before&format=text");
    cr_expect_not_null(strstr(difference, "+ access key AKIATEAM"), "%s", difference);
    for (int64_t call = 1; call <= 2; call++) {
        const char *target = bench_format(bench, "/_lattice/explain?seq=%d", (int)call);
        expect_none(get(bench, target), &secrets, target);
    }
}

Test(secrets, a_refusal_under_strict_signatures_tells_none)
{
    NEW_BENCH(&sim_delays_instant);
    struct secrets secrets = make_secrets(bench);
    bench_sim(bench)->config.auth = SIM_AUTH_STRICT;
    const struct bench_signer wrong[] = {
        {.service = "vpc-lattice", .access_key = "AKIATEAM", .secret_key = "guess"},
        {.service = "vpc-lattice", .access_key = SIM_DEFAULT_ACCESS_KEY, .secret_key = "guess"},
        {.service = "vpc-lattice", .access_key = "AKIANOBODY", .secret_key = "guess"},
        {.service = "vpc-lattice",
         .access_key = "AKIATEAM",
         .secret_key = ADDED_SECRET,
         .skew_ms = 3600000},
        {.service = "vpc-lattice",
         .access_key = "AKIATEAM",
         .secret_key = ADDED_SECRET,
         .session_token = "guess"},
    };
    for (size_t i = 0; i < LAT_COUNT(wrong); i++) {
        cr_expect_eq(bench_send_signed(bench, &wrong[i], "GET", "/services", NULL), 403);
        expect_none(bench_body(bench), &secrets, "a refusal");
        expect_none(lat_text_or_empty(bench_error(bench)), &secrets, "a refusal");
    }
    expect_none(get(bench, "/_lattice/journal"), &secrets, "the journal");
}

Test(secrets, a_presigned_call_leaves_its_token_out_of_the_journal)
{
    NEW_BENCH(&sim_delays_instant);
    bench_send(bench, "GET", "/services?X-Amz-Security-Token=very-hidden", NULL);
    cr_expect_null(strstr(get(bench, "/_lattice/journal"), "very-hidden"));
}

Test(secrets, a_snapshot_keeps_what_an_export_leaves_out)
{
    NEW_BENCH(&sim_delays_instant);
    make_secrets(bench);
    const char *count = "SELECT count(*) FROM credential";
    cr_assert_eq(bench_count(bench, count), 2);
    bench_send(bench, "POST", "/_lattice/snapshots", "{'name':'before'}");
    cr_assert_eq(bench_send(bench, "POST", "/_lattice/reset", NULL), 200);
    cr_expect_eq(bench_count(bench, count), 0);
    cr_assert_eq(bench_send(bench, "POST", "/_lattice/restore", "{'name':'before'}"), 200, "%s",
                 bench_body(bench));
    cr_expect_eq(bench_count(bench, count), 2);
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM metadata_token"), 1);
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM kube_object"), 1);
}

Test(secrets, an_import_keeps_the_access_keys_of_whoever_reads_it)
{
    NEW_BENCH(&sim_delays_instant);
    LAT_AUTO(bench_freep) struct bench *reader = bench_new(&sim_delays_instant);
    make_secrets(bench);
    const char *document = get(bench, "/_lattice/export");
    bench_send(reader, "POST", "/_lattice/credentials",
               "{'access_key':'AKIAREADER','secret_key':'own','account':'210987654321'}");
    cr_assert_eq(bench_send_text(reader, "POST", "/_lattice/import", document), 200, "%s",
                 bench_body(reader));
    cr_expect_eq(bench_count(reader, "SELECT count(*) FROM credential"), 1);
    cr_expect_eq(
        bench_count(reader, "SELECT count(*) FROM credential WHERE access_key = 'AKIAREADER'"), 1);
    cr_expect_eq(bench_count(reader, "SELECT count(*) FROM kube_object"), 0);
    cr_expect_str_eq(get(reader, "/_lattice/export"), document);
}

Test(secrets, a_document_that_tells_access_keys_replaces_them)
{
    NEW_BENCH(&sim_delays_instant);
    make_secrets(bench);
    cr_assert_eq(
        bench_send(bench, "POST", "/_lattice/import",
                   "{'format':'lattice-lab-state','version':2,'tables':{'credential':[{'seq':9,"
                   "'access_key':'AKIAOLD','secret_key':'x','account':'210987654321',"
                   "'arn':'arn:aws:iam::210987654321:user/old','user_id':'old'}]}}"),
        200, "%s", bench_body(bench));
    cr_expect_eq(bench_count(bench, "SELECT count(*) FROM credential"), 1);
}
