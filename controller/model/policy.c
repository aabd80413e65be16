/* Which TargetGroupPolicy is in force for a Service, and what it says about health checks. */
#include "controller/model/policy.h"
#include "common/base/text.h"
#include "controller/model/build_int.h"
#include "controller/model/object.h"

#include <string.h>

static bool targets_service(const json_t *policy, const char *name)
{
    const json_t *ref = lat_json_at(policy, "spec.targetRef");
    return lat_text_is_empty(gwc_member_text(ref, "group")) &&
           lat_text_eq(gwc_member_text(ref, "kind"), "Service") &&
           lat_text_eq(gwc_member_text(ref, "name"), name);
}

static bool is_before(const json_t *a, const json_t *b)
{
    int order = strcmp(lat_json_string_at(a, "metadata.creationTimestamp", ""),
                       lat_json_string_at(b, "metadata.creationTimestamp", ""));
    return order != 0 ? order < 0 : strcmp(lat_kube_name(a), lat_kube_name(b)) < 0;
}

/* A policy counts until its own controller has said something else than Accepted about it. */
static bool is_in_force(const json_t *policy)
{
    size_t index;
    const json_t *condition;
    json_array_foreach(lat_json_at(policy, "status.conditions"), index, condition) {
        if (lat_text_eq(gwc_member_text(condition, "type"), "Accepted"))
            return lat_text_eq(gwc_member_text(condition, "reason"), "Accepted");
    }
    return true;
}

int gwc_build_policy(struct gwc_builder *builder, const json_t *service, const json_t **ret_policy)
{
    const struct gwc_cluster_view *view = builder->build->view;
    struct gwc_objects policies = {0};
    struct lat_err err = {0};
    if (view->list(view->context, builder->arena, "TargetGroupPolicy", lat_kube_namespace(service),
                   &policies, &err) != 0)
        return gwc_model_fail(builder->arena, builder->error, GWC_ERROR_OTHER,
                              "buildTargetGroupSpec err %s", err.message);
    const json_t *first = NULL;
    for (size_t i = 0; i < policies.count; i++) {
        const json_t *policy = policies.items[i];
        if (targets_service(policy, lat_kube_name(service)) &&
            (first == NULL || is_before(policy, first)))
            first = policy;
    }
    /* Only the first can be in force: a later one never takes its place (observed). */
    *ret_policy = first != NULL && is_in_force(first) ? first : NULL;
    return 0;
}

static struct lat_opt_int int_member(const json_t *object, const char *member)
{
    const json_t *value = json_object_get(object, member);
    return (struct lat_opt_int){.has = json_is_integer(value), .value = json_integer_value(value)};
}

const struct lat_health_check_config *gwc_policy_health_check(struct lat_arena *arena,
                                                              const json_t *policy)
{
    const json_t *wanted = lat_json_at(policy, "spec.healthCheck");
    if (!json_is_object(wanted))
        return NULL;
    const json_t *enabled = json_object_get(wanted, "enabled");
    const char *status_match = gwc_member_text(wanted, "statusMatch");
    struct lat_matcher *matcher = NULL;
    if (status_match != NULL) {
        matcher = LAT_NEW(arena, struct lat_matcher);
        matcher->http_code = status_match;
    }
    struct lat_health_check_config *check = LAT_NEW(arena, struct lat_health_check_config);
    *check = (struct lat_health_check_config){
        .enabled = {.has = json_is_boolean(enabled), .value = json_is_true(enabled)},
        .protocol = gwc_member_text(wanted, "protocol"),
        .protocol_version = gwc_member_text(wanted, "protocolVersion"),
        .port = int_member(wanted, "port"),
        .path = gwc_member_text(wanted, "path"),
        .health_check_interval_seconds = int_member(wanted, "intervalSeconds"),
        .health_check_timeout_seconds = int_member(wanted, "timeoutSeconds"),
        .healthy_threshold_count = int_member(wanted, "healthyThresholdCount"),
        .unhealthy_threshold_count = int_member(wanted, "unhealthyThresholdCount"),
        .matcher = matcher,
    };
    return check;
}
