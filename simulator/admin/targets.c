/* POST /_lattice/targets: from now on the health checks of a target, or of all targets of a group,
 * fail or pass. What that means for their status follows from thresholds and clock. */
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/admin/admin_int.h"
#include "simulator/engine/health.h"
#include "simulator/engine/lifecycle.h"

static int find_group(struct sim_admin_call *call, struct sim_target_group **ret)
{
    void *row = NULL;
    if (sim_store_row(
            call->sim->store, call->arena, &sim_target_group_table, "WHERE r.id = ?1 OR r.arn = ?1",
            SIM_VALUES(sim_text(lat_json_string_at(call->input, "targetGroup", ""))), &row) < 0)
        return -1;
    *ret = row;
    return 0;
}

/* Settles what the checks said up to now, then turns the verdict. */
static int turn(struct sim_admin_call *call, const struct sim_target *target,
                const struct sim_health_facts *facts, bool healthy)
{
    struct sim_health health =
        sim_health_at(target, facts, sim_health_is_probed(call->sim, target, facts),
                      lat_clock_now_ms(&call->sim->clock));
    health.failing = !healthy;
    return sim_health_write(call->sim, target->seq, &health);
}

static int turn_all(struct sim_admin_call *call, const struct sim_target_group *group,
                    int64_t *ret_count)
{
    struct sim_call inner = {.sim = call->sim, .arena = call->arena};
    int64_t port = lat_json_int_at(call->input, "port", 0);
    const char *id = lat_json_string_at(call->input, "target", NULL);
    bool healthy = lat_json_bool_at(call->input, "healthy", true);
    struct sim_health_facts facts;
    void *rows = NULL;
    size_t count = 0;
    if (sim_health_facts_read(&inner, group, &facts) < 0 ||
        sim_store_rows(call->sim->store, call->arena, &sim_target_table,
                       "WHERE r.target_group = ?1 AND (?2 IS NULL OR r.target_id = ?2) "
                       "AND (?3 = 0 OR r.port = ?3) ORDER BY r.seq",
                       SIM_VALUES(sim_int(group->resource.seq), sim_text(id), sim_int(port)), &rows,
                       &count) < 0)
        return -1;
    const struct sim_target *targets = rows;
    for (size_t i = 0; i < count; i++)
        if (turn(call, &targets[i], &facts, healthy) < 0)
            return -1;
    *ret_count = (int64_t)count;
    return 0;
}

void sim_admin_turn_targets(struct sim_admin_call *call)
{
    struct sim_store *store = call->sim->store;
    struct sim_target_group *group = NULL;
    int64_t count = 0;
    if (!json_is_boolean(json_object_get(call->input, "healthy"))) {
        sim_admin_refuse(call, 400, "healthy must be true or false");
        return;
    }
    bool done = sim_lifecycle_advance(call->sim, lat_clock_now_ms(&call->sim->clock)) == 0 &&
                sim_store_begin(store) == 0 && find_group(call, &group) == 0 &&
                (group == NULL || turn_all(call, group, &count) == 0) &&
                sim_store_commit(store) == 0;
    if (!done) {
        sim_store_rollback(store);
        sim_admin_refuse(call, 500, "the store failed");
    } else if (count == 0) {
        sim_admin_refuse(call, 404, "no such target is registered with such a targetGroup");
    } else {
        sim_admin_answer(call, 200, json_pack("{s:I}", "targets", (json_int_t)count));
    }
}
