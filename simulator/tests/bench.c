/* The bench; see bench.h. */
#include "simulator/tests/bench.h"

#include "common/aws/codec.h"
#include "common/aws/sigv4.h"
#include "common/base/text.h"
#include "simulator/admin/admin.h"
#include "simulator/aws/apis.h"
#include "simulator/engine/fault.h"
#include "simulator/engine/journal.h"
#include "simulator/engine/recent.h"
#include "simulator/engine/state.h"
#include "simulator/engine/traffic.h"
#include "simulator/lattice/api.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

struct bench {
    struct lat_log log;
    struct sim sim;
    struct sim_aws aws;
    struct lat_arena *kept;  /* for the life of the bench */
    struct lat_arena *arena; /* of the last request */
    struct sim_answer answer;
    json_t *body;
};

static const struct sim_api *const api_list[] = {&sim_lattice_api, SIM_SIDE_APIS};

struct bench *bench_new(const struct sim_delays *delays)
{
    return bench_new_in(NULL, delays);
}

struct bench *bench_new_in(const char *path, const struct sim_delays *delays)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct lat_err err = {0};
    lat_clock_init_virtual(&bench->sim.clock, LAT_CLOCK_VIRTUAL_START_MS);
    bench->sim.seed = 1;
    lat_rng_init(&bench->sim.rng, bench->sim.seed);
    bench->log = (struct lat_log){stderr, &bench->sim.clock, LAT_LOG_ERROR, "bench"};
    bench->sim.log = &bench->log;
    bench->sim.codec = lat_codec_new();
    bench->sim.journal = sim_journal_new();
    bench->sim.recent = sim_recent_new();
    bench->sim.faults = sim_faults_new(1);
    bench->sim.config = (struct sim_config){"aws", "123456789012", "us-east-2", *delays};
    cr_assert_eq(sim_store_open(path, &bench->sim.store, &err), 0, "%s", err.message);
    cr_assert_eq(sim_state_begin(&bench->sim, path != NULL, &err), 0, "%s", err.message);
    cr_assert_eq(sim_traffic_open(getenv(SIM_TRAFFIC_VARIABLE), &bench->sim.traffic, &err), 0, "%s",
                 err.message);
    bench->aws = (struct sim_aws){&bench->sim, api_list, LAT_COUNT(api_list), sim_admin_handle};
    bench->kept = lat_arena_new();
    return bench;
}

struct bench *bench_free(struct bench *bench)
{
    json_decref(bench->body);
    lat_arena_free(bench->arena);
    lat_arena_free(bench->kept);
    sim_store_close(bench->sim.store);
    sim_journal_free(bench->sim.journal);
    sim_traffic_close(bench->sim.traffic);
    sim_faults_free(bench->sim.faults);
    lat_codec_free(bench->sim.codec);
    sim_recent_free(bench->sim.recent);
    lat_sigv4_hasher_free(bench->sim.hasher);
    free(bench);
    return NULL;
}

void bench_freep(struct bench **bench)
{
    *bench = bench_free(*bench);
}

struct sim *bench_sim(struct bench *bench)
{
    return &bench->sim;
}

struct sim_aws *bench_aws(struct bench *bench)
{
    return &bench->aws;
}

static char *double_quotes(struct lat_arena *arena, const char *body)
{
    char *json = lat_arena_strdup(arena, lat_text_or_empty(body));
    for (char *p = json; *p != '\0'; p++)
        if (*p == '\'')
            *p = '"';
    return json;
}

static int answer_request(struct bench *bench, const char *method, const char *target,
                          const char *body, const struct lat_http_header *headers,
                          size_t header_count)
{
    json_decref(bench->body);
    lat_arena_free(bench->arena);
    bench->arena = lat_arena_new();
    bench->answer = (struct sim_answer){0};
    const char *json = lat_arena_strdup(bench->arena, lat_text_or_empty(body));
    const char *question = strchr(target, '?');
    struct lat_http_request request = {
        .arena = bench->arena,
        .method = method,
        .target = target,
        .path = question == NULL
                    ? target
                    : lat_arena_strndup(bench->arena, target, (size_t)(question - target)),
        .query = question == NULL ? "" : question + 1,
        .body = json,
        .body_length = strlen(json),
        .headers = headers,
        .header_count = header_count,
    };
    sim_aws_answer(&bench->aws, &request, &bench->answer);
    const char *text = lat_text_or_empty(bench->answer.body);
    bench->body = lat_json_parse_new(text, strlen(text), NULL);
    return bench->answer.status;
}

int bench_send(struct bench *bench, const char *method, const char *target, const char *body)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    return bench_send_text(bench, method, target, double_quotes(arena, body));
}

int bench_send_text(struct bench *bench, const char *method, const char *target, const char *body)
{
    static const struct lat_http_header signed_by[] = {
        {"Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20240101/us-east-2/vpc-lattice/"
                          "aws4_request, SignedHeaders=host, Signature=0"}};
    return answer_request(bench, method, target, body, signed_by, 1);
}

int bench_tagging(struct bench *bench, const char *operation, const char *body)
{
    struct lat_http_header header = {
        "X-Amz-Target", bench_format(bench, "ResourceGroupsTaggingAPI_20170126.%s", operation)};
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    return answer_request(bench, "POST", "/", double_quotes(arena, body), &header, 1);
}

int bench_json(struct bench *bench, const char *target, const char *body)
{
    const struct lat_http_header header = {"X-Amz-Target", target};
    return bench_send_as(bench, "POST", "/", body, &header, 1);
}

int bench_form(struct bench *bench, const char *form)
{
    return answer_request(bench, "POST", "/", form, NULL, 0);
}

int bench_send_as(struct bench *bench, const char *method, const char *target, const char *body,
                  const struct lat_http_header *headers, size_t header_count)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    return answer_request(bench, method, target, double_quotes(arena, body), headers, header_count);
}

int bench_send_signed(struct bench *bench, const struct bench_signer *signer, const char *method,
                      const char *target, const char *body)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const struct lat_sigv4_header host = {"Host", "127.0.0.1:9009"};
    const struct lat_sigv4_scope scope = {
        .region = "us-east-2",
        .service = signer->service,
        .time_ms = lat_clock_now_ms(&bench->sim.clock) + signer->skew_ms,
    };
    const struct lat_credentials credentials = {.access_key = signer->access_key,
                                                .secret_key = signer->secret_key,
                                                .session_token = signer->session_token};
    const char *json = double_quotes(arena, body), *question = strchrnul(target, '?');
    struct lat_sigv4_request request = {
        .method = method,
        .path = lat_arena_strndup(arena, target, (size_t)(question - target)),
        .query = *question == '\0' ? "" : question + 1,
        .headers = &host,
        .header_count = 1,
        .body = json,
        .body_length = strlen(json),
    };
    const struct lat_sigv4_header *made = NULL;
    size_t count = 0;
    struct lat_err err = {0};
    cr_assert_eq(lat_sigv4_sign(arena, &request, &credentials, &scope, &made, &count, &err), 0);
    struct lat_http_header *headers = LAT_NEW_ARRAY(arena, struct lat_http_header, count);
    for (size_t i = 0; i < count; i++)
        headers[i] = (struct lat_http_header){made[i].name, made[i].value};
    return answer_request(bench, method, target, json, headers, count);
}

const char *bench_xml(struct bench *bench, const char *element)
{
    const char *tag = bench_format(bench, "<%s>", element);
    const char *start = strstr(bench_body(bench), tag);
    if (start == NULL)
        return "";
    start += strlen(tag);
    return bench_format(bench, "%.*s", (int)strcspn(start, "<"), start);
}

const json_t *bench_at(struct bench *bench, const char *path)
{
    return lat_json_at(bench->body, path);
}

const char *bench_text(struct bench *bench, const char *path)
{
    return lat_json_string_at(bench->body, path, "");
}

int64_t bench_number(struct bench *bench, const char *path)
{
    return lat_json_int_at(bench->body, path, -1);
}

const struct sim_answer *bench_answer(struct bench *bench)
{
    return &bench->answer;
}

const char *bench_body(const struct bench *bench)
{
    return lat_text_or_empty(bench->answer.body);
}

const char *bench_header(struct bench *bench, const char *name)
{
    for (size_t i = 0; i < bench->answer.header_count; i++)
        if (lat_text_eq_ignore_case(bench->answer.headers[i].name, name))
            return lat_arena_strdup(bench->kept, bench->answer.headers[i].value);
    return NULL;
}

const char *bench_error(struct bench *bench)
{
    return bench_header(bench, "x-amzn-ErrorType");
}

void bench_expect_refusal(struct bench *bench, const char *error, const char *text)
{
    const char *found = bench_error(bench);
    cr_expect_str_eq(lat_text_or_empty(found), error);
    cr_expect_not_null(strstr(bench_text(bench, "message"), text), "message: %s",
                       bench_text(bench, "message"));
}

int64_t bench_count(struct bench *bench, const char *sql)
{
    int64_t count = -1;
    cr_assert_eq(sim_store_number(bench->sim.store, sql, SIM_NONE, &count), 0);
    return count;
}

void bench_wait(struct bench *bench, int64_t ms)
{
    lat_clock_advance(&bench->sim.clock, ms);
}

const char *bench_format(struct bench *bench, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = lat_arena_vprintf(bench->kept, format, args);
    va_end(args);
    return text;
}

const char *bench_at_arn(struct bench *bench, const char *path, const char *arn)
{
    const char *text = lat_text_or_empty(arn);
    size_t before = strcspn(text, "/");
    return bench_format(bench, "/%s/%.*s%s%s", path, (int)before, text,
                        text[before] == '/' ? "%2F" : "",
                        text[before] == '/' ? text + before + 1 : "");
}

const char *bench_keep(struct bench *bench, const char *path)
{
    return lat_arena_strdup(bench->kept, bench_text(bench, path));
}

/* Creates, and lets time pass until the new resource is ACTIVE. */
static const char *create(struct bench *bench, const char *target, const char *body)
{
    int status = bench_send(bench, "POST", target, body);
    cr_assert(status == 200 || status == 201, "POST %s %s: %d %s", target, body, status,
              lat_text_or_empty(bench->answer.body));
    const char *id = bench_keep(bench, "id");
    lat_clock_advance(&bench->sim.clock, 60000);
    return id;
}

const char *bench_service(struct bench *bench, const char *name)
{
    return create(bench, "/services", bench_format(bench, "{'name':'%s'}", name));
}

const char *bench_network(struct bench *bench, const char *name)
{
    return create(bench, "/servicenetworks", bench_format(bench, "{'name':'%s'}", name));
}

const char *bench_target_group(struct bench *bench, const char *name)
{
    return create(bench, "/targetgroups",
                  bench_format(bench,
                               "{'name':'%s','type':'IP','config':{'protocol':'HTTP','port':80,"
                               "'vpcIdentifier':'vpc-0123456789abcdef0'}}",
                               name));
}

const char *bench_gateway(struct bench *bench, const char *name)
{
    return create(bench, "/resourcegateways",
                  bench_format(bench,
                               "{'name':'%s','vpcIdentifier':'vpc-0123456789abcdef0',"
                               "'subnetIds':['subnet-0123456789abcdef0']}",
                               name));
}

const char *bench_configuration(struct bench *bench, const char *name, const char *type,
                                const char *gateway)
{
    const char *definition =
        lat_text_eq(type, "GROUP")
            ? ""
            : ",'resourceConfigurationDefinition':{'ipResource':{'ipAddress':'10.0.0.7'}}";
    return create(bench, "/resourceconfigurations",
                  bench_format(bench,
                               "{'name':'%s','type':'%s','resourceGatewayIdentifier':'%s'%s}", name,
                               type, gateway, definition));
}

const char *bench_child(struct bench *bench, const char *name, const char *group)
{
    return create(bench, "/resourceconfigurations",
                  bench_format(bench,
                               "{'name':'%s','type':'CHILD',"
                               "'resourceConfigurationGroupIdentifier':'%s',"
                               "'resourceConfigurationDefinition':"
                               "{'dnsResource':{'domainName':'db.internal'}}}",
                               name, group));
}

const char *bench_resource_association(struct bench *bench, const char *configuration,
                                       const char *network)
{
    return create(bench, "/servicenetworkresourceassociations",
                  bench_format(bench,
                               "{'resourceConfigurationIdentifier':'%s',"
                               "'serviceNetworkIdentifier':'%s'}",
                               configuration, network));
}

const char *bench_listener(struct bench *bench, const char *service, int port)
{
    return create(bench, bench_format(bench, "/services/%s/listeners", service),
                  bench_format(bench,
                               "{'name':'http-%d','protocol':'HTTP','port':%d,"
                               "'defaultAction':{'fixedResponse':{'statusCode':404}}}",
                               port, port));
}

const char *bench_rule(struct bench *bench, const char *service, const char *listener, int priority,
                       const char *target_group)
{
    return create(
        bench, bench_format(bench, "/services/%s/listeners/%s/rules", service, listener),
        bench_format(bench,
                     "{'name':'rule%d','priority':%d,'match':{'httpMatch':{'method':'GET'}},"
                     "'action':{'forward':{'targetGroups':[{'targetGroupIdentifier':'%s'}]}}}",
                     priority, priority, target_group));
}
