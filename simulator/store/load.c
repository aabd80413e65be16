/* The whole state from a document; see state.h. Every value comes from outside: it is judged by
 * column and type here, by the schema's constraints as it is written, and by its references in the
 * end. */
#include "simulator/store/state.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/store/store_int.h"

#include <inttypes.h>

#define KEY_MAX     INT64_C(1000000000000000)
#define TIME_MS_MAX INT64_C(253402300799999)

struct load {
    struct sim_store *store;
    sqlite3 *db;
    struct lat_arena *arena;
    const struct sim_store_layout *layouts;
    size_t layout_count;
    const json_t *tables;
    enum sim_store_extent extent;
};

static int run(const struct load *load, const char *sql, struct lat_err *reterr)
{
    if (sqlite3_exec(load->db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return 0;
    return lat_err_broken(reterr, "%s", sqlite3_errmsg(load->db));
}

static const struct sim_store_column *find_column(const struct sim_store_layout *layout,
                                                  const char *name)
{
    for (size_t i = 0; i < layout->column_count; i++)
        if (lat_text_eq(layout->columns[i].name, name))
            return &layout->columns[i];
    return NULL;
}

/* --- what the document may hold -----------------------------------------------------------------
 */

static int check_value(const struct sim_store_column *column, const char *name, const json_t *value,
                       struct lat_err *reterr)
{
    if (column == NULL)
        return lat_err_input(reterr, "%s: the table has no such column", name);
    if (json_is_null(value))
        return 0;
    if (column->is_integer ? !json_is_integer(value) : !json_is_string(value))
        return lat_err_input(reterr, "%s: must be a %s", name,
                             column->is_integer ? "whole number" : "text");
    json_int_t number = json_integer_value(value);
    if ((lat_text_eq(name, "seq") || lat_text_eq(name, "rowid") || lat_text_eq(name, "version")) &&
        (number < 0 || number > KEY_MAX))
        return lat_err_input(reterr, "%s: must not be negative, and leave room for others", name);
    if (lat_text_has_suffix(name, "_ms") && (number < 0 || number > TIME_MS_MAX))
        return lat_err_input(reterr, "%s: must be milliseconds, to the end of the year 9999", name);
    return 0;
}

static int check_row(const struct sim_store_layout *layout, const json_t *row,
                     struct lat_err *reterr)
{
    const char *name;
    json_t *value;
    if (!json_is_object(row))
        return lat_err_input(reterr, "must be an object");
    json_object_foreach(lat_json_iterable(row), name, value)
        if (check_value(find_column(layout, name), name, value, reterr) < 0)
            return -1;
    return 0;
}

static int check_tables(const struct load *load, struct lat_err *reterr)
{
    const char *name;
    json_t *rows;
    json_object_foreach(lat_json_iterable(load->tables), name, rows) {
        bool known = false;
        for (size_t i = 0; i < load->layout_count; i++)
            known = known || lat_text_eq(load->layouts[i].table, name);
        if (!known)
            return lat_err_input(reterr, "tables.%s: there is no such table", name);
        if (!json_is_array(rows))
            return lat_err_input(reterr, "tables.%s: must be a list of rows", name);
    }
    return 0;
}

/* --- writing ------------------------------------------------------------------------------------
 */

static void bind(sqlite3_stmt *stmt, int index, const json_t *value)
{
    if (json_is_integer(value))
        sqlite3_bind_int64(stmt, index, json_integer_value(value));
    else if (json_is_string(value))
        sqlite3_bind_text64(stmt, index, json_string_value(value), json_string_length(value),
                            SQLITE_STATIC, SQLITE_UTF8);
    else
        sqlite3_bind_null(stmt, index);
}

static int prepare_insert(const struct load *load, const struct sim_store_layout *layout,
                          sqlite3_stmt **ret_stmt)
{
    const char *columns = "", *values = "";
    for (size_t i = 0; i < layout->column_count; i++) {
        const char *fallback = layout->columns[i].fallback, *comma = i == 0 ? "" : ", ";
        columns =
            lat_arena_printf(load->arena, "%s%s\"%s\"", columns, comma, layout->columns[i].name);
        values = fallback == NULL ? lat_arena_printf(load->arena, "%s%s?%zu", values, comma, i + 1)
                                  : lat_arena_printf(load->arena, "%s%sifnull(?%zu, %s)", values,
                                                     comma, i + 1, fallback);
    }
    const char *sql = lat_arena_printf(load->arena, "INSERT INTO \"%s\" (%s) VALUES (%s)",
                                       layout->table, columns, values);
    return sqlite3_prepare_v2(load->db, sql, -1, ret_stmt, NULL) == SQLITE_OK ? 0 : -1;
}

static int insert_row(const struct load *load, const struct sim_store_layout *layout,
                      sqlite3_stmt *stmt, const json_t *row, struct lat_err *reterr)
{
    if (check_row(layout, row, reterr) < 0)
        return -1;
    for (size_t i = 0; i < layout->column_count; i++)
        bind(stmt, (int)i + 1, json_object_get(row, layout->columns[i].name));
    int code = sqlite3_step(stmt);
    sqlite3_reset(stmt);
    if (code == SQLITE_DONE)
        return 0;
    if ((code & 0xff) == SQLITE_CONSTRAINT || (code & 0xff) == SQLITE_MISMATCH)
        return lat_err_input(reterr, "%s", sqlite3_errmsg(load->db));
    return lat_err_broken(reterr, "%s", sqlite3_errmsg(load->db));
}

static int insert_rows(const struct load *load, const struct sim_store_layout *layout,
                       struct lat_err *reterr)
{
    const json_t *rows = json_object_get(load->tables, layout->table);
    sqlite3_stmt *stmt = NULL;
    if (prepare_insert(load, layout, &stmt) < 0)
        return lat_err_broken(reterr, "%s", sqlite3_errmsg(load->db));
    int result = 0;
    for (size_t i = 0; result == 0 && i < json_array_size(rows); i++)
        if (insert_row(load, layout, stmt, json_array_get(rows, i), reterr) < 0)
            result = lat_err_prefix(reterr, "tables.%s[%zu]", layout->table, i);
    sqlite3_finalize(stmt);
    return result;
}

static int delete_rows(const struct load *load, const struct sim_store_layout *layout,
                       struct lat_err *reterr)
{
    bool books = lat_text_eq(layout->table, "sqlite_sequence");
    return run(load,
               lat_arena_printf(load->arena, "DELETE FROM \"%s\"%s", layout->table,
                                books ? " WHERE name <> 'snapshot'" : ""),
               reterr);
}

/* Access keys that a document does not tell are those of whoever reads it. */
static bool stays(const struct load *load, const struct sim_store_layout *layout)
{
    return load->extent == SIM_STORE_SHOWN && lat_text_eq(layout->secret, SIM_STORE_ALL_ROWS) &&
           json_object_get(load->tables, layout->table) == NULL;
}

/* The books come last in the layouts: writing the other tables changes them. */
static int replace_rows(const struct load *load, struct lat_err *reterr)
{
    for (size_t i = 0; i < load->layout_count; i++)
        if (!stays(load, &load->layouts[i]) && delete_rows(load, &load->layouts[i], reterr) < 0)
            return -1;
    for (size_t i = 0; i < load->layout_count; i++) {
        const struct sim_store_layout *layout = &load->layouts[i];
        bool books = lat_text_eq(layout->table, "sqlite_sequence");
        if (books && json_object_get(load->tables, layout->table) == NULL)
            continue; /* written by hand: what the rows made of them is right */
        if ((books && delete_rows(load, layout, reterr) < 0) ||
            insert_rows(load, layout, reterr) < 0)
            return -1;
    }
    return 0;
}

static int check_references(const struct load *load, struct lat_err *reterr)
{
    static const char sql[] =
        "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 1";
    sqlite3_stmt *stmt = NULL;
    int result = 0;
    if (sqlite3_prepare_v2(load->db, sql, -1, &stmt, NULL) != SQLITE_OK)
        return lat_err_broken(reterr, "%s", sqlite3_errmsg(load->db));
    int code = sqlite3_step(stmt);
    if (code == SQLITE_ROW)
        result = lat_err_input(
            reterr,
            "tables.%s: the row with key %" PRId64 " refers to a row of %s that is not there",
            (const char *)sqlite3_column_text(stmt, 0), (int64_t)sqlite3_column_int64(stmt, 1),
            (const char *)sqlite3_column_text(stmt, 2));
    else if (code != SQLITE_DONE)
        result = lat_err_broken(reterr, "%s", sqlite3_errmsg(load->db));
    sqlite3_finalize(stmt);
    return result;
}

int sim_store_load(struct sim_store *store, const json_t *tables, enum sim_store_extent extent,
                   int (*finish)(void *context, struct lat_err *reterr), void *context,
                   struct lat_err *reterr)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct sim_store_layout *layouts = NULL;
    struct load load = {store, sim_store_db(store), arena, NULL, 0, tables, extent};
    if (sim_store_layouts(store, arena, &layouts, &load.layout_count) < 0)
        return lat_err_broken(reterr, "%s", sqlite3_errmsg(load.db));
    load.layouts = layouts;
    if (check_tables(&load, reterr) < 0)
        return -1;
    /* References are checked in the end, so that rows may come in any order; triggers act on what
     * happens, and nothing happens here. */
    sim_store_note_changes(store, false);
    sqlite3_db_config(load.db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    int result = run(&load, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", reterr);
    if (result == 0) {
        result = replace_rows(&load, reterr) < 0 || check_references(&load, reterr) < 0 ||
                         finish(context, reterr) < 0
                     ? -1
                     : run(&load, "COMMIT", reterr);
        if (result < 0)
            sim_store_rollback(store);
    }
    sqlite3_exec(load.db, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
    sqlite3_db_config(load.db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, NULL);
    sim_store_note_changes(store, true);
    return result;
}
