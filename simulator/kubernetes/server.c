/* The life of one request: read, carry out in one transaction, answer, note in the journal, tell
 * the watches. What a verb means is in the file of that verb. */
#include "simulator/kubernetes/kube_int.h"

#include "common/base/lat_limits.h"
#include "common/base/text.h"
#include "simulator/engine/api.h"
#include "simulator/engine/explain.h"
#include "simulator/engine/journal.h"
#include "simulator/kubernetes/call/identity.h"

#include <stdlib.h>
#include <string.h>

/* The write, what leaves with what it removed, and what the controllers make of it. */
static int write_and_follow(struct sim_kube_call *call)
{
    int64_t before = 0;
    call->kube->is_followed = false;
    if (sim_store_kube_version(call->kube->sim->store, &before) < 0 ||
        sim_kube_action_of(&call->request)(call) < 0)
        return -1;
    if (!call->request.is_dry_run && sim_kube_cascade(call) < 0)
        return -1;
    return call->kube->is_followed ? sim_kube_control(call, before) : 0;
}

static void carry_out_write(struct sim_kube_call *call)
{
    struct sim_store *store = call->kube->sim->store;
    if (sim_store_begin(store) < 0)
        return;
    if (write_and_follow(call) < 0 || call->request.is_dry_run)
        sim_store_rollback(store);
    else if (sim_store_commit(store) < 0) {
        sim_store_rollback(store);
        call->answer.status = 0;
    }
}

void sim_kube_carry_out(struct sim_kube_call *call)
{
    if (call->request.kind == NULL) {
        if (!sim_kube_discover(call) && !sim_kube_openapi(call) && !sim_kube_review(call))
            sim_kube_answer_text(call, 404, "404 page not found\n");
        return;
    }
    if (sim_kube_check_accept(call) < 0)
        return;
    if (sim_kube_verb_writes(call->request.verb))
        carry_out_write(call);
    else if (sim_kube_action_of(&call->request)(call) < 0 && call->answer.status == 0)
        return; /* the store failed; the caller says so */
}

#define LEFT_OUT "(left out: it holds secrets)"

/* Discovery and health are not noted: they say nothing about what anybody did. */
static void note(const struct sim_kube_call *call)
{
    const struct sim_kube_request *request = &call->request;
    bool struck = sim_kube_fault_shows(call);
    if (request->kind == NULL)
        return;
    bool holds_secrets = lat_text_eq(request->kind->resource, "secrets");
    struct sim_journal_entry entry = {
        .at_ms = call->now_ms,
        .api = "kubernetes",
        .service = request->kind->plural,
        .operation = sim_kube_verb_word(request->verb),
        .caller = sim_kube_caller(call),
        .target = lat_arena_printf(call->arena, "%s %s", call->http->method, call->http->target),
        .input = holds_secrets ? LEFT_OUT : call->http->body,
        .status = call->answer.status,
        .error = call->answer.reason,
        .message = call->answer.message,
        .rule = struck ? "fault" : call->answer.reason,
        .rule_source = struck                        ? "chosen"
                       : call->answer.reason == NULL ? NULL
                                                     : "observed",
        .output = call->is_streaming ? ""
                  : holds_secrets    ? LEFT_OUT
                                     : call->answer.body,
    };
    if (sim_kube_verb_writes(request->verb))
        entry.changes = sim_store_changes(call->kube->sim->store, &entry.change_count);
    if (entry.error != NULL)
        entry.seen = sim_explain_rows(call->kube->sim->store, call->arena, NULL, &entry.seen_count);
    sim_journal_add(call->kube->sim->journal, &entry);
}

static void send(struct sim_kube_call *call)
{
    const struct sim_kube_answer *answer = &call->answer;
    struct sim_kube_reply reply = {
        .status = answer->status,
        .is_cut = sim_kube_fault_cuts(call),
        .headers = {{"Content-Type", answer->content_type}, {"Cache-Control", "no-cache, private"}},
        .header_count = 2,
        .body = answer->body,
        .length = answer->length,
    };
    int seconds = answer->retry_after_seconds;
    if (seconds == 0 && answer->status == 429 && call->fault == NULL)
        seconds = 1;
    if (seconds > 0)
        reply.headers[reply.header_count++] =
            (struct lat_http_header){"Retry-After", lat_arena_printf(call->arena, "%d", seconds)};
    for (size_t i = 0; i < call->warning_count && reply.header_count < SIM_KUBE_HEADERS_MAX; i++)
        reply.headers[reply.header_count++] =
            (struct lat_http_header){"Warning", call->warnings[i]};
    sim_kube_send(call, &reply);
}

/* What the caller never sees is in the journal all the same. */
static void lose_answer(struct sim_kube_call *call)
{
    call->answer.status = 0;
    call->answer.reason = SIM_CUT_CODE;
}

static struct sim_kube_call begin_call(struct sim_kube *kube, const struct lat_http_request *http)
{
    struct sim_kube_call call = {
        .kube = kube,
        .http = http,
        .arena = http->arena,
        .now_ms = lat_clock_now_ms(&kube->sim->clock),
    };
    kube->was_asked = true;
    lat_buf_init(&call.buf, LAT_HTTP_ANSWER_BYTES_MAX);
    return call;
}

/* From the request to its answer, which is not yet told to anybody. */
static void perform(struct sim_kube_call *call, bool strikes)
{
    struct sim *sim = call->kube->sim;
    sim_store_forget_seen(sim->store);
    if (sim_kube_identify(call) == 0 && sim_kube_request_read(call) == 0 &&
        (!strikes || sim_kube_fault_strike(call) == 0))
        sim_kube_carry_out(call);
    if (call->answer.status == 0) {
        lat_log_write(sim->log, LAT_LOG_ERROR, "kubernetes: %s %s: %s", call->http->method,
                      call->http->target, sim_store_message(sim->store));
        sim_kube_refuse(call, SIM_KUBE_INTERNAL_ERROR, "Internal error occurred: the store failed");
    }
}

void sim_kube_serve(struct sim_kube_call *call)
{
    perform(call, false);
    note(call);
}

void sim_kube_settle(struct sim_kube *kube)
{
    sim_kube_watch_publish(kube);
    if (kube->definitions_changed && sim_kube_definitions_load(kube) < 0)
        lat_log_write(kube->sim->log, LAT_LOG_ERROR,
                      "kubernetes: not every CustomResourceDefinition could be installed");
}

void sim_kube_handle(void *context, struct lat_http_exchange *exchange)
{
    struct sim_kube *kube = context;
    struct sim_kube_call call = begin_call(kube, lat_http_exchange_request(exchange));
    call.exchange = exchange;
    perform(&call, true);
    if (sim_kube_fault_cuts(&call))
        lose_answer(&call);
    note(&call);
    if (!call.is_streaming)
        send(&call);
    sim_kube_settle(kube);
    lat_buf_done(&call.buf);
}

json_t *sim_kube_ask_new(void *context, struct lat_arena *arena, const char *method,
                         const char *target, const json_t *body, int *ret_status)
{
    struct sim_kube *kube = context;
    size_t length = strcspn(target, "?");
    const char *text = body == NULL ? "" : lat_json_text(arena, body);
    const struct lat_http_header headers[] = {{"Content-Type", lat_text_eq(method, "PATCH")
                                                                   ? "application/merge-patch+json"
                                                                   : "application/json"},
                                              {"User-Agent", "lattice-admin"}};
    const struct lat_http_request http = {
        .arena = arena,
        .method = method,
        .target = target,
        .path = lat_arena_strndup(arena, target, length),
        .query = target[length] == '?' ? target + length + 1 : "",
        .body = text,
        .body_length = strlen(text),
        .headers = headers,
        .header_count = LAT_COUNT(headers),
    };
    struct sim_kube_call call = begin_call(kube, &http);
    sim_kube_serve(&call);
    sim_kube_settle(kube);
    *ret_status = call.answer.status;
    json_t *answer = lat_json_parse_new(call.answer.body, call.answer.length, NULL);
    lat_buf_done(&call.buf);
    return answer;
}
