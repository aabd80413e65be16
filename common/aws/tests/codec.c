/* The codec in single cases: golden requests and answers, each constraint, each broken form. */
#include "common/aws/tests/fixture.h"
#include "common/base/json.h"
#include "common/base/text.h"

#include <string.h>

#define SERVICE  "svc-0123456789abcdef0"
#define LISTENER "listener-0123456789abcdef0"
#define RULES    "/services/" SERVICE "/listeners/" LISTENER "/rules"

TestSuite(codec, .init = set_up, .fini = tear_down);

static int decode(const char *method, const char *path, const char *query, const char *body,
                  void **ret_input, struct lat_refusal *ret_refusal)
{
    struct lat_routed routed;
    cr_assert_eq(lat_route(arena, method, path, &routed), 0, "%s %s", method, path);
    return lat_request_decode(codec, arena, &routed, query, body, strlen(body), ret_input,
                              ret_refusal);
}

static const char *const create_target_group =
    "{\"clientToken\":\"6b0c\",\"name\":\"checkout-tg\",\"type\":\"IP\",\"config\":{\"port\":8080,"
    "\"protocol\":\"HTTP\",\"protocolVersion\":\"HTTP1\",\"ipAddressType\":\"IPV4\","
    "\"vpcIdentifier\":\"vpc-0123456789abcdef0\"},\"tags\":{\"team\":\"a\"}}";

static void check_target_group(const struct lat_create_target_group_request *input)
{
    cr_assert_str_eq(input->client_token, "6b0c");
    cr_assert_str_eq(input->name, "checkout-tg");
    cr_assert_str_eq(input->type, LAT_TARGET_GROUP_TYPE_IP);
    cr_assert(input->config->port.has);
    cr_assert_eq(input->config->port.value, 8080);
    cr_assert_str_eq(input->config->protocol, LAT_TARGET_GROUP_PROTOCOL_HTTP);
    cr_assert_str_eq(input->config->vpc_identifier, "vpc-0123456789abcdef0");
    cr_assert_null(input->config->health_check);
    cr_assert_eq(input->tags.count, 1);
    const struct lat_entry *tags = input->tags.items;
    cr_assert_str_eq(tags[0].key, "team");
    cr_assert_str_eq(tags[0].value, "a");
}

Test(codec, reads_and_writes_a_create_target_group)
{
    void *input;
    struct lat_refusal refusal;
    cr_assert_eq(decode("POST", "/targetgroups", "", create_target_group, &input, &refusal), 0);
    check_target_group(input);
    struct lat_wire_request wire;
    const struct lat_operation *operation = &lat_operations[LAT_OP_CREATE_TARGET_GROUP];
    cr_assert_eq(lat_request_encode(arena, operation, input, &wire, NULL), 0);
    cr_assert_str_eq(wire.method, "POST");
    cr_assert_str_eq(wire.path, "/targetgroups");
    cr_assert_str_empty(wire.query);
    LAT_AUTO(lat_json_decrefp) json_t *sent = json_loads(wire.body, 0, NULL);
    LAT_AUTO(lat_json_decrefp) json_t *golden = json_loads(create_target_group, 0, NULL);
    cr_assert(json_equal(sent, golden), "%s", wire.body);
}

Test(codec, writes_the_answer_to_a_create_target_group)
{
    const struct lat_matcher matcher = {.http_code = "200"};
    const struct lat_health_check_config check = {.enabled = LAT_BOOL(true),
                                                  .protocol = LAT_TARGET_GROUP_PROTOCOL_HTTP,
                                                  .path = "/",
                                                  .health_check_interval_seconds = LAT_INT(30),
                                                  .matcher = &matcher};
    const struct lat_target_group_config config = {.port = LAT_INT(8080), .health_check = &check};
    const struct lat_create_target_group_response output = {
        .id = "tg-0e11aa22bb33cc44d",
        .arn = "arn:aws:vpc-lattice:us-west-2:123456789012:targetgroup/tg-0e11aa22bb33cc44d",
        .name = "checkout-tg",
        .type = LAT_TARGET_GROUP_TYPE_IP,
        .config = &config,
        .status = LAT_TARGET_GROUP_STATUS_CREATE_IN_PROGRESS};
    cr_assert_eq(lat_operations[LAT_OP_CREATE_TARGET_GROUP].status, 201);
    cr_assert_str_eq(
        lat_response_encode(arena, &lat_operations[LAT_OP_CREATE_TARGET_GROUP], &output),
        "{\"id\":\"tg-0e11aa22bb33cc44d\","
        "\"arn\":\"arn:aws:vpc-lattice:us-west-2:123456789012:targetgroup/tg-0e11aa22bb33cc44d\","
        "\"name\":\"checkout-tg\",\"type\":\"IP\",\"config\":{\"port\":8080,\"healthCheck\":{"
        "\"enabled\":true,\"protocol\":\"HTTP\",\"path\":\"/\",\"healthCheckIntervalSeconds\":30,"
        "\"matcher\":{\"httpCode\":\"200\"}}},\"status\":\"CREATE_IN_PROGRESS\"}");
}

Test(codec, reads_a_create_rule_into_nested_structs)
{
    void *out;
    struct lat_refusal refusal;
    cr_assert_eq(
        decode("POST", RULES, "",
               "{\"clientToken\":\"t\",\"name\":\"k8s-1700000000-rule-1\",\"priority\":1,"
               "\"match\":{\"httpMatch\":{\"method\":\"GET\",\"pathMatch\":{\"match\":{\"prefix\":"
               "\"/api\"},\"caseSensitive\":true},\"headerMatches\":[{\"name\":\"x-tenant\","
               "\"match\":{\"exact\":\"blue\"},\"caseSensitive\":false}]}},\"action\":{\"forward\":"
               "{\"targetGroups\":[{\"targetGroupIdentifier\":\"tg-0e11aa22bb33cc44d\","
               "\"weight\":1}]}}}",
               &out, &refusal),
        0, "%s", refusal.message);
    const struct lat_create_rule_request *input = out;
    cr_assert_str_eq(input->service_identifier, SERVICE);
    cr_assert_str_eq(input->listener_identifier, LISTENER);
    cr_assert_eq(input->priority.value, 1);
    const struct lat_http_match *match = input->match->http_match;
    cr_assert_str_eq(match->path_match->match->prefix, "/api");
    cr_assert_null(match->path_match->match->exact);
    cr_assert(match->path_match->case_sensitive.value);
    cr_assert_eq(match->header_matches.count, 1);
    const struct lat_header_match *headers = match->header_matches.items;
    cr_assert_str_eq(headers[0].match->exact, "blue");
    cr_assert(headers[0].case_sensitive.has);
    cr_assert_not(headers[0].case_sensitive.value);
    const struct lat_weighted_target_group *targets = input->action->forward->target_groups.items;
    cr_assert_str_eq(targets[0].target_group_identifier, "tg-0e11aa22bb33cc44d");
    cr_assert_eq(targets[0].weight.value, 1);
}

/* One wrong request each; name and text of the violation. */
struct wrong {
    const char *method;
    const char *path;
    const char *query;
    const char *body;
    const char *name;
    const char *message;
};

#define TARGETS "/targetgroups/tg-0123456789abcdef0/registertargets"

static const struct wrong wrongs[] = {
    {"POST", "/services", "", "{\"name\":\"ab\"}", "name",
     "Member must have length between 3 and 40, inclusive"},
    {"POST", "/services", "", "{\"name\":\"a--b\"}", "name",
     "Member must satisfy regular expression pattern: "
     "(?!svc-)(?![-])(?!.*[-]$)(?!.*[-]{2})[a-z0-9-]+"},
    {"POST", "/services", "", "{\"name\":\"shop\\n\"}", "name",
     "Member must satisfy regular expression pattern: "
     "(?!svc-)(?![-])(?!.*[-]$)(?!.*[-]{2})[a-z0-9-]+"},
    {"POST", "/services", "", "{}", "name", "Member must not be null"},
    {"POST", "/services", "", "", "name", "Member must not be null"},
    {"POST", "/services", "", "{\"name\":null}", "name", "Member must not be null"},
    {"POST", "/services", "", "{\"name\":7}", "name", "Member must be a string"},
    {"POST", "/services", "", "{\"name\":\"shop\",\"authType\":\"IAM\"}", "authType",
     "Member must satisfy enum value set: [NONE, AWS_IAM]"},
    {"POST", "/services", "", "{\"name\":\"shop\",\"tags\":[]}", "tags",
     "Member must be an object"},
    {"POST", "/services", "", "{\"name\":\"shop\",\"tags\":{\"\":\"v\"}}", "tags.",
     "Member must have a key of length between 1 and 128, inclusive"},
    {"POST", "/services", "", "{\"name\":\"shop\",\"tags\":{\"k\":1}}", "tags.k",
     "Member must be a string"},
    {"GET", "/services", "maxResults=0", "", "maxResults",
     "Member must be between 1 and 100, inclusive"},
    {"GET", "/services", "maxResults=ten", "", "maxResults", "Member must be a whole number"},
    {"GET", "/servicenetworkresourceassociations", "includeChildren=yes", "", "includeChildren",
     "Member must be true or false"},
    {"GET", "/services/tg-0123456789abcdef0", "", "", "serviceIdentifier",
     "Member must satisfy regular expression pattern: ((svc-[0-9a-z]{17})|(arn:[a-z0-9\\-]+:"
     "vpc-lattice:[a-zA-Z0-9\\-]+:\\d{12}:service/svc-[0-9a-z]{17}))"},
    {"GET", "/accesslogsubscriptions", "", "", "resourceIdentifier", "Member must not be null"},
    {"POST", TARGETS, "", "{\"targets\":[]}", "targets",
     "Member must have length between 1 and 100, inclusive"},
    {"POST", TARGETS, "", "{\"targets\":[{\"id\":\"a\"},{\"id\":\"b\",\"port\":65536}]}",
     "targets[1].port", "Member must be between 1 and 65535, inclusive"},
    {"POST", TARGETS, "", "{\"targets\":[null]}", "targets[0]", "Member must not be null"},
    {"POST", TARGETS, "", "{\"targets\":[\"a\"]}", "targets[0]", "Member must be an object"},
    {"POST", TARGETS, "", "{\"targets\":{}}", "targets", "Member must be a list"},
    {"POST", TARGETS, "", "{\"targets\":[{\"id\":\"a\",\"port\":80.5}]}", "targets[0].port",
     "Member must be a whole number"},
    {"PATCH", "/targetgroups/tg-0123456789abcdef0", "", "{\"healthCheck\":{\"path\":\"x\"}}",
     "healthCheck.path",
     "Member must satisfy regular expression pattern: "
     ".*(^/[a-zA-Z0-9@:%_+.~#?&/=-]*$|(^$)).*"},
    {"PATCH", RULES "/rule-0123456789abcdef0", "",
     "{\"action\":{\"forward\":{\"targetGroups\":[{\"targetGroupIdentifier\":"
     "\"tg-0123456789abcdef0\"}]},\"fixedResponse\":{\"statusCode\":404}}}",
     "action", "Member must have exactly one of: forward, fixedResponse"},
    {"PATCH", RULES "/rule-0123456789abcdef0", "", "{\"action\":{\"redirect\":{}}}", "action",
     "Member must have exactly one of: forward, fixedResponse"},
};

Test(codec, names_the_member_and_the_constraint_of_every_kind_of_violation)
{
    for (size_t i = 0; i < LAT_COUNT(wrongs); i++) {
        const struct wrong *w = &wrongs[i];
        void *input = NULL;
        struct lat_refusal refusal;
        cr_assert_eq(decode(w->method, w->path, w->query, w->body, &input, &refusal), -1,
                     "case %zu: %s", i, w->body);
        cr_assert_null(input);
        cr_assert_eq(refusal.shape, &lat_error_shapes[LAT_ERROR_VALIDATION_EXCEPTION]);
        cr_assert_str_eq(refusal.reason, "fieldValidationFailed");
        cr_assert_eq(refusal.status, 400);
        cr_assert_eq(refusal.field_count, 1, "case %zu: %s", i, refusal.message);
        cr_assert_str_eq(refusal.fields[0].name, w->name);
        cr_assert_str_eq(refusal.fields[0].message, w->message);
    }
}

Test(codec, lists_every_violation_of_a_request)
{
    void *input;
    struct lat_refusal refusal;
    cr_assert_eq(decode("POST", "/targetgroups", "",
                        "{\"name\":\"tg-x\",\"type\":\"POD\",\"config\":{\"port\":0,"
                        "\"healthCheck\":{\"path\":\"x\",\"matcher\":{}}}}",
                        &input, &refusal),
                 -1);
    static const char *const names[] = {"name", "type", "config.port", "config.healthCheck.path",
                                        "config.healthCheck.matcher"};
    cr_assert_eq(refusal.field_count, LAT_COUNT(names), "%s", refusal.message);
    for (size_t i = 0; i < LAT_COUNT(names); i++)
        cr_assert_str_eq(refusal.fields[i].name, names[i]);
    cr_assert(lat_text_has_prefix(refusal.message,
                                  "5 validation errors detected: Value at 'name' failed to "
                                  "satisfy constraint: Member must satisfy regular"));
}

Test(codec, lists_no_more_violations_than_the_maximum)
{
    LAT_AUTO(lat_json_decrefp) json_t *body = json_pack("{s:[]}", "targets");
    for (size_t i = 0; i < LAT_VIOLATIONS_MAX + 5; i++)
        json_array_append_new(json_object_get(body, "targets"), json_object());
    void *input;
    struct lat_refusal refusal;
    cr_assert_eq(decode("POST", TARGETS, "", lat_json_text(arena, body), &input, &refusal), -1);
    cr_assert_eq(refusal.field_count, LAT_VIOLATIONS_MAX);
}

Test(codec, counts_characters_and_not_bytes)
{
    void *input;
    struct lat_refusal refusal;
    char *key = lat_arena_strdup(arena, "");
    for (int i = 0; i < 128; i++)
        key = lat_arena_printf(arena, "%s\xc3\xa9", key);
    const char *body = lat_arena_printf(arena, "{\"tags\":{\"%s\":\"\"}}", key);
    const char *path = "/tags/arn:aws:vpc-lattice:us-east-2:123456789012:service%2F" SERVICE;
    cr_assert_eq(decode("POST", path, "", body, &input, &refusal), 0);
    body = lat_arena_printf(arena, "{\"tags\":{\"%se\":\"\"}}", key);
    cr_assert_eq(decode("POST", path, "", body, &input, &refusal), -1);
}

Test(codec, cannot_parse_what_is_no_json_object)
{
    static const char *const bodies[] = {"{",
                                         "[]",
                                         "\"x\"",
                                         "{\"name\":\"shop\"} x",
                                         "{\"name\":\"\\u0000\"}",
                                         "{\"name\":1,\"name\":2}",
                                         "{\"name\":\"\xff\"}"};
    for (size_t i = 0; i < LAT_COUNT(bodies); i++) {
        void *input;
        struct lat_refusal refusal;
        cr_assert_eq(decode("POST", "/services", "", bodies[i], &input, &refusal), -1);
        cr_assert_str_eq(refusal.reason, "cannotParse", "%s", bodies[i]);
        cr_assert_eq(refusal.field_count, 0);
    }
}

Test(codec, cannot_parse_a_query_of_broken_or_too_many_parameters)
{
    char *many = lat_arena_strdup(arena, "a=1");
    for (size_t i = 0; i < LAT_QUERY_PARAMETERS_MAX; i++)
        many = lat_arena_printf(arena, "%s&a=1", many);
    const char *const queries[] = {"nextToken=%zz", "nextToken=%4", "nextToken=%ff",
                                   "nextToken=%00", many};
    for (size_t i = 0; i < LAT_COUNT(queries); i++) {
        void *input;
        struct lat_refusal refusal;
        cr_assert_eq(decode("GET", "/services", queries[i], "", &input, &refusal), -1);
        cr_assert_str_eq(refusal.reason, "cannotParse");
    }
}

Test(codec, ignores_members_that_it_does_not_know_and_bodies_of_get)
{
    void *input;
    struct lat_refusal refusal;
    cr_assert_eq(
        decode("POST", "/services", "x=1&", "{\"name\":\"shop\",\"colour\":[1]}", &input, &refusal),
        0);
    cr_assert_eq(decode("GET", "/services", "", "no json", &input, &refusal), 0);
}

Test(codec, takes_no_label_from_the_body)
{
    void *out;
    struct lat_refusal refusal;
    cr_assert_eq(decode("PATCH", "/services/" SERVICE, "", "{\"serviceIdentifier\":\"other\"}",
                        &out, &refusal),
                 0);
    const struct lat_update_service_request *input = out;
    cr_assert_str_eq(input->service_identifier, SERVICE);
}

Test(codec, reads_repeated_query_parameters_as_a_list)
{
    void *out;
    struct lat_refusal refusal;
    const char *path =
        "/tags/arn%3Aaws%3Avpc-lattice%3Aus-east-2%3A123456789012%3Aservice%2F" SERVICE;
    cr_assert_eq(
        decode("DELETE", path, "tagKeys=a%20b&tagKeys=k8s%2Fname&tagKeys=c+d", "", &out, &refusal),
        0, "%s", refusal.message);
    const struct lat_untag_resource_request *input = out;
    const char *const *keys = input->tag_keys.items;
    cr_assert_eq(input->tag_keys.count, 3);
    cr_assert_str_eq(keys[0], "a b");
    cr_assert_str_eq(keys[1], "k8s/name");
    cr_assert_str_eq(keys[2], "c d");
    struct lat_wire_request wire;
    cr_assert_eq(
        lat_request_encode(arena, &lat_operations[LAT_OP_UNTAG_RESOURCE], input, &wire, NULL), 0);
    cr_assert_str_eq(wire.path, path);
    cr_assert_str_eq(wire.query, "tagKeys=a%20b&tagKeys=k8s%2Fname&tagKeys=c%20d");
    cr_assert_null(wire.body);
}

Test(codec, sends_an_empty_object_where_all_members_are_in_the_path_and_query)
{
    const struct lat_list_targets_request input = {.target_group_identifier = "tg-1",
                                                   .max_results = LAT_INT(5)};
    struct lat_wire_request wire;
    cr_assert_eq(
        lat_request_encode(arena, &lat_operations[LAT_OP_LIST_TARGETS], &input, &wire, NULL), 0);
    cr_assert_str_eq(wire.path, "/targetgroups/tg-1/listtargets");
    cr_assert_str_eq(wire.query, "maxResults=5");
    cr_assert_str_eq(wire.body, "{}");
}

Test(codec, names_the_label_that_a_request_lacks)
{
    const struct lat_get_service_request input = {0};
    struct lat_wire_request wire;
    struct lat_err error;
    cr_assert_eq(
        lat_request_encode(arena, &lat_operations[LAT_OP_GET_SERVICE], &input, &wire, &error), -1);
    cr_assert_str_eq(error.message, "GetService needs serviceIdentifier: it is part of the path");
}

Test(codec, sends_a_document_that_breaks_the_model_as_it_is)
{
    LAT_AUTO(lat_json_decrefp)
    json_t *document = json_pack("{s:s, s:i, s:[i,s], s:{s:b}}", "serviceIdentifier", "",
                                 "certificateArn", 5, "authType", 1, "x", "colour", "red", 1);
    struct lat_wire_request wire;
    cr_assert_eq(lat_request_from_document(arena, &lat_operations[LAT_OP_UPDATE_SERVICE], document,
                                           &wire, NULL),
                 0);
    cr_assert_str_eq(wire.path, "/services/");
    cr_assert_str_eq(wire.body,
                     "{\"certificateArn\":5,\"authType\":[1,\"x\"],\"colour\":{\"red\":true}}");
}

Test(codec, always_writes_the_list_of_a_paged_answer)
{
    const struct lat_list_services_response services = {0};
    cr_assert_str_eq(lat_response_encode(arena, &lat_operations[LAT_OP_LIST_SERVICES], &services),
                     "{\"items\":[]}");
    const struct lat_list_rules_response rules = {.next_token = "t"};
    LAT_AUTO(lat_json_decrefp)
    json_t *body =
        json_loads(lat_response_encode(arena, &lat_operations[LAT_OP_LIST_RULES], &rules), 0, NULL);
    cr_assert_eq(json_array_size(json_object_get(body, "items")), 0);
    cr_assert(json_is_array(json_object_get(body, "items")));
}

Test(codec, writes_a_present_empty_list_and_leaves_an_absent_one_out)
{
    struct lat_get_target_group_response output = {.id = "tg-1"};
    const struct lat_operation *operation = &lat_operations[LAT_OP_GET_TARGET_GROUP];
    cr_assert_str_eq(lat_response_encode(arena, operation, &output), "{\"id\":\"tg-1\"}");
    output.service_arns = LAT_LIST(NULL, 0);
    cr_assert_str_eq(lat_response_encode(arena, operation, &output),
                     "{\"id\":\"tg-1\",\"serviceArns\":[]}");
}

Test(codec, writes_empty_outputs_by_their_status)
{
    cr_assert_str_eq(lat_response_encode(arena, &lat_operations[LAT_OP_DELETE_RULE], NULL), "");
    cr_assert_str_eq(lat_response_encode(arena, &lat_operations[LAT_OP_TAG_RESOURCE], NULL), "{}");
}

Test(codec, writes_times_with_three_fraction_digits)
{
    const struct lat_get_service_response output = {.created_at = LAT_INT(INT64_C(1683322529339)),
                                                    .last_updated_at = LAT_INT(0)};
    cr_assert_str_eq(lat_response_encode(arena, &lat_operations[LAT_OP_GET_SERVICE], &output),
                     "{\"createdAt\":\"2023-05-05T21:35:29.339Z\","
                     "\"lastUpdatedAt\":\"1970-01-01T00:00:00.000Z\"}");
}

static int answer(int status, const char *body, const char *error_type, void **ret_output,
                  struct lat_refusal *ret_refusal)
{
    return lat_response_decode(arena, &lat_operations[LAT_OP_GET_RULE], status, body, strlen(body),
                               error_type, NULL, ret_output, ret_refusal);
}

Test(codec, reads_answers_of_a_newer_service)
{
    void *out;
    struct lat_refusal refusal;
    cr_assert_eq(answer(200,
                        "{\"name\":\"R\",\"priority\":9999,\"createdAt\":1683322529.339,"
                        "\"colour\":1,\"action\":{\"redirect\":{}}}",
                        NULL, &out, &refusal),
                 0);
    const struct lat_get_rule_response *output = out;
    cr_assert_eq(output->priority.value, 9999);
    cr_assert_eq(output->created_at.value, INT64_C(1683322529339));
    cr_assert_null(output->action->forward);
    cr_assert_eq(answer(200, "", NULL, &out, &refusal), 0);
}

Test(codec, refuses_answers_that_break_the_types)
{
    static const char *const bodies[] = {
        "{", "[]", "{\"name\":5}", "{\"createdAt\":\"yesterday\"}",
        "{\"action\":{\"forward\":{\"targetGroups\":[]},\"fixedResponse\":{\"statusCode\":1}}}"};
    for (size_t i = 0; i < LAT_COUNT(bodies); i++) {
        void *output;
        struct lat_refusal refusal;
        cr_assert_eq(answer(200, bodies[i], NULL, &output, &refusal), -1, "%s", bodies[i]);
        cr_assert_str_eq(refusal.code, "DeserializationError");
        cr_assert_null(refusal.shape);
    }
}

Test(codec, finds_the_error_code_where_the_sdks_look_for_it)
{
    static const struct {
        const char *header, *body, *code;
    } cases[] = {
        {"ConflictException", "{\"__type\":\"a#B\"}", "ConflictException"},
        {"ConflictException:http://x#y", "{}", "ConflictException"},
        {NULL, "{\"__type\":\"com.amazonaws#ConflictException\"}", "ConflictException"},
        {NULL, "{\"code\":\"ConflictException\"}", "ConflictException"},
        {"", "no json", "409"},
    };
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        void *output;
        struct lat_refusal refusal;
        cr_assert_eq(answer(409, cases[i].body, cases[i].header, &output, &refusal), -1);
        cr_assert_str_eq(refusal.code, cases[i].code);
        cr_assert_eq(refusal.shape != NULL, i < 4);
        cr_assert_str_empty(refusal.message);
    }
}

Test(codec, writes_a_refusal_with_the_members_of_its_shape_only)
{
    struct lat_refusal refusal = {.shape =
                                      &lat_error_shapes[LAT_ERROR_RESOURCE_NOT_FOUND_EXCEPTION],
                                  .code = "ResourceNotFoundException",
                                  .status = 404,
                                  .message = "Service svc-1 not found",
                                  .resource_id = "svc-1",
                                  .resource_type = "SERVICE",
                                  .quota_code = "L-1",
                                  .retry_after_seconds = 5};
    struct lat_wire_response wire;
    lat_refusal_encode(arena, &refusal, &wire);
    cr_assert_eq(wire.status, 404);
    cr_assert_eq(wire.header_count, 1);
    cr_assert_str_eq(wire.headers[0].value, "ResourceNotFoundException");
    cr_assert_str_eq(wire.body, "{\"message\":\"Service svc-1 not found\",\"resourceId\":\"svc-1\","
                                "\"resourceType\":\"SERVICE\"}");
    refusal = (struct lat_refusal){
        .code = "UnknownOperationException", .status = 404, .message = "m", .resource_id = "x"};
    lat_refusal_encode(arena, &refusal, &wire);
    cr_assert_str_eq(wire.body, "{\"message\":\"m\"}");
}

Test(codec, writes_retry_after_as_a_header)
{
    const struct lat_refusal refusal = {.shape = &lat_error_shapes[LAT_ERROR_THROTTLING_EXCEPTION],
                                        .code = "ThrottlingException",
                                        .status = 429,
                                        .message = "slow",
                                        .retry_after_seconds = 2};
    struct lat_wire_response wire;
    lat_refusal_encode(arena, &refusal, &wire);
    cr_assert_eq(wire.header_count, 2);
    cr_assert_str_eq(wire.headers[1].key, "Retry-After");
    cr_assert_str_eq(wire.headers[1].value, "2");
    cr_assert_str_eq(wire.body, "{\"message\":\"slow\"}");
}
