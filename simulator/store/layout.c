/* Which tables and columns a document of the whole state has, read from the schema itself: a table
 * that is added there is in every document from then on. */
#include "simulator/store/store_int.h"

#include "common/base/text.h"

#include <string.h>

/* The books of SQLite count the keys that were given out; they are part of a state, because a key
 * is never given out twice. Snapshots are not: a snapshot of snapshots would grow without end. */
static const char tables_sql[] =
    "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
    "AND (name NOT LIKE 'sqlite!_%' ESCAPE '!' OR name = 'sqlite_sequence') "
    "AND name <> 'snapshot' ORDER BY name = 'sqlite_sequence', name";

static const char columns_sql[] =
    "SELECT name, type, pk, dflt_value FROM pragma_table_info(?1) ORDER BY cid";

/* What whoever reads an answer must not learn from it. */
static const struct {
    const char *table;
    const char *condition;
} secrets[] = {
    {"credential", SIM_STORE_ALL_ROWS},
    {"metadata_token", SIM_STORE_ALL_ROWS},
    {"kube_object", "resource = 'secrets'"},
    {"kube_change", "resource = 'secrets'"},
};

static const char *secret_of(const char *table)
{
    for (size_t i = 0; i < LAT_COUNT(secrets); i++)
        if (lat_text_eq(secrets[i].table, table))
            return secrets[i].condition;
    return NULL;
}

static const char *text_of(struct lat_arena *arena, sqlite3_stmt *stmt, int index)
{
    return lat_arena_strdup(arena, (const char *)sqlite3_column_text(stmt, index));
}

/* Columns of sqlite_sequence have no type. */
static bool is_integer(const char *type, const char *name)
{
    return lat_text_eq(type, "INTEGER") || (lat_text_is_empty(type) && lat_text_eq(name, "seq"));
}

static int read_columns(sqlite3 *db, struct lat_arena *arena, bool has_rowid,
                        struct sim_store_layout *layout)
{
    sqlite3_stmt *stmt = NULL;
    bool has_key_column = false;
    if (sqlite3_prepare_v2(db, columns_sql, -1, &stmt, NULL) != SQLITE_OK)
        return -1;
    sqlite3_bind_text(stmt, 1, layout->table, -1, SQLITE_STATIC);
    int code = SQLITE_ROW, keys = 0;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct sim_store_column *column =
            LAT_ARENA_PUSH(arena, layout->columns, layout->column_count);
        column->name = text_of(arena, stmt, 0);
        column->is_integer = is_integer(text_of(arena, stmt, 1), column->name);
        column->fallback = text_of(arena, stmt, 3);
        if (sqlite3_column_int(stmt, 2) > 0) {
            has_key_column = column->is_integer;
            keys++;
        }
    }
    sqlite3_finalize(stmt);
    if (has_rowid && (keys != 1 || !has_key_column) &&
        !lat_text_eq(layout->table, "sqlite_sequence"))
        *LAT_ARENA_PUSH(arena, layout->columns, layout->column_count) =
            (struct sim_store_column){.name = "rowid", .is_integer = true};
    return code == SQLITE_DONE ? 0 : -1;
}

int sim_store_layouts(struct sim_store *store, struct lat_arena *arena,
                      struct sim_store_layout **ret_layouts, size_t *ret_count)
{
    sqlite3 *db = sim_store_db(store);
    sqlite3_stmt *stmt = NULL;
    struct sim_store_layout *layouts = NULL;
    size_t count = 0;
    if (sqlite3_prepare_v2(db, tables_sql, -1, &stmt, NULL) != SQLITE_OK)
        return -1;
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct sim_store_layout *layout = LAT_ARENA_PUSH(arena, layouts, count);
        layout->table = text_of(arena, stmt, 0);
        layout->secret = secret_of(layout->table);
        if (read_columns(db, arena, sqlite3_column_int(stmt, 1) == 0, layout) < 0)
            break;
    }
    sqlite3_finalize(stmt);
    if (code != SQLITE_DONE)
        return -1;
    *ret_layouts = layouts;
    *ret_count = count;
    return 0;
}
