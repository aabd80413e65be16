/* States by name; see snapshot.h. A kept state is an export document. */
#include "simulator/engine/snapshot.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/engine/state.h"

#include <stdio.h>
#include <string.h>

struct snapshot {
    int64_t seq;
    const char *name;
    bool is_branch;
    int64_t saved_ms;
};

static const struct sim_column columns[] = {
    {"seq", SIM_COLUMN_INT, offsetof(struct snapshot, seq)},
    {"name", SIM_COLUMN_TEXT, offsetof(struct snapshot, name)},
    {"is_branch", SIM_COLUMN_BOOL, offsetof(struct snapshot, is_branch)},
    {"saved_ms", SIM_COLUMN_INT, offsetof(struct snapshot, saved_ms)},
};

static const struct sim_table snapshot_table = {
    .name = "snapshot",
    .columns = columns,
    .column_count = LAT_COUNT(columns),
    .row_bytes = sizeof(struct snapshot),
};

static int store_failed(const struct sim *sim, struct lat_err *reterr)
{
    return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
}

static int check_name(const char *name, struct lat_err *reterr)
{
    size_t length = strlen(lat_text_or_empty(name));
    if (length == 0 || length >= SIM_NAME_BYTES ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
        return lat_err_input(reterr, "name: must be 1 to %d lower-case letters, digits and dashes",
                             SIM_NAME_BYTES - 1);
    if (lat_text_eq(name, SIM_SNAPSHOT_CURRENT))
        return lat_err_input(reterr, "name: \"" SIM_SNAPSHOT_CURRENT
                                     "\" means the state as it is now; choose another");
    return 0;
}

/* What is kept under a name, without its document; NULL when nothing is. */
static int find(struct sim *sim, struct lat_arena *arena, const char *name,
                const struct snapshot **ret, struct lat_err *reterr)
{
    void *row = NULL;
    if (sim_store_row(sim->store, arena, &snapshot_table, "WHERE r.name = ?1",
                      SIM_VALUES(sim_text(name)), &row) < 0)
        return store_failed(sim, reterr);
    *ret = row;
    return 0;
}

static int keep(struct sim *sim, struct lat_arena *arena, const char *name, bool is_branch,
                struct lat_err *reterr)
{
    const char *document = NULL;
    int64_t count = 0;
    if (sim_state_export(sim, arena, SIM_STORE_WHOLE, &document, reterr) < 0)
        return -1;
    if (sim_store_number(sim->store, "SELECT count(*) FROM snapshot WHERE name <> ?1",
                         SIM_VALUES(sim_text(name)), &count) < 0)
        return store_failed(sim, reterr);
    if (count >= SIM_SNAPSHOTS_MAX)
        return lat_err_input(reterr,
                             "%d snapshots and branches are kept, more is not possible; "
                             "delete one",
                             SIM_SNAPSHOTS_MAX);
    if (sim_store_run(sim->store,
                      "INSERT OR REPLACE INTO snapshot (name, is_branch, saved_ms, document) "
                      "VALUES (?1, ?2, ?3, ?4)",
                      SIM_VALUES(sim_text(name), sim_int(is_branch),
                                 sim_int(lat_clock_now_ms(&sim->clock)), sim_text(document)),
                      NULL) < 0)
        return store_failed(sim, reterr);
    return 0;
}

int sim_snapshot_take(struct sim *sim, const char *name, struct lat_err *reterr)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const struct snapshot *present = NULL;
    if (check_name(name, reterr) < 0 || find(sim, arena, name, &present, reterr) < 0)
        return -1;
    if (lat_text_eq(name, sim->branch) || (present != NULL && present->is_branch))
        return lat_err_input(reterr, "name: %s is a branch; choose another", name);
    return keep(sim, arena, name, false, reterr);
}

int sim_snapshot_drop(struct sim *sim, const char *name, struct lat_err *reterr)
{
    int64_t changed = 0;
    if (check_name(name, reterr) < 0)
        return -1;
    if (lat_text_eq(name, sim->branch))
        return lat_err_input(reterr, "name: %s is the branch worked on; go to another first", name);
    if (sim_store_run(sim->store, "DELETE FROM snapshot WHERE name = ?1",
                      SIM_VALUES(sim_text(name)), &changed) < 0)
        return store_failed(sim, reterr);
    return changed > 0 ? 0 : lat_err_input(reterr, "no snapshot or branch is named %s", name);
}

int sim_snapshot_read(struct sim *sim, struct lat_arena *arena, const char *name,
                      const char **ret_document, struct lat_err *reterr)
{
    const char *document = NULL;
    if (lat_text_eq(name, SIM_SNAPSHOT_CURRENT) || lat_text_eq(name, sim->branch))
        return sim_state_export(sim, arena, SIM_STORE_WHOLE, ret_document, reterr);
    if (check_name(name, reterr) < 0)
        return -1;
    if (sim_store_text(sim->store, arena, "SELECT document FROM snapshot WHERE name = ?1",
                       SIM_VALUES(sim_text(name)), &document) < 0)
        return store_failed(sim, reterr);
    if (document == NULL)
        return lat_err_input(reterr, "no snapshot or branch is named %s", name);
    *ret_document = document;
    return 0;
}

static int go_to(struct sim *sim, struct lat_arena *arena, const char *name, const char *branch,
                 struct lat_err *reterr)
{
    const char *document = NULL;
    if (sim_snapshot_read(sim, arena, name, &document, reterr) < 0)
        return -1;
    return sim_state_import(sim, document, strlen(document), SIM_STORE_WHOLE, branch, reterr);
}

int sim_snapshot_restore(struct sim *sim, const char *name, struct lat_err *reterr)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    return go_to(sim, arena, name, sim->branch, reterr);
}

int sim_snapshot_branch(struct sim *sim, const char *name, const char *from, struct lat_err *reterr)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const struct snapshot *present = NULL;
    const char *beginning = NULL;
    if (check_name(name, reterr) < 0 || find(sim, arena, name, &present, reterr) < 0)
        return -1;
    if (lat_text_eq(name, sim->branch))
        return lat_err_input(reterr, "name: %s is the branch worked on already", name);
    if (present != NULL && !present->is_branch)
        return lat_err_input(reterr, "name: %s is a snapshot; choose another", name);
    if (present != NULL && from != NULL)
        return lat_err_input(reterr,
                             "from: the branch %s exists and goes on where it was left; "
                             "leave \"from\" out, or delete it first",
                             name);
    /* Read before anything is kept: a name that is wrong changes nothing. */
    if (sim_snapshot_read(sim, arena,
                          present != NULL ? name
                          : from == NULL  ? sim->branch
                                          : from,
                          &beginning, reterr) < 0 ||
        keep(sim, arena, sim->branch, true, reterr) < 0)
        return -1;
    return sim_state_import(sim, beginning, strlen(beginning), SIM_STORE_WHOLE, name, reterr);
}

json_t *sim_snapshot_list_new(struct sim *sim)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    void *rows = NULL;
    size_t count = 0;
    if (sim_store_rows(sim->store, arena, &snapshot_table, "ORDER BY r.seq", SIM_NONE, &rows,
                       &count) < 0)
        return NULL;
    const struct snapshot *snapshots = rows;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        char time[LAT_TIME_TEXT_BYTES];
        json_array_append_new(list, json_pack("{s:s, s:b, s:s}", "name", snapshots[i].name,
                                              "branch", snapshots[i].is_branch, "saved",
                                              lat_time_format_ms(snapshots[i].saved_ms, time)));
    }
    return json_pack("{s:s, s:o}", "branch", sim->branch, "snapshots", list);
}
