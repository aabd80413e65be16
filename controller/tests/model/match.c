/* What rules match: every row of the translation. */
#include "common/base/json.h"
#include "common/base/text.h"
#include "controller/model/keys.h"
#include "controller/model/print.h"
#include "controller/tests/model/fixture.h"

#include <criterion/criterion.h>

struct row {
    const char *rule;
    const char *match; /* printed, or NULL */
    const char *error; /* without its prefix */
};

#define H(name) "{'type':'Exact','name':'" name "','value':'v'}"

static void check_row(enum gwc_route_kind kind, const struct row *row)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_set(fixture, gwc_route_facts[kind].kind, "app", "spec",
                lat_arena_printf(fixture->arena, "{'rules':[%s]}", row->rule));
    struct gwc_stack stack = {0};
    struct gwc_model_error error = {0};
    int result = fixture_build(fixture, kind, "app", &stack, &error);
    if (row->error != NULL) {
        cr_assert_eq(result, -1, "%s", row->rule);
        cr_expect_eq(error.error_class, GWC_ERROR_OTHER);
        cr_expect_str_eq(
            error.text,
            lat_arena_printf(fixture->arena, "failed to build rules due to %s", row->error));
        return;
    }
    cr_assert_eq(result, 0, "%s: %s", row->rule, error.text);
    cr_assert_eq(stack.listeners[0].rule_count, 1);
    LAT_AUTO(lat_json_decrefp) json_t *rule = gwc_rule_print_new(&stack.listeners[0].rules[0]);
    fixture_expect_json(json_incref(json_object_get(rule, "match")), row->match);
}

Test(match, http_matches_translate_row_by_row)
{
    static const struct row rows[] = {
        {"{'matches':[{},{}]}", NULL, "LATTICE_NO_SUPPORT_FOR_MULTIPLE_MATCHES"},
        {"{}", "{'path':{'prefix':'/','caseSensitive':true}}", NULL},
        {"{'matches':[]}", "{'path':{'prefix':'/','caseSensitive':true}}", NULL},
        {"{'matches':[{'path':{'type':'Exact','value':'/X'}}]}",
         "{'path':{'exact':'/X','caseSensitive':true}}", NULL},
        {"{'matches':[{'path':{'type':'PathPrefix','value':'/x'}}]}",
         "{'path':{'prefix':'/x','caseSensitive':true}}", NULL},
        {"{'matches':[{'path':{'type':'RegularExpression','value':'/x'}}]}", NULL,
         "LATTICE_UNSUPPORTED_PATH_MATCH_TYPE"},
        {"{'matches':[{'path':{'value':'/x'}}]}", NULL, "type is required on path match"},
        {"{'matches':[{'method':'GET'}]}", "{'method':'GET'}", NULL},
        {"{'matches':[{'queryParams':[]}]}", NULL, "LATTICE_UNSUPPORTED_MATCH_TYPE"},
        {"{'matches':[{'queryParams':[{'name':'a','value':'b'}]}]}", NULL,
         "LATTICE_UNSUPPORTED_MATCH_TYPE"},
        {"{'matches':[{'headers':[" H("b") "," H("A") "]}]}",
         "{'headers':[{'name':'b','exact':'v','caseSensitive':false},"
         "{'name':'A','exact':'v','caseSensitive':false}]}",
         NULL},
        {"{'matches':[{'headers':[{'name':'a','value':'v'}]}]}",
         "{'headers':[{'name':'a','exact':'v','caseSensitive':false}]}", NULL},
        {"{'matches':[{'headers':[]}]}", "{}", NULL},
        {"{'matches':[{'headers':[" H("1") "," H("2") "," H("3") "," H("4") "," H("5") "," H(
             "6") "]}]}",
         NULL, "LATTICE_EXCEED_MAX_HEADER_MATCHES"},
        {"{'matches':[{'headers':[{'type':'RegularExpression','name':'a','value':'v'}]}]}", NULL,
         "LATTICE_UNSUPPORTED_HEADER_MATCH_TYPE"},
        /* The order of the checks: path, then query, then headers. */
        {"{'matches':[{'path':{'type':'RegularExpression','value':'/x'},'queryParams':[]}]}", NULL,
         "LATTICE_UNSUPPORTED_PATH_MATCH_TYPE"},
        {"{'matches':[{'queryParams':[],'headers':[{'type':'X','name':'a','value':'v'}]}]}", NULL,
         "LATTICE_UNSUPPORTED_MATCH_TYPE"},
        /* Filters and timeouts are ignored. */
        {"{'filters':[{'type':'RequestRedirect'}],'timeouts':{'request':'1s'}}",
         "{'path':{'prefix':'/','caseSensitive':true}}", NULL},
    };
    for (size_t i = 0; i < LAT_COUNT(rows); i++)
        check_row(GWC_ROUTE_HTTP, &rows[i]);
}

Test(match, grpc_matches_translate_row_by_row)
{
    static const char everything[] = "{'method':'POST','path':{'prefix':'/','caseSensitive':true}}";
    static const struct row rows[] = {
        {"{'matches':[{},{}]}", NULL, "LATTICE_NO_SUPPORT_FOR_MULTIPLE_MATCHES"},
        {"{}", everything, NULL},
        {"{'matches':[{'method':{'type':'Exact'}}]}", everything, NULL},
        {"{'matches':[{'method':{'type':'Exact','service':'s.S'}}]}",
         "{'method':'POST','path':{'prefix':'/s.S/','caseSensitive':true}}", NULL},
        {"{'matches':[{'method':{'type':'Exact','service':'s.S','method':'M'}}]}",
         "{'method':'POST','path':{'exact':'/s.S/M','caseSensitive':true}}", NULL},
        {"{'matches':[{'method':{'type':'Exact','method':'M'}}]}", NULL,
         "cannot create GRPCRouteMatch for nil service and non-nil method"},
        {"{'matches':[{'method':{'type':'RegularExpression','service':'s'}}]}", NULL,
         "unsupported gRPC method match type RegularExpression"},
        /* Headers without a method: the original crashes; this is its documented repair. */
        {"{'matches':[{'headers':[" H("a") "]}]}",
         "{'method':'POST','path':{'prefix':'/','caseSensitive':true},"
         "'headers':[{'name':'a','exact':'v','caseSensitive':false}]}",
         NULL},
        {"{'matches':[{'headers':[{'type':'RegularExpression','name':'a','value':'v'}]}]}", NULL,
         "LATTICE_UNSUPPORTED_HEADER_MATCH_TYPE"},
    };
    for (size_t i = 0; i < LAT_COUNT(rows); i++)
        check_row(GWC_ROUTE_GRPC, &rows[i]);
}
