/* The whole state as text; see state.h. */
#include "simulator/store/state.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/store/store_int.h"

#include <stdlib.h>

static json_t *value_new(sqlite3_stmt *stmt, int index)
{
    switch (sqlite3_column_type(stmt, index)) {
    case SQLITE_INTEGER:
        return json_integer(sqlite3_column_int64(stmt, index));
    case SQLITE_TEXT:
        return json_stringn((const char *)sqlite3_column_text(stmt, index),
                            (size_t)sqlite3_column_bytes(stmt, index));
    default:
        return NULL;
    }
}

static int put_row(sqlite3_stmt *stmt, struct lat_buf *out)
{
    LAT_AUTO(lat_json_decrefp) json_t *row = json_object();
    for (int i = 0; i < sqlite3_column_count(stmt); i++)
        lat_json_set(row, sqlite3_column_name(stmt, i), value_new(stmt, i));
    LAT_AUTO(lat_free_charp) char *text = json_dumps(row, JSON_COMPACT);
    if (text == NULL)
        abort();
    return lat_buf_puts(out, text);
}

/* "SELECT …" of a table's columns, in an order that does not depend on how the rows came to be. */
static char *select_text(struct lat_arena *arena, const struct sim_store_layout *layout,
                         enum sim_store_extent extent)
{
    const char *columns = "";
    for (size_t i = 0; i < layout->column_count; i++)
        columns = lat_arena_printf(arena, "%s%s\"%s\"", columns, i == 0 ? "" : ", ",
                                   layout->columns[i].name);
    const char *order = "ORDER BY 1, 2"; /* the key is the first column */
    if (lat_text_eq(layout->columns[layout->column_count - 1].name, "rowid"))
        order = "ORDER BY rowid";
    if (lat_text_eq(layout->table, "sqlite_sequence"))
        order = "WHERE name <> 'snapshot' ORDER BY name";
    else if (extent == SIM_STORE_SHOWN && layout->secret != NULL)
        order = lat_arena_printf(arena, "WHERE NOT (%s) %s", layout->secret, order);
    return lat_arena_printf(arena, "SELECT %s FROM \"%s\" %s", columns, layout->table, order);
}

static int put_table(struct sim_store *store, struct lat_arena *arena,
                     const struct sim_store_layout *layout, enum sim_store_extent extent,
                     struct lat_buf *out)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(sim_store_db(store), select_text(arena, layout, extent), -1, &stmt,
                           NULL) != SQLITE_OK)
        return -1;
    lat_buf_printf(out, "\"%s\":[", layout->table);
    int code = SQLITE_ROW;
    for (const char *before = "\n"; (code = sqlite3_step(stmt)) == SQLITE_ROW; before = ",\n") {
        lat_buf_puts(out, before);
        if (put_row(stmt, out) < 0)
            break;
    }
    sqlite3_finalize(stmt);
    return code == SQLITE_DONE ? lat_buf_puts(out, "]") : -1;
}

/* A table of which nothing may be shown is not in the object at all. */
static bool is_left_out(const struct sim_store_layout *layout, enum sim_store_extent extent)
{
    return extent == SIM_STORE_SHOWN && lat_text_eq(layout->secret, SIM_STORE_ALL_ROWS);
}

int sim_store_dump(struct sim_store *store, enum sim_store_extent extent, struct lat_buf *out)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct sim_store_layout *layouts = NULL;
    size_t count = 0;
    if (sim_store_layouts(store, arena, &layouts, &count) < 0)
        return -1;
    const char *before = "{";
    for (size_t i = 0; i < count; i++) {
        if (is_left_out(&layouts[i], extent))
            continue;
        lat_buf_puts(out, before);
        before = ",\n";
        if (put_table(store, arena, &layouts[i], extent, out) < 0)
            return -1;
    }
    return lat_buf_puts(out, "}");
}
