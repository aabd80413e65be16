/* The schema in a database: made, migrated, completed or refused; see store_int.h. A file of a
 * newer program is never touched. */
#include "simulator/store/store_int.h"

#include "common/base/text.h"
#include "simulator/store/schema.h"
#include "simulator/store/state.h"

#include <assert.h>
#include <stdlib.h>

#define APPLICATION_ID 1281455203 /* "Latc": which program wrote the file; as in migration 002 */

int sim_store_version(void)
{
    assert(sim_migration_count > 0);
    return sim_migrations[sim_migration_count - 1].version;
}

/* The one number of a query. */
static int number_of(sqlite3 *db, const char *sql, int64_t *ret_number)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (code == SQLITE_OK && (code = sqlite3_step(stmt)) == SQLITE_ROW)
        *ret_number = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return code == SQLITE_ROW ? 0 : -1;
}

static int run(sqlite3 *db, const char *sql, struct lat_err *reterr)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return 0;
    return lat_err_broken(reterr, "schema: %s", sqlite3_errmsg(db));
}

/* What is wrong with a file that SQLite does not want; a user's matter in each case. */
static int refuse_file(sqlite3 *db, struct lat_err *reterr)
{
    switch (sqlite3_errcode(db) & 0xff) {
    case SQLITE_BUSY:
        return lat_err_input(reterr, "is in use by another simulator; end that one first");
    case SQLITE_NOTADB:
        return lat_err_input(reterr, "is not a state file; name another, or one that is not there");
    case SQLITE_CORRUPT:
        return lat_err_input(reterr, "is damaged; restore a copy of it, or name another");
    default:
        return lat_err_input(reterr, "%s", sqlite3_errmsg(db));
    }
}

/* --- a file that has another schema -------------------------------------------------------------
 */

/* Indexes and triggers hold nothing: one that reads otherwise is dropped and made anew. */
static const char stale_sql[] =
    "SELECT ifnull(group_concat('DROP ' || s.type || ' \"' || s.name || '\";', ' '), '') "
    "FROM sqlite_schema s "
    "WHERE s.type IN ('index', 'trigger') AND s.sql IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM temp.wanted w WHERE w.name = s.name AND w.sql = s.sql)";

/* A table in words that do not depend on how it came to be: a column that a migration added stands
 * last, and has a default. */
static const char shape_sql[] =
    "SELECT group_concat(word, ', ') FROM (SELECT name || ' ' || type || ' ' || \"notnull\" || ' ' "
    "|| pk AS word FROM pragma_table_info(?1) UNION ALL SELECT \"from\" || '>' || \"table\" || ' ' "
    "|| on_delete FROM pragma_foreign_key_list(?1) ORDER BY word)";

static const char tables_sql[] = "SELECT name FROM sqlite_schema WHERE type = 'table' "
                                 "AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name";

/* The one text of a query with one parameter (NULL: none), in the arena; NULL when there is none.
 */
static const char *text_of(sqlite3 *db, struct lat_arena *arena, const char *sql, const char *value)
{
    sqlite3_stmt *stmt = NULL;
    const char *text = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
        return NULL;
    if (value != NULL)
        sqlite3_bind_text(stmt, 1, value, -1, SQLITE_STATIC);
    if (sqlite3_step(stmt) == SQLITE_ROW)
        text = lat_arena_strdup(arena, (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    return text;
}

/* Whether every table of a file is in a new one too, with the same columns and references. */
static int check_tables(sqlite3 *db, sqlite3 *fresh, struct lat_err *reterr)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    sqlite3_stmt *stmt = NULL;
    int result = 0;
    if (sqlite3_prepare_v2(db, tables_sql, -1, &stmt, NULL) != SQLITE_OK)
        return lat_err_broken(reterr, "schema: %s", sqlite3_errmsg(db));
    while (result == 0 && sqlite3_step(stmt) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(stmt, 0);
        if (!lat_text_eq(text_of(db, arena, shape_sql, name),
                         text_of(fresh, arena, shape_sql, name)))
            result = lat_err_input(reterr,
                                   "has a table \"%s\" that this program does not know, or with "
                                   "other columns; use the program that made it, or another file",
                                   name);
    }
    sqlite3_finalize(stmt);
    return result;
}

/* Notes how indexes and triggers read in a new file, in a table of this connection alone. */
static int note_wanted(sqlite3 *db, sqlite3 *fresh, struct lat_err *reterr)
{
    sqlite3_stmt *from = NULL, *into = NULL;
    if (run(db, "CREATE TEMP TABLE wanted (name TEXT, sql TEXT)", reterr) < 0)
        return -1;
    if (sqlite3_prepare_v2(fresh,
                           "SELECT name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') "
                           "AND sql IS NOT NULL",
                           -1, &from, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "INSERT INTO temp.wanted VALUES (?1, ?2)", -1, &into, NULL) !=
            SQLITE_OK)
        abort(); /* literals on a database that was just made */
    while (sqlite3_step(from) == SQLITE_ROW) {
        for (int i = 0; i < 2; i++)
            sqlite3_bind_text(into, i + 1, (const char *)sqlite3_column_text(from, i), -1,
                              SQLITE_TRANSIENT);
        sqlite3_step(into);
        sqlite3_reset(into);
    }
    sqlite3_finalize(from);
    sqlite3_finalize(into);
    return 0;
}

/* Drops what reads otherwise than in a new file; what is missing is made afterwards. */
static int drop_stale(sqlite3 *db, sqlite3 *fresh, struct lat_err *reterr)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    if (note_wanted(db, fresh, reterr) < 0)
        return -1;
    const char *drops = text_of(db, arena, stale_sql, NULL);
    if (run(db, "DROP TABLE temp.wanted", reterr) < 0)
        return -1;
    return drops == NULL ? lat_err_broken(reterr, "schema: %s", sqlite3_errmsg(db))
                         : run(db, drops, reterr);
}

/* Makes what the file lacks of the schema, once the tables that it has are judged. */
static int complete(sqlite3 *db, struct lat_err *reterr)
{
    sqlite3 *fresh = NULL;
    if (sqlite3_open(":memory:", &fresh) != SQLITE_OK)
        abort();
    int result = run(fresh, sim_schema, reterr) < 0 || check_tables(db, fresh, reterr) < 0 ||
                         drop_stale(db, fresh, reterr) < 0
                     ? -1
                     : run(db, sim_schema, reterr);
    sqlite3_close(fresh);
    return result;
}

/* --- bringing up --------------------------------------------------------------------------------
 */

/* From a version on, in one transaction; 0 is an empty database, which needs no migration. */
static int migrate(sqlite3 *db, int64_t from, struct lat_err *reterr)
{
    for (size_t i = 0; i < sim_migration_count; i++)
        if (from != 0 && sim_migrations[i].version > from &&
            run(db, sim_migrations[i].sql, reterr) < 0)
            return -1;
    if ((from == 0 ? run(db, sim_schema, reterr) : complete(db, reterr)) < 0)
        return -1;
    if (from == sim_store_version())
        return run(db, "COMMIT", reterr);
    char *stamp = sqlite3_mprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;",
                                  APPLICATION_ID, sim_store_version());
    int result = run(db, stamp, reterr);
    sqlite3_free(stamp);
    if (result < 0)
        return -1;
    int64_t orphan = 0;
    if (number_of(db, "SELECT count(*) FROM pragma_foreign_key_check", &orphan) < 0 || orphan != 0)
        return lat_err_input(reterr, "has %d rows that refer to nothing; restore a copy of it",
                             (int)orphan);
    return run(db, "COMMIT", reterr);
}

static int check(sqlite3 *db, int64_t *ret_version, struct lat_err *reterr)
{
    int64_t owner = 0, tables = 0;
    if (number_of(db, "PRAGMA user_version", ret_version) < 0 ||
        number_of(db, "PRAGMA application_id", &owner) < 0 ||
        number_of(db, "SELECT count(*) FROM sqlite_schema", &tables) < 0)
        return refuse_file(db, reterr);
    bool ours = *ret_version == 0   ? tables == 0
                : *ret_version == 1 ? owner == 0
                                    : owner == APPLICATION_ID;
    if (!ours)
        return lat_err_input(reterr, "is a database of another program, not a state file");
    if (*ret_version > sim_store_version())
        return lat_err_input(reterr,
                             "has schema version %d, this program knows versions up to %d; use a "
                             "newer program, or another file",
                             (int)*ret_version, sim_store_version());
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    if (tables > 0 && !lat_text_eq(text_of(db, arena, "PRAGMA quick_check(1)", NULL), "ok"))
        return lat_err_input(reterr, "is damaged; restore a copy of it, or name another");
    return 0;
}

static int bring_up(sqlite3 *db, struct lat_err *reterr)
{
    int64_t version = 0;
    if (check(db, &version, reterr) < 0)
        return -1;
    /* References are checked at the end: a migration may rebuild a table. */
    if (run(db, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", reterr) < 0)
        return refuse_file(db, reterr);
    if (migrate(db, version, reterr) < 0) {
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
        return -1;
    }
    return run(db, "PRAGMA foreign_keys = ON", reterr);
}

int sim_store_bring_up(sqlite3 *db, struct lat_err *reterr)
{
    /* One program per file: two would hand out the same ids. The system drops the lock with the
     * process, however it ends. An answered write is on the disk: that is what FULL is for. */
    static const char setup[] = "PRAGMA locking_mode = EXCLUSIVE;"
                                "PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON;"
                                "PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL;";
    if (sqlite3_exec(db, setup, NULL, NULL, NULL) != SQLITE_OK)
        return refuse_file(db, reterr);
    if (bring_up(db, reterr) < 0)
        return -1;
    if (sqlite3_exec(db, "PRAGMA journal_mode = WAL;", NULL, NULL, NULL) != SQLITE_OK)
        return refuse_file(db, reterr);
    return 0;
}
