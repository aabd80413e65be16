/* /_lattice/faults and /_lattice/throttle: fault rules and token buckets, see docs/faults.md. */
#include "common/base/json.h"
#include "simulator/admin/admin_int.h"
#include "simulator/engine/fault.h"
#include "simulator/engine/setting.h"
#include "simulator/engine/state.h"

void sim_admin_list_faults(struct sim_admin_call *call)
{
    sim_admin_answer(call, 200,
                     json_pack("{s:o}", "faults", sim_faults_list_new(call->sim->faults)));
}

/* A rule that was answered is kept, as any other write. */
static bool keep_rules(struct sim_admin_call *call)
{
    if (sim_state_save(call->sim) == 0)
        return true;
    sim_admin_refuse(call, 500, "the store failed");
    return false;
}

void sim_admin_add_fault(struct sim_admin_call *call)
{
    const struct sim_fault *fault = NULL;
    struct lat_err err = {0};
    if (sim_faults_add(call->sim->faults, call->input, &fault, &err) < 0) {
        sim_admin_refuse(call, 400, err.message);
        return;
    }
    if (!keep_rules(call))
        return;
    json_t *body = json_pack("{s:I}", "id", (json_int_t)fault->id);
    json_object_update(body, fault->document);
    sim_admin_answer(call, 200, body);
}

void sim_admin_forget_faults(struct sim_admin_call *call)
{
    int64_t id = lat_json_int_at(call->input, "id", 0);
    if (json_object_get(call->input, "id") != NULL && id < 1) {
        sim_admin_refuse(call, 400, "id must be the number of a fault rule; without it all go");
        return;
    }
    if (sim_faults_remove(call->sim->faults, id) == 0 && id != 0)
        sim_admin_refuse(call, 404, "no fault rule has this id; GET /_lattice/faults lists them");
    else if (keep_rules(call))
        sim_admin_list_faults(call);
}

void sim_admin_show_throttle(struct sim_admin_call *call)
{
    int64_t rate = 0, burst = 0;
    sim_throttle_get(call->sim->faults, &rate, &burst);
    sim_admin_answer(call, 200,
                     json_pack("{s:I, s:I}", "rate", (json_int_t)rate, "burst", (json_int_t)burst));
}

void sim_admin_set_throttle(struct sim_admin_call *call)
{
    int64_t rate = lat_json_int_at(call->input, "rate", -1);
    int64_t burst = lat_json_int_at(call->input, "burst", rate);
    if (rate < 0 || rate > SIM_THROTTLE_RATE_MAX || burst < (rate > 0) ||
        burst > SIM_THROTTLE_RATE_MAX) {
        sim_admin_refuse(call, 400,
                         "rate must be calls per second and operation, 0 for no throttling; burst, "
                         "when given, at least 1");
        return;
    }
    struct sim_store *store = call->sim->store;
    if (sim_store_begin(store) < 0 || sim_setting_put(call->sim, "throttle_rate", rate) < 0 ||
        sim_setting_put(call->sim, "throttle_burst", burst) < 0 || sim_store_commit(store) < 0) {
        sim_store_rollback(store);
        sim_admin_refuse(call, 500, "the store failed");
        return;
    }
    sim_throttle_set(call->sim->faults, rate, burst);
    sim_admin_show_throttle(call);
}
