/* GET and POST /_lattice/credentials: whose access keys there are. It never tells a secret key or a
 * session token. */
#include "common/base/json.h"
#include "simulator/admin/admin_int.h"
#include "simulator/engine/credential.h"

#define LIST_MAX "1000"

static json_t *entry_new(const struct sim_credential *credential)
{
    char text[LAT_TIME_TEXT_BYTES];
    json_t *entry = json_pack("{s:s, s:s, s:s}", "access_key", credential->access_key, "account",
                              credential->account, "arn", credential->arn);
    if (credential->expires_ms != 0)
        lat_json_set_string(entry, "expires",
                            lat_time_format_seconds(credential->expires_ms, text));
    return entry;
}

void sim_admin_show_credentials(struct sim_admin_call *call)
{
    void *rows = NULL;
    size_t count = 0;
    LAT_AUTO(lat_json_decrefp) json_t *list = json_array();
    if (sim_store_rows(call->sim->store, call->arena, &sim_credential_table,
                       "ORDER BY r.seq DESC LIMIT " LIST_MAX, SIM_NONE, &rows, &count) < 0) {
        sim_admin_refuse(call, 500, "the store failed");
        return;
    }
    const struct sim_credential *credentials = rows;
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, entry_new(&credentials[i]));
    sim_admin_answer(call, 200, json_pack("{s:O}", "credentials", list));
}

void sim_admin_put_credential(struct sim_admin_call *call)
{
    struct sim_store *store = call->sim->store;
    struct sim_credential credential;
    const char *wrong =
        sim_credential_read(call->arena, call->sim->config.partition, call->input, &credential);
    if (wrong != NULL) {
        sim_admin_refuse(call, 400, wrong);
        return;
    }
    if (sim_store_begin(store) < 0 || sim_credential_put(call->sim, &credential) < 0 ||
        sim_store_commit(store) < 0) {
        sim_store_rollback(store);
        sim_admin_refuse(call, 500, "the store failed");
        return;
    }
    sim_admin_answer(call, 200, entry_new(&credential));
}
