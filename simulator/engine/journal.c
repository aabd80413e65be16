/* The journal as a ring of entries, each copied into one block of memory. A call pays for that copy
 * and nothing else: JSON is made when somebody reads. See journal.h. */
#include "simulator/engine/journal.h"

#include "common/base/buf.h"
#include "common/base/json.h"
#include "common/base/text.h"

#include <stdlib.h>
#include <string.h>

/* One block: the entry, its changes and seen rows, and behind them every text that it points to. */
struct kept {
    struct sim_journal_entry entry;
    size_t bytes;             /* of the whole block */
    struct sim_change rows[]; /* the changes, then the seen ones */
};

struct sim_journal {
    struct kept **ring; /* SIM_JOURNAL_ENTRIES_MAX places; NULL before the first entry */
    int64_t first;      /* number of the oldest kept entry */
    int64_t next;       /* number of the entry to come */
    size_t bytes;
    struct sim_metrics *metrics;
};

/* --- keeping ------------------------------------------------------------------------------------
 */

/* The members of an entry that are texts of their own. */
static const size_t text_offsets[] = {
    offsetof(struct sim_journal_entry, api),     offsetof(struct sim_journal_entry, service),
    offsetof(struct sim_journal_entry, caller),  offsetof(struct sim_journal_entry, operation),
    offsetof(struct sim_journal_entry, target),  offsetof(struct sim_journal_entry, input),
    offsetof(struct sim_journal_entry, error),   offsetof(struct sim_journal_entry, rule),
    offsetof(struct sim_journal_entry, output),  offsetof(struct sim_journal_entry, rule_source),
    offsetof(struct sim_journal_entry, message), offsetof(struct sim_journal_entry, request_id),
};

static const char **text_at(struct sim_journal_entry *entry, size_t index)
{
    return (const char **)((char *)entry + text_offsets[index]);
}

struct sim_journal *sim_journal_new(void)
{
    struct sim_journal *journal = calloc(1, sizeof *journal);
    if (journal == NULL)
        abort();
    journal->first = journal->next = 1;
    journal->metrics = sim_metrics_new();
    return journal;
}

static struct kept **slot(const struct sim_journal *journal, int64_t number)
{
    return &journal->ring[number % SIM_JOURNAL_ENTRIES_MAX];
}

static void drop_oldest(struct sim_journal *journal)
{
    struct kept **oldest = slot(journal, journal->first++);
    journal->bytes -= (*oldest)->bytes;
    free(*oldest);
    *oldest = NULL;
}

void sim_journal_clear(struct sim_journal *journal)
{
    while (journal->first < journal->next)
        drop_oldest(journal);
    journal->first = journal->next = 1;
    sim_metrics_clear(journal->metrics);
}

struct sim_journal *sim_journal_free(struct sim_journal *journal)
{
    if (journal == NULL)
        return NULL;
    sim_journal_clear(journal);
    sim_metrics_free(journal->metrics);
    free(journal->ring);
    free(journal);
    return NULL;
}

const struct sim_metrics *sim_journal_metrics(const struct sim_journal *journal)
{
    return journal->metrics;
}

static struct kept *keep(const struct sim_journal_entry *entry)
{
    struct sim_journal_entry copy = *entry;
    size_t lengths[LAT_COUNT(text_offsets)];
    size_t row_count = entry->change_count + entry->seen_count;
    size_t bytes = sizeof(struct kept) + row_count * sizeof(struct sim_change);
    for (size_t i = 0; i < LAT_COUNT(text_offsets); i++) {
        const char *text = *text_at(&copy, i);
        /* One byte over the maximum tells a reader that the text was cut. */
        lengths[i] = text == NULL ? 0 : strnlen(text, SIM_JOURNAL_TEXT_MAX + 1) + 1;
        bytes += lengths[i];
    }
    struct kept *kept = malloc(bytes);
    if (kept == NULL)
        abort();
    char *end = (char *)&kept->rows[row_count];
    for (size_t i = 0; i < LAT_COUNT(text_offsets); i++) {
        if (lengths[i] == 0)
            continue;
        const char *text = *text_at(&copy, i);
        *text_at(&copy, i) = end;
        end = mempcpy(end, text, lengths[i] - 1);
        *end++ = '\0';
    }
    kept->bytes = bytes;
    kept->entry = copy;
    kept->entry.changes = kept->rows;
    kept->entry.seen = kept->rows + entry->change_count;
    for (size_t i = 0; i < row_count; i++)
        kept->rows[i] =
            i < entry->change_count ? entry->changes[i] : entry->seen[i - entry->change_count];
    return kept;
}

void sim_journal_add(struct sim_journal *journal, const struct sim_journal_entry *entry)
{
    struct kept *kept = keep(entry);
    if (journal->ring == NULL)
        journal->ring = calloc(SIM_JOURNAL_ENTRIES_MAX, sizeof(struct kept *));
    if (journal->ring == NULL)
        abort();
    sim_metrics_count(journal->metrics, entry->api, entry->service, entry->operation,
                      entry->status);
    bool full = journal->next - journal->first == SIM_JOURNAL_ENTRIES_MAX;
    while (full || (journal->first < journal->next &&
                    journal->bytes + kept->bytes > SIM_JOURNAL_BYTES_MAX)) {
        drop_oldest(journal);
        full = false;
    }
    *slot(journal, journal->next++) = kept;
    journal->bytes += kept->bytes;
}

int64_t sim_journal_first(const struct sim_journal *journal)
{
    return journal->first;
}

int64_t sim_journal_last(const struct sim_journal *journal)
{
    return journal->next - 1;
}

size_t sim_journal_bytes(const struct sim_journal *journal)
{
    return journal->bytes;
}

const struct sim_journal_entry *sim_journal_at(const struct sim_journal *journal, int64_t number)
{
    if (number < journal->first || number >= journal->next)
        return NULL;
    return &(*slot(journal, number))->entry;
}

/* --- reading ------------------------------------------------------------------------------------
 */

static void set_text(json_t *line, const char *name, const char *text)
{
    if (text != NULL)
        lat_json_set(line, name, lat_json_string_new(text, strlen(text)));
}

/* JSON text as a value, so that a reader need not parse twice; other or cut text as a string. */
static void set_document(json_t *line, const char *name, const char *text)
{
    if (lat_text_is_empty(text))
        return;
    size_t length = strlen(text);
    json_t *value = NULL;
    if (length > SIM_JOURNAL_TEXT_MAX)
        value = lat_json_string_new(text, SIM_JOURNAL_TEXT_MAX);
    else if ((value = json_loadb(text, length, 0, NULL)) == NULL)
        value = lat_json_string_new(text, length);
    lat_json_set(line, name, value);
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

json_t *sim_journal_entry_json_new(int64_t number, const struct sim_journal_entry *entry)
{
    json_t *line = json_object();
    char time[LAT_TIME_TEXT_BYTES];
    lat_json_set(line, "seq", json_integer(number));
    set_text(line, "request", entry->request_id);
    lat_json_set_string(line, "at", lat_time_format_ms(entry->at_ms, time));
    set_text(line, "api", entry->api);
    set_text(line, "service", entry->service);
    set_text(line, "operation", entry->operation);
    set_text(line, "caller", entry->caller);
    set_text(line, "target", entry->target);
    set_document(line, "input", entry->input);
    lat_json_set(line, "status", json_integer(entry->status));
    set_text(line, "error", entry->error);
    set_text(line, "rule", entry->rule);
    set_text(line, "source", entry->rule_source);
    set_document(line, "output", entry->output);
    lat_json_set(line, "changes", changes_new(entry->changes, entry->change_count));
    return line;
}

const char *sim_journal_lines(const struct sim_journal *journal, struct lat_arena *arena,
                              int64_t since)
{
    LAT_AUTO(lat_buf_done) struct lat_buf lines;
    lat_buf_init(&lines, SIM_JOURNAL_LINES_BYTES_MAX);
    int64_t number = since >= journal->first ? since + 1 : journal->first;
    for (; number < journal->next && !lines.overflowed; number++) {
        LAT_AUTO(lat_json_decrefp)
        json_t *line = sim_journal_entry_json_new(number, sim_journal_at(journal, number));
        char *text = json_dumps(line, JSON_COMPACT);
        if (text == NULL)
            abort();
        lat_buf_printf(&lines, "%s\n", text);
        free(text);
    }
    return lat_arena_strndup(arena, lines.data, lines.length);
}
