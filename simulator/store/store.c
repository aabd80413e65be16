/* SQLite behind store.h: statements prepared once, rows mapped by table, violations named.
 * It knows columns and constraints but no meaning; a write of which nobody knows why it failed is
 * breakage, never a refusal. */
#include "simulator/store/store.h"

#include "common/base/buf.h"
#include "common/base/text.h"
#include "simulator/store/store_int.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define STATEMENT_SLOTS                                                                            \
    1024 /* a power of two, well above the number of statements in the program */
#define STATEMENT_BYTES_MAX (64 << 10)

/* A prepared statement, found by what made it: an SQL literal, or a table with a purpose. */
struct statement {
    const void *owner; /* the table, or NULL for plain SQL */
    const void *text;  /* address of the literal */
    sqlite3_stmt *stmt;
};

struct sim_store {
    sqlite3 *db;
    struct statement statements[STATEMENT_SLOTS];
    size_t statement_count;
    bool is_begun; /* a transaction was asked for; it starts with the first write */
    struct sim_violation violation;
    struct sim_book book;
    struct sim_change seen[SIM_SEEN_MAX];
    size_t seen_count;
    int (*before_commit)(void *context);
    void *before_commit_context;
    int64_t kube_log_bytes, kube_log_bytes_begun; /* see store_int.h; as the transaction began */
};

/* Markers whose addresses stand for the two statements that each table has for itself. */
static const char insert_purpose[] = "insert";
static const char update_purpose[] = "update";

/* --- opening and closing ------------------------------------------------------------------------
 */

void sim_store_note_changes(struct sim_store *store, bool on)
{
    store->book.is_noting = on;
    store->kube_log_bytes = -1;
}

int64_t *sim_store_kube_log_bytes(struct sim_store *store)
{
    return &store->kube_log_bytes;
}

sqlite3 *sim_store_db(struct sim_store *store)
{
    return store->db;
}

/* One thread uses the store: no locks, and nobody asks how much memory is in use. Where the library
 * has been started already it keeps what it was told then, which is this. */
static void set_up_library(void)
{
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sim_store_use_pool();
    sim_store_use_page_table();
}

int sim_store_open(const char *path, struct sim_store **ret_store, struct lat_err *reterr)
{
    set_up_library();
    LAT_AUTO(sim_store_closep) struct sim_store *store = calloc(1, sizeof *store);
    if (store == NULL)
        abort();
    /* One thread: no lock around each column that is read. */
    if (sqlite3_open_v2(path == NULL ? ":memory:" : path, &store->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK)
        return lat_err_input(reterr, "%s: %s", path, sqlite3_errmsg(store->db));
    if (sim_store_bring_up(store->db, reterr) < 0)
        return path == NULL ? -1 : lat_err_prefix(reterr, "%s", path);
    sim_book_open(&store->book, store->db);
    sim_store_note_changes(store, true);
    *ret_store = LAT_TAKE(store);
    return 0;
}

struct sim_store *sim_store_close(struct sim_store *store)
{
    if (store == NULL)
        return NULL;
    for (size_t i = 0; i < STATEMENT_SLOTS; i++)
        sqlite3_finalize(store->statements[i].stmt);
    sim_book_close(&store->book);
    sqlite3_close(store->db);
    free(store);
    return NULL;
}

void sim_store_closep(struct sim_store **store)
{
    *store = sim_store_close(*store);
}

/* --- statements ---------------------------------------------------------------------------------
 */

static struct statement *find_slot(struct sim_store *store, const void *owner, const void *text)
{
    uintptr_t hash = ((uintptr_t)owner * UINT64_C(0x9e3779b97f4a7c15)) ^
                     ((uintptr_t)text * UINT64_C(0xbf58476d1ce4e5b9));
    for (size_t i = (hash >> 32) % STATEMENT_SLOTS;; i = (i + 1) % STATEMENT_SLOTS) {
        struct statement *slot = &store->statements[i];
        if (slot->stmt == NULL || (slot->owner == owner && slot->text == text))
            return slot;
    }
}

static int fill_slot(struct sim_store *store, struct statement *slot, const void *owner,
                     const void *text, const char *sql)
{
    assert(store->statement_count < STATEMENT_SLOTS / 2); /* statements are literals: a bug else */
    if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &slot->stmt, NULL) !=
        SQLITE_OK)
        return -1;
    slot->owner = owner;
    slot->text = text;
    store->statement_count++;
    return 0;
}

static sqlite3_stmt *plain_statement(struct sim_store *store, const char *sql)
{
    struct statement *slot = find_slot(store, NULL, sql);
    if (slot->stmt == NULL && fill_slot(store, slot, NULL, sql, sql) < 0)
        return NULL;
    return slot->stmt;
}

static void put_columns(struct lat_buf *sql, const struct sim_table *table, const char *alias,
                        size_t first, const char *separator)
{
    for (size_t i = first; i < table->column_count; i++)
        lat_buf_printf(sql, "%s%s.%s", i == first ? separator : ", ", alias,
                       table->columns[i].name);
}

/* "SELECT r.…, t.… FROM resource r JOIN service t ON t.seq = r.seq " + tail, or without the join.
 */
static void put_select(struct lat_buf *sql, const struct sim_table *table, const char *tail)
{
    const struct sim_table *base = table->base == NULL ? table : table->base;
    lat_buf_puts(sql, "SELECT");
    put_columns(sql, base, "r", 0, " ");
    if (table->base != NULL)
        put_columns(sql, table, "t", 1, ", ");
    lat_buf_printf(sql, " FROM %s r", base->name);
    if (table->base != NULL)
        lat_buf_printf(sql, " JOIN %s t ON t.%s = r.%s", table->name, table->columns[0].name,
                       base->columns[0].name);
    lat_buf_printf(sql, " %s", tail);
}

static void put_insert(struct lat_buf *sql, const struct sim_table *table)
{
    lat_buf_printf(sql, "INSERT INTO %s (", table->name);
    for (size_t i = 0; i < table->column_count; i++)
        lat_buf_printf(sql, "%s%s", i == 0 ? "" : ", ", table->columns[i].name);
    lat_buf_puts(sql, ") VALUES (");
    for (size_t i = 0; i < table->column_count; i++)
        lat_buf_printf(sql, "%s?%zu", i == 0 ? "" : ", ", i + 1);
    lat_buf_puts(sql, ")");
}

static void put_update(struct lat_buf *sql, const struct sim_table *table)
{
    lat_buf_printf(sql, "UPDATE %s SET ", table->name);
    for (size_t i = 1; i < table->column_count; i++)
        lat_buf_printf(sql, "%s%s = ?%zu", i == 1 ? "" : ", ", table->columns[i].name, i + 1);
    lat_buf_printf(sql, " WHERE %s = ?1", table->columns[0].name);
}

static sqlite3_stmt *table_statement(struct sim_store *store, const struct sim_table *table,
                                     const char *text)
{
    struct statement *slot = find_slot(store, table, text);
    if (slot->stmt != NULL)
        return slot->stmt;
    LAT_AUTO(lat_buf_done) struct lat_buf sql;
    lat_buf_init(&sql, STATEMENT_BYTES_MAX);
    if (text == insert_purpose)
        put_insert(&sql, table);
    else if (text == update_purpose)
        put_update(&sql, table);
    else
        put_select(&sql, table, text);
    assert(!sql.overflowed);
    return fill_slot(store, slot, table, text, sql.data) < 0 ? NULL : slot->stmt;
}

/* --- running ------------------------------------------------------------------------------------
 */

static void note_violation(struct sim_store *store)
{
    struct sim_violation *violation = &store->violation;
    const char *message = sqlite3_errmsg(store->db);
    int code = sqlite3_extended_errcode(store->db);
    const char *rule = message;
    violation->kind = SIM_VIOLATION_NONE;
    if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY) {
        violation->kind = SIM_VIOLATION_UNIQUE;
        rule = strchr(message, ':') == NULL ? message : strchr(message, ':') + 2;
    } else if (code == SQLITE_CONSTRAINT_FOREIGNKEY || code == SQLITE_CONSTRAINT_TRIGGER) {
        violation->kind = strstr(message, "FOREIGN KEY") != NULL ? SIM_VIOLATION_FOREIGN_KEY
                                                                 : SIM_VIOLATION_TRIGGER;
    }
    strncpy(violation->rule, rule, sizeof violation->rule - 1);
    violation->rule[sizeof violation->rule - 1] = '\0';
}

static void bind_value(sqlite3_stmt *stmt, int index, const struct sim_value *value)
{
    if (value->kind == SIM_VALUE_TEXT)
        sqlite3_bind_text(stmt, index, value->text, -1, SQLITE_STATIC);
    else if (value->kind == SIM_VALUE_INT)
        sqlite3_bind_int64(stmt, index, value->number);
    else
        sqlite3_bind_null(stmt, index);
}

static void bind_values(sqlite3_stmt *stmt, struct sim_values values)
{
    for (size_t i = 0; i < values.count; i++)
        bind_value(stmt, (int)i + 1, &values.items[i]);
}

/* Steps a statement that yields no rows that anyone wants, and resets it. */
static int step_to_end(struct sim_store *store, sqlite3_stmt *stmt)
{
    int code = sqlite3_step(stmt);
    while (code == SQLITE_ROW)
        code = sqlite3_step(stmt);
    if (code != SQLITE_DONE)
        note_violation(store);
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return code == SQLITE_DONE ? 0 : -1;
}

static int run_sql(struct sim_store *store, const char *sql)
{
    sqlite3_stmt *stmt = plain_statement(store, sql);
    return stmt == NULL ? -1 : step_to_end(store, stmt);
}

int sim_store_begin(struct sim_store *store)
{
    store->book.change_count = 0;
    store->violation.kind = SIM_VIOLATION_NONE;
    store->is_begun = true;
    store->kube_log_bytes_begun = store->kube_log_bytes;
    return 0;
}

/* Half of all calls only read: a transaction that writes nothing never reaches the database. Nobody
 * else writes between two reads. */
static int start_transaction(struct sim_store *store)
{
    bool is_open = !sqlite3_get_autocommit(store->db);
    return !store->is_begun || is_open ? 0 : run_sql(store, "BEGIN IMMEDIATE");
}

void sim_store_before_commit(struct sim_store *store, int (*hook)(void *context), void *context)
{
    store->before_commit = hook;
    store->before_commit_context = context;
}

int sim_store_commit(struct sim_store *store)
{
    if (store->book.change_count > 0 && store->before_commit != NULL &&
        store->before_commit(store->before_commit_context) < 0)
        return -1;
    store->is_begun = false;
    return sqlite3_get_autocommit(store->db) ? 0 : run_sql(store, "COMMIT");
}

void sim_store_rollback(struct sim_store *store)
{
    store->is_begun = false;
    store->kube_log_bytes = store->kube_log_bytes_begun;
    store->book.change_count = 0;
    store->book.undone++;
    if (!sqlite3_get_autocommit(store->db) && run_sql(store, "ROLLBACK") < 0)
        abort(); /* the transaction can neither end nor be undone: nothing said from here is true */
}

int sim_store_savepoint(struct sim_store *store)
{
    return start_transaction(store) < 0 ? -1 : run_sql(store, "SAVEPOINT part");
}

int sim_store_release(struct sim_store *store)
{
    return run_sql(store, "RELEASE part");
}

void sim_store_rollback_to(struct sim_store *store)
{
    store->kube_log_bytes = -1;
    store->book.undone++;
    if (run_sql(store, "ROLLBACK TO part") < 0 || run_sql(store, "RELEASE part") < 0)
        abort(); /* as in sim_store_rollback */
}

/* --- rows ---------------------------------------------------------------------------------------
 */

static void read_column(sqlite3_stmt *stmt, int index, const struct sim_column *column,
                        struct lat_arena *arena, char *row)
{
    void *member = row + column->offset;
    switch (column->kind) {
    case SIM_COLUMN_TEXT: {
        sqlite3_value *value = sqlite3_column_value(stmt, index); /* looked up once */
        const char *text = (const char *)sqlite3_value_text(value);
        size_t length = (size_t)sqlite3_value_bytes(value);
        *(const char **)member = text == NULL ? NULL : lat_arena_strndup(arena, text, length);
        return;
    }
    case SIM_COLUMN_INT:
    case SIM_COLUMN_OPTIONAL_INT:
        *(int64_t *)member = sqlite3_column_int64(stmt, index);
        return;
    case SIM_COLUMN_BOOL:
        *(bool *)member = sqlite3_column_int64(stmt, index) != 0;
        return;
    case SIM_COLUMN_KIND_COUNT:
        break;
    }
    assert(false);
}

static void read_row(struct sim_store *store, sqlite3_stmt *stmt, const struct sim_table *table,
                     struct lat_arena *arena, char *row)
{
    const struct sim_table *base = table->base == NULL ? table : table->base;
    int index = 0;
    for (size_t i = 0; i < base->column_count; i++)
        read_column(stmt, index++, &base->columns[i], arena, row);
    for (size_t i = 1; table->base != NULL && i < table->column_count; i++)
        read_column(stmt, index++, &table->columns[i], arena, row);
    if (base->columns[0].kind == SIM_COLUMN_INT)
        sim_store_note_seen(store, base->name, 'r',
                            *(const int64_t *)(const void *)(row + base->columns[0].offset));
}

static int rows_up_to(struct sim_store *store, struct lat_arena *arena,
                      const struct sim_table *table, const char *tail, struct sim_values values,
                      size_t count_max, void **ret_rows, size_t *ret_count)
{
    sqlite3_stmt *stmt = table_statement(store, table, tail);
    if (stmt == NULL)
        return -1;
    bind_values(stmt, values);
    char *rows = NULL;
    size_t count = 0, capacity = 0;
    int code = SQLITE_DONE;
    while (count < count_max && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
        if (count == capacity) {
            capacity = capacity == 0 ? 1 : capacity * 4;
            char *more = lat_arena_alloc(arena, capacity * table->row_bytes);
            if (count > 0)
                memcpy(more, rows, count * table->row_bytes);
            rows = more;
        }
        read_row(store, stmt, table, arena, rows + count++ * table->row_bytes);
    }
    if (code != SQLITE_DONE && code != SQLITE_ROW)
        note_violation(store);
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    *ret_rows = rows;
    *ret_count = count;
    return code == SQLITE_DONE || code == SQLITE_ROW ? 0 : -1;
}

int sim_store_rows(struct sim_store *store, struct lat_arena *arena, const struct sim_table *table,
                   const char *tail, struct sim_values values, void **ret_rows, size_t *ret_count)
{
    return rows_up_to(store, arena, table, tail, values, SIZE_MAX, ret_rows, ret_count);
}

int sim_store_row(struct sim_store *store, struct lat_arena *arena, const struct sim_table *table,
                  const char *tail, struct sim_values values, void **ret_row)
{
    size_t count = 0;
    return rows_up_to(store, arena, table, tail, values, 1, ret_row, &count);
}

void sim_store_bind_column(sqlite3_stmt *stmt, int index, const struct sim_column *column,
                           const char *row)
{
    const void *member = row + column->offset;
    struct sim_value value = {.kind = SIM_VALUE_INT};
    switch (column->kind) {
    case SIM_COLUMN_TEXT:
        value = sim_text(*(const char *const *)member);
        break;
    case SIM_COLUMN_INT:
        value.number = *(const int64_t *)member;
        break;
    case SIM_COLUMN_OPTIONAL_INT:
        value.number = *(const int64_t *)member;
        value.kind = value.number == 0 ? SIM_VALUE_NULL : SIM_VALUE_INT;
        break;
    case SIM_COLUMN_BOOL:
        value.number = *(const bool *)member;
        break;
    case SIM_COLUMN_KIND_COUNT:
        assert(false);
    }
    bind_value(stmt, index, &value);
}

/* Writes the columns of one table (not of its base) from a row. */
static int write_row(struct sim_store *store, const struct sim_table *table, const char *purpose,
                     const char *row)
{
    sqlite3_stmt *stmt = table_statement(store, table, purpose);
    if (stmt == NULL)
        return -1;
    for (size_t i = 0; i < table->column_count; i++)
        sim_store_bind_column(stmt, (int)i + 1, &table->columns[i], row);
    int64_t key = *(const int64_t *)(const void *)(row + table->columns[0].offset);
    if (key == 0)
        sqlite3_bind_null(stmt, 1);
    if (step_to_end(store, stmt) == 0)
        return 0;
    if (store->violation.kind == SIM_VIOLATION_UNIQUE)
        sim_store_note_conflict(store, table, row);
    return -1;
}

int sim_store_insert(struct sim_store *store, const struct sim_table *table, void *row)
{
    const struct sim_table *base = table->base == NULL ? table : table->base;
    if (start_transaction(store) < 0 || write_row(store, base, insert_purpose, row) < 0)
        return -1;
    int64_t *key = (int64_t *)(void *)((char *)row + base->columns[0].offset);
    if (*key == 0)
        *key = sqlite3_last_insert_rowid(store->db);
    return table->base == NULL ? 0 : write_row(store, table, insert_purpose, row);
}

int sim_store_update(struct sim_store *store, const struct sim_table *table, const void *row)
{
    if (start_transaction(store) < 0 ||
        (table->base != NULL && write_row(store, table->base, update_purpose, row) < 0))
        return -1;
    return write_row(store, table, update_purpose, row);
}

int sim_store_run(struct sim_store *store, const char *sql, struct sim_values values,
                  int64_t *ret_changed)
{
    sqlite3_stmt *stmt = plain_statement(store, sql);
    if (stmt == NULL || start_transaction(store) < 0)
        return -1;
    bind_values(stmt, values);
    if (step_to_end(store, stmt) < 0)
        return -1;
    if (ret_changed != NULL)
        *ret_changed = sqlite3_changes64(store->db);
    return 0;
}

/* Steps to the first row of a query; the caller resets the statement. */
static int first_row(struct sim_store *store, const char *sql, struct sim_values values,
                     sqlite3_stmt **ret_stmt, bool *ret_found)
{
    sqlite3_stmt *stmt = plain_statement(store, sql);
    if (stmt == NULL)
        return -1;
    bind_values(stmt, values);
    int code = sqlite3_step(stmt);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        note_violation(store);
        sqlite3_reset(stmt);
        return -1;
    }
    *ret_found = code == SQLITE_ROW;
    *ret_stmt = stmt;
    return 0;
}

int sim_store_number(struct sim_store *store, const char *sql, struct sim_values values,
                     int64_t *ret_number)
{
    sqlite3_stmt *stmt = NULL;
    bool found = false;
    if (first_row(store, sql, values, &stmt, &found) < 0)
        return -1;
    *ret_number = found ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return 0;
}

int sim_store_text(struct sim_store *store, struct lat_arena *arena, const char *sql,
                   struct sim_values values, const char **ret_text)
{
    sqlite3_stmt *stmt = NULL;
    bool found = false;
    if (first_row(store, sql, values, &stmt, &found) < 0)
        return -1;
    const char *text = found ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    *ret_text = lat_arena_strdup(arena, text);
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return 0;
}

int64_t sim_store_writes(const struct sim_store *store)
{
    return sqlite3_total_changes64(store->db);
}

int64_t sim_store_table_writes(struct sim_store *store, const char *table)
{
    return sim_book_writes(&store->book, table);
}

int sim_store_is_empty(struct sim_store *store, const char *table, bool *ret_empty)
{
    return sim_book_is_empty(&store->book, store->db, table, ret_empty);
}

const struct sim_violation *sim_store_violation(const struct sim_store *store)
{
    return &store->violation;
}

const char *sim_store_message(const struct sim_store *store)
{
    return sqlite3_errmsg(store->db);
}

const struct sim_change *sim_store_changes(const struct sim_store *store, size_t *ret_count)
{
    *ret_count = store->book.change_count;
    return store->book.changes;
}

void sim_store_note_seen(struct sim_store *store, const char *table, char how, int64_t row)
{
    if (store->seen_count == SIM_SEEN_MAX)
        return;
    for (size_t i = 0; i < store->seen_count; i++)
        if (store->seen[i].row == row && store->seen[i].operation == how &&
            lat_text_eq(store->seen[i].table, table))
            return;
    store->seen[store->seen_count++] =
        (struct sim_change){.table = table, .operation = how, .row = row};
}

const struct sim_change *sim_store_seen(const struct sim_store *store, size_t *ret_count)
{
    *ret_count = store->seen_count;
    return store->seen;
}

void sim_store_forget_seen(struct sim_store *store)
{
    store->seen_count = 0;
}
