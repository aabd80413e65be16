/* /_lattice/outside: which VPCs, certificates, log groups … of other services are there. */
#include "simulator/engine/outside.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/admin/admin_int.h"
#include "simulator/store/side_rows.h"

#include <string.h>

#define REFERENCE_BYTES_MAX 2048 /* of an ARN (model) */

static bool find_kind(const struct sim_admin_call *call, enum sim_outside_kind *ret)
{
    for (int i = 0; i < SIM_OUTSIDE_COUNT; i++)
        if (lat_text_eq(sim_outside_name((enum sim_outside_kind)i),
                        lat_json_string_at(call->input, "kind", NULL))) {
            *ret = (enum sim_outside_kind)i;
            return true;
        }
    return false;
}

void sim_admin_list_outside(struct sim_admin_call *call)
{
    void *rows = NULL;
    size_t count = 0;
    if (sim_store_rows(call->sim->store, call->arena, &sim_outside_table, "ORDER BY r.seq",
                       SIM_NONE, &rows, &count) < 0) {
        sim_admin_refuse(call, 500, "the store failed");
        return;
    }
    const struct sim_outside *said = rows;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:s, s:s}", "kind", said[i].kind,
                                        "reference", said[i].reference, "state", said[i].state,
                                        "account", said[i].account, "region", said[i].region));
    sim_admin_answer(call, 200, json_pack("{s:o}", "outside", list));
}

/* What is wrong with the request; NULL when nothing is. */
static const char *find_mistake(const struct sim_admin_call *call, enum sim_outside_kind *ret_kind)
{
    static const char *const states[] = {"exists", "missing", "denied"};
    const char *reference = lat_json_string_at(call->input, "reference", SIM_OUTSIDE_ALL);
    const char *state = lat_json_string_at(call->input, "state", "");
    bool known = lat_text_eq(call->request->method, "DELETE");
    for (size_t i = 0; i < LAT_COUNT(states); i++)
        known = known || strcmp(states[i], state) == 0;
    if (!find_kind(call, ret_kind))
        return "kind must be VPC, SUBNET, SECURITY_GROUP, CERTIFICATE, LOG_GROUP, BUCKET or "
               "DELIVERY_STREAM";
    if (reference[0] == '\0' || strlen(reference) > REFERENCE_BYTES_MAX)
        return "reference must be an id or ARN, or * for every other one of the kind";
    return known ? NULL : "state must be exists, missing or denied";
}

void sim_admin_change_outside(struct sim_admin_call *call)
{
    enum sim_outside_kind kind = SIM_OUTSIDE_VPC;
    struct sim_caller home = sim_admin_caller(call);
    if (lat_text_eq(call->request->method, "DELETE") && json_object_size(call->input) == 0) {
        if (sim_store_run(call->sim->store, "DELETE FROM outside", SIM_NONE, NULL) < 0)
            sim_admin_refuse(call, 500, "the store failed");
        else
            sim_admin_list_outside(call);
        return;
    }
    const char *mistake = find_mistake(call, &kind);
    if (mistake != NULL) {
        sim_admin_refuse(call, 400, mistake);
        return;
    }
    struct sim_outside said = {
        .account = home.account,
        .region = home.region,
        .kind = sim_outside_name(kind),
        .reference = sim_outside_reference(
            call->arena, kind, lat_json_string_at(call->input, "reference", SIM_OUTSIDE_ALL)),
        .state = lat_json_string_at(call->input, "state", NULL),
    };
    if (sim_store_run(call->sim->store,
                      "DELETE FROM outside WHERE account = ?1 AND region = ?2 AND kind = ?3 "
                      "AND reference = ?4",
                      SIM_VALUES(sim_text(said.account), sim_text(said.region), sim_text(said.kind),
                                 sim_text(said.reference)),
                      NULL) < 0 ||
        (!lat_text_eq(call->request->method, "DELETE") &&
         sim_store_insert(call->sim->store, &sim_outside_table, &said) < 0)) {
        sim_admin_refuse(call, 500, "the store failed");
        return;
    }
    sim_admin_list_outside(call);
}
