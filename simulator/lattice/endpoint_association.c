/* What VPC endpoints are connected to: listed and let go here, made on the EC2 side (in the fake by
 * the admin API). Source: lattice-api reference B.4, C.4, D.5. */
#include "simulator/engine/family.h"
#include "simulator/engine/share.h"
#include "simulator/lattice/handlers.h"
#include "simulator/lattice/shapes.h"

/* Words of EC2 for the state of an endpoint; one that exists here is connected (chosen). */
#define STATE_AVAILABLE "available"

int sim_list_network_endpoints(struct sim_call *call, const void *input, void *output)
{
    const struct lat_list_service_network_vpc_endpoint_associations_request *in = input;
    struct lat_list_service_network_vpc_endpoint_associations_response *out = output;
    struct sim_service_network *network = NULL;
    struct sim_page page;
    void *rows = NULL;
    size_t count = 0;
    if (sim_service_network_find(call, in->service_network_identifier, &network) < 0 ||
        sim_page_begin(call, in->max_results, in->next_token, &page) < 0 ||
        sim_store_rows(
            call->sim->store, call->arena, &sim_network_endpoint_table,
            "WHERE r.network = ?1 AND r.seq > ?2 AND ?4 IN (?5, r.owner) ORDER BY r.seq LIMIT ?3",
            SIM_VALUES(sim_int(network->resource.seq), sim_int(page.after), sim_int(page.fetch),
                       sim_text(call->caller.account), sim_text(network->resource.account)),
            &rows, &count) < 0)
        return -1;
    count = sim_page_end(call, &page, &sim_network_endpoint_table, rows, count, &out->next_token);
    const struct sim_network_endpoint *endpoints = rows;
    struct lat_service_network_endpoint_association *items =
        LAT_NEW_ARRAY(call->arena, struct lat_service_network_endpoint_association, count);
    for (size_t i = 0; i < count; i++)
        items[i] = (struct lat_service_network_endpoint_association){
            .vpc_endpoint_id = endpoints[i].vpc_endpoint_id,
            .vpc_id = endpoints[i].vpc_id,
            .vpc_endpoint_owner_id = endpoints[i].owner,
            .id = endpoints[i].id,
            .state = STATE_AVAILABLE,
            .service_network_arn = network->resource.arn,
            .created_at = LAT_INT(endpoints[i].created_ms),
        };
    out->items = LAT_LIST(items, count);
    return 0;
}

/* There is no Get operation; the summary has all there is to see. */
static int show(struct sim_call *call, const void *row, void *ret_view)
{
    const struct sim_endpoint_association *association = row;
    struct lat_resource_endpoint_association_summary *view = ret_view;
    void *found = NULL;
    if (sim_resource_get(call, &sim_resource_table, association->configuration, &found) < 0)
        return -1;
    const struct sim_resource *configuration = found;
    *view = (struct lat_resource_endpoint_association_summary){
        .id = association->resource.id,
        .arn = sim_share_arn(call, &association->resource),
        .resource_configuration_id = configuration->id,
        .resource_configuration_arn = configuration->arn,
        .resource_configuration_name = configuration->name,
        .vpc_endpoint_id = association->vpc_endpoint_id,
        .vpc_endpoint_owner = association->owner,
        .created_by = association->created_by,
        .created_at = LAT_INT(association->resource.created_ms),
    };
    return 0;
}

static const struct sim_family family = {
    .kind = LAT_RESOURCE_ENDPOINT_ASSOCIATION,
    .table = &sim_endpoint_association_table,
    .view = LAT_SHAPE_RESOURCE_ENDPOINT_ASSOCIATION_SUMMARY,
    .summary = LAT_SHAPE_RESOURCE_ENDPOINT_ASSOCIATION_SUMMARY,
    .show = show,
};

/* Seen by the owner of the configuration and by the owner of the VPC endpoint. */
int sim_list_resource_endpoints(struct sim_call *call, const void *input, void *output)
{
    const struct lat_list_resource_endpoint_associations_request *in = input;
    return sim_family_list(
        call, &family, input,
        "JOIN resource c ON c.seq = t.configuration "
        "WHERE (r.account = ?3 OR t.owner = ?3) AND r.region = ?4 AND (c.id = ?5 OR c.arn = ?5) "
        "AND (?6 IS NULL OR r.id = ?6 OR r.arn = ?6) "
        "AND (?7 IS NULL OR t.vpc_endpoint_id = ?7) AND (?8 IS NULL OR t.owner = ?8) "
        "AND r.seq > ?1 ORDER BY r.seq LIMIT ?2",
        SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region),
                   sim_text(in->resource_configuration_identifier),
                   sim_text(in->resource_endpoint_association_identifier),
                   sim_text(in->vpc_endpoint_id), sim_text(in->vpc_endpoint_owner)),
        output);
}

/* Without a status in the model: it goes at once. */
int sim_delete_resource_endpoint(struct sim_call *call, const void *input, void *output)
{
    const struct lat_delete_resource_endpoint_association_request *in = input;
    void *row = NULL;
    if (sim_family_find(call, &family, in->resource_endpoint_association_identifier, &row) < 0 ||
        sim_family_answer(call, &family, row, output) < 0)
        return -1;
    return sim_resource_delete(call, row);
}
