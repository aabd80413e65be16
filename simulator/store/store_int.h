/* What the files of the store share. Only for this folder: it includes sqlite3.h. */
#pragma once

#include "simulator/store/store.h"

#include <sqlite3.h>

/* Give SQLite its memory and its page cache; before it is used first. */
void sim_store_use_pool(void);
void sim_store_use_page_table(void);

sqlite3 *sim_store_db(struct sim_store *store);

/* What was written, told by SQLite's hook; see book.c. */
#define SIM_BOOK_TABLES 128 /* places, more than the schema has tables; a power of two */

struct sim_book_table {
    const char *name; /* NULL: the place is free */
    bool has_id, is_own;
    int64_t writes;
    sqlite3_stmt *ask;
    int64_t asked_at; /* is_empty holds while sim_book_writes is this */
    bool is_empty;
};

struct sim_book {
    bool is_noting; /* what changes is for the journal */
    struct sim_change *changes;
    size_t change_count;
    size_t change_capacity;
    int64_t undone; /* how often something was taken back: rows then change without a write */
    size_t table_count;
    struct sim_book_table tables[SIM_BOOK_TABLES];
};

void sim_book_open(struct sim_book *book, sqlite3 *db);
void sim_book_close(struct sim_book *book);
int64_t sim_book_writes(struct sim_book *book, const char *table);
int sim_book_is_empty(struct sim_book *book, sqlite3 *db, const char *table, bool *ret_empty);

/* Whether changed rows are noted for the journal: not while the whole state is replaced. */
void sim_store_note_changes(struct sim_store *store, bool on);

/* Sets a database up: makes the schema in an empty one, migrates that of an older program, and
 * makes whatever table, index or trigger is missing. A file that is damaged, in use, not a state,
 * of a newer program, or with tables of other columns is refused with its remedy. */
int sim_store_bring_up(sqlite3 *db, struct lat_err *reterr) LAT_MUST_USE;

/* A column of a table in a document, and all of them: the schema's, and "rowid" where the key is
 * not a column, so that a copy is the same to the last number. */
struct sim_store_column {
    const char *name;
    bool is_integer;
    const char *fallback; /* SQL text of the default; NULL: none */
};

struct sim_store_layout {
    const char *table;
    const char *secret; /* SQL condition of the rows that hold secrets; NULL: none does */
    struct sim_store_column *columns;
    size_t column_count;
};

/* The secret of a table of which no row is ever shown. */
#define SIM_STORE_ALL_ROWS "1"

/* The layouts of all tables that belong to a state, in order of their names. */
int sim_store_layouts(struct sim_store *store, struct lat_arena *arena,
                      struct sim_store_layout **ret_layouts, size_t *ret_count) LAT_MUST_USE;

/* The bytes of all texts in kube_change, so that they need not be counted at each write; -1 when
 * they have to be. Goes back with a transaction. */
int64_t *sim_store_kube_log_bytes(struct sim_store *store);

/* Binds a column of a row as it is stored. */
void sim_store_bind_column(sqlite3_stmt *stmt, int index, const struct sim_column *column,
                           const char *row);

/* Notes a row that the call looked at. */
void sim_store_note_seen(struct sim_store *store, const char *table, char how, int64_t row);

/* Finds and notes the row because of which writing this one broke a unique rule. */
void sim_store_note_conflict(struct sim_store *store, const struct sim_table *table,
                             const char *row);
