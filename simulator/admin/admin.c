/* The admin API; see admin.h. Answers are JSON; a wrong request gets 400 with a message. */
#include "simulator/admin/admin.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/admin/admin_int.h"
#include "simulator/engine/lifecycle.h"
#include "simulator/engine/quota.h"
#include "simulator/engine/state.h"

#include <string.h>

/* One day is more than any rehearsal steps at once; a week is a typing error. */
#define CLOCK_STEP_MS_MAX INT64_C(604800000)

static void answer_clock(struct sim_admin_call *call)
{
    char text[LAT_TIME_TEXT_BYTES];
    int64_t now = lat_clock_now_ms(&call->sim->clock), next = -1;
    if (sim_lifecycle_next(call->sim, &next) < 0) {
        sim_admin_refuse(call, 500, "the store failed");
        return;
    }
    json_t *body = json_pack("{s:s, s:b}", "time", lat_time_format_ms(now, text), "virtual",
                             call->sim->clock.is_virtual);
    if (next >= 0)
        lat_json_set(body, "next_due_ms", json_integer(next > now ? next - now : 0));
    sim_admin_answer(call, 200, body);
}

static void advance_clock(struct sim_admin_call *call)
{
    int64_t step = lat_json_int_at(call->input, "advance_ms", -1);
    if (!call->sim->clock.is_virtual) {
        sim_admin_refuse(call, 400, "the clock is real; start the simulator with --clock virtual");
        return;
    }
    if (step < 0 || step > CLOCK_STEP_MS_MAX) {
        sim_admin_refuse(call, 400,
                         "advance_ms must be a number of milliseconds, one week at most");
        return;
    }
    lat_clock_advance(&call->sim->clock, step);
    if (sim_lifecycle_advance(call->sim, lat_clock_now_ms(&call->sim->clock)) < 0 ||
        sim_state_save(call->sim) < 0) {
        sim_admin_refuse(call, 500, "the store failed");
        return;
    }
    answer_clock(call);
}

static void show_health(struct sim_admin_call *call)
{
    sim_admin_answer(call, 200, json_pack("{s:s}", "status", "ok"));
}

static void show_quotas(struct sim_admin_call *call)
{
    struct sim_call reader = {
        .sim = call->sim, .arena = call->arena, .caller = sim_admin_caller(call)};
    LAT_AUTO(lat_json_decrefp) json_t *list = json_array();
    for (size_t i = 0; i < SIM_QUOTA_COUNT; i++) {
        int64_t value = 0;
        if (sim_quota_value(&reader, (enum sim_quota_id)i, &value) < 0) {
            sim_admin_refuse(call, 500, "the store failed");
            return;
        }
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:I, s:I}", "code", sim_quotas[i].code, "name",
                                        sim_quotas[i].name, "value", (json_int_t)value, "default",
                                        (json_int_t)sim_quotas[i].value));
    }
    sim_admin_answer(call, 200, json_pack("{s:O}", "quotas", list));
}

static void set_quota(struct sim_admin_call *call)
{
    struct sim_caller home = sim_admin_caller(call);
    const char *code = lat_json_string_at(call->input, "code", "");
    int64_t value = lat_json_int_at(call->input, "value", -1);
    if (value < 0)
        sim_admin_refuse(call, 400, "value must be a number, not negative");
    else if (sim_quota_set(call->sim, home.account, home.region, code, value) < 0)
        sim_admin_refuse(call, 404, "no quota has this code; GET /_lattice/quotas lists them");
    else
        show_quotas(call);
}

static const struct {
    const char *method;
    const char *path;
    void (*handle)(struct sim_admin_call *call);
} routes[] = {
    {"GET", "/_lattice/health", show_health},
    {"GET", "/_lattice/journal", sim_admin_journal},
    {"GET", "/_lattice/explain", sim_admin_explain},
    {"GET", "/_lattice/metrics", sim_admin_metrics},
    {"GET", "/_lattice/clock", answer_clock},
    {"POST", "/_lattice/clock", advance_clock},
    {"GET", "/_lattice/quotas", show_quotas},
    {"PUT", "/_lattice/quotas", set_quota},
    {"POST", "/_lattice/fail", sim_admin_ask_failure},
    {"DELETE", "/_lattice/fail", sim_admin_forget_failures},
    {"POST", "/_lattice/endpoints", sim_admin_change_endpoint},
    {"DELETE", "/_lattice/endpoints", sim_admin_change_endpoint},
    {"GET", "/_lattice/faults", sim_admin_list_faults},
    {"POST", "/_lattice/faults", sim_admin_add_fault},
    {"DELETE", "/_lattice/faults", sim_admin_forget_faults},
    {"GET", "/_lattice/shares", sim_admin_list_shares},
    {"POST", "/_lattice/shares", sim_admin_change_share},
    {"DELETE", "/_lattice/shares", sim_admin_change_share},
    {"POST", "/_lattice/targets", sim_admin_turn_targets},
    {"GET", "/_lattice/pods", sim_admin_list_pods},
    {"PUT", "/_lattice/pods", sim_admin_scale_pods},
    {"POST", "/_lattice/pods", sim_admin_turn_pods},
    {"DELETE", "/_lattice/pods", sim_admin_delete_pods},
    {"GET", "/_lattice/delays", sim_admin_show_delays},
    {"PUT", "/_lattice/delays", sim_admin_set_delays},
    {"GET", "/_lattice/throttle", sim_admin_show_throttle},
    {"PUT", "/_lattice/throttle", sim_admin_set_throttle},
    {"GET", "/_lattice/export", sim_admin_export},
    {"POST", SIM_ADMIN_IMPORT_PATH, sim_admin_import},
    {"POST", "/_lattice/reset", sim_admin_reset},
    {"GET", "/_lattice/snapshots", sim_admin_list_snapshots},
    {"POST", "/_lattice/snapshots", sim_admin_take_snapshot},
    {"DELETE", "/_lattice/snapshots", sim_admin_drop_snapshot},
    {"POST", "/_lattice/restore", sim_admin_restore},
    {"POST", "/_lattice/branch", sim_admin_branch},
    {"GET", "/_lattice/diff", sim_admin_diff},
    {"GET", "/_lattice/check", sim_admin_check},
    {"GET", "/_lattice/credentials", sim_admin_show_credentials},
    {"POST", "/_lattice/credentials", sim_admin_put_credential},
    {"POST", "/_lattice/certificates", sim_admin_import_certificate},
    {"POST", "/_lattice/vpcs", sim_admin_put_vpc},
    {"GET", "/_lattice/outside", sim_admin_list_outside},
    {"PUT", "/_lattice/outside", sim_admin_change_outside},
    {"DELETE", "/_lattice/outside", sim_admin_change_outside},
    {"PUT", "/_lattice/ec2-tags", sim_admin_put_ec2_tags},
    {"GET", "/_lattice/quotas/headroom", sim_admin_show_headroom},
    {"GET", "/_lattice/quotas/requests", sim_admin_show_quota_requests},
    {"PUT", "/_lattice/quotas/requests", sim_admin_decide_quota_request},
};

void sim_admin_handle(struct sim *sim, const struct lat_http_request *request,
                      struct sim_answer *ret_answer)
{
    struct sim_admin_call call = {
        .sim = sim, .arena = request->arena, .request = request, .answer = ret_answer};
    struct lat_err err = {0};
    LAT_AUTO(lat_json_decrefp)
    json_t *input = request->body_length == 0
                        ? json_object()
                        : lat_json_parse_new(request->body, request->body_length, &err);
    call.input = input;
    if (input == NULL) {
        lat_err_prefix(&err, "the body is not JSON");
        sim_admin_refuse(&call, 400, err.message);
        return;
    }
    if (!json_is_object(input)) {
        sim_admin_refuse(&call, 400, "the body is not a JSON object");
        return;
    }
    for (size_t i = 0; i < LAT_COUNT(routes); i++)
        if (lat_text_eq(routes[i].method, request->method) &&
            lat_text_eq(routes[i].path, request->path)) {
            routes[i].handle(&call);
            return;
        }
    sim_admin_refuse(&call, 404, "the admin API has no such path; see docs/admin.md");
}
