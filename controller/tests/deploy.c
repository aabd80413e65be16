/* Deploys against a scripted Lattice: who may change a service, what is retried in ten seconds,
 * and what an existing rule or listener keeps. Tags go through Lattice's own calls here, so that
 * each request is one line of the script. */
#include "controller/deploy/deploy.h"

#include "common/base/tests/leaks.h"
#include "controller/model/keys.h"
#include "controller/tests/peer.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct lat_clock test_clock;
static struct lat_rng rng;
static struct gwc_aws_options options;
static struct peer peer;
static struct lat_arena *arena;
static struct gwc_stack stack;

static const struct gwc_config config = {.account = "123456789012",
                                         .region = "us-east-2",
                                         .cluster_name = "prod",
                                         .vpc_id = "vpc-1",
                                         .managed_by = "123456789012/prod/vpc-1"};

static bool sleep_in_test(void *context, int64_t wait_ms)
{
    (void)context;
    lat_clock_advance(&test_clock, wait_ms);
    return true;
}

static void set_up(void)
{
    setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
    lat_clock_init_virtual(&test_clock, LAT_CLOCK_VIRTUAL_START_MS);
    lat_rng_init(&rng, 1);
    arena = lat_arena_new();
    stack = (struct gwc_stack){.service = {.name = "orders",
                                           .route_name = "route",
                                           .route_namespace = "shop",
                                           .route_kind = GWC_ROUTE_HTTP}};
}

static void tear_down(void)
{
    lat_arena_free(arena);
    check_leaks();
}

TestSuite(deploy, .init = set_up, .fini = tear_down, .timeout = 30);

/* Deploys the stack against the script and ends the peer; what it was asked can be read then. */
static int deploy(const struct peer_reply *replies, size_t count, struct gwc_model_error *ret_error)
{
    peer_start(&peer, replies, count);
    options = (struct gwc_aws_options){.region = "us-east-2",
                                       .lattice_endpoint = peer.url,
                                       .tagging_endpoint = peer.url,
                                       .acm_endpoint = peer.url,
                                       .clock = &test_clock,
                                       .rng = &rng,
                                       .sleeper = {sleep_in_test, NULL}};
    struct lat_err err = {0};
    struct gwc_aws *aws = gwc_aws_new(&options, &err);
    cr_assert_not_null(aws, "%s", err.message);
    struct gwc_tagging *tagging = gwc_tagging_new(aws, config.vpc_id, true);
    struct gwc_deploy work = {.arena = arena,
                              .aws = aws,
                              .tagging = tagging,
                              .config = &config,
                              .clock = &test_clock,
                              .rng = &rng,
                              .stack = &stack};
    int result = gwc_deploy_stack(&work, ret_error);
    peer_stop(&peer);
    gwc_tagging_free(tagging);
    gwc_aws_free(aws);
    return result;
}

#define DEPLOY(replies, error) deploy((replies), LAT_COUNT(replies), (error))

/* The changing calls that were made, as "POST /tags/…;…", in order. */
static const char *changes(void)
{
    const char *text = "";
    for (size_t i = 0; i < peer.request_count; i++) {
        const struct peer_request *request = &peer.requests[i];
        if (strcmp(request->method, "GET") != 0 && strstr(request->target, "listtargets") == NULL)
            text = lat_arena_printf(arena, "%s%s %s;", text, request->method, request->target);
    }
    return text;
}

#define SERVICE_ARN "arn:svc"
#define SERVICES    "{\"items\":[{\"id\":\"svc-1\",\"arn\":\"" SERVICE_ARN "\",\"name\":\"orders\"}]}"
#define NONE        "{\"items\":[]}"
#define TAG(k, v)   "\"" GWC_PREFIX k "\":\"" v "\""
#define OWN         TAG("ManagedBy", "123456789012/prod/vpc-1")
#define OTHER       TAG("ManagedBy", "other/x/y")
#define ROUTE_TAGS                                                                                 \
    TAG("RouteName", "route") "," TAG("RouteNamespace", "shop") "," TAG("RouteType", "http")
#define FOREIGN_TAGS                                                                               \
    TAG("RouteName", "else") "," TAG("RouteNamespace", "shop") "," TAG("RouteType", "http")

/* One row of the ownership table: the tags that the service has, and what comes of it. */
struct ownership_row {
    const char *tags;
    const char *takeover;
    bool is_deleted;
    const char *changes;  /* expected */
    const char *conflict; /* expected in the text; NULL: none */
};

#define TAG_SERVICE    "POST /tags/arn%3Asvc;"
#define DELETE_SERVICE "DELETE /services/svc-1;"

static const struct ownership_row ownership_rows[] = {
    {"", NULL, false, TAG_SERVICE TAG_SERVICE, NULL},
    {OWN "," ROUTE_TAGS, NULL, false, "", NULL},
    {OWN, NULL, false, TAG_SERVICE, NULL},
    {OWN "," FOREIGN_TAGS, NULL, false, "",
     "service route/shop had a conflict: Found existing resource with conflicting service name: "
     "arn:svc"},
    {FOREIGN_TAGS, NULL, false, TAG_SERVICE,
     "service route/shop had a conflict: Found existing resource with conflicting service name: "
     "arn:svc"},
    {OTHER, NULL, false, "",
     "service shop/route had a conflict: Found existing resource not owned by controller: arn:svc"},
    {OTHER, "wrong", false, "",
     "service shop/route had a conflict: Found existing resource not owned by controller: arn:svc"},
    {OTHER, "other/x/y", false, TAG_SERVICE, NULL},
    {"", NULL, true, "", NULL},
    {OWN "," ROUTE_TAGS, NULL, true, DELETE_SERVICE, NULL},
    {OWN "," FOREIGN_TAGS, NULL, true, "", NULL},
    {OTHER, "other/x/y", true, "", NULL},
};

static void check_ownership(const struct ownership_row *row, size_t index)
{
    const char *tags = lat_arena_printf(arena, "{\"tags\":{%s}}", row->tags);
    const struct peer_reply found = {200, SERVICES};
    const struct peer_reply read = {200, tags};
    const struct peer_reply wrote = {200};
    const struct peer_reply none = {200, NONE};
    /* Writes of tags come between the first read and the lists, so each row has its own script. */
    struct peer_reply replies[12] = {found, read};
    size_t count = 2;
    for (const char *p = row->changes; (p = strstr(p, TAG_SERVICE)) != NULL; p++)
        replies[count++] = wrote;
    if (!row->is_deleted && row->changes[0] != '\0')
        replies[count++] = read; /* the write has emptied the cache: TAGSYNC reads again */
    while (count < LAT_COUNT(replies))
        replies[count++] = none;
    stack.is_deleted = row->is_deleted;
    stack.service.allow_takeover_from = row->takeover;
    struct gwc_model_error error = {0};
    int result = deploy(replies, count, &error);
    cr_assert_str_eq(changes(), row->changes, "row %zu: %s", index, changes());
    cr_assert_eq(result, row->conflict == NULL ? 0 : -1, "row %zu: %s", index,
                 error.text == NULL ? "" : error.text);
    if (row->conflict != NULL) {
        cr_assert_eq(error.error_class, GWC_ERROR_OWNERSHIP_CONFLICT, "row %zu", index);
        cr_assert_str_eq(error.text, lat_arena_printf(arena,
                                                      "error during service synthesis failed "
                                                      "ServiceManager.Upsert orders due to %s",
                                                      row->conflict));
    }
    peer_done(&peer);
}

Test(deploy, ownership_follows_its_table_row_by_row)
{
    for (size_t i = 0; i < LAT_COUNT(ownership_rows); i++)
        check_ownership(&ownership_rows[i], i);
}

Test(deploy, a_customers_tag_is_removed_and_a_wanted_one_is_set)
{
    struct gwc_tag wanted = {"env", "prod"};
    stack.additional_tags = (struct gwc_tags){&wanted, 1};
    const struct peer_reply replies[] = {
        {200, SERVICES}, {200, "{\"tags\":{\"team\":\"a\"," OWN "," ROUTE_TAGS "}}"},
        {200},           {200},
        {200, NONE},     {200, NONE},
    };
    struct gwc_model_error error = {0};
    cr_assert_eq(DEPLOY(replies, &error), 0, "%s", error.text);
    cr_assert_str_eq(changes(), "DELETE /tags/arn%3Asvc?tagKeys=team;POST /tags/arn%3Asvc;");
    cr_assert_str_eq(peer.requests[3].body, "{\"tags\":{\"env\":\"prod\"}}");
    peer_done(&peer);
}

#define OWNED_SERVICE                                                                              \
    {200, SERVICES},                                                                               \
    {                                                                                              \
        200, "{\"tags\":{" OWN "," ROUTE_TAGS "}}"                                                 \
    }

Test(deploy, a_service_that_is_still_used_makes_its_deletion_wait_ten_seconds)
{
    stack.is_deleted = true;
    const struct peer_reply replies[] = {
        OWNED_SERVICE, {200, "{\"items\":[{\"id\":\"snsa-1\",\"arn\":\"arn:snsa\"}]}"},
        {200},         {200, "{\"items\":[{\"id\":\"listener-1\"}]}"},
        {204, ""},     {409, "{\"message\":\"in use\"}", "x-amzn-ErrorType", "ConflictException"},
    };
    struct gwc_model_error error = {0};
    cr_assert_eq(DEPLOY(replies, &error), -1);
    cr_assert_eq(error.error_class, GWC_ERROR_LATTICE_RETRY);
    cr_assert_str_eq(changes(), "DELETE /servicenetworkserviceassociations/arn%3Asnsa;"
                                "DELETE /services/svc-1/listeners/listener-1;"
                                "DELETE /services/svc-1;");
    peer_done(&peer);
}

static const char *const networks[] = {"net"};

static void want_network(void)
{
    stack.service.service_networks = networks;
    stack.service.service_network_count = 1;
}

#define NETWORKS "{\"items\":[{\"id\":\"sn-1\",\"arn\":\"arn:sn\",\"name\":\"net\"}]}"

Test(deploy, an_association_on_its_way_is_waited_for)
{
    want_network();
    const struct peer_reply replies[] = {
        {200, NONE},
        {201, "{\"id\":\"svc-1\",\"arn\":\"arn:svc\"}"},
        {200, NETWORKS},
        {200, "{\"id\":\"snsa-1\",\"status\":\"CREATE_IN_PROGRESS\"}"},
    };
    struct gwc_model_error error = {0};
    cr_assert_eq(DEPLOY(replies, &error), -1);
    cr_assert_eq(error.error_class, GWC_ERROR_LATTICE_RETRY);
    cr_assert_str_eq(changes(), "POST /services;POST /servicenetworkserviceassociations;");
    peer_done(&peer);
}

Test(deploy, a_missing_network_is_an_ordinary_failure_after_the_service_was_made)
{
    want_network();
    const struct peer_reply replies[] = {
        {200, NONE}, {201, "{\"id\":\"svc-1\",\"arn\":\"arn:svc\"}"}, {200, NONE}, {200, NONE}};
    struct gwc_model_error error = {0};
    cr_assert_eq(DEPLOY(replies, &error), -1);
    cr_assert_eq(error.error_class, GWC_ERROR_OTHER);
    cr_assert_str_eq(error.text, "error during service synthesis failed ServiceManager.Upsert "
                                 "orders due to not found, Service network net");
    peer_done(&peer);
}

Test(deploy, an_association_nobody_wants_goes_only_when_this_controller_made_it)
{
    const struct peer_reply replies[] = {
        OWNED_SERVICE,
        {200, "{\"items\":[{\"arn\":\"arn:mine\",\"serviceNetworkName\":\"a\"},"
              "{\"arn\":\"arn:theirs\",\"serviceNetworkName\":\"b\"}]}"},
        {200, "{\"tags\":{" OWN "}}"},
        {200},
        {200, "{\"tags\":{}}"},
        {200, NONE},
    };
    struct gwc_model_error error = {0};
    cr_assert_eq(DEPLOY(replies, &error), 0, "%s", error.text);
    cr_assert_str_eq(changes(), "DELETE /servicenetworkserviceassociations/arn%3Amine;");
    peer_done(&peer);
}

/* A stack with one listener HTTP:80 and one rule "/" that forwards to an external group. */
static struct gwc_backend backend = {
    .kind = GWC_BACKEND_EXTERNAL, .weight = 90, .external_id = "tg-1"};
static const struct lat_path_match_type slash = {.prefix = "/"};
static const struct lat_path_match path = {.match = &slash, .case_sensitive = LAT_BOOL(true)};
static const struct lat_http_match http_match = {.path_match = &path};
static const struct lat_rule_match match = {.http_match = &http_match};

static void want_rule(void)
{
    stack.listeners = LAT_NEW(arena, struct gwc_listener);
    stack.listener_count = 1;
    struct gwc_rule *rule = LAT_NEW(arena, struct gwc_rule);
    *rule = (struct gwc_rule){.priority = 1, .match = &match, .backends = {&backend, 1}};
    stack.listeners[0] = (struct gwc_listener){.name = "route-shop-80-http",
                                               .port = 80,
                                               .protocol = "HTTP",
                                               .rules = rule,
                                               .rule_count = 1};
}

#define LISTENERS(more)                                                                            \
    "{\"items\":[{\"id\":\"listener-1\",\"arn\":\"arn:l\",\"port\":80,\"protocol\":\"HTTP\"}" more \
    "]}"
#define RULES "{\"items\":[{\"id\":\"rule-0\"},{\"id\":\"rule-1\"},{\"id\":\"rule-2\"}]}"
#define RULE(id, priority, prefix, weight)                                                         \
    "{\"id\":\"" id "\",\"arn\":\"arn:" id "\",\"isDefault\":false,\"priority\":" priority         \
    ",\"match\":{\"httpMatch\":{\"pathMatch\":{\"caseSensitive\":true,\"match\":{\"prefix\":"      \
    "\"" prefix "\"}},\"headerMatches\":[]}},\"action\":{\"forward\":{\"targetGroups\":[{"         \
    "\"targetGroupIdentifier\":\"tg-1\",\"weight\":" weight "}]}}}"

Test(deploy, an_equal_rule_keeps_its_id_and_others_go_before_priorities_are_put_right)
{
    want_rule();
    const struct peer_reply replies[] = {
        OWNED_SERVICE,
        {200, NONE},
        {200, LISTENERS(",{\"id\":\"listener-2\",\"port\":8080,\"protocol\":\"HTTP\"}")},
        {200, "{\"tags\":{}}"},
        {200, LISTENERS(",{\"id\":\"listener-2\",\"port\":8080,\"protocol\":\"HTTP\"}")},
        {204, ""},
        {200, RULES},
        {200, "{\"id\":\"rule-0\",\"isDefault\":true,\"priority\":99999}"},
        {200, RULE("rule-1", "5", "/other", "100")},
        {200, RULE("rule-2", "10", "/", "100")},
        {200, "{\"tags\":{}}"},
        {200},
        {204, ""},
        {200},
    };
    struct gwc_model_error error = {0};
    cr_assert_eq(DEPLOY(replies, &error), 0, "%s", error.text);
    cr_assert_str_eq(changes(), "DELETE /services/svc-1/listeners/listener-2;"
                                "PATCH /services/svc-1/listeners/listener-1/rules/rule-2;"
                                "DELETE /services/svc-1/listeners/listener-1/rules/rule-1;"
                                "PATCH /services/svc-1/listeners/listener-1/rules;");
    cr_assert_not_null(strstr(peer.requests[12].body, "\"weight\":90"));
    cr_assert_not_null(strstr(peer.requests[12].body, "\"priority\":10"));
    peer_done(&peer);
}

Test(deploy, a_rule_over_the_quota_stops_the_deploy_with_stale_rules_left)
{
    want_rule();
    const struct peer_reply replies[] = {
        OWNED_SERVICE,
        {200, NONE},
        {200, LISTENERS("")},
        {200, "{\"tags\":{}}"},
        {200, LISTENERS("")},
        {200, "{\"items\":[{\"id\":\"rule-1\"}]}"},
        {200, RULE("rule-1", "1", "/other", "100")},
        {402, "{\"message\":\"too many\"}", "x-amzn-ErrorType", "ServiceQuotaExceededException"},
    };
    struct gwc_model_error error = {0};
    cr_assert_eq(DEPLOY(replies, &error), -1);
    cr_assert_eq(error.error_class, GWC_ERROR_OTHER);
    cr_assert_str_eq(
        error.text,
        "error during rule synthesis failed RuleManager.Upsert due to failed CreateRule "
        "listener-1, svc-1 due to operation error VPC Lattice: CreateRule, https response error "
        "StatusCode: 402, RequestID: , ServiceQuotaExceededException: too many");
    cr_assert_str_eq(changes(), "POST /services/svc-1/listeners/listener-1/rules;");
    cr_assert_not_null(strstr(peer.requests[8].body, "\"priority\":2"));
    peer_done(&peer);
}

Test(deploy, targets_go_out_in_hundreds_and_stale_ones_first)
{
    struct gwc_target targets[201];
    for (int i = 0; i < 201; i++)
        targets[i] =
            (struct gwc_target){.address = lat_arena_printf(arena, "10.0.1.%d", i), .port = 8080};
    struct gwc_target_group group = {.service_name = "web",
                                     .service_namespace = "shop",
                                     .protocol = "HTTP",
                                     .protocol_version = "HTTP1",
                                     .ip_address_type = "IPV4",
                                     .port = 80,
                                     .targets = targets,
                                     .target_count = 201,
                                     .has_targets = true};
    stack.target_groups = &group;
    stack.target_group_count = 1;
    const struct peer_reply replies[] = {
        {200, NONE},
        {201, "{\"id\":\"tg-9\",\"arn\":\"arn:tg\",\"status\":\"CREATE_IN_PROGRESS\"}"},
        {200, "{\"items\":[{\"id\":\"10.9.9.9\",\"port\":80,\"status\":\"HEALTHY\"},"
              "{\"id\":\"10.9.9.8\",\"port\":80,\"status\":\"DRAINING\"}]}"},
        {200},
        {200},
        {200},
        {200, "{\"unsuccessful\":[{\"id\":\"10.0.1.200\",\"port\":8080,"
              "\"failureMessage\":\"no\"}]}"},
    };
    struct gwc_model_error error = {0};
    cr_assert_eq(DEPLOY(replies, &error), -1);
    cr_assert_str_eq(error.text,
                     "error during target synthesis failed to synthesize targets tg-9 due to "
                     "failed to register targets from VPC Lattice Target Group tg-9 for chunk "
                     "3/3: 10.0.1.200:8080 no");
    cr_assert_str_eq(changes(), "POST /targetgroups;POST /targetgroups/tg-9/deregistertargets;"
                                "POST /targetgroups/tg-9/registertargets;"
                                "POST /targetgroups/tg-9/registertargets;"
                                "POST /targetgroups/tg-9/registertargets;");
    cr_assert_str_eq(peer.requests[3].body, "{\"targets\":[{\"id\":\"10.9.9.9\",\"port\":80}]}");
    peer_done(&peer);
}
