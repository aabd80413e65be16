/* Service Quotas in JSON 1.1, for VPC Lattice alone: values in force, defaults, and requests for
 * more, which the admin API decides. Source: lattice-api reference J.6. */
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/aws/apis.h"
#include "simulator/aws/json_1_1.h"
#include "simulator/engine/quota.h"
#include "simulator/engine/resource.h"
#include "simulator/store/side_rows.h"

#define SERVICE_CODE      "vpc-lattice"
#define SERVICE_NAME      "Amazon VPC Lattice"
#define RESULTS_MAX       100
#define REQUEST_ID_DIGITS 40
#define DESIRED_MAX       1e10  /* model: QuotaValue */
#define REQUESTS_MAX      10000 /* of an account and Region; more is a loop in a script */

static int refuse_argument(struct sim_call *call, const char *message)
{
    return sim_refuse_plainly(call, 400, "IllegalArgumentException", message);
}

static int check_service(struct sim_call *call, const json_t *input)
{
    const char *code = lat_json_string_at(input, "ServiceCode", NULL);
    if (code == NULL)
        return refuse_argument(call, "ServiceCode is required");
    if (!lat_text_eq(code, SERVICE_CODE))
        return sim_refuse_plainly(call, 400, "NoSuchResourceException",
                                  "The simulator has quotas of " SERVICE_CODE " only");
    return 0;
}

static int find_quota(struct sim_call *call, const json_t *input, enum sim_quota_id *ret_quota)
{
    const char *code = lat_json_string_at(input, "QuotaCode", NULL);
    if (check_service(call, input) < 0)
        return -1;
    if (code == NULL)
        return refuse_argument(call, "QuotaCode is required");
    for (size_t i = 0; i < SIM_QUOTA_COUNT; i++)
        if (lat_text_eq(sim_quotas[i].code, code)) {
            *ret_quota = (enum sim_quota_id)i;
            return 0;
        }
    return sim_refuse_plainly(call, 400, "NoSuchResourceException",
                              "The service has no quota with this code");
}

static const char *quota_name(const char *code)
{
    for (size_t i = 0; i < SIM_QUOTA_COUNT; i++)
        if (lat_text_eq(sim_quotas[i].code, code))
            return sim_quotas[i].name;
    return "";
}

/* What a quota and a request for more of it have in common. */
static json_t *heading_new(struct sim_call *call, const char *code)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "ServiceCode", SERVICE_CODE,
                     "ServiceName", SERVICE_NAME, "QuotaCode", code, "QuotaName", quota_name(code),
                     "QuotaArn",
                     lat_arena_printf(call->arena, "arn:%s:servicequotas:%s:%s:" SERVICE_CODE "/%s",
                                      call->sim->config.partition, call->caller.region,
                                      call->caller.account, code),
                     "Unit", "None", "GlobalQuota", 0);
}

static int quota_new(struct sim_call *call, enum sim_quota_id quota, bool is_default,
                     json_t **ret_new)
{
    int64_t value = sim_quotas[quota].value;
    if (!is_default && sim_quota_value(call, quota, &value) < 0)
        return -1;
    json_t *json = heading_new(call, sim_quotas[quota].code);
    lat_json_set(json, "Value", json_real((double)value));
    lat_json_set(json, "Adjustable", json_true());
    lat_json_set_string(json, "QuotaAppliedAtLevel", "ACCOUNT");
    *ret_new = json;
    return 0;
}

/* --- reading ------------------------------------------------------------------------------------
 */

/* Takes MaxResults and NextToken. */
static int begin_page(struct sim_call *call, const json_t *input, struct sim_page *ret_page)
{
    int64_t limit = lat_json_int_at(input, "MaxResults", RESULTS_MAX);
    const char *token = lat_json_string_at(input, "NextToken", NULL);
    if (limit < 1 || limit > RESULTS_MAX)
        return refuse_argument(call, "MaxResults must be from 1 to 100");
    if (sim_page_begin(call, LAT_INT(limit), token, ret_page) == 0)
        return 0;
    call->rule = SIM_RULE_NONE;
    return sim_refuse_plainly(call, 400, "InvalidPaginationTokenException",
                              "NextToken is not a token of this operation");
}

/* The table of quotas as rows that pages can be cut from. */
struct quota_row {
    int64_t number; /* from 1 */
};

static const struct sim_column quota_row_columns[] = {
    {"number", SIM_COLUMN_INT, offsetof(struct quota_row, number)}};
static const struct sim_table quota_rows = {
    .name = "quotas",
    .columns = quota_row_columns,
    .column_count = LAT_COUNT(quota_row_columns),
    .row_bytes = sizeof(struct quota_row),
};

static int list(struct sim_call *call, const json_t *input, bool is_default,
                json_t **ret_output_new)
{
    struct sim_page page;
    struct quota_row rows[SIM_QUOTA_COUNT];
    size_t count = 0;
    const char *token = NULL;
    if (check_service(call, input) < 0 || begin_page(call, input, &page) < 0)
        return -1;
    for (int64_t i = page.after; i < SIM_QUOTA_COUNT && count < (size_t)page.fetch; i++)
        rows[count++].number = i + 1;
    count = sim_page_end(call, &page, &quota_rows, rows, count, &token);
    LAT_AUTO(lat_json_decrefp) json_t *quotas = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *quota = NULL;
        if (quota_new(call, (enum sim_quota_id)(rows[i].number - 1), is_default, &quota) < 0)
            return -1;
        json_array_append_new(quotas, quota);
    }
    *ret_output_new = json_pack("{s:O}", "Quotas", quotas);
    lat_json_set_string(*ret_output_new, "NextToken", token);
    return 0;
}

static int get(struct sim_call *call, const json_t *input, bool is_default, json_t **ret_output_new)
{
    enum sim_quota_id quota = SIM_QUOTA_COUNT;
    json_t *json = NULL;
    if (find_quota(call, input, &quota) < 0 || quota_new(call, quota, is_default, &json) < 0)
        return -1;
    *ret_output_new = json_pack("{s:o}", "Quota", json);
    return 0;
}

static int list_in_force(struct sim_call *call, const json_t *input, json_t **ret_output_new)
{
    return list(call, input, false, ret_output_new);
}

static int list_defaults(struct sim_call *call, const json_t *input, json_t **ret_output_new)
{
    return list(call, input, true, ret_output_new);
}

static int get_in_force(struct sim_call *call, const json_t *input, json_t **ret_output_new)
{
    return get(call, input, false, ret_output_new);
}

static int get_default(struct sim_call *call, const json_t *input, json_t **ret_output_new)
{
    return get(call, input, true, ret_output_new);
}

static int list_services(struct sim_call *call, const json_t *input, json_t **ret_output_new)
{
    struct sim_page page;
    if (begin_page(call, input, &page) < 0)
        return -1;
    *ret_output_new = json_pack("{s:[{s:s, s:s}]}", "Services", "ServiceCode", SERVICE_CODE,
                                "ServiceName", SERVICE_NAME);
    return 0;
}

/* --- requests for more --------------------------------------------------------------------------
 */

static json_t *request_new(struct sim_call *call, const struct sim_quota_request *row)
{
    json_t *json = heading_new(call, row->code);
    lat_json_set_string(json, "Id", row->id);
    lat_json_set(json, "DesiredValue", json_real((double)row->value));
    lat_json_set_string(json, "Status", row->status);
    lat_json_set(json, "Created", json_real((double)row->created_ms / 1000));
    lat_json_set(json, "LastUpdated", json_real((double)row->updated_ms / 1000));
    lat_json_set_string(json, "Requester",
                        lat_arena_printf(call->arena, "{\"callerArn\":\"%s\"}", row->requester));
    lat_json_set_string(json, "QuotaRequestedAtLevel", "ACCOUNT");
    return json;
}

static int keep_request(struct sim_call *call, struct sim_quota_request *row)
{
    int64_t count = 0;
    if (sim_store_number(call->sim->store,
                         "SELECT count(*) FROM quota_request WHERE account = ?1 AND region = ?2",
                         SIM_VALUES(sim_text(row->account), sim_text(row->region)), &count) < 0)
        return -1;
    if (count >= REQUESTS_MAX)
        return sim_refuse_plainly(call, 400, "QuotaExceededException",
                                  "There are too many requests of this account already");
    if (sim_store_insert(call->sim->store, &sim_quota_request_table, row) == 0)
        return 0;
    if (sim_store_violation(call->sim->store)->kind != SIM_VIOLATION_UNIQUE)
        return -1;
    return sim_refuse_plainly(call, 400, "ResourceAlreadyExistsException",
                              "Only one open service quota increase request is allowed per quota.");
}

static int request_increase(struct sim_call *call, const json_t *input, json_t **ret_output_new)
{
    enum sim_quota_id quota = SIM_QUOTA_COUNT;
    int64_t value = 0;
    const json_t *desired = json_object_get(input, "DesiredValue");
    if (find_quota(call, input, &quota) < 0 || sim_quota_value(call, quota, &value) < 0)
        return -1;
    double number = json_number_value(desired);
    if (!json_is_number(desired) || number > DESIRED_MAX)
        return refuse_argument(call, "DesiredValue must be a number of at most 10000000000");
    if (number <= (double)value)
        return refuse_argument(call, "You must provide a quota value greater than the current "
                                     "quota value");
    if ((double)(int64_t)number != number)
        return refuse_argument(call, "DesiredValue must be a whole number");
    char id[REQUEST_ID_DIGITS + 1];
    lat_rng_hex(&call->sim->rng, REQUEST_ID_DIGITS, id);
    struct sim_quota_request row = {
        .id = id,
        .account = call->caller.account,
        .region = call->caller.region,
        .code = sim_quotas[quota].code,
        .value = (int64_t)number,
        .status = "PENDING",
        .requester = call->caller.arn,
        .created_ms = call->now_ms,
        .updated_ms = call->now_ms,
    };
    if (keep_request(call, &row) < 0)
        return -1;
    *ret_output_new = json_pack("{s:o}", "RequestedQuota", request_new(call, &row));
    return 0;
}

static int get_request(struct sim_call *call, const json_t *input, json_t **ret_output_new)
{
    void *row = NULL;
    if (sim_store_row(call->sim->store, call->arena, &sim_quota_request_table,
                      "WHERE r.id = ?1 AND r.account = ?2 AND r.region = ?3",
                      SIM_VALUES(sim_text(lat_json_string_at(input, "RequestId", "")),
                                 sim_text(call->caller.account), sim_text(call->caller.region)),
                      &row) < 0)
        return -1;
    if (row == NULL)
        return sim_refuse_plainly(call, 400, "NoSuchResourceException",
                                  "No request for a quota has this id");
    *ret_output_new = json_pack("{s:o}", "RequestedQuota", request_new(call, row));
    return 0;
}

static int list_requests(struct sim_call *call, const json_t *input, json_t **ret_output_new)
{
    struct sim_page page;
    void *rows = NULL;
    size_t count = 0;
    const char *token = NULL;
    if (begin_page(call, input, &page) < 0 ||
        sim_store_rows(
            call->sim->store, call->arena, &sim_quota_request_table,
            "WHERE r.account = ?1 AND r.region = ?2 AND r.seq > ?3 "
            "AND (?4 IS NULL OR r.status = ?4) AND (?5 IS NULL OR r.code = ?5) "
            "ORDER BY r.seq LIMIT ?6",
            SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region),
                       sim_int(page.after), sim_text(lat_json_string_at(input, "Status", NULL)),
                       sim_text(lat_json_string_at(input, "QuotaCode", NULL)), sim_int(page.fetch)),
            &rows, &count) < 0)
        return -1;
    count = sim_page_end(call, &page, &sim_quota_request_table, rows, count, &token);
    json_t *requests = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(requests,
                              request_new(call, &((const struct sim_quota_request *)rows)[i]));
    *ret_output_new = json_pack("{s:o}", "RequestedQuotas", requests);
    lat_json_set_string(*ret_output_new, "NextToken", token);
    return 0;
}

static const struct sim_json_operation operations[] = {
    {"ListServices", list_services},
    {"ListServiceQuotas", list_in_force},
    {"GetServiceQuota", get_in_force},
    {"ListAWSDefaultServiceQuotas", list_defaults},
    {"GetAWSDefaultServiceQuota", get_default},
    {"RequestServiceQuotaIncrease", request_increase},
    {"GetRequestedServiceQuotaChange", get_request},
    {"ListRequestedServiceQuotaChangeHistory", list_requests},
    {"ListRequestedServiceQuotaChangeHistoryByQuota", list_requests},
};

static int perform(struct sim_call *call, const struct lat_http_request *request,
                   struct sim_answer *ret_answer)
{
    return sim_json_perform(call, request, operations, LAT_COUNT(operations), ret_answer);
}

const struct sim_api sim_service_quotas_api = {
    .signing_name = "servicequotas",
    .target_prefix = "ServiceQuotasV20190624.",
    .perform = perform,
    .refuse = sim_json_refuse,
};
