/* Why a call was answered as it was; see explain.h. */
#include "simulator/engine/explain.h"

#include "common/base/json.h"
#include "common/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- the rule -----------------------------------------------------------------------------------
 */

/* Refusals that no rule of rules.h stands for, by exception. */
static const struct {
    const char *code;
    const char *rule;
    enum sim_source source;
} plain_rules[] = {
    {"ValidationException", "model_constraint", SIM_SOURCE_MODEL},
    {"UnknownOperationException", "unknown_operation", SIM_SOURCE_CHOSEN},
    {"NotImplementedException", "not_faked", SIM_SOURCE_CHOSEN},
};

struct sim_verdict sim_explain_verdict(const struct sim_call *call)
{
    const char *code = call->refusal.code;
    if (code == NULL)
        return (struct sim_verdict){0};
    if (call->rule != SIM_RULE_NONE)
        return (struct sim_verdict){sim_rule_texts[call->rule].name,
                                    sim_source_names[sim_rule_texts[call->rule].source]};
    for (size_t i = 0; i < LAT_COUNT(plain_rules); i++)
        if (lat_text_eq(plain_rules[i].code, code))
            return (struct sim_verdict){plain_rules[i].rule,
                                        sim_source_names[plain_rules[i].source]};
    if (call->refusal.status == 500)
        return (struct sim_verdict){"breakage", NULL};
    return (struct sim_verdict){code, sim_source_names[SIM_SOURCE_DOCUMENTED]};
}

/* --- the rows -----------------------------------------------------------------------------------
 */

/* Rules that count before they refuse: which resources they counted. ?1 is the id that the refusal
 * is about. */
#define OF "(SELECT seq FROM resource WHERE id = ?1)"

static const struct {
    enum sim_rule_id rule;
    const char *tail;
} in_the_way[] = {
    {SIM_RULE_SERVICE_ASSOCIATED,
     "WHERE r.seq IN (SELECT seq FROM service_association WHERE service = " OF
     ") ORDER BY r.seq LIMIT 8"},
    {SIM_RULE_NETWORK_HAS_SERVICES,
     "WHERE r.seq IN (SELECT seq FROM service_association WHERE network = " OF
     ") ORDER BY r.seq LIMIT 8"},
    {SIM_RULE_NETWORK_HAS_VPCS,
     "WHERE r.seq IN (SELECT seq FROM vpc_association WHERE network = " OF
     ") ORDER BY r.seq LIMIT 8"},
    {SIM_RULE_NETWORK_HAS_RESOURCES,
     "WHERE r.seq IN (SELECT seq FROM resource_association WHERE network = " OF
     ") ORDER BY r.seq LIMIT 8"},
    {SIM_RULE_GATEWAY_IN_USE,
     "WHERE r.seq IN (SELECT seq FROM resource_configuration WHERE gateway = " OF
     ") ORDER BY r.seq LIMIT 8"},
    {SIM_RULE_CONFIGURATION_ASSOCIATED,
     "WHERE r.seq IN (SELECT seq FROM resource_association WHERE configuration = " OF
     " UNION SELECT seq FROM endpoint_association WHERE configuration = " OF
     ") ORDER BY r.seq LIMIT 8"},
    {SIM_RULE_CONFIGURATION_HAS_CHILDREN,
     "WHERE r.seq IN (SELECT seq FROM resource_configuration WHERE config_group = " OF
     ") ORDER BY r.seq LIMIT 8"},
    {SIM_RULE_DOMAIN_VERIFICATION_IN_USE,
     "WHERE r.seq IN (SELECT seq FROM resource_configuration WHERE domain_verification = " OF
     ") ORDER BY r.seq LIMIT 8"},
    {SIM_RULE_TARGET_GROUP_IN_USE,
     "WHERE r.seq IN (SELECT rule FROM rule_forward WHERE target_group = " OF
     ") ORDER BY r.seq LIMIT 8"},
    {SIM_RULE_TARGET_GROUP_HAS_ONE_SERVICE,
     "WHERE r.seq IN (SELECT rule FROM rule_forward WHERE target_group = " OF
     ") ORDER BY r.seq LIMIT 8"},
};

struct rows {
    struct sim_store *store;
    struct lat_arena *arena;
    struct sim_change *items;
    size_t count;
};

static void add(struct rows *rows, struct sim_change row)
{
    for (size_t i = 0; i < rows->count; i++)
        if (rows->items[i].row == row.row && lat_text_eq(rows->items[i].table, row.table))
            return;
    *LAT_ARENA_PUSH(rows->arena, rows->items, rows->count) = row;
}

static void add_counted(struct rows *rows, enum sim_rule_id rule, const char *about)
{
    for (size_t i = 0; i < LAT_COUNT(in_the_way); i++) {
        void *found = NULL;
        size_t count = 0;
        if (in_the_way[i].rule != rule ||
            sim_store_rows(rows->store, rows->arena, &sim_resource_table, in_the_way[i].tail,
                           SIM_VALUES(sim_text(about)), &found, &count) < 0)
            continue;
        const struct sim_resource *resources = found;
        for (size_t r = 0; r < count; r++)
            add(rows, (struct sim_change){.table = sim_resource_table.name,
                                          .operation = 'c',
                                          .row = resources[r].seq});
    }
}

/* The id of a row that is still there after the transaction was taken back; else "". */
static void name_row(const struct rows *rows, struct sim_change *row)
{
    static const char resource[] = "SELECT id FROM resource WHERE seq = ?1";
    static const char object[] = "SELECT uid FROM kube_object WHERE seq = ?1";
    const char *sql = lat_text_eq(row->table, "resource")      ? resource
                      : lat_text_eq(row->table, "kube_object") ? object
                                                               : NULL;
    const char *id = NULL;
    if (sql != NULL &&
        sim_store_text(rows->store, rows->arena, sql, SIM_VALUES(sim_int(row->row)), &id) == 0)
        snprintf(row->id, sizeof row->id, "%s", lat_text_or_empty(id));
}

const struct sim_change *sim_explain_rows(struct sim_store *store, struct lat_arena *arena,
                                          enum sim_rule_id rule, const char *about,
                                          size_t *ret_count)
{
    struct sim_change seen[SIM_SEEN_MAX];
    size_t seen_count = 0;
    const struct sim_change *noted = sim_store_seen(store, &seen_count);
    memcpy(seen, noted, seen_count * sizeof seen[0]); /* the queries below are noted too */
    struct rows rows = {.store = store, .arena = arena};
    for (size_t i = 0; i < seen_count; i++)
        if (seen[i].operation == 'c')
            add(&rows, seen[i]);
    add_counted(&rows, rule, about);
    for (size_t i = 0; i < seen_count; i++)
        add(&rows, seen[i]);
    for (size_t i = 0; i < rows.count; i++)
        name_row(&rows, &rows.items[i]);
    *ret_count = rows.count;
    return rows.items;
}

/* --- afterwards ---------------------------------------------------------------------------------
 */

int64_t sim_explain_find(const struct sim_journal *journal, const char *request_id)
{
    for (int64_t number = sim_journal_last(journal); number >= sim_journal_first(journal); number--)
        if (lat_text_eq(sim_journal_at(journal, number)->request_id, request_id))
            return number;
    return -1;
}

static const char *meaning_of(const char *source)
{
    static const struct {
        const char *source;
        const char *meaning;
    } meanings[] = {
        {"model", "the published API model says so"},
        {"documented", "the public guides and references say so"},
        {"observed", "the real service has been seen to do so"},
        {"chosen", "a guess of ours: see docs/divergence.md"},
    };
    for (size_t i = 0; i < LAT_COUNT(meanings); i++)
        if (lat_text_eq(meanings[i].source, source))
            return meanings[i].meaning;
    return NULL;
}

static json_t *rows_new(const struct sim_journal_entry *entry)
{
    json_t *list = json_array();
    for (size_t i = 0; i < entry->seen_count; i++) {
        const struct sim_change *row = &entry->seen[i];
        json_t *item = json_object();
        lat_json_set_string(item, "why", row->operation == 'c' ? "in the way" : "read");
        lat_json_set_string(item, "table", row->table);
        lat_json_set(item, "row", json_integer(row->row));
        if (row->id[0] != '\0')
            lat_json_set_string(item, "id", row->id);
        json_array_append_new(list, item);
    }
    return list;
}

json_t *sim_explain_new(int64_t number, const struct sim_journal_entry *entry)
{
    json_t *explanation = sim_journal_entry_json_new(number, entry);
    bool refused = entry->error != NULL;
    lat_json_set(explanation, "refused", json_boolean(refused));
    lat_json_set_string(explanation, "message", entry->message);
    lat_json_set_string(explanation, "source_means", meaning_of(entry->rule_source));
    if (refused)
        lat_json_set(explanation, "rows", rows_new(entry));
    return explanation;
}

static const char *text_at(const json_t *json, const char *name)
{
    return lat_json_string_at(json, name, "");
}

static void put_rows(const json_t *explanation, struct lat_buf *out)
{
    size_t index;
    const json_t *row;
    json_array_foreach(json_object_get(explanation, "rows"), index, row)
        lat_buf_printf(out, "  %s: %s %s (row %" PRId64 ")\n", text_at(row, "why"),
                       text_at(row, "table"), text_at(row, "id"), lat_json_int_at(row, "row", 0));
    json_array_foreach(json_object_get(explanation, "changes"), index, row)
        lat_buf_printf(out, "  %s: %s %s (row %" PRId64 ")\n", text_at(row, "change"),
                       text_at(row, "table"), text_at(row, "id"), lat_json_int_at(row, "row", 0));
}

void sim_explain_put_text(const json_t *explanation, struct lat_buf *out)
{
    lat_buf_printf(out, "%" PRId64 " %s %s\n  %s by %s at %s: status %" PRId64 "\n",
                   lat_json_int_at(explanation, "seq", 0), text_at(explanation, "operation"),
                   text_at(explanation, "request"), text_at(explanation, "target"),
                   text_at(explanation, "caller"), text_at(explanation, "at"),
                   lat_json_int_at(explanation, "status", 0));
    if (lat_json_bool_at(explanation, "refused", false)) {
        lat_buf_printf(out, "refused with %s: %s\n", text_at(explanation, "error"),
                       text_at(explanation, "message"));
        lat_buf_printf(out, "by the rule %s (%s%s%s)\n", text_at(explanation, "rule"),
                       text_at(explanation, "source"),
                       text_at(explanation, "source")[0] == '\0' ? "" : ": ",
                       text_at(explanation, "source_means"));
        lat_buf_puts(out, "rows that it looked at:\n");
        if (json_array_size(json_object_get(explanation, "rows")) == 0)
            lat_buf_puts(out, "  none\n");
    } else {
        lat_buf_puts(out, "carried out; rows that it changed:\n");
    }
    put_rows(explanation, out);
}
