/* Walks over all operations and all their members by table: what holds for one holds for each. */
#include "common/aws/tests/fixture.h"
#include "common/aws/tests/sample.h"
#include "common/base/json.h"
#include "common/base/text.h"

#include <string.h>

#define VARIANTS 4 /* enough for every member of the widest union, in each list position */

TestSuite(walk, .init = set_up, .fini = tear_down);

/* The counts are those of the published model. */
Test(walk, the_tables_hold_the_whole_api)
{
    size_t members = 0, patterns = 0, enums = 0, tokens = 0, paged = 0, readonly = 0, safe = 0;
    for (size_t i = 0; i < LAT_SHAPE_COUNT; i++) {
        members += lat_shapes[i].member_count;
        patterns += lat_shapes[i].pattern != NULL;
        enums += lat_shapes[i].word_count > 0;
    }
    for (size_t i = 0; i < LAT_ERROR_COUNT; i++)
        members += lat_error_shapes[i].member_count;
    for (size_t i = 0; i < LAT_OP_COUNT; i++) {
        tokens += lat_operations[i].token != NULL;
        paged += lat_operations[i].page_items != NULL;
        readonly += lat_operations[i].readonly;
        safe += lat_operations[i].idempotent;
    }
    cr_assert_eq((int)LAT_OP_COUNT, 73);
    cr_assert_eq((int)LAT_ERROR_COUNT, 7);
    cr_assert_eq(members, 815);
    cr_assert_eq(patterns, 64);
    cr_assert_eq(enums, 26);
    cr_assert_eq(tokens, 12);
    cr_assert_eq(paged, 15);
    cr_assert_eq(readonly, 30);
    cr_assert_eq(safe, 37);
}

Test(walk, every_pattern_compiles_and_has_a_text_that_it_accepts)
{
    for (size_t i = 0; i < LAT_SHAPE_COUNT; i++) {
        if (lat_shapes[i].kind != LAT_SHAPE_KIND_STRING)
            continue;
        LAT_AUTO(lat_json_decrefp) json_t *sample = sample_new(codec, &lat_shapes[i], 0);
        cr_assert_not_null(sample, "%s", lat_shapes[i].name);
    }
}

static void assert_all_present(const struct lat_shape *shape, const void *value)
{
    for (size_t i = 0; i < shape->member_count; i++)
        cr_assert(lat_member_is_present(value, &shape->members[i]), "%s.%s", shape->name,
                  shape->members[i].name);
}

static void assert_same(const json_t *expected, const struct lat_shape *shape, const void *value)
{
    LAT_AUTO(lat_json_decrefp) json_t *actual = lat_document_encode_new(shape, value);
    cr_assert(json_equal(expected, actual), "%s\nexpected %s\nfound    %s", shape->name,
              lat_json_text(arena, expected), lat_json_text(arena, actual));
    /* The text that is written without a document says the same. */
    const char *text = lat_document_text(arena, shape, value, NULL);
    LAT_AUTO(lat_json_decrefp) json_t *read = lat_json_parse_new(text, strlen(text), NULL);
    cr_assert(json_equal(expected, read), "%s\nexpected %s\nfound    %s", shape->name,
              lat_json_text(arena, expected), text);
}

Test(walk, text_that_json_cannot_hold_as_it_is_is_escaped)
{
    struct lat_entry tags[] = {{"b", "\"\\\b\f\n\r\t\x01 \xc3\xa4"}, {"a", ""}};
    struct lat_tag_resource_request input = {.tags = LAT_LIST(tags, LAT_COUNT(tags))};
    const struct lat_shape *shape = lat_operation_by_name("TagResource")->input;
    cr_expect_str_eq(lat_document_text(arena, shape, &input, NULL),
                     "{\"tags\":{\"a\":\"\","
                     "\"b\":\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001 \xc3\xa4\"}}");
}

/* Calls check with samples of the operation's input or output, so that every member of its unions
 * has its turn. */
static void each_sample(const struct lat_operation *operation, const struct lat_shape *shape,
                        void (*check)(const struct lat_operation *, const json_t *))
{
    for (size_t variant = 0; variant < VARIANTS; variant++) {
        LAT_AUTO(lat_json_decrefp) json_t *document = sample_new(codec, shape, variant);
        cr_assert_not_null(document);
        check(operation, document);
    }
}

/* Document to struct to request, over the wire, and back through the router. */
static void round_trip_request(const struct lat_operation *operation, const json_t *document)
{
    void *input;
    const struct lat_field_violation *fields;
    size_t wrong = lat_document_decode(codec, arena, operation->input, document, &input, &fields);
    cr_assert_eq(wrong, 0, "%s: %s %s", operation->name, wrong ? fields[0].name : "",
                 wrong ? fields[0].message : "");
    assert_all_present(operation->input, input);
    struct lat_wire_request wire;
    cr_assert_eq(lat_request_encode(arena, operation, input, &wire, NULL), 0);
    struct lat_routed routed;
    cr_assert_eq(lat_route(arena, wire.method, wire.path, &routed), 0, "%s", wire.path);
    cr_assert_str_eq(routed.operation->name, operation->name);
    void *received;
    struct lat_refusal refusal = {0};
    int result = lat_request_decode(codec, arena, &routed, wire.query, wire.body, wire.body_length,
                                    &received, &refusal);
    cr_assert_eq(result, 0, "%s: %s", operation->name, refusal.message);
    assert_same(document, operation->input, received);
}

Test(walk, every_request_survives_the_way_from_client_to_server)
{
    for (size_t i = 0; i < LAT_OP_COUNT; i++)
        each_sample(&lat_operations[i], lat_operations[i].input, round_trip_request);
}

static void round_trip_response(const struct lat_operation *operation, const json_t *document)
{
    void *output;
    const struct lat_field_violation *fields;
    cr_assert_eq(lat_document_decode(codec, arena, operation->output, document, &output, &fields),
                 0, "%s", operation->name);
    assert_all_present(operation->output, output);
    const char *body = lat_response_encode(arena, operation, output);
    if (operation->status == 204)
        cr_assert_str_empty(body);
    else
        cr_assert_str_eq(body, lat_json_text(arena, document), "%s", operation->name);
    void *received;
    struct lat_refusal refusal = {0};
    int result = lat_response_decode(arena, operation, operation->status, body, strlen(body), NULL,
                                     NULL, &received, &refusal);
    cr_assert_eq(result, 0, "%s: %s", operation->name, refusal.message);
    assert_same(document, operation->output, received);
}

Test(walk, every_answer_survives_the_way_from_server_to_client)
{
    for (size_t i = 0; i < LAT_OP_COUNT; i++)
        each_sample(&lat_operations[i], lat_operations[i].output, round_trip_response);
}

/* Expects the one violation of this member; NULL for none. */
static void assert_violates(const struct lat_operation *operation, const json_t *document,
                            const struct lat_member *member, const char *text)
{
    void *input;
    const struct lat_field_violation *fields = NULL;
    size_t count = lat_document_decode(codec, arena, operation->input, document, &input, &fields);
    cr_assert_eq(count > 0, text != NULL, "%s.%s: %zu violations", operation->name, member->name,
                 count);
    for (size_t i = 0; i < count; i++)
        cr_assert_str_eq(fields[i].name, member->name, "%s: %s", operation->name, fields[i].name);
    if (text != NULL)
        cr_assert_not_null(strstr(fields[0].message, text), "%s.%s: %s", operation->name,
                           member->name, fields[0].message);
}

/* A value just outside a bounded shape; a new reference. */
static json_t *too_much_new(const struct lat_shape *shape)
{
    if (shape->kind == LAT_SHAPE_KIND_INTEGER)
        return json_integer(shape->max + 1);
    json_t *list = json_array();
    if (shape->kind == LAT_SHAPE_KIND_STRING) {
        json_decref(list);
        char *text = lat_arena_alloc(arena, (size_t)shape->max + 2);
        memset(text, 'a', (size_t)shape->max + 1);
        return json_string(text);
    }
    json_t *map = json_object();
    for (int64_t i = 0; i <= shape->max; i++) {
        json_array_append_new(list, json_string("sg-0123456789abcdef0"));
        json_object_set_new(map, lat_arena_printf(arena, "key-%lld", (long long)i),
                            json_string("v"));
    }
    bool is_map = shape->kind == LAT_SHAPE_KIND_MAP;
    json_decref(is_map ? list : map);
    return is_map ? map : list;
}

/* One member of one operation: missing, null, of a wrong type, out of bounds. */
static void break_member(const struct lat_operation *operation, const json_t *sample,
                         const struct lat_member *member)
{
    LAT_AUTO(lat_json_decrefp) json_t *document = json_copy(lat_json_iterable(sample));
    const char *missing = member->required ? "must not be null" : NULL;
    json_object_del(document, member->name);
    assert_violates(operation, document, member, missing);
    json_object_set_new(document, member->name, json_null());
    assert_violates(operation, document, member, missing);
    json_object_set_new(document, member->name, json_real(0.5));
    assert_violates(operation, document, member, "Member must be ");
    if (member->shape->bounded) {
        json_object_set_new(document, member->name, too_much_new(member->shape));
        assert_violates(
            operation, document, member,
            lat_arena_printf(arena, "and %lld, inclusive", (long long)member->shape->max));
    }
}

Test(walk, every_member_of_every_input_is_checked)
{
    size_t walked = 0;
    for (size_t i = 0; i < LAT_OP_COUNT; i++) {
        const struct lat_operation *operation = &lat_operations[i];
        LAT_AUTO(lat_json_decrefp) json_t *sample = sample_new(codec, operation->input, 0);
        for (size_t k = 0; k < operation->input->member_count; k++, walked++)
            break_member(operation, sample, &operation->input->members[k]);
    }
    cr_assert_geq(walked, 200);
}

Test(walk, every_declared_error_comes_back_as_it_was_sent)
{
    for (size_t i = 0; i < LAT_ERROR_COUNT; i++) {
        const struct lat_error_shape *shape = &lat_error_shapes[i];
        const struct lat_field_violation field = {"config.port", "too large"};
        const struct lat_refusal sent = {.shape = shape,
                                         .code = shape->name,
                                         .status = shape->status,
                                         .message = "No \"way\".",
                                         .reason = "other",
                                         .fields = &field,
                                         .field_count = 1,
                                         .resource_id = "svc-1",
                                         .resource_type = "SERVICE",
                                         .service_code = "vpc-lattice",
                                         .quota_code = "L-1",
                                         .retry_after_seconds = 3};
        struct lat_wire_response wire;
        lat_refusal_encode(arena, &sent, &wire);
        cr_assert_str_eq(wire.headers[0].key, "x-amzn-ErrorType");
        const char *retry = wire.header_count > 1 ? wire.headers[1].value : NULL;
        struct lat_refusal got;
        void *output;
        cr_assert_eq(lat_response_decode(arena, &lat_operations[0], wire.status, wire.body,
                                         strlen(wire.body), wire.headers[0].value, retry, &output,
                                         &got),
                     -1);
        cr_assert_eq(got.shape, shape);
        cr_assert_eq(got.status, shape->status);
        cr_assert_str_eq(got.message, sent.message);
        struct lat_wire_response again;
        lat_refusal_encode(arena, &got, &again);
        cr_assert_str_eq(again.body, wire.body);
        cr_assert_eq(got.retry_after_seconds, shape->retryable ? 3 : 0);
        LAT_AUTO(lat_json_decrefp) json_t *body = json_loads(wire.body, 0, NULL);
        size_t in_header = shape->retryable ? 1 : 0;
        cr_assert_eq(json_object_size(body), shape->member_count - in_header);
    }
}
