/* What must hold of a state from outside; see soundness.h. */
#include "simulator/engine/soundness.h"

#include "common/aws/arn.h"
#include "common/aws/lattice_model.h"
#include "common/base/text.h"
#include "simulator/engine/lifecycle.h"
#include "simulator/engine/quota.h"
#include "simulator/store/rows.h"

#include <string.h>

/* --- rows that belong together ------------------------------------------------------------------
 */

/* Each query yields a text that names the first wrong row, or nothing. */
struct rule {
    const char *table; /* that is judged */
    const char *sql;
    const char *what;
};

/* A resource of a kind has its row in the table of its family, and only such a resource has. */
#define FAMILY(kind, table)                                                                        \
    {"resource",                                                                                   \
     "SELECT id FROM resource WHERE kind = '" kind "' AND seq NOT IN (SELECT seq FROM " table ")", \
     "tables.resource: %s has no row in " table},                                                  \
    {                                                                                              \
        table,                                                                                     \
            "SELECT r.id FROM " table " t JOIN resource r ON r.seq = t.seq WHERE r.kind <> '" kind \
            "'",                                                                                   \
            "tables." table ": %s is not a " kind                                                  \
    }

/* A reference leads to a resource of this kind. */
#define REFERENCE(table, column, kind)                                                             \
    {                                                                                              \
        table,                                                                                     \
            "SELECT r.id FROM " table " t JOIN resource r ON r.seq = t." column                    \
            " WHERE r.kind <> '" kind "'",                                                         \
            "tables." table "." column ": %s is not a " kind                                       \
    }

#define ACCOUNT "replace('............', '.', '[0-9]')"

#define IS_POLICY "(json_valid(p.policy) AND json_type(p.policy) = 'object')"

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
    {"resource",
     "SELECT r.id FROM resource r LEFT JOIN resource p ON p.seq = r.parent "
     "WHERE (r.kind = 'listener' AND p.kind IS NOT 'service') "
     "OR (r.kind = 'rule' AND p.kind IS NOT 'listener') OR p.seq >= r.seq",
     "tables.resource: the parent of %s is of another kind, or younger"},
    {"resource",
     "SELECT id FROM resource WHERE (name IS NULL) <> (kind LIKE '%association' "
     "OR kind = 'accesslogsubscription')",
     "tables.resource: %s must have a name, or must have none"},
    {"resource",
     "SELECT id FROM resource WHERE (due_ms IS NULL) "
     "= (ifnull(status, '') LIKE '%!_IN!_PROGRESS' ESCAPE '!' OR ifnull(status, '') = 'PENDING')",
     "tables.resource: %s must have a due_ms while something is in progress, and only then"},
    {"resource",
     "SELECT id FROM resource WHERE status = 'DELETE_IN_PROGRESS' AND seq IN "
     "(SELECT service FROM service_association UNION SELECT target_group FROM rule_forward "
     "UNION SELECT gateway FROM resource_configuration UNION SELECT config_group FROM "
     "resource_configuration UNION SELECT configuration FROM resource_association "
     "UNION SELECT configuration FROM endpoint_association)",
     "tables.resource: %s is being deleted, and something still uses it"},
    {"resource", "SELECT id FROM resource WHERE was_tagged NOT IN (0, 1)",
     "tables.resource: was_tagged of %s must be 0 or 1"},
    {"resource",
     "SELECT id FROM resource r WHERE was_tagged = 0 "
     "AND EXISTS (SELECT 1 FROM tag WHERE resource = r.seq)",
     "tables.resource: %s has tags, but was_tagged is 0"},
    {"tag",
     "SELECT r.id FROM tag t JOIN resource r ON r.seq = t.resource "
     "WHERE length(key) NOT BETWEEN 1 AND 128 OR length(value) > 256",
     "tables.tag: a key or value of %s is too long, or empty"},
    {"tag_past",
     "SELECT r.id FROM tag_past t JOIN resource r ON r.seq = t.resource "
     "WHERE length(key) NOT BETWEEN 1 AND 128 OR length(value) > 256",
     "tables.tag_past: a key or value of %s is too long, or empty"},
    {"failure",
     "SELECT r.id FROM failure f JOIN resource r ON r.seq = f.resource "
     "WHERE r.kind <> f.kind OR r.account <> f.account OR r.region <> f.region OR r.due_ms IS NULL",
     "tables.failure: the failure that %s takes is of another kind or place, or nothing is under "
     "way"},
    {"share",
     "SELECT r.id FROM share s JOIN resource r ON r.seq = s.resource "
     "WHERE r.kind NOT IN ('service', 'servicenetwork', 'resourceconfiguration')",
     "tables.share: %s is of a kind that cannot be shared"},
    {"share",
     "SELECT r.id FROM share s JOIN resource r ON r.seq = s.resource "
     "WHERE s.account = r.account OR s.account NOT GLOB " ACCOUNT,
     "tables.share: %s must be shared with another account, of 12 digits"},
    {"auth_policy",
     "SELECT r.id FROM auth_policy p JOIN resource r ON r.seq = p.resource "
     "WHERE r.kind NOT IN ('service', 'servicenetwork') OR NOT " IS_POLICY,
     "tables.auth_policy: that of %s must be a JSON object of a service or service network"},
    {"resource_policy",
     "SELECT r.id FROM resource_policy p JOIN resource r ON r.seq = p.resource WHERE r.kind NOT IN "
     "('service', 'servicenetwork', 'resourceconfiguration') OR NOT " IS_POLICY,
     "tables.resource_policy: that of %s must be a JSON object of what can be shared"},
    {"service_network",
     "SELECT r.id FROM service_network t JOIN resource r USING (seq) "
     "WHERE sharing_enabled NOT IN (0, 1)",
     "tables.service_network: sharing_enabled of %s must be 0 or 1"},
    {"vpc_association",
     "SELECT r.id FROM vpc_association t JOIN resource r USING (seq) "
     "WHERE private_dns_enabled NOT IN (0, 1)",
     "tables.vpc_association: private_dns_enabled of %s must be 0 or 1"},
    {"network_endpoint", "SELECT id FROM network_endpoint WHERE owner NOT GLOB " ACCOUNT,
     "tables.network_endpoint: the owner of %s must be an account of 12 digits"},
    {"resource_gateway",
     "SELECT r.id FROM resource_gateway t JOIN resource r USING (seq) "
     "WHERE ipv4_addresses_per_eni NOT BETWEEN 0 AND 62",
     "tables.resource_gateway: ipv4_addresses_per_eni of %s must be from 0 to 62"},
    {"resource_configuration",
     "SELECT r.id FROM resource_configuration t JOIN resource r USING (seq) "
     "WHERE (type = 'CHILD') <> (config_group IS NOT NULL) "
     "OR (type = 'GROUP') <> (definition IS NULL) OR allow_shareable NOT IN (0, 1)",
     "tables.resource_configuration: the group or the definition of %s does not fit its type"},
    {"resource_association",
     "SELECT r.id FROM resource_association t JOIN resource r USING (seq) "
     "WHERE private_dns_enabled NOT IN (0, 1)",
     "tables.resource_association: private_dns_enabled of %s must be 0 or 1"},
    {"access_log_subscription",
     "SELECT r.id FROM access_log_subscription t JOIN resource r USING (seq) "
     "WHERE r.parent IS NOT t.source OR destination_type NOT IN ('logs', 'firehose', 's3')",
     "tables.access_log_subscription: the source of %s must be its parent, and its destination of "
     "type logs, firehose or s3"},
    {"target_group",
     "SELECT r.id FROM target_group t JOIN resource r USING (seq) WHERE port NOT BETWEEN 0 AND "
     "65535 OR (type = 'LAMBDA') <> (port = 0) OR (type = 'LAMBDA') <> (protocol IS NULL)",
     "tables.target_group: port or protocol of %s do not fit its type"},
    {"target",
     "SELECT target_id FROM target WHERE port NOT BETWEEN 0 AND 65535 "
     "OR ifnull(health, 'HEALTHY') NOT IN ('HEALTHY', 'UNHEALTHY') "
     "OR streak NOT BETWEEN 0 AND 1000000 OR failing NOT IN (0, 1)",
     "tables.target: port, health, streak or failing of %s cannot be"},
    {"listener",
     "SELECT r.id FROM listener t JOIN resource r USING (seq) "
     "WHERE r.parent IS NOT t.service OR port NOT BETWEEN 1 AND 65535",
     "tables.listener: the service of %s must be its parent, and its port from 1 to 65535"},
    {"rule",
     "SELECT r.id FROM rule t JOIN resource r USING (seq) JOIN listener l ON l.seq = t.listener "
     "WHERE r.parent IS NOT t.listener OR l.service <> t.service",
     "tables.rule: listener and service of %s must be those above it"},
    {"rule",
     "SELECT r.id FROM rule t JOIN resource r USING (seq) "
     "WHERE priority NOT BETWEEN 1 AND 99999 OR fixed_status NOT IN (0, 404, 500) "
     "OR is_default NOT IN (0, 1) OR (is_default = 1) <> (match IS NULL)",
     "tables.rule: priority, match or fixed_status of %s cannot be"},
    {"rule",
     "SELECT r.id FROM rule t JOIN resource r USING (seq) WHERE (fixed_status = 0) "
     "<> EXISTS (SELECT 1 FROM rule_forward f WHERE f.rule = t.seq)",
     "tables.rule: %s must either forward or have a fixed_status"},
    {"rule",
     "SELECT r.id FROM resource r JOIN listener l USING (seq) "
     "WHERE NOT EXISTS (SELECT 1 FROM rule WHERE listener = l.seq AND is_default = 1)",
     "tables.rule: the listener %s has no default rule"},
    {"rule_forward",
     "SELECT r.id FROM rule_forward f JOIN resource r ON r.seq = f.target_group "
     "GROUP BY f.target_group HAVING min(f.service) <> max(f.service)",
     "tables.rule_forward: the target group %s belongs to two services"},
    {"rule_forward",
     "SELECT r.id FROM rule_forward f JOIN rule t ON t.seq = f.rule JOIN resource r ON r.seq = "
     "f.rule WHERE t.service <> f.service OR weight NOT BETWEEN 0 AND 999 OR position < 0",
     "tables.rule_forward: service, weight or position of a forward of %s cannot be"},
    {"quota",
     "SELECT code FROM quota WHERE value NOT BETWEEN 0 AND 1000000000000 OR account NOT "
     "GLOB " ACCOUNT,
     "tables.quota: value or account of %s cannot be"},
    {"idempotency",
     "SELECT token FROM idempotency WHERE NOT json_valid(output) OR account NOT GLOB " ACCOUNT,
     "tables.idempotency: the output of %s must be JSON, and the account have 12 digits"},
    {"credential",
     "SELECT access_key FROM credential WHERE access_key = '' OR secret_key = '' "
     "OR account NOT GLOB " ACCOUNT,
     "tables.credential: %s must have a secret key, and an account of 12 digits"},
    {"certificate",
     "SELECT arn FROM certificate WHERE NOT json_valid(alternatives) OR NOT json_valid(tags) "
     "OR json_type(alternatives) <> 'array' OR json_type(tags) <> 'object'",
     "tables.certificate: alternatives of %s must be a JSON array, tags a JSON object"},
    {"certificate",
     "SELECT arn FROM certificate c WHERE EXISTS (SELECT 1 FROM json_each(c.alternatives) "
     "WHERE type <> 'text') OR EXISTS (SELECT 1 FROM json_each(c.tags) WHERE type <> 'text')",
     "tables.certificate: alternatives and tags of %s must be texts"},
    {"vpc", "SELECT vpc_id FROM vpc WHERE is_default NOT IN (0, 1) OR account NOT GLOB " ACCOUNT,
     "tables.vpc: is_default or account of %s cannot be"},
    {"ec2_tag", "SELECT resource_id FROM ec2_tag WHERE key = '' OR account NOT GLOB " ACCOUNT,
     "tables.ec2_tag: key or account of a tag of %s cannot be"},
    {"outside",
     "SELECT reference FROM outside WHERE reference = '' OR state NOT IN "
     "('exists', 'missing', 'denied') OR kind NOT IN ('VPC', 'SUBNET', 'SECURITY_GROUP', "
     "'CERTIFICATE', 'LOG_GROUP', 'BUCKET', 'DELIVERY_STREAM') OR account NOT GLOB " ACCOUNT,
     "tables.outside: kind, state or account of %s cannot be"},
    {"quota_request",
     "SELECT id FROM quota_request WHERE status NOT IN ('PENDING', 'APPROVED', 'DENIED') "
     "OR value NOT BETWEEN 0 AND 1000000000000 OR account NOT GLOB " ACCOUNT,
     "tables.quota_request: status, value or account of %s cannot be"},
    {"continuation",
     "SELECT 'seq ' || seq FROM continuation WHERE branch = '' OR length(branch) > 63 "
     "OR branch GLOB '*[^a-z0-9-]*'",
     "tables.continuation: %s: the branch must be lower-case letters, digits and dashes"},
    {"kube_object",
     "SELECT resource || ' ' || name FROM kube_object "
     "WHERE version NOT BETWEEN 1 AND (SELECT ifnull(max(version), 0) FROM kube_change)",
     "tables.kube_object: the version of %s is above the last one of kube_change"},
    {"sqlite_sequence",
     "SELECT name FROM sqlite_sequence WHERE name NOT IN (SELECT name FROM sqlite_schema "
     "WHERE type = 'table') GROUP BY name UNION ALL SELECT name FROM sqlite_sequence GROUP BY name "
     "HAVING count(*) > 1",
     "tables.sqlite_sequence: %s is no table, or is there twice"},
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

/* --- words --------------------------------------------------------------------------------------
 */

static int check_statuses(struct sim *sim, struct lat_arena *arena, struct lat_err *reterr)
{
    void *rows = NULL;
    size_t count = 0;
    if (sim_store_rows(sim->store, arena, &sim_resource_table, "ORDER BY r.seq", SIM_NONE, &rows,
                       &count) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
    const struct sim_resource *resources = rows;
    for (size_t i = 0; i < count; i++) {
        const struct lat_shape *statuses = sim_statuses_of(resources[i].kind);
        if (statuses == NULL ? resources[i].status != NULL
                             : !sim_is_word_of(statuses, resources[i].status))
            return lat_err_input(reterr, "tables.resource: %s cannot have the status %s",
                                 resources[i].id, lat_text_or_empty(resources[i].status));
    }
    return 0;
}

struct failure {
    int64_t seq;
    const char *kind, *status;
};

static int check_failures(struct sim *sim, struct lat_arena *arena, struct lat_err *reterr)
{
    static const struct sim_column columns[] = {
        {"seq", SIM_COLUMN_INT, offsetof(struct failure, seq)},
        {"kind", SIM_COLUMN_TEXT, offsetof(struct failure, kind)},
        {"status", SIM_COLUMN_TEXT, offsetof(struct failure, status)},
    };
    static const struct sim_table table = {
        .name = "failure",
        .columns = columns,
        .column_count = LAT_COUNT(columns),
        .row_bytes = sizeof(struct failure),
    };
    void *rows = NULL;
    size_t count = 0;
    if (sim_store_rows(sim->store, arena, &table, "ORDER BY r.seq", SIM_NONE, &rows, &count) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
    const struct failure *failures = rows;
    for (size_t i = 0; i < count; i++)
        if (!sim_can_fail_with(failures[i].kind, failures[i].status))
            return lat_err_input(reterr, "tables.failure: a %s cannot fail with %s",
                                 failures[i].kind, failures[i].status);
    return 0;
}

static int check_quotas(struct sim *sim, struct lat_arena *arena, struct lat_err *reterr)
{
    static const char known_sql[] =
        "SELECT group_concat(code, ' ') FROM (SELECT code FROM quota UNION SELECT code FROM "
        "quota_request)";
    const char *codes = NULL;
    if (sim_store_text(sim->store, arena, known_sql, SIM_NONE, &codes) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
    char *rest = lat_arena_strdup(arena, lat_text_or_empty(codes)), *code;
    while ((code = strsep(&rest, " ")) != NULL) {
        bool is_known = code[0] == '\0';
        for (size_t i = 0; i < SIM_QUOTA_COUNT; i++)
            is_known = is_known || lat_text_eq(sim_quotas[i].code, code);
        if (!is_known)
            return lat_err_input(reterr, "tables.quota, tables.quota_request: there is no quota %s",
                                 code);
    }
    return 0;
}

/* --- which tables -------------------------------------------------------------------------------
 */

/* Tables that no rule above is about, and why. */
static const struct {
    const char *table;
    const char *why;
} others[] = {
    {"metadata_token", "a text and an end; the constraints say all"},
    {"kube_change", "judged with kube_object by the Kubernetes side (struct sim_cluster)"},
    {"setting", "judged when it is read (setting.c)"},
    {"fault", "judged when it is read (fault_state.c)"},
    {"fault_chance", "any numbers are a source of chance; one row by a constraint"},
    {"stale_answer", "judged when it is read (fault_state.c)"},
    {"throttle_bucket", "judged when it is read (fault_state.c)"},
};

bool sim_soundness_judges(const char *table, const char **ret_why)
{
    bool has_rule = false;
    *ret_why = NULL;
    for (size_t i = 0; i < LAT_COUNT(rules); i++)
        has_rule = has_rule || lat_text_eq(rules[i].table, table);
    for (size_t i = 0; i < LAT_COUNT(others); i++)
        if (lat_text_eq(others[i].table, table))
            *ret_why = others[i].why;
    return has_rule;
}

int sim_soundness_check(struct sim *sim, struct lat_err *reterr)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    if (check_rows(sim, arena, reterr) < 0 || check_names(sim, arena, reterr) < 0 ||
        check_statuses(sim, arena, reterr) < 0 || check_failures(sim, arena, reterr) < 0 ||
        check_quotas(sim, arena, reterr) < 0 || sim_soundness_check_columns(sim, arena, reterr) < 0)
        return -1;
    return sim->cluster.check == NULL ? 0 : sim->cluster.check(sim->cluster.context, reterr);
}
