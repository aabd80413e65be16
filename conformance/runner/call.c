/* Operations and their raw input into requests; see call.h. */
#include "conformance/runner/call.h"

#include "common/base/buf.h"
#include "common/base/json.h"
#include "common/base/lat_limits.h"
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

static void percent_encode(struct lat_buf *out, const char *text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (const char *at = text; *at != '\0'; at++)
        if (strchr(plain, *at) != NULL)
            lat_buf_append(out, at, 1);
        else
            lat_buf_printf(out, "%%%02X", (unsigned)(unsigned char)*at);
}

const char *cft_percent_encode(struct lat_arena *arena, const char *text)
{
    struct lat_buf LAT_AUTO(lat_buf_done) out;
    lat_buf_init(&out, LAT_HTTP_BODY_BYTES_MAX);
    percent_encode(&out, text);
    return lat_arena_strdup(arena, out.data);
}

/* A value as it stands in a path or query: texts bare, all else as JSON writes it. */
static const char *plain_text(struct lat_arena *arena, const json_t *value)
{
    return json_is_string(value) ? json_string_value(value) : lat_json_text(arena, value);
}

static void add_path(struct lat_buf *out, struct lat_arena *arena,
                     const struct lat_operation *operation, const json_t *input)
{
    for (size_t i = 0; i < operation->part_count; i++) {
        const struct lat_path_part *part = &operation->parts[i];
        lat_buf_puts(out, "/");
        if (part->word != NULL)
            lat_buf_puts(out, part->word);
        else
            percent_encode(out, plain_text(arena, json_object_get(input, part->label->name)));
    }
}

static void add_parameter(struct lat_buf *out, struct lat_arena *arena, const char *name,
                          const json_t *value, bool *is_first)
{
    lat_buf_puts(out, *is_first ? "?" : "&");
    *is_first = false;
    percent_encode(out, name);
    lat_buf_puts(out, "=");
    percent_encode(out, plain_text(arena, value));
}

/* Lists repeat; null is left out. */
static void add_query(struct lat_buf *out, struct lat_arena *arena,
                      const struct lat_operation *operation, const json_t *input)
{
    const char *name = NULL;
    json_t *value = NULL;
    bool is_first = true;
    json_object_foreach(lat_json_iterable(input), name, value) {
        const struct lat_member *member = lat_shape_member(operation->input, name);
        if (member->location != LAT_LOCATION_QUERY || json_is_null(value))
            continue;
        for (size_t i = 0; i < json_array_size(value); i++)
            add_parameter(out, arena, name, json_array_get(value, i), &is_first);
        if (!json_is_array(value))
            add_parameter(out, arena, name, value, &is_first);
    }
}

/* Clients send a body with each POST, PUT and PATCH, be it empty, and none with GET and DELETE. */
static bool has_body(const struct lat_operation *operation, const json_t *body)
{
    return operation->method[0] == 'P' || json_object_size(body) > 0;
}

static json_t *body_new(const struct lat_operation *operation, const json_t *input,
                        const json_t *extra)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_t *body = json_object();
    json_object_foreach(lat_json_iterable(input), name, value) {
        if (lat_shape_member(operation->input, name)->location == LAT_LOCATION_BODY)
            json_object_set(body, name, value);
    }
    json_object_foreach(lat_json_iterable(extra), name, value) {
        json_object_set(body, name, value);
    }
    return body;
}

static int check_members(const struct lat_operation *operation, const json_t *input,
                         struct lat_err *reterr)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(lat_json_iterable(input), name, value) {
        if (lat_shape_member(operation->input, name) == NULL)
            return lat_err_input(reterr, "%s has no member \"%s\"; write it under \"extra\"",
                                 operation->name, name);
    }
    const char *label = cft_call_missing_label(operation, input);
    return label == NULL
               ? 0
               : lat_err_input(reterr, "%s needs \"%s\" to make its path", operation->name, label);
}

int cft_call_build(struct lat_arena *arena, const struct lat_operation *operation,
                   const json_t *input, const json_t *extra, struct cft_request *ret_request,
                   struct lat_err *reterr)
{
    struct lat_buf LAT_AUTO(lat_buf_done) path;
    if (check_members(operation, input, reterr) < 0)
        return -1;
    lat_buf_init(&path, LAT_HTTP_BODY_BYTES_MAX);
    add_path(&path, arena, operation, input);
    add_query(&path, arena, operation, input);
    struct cft_request request = {.service = "vpc-lattice",
                                  .method = operation->method,
                                  .path = lat_arena_strdup(arena, path.data)};
    json_t *LAT_AUTO(lat_json_decrefp) body = body_new(operation, input, extra);
    if (has_body(operation, body)) {
        request.headers = json_headers;
        request.header_count = LAT_COUNT(json_headers);
        request.body = lat_json_text(arena, body);
        request.body_length = strlen(request.body);
    }
    *ret_request = request;
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
