/* Associations of a service with a service network (SNSA). Source: lattice-api reference D.3, E.1,
 * F.1. */
#include "common/base/text.h"
#include "simulator/engine/family.h"
#include "simulator/engine/quota.h"
#include "simulator/engine/share.h"
#include "simulator/lattice/handlers.h"
#include "simulator/lattice/shapes.h"

/* The two ends of an association. */
struct ends {
    struct sim_service *service;
    struct sim_service_network *network;
};

static int get_ends(struct sim_call *call, const struct sim_service_association *association,
                    struct ends *ret)
{
    void *service = NULL, *network = NULL;
    if (sim_resource_get(call, &sim_service_table, association->service, &service) < 0 ||
        sim_resource_get(call, &sim_service_network_table, association->network, &network) < 0)
        return -1;
    *ret = (struct ends){.service = service, .network = network};
    return 0;
}

static int show(struct sim_call *call, const void *row, void *ret_view)
{
    const struct sim_service_association *association = row;
    struct lat_get_service_network_service_association_response *view = ret_view;
    struct ends ends;
    if (get_ends(call, association, &ends) < 0)
        return -1;
    *view = (struct lat_get_service_network_service_association_response){
        .id = association->resource.id,
        .status = association->resource.status,
        .arn = sim_share_arn(call, &association->resource),
        .created_by = association->created_by,
        .created_at = LAT_INT(association->resource.created_ms),
        .service_id = ends.service->resource.id,
        .service_name = ends.service->resource.name,
        .service_arn = ends.service->resource.arn,
        .service_network_id = ends.network->resource.id,
        .service_network_name = ends.network->resource.name,
        .service_network_arn = ends.network->resource.arn,
        .dns_entry = sim_service_dns(call, ends.service),
        .custom_domain_name = ends.service->custom_domain_name,
        .failure_message = association->resource.failure_message,
        .failure_code = association->resource.failure_code,
    };
    return 0;
}

static const struct sim_family family = {
    .kind = LAT_RESOURCE_SERVICE_ASSOCIATION,
    .table = &sim_service_association_table,
    .view = LAT_SHAPE_GET_SERVICE_NETWORK_SERVICE_ASSOCIATION_RESPONSE,
    .summary = LAT_SHAPE_SERVICE_NETWORK_SERVICE_ASSOCIATION_SUMMARY,
    .show = show,
};

/* An old association of the pair that is still going, or another service with the same custom
 * domain, is in the way (documented). */
static int check_pair(struct sim_call *call, const struct ends *ends)
{
    const char *status = NULL;
    void *other = NULL;
    struct sim_values pair =
        SIM_VALUES(sim_int(ends->service->resource.seq), sim_int(ends->network->resource.seq));
    if (sim_store_text(call->sim->store, call->arena,
                       "SELECT status FROM service_association JOIN resource USING (seq) "
                       "WHERE service = ?1 AND network = ?2",
                       pair, &status) < 0)
        return -1;
    if (lat_text_eq(status, LAT_SERVICE_STATUS_DELETE_IN_PROGRESS))
        return sim_refuse(call, SIM_RULE_DISASSOCIATION_IN_PROGRESS,
                          (struct sim_about){.kind = LAT_RESOURCE_SERVICE_ASSOCIATION,
                                             .id = ends->network->resource.id});
    if (ends->service->custom_domain_name == NULL)
        return 0;
    if (sim_store_row(call->sim->store, call->arena, &sim_service_table,
                      "JOIN service_association a ON a.service = r.seq WHERE a.network = ?2 "
                      "AND a.service <> ?1 AND t.custom_domain_name = ?3",
                      SIM_VALUES(sim_int(ends->service->resource.seq),
                                 sim_int(ends->network->resource.seq),
                                 sim_text(ends->service->custom_domain_name)),
                      &other) < 0)
        return -1;
    if (other == NULL)
        return 0;
    return sim_refuse(call, SIM_RULE_CUSTOM_DOMAIN_TAKEN,
                      (struct sim_about){.kind = LAT_RESOURCE_SERVICE_ASSOCIATION,
                                         .id = ends->network->resource.id,
                                         .name = ends->service->custom_domain_name});
}

int sim_create_service_association(struct sim_call *call, const void *input, void *output)
{
    const struct lat_create_service_network_service_association_request *in = input;
    struct ends ends = {0};
    if (sim_service_find(call, in->service_identifier, &ends.service) < 0 ||
        sim_service_network_find(call, in->service_network_identifier, &ends.network) < 0 ||
        sim_share_require_end(call, &ends.service->resource, &ends.network->resource) < 0 ||
        sim_resource_require_active(call, LAT_RESOURCE_SERVICE, &ends.service->resource) < 0 ||
        check_pair(call, &ends) < 0)
        return -1;
    struct sim_service_association association = {
        .service = ends.service->resource.seq,
        .network = ends.network->resource.seq,
        .created_by = call->caller.account,
    };
    sim_resource_init(call, LAT_RESOURCE_SERVICE_ASSOCIATION, NULL, NULL,
                      call->sim->config.delays.service_association_ms, &association.resource);
    struct sim_about about = {.kind = LAT_RESOURCE_SERVICE_ASSOCIATION,
                              .id = ends.service->resource.id};
    if (sim_resource_insert(call, &sim_service_association_table, &association, in->tags, about) <
            0 ||
        sim_quota_enforce(call, SIM_QUOTA_SERVICE_ASSOCIATIONS_PER_NETWORK, association.network,
                          ends.network->resource.id) < 0)
        return -1;
    return sim_family_answer(call, &family, &association, output);
}

int sim_get_service_association(struct sim_call *call, const void *input, void *output)
{
    const struct lat_get_service_network_service_association_request *in = input;
    void *association = NULL;
    if (sim_family_find(call, &family, in->service_network_service_association_identifier,
                        &association) < 0)
        return -1;
    return sim_family_answer(call, &family, association, output);
}

/* The creator, and the owners of both ends. */
#define SEEN_BY_ENDS "(r.account = ?3 OR n.account = ?3 OR s.account = ?3)"
#define LISTED(who)                                                                                \
    "JOIN resource s ON s.seq = t.service JOIN resource n ON n.seq = t.network "                   \
    "WHERE " who " AND r.region = ?4 AND (?5 IS NULL OR s.id = ?5 OR s.arn = ?5) "                 \
    "AND (?6 IS NULL OR n.id = ?6 OR n.arn = ?6) AND r.seq > ?1 ORDER BY r.seq LIMIT ?2"

int sim_list_service_associations(struct sim_call *call, const void *input, void *output)
{
    const struct lat_list_service_network_service_associations_request *in = input;
    if (in->service_identifier == NULL && in->service_network_identifier == NULL)
        return sim_refuse(
            call, SIM_RULE_FILTER_REQUIRED,
            (struct sim_about){.detail = "serviceIdentifier and serviceNetworkIdentifier"});
    const char *tail = NULL;
    if (sim_share_tail(call, LISTED(SIM_SHARE_OWN), LISTED(SEEN_BY_ENDS), &tail) < 0)
        return -1;
    return sim_family_list(call, &family, input, tail,
                           SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region),
                                      sim_text(in->service_identifier),
                                      sim_text(in->service_network_identifier)),
                           output);
}

int sim_delete_service_association(struct sim_call *call, const void *input, void *output)
{
    const struct lat_delete_service_network_service_association_request *in = input;
    void *row = NULL;
    if (sim_family_find(call, &family, in->service_network_service_association_identifier, &row) <
        0)
        return -1;
    struct sim_service_association *association = row;
    if (lat_text_eq(association->resource.status, LAT_SERVICE_STATUS_CREATE_IN_PROGRESS))
        return sim_refuse(call, SIM_RULE_CREATION_IN_PROGRESS,
                          (struct sim_about){.kind = LAT_RESOURCE_SERVICE_ASSOCIATION,
                                             .id = association->resource.id});
    if (sim_resource_start_deletion(call, &association->resource,
                                    call->sim->config.delays.service_association_ms) < 0)
        return -1;
    return sim_family_answer(call, &family, association, output);
}
