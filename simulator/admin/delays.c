/* /_lattice/delays: how long each kind takes, from the next transition on. */
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/admin/admin_int.h"
#include "simulator/engine/lifecycle.h"

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

void sim_admin_set_delays(struct sim_admin_call *call)
{
    struct sim_config config = call->sim->config;
    const char *name;
    json_t *value;
    json_object_foreach(lat_json_iterable(call->input), name, value) {
        int64_t *delay = lat_text_eq(name, TAGGING) ? &config.tagging_delay_ms
                                                    : sim_delay_at(&config.delays, name);
        int64_t ms = json_integer_value(value);
        if (delay == NULL || !json_is_integer(value) || ms < 0 || ms > SIM_DELAY_MS_MAX) {
            sim_admin_refuse(call, 400,
                             "the body maps kinds to milliseconds, one week at most; GET "
                             "/_lattice/delays shows the kinds");
            return;
        }
        *delay = ms;
    }
    call->sim->config = config; /* all of it or nothing */
    sim_admin_show_delays(call);
}
