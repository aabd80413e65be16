/* Access across accounts; see share.h. */
#include "simulator/engine/share.h"

#include "common/base/text.h"

#include <string.h>

#define ACCOUNT_DIGITS 12

/* What may be done with a resource that is shared with the caller (documented). */
static const char *const sharee_operations[] = {
    "GetService",
    "GetServiceNetwork",
    "GetResourceConfiguration",
    "CreateServiceNetworkServiceAssociation",
    "CreateServiceNetworkVpcAssociation",
    "CreateServiceNetworkResourceAssociation",
    "ListServiceNetworkVpcEndpointAssociations", /* chosen: of its own endpoints */
};

/* Associations: which owners the caller is, 2 for the network's and 1 for the other end's. */
static const struct {
    enum lat_resource_kind_id kind;
    const char *owner_sql;
} associations[] = {
    {LAT_RESOURCE_SERVICE_ASSOCIATION,
     "SELECT 2 * (n.account = ?2) + (e.account = ?2) FROM service_association a "
     "JOIN resource n ON n.seq = a.network JOIN resource e ON e.seq = a.service WHERE a.seq = ?1"},
    {LAT_RESOURCE_VPC_ASSOCIATION, "SELECT 2 * (n.account = ?2) FROM vpc_association a "
                                   "JOIN resource n ON n.seq = a.network WHERE a.seq = ?1"},
    {LAT_RESOURCE_ASSOCIATION,
     "SELECT 2 * (n.account = ?2) + (e.account = ?2) FROM resource_association a "
     "JOIN resource n ON n.seq = a.network JOIN resource e ON e.seq = a.configuration "
     "WHERE a.seq = ?1"},
    /* Either side may let a VPC endpoint go (chosen, as the creator and the network's owner may).
     */
    {LAT_RESOURCE_ENDPOINT_ASSOCIATION, "SELECT 2 * (a.owner = ?2) FROM endpoint_association a "
                                        "WHERE a.seq = ?1"},
};

static bool is_sharee_operation(const char *operation)
{
    for (size_t i = 0; i < LAT_COUNT(sharee_operations); i++)
        if (lat_text_eq(sharee_operations[i], operation))
            return true;
    return false;
}

static int association_access(struct sim_call *call, const struct sim_resource *resource,
                              const char *owner_sql, enum sim_access *ret)
{
    int64_t owned = 0;
    if (sim_store_number(call->sim->store, owner_sql,
                         SIM_VALUES(sim_int(resource->seq), sim_text(call->caller.account)),
                         &owned) < 0)
        return -1;
    bool reads = lat_text_has_prefix(call->operation, "Get");
    bool deletes = lat_text_has_prefix(call->operation, "Delete");
    if (owned == 0)
        *ret = SIM_ACCESS_NONE;
    else
        *ret = reads || (deletes && owned >= 2) ? SIM_ACCESS_FULL : SIM_ACCESS_DENIED;
    return 0;
}

int sim_share_access(struct sim_call *call, const struct sim_resource *resource,
                     enum sim_access *ret)
{
    int64_t shared = 0;
    if (lat_text_eq(resource->account, call->caller.account)) {
        *ret = SIM_ACCESS_FULL;
        return 0;
    }
    for (size_t i = 0; i < LAT_COUNT(associations); i++)
        if (lat_text_eq(lat_resource_kinds[associations[i].kind].arn_part, resource->kind))
            return association_access(call, resource, associations[i].owner_sql, ret);
    if (sim_store_number(call->sim->store,
                         "SELECT count(*) FROM share WHERE resource = ?1 AND account = ?2 "
                         "AND ended_ms IS NULL",
                         SIM_VALUES(sim_int(resource->seq), sim_text(call->caller.account)),
                         &shared) < 0)
        return -1;
    if (shared == 0)
        *ret = SIM_ACCESS_NONE;
    else
        *ret = is_sharee_operation(call->operation) ? SIM_ACCESS_FULL : SIM_ACCESS_DENIED;
    return 0;
}

int sim_share_deny(struct sim_call *call, const char *arn)
{
    /* The permission of a batch is that of its single updates (documented). */
    const char *action =
        lat_text_eq(call->operation, "BatchUpdateRule") ? "UpdateRule" : call->operation;
    return sim_refuse(call, SIM_RULE_ACCESS_DENIED,
                      (struct sim_about){.id = arn, .name = action, .detail = call->caller.arn});
}

int sim_share_require_end(struct sim_call *call, const struct sim_resource *one,
                          const struct sim_resource *other)
{
    if (lat_text_eq(one->account, call->caller.account) ||
        lat_text_eq(other->account, call->caller.account))
        return 0;
    return sim_share_deny(call, other->arn);
}

const char *sim_share_arn(struct sim_call *call, const struct sim_resource *resource)
{
    if (lat_text_eq(resource->account, call->caller.account))
        return resource->arn;
    const char *rest = lat_arn_resource(resource->arn);
    size_t before = (size_t)(rest - resource->arn) - ACCOUNT_DIGITS - 1;
    return lat_arena_printf(call->arena, "%.*s%s:%s", (int)before, resource->arn,
                            call->caller.account, rest);
}

int sim_share_tail(struct sim_call *call, const char *own, const char *shared, const char **ret)
{
    bool none = false;
    if (sim_store_is_empty(call->sim->store, "share", &none) < 0)
        return -1;
    *ret = none ? own : shared;
    return 0;
}
