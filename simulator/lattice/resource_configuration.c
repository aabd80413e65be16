/* Resource configurations: single ones, groups and their children, resources named by ARN. Creation
 * and update end at once, deletion takes its time. Source: lattice-api reference D.13, F.1. */
#include "common/aws/model.h"
#include "common/base/text.h"
#include "simulator/engine/document.h"
#include "simulator/engine/family.h"
#include "simulator/engine/quota.h"
#include "simulator/engine/share.h"
#include "simulator/lattice/handlers.h"
#include "simulator/lattice/resource_definition.h"
#include "simulator/lattice/shapes.h"

#define DEFINITION      lat_shapes[LAT_SHAPE_RESOURCE_CONFIGURATION_DEFINITION]
#define ALL_PORT_RANGES "[\"1-65535\"]" /* documented */

/* --- showing ------------------------------------------------------------------------------------
 */

static int get_base(struct sim_call *call, int64_t seq, const struct sim_resource **ret)
{
    static const struct sim_resource nothing;
    void *row = NULL;
    if (seq != 0 && sim_resource_get(call, &sim_resource_table, seq, &row) < 0)
        return -1;
    *ret = row == NULL ? &nothing : row;
    return 0;
}

static int show(struct sim_call *call, const void *row, void *ret_view)
{
    const struct sim_resource_configuration *configuration = row;
    struct lat_get_resource_configuration_response *view = ret_view;
    const struct sim_resource *gateway = NULL, *group = NULL, *domain = NULL;
    if (get_base(call, configuration->gateway, &gateway) < 0 ||
        get_base(call, configuration->config_group, &group) < 0 ||
        get_base(call, configuration->domain_verification, &domain) < 0)
        return -1;
    *view = (struct lat_get_resource_configuration_response){
        .id = configuration->resource.id,
        .name = configuration->resource.name,
        .arn = configuration->resource.arn,
        .resource_gateway_id = gateway->id,
        .resource_configuration_group_id = group->id,
        .type = configuration->type,
        .allow_association_to_shareable_service_network = LAT_BOOL(configuration->allow_shareable),
        .port_ranges = sim_texts_read(call, configuration->port_ranges),
        .protocol = configuration->protocol,
        .custom_domain_name = configuration->custom_domain_name,
        .status = configuration->resource.status,
        .resource_configuration_definition =
            sim_document_read(call, &DEFINITION, configuration->definition),
        .created_at = LAT_INT(configuration->resource.created_ms),
        .amazon_managed = LAT_BOOL(false),
        .failure_reason = configuration->resource.failure_message,
        .last_updated_at = LAT_INT(configuration->resource.updated_ms),
        .domain_verification_id = domain->id,
        .domain_verification_arn = domain->arn,
        .domain_verification_status = domain->status,
        .group_domain = configuration->group_domain,
    };
    return 0;
}

static const struct sim_family family = {
    .kind = LAT_RESOURCE_CONFIGURATION,
    .table = &sim_resource_configuration_table,
    .view = LAT_SHAPE_GET_RESOURCE_CONFIGURATION_RESPONSE,
    .summary = LAT_SHAPE_RESOURCE_CONFIGURATION_SUMMARY,
    .show = show,
};

int sim_resource_configuration_find(struct sim_call *call, const char *identifier,
                                    struct sim_resource_configuration **ret)
{
    void *row = NULL;
    if (sim_family_find(call, &family, identifier, &row) < 0)
        return -1;
    *ret = row;
    return 0;
}

/* --- making -------------------------------------------------------------------------------------
 */

/* A child takes the gateway, and unless it names its own the verified domain, of its group. */
static int join_group(struct sim_call *call, const char *identifier,
                      struct sim_resource_configuration *child, const char **ret_group_id)
{
    struct sim_resource_configuration *group = NULL;
    if (sim_resource_configuration_find(call, identifier, &group) < 0 ||
        sim_resource_require_settled(call, LAT_RESOURCE_CONFIGURATION, &group->resource) < 0)
        return -1;
    if (!lat_text_eq(group->type, LAT_RESOURCE_CONFIGURATION_TYPE_GROUP))
        return sim_refuse(call, SIM_RULE_NOT_A_GROUP,
                          (struct sim_about){.id = group->resource.id,
                                             .field = "resourceConfigurationGroupIdentifier"});
    child->config_group = group->resource.seq;
    child->gateway = group->gateway;
    if (child->domain_verification == 0)
        child->domain_verification = group->domain_verification;
    *ret_group_id = group->resource.id;
    return sim_group_domain_check(call, child->custom_domain_name, group->group_domain);
}

static int use_gateway(struct sim_call *call, const char *identifier,
                       struct sim_resource_configuration *configuration)
{
    struct sim_resource_gateway *gateway = NULL;
    if (sim_resource_gateway_find(call, identifier, &gateway) < 0 ||
        sim_resource_require_settled(call, LAT_RESOURCE_GATEWAY, &gateway->resource) < 0)
        return -1;
    configuration->gateway = gateway->resource.seq;
    return 0;
}

static int use_domain(struct sim_call *call, const char *identifier,
                      struct sim_resource_configuration *configuration)
{
    void *row = NULL;
    if (identifier == NULL)
        return 0;
    if (sim_resource_find(call, &sim_resource_table, LAT_RESOURCE_DOMAIN_VERIFICATION, identifier,
                          &row) < 0)
        return -1;
    configuration->domain_verification = ((const struct sim_resource *)row)->seq;
    return 0;
}

/* What the row refers to; ret_group_id is NULL unless it is a child. */
static int resolve(struct sim_call *call,
                   const struct lat_create_resource_configuration_request *in,
                   struct sim_resource_configuration *configuration, const char **ret_group_id)
{
    *ret_group_id = NULL;
    if (use_domain(call, in->domain_verification_identifier, configuration) < 0)
        return -1;
    return in->resource_configuration_group_identifier != NULL
               ? join_group(call, in->resource_configuration_group_identifier, configuration,
                            ret_group_id)
               : use_gateway(call, in->resource_gateway_identifier, configuration);
}

static int insert(struct sim_call *call, const struct lat_create_resource_configuration_request *in,
                  struct sim_resource_configuration *configuration, const char *group_id)
{
    struct sim_about about = {.kind = LAT_RESOURCE_CONFIGURATION, .id = in->name, .name = in->name};
    sim_resource_init(call, LAT_RESOURCE_CONFIGURATION, NULL, in->name, 0,
                      &configuration->resource);
    if (sim_resource_insert(call, &sim_resource_configuration_table, configuration, in->tags,
                            about) < 0 ||
        sim_quota_enforce(call, SIM_QUOTA_RESOURCE_CONFIGURATIONS, 0, NULL) < 0 ||
        (group_id != NULL && sim_quota_enforce(call, SIM_QUOTA_CHILDREN_PER_GROUP,
                                               configuration->config_group, group_id) < 0))
        return -1;
    return sim_resource_settle(call, &configuration->resource);
}

int sim_create_resource_configuration(struct sim_call *call, const void *input, void *output)
{
    const struct lat_create_resource_configuration_request *in = input;
    struct sim_resource_configuration configuration = {
        .type = in->type,
        .port_ranges =
            in->port_ranges.count > 0 ? sim_texts_write(call, in->port_ranges) : ALL_PORT_RANGES,
        .protocol = in->protocol == NULL ? LAT_PROTOCOL_TYPE_TCP : in->protocol,
        .definition = sim_document_write(call, &DEFINITION, in->resource_configuration_definition),
        /* True unless said otherwise (observed: Terraform's acceptance tests, and the example of
         * the command line reference; the API reference says false). */
        .allow_shareable = !in->allow_association_to_shareable_service_network.has ||
                           in->allow_association_to_shareable_service_network.value,
        .custom_domain_name = in->custom_domain_name,
        .group_domain = in->group_domain,
    };
    const char *group_id = NULL;
    if (sim_resource_definition_check(call, in) < 0 ||
        resolve(call, in, &configuration, &group_id) < 0 ||
        insert(call, in, &configuration, group_id) < 0)
        return -1;
    return sim_family_answer(call, &family, &configuration, output);
}

int sim_get_resource_configuration(struct sim_call *call, const void *input, void *output)
{
    const struct lat_get_resource_configuration_request *in = input;
    struct sim_resource_configuration *configuration = NULL;
    if (sim_resource_configuration_find(call, in->resource_configuration_identifier,
                                        &configuration) < 0)
        return -1;
    return sim_family_answer(call, &family, configuration, output);
}

#define LISTED(who)                                                                                \
    "JOIN resource w ON w.seq = t.gateway "                                                        \
    "LEFT JOIN resource g ON g.seq = t.config_group "                                              \
    "LEFT JOIN resource d ON d.seq = t.domain_verification "                                       \
    "WHERE " who " AND r.region = ?4 "                                                             \
    "AND (?5 IS NULL OR w.id = ?5 OR w.arn = ?5) AND (?6 IS NULL OR g.id = ?6 OR g.arn = ?6) "     \
    "AND (?7 IS NULL OR d.id = ?7 OR d.arn = ?7) "                                                 \
    "AND r.seq > ?1 ORDER BY r.seq LIMIT ?2"

int sim_list_resource_configurations(struct sim_call *call, const void *input, void *output)
{
    const struct lat_list_resource_configurations_request *in = input;
    const char *tail = NULL;
    if (sim_share_tail(call, LISTED(SIM_SHARE_OWN), LISTED(SIM_SHARE_SHARED), &tail) < 0)
        return -1;
    return sim_family_list(call, &family, input, tail,
                           SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region),
                                      sim_text(in->resource_gateway_identifier),
                                      sim_text(in->resource_configuration_group_identifier),
                                      sim_text(in->domain_verification_identifier)),
                           output);
}

/* --- changing -----------------------------------------------------------------------------------
 */

/* Only an address may be replaced, and only by an address (observed). */
static int replace_definition(struct sim_call *call,
                              const struct lat_resource_configuration_definition *definition,
                              struct sim_resource_configuration *configuration)
{
    const struct lat_resource_configuration_definition *before =
        sim_document_read(call, &DEFINITION, configuration->definition);
    if (definition == NULL)
        return 0;
    if (before == NULL || before->ip_resource == NULL || definition->ip_resource == NULL ||
        definition->ip_resource->ip_address == NULL)
        return sim_refuse(call, SIM_RULE_DEFINITION_FIXED, (struct sim_about){0});
    if (sim_resource_address_check(call, definition->ip_resource->ip_address) < 0)
        return -1;
    configuration->definition = sim_document_write(call, &DEFINITION, definition);
    return 0;
}

int sim_update_resource_configuration(struct sim_call *call, const void *input, void *output)
{
    const struct lat_update_resource_configuration_request *in = input;
    struct sim_resource_configuration *row = NULL;
    if (sim_resource_configuration_find(call, in->resource_configuration_identifier, &row) < 0 ||
        sim_resource_require_settled(call, LAT_RESOURCE_CONFIGURATION, &row->resource) < 0 ||
        replace_definition(call, in->resource_configuration_definition, row) < 0 ||
        sim_port_ranges_check(call, in->port_ranges) < 0)
        return -1;
    if (in->port_ranges.count > 0)
        row->port_ranges = sim_texts_write(call, in->port_ranges);
    if (in->allow_association_to_shareable_service_network.has)
        row->allow_shareable = in->allow_association_to_shareable_service_network.value;
    sim_resource_begin_update(call, &row->resource, 0);
    if (sim_resource_update(call, &sim_resource_configuration_table, row) < 0 ||
        sim_resource_settle(call, &row->resource) < 0)
        return -1;
    return sim_family_answer(call, &family, row, output);
}

/* What holds a configuration: associations (a validation error, observed) and children. */
static int check_deletable(struct sim_call *call, const struct sim_resource *configuration)
{
    static const struct sim_holder holders[] = {
        {"SELECT count(*) FROM resource_association WHERE configuration = ?1",
         SIM_RULE_CONFIGURATION_ASSOCIATED},
        {"SELECT count(*) FROM endpoint_association WHERE configuration = ?1",
         SIM_RULE_CONFIGURATION_ASSOCIATED},
        {"SELECT count(*) FROM resource_configuration WHERE config_group = ?1",
         SIM_RULE_CONFIGURATION_HAS_CHILDREN},
    };
    return sim_resource_require_free(call, LAT_RESOURCE_CONFIGURATION, configuration, holders,
                                     LAT_COUNT(holders));
}

int sim_delete_resource_configuration(struct sim_call *call, const void *input, void *output)
{
    const struct lat_delete_resource_configuration_request *in = input;
    struct sim_resource_configuration *configuration = NULL;
    (void)output; /* 204 */
    if (sim_resource_configuration_find(call, in->resource_configuration_identifier,
                                        &configuration) < 0 ||
        check_deletable(call, &configuration->resource) < 0)
        return -1;
    return sim_resource_start_deletion(call, &configuration->resource,
                                       call->sim->config.delays.resource_configuration_ms);
}
