/* Reads and asks the journal; see journal.h. It never writes to the simulator. */
#include "scenarios/engine/journal.h"

#include "common/base/json.h"
#include "common/base/text.h"

#include <string.h>

void scn_journal_init(struct scn_journal *journal, struct lat_arena *arena)
{
    *journal = (struct scn_journal){.arena = arena};
}

void scn_journal_done(struct scn_journal *journal)
{
    for (size_t i = 0; i < journal->entry_count; i++)
        json_decref(journal->entries[i].input);
    journal->entry_count = 0;
}

/* The name of an error, whether it was recorded as a text or as an object with a code. */
static const char *error_name(const json_t *entry)
{
    const char *text = lat_json_string_at(entry, "error", NULL);
    if (text == NULL)
        text = lat_json_string_at(entry, "error.code", NULL);
    return lat_text_is_empty(text) ? NULL : text;
}

static int read_line(struct scn_journal *journal, const char *line, size_t length,
                     bool by_controller, struct lat_err *reterr)
{
    json_t *value LAT_AUTO(lat_json_decrefp) = lat_json_parse_new(line, length, reterr);
    if (value == NULL)
        return lat_err_prefix(reterr, "the simulator's journal");
    int64_t seq = lat_json_int_at(value, "seq", 0);
    if (seq <= journal->last_seq)
        return 0;
    journal->last_seq = seq;
    struct lat_arena *arena = journal->arena;
    struct scn_journal_entry *entry = LAT_ARENA_PUSH(arena, journal->entries, journal->entry_count);
    *entry = (struct scn_journal_entry){
        .seq = seq,
        .by_controller = by_controller,
        .is_aws = lat_text_eq(lat_json_string_at(value, "api", ""), "aws"),
        .service = lat_arena_strdup(arena, lat_json_string_at(value, "service", "")),
        .operation = lat_arena_strdup(arena, lat_json_string_at(value, "operation", "")),
        .status = lat_json_int_at(value, "status", 0),
        .error = lat_arena_strdup(arena, error_name(value)),
        .line = lat_arena_strndup(arena, line, length),
        .input = json_incref(json_object_get(value, "input")),
    };
    return 0;
}

int scn_journal_read(struct scn_journal *journal, const char *lines, size_t length,
                     bool by_controller, struct lat_err *reterr)
{
    for (size_t at = 0; at < length;) {
        const char *end = memchr(lines + at, '\n', length - at);
        size_t width = end != NULL ? (size_t)(end - (lines + at)) : length - at;
        if (width > 0 && read_line(journal, lines + at, width, by_controller, reterr) < 0)
            return -1;
        at += width + 1;
    }
    return 0;
}

bool scn_operation_changes(const char *operation)
{
    static const char *const reading[] = {"Get",  "List",     "Describe", "Search",
                                          "Head", "BatchGet", "Simulate", "Verify"};
    for (size_t i = 0; i < LAT_COUNT(reading); i++)
        if (lat_text_has_prefix(operation, reading[i]))
            return false;
    return true;
}

/* Whether text is the id, the ARN, or an ARN that ends in "/id" (or the other way round). */
static bool names_resource(const char *text, const char *id)
{
    if (text == NULL)
        return false;
    if (lat_text_eq(text, id))
        return true;
    const char *text_tail = strrchr(text, '/');
    const char *id_tail = strrchr(id, '/');
    return lat_text_eq(text_tail != NULL ? text_tail + 1 : text,
                       id_tail != NULL ? id_tail + 1 : id);
}

bool scn_journal_addresses(const struct scn_journal_entry *entry, const char *id)
{
    const char *key;
    json_t *value;
    json_object_foreach(entry->input, key, value) {
        if (names_resource(json_string_value(value), id))
            return true;
        size_t index;
        json_t *item;
        json_array_foreach(value, index, item) {
            if (names_resource(json_string_value(item), id))
                return true;
        }
    }
    return false;
}
