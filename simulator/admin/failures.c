/* POST and DELETE /_lattice/fail: asks that the next creation, update or deletion of a kind fails,
 * so that a rehearsal sees what the real service rarely shows. Only words of the API model pass. */
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/admin/admin_int.h"
#include "simulator/engine/rules.h"

#include <string.h>

#define FAILURES_MAX 1000 /* waiting ones; a rehearsal asks for a handful */

/* The kinds that pass through statuses, and the statuses that they have. */
static const struct {
    enum lat_resource_kind_id kind;
    enum lat_shape_id statuses;
} asynchronous[] = {
    {LAT_RESOURCE_SERVICE, LAT_SHAPE_SERVICE_STATUS},
    {LAT_RESOURCE_TARGET_GROUP, LAT_SHAPE_TARGET_GROUP_STATUS},
    {LAT_RESOURCE_SERVICE_ASSOCIATION, LAT_SHAPE_SERVICE_NETWORK_SERVICE_ASSOCIATION_STATUS},
    {LAT_RESOURCE_VPC_ASSOCIATION, LAT_SHAPE_SERVICE_NETWORK_VPC_ASSOCIATION_STATUS},
    {LAT_RESOURCE_ASSOCIATION, LAT_SHAPE_SERVICE_NETWORK_RESOURCE_ASSOCIATION_STATUS},
    {LAT_RESOURCE_GATEWAY, LAT_SHAPE_RESOURCE_GATEWAY_STATUS},
    {LAT_RESOURCE_CONFIGURATION, LAT_SHAPE_RESOURCE_CONFIGURATION_STATUS},
    {LAT_RESOURCE_DOMAIN_VERIFICATION, LAT_SHAPE_VERIFICATION_STATUS},
};

static const struct lat_shape *statuses_of(const char *kind)
{
    for (size_t i = 0; i < LAT_COUNT(asynchronous); i++)
        if (lat_text_eq(lat_resource_kinds[asynchronous[i].kind].arn_part, kind))
            return &lat_shapes[asynchronous[i].statuses];
    return NULL;
}

static bool can_fail_with(const struct lat_shape *statuses, const char *status)
{
    bool known = false;
    for (size_t i = 0; i < statuses->word_count; i++)
        known = known || lat_text_eq(statuses->words[i], status);
    return known && (lat_text_has_suffix(status, "_FAILED") ||
                     lat_text_eq(status, LAT_VERIFICATION_STATUS_VERIFICATION_TIMED_OUT));
}

/* What is wrong with a request; NULL when nothing is. */
static const char *find_fault(const struct sim_admin_call *call)
{
    const struct lat_shape *statuses = statuses_of(lat_json_string_at(call->input, "kind", ""));
    int64_t waiting = 0;
    if (statuses == NULL)
        return "kind must be a kind with a status, as in its ARN: service, targetgroup, "
               "servicenetworkserviceassociation, servicenetworkvpcassociation, "
               "servicenetworkresourceassociation, resourcegateway, resourceconfiguration or "
               "domainverification";
    if (!can_fail_with(statuses, lat_json_string_at(call->input, "status", "")))
        return "status must be one in which this kind can fail, such as CREATE_FAILED";
    if (sim_store_number(call->sim->store, "SELECT count(*) FROM failure", SIM_NONE, &waiting) <
            0 ||
        waiting >= FAILURES_MAX)
        return "too many failures are waiting; DELETE /_lattice/fail forgets them";
    return NULL;
}

static void answer_waiting(struct sim_admin_call *call)
{
    int64_t waiting = 0;
    if (sim_store_number(call->sim->store, "SELECT count(*) FROM failure WHERE resource IS NULL",
                         SIM_NONE, &waiting) < 0)
        sim_admin_refuse(call, 500, "the store failed");
    else
        sim_admin_answer(call, 200, json_pack("{s:I}", "waiting", (json_int_t)waiting));
}

void sim_admin_ask_failure(struct sim_admin_call *call)
{
    struct sim_caller home = sim_admin_caller(call);
    const char *fault = find_fault(call);
    if (fault != NULL) {
        sim_admin_refuse(call, 400, fault);
        return;
    }
    const char *code = lat_json_string_at(call->input, "code", "InternalFailure");
    const char *message = lat_json_string_at(call->input, "message", "Asked for by the admin API");
    if (sim_store_run(call->sim->store,
                      "INSERT INTO failure (account, region, kind, status, code, message) "
                      "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                      SIM_VALUES(sim_text(home.account), sim_text(home.region),
                                 sim_text(lat_json_string_at(call->input, "kind", "")),
                                 sim_text(lat_json_string_at(call->input, "status", "")),
                                 sim_text(code), sim_text(message)),
                      NULL) < 0)
        sim_admin_refuse(call, 500, "the store failed");
    else
        answer_waiting(call);
}

void sim_admin_forget_failures(struct sim_admin_call *call)
{
    if (sim_store_run(call->sim->store, "DELETE FROM failure WHERE resource IS NULL", SIM_NONE,
                      NULL) < 0)
        sim_admin_refuse(call, 500, "the store failed");
    else
        answer_waiting(call);
}
