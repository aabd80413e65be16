/* Instance metadata, version 2, under /latest/: a token first, then plain texts with it. The one
 * instance belongs to the configured account and Region and has a role whose credentials strict
 * signatures accept. Source: lattice-api reference J.5; the instance's own ids are chosen. */
#include "simulator/aws/metadata.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/aws/apis.h"
#include "simulator/aws/sts.h"
#include "simulator/store/side_rows.h"

#include <string.h>

#define TTL_HEADER    "x-aws-ec2-metadata-token-ttl-seconds"
#define TOKEN_HEADER  "x-aws-ec2-metadata-token"
#define TTL_S_MAX     21600
#define TOKEN_DIGITS  56
#define TOKENS_MAX    1000  /* the oldest go first */
#define CREDENTIALS_S 21600 /* how long credentials of the role last */
#define RENEWAL_S     900   /* they are renewed when less is left */
#define ROLE_PATH     "/latest/meta-data/iam/security-credentials/"
#define DOCUMENT_PATH "/latest/dynamic/instance-identity/document"
#define IDENTITY_PATH "/latest/meta-data/identity-credentials/ec2/info"
#define ZONE_PATH     "/latest/meta-data/placement/availability-zone"

static void answer_text(struct sim_answer *answer, const char *text)
{
    answer->status = 200;
    answer->content_type = "text/plain";
    answer->body = text;
}

static void answer_json(struct sim_call *call, struct sim_answer *answer, json_t *new_body)
{
    LAT_AUTO(lat_json_decrefp) json_t *body = new_body;
    answer_text(answer, lat_json_pretty(call->arena, body));
}

/* --- tokens -------------------------------------------------------------------------------------
 */

static int make_token(struct sim_call *call, const struct lat_http_request *request,
                      struct sim_answer *ret_answer)
{
    const char *ttl = lat_http_request_header(request, TTL_HEADER);
    int64_t ttl_s = 0;
    call->operation = "GetToken";
    call->has_secrets = true;
    if (lat_http_request_header(request, "X-Forwarded-For") != NULL)
        return sim_refuse_plainly(call, 403, "Forbidden", "Forbidden"); /* documented */
    if (ttl == NULL || lat_text_to_int64(ttl, &ttl_s) < 0 || ttl_s < 1 || ttl_s > TTL_S_MAX)
        return sim_refuse_plainly(call, 400, "BadRequest", "Bad Request");
    char *token = lat_arena_alloc(call->arena, TOKEN_DIGITS + 1);
    lat_rng_hex(&call->sim->rng, TOKEN_DIGITS, token);
    struct sim_metadata_token row = {.token = token, .expires_ms = call->now_ms + ttl_s * 1000};
    if (sim_store_insert(call->sim->store, &sim_metadata_token_table, &row) < 0 ||
        sim_store_run(call->sim->store, "DELETE FROM metadata_token WHERE seq <= ?1",
                      SIM_VALUES(sim_int(row.seq - TOKENS_MAX)), NULL) < 0)
        return -1;
    answer_text(ret_answer, token);
    sim_answer_header(ret_answer, TTL_HEADER, ttl);
    return 0;
}

static int check_token(struct sim_call *call, const struct lat_http_request *request)
{
    const char *token = lat_http_request_header(request, TOKEN_HEADER);
    int64_t found = 0;
    if (sim_store_number(call->sim->store,
                         "SELECT count(*) FROM metadata_token "
                         "WHERE token = ?1 AND expires_ms > ?2",
                         SIM_VALUES(sim_text(lat_text_or_empty(token)), sim_int(call->now_ms)),
                         &found) < 0)
        return -1;
    return found > 0 ? 0 : sim_refuse_plainly(call, 401, "Unauthorized", "Unauthorized");
}

/* --- the instance -------------------------------------------------------------------------------
 */

static int answer_document(struct sim_call *call, struct sim_answer *answer)
{
    char text[LAT_TIME_TEXT_BYTES];
    const char *region = call->sim->config.region;
    answer_json(call, answer,
                json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "accountId",
                          call->sim->config.account, "architecture", "x86_64", "availabilityZone",
                          lat_arena_printf(call->arena, "%sa", region), "imageId",
                          "ami-0123456789abcdef0", "instanceId", SIM_INSTANCE_ID, "instanceType",
                          "m5.large", "pendingTime",
                          lat_time_format_seconds(LAT_CLOCK_VIRTUAL_START_MS, text), "privateIp",
                          "10.0.0.10", "region", region, "version", "2017-09-30"));
    return 0;
}

static int answer_identity(struct sim_call *call, struct sim_answer *answer)
{
    char text[LAT_TIME_TEXT_BYTES];
    answer_json(call, answer,
                json_pack("{s:s, s:s, s:s}", "Code", "Success", "LastUpdated",
                          lat_time_format_seconds(call->now_ms, text), "AccountId",
                          call->sim->config.account));
    return 0;
}

static int answer_region(struct sim_call *call, struct sim_answer *answer)
{
    answer_text(answer, call->sim->config.region);
    return 0;
}

/* The role's credentials: those that still last, else new ones. */
static int take_credentials(struct sim_call *call, struct sim_credential *ret)
{
    void *row = NULL;
    const char *account = call->sim->config.account;
    const char *arn =
        lat_arena_printf(call->arena, "arn:%s:sts::%s:assumed-role/%s/%s",
                         call->sim->config.partition, account, SIM_INSTANCE_ROLE, SIM_INSTANCE_ID);
    if (sim_store_row(call->sim->store, call->arena, &sim_credential_table,
                      "WHERE r.arn = ?1 AND r.expires_ms > ?2 ORDER BY r.expires_ms DESC LIMIT 1",
                      SIM_VALUES(sim_text(arn), sim_int(call->now_ms + RENEWAL_S * 1000)),
                      &row) < 0)
        return -1;
    if (row != NULL) {
        *ret = *(const struct sim_credential *)row;
        return 0;
    }
    return sim_sts_issue(call,
                         lat_arena_printf(call->arena, "arn:%s:iam::%s:role/%s",
                                          call->sim->config.partition, account, SIM_INSTANCE_ROLE),
                         SIM_INSTANCE_ID, CREDENTIALS_S, ret);
}

static int answer_credentials(struct sim_call *call, struct sim_answer *answer)
{
    char updated[LAT_TIME_TEXT_BYTES], expires[LAT_TIME_TEXT_BYTES];
    struct sim_credential credential;
    call->has_secrets = true;
    if (take_credentials(call, &credential) < 0)
        return -1;
    lat_time_format_seconds(credential.expires_ms - CREDENTIALS_S * INT64_C(1000), updated);
    lat_time_format_seconds(credential.expires_ms, expires);
    answer_json(call, answer,
                json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "Code", "Success", "LastUpdated",
                          updated, "Type", "AWS-HMAC", "AccessKeyId", credential.access_key,
                          "SecretAccessKey", credential.secret_key, "Token",
                          credential.session_token, "Expiration", expires));
    return 0;
}

static int answer_zone(struct sim_call *call, struct sim_answer *answer)
{
    answer_text(answer, lat_arena_printf(call->arena, "%sa", call->sim->config.region));
    return 0;
}

/* A path answers with a text, or by a function. */
static const struct {
    const char *path;
    const char *text;
    int (*answer)(struct sim_call *call, struct sim_answer *answer);
} paths[] = {
    {"/latest/meta-data/mac", SIM_INSTANCE_MAC, NULL},
    {"/latest/meta-data/instance-id", SIM_INSTANCE_ID, NULL},
    {"/latest/meta-data/network/interfaces/macs/" SIM_INSTANCE_MAC "/vpc-id", SIM_INSTANCE_VPC,
     NULL},
    {"/latest/meta-data/placement/region", NULL, answer_region},
    {ZONE_PATH, NULL, answer_zone},
    {ZONE_PATH "/", NULL, answer_zone}, /* so asks the SDK for Python */
    {IDENTITY_PATH, NULL, answer_identity},
    {DOCUMENT_PATH, NULL, answer_document},
    {ROLE_PATH, SIM_INSTANCE_ROLE, NULL},
    {ROLE_PATH SIM_INSTANCE_ROLE, NULL, answer_credentials},
};

static int perform(struct sim_call *call, const struct lat_http_request *request,
                   struct sim_answer *ret_answer)
{
    if (lat_text_eq(request->path, "/latest/api/token") && lat_text_eq(request->method, "PUT"))
        return make_token(call, request, ret_answer);
    call->operation = "GetMetadata";
    if (!lat_text_eq(request->method, "GET"))
        return sim_refuse_plainly(call, 405, "MethodNotAllowed", "Method Not Allowed");
    if (check_token(call, request) < 0)
        return -1;
    for (size_t i = 0; i < LAT_COUNT(paths); i++) {
        if (!lat_text_eq(paths[i].path, request->path))
            continue;
        if (paths[i].answer != NULL)
            return paths[i].answer(call, ret_answer);
        answer_text(ret_answer, paths[i].text);
        return 0;
    }
    return sim_refuse_plainly(call, 404, "NotFound", "Not Found");
}

static void refuse(struct sim_call *call, struct sim_answer *ret_answer)
{
    answer_text(ret_answer, call->refusal.message);
    ret_answer->status = call->refusal.status;
}

static bool takes_unsigned(const struct lat_http_request *request)
{
    (void)request;
    return true;
}

const struct sim_api sim_metadata_api = {
    .signing_name = "instance-metadata",
    .path_prefix = "/latest/",
    .takes_unsigned = takes_unsigned,
    .perform = perform,
    .refuse = refuse,
};
