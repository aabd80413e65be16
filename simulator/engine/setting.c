/* Settings; see setting.h. */
#include "simulator/engine/setting.h"

#include "common/base/text.h"
#include "simulator/engine/fault.h"
#include "simulator/engine/lifecycle.h"

struct setting {
    const char *name;
    int64_t value;
};

static const struct sim_column columns[] = {
    {"name", SIM_COLUMN_TEXT, offsetof(struct setting, name)},
    {"value", SIM_COLUMN_INT, offsetof(struct setting, value)},
};

static const struct sim_table setting_table = {
    .name = "setting",
    .columns = columns,
    .column_count = LAT_COUNT(columns),
    .row_bytes = sizeof(struct setting),
};

static const struct {
    const char *name;
    size_t offset;
    int64_t max;
} others[] = {
    {"tagging", offsetof(struct sim_config, tagging_delay_ms), SIM_DELAY_MS_MAX},
    {"throttle_rate", offsetof(struct sim_config, throttle_rate), SIM_THROTTLE_RATE_MAX},
    {"throttle_burst", offsetof(struct sim_config, throttle_burst), SIM_THROTTLE_RATE_MAX},
};

int64_t *sim_setting_at(struct sim_config *config, const char *name, int64_t *ret_max)
{
    *ret_max = SIM_DELAY_MS_MAX;
    for (size_t i = 0; i < LAT_COUNT(others); i++)
        if (lat_text_eq(others[i].name, name)) {
            *ret_max = others[i].max;
            return (int64_t *)(void *)((char *)config + others[i].offset);
        }
    return sim_delay_at(&config->delays, name);
}

int sim_setting_put(struct sim *sim, const char *name, int64_t value)
{
    int64_t max = 0;
    if (sim_store_run(sim->store, "INSERT OR REPLACE INTO setting (name, value) VALUES (?1, ?2)",
                      SIM_VALUES(sim_text(name), sim_int(value)), NULL) < 0)
        return -1;
    *sim_setting_at(&sim->config, name, &max) = value;
    return 0;
}

/* A configuration with the flags' value of everything that can be set. */
static struct sim_config as_given(const struct sim *sim)
{
    struct sim_config config = sim->config;
    config.delays = sim->given.delays;
    config.tagging_delay_ms = sim->given.tagging_delay_ms;
    config.throttle_rate = sim->given.throttle_rate;
    config.throttle_burst = sim->given.throttle_burst;
    return config;
}

int sim_settings_read(struct sim *sim, struct lat_err *reterr)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct sim_config config = as_given(sim);
    void *rows = NULL;
    size_t count = 0;
    if (sim_store_rows(sim->store, arena, &setting_table, "ORDER BY r.name", SIM_NONE, &rows,
                       &count) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
    const struct setting *settings = rows;
    for (size_t i = 0; i < count; i++) {
        int64_t max = 0;
        int64_t *place = sim_setting_at(&config, settings[i].name, &max);
        if (place == NULL || settings[i].value < 0 || settings[i].value > max)
            return lat_err_input(reterr, "tables.setting: %s is no setting, or out of range",
                                 settings[i].name);
        *place = settings[i].value;
    }
    if (config.throttle_burst < (config.throttle_rate > 0))
        return lat_err_input(reterr, "tables.setting: throttle_burst must be at least 1");
    sim->config = config;
    return 0;
}
