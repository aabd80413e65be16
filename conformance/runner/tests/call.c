/* Operations and raw input into requests. */
#include "conformance/runner/call.h"

#include "common/aws/lattice_model.h"
#include "common/base/json.h"
#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(call, .fini = check_leaks);

static json_t *parse(const char *text)
{
    struct lat_err err = {0};
    json_t *value = lat_json_parse_new(text, strlen(text), &err);
    cr_assert_not_null(value, "%s: %s", text, err.message);
    return value;
}

/* A call becomes "METHOD path body", or the error's text. */
static void expect(const char *operation, const char *input_text, const char *extra_text,
                   const char *wanted)
{
    struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
    struct cft_request request = {0};
    struct lat_err err = {0};
    json_t *LAT_AUTO(lat_json_decrefp) input = parse(input_text);
    json_t *LAT_AUTO(lat_json_decrefp) extra = extra_text == NULL ? NULL : parse(extra_text);
    const char *got = err.message;
    if (cft_call_build(arena, cft_call_operation(operation), input, extra, &request, &err) == 0)
        got = lat_arena_printf(arena, "%s %s %s", request.method, request.path,
                               request.body == NULL ? "none" : request.body);
    cr_expect_str_eq(got, wanted, "got %s", got);
}

Test(call, members_travel_where_the_model_puts_them)
{
    expect("ListTargets",
           "{\"targetGroupIdentifier\":\"tg-1\",\"maxResults\":5,\"targets\":[{\"id\":\"a\"}]}",
           NULL, "POST /targetgroups/tg-1/listtargets?maxResults=5 {\"targets\":[{\"id\":\"a\"}]}");
    expect("ListTargets", "{\"targetGroupIdentifier\":\"tg-1\"}", NULL,
           "POST /targetgroups/tg-1/listtargets {}");
}

Test(call, labels_and_queries_are_encoded_completely)
{
    expect("GetService", "{\"serviceIdentifier\":\"arn:aws:x/y z\"}", NULL,
           "GET /services/arn%3Aaws%3Ax%2Fy%20z none");
    expect("UntagResource", "{\"resourceArn\":\"r\",\"tagKeys\":[\"a b\",\"k/n\"]}", NULL,
           "DELETE /tags/r?tagKeys=a%20b&tagKeys=k%2Fn none");
}

Test(call, values_are_sent_as_they_are)
{
    expect("CreateService", "{\"name\":17,\"authType\":null}", NULL,
           "POST /services {\"name\":17,\"authType\":null}");
    expect("ListServices", "{\"maxResults\":\"many\"}", NULL, "GET /services?maxResults=many none");
    expect("CreateService", "{\"name\":\"a\"}", "{\"nobody\":1}",
           "POST /services {\"name\":\"a\",\"nobody\":1}");
}

Test(call, an_unknown_member_and_a_missing_label_are_refused)
{
    expect("CreateService", "{\"nam\":1}", NULL, "CreateService has no member \"nam\"");
    expect("GetService", "{}", NULL, "GetService needs the member \"serviceIdentifier\"");
}

/* What undoes a create; wanted NULL: nothing. */
static void undone(const char *operation, const char *input_text, const char *answer_text,
                   const char *wanted)
{
    struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
    struct cft_request request = {0};
    json_t *LAT_AUTO(lat_json_decrefp) input = parse(input_text);
    json_t *LAT_AUTO(lat_json_decrefp) answer = parse(answer_text);
    int status = cft_call_undo(arena, cft_call_operation(operation), input, answer, &request);
    cr_assert_eq(status, wanted == NULL ? -1 : 0);
    if (wanted != NULL)
        cr_expect_str_eq(lat_arena_printf(arena, "%s %s", request.method, request.path), wanted);
}

Test(call, a_create_is_undone_by_its_delete)
{
    undone("CreateService", "{\"name\":\"a\"}", "{\"id\":\"svc-1\"}", "DELETE /services/svc-1");
    undone("CreateRule", "{\"serviceIdentifier\":\"s\",\"listenerIdentifier\":\"l\"}",
           "{\"id\":\"r\"}", "DELETE /services/s/listeners/l/rules/r");
    undone("StartDomainVerification", "{}", "{\"id\":\"dv-1\"}",
           "DELETE /domainverifications/dv-1");
}

Test(call, what_creates_nothing_is_not_undone)
{
    undone("GetService", "{\"serviceIdentifier\":\"s\"}", "{\"id\":\"svc-1\"}", NULL);
    undone("CreateService", "{}", "{}", NULL);
}

Test(call, every_create_of_the_model_has_its_undoing)
{
    size_t creates = 0;
    json_t *LAT_AUTO(lat_json_decrefp) input =
        parse("{\"serviceIdentifier\":\"s\",\"listenerIdentifier\":\"l\"}");
    json_t *LAT_AUTO(lat_json_decrefp) answer = parse("{\"id\":\"x\"}");
    struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
    for (size_t i = 0; i < LAT_OP_COUNT; i++) {
        struct cft_request request = {0};
        if (strncmp(lat_operations[i].name, "Create", strlen("Create")) != 0)
            continue;
        creates++;
        cr_expect_eq(cft_call_undo(arena, &lat_operations[i], input, answer, &request), 0, "%s",
                     lat_operations[i].name);
    }
    cr_expect_eq(creates, 11);
}
