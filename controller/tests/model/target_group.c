/* Target groups of Services: protocols, policies, and the targets behind them. */
#include "common/base/json.h"
#include "common/base/text.h"
#include "controller/model/keys.h"
#include "controller/model/print.h"
#include "controller/tests/model/fixture.h"

#include <criterion/criterion.h>

/* "protocol/version/ip" of the only target group, or the error. */
static const char *outcome(struct fixture *fixture, enum gwc_route_kind kind)
{
    struct gwc_stack stack = {0};
    struct gwc_model_error error = {0};
    if (fixture_build(fixture, kind, "app", &stack, &error) != 0)
        return error.text;
    cr_assert_eq(stack.target_group_count, 1);
    const struct gwc_target_group *group = &stack.target_groups[0];
    return lat_arena_printf(fixture->arena, "%s/%s/%s", group->protocol, group->protocol_version,
                            group->ip_address_type);
}

static void add_policy(struct fixture *fixture, const char *name, const char *created,
                       const char *spec, const char *status)
{
    fixture_add(fixture,
                lat_arena_printf(fixture->arena,
                                 "{'kind':'TargetGroupPolicy','metadata':{'name':'%s',"
                                 "'namespace':'shop','creationTimestamp':'%s'},"
                                 "'spec':{'targetRef':{'group':'','kind':'Service','name':'web'}"
                                 "%s},'status':%s}",
                                 name, created, spec, status));
}

Test(target_group, the_kind_of_route_decides_over_the_policy)
{
    static const struct {
        enum gwc_route_kind kind;
        const char *policy; /* NULL: none */
        const char *outcome;
    } rows[] = {
        {GWC_ROUTE_HTTP, NULL, "HTTP/HTTP1/IPV4"},
        {GWC_ROUTE_GRPC, NULL, "HTTP/GRPC/IPV4"},
        {GWC_ROUTE_TLS, NULL, "TCP//IPV4"},
        {GWC_ROUTE_HTTP, ",'protocol':'HTTPS','protocolVersion':'HTTP2'", "HTTPS/HTTP2/IPV4"},
        {GWC_ROUTE_HTTP, ",'protocol':'HTTPS'", "HTTPS/HTTP1/IPV4"},
        {GWC_ROUTE_HTTP, ",'protocol':'TCP'", "TCP//IPV4"},
        {GWC_ROUTE_GRPC, ",'protocol':'HTTPS','protocolVersion':'HTTP2'", "HTTPS/GRPC/IPV4"},
        {GWC_ROUTE_TLS, ",'protocol':'HTTPS','protocolVersion':'HTTP2'", "TCP//IPV4"},
        {GWC_ROUTE_HTTP, ",'protocol':'TCP','protocolVersion':'HTTP1'",
         "failed to build rules due to buildTargetGroupSpec err protocolVersion is not supported "
         "for TCP protocol TargetGroupPolicy"},
        {GWC_ROUTE_TLS, ",'protocol':'TCP','protocolVersion':'HTTP1'",
         "failed to build listener due to buildTargetGroupSpec err protocolVersion is not "
         "supported for TCP protocol TargetGroupPolicy"},
    };
    for (size_t i = 0; i < LAT_COUNT(rows); i++) {
        LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
        if (rows[i].policy != NULL)
            add_policy(fixture, "p", "2026-01-01T00:00:00Z", rows[i].policy, "{}");
        cr_expect_str_eq(outcome(fixture, rows[i].kind), rows[i].outcome, "row %zu", i);
    }
}

Test(target_group, exactly_one_known_ip_family_is_needed)
{
    static const char *const rows[][2] = {
        {"{'ipFamilies':['IPv6']}", "HTTP/HTTP1/IPV6"},
        {"{'ipFamilies':['IPv4','IPv6']}",
         "failed to build rules due to buildTargetGroupSpec err lattice Target Group only supports "
         "single stack IP addresses"},
        {"{'ipFamilies':[]}",
         "failed to build rules due to buildTargetGroupSpec err lattice Target Group only supports "
         "single stack IP addresses"},
        {"{'ipFamilies':['IPv5']}",
         "failed to build rules due to buildTargetGroupSpec err unknown ipFamily: IPv5"},
    };
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    for (size_t i = 0; i < LAT_COUNT(rows); i++) {
        fixture_set(fixture, "Service", "web", "spec", rows[i][0]);
        cr_expect_str_eq(outcome(fixture, GWC_ROUTE_HTTP), rows[i][1]);
    }
}

Test(target_group, what_cannot_be_read_fails_the_build_with_its_name)
{
    static const char *const rows[][2] = {
        {"Service", "failed to build rules due to buildTargetGroupSpec err error finding backend "
                    "service shop/web due to cache is broken"},
        {"TargetGroupPolicy", "failed to build rules due to buildTargetGroupSpec err cache is "
                              "broken"},
    };
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    for (size_t i = 0; i < LAT_COUNT(rows); i++) {
        fixture->failing_kind = rows[i][0];
        cr_expect_str_eq(outcome(fixture, GWC_ROUTE_HTTP), rows[i][1]);
    }
    fixture->failing_kind = NULL;
    fixture->config.cluster_name = "";
    cr_expect_str_eq(outcome(fixture, GWC_ROUTE_HTTP),
                     "failed to build rules due to one or more required fields are missing");
}

Test(target_group, only_the_oldest_policy_counts_and_only_once_accepted)
{
    static const char accepted[] =
        "{'conditions':[{'type':'Accepted','status':'True','reason':'Accepted'}]}";
    static const char pending[] =
        "{'conditions':[{'type':'Accepted','status':'Unknown','reason':'NotReconciled'}]}";
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    add_policy(fixture, "z", "2026-01-02T00:00:00Z", ",'protocol':'HTTPS'", accepted);
    cr_expect_str_eq(outcome(fixture, GWC_ROUTE_HTTP), "HTTPS/HTTP1/IPV4");
    add_policy(fixture, "b", "2026-01-02T00:00:00Z", ",'protocolVersion':'HTTP2'", accepted);
    cr_expect_str_eq(outcome(fixture, GWC_ROUTE_HTTP), "HTTP/HTTP2/IPV4", "the name breaks a tie");
    add_policy(fixture, "y", "2026-01-01T00:00:00Z", ",'protocol':'TCP'", pending);
    cr_expect_str_eq(outcome(fixture, GWC_ROUTE_HTTP), "HTTP/HTTP1/IPV4", "no fallback");
    fixture_set(fixture, "TargetGroupPolicy", "y", "spec.targetRef", "{'kind':'ServiceExport'}");
    cr_expect_str_eq(outcome(fixture, GWC_ROUTE_HTTP), "HTTP/HTTP2/IPV4", "another target");
}

Test(target_group, a_health_check_sets_only_what_the_policy_sets)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    add_policy(fixture, "p", "2026-01-01T00:00:00Z",
               ",'healthCheck':{'enabled':false,'intervalSeconds':7,'timeoutSeconds':3,"
               "'healthyThresholdCount':4,'unhealthyThresholdCount':6,'statusMatch':'200-299',"
               "'path':'/h','port':81,'protocol':'HTTPS','protocolVersion':'HTTP2'}",
               "{}");
    struct gwc_stack stack = {0};
    struct gwc_model_error error = {0};
    cr_assert_eq(fixture_build(fixture, GWC_ROUTE_HTTP, "app", &stack, &error), 0);
    LAT_AUTO(lat_json_decrefp) json_t *full = gwc_stack_print_new(&stack);
    fixture_expect_json(json_incref(lat_json_at(full, "targetGroups[0].healthCheck")),
                        "{'enabled':false,'protocol':'HTTPS','protocolVersion':'HTTP2','port':81,"
                        "'path':'/h','healthCheckIntervalSeconds':7,"
                        "'healthCheckTimeoutSeconds':3,'healthyThresholdCount':4,"
                        "'unhealthyThresholdCount':6,'httpCode':'200-299'}");
    fixture_set(fixture, "TargetGroupPolicy", "p", "spec", "{'healthCheck':{'path':'/h'}}");
    cr_assert_eq(fixture_build(fixture, GWC_ROUTE_HTTP, "app", &stack, &error), 0);
    LAT_AUTO(lat_json_decrefp) json_t *path_only = gwc_stack_print_new(&stack);
    fixture_expect_json(json_incref(lat_json_at(path_only, "targetGroups[0].healthCheck")),
                        "{'path':'/h'}");
    fixture_set(fixture, "TargetGroupPolicy", "p", "spec", "{'healthCheck':null}");
    cr_assert_eq(fixture_build(fixture, GWC_ROUTE_HTTP, "app", &stack, &error), 0);
    cr_expect_null(stack.target_groups[0].health_check);
}

/* "address:port" of each target, "!" behind those that are not ready; "none" without a list. */
static const char *targets(struct fixture *fixture, const char *backends)
{
    fixture_set(fixture, "HTTPRoute", "app", "spec",
                lat_arena_printf(fixture->arena, "{'rules':[{'backendRefs':%s}]}", backends));
    struct gwc_stack stack = {0};
    struct gwc_model_error error = {0};
    cr_assert(fixture_build(fixture, GWC_ROUTE_HTTP, "app", &stack, &error) == 0, "%s", error.text);
    const struct gwc_target_group *group = &stack.target_groups[0];
    const char *text = group->has_targets ? "" : "none";
    for (size_t i = 0; i < group->target_count; i++)
        text =
            lat_arena_printf(fixture->arena, "%s%s:%lld%s ", text, group->targets[i].address,
                             (long long)group->targets[i].port, group->targets[i].ready ? "" : "!");
    return text;
}

static const char two_ports[] = "{'ports':[{'name':'http','port':80},{'name':'admin','port':81}]}";
static const char two_slice_ports[] =
    "{'ports':[{'name':'http','port':8080},{'name':'admin','port':9090}],"
    "'endpoints':[{'addresses':['10.0.0.1'],'conditions':{'ready':true}}]}";

Test(target_group, a_port_chooses_the_endpoint_ports_of_its_name)
{
    static const struct {
        const char *service;
        const char *backends;
        const char *targets;
    } rows[] = {
        {two_ports, "[{'name':'web','port':81}]", "10.0.0.1:9090 "},
        {two_ports, "[{'name':'web'}]", "10.0.0.1:8080 10.0.0.1:9090 "},
        {two_ports, "[{'name':'web','port':0}]", "10.0.0.1:8080 10.0.0.1:9090 "},
        {two_ports, "[{'name':'web','port':99}]", ""},
        {"{'ports':[{'port':80}]}", "[{'name':'web','port':80}]", "10.0.0.1:8080 10.0.0.1:9090 "},
        {"{'ports':[{'name':'http','port':80},{'name':'admin','port':80}]}",
         "[{'name':'web','port':80}]", "10.0.0.1:8080 10.0.0.1:9090 "},
        /* Two ports of one Service in one route: the lists are united. */
        {two_ports, "[{'name':'web','port':81},{'name':'web','port':80}]",
         "10.0.0.1:9090 10.0.0.1:8080 "},
        {two_ports, "[{'name':'web','port':81},{'name':'web'},{'name':'web','port':81}]",
         "10.0.0.1:9090 10.0.0.1:8080 "},
    };
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_set(fixture, "EndpointSlice", "web-1", "", two_slice_ports);
    for (size_t i = 0; i < LAT_COUNT(rows); i++) {
        fixture_set(fixture, "Service", "web", "spec", rows[i].service);
        cr_expect_str_eq(targets(fixture, rows[i].backends), rows[i].targets, "row %zu", i);
    }
}

Test(target_group, endpoints_become_targets_unless_they_are_terminating)
{
    static const char backends[] = "[{'name':'web','port':80}]";
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_set(fixture, "EndpointSlice", "web-1", "",
                "{'ports':[{'name':'http','port':1},{'name':'http'}],'endpoints':["
                "{'addresses':['a','b'],'conditions':{'ready':true,'serving':false}},"
                "{'addresses':['c'],'conditions':{'ready':true,'terminating':true}},"
                "{'addresses':['d'],'conditions':{'ready':false}},{'addresses':['a']}]}");
    cr_expect_str_eq(targets(fixture, backends), "a:1 b:1 d:1! a:1! a:0 b:0 d:0! a:0! ");
    fixture_add(fixture, "{'kind':'EndpointSlice','metadata':{'name':'web-2','namespace':'shop',"
                         "'labels':{'kubernetes.io/service-name':'other'}},"
                         "'ports':[{'name':'http','port':5}],'endpoints':[{'addresses':['x']}]}");
    fixture_add(fixture, "{'kind':'EndpointSlice','metadata':{'name':'web-3','namespace':'ops',"
                         "'labels':{'kubernetes.io/service-name':'web'}},"
                         "'ports':[{'name':'http','port':5}],'endpoints':[{'addresses':['x']}]}");
    cr_expect_str_eq(targets(fixture, backends), "a:1 b:1 d:1! a:1! a:0 b:0 d:0! a:0! ");
}

Test(target_group, a_service_being_deleted_or_unreadable_slices_leave_targets_alone)
{
    static const char backends[] = "[{'name':'web','port':80}]";
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture->failing_kind = "EndpointSlice";
    cr_expect_str_eq(targets(fixture, backends), "none");
    fixture->failing_kind = NULL;
    cr_expect_str_eq(targets(fixture, backends), "10.0.0.1:8080 10.0.0.2:8080 ");
    fixture_set(fixture, "Service", "web", "metadata", "{'deletionTimestamp':'" FIXTURE_NOW "'}");
    cr_expect_str_eq(targets(fixture, backends), "none");
}
