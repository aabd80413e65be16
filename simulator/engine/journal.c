/* The journal as a ring of finished lines; see journal.h. */
#include "simulator/engine/journal.h"

#include "common/base/buf.h"
#include "common/base/json.h"
#include "common/base/text.h"

#include <stdlib.h>
#include <string.h>

struct line {
    char *text;
    size_t length;
};

struct sim_journal {
    struct line *ring; /* SIM_JOURNAL_ENTRIES_MAX places */
    int64_t first;     /* number of the oldest kept entry */
    int64_t next;      /* number of the entry to come */
    size_t bytes;
};

struct sim_journal *sim_journal_new(void)
{
    struct sim_journal *journal = calloc(1, sizeof *journal);
    if (journal == NULL ||
        (journal->ring = calloc(SIM_JOURNAL_ENTRIES_MAX, sizeof *journal->ring)) == NULL)
        abort();
    journal->first = journal->next = 1;
    return journal;
}

static struct line *slot(const struct sim_journal *journal, int64_t number)
{
    return &journal->ring[number % SIM_JOURNAL_ENTRIES_MAX];
}

static void drop_oldest(struct sim_journal *journal)
{
    struct line *line = slot(journal, journal->first++);
    journal->bytes -= line->length;
    free(line->text);
    line->text = NULL;
}

struct sim_journal *sim_journal_free(struct sim_journal *journal)
{
    if (journal == NULL)
        return NULL;
    while (journal->first < journal->next)
        drop_oldest(journal);
    free(journal->ring);
    free(journal);
    return NULL;
}

/* JSON text as a value, so that a reader need not parse twice; other or cut text as a string. */
static json_t *text_value_new(const char *text)
{
    size_t length = strlen(text);
    json_t *value = length > SIM_JOURNAL_TEXT_MAX ? NULL : json_loadb(text, length, 0, NULL);
    if (value == NULL)
        value = json_stringn_nocheck(text,
                                     length > SIM_JOURNAL_TEXT_MAX ? SIM_JOURNAL_TEXT_MAX : length);
    return value;
}

static json_t *changes_new(const struct sim_change *changes, size_t count)
{
    static const struct {
        char operation;
        const char *word;
    } words[] = {{'i', "insert"}, {'u', "update"}, {'d', "delete"}};
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *change = json_object();
        for (size_t w = 0; w < LAT_COUNT(words); w++)
            if (words[w].operation == changes[i].operation)
                lat_json_set_string(change, "change", words[w].word);
        lat_json_set_string(change, "table", changes[i].table);
        if (changes[i].id[0] != '\0')
            lat_json_set_string(change, "id", changes[i].id);
        lat_json_set(change, "row", json_integer(changes[i].row));
        json_array_append_new(list, change);
    }
    return list;
}

static char *format_line(int64_t number, const struct sim_journal_entry *entry)
{
    LAT_AUTO(lat_json_decrefp) json_t *line = json_object();
    char time[LAT_TIME_TEXT_BYTES];
    lat_json_set(line, "seq", json_integer(number));
    lat_json_set_string(line, "at", lat_time_format_ms(entry->at_ms, time));
    lat_json_set_string(line, "api", entry->api);
    lat_json_set_string(line, "service", entry->service);
    lat_json_set_string(line, "operation", entry->operation);
    lat_json_set_string(line, "caller", entry->caller);
    lat_json_set_string(line, "target", entry->target);
    if (!lat_text_is_empty(entry->input))
        lat_json_set(line, "input", text_value_new(entry->input));
    lat_json_set(line, "status", json_integer(entry->status));
    lat_json_set_string(line, "error", entry->error);
    lat_json_set_string(line, "rule", entry->rule);
    lat_json_set_string(line, "source", entry->rule_source);
    if (!lat_text_is_empty(entry->output))
        lat_json_set(line, "output", text_value_new(entry->output));
    lat_json_set(line, "changes", changes_new(entry->changes, entry->change_count));
    return json_dumps(line, JSON_COMPACT);
}

void sim_journal_add(struct sim_journal *journal, const struct sim_journal_entry *entry)
{
    char *text = format_line(journal->next, entry);
    if (text == NULL)
        abort();
    size_t length = strlen(text);
    bool full = journal->next - journal->first == SIM_JOURNAL_ENTRIES_MAX;
    while (full ||
           (journal->first < journal->next && journal->bytes + length > SIM_JOURNAL_BYTES_MAX)) {
        drop_oldest(journal);
        full = false;
    }
    *slot(journal, journal->next++) = (struct line){.text = text, .length = length};
    journal->bytes += length;
}

const char *sim_journal_lines(const struct sim_journal *journal, struct lat_arena *arena,
                              int64_t since)
{
    int64_t from = since + 1 > journal->first ? since + 1 : journal->first;
    size_t length = 0;
    for (int64_t number = from; number < journal->next; number++)
        length += slot(journal, number)->length + 1;
    char *lines = lat_arena_alloc(arena, length + 1), *end = lines;
    for (int64_t number = from; number < journal->next; number++) {
        const struct line *line = slot(journal, number);
        end = mempcpy(end, line->text, line->length);
        *end++ = '\n';
    }
    return lines;
}

int64_t sim_journal_last(const struct sim_journal *journal)
{
    return journal->next - 1;
}
