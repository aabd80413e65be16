/* The VPC Lattice API over the generated tables; see api.h. */
#include "simulator/lattice/api.h"

#include "common/aws/codec.h"
#include "common/base/text.h"
#include "simulator/engine/fault.h"
#include "simulator/engine/idempotency.h"
#include "simulator/lattice/handlers.h"

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

static int perform(struct sim_call *call, const struct lat_http_request *request,
                   struct sim_answer *ret_answer)
{
    void *input = NULL;
    const char *replay = NULL;
    if (decode(call, request, &input) < 0)
        return -1;
    const struct lat_operation *operation = call->lattice;
    sim_handler *handler = sim_lattice_handlers[operation - lat_operations];
    if (sim_fault_strike(call) < 0 || sim_idempotency_find(call, input, &replay) < 0)
        return -1;
    ret_answer->status = operation->status;
    if (replay != NULL) {
        ret_answer->body = replay;
    } else {
        void *output = lat_arena_alloc(call->arena, operation->output->bytes);
        if (handler(call, input, output) < 0)
            return -1;
        ret_answer->body = lat_response_encode(call->arena, operation, output);
        if (sim_idempotency_keep(call, input, ret_answer->body) < 0)
            return -1;
    }
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
