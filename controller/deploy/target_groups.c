/* Target groups: found by their identity tags, created, or brought up to date. Never deleted here,
 * and never one that the stack only refers to. Source: controller-routes reference 4.3 (observed).
 */
#include "common/base/text.h"
#include "controller/deploy/deploy_int.h"
#include "controller/model/names.h"

#define NAME_SUFFIX_CHARS 10

/* How a target group that carries the right tags compares with the wanted one. */
enum candidate {
    CANDIDATE_OTHER,     /* look on */
    CANDIDATE_UNSETTLED, /* it is the one, but being created or deleted */
    CANDIDATE_FOUND
};

static enum candidate judge(const struct gwc_deploy *deploy, const struct gwc_target_group *wanted,
                            const struct lat_get_target_group_response *group)
{
    const struct lat_target_group_config *config = group->config;
    if (lat_text_eq(group->status, LAT_TARGET_GROUP_STATUS_CREATE_FAILED) || config == NULL)
        return CANDIDATE_OTHER;
    if (!config->port.has || config->port.value != wanted->port ||
        !lat_text_eq(config->protocol, wanted->protocol) ||
        !lat_text_eq(config->ip_address_type, wanted->ip_address_type) ||
        !lat_text_eq(group->type, LAT_TARGET_GROUP_TYPE_IP) ||
        !lat_text_eq(config->vpc_identifier, deploy->config->vpc_id))
        return CANDIDATE_OTHER;
    if (lat_text_eq(group->status, LAT_TARGET_GROUP_STATUS_CREATE_IN_PROGRESS) ||
        lat_text_eq(group->status, LAT_TARGET_GROUP_STATUS_DELETE_IN_PROGRESS))
        return CANDIDATE_UNSETTLED;
    if (lat_text_eq(group->status, LAT_TARGET_GROUP_STATUS_ACTIVE) ||
        lat_text_eq(group->status, LAT_TARGET_GROUP_STATUS_DELETE_FAILED))
        return CANDIDATE_FOUND;
    return CANDIDATE_OTHER;
}

/* *ret_group is NULL when there is none. */
static int find(struct gwc_deploy *deploy, const struct gwc_target_group *wanted,
                const struct lat_get_target_group_response **ret_group,
                struct gwc_model_error *ret_error)
{
    const char **arns = NULL;
    size_t count = 0;
    struct gwc_aws_error error;
    if (gwc_tagging_find_target_groups(deploy->tagging, deploy->arena, &wanted->identity, &arns,
                                       &count, &error) < 0)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error.text);
    for (size_t i = 0; i < count; i++) {
        const struct lat_get_target_group_request input = {.target_group_identifier = arns[i]};
        const void *output = NULL;
        if (gwc_aws_call(deploy->aws, deploy->arena, LAT_OP_GET_TARGET_GROUP, &input, &output,
                         &error) < 0) {
            if (error.status == GWC_STATUS_NOT_FOUND)
                continue;
            return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error.text);
        }
        enum candidate candidate = judge(deploy, wanted, output);
        if (candidate == CANDIDATE_UNSETTLED)
            return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_LATTICE_RETRY,
                                  GWC_RETRY_TEXT);
        if (candidate == CANDIDATE_FOUND) {
            *ret_group = output;
            return 0;
        }
    }
    *ret_group = NULL;
    return 0;
}

static const char *make_name(struct gwc_deploy *deploy, const struct gwc_target_group *wanted)
{
    char suffix[NAME_SUFFIX_CHARS + 1] = {0};
    for (size_t i = 0; i < NAME_SUFFIX_CHARS; i++)
        suffix[i] = (char)('a' + lat_rng_below(deploy->rng, 26));
    return gwc_target_group_name(deploy->arena, wanted->service_namespace, wanted->service_name,
                                 suffix);
}

static int create(struct gwc_deploy *deploy, struct gwc_target_group *wanted,
                  struct gwc_model_error *ret_error)
{
    struct gwc_tags managed = gwc_deploy_managed_by(deploy);
    struct gwc_tags own = gwc_tags_merge(deploy->arena, &wanted->identity, &managed);
    const struct lat_target_group_config config = {
        .port = LAT_INT(wanted->port),
        .protocol = wanted->protocol,
        .protocol_version =
            lat_text_is_empty(wanted->protocol_version) ? NULL : wanted->protocol_version,
        .vpc_identifier = deploy->config->vpc_id,
        .ip_address_type = wanted->ip_address_type,
        .health_check = wanted->health_check,
    };
    const struct lat_create_target_group_request input = {
        .name = make_name(deploy, wanted),
        .type = LAT_TARGET_GROUP_TYPE_IP,
        .config = &config,
        .tags = gwc_deploy_tags(deploy, &own),
    };
    const void *output = NULL;
    struct gwc_aws_error error;
    if (gwc_aws_call(deploy->aws, deploy->arena, LAT_OP_CREATE_TARGET_GROUP, &input, &output,
                     &error) < 0)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER,
                              "failed CreateTargetGroup %s due to %s", input.name, error.text);
    const struct lat_create_target_group_response *group = output;
    if (!lat_text_eq(group->status, LAT_TARGET_GROUP_STATUS_ACTIVE) &&
        !lat_text_eq(group->status, LAT_TARGET_GROUP_STATUS_CREATE_IN_PROGRESS))
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_LATTICE_RETRY, GWC_RETRY_TEXT);
    wanted->id = group->id;
    wanted->arn = group->arn;
    return 0;
}

/* The policy's health check (or none) with its gaps filled as Lattice fills them. */
static struct lat_health_check_config with_defaults(struct gwc_deploy *deploy,
                                                    const struct gwc_target_group *wanted)
{
    struct lat_health_check_config check = {0};
    if (wanted->health_check != NULL)
        check = *wanted->health_check;
    bool is_tcp = lat_text_eq(wanted->protocol, LAT_TARGET_GROUP_PROTOCOL_TCP);
    bool is_http2 = lat_text_eq(wanted->protocol_version, LAT_TARGET_GROUP_PROTOCOL_VERSION_HTTP2);
    bool is_grpc = lat_text_eq(wanted->protocol_version, LAT_TARGET_GROUP_PROTOCOL_VERSION_GRPC);
    if (!check.enabled.has)
        check.enabled = LAT_BOOL(!is_tcp && !is_http2 && !is_grpc);
    if (is_tcp)
        return check;
    const struct {
        struct lat_opt_int *number;
        int64_t value;
    } numbers[] = {
        {&check.health_check_interval_seconds, 30},
        {&check.health_check_timeout_seconds, 5},
        {&check.healthy_threshold_count, 5},
        {&check.unhealthy_threshold_count, 2},
    };
    for (size_t i = 0; i < LAT_COUNT(numbers); i++)
        if (!numbers[i].number->has)
            *numbers[i].number = LAT_INT(numbers[i].value);
    if (check.matcher == NULL) {
        struct lat_matcher *matcher = LAT_NEW(deploy->arena, struct lat_matcher);
        matcher->http_code = "200";
        check.matcher = matcher;
    }
    if (check.path == NULL)
        check.path = "/";
    if (check.protocol == NULL)
        check.protocol = LAT_TARGET_GROUP_PROTOCOL_HTTP;
    if (check.protocol_version == NULL)
        check.protocol_version = is_http2 ? LAT_HEALTH_CHECK_PROTOCOL_VERSION_HTTP2
                                          : LAT_HEALTH_CHECK_PROTOCOL_VERSION_HTTP1;
    return check;
}

static int update(struct gwc_deploy *deploy, struct gwc_target_group *wanted,
                  const struct lat_get_target_group_response *group,
                  struct gwc_model_error *ret_error)
{
    wanted->id = group->id;
    wanted->arn = group->arn;
    if (gwc_deploy_sync_tags(deploy, group->arn, NULL, ret_error) < 0)
        return -1;
    struct lat_health_check_config check = with_defaults(deploy, wanted);
    if (gwc_health_check_is_equal(&check, group->config->health_check))
        return 0;
    const struct lat_update_target_group_request input = {.target_group_identifier = group->id,
                                                          .health_check = &check};
    struct gwc_aws_error error;
    if (gwc_aws_call(deploy->aws, deploy->arena, LAT_OP_UPDATE_TARGET_GROUP, &input, NULL, &error) <
        0)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error.text);
    return 0;
}

static int upsert(struct gwc_deploy *deploy, struct gwc_target_group *wanted,
                  struct gwc_model_error *ret_error)
{
    const struct lat_get_target_group_response *group = NULL;
    if (find(deploy, wanted, &group, ret_error) < 0)
        return -1;
    return group == NULL ? create(deploy, wanted, ret_error)
                         : update(deploy, wanted, group, ret_error);
}

/* All are attempted; the first error is the one reported. */
int gwc_deploy_target_groups(struct gwc_deploy *deploy, struct gwc_model_error *ret_error)
{
    int result = 0;
    for (size_t i = 0; i < deploy->stack->target_group_count; i++) {
        struct gwc_model_error error;
        if (upsert(deploy, &deploy->stack->target_groups[i], &error) == 0 || result < 0)
            continue;
        *ret_error = error;
        result = -1;
    }
    if (result < 0)
        gwc_model_fail_prefix(deploy->arena, ret_error,
                              "error during target group synthesis, will retry: ");
    return result;
}
