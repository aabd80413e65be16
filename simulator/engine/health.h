/* Target health as a state machine: what a target's row says, the checks that the clock has brought
 * since, and the health that follows. Pure but for reading and writing rows. Source: lattice-api
 * reference D.8 (statuses and thresholds documented, timing of the first check chosen). */
#pragma once

#include "simulator/engine/call.h"

/* How a target does under its checks; a part of its row. */
struct sim_health {
    const char *status; /* HEALTHY, UNHEALTHY; NULL while the first checks run */
    int64_t streak;     /* checks in a row that speak against the status */
    int64_t judged_ms;  /* checks up to here are counted; 0: none */
    bool failing;       /* what its checks say from then on */
};

/* What holds for all targets of a group. */
struct sim_health_facts {
    bool in_use;      /* a rule forwards to the group */
    int64_t used_ms;  /* since when, without a gap */
    bool checked;     /* health checks are on */
    bool is_http;     /* and go over HTTP, or HTTPS */
    int64_t first_ms; /* from registration or use to the first check; 0: health shows at once */
    int64_t interval_ms;
    int64_t healthy_threshold, unhealthy_threshold;
    const struct lat_health_check_config *check; /* NULL: the group takes none */
};

struct sim_judgement {
    const char *status; /* as ListTargets shows it */
    const char *reason; /* NULL when there is none */
};

int sim_health_facts_read(struct sim_call *call, const struct sim_target_group *group,
                          struct sim_health_facts *ret) LAT_MUST_USE;

/* The health after one more check. */
struct sim_health sim_health_check(struct sim_health health, const struct sim_health_facts *facts,
                                   bool passed);

/* When the target's first check is due: a target registered or used anew starts afresh. */
int64_t sim_health_first_check_ms(const struct sim_target *target,
                                  const struct sim_health_facts *facts);

/* The health of a target at a moment: its row, and the checks since. probed: checks really happen,
 * and the clock alone brings none. */
struct sim_health sim_health_at(const struct sim_target *target,
                                const struct sim_health_facts *facts, bool probed, int64_t now_ms);

/* Status and reason as the API shows them. */
struct sim_judgement sim_health_judge(const struct sim_target *target,
                                      const struct sim_health_facts *facts, bool probed,
                                      int64_t now_ms);

/* Whether a target's checks really happen: with --health-checks probe, on loopback addresses. */
bool sim_health_is_probed(const struct sim *sim, const struct sim_target *target,
                          const struct sim_health_facts *facts);

/* Writes what the checks of a group's targets said up to now, before the configuration of the
 * checks changes. */
int sim_health_settle(struct sim_call *call, const struct sim_target_group *group) LAT_MUST_USE;

/* Writes a target's health back. */
int sim_health_write(struct sim *sim, int64_t target, const struct sim_health *health) LAT_MUST_USE;
