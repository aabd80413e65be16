/* Associations of a VPC with a service network (SNVA). Source: lattice-api reference D.4, E.1, F.1.
 */
#include "common/aws/model.h"
#include "common/base/text.h"
#include "simulator/engine/document.h"
#include "simulator/engine/family.h"
#include "simulator/engine/outside.h"
#include "simulator/engine/quota.h"
#include "simulator/engine/share.h"
#include "simulator/lattice/handlers.h"
#include "simulator/lattice/shapes.h"

#define DNS_OPTIONS lat_shapes[LAT_SHAPE_DNS_OPTIONS]

static int show(struct sim_call *call, const void *row, void *ret_view)
{
    const struct sim_vpc_association *association = row;
    struct lat_get_service_network_vpc_association_response *view = ret_view;
    void *found = NULL;
    if (sim_resource_get(call, &sim_resource_table, association->network, &found) < 0)
        return -1;
    const struct sim_resource *network = found;
    *view = (struct lat_get_service_network_vpc_association_response){
        .id = association->resource.id,
        .status = association->resource.status,
        .arn = sim_share_arn(call, &association->resource),
        .created_by = association->created_by,
        .created_at = LAT_INT(association->resource.created_ms),
        .service_network_id = network->id,
        .service_network_name = network->name,
        .service_network_arn = network->arn,
        .vpc_id = association->vpc_id,
        .security_group_ids = sim_texts_read(call, association->security_groups),
        .private_dns_enabled = LAT_BOOL(association->private_dns_enabled),
        .failure_message = association->resource.failure_message,
        .failure_code = association->resource.failure_code,
        .last_updated_at = LAT_INT(association->resource.updated_ms),
        .dns_options = sim_document_read(call, &DNS_OPTIONS, association->dns_options),
    };
    return 0;
}

static const struct sim_family family = {
    .kind = LAT_RESOURCE_VPC_ASSOCIATION,
    .table = &sim_vpc_association_table,
    .view = LAT_SHAPE_GET_SERVICE_NETWORK_VPC_ASSOCIATION_RESPONSE,
    .summary = LAT_SHAPE_SERVICE_NETWORK_VPC_ASSOCIATION_SUMMARY,
    .show = show,
};

static int find(struct sim_call *call, const char *identifier, struct sim_vpc_association **ret)
{
    void *row = NULL;
    if (sim_family_find(call, &family, identifier, &row) < 0)
        return -1;
    *ret = row;
    return 0;
}

int sim_create_vpc_association(struct sim_call *call, const void *input, void *output)
{
    const struct lat_create_service_network_vpc_association_request *in = input;
    struct sim_service_network *network = NULL;
    if (sim_service_network_find(call, in->service_network_identifier, &network) < 0 ||
        sim_outside_require(call, SIM_OUTSIDE_VPC, in->vpc_identifier) < 0 ||
        sim_outside_require_each(call, SIM_OUTSIDE_SECURITY_GROUP, in->security_group_ids) < 0)
        return -1;
    struct sim_vpc_association association = {
        .network = network->resource.seq,
        .vpc_id = in->vpc_identifier,
        .vpc_home =
            lat_arena_printf(call->arena, "%s:%s", call->caller.account, call->caller.region),
        .security_groups = sim_texts_write(call, in->security_group_ids),
        .private_dns_enabled = in->private_dns_enabled.has && in->private_dns_enabled.value,
        .dns_options = sim_document_write(call, &DNS_OPTIONS, in->dns_options),
        .created_by = call->caller.account,
    };
    sim_resource_init(call, LAT_RESOURCE_VPC_ASSOCIATION, NULL, NULL,
                      call->sim->config.delays.vpc_association_ms, &association.resource);
    struct sim_about about = {
        .kind = LAT_RESOURCE_VPC_ASSOCIATION, .id = in->vpc_identifier, .name = in->vpc_identifier};
    if (sim_resource_insert(call, &sim_vpc_association_table, &association, in->tags, about) < 0 ||
        sim_quota_enforce(call, SIM_QUOTA_VPC_ASSOCIATIONS_PER_NETWORK, association.network,
                          network->resource.id) < 0)
        return -1;
    return sim_family_answer(call, &family, &association, output);
}

int sim_get_vpc_association(struct sim_call *call, const void *input, void *output)
{
    const struct lat_get_service_network_vpc_association_request *in = input;
    struct sim_vpc_association *association = NULL;
    if (find(call, in->service_network_vpc_association_identifier, &association) < 0)
        return -1;
    return sim_family_answer(call, &family, association, output);
}

/* The creator, and the owner of the network. */
#define SEEN_BY_NETWORK "(r.account = ?3 OR n.account = ?3)"
#define LISTED(who)                                                                                \
    "JOIN resource n ON n.seq = t.network WHERE " who " AND r.region = ?4 "                        \
    "AND (?5 IS NULL OR t.vpc_id = ?5) AND (?6 IS NULL OR n.id = ?6 OR n.arn = ?6) "               \
    "AND r.seq > ?1 ORDER BY r.seq LIMIT ?2"

int sim_list_vpc_associations(struct sim_call *call, const void *input, void *output)
{
    const struct lat_list_service_network_vpc_associations_request *in = input;
    if (in->service_network_identifier == NULL && in->vpc_identifier == NULL)
        return sim_refuse(
            call, SIM_RULE_FILTER_REQUIRED,
            (struct sim_about){.detail = "serviceNetworkIdentifier and vpcIdentifier"});
    const char *tail = NULL;
    if (sim_share_tail(call, LISTED(SIM_SHARE_OWN), LISTED(SEEN_BY_NETWORK), &tail) < 0)
        return -1;
    return sim_family_list(call, &family, input, tail,
                           SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region),
                                      sim_text(in->vpc_identifier),
                                      sim_text(in->service_network_identifier)),
                           output);
}

int sim_update_vpc_association(struct sim_call *call, const void *input, void *output)
{
    const struct lat_update_service_network_vpc_association_request *in = input;
    struct sim_vpc_association *association = NULL;
    if (find(call, in->service_network_vpc_association_identifier, &association) < 0 ||
        sim_resource_require_settled(call, LAT_RESOURCE_VPC_ASSOCIATION, &association->resource) <
            0 ||
        sim_outside_require_each(call, SIM_OUTSIDE_SECURITY_GROUP, in->security_group_ids) < 0)
        return -1;
    association->security_groups = sim_texts_write(call, in->security_group_ids);
    sim_resource_begin_update(call, &association->resource,
                              call->sim->config.delays.vpc_association_ms);
    if (sim_resource_update(call, &sim_vpc_association_table, association) < 0)
        return -1;
    return sim_family_answer(call, &family, association, output);
}

int sim_delete_vpc_association(struct sim_call *call, const void *input, void *output)
{
    const struct lat_delete_service_network_vpc_association_request *in = input;
    struct sim_vpc_association *association = NULL;
    if (find(call, in->service_network_vpc_association_identifier, &association) < 0)
        return -1;
    const char *status = association->resource.status;
    struct sim_about about = {
        .kind = LAT_RESOURCE_VPC_ASSOCIATION, .id = association->resource.id, .status = status};
    if (lat_text_eq(status, LAT_SERVICE_NETWORK_VPC_ASSOCIATION_STATUS_CREATE_IN_PROGRESS))
        return sim_refuse(call, SIM_RULE_CREATION_IN_PROGRESS, about);
    if (lat_text_eq(status, LAT_SERVICE_NETWORK_VPC_ASSOCIATION_STATUS_UPDATE_IN_PROGRESS))
        return sim_refuse(call, SIM_RULE_WRONG_STATUS, about);
    if (sim_resource_start_deletion(call, &association->resource,
                                    call->sim->config.delays.vpc_association_ms) < 0)
        return -1;
    return sim_family_answer(call, &family, association, output);
}
