/* What must hold of a state from outside; see soundness.h. */
#include "simulator/engine/soundness.h"

#include "common/aws/arn.h"
#include "common/aws/codec.h"
#include "common/aws/lattice_model.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/store/rows.h"

#include <string.h>

/* --- rows that belong together ------------------------------------------------------------------
 */

/* Each query yields a text that names the first wrong row, or nothing. */
struct rule {
    const char *sql;
    const char *what;
};

/* A resource of a kind has its row in the table of its family, and only such a resource has. */
#define FAMILY(kind, table)                                                                        \
    {"SELECT id FROM resource WHERE kind = '" kind "' AND seq NOT IN (SELECT seq FROM " table ")", \
     "tables.resource: %s has no row in " table},                                                  \
    {                                                                                              \
        "SELECT r.id FROM " table " t JOIN resource r ON r.seq = t.seq WHERE r.kind <> '" kind     \
        "'",                                                                                       \
            "tables." table ": %s is not a " kind                                                  \
    }

/* A reference leads to a resource of this kind. */
#define REFERENCE(table, column, kind)                                                             \
    {                                                                                              \
        "SELECT r.id FROM " table " t JOIN resource r ON r.seq = t." column                        \
        " WHERE r.kind <> '" kind "'",                                                             \
            "tables." table "." column ": %s is not a " kind                                       \
    }

static const struct rule rules[] = {
    FAMILY("servicenetwork", "service_network"),
    FAMILY("service", "service"),
    FAMILY("servicenetworkserviceassociation", "service_association"),
    FAMILY("servicenetworkvpcassociation", "vpc_association"),
    FAMILY("targetgroup", "target_group"),
    FAMILY("listener", "listener"),
    FAMILY("rule", "rule"),
    FAMILY("resourcegateway", "resource_gateway"),
    FAMILY("resourceconfiguration", "resource_configuration"),
    FAMILY("servicenetworkresourceassociation", "resource_association"),
    FAMILY("resourceendpointassociation", "endpoint_association"),
    FAMILY("accesslogsubscription", "access_log_subscription"),
    FAMILY("domainverification", "domain_verification"),
    REFERENCE("service_association", "service", "service"),
    REFERENCE("service_association", "network", "servicenetwork"),
    REFERENCE("vpc_association", "network", "servicenetwork"),
    REFERENCE("target", "target_group", "targetgroup"),
    REFERENCE("listener", "service", "service"),
    REFERENCE("rule", "service", "service"),
    REFERENCE("rule", "listener", "listener"),
    REFERENCE("rule_forward", "rule", "rule"),
    REFERENCE("rule_forward", "service", "service"),
    REFERENCE("rule_forward", "target_group", "targetgroup"),
    REFERENCE("resource_configuration", "gateway", "resourcegateway"),
    REFERENCE("resource_configuration", "config_group", "resourceconfiguration"),
    REFERENCE("resource_configuration", "domain_verification", "domainverification"),
    REFERENCE("resource_association", "configuration", "resourceconfiguration"),
    REFERENCE("resource_association", "network", "servicenetwork"),
    REFERENCE("endpoint_association", "configuration", "resourceconfiguration"),
    REFERENCE("network_endpoint", "network", "servicenetwork"),
    {"SELECT r.id FROM resource r LEFT JOIN resource p ON p.seq = r.parent "
     "WHERE (r.kind = 'listener' AND p.kind IS NOT 'service') "
     "OR (r.kind = 'rule' AND p.kind IS NOT 'listener')",
     "tables.resource: the parent of %s is of another kind"},
    {"SELECT r.id FROM rule_forward f JOIN resource r ON r.seq = f.target_group "
     "GROUP BY f.target_group HAVING min(f.service) <> max(f.service)",
     "tables.rule_forward: the target group %s belongs to two services"},
    {"SELECT id FROM resource r WHERE was_tagged = 0 "
     "AND EXISTS (SELECT 1 FROM tag WHERE resource = r.seq)",
     "tables.resource: %s has tags, but was_tagged is 0"},
    {"SELECT r.id FROM resource r JOIN listener l USING (seq) "
     "WHERE NOT EXISTS (SELECT 1 FROM rule WHERE listener = l.seq AND is_default = 1)",
     "tables.rule: the listener %s has no default rule"},
};

static int check_rows(struct sim *sim, struct lat_arena *arena, struct lat_err *reterr)
{
    for (size_t i = 0; i < LAT_COUNT(rules); i++) {
        const char *wrong = NULL;
        if (sim_store_text(sim->store, arena, rules[i].sql, SIM_NONE, &wrong) < 0)
            return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
        if (wrong == NULL)
            continue;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the formats are in the table above */
        return lat_err_input(reterr, rules[i].what, wrong);
#pragma GCC diagnostic pop
    }
    return 0;
}

/* --- names --------------------------------------------------------------------------------------
 */

static bool is_named_right(struct lat_arena *arena, const struct sim_resource *resource)
{
    struct lat_identifier parsed;
    return lat_identifier_parse(arena, resource->arn, &parsed) == 0 && parsed.is_arn &&
           lat_text_eq(parsed.id, resource->id) &&
           lat_text_eq(parsed.kind->arn_part, resource->kind) &&
           lat_text_eq(parsed.account, resource->account) &&
           lat_text_eq(parsed.region, resource->region);
}

static int check_names(struct sim *sim, struct lat_arena *arena, struct lat_err *reterr)
{
    void *rows = NULL;
    size_t count = 0;
    if (sim_store_rows(sim->store, arena, &sim_resource_table, "ORDER BY r.seq", SIM_NONE, &rows,
                       &count) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
    const struct sim_resource *resources = rows;
    for (size_t i = 0; i < count; i++)
        if (!is_named_right(arena, &resources[i]))
            return lat_err_input(reterr,
                                 "tables.resource: the arn of %s does not agree with its id, "
                                 "kind, account and region",
                                 resources[i].id);
    return 0;
}

/* --- stored documents ---------------------------------------------------------------------------
 */

/* Columns that hold a structure of the API as JSON text; those without a shape hold a list. */
struct document {
    const struct sim_table *table;
    size_t offset;
    const char *name;
    const struct lat_shape *shape;
};

static const struct document documents[] = {
    {&sim_rule_table, offsetof(struct sim_rule, match), "rule.match",
     &lat_shapes[LAT_SHAPE_RULE_MATCH]},
    {&sim_target_group_table, offsetof(struct sim_target_group, health_check),
     "target_group.health_check", &lat_shapes[LAT_SHAPE_HEALTH_CHECK_CONFIG]},
    {&sim_vpc_association_table, offsetof(struct sim_vpc_association, dns_options),
     "vpc_association.dns_options", &lat_shapes[LAT_SHAPE_DNS_OPTIONS]},
    {&sim_vpc_association_table, offsetof(struct sim_vpc_association, security_groups),
     "vpc_association.security_groups", NULL},
    {&sim_resource_gateway_table, offsetof(struct sim_resource_gateway, subnet_ids),
     "resource_gateway.subnet_ids", NULL},
    {&sim_resource_gateway_table, offsetof(struct sim_resource_gateway, security_groups),
     "resource_gateway.security_groups", NULL},
    {&sim_resource_configuration_table, offsetof(struct sim_resource_configuration, port_ranges),
     "resource_configuration.port_ranges", NULL},
    {&sim_resource_configuration_table, offsetof(struct sim_resource_configuration, definition),
     "resource_configuration.definition", &lat_shapes[LAT_SHAPE_RESOURCE_CONFIGURATION_DEFINITION]},
};

static bool is_list_of_texts(const json_t *json)
{
    size_t index;
    const json_t *item;
    bool right = json_is_array(json);
    json_array_foreach(json, index, item)
        right = right && json_is_string(item);
    return right;
}

static bool reads_back(struct lat_arena *arena, const struct document *document, const char *text)
{
    if (text == NULL)
        return true;
    LAT_AUTO(lat_json_decrefp) json_t *json = lat_json_parse_new(text, strlen(text), NULL);
    void *value = NULL;
    const struct lat_field_violation *violations = NULL;
    if (document->shape == NULL)
        return is_list_of_texts(json);
    return json_is_object(json) &&
           lat_document_decode(NULL /* types alone */, arena, document->shape, json, &value,
                               &violations) == 0;
}

static int check_documents(struct sim *sim, struct lat_arena *arena, struct lat_err *reterr)
{
    for (size_t d = 0; d < LAT_COUNT(documents); d++) {
        const struct document *document = &documents[d];
        void *rows = NULL;
        size_t count = 0;
        if (sim_store_rows(sim->store, arena, document->table, "ORDER BY r.seq", SIM_NONE, &rows,
                           &count) < 0)
            return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
        for (size_t i = 0; i < count; i++) {
            const char *row = (const char *)rows + i * document->table->row_bytes;
            const char *text = *(const char *const *)(const void *)(row + document->offset);
            if (!reads_back(arena, document, text))
                return lat_err_input(reterr, "tables.%s: of %s does not read as what the API shows",
                                     document->name,
                                     ((const struct sim_resource *)(const void *)row)->id);
        }
    }
    return 0;
}

int sim_soundness_check(struct sim *sim, struct lat_err *reterr)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    if (check_rows(sim, arena, reterr) < 0 || check_names(sim, arena, reterr) < 0 ||
        check_documents(sim, arena, reterr) < 0)
        return -1;
    return sim->cluster.check == NULL ? 0 : sim->cluster.check(sim->cluster.context, reterr);
}
