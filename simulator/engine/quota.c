/* The quota table and its check; see quota.h. */
#include "simulator/engine/quota.h"

#include "common/base/text.h"

#include <stdio.h>
#include <string.h>

#define COUNT_KIND(kind)                                                                           \
    "SELECT count(*) FROM resource WHERE account = ?1 AND region = ?2 AND kind = '" kind "'"

const struct sim_quota sim_quotas[SIM_QUOTA_COUNT] = {
    [SIM_QUOTA_SERVICES] = {"L-620C821E", "Services per Region", 2000, LAT_RESOURCE_SERVICE,
                            COUNT_KIND("service")},
    [SIM_QUOTA_SERVICE_NETWORKS] = {"L-9CAD07FB", "Service networks per Region", 50,
                                    LAT_RESOURCE_SERVICE_NETWORK, COUNT_KIND("servicenetwork")},
    [SIM_QUOTA_SERVICE_ASSOCIATIONS_PER_NETWORK] =
        {"L-75D4A19E", "Service associations per service network", 500,
         LAT_RESOURCE_SERVICE_ASSOCIATION,
         "SELECT count(*) FROM service_association WHERE network = ?3"},
    [SIM_QUOTA_VPC_ASSOCIATIONS_PER_NETWORK] = {"L-EF6E2D62",
                                                "VPC associations per service network", 500,
                                                LAT_RESOURCE_VPC_ASSOCIATION,
                                                "SELECT count(*) FROM vpc_association "
                                                "WHERE network = ?3"},
    [SIM_QUOTA_ENDPOINTS_PER_NETWORK] = {"L-89DEA27F",
                                         "Service network VPC endpoints per service network", 200,
                                         LAT_RESOURCE_SERVICE_NETWORK,
                                         "SELECT count(*) FROM network_endpoint "
                                         "WHERE network = ?3"},
    [SIM_QUOTA_RESOURCE_ASSOCIATIONS_PER_NETWORK] =
        {"L-6095700C", "Resource configurations per service network", 500, LAT_RESOURCE_ASSOCIATION,
         "SELECT count(*) FROM resource_association WHERE network = ?3"},
    [SIM_QUOTA_LISTENERS_PER_SERVICE] = {"L-D64E952E", "Listeners per service", 2,
                                         LAT_RESOURCE_LISTENER,
                                         "SELECT count(*) FROM listener WHERE service = ?3"},
    [SIM_QUOTA_RULES_PER_LISTENER] = {"L-CF78395E", "Rules per listener", 10, LAT_RESOURCE_RULE,
                                      "SELECT count(*) FROM rule "
                                      "WHERE listener = ?3 AND is_default = 0"},
    [SIM_QUOTA_TARGET_GROUPS_PER_SERVICE] = {"L-3DEC3B9F", "Target groups per service", 10,
                                             LAT_RESOURCE_TARGET_GROUP,
                                             "SELECT count(DISTINCT target_group) "
                                             "FROM rule_forward WHERE service = ?3"},
    [SIM_QUOTA_TARGETS_PER_TARGET_GROUP] = {"L-D71303F3", "Targets per target group", 1000,
                                            LAT_RESOURCE_TARGET_GROUP,
                                            "SELECT count(*) FROM target "
                                            "WHERE target_group = ?3 AND drained_ms IS NULL"},
    [SIM_QUOTA_TARGET_GROUPS] = {"L-BB11C6B9", "Target groups per Region", 500,
                                 LAT_RESOURCE_TARGET_GROUP, COUNT_KIND("targetgroup")},
    [SIM_QUOTA_RESOURCE_CONFIGURATIONS] = {"L-5FF8F9B9", "Resource configurations per Region", 2000,
                                           LAT_RESOURCE_CONFIGURATION,
                                           COUNT_KIND("resourceconfiguration")},
    [SIM_QUOTA_CHILDREN_PER_GROUP] = {"L-9BC96FEF",
                                      "Child resource configurations per resource group", 60,
                                      LAT_RESOURCE_CONFIGURATION,
                                      "SELECT count(*) FROM resource_configuration "
                                      "WHERE config_group = ?3"},
    [SIM_QUOTA_GATEWAYS_PER_VPC] = {"L-0DCA4434", "Resource gateways per VPC", 500,
                                    LAT_RESOURCE_GATEWAY,
                                    "SELECT count(*) FROM resource_gateway "
                                    "JOIN resource USING (seq) WHERE account = ?1 AND region = ?2 "
                                    "AND vpc_id = "
                                    "(SELECT vpc_id FROM resource_gateway WHERE seq = ?3)"},
    [SIM_QUOTA_DOMAIN_VERIFICATIONS] = {"L-73D0F278", "Domain verifications per Region", 5,
                                        LAT_RESOURCE_DOMAIN_VERIFICATION,
                                        COUNT_KIND("domainverification")},
};

int sim_quota_value(struct sim_call *call, enum sim_quota_id quota, int64_t *ret_value)
{
    int64_t set = 0;
    bool none = false;
    if (sim_store_is_empty(call->sim->store, "quota", &none) < 0 ||
        (!none &&
         sim_store_number(call->sim->store,
                          "SELECT value + 1 FROM quota "
                          "WHERE account = ?1 AND region = ?2 AND code = ?3",
                          SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region),
                                     sim_text(sim_quotas[quota].code)),
                          &set) < 0))
        return -1;
    *ret_value = set > 0 ? set - 1 : sim_quotas[quota].value; /* no row reads as 0 */
    return 0;
}

/* The place of a count among the bounds; NULL when its key is too long to be remembered. */
static struct sim_quota_bound *find_bound(struct sim_call *call, enum sim_quota_id id,
                                          int64_t container)
{
    char key[sizeof call->sim->quota_bounds[0].key];
    uint32_t hash = 2166136261u;
    int length = snprintf(key, sizeof key, "%d/%lld/%s/%s", (int)id, (long long)container,
                          call->caller.account, call->caller.region);
    if (length < 0 || (size_t)length >= sizeof key)
        return NULL;
    for (const char *p = key; *p != '\0'; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    struct sim_quota_bound *bound = &call->sim->quota_bounds[hash % SIM_QUOTA_BOUNDS];
    if (!lat_text_eq(bound->key, key)) {
        *bound = (struct sim_quota_bound){.writes = -1};
        memcpy(bound->key, key, sizeof key);
    }
    return bound;
}

/* Whether the count cannot have passed the limit, as far as is known without counting. */
static bool is_surely_below(const struct sim_call *call, const struct sim_quota_bound *bound,
                            int64_t limit)
{
    return bound != NULL && bound->writes >= 0 &&
           bound->count + sim_store_writes(call->sim->store) - bound->writes <= limit;
}

int sim_quota_enforce(struct sim_call *call, enum sim_quota_id id, int64_t container,
                      const char *container_id)
{
    const struct sim_quota *quota = &sim_quotas[id];
    struct sim_quota_bound *bound = find_bound(call, id, container);
    int64_t limit = 0, count = 0;
    if (sim_quota_value(call, id, &limit) < 0)
        return -1;
    if (is_surely_below(call, bound, limit))
        return 0;
    if (sim_store_number(call->sim->store, quota->count_sql,
                         SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region),
                                    sim_int(container)),
                         &count) < 0)
        return -1;
    if (bound != NULL) {
        bound->count = count;
        bound->writes = sim_store_writes(call->sim->store);
    }
    if (count <= limit)
        return 0;
    struct sim_about about = {.kind = quota->counted, .id = container_id, .name = quota->name};
    about.detail = lat_arena_printf(call->arena, "%lld", (long long)limit);
    sim_refuse(call, SIM_RULE_QUOTA, about);
    call->refusal.service_code = "vpc-lattice";
    call->refusal.quota_code = quota->code;
    return -1;
}

int sim_quota_set(struct sim *sim, const char *account, const char *region, const char *code,
                  int64_t value)
{
    bool known = false;
    for (size_t i = 0; i < SIM_QUOTA_COUNT; i++)
        known = known || lat_text_eq(sim_quotas[i].code, code);
    if (!known)
        return -1;
    return sim_store_run(
        sim->store,
        "INSERT INTO quota (account, region, code, value) "
        "VALUES (?1, ?2, ?3, ?4) "
        "ON CONFLICT DO UPDATE SET value = excluded.value",
        SIM_VALUES(sim_text(account), sim_text(region), sim_text(code), sim_int(value)), NULL);
}
