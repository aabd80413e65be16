/* JSON 1.1 framing; see json_1_1.h. Source: lattice-api reference J.8. */
#include "simulator/aws/json_1_1.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/engine/fault.h"

#include <string.h>

#define CONTENT_TYPE "application/x-amz-json-1.1"

static const struct sim_json_operation *find(const struct sim_json_operation *operations,
                                             size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (lat_text_eq(operations[i].name, name))
            return &operations[i];
    return NULL;
}

int sim_json_perform(struct sim_call *call, const struct lat_http_request *request,
                     const struct sim_json_operation *operations, size_t operation_count,
                     struct sim_answer *ret_answer)
{
    const char *target = lat_text_or_empty(lat_http_request_header(request, "X-Amz-Target"));
    const char *dot = strrchr(target, '.');
    call->operation = dot == NULL ? target : dot + 1;
    const struct sim_json_operation *operation = find(operations, operation_count, call->operation);
    if (operation == NULL)
        return sim_refuse_plainly(
            call, 400, "UnknownOperationException",
            lat_arena_printf(call->arena, "No operation is named %s", call->operation));
    const char *body = request->body_length == 0 ? "{}" : request->body;
    LAT_AUTO(lat_json_decrefp)
    json_t *input = lat_json_parse_new(body, strlen(body), NULL);
    if (!json_is_object(input))
        return sim_refuse_plainly(call, 400, "SerializationException",
                                  "The body is not a JSON object");
    LAT_AUTO(lat_json_decrefp) json_t *output = NULL;
    if (sim_fault_strike(call) < 0 || operation->handle(call, input, &output) < 0)
        return -1;
    ret_answer->status = 200;
    ret_answer->content_type = CONTENT_TYPE;
    ret_answer->body = lat_json_text(call->arena, output);
    return 0;
}

void sim_json_refuse(struct sim_call *call, struct sim_answer *ret_answer)
{
    LAT_AUTO(lat_json_decrefp) json_t *body = json_object();
    lat_json_set_string(body, "__type", call->refusal.code);
    lat_json_set_string(body, "message", call->refusal.message);
    lat_json_set_string(body, "Message", call->refusal.message);
    ret_answer->status = call->refusal.status;
    ret_answer->content_type = CONTENT_TYPE;
    ret_answer->body = lat_json_text(call->arena, body);
}
