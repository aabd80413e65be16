/* Target groups. Source: lattice-api reference D.6, D.7, F.1. */
#include "common/aws/model.h"
#include "common/base/text.h"
#include "simulator/engine/document.h"
#include "simulator/engine/family.h"
#include "simulator/engine/health.h"
#include "simulator/engine/outside.h"
#include "simulator/engine/quota.h"
#include "simulator/lattice/handlers.h"
#include "simulator/lattice/health_check.h"
#include "simulator/lattice/shapes.h"

#define HEALTH_CHECK lat_shapes[LAT_SHAPE_HEALTH_CHECK_CONFIG]

static bool is_lambda(const char *type)
{
    return lat_text_eq(type, LAT_TARGET_GROUP_TYPE_LAMBDA);
}

static bool takes_health_check(const char *type)
{
    return !is_lambda(type) && !lat_text_eq(type, LAT_TARGET_GROUP_TYPE_ALB);
}

/* Which members of the configuration a type takes; in the order in which they are checked. */
static int check_config(struct sim_call *call, const char *type,
                        const struct lat_target_group_config *config)
{
    bool lambda = is_lambda(type),
         tcp = lat_text_eq(config->protocol, LAT_TARGET_GROUP_PROTOCOL_TCP);
    const struct {
        const char *member;
        bool present, required, allowed;
    } members[] = {
        {"config.protocol", config->protocol != NULL, !lambda, !lambda},
        {"config.vpcIdentifier", config->vpc_identifier != NULL, !lambda, !lambda},
        {"config.port", config->port.has, tcp, !lambda},
        {"config.protocolVersion", config->protocol_version != NULL, false, !lambda && !tcp},
        {"config.ipAddressType", config->ip_address_type != NULL, false,
         lat_text_eq(type, LAT_TARGET_GROUP_TYPE_IP)},
        {"config.lambdaEventStructureVersion", config->lambda_event_structure_version != NULL,
         false, lambda},
        {"config.healthCheck", config->health_check != NULL, false, takes_health_check(type)},
    };
    for (size_t i = 0; i < LAT_COUNT(members); i++) {
        struct sim_about about = {.name = type, .field = members[i].member};
        if (members[i].required && !members[i].present)
            return sim_refuse(call, SIM_RULE_CONFIG_REQUIRED, about);
        if (members[i].present && !members[i].allowed)
            return sim_refuse(call, SIM_RULE_CONFIG_NOT_ALLOWED, about);
    }
    return 0;
}

/* Ports by protocol from the model. */
static int64_t default_port(const char *protocol)
{
    return lat_text_eq(protocol, LAT_TARGET_GROUP_PROTOCOL_HTTPS) ? 443 : 80;
}

static const char *or_default(const char *text, const char *fallback)
{
    return text == NULL ? fallback : text;
}

/* Fills a row from a checked configuration and the defaults of its type. */
static int fill(struct sim_call *call, const struct lat_target_group_config *config,
                struct sim_target_group *group)
{
    if (is_lambda(group->type)) {
        group->lambda_version = or_default(config->lambda_event_structure_version,
                                           LAT_LAMBDA_EVENT_STRUCTURE_VERSION_V1);
        return 0;
    }
    bool tcp = lat_text_eq(config->protocol, LAT_TARGET_GROUP_PROTOCOL_TCP);
    group->protocol = config->protocol;
    group->port = config->port.has ? config->port.value : default_port(config->protocol);
    group->vpc_id = config->vpc_identifier;
    if (!tcp)
        group->protocol_version =
            or_default(config->protocol_version, LAT_TARGET_GROUP_PROTOCOL_VERSION_HTTP1);
    if (lat_text_eq(group->type, LAT_TARGET_GROUP_TYPE_IP))
        group->ip_address_type = or_default(config->ip_address_type, LAT_IP_ADDRESS_TYPE_IPV4);
    if (!takes_health_check(group->type))
        return 0;
    struct lat_health_check_config defaults =
        sim_health_check_defaults(call, group->protocol, group->protocol_version);
    struct lat_health_check_config check = defaults;
    if (sim_health_check_merge(call, config->health_check, &defaults, "config.healthCheck",
                               &check) < 0)
        return -1;
    group->health_check = sim_document_write(call, &HEALTH_CHECK, &check);
    return 0;
}

/* The configuration as the API shows it; always an object, also for LAMBDA (observed in clients).
 */
static const struct lat_target_group_config *show_config(struct sim_call *call,
                                                         const struct sim_target_group *group)
{
    struct lat_target_group_config *config = LAT_NEW(call->arena, struct lat_target_group_config);
    *config = (struct lat_target_group_config){
        .port = {.has = group->port != 0, .value = group->port},
        .protocol = group->protocol,
        .protocol_version = group->protocol_version,
        .ip_address_type = group->ip_address_type,
        .vpc_identifier = group->vpc_id,
        .health_check = sim_document_read(call, &HEALTH_CHECK, group->health_check),
        .lambda_event_structure_version = group->lambda_version,
    };
    return config;
}

/* ARNs of the services whose rules forward to the group: exact and immediate, because garbage
 * collectors delete what nothing uses. */
static int service_arns(struct sim_call *call, const struct sim_target_group *group,
                        struct lat_list *ret)
{
    void *rows = NULL;
    size_t count = 0;
    if (sim_store_rows(call->sim->store, call->arena, &sim_resource_table,
                       "WHERE r.seq IN (SELECT service FROM rule_forward WHERE target_group = ?1) "
                       "ORDER BY r.seq",
                       SIM_VALUES(sim_int(group->resource.seq)), &rows, &count) < 0)
        return -1;
    const struct sim_resource *services = rows;
    const char **arns = LAT_NEW_ARRAY(call->arena, const char *, count);
    for (size_t i = 0; i < count; i++)
        arns[i] = services[i].arn;
    *ret = LAT_LIST(arns, count);
    return 0;
}

static int show(struct sim_call *call, const void *row, void *ret_view)
{
    const struct sim_target_group *group = row;
    struct lat_get_target_group_response *view = ret_view;
    *view = (struct lat_get_target_group_response){
        .id = group->resource.id,
        .arn = group->resource.arn,
        .name = group->resource.name,
        .type = group->type,
        .config = show_config(call, group),
        .created_at = LAT_INT(group->resource.created_ms),
        .last_updated_at = LAT_INT(group->resource.updated_ms),
        .status = group->resource.status,
        .failure_message = group->resource.failure_message,
        .failure_code = group->resource.failure_code,
    };
    return service_arns(call, group, &view->service_arns);
}

/* A summary has the configuration flat (model). */
static int add_to_summary(struct sim_call *call, const void *row, void *ret_summary)
{
    const struct sim_target_group *group = row;
    struct lat_target_group_summary *summary = ret_summary;
    (void)call;
    summary->port = (struct lat_opt_int){.has = group->port != 0, .value = group->port};
    summary->protocol = group->protocol;
    summary->ip_address_type = group->ip_address_type;
    summary->vpc_identifier = group->vpc_id;
    summary->lambda_event_structure_version = group->lambda_version;
    return 0;
}

static const struct sim_family family = {
    .kind = LAT_RESOURCE_TARGET_GROUP,
    .table = &sim_target_group_table,
    .view = LAT_SHAPE_GET_TARGET_GROUP_RESPONSE,
    .summary = LAT_SHAPE_TARGET_GROUP_SUMMARY,
    .show = show,
    .add_to_summary = add_to_summary,
};

int sim_target_group_find(struct sim_call *call, const char *identifier,
                          struct sim_target_group **ret)
{
    void *row = NULL;
    if (sim_family_find(call, &family, identifier, &row) < 0)
        return -1;
    *ret = row;
    return 0;
}

int sim_create_target_group(struct sim_call *call, const void *input, void *output)
{
    const struct lat_create_target_group_request *in = input;
    static const struct lat_target_group_config nothing = {0};
    const struct lat_target_group_config *config = in->config == NULL ? &nothing : in->config;
    struct sim_target_group group = {.type = in->type};
    if (check_config(call, in->type, config) < 0 || fill(call, config, &group) < 0 ||
        sim_outside_require(call, SIM_OUTSIDE_VPC, config->vpc_identifier) < 0)
        return -1;
    sim_resource_init(call, LAT_RESOURCE_TARGET_GROUP, NULL, in->name,
                      call->sim->config.delays.target_group_ms, &group.resource);
    struct sim_about about = {.kind = LAT_RESOURCE_TARGET_GROUP, .id = in->name, .name = in->name};
    if (sim_resource_insert(call, &sim_target_group_table, &group, in->tags, about) < 0 ||
        sim_quota_enforce(call, SIM_QUOTA_TARGET_GROUPS, 0, NULL) < 0)
        return -1;
    return sim_family_answer(call, &family, &group, output);
}

int sim_get_target_group(struct sim_call *call, const void *input, void *output)
{
    const struct lat_get_target_group_request *in = input;
    struct sim_target_group *group = NULL;
    if (sim_target_group_find(call, in->target_group_identifier, &group) < 0)
        return -1;
    return sim_family_answer(call, &family, group, output);
}

int sim_list_target_groups(struct sim_call *call, const void *input, void *output)
{
    const struct lat_list_target_groups_request *in = input;
    return sim_family_list(call, &family, input,
                           "WHERE r.account = ?3 AND r.region = ?4 AND r.kind = 'targetgroup' "
                           "AND (?5 IS NULL OR t.vpc_id = ?5) AND (?6 IS NULL OR t.type = ?6) "
                           "AND r.seq > ?1 ORDER BY r.seq LIMIT ?2",
                           SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region),
                                      sim_text(in->vpc_identifier),
                                      sim_text(in->target_group_type)),
                           output);
}

int sim_update_target_group(struct sim_call *call, const void *input, void *output)
{
    const struct lat_update_target_group_request *in = input;
    struct sim_target_group *group = NULL;
    if (sim_target_group_find(call, in->target_group_identifier, &group) < 0 ||
        sim_resource_require_active(call, LAT_RESOURCE_TARGET_GROUP, &group->resource) < 0)
        return -1;
    if (!takes_health_check(group->type))
        return sim_refuse(call, SIM_RULE_HEALTH_CHECK_NOT_ALLOWED,
                          (struct sim_about){.name = group->type, .field = "healthCheck"});
    struct lat_health_check_config defaults =
        sim_health_check_defaults(call, group->protocol, group->protocol_version);
    struct lat_health_check_config check =
        *(const struct lat_health_check_config *)sim_document_read(call, &HEALTH_CHECK,
                                                                   group->health_check);
    if (sim_health_check_merge(call, in->health_check, &defaults, "healthCheck", &check) < 0)
        return -1;
    if (sim_health_settle(call, group) < 0)
        return -1;
    group->health_check = sim_document_write(call, &HEALTH_CHECK, &check);
    if (sim_resource_update(call, &sim_target_group_table, group) < 0)
        return -1;
    return sim_family_answer(call, &family, group, output);
}

/* What holds a target group: a rule that forwards to it, targets that still drain. */
static int check_deletable(struct sim_call *call, const struct sim_target_group *group)
{
    struct sim_values key = SIM_VALUES(sim_int(group->resource.seq));
    struct sim_about about = {.kind = LAT_RESOURCE_TARGET_GROUP,
                              .id = group->resource.id,
                              .status = group->resource.status};
    int64_t uses = 0, draining = 0;
    if (lat_text_eq(group->resource.status, LAT_TARGET_GROUP_STATUS_CREATE_IN_PROGRESS))
        return sim_refuse(call, SIM_RULE_WRONG_STATUS, about);
    if (sim_store_number(call->sim->store,
                         "SELECT count(*) FROM rule_forward WHERE target_group = ?1", key,
                         &uses) < 0 ||
        sim_store_number(call->sim->store,
                         "SELECT count(*) FROM target WHERE target_group = ?1 "
                         "AND drained_ms IS NOT NULL",
                         key, &draining) < 0)
        return -1;
    if (uses > 0)
        return sim_refuse(call, SIM_RULE_TARGET_GROUP_IN_USE, about);
    return draining > 0 ? sim_refuse(call, SIM_RULE_TARGET_GROUP_DRAINING, about) : 0;
}

int sim_delete_target_group(struct sim_call *call, const void *input, void *output)
{
    const struct lat_delete_target_group_request *in = input;
    struct sim_target_group *group = NULL;
    if (sim_target_group_find(call, in->target_group_identifier, &group) < 0 ||
        check_deletable(call, group) < 0 ||
        sim_resource_start_deletion(call, &group->resource,
                                    call->sim->config.delays.target_group_ms) < 0)
        return -1;
    return sim_family_answer(call, &family, group, output);
}
