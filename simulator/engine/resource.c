/* Finding, making and deleting resources; see resource.h. */
#include "simulator/engine/resource.h"

#include "common/base/text.h"
#include "simulator/engine/lifecycle.h"
#include "simulator/engine/share.h"
#include "simulator/engine/tags.h"

#include <assert.h>
#include <string.h>

/* The real service's ids: a zero and sixteen hexadecimal digits satisfy every id pattern of the
 * model. */
#define ID_HEX_DIGITS 16

static int refuse_not_found(struct sim_call *call, enum lat_resource_kind_id kind,
                            const char *identifier)
{
    return sim_refuse(call, SIM_RULE_NOT_FOUND, (struct sim_about){.kind = kind, .id = identifier});
}

/* An association's ARN has the account of whoever looks at it. */
static bool is_arn_of(struct sim_call *call, const struct sim_resource *resource, const char *arn)
{
    return lat_text_eq(resource->arn, arn) || lat_text_eq(sim_share_arn(call, resource), arn);
}

int sim_resource_find(struct sim_call *call, const struct sim_table *table,
                      enum lat_resource_kind_id kind, const char *identifier, void **ret_row)
{
    void *row = NULL;
    struct lat_identifier parsed;
    enum sim_access access = SIM_ACCESS_NONE;
    if (lat_identifier_parse(call->arena, identifier, &parsed) < 0 || parsed.kind->id != kind)
        return refuse_not_found(call, kind, identifier);
    if (sim_store_row(call->sim->store, call->arena, table, "WHERE r.id = ?1 AND r.region = ?2",
                      SIM_VALUES(sim_text(parsed.id), sim_text(call->caller.region)), &row) < 0)
        return -1;
    const struct sim_resource *resource = row;
    if (row == NULL || (parsed.is_arn && !is_arn_of(call, resource, identifier)))
        return refuse_not_found(call, kind, identifier);
    if (sim_share_access(call, resource, &access) < 0)
        return -1;
    if (access == SIM_ACCESS_NONE)
        return refuse_not_found(call, kind, identifier);
    if (access == SIM_ACCESS_DENIED)
        return sim_share_deny(call, resource->arn);
    *ret_row = row;
    return 0;
}

int sim_resource_find_child(struct sim_call *call, const struct sim_table *table,
                            enum lat_resource_kind_id kind, const char *identifier,
                            const struct sim_resource *parent, void **ret_row)
{
    void *row = NULL;
    if (sim_resource_find(call, table, kind, identifier, &row) < 0)
        return -1;
    if (((const struct sim_resource *)row)->parent != parent->seq)
        return refuse_not_found(call, kind, identifier);
    *ret_row = row;
    return 0;
}

int sim_resource_get(struct sim_call *call, const struct sim_table *table, int64_t seq,
                     void **ret_row)
{
    void *row = NULL;
    if (sim_store_row(call->sim->store, call->arena, table, "WHERE r.seq = ?1",
                      SIM_VALUES(sim_int(seq)), &row) < 0)
        return -1;
    assert(row != NULL); /* a foreign key holds it */
    *ret_row = row;
    return 0;
}

void sim_resource_init(struct sim_call *call, enum lat_resource_kind_id kind_id,
                       const struct sim_resource *parent, const char *name, int64_t delay_ms,
                       struct sim_resource *ret)
{
    const struct lat_resource_kind *kind = &lat_resource_kinds[kind_id];
    const struct sim_config *config = &call->sim->config;
    char digits[ID_HEX_DIGITS + 1];
    lat_rng_hex(&call->sim->rng, ID_HEX_DIGITS, digits);
    const char *id = lat_arena_concat(call->arena, kind->id_prefix, "0", digits, NULL);
    const char *parent_part =
        parent == NULL ? ""
                       : lat_arena_concat(call->arena, lat_arn_resource(parent->arn), "/", NULL);
    *ret = (struct sim_resource){
        .id = id,
        .arn = lat_arn_format(call->arena, kind, config->partition, call->caller.region,
                              call->caller.account, parent_part, id),
        .kind = kind->arn_part,
        .account = call->caller.account,
        .region = call->caller.region,
        .parent = parent == NULL ? 0 : parent->seq,
        .name = name,
        .status = delay_ms < 0 ? NULL : LAT_SERVICE_STATUS_CREATE_IN_PROGRESS,
        .due_ms = delay_ms < 0 ? 0 : call->now_ms + delay_ms,
        .created_ms = call->now_ms,
        .updated_ms = call->now_ms,
    };
}

/* A creation that ends in the moment in which it begins is written as ended: nobody can look in
 * between, except what shall fail. */
static int ends_at_once(struct sim_call *call, const struct sim_resource *resource, bool *ret)
{
    *ret = false;
    if (!lat_text_eq(resource->status, LAT_SERVICE_STATUS_CREATE_IN_PROGRESS) ||
        resource->due_ms > call->now_ms)
        return 0;
    return sim_store_is_empty(call->sim->store, "failure", ret);
}

int sim_resource_insert(struct sim_call *call, const struct sim_table *table, void *row,
                        struct lat_list tags, struct sim_about about)
{
    struct sim_resource *resource = row;
    const struct sim_resource begun = *resource;
    bool at_once = false;
    if (ends_at_once(call, resource, &at_once) < 0)
        return -1;
    if (at_once) {
        resource->status = LAT_SERVICE_STATUS_ACTIVE;
        resource->due_ms = 0;
    }
    int64_t mark = sim_lifecycle_mark(call->sim);
    int result = sim_store_insert(call->sim->store, table, row);
    if (at_once)
        sim_lifecycle_unmoved(call->sim, mark);
    resource->status = begun.status; /* which the answer shows */
    resource->due_ms = begun.due_ms;
    if (result < 0)
        return sim_refuse_violation(call, about);
    return sim_tags_add(call, row, tags);
}

int sim_resource_update(struct sim_call *call, const struct sim_table *table, void *row)
{
    ((struct sim_resource *)row)->updated_ms = call->now_ms;
    return sim_store_update(call->sim->store, table, row);
}

int sim_resource_require_active(struct sim_call *call, enum lat_resource_kind_id kind,
                                const struct sim_resource *resource)
{
    if (lat_text_eq(resource->status, LAT_SERVICE_STATUS_ACTIVE))
        return 0;
    return sim_refuse(
        call, SIM_RULE_WRONG_STATUS,
        (struct sim_about){.kind = kind, .id = resource->id, .status = resource->status});
}

int sim_resource_require_settled(struct sim_call *call, enum lat_resource_kind_id kind,
                                 const struct sim_resource *resource)
{
    if (lat_text_eq(resource->status, LAT_RESOURCE_GATEWAY_STATUS_UPDATE_FAILED))
        return 0;
    return sim_resource_require_active(call, kind, resource);
}

int sim_resource_require_usable(struct sim_call *call, enum lat_resource_kind_id kind,
                                const struct sim_resource *resource)
{
    static const char *const lost[] = {LAT_SERVICE_STATUS_CREATE_FAILED,
                                       LAT_SERVICE_STATUS_DELETE_IN_PROGRESS,
                                       LAT_SERVICE_STATUS_DELETE_FAILED};
    for (size_t i = 0; i < LAT_COUNT(lost); i++)
        if (lat_text_eq(resource->status, lost[i]))
            return sim_refuse(
                call, SIM_RULE_WRONG_STATUS,
                (struct sim_about){.kind = kind, .id = resource->id, .status = resource->status});
    return 0;
}

int sim_resource_require_free(struct sim_call *call, enum lat_resource_kind_id kind,
                              const struct sim_resource *resource, const struct sim_holder *holders,
                              size_t holder_count)
{
    for (size_t i = 0; i < holder_count; i++) {
        int64_t count = 0;
        if (sim_store_number(call->sim->store, holders[i].sql, SIM_VALUES(sim_int(resource->seq)),
                             &count) < 0)
            return -1;
        if (count > 0)
            return sim_refuse(call, holders[i].rule,
                              (struct sim_about){.kind = kind, .id = resource->id});
    }
    return 0;
}

/* A new transition forgets how the last one failed. */
static void begin_transition(struct sim_call *call, struct sim_resource *resource,
                             const char *status, int64_t delay_ms)
{
    resource->status = status;
    resource->due_ms = call->now_ms + delay_ms;
    resource->failure_code = resource->failure_message = NULL;
}

void sim_resource_begin_update(struct sim_call *call, struct sim_resource *resource,
                               int64_t delay_ms)
{
    begin_transition(call, resource, LAT_RESOURCE_GATEWAY_STATUS_UPDATE_IN_PROGRESS, delay_ms);
}

int sim_resource_settle(struct sim_call *call, struct sim_resource *resource)
{
    int64_t failures = 0;
    if (sim_store_number(call->sim->store, "SELECT count(*) FROM failure WHERE resource = ?1",
                         SIM_VALUES(sim_int(resource->seq)), &failures) < 0)
        return -1;
    if (failures > 0)
        return 0;
    resource->status = LAT_SERVICE_STATUS_ACTIVE;
    resource->due_ms = 0;
    return sim_store_update(call->sim->store, &sim_resource_table, resource);
}

int sim_resource_start_deletion(struct sim_call *call, struct sim_resource *resource,
                                int64_t delay_ms)
{
    if (lat_text_eq(resource->status, LAT_SERVICE_STATUS_DELETE_IN_PROGRESS))
        return 0;
    begin_transition(call, resource, LAT_SERVICE_STATUS_DELETE_IN_PROGRESS, delay_ms);
    return sim_store_update(call->sim->store, &sim_resource_table, resource);
}

int sim_resource_delete(struct sim_call *call, const struct sim_resource *resource)
{
    return sim_store_run(call->sim->store, "DELETE FROM resource WHERE seq = ?1",
                         SIM_VALUES(sim_int(resource->seq)), NULL);
}
