/* /_lattice/shares: shares a service, a service network or a resource configuration with another
 * account. On the real service RAM does this; RAM's API is not faked. */
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/admin/admin_int.h"
#include "simulator/store/rows.h"

#include <string.h>

#define ACCOUNT_DIGITS 12

static int find_shareable(struct sim_admin_call *call, struct sim_resource **ret)
{
    void *row = NULL;
    if (sim_store_row(call->sim->store, call->arena, &sim_resource_table,
                      "WHERE (r.id = ?1 OR r.arn = ?1) AND r.kind IN "
                      "('service', 'servicenetwork', 'resourceconfiguration')",
                      SIM_VALUES(sim_text(lat_json_string_at(call->input, "resource", ""))),
                      &row) < 0)
        return -1;
    *ret = row;
    return 0;
}

/* What is wrong with sharing; NULL when nothing is. */
static const char *find_obstacle(struct sim_admin_call *call, const struct sim_resource *resource)
{
    const char *account = lat_json_string_at(call->input, "account", "");
    int64_t closed = 0;
    if (strlen(account) != ACCOUNT_DIGITS || strspn(account, "0123456789") != ACCOUNT_DIGITS)
        return "account must be an account id of 12 digits";
    if (resource == NULL)
        return "resource must be the id or ARN of a service, a service network or a resource "
               "configuration";
    if (lat_text_eq(resource->account, account))
        return "the resource belongs to this account";
    if (sim_store_number(call->sim->store,
                         "SELECT count(*) FROM service_network WHERE seq = ?1 "
                         "AND sharing_enabled = 0",
                         SIM_VALUES(sim_int(resource->seq)), &closed) < 0)
        return "the store failed";
    return closed > 0 ? "the service network was made with sharingConfig.enabled false" : NULL;
}

void sim_admin_list_shares(struct sim_admin_call *call)
{
    void *rows = NULL;
    size_t count = 0;
    if (sim_store_rows(call->sim->store, call->arena, &sim_share_table,
                       "WHERE r.ended_ms IS NULL ORDER BY r.seq", SIM_NONE, &rows, &count) < 0) {
        sim_admin_refuse(call, 500, "the store failed");
        return;
    }
    const struct sim_share *shares = rows;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const char *arn = NULL;
        if (sim_store_text(call->sim->store, call->arena, "SELECT arn FROM resource WHERE seq = ?1",
                           SIM_VALUES(sim_int(shares[i].resource)), &arn) < 0)
            continue; /* the foreign key holds it */
        json_array_append_new(
            list, json_pack("{s:s, s:s}", "resource", arn, "account", shares[i].account));
    }
    sim_admin_answer(call, 200, json_pack("{s:o}", "shares", list));
}

static int write_share(struct sim_admin_call *call, const struct sim_resource *resource, bool ends)
{
    struct sim_value ended = {.kind = SIM_VALUE_NULL};
    if (ends)
        ended = sim_int(lat_clock_now_ms(&call->sim->clock));
    return sim_store_run(call->sim->store,
                         "INSERT INTO share (resource, account, ended_ms) VALUES (?1, ?2, ?3) "
                         "ON CONFLICT (resource, account) DO UPDATE SET ended_ms = ?3",
                         SIM_VALUES(sim_int(resource->seq),
                                    sim_text(lat_json_string_at(call->input, "account", "")),
                                    ended),
                         NULL);
}

void sim_admin_change_share(struct sim_admin_call *call)
{
    bool ends = lat_text_eq(call->request->method, "DELETE");
    struct sim_resource *resource = NULL;
    int64_t shares = 0;
    if (find_shareable(call, &resource) < 0) {
        sim_admin_refuse(call, 500, "the store failed");
        return;
    }
    const char *obstacle = find_obstacle(call, resource);
    if (obstacle != NULL) {
        sim_admin_refuse(call, 400, obstacle);
        return;
    }
    if (ends &&
        (sim_store_number(call->sim->store,
                          "SELECT count(*) FROM share WHERE resource = ?1 AND account = ?2 "
                          "AND ended_ms IS NULL",
                          SIM_VALUES(sim_int(resource->seq),
                                     sim_text(lat_json_string_at(call->input, "account", ""))),
                          &shares) < 0 ||
         shares == 0))
        sim_admin_refuse(call, 404, "there is no such share; GET /_lattice/shares lists them");
    else if (write_share(call, resource, ends) < 0)
        sim_admin_refuse(call, 500, "the store failed");
    else
        sim_admin_list_shares(call);
}
