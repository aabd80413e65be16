/* Operations and their input as written into requests; see raw_call.h. */
#include "common/aws/raw_call.h"

#include "common/aws/uri.h"
#include "common/base/buf.h"
#include "common/base/json.h"
#include "common/base/lat_limits.h"

#include <string.h>

static void append_value(struct lat_buf *out, struct lat_arena *arena, const json_t *value)
{
    (void)lat_buf_puts(out,
                       lat_uri_encode(arena, json_is_string(value) ? json_string_value(value)
                                                                   : lat_json_text(arena, value)));
}

static int append_path(struct lat_buf *out, struct lat_arena *arena,
                       const struct lat_operation *operation, const json_t *input,
                       struct lat_err *reterr)
{
    for (size_t i = 0; i < operation->part_count; i++) {
        const struct lat_path_part *part = &operation->parts[i];
        (void)lat_buf_puts(out, "/");
        if (part->word != NULL) {
            (void)lat_buf_puts(out, part->word);
            continue;
        }
        const json_t *value = json_object_get(input, part->label->name);
        if (value == NULL)
            return lat_err_input(reterr, "%s needs the member \"%s\"", operation->name,
                                 part->label->name);
        append_value(out, arena, value);
    }
    return 0;
}

static void append_parameter(struct lat_buf *out, struct lat_arena *arena, const char *name,
                             const json_t *value)
{
    (void)lat_buf_puts(out, strchr(out->data, '?') == NULL ? "?" : "&");
    (void)lat_buf_puts(out, lat_uri_encode(arena, name));
    (void)lat_buf_puts(out, "=");
    append_value(out, arena, value);
}

/* Puts each member where the tables say: into the query, into body, or nowhere (labels). */
static int place_members(struct lat_buf *out, struct lat_arena *arena,
                         const struct lat_operation *operation, const json_t *input, json_t *body,
                         struct lat_err *reterr)
{
    const char *name;
    json_t *value;
    json_object_foreach(lat_json_iterable(input), name, value) {
        const struct lat_member *member = lat_shape_member(operation->input, name);
        if (member == NULL)
            return lat_err_input(reterr, "%s has no member \"%s\"", operation->name, name);
        if (member->location == LAT_LOCATION_BODY)
            (void)json_object_set(body, name, value);
        if (member->location != LAT_LOCATION_QUERY || json_is_null(value))
            continue;
        for (size_t i = 0; i < json_array_size(value); i++)
            append_parameter(out, arena, name, json_array_get(value, i));
        if (!json_is_array(value))
            append_parameter(out, arena, name, value);
    }
    return 0;
}

int lat_raw_call_build(struct lat_arena *arena, const struct lat_operation *operation,
                       const json_t *input, struct lat_raw_call *ret_call, struct lat_err *reterr)
{
    struct lat_buf target LAT_AUTO(lat_buf_done);
    lat_buf_init(&target, LAT_HTTP_BODY_BYTES_MAX);
    json_t *body LAT_AUTO(lat_json_decrefp) = json_object();
    if (append_path(&target, arena, operation, input, reterr) < 0 ||
        place_members(&target, arena, operation, input, body, reterr) < 0)
        return -1;
    /* As the official clients do: a body, be it empty, with POST, PUT and PATCH. */
    const char *text = NULL;
    if (operation->method[0] == 'P' || json_object_size(body) > 0)
        text = lat_json_text(arena, body);
    *ret_call = (struct lat_raw_call){.method = operation->method,
                                      .target = lat_arena_strdup(arena, target.data),
                                      .body = text,
                                      .body_length = text != NULL ? strlen(text) : 0};
    return 0;
}
