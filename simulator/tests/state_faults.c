/* Faults, throttling, delays and chance are part of a state: a snapshot brings them back, a file
 * goes on with them, and what follows is what would have followed. */
#include "simulator/tests/bench.h"

#include "common/base/tests/leaks.h"
#include "common/base/text.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(state_faults, .fini = check_leaks);

#define NAMED_BENCH(name) LAT_AUTO(bench_freep) struct bench *name = bench_new(&sim_delays_instant)

static const char *get(struct bench *bench, const char *target)
{
    cr_assert_eq(bench_send(bench, "GET", target, NULL), 200, "%s: %s", target, bench_body(bench));
    return bench_format(bench, "%s", bench_body(bench));
}

/* One rule of each sort that counts, draws or remembers. */
static void add_faults(struct bench *bench)
{
    static const char *const rules[] = {
        "{'operation':'ListServices','probability':0.5,'error':{'code':'InternalServerException'}}",
        "{'operation':'ListTargetGroups','every':3,'throttle':2}",
        "{'operation':'ListServiceNetworks','stale':3}",
        "{'operation':'CreateService','times':2,'cut':'after'}",
    };
    for (size_t i = 0; i < LAT_COUNT(rules); i++)
        cr_assert_eq(bench_send(bench, "POST", "/_lattice/faults", rules[i]), 200, "%s",
                     bench_body(bench));
    cr_assert_eq(bench_send(bench, "PUT", "/_lattice/throttle", "{'rate':1,'burst':9}"), 200);
    cr_assert_eq(bench_send(bench, "PUT", "/_lattice/delays", "{'targetgroup':1500}"), 200);
}

/* What a client sees, and the state in the end. */
static const char *meet_faults(struct bench *bench, int rounds)
{
    const char *story = "";
    for (int i = 0; i < rounds; i++) {
        const char *const lists[] = {"/services", "/targetgroups", "/servicenetworks"};
        for (size_t l = 0; l < LAT_COUNT(lists); l++) {
            int status = bench_send(bench, "GET", lists[l], NULL);
            story = bench_format(bench, "%s%d %s\n", story, status, bench_body(bench));
        }
        bench_send(bench, "POST", "/servicenetworks", bench_format(bench, "{'name':'net-%d'}", i));
        bench_send(bench, "POST", "/services", bench_format(bench, "{'name':'orders-%d'}", i));
        bench_wait(bench, 100);
    }
    return bench_format(bench, "%s%s", story, get(bench, "/_lattice/export"));
}

Test(state_faults, what_follows_a_restored_snapshot_is_what_followed_it_before)
{
    NAMED_BENCH(bench);
    add_faults(bench);
    meet_faults(bench, 5);
    cr_assert_eq(bench_send(bench, "POST", "/_lattice/snapshots", "{'name':'before'}"), 200);
    const char *rules = get(bench, "/_lattice/faults"), *after = meet_faults(bench, 7);
    cr_expect_not_null(strstr(after, "500 "));
    cr_expect_not_null(strstr(after, "429 "));
    bench_send(bench, "DELETE", "/_lattice/faults", NULL);
    bench_send(bench, "PUT", "/_lattice/delays", "{'targetgroup':0,'draining':5}");
    bench_send(bench, "PUT", "/_lattice/throttle", "{'rate':0}");
    cr_assert_eq(bench_send(bench, "POST", "/_lattice/restore", "{'name':'before'}"), 200, "%s",
                 bench_body(bench));
    cr_expect_str_eq(get(bench, "/_lattice/faults"), rules);
    cr_expect_not_null(strstr(get(bench, "/_lattice/delays"), "\"targetgroup\":1500"));
    cr_expect_not_null(strstr(get(bench, "/_lattice/delays"), "\"draining\":0"));
    cr_expect_str_eq(meet_faults(bench, 7), after);
}

Test(state_faults, an_imported_document_brings_its_faults)
{
    NAMED_BENCH(origin);
    NAMED_BENCH(copy);
    add_faults(origin);
    meet_faults(origin, 5);
    bench_send(copy, "POST", "/_lattice/faults", "{'latency_ms':5}");
    const char *document = get(origin, "/_lattice/export");
    cr_assert_eq(bench_send_text(copy, "POST", "/_lattice/import", document), 200, "%s",
                 bench_body(copy));
    cr_expect_str_eq(get(copy, "/_lattice/export"), document);
    cr_expect_str_eq(meet_faults(copy, 5), meet_faults(origin, 5));
}

Test(state_faults, a_refused_document_leaves_the_faults_as_they_were)
{
    static const char *const wrong[] = {
        "'fault':[{'seq':1,'document':'{}','matches':0,'strikes':0}]",
        "'fault':[{'seq':1,'document':'[','matches':0,'strikes':0}]",
        "'fault':[{'seq':1,'document':'{\\\"latency_ms\\\":5}','matches':0,'strikes':1}]",
        "'fault':[{'seq':0,'document':'{\\\"latency_ms\\\":5}','matches':0,'strikes':0}]",
        ("'stale_answer':[{'seq':1,'fault':1,'request':'x','status':200,'headers':'[]',"
         "'held_back':0}]"),
        "'throttle_bucket':[{'seq':1,'key':'a','filled_ms':1,'millis':1}]",
        "'setting':[{'name':'servce','value':1}]",
        "'setting':[{'name':'service','value':-1}]",
        "'setting':[{'name':'throttle_rate','value':1}]",
        "'fault_chance':[{'seq':2,'rng_0':1,'rng_1':1,'rng_2':1,'rng_3':1}]",
    };
    NAMED_BENCH(bench);
    add_faults(bench);
    meet_faults(bench, 3);
    const char *before = get(bench, "/_lattice/export"), *rules = get(bench, "/_lattice/faults");
    for (size_t i = 0; i < LAT_COUNT(wrong); i++) {
        cr_expect_eq(
            bench_send(bench, "POST", "/_lattice/import",
                       bench_format(bench,
                                    "{'format':'lattice-lab-state','version':3,'tables':{%s}}",
                                    wrong[i])),
            400, "%s", wrong[i]);
        cr_expect_str_eq(get(bench, "/_lattice/faults"), rules, "%s", wrong[i]);
        cr_expect_str_eq(get(bench, "/_lattice/export"), before, "%s", wrong[i]);
    }
}

Test(state_faults, a_file_goes_on_with_faults_settings_and_chance)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const char *folder = getenv("TMPDIR");
    char *path =
        lat_arena_printf(arena, "%s/lattice-faults-XXXXXX", folder == NULL ? "/tmp" : folder);
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    close(fd);
    NAMED_BENCH(uninterrupted);
    struct bench *bench = bench_new_in(path, &sim_delays_instant);
    add_faults(bench);
    add_faults(uninterrupted);
    meet_faults(bench, 5);
    meet_faults(uninterrupted, 5);
    bench_send(bench, "POST", "/_lattice/clock", "{'advance_ms':5}");
    bench_send(uninterrupted, "POST", "/_lattice/clock", "{'advance_ms':5}");
    bench_free(bench);
    bench = bench_new_in(path, &sim_delays_instant);
    cr_expect_str_eq(get(bench, "/_lattice/faults"), get(uninterrupted, "/_lattice/faults"));
    cr_expect_str_eq(meet_faults(bench, 5), meet_faults(uninterrupted, 5));
    bench_free(bench);
    unlink(path);
    unlink(lat_arena_printf(arena, "%s-wal", path));
}

Test(state_faults, a_reset_forgets_faults_and_settings)
{
    NAMED_BENCH(bench);
    add_faults(bench);
    cr_assert_eq(bench_send(bench, "POST", "/_lattice/reset", NULL), 200);
    cr_expect_str_eq(get(bench, "/_lattice/faults"), "{\"faults\":[]}");
    cr_expect_not_null(strstr(get(bench, "/_lattice/delays"), "\"targetgroup\":0"));
    cr_expect_not_null(strstr(get(bench, "/_lattice/throttle"), "\"rate\":0"));
}

Test(state_faults, a_difference_tells_of_rules_and_settings)
{
    NAMED_BENCH(bench);
    bench_send(bench, "POST", "/_lattice/snapshots", "{'name':'before'}");
    add_faults(bench);
    const char *text = get(bench, "/_lattice/diff?from=before&format=text");
    cr_expect_not_null(strstr(text, "+ fault rule 2\n"), "%s", text);
    cr_expect_not_null(strstr(text, "+ setting targetgroup\n"), "%s", text);
}
