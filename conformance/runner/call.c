/* Operations and their raw input into requests; see call.h. */
#include "conformance/runner/call.h"

#include "common/aws/raw_call.h"
#include "common/base/json.h"
#include "common/base/text.h"

#include <string.h>

static const struct lat_http_header json_headers[] = {{"Content-Type", "application/json"}};

const struct lat_operation *cft_call_operation(const char *name)
{
    return lat_operation_by_name(name);
}

const struct lat_member *cft_call_member(const struct lat_operation *operation, const char *name)
{
    return lat_shape_member(operation->input, name);
}

const char *cft_call_missing_label(const struct lat_operation *operation, const json_t *input)
{
    for (size_t i = 0; i < operation->part_count; i++) {
        const struct lat_member *label = operation->parts[i].label;
        if (label != NULL && json_object_get(input, label->name) == NULL)
            return label->name;
    }
    return NULL;
}

/* A body with further members laid over it. */
static int add_extra(struct lat_arena *arena, const json_t *extra, struct lat_raw_call *call,
                     struct lat_err *reterr)
{
    json_t *LAT_AUTO(lat_json_decrefp) body =
        call->body == NULL ? json_object()
                           : lat_json_parse_new(call->body, call->body_length, reterr);
    if (body == NULL)
        return -1;
    json_object_update(body, lat_json_iterable(extra));
    call->body = lat_json_text(arena, body);
    call->body_length = strlen(call->body);
    return 0;
}

int cft_call_build(struct lat_arena *arena, const struct lat_operation *operation,
                   const json_t *input, const json_t *extra, struct cft_request *ret_request,
                   struct lat_err *reterr)
{
    struct lat_raw_call call;
    if (lat_raw_call_build(arena, operation, input, &call, reterr) < 0)
        return -1;
    if (extra != NULL && add_extra(arena, extra, &call, reterr) < 0)
        return -1;
    bool has_body = call.body != NULL;
    *ret_request = (struct cft_request){.service = "vpc-lattice",
                                        .method = call.method,
                                        .path = call.target,
                                        .headers = has_body ? json_headers : NULL,
                                        .header_count = has_body ? LAT_COUNT(json_headers) : 0,
                                        .body = call.body,
                                        .body_length = call.body_length};
    return 0;
}

/* CreateX is undone by DeleteX, StartX likewise. */
static const struct lat_operation *undoing(struct lat_arena *arena,
                                           const struct lat_operation *operation)
{
    static const char *const verbs[] = {"Create", "Start"};
    for (size_t i = 0; i < LAT_COUNT(verbs); i++)
        if (lat_text_has_prefix(operation->name, verbs[i]))
            return lat_operation_by_name(
                lat_arena_printf(arena, "Delete%s", operation->name + strlen(verbs[i])));
    return NULL;
}

int cft_call_undo(struct lat_arena *arena, const struct lat_operation *operation,
                  const json_t *input, const json_t *answer, struct cft_request *ret_request)
{
    const struct lat_operation *delete = undoing(arena, operation);
    json_t *id = json_object_get(answer, "id");
    if (delete == NULL || !json_is_string(id))
        return -1;
    json_t *LAT_AUTO(lat_json_decrefp) labels = json_object();
    for (size_t i = 0; i < delete->part_count; i++) {
        const struct lat_member *label = delete->parts[i].label;
        if (label == NULL)
            continue;
        json_t *known = json_object_get(input, label->name);
        json_object_set(labels, label->name, known != NULL ? known : id);
    }
    struct lat_err err = {0};
    return cft_call_build(arena, delete, labels, NULL, ret_request, &err);
}
