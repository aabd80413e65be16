/* Transitions that time makes; see lifecycle.h. */
#include "simulator/engine/lifecycle.h"

#include "common/base/text.h"

#include <string.h>

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

#define CLOCK_OF_RESOURCES 0

/* What comes due by itself, by table. */
static const struct {
    const char *table;
    const char *sql;
} clocks[SIM_CLOCKS] = {
    [CLOCK_OF_RESOURCES] = {"resource",
                            "SELECT min(due_ms) FROM resource WHERE due_ms IS NOT NULL"},
    {"target", "SELECT min(drained_ms) FROM target WHERE drained_ms IS NOT NULL"},
};

/* What is due, in words: statuses of resources that wait for their end, and these two. */
#define DUE_FAILURE "failure"
#define DUE_DRAINED "drained"

static const char due_words_sql[] =
    "SELECT group_concat(word) FROM (SELECT DISTINCT status AS word FROM resource "
    "WHERE due_ms <= ?1 UNION ALL "
    "SELECT '" DUE_FAILURE "' WHERE EXISTS (SELECT 1 FROM failure WHERE resource IS NOT NULL) "
    "UNION ALL "
    "SELECT '" DUE_DRAINED "' WHERE EXISTS (SELECT 1 FROM target WHERE drained_ms <= ?1))";

/* In this order; a step is taken when its word is among those that are due. */
static const struct {
    const char *word;
    const char *sql;
} steps[] = {
    /* What shall fail fails; what is left then succeeds. */
    {DUE_FAILURE, "UPDATE resource SET (status, failure_code, failure_message, due_ms) = "
                  "(SELECT f.status, f.code, f.message, NULL FROM failure f "
                  "WHERE f.resource = resource.seq) WHERE due_ms <= ?1 "
                  "AND seq IN (SELECT resource FROM failure WHERE resource IS NOT NULL)"},
    {DUE_FAILURE,
     "DELETE FROM failure WHERE resource IN (SELECT seq FROM resource WHERE due_ms IS NULL)"},
    {"CREATE_IN_PROGRESS", "UPDATE resource SET status = 'ACTIVE', due_ms = NULL "
                           "WHERE due_ms <= ?1 AND status = 'CREATE_IN_PROGRESS'"},
    {"UPDATE_IN_PROGRESS", "UPDATE resource SET status = 'ACTIVE', due_ms = NULL "
                           "WHERE due_ms <= ?1 AND status = 'UPDATE_IN_PROGRESS'"},
    {"PENDING", "UPDATE domain_verification SET last_verified_ms = "
                "(SELECT due_ms FROM resource r WHERE r.seq = domain_verification.seq) "
                "WHERE seq IN (SELECT seq FROM resource WHERE due_ms <= ?1 "
                "AND status = 'PENDING')"},
    {"PENDING", "UPDATE resource SET status = 'VERIFIED', due_ms = NULL "
                "WHERE due_ms <= ?1 AND status = 'PENDING'"},
    {DUE_DRAINED, "DELETE FROM target WHERE drained_ms <= ?1"},
    /* Associations first: they hold what they join. */
    {"DELETE_IN_PROGRESS", "DELETE FROM resource WHERE due_ms <= ?1 "
                           "AND status = 'DELETE_IN_PROGRESS' AND kind LIKE '%association'"},
    {"DELETE_IN_PROGRESS",
     "DELETE FROM resource WHERE due_ms <= ?1 AND status = 'DELETE_IN_PROGRESS'"},
};

static int apply(struct sim_store *store, const char *words, int64_t now_ms)
{
    for (size_t i = 0; i < LAT_COUNT(steps); i++)
        if (strstr(words, steps[i].word) != NULL &&
            sim_store_run(store, steps[i].sql, SIM_VALUES(sim_int(now_ms)), NULL) < 0)
            return -1;
    return 0;
}

/* The first moment at which something of a table is due, 0 for never: asked again only after a
 * write to it. */
static int read_clock(struct sim *sim, size_t index, int64_t *ret_ms)
{
    struct sim_due *due = &sim->due[index];
    int64_t writes = sim_store_table_writes(sim->store, clocks[index].table);
    if (!due->is_known || due->writes != writes) {
        if (sim_store_number(sim->store, clocks[index].sql, SIM_NONE, &due->at_ms) < 0)
            return -1;
        due->is_known = true;
        due->writes = writes;
    }
    *ret_ms = due->at_ms;
    return 0;
}

int64_t sim_lifecycle_mark(const struct sim *sim)
{
    const struct sim_due *due = &sim->due[CLOCK_OF_RESOURCES];
    bool is_fresh =
        due->is_known &&
        due->writes == sim_store_table_writes(sim->store, clocks[CLOCK_OF_RESOURCES].table);
    return is_fresh ? due->writes : -1;
}

void sim_lifecycle_unmoved(struct sim *sim, int64_t mark)
{
    struct sim_due *due = &sim->due[CLOCK_OF_RESOURCES];
    if (due->is_known && due->writes == mark)
        due->writes = sim_store_table_writes(sim->store, clocks[CLOCK_OF_RESOURCES].table);
}

static int read_due(struct sim *sim, int64_t *ret_ms)
{
    *ret_ms = 0;
    for (size_t i = 0; i < SIM_CLOCKS; i++) {
        int64_t due = 0;
        if (read_clock(sim, i, &due) < 0)
            return -1;
        if (due != 0 && (*ret_ms == 0 || due < *ret_ms))
            *ret_ms = due;
    }
    return 0;
}

int sim_lifecycle_advance(struct sim *sim, int64_t now_ms)
{
    int64_t due = 0;
    if (read_due(sim, &due) < 0)
        return -1;
    if (due == 0 || due > now_ms)
        return 0;
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const char *words = NULL;
    if (sim_store_text(sim->store, arena, due_words_sql, SIM_VALUES(sim_int(now_ms)), &words) < 0 ||
        sim_store_begin(sim->store) < 0)
        return -1;
    if (apply(sim->store, lat_text_or_empty(words), now_ms) < 0 ||
        sim_store_commit(sim->store) < 0) {
        sim_store_rollback(sim->store);
        return -1;
    }
    return 0;
}

int sim_lifecycle_next(struct sim *sim, int64_t *ret_ms)
{
    int64_t due = 0;
    if (read_due(sim, &due) < 0)
        return -1;
    *ret_ms = due == 0 ? -1 : due;
    return 0;
}
