/* Targets: registration, draining, and the health that follows from the clock.
 * Source: lattice-api reference D.8, E.5 (statuses documented, timing chosen). */
#include "common/aws/model.h"
#include "common/base/text.h"
#include "simulator/engine/fault.h"
#include "simulator/engine/health.h"
#include "simulator/engine/quota.h"
#include "simulator/engine/resource.h"
#include "simulator/lattice/handlers.h"
#include "simulator/lattice/resource_definition.h"
#include "simulator/lattice/shapes.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#define ENTRY_FAULT_CODE "InternalError" /* chosen: of an entry that a fault rule spoils */

/* Why an address does not fit; NULL when it does. Only IPv4 tells private addresses from routable
 * ones; loopback is let in for targets that are really probed (chosen). */
static const char *misfit_address(const struct sim_target_group *group, const char *id)
{
    struct in_addr v4;
    struct in6_addr v6;
    bool is_v6 = lat_text_eq(group->ip_address_type, LAT_IP_ADDRESS_TYPE_IPV6);
    if (is_v6 ? inet_pton(AF_INET6, id, &v6) != 1 : inet_pton(AF_INET, id, &v4) != 1)
        return "The target is not an IP address of the target group's address type";
    if (is_v6 || sim_is_private_address(ntohl(v4.s_addr)) ||
        ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET)
        return NULL;
    return "The target is a publicly routable IP address";
}

/* Why a target does not fit its group; NULL when it does. */
static const char *misfit(const struct sim_target_group *group, const struct lat_target *target)
{
    static const struct {
        const char *type, *prefix, *text;
    } forms[] = {
        {LAT_TARGET_GROUP_TYPE_INSTANCE, "i-", "The target is not an instance id"},
        {LAT_TARGET_GROUP_TYPE_LAMBDA, "arn:", "The target is not a function ARN"},
        {LAT_TARGET_GROUP_TYPE_ALB, "arn:", "The target is not a load balancer ARN"},
    };
    for (size_t i = 0; i < LAT_COUNT(forms); i++)
        if (lat_text_eq(forms[i].type, group->type))
            return lat_text_has_prefix(target->id, forms[i].prefix) ? NULL : forms[i].text;
    return misfit_address(group, target->id);
}

/* The same, with what is registered already: a function or a load balancer is alone in its group
 * (documented; that a second one is reported by itself is chosen). */
static int judge_target(struct sim_call *call, const struct sim_target_group *group,
                        const struct lat_target *target, const char **ret_reason)
{
    int64_t others = 0;
    bool alone = lat_text_eq(group->type, LAT_TARGET_GROUP_TYPE_LAMBDA) ||
                 lat_text_eq(group->type, LAT_TARGET_GROUP_TYPE_ALB);
    if (alone && sim_store_number(call->sim->store,
                                  "SELECT count(*) FROM target WHERE target_group = ?1 "
                                  "AND target_id <> ?2 AND drained_ms IS NULL",
                                  SIM_VALUES(sim_int(group->resource.seq), sim_text(target->id)),
                                  &others) < 0)
        return -1;
    *ret_reason =
        others > 0 ? "A target group of this type has one target only" : misfit(group, target);
    return 0;
}

/* The port that identifies a target: its own, or its group's. */
static int64_t port_of(const struct sim_target_group *group, const struct lat_target *target)
{
    return target->port.has ? target->port.value : group->port;
}

static int register_one(struct sim_call *call, const struct sim_target_group *group,
                        const struct lat_target *target)
{
    /* A pair that drains is revived; one that is registered stays as it is (documented). */
    return sim_store_run(call->sim->store,
                         "INSERT INTO target (target_group, target_id, port, registered_ms) "
                         "VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET drained_ms = NULL, "
                         "registered_ms = excluded.registered_ms, health = NULL, streak = 0, "
                         "judged_ms = NULL WHERE drained_ms IS NOT NULL",
                         SIM_VALUES(sim_int(group->resource.seq), sim_text(target->id),
                                    sim_int(port_of(group, target)), sim_int(call->now_ms)),
                         NULL);
}

/* Entries of an answer about single targets. */
struct results {
    struct lat_target *successful;
    struct lat_target_failure *unsuccessful;
    size_t successful_count, unsuccessful_count;
};

static struct results results_new(struct sim_call *call, size_t count)
{
    return (struct results){
        .successful = LAT_NEW_ARRAY(call->arena, struct lat_target, count),
        .unsuccessful = LAT_NEW_ARRAY(call->arena, struct lat_target_failure, count),
    };
}

static void add_result(struct results *results, const struct sim_target_group *group,
                       const struct lat_target *target, const char *failure_code,
                       const char *failure_message)
{
    int64_t port = port_of(group, target);
    struct lat_opt_int shown = {.has = port != 0, .value = port};
    if (failure_code == NULL)
        results->successful[results->successful_count++] =
            (struct lat_target){.id = target->id, .port = shown};
    else
        results->unsuccessful[results->unsuccessful_count++] =
            (struct lat_target_failure){.id = target->id,
                                        .port = shown,
                                        .failure_code = failure_code,
                                        .failure_message = failure_message};
}

int sim_register_targets(struct sim_call *call, const void *input, void *output)
{
    const struct lat_register_targets_request *in = input;
    struct lat_register_targets_response *out = output;
    struct sim_target_group *group = NULL;
    if (sim_target_group_find(call, in->target_group_identifier, &group) < 0 ||
        sim_resource_require_active(call, LAT_RESOURCE_TARGET_GROUP, &group->resource) < 0)
        return -1;
    const struct lat_target *targets = in->targets.items;
    struct results results = results_new(call, in->targets.count);
    for (size_t i = 0; i < in->targets.count; i++) {
        const char *reason = NULL;
        if (judge_target(call, group, &targets[i], &reason) < 0)
            return -1;
        const char *code = reason == NULL ? NULL : "UnsupportedTarget";
        sim_fault_spoils(call, i, ENTRY_FAULT_CODE, &code, &reason);
        if (code == NULL && register_one(call, group, &targets[i]) < 0)
            return -1;
        add_result(&results, group, &targets[i], code, reason);
    }
    if (sim_quota_enforce(call, SIM_QUOTA_TARGETS_PER_TARGET_GROUP, group->resource.seq,
                          group->resource.id) < 0)
        return -1;
    out->successful = LAT_LIST(results.successful, results.successful_count);
    out->unsuccessful = LAT_LIST(results.unsuccessful, results.unsuccessful_count);
    return 0;
}

static int is_in_use(struct sim_call *call, const struct sim_target_group *group, bool *ret)
{
    int64_t uses = 0;
    if (sim_store_number(call->sim->store,
                         "SELECT EXISTS (SELECT 1 FROM rule_forward WHERE target_group = ?1)",
                         SIM_VALUES(sim_int(group->resource.seq)), &uses) < 0)
        return -1;
    *ret = uses > 0;
    return 0;
}

/* Takes a target out: it drains while its group is in use, and goes at once otherwise (chosen). */
static int deregister_one(struct sim_call *call, const struct sim_target_group *group,
                          const struct lat_target *target, bool drains, bool *ret_found)
{
    struct sim_values values = SIM_VALUES(
        sim_int(group->resource.seq), sim_text(target->id), sim_int(port_of(group, target)),
        sim_int(call->now_ms + call->sim->config.delays.drain_ms));
    int64_t changed = 0;
    int done = drains ? sim_store_run(call->sim->store,
                                      "UPDATE target SET drained_ms = ifnull(drained_ms, ?4) "
                                      "WHERE target_group = ?1 AND target_id = ?2 AND port = ?3",
                                      values, &changed)
                      : sim_store_run(call->sim->store,
                                      "DELETE FROM target WHERE target_group = ?1 "
                                      "AND target_id = ?2 AND port = ?3 AND ?4 IS NOT NULL",
                                      values, &changed);
    *ret_found = changed > 0;
    return done;
}

int sim_deregister_targets(struct sim_call *call, const void *input, void *output)
{
    const struct lat_deregister_targets_request *in = input;
    struct lat_deregister_targets_response *out = output;
    struct sim_target_group *group = NULL;
    bool drains = false;
    if (sim_target_group_find(call, in->target_group_identifier, &group) < 0 ||
        sim_resource_require_active(call, LAT_RESOURCE_TARGET_GROUP, &group->resource) < 0 ||
        is_in_use(call, group, &drains) < 0)
        return -1;
    const struct lat_target *targets = in->targets.items;
    struct results results = results_new(call, in->targets.count);
    for (size_t i = 0; i < in->targets.count; i++) {
        bool found = false;
        const char *code = NULL, *reason = "The target is not registered with the target group";
        if (!sim_fault_spoils(call, i, ENTRY_FAULT_CODE, &code, &reason)) {
            if (deregister_one(call, group, &targets[i], drains, &found) < 0)
                return -1;
            code = found ? NULL : "TargetNotFound";
        }
        add_result(&results, group, &targets[i], code, reason);
    }
    out->successful = LAT_LIST(results.successful, results.successful_count);
    out->unsuccessful = LAT_LIST(results.unsuccessful, results.unsuccessful_count);
    return 0;
}

/* Whether a target passes the filter of the request: none, its id, or its id and port. */
static bool is_wanted(const struct sim_target *target, struct lat_list filter)
{
    const struct lat_target *wanted = filter.items;
    for (size_t i = 0; i < filter.count; i++)
        if (lat_text_eq(wanted[i].id, target->target_id) &&
            (!wanted[i].port.has || wanted[i].port.value == target->port))
            return true;
    return filter.count == 0;
}

int sim_list_targets(struct sim_call *call, const void *input, void *output)
{
    const struct lat_list_targets_request *in = input;
    struct lat_list_targets_response *out = output;
    struct sim_target_group *group = NULL;
    struct sim_page page;
    struct sim_health_facts facts;
    void *rows = NULL;
    size_t count = 0, wanted = 0;
    if (sim_target_group_find(call, in->target_group_identifier, &group) < 0 ||
        sim_health_facts_read(call, group, &facts) < 0 ||
        sim_page_begin(call, in->max_results, in->next_token, &page) < 0)
        return -1;
    bool filtered = in->targets.count > 0;
    if (sim_store_rows(call->sim->store, call->arena, &sim_target_table,
                       "WHERE r.target_group = ?1 AND r.seq > ?2 ORDER BY r.seq LIMIT ?3",
                       SIM_VALUES(sim_int(group->resource.seq), sim_int(page.after),
                                  sim_int(filtered ? -1 /* no limit */ : page.fetch)),
                       &rows, &count) < 0)
        return -1;
    struct sim_target *targets = rows;
    for (size_t i = 0; i < count; i++)
        if (is_wanted(&targets[i], in->targets))
            targets[wanted++] = targets[i];
    count = sim_page_end(call, &page, &sim_target_table, rows, wanted, &out->next_token);
    struct lat_target_summary *items = LAT_NEW_ARRAY(call->arena, struct lat_target_summary, count);
    for (size_t i = 0; i < count; i++) {
        items[i].id = targets[i].target_id;
        items[i].port = (struct lat_opt_int){.has = targets[i].port != 0, .value = targets[i].port};
        struct sim_judgement judgement =
            sim_health_judge(&targets[i], &facts,
                             sim_health_is_probed(call->sim, &targets[i], &facts), call->now_ms);
        items[i].status = judgement.status;
        items[i].reason_code = judgement.reason;
    }
    out->items = LAT_LIST(items, count);
    return 0;
}
