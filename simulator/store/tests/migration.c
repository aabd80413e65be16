/* State files of older versions: opening one brings it to the schema of a new file, with every row.
 * The files of SQL beside this test are what those versions wrote. */
#include "simulator/store/state.h"
#include "simulator/store/store_int.h"

#include "common/base/file.h"
#include "common/base/tests/leaks.h"
#include "common/base/text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(migration, .fini = check_leaks);

static const char *new_path(struct lat_arena *arena)
{
    const char *folder = getenv("TMPDIR");
    char *path = lat_arena_printf(arena, "%s/lattice-old-XXXXXX", folder == NULL ? "/tmp" : folder);
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    close(fd);
    return path;
}

/* A state file as that version left it, with more SQL run on it. */
static const char *old_file(struct lat_arena *arena, const char *version, const char *more)
{
    const char *path = new_path(arena);
    const char *source =
        lat_arena_printf(arena, "%s/%s.sql", lat_text_or_empty(getenv("STATE_FILES")), version);
    char *sql = NULL;
    size_t length = 0;
    struct lat_err err = {0};
    sqlite3 *db = NULL;
    cr_assert_eq(lat_file_read(arena, source, LAT_FILE_BYTES_MAX, &sql, &length, &err), 0, "%s",
                 err.message);
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
    cr_assert_eq(sqlite3_exec(db, more, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
    return path;
}

static void remove_file(struct lat_arena *arena, const char *path)
{
    unlink(path);
    unlink(lat_arena_printf(arena, "%s-wal", path));
}

static const char *text_of(struct sim_store *store, struct lat_arena *arena, const char *sql)
{
    const char *text = NULL;
    cr_assert_eq(sim_store_text(store, arena, sql, SIM_NONE, &text), 0, "%s",
                 sim_store_message(store));
    return text;
}

static const char columns[] =
    "SELECT group_concat(line, char(10)) FROM (SELECT t.name || '.' || c.name || ' ' || c.type || "
    "' ' || c.\"notnull\" || ' ' || c.pk AS line FROM pragma_table_list t, "
    "pragma_table_info(t.name) c WHERE t.schema = 'main' ORDER BY line)";
static const char rules[] =
    "SELECT group_concat(line, char(10)) FROM (SELECT sql AS line FROM sqlite_schema "
    "WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY line)";

static void expect_schema_of_a_new_file(const char *origin, const char *more)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const char *path = old_file(arena, origin, more);
    LAT_AUTO(sim_store_closep) struct sim_store *old = NULL;
    LAT_AUTO(sim_store_closep) struct sim_store *fresh = NULL;
    struct lat_err err = {0};
    cr_assert_eq(sim_store_open(path, &old, &err), 0, "%s", err.message);
    cr_assert_eq(sim_store_open(NULL, &fresh, &err), 0, "%s", err.message);
    cr_expect_str_eq(text_of(old, arena, columns), text_of(fresh, arena, columns));
    cr_expect_str_eq(text_of(old, arena, rules), text_of(fresh, arena, rules));
    int64_t version = 0;
    cr_assert_eq(sim_store_number(old, "PRAGMA user_version", SIM_NONE, &version), 0);
    cr_expect_eq(version, sim_store_version());
    remove_file(arena, path);
}

Test(migration, a_file_of_version_1_gets_the_schema_of_a_new_file)
{
    expect_schema_of_a_new_file("version-1", "");
}

Test(migration, a_file_of_the_first_version_2_gets_the_tables_that_came_later)
{
    expect_schema_of_a_new_file("version-2", "");
}

Test(migration, a_file_gets_what_it_lacks_whatever_version_it_says)
{
    expect_schema_of_a_new_file("version-2", "DROP TABLE share; DROP INDEX tag_key; DROP TRIGGER "
                                             "tag_marks_resource; PRAGMA user_version = 3");
}

Test(migration, an_index_and_a_trigger_that_read_otherwise_are_made_anew)
{
    expect_schema_of_a_new_file(
        "version-2",
        "DROP INDEX tag_key; CREATE INDEX tag_key ON tag (value); CREATE INDEX own ON tag "
        "(key); DROP TRIGGER tag_marks_resource; CREATE TRIGGER tag_marks_resource "
        "AFTER INSERT ON tag BEGIN SELECT 1; END;");
}

Test(migration, a_file_with_other_columns_or_tables_is_refused_with_their_table)
{
    static const char *const cases[][2] = {
        {"ALTER TABLE share ADD COLUMN colour TEXT", "\"share\""},
        {"ALTER TABLE tag RENAME COLUMN value TO content", "\"tag\""},
        {"CREATE TABLE whatever (seq INTEGER PRIMARY KEY)", "\"whatever\""},
        {"DROP TABLE tag_past; CREATE TABLE tag_past (seq INTEGER PRIMARY KEY AUTOINCREMENT, "
         "resource INTEGER NOT NULL, key TEXT NOT NULL, value TEXT, until_ms INTEGER NOT NULL)",
         "\"tag_past\""}, /* no reference */
    };
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        const char *path = old_file(arena, "version-2", cases[i][0]);
        struct sim_store *store = NULL;
        struct lat_err err = {0};
        cr_assert_eq(sim_store_open(path, &store, &err), -1, "case %zu", i);
        cr_expect_eq(err.kind, LAT_ERR_INPUT);
        cr_expect_not_null(strstr(err.message, cases[i][1]), "%s", err.message);
        remove_file(arena, path);
    }
}

Test(migration, every_row_of_an_older_version_is_there_afterwards)
{
    static const char *const rows[] = {
        "\"id\":\"svc-01\"", "\"name\":\"orders\"",
        "\"health_check\":", "\"target_id\":\"10.0.0.1\"",
        "\"key\":\"team\"",  "\"value\":20",
        "\"uid\":\"uid-1\"", "{\"name\":\"resource\",\"seq\":2}",
    };
    static const char *const versions[] = {"version-1", "version-2"};
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    for (size_t v = 0; v < LAT_COUNT(versions); v++) {
        const char *path = old_file(arena, versions[v], "");
        LAT_AUTO(sim_store_closep) struct sim_store *store = NULL;
        LAT_AUTO(lat_buf_done) struct lat_buf dump;
        struct lat_err err = {0};
        lat_buf_init(&dump, 1 << 20);
        cr_assert_eq(sim_store_open(path, &store, &err), 0, "%s", err.message);
        cr_assert_eq(sim_store_dump(store, SIM_STORE_WHOLE, &dump), 0);
        for (size_t i = 0; i < LAT_COUNT(rows); i++)
            cr_expect_not_null(strstr(dump.data, rows[i]), "%s: %s", versions[v], rows[i]);
        remove_file(arena, path);
    }
}

Test(migration, a_migrated_file_opens_again)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const char *path = old_file(arena, "version-1", "");
    struct lat_err err = {0};
    for (int i = 0; i < 2; i++) {
        struct sim_store *store = NULL;
        cr_assert_eq(sim_store_open(path, &store, &err), 0, "%s", err.message);
        sim_store_close(store);
    }
    remove_file(arena, path);
}

Test(migration, a_migration_that_cannot_end_well_leaves_the_file_as_it_was)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const char *path =
        old_file(arena, "version-1", "INSERT INTO listener VALUES (99, 98, 'HTTP', 80);");
    struct sim_store *store = NULL;
    struct lat_err err = {0};
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    cr_assert_eq(sim_store_open(path, &store, &err), -1);
    cr_expect_eq(err.kind, LAT_ERR_INPUT);
    cr_expect_not_null(strstr(err.message, "refer to nothing"), "%s", err.message);
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &stmt, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_step(stmt), SQLITE_ROW);
    cr_expect_eq(sqlite3_column_int(stmt, 0), 1);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    remove_file(arena, path);
}
