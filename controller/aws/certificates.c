/* ACM certificates and the look-ups of a build; see certificates.h. */
#include "controller/aws/certificates.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "controller/aws/client.h"

#include <stdlib.h>

#define TARGET_PREFIX "CertificateManager"
#define PAGES_MAX     10000
#define AGE_MS        60000
#define AGE_JITTER_MS 10000
#define DENIED_MS     300000

struct gwc_certificate_list {
    struct gwc_aws *aws;
    json_t *summaries; /* the last listing; NULL when there is none */
    int64_t expires_ms;
    int64_t denied_until_ms;
};

struct gwc_certificate_list *gwc_certificate_list_new(struct gwc_aws *aws)
{
    struct gwc_certificate_list *list = calloc(1, sizeof *list);
    if (list == NULL)
        abort();
    list->aws = aws;
    return list;
}

struct gwc_certificate_list *gwc_certificate_list_free(struct gwc_certificate_list *list)
{
    if (list == NULL)
        return NULL;
    json_decref(list->summaries);
    free(list);
    return NULL;
}

void gwc_certificate_list_freep(struct gwc_certificate_list **list)
{
    *list = gwc_certificate_list_free(*list);
}

static json_t *read_all(struct gwc_certificate_list *list, struct lat_arena *arena,
                        struct gwc_aws_error *ret_error)
{
    const struct gwc_aws_request request = {
        .service_id = "ACM",
        .operation = "ListCertificates",
        .endpoint = gwc_aws_options(list->aws)->acm_endpoint,
        .signing_name = "acm",
        .attempts_max = GWC_AWS_ATTEMPTS_ACM,
    };
    LAT_AUTO(lat_json_decrefp)
    json_t *input = json_pack("{s:[s]}", "CertificateStatuses", "ISSUED");
    LAT_AUTO(lat_json_decrefp) json_t *summaries = json_array();
    for (size_t page = 0; page < PAGES_MAX; page++) {
        LAT_AUTO(lat_json_decrefp) json_t *output = NULL;
        if (gwc_aws_json_call(list->aws, arena, request, TARGET_PREFIX, input, &output, ret_error) <
            0)
            return NULL;
        json_array_extend(summaries, json_object_get(output, "CertificateSummaryList"));
        const char *token = lat_json_string_at(output, "NextToken", "");
        if (token[0] == '\0')
            break;
        lat_json_set_string(input, "NextToken", token);
    }
    return LAT_TAKE(summaries);
}

/* ACM writes times as seconds with a fraction. */
static int64_t time_ms(const json_t *summary, const char *member)
{
    return (int64_t)(json_number_value(json_object_get(summary, member)) * 1000.0);
}

static struct gwc_certificate certificate_of(struct lat_arena *arena, const json_t *summary)
{
    const json_t *names = json_object_get(summary, "SubjectAlternativeNameSummaries");
    size_t count = json_array_size(names);
    const char **texts = LAT_NEW_ARRAY(arena, const char *, count);
    for (size_t i = 0; i < count; i++)
        texts[i] =
            lat_arena_strdup(arena, lat_text_or_empty(json_string_value(json_array_get(names, i))));
    return (struct gwc_certificate){
        .arn = lat_arena_strdup(arena, lat_json_string_at(summary, "CertificateArn", "")),
        .domain_name = lat_arena_strdup(arena, lat_json_string_at(summary, "DomainName", "")),
        .alternative_names = texts,
        .alternative_name_count = count,
        .issued_ms = time_ms(summary, "IssuedAt"),
        .imported_ms = time_ms(summary, "ImportedAt"),
        .created_ms = time_ms(summary, "CreatedAt"),
    };
}

static enum gwc_lookup_result certificates(void *context, struct lat_arena *arena,
                                           struct gwc_certificates *ret_certificates,
                                           const char **ret_error)
{
    struct gwc_certificate_list *list = context;
    const struct gwc_aws_options *options = gwc_aws_options(list->aws);
    int64_t now_ms = lat_clock_now_ms(options->clock);
    if (now_ms < list->denied_until_ms)
        return GWC_LOOKUP_ABSENT;
    if (list->summaries == NULL || now_ms >= list->expires_ms) {
        struct gwc_aws_error error;
        json_t *summaries = read_all(list, arena, &error);
        if (summaries == NULL) {
            bool is_denied = lat_text_has_prefix(error.code, "AccessDenied");
            list->denied_until_ms = is_denied ? now_ms + DENIED_MS : 0;
            *ret_error = error.text;
            return is_denied ? GWC_LOOKUP_ABSENT : GWC_LOOKUP_FAILED;
        }
        json_decref(list->summaries);
        list->summaries = summaries;
        list->expires_ms = now_ms + AGE_MS + (int64_t)lat_rng_below(options->rng, AGE_JITTER_MS);
    }
    struct gwc_certificates found = {0};
    size_t index = 0;
    json_t *summary = NULL;
    json_array_foreach(list->summaries, index, summary) {
        *LAT_ARENA_PUSH(arena, found.items, found.count) = certificate_of(arena, summary);
    }
    *ret_certificates = found;
    return GWC_LOOKUP_FOUND;
}

static enum gwc_lookup_result external_target_group(void *context, struct lat_arena *arena,
                                                    const char *arn, const char **ret_id,
                                                    const char **ret_error)
{
    struct gwc_certificate_list *list = context;
    const struct lat_get_target_group_request input = {.target_group_identifier = arn};
    const void *output = NULL;
    struct gwc_aws_error error;
    if (gwc_aws_call(list->aws, arena, LAT_OP_GET_TARGET_GROUP, &input, &output, &error) == 0) {
        const struct lat_get_target_group_response *group = output;
        *ret_id = group->id;
        return GWC_LOOKUP_FOUND;
    }
    *ret_error = error.text;
    return gwc_aws_error_is(&error, "ResourceNotFoundException") ||
                   gwc_aws_error_is(&error, "AccessDeniedException")
               ? GWC_LOOKUP_ABSENT
               : GWC_LOOKUP_FAILED;
}

struct gwc_lookups gwc_aws_lookups(struct gwc_certificate_list *list)
{
    return (struct gwc_lookups){.context = list,
                                .external_target_group = external_target_group,
                                .certificates = certificates};
}
