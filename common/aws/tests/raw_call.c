/* Calls from JSON input: where each member goes. */
#include "common/aws/raw_call.h"

#include "common/base/json.h"
#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(raw_call, .fini = check_leaks);

static const struct {
    const char *operation, *input, *method, *target, *body;
} calls[] = {
    {"ListServices", "{}", "GET", "/services", NULL},
    {"ListServices", "{\"maxResults\":5,\"nextToken\":\"a b\"}", "GET",
     "/services?maxResults=5&nextToken=a%20b", NULL},
    {"CreateService", "{\"name\":\"orders\",\"odd\":null}", NULL, NULL, NULL},
    {"CreateService", "{\"name\":7}", "POST", "/services", "{\"name\":7}"},
    {"GetService", "{\"serviceIdentifier\":\"arn:x:service/svc-1\"}", "GET",
     "/services/arn%3Ax%3Aservice%2Fsvc-1", NULL},
    {"DeleteRule",
     "{\"serviceIdentifier\":\"s\",\"listenerIdentifier\":\"l\",\"ruleIdentifier\":\"r\"}",
     "DELETE", "/services/s/listeners/l/rules/r", NULL},
    {"UntagResource", "{\"resourceArn\":\"a\",\"tagKeys\":[\"x\",\"y/z\"]}", "DELETE",
     "/tags/a?tagKeys=x&tagKeys=y%2Fz", NULL},
    {"ListTargets", "{\"targetGroupIdentifier\":\"tg\"}", "POST", "/targetgroups/tg/listtargets",
     "{}"},
    {"GetService", "{}", NULL, NULL, NULL},
};

Test(raw_call, every_member_goes_where_the_tables_say)
{
    for (size_t i = 0; i < LAT_COUNT(calls); i++) {
        struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
        struct lat_err err = {.message = ""};
        struct lat_raw_call call;
        json_t *input LAT_AUTO(lat_json_decrefp) =
            lat_json_parse_new(calls[i].input, strlen(calls[i].input), &err);
        const struct lat_operation *operation = lat_operation_by_name(calls[i].operation);
        cr_assert_not_null(operation);
        int result = lat_raw_call_build(arena, operation, input, &call, &err);
        cr_assert_eq(result, calls[i].method != NULL ? 0 : -1, "row %zu: %s", i, err.message);
        if (result < 0)
            continue;
        cr_expect_str_eq(call.method, calls[i].method);
        cr_expect_str_eq(call.target, calls[i].target);
        cr_expect((call.body == NULL) == (calls[i].body == NULL), "row %zu", i);
        if (call.body != NULL && calls[i].body != NULL)
            cr_expect_str_eq(call.body, calls[i].body);
    }
}
