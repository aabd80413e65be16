/* /_lattice/delays: how long each kind takes, from the next transition on. */
#include "common/base/json.h"
#include "simulator/admin/admin_int.h"
#include "simulator/engine/lifecycle.h"
#include "simulator/engine/setting.h"

#include <string.h>

#define TAGGING "tagging" /* how old the tags are that GetResources sees */

void sim_admin_show_delays(struct sim_admin_call *call)
{
    json_t *body = json_object();
    for (size_t i = 0; sim_delay_name(i) != NULL; i++)
        lat_json_set(body, sim_delay_name(i),
                     json_integer(*sim_delay_at(&call->sim->config.delays, sim_delay_name(i))));
    lat_json_set(body, TAGGING, json_integer(call->sim->config.tagging_delay_ms));
    sim_admin_answer(call, 200, body);
}

static bool is_delay(struct sim *sim, const char *name)
{
    return strcmp(name, TAGGING) == 0 || sim_delay_at(&sim->config.delays, name) != NULL;
}

/* All of it or nothing. */
static int put_delays(struct sim_admin_call *call)
{
    const char *name;
    json_t *value;
    if (sim_store_begin(call->sim->store) < 0)
        return -1;
    json_object_foreach(lat_json_iterable(call->input), name, value)
        if (sim_setting_put(call->sim, name, json_integer_value(value)) < 0)
            return -1;
    return sim_store_commit(call->sim->store);
}

void sim_admin_set_delays(struct sim_admin_call *call)
{
    const char *name;
    json_t *value;
    json_object_foreach(lat_json_iterable(call->input), name, value) {
        int64_t ms = json_integer_value(value);
        if (!is_delay(call->sim, name) || !json_is_integer(value) || ms < 0 ||
            ms > SIM_DELAY_MS_MAX) {
            sim_admin_refuse(call, 400,
                             "the body maps kinds to milliseconds, one week at most; GET "
                             "/_lattice/delays shows the kinds");
            return;
        }
    }
    if (put_delays(call) < 0) {
        sim_store_rollback(call->sim->store);
        sim_admin_refuse(call, 500, "the store failed");
        return;
    }
    sim_admin_show_delays(call);
}
