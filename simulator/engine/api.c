/* The life of a request on the AWS port; see api.h. */
#include "simulator/engine/api.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/engine/auth.h"
#include "simulator/engine/caller.h"
#include "simulator/engine/explain.h"
#include "simulator/engine/fault.h"
#include "simulator/engine/journal.h"
#include "simulator/engine/lifecycle.h"
#include "simulator/engine/traffic.h"

#include <string.h>

#define ADMIN_PREFIX "/_lattice/"

/* Whether "name." begins the host, as in vpc-lattice.us-east-2.amazonaws.com. */
static bool is_host_of(const struct sim_api *api, const char *host)
{
    size_t length = strlen(api->signing_name);
    return lat_text_has_prefix(host, api->signing_name) && host[length] == '.';
}

/* The query protocols carry their version in the form, or in the query of a presigned URL. */
static bool has_version(const struct sim_api *api, const struct lat_http_request *request)
{
    return api->query_version != NULL && (strstr(request->body, api->query_version) != NULL ||
                                          strstr(request->query, api->query_version) != NULL);
}

static bool is_below(const struct sim_api *api, const char *path)
{
    return api->path_prefix != NULL && lat_text_has_prefix(path, api->path_prefix);
}

/* The API of a signed request: the one of that name, else the one that takes all others. */
static const struct sim_api *api_of_service(const struct sim_aws *aws, const char *service)
{
    const struct sim_api *others = aws->apis[0];
    for (size_t i = 0; i < aws->api_count; i++) {
        if (lat_text_eq(aws->apis[i]->signing_name, service))
            return aws->apis[i];
        if (aws->apis[i]->signing_name == NULL)
            others = aws->apis[i];
    }
    return others;
}

/* By credential scope, else X-Amz-Target, else the query protocol's version, else the path, else
 * the host name. */
static const struct sim_api *pick_api(const struct sim_aws *aws, const struct sim_scope *scope,
                                      const struct lat_http_request *request)
{
    const char *target = lat_http_request_header(request, "X-Amz-Target");
    const char *host = lat_http_request_header(request, "Host");
    if (scope->service != NULL)
        return api_of_service(aws, scope->service);
    for (size_t i = 0; i < aws->api_count; i++) {
        const struct sim_api *api = aws->apis[i];
        if (api->signing_name == NULL)
            continue;
        if ((api->target_prefix != NULL && lat_text_has_prefix(target, api->target_prefix)) ||
            has_version(api, request) || is_below(api, request->path) ||
            is_host_of(api, lat_text_or_empty(host)))
            return api;
    }
    return aws->apis[0];
}

/* A failure of ours or of the machine: logged here, answered with 500 without details. */
static void break_down(struct sim_call *call)
{
    lat_log_write(call->sim->log, LAT_LOG_ERROR, "%s %s (request %s) failed: %s", call->service,
                  lat_text_or_empty(call->operation), call->request_id,
                  sim_store_message(call->sim->store));
    sim_refuse_plainly(call, 500, "InternalServerException",
                       "The simulator failed; its log says why");
}

/* Runs the call in one transaction: it happens whole or not at all. */
static void perform(struct sim_call *call, const struct sim_api *api,
                    const struct lat_http_request *request, struct sim_answer *answer)
{
    struct sim_store *store = call->sim->store;
    sim_store_forget_seen(store);
    if (sim_lifecycle_advance(call->sim, call->now_ms) < 0 || sim_store_begin(store) < 0) {
        break_down(call);
    } else if (sim_auth_admit(call, api, request) == 0 &&
               api->perform(call, request, answer) == 0) {
        if (sim_store_commit(store) == 0)
            return;
        break_down(call);
    } else if (!sim_is_refused(call)) {
        break_down(call);
    }
    sim_store_rollback(store);
    *answer = (struct sim_answer){0};
    api->refuse(call, answer);
}

#define LEFT_OUT "(left out: it holds credentials)"

/* Method and target as sent; a query that opens a door to whoever reads it is left out. */
static const char *journal_target(const struct sim_call *call,
                                  const struct lat_http_request *request)
{
    bool is_hidden = call->has_secrets || strstr(request->query, "X-Amz-Signature=") != NULL ||
                     strstr(request->query, "X-Amz-Security-Token=") != NULL;
    const char *query = request->query[0] == '\0' || !is_hidden ? "" : "?" LEFT_OUT;
    return lat_arena_concat(call->arena, request->method, " ",
                            is_hidden ? request->path : request->target, query, NULL);
}

static void write_journal(struct sim_call *call, const struct lat_http_request *request,
                          const struct sim_answer *answer)
{
    struct sim_verdict verdict = sim_explain_verdict(call);
    struct sim_journal_entry entry = {
        .at_ms = call->now_ms,
        .api = "aws",
        .service = call->service,
        .operation = call->operation,
        .caller = call->caller.arn,
        .target = journal_target(call, request),
        .input = call->has_secrets ? LEFT_OUT : call->input,
        .status = answer->status,
        .error = call->refusal.code,
        .message = call->refusal.message,
        .rule = verdict.rule,
        .rule_source = verdict.source,
        .output = call->has_secrets ? LEFT_OUT : answer->body,
        .request_id = call->request_id,
    };
    entry.changes = sim_store_changes(call->sim->store, &entry.change_count);
    if (sim_is_refused(call))
        entry.seen = sim_explain_rows(call->sim->store, call->arena, call, &entry.seen_count);
    sim_journal_add(call->sim->journal, &entry);
    sim_traffic_note(call->sim->traffic, call, answer);
}

/* The call that a request stands for, before anybody has judged it. */
static struct sim_call begin_call(struct sim_aws *aws, const struct lat_http_request *request,
                                  const struct sim_scope *scope, const char *service)
{
    char *request_id = lat_arena_alloc(request->arena, LAT_UUID_TEXT_BYTES);
    return (struct sim_call){
        .sim = aws->sim,
        .arena = request->arena,
        .caller = sim_caller_from_scope(request->arena, &aws->sim->config, scope),
        .request_id = lat_rng_uuid(&aws->sim->rng, request_id),
        .now_ms = lat_clock_now_ms(&aws->sim->clock),
        .service = service,
        .input = request->body,
    };
}

void sim_aws_answer(struct sim_aws *aws, const struct lat_http_request *request,
                    struct sim_answer *ret_answer)
{
    if (lat_text_has_prefix(request->path, ADMIN_PREFIX)) {
        aws->admin(aws->sim, request, ret_answer);
        return; /* it draws no request id: looking on must not change what comes */
    }
    struct sim_scope scope = sim_scope_read(request->arena, request);
    const struct sim_api *api = pick_api(aws, &scope, request);
    const char *service = api->signing_name != NULL ? api->signing_name : scope.service;
    struct sim_call call = begin_call(aws, request, &scope, service);
    perform(&call, api, request, ret_answer);
    sim_fault_settle(&call, request, ret_answer);
    write_journal(&call, request, ret_answer);
    sim_answer_header(ret_answer, "x-amzn-RequestId", call.request_id);
}

/* An answer that waits for its time; in the arena of its request, which waits with it. */
struct sim_held_answer {
    struct sim_held_answer *next;
    struct lat_http_exchange *exchange;
    struct sim_answer answer;
};

static void send_answer(struct lat_http_exchange *exchange, struct sim_answer *answer)
{
    const char *body = lat_text_or_empty(answer->body);
    if (answer->cut)
        lat_http_exchange_cut(exchange);
    else
        lat_http_exchange_answer(exchange, answer->status, answer->headers, answer->header_count,
                                 body, strlen(body));
}

void sim_aws_handle(void *context, struct lat_http_exchange *exchange)
{
    struct sim_aws *aws = context;
    const struct lat_http_request *request = lat_http_exchange_request(exchange);
    struct sim_answer answer = {0};
    sim_aws_answer(aws, request, &answer);
    if (answer.content_type != NULL)
        sim_answer_header(&answer, "Content-Type", answer.content_type);
    if (answer.due_ms == 0) {
        send_answer(exchange, &answer);
        return;
    }
    struct sim_held_answer *held = LAT_NEW(request->arena, struct sim_held_answer);
    *held = (struct sim_held_answer){.next = aws->held, .exchange = exchange, .answer = answer};
    aws->held = held;
}

int sim_aws_tick(struct sim_aws *aws)
{
    int64_t now = lat_clock_now_ms(&aws->sim->clock), wait = -1;
    for (struct sim_held_answer **at = &aws->held; *at != NULL;) {
        struct sim_held_answer *held = *at;
        int64_t left = held->answer.due_ms - now;
        if (left <= 0) {
            *at = held->next;
            send_answer(held->exchange, &held->answer); /* held may be gone after this */
            continue;
        }
        if (wait < 0 || left < wait)
            wait = left;
        at = &held->next;
    }
    return aws->sim->clock.is_virtual ? -1 : (int)wait;
}
