/* Service networks. Source: lattice-api reference D.2, F.1. */
#include "simulator/engine/family.h"
#include "simulator/engine/quota.h"
#include "simulator/engine/share.h"
#include "simulator/lattice/handlers.h"
#include "simulator/lattice/shapes.h"

static const struct lat_sharing_config *sharing_config(struct sim_call *call,
                                                       const struct sim_service_network *network)
{
    struct lat_sharing_config *config = LAT_NEW(call->arena, struct lat_sharing_config);
    config->enabled = LAT_BOOL(network->sharing_enabled);
    return config;
}

/* chosen: an association counts until it is gone; only a failed creation does not. */
static int count_associations(struct sim_call *call, const struct sim_service_network *network,
                              struct lat_opt_int *ret_vpcs, struct lat_opt_int *ret_services)
{
    struct sim_values key = SIM_VALUES(sim_int(network->resource.seq));
    if (sim_store_number(call->sim->store,
                         "SELECT count(*) FROM vpc_association JOIN resource USING (seq) "
                         "WHERE network = ?1 AND status <> 'CREATE_FAILED'",
                         key, &ret_vpcs->value) < 0 ||
        sim_store_number(call->sim->store,
                         "SELECT count(*) FROM service_association JOIN resource USING (seq) "
                         "WHERE network = ?1 AND status <> 'CREATE_FAILED'",
                         key, &ret_services->value) < 0)
        return -1;
    ret_vpcs->has = ret_services->has = true;
    return 0;
}

static int show(struct sim_call *call, const void *row, void *ret_view)
{
    const struct sim_service_network *network = row;
    struct lat_get_service_network_response *view = ret_view;
    *view = (struct lat_get_service_network_response){
        .id = network->resource.id,
        .name = network->resource.name,
        .created_at = LAT_INT(network->resource.created_ms),
        .last_updated_at = LAT_INT(network->resource.updated_ms),
        .arn = network->resource.arn,
        .auth_type = network->auth_type,
        .sharing_config = sharing_config(call, network),
    };
    return count_associations(call, network, &view->number_of_associated_vpcs,
                              &view->number_of_associated_services);
}

/* Only the summary counts resource configurations (model). */
static int add_to_summary(struct sim_call *call, const void *row, void *summary)
{
    const struct sim_resource *network = row;
    struct lat_opt_int count = {.has = true};
    if (sim_store_number(call->sim->store,
                         "SELECT count(*) FROM resource_association JOIN resource USING (seq) "
                         "WHERE network = ?1 AND status <> 'CREATE_FAILED'",
                         SIM_VALUES(sim_int(network->seq)), &count.value) < 0)
        return -1;
    ((struct lat_service_network_summary *)summary)->number_of_associated_resource_configurations =
        count;
    return 0;
}

static const struct sim_family family = {
    .kind = LAT_RESOURCE_SERVICE_NETWORK,
    .table = &sim_service_network_table,
    .view = LAT_SHAPE_GET_SERVICE_NETWORK_RESPONSE,
    .summary = LAT_SHAPE_SERVICE_NETWORK_SUMMARY,
    .show = show,
    .add_to_summary = add_to_summary,
};

int sim_service_network_find(struct sim_call *call, const char *identifier,
                             struct sim_service_network **ret)
{
    void *row = NULL;
    if (sim_family_find(call, &family, identifier, &row) < 0)
        return -1;
    *ret = row;
    return 0;
}

int sim_create_service_network(struct sim_call *call, const void *input, void *output)
{
    const struct lat_create_service_network_request *in = input;
    struct sim_service_network network = {
        .auth_type = in->auth_type == NULL ? LAT_AUTH_TYPE_NONE : in->auth_type,
        /* chosen: sharing is allowed when nothing was said */
        .sharing_enabled = in->sharing_config == NULL || !in->sharing_config->enabled.has ||
                           in->sharing_config->enabled.value,
    };
    sim_resource_init(call, LAT_RESOURCE_SERVICE_NETWORK, NULL, in->name, -1 /* no status */,
                      &network.resource);
    struct sim_about about = {
        .kind = LAT_RESOURCE_SERVICE_NETWORK, .id = in->name, .name = in->name};
    if (sim_resource_insert(call, &sim_service_network_table, &network, in->tags, about) < 0 ||
        sim_quota_enforce(call, SIM_QUOTA_SERVICE_NETWORKS, 0, NULL) < 0)
        return -1;
    return sim_family_answer(call, &family, &network, output);
}

int sim_get_service_network(struct sim_call *call, const void *input, void *output)
{
    const struct lat_get_service_network_request *in = input;
    struct sim_service_network *network = NULL;
    if (sim_service_network_find(call, in->service_network_identifier, &network) < 0)
        return -1;
    return sim_family_answer(call, &family, network, output);
}

#define LISTED(who)                                                                                \
    "WHERE " who                                                                                   \
    " AND r.region = ?4 AND r.kind = 'servicenetwork' AND r.seq > ?1 ORDER BY r.seq LIMIT ?2"

int sim_list_service_networks(struct sim_call *call, const void *input, void *output)
{
    const char *tail = NULL;
    if (sim_share_tail(call, LISTED(SIM_SHARE_OWN), LISTED(SIM_SHARE_SHARED), &tail) < 0)
        return -1;
    return sim_family_list(
        call, &family, input, tail,
        SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region)), output);
}

int sim_update_service_network(struct sim_call *call, const void *input, void *output)
{
    const struct lat_update_service_network_request *in = input;
    struct sim_service_network *network = NULL;
    if (sim_service_network_find(call, in->service_network_identifier, &network) < 0)
        return -1;
    network->auth_type = in->auth_type;
    if (sim_resource_update(call, &sim_service_network_table, network) < 0)
        return -1;
    return sim_family_answer(call, &family, network, output);
}

int sim_delete_service_network(struct sim_call *call, const void *input, void *output)
{
    static const struct sim_holder holders[] = {
        {"SELECT count(*) FROM vpc_association WHERE network = ?1", SIM_RULE_NETWORK_HAS_VPCS},
        {"SELECT count(*) FROM service_association WHERE network = ?1",
         SIM_RULE_NETWORK_HAS_SERVICES},
        {"SELECT count(*) FROM resource_association WHERE network = ?1",
         SIM_RULE_NETWORK_HAS_RESOURCES},
        {"SELECT count(*) FROM network_endpoint WHERE network = ?1",
         SIM_RULE_NETWORK_HAS_ENDPOINTS},
    };
    const struct lat_delete_service_network_request *in = input;
    struct sim_service_network *network = NULL;
    (void)output; /* 204 */
    if (sim_service_network_find(call, in->service_network_identifier, &network) < 0 ||
        sim_resource_require_free(call, LAT_RESOURCE_SERVICE_NETWORK, &network->resource, holders,
                                  LAT_COUNT(holders)) < 0)
        return -1;
    return sim_resource_delete(call, &network->resource);
}
