/* POST and DELETE /_lattice/fail: asks that the next creation, update or deletion of a kind fails,
 * so that a rehearsal sees what the real service rarely shows. Only words of the API model pass. */
#include "common/base/json.h"
#include "simulator/admin/admin_int.h"
#include "simulator/engine/lifecycle.h"

#include <string.h>

#define FAILURES_MAX 1000 /* waiting ones; a rehearsal asks for a handful */

/* What is wrong with a request; NULL when nothing is. */
static const char *find_fault(const struct sim_admin_call *call)
{
    const char *kind = lat_json_string_at(call->input, "kind", "");
    int64_t waiting = 0;
    if (sim_statuses_of(kind) == NULL)
        return "kind must be a kind with a status, as in its ARN: service, targetgroup, "
               "servicenetworkserviceassociation, servicenetworkvpcassociation, "
               "servicenetworkresourceassociation, resourcegateway, resourceconfiguration or "
               "domainverification";
    if (!sim_can_fail_with(kind, lat_json_string_at(call->input, "status", "")))
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
