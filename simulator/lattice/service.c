/* Services. Source: lattice-api reference D.1, E.1, F.1; user guide for DNS names (documented). */
#include "simulator/engine/family.h"
#include "simulator/engine/outside.h"
#include "simulator/engine/quota.h"
#include "simulator/engine/share.h"
#include "simulator/lattice/handlers.h"
#include "simulator/lattice/shapes.h"

#include <string.h>

/* One fixed zone per Region; that of us-east-2 is documented, the others are chosen. */
#define HOSTED_ZONE_ID "Z09127221KTH2CFUOHIZH"
/* The partition id in generated names; the same in every Region that was seen (documented). */
#define DNS_PARTITION_ID "7d67968"

const struct lat_dns_entry *sim_service_dns(struct sim_call *call,
                                            const struct sim_service *service)
{
    struct lat_dns_entry *entry = LAT_NEW(call->arena, struct lat_dns_entry);
    *entry = (struct lat_dns_entry){.domain_name = service->dns_name,
                                    .hosted_zone_id = service->hosted_zone_id};
    return entry;
}

static int show(struct sim_call *call, const void *row, void *ret_view)
{
    const struct sim_service *service = row;
    struct lat_get_service_response *view = ret_view;
    *view = (struct lat_get_service_response){
        .id = service->resource.id,
        .name = service->resource.name,
        .arn = service->resource.arn,
        .created_at = LAT_INT(service->resource.created_ms),
        .last_updated_at = LAT_INT(service->resource.updated_ms),
        .dns_entry = sim_service_dns(call, service),
        .custom_domain_name = service->custom_domain_name,
        .certificate_arn = service->certificate_arn,
        .status = service->resource.status,
        .auth_type = service->auth_type,
        .failure_code = service->resource.failure_code,
        .failure_message = service->resource.failure_message,
    };
    return 0;
}

static const struct sim_family family = {
    .kind = LAT_RESOURCE_SERVICE,
    .table = &sim_service_table,
    .view = LAT_SHAPE_GET_SERVICE_RESPONSE,
    .summary = LAT_SHAPE_SERVICE_SUMMARY,
    .show = show,
};

int sim_service_find(struct sim_call *call, const char *identifier, struct sim_service **ret)
{
    void *row = NULL;
    if (sim_family_find(call, &family, identifier, &row) < 0)
        return -1;
    *ret = row;
    return 0;
}

int sim_create_service(struct sim_call *call, const void *input, void *output)
{
    const struct lat_create_service_request *in = input;
    struct sim_service service = {
        .auth_type = in->auth_type == NULL ? LAT_AUTH_TYPE_NONE : in->auth_type,
        .custom_domain_name = in->custom_domain_name,
        .certificate_arn = in->certificate_arn,
        .hosted_zone_id = HOSTED_ZONE_ID,
    };
    sim_resource_init(call, LAT_RESOURCE_SERVICE, NULL, in->name,
                      call->sim->config.delays.service_ms, &service.resource);
    service.dns_name = lat_arena_concat(
        call->arena, in->name, "-", service.resource.id + strlen("svc-"),
        "." DNS_PARTITION_ID ".vpc-lattice-svcs.", call->caller.region, ".on.aws", NULL);
    struct sim_about about = {.kind = LAT_RESOURCE_SERVICE, .id = in->name, .name = in->name};
    if (sim_outside_require(call, SIM_OUTSIDE_CERTIFICATE, in->certificate_arn) < 0 ||
        sim_resource_insert(call, &sim_service_table, &service, in->tags, about) < 0 ||
        sim_quota_enforce(call, SIM_QUOTA_SERVICES, 0, NULL) < 0)
        return -1;
    return sim_family_answer(call, &family, &service, output);
}

int sim_get_service(struct sim_call *call, const void *input, void *output)
{
    const struct lat_get_service_request *in = input;
    struct sim_service *service = NULL;
    if (sim_service_find(call, in->service_identifier, &service) < 0)
        return -1;
    return sim_family_answer(call, &family, service, output);
}

#define LISTED(who)                                                                                \
    "WHERE " who " AND r.region = ?4 AND r.kind = 'service' AND r.seq > ?1 ORDER BY r.seq LIMIT "  \
    "?2"

int sim_list_services(struct sim_call *call, const void *input, void *output)
{
    const char *tail = NULL;
    if (sim_share_tail(call, LISTED(SIM_SHARE_OWN), LISTED(SIM_SHARE_SHARED), &tail) < 0)
        return -1;
    return sim_family_list(
        call, &family, input, tail,
        SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region)), output);
}

int sim_update_service(struct sim_call *call, const void *input, void *output)
{
    const struct lat_update_service_request *in = input;
    struct sim_service *service = NULL;
    if (sim_service_find(call, in->service_identifier, &service) < 0 ||
        sim_resource_require_active(call, LAT_RESOURCE_SERVICE, &service->resource) < 0 ||
        sim_outside_require(call, SIM_OUTSIDE_CERTIFICATE, in->certificate_arn) < 0)
        return -1;
    if (in->auth_type != NULL)
        service->auth_type = in->auth_type;
    if (in->certificate_arn != NULL) /* chosen: the empty text removes the certificate */
        service->certificate_arn = in->certificate_arn[0] == '\0' ? NULL : in->certificate_arn;
    if (sim_resource_update(call, &sim_service_table, service) < 0)
        return -1;
    return sim_family_answer(call, &family, service, output);
}

/* A service goes with its listeners and rules, and lets go of its target groups, as soon as the
 * deletion is accepted (chosen); only its own row waits for the end. */
static int release_children(struct sim_call *call, const struct sim_service *service)
{
    return sim_store_run(call->sim->store, "DELETE FROM resource WHERE parent = ?1",
                         SIM_VALUES(sim_int(service->resource.seq)), NULL);
}

int sim_delete_service(struct sim_call *call, const void *input, void *output)
{
    const struct lat_delete_service_request *in = input;
    struct sim_service *service = NULL;
    int64_t associations = 0;
    if (sim_service_find(call, in->service_identifier, &service) < 0 ||
        sim_store_number(call->sim->store,
                         "SELECT count(*) FROM service_association WHERE service = ?1",
                         SIM_VALUES(sim_int(service->resource.seq)), &associations) < 0)
        return -1;
    if (associations > 0)
        return sim_refuse(
            call, SIM_RULE_SERVICE_ASSOCIATED,
            (struct sim_about){.kind = LAT_RESOURCE_SERVICE, .id = service->resource.id});
    if (release_children(call, service) < 0 ||
        sim_resource_start_deletion(call, &service->resource, call->sim->config.delays.service_ms) <
            0)
        return -1;
    return sim_family_answer(call, &family, service, output);
}
