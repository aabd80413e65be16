/* The journal over the admin API: lines by filter, and one entry explained. */
#include "simulator/admin/admin_int.h"

#include "common/base/buf.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/engine/explain.h"
#include "simulator/engine/journal.h"

#include <stdlib.h>
#include <string.h>

/* What a line must agree with; NULL agrees with everything. */
struct filter {
    const char *api, *service, *operation, *error, *rule, *caller, *resource;
    int64_t since;
    int64_t limit; /* -1: none */
};

static bool agrees(const char *wanted, const char *text)
{
    return wanted == NULL || lat_text_eq(wanted, text);
}

static bool holds(const char *text, const char *part)
{
    return text != NULL && strstr(text, part) != NULL;
}

/* An id, ARN or name is looked for in the rows first, then in what was sent and answered. */
static bool concerns(const struct sim_journal_entry *entry, const char *resource)
{
    if (resource == NULL || holds(entry->target, resource) || holds(entry->input, resource) ||
        holds(entry->output, resource))
        return true;
    for (size_t i = 0; i < entry->change_count; i++)
        if (lat_text_eq(entry->changes[i].id, resource))
            return true;
    for (size_t i = 0; i < entry->seen_count; i++)
        if (lat_text_eq(entry->seen[i].id, resource))
            return true;
    return false;
}

static bool passes(const struct filter *filter, const struct sim_journal_entry *entry)
{
    bool error = lat_text_eq(filter->error, "any") ? entry->error != NULL
                                                   : agrees(filter->error, entry->error);
    return error && agrees(filter->api, entry->api) && agrees(filter->service, entry->service) &&
           agrees(filter->operation, entry->operation) && agrees(filter->rule, entry->rule) &&
           (filter->caller == NULL || holds(entry->caller, filter->caller)) &&
           concerns(entry, filter->resource);
}

/* A number that is not negative; fallback when the parameter is absent. */
static int read_number(struct sim_admin_call *call, const char *name, int64_t fallback,
                       int64_t *ret_number)
{
    const char *text = sim_admin_parameter(call, name);
    *ret_number = fallback;
    if (text == NULL || (lat_text_to_int64(text, ret_number) == 0 && *ret_number >= 0))
        return 0;
    sim_admin_refuse(call, 400,
                     lat_arena_printf(call->arena, "%s must be a whole number, 0 or more", name));
    return -1;
}

static int read_filter(struct sim_admin_call *call, struct filter *ret)
{
    static const char *const names[] = {"since", "limit", "api",      "service", "operation",
                                        "error", "rule",  "resource", "caller"};
    if (!sim_admin_check_parameters(call, names, LAT_COUNT(names)))
        return -1;
    *ret = (struct filter){
        .api = sim_admin_parameter(call, "api"),
        .service = sim_admin_parameter(call, "service"),
        .operation = sim_admin_parameter(call, "operation"),
        .error = sim_admin_parameter(call, "error"),
        .rule = sim_admin_parameter(call, "rule"),
        .resource = sim_admin_parameter(call, "resource"),
        .caller = sim_admin_parameter(call, "caller"),
    };
    return read_number(call, "since", 0, &ret->since) < 0 ||
                   read_number(call, "limit", -1, &ret->limit) < 0
               ? -1
               : 0;
}

void sim_admin_journal(struct sim_admin_call *call)
{
    const struct sim_journal *journal = call->sim->journal;
    LAT_AUTO(lat_buf_done) struct lat_buf lines;
    lat_buf_init(&lines, SIM_JOURNAL_LINES_BYTES_MAX);
    struct filter filter;
    if (read_filter(call, &filter) < 0)
        return;
    int64_t number = sim_journal_first(journal), count = 0;
    if (filter.since >= number)
        number = filter.since + 1;
    for (; number <= sim_journal_last(journal) && count != filter.limit; number++) {
        const struct sim_journal_entry *entry = sim_journal_at(journal, number);
        if (!passes(&filter, entry))
            continue;
        LAT_AUTO(lat_json_decrefp) json_t *line = sim_journal_entry_json_new(number, entry);
        LAT_AUTO(lat_free_charp) char *text = json_dumps(line, JSON_COMPACT);
        if (text == NULL)
            abort();
        if (lat_buf_printf(&lines, "%s\n", text) < 0)
            break; /* a reader goes on behind the last line it got */
        count++;
    }
    sim_admin_answer_text(call, "application/x-ndjson",
                          lat_arena_strndup(call->arena, lines.data, lines.length));
}

void sim_admin_explain(struct sim_admin_call *call)
{
    static const char *const names[] = {"request", "seq", "format"};
    const struct sim_journal *journal = call->sim->journal;
    const char *request_id = sim_admin_parameter(call, "request");
    int64_t number = -1;
    if (!sim_admin_check_parameters(call, names, LAT_COUNT(names)) ||
        read_number(call, "seq", -1, &number) < 0)
        return;
    if ((request_id == NULL) == (number < 0)) {
        sim_admin_refuse(call, 400, "name one call: ?request=ID (x-amzn-RequestId) or ?seq=NUMBER");
        return;
    }
    if (request_id != NULL)
        number = sim_explain_find(journal, request_id);
    const struct sim_journal_entry *entry = sim_journal_at(journal, number);
    if (entry == NULL) {
        sim_admin_refuse(call, 404, "the journal has no such call, or no longer");
        return;
    }
    json_t *explanation = sim_explain_new(number, entry);
    if (!lat_text_eq(sim_admin_parameter(call, "format"), "text")) {
        sim_admin_answer(call, 200, explanation);
        return;
    }
    LAT_AUTO(lat_buf_done) struct lat_buf text;
    lat_buf_init(&text, SIM_JOURNAL_LINES_BYTES_MAX);
    sim_explain_put_text(explanation, &text);
    json_decref(explanation);
    sim_admin_answer_text(call, "text/plain; charset=utf-8",
                          lat_arena_strndup(call->arena, text.data, text.length));
}
