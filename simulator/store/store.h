/* The one store: typed SQLite tables behind a small interface. The only folder that includes
 * sqlite3.h. What must be unique, what may not be deleted and what goes with its parent is written
 * in the schema; a write that breaks such a rule fails with a violation that names it. One writer,
 * one thread. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_store;

/* A value bound to ?1, ?2, … of a statement; texts are borrowed until the call returns. */
struct sim_value {
    enum { SIM_VALUE_NULL, SIM_VALUE_TEXT, SIM_VALUE_INT } kind;
    const char *text;
    int64_t number;
};

static inline struct sim_value sim_text(const char *text)
{
    return (struct sim_value){.kind = text == NULL ? SIM_VALUE_NULL : SIM_VALUE_TEXT, .text = text};
}

static inline struct sim_value sim_int(int64_t number)
{
    return (struct sim_value){.kind = SIM_VALUE_INT, .number = number};
}

/* The values of one statement, in order. */
struct sim_values {
    const struct sim_value *items;
    size_t count;
};

#define SIM_NONE ((struct sim_values){NULL, 0})
#define SIM_VALUES(...)                                                                            \
    ((struct sim_values){(const struct sim_value[]){__VA_ARGS__},                                  \
                         sizeof((const struct sim_value[]){__VA_ARGS__}) /                         \
                             sizeof(struct sim_value)})

/* How a struct maps to a table: every column with its place in the struct. */
enum sim_column_kind {
    SIM_COLUMN_TEXT,         /* const char *, NULL for SQL NULL */
    SIM_COLUMN_INT,          /* int64_t */
    SIM_COLUMN_OPTIONAL_INT, /* int64_t, 0 for SQL NULL */
    SIM_COLUMN_BOOL,         /* bool */
    SIM_COLUMN_KIND_COUNT
};

struct sim_column {
    const char *name;
    enum sim_column_kind kind;
    size_t offset;
};

/* A table. base is NULL, or the table whose row every row of this one extends under the same key
 * (the struct then begins with the base's struct). The first column is the integer key; 0 lets the
 * store choose it on insert. */
struct sim_table {
    const char *name;
    const struct sim_table *base;
    const struct sim_column *columns;
    size_t column_count;
    size_t row_bytes;
};

/* The rule of the schema that a write broke. */
enum sim_violation_kind {
    SIM_VIOLATION_NONE,
    SIM_VIOLATION_UNIQUE,      /* rule: the columns or the index, "index 'resource_name'" */
    SIM_VIOLATION_FOREIGN_KEY, /* rule: ""; SQLite does not say which */
    SIM_VIOLATION_TRIGGER,     /* rule: the text that the trigger raised */
    SIM_VIOLATION_KIND_COUNT
};

struct sim_violation {
    enum sim_violation_kind kind;
    char rule[128];
};

/* A row that the current transaction inserted, updated or deleted, in order; or one that a call
 * looked at. */
struct sim_change {
    const char *table; /* owned by the store, for its life */
    char operation;    /* 'i', 'u' or 'd'; 'r': was read, 'c': stood in the way of a write */
    int64_t row;
    char id[64]; /* the text id of a row of "resource" or "kube_object"; else "" */
};

/* Opens path, or memory when it is NULL, and brings the schema up: a new file is made, one of an
 * older program is migrated, one of a newer program, of another one or in use is refused. A commit
 * to a file is on the disk when it returns. The caller owns the store. */
int sim_store_open(const char *path, struct sim_store **ret_store,
                   struct lat_err *reterr) LAT_MUST_USE;
struct sim_store *sim_store_close(struct sim_store *store);
void sim_store_closep(struct sim_store **store);

/* One request is one transaction: it happens whole or not at all. One that writes nothing costs
 * nothing. */
int sim_store_begin(struct sim_store *store) LAT_MUST_USE;
int sim_store_commit(struct sim_store *store) LAT_MUST_USE;
void sim_store_rollback(struct sim_store *store);

/* Calls hook at the end of every transaction that changed something, as its last part; -1 from it
 * fails the commit. */
void sim_store_before_commit(struct sim_store *store, int (*hook)(void *context), void *context);

/* A part of a transaction that may be taken back alone; not nested. */
int sim_store_savepoint(struct sim_store *store) LAT_MUST_USE;
int sim_store_release(struct sim_store *store) LAT_MUST_USE;
void sim_store_rollback_to(struct sim_store *store);

/* All functions below return 0, or -1. After -1 sim_store_violation tells whether a rule of the
 * schema was broken (kind is not NONE) or the store itself failed (sim_store_message says how).
 * tail and sql are literals: statements are prepared once and found again by their address. */

/* Rows of a table, "r" naming the base table (or the table itself) and "t" the extending one.
 * tail: "WHERE … ORDER BY … LIMIT …". Rows and texts live in the arena. */
int sim_store_rows(struct sim_store *store, struct lat_arena *arena, const struct sim_table *table,
                   const char *tail, struct sim_values values, void **ret_rows,
                   size_t *ret_count) LAT_MUST_USE;
/* The first such row, or NULL. */
int sim_store_row(struct sim_store *store, struct lat_arena *arena, const struct sim_table *table,
                  const char *tail, struct sim_values values, void **ret_row) LAT_MUST_USE;

/* Inserts a row (base part first); a key of 0 is chosen and written back into the row. */
int sim_store_insert(struct sim_store *store, const struct sim_table *table,
                     void *row) LAT_MUST_USE;
/* Writes every column of the row with this key. */
int sim_store_update(struct sim_store *store, const struct sim_table *table,
                     const void *row) LAT_MUST_USE;

/* Runs a statement; ret_changed (may be NULL) gets the number of rows it changed itself. */
int sim_store_run(struct sim_store *store, const char *sql, struct sim_values values,
                  int64_t *ret_changed) LAT_MUST_USE;
/* The one number that a query yields; 0 when it yields none or NULL. */
int sim_store_number(struct sim_store *store, const char *sql, struct sim_values values,
                     int64_t *ret_number) LAT_MUST_USE;
/* The one text that a query yields, in the arena; NULL when it yields none. */
int sim_store_text(struct sim_store *store, struct lat_arena *arena, const char *sql,
                   struct sim_values values, const char **ret_text) LAT_MUST_USE;

/* A number that grows with every row written or deleted: while it stays, what was read is still so.
 */
int64_t sim_store_writes(const struct sim_store *store);

/* The same for one table. */
int64_t sim_store_table_writes(struct sim_store *store, const char *table);
/* Whether a table has no row; costs a query only after a write to it. For tables that hold what
 * somebody asked for, which mostly nobody did. */
int sim_store_is_empty(struct sim_store *store, const char *table, bool *ret_empty) LAT_MUST_USE;

const struct sim_violation *sim_store_violation(const struct sim_store *store);
const char *sim_store_message(const struct sim_store *store);

/* What changed since sim_store_begin; borrowed until the next begin. */
const struct sim_change *sim_store_changes(const struct sim_store *store, size_t *ret_count);

/* The rows that were read through their tables, or that a violation named, since the last call of
 * sim_store_forget_seen: the first SIM_SEEN_MAX different ones, without ids. */
#define SIM_SEEN_MAX 32
const struct sim_change *sim_store_seen(const struct sim_store *store, size_t *ret_count);
void sim_store_forget_seen(struct sim_store *store);
