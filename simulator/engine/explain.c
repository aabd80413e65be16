/* Why a call was answered as it was; see explain.h. */
#include "simulator/engine/explain.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/engine/quota.h"

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

/* Rules that count, or look without reading a row: which rows are in the way. ?1 is the id that the
 * refusal is about, ?2 and ?3 are the caller's account and Region, ?4 the kind that a quota counts,
 * ?5 its code, ?6 the operation. */
#define OF    "(SELECT seq FROM resource WHERE id = ?1)"
#define FIRST " ORDER BY r.seq LIMIT 8"

struct key {
    int64_t seq;
};

static const struct sim_column seq_column[] = {{"seq", SIM_COLUMN_INT, offsetof(struct key, seq)}};
static const struct sim_column rowid_column[] = {
    {"rowid", SIM_COLUMN_INT, offsetof(struct key, seq)}};

#define KEYS(table, column)                                                                        \
    {                                                                                              \
        .name = (table), .columns = (column), .column_count = 1, .row_bytes = sizeof(struct key)   \
    }

static const struct sim_table resources = KEYS("resource", seq_column);
static const struct sim_table endpoints = KEYS("network_endpoint", seq_column);
static const struct sim_table targets = KEYS("target", seq_column);
static const struct sim_table tokens = KEYS("idempotency", rowid_column);

static const struct {
    enum sim_rule_id rule;
    const struct sim_table *table;
    const char *tail;
} in_the_way[] = {
    {SIM_RULE_SERVICE_ASSOCIATED, &resources,
     "WHERE r.seq IN (SELECT seq FROM service_association WHERE service = " OF ")" FIRST},
    {SIM_RULE_NETWORK_HAS_SERVICES, &resources,
     "WHERE r.seq IN (SELECT seq FROM service_association WHERE network = " OF ")" FIRST},
    {SIM_RULE_NETWORK_HAS_VPCS, &resources,
     "WHERE r.seq IN (SELECT seq FROM vpc_association WHERE network = " OF ")" FIRST},
    {SIM_RULE_NETWORK_HAS_RESOURCES, &resources,
     "WHERE r.seq IN (SELECT seq FROM resource_association WHERE network = " OF ")" FIRST},
    {SIM_RULE_GATEWAY_IN_USE, &resources,
     "WHERE r.seq IN (SELECT seq FROM resource_configuration WHERE gateway = " OF ")" FIRST},
    {SIM_RULE_CONFIGURATION_ASSOCIATED, &resources,
     "WHERE r.seq IN (SELECT seq FROM resource_association WHERE configuration = " OF
     " UNION SELECT seq FROM endpoint_association WHERE configuration = " OF ")" FIRST},
    {SIM_RULE_CONFIGURATION_HAS_CHILDREN, &resources,
     "WHERE r.seq IN (SELECT seq FROM resource_configuration WHERE config_group = " OF ")" FIRST},
    {SIM_RULE_DOMAIN_VERIFICATION_IN_USE, &resources,
     "WHERE r.seq IN (SELECT seq FROM resource_configuration WHERE domain_verification = " OF
     ")" FIRST},
    {SIM_RULE_TARGET_GROUP_IN_USE, &resources,
     "WHERE r.seq IN (SELECT rule FROM rule_forward WHERE target_group = " OF ")" FIRST},
    {SIM_RULE_TARGET_GROUP_HAS_ONE_SERVICE, &resources,
     "WHERE r.seq IN (SELECT rule FROM rule_forward WHERE target_group = " OF ")" FIRST},
    {SIM_RULE_DISASSOCIATION_IN_PROGRESS, &resources,
     "WHERE r.status = 'DELETE_IN_PROGRESS' AND r.seq IN "
     "(SELECT seq FROM service_association WHERE network = " OF
     " UNION SELECT seq FROM resource_association WHERE network = " OF ")" FIRST},
    {SIM_RULE_NETWORK_HAS_ENDPOINTS, &endpoints, "WHERE r.network = " OF FIRST},
    {SIM_RULE_TARGET_GROUP_DRAINING, &targets,
     "WHERE r.target_group = " OF " AND r.drained_ms IS NOT NULL" FIRST},
    {SIM_RULE_TOKEN_REUSED, &tokens,
     "WHERE r.account = ?2 AND r.region = ?3 AND r.operation = ?6 AND r.token = ?1"},
    {SIM_RULE_QUOTA, &resources,
     "WHERE r.kind = ?4 AND CASE WHEN ?1 = '' THEN r.account = ?2 AND r.region = ?3 "
     "ELSE r.parent = " OF " OR r.seq IN (SELECT seq FROM service_association WHERE network = " OF
     " UNION SELECT seq FROM vpc_association WHERE network = " OF
     " UNION SELECT seq FROM resource_association WHERE network = " OF
     " UNION SELECT seq FROM resource_configuration WHERE config_group = " OF
     " UNION SELECT seq FROM resource_gateway WHERE vpc_id = ?1"
     " UNION SELECT target_group FROM rule_forward WHERE service = " OF ") END" FIRST},
    {SIM_RULE_QUOTA, &targets, "WHERE ?5 = 'L-D71303F3' AND r.target_group = " OF FIRST},
    {SIM_RULE_QUOTA, &endpoints, "WHERE ?5 = 'L-89DEA27F' AND r.network = " OF FIRST},
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

/* The kind that a quota counts, as in its ARN; "" for a code that is none. */
static const char *counted_by(const char *quota)
{
    for (size_t i = 0; i < SIM_QUOTA_COUNT; i++)
        if (lat_text_eq(sim_quotas[i].code, quota))
            return lat_resource_kinds[sim_quotas[i].counted].arn_part;
    return "";
}

static void add_counted(struct rows *rows, const struct sim_call *call)
{
    const char *quota = lat_text_or_empty(call->refusal.quota_code);
    struct sim_values values = SIM_VALUES(
        sim_text(lat_text_or_empty(call->refusal.resource_id)), sim_text(call->caller.account),
        sim_text(call->caller.region), sim_text(counted_by(quota)), sim_text(quota),
        sim_text(lat_text_or_empty(call->operation)));
    for (size_t i = 0; i < LAT_COUNT(in_the_way); i++) {
        void *found = NULL;
        size_t count = 0;
        if (in_the_way[i].rule != call->rule ||
            sim_store_rows(rows->store, rows->arena, in_the_way[i].table, in_the_way[i].tail,
                           values, &found, &count) < 0)
            continue;
        const struct key *keys = found;
        for (size_t r = 0; r < count; r++)
            add(rows, (struct sim_change){.table = in_the_way[i].table->name,
                                          .operation = 'c',
                                          .row = keys[r].seq});
    }
}

/* The id of a row that is still there after the transaction was taken back; else "". */
static void name_row(const struct rows *rows, struct sim_change *row)
{
    static const struct {
        const char *table;
        const char *sql;
    } names[] = {
        {"resource", "SELECT id FROM resource WHERE seq = ?1"},
        {"kube_object", "SELECT uid FROM kube_object WHERE seq = ?1"},
        {"network_endpoint", "SELECT id FROM network_endpoint WHERE seq = ?1"},
        {"target", "SELECT target_id FROM target WHERE seq = ?1"},
    };
    const char *id = NULL;
    for (size_t i = 0; i < LAT_COUNT(names); i++)
        if (lat_text_eq(names[i].table, row->table) &&
            sim_store_text(rows->store, rows->arena, names[i].sql, SIM_VALUES(sim_int(row->row)),
                           &id) == 0)
            snprintf(row->id, sizeof row->id, "%s", lat_text_or_empty(id));
}

const struct sim_change *sim_explain_rows(struct sim_store *store, struct lat_arena *arena,
                                          const struct sim_call *call, size_t *ret_count)
{
    struct sim_change seen[SIM_SEEN_MAX];
    size_t seen_count = 0;
    const struct sim_change *noted = sim_store_seen(store, &seen_count);
    memcpy(seen, noted, seen_count * sizeof seen[0]); /* the queries below are noted too */
    struct rows rows = {.store = store, .arena = arena};
    for (size_t i = 0; i < seen_count; i++)
        if (seen[i].operation == 'c')
            add(&rows, seen[i]);
    if (call != NULL)
        add_counted(&rows, call);
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
