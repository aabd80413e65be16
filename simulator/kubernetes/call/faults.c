/* Where fault rules meet a request of the Kubernetes API, and answers that go out later, or never,
 * because of one. Which rule strikes is the engine's matter. */
#include "simulator/kubernetes/call/call.h"

#include "common/base/text.h"
#include "simulator/engine/fault.h"

/* "pods", and with its group, each with the subresource behind it: as rules of access say it. */
static const char *resource_text(struct sim_kube_call *call, const char *resource)
{
    const char *part = call->request.subresource;
    return part[0] == '\0' ? resource : lat_arena_printf(call->arena, "%s/%s", resource, part);
}

static int refuse(struct sim_kube_call *call, const struct sim_fault *fault)
{
    sim_kube_refuse_as(call, fault->error.status, fault->error.code, fault->error.message,
                       fault->error.retry_after_seconds);
    return -1;
}

int sim_kube_fault_strike(struct sim_kube_call *call)
{
    const struct sim_kube_request *request = &call->request;
    struct sim_faults *faults = call->kube->sim->faults;
    if (faults == NULL || request->kind == NULL)
        return 0;
    const struct sim_fault_subject subject = {
        .api = SIM_FAULT_KUBERNETES,
        .operation = sim_kube_verb_word(request->verb),
        .resources = {resource_text(call, request->kind->plural),
                      resource_text(call, request->kind->resource)},
        .namespace = request->namespace,
        .name = request->name,
        .callers = {call->user.name, sim_kube_caller(call)},
    };
    call->fault = sim_faults_take(faults, &subject);
    if (call->fault == NULL)
        return 0;
    if (call->fault->cut == SIM_CUT_BEFORE)
        return sim_kube_refuse(call, SIM_KUBE_UNKNOWN, "The connection was cut");
    return call->fault->error.code != NULL ? refuse(call, call->fault) : 0;
}

bool sim_kube_fault_cuts(const struct sim_kube_call *call)
{
    return call->fault != NULL && call->fault->cut != SIM_CUT_NONE && !call->is_streaming;
}

bool sim_kube_fault_shows(const struct sim_kube_call *call)
{
    return call->fault != NULL &&
           (call->fault->error.code != NULL || call->fault->cut != SIM_CUT_NONE);
}

/* --- answers that wait ------------------------------------------------------------------------ */

/* In the arena of its request, which waits with it. */
struct sim_kube_held {
    struct sim_kube_held *next;
    struct lat_http_exchange *exchange;
    struct sim_kube_reply reply;
    int64_t due_ms;
};

static void send_now(struct lat_http_exchange *exchange, const struct sim_kube_reply *reply)
{
    if (reply->is_cut)
        lat_http_exchange_cut(exchange);
    else
        lat_http_exchange_answer(exchange, reply->status, reply->headers, reply->header_count,
                                 reply->body, reply->length);
}

void sim_kube_send(struct sim_kube_call *call, const struct sim_kube_reply *reply)
{
    struct sim_kube *kube = call->kube;
    if (call->fault == NULL || call->fault->latency_ms == 0) {
        send_now(call->exchange, reply);
        return;
    }
    struct sim_kube_held *held = LAT_NEW(call->arena, struct sim_kube_held);
    *held = (struct sim_kube_held){kube->held, call->exchange, *reply,
                                   call->now_ms + call->fault->latency_ms};
    held->reply.body = lat_arena_strndup(call->arena, reply->body, reply->length);
    kube->held = held;
}

int64_t sim_kube_send_held(struct sim_kube *kube, int64_t now_ms)
{
    int64_t first = INT64_MAX;
    for (struct sim_kube_held **at = &kube->held; *at != NULL;) {
        struct sim_kube_held *held = *at;
        if (held->due_ms <= now_ms) {
            *at = held->next;
            send_now(held->exchange, &held->reply); /* held may be gone after this */
            continue;
        }
        first = held->due_ms < first ? held->due_ms : first;
        at = &held->next;
    }
    return kube->sim->clock.is_virtual ? INT64_MAX : first; /* that moves by request only */
}
