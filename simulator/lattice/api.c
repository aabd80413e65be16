/* The VPC Lattice API over the generated tables; see api.h. */
#include "simulator/lattice/api.h"

#include "common/aws/codec.h"
#include "common/base/text.h"
#include "simulator/engine/fault.h"
#include "simulator/engine/idempotency.h"
#include "simulator/engine/recent.h"
#include "simulator/lattice/handlers.h"

#include <stdlib.h>
#include <string.h>

static int decode(struct sim_call *call, const struct lat_http_request *request, void **ret_input)
{
    struct lat_routed routed;
    if (lat_route(call->arena, request->method, request->path, &routed) < 0)
        return sim_refuse_plainly(call, 404, "UnknownOperationException",
                                  lat_arena_printf(call->arena, "No operation is at %s %s",
                                                   request->method, request->path));
    call->operation = routed.operation->name;
    call->lattice = routed.operation;
    if (lat_request_decode(call->sim->codec, call->arena, &routed, request->query, request->body,
                           request->body_length, ret_input, &call->refusal) < 0)
        return -1;
    call->input = lat_document_text(call->arena, routed.operation->input, *ret_input, NULL);
    return 0;
}

/* Does what is asked; what may answer the same question again is kept. */
static int work(struct sim_call *call, const void *input, const char **ret_body)
{
    const struct lat_operation *operation = call->lattice;
    void *output = lat_arena_alloc(call->arena, operation->output->bytes);
    if (sim_lattice_handlers[operation - lat_operations](call, input, output) < 0)
        return -1;
    *ret_body = lat_response_encode(call->arena, operation, output);
    sim_recent_keep(call, *ret_body);
    return sim_idempotency_keep(call, input, *ret_body);
}

/* A kept answer; where SIM_CHECK_RECENT is set, which builds with sanitizers do, it is made anew
 * all the same, and must be that. */
static int recall(struct sim_call *call, const void *input, const char **ret_body)
{
    *ret_body = sim_recent_find(call);
#ifdef SIM_CHECK_RECENT
    const char *anew = NULL;
    if (*ret_body != NULL && (work(call, input, &anew) < 0 || strcmp(anew, *ret_body) != 0)) {
        lat_log_write(call->sim->log, LAT_LOG_ERROR,
                      "%s was answered with what no longer holds: %s", call->operation, *ret_body);
        abort();
    }
#endif
    return *ret_body != NULL ? 0 : work(call, input, ret_body);
}

static int perform(struct sim_call *call, const struct lat_http_request *request,
                   struct sim_answer *ret_answer)
{
    void *input = NULL;
    const char *body = NULL;
    if (decode(call, request, &input) < 0 || sim_fault_strike(call) < 0 ||
        sim_idempotency_find(call, input, &body) < 0)
        return -1;
    if (body == NULL && recall(call, input, &body) < 0)
        return -1;
    ret_answer->status = call->lattice->status;
    ret_answer->body = body;
    ret_answer->content_type = lat_text_is_empty(ret_answer->body) ? NULL : "application/json";
    return 0;
}

static void refuse(struct sim_call *call, struct sim_answer *ret_answer)
{
    struct lat_wire_response wire;
    lat_refusal_encode(call->arena, &call->refusal, &wire);
    ret_answer->status = wire.status;
    ret_answer->content_type = "application/json";
    ret_answer->body = wire.body;
    for (size_t i = 0; i < wire.header_count; i++)
        sim_answer_header(ret_answer, wire.headers[i].key, wire.headers[i].value);
}

const struct sim_api sim_lattice_api = {
    .signing_name = "vpc-lattice",
    .perform = perform,
    .refuse = refuse,
};
