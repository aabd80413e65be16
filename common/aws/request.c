/* Requests: a document to the parts of an HTTP request, and back. Which member travels where is in
 * the tables; nothing here knows an operation by name. */
#include "common/aws/codec.h"
#include "common/aws/uri.h"
#include "common/base/json.h"
#include "common/base/text.h"

#include <assert.h>
#include <string.h>

static bool has_body(const struct lat_operation *operation)
{
    return !lat_text_eq(operation->method, "GET") && !lat_text_eq(operation->method, "DELETE");
}

/* ---- out: document to request */

/* A value as it stands in a path or query: a text as it is, anything else as in JSON. */
static const char *plain_text(struct lat_arena *arena, const json_t *value)
{
    return json_is_string(value) ? json_string_value(value) : lat_json_text(arena, value);
}

static int write_path(struct lat_arena *arena, const struct lat_operation *operation,
                      const json_t *document, const char **ret_path, struct lat_err *reterr)
{
    const char *path = "";
    for (size_t i = 0; i < operation->part_count; i++) {
        const struct lat_member *label = operation->parts[i].label;
        const char *segment = operation->parts[i].word;
        if (label != NULL) {
            const json_t *value = json_object_get(document, label->name);
            if (value == NULL || json_is_null(value))
                return lat_err_input(reterr, "%s needs %s: it is part of the path", operation->name,
                                     label->name);
            segment = lat_uri_encode(arena, plain_text(arena, value));
        }
        path = lat_arena_printf(arena, "%s/%s", path, segment);
    }
    *ret_path = path;
    return 0;
}

static const char *add_parameter(struct lat_arena *arena, const char *query, const char *name,
                                 const json_t *value)
{
    return lat_arena_printf(arena, "%s%s%s=%s", query, *query == '\0' ? "" : "&", name,
                            lat_uri_encode(arena, plain_text(arena, value)));
}

static const char *write_query(struct lat_arena *arena, const struct lat_operation *operation,
                               const json_t *document)
{
    const char *query = "";
    for (size_t i = 0; i < operation->input->member_count; i++) {
        const struct lat_member *member = &operation->input->members[i];
        const json_t *value = json_object_get(document, member->name);
        if (member->location != LAT_LOCATION_QUERY || value == NULL || json_is_null(value))
            continue;
        if (!json_is_array(value))
            query = add_parameter(arena, query, member->name, value);
        for (size_t k = 0; k < json_array_size(value); k++)
            query = add_parameter(arena, query, member->name, json_array_get(value, k));
    }
    return query;
}

static const char *write_body(struct lat_arena *arena, const struct lat_operation *operation,
                              const json_t *document)
{
    if (!has_body(operation))
        return NULL;
    LAT_AUTO(lat_json_decrefp) json_t *body = json_object();
    const char *name;
    json_t *value;
    json_object_foreach(lat_json_iterable(document), name, value) {
        const struct lat_member *member = lat_shape_member(operation->input, name);
        if (member == NULL || member->location == LAT_LOCATION_BODY)
            lat_json_set(body, name, json_incref(value));
    }
    return lat_json_text(arena, body);
}

int lat_request_from_document(struct lat_arena *arena, const struct lat_operation *operation,
                              const json_t *document, struct lat_wire_request *ret,
                              struct lat_err *reterr)
{
    assert(json_is_object(document));
    struct lat_wire_request out = {.method = operation->method};
    if (write_path(arena, operation, document, &out.path, reterr) < 0)
        return -1;
    out.query = write_query(arena, operation, document);
    out.body = write_body(arena, operation, document);
    out.body_length = out.body == NULL ? 0 : strlen(out.body);
    *ret = out;
    return 0;
}

int lat_request_encode(struct lat_arena *arena, const struct lat_operation *operation,
                       const void *input, struct lat_wire_request *ret, struct lat_err *reterr)
{
    LAT_AUTO(lat_json_decrefp) json_t *document = lat_document_encode_new(operation->input, input);
    return lat_request_from_document(arena, operation, document, ret, reterr);
}

/* ---- in: request to document */

/* A query value as the JSON that its shape asks for; what does not read as such stays a text, and
 * the check of types then names it. */
static json_t *read_parameter_new(const struct lat_shape *shape, const char *text)
{
    int64_t number;
    bool is_number = shape->kind == LAT_SHAPE_KIND_INTEGER || shape->kind == LAT_SHAPE_KIND_LONG;
    if (is_number && lat_text_to_int64(text, &number) == 0)
        return json_integer(number);
    bool is_true = lat_text_eq(text, "true");
    if (shape->kind == LAT_SHAPE_KIND_BOOLEAN && (is_true || lat_text_eq(text, "false")))
        return json_boolean(is_true);
    return json_string(text);
}

/* One "name=value" into the document. The first of a repeated single value counts. */
static int read_parameter(struct lat_arena *arena, const struct lat_operation *operation,
                          const char *pair, size_t length, json_t *document)
{
    const char *equals = memchr(pair, '=', length);
    size_t name_length = equals == NULL ? length : (size_t)(equals - pair);
    const char *name = lat_uri_decode(arena, pair, name_length, true);
    const char *text =
        equals == NULL ? "" : lat_uri_decode(arena, equals + 1, length - name_length - 1, true);
    if (name == NULL || text == NULL)
        return -1;
    const struct lat_member *member = lat_shape_member(operation->input, name);
    if (member == NULL || member->location != LAT_LOCATION_QUERY)
        return 0;
    json_t *there = json_object_get(document, name);
    if (member->shape->kind != LAT_SHAPE_KIND_LIST) {
        if (there == NULL)
            lat_json_set(document, name, read_parameter_new(member->shape, text));
        return 0;
    }
    if (there == NULL) {
        lat_json_set(document, name, json_array());
        there = json_object_get(document, name);
    }
    json_array_append_new(there, read_parameter_new(member->shape->element, text));
    return 0;
}

/* Returns what is wrong with the query, or NULL. */
static const char *read_query(struct lat_arena *arena, const struct lat_operation *operation,
                              const char *query, json_t *document)
{
    size_t count = 0;
    while (*query != '\0') {
        size_t length = strcspn(query, "&");
        if (++count > LAT_QUERY_PARAMETERS_MAX)
            return "The query string has too many parameters";
        if (length > 0 && read_parameter(arena, operation, query, length, document) < 0)
            return "The query string is not percent-encoded UTF-8";
        query += length + (query[length] == '&');
    }
    return NULL;
}

/* The body as an object, a new reference, or NULL when there is none. Returns what is wrong with
 * it, or NULL. */
static const char *read_body(struct lat_arena *arena, const struct lat_operation *operation,
                             const char *text, size_t length, json_t **ret_new)
{
    *ret_new = NULL;
    if (!has_body(operation) || length == 0)
        return NULL;
    struct lat_err error;
    LAT_AUTO(lat_json_decrefp) json_t *body = lat_json_parse_new(text, length, &error);
    if (body == NULL)
        return lat_arena_printf(arena, "The request body is not valid JSON: %s", error.message);
    if (!json_is_object(body))
        return "The request body is not a JSON object";
    *ret_new = json_incref(body);
    return NULL;
}

/* All violations in one sentence, as AWS services put them (chosen: the exact text). */
static const char *violations_text(struct lat_arena *arena,
                                   const struct lat_field_violation *fields, size_t count)
{
    const char *text =
        lat_arena_printf(arena, "%zu validation error%s detected:", count, count == 1 ? "" : "s");
    for (size_t i = 0; i < count; i++)
        text = lat_arena_printf(arena, "%s%s Value at '%s' failed to satisfy constraint: %s", text,
                                i == 0 ? "" : ";", fields[i].name, fields[i].message);
    return text;
}

int lat_request_decode(struct lat_codec *codec, struct lat_arena *arena,
                       const struct lat_routed *routed, const char *raw_query, const char *body,
                       size_t body_length, void **ret_input, struct lat_refusal *ret_refusal)
{
    const struct lat_operation *operation = routed->operation;
    LAT_AUTO(lat_json_decrefp) json_t *parameters = *raw_query == '\0' ? NULL : json_object();
    LAT_AUTO(lat_json_decrefp) json_t *document = NULL;
    const char *wrong = read_query(arena, operation, raw_query, parameters);
    if (wrong == NULL)
        wrong = read_body(arena, operation, body, body_length, &document);
    if (wrong != NULL)
        return lat_refuse_validation(arena, LAT_VALIDATION_EXCEPTION_REASON_CANNOT_PARSE, NULL,
                                     wrong, ret_refusal);
    const struct lat_sources sources = {routed->labels, parameters, document};
    const struct lat_field_violation *fields;
    size_t count = lat_input_decode(codec, arena, operation, &sources, ret_input, &fields);
    if (count == 0)
        return 0;
    lat_refuse_validation(arena, LAT_VALIDATION_EXCEPTION_REASON_FIELD_VALIDATION_FAILED, NULL,
                          violations_text(arena, fields, count), ret_refusal);
    ret_refusal->fields = fields;
    ret_refusal->field_count = count;
    return -1;
}
