/* ACM in JSON 1.1: ListCertificates, DescribeCertificate, ListTagsForCertificate over certificates
 * that the admin API imports. There are no keys: a certificate is its names, status and dates.
 * Source: lattice-api reference J.2. */
#include "common/aws/arn.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/aws/apis.h"
#include "simulator/aws/json_1_1.h"
#include "simulator/engine/resource.h"
#include "simulator/store/side_rows.h"

#include <string.h>

#define ITEMS_MAX         1000
#define SUMMARY_NAMES_MAX 100 /* names of one summary (documented) */
#define KEY_TYPES_DEFAULT                                                                          \
    "[\"RSA_1024\",\"RSA_2048\"]" /* documented: without Includes.keyTypes                         \
                                   */

static int refuse_value(struct sim_call *call, const char *message)
{
    return sim_refuse_plainly(call, 400, "ValidationException", message);
}

/* Whether list is absent or an array of texts out of known (NULL at its end). */
static bool has_only(const json_t *list, const char *const *known)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        size_t k = 0;
        while (known[k] != NULL && !lat_text_eq(known[k], text))
            k++;
        if (known[k] == NULL)
            return false;
    }
    return list == NULL || json_is_array(list);
}

static json_t *seconds_new(int64_t ms)
{
    return json_real((double)ms / 1000);
}

/* "RSA-2048", as answers write what requests call RSA_2048. */
static const char *spelled_algorithm(struct sim_call *call, const struct sim_certificate *one)
{
    char *text = lat_arena_strdup(call->arena, one->key_algorithm);
    if (lat_text_has_prefix(text, "RSA_"))
        text[3] = '-';
    return text;
}

static json_t *stored_new(const char *text)
{
    return lat_json_parse_new(text, strlen(text), NULL);
}

/* ARNs of the services that present the certificate; a JSON array. */
static int users_new(struct sim_call *call, const struct sim_certificate *one, json_t **ret_new)
{
    const char *text = NULL;
    if (sim_store_text(call->sim->store, call->arena,
                       "SELECT json_group_array(arn) FROM resource JOIN service USING (seq) "
                       "WHERE certificate_arn = ?1",
                       SIM_VALUES(sim_text(one->arn)), &text) < 0)
        return -1;
    *ret_new = stored_new(text);
    return 0;
}

/* What the summary and the description have in common. */
static json_t *common_new(struct sim_call *call, const struct sim_certificate *one)
{
    bool is_imported = lat_text_eq(one->type, "IMPORTED");
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s}", "CertificateArn", one->arn, "DomainName",
                             one->domain_name, "Status", one->status, "Type", one->type,
                             "KeyAlgorithm", spelled_algorithm(call, one));
    lat_json_set(json, "CreatedAt", seconds_new(one->created_ms));
    if (!lat_text_eq(one->status, "PENDING_VALIDATION")) {
        lat_json_set(json, is_imported ? "ImportedAt" : "IssuedAt", seconds_new(one->created_ms));
        lat_json_set(json, "NotBefore", seconds_new(one->created_ms));
        lat_json_set(json, "NotAfter", seconds_new(one->not_after_ms));
    }
    lat_json_set_string(json, "RenewalEligibility", "INELIGIBLE");
    return json;
}

static int summary_new(struct sim_call *call, const struct sim_certificate *one, json_t **ret_new)
{
    LAT_AUTO(lat_json_decrefp) json_t *users = NULL;
    if (users_new(call, one, &users) < 0)
        return -1;
    json_t *json = common_new(call, one);
    json_t *names = stored_new(one->alternatives);
    bool has_more = json_array_size(names) > SUMMARY_NAMES_MAX;
    while (json_array_size(names) > SUMMARY_NAMES_MAX)
        json_array_remove(names, json_array_size(names) - 1);
    lat_json_set(json, "SubjectAlternativeNameSummaries", names);
    lat_json_set(json, "HasAdditionalSubjectAlternativeNames", json_boolean(has_more));
    lat_json_set(json, "InUse", json_boolean(json_array_size(users) > 0));
    *ret_new = json;
    return 0;
}

static int list_certificates(struct sim_call *call, const json_t *input, json_t **ret_output_new)
{
    static const char *const statuses[] = {"PENDING_VALIDATION",   "ISSUED",  "INACTIVE", "EXPIRED",
                                           "VALIDATION_TIMED_OUT", "REVOKED", "FAILED",   NULL};
    static const char *const key_types[] = {
        "RSA_1024",      "RSA_2048",     "RSA_3072",     "RSA_4096",
        "EC_prime256v1", "EC_secp384r1", "EC_secp521r1", NULL};
    const json_t *wanted = json_object_get(input, "CertificateStatuses");
    const json_t *keys = lat_json_at(input, "Includes.keyTypes");
    int64_t limit = lat_json_int_at(input, "MaxItems", ITEMS_MAX);
    const char *token = lat_json_string_at(input, "NextToken", NULL);
    struct sim_page page;
    void *rows = NULL;
    size_t count = 0;
    if (!has_only(wanted, statuses) || !has_only(keys, key_types))
        return refuse_value(call, "CertificateStatuses or Includes.keyTypes has an unknown value");
    if (limit < 1 || limit > ITEMS_MAX)
        return refuse_value(call, "MaxItems must be from 1 to 1000");
    if (sim_page_begin(call, LAT_INT(limit), token, &page) < 0) {
        call->rule = SIM_RULE_NONE;
        return refuse_value(call, "NextToken is not a token of ListCertificates");
    }
    if (sim_store_rows(
            call->sim->store, call->arena, &sim_certificate_table,
            "WHERE r.account = ?1 AND r.region = ?2 AND r.seq > ?3 AND (?4 IS NULL OR "
            "r.status IN (SELECT value FROM json_each(?4))) AND r.key_algorithm IN "
            "(SELECT value FROM json_each(?5)) ORDER BY r.seq LIMIT ?6",
            SIM_VALUES(
                sim_text(call->caller.account), sim_text(call->caller.region), sim_int(page.after),
                sim_text(json_array_size(wanted) == 0 ? NULL : lat_json_text(call->arena, wanted)),
                sim_text(json_array_size(keys) == 0 ? KEY_TYPES_DEFAULT
                                                    : lat_json_text(call->arena, keys)),
                sim_int(page.fetch)),
            &rows, &count) < 0)
        return -1;
    const char *next = NULL;
    count = sim_page_end(call, &page, &sim_certificate_table, rows, count, &next);
    LAT_AUTO(lat_json_decrefp) json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *summary = NULL;
        if (summary_new(call, &((const struct sim_certificate *)rows)[i], &summary) < 0)
            return -1;
        json_array_append_new(list, summary);
    }
    *ret_output_new = json_pack("{s:O}", "CertificateSummaryList", list);
    lat_json_set_string(*ret_output_new, "NextToken", next);
    return 0;
}

static int find(struct sim_call *call, const json_t *input, const struct sim_certificate **ret)
{
    const char *arn = lat_json_string_at(input, "CertificateArn", "");
    void *row = NULL;
    if (arn[0] == '\0')
        return refuse_value(call, "CertificateArn is required");
    if (!lat_text_has_prefix(arn, "arn:") || strstr(arn, ":certificate/") == NULL)
        return sim_refuse_plainly(call, 400, "InvalidArnException",
                                  "CertificateArn is not the ARN of a certificate");
    if (sim_store_row(call->sim->store, call->arena, &sim_certificate_table,
                      "WHERE r.arn = ?1 AND r.account = ?2 AND r.region = ?3",
                      SIM_VALUES(sim_text(arn), sim_text(call->caller.account),
                                 sim_text(call->caller.region)),
                      &row) < 0)
        return -1;
    if (row == NULL)
        return sim_refuse_plainly(
            call, 400, "ResourceNotFoundException",
            lat_arena_printf(call->arena, "Could not find certificate %.512s.", arn));
    *ret = row;
    return 0;
}

static int describe_certificate(struct sim_call *call, const json_t *input, json_t **ret_output_new)
{
    const struct sim_certificate *one = NULL;
    json_t *users = NULL;
    if (find(call, input, &one) < 0 || users_new(call, one, &users) < 0)
        return -1;
    json_t *json = common_new(call, one);
    lat_json_set(json, "SubjectAlternativeNames", stored_new(one->alternatives));
    lat_json_set_string(json, "Serial", one->serial);
    lat_json_set_string(json, "Subject", lat_arena_printf(call->arena, "CN=%s", one->domain_name));
    lat_json_set_string(json, "Issuer",
                        lat_text_eq(one->type, "IMPORTED") ? "lattice-simulator" : "Amazon");
    lat_json_set_string(json, "SignatureAlgorithm", "SHA256WITHRSA");
    lat_json_set(json, "InUseBy", users);
    *ret_output_new = json_pack("{s:o}", "Certificate", json);
    return 0;
}

static int list_tags(struct sim_call *call, const json_t *input, json_t **ret_output_new)
{
    const struct sim_certificate *one = NULL;
    const char *key;
    json_t *value;
    if (find(call, input, &one) < 0)
        return -1;
    LAT_AUTO(lat_json_decrefp) json_t *tags = stored_new(one->tags);
    json_t *list = json_array();
    json_object_foreach(tags, key, value) {
        json_array_append_new(list, json_pack("{s:s, s:O}", "Key", key, "Value", value));
    }
    *ret_output_new = json_pack("{s:o}", "Tags", list);
    return 0;
}

static const struct sim_json_operation operations[] = {
    {"ListCertificates", list_certificates},
    {"DescribeCertificate", describe_certificate},
    {"ListTagsForCertificate", list_tags},
};

static int perform(struct sim_call *call, const struct lat_http_request *request,
                   struct sim_answer *ret_answer)
{
    return sim_json_perform(call, request, operations, LAT_COUNT(operations), ret_answer);
}

const struct sim_api sim_acm_api = {
    .signing_name = "acm",
    .target_prefix = "CertificateManager.",
    .perform = perform,
    .refuse = sim_json_refuse,
};
