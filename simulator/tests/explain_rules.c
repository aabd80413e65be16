/* Every rule of simulator/engine/rules.c: one that is about rows names at least one when it
 * refuses, by a story that ends with the refused call; one that is about the input alone says so.
 */
#include "simulator/tests/bench.h"

#include "common/base/tests/leaks.h"
#include "common/base/text.h"
#include "simulator/engine/journal.h"
#include "simulator/engine/rules.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(explain_rules, .fini = check_leaks);

#define VPC         "vpc-0123456789abcdef0"
#define FORMAT(...) bench_format(bench, __VA_ARGS__)

static void post(struct bench *bench, const char *target, const char *body)
{
    bench_send(bench, "POST", target, body);
}

static void delete (struct bench *bench, const char *target)
{
    bench_send(bench, "DELETE", target, NULL);
}

static void set_quota(struct bench *bench, const char *code, int value)
{
    bench_send(bench, "PUT", "/_lattice/quotas", FORMAT("{'code':'%s','value':%d}", code, value));
}

static void associate_service(struct bench *bench, const char *service, const char *network)
{
    post(bench, "/servicenetworkserviceassociations",
         FORMAT("{'serviceIdentifier':'%s','serviceNetworkIdentifier':'%s'}", service, network));
}

static void associate_vpc(struct bench *bench, const char *network)
{
    post(bench, "/servicenetworkvpcassociations",
         FORMAT("{'vpcIdentifier':'" VPC "','serviceNetworkIdentifier':'%s'}", network));
}

static void listen_with_tls(struct bench *bench, const char *service, const char *group)
{
    post(bench, FORMAT("/services/%s/listeners", service),
         FORMAT("{'name':'tls','protocol':'TLS_PASSTHROUGH','port':443,'defaultAction':{'forward':"
                "{'targetGroups':[{'targetGroupIdentifier':'%s'}]}}}",
                group));
}

static const char *tcp_group(struct bench *bench)
{
    post(bench, "/targetgroups",
         "{'name':'tcp','type':'IP','config':{'protocol':'TCP','port':443,'vpcIdentifier':'" VPC
         "'}}");
    return bench_keep(bench, "id");
}

static const char *service_with_domain(struct bench *bench, const char *name)
{
    post(bench, "/services", FORMAT("{'name':'%s','customDomainName':'orders.example.com'}", name));
    const char *id = bench_keep(bench, "id");
    bench_wait(bench, 60000);
    return id;
}

/* --- names and places that are taken ------------------------------------------------------------
 */

static void name_taken(struct bench *bench)
{
    bench_service(bench, "orders");
    post(bench, "/services", "{'name':'orders'}");
}

static void association_exists(struct bench *bench)
{
    const char *service = bench_service(bench, "orders"), *network = bench_network(bench, "net");
    associate_service(bench, service, network);
    bench_wait(bench, 60000);
    associate_service(bench, service, network);
}

static void vpc_associated(struct bench *bench)
{
    associate_vpc(bench, bench_network(bench, "net"));
    associate_vpc(bench, bench_network(bench, "other"));
}

static void disassociation_in_progress(struct bench *bench)
{
    const char *service = bench_service(bench, "orders"), *network = bench_network(bench, "net");
    associate_service(bench, service, network);
    const char *id = bench_keep(bench, "id");
    bench_wait(bench, 60000);
    delete (bench, FORMAT("/servicenetworkserviceassociations/%s", id));
    associate_service(bench, service, network);
}

static void custom_domain_taken(struct bench *bench)
{
    const char *network = bench_network(bench, "net");
    associate_service(bench, service_with_domain(bench, "orders"), network);
    associate_service(bench, service_with_domain(bench, "other"), network);
}

static void listener_port_taken(struct bench *bench)
{
    const char *service = bench_service(bench, "orders");
    bench_listener(bench, service, 80);
    post(bench, FORMAT("/services/%s/listeners", service),
         "{'name':'other','protocol':'HTTP','port':80,"
         "'defaultAction':{'fixedResponse':{'statusCode':404}}}");
}

/* A rule of its own name at priority 5, with the match of any other. */
static void add_rule(struct bench *bench, const char *service, const char *listener,
                     const char *name)
{
    post(bench, FORMAT("/services/%s/listeners/%s/rules", service, listener),
         FORMAT("{'name':'%s','priority':5,'match':{'httpMatch':{'method':'GET'}},"
                "'action':{'fixedResponse':{'statusCode':404}}}",
                name));
}

static void priority_taken(struct bench *bench)
{
    const char *service = bench_service(bench, "orders");
    const char *listener = bench_listener(bench, service, 80);
    add_rule(bench, service, listener, "one");
    add_rule(bench, service, listener, "two");
}

static void log_subscription(struct bench *bench, const char *source)
{
    post(bench, "/accesslogsubscriptions",
         FORMAT("{'resourceIdentifier':'%s','destinationArn':'arn:aws:s3:::logs-of-orders'}",
                source));
}

static void log_subscription_exists(struct bench *bench)
{
    const char *service = bench_service(bench, "orders");
    log_subscription(bench, service);
    log_subscription(bench, service);
}

static void log_destination_type_fixed(struct bench *bench)
{
    log_subscription(bench, bench_service(bench, "orders"));
    bench_send(bench, "PATCH", FORMAT("/accesslogsubscriptions/%s", bench_keep(bench, "id")),
               "{'destinationArn':'arn:aws:logs:us-east-2:123456789012:log-group:orders:*'}");
}

static void token_reused(struct bench *bench)
{
    post(bench, "/services", "{'name':'orders','clientToken':'token-1'}");
    post(bench, "/services", "{'name':'other','clientToken':'token-1'}");
}

/* --- statuses -----------------------------------------------------------------------------------
 */

static void wrong_status(struct bench *bench)
{
    post(bench, "/services", "{'name':'orders'}");
    bench_send(bench, "PATCH", FORMAT("/services/%s", bench_keep(bench, "id")),
               "{'authType':'AWS_IAM'}");
}

static void creation_in_progress(struct bench *bench)
{
    associate_vpc(bench, bench_network(bench, "net"));
    delete (bench, FORMAT("/servicenetworkvpcassociations/%s", bench_keep(bench, "id")));
}

/* --- what is still used -------------------------------------------------------------------------
 */

static void service_associated(struct bench *bench)
{
    const char *service = bench_service(bench, "orders");
    associate_service(bench, service, bench_network(bench, "net"));
    delete (bench, FORMAT("/services/%s", service));
}

static void network_has_services(struct bench *bench)
{
    const char *network = bench_network(bench, "net");
    associate_service(bench, bench_service(bench, "orders"), network);
    delete (bench, FORMAT("/servicenetworks/%s", network));
}

static void network_has_vpcs(struct bench *bench)
{
    const char *network = bench_network(bench, "net");
    associate_vpc(bench, network);
    delete (bench, FORMAT("/servicenetworks/%s", network));
}

static void network_has_resources(struct bench *bench)
{
    const char *network = bench_network(bench, "net");
    bench_resource_association(
        bench, bench_configuration(bench, "database", "SINGLE", bench_gateway(bench, "gateway")),
        network);
    delete (bench, FORMAT("/servicenetworks/%s", network));
}

static void network_has_endpoints(struct bench *bench)
{
    const char *network = bench_network(bench, "net");
    post(bench, "/_lattice/endpoints", FORMAT("{'serviceNetwork':'%s'}", network));
    delete (bench, FORMAT("/servicenetworks/%s", network));
}

static void gateway_in_use(struct bench *bench)
{
    const char *gateway = bench_gateway(bench, "gateway");
    bench_configuration(bench, "database", "SINGLE", gateway);
    delete (bench, FORMAT("/resourcegateways/%s", gateway));
}

static void configuration_associated(struct bench *bench)
{
    const char *configuration =
        bench_configuration(bench, "database", "SINGLE", bench_gateway(bench, "gateway"));
    bench_resource_association(bench, configuration, bench_network(bench, "net"));
    delete (bench, FORMAT("/resourceconfigurations/%s", configuration));
}

static void configuration_has_children(struct bench *bench)
{
    const char *group = bench_configuration(bench, "group", "GROUP", bench_gateway(bench, "gw-1"));
    bench_child(bench, "child", group);
    delete (bench, FORMAT("/resourceconfigurations/%s", group));
}

static void domain_verification_in_use(struct bench *bench)
{
    post(bench, "/domainverifications", "{'domainName':'example.com'}");
    const char *verification = bench_keep(bench, "id");
    bench_wait(bench, 60000);
    post(bench, "/resourceconfigurations",
         FORMAT("{'name':'database','type':'SINGLE','resourceGatewayIdentifier':'%s',"
                "'customDomainName':'db.example.com','domainVerificationIdentifier':'%s',"
                "'resourceConfigurationDefinition':{'ipResource':{'ipAddress':'10.0.0.7'}}}",
                bench_gateway(bench, "gateway"), verification));
    delete (bench, FORMAT("/domainverifications/%s", verification));
}

static void target_group_in_use(struct bench *bench)
{
    const char *service = bench_service(bench, "orders"), *group = bench_target_group(bench, "old");
    bench_rule(bench, service, bench_listener(bench, service, 80), 5, group);
    delete (bench, FORMAT("/targetgroups/%s", group));
}

static void target_group_draining(struct bench *bench)
{
    const char *service = bench_service(bench, "orders"), *group = bench_target_group(bench, "old");
    const char *listener = bench_listener(bench, service, 80);
    const char *rule = bench_rule(bench, service, listener, 5, group);
    post(bench, FORMAT("/targetgroups/%s/registertargets", group),
         "{'targets':[{'id':'10.0.0.1'}]}");
    post(bench, FORMAT("/targetgroups/%s/deregistertargets", group),
         "{'targets':[{'id':'10.0.0.1'}]}");
    delete (bench, FORMAT("/services/%s/listeners/%s/rules/%s", service, listener, rule));
    delete (bench, FORMAT("/targetgroups/%s", group));
}

static void target_group_has_one_service(struct bench *bench)
{
    const char *group = bench_target_group(bench, "old");
    const char *service = bench_service(bench, "orders"), *other = bench_service(bench, "other");
    bench_rule(bench, service, bench_listener(bench, service, 80), 5, group);
    const char *listener = bench_listener(bench, other, 80);
    post(bench, FORMAT("/services/%s/listeners/%s/rules", other, listener),
         FORMAT("{'name':'second','priority':5,'match':{'httpMatch':{'method':'GET'}},"
                "'action':{'forward':{'targetGroups':[{'targetGroupIdentifier':'%s'}]}}}",
                group));
}

/* --- what does not fit what is there ------------------------------------------------------------
 */

static void definition_fixed(struct bench *bench)
{
    const char *group = bench_configuration(bench, "group", "GROUP", bench_gateway(bench, "gw-1"));
    bench_send(
        bench, "PATCH", FORMAT("/resourceconfigurations/%s", bench_child(bench, "child", group)),
        "{'resourceConfigurationDefinition':{'dnsResource':{'domainName':'other.internal'}}}");
}

static void not_a_group(struct bench *bench)
{
    post(bench, "/resourceconfigurations",
         FORMAT("{'name':'child','type':'CHILD','resourceConfigurationGroupIdentifier':'%s',"
                "'resourceConfigurationDefinition':{'dnsResource':{'domainName':'db.internal'}}}",
                bench_configuration(bench, "database", "SINGLE", bench_gateway(bench, "gw-1"))));
}

static void outside_group_domain(struct bench *bench)
{
    post(bench, "/domainverifications", "{'domainName':'example.com'}");
    const char *verification = bench_keep(bench, "id");
    bench_wait(bench, 60000);
    post(bench, "/resourceconfigurations",
         FORMAT("{'name':'group','type':'GROUP','resourceGatewayIdentifier':'%s',"
                "'groupDomain':'example.com','domainVerificationIdentifier':'%s'}",
                bench_gateway(bench, "gw-1"), verification));
    const char *group = bench_keep(bench, "id");
    post(bench, "/resourceconfigurations",
         FORMAT("{'name':'child','type':'CHILD','resourceConfigurationGroupIdentifier':'%s',"
                "'customDomainName':'db.elsewhere.com',"
                "'resourceConfigurationDefinition':{'dnsResource':{'domainName':'db.internal'}}}",
                group));
}

static void no_auth_policy(struct bench *bench)
{
    bench_send(bench, "PUT",
               FORMAT("/authpolicy/%s", bench_configuration(bench, "database", "SINGLE",
                                                            bench_gateway(bench, "gw-1"))),
               "{'policy':'{}'}");
}

static void endpoint_exists(struct bench *bench)
{
    const char *configuration =
        bench_configuration(bench, "database", "SINGLE", bench_gateway(bench, "gw-1"));
    for (int i = 0; i < 2; i++)
        post(bench, "/_lattice/endpoints",
             FORMAT("{'resourceConfiguration':'%s','vpcEndpointId':'vpce-0123456789abcdef0'}",
                    configuration));
}

static void default_rule(struct bench *bench)
{
    const char *service = bench_service(bench, "orders");
    const char *rules =
        FORMAT("/services/%s/listeners/%s/rules", service, bench_listener(bench, service, 80));
    bench_send(bench, "GET", rules, NULL);
    delete (bench, FORMAT("%s/%s", rules, bench_keep(bench, "items[0].id")));
}

static void tls_needs_custom_domain(struct bench *bench)
{
    listen_with_tls(bench, bench_service(bench, "orders"), tcp_group(bench));
}

static void tls_has_no_rules(struct bench *bench)
{
    const char *service = service_with_domain(bench, "orders");
    listen_with_tls(bench, service, tcp_group(bench));
    add_rule(bench, service, bench_keep(bench, "id"), "one");
}

static void protocol_mismatch(struct bench *bench)
{
    const char *service = bench_service(bench, "orders");
    post(bench, FORMAT("/services/%s/listeners", service),
         FORMAT("{'name':'http','protocol':'HTTP','port':80,'defaultAction':{'forward':"
                "{'targetGroups':[{'targetGroupIdentifier':'%s'}]}}}",
                tcp_group(bench)));
}

static void health_check_not_allowed(struct bench *bench)
{
    post(bench, "/targetgroups", "{'name':'function','type':'LAMBDA'}");
    const char *group = bench_keep(bench, "id");
    bench_wait(bench, 60000);
    bench_send(bench, "PATCH", FORMAT("/targetgroups/%s", group), "{'healthCheck':{'path':'/up'}}");
}

static void too_many_tags(struct bench *bench)
{
    bench_service(bench, "orders");
    bench_send(bench, "GET", "/services", NULL);
    const char *arn = bench_keep(bench, "items[0].arn"), *tags = "";
    for (int i = 0; i < 51; i++)
        tags = FORMAT("%s%s'key-%d':'x'", tags, i == 0 ? "" : ",", i);
    post(bench, bench_at_arn(bench, "tags", arn), FORMAT("{'tags':{%s}}", tags));
}

static void access_denied(struct bench *bench)
{
    static const struct lat_http_header other[] = {
        {"Authorization", "AWS4-HMAC-SHA256 Credential=210987654321/20240101/us-east-2/vpc-lattice/"
                          "aws4_request, SignedHeaders=host, Signature=0"}};
    const char *network = bench_network(bench, "net");
    post(bench, "/_lattice/shares", FORMAT("{'resource':'%s','account':'210987654321'}", network));
    bench_send_as(bench, "DELETE", FORMAT("/servicenetworks/%s", network), NULL, other, 1);
}

/* --- quotas, each as far as its container -------------------------------------------------------
 */

static void quota(struct bench *bench)
{
    set_quota(bench, "L-620C821E", 1);
    bench_service(bench, "orders");
    post(bench, "/services", "{'name':'other'}");
}

static void quota_of_listeners(struct bench *bench)
{
    set_quota(bench, "L-D64E952E", 1);
    const char *service = bench_service(bench, "orders");
    bench_listener(bench, service, 80);
    post(bench, FORMAT("/services/%s/listeners", service),
         "{'name':'other','protocol':'HTTP','port':81,"
         "'defaultAction':{'fixedResponse':{'statusCode':404}}}");
}

static void quota_of_associations(struct bench *bench)
{
    set_quota(bench, "L-75D4A19E", 1);
    const char *network = bench_network(bench, "net");
    associate_service(bench, bench_service(bench, "orders"), network);
    associate_service(bench, bench_service(bench, "other"), network);
}

static void quota_of_targets(struct bench *bench)
{
    set_quota(bench, "L-D71303F3", 1);
    const char *target =
        FORMAT("/targetgroups/%s/registertargets", bench_target_group(bench, "old"));
    post(bench, target, "{'targets':[{'id':'10.0.0.1'}]}");
    post(bench, target, "{'targets':[{'id':'10.0.0.2'}]}");
}

static void quota_of_gateways(struct bench *bench)
{
    set_quota(bench, "L-0DCA4434", 1);
    bench_gateway(bench, "gateway");
    post(bench, "/resourcegateways",
         "{'name':'other','vpcIdentifier':'" VPC "','subnetIds':['subnet-0123456789abcdef0']}");
}

static void say(struct bench *bench, const char *kind, const char *state)
{
    bench_send(bench, "PUT", "/_lattice/outside",
               FORMAT("{'kind':'%s','state':'%s'}", kind, state));
}

static void outside_missing(struct bench *bench)
{
    say(bench, "VPC", "missing");
    tcp_group(bench);
}

static void outside_denied(struct bench *bench)
{
    say(bench, "VPC", "denied");
    tcp_group(bench);
}

static void log_destination_missing(struct bench *bench)
{
    const char *network = bench_network(bench, "net");
    say(bench, "BUCKET", "missing");
    post(bench, "/accesslogsubscriptions",
         FORMAT("{'resourceIdentifier':'%s','destinationArn':'arn:aws:s3:::logs-of-orders'}",
                network));
}

#define IN_THE_WAY "in the way"
#define READ       "read"

/* Stories, with what the first row is told to be. */
static const struct {
    enum sim_rule_id rule;
    void (*tell)(struct bench *bench);
    const char *why;
    const char *table;
} stories[] = {
    {SIM_RULE_NAME_TAKEN, name_taken, IN_THE_WAY, "resource"},
    {SIM_RULE_ASSOCIATION_EXISTS, association_exists, IN_THE_WAY, "resource"},
    {SIM_RULE_VPC_ASSOCIATED, vpc_associated, IN_THE_WAY, "resource"},
    {SIM_RULE_DISASSOCIATION_IN_PROGRESS, disassociation_in_progress, IN_THE_WAY, "resource"},
    {SIM_RULE_CUSTOM_DOMAIN_TAKEN, custom_domain_taken, READ, "resource"},
    {SIM_RULE_LISTENER_PORT_TAKEN, listener_port_taken, IN_THE_WAY, "resource"},
    {SIM_RULE_PRIORITY_TAKEN, priority_taken, IN_THE_WAY, "resource"},
    {SIM_RULE_WRONG_STATUS, wrong_status, READ, "resource"},
    {SIM_RULE_CREATION_IN_PROGRESS, creation_in_progress, READ, "resource"},
    {SIM_RULE_SERVICE_ASSOCIATED, service_associated, IN_THE_WAY, "resource"},
    {SIM_RULE_NETWORK_HAS_SERVICES, network_has_services, IN_THE_WAY, "resource"},
    {SIM_RULE_NETWORK_HAS_VPCS, network_has_vpcs, IN_THE_WAY, "resource"},
    {SIM_RULE_NETWORK_HAS_RESOURCES, network_has_resources, IN_THE_WAY, "resource"},
    {SIM_RULE_NETWORK_HAS_ENDPOINTS, network_has_endpoints, IN_THE_WAY, "network_endpoint"},
    {SIM_RULE_GATEWAY_IN_USE, gateway_in_use, IN_THE_WAY, "resource"},
    {SIM_RULE_CONFIGURATION_ASSOCIATED, configuration_associated, IN_THE_WAY, "resource"},
    {SIM_RULE_CONFIGURATION_HAS_CHILDREN, configuration_has_children, IN_THE_WAY, "resource"},
    {SIM_RULE_DEFINITION_FIXED, definition_fixed, READ, "resource"},
    {SIM_RULE_NOT_A_GROUP, not_a_group, READ, "resource"},
    {SIM_RULE_OUTSIDE_GROUP_DOMAIN, outside_group_domain, READ, "resource"},
    {SIM_RULE_DOMAIN_VERIFICATION_IN_USE, domain_verification_in_use, IN_THE_WAY, "resource"},
    {SIM_RULE_LOG_SUBSCRIPTION_EXISTS, log_subscription_exists, IN_THE_WAY, "resource"},
    {SIM_RULE_LOG_DESTINATION_TYPE_FIXED, log_destination_type_fixed, READ, "resource"},
    {SIM_RULE_NO_AUTH_POLICY, no_auth_policy, READ, "resource"},
    {SIM_RULE_TARGET_GROUP_IN_USE, target_group_in_use, IN_THE_WAY, "resource"},
    {SIM_RULE_TARGET_GROUP_DRAINING, target_group_draining, IN_THE_WAY, "target"},
    {SIM_RULE_TARGET_GROUP_HAS_ONE_SERVICE, target_group_has_one_service, IN_THE_WAY, "resource"},
    {SIM_RULE_TOKEN_REUSED, token_reused, IN_THE_WAY, "idempotency"},
    {SIM_RULE_QUOTA, quota, IN_THE_WAY, "resource"},
    {SIM_RULE_QUOTA, quota_of_listeners, IN_THE_WAY, "resource"},
    {SIM_RULE_QUOTA, quota_of_associations, IN_THE_WAY, "resource"},
    {SIM_RULE_QUOTA, quota_of_targets, IN_THE_WAY, "target"},
    {SIM_RULE_QUOTA, quota_of_gateways, IN_THE_WAY, "resource"},
    {SIM_RULE_DEFAULT_RULE, default_rule, READ, "resource"},
    {SIM_RULE_TLS_NEEDS_CUSTOM_DOMAIN, tls_needs_custom_domain, READ, "resource"},
    {SIM_RULE_TLS_HAS_NO_RULES, tls_has_no_rules, READ, "resource"},
    {SIM_RULE_PROTOCOL_MISMATCH, protocol_mismatch, READ, "resource"},
    {SIM_RULE_HEALTH_CHECK_NOT_ALLOWED, health_check_not_allowed, READ, "resource"},
    {SIM_RULE_TOO_MANY_TAGS, too_many_tags, READ, "resource"},
    {SIM_RULE_ACCESS_DENIED, access_denied, READ, "resource"},
    {SIM_RULE_OUTSIDE_MISSING, outside_missing, READ, "outside"},
    {SIM_RULE_OUTSIDE_DENIED, outside_denied, READ, "outside"},
    {SIM_RULE_LOG_DESTINATION_MISSING, log_destination_missing, READ, "resource"},
};

/* Rules that no row has to do with: what was sent is wrong by itself, or there is no row. */
static const enum sim_rule_id about_input[] = {
    SIM_RULE_NOT_FOUND,
    SIM_RULE_PRIVATE_ADDRESS,
    SIM_RULE_PORT_RANGE,
    SIM_RULE_MEMBER_REQUIRED,
    SIM_RULE_MEMBER_NOT_ALLOWED,
    SIM_RULE_LOG_DESTINATION,
    SIM_RULE_POLICY_NOT_JSON,
    SIM_RULE_POLICY_TOO_LONG,
    SIM_RULE_FIXED_RESPONSE_CODE,
    SIM_RULE_CONFIG_REQUIRED,
    SIM_RULE_CONFIG_NOT_ALLOWED,
    SIM_RULE_HEALTH_CHECK_RANGE,
    SIM_RULE_HEALTH_CHECK_INCOMPLETE,
    SIM_RULE_HEALTH_CHECK_PROTOCOL,
    SIM_RULE_FILTER_REQUIRED,
    SIM_RULE_PAGE_TOKEN,
    SIM_RULE_RESERVED_TAG,
    SIM_RULE_TAG_CHARACTERS,
    SIM_RULE_NOT_AN_ARN,
    SIM_RULE_TLS_NEEDS_FORWARD,
    SIM_RULE_FAULT,
    SIM_RULE_THROTTLED,
    SIM_RULE_ENDPOINT_EXISTS, /* only the admin API meets it: its calls are not in the journal */
};

Test(explain_rules, every_rule_has_a_story_or_is_about_the_input_alone)
{
    for (int rule = SIM_RULE_NONE + 1; rule < SIM_RULE_COUNT; rule++) {
        int places = 0;
        for (size_t i = 0; i < LAT_COUNT(stories); i++)
            if ((int)stories[i].rule == rule) {
                places++;
                break;
            }
        for (size_t i = 0; i < LAT_COUNT(about_input); i++)
            places += (int)about_input[i] == rule;
        cr_expect_eq(places, 1, "%s is in %d of the two lists", sim_rule_texts[rule].name, places);
    }
}

Test(explain_rules, a_rule_about_rows_names_them)
{
    for (size_t i = 0; i < LAT_COUNT(stories); i++) {
        const char *rule = sim_rule_texts[stories[i].rule].name;
        NEW_BENCH(&sim_delays_real);
        stories[i].tell(bench);
        const char *answer = FORMAT("%s", bench_body(bench));
        bench_send(bench, "GET",
                   FORMAT("/_lattice/explain?seq=%lld",
                          (long long)sim_journal_last(bench_sim(bench)->journal)),
                   NULL);
        cr_expect_str_eq(bench_text(bench, "rule"), rule, "story %zu: %s not %s: %s", i,
                         bench_text(bench, "rule"), rule, answer);
        cr_expect_str_eq(bench_text(bench, "rows[0].why"), stories[i].why, "story %zu, %s: %s", i,
                         rule, bench_body(bench));
        cr_expect_str_eq(bench_text(bench, "rows[0].table"), stories[i].table, "story %zu, %s: %s",
                         i, rule, bench_body(bench));
        cr_expect_neq(bench_text(bench, "source")[0], '\0');
    }
}

Test(explain_rules, a_vpc_endpoint_that_is_taken_is_refused)
{
    NEW_BENCH(&sim_delays_real);
    endpoint_exists(bench);
    cr_expect_eq(bench_answer(bench)->status, 409, "%s", bench_body(bench));
}
