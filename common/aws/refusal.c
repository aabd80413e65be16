/* Refusals on the wire, both ways. Which members travel, and in which place, is in the error's
 * shape; here is only which member of struct lat_refusal each one is. */
#include "common/aws/codec.h"
#include "common/base/json.h"
#include "common/base/text.h"

#include <assert.h>
#include <string.h>

#define MEMBER_FIELDS      "fieldList"
#define MEMBER_RETRY_AFTER "retryAfterSeconds"

static const struct {
    const char *name;
    size_t offset;
} text_members[] = {
    {"message", offsetof(struct lat_refusal, message)},
    {"reason", offsetof(struct lat_refusal, reason)},
    {"resourceId", offsetof(struct lat_refusal, resource_id)},
    {"resourceType", offsetof(struct lat_refusal, resource_type)},
    {"serviceCode", offsetof(struct lat_refusal, service_code)},
    {"quotaCode", offsetof(struct lat_refusal, quota_code)},
};

/* The place of a text member in a refusal; NULL when it is not a text. */
static const char **text_at(struct lat_refusal *refusal, const char *name)
{
    for (size_t i = 0; i < LAT_COUNT(text_members); i++)
        if (lat_text_eq(text_members[i].name, name))
            return (const char **)((char *)refusal + text_members[i].offset);
    return NULL;
}

static json_t *fields_new(const struct lat_refusal *refusal)
{
    if (refusal->field_count == 0)
        return NULL;
    json_t *array = json_array();
    for (size_t i = 0; i < refusal->field_count; i++) {
        json_t *field = json_object();
        lat_json_set_string(field, "name", refusal->fields[i].name);
        lat_json_set_string(field, "message", refusal->fields[i].message);
        json_array_append_new(array, field);
    }
    return array;
}

static void add_header(struct lat_wire_response *response, const char *name, const char *value)
{
    assert(response->header_count < LAT_COUNT(response->headers));
    response->headers[response->header_count++] = (struct lat_entry){.key = name, .value = value};
}

void lat_refusal_encode(struct lat_arena *arena, const struct lat_refusal *refusal,
                        struct lat_wire_response *ret)
{
    assert(refusal->code != NULL && refusal->status != 0);
    struct lat_refusal copy = *refusal;
    struct lat_wire_response out = {.status = refusal->status};
    add_header(&out, "x-amzn-ErrorType", refusal->code);
    LAT_AUTO(lat_json_decrefp) json_t *body = json_object();
    if (refusal->shape == NULL)
        lat_json_set_string(body, "message", refusal->message);
    for (size_t i = 0; refusal->shape != NULL && i < refusal->shape->member_count; i++) {
        const struct lat_member *member = &refusal->shape->members[i];
        const char **text = text_at(&copy, member->name);
        if (text != NULL)
            lat_json_set_string(body, member->name, *text);
        else if (lat_text_eq(member->name, MEMBER_FIELDS))
            lat_json_set(body, member->name, fields_new(refusal));
        else if (lat_text_eq(member->name, MEMBER_RETRY_AFTER) && refusal->retry_after_seconds > 0)
            add_header(&out, member->wire_name,
                       lat_arena_printf(arena, "%d", refusal->retry_after_seconds));
    }
    out.body = lat_json_text(arena, body);
    *ret = out;
}

int lat_refuse_validation(struct lat_arena *arena, const char *reason, const char *field,
                          const char *message, struct lat_refusal *ret_refusal)
{
    const struct lat_error_shape *shape = &lat_error_shapes[LAT_ERROR_VALIDATION_EXCEPTION];
    struct lat_refusal out = {
        .shape = shape,
        .code = shape->name,
        .status = shape->status,
        .message = lat_arena_strdup(arena, message),
        .reason = reason,
    };
    if (field != NULL) {
        struct lat_field_violation *violation = LAT_NEW(arena, struct lat_field_violation);
        violation->name = lat_arena_strdup(arena, field);
        violation->message = out.message;
        out.fields = violation;
        out.field_count = 1;
    }
    *ret_refusal = out;
    return -1;
}

/* The exception's name: from the header, else __type, else code. Some services write a namespace
 * and '#' before it, or ':' and an address behind it, which the SDKs drop. */
static const char *error_code(struct lat_arena *arena, const char *header, const json_t *body,
                              int status)
{
    const char *text = header;
    if (lat_text_is_empty(text))
        text = lat_json_string_at(body, "__type", lat_json_string_at(body, "code", NULL));
    if (lat_text_is_empty(text))
        return lat_arena_printf(arena, "%d", status);
    const char *name = lat_arena_strndup(arena, text, strcspn(text, ":"));
    const char *hash = strrchr(name, '#');
    return hash == NULL ? name : hash + 1;
}

static void read_fields(struct lat_arena *arena, const json_t *list, struct lat_refusal *out)
{
    struct lat_field_violation *fields = NULL;
    for (size_t i = 0; i < json_array_size(list) && i < LAT_VIOLATIONS_MAX; i++) {
        const json_t *entry = json_array_get(list, i);
        struct lat_field_violation *field = LAT_ARENA_PUSH(arena, fields, out->field_count);
        field->name = lat_arena_strdup(arena, lat_json_string_at(entry, "name", ""));
        field->message = lat_arena_strdup(arena, lat_json_string_at(entry, "message", ""));
    }
    out->fields = fields;
}

void lat_refusal_decode(struct lat_arena *arena, int status, const char *body, size_t body_length,
                        const char *error_type, const char *retry_after,
                        struct lat_refusal *ret_refusal)
{
    LAT_AUTO(lat_json_decrefp) json_t *document = lat_json_parse_new(body, body_length, NULL);
    struct lat_refusal out = {.status = status};
    out.code = error_code(arena, error_type, document, status);
    out.shape = lat_error_shape_by_name(out.code);
    for (size_t i = 0; i < LAT_COUNT(text_members); i++)
        *text_at(&out, text_members[i].name) =
            lat_arena_strdup(arena, lat_json_string_at(document, text_members[i].name, NULL));
    if (out.message == NULL)
        out.message = lat_arena_strdup(arena, lat_json_string_at(document, "Message", ""));
    read_fields(arena, lat_json_at(document, MEMBER_FIELDS), &out);
    int64_t seconds;
    if (retry_after != NULL && lat_text_to_int64(retry_after, &seconds) == 0 && seconds > 0 &&
        seconds <= INT32_MAX)
        out.retry_after_seconds = (int)seconds;
    *ret_refusal = out;
}
