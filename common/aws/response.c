/* Successful answers: an output struct to a body, and an answer of either kind back. */
#include "common/aws/codec.h"
#include "common/base/json.h"
#include "common/base/text.h"

#include <assert.h>

#define STATUS_NO_CONTENT 204

const char *lat_response_encode(struct lat_arena *arena, const struct lat_operation *operation,
                                const void *output)
{
    if (operation->status == STATUS_NO_CONTENT)
        return "";
    if (operation->output->member_count == 0)
        return "{}";
    assert(output != NULL);
    return lat_document_text(arena, operation->output, output, operation->page_items);
}

/* An answer that is not what the API promises: the SDKs fail with an error of their own, and so do
 * we. */
static int refuse_unreadable(struct lat_arena *arena, const struct lat_operation *operation,
                             int status, const char *why, struct lat_refusal *ret_refusal)
{
    *ret_refusal = (struct lat_refusal){
        .code = "DeserializationError",
        .status = status,
        .message =
            lat_arena_printf(arena, "the answer to %s cannot be read: %s", operation->name, why),
    };
    return -1;
}

static int decode_output(struct lat_arena *arena, const struct lat_operation *operation, int status,
                         const char *body, size_t body_length, void **ret_output,
                         struct lat_refusal *ret_refusal)
{
    struct lat_err error;
    LAT_AUTO(lat_json_decrefp)
    json_t *document =
        body_length == 0 ? json_object() : lat_json_parse_new(body, body_length, &error);
    if (document == NULL)
        return refuse_unreadable(arena, operation, status, error.message, ret_refusal);
    if (!json_is_object(document))
        return refuse_unreadable(arena, operation, status, "not a JSON object", ret_refusal);
    const struct lat_field_violation *fields;
    struct lat_codec *types_alone = NULL;
    if (lat_document_decode(types_alone, arena, operation->output, document, ret_output, &fields) ==
        0)
        return 0;
    const char *why = lat_arena_printf(arena, "%s: %s", fields[0].name, fields[0].message);
    return refuse_unreadable(arena, operation, status, why, ret_refusal);
}

int lat_response_decode(struct lat_arena *arena, const struct lat_operation *operation, int status,
                        const char *body, size_t body_length, const char *error_type,
                        const char *retry_after, void **ret_output, struct lat_refusal *ret_refusal)
{
    if (status >= 200 && status <= 299)
        return decode_output(arena, operation, status, body, body_length, ret_output, ret_refusal);
    lat_refusal_decode(arena, status, body, body_length, error_type, retry_after, ret_refusal);
    return -1;
}
