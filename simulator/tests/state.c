/* The state as a whole: a file that outlives the program, documents, snapshots, branches,
 * differences, migration; and that the same story gives the same bytes. */
#include "simulator/tests/bench.h"

#include "common/base/file.h"
#include "common/base/tests/leaks.h"
#include "common/base/text.h"
#include "simulator/engine/journal.h"
#include "simulator/engine/snapshot.h"
#include "simulator/engine/state.h"
#include "simulator/store/state.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(state, .fini = check_leaks);

#define NAMED_BENCH(name) LAT_AUTO(bench_freep) struct bench *name = bench_new(&sim_delays_instant)

/* Everything that the families have, in a few calls; ids are those of the seed. */
static void tell_story(struct bench *bench)
{
    const char *network = bench_network(bench, "net");
    const char *service = bench_service(bench, "orders");
    const char *group = bench_target_group(bench, "legacy");
    const char *listener = bench_listener(bench, service, 80);
    bench_rule(bench, service, listener, 10, group);
    bench_send(bench, "POST", "/servicenetworkserviceassociations",
               bench_format(bench, "{'serviceIdentifier':'%s','serviceNetworkIdentifier':'%s'}",
                            service, network));
    bench_send(bench, "POST", bench_format(bench, "/targetgroups/%s/registertargets", group),
               "{'targets':[{'id':'10.0.0.1','port':8080}]}");
    bench_send(bench, "POST", "/services", "{'name':'orders'}"); /* refused */
    bench_send(bench, "PUT", "/_lattice/quotas", "{'code':'L-CF78395E','value':20}");
}

static const char *export_of(struct bench *bench)
{
    cr_assert_eq(bench_send(bench, "GET", "/_lattice/export", NULL), 200);
    return bench_format(bench, "%s", bench_body(bench));
}

static const char *journal_of(struct bench *bench)
{
    cr_assert_eq(bench_send(bench, "GET", "/_lattice/journal", NULL), 200);
    return bench_format(bench, "%s", bench_body(bench));
}

Test(state, the_same_story_gives_the_same_export_and_journal)
{
    NAMED_BENCH(first);
    NAMED_BENCH(second);
    tell_story(first);
    tell_story(second);
    const char *journal = journal_of(first);
    cr_expect_not_null(strstr(journal, "\"rule\":\"name_taken\""));
    cr_expect_str_eq(journal, journal_of(second));
    cr_expect_str_eq(export_of(first), export_of(second));
}

Test(state, a_reset_begins_the_same_story_again)
{
    NAMED_BENCH(bench);
    tell_story(bench);
    const char *export = export_of(bench), *journal = journal_of(bench);
    cr_assert_eq(bench_send(bench, "POST", "/_lattice/reset", NULL), 200);
    bench_send(bench, "GET", "/_lattice/journal", NULL);
    cr_expect_str_eq(bench_body(bench), "");
    tell_story(bench);
    cr_expect_str_eq(journal_of(bench), journal);
    cr_expect_str_eq(export_of(bench), export);
}

Test(state, looking_on_changes_nothing_of_what_comes)
{
    NAMED_BENCH(looked_at);
    NAMED_BENCH(alone);
    bench_send(looked_at, "GET", "/_lattice/health", NULL);
    bench_send(looked_at, "GET", "/_lattice/metrics", NULL);
    export_of(looked_at);
    tell_story(looked_at);
    tell_story(alone);
    cr_expect_str_eq(export_of(looked_at), export_of(alone));
}

Test(state, an_import_is_what_was_exported_and_goes_on_the_same_way)
{
    NAMED_BENCH(origin);
    NAMED_BENCH(copy);
    tell_story(origin);
    const char *document = export_of(origin);
    bench_service(copy, "other");
    cr_assert_eq(bench_send_text(copy, "POST", "/_lattice/import", document), 200, "%s",
                 bench_body(copy));
    cr_expect_str_eq(export_of(copy), document);
    cr_expect_str_eq(bench_service(origin, "next"), bench_service(copy, "next"));
    cr_expect_str_eq(export_of(copy), export_of(origin));
}

/* text with the first old replaced. */
static const char *altered(struct bench *bench, const char *text, const char *old, const char *new)
{
    const char *at = strstr(text, old);
    cr_assert_not_null(at, "%s", old);
    return bench_format(bench, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
}

Test(state, a_bad_document_is_refused_with_its_place_and_changes_nothing)
{
    static const struct {
        const char *old, *new, *complaint;
    } cases[] = {
        {"\"format\":\"lattice-lab-state\"", "\"format\":\"x\"", "format: must be"},
        {"\"version\":", "\"version\":9", "use a newer program"},
        {"\"tables\":{", "\"tables\":{\"nonsense\":[],", "tables.nonsense: there is no such table"},
        {"\"listener\":[", "\"listener\":{\"a\":[", "the body is not JSON"},
        {"\"listener\":[", "\"listener\":[7,", "tables.listener[0]: must be an object"},
        {"\"port\":80,", "\"port\":\"80\",",
         "tables.target_group[0]: port: must be a whole number"},
        {"\"protocol\":\"HTTP\"", "\"colour\":\"HTTP\"", "colour: the table has no such column"},
        {"\"kind\":\"servicenetwork\"", "\"kind\":\"nothing\"", "tables."},
        {"\"auth_type\":\"NONE\"", "\"auth_type\":null", "tables.service[0]: NOT NULL constraint"},
        {"\"name\":\"net\"", "\"name\":\"net\",\"parent\":999", "is not there"},
        {"\"match\":\"{", "\"match\":\"[", "tables.rule.match"},
        {"\"target_group\":3,", "\"target_group\":1,", "is not a targetgroup"},
        {":servicenetwork/", ":service/", "does not agree with its id"},
    };
    NAMED_BENCH(bench);
    tell_story(bench);
    const char *document = export_of(bench);
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        const char *bad = altered(bench, document, cases[i].old, cases[i].new);
        cr_expect_eq(bench_send_text(bench, "POST", "/_lattice/import", bad), 400, "case %zu", i);
        cr_expect_not_null(strstr(bench_body(bench), cases[i].complaint), "case %zu: %s", i,
                           bench_body(bench));
        cr_expect_str_eq(export_of(bench), document, "case %zu", i);
    }
    cr_expect_eq(bench_send_text(bench, "POST", "/_lattice/import", "{\"format\":"), 400);
    cr_expect_not_null(strstr(bench_text(bench, "message"), "line 1, column"));
}

Test(state, a_snapshot_can_be_returned_to)
{
    NAMED_BENCH(bench);
    tell_story(bench);
    const char *before = export_of(bench);
    cr_assert_eq(bench_send(bench, "POST", "/_lattice/snapshots", "{'name':'before'}"), 200);
    bench_service(bench, "later");
    cr_assert_eq(bench_send(bench, "POST", "/_lattice/restore", "{'name':'before'}"), 200);
    cr_expect_str_eq(export_of(bench), before);
    cr_expect_eq(bench_send(bench, "POST", "/_lattice/restore", "{'name':'never'}"), 400);
    cr_expect_eq(bench_send(bench, "POST", "/_lattice/snapshots", "{'name':'Not a name'}"), 400);
    cr_expect_eq(bench_send(bench, "POST", "/_lattice/snapshots", "{'name':'current'}"), 400);
    cr_expect_eq(bench_send(bench, "DELETE", "/_lattice/snapshots", "{'name':'before'}"), 200);
    cr_expect_eq(bench_send(bench, "POST", "/_lattice/restore", "{'name':'before'}"), 400);
}

Test(state, branches_go_on_where_they_were_left)
{
    NAMED_BENCH(bench);
    tell_story(bench);
    const char *main_before = export_of(bench);
    cr_assert_eq(bench_send(bench, "POST", "/_lattice/branch", "{'name':'try'}"), 200);
    cr_expect_str_eq(bench_text(bench, "branch"), "try");
    bench_service(bench, "experiment");
    const char *try_before = export_of(bench);
    cr_assert_eq(bench_send(bench, "POST", "/_lattice/branch", "{'name':'main'}"), 200);
    cr_expect_str_eq(export_of(bench), main_before);
    cr_assert_eq(bench_send(bench, "POST", "/_lattice/branch", "{'name':'try'}"), 200);
    cr_expect_str_eq(export_of(bench), try_before);
    cr_expect_eq(bench_send(bench, "POST", "/_lattice/branch", "{'name':'try'}"), 400);
    cr_expect_eq(bench_send(bench, "POST", "/_lattice/branch", "{'name':'x','from':'never'}"), 400);
    cr_expect_eq(bench_send(bench, "POST", "/_lattice/branch", "{'name':'main','from':'try'}"),
                 400);
    cr_expect_str_eq(export_of(bench), try_before);
}

Test(state, a_difference_is_told_resource_by_resource_and_member_by_member)
{
    NAMED_BENCH(bench);
    const char *service = bench_service(bench, "orders"), *group = bench_target_group(bench, "old");
    bench_send(bench, "GET", "/services", NULL); /* lets both become ACTIVE */
    bench_send(bench, "POST", "/_lattice/snapshots", "{'name':'before'}");
    bench_send(bench, "PATCH", bench_format(bench, "/services/%s", service),
               "{'authType':'AWS_IAM'}");
    bench_send(bench, "POST", bench_format(bench, "/targetgroups/%s/registertargets", group),
               "{'targets':[{'id':'10.0.0.1','port':8080}]}");
    bench_send(bench, "PATCH", bench_format(bench, "/targetgroups/%s", group),
               "{'healthCheck':{'path':'/up'}}");
    const char *network = bench_network(bench, "net");
    cr_assert_eq(bench_send(bench, "GET", "/_lattice/diff?from=before&format=text", NULL), 200);
    const char *text = bench_format(bench, "%s", bench_body(bench));
    const char *const lines[] = {
        bench_format(bench, "  service %s (orders): auth_type: \"NONE\" -> \"AWS_IAM\"\n", service),
        bench_format(bench, "  targetgroup %s (old): health_check.path: \"/\" -> \"/up\"\n", group),
        bench_format(bench, "  targetgroup %s (old): target 10.0.0.1 8080: nothing -> {", group),
        bench_format(bench, "+ servicenetwork %s (net)\n", network),
    };
    for (size_t i = 0; i < LAT_COUNT(lines); i++)
        cr_expect_not_null(strstr(text, lines[i]), "%s in %s", lines[i], text);
    bench_send(bench, "GET", "/_lattice/diff?from=current&to=before&format=text", NULL);
    cr_expect_not_null(
        strstr(bench_body(bench), bench_format(bench, "- servicenetwork %s", network)));
    bench_send(bench, "GET", "/_lattice/diff?from=before&to=before", NULL);
    cr_expect_eq(json_array_size(bench_at(bench, "differences")), 0);
}

/* --- files --------------------------------------------------------------------------------------
 */

/* A path that does not exist yet, in the arena. */
static const char *new_path(struct lat_arena *arena)
{
    const char *folder = getenv("TMPDIR");
    char *path =
        lat_arena_printf(arena, "%s/lattice-state-XXXXXX", folder == NULL ? "/tmp" : folder);
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    close(fd);
    unlink(path);
    return path;
}

static void remove_file(struct lat_arena *arena, const char *path)
{
    unlink(path);
    unlink(lat_arena_printf(arena, "%s-wal", path));
}

Test(state, a_file_goes_on_with_ids_and_time_as_if_it_had_never_ended)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const char *path = new_path(arena);
    NAMED_BENCH(uninterrupted);
    tell_story(uninterrupted);
    struct bench *bench = bench_new_in(path, &sim_delays_instant);
    tell_story(bench);
    cr_assert_eq(bench_send(bench, "POST", "/_lattice/clock", "{'advance_ms':5000}"), 200);
    bench_free(bench);
    bench = bench_new_in(path, &sim_delays_instant);
    cr_assert_eq(bench_send(uninterrupted, "POST", "/_lattice/clock", "{'advance_ms':5000}"), 200);
    cr_expect_str_eq(bench_service(bench, "next"), bench_service(uninterrupted, "next"));
    cr_expect_str_eq(export_of(bench), export_of(uninterrupted));
    bench_free(bench);
    remove_file(arena, path);
}

Test(state, a_file_has_one_user_at_a_time)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const char *path = new_path(arena);
    struct sim_store *first = NULL, *second = NULL;
    struct lat_err err = {0};
    cr_assert_eq(sim_store_open(path, &first, &err), 0, "%s", err.message);
    cr_assert_eq(sim_store_open(path, &second, &err), -1);
    cr_expect_eq(err.kind, LAT_ERR_INPUT);
    cr_expect_not_null(strstr(err.message, "in use by another simulator"), "%s", err.message);
    sim_store_close(first);
    remove_file(arena, path);
}

Test(state, a_file_of_a_newer_or_of_another_program_is_refused_untouched)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    static const struct {
        const char *sql, *complaint;
    } cases[] = {
        {"PRAGMA user_version = 99", "use a newer program"},
        {"PRAGMA application_id = 7", "of another program"},
    };
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        const char *path = new_path(arena);
        struct sim_store *store = NULL;
        struct lat_err err = {0};
        cr_assert_eq(sim_store_open(path, &store, &err), 0, "%s", err.message);
        cr_assert_eq(sim_store_run(store, cases[i].sql, SIM_NONE, NULL), 0);
        store = sim_store_close(store);
        cr_assert_eq(sim_store_open(path, &store, &err), -1);
        cr_expect_eq(err.kind, LAT_ERR_INPUT);
        cr_expect_not_null(strstr(err.message, cases[i].complaint), "%s", err.message);
        cr_expect_not_null(strstr(err.message, path));
        remove_file(arena, path);
    }
}
