/* Which row stood in the way of a write that broke a unique rule: SQLite names the columns, and the
 * row that was to be written has their values. Only a refused call pays for this. */
#include "simulator/store/store_int.h"

#include "common/base/text.h"

#include <string.h>

/* Indexes over expressions, which SQLite calls by name alone. */
static const struct {
    const char *rule;
    const char *columns;
} indexes[] = {
    {"index 'resource_name'", "account, region, kind, parent, name"},
    {"index 'access_log_subscription_slot'", "source, destination_type, log_type"},
};

static const struct sim_column *find_column(const struct sim_table *table, const char *name,
                                            size_t length)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (strlen(table->columns[i].name) == length &&
            strncmp(table->columns[i].name, name, length) == 0)
            return &table->columns[i];
    return NULL;
}

/* "table.first, table.second" without the tables. */
static size_t columns_of(const struct sim_table *table, const char *rule,
                         const struct sim_column *ret_columns[8])
{
    size_t count = 0;
    for (size_t i = 0; i < LAT_COUNT(indexes); i++)
        if (lat_text_eq(indexes[i].rule, rule))
            rule = indexes[i].columns;
    for (const char *at = rule; *at != '\0' && count < 8; at += strspn(at, ", ")) {
        size_t width = strcspn(at, ",");
        const char *dot = memchr(at, '.', width);
        const char *name = dot == NULL ? at : dot + 1;
        ret_columns[count] = find_column(table, name, width - (size_t)(name - at));
        if (ret_columns[count++] == NULL)
            return 0;
        at += width;
    }
    return count;
}

void sim_store_note_conflict(struct sim_store *store, const struct sim_table *table,
                             const char *row)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const struct sim_column *columns[8];
    size_t count = columns_of(table, sim_store_violation(store)->rule, columns);
    const char *sql = lat_arena_printf(arena, "SELECT rowid FROM \"%s\" WHERE", table->name);
    for (size_t i = 0; i < count; i++)
        sql = lat_arena_printf(arena, "%s%s \"%s\" IS ?%zu", sql, i == 0 ? "" : " AND",
                               columns[i]->name, i + 1);
    sqlite3_stmt *stmt = NULL;
    if (count == 0 || sqlite3_prepare_v2(sim_store_db(store), sql, -1, &stmt, NULL) != SQLITE_OK)
        return;
    for (size_t i = 0; i < count; i++)
        sim_store_bind_column(stmt, (int)i + 1, columns[i], row);
    if (sqlite3_step(stmt) == SQLITE_ROW)
        sim_store_note_seen(store, table->base == NULL ? table->name : table->base->name, 'c',
                            sqlite3_column_int64(stmt, 0));
    sqlite3_finalize(stmt);
}
