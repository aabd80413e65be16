/* Transitions that time makes; see lifecycle.h. */
#include "simulator/engine/lifecycle.h"

const struct sim_delays sim_delays_instant = {0};

/* Orders of magnitude that users report; see docs/divergence.md. */
const struct sim_delays sim_delays_real = {
    .service_ms = 1000,
    .target_group_ms = 2000,
    .service_association_ms = 15000,
    .vpc_association_ms = 60000,
    .resource_association_ms = 15000,
    .resource_gateway_ms = 10000,
    .resource_configuration_ms = 2000,
    .domain_verification_ms = 30000,
    .health_check_ms = 30000,
    .drain_ms = 60000,
};

static const char next_due_sql[] =
    "SELECT min(due) FROM (SELECT min(due_ms) AS due FROM resource WHERE due_ms IS NOT NULL "
    "UNION ALL SELECT min(drained_ms) FROM target WHERE drained_ms IS NOT NULL)";

static int apply(struct sim_store *store, int64_t now_ms)
{
    static const char *const steps[] = {
        /* What shall fail fails; what is left then succeeds. */
        "UPDATE resource SET (status, failure_code, failure_message, due_ms) = "
        "(SELECT f.status, f.code, f.message, NULL FROM failure f "
        "WHERE f.resource = resource.seq) WHERE due_ms <= ?1 "
        "AND seq IN (SELECT resource FROM failure WHERE resource IS NOT NULL)",
        "DELETE FROM failure WHERE resource IN (SELECT seq FROM resource WHERE due_ms IS NULL)",
        "UPDATE resource SET status = 'ACTIVE', due_ms = NULL "
        "WHERE due_ms <= ?1 AND status IN ('CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS')",
        "UPDATE domain_verification SET last_verified_ms = "
        "(SELECT due_ms FROM resource r WHERE r.seq = domain_verification.seq) "
        "WHERE seq IN (SELECT seq FROM resource WHERE due_ms <= ?1 AND status = 'PENDING')",
        "UPDATE resource SET status = 'VERIFIED', due_ms = NULL "
        "WHERE due_ms <= ?1 AND status = 'PENDING'",
        "DELETE FROM target WHERE drained_ms <= ?1",
        /* Associations first: they hold what they join. */
        "DELETE FROM resource WHERE due_ms <= ?1 AND status = 'DELETE_IN_PROGRESS' "
        "AND kind LIKE '%association'",
        "DELETE FROM resource WHERE due_ms <= ?1 AND status = 'DELETE_IN_PROGRESS'",
    };
    for (size_t i = 0; i < LAT_COUNT(steps); i++)
        if (sim_store_run(store, steps[i], SIM_VALUES(sim_int(now_ms)), NULL) < 0)
            return -1;
    return 0;
}

int sim_lifecycle_advance(struct sim *sim, int64_t now_ms)
{
    int64_t due = 0;
    if (sim_store_number(sim->store, next_due_sql, SIM_NONE, &due) < 0)
        return -1;
    if (due == 0 || due > now_ms)
        return 0;
    if (sim_store_begin(sim->store) < 0)
        return -1;
    if (apply(sim->store, now_ms) < 0 || sim_store_commit(sim->store) < 0) {
        sim_store_rollback(sim->store);
        return -1;
    }
    return 0;
}

int sim_lifecycle_next(struct sim *sim, int64_t *ret_ms)
{
    int64_t due = 0;
    if (sim_store_number(sim->store, next_due_sql, SIM_NONE, &due) < 0)
        return -1;
    *ret_ms = due == 0 ? -1 : due;
    return 0;
}
