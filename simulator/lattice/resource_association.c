/* Associations of a resource configuration with a service network (SNRA).
 * Source: lattice-api reference D.5, E.1, F.1. */
#include "common/base/text.h"
#include "simulator/engine/family.h"
#include "simulator/engine/quota.h"
#include "simulator/engine/share.h"
#include "simulator/lattice/handlers.h"
#include "simulator/lattice/shapes.h"

/* One fixed zone per Region; that of us-east-2 is documented, the others are chosen. */
#define HOSTED_ZONE_ID "Z03265862FOUNWMZOKUF4"
/* The partition id in generated names; the same in every Region that was seen (observed). */
#define DNS_PARTITION_ID "4232ccc"

/* The two ends of an association. */
struct ends {
    struct sim_resource_configuration *configuration;
    const struct sim_resource *network;
};

static int get_ends(struct sim_call *call, const struct sim_resource_association *association,
                    struct ends *ret)
{
    void *configuration = NULL, *network = NULL;
    if (sim_resource_get(call, &sim_resource_configuration_table, association->configuration,
                         &configuration) < 0 ||
        sim_resource_get(call, &sim_resource_table, association->network, &network) < 0)
        return -1;
    *ret = (struct ends){.configuration = configuration, .network = network};
    return 0;
}

static const struct lat_dns_entry *new_entry(struct sim_call *call, const char *domain_name)
{
    struct lat_dns_entry *entry = LAT_NEW(call->arena, struct lat_dns_entry);
    *entry = (struct lat_dns_entry){.domain_name = domain_name, .hosted_zone_id = HOSTED_ZONE_ID};
    return entry;
}

static int show(struct sim_call *call, const void *row, void *ret_view)
{
    const struct sim_resource_association *association = row;
    struct lat_get_service_network_resource_association_response *view = ret_view;
    struct ends ends;
    const char *verification = NULL;
    if (get_ends(call, association, &ends) < 0 ||
        sim_store_text(call->sim->store, call->arena, "SELECT status FROM resource WHERE seq = ?1",
                       SIM_VALUES(sim_int(ends.configuration->domain_verification)),
                       &verification) < 0)
        return -1;
    const char *custom = ends.configuration->custom_domain_name;
    *view = (struct lat_get_service_network_resource_association_response){
        .id = association->resource.id,
        .arn = sim_share_arn(call, &association->resource),
        .status = association->resource.status,
        .created_by = association->created_by,
        .created_at = LAT_INT(association->resource.created_ms),
        .resource_configuration_id = ends.configuration->resource.id,
        .resource_configuration_arn = ends.configuration->resource.arn,
        .resource_configuration_name = ends.configuration->resource.name,
        .service_network_id = ends.network->id,
        .service_network_arn = ends.network->arn,
        .service_network_name = ends.network->name,
        .failure_reason = association->resource.failure_message,
        .failure_code = association->resource.failure_code,
        .last_updated_at = LAT_INT(association->resource.updated_ms),
        /* chosen: the custom domain, once private DNS is on */
        .private_dns_entry =
            association->private_dns_enabled && custom != NULL ? new_entry(call, custom) : NULL,
        .private_dns_enabled = LAT_BOOL(association->private_dns_enabled),
        .dns_entry = new_entry(
            call, lat_arena_printf(call->arena, "%s.%s.%s.vpc-lattice-rsc.%s.on.aws",
                                   association->resource.id, ends.configuration->resource.id,
                                   DNS_PARTITION_ID, call->caller.region)),
        .is_managed_association = LAT_BOOL(false),
        .domain_verification_status = verification,
    };
    return 0;
}

static const struct sim_family family = {
    .kind = LAT_RESOURCE_ASSOCIATION,
    .table = &sim_resource_association_table,
    .view = LAT_SHAPE_GET_SERVICE_NETWORK_RESOURCE_ASSOCIATION_RESPONSE,
    .summary = LAT_SHAPE_SERVICE_NETWORK_RESOURCE_ASSOCIATION_SUMMARY,
    .show = show,
};

/* An old association of the pair that is still going is in the way. */
static int check_pair(struct sim_call *call, const struct ends *ends)
{
    const char *status = NULL;
    if (sim_store_text(
            call->sim->store, call->arena,
            "SELECT status FROM resource_association JOIN resource USING (seq) "
            "WHERE configuration = ?1 AND network = ?2",
            SIM_VALUES(sim_int(ends->configuration->resource.seq), sim_int(ends->network->seq)),
            &status) < 0)
        return -1;
    return lat_text_eq(status, LAT_SERVICE_STATUS_DELETE_IN_PROGRESS)
               ? sim_refuse(
                     call, SIM_RULE_DISASSOCIATION_IN_PROGRESS,
                     (struct sim_about){.kind = LAT_RESOURCE_ASSOCIATION, .id = ends->network->id})
               : 0;
}

int sim_create_resource_association(struct sim_call *call, const void *input, void *output)
{
    const struct lat_create_service_network_resource_association_request *in = input;
    struct sim_service_network *network = NULL;
    struct ends ends = {0};
    if (sim_resource_configuration_find(call, in->resource_configuration_identifier,
                                        &ends.configuration) < 0 ||
        sim_service_network_find(call, in->service_network_identifier, &network) < 0 ||
        sim_share_require_end(call, &ends.configuration->resource, &network->resource) < 0 ||
        sim_resource_require_settled(call, LAT_RESOURCE_CONFIGURATION,
                                     &ends.configuration->resource) < 0)
        return -1;
    ends.network = &network->resource;
    if (check_pair(call, &ends) < 0)
        return -1;
    struct sim_resource_association association = {
        .configuration = ends.configuration->resource.seq,
        .network = ends.network->seq,
        /* Of type ARN it is always on (documented). */
        .private_dns_enabled =
            lat_text_eq(ends.configuration->type, LAT_RESOURCE_CONFIGURATION_TYPE_ARN) ||
            (in->private_dns_enabled.has && in->private_dns_enabled.value),
        .created_by = call->caller.account,
    };
    sim_resource_init(call, LAT_RESOURCE_ASSOCIATION, NULL, NULL,
                      call->sim->config.delays.resource_association_ms, &association.resource);
    struct sim_about about = {.kind = LAT_RESOURCE_ASSOCIATION,
                              .id = ends.configuration->resource.id};
    if (sim_resource_insert(call, &sim_resource_association_table, &association, in->tags, about) <
            0 ||
        sim_quota_enforce(call, SIM_QUOTA_RESOURCE_ASSOCIATIONS_PER_NETWORK, association.network,
                          ends.network->id) < 0)
        return -1;
    return sim_family_answer(call, &family, &association, output);
}

static int find(struct sim_call *call, const char *identifier,
                struct sim_resource_association **ret)
{
    void *row = NULL;
    if (sim_family_find(call, &family, identifier, &row) < 0)
        return -1;
    *ret = row;
    return 0;
}

int sim_get_resource_association(struct sim_call *call, const void *input, void *output)
{
    const struct lat_get_service_network_resource_association_request *in = input;
    struct sim_resource_association *association = NULL;
    if (find(call, in->service_network_resource_association_identifier, &association) < 0)
        return -1;
    return sim_family_answer(call, &family, association, output);
}

/* The creator, and the owners of both ends. */
#define SEEN_BY_ENDS "(r.account = ?3 OR n.account = ?3 OR c.account = ?3)"
#define LISTED(who)                                                                                \
    "JOIN resource n ON n.seq = t.network "                                                        \
    "JOIN resource c ON c.seq = t.configuration "                                                  \
    "JOIN resource_configuration k ON k.seq = t.configuration "                                    \
    "LEFT JOIN resource g ON g.seq = k.config_group AND ?7 "                                       \
    "WHERE " who " AND r.region = ?4 "                                                             \
    "AND (?5 IS NULL OR n.id = ?5 OR n.arn = ?5) "                                                 \
    "AND (?6 IS NULL OR ?6 IN (c.id, c.arn) OR ifnull(?6 IN (g.id, g.arn), 0)) "                   \
    "AND r.seq > ?1 ORDER BY r.seq LIMIT ?2"

/* Both filters are optional here (model). includeChildren adds the associations of a group's
 * children to those of the group that the filter names (documented). */
int sim_list_resource_associations(struct sim_call *call, const void *input, void *output)
{
    const struct lat_list_service_network_resource_associations_request *in = input;
    const char *tail = NULL;
    if (sim_share_tail(call, LISTED(SIM_SHARE_OWN), LISTED(SEEN_BY_ENDS), &tail) < 0)
        return -1;
    return sim_family_list(
        call, &family, input, tail,
        SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region),
                   sim_text(in->service_network_identifier),
                   sim_text(in->resource_configuration_identifier),
                   sim_int(in->include_children.has && in->include_children.value)),
        output);
}

int sim_delete_resource_association(struct sim_call *call, const void *input, void *output)
{
    const struct lat_delete_service_network_resource_association_request *in = input;
    struct sim_resource_association *association = NULL;
    if (find(call, in->service_network_resource_association_identifier, &association) < 0)
        return -1;
    if (lat_text_eq(association->resource.status, LAT_SERVICE_STATUS_CREATE_IN_PROGRESS))
        return sim_refuse(
            call, SIM_RULE_CREATION_IN_PROGRESS,
            (struct sim_about){.kind = LAT_RESOURCE_ASSOCIATION, .id = association->resource.id});
    if (sim_resource_start_deletion(call, &association->resource,
                                    call->sim->config.delays.resource_association_ms) < 0)
        return -1;
    return sim_family_answer(call, &family, association, output);
}
