/* The state as a whole; see state.h. The tables themselves are the store's (store/state.h). */
#include "simulator/engine/state.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/engine/fault.h"
#include "simulator/engine/journal.h"
#include "simulator/engine/setting.h"
#include "simulator/engine/soundness.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- going on -----------------------------------------------------------------------------------
 */

struct continuation {
    int64_t seq, seed, rng_0, rng_1, rng_2, rng_3, time_ms;
    const char *branch;
};

#define NUMBER(member)                                                                             \
    {                                                                                              \
#member, SIM_COLUMN_INT, offsetof(struct continuation, member)                             \
    }

static const struct sim_column columns[] = {
    NUMBER(seq),     NUMBER(seed),
    NUMBER(rng_0),   NUMBER(rng_1),
    NUMBER(rng_2),   NUMBER(rng_3),
    NUMBER(time_ms), {"branch", SIM_COLUMN_TEXT, offsetof(struct continuation, branch)},
};

static const struct sim_table continuation_table = {
    .name = "continuation",
    .columns = columns,
    .column_count = LAT_COUNT(columns),
    .row_bytes = sizeof(struct continuation),
};

static int write_row(struct sim *sim)
{
    const uint64_t *rng = sim->rng.state;
    struct continuation row = {
        .seq = 1,
        .seed = (int64_t)sim->seed,
        .rng_0 = (int64_t)rng[0],
        .rng_1 = (int64_t)rng[1],
        .rng_2 = (int64_t)rng[2],
        .rng_3 = (int64_t)rng[3],
        .time_ms = lat_clock_now_ms(&sim->clock),
        .branch = sim->branch,
    };
    if (sim_store_run(sim->store, "DELETE FROM continuation", SIM_NONE, NULL) < 0)
        return -1;
    return sim_store_insert(sim->store, &continuation_table, &row);
}

/* Everything that is kept in memory while the program runs. */
static int write_rows(struct sim *sim)
{
    return write_row(sim) < 0 ? -1 : sim_faults_write(sim->store, sim->faults);
}

static int write_rows_before_commit(void *context)
{
    return write_rows(context);
}

/* Goes on where the row says; *ret_found is false when there is none. */
static int read_row(struct sim *sim, bool *ret_found)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    void *found = NULL;
    if (sim_store_row(sim->store, arena, &continuation_table, "WHERE r.seq = 1", SIM_NONE, &found) <
        0)
        return -1;
    const struct continuation *row = found;
    *ret_found = row != NULL;
    if (row == NULL)
        return 0;
    sim->seed = (uint64_t)row->seed;
    sim->rng = (struct lat_rng){
        {(uint64_t)row->rng_0, (uint64_t)row->rng_1, (uint64_t)row->rng_2, (uint64_t)row->rng_3}};
    if (sim->clock.is_virtual)
        sim->clock.virtual_ms = row->time_ms;
    snprintf(sim->branch, sizeof sim->branch, "%s", row->branch);
    return 0;
}

int sim_state_save(struct sim *sim)
{
    if (sim_store_begin(sim->store) < 0)
        return -1;
    if (write_rows(sim) == 0 && sim_store_commit(sim->store) == 0)
        return 0;
    sim_store_rollback(sim->store);
    return -1;
}

/* Settings and faults, as the rows say; those before are left to the caller. */
static int read_memory(struct sim *sim, struct lat_err *reterr)
{
    struct sim_faults *faults = NULL;
    if (sim_settings_read(sim, reterr) < 0 ||
        (sim->faults != NULL && sim_faults_read(sim, &faults, reterr) < 0))
        return -1;
    sim->faults = faults;
    return 0;
}

int sim_state_begin(struct sim *sim, bool is_durable, struct lat_err *reterr)
{
    bool found = false;
    struct sim_faults *before = sim->faults;
    snprintf(sim->branch, sizeof sim->branch, SIM_BRANCH_FIRST);
    sim->given = sim->config;
    if (read_row(sim, &found) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
    if (read_memory(sim, reterr) < 0)
        return -1;
    sim_faults_free(before);
    if (!found && sim_state_save(sim) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
    sim->started_ms = lat_clock_now_ms(&sim->clock);
    if (is_durable)
        sim_store_before_commit(sim->store, write_rows_before_commit, sim);
    return 0;
}

/* --- documents ----------------------------------------------------------------------------------
 */

int sim_state_export(struct sim *sim, struct lat_arena *arena, enum sim_store_extent extent,
                     const char **ret_document, struct lat_err *reterr)
{
    LAT_AUTO(lat_buf_done) struct lat_buf text;
    lat_buf_init(&text, LAT_STATE_BYTES_MAX);
    if (sim_state_save(sim) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
    lat_buf_printf(&text, "{\"format\":\"" SIM_STATE_FORMAT "\",\n\"version\":%d,\n\"tables\":",
                   sim_store_version());
    int result = sim_store_dump(sim->store, extent, &text);
    if (text.overflowed || (result == 0 && lat_buf_puts(&text, "}\n") < 0))
        return lat_err_input(reterr, "the state is larger than a document may be (%d MB)",
                             LAT_STATE_BYTES_MAX >> 20);
    if (result < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
    *ret_document = lat_arena_strndup(arena, text.data, text.length);
    return 0;
}

/* What remains to do before the new rows count. */
struct arrival {
    struct sim *sim;
    const char *branch;
    bool begins_anew; /* a reset: ids and clock are not the rows' matter */
    enum sim_store_extent extent;
    struct sim before;
};

static int arrive(void *context, struct lat_err *reterr)
{
    struct arrival *arrival = context;
    struct sim *sim = arrival->sim;
    bool found = false;
    if (sim_soundness_check(sim, reterr) < 0)
        return -1;
    if (sim->cluster.arrive != NULL && sim->cluster.arrive(sim->cluster.context) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
    if (!arrival->begins_anew && read_row(sim, &found) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
    if (read_memory(sim, reterr) < 0)
        return -1;
    snprintf(sim->branch, sizeof sim->branch, "%s", arrival->branch);
    if (write_row(sim) < 0 ||
        sim_store_run(sim->store, "DELETE FROM snapshot WHERE is_branch = 1 AND name = ?1",
                      SIM_VALUES(sim_text(arrival->branch)), NULL) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
    return 0;
}

/* The rows first; what is kept in memory goes back to what it was when they are refused. */
static int replace(struct arrival *arrival, const json_t *tables, struct lat_err *reterr)
{
    struct sim *sim = arrival->sim;
    const struct sim *before = &arrival->before;
    if (sim_store_load(sim->store, tables, arrival->extent, arrive, arrival, reterr) < 0) {
        if (sim->faults != before->faults)
            sim_faults_free(sim->faults);
        sim->faults = before->faults;
        sim->config = before->config;
        sim->clock = before->clock;
        sim->rng = before->rng;
        sim->seed = before->seed;
        memcpy(sim->branch, before->branch, sizeof sim->branch);
        return -1;
    }
    sim_faults_free(before->faults);
    return sim->cluster.restart == NULL ? 0 : sim->cluster.restart(sim->cluster.context, reterr);
}

static int check_head(const json_t *document, struct lat_err *reterr)
{
    int64_t version = lat_json_int_at(document, "version", 0);
    if (!lat_text_eq(lat_json_string_at(document, "format", NULL), SIM_STATE_FORMAT))
        return lat_err_input(reterr, "format: must be \"" SIM_STATE_FORMAT "\"");
    if (version < 1)
        return lat_err_input(reterr, "version: must be a whole number, 1 or more");
    if (version > sim_store_version())
        return lat_err_input(reterr,
                             "version: is %" PRId64 ", this program knows versions up to %d; use "
                             "a newer program",
                             version, sim_store_version());
    if (!json_is_object(json_object_get(document, "tables")))
        return lat_err_input(reterr, "tables: must be an object");
    return 0;
}

int sim_state_import(struct sim *sim, const char *document, size_t length,
                     enum sim_store_extent extent, const char *branch, struct lat_err *reterr)
{
    LAT_AUTO(lat_json_decrefp) json_t *parsed = lat_json_parse_new(document, length, reterr);
    if (parsed == NULL || check_head(parsed, reterr) < 0)
        return -1;
    char name[SIM_NAME_BYTES]; /* branch may be sim's own, which changes on the way */
    snprintf(name, sizeof name, "%s", branch);
    struct arrival arrival = {.sim = sim, .branch = name, .extent = extent, .before = *sim};
    return replace(&arrival, json_object_get(parsed, "tables"), reterr);
}

int sim_state_reset(struct sim *sim, struct lat_err *reterr)
{
    struct arrival arrival = {
        .sim = sim, .branch = SIM_BRANCH_FIRST, .begins_anew = true, .before = *sim};
    LAT_AUTO(lat_json_decrefp) json_t *nothing = json_object();
    lat_rng_init(&sim->rng, sim->seed);
    if (sim->clock.is_virtual)
        lat_clock_init_virtual(&sim->clock, LAT_CLOCK_VIRTUAL_START_MS);
    if (replace(&arrival, nothing, reterr) < 0)
        return -1;
    sim_journal_clear(sim->journal);
    return 0;
}
