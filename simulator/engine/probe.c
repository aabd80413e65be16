/* Real health checks; see probe.h. */
#include "simulator/engine/probe.h"

#include "common/aws/model.h"
#include "common/base/text.h"
#include "common/http/client.h"
#include "simulator/engine/health.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define PROBES_MAX         64   /* under way at once */
#define TARGETS_MAX        1000 /* looked at in one round */
#define SCAN_MS            250
#define POLL_MS            10
#define TIMEOUT_MS_DEFAULT 5000

struct probe {
    struct sim_prober *prober;
    int64_t target; /* key; 0: free */
    struct lat_http_subscription *subscription;
    int64_t started_ms;
    int64_t give_up_ms;
    const char *matcher; /* in the arena */
    struct lat_arena *arena;
};

struct sim_prober {
    struct sim *sim;
    struct lat_http_client *client;
    struct probe probes[PROBES_MAX];
    int64_t next_scan_ms;
};

bool sim_probe_matches(const char *matcher, int status)
{
    for (const char *p = matcher; *p != '\0';) {
        char *end = NULL;
        long low = strtol(p, &end, 10), high = low;
        if (*end == '-')
            high = strtol(end + 1, &end, 10);
        if (status >= low && status <= high)
            return true;
        if (*end != ',')
            return false;
        p = end + 1;
    }
    return false;
}

/* --- results ------------------------------------------------------------------------------------
 */

static int judge(struct sim *sim, struct lat_arena *arena, int64_t key, int64_t started_ms,
                 bool passed)
{
    struct sim_call call = {.sim = sim, .arena = arena};
    struct sim_health_facts facts;
    void *row = NULL, *group = NULL;
    if (sim_store_row(sim->store, arena, &sim_target_table, "WHERE r.seq = ?1",
                      SIM_VALUES(sim_int(key)), &row) < 0)
        return -1;
    const struct sim_target *target = row;
    if (target == NULL)
        return 0; /* it went meanwhile */
    if (sim_store_row(sim->store, arena, &sim_target_group_table, "WHERE r.seq = ?1",
                      SIM_VALUES(sim_int(target->target_group)), &group) < 0 ||
        sim_health_facts_read(&call, group, &facts) < 0)
        return -1;
    struct sim_health health =
        sim_health_check(sim_health_at(target, &facts, true, started_ms), &facts, passed);
    health.judged_ms = started_ms;
    return sim_health_write(sim, key, &health);
}

static void finish(struct probe *probe, bool passed)
{
    struct sim *sim = probe->prober->sim;
    if (judge(sim, probe->arena, probe->target, probe->started_ms, passed) < 0)
        lat_log_write(sim->log, LAT_LOG_ERROR, "a health check could not be noted: %s",
                      sim_store_message(sim->store));
    probe->arena = lat_arena_free(probe->arena);
    probe->target = 0;
}

static void ignore_data(void *context, const char *data, size_t length)
{
    (void)context;
    (void)data;
    (void)length;
}

/* A broken answer fails, whatever status it began with. A script (POST /_lattice/targets) does not
 * turn probes: what the target says holds. */
static void on_end(void *context, int status, const char *failure)
{
    struct probe *probe = context;
    finish(probe, failure == NULL && sim_probe_matches(probe->matcher, status));
}

/* A target that neither answers nor closes has failed too. */
static void give_up_late_ones(struct sim_prober *prober, int64_t now)
{
    for (size_t i = 0; i < PROBES_MAX; i++) {
        struct probe *probe = &prober->probes[i];
        if (probe->target == 0 || now < probe->give_up_ms)
            continue;
        lat_http_subscription_close(probe->subscription);
        finish(probe, false);
    }
}

/* --- starting -----------------------------------------------------------------------------------
 */

static bool is_loopback(const char *address)
{
    struct in_addr v4;
    if (inet_pton(AF_INET, address, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    return strcmp(address, "::1") == 0;
}

static const char *url_of(struct lat_arena *arena, const struct sim_target *target,
                          const struct lat_health_check_config *check)
{
    bool v6 = strchr(target->target_id, ':') != NULL;
    int64_t port = check->port.has ? check->port.value : target->port;
    bool tls = lat_text_eq(check->protocol, LAT_TARGET_GROUP_PROTOCOL_HTTPS);
    return lat_arena_printf(arena, "http%s://%s%s%s:%lld%s", tls ? "s" : "", v6 ? "[" : "",
                            target->target_id, v6 ? "]" : "", (long long)port,
                            lat_text_is_empty(check->path) ? "/" : check->path);
}

/* A free place, unless the target is being checked already. */
static struct probe *place_for(struct sim_prober *prober, int64_t target)
{
    struct probe *free_place = NULL;
    for (size_t i = 0; i < PROBES_MAX; i++) {
        if (prober->probes[i].target == target)
            return NULL;
        if (prober->probes[i].target == 0)
            free_place = &prober->probes[i];
    }
    return free_place;
}

static void start(struct sim_prober *prober, const struct sim_target *target,
                  const struct lat_health_check_config *check, int64_t now)
{
    struct probe *probe = place_for(prober, target->seq);
    if (probe == NULL)
        return;
    struct lat_arena *arena = lat_arena_new();
    int64_t timeout_ms = check->health_check_timeout_seconds.has
                             ? 1000 * check->health_check_timeout_seconds.value
                             : TIMEOUT_MS_DEFAULT;
    *probe = (struct probe){
        .prober = prober,
        .target = target->seq,
        .started_ms = now,
        .give_up_ms = now + timeout_ms,
        .matcher = check->matcher == NULL || lat_text_is_empty(check->matcher->http_code)
                       ? "200"
                       : lat_arena_strdup(arena, check->matcher->http_code),
        .arena = arena,
    };
    struct lat_http_call call = {
        .method = "GET",
        .url = url_of(arena, target, check),
        .http2 = lat_text_eq(check->protocol_version, LAT_HEALTH_CHECK_PROTOCOL_VERSION_HTTP2),
        .once = true,
    };
    struct lat_http_stream_events events = {ignore_data, on_end, probe};
    probe->subscription = lat_http_client_subscribe(prober->client, &call, &events);
}

/* Starts the check of a target whose time has come. */
static int look_at(struct sim_prober *prober, struct lat_arena *arena,
                   const struct sim_target *target, int64_t now)
{
    struct sim_call call = {.sim = prober->sim, .arena = arena};
    struct sim_health_facts facts;
    void *group = NULL;
    if (sim_store_row(prober->sim->store, arena, &sim_target_group_table, "WHERE r.seq = ?1",
                      SIM_VALUES(sim_int(target->target_group)), &group) < 0 ||
        sim_health_facts_read(&call, group, &facts) < 0)
        return -1;
    if (!facts.in_use || !is_loopback(target->target_id) ||
        !sim_health_is_probed(prober->sim, target, &facts))
        return 0;
    struct sim_health health = sim_health_at(target, &facts, true, now);
    int64_t due = health.judged_ms == 0 ? sim_health_first_check_ms(target, &facts)
                                        : health.judged_ms + facts.interval_ms;
    if (due <= now)
        start(prober, target, facts.check, now);
    return 0;
}

static int scan(struct sim_prober *prober, int64_t now)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    void *rows = NULL;
    size_t count = 0;
    if (sim_store_rows(prober->sim->store, arena, &sim_target_table,
                       "WHERE r.drained_ms IS NULL AND (r.target_id LIKE '127.%' "
                       "OR r.target_id = '::1') AND EXISTS (SELECT 1 FROM rule_forward f "
                       "WHERE f.target_group = r.target_group) "
                       "ORDER BY ifnull(r.judged_ms, 0) LIMIT ?1",
                       SIM_VALUES(sim_int(TARGETS_MAX)), &rows, &count) < 0)
        return -1;
    const struct sim_target *targets = rows;
    for (size_t i = 0; i < count; i++)
        if (look_at(prober, arena, &targets[i], now) < 0)
            return -1;
    return 0;
}

struct sim_prober *sim_prober_new(struct sim *sim)
{
    struct sim_prober *prober = calloc(1, sizeof *prober);
    if (prober == NULL)
        abort();
    struct lat_http_client_options options = {.user_agent = "lattice-simulator health check",
                                              .skip_tls_verify = true};
    prober->sim = sim;
    prober->client = lat_http_client_new(&options);
    return prober;
}

struct sim_prober *sim_prober_free(struct sim_prober *prober)
{
    if (prober == NULL)
        return NULL;
    lat_http_client_free(prober->client);
    for (size_t i = 0; i < PROBES_MAX; i++)
        lat_arena_free(prober->probes[i].arena);
    free(prober);
    return NULL;
}

int sim_prober_tick(struct sim_prober *prober)
{
    int64_t now = lat_clock_now_ms(&prober->sim->clock);
    if (now >= prober->next_scan_ms) {
        if (scan(prober, now) < 0)
            lat_log_write(prober->sim->log, LAT_LOG_ERROR, "health checks could not be started: %s",
                          sim_store_message(prober->sim->store));
        prober->next_scan_ms = now + SCAN_MS;
    }
    lat_http_client_poll(prober->client, -1, 0);
    give_up_late_ones(prober, now);
    for (size_t i = 0; i < PROBES_MAX; i++)
        if (prober->probes[i].target != 0)
            return POLL_MS;
    return (int)(prober->next_scan_ms - now);
}
