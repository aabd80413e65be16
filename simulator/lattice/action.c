/* Actions of rules: forwards to weighted target groups, or a fixed response. The default action of
 * a listener is the action of its default rule. Source: lattice-api reference D.9, E.3. */
#include "common/base/text.h"
#include "simulator/engine/quota.h"
#include "simulator/engine/resource.h"
#include "simulator/lattice/handlers.h"
#include "simulator/lattice/shapes.h"

/* Weight of a target group that names none (documented for a single one, chosen for several). */
#define WEIGHT_DEFAULT 100

static bool is_tls(const struct sim_listener *listener)
{
    return lat_text_eq(listener->protocol, LAT_LISTENER_PROTOCOL_TLS_PASSTHROUGH);
}

/* TCP groups serve TLS_PASSTHROUGH listeners and nothing else; HTTP2 and GRPC need HTTPS
 * (documented). */
static int check_protocol(struct sim_call *call, const struct sim_listener *listener,
                          const struct sim_target_group *group)
{
    bool tcp = lat_text_eq(group->protocol, LAT_TARGET_GROUP_PROTOCOL_TCP);
    bool lambda = lat_text_eq(group->type, LAT_TARGET_GROUP_TYPE_LAMBDA);
    bool needs_https =
        lat_text_eq(group->protocol_version, LAT_TARGET_GROUP_PROTOCOL_VERSION_HTTP2) ||
        lat_text_eq(group->protocol_version, LAT_TARGET_GROUP_PROTOCOL_VERSION_GRPC);
    bool fits = is_tls(listener) ? tcp && !lambda : !tcp;
    if (needs_https && !lat_text_eq(listener->protocol, LAT_LISTENER_PROTOCOL_HTTPS))
        fits = false;
    if (fits)
        return 0;
    const char *protocol = needs_https ? group->protocol_version
                           : lambda    ? LAT_TARGET_GROUP_TYPE_LAMBDA
                                       : group->protocol;
    return sim_refuse(call, SIM_RULE_PROTOCOL_MISMATCH,
                      (struct sim_about){.kind = LAT_RESOURCE_TARGET_GROUP,
                                         .id = group->resource.id,
                                         .name = protocol,
                                         .detail = listener->protocol});
}

/* Which member of the request the action stood in: for the field name of a violation. */
static const char *action_field(const struct sim_rule *rule, struct sim_call *call,
                                const char *rest)
{
    return lat_arena_printf(call->arena, "%s.%s", rule->is_default ? "defaultAction" : "action",
                            rest);
}

/* Since when a target group has been in use, if it is. The forwards that a rule gives up for new
 * ones are still there, parked, so that an update makes no gap. */
static int read_use(struct sim_call *call, const struct sim_target_group *group, int64_t *ret)
{
    int64_t used = 0;
    if (sim_store_number(call->sim->store,
                         "SELECT min(used_ms) FROM rule_forward WHERE target_group = ?1",
                         SIM_VALUES(sim_int(group->resource.seq)), &used) < 0)
        return -1;
    *ret = used == 0 ? call->now_ms : used;
    return 0;
}

static int write_forward(struct sim_call *call, const struct sim_listener *listener,
                         const struct sim_rule *rule,
                         const struct lat_weighted_target_group *wanted, size_t position)
{
    struct sim_target_group *group = NULL;
    int64_t used_ms = 0;
    if (sim_target_group_find(call, wanted->target_group_identifier, &group) < 0 ||
        sim_resource_require_usable(call, LAT_RESOURCE_TARGET_GROUP, &group->resource) < 0 ||
        check_protocol(call, listener, group) < 0 || read_use(call, group, &used_ms) < 0)
        return -1;
    struct sim_rule_forward forward = {
        .rule = rule->resource.seq,
        .service = rule->service,
        .position = (int64_t)position,
        .target_group = group->resource.seq,
        .identifier = wanted->target_group_identifier,
        .weight = wanted->weight.has ? wanted->weight.value : WEIGHT_DEFAULT,
        .used_ms = used_ms,
    };
    if (sim_store_insert(call->sim->store, &sim_rule_forward_table, &forward) < 0)
        return sim_refuse_violation(
            call, (struct sim_about){.kind = LAT_RESOURCE_TARGET_GROUP, .id = group->resource.id});
    return 0;
}

static int write_fixed_response(struct sim_call *call, const struct sim_listener *listener,
                                struct sim_rule *rule,
                                const struct lat_fixed_response_action *fixed)
{
    struct sim_about about = {.kind = LAT_RESOURCE_LISTENER, .id = listener->resource.id};
    if (is_tls(listener))
        return sim_refuse(call, SIM_RULE_TLS_NEEDS_FORWARD, about);
    about.field = action_field(rule, call, "fixedResponse.statusCode");
    if (fixed->status_code.value != 404 && fixed->status_code.value != 500)
        return sim_refuse(call, SIM_RULE_FIXED_RESPONSE_CODE, about);
    rule->fixed_status = fixed->status_code.value;
    return 0;
}

int sim_action_write(struct sim_call *call, const struct sim_listener *listener,
                     struct sim_rule *rule, const struct lat_rule_action *action)
{
    rule->fixed_status = 0;
    struct sim_values key = SIM_VALUES(sim_int(rule->resource.seq));
    if (sim_store_run(call->sim->store,
                      "UPDATE rule_forward SET position = -1 - position WHERE rule = ?1", key,
                      NULL) < 0)
        return -1;
    if (action->fixed_response != NULL &&
        write_fixed_response(call, listener, rule, action->fixed_response) < 0)
        return -1;
    if (action->forward != NULL) {
        const struct lat_weighted_target_group *groups = action->forward->target_groups.items;
        for (size_t i = 0; i < action->forward->target_groups.count; i++)
            if (write_forward(call, listener, rule, &groups[i], i) < 0)
                return -1;
    }
    if (sim_store_run(call->sim->store, "DELETE FROM rule_forward WHERE rule = ?1 AND position < 0",
                      key, NULL) < 0 ||
        sim_store_update(call->sim->store, &sim_rule_table, rule) < 0)
        return -1;
    void *service = NULL;
    if (sim_resource_get(call, &sim_resource_table, rule->service, &service) < 0)
        return -1;
    return sim_quota_enforce(call, SIM_QUOTA_TARGET_GROUPS_PER_SERVICE, rule->service,
                             ((const struct sim_resource *)service)->id);
}

static const struct lat_rule_action *fixed_response(struct sim_call *call, int64_t status)
{
    struct lat_fixed_response_action *fixed =
        LAT_NEW(call->arena, struct lat_fixed_response_action);
    struct lat_rule_action *action = LAT_NEW(call->arena, struct lat_rule_action);
    fixed->status_code = LAT_INT(status);
    action->fixed_response = fixed;
    return action;
}

int sim_action_read(struct sim_call *call, const struct sim_rule *rule,
                    const struct lat_rule_action **ret)
{
    if (rule->fixed_status != 0) {
        *ret = fixed_response(call, rule->fixed_status);
        return 0;
    }
    void *rows = NULL;
    size_t count = 0;
    if (sim_store_rows(call->sim->store, call->arena, &sim_rule_forward_table,
                       "WHERE r.rule = ?1 ORDER BY r.position",
                       SIM_VALUES(sim_int(rule->resource.seq)), &rows, &count) < 0)
        return -1;
    const struct sim_rule_forward *forwards = rows;
    struct lat_weighted_target_group *groups =
        LAT_NEW_ARRAY(call->arena, struct lat_weighted_target_group, count);
    for (size_t i = 0; i < count; i++)
        groups[i] = (struct lat_weighted_target_group){
            .target_group_identifier =
                forwards[i].identifier, /* echoed as it was sent (observed) */
            .weight = LAT_INT(forwards[i].weight),
        };
    struct lat_forward_action *forward = LAT_NEW(call->arena, struct lat_forward_action);
    struct lat_rule_action *action = LAT_NEW(call->arena, struct lat_rule_action);
    forward->target_groups = LAT_LIST(groups, count);
    action->forward = forward;
    *ret = action;
    return 0;
}
