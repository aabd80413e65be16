/* The journal keeps what it was given, whatever bytes a peer sent, within its bounds. */
#include "simulator/engine/journal.h"
#include "common/base/json.h"
#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(journal, .fini = check_leaks);

static void free_journal(struct sim_journal **journal)
{
    *journal = sim_journal_free(*journal);
}

static const char *only_line(const struct sim_journal_entry *entry, struct lat_arena *arena)
{
    LAT_AUTO(free_journal) struct sim_journal *journal = sim_journal_new();
    sim_journal_add(journal, entry);
    return sim_journal_lines(journal, arena, 0);
}

Test(journal, a_body_that_is_not_utf8_is_kept_and_can_be_read)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct sim_journal_entry entry = {.api = "aws", .target = "POST /\xc3", .input = "a\xff"};
    const char *line = only_line(&entry, arena);
    cr_expect_not_null(strstr(line, "\"target\":\"POST /\xef\xbf\xbd\""), "%s", line);
    cr_expect_not_null(strstr(line, "\"input\":\"a\xef\xbf\xbd\""), "%s", line);
}

Test(journal, json_is_kept_as_a_value_and_what_is_absent_is_left_out)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct sim_change change = {.table = "resource", .operation = 'i', .row = 7, .id = "svc-1"};
    struct sim_journal_entry entry = {.api = "aws",
                                      .input = "{\"name\":\"orders\"}",
                                      .output = "",
                                      .status = 201,
                                      .changes = &change,
                                      .change_count = 1};
    cr_expect_str_eq(only_line(&entry, arena),
                     "{\"seq\":1,\"at\":\"1970-01-01T00:00:00.000Z\",\"api\":\"aws\","
                     "\"input\":{\"name\":\"orders\"},\"status\":201,\"changes\":[{\"change\":"
                     "\"insert\",\"table\":\"resource\",\"id\":\"svc-1\",\"row\":7}]}\n");
}

Test(journal, a_long_text_is_cut)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    char *text = lat_arena_alloc(arena, SIM_JOURNAL_TEXT_MAX + 100);
    memset(text, 'x', SIM_JOURNAL_TEXT_MAX + 99);
    const char *line = only_line(&(struct sim_journal_entry){.input = text}, arena);
    struct lat_err err;
    LAT_AUTO(lat_json_decrefp) json_t *read = lat_json_parse_new(line, strlen(line), &err);
    cr_expect_eq(strlen(lat_json_string_at(read, "input", "")), SIM_JOURNAL_TEXT_MAX);
}

Test(journal, the_oldest_entries_go_when_the_bytes_are_used_up)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    LAT_AUTO(free_journal) struct sim_journal *journal = sim_journal_new();
    char *text = lat_arena_alloc(arena, SIM_JOURNAL_TEXT_MAX);
    memset(text, 'x', SIM_JOURNAL_TEXT_MAX - 1);
    const int count = SIM_JOURNAL_BYTES_MAX / SIM_JOURNAL_TEXT_MAX;
    for (int i = 0; i < count + 10; i++)
        sim_journal_add(journal, &(struct sim_journal_entry){.input = text, .status = i});
    cr_expect_eq(sim_journal_last(journal), count + 10);
    cr_expect_gt(sim_journal_first(journal), 10);
    cr_expect_null(sim_journal_at(journal, sim_journal_first(journal) - 1));
    cr_expect_null(sim_journal_at(journal, sim_journal_last(journal) + 1));
    cr_expect_eq(sim_journal_at(journal, sim_journal_last(journal))->status, count + 9);
}
