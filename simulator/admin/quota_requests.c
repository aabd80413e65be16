/* GET and PUT /_lattice/quotas/requests: what was asked of Service Quotas, and the decision, which
 * the real service leaves to its support. */
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/admin/admin_int.h"
#include "simulator/engine/quota.h"
#include "simulator/store/side_rows.h"

#define LIST_MAX "1000"

static json_t *request_new(const struct sim_quota_request *row)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:s}", "id", row->id, "account", row->account,
                     "region", row->region, "code", row->code, "value", (json_int_t)row->value,
                     "status", row->status, "requester", row->requester);
}

void sim_admin_show_quota_requests(struct sim_admin_call *call)
{
    void *rows = NULL;
    size_t count = 0;
    LAT_AUTO(lat_json_decrefp) json_t *list = json_array();
    if (sim_store_rows(call->sim->store, call->arena, &sim_quota_request_table,
                       "ORDER BY r.seq DESC LIMIT " LIST_MAX, SIM_NONE, &rows, &count) < 0) {
        sim_admin_refuse(call, 500, "the store failed");
        return;
    }
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, request_new(&((const struct sim_quota_request *)rows)[i]));
    sim_admin_answer(call, 200, json_pack("{s:O}", "requests", list));
}

static int decide(struct sim_admin_call *call, struct sim_quota_request *row)
{
    struct sim_store *store = call->sim->store;
    row->status = lat_json_string_at(call->input, "status", "");
    row->updated_ms = lat_clock_now_ms(&call->sim->clock);
    if (sim_store_update(store, &sim_quota_request_table, row) < 0)
        return -1;
    return lat_text_eq(row->status, "APPROVED")
               ? sim_quota_set(call->sim, row->account, row->region, row->code, row->value)
               : 0;
}

void sim_admin_decide_quota_request(struct sim_admin_call *call)
{
    struct sim_store *store = call->sim->store;
    const char *id = lat_json_string_at(call->input, "id", "");
    const char *status = lat_json_string_at(call->input, "status", "");
    void *row = NULL;
    if (!lat_text_eq(status, "APPROVED") && !lat_text_eq(status, "DENIED")) {
        sim_admin_refuse(call, 400, "status must be APPROVED or DENIED");
        return;
    }
    if (sim_store_row(store, call->arena, &sim_quota_request_table,
                      "WHERE r.id = ?1 AND r.status = 'PENDING'", SIM_VALUES(sim_text(id)),
                      &row) < 0) {
        sim_admin_refuse(call, 500, "the store failed");
        return;
    }
    if (row == NULL) {
        sim_admin_refuse(call, 404,
                         "no open request has this id; GET /_lattice/quotas/requests lists them");
        return;
    }
    if (sim_store_begin(store) < 0 || decide(call, row) < 0 || sim_store_commit(store) < 0) {
        sim_store_rollback(store);
        sim_admin_refuse(call, 500, "the store failed");
        return;
    }
    sim_admin_answer(call, 200, request_new(row));
}
