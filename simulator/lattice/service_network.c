/* Service networks. Source: lattice-api reference D.2, F.1. */
#include "simulator/engine/quota.h"
#include "simulator/engine/resource.h"
#include "simulator/lattice/handlers.h"
#include "simulator/lattice/shapes.h"

static const struct lat_sharing_config *sharing_config(struct sim_call *call,
                                                       const struct sim_service_network *network)
{
    struct lat_sharing_config *config = LAT_NEW(call->arena, struct lat_sharing_config);
    config->enabled = LAT_BOOL(network->sharing_enabled);
    return config;
}

int sim_create_service_network(struct sim_call *call, const void *input, void *output)
{
    const struct lat_create_service_network_request *in = input;
    struct lat_create_service_network_response *out = output;
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
    *out = (struct lat_create_service_network_response){
        .id = network.resource.id,
        .name = network.resource.name,
        .arn = network.resource.arn,
        .sharing_config = sharing_config(call, &network),
        .auth_type = network.auth_type,
    };
    return 0;
}

int sim_service_network_find(struct sim_call *call, const char *identifier,
                             struct sim_service_network **ret)
{
    void *row = NULL;
    if (sim_resource_find(call, &sim_service_network_table, LAT_RESOURCE_SERVICE_NETWORK,
                          identifier, &row) < 0)
        return -1;
    *ret = row;
    return 0;
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

int sim_get_service_network(struct sim_call *call, const void *input, void *output)
{
    const struct lat_get_service_network_request *in = input;
    struct lat_get_service_network_response *out = output;
    struct sim_service_network *network = NULL;
    if (sim_service_network_find(call, in->service_network_identifier, &network) < 0)
        return -1;
    *out = (struct lat_get_service_network_response){
        .id = network->resource.id,
        .name = network->resource.name,
        .created_at = LAT_INT(network->resource.created_ms),
        .last_updated_at = LAT_INT(network->resource.updated_ms),
        .arn = network->resource.arn,
        .auth_type = network->auth_type,
        .sharing_config = sharing_config(call, network),
    };
    return count_associations(call, network, &out->number_of_associated_vpcs,
                              &out->number_of_associated_services);
}

int sim_list_service_networks(struct sim_call *call, const void *input, void *output)
{
    const struct lat_list_service_networks_request *in = input;
    struct lat_list_service_networks_response *out = output;
    struct sim_page page;
    void *rows = NULL;
    size_t count = 0;
    if (sim_page_begin(call, in->max_results, in->next_token, &page) < 0 ||
        sim_store_rows(call->sim->store, call->arena, &sim_service_network_table,
                       "WHERE r.account = ?1 AND r.region = ?2 AND r.kind = 'servicenetwork' "
                       "AND r.seq > ?3 ORDER BY r.seq LIMIT ?4",
                       SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region),
                                  sim_int(page.after), sim_int(page.fetch)),
                       &rows, &count) < 0)
        return -1;
    count = sim_page_end(call, &page, &sim_service_network_table, rows, count, &out->next_token);
    const struct sim_service_network *networks = rows;
    struct lat_service_network_summary *items =
        LAT_NEW_ARRAY(call->arena, struct lat_service_network_summary, count);
    for (size_t i = 0; i < count; i++) {
        items[i] = (struct lat_service_network_summary){
            .id = networks[i].resource.id,
            .name = networks[i].resource.name,
            .arn = networks[i].resource.arn,
            .created_at = LAT_INT(networks[i].resource.created_ms),
            .last_updated_at = LAT_INT(networks[i].resource.updated_ms),
            .number_of_associated_resource_configurations = LAT_INT(0),
        };
        if (count_associations(call, &networks[i], &items[i].number_of_associated_vpcs,
                               &items[i].number_of_associated_services) < 0)
            return -1;
    }
    out->items = LAT_LIST(items, count);
    return 0;
}

int sim_update_service_network(struct sim_call *call, const void *input, void *output)
{
    const struct lat_update_service_network_request *in = input;
    struct lat_update_service_network_response *out = output;
    struct sim_service_network *network = NULL;
    if (sim_service_network_find(call, in->service_network_identifier, &network) < 0)
        return -1;
    network->auth_type = in->auth_type;
    if (sim_resource_update(call, &sim_service_network_table, network) < 0)
        return -1;
    *out = (struct lat_update_service_network_response){
        .id = network->resource.id,
        .name = network->resource.name,
        .arn = network->resource.arn,
        .auth_type = network->auth_type,
    };
    return 0;
}

/* Which association holds the network: the schema only says that something does. */
static int refuse_held(struct sim_call *call, const struct sim_service_network *network)
{
    struct lat_opt_int vpcs = {0}, services = {0};
    struct sim_about about = {.kind = LAT_RESOURCE_SERVICE_NETWORK, .id = network->resource.id};
    if (sim_store_violation(call->sim->store)->kind != SIM_VIOLATION_FOREIGN_KEY ||
        count_associations(call, network, &vpcs, &services) < 0)
        return -1;
    return sim_refuse(
        call, vpcs.value > 0 ? SIM_RULE_NETWORK_HAS_VPCS : SIM_RULE_NETWORK_HAS_SERVICES, about);
}

int sim_delete_service_network(struct sim_call *call, const void *input, void *output)
{
    const struct lat_delete_service_network_request *in = input;
    struct sim_service_network *network = NULL;
    (void)output; /* 204 */
    if (sim_service_network_find(call, in->service_network_identifier, &network) < 0)
        return -1;
    if (sim_resource_delete(call, &network->resource) < 0)
        return refuse_held(call, network);
    return 0;
}
