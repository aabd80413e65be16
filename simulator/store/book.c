/* What was written, as SQLite tells it row by row: the changes of the transaction for the journal,
 * and for each table how often, so that what was read of one is known to be still so. */
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include "simulator/store/store_int.h"

#include "common/base/text.h"
#include "simulator/store/schema.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANGES_MAX 65536 /* rows of one transaction that the journal can name */

/* What the simulator writes for itself: no call changed it. */
static bool is_own(const char *table)
{
    static const char *const own[] = {"continuation", "snapshot",        "fault",  "fault_chance",
                                      "stale_answer", "throttle_bucket", "setting"};
    for (size_t i = 0; i < LAT_COUNT(own); i++)
        if (strcmp(own[i], table) == 0)
            return true;
    return false;
}

/* The place of a table; all that the schema does not know share one, whose name is "". */
static struct sim_book_table *find_table(struct sim_book *book, const char *name)
{
    uint32_t hash = 2166136261u;
    for (const char *p = name; *p != '\0'; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    for (size_t i = hash % SIM_BOOK_TABLES;; i = (i + 1) % SIM_BOOK_TABLES) {
        struct sim_book_table *table = &book->tables[i];
        if (table->name != NULL && strcmp(table->name, name) == 0)
            return table;
        if (table->name != NULL)
            continue;
        const char *known = sim_schema_table_name(name);
        if (known[0] == '\0' && name[0] != '\0')
            return find_table(book, "");
        book->table_count++;
        assert(book->table_count < SIM_BOOK_TABLES);
        *table = (struct sim_book_table){
            .name = known,
            /* Only these two tables have a text id, in their second column. */
            .has_id = lat_text_eq(name, "resource") || lat_text_eq(name, "kube_object"),
            .is_own = is_own(name),
            .asked_at = -1,
        };
        return table;
    }
}

static struct sim_change *add_change(struct sim_book *book)
{
    if (book->change_count == book->change_capacity) {
        book->change_capacity = book->change_capacity == 0 ? 64 : book->change_capacity * 2;
        book->changes = realloc(book->changes, book->change_capacity * sizeof book->changes[0]);
        if (book->changes == NULL)
            abort();
    }
    return &book->changes[book->change_count++];
}

static void note(void *context, sqlite3 *db, int operation, const char *schema, const char *name,
                 sqlite3_int64 old_row, sqlite3_int64 new_row)
{
    struct sim_book *book = context;
    struct sim_book_table *table = find_table(book, name);
    bool deleted = operation == SQLITE_DELETE;
    (void)schema;
    table->writes++;
    if (!book->is_noting || table->is_own || book->change_count == CHANGES_MAX)
        return;
    struct sim_change *change = add_change(book);
    change->table = table->name;
    change->operation = deleted ? 'd' : operation == SQLITE_INSERT ? 'i' : 'u';
    change->row = deleted ? old_row : new_row;
    sqlite3_value *id = NULL;
    memset(change->id, 0, sizeof change->id);
    if (table->has_id && (deleted ? sqlite3_preupdate_old(db, 1, &id)
                                  : sqlite3_preupdate_new(db, 1, &id)) == SQLITE_OK)
        strncpy(change->id, lat_text_or_empty((const char *)sqlite3_value_text(id)),
                sizeof change->id - 1);
}

void sim_book_open(struct sim_book *book, sqlite3 *db)
{
    book->is_noting = true;
    sqlite3_preupdate_hook(db, note, book);
}

void sim_book_close(struct sim_book *book)
{
    for (size_t i = 0; i < SIM_BOOK_TABLES; i++)
        sqlite3_finalize(book->tables[i].ask);
    free(book->changes);
}

int64_t sim_book_writes(struct sim_book *book, const char *table)
{
    return find_table(book, table)->writes + book->undone;
}

int sim_book_is_empty(struct sim_book *book, sqlite3 *db, const char *name, bool *ret_empty)
{
    struct sim_book_table *table = find_table(book, name);
    int64_t now = table->writes + book->undone;
    if (table->asked_at != now) {
        char sql[128];
        snprintf(sql, sizeof sql, "SELECT NOT EXISTS (SELECT 1 FROM \"%s\")", name);
        if ((table->ask == NULL && sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                                      &table->ask, NULL) != SQLITE_OK) ||
            sqlite3_step(table->ask) != SQLITE_ROW)
            return -1;
        table->is_empty = sqlite3_column_int(table->ask, 0) != 0;
        table->asked_at = now;
        sqlite3_reset(table->ask);
    }
    *ret_empty = table->is_empty;
    return 0;
}
