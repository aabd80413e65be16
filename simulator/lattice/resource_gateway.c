/* Resource gateways. Creation and update end at once, deletion takes its time (documented by the
 * examples of the command line reference). Source: lattice-api reference D.12, F.1. */
#include "common/base/text.h"
#include "simulator/engine/document.h"
#include "simulator/engine/family.h"
#include "simulator/engine/outside.h"
#include "simulator/engine/quota.h"
#include "simulator/lattice/handlers.h"
#include "simulator/lattice/shapes.h"

#include <string.h>

#define IPV4_ADDRESSES_DEFAULT 16 /* documented */

/* The member is vpcId here and in the answer of an update, vpcIdentifier elsewhere (model). */
static int show(struct sim_call *call, const void *row, void *ret_view)
{
    const struct sim_resource_gateway *gateway = row;
    struct lat_get_resource_gateway_response *view = ret_view;
    *view = (struct lat_get_resource_gateway_response){
        .name = gateway->resource.name,
        .id = gateway->resource.id,
        .arn = gateway->resource.arn,
        .status = gateway->resource.status,
        .vpc_id = gateway->vpc_id,
        .subnet_ids = sim_texts_read(call, gateway->subnet_ids),
        .service_managed = LAT_BOOL(false),
        .security_group_ids = sim_texts_read(call, gateway->security_groups),
        .ip_address_type = gateway->ip_address_type,
        .ipv4_addresses_per_eni = {.has = gateway->ipv4_addresses_per_eni != 0,
                                   .value = gateway->ipv4_addresses_per_eni},
        .resource_config_dns_resolution = gateway->dns_resolution,
        .created_at = LAT_INT(gateway->resource.created_ms),
        .last_updated_at = LAT_INT(gateway->resource.updated_ms),
    };
    return 0;
}

static int add_to_summary(struct sim_call *call, const void *row, void *summary)
{
    const struct sim_resource_gateway *gateway = row;
    (void)call;
    ((struct lat_resource_gateway_summary *)summary)->vpc_identifier = gateway->vpc_id;
    return 0;
}

static const struct sim_family family = {
    .kind = LAT_RESOURCE_GATEWAY,
    .table = &sim_resource_gateway_table,
    .view = LAT_SHAPE_GET_RESOURCE_GATEWAY_RESPONSE,
    .summary = LAT_SHAPE_RESOURCE_GATEWAY_SUMMARY,
    .show = show,
    .add_to_summary = add_to_summary,
};

/* Both members are optional in the model and needed in practice (documented). */
static int check_required(struct sim_call *call,
                          const struct lat_create_resource_gateway_request *in)
{
    const struct {
        const char *member;
        bool present;
    } members[] = {
        {"vpcIdentifier", in->vpc_identifier != NULL},
        {"subnetIds", in->subnet_ids.count > 0},
    };
    for (size_t i = 0; i < LAT_COUNT(members); i++)
        if (!members[i].present)
            return sim_refuse(
                call, SIM_RULE_MEMBER_REQUIRED,
                (struct sim_about){.name = "resource gateways", .field = members[i].member});
    return 0;
}

/* The VPC's default group when none is given (documented); its id is made of the VPC's (chosen),
 * for the VPC itself is not faked. */
static struct lat_list security_groups(struct sim_call *call,
                                       const struct lat_create_resource_gateway_request *in)
{
    if (in->security_group_ids.count > 0)
        return in->security_group_ids;
    const char **ids = LAT_NEW_ARRAY(call->arena, const char *, 1);
    ids[0] = lat_arena_printf(call->arena, "sg-%s", in->vpc_identifier + strlen("vpc-"));
    return LAT_LIST(ids, 1);
}

static const char *or_default(const char *given, const char *fallback)
{
    return given == NULL ? fallback : given;
}

static struct sim_resource_gateway new_row(struct sim_call *call,
                                           const struct lat_create_resource_gateway_request *in)
{
    struct sim_resource_gateway gateway = {
        .vpc_id = in->vpc_identifier,
        .subnet_ids = sim_texts_write(call, in->subnet_ids),
        .security_groups = sim_texts_write(call, security_groups(call, in)),
        .ip_address_type =
            or_default(in->ip_address_type, LAT_RESOURCE_GATEWAY_IP_ADDRESS_TYPE_IPV4),
        .dns_resolution = or_default(in->resource_config_dns_resolution,
                                     LAT_RESOURCE_CONFIG_DNS_RESOLUTION_IN_VPC /* chosen */),
    };
    bool ipv6 = lat_text_eq(gateway.ip_address_type, LAT_RESOURCE_GATEWAY_IP_ADDRESS_TYPE_IPV6);
    gateway.ipv4_addresses_per_eni = in->ipv4_addresses_per_eni.has
                                         ? in->ipv4_addresses_per_eni.value
                                     : ipv6 ? 0 /* chosen: there is nothing to count */
                                            : IPV4_ADDRESSES_DEFAULT;
    return gateway;
}

int sim_create_resource_gateway(struct sim_call *call, const void *input, void *output)
{
    const struct lat_create_resource_gateway_request *in = input;
    struct lat_create_resource_gateway_response *out = output;
    if (check_required(call, in) < 0 ||
        sim_outside_require(call, SIM_OUTSIDE_VPC, in->vpc_identifier) < 0 ||
        sim_outside_require_each(call, SIM_OUTSIDE_SUBNET, in->subnet_ids) < 0 ||
        sim_outside_require_each(call, SIM_OUTSIDE_SECURITY_GROUP, in->security_group_ids) < 0)
        return -1;
    struct sim_resource_gateway gateway = new_row(call, in);
    sim_resource_init(call, LAT_RESOURCE_GATEWAY, NULL, in->name, 0, &gateway.resource);
    struct sim_about about = {.kind = LAT_RESOURCE_GATEWAY, .id = in->name, .name = in->name};
    if (sim_resource_insert(call, &sim_resource_gateway_table, &gateway, in->tags, about) < 0 ||
        sim_quota_enforce(call, SIM_QUOTA_GATEWAYS_PER_VPC, gateway.resource.seq,
                          in->vpc_identifier) < 0 ||
        sim_resource_settle(call, &gateway.resource) < 0)
        return -1;
    out->vpc_identifier = gateway.vpc_id;
    return sim_family_answer(call, &family, &gateway, output);
}

int sim_resource_gateway_find(struct sim_call *call, const char *identifier,
                              struct sim_resource_gateway **ret)
{
    void *row = NULL;
    if (sim_family_find(call, &family, identifier, &row) < 0)
        return -1;
    *ret = row;
    return 0;
}

int sim_get_resource_gateway(struct sim_call *call, const void *input, void *output)
{
    const struct lat_get_resource_gateway_request *in = input;
    struct sim_resource_gateway *gateway = NULL;
    if (sim_resource_gateway_find(call, in->resource_gateway_identifier, &gateway) < 0)
        return -1;
    return sim_family_answer(call, &family, gateway, output);
}

int sim_list_resource_gateways(struct sim_call *call, const void *input, void *output)
{
    return sim_family_list(
        call, &family, input,
        "WHERE r.account = ?3 AND r.region = ?4 AND r.kind = 'resourcegateway' "
        "AND r.seq > ?1 ORDER BY r.seq LIMIT ?2",
        SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region)), output);
}

int sim_update_resource_gateway(struct sim_call *call, const void *input, void *output)
{
    const struct lat_update_resource_gateway_request *in = input;
    struct sim_resource_gateway *gateway = NULL;
    if (sim_resource_gateway_find(call, in->resource_gateway_identifier, &gateway) < 0 ||
        sim_resource_require_settled(call, LAT_RESOURCE_GATEWAY, &gateway->resource) < 0 ||
        sim_outside_require_each(call, SIM_OUTSIDE_SECURITY_GROUP, in->security_group_ids) < 0)
        return -1;
    if (in->security_group_ids.has)
        gateway->security_groups = sim_texts_write(call, in->security_group_ids);
    sim_resource_begin_update(call, &gateway->resource, 0);
    if (sim_resource_update(call, &sim_resource_gateway_table, gateway) < 0 ||
        sim_resource_settle(call, &gateway->resource) < 0)
        return -1;
    return sim_family_answer(call, &family, gateway, output);
}

int sim_delete_resource_gateway(struct sim_call *call, const void *input, void *output)
{
    static const struct sim_holder holders[] = {
        {"SELECT count(*) FROM resource_configuration WHERE gateway = ?1", SIM_RULE_GATEWAY_IN_USE},
    };
    const struct lat_delete_resource_gateway_request *in = input;
    struct sim_resource_gateway *gateway = NULL;
    if (sim_resource_gateway_find(call, in->resource_gateway_identifier, &gateway) < 0 ||
        sim_resource_require_free(call, LAT_RESOURCE_GATEWAY, &gateway->resource, holders,
                                  LAT_COUNT(holders)) < 0 ||
        sim_resource_start_deletion(call, &gateway->resource,
                                    call->sim->config.delays.resource_gateway_ms) < 0)
        return -1;
    return sim_family_answer(call, &family, gateway, output);
}
