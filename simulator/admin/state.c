/* The state as a whole over the admin API: out and in, by name, back to the beginning, and what two
 * states differ in. Names are looked at by the engine; this file only speaks. */
#include "simulator/admin/admin_int.h"

#include "common/base/buf.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/engine/diff.h"
#include "simulator/engine/snapshot.h"
#include "simulator/engine/soundness.h"
#include "simulator/engine/state.h"

/* Answers with what a call led to: the branch and the names that are kept. */
static void answer_done(struct sim_admin_call *call, int result, const struct lat_err *err)
{
    json_t *list = NULL;
    if (result < 0)
        sim_admin_refuse_err(call, err);
    else if ((list = sim_snapshot_list_new(call->sim)) == NULL)
        sim_admin_refuse(call, 500, "the store failed");
    else
        sim_admin_answer(call, 200, list);
}

static const char *name_of(const struct sim_admin_call *call)
{
    return lat_json_string_at(call->input, "name", "");
}

void sim_admin_export(struct sim_admin_call *call)
{
    const char *document = NULL;
    struct lat_err err = {0};
    if (sim_state_export(call->sim, call->arena, SIM_STORE_SHOWN, &document, &err) < 0)
        sim_admin_refuse_err(call, &err);
    else
        sim_admin_answer_text(call, "application/json", document);
}

void sim_admin_import(struct sim_admin_call *call)
{
    struct lat_err err = {0};
    int result = sim_state_import(call->sim, call->request->body, call->request->body_length,
                                  SIM_STORE_SHOWN, call->sim->branch, &err);
    answer_done(call, result, &err);
}

void sim_admin_reset(struct sim_admin_call *call)
{
    struct lat_err err = {0};
    int result = sim_state_reset(call->sim, &err);
    answer_done(call, result, &err);
}

void sim_admin_list_snapshots(struct sim_admin_call *call)
{
    answer_done(call, 0, NULL);
}

void sim_admin_take_snapshot(struct sim_admin_call *call)
{
    struct lat_err err = {0};
    int result = sim_snapshot_take(call->sim, name_of(call), &err);
    answer_done(call, result, &err);
}

void sim_admin_drop_snapshot(struct sim_admin_call *call)
{
    struct lat_err err = {0};
    int result = sim_snapshot_drop(call->sim, name_of(call), &err);
    answer_done(call, result, &err);
}

void sim_admin_restore(struct sim_admin_call *call)
{
    struct lat_err err = {0};
    int result = sim_snapshot_restore(call->sim, name_of(call), &err);
    answer_done(call, result, &err);
}

void sim_admin_branch(struct sim_admin_call *call)
{
    struct lat_err err = {0};
    int result = sim_snapshot_branch(call->sim, name_of(call),
                                     lat_json_string_at(call->input, "from", NULL), &err);
    answer_done(call, result, &err);
}

static void answer_diff_text(struct sim_admin_call *call, const json_t *list)
{
    LAT_AUTO(lat_buf_done) struct lat_buf text;
    lat_buf_init(&text, LAT_STATE_BYTES_MAX);
    sim_diff_put_text(list, &text);
    sim_admin_answer_text(call, "text/plain; charset=utf-8",
                          lat_arena_strndup(call->arena, text.data, text.length));
}

void sim_admin_diff(struct sim_admin_call *call)
{
    const char *from = sim_admin_parameter(call, "from"), *to = sim_admin_parameter(call, "to");
    const char *before = NULL, *after = NULL;
    json_t *list = NULL;
    struct lat_err err = {0};
    if (from == NULL) {
        sim_admin_refuse(
            call, 400, "name two states: ?from=NAME&to=NAME; without \"to\" it is the current one");
        return;
    }
    if (sim_snapshot_read(call->sim, call->arena, from, &before, &err) < 0 ||
        sim_snapshot_read(call->sim, call->arena, to == NULL ? SIM_SNAPSHOT_CURRENT : to, &after,
                          &err) < 0 ||
        sim_diff_new(before, after, &list, &err) < 0) {
        sim_admin_refuse_err(call, &err);
    } else if (lat_text_eq(sim_admin_parameter(call, "format"), "text")) {
        answer_diff_text(call, list);
        json_decref(list);
    } else {
        sim_admin_answer(call, 200, json_pack("{s:o}", "differences", list));
    }
}

void sim_admin_check(struct sim_admin_call *call)
{
    struct lat_err err = {0};
    if (sim_soundness_check(call->sim, &err) == 0)
        sim_admin_answer(call, 200, json_pack("{s:b}", "sound", true));
    else if (err.kind == LAT_ERR_INPUT)
        sim_admin_refuse(call, 409, err.message);
    else
        sim_admin_refuse_err(call, &err);
}
