/* The schema in a database: made, migrated or refused; see store_int.h. A file of a newer program
 * is never touched. */
#include "simulator/store/store_int.h"

#include "simulator/store/schema.h"
#include "simulator/store/state.h"

#include <assert.h>

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

/* From a version on, in one transaction; 0 is an empty database, which needs no migration. */
static int migrate(sqlite3 *db, int64_t from, struct lat_err *reterr)
{
    for (size_t i = 0; i < sim_migration_count; i++)
        if (from != 0 && sim_migrations[i].version > from &&
            run(db, sim_migrations[i].sql, reterr) < 0)
            return -1;
    char *stamp = sqlite3_mprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;",
                                  APPLICATION_ID, sim_store_version());
    int result = run(db, sim_schema, reterr) < 0 || run(db, stamp, reterr) < 0 ? -1 : 0;
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
        return lat_err_input(reterr, "%s", sqlite3_errmsg(db));
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
    return 0;
}

int sim_store_bring_up(sqlite3 *db, struct lat_err *reterr)
{
    int64_t version = 0;
    if (check(db, &version, reterr) < 0)
        return -1;
    if (version == sim_store_version())
        return 0;
    /* References are checked at the end: a migration may rebuild a table. */
    if (run(db, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", reterr) < 0)
        return -1;
    if (migrate(db, version, reterr) < 0) {
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
        return -1;
    }
    return run(db, "PRAGMA foreign_keys = ON", reterr);
}
