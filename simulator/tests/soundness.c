/* What an import may not fill tables with: every table is judged, and each rule refuses what breaks
 * it, with its place, and changes nothing. */
#include "simulator/engine/soundness.h"

#include "common/base/tests/leaks.h"
#include "common/base/text.h"
#include "simulator/tests/bench.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(soundness, .fini = check_leaks);

static const char *export_of(struct bench *bench)
{
    cr_assert_eq(bench_send(bench, "GET", "/_lattice/export", NULL), 200);
    return bench_format(bench, "%s", bench_body(bench));
}

Test(soundness, every_table_of_the_schema_is_judged_or_says_why_not)
{
    NEW_BENCH(&sim_delays_instant);
    const char *tables = NULL;
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    cr_assert_eq(sim_store_text(bench_sim(bench)->store, arena,
                                "SELECT group_concat(name, ' ') FROM sqlite_schema "
                                "WHERE type = 'table' AND name <> 'snapshot'",
                                SIM_NONE, &tables),
                 0);
    size_t count = 0;
    char *rest = lat_arena_strdup(arena, tables), *table;
    while ((table = strsep(&rest, " ")) != NULL) {
        const char *why = NULL;
        bool judged = sim_soundness_judges(table, &why);
        cr_expect(judged == (why == NULL), "%s: %s", table,
                  judged ? "has a rule, and a reason to have none"
                         : "needs a rule in soundness.c, or the reason why none is needed");
        count++;
    }
    cr_expect_geq(count, 30);
}

/* A state with a row in every table that the AWS APIs write. */
static void tell_story(struct bench *bench)
{
    const char *network = bench_network(bench, "net"), *service = bench_service(bench, "orders");
    const char *group = bench_target_group(bench, "legacy");
    const char *listener = bench_listener(bench, service, 80);
    const char *gateway = bench_gateway(bench, "gateway");
    const char *configuration = bench_configuration(bench, "database", "SINGLE", gateway);
    bench_child(bench, "child", bench_configuration(bench, "group", "GROUP", gateway));
    bench_rule(bench, service, listener, 10, group);
    bench_resource_association(bench, configuration, network);
    const char *const calls[][3] = {
        {"POST", "/servicenetworkserviceassociations",
         bench_format(bench, "{'serviceIdentifier':'%s','serviceNetworkIdentifier':'%s'}", service,
                      network)},
        {"POST", "/servicenetworkvpcassociations",
         bench_format(bench,
                      "{'vpcIdentifier':'vpc-0123456789abcdef0','serviceNetworkIdentifier':'%s'}",
                      network)},
        {"POST", bench_format(bench, "/targetgroups/%s/registertargets", group),
         "{'targets':[{'id':'10.0.0.1','port':8080}]}"},
        {"PUT", bench_format(bench, "/authpolicy/%s", service), "{'policy':'{}'}"},
        {"POST", "/accesslogsubscriptions",
         bench_format(bench,
                      "{'resourceIdentifier':'%s','destinationArn':'arn:aws:s3:::logs-of-orders'}",
                      service)},
        {"POST", "/domainverifications", "{'domainName':'example.com'}"},
        {"POST", "/services", "{'name':'again','clientToken':'token-1','tags':{'team':'shop'}}"},
        {"POST", "/_lattice/endpoints", bench_format(bench, "{'serviceNetwork':'%s'}", network)},
        {"POST", "/_lattice/shares",
         bench_format(bench, "{'resource':'%s','account':'210987654321'}", network)},
        {"PUT", "/_lattice/quotas", "{'code':'L-CF78395E','value':20}"},
        {"POST", "/_lattice/fail", "{'kind':'service','status':'CREATE_FAILED'}"},
        {"POST", "/_lattice/certificates", "{'domain_name':'*.example.com'}"},
        {"POST", "/_lattice/vpcs", "{'id':'vpc-0123456789abcdef0','tags':{'Name':'one'}}"},
        {"PUT", "/_lattice/outside", "{'kind':'SUBNET','state':'missing'}"},
    };
    for (size_t i = 0; i < LAT_COUNT(calls); i++) {
        int status = bench_send(bench, calls[i][0], calls[i][1], calls[i][2]);
        cr_assert(status >= 200 && status < 300, "%s: %d %s", calls[i][1], status,
                  bench_body(bench));
    }
}

/* text with the first old behind the start of a table replaced; NULL when it is not there. */
static const char *altered(struct bench *bench, const char *text, const char *table,
                           const char *old, const char *new)
{
    const char *start = strstr(text, bench_format(bench, "\n\"%s\":[", table));
    if (start == NULL)
        start = strstr(text, bench_format(bench, "{\"%s\":[", table));
    const char *at = start == NULL ? NULL : strstr(start, old);
    return at == NULL
               ? NULL
               : bench_format(bench, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
}

Test(soundness, what_breaks_a_rule_is_refused_and_changes_nothing)
{
    static const struct {
        const char *table, *old, *new, *complaint;
    } cases[] = {
        {"resource", "\"status\":\"ACTIVE\"", "\"status\":\"GREEN\"", "status GREEN"},
        {"resource", "\"name\":\"orders\",", "", "must have a name"},
        {"resource", "\"status\":\"ACTIVE\"", "\"status\":\"DELETE_IN_PROGRESS\"", "due_ms"},
        {"resource", "\"was_tagged\":0", "\"was_tagged\":7", "was_tagged"},
        {"resource", "\"created_ms\":1", "\"created_ms\":9991", "created_ms: must be"},
        {"resource", "\"created_ms\":1", "\"created_ms\":-1", "created_ms: must be"},
        {"tag", "\"key\":\"team\"", "\"key\":\"\"", "tables.tag"},
        {"failure", "CREATE_FAILED", "CREATE_BROKEN", "tables.failure"},
        {"failure", "\"kind\":\"service\"", "\"kind\":\"listener\"", "tables.failure"},
        {"share", "210987654321", "123456789012", "tables.share"},
        {"outside", "\"SUBNET\"", "\"PLANET\"", "tables.outside"},
        {"share", "210987654321", "21098765432x", "tables.share"},
        {"share", "\"resource\":1", "\"resource\":3", "tables.share"},
        {"auth_policy", "\"policy\":\"{}\"", "\"policy\":\"[]\"", "tables.auth_policy"},
        {"auth_policy", "\"policy\":\"{}\"", "\"policy\":\"{\"", "tables.auth_policy"},
        {"auth_policy", "\"resource\":2", "\"resource\":3", "tables.auth_policy"},
        {"service", "\"NONE\"", "\"SOME\"", "tables.service.auth_type"},
        {"service_network", "\"sharing_enabled\":1", "\"sharing_enabled\":2", "service_network"},
        {"network_endpoint", "\"owner\":\"1", "\"owner\":\"x", "tables.network_endpoint"},
        {"resource_gateway", "\"IPV4\"", "\"IPV5\"", "ip_address_type"},
        {"resource_configuration", "\"CHILD\"", "\"SINGLE\"", "does not fit its type"},
        {"resource_configuration", "\"TCP\"", "\"UDP\"", "resource_configuration.protocol"},
        {"access_log_subscription", "\"s3\"", "\"s4\"", "tables.access_log_subscription"},
        {"target_group", "\"port\":80", "\"port\":99999", "tables.target_group"},
        {"target_group", "\"HTTP\"", "\"HTTTP\"", "target_group.protocol"},
        {"target", "\"port\":8080", "\"port\":-1", "tables.target"},
        {"target", "\"streak\":0", "\"streak\":-5", "tables.target"},
        {"listener", "\"port\":80", "\"port\":0", "tables.listener"},
        {"rule", "\"priority\":10", "\"priority\":0", "tables.rule"},
        {"rule", "\"fixed_status\":404", "\"fixed_status\":200", "tables.rule"},
        {"rule", "\"fixed_status\":404", "\"fixed_status\":0", "tables.rule"},
        {"rule_forward", "\"weight\":100", "\"weight\":1000", "tables.rule_forward"},
        {"quota", "L-CF78395E", "L-00000000", "no quota L-00000000"},
        {"quota", "\"value\":20", "\"value\":-20", "tables.quota"},
        {"idempotency", "\"output\":\"{", "\"output\":\"", "tables.idempotency"},
        {"certificate", "\"tags\":\"{}\"", "\"tags\":\"[]\"", "tables.certificate"},
        {"certificate", "[\\\"*.example.com\\\"]", "[7]", "tables.certificate"},
        {"vpc", "\"is_default\":0", "\"is_default\":3", "tables.vpc"},
        {"ec2_tag", "\"key\":\"Name\"", "\"key\":\"\"", "tables.ec2_tag"},
        {"continuation", "\"branch\":\"main\"", "\"branch\":\"Main!\"", "tables.continuation"},
        {"continuation", "\"time_ms\":1", "\"time_ms\":-1", "time_ms"},
        {"sqlite_sequence", "\"name\":\"target\"", "\"name\":\"nothing\"", "sqlite_sequence"},
        {"sqlite_sequence", "\"name\":\"resource\",\"seq\":", "\"name\":\"resource\",\"seq\":-",
         "seq: must not be negative"},
        {"resource", "\"seq\":1,", "\"seq\":9223372036854775807,", "seq: must not be negative"},
    };
    NEW_BENCH(&sim_delays_instant);
    tell_story(bench);
    const char *document = export_of(bench);
    cr_assert_eq(bench_send_text(bench, "POST", "/_lattice/import", document), 200, "%s",
                 bench_body(bench));
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        const char *bad = altered(bench, document, cases[i].table, cases[i].old, cases[i].new);
        if (bad == NULL) {
            cr_expect(false, "case %zu: %s has no %s", i, cases[i].table, cases[i].old);
            continue;
        }
        cr_expect_eq(bench_send_text(bench, "POST", "/_lattice/import", bad), 400,
                     "case %zu: %s %s is taken", i, cases[i].table, cases[i].new);
        cr_expect_not_null(strstr(bench_body(bench), cases[i].complaint), "case %zu: %s", i,
                           bench_body(bench));
        cr_expect_str_eq(export_of(bench), document, "case %zu", i);
    }
}

Test(soundness, the_state_of_every_moment_of_a_story_with_delays_is_sound)
{
    NEW_BENCH(&sim_delays_real);
    tell_story(bench);
    for (int i = 0; i < 20; i++) {
        struct lat_err err = {0};
        cr_expect_eq(sim_soundness_check(bench_sim(bench), &err), 0, "%s", err.message);
        bench_wait(bench, 5000);
        bench_send(bench, "GET", "/services", NULL);
        if (i == 10)
            bench_send(bench, "POST", "/services", "{'name':'late'}");
    }
}
