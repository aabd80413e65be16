/* Target health; see health.h. */
#include "simulator/engine/health.h"

#include "common/aws/model.h"
#include "common/base/text.h"
#include "simulator/engine/document.h"

#include <string.h>

/* For configurations that leave them away (a TCP group with checks switched on). */
#define INTERVAL_SECONDS_DEFAULT    30
#define HEALTHY_THRESHOLD_DEFAULT   5
#define UNHEALTHY_THRESHOLD_DEFAULT 2
/* No threshold is larger (model), and a constant verdict settles within it. */
#define CHECKS_THAT_MATTER 64

static int64_t or_default(struct lat_opt_int number, int64_t fallback)
{
    return number.has && number.value > 0 ? number.value : fallback;
}

int sim_health_facts_read(struct sim_call *call, const struct sim_target_group *group,
                          struct sim_health_facts *ret)
{
    int64_t used = 0;
    if (sim_store_number(call->sim->store,
                         "SELECT used_ms FROM rule_forward WHERE target_group = ?1 "
                         "ORDER BY used_ms LIMIT 1",
                         SIM_VALUES(sim_int(group->resource.seq)), &used) < 0)
        return -1;
    const struct lat_health_check_config *check =
        sim_document_read(call, &lat_shapes[LAT_SHAPE_HEALTH_CHECK_CONFIG], group->health_check);
    struct sim_health_facts facts = {.in_use = used != 0,
                                     .used_ms = used,
                                     .first_ms = call->sim->config.delays.health_check_ms,
                                     .check = check};
    if (check != NULL) {
        facts.checked = check->enabled.value;
        facts.is_http = lat_text_eq(check->protocol, LAT_TARGET_GROUP_PROTOCOL_HTTP) ||
                        lat_text_eq(check->protocol, LAT_TARGET_GROUP_PROTOCOL_HTTPS);
        facts.interval_ms =
            1000 * or_default(check->health_check_interval_seconds, INTERVAL_SECONDS_DEFAULT);
        facts.healthy_threshold =
            or_default(check->healthy_threshold_count, HEALTHY_THRESHOLD_DEFAULT);
        facts.unhealthy_threshold =
            or_default(check->unhealthy_threshold_count, UNHEALTHY_THRESHOLD_DEFAULT);
    }
    *ret = facts;
    return 0;
}

struct sim_health sim_health_check(struct sim_health health, const struct sim_health_facts *facts,
                                   bool passed)
{
    bool healthy = lat_text_eq(health.status, LAT_TARGET_STATUS_HEALTHY);
    bool unhealthy = lat_text_eq(health.status, LAT_TARGET_STATUS_UNHEALTHY);
    if (passed ? healthy : unhealthy) {
        health.streak = 0;
        return health;
    }
    health.streak++;
    /* One passing check suffices after registration (documented). */
    int64_t needed = !passed     ? facts->unhealthy_threshold
                     : unhealthy ? facts->healthy_threshold
                                 : 1;
    if (health.streak < needed)
        return health;
    health.status = passed ? LAT_TARGET_STATUS_HEALTHY : LAT_TARGET_STATUS_UNHEALTHY;
    health.streak = 0;
    return health;
}

static int64_t start_of(const struct sim_target *target, const struct sim_health_facts *facts)
{
    return target->registered_ms > facts->used_ms ? target->registered_ms : facts->used_ms;
}

int64_t sim_health_first_check_ms(const struct sim_target *target,
                                  const struct sim_health_facts *facts)
{
    return start_of(target, facts) + facts->first_ms;
}

/* How many checks have happened up to a moment. */
static int64_t checks_until(int64_t first, int64_t interval, int64_t moment)
{
    return moment < first ? 0 : (moment - first) / interval + 1;
}

struct sim_health sim_health_at(const struct sim_target *target,
                                const struct sim_health_facts *facts, bool probed, int64_t now_ms)
{
    struct sim_health health = {target->health, target->streak, target->judged_ms, target->failing};
    int64_t first = sim_health_first_check_ms(target, facts);
    if (!facts->in_use || !facts->checked)
        return health;
    if (health.judged_ms < start_of(target, facts)) {
        health.status = NULL;
        health.streak = 0;
        health.judged_ms = 0;
    }
    if (probed)
        return health;
    if (facts->first_ms == 0) {
        health.status = health.failing ? LAT_TARGET_STATUS_UNHEALTHY : LAT_TARGET_STATUS_HEALTHY;
        health.streak = 0;
    } else {
        int64_t count = checks_until(first, facts->interval_ms, now_ms) -
                        checks_until(first, facts->interval_ms, health.judged_ms);
        for (int64_t i = 0; i < count && i < CHECKS_THAT_MATTER; i++)
            health = sim_health_check(health, facts, !health.failing);
    }
    health.judged_ms = now_ms;
    return health;
}

struct sim_judgement sim_health_judge(const struct sim_target *target,
                                      const struct sim_health_facts *facts, bool probed,
                                      int64_t now_ms)
{
    struct sim_health health = sim_health_at(target, facts, probed, now_ms);
    if (target->drained_ms != 0)
        return (struct sim_judgement){LAT_TARGET_STATUS_DRAINING, "DeregistrationInProgress"};
    if (!facts->in_use)
        return (struct sim_judgement){LAT_TARGET_STATUS_UNUSED, "TargetGroupNotInUse"};
    if (!facts->checked)
        return (struct sim_judgement){LAT_TARGET_STATUS_UNAVAILABLE, "HealthCheckNotSupported"};
    if (health.status == NULL)
        return (struct sim_judgement){LAT_TARGET_STATUS_INITIAL, "InitialHealthChecking"};
    bool healthy = lat_text_eq(health.status, LAT_TARGET_STATUS_HEALTHY);
    return (struct sim_judgement){health.status, healthy ? NULL : "HealthCheckFailed"};
}

bool sim_health_is_probed(const struct sim *sim, const struct sim_target *target,
                          const struct sim_health_facts *facts)
{
    return sim->config.probes && facts->checked && facts->is_http &&
           (lat_text_has_prefix(target->target_id, "127.") ||
            lat_text_eq(target->target_id, "::1"));
}

int sim_health_settle(struct sim_call *call, const struct sim_target_group *group)
{
    struct sim_health_facts facts;
    void *rows = NULL;
    size_t count = 0;
    if (sim_health_facts_read(call, group, &facts) < 0 ||
        sim_store_rows(call->sim->store, call->arena, &sim_target_table,
                       "WHERE r.target_group = ?1 AND r.drained_ms IS NULL ORDER BY r.seq",
                       SIM_VALUES(sim_int(group->resource.seq)), &rows, &count) < 0)
        return -1;
    const struct sim_target *targets = rows;
    for (size_t i = 0; facts.in_use && i < count; i++) {
        bool probed = sim_health_is_probed(call->sim, &targets[i], &facts);
        struct sim_health health = sim_health_at(&targets[i], &facts, probed, call->now_ms);
        if (!facts.checked) /* the time without checks brings none afterwards */
            health.judged_ms = call->now_ms;
        if (sim_health_write(call->sim, targets[i].seq, &health) < 0)
            return -1;
    }
    return 0;
}

int sim_health_write(struct sim *sim, int64_t target, const struct sim_health *health)
{
    return sim_store_run(sim->store,
                         "UPDATE target SET health = ?2, streak = ?3, judged_ms = ?4, failing = ?5 "
                         "WHERE seq = ?1",
                         SIM_VALUES(sim_int(target), sim_text(health->status),
                                    sim_int(health->streak), sim_int(health->judged_ms),
                                    sim_int(health->failing)),
                         NULL);
}
