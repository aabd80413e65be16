/* Calls to VPC Lattice by operation; see client.h. */
#include "controller/aws/client.h"

#include "common/aws/codec.h"
#include "common/base/text.h"

#include <string.h>

#define PAGES_MAX 10000 /* a listing that does not end is broken */

/* The input, with a client token of its own when the operation takes one and none is given. */
static const void *with_token(struct gwc_aws *aws, struct lat_arena *arena,
                              const struct lat_operation *operation, const void *input)
{
    if (operation->token == NULL || lat_member_text(input, operation->token) != NULL)
        return input;
    char *text = lat_arena_alloc(arena, LAT_UUID_TEXT_BYTES);
    lat_rng_uuid(gwc_aws_options(aws)->rng, text);
    void *copy = lat_arena_alloc(arena, operation->input->bytes);
    memcpy(copy, input, operation->input->bytes);
    lat_member_set_text(copy, operation->token, text);
    return copy;
}

static int broken(struct lat_arena *arena, const struct lat_operation *operation,
                  const char *message, struct gwc_aws_error *ret_error)
{
    *ret_error = (struct gwc_aws_error){.code = "", .message = message};
    ret_error->text =
        lat_arena_printf(arena, "operation error VPC Lattice: %s, %s", operation->name, message);
    return -1;
}

int gwc_aws_call(struct gwc_aws *aws, struct lat_arena *arena, enum lat_operation_id operation_id,
                 const void *input, const void **ret_output, struct gwc_aws_error *ret_error)
{
    const struct lat_operation *operation = &lat_operations[operation_id];
    struct lat_wire_request wire;
    struct lat_err err;
    if (lat_request_encode(arena, operation, with_token(aws, arena, operation, input), &wire,
                           &err) < 0)
        return broken(arena, operation, lat_arena_strdup(arena, err.message), ret_error);
    const struct gwc_aws_request request = {
        .service_id = "VPC Lattice",
        .operation = operation->name,
        .endpoint = gwc_aws_options(aws)->lattice_endpoint,
        .signing_name = "vpc-lattice",
        .method = wire.method,
        .path = wire.path,
        .query = wire.query,
        .content_type = wire.body == NULL ? NULL : "application/json",
        .body = wire.body,
        .attempts_max = GWC_AWS_ATTEMPTS_LATTICE,
    };
    struct lat_http_answer answer;
    if (gwc_aws_send(aws, arena, &request, &answer, ret_error) < 0)
        return -1;
    void *output = NULL;
    struct lat_refusal refusal = {0};
    if (lat_response_decode(arena, operation, answer.status, answer.body, answer.body_length, NULL,
                            NULL, &output, &refusal) < 0)
        return broken(arena, operation, "the answer is not what the API describes", ret_error);
    if (ret_output != NULL)
        *ret_output = output;
    return 0;
}

int gwc_aws_page(struct gwc_aws *aws, struct lat_arena *arena, struct gwc_aws_pages *pages,
                 struct lat_list *ret_items, struct gwc_aws_error *ret_error)
{
    const struct lat_operation *operation = &lat_operations[pages->operation];
    if (pages->is_done)
        return 0;
    if (++pages->page_count > PAGES_MAX)
        return broken(arena, operation, "the listing does not end", ret_error);
    void *input = lat_arena_alloc(arena, operation->input->bytes);
    memcpy(input, pages->input, operation->input->bytes);
    lat_member_set_text(input, operation->page_cursor, pages->cursor);
    const void *output = NULL;
    if (gwc_aws_call(aws, arena, pages->operation, input, &output, ret_error) < 0)
        return -1;
    *ret_items = *lat_member_list(output, operation->page_items);
    pages->cursor = lat_member_text(output, operation->page_next);
    pages->is_done = lat_text_is_empty(pages->cursor);
    return 1;
}

int gwc_aws_list(struct gwc_aws *aws, struct lat_arena *arena, enum lat_operation_id operation,
                 const void *input, struct lat_list *ret_items, struct gwc_aws_error *ret_error)
{
    struct gwc_aws_pages pages = {.operation = operation, .input = input};
    size_t bytes = lat_operations[operation].page_items->shape->element->bytes;
    struct lat_list all = {.has = true};
    struct lat_list page;
    int more = 0;
    while ((more = gwc_aws_page(aws, arena, &pages, &page, ret_error)) > 0) {
        char *joined = lat_arena_alloc(arena, (all.count + page.count + 1) * bytes);
        if (all.count > 0)
            memcpy(joined, all.items, all.count * bytes);
        if (page.count > 0)
            memcpy(joined + all.count * bytes, page.items, page.count * bytes);
        all.items = joined;
        all.count += page.count;
    }
    if (more < 0)
        return -1;
    *ret_items = all;
    return 0;
}
