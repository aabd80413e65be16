/* What the files of the admin API share: a call in the making, and its answers. Nobody outside of
 * this folder includes it. */
#pragma once

#include "simulator/admin/admin.h"
#include "simulator/engine/call.h"

#include <jansson.h>

struct sim_admin_call {
    struct sim *sim;
    struct lat_arena *arena;
    const struct lat_http_request *request;
    const json_t *input; /* the body as an object; empty when there is none */
    struct sim_answer *answer;
};

/* Answers with a JSON body; takes over the new reference. */
void sim_admin_answer(struct sim_admin_call *call, int status, json_t *new_body);
/* Answers {"message": …}. */
void sim_admin_refuse(struct sim_admin_call *call, int status, const char *message);

/* The requests that files of their own answer. */
void sim_admin_ask_failure(struct sim_admin_call *call);
void sim_admin_forget_failures(struct sim_admin_call *call);
void sim_admin_change_endpoint(struct sim_admin_call *call);
void sim_admin_list_faults(struct sim_admin_call *call);
void sim_admin_add_fault(struct sim_admin_call *call);
void sim_admin_forget_faults(struct sim_admin_call *call);
void sim_admin_list_shares(struct sim_admin_call *call);
void sim_admin_change_share(struct sim_admin_call *call);
void sim_admin_turn_targets(struct sim_admin_call *call);
void sim_admin_list_pods(struct sim_admin_call *call);
void sim_admin_scale_pods(struct sim_admin_call *call);
void sim_admin_turn_pods(struct sim_admin_call *call);
void sim_admin_delete_pods(struct sim_admin_call *call);
void sim_admin_show_delays(struct sim_admin_call *call);
void sim_admin_set_delays(struct sim_admin_call *call);
void sim_admin_show_throttle(struct sim_admin_call *call);
void sim_admin_set_throttle(struct sim_admin_call *call);
void sim_admin_show_credentials(struct sim_admin_call *call);
void sim_admin_put_credential(struct sim_admin_call *call);
void sim_admin_import_certificate(struct sim_admin_call *call);
void sim_admin_put_vpc(struct sim_admin_call *call);
void sim_admin_list_outside(struct sim_admin_call *call);
void sim_admin_change_outside(struct sim_admin_call *call);
void sim_admin_put_ec2_tags(struct sim_admin_call *call);
void sim_admin_show_headroom(struct sim_admin_call *call);
void sim_admin_show_quota_requests(struct sim_admin_call *call);
void sim_admin_decide_quota_request(struct sim_admin_call *call);

/* Account and Region that a request speaks of: its own members, or the configured ones. */
struct sim_caller sim_admin_caller(const struct sim_admin_call *call);

/* Answers with a text as it is; content_type is a literal. */
void sim_admin_answer_text(struct sim_admin_call *call, const char *content_type, const char *text);
/* Answers what a function of the engine said: 400 for a wrong input, else 500. */
void sim_admin_refuse_err(struct sim_admin_call *call, const struct lat_err *err);
/* The decoded value of a query parameter; NULL when absent. */
const char *sim_admin_parameter(const struct sim_admin_call *call, const char *name);

/* Whether every parameter of the query is one of these; else the call is refused. */
bool sim_admin_check_parameters(struct sim_admin_call *call, const char *const *names,
                                size_t count);

/* journal.c, metrics.c */
void sim_admin_journal(struct sim_admin_call *call);
void sim_admin_explain(struct sim_admin_call *call);
void sim_admin_metrics(struct sim_admin_call *call);

/* state.c */
void sim_admin_export(struct sim_admin_call *call);
void sim_admin_import(struct sim_admin_call *call);
void sim_admin_reset(struct sim_admin_call *call);
void sim_admin_list_snapshots(struct sim_admin_call *call);
void sim_admin_take_snapshot(struct sim_admin_call *call);
void sim_admin_drop_snapshot(struct sim_admin_call *call);
void sim_admin_restore(struct sim_admin_call *call);
void sim_admin_branch(struct sim_admin_call *call);
void sim_admin_diff(struct sim_admin_call *call);
void sim_admin_check(struct sim_admin_call *call);
