/* Targets of the stack's target groups: stale ones are deregistered, then all wanted ones are
 * registered on every pass, and pods with a readiness gate are told how theirs is doing. Source:
 * controller-routes reference 4.5 and 4.8 (observed). */
#include "common/base/json.h"
#include "common/base/text.h"
#include "controller/deploy/deploy_int.h"
#include "controller/model/keys.h"

#define READINESS_GATE GWC_PREFIX "pod-readiness-gate"

static int list(struct gwc_aws *aws, struct lat_arena *arena, const char *id,
                struct lat_list *ret_targets, struct gwc_aws_error *ret_error)
{
    const struct lat_list_targets_request input = {.target_group_identifier = id};
    return gwc_aws_list(aws, arena, LAT_OP_LIST_TARGETS, &input, ret_targets, ret_error);
}

static bool is_same(const struct lat_target_summary *listed, const struct gwc_target *wanted)
{
    return lat_text_eq(listed->id, wanted->address) && listed->port.value == wanted->port;
}

static bool is_wanted(const struct gwc_target_group *group, const struct lat_target_summary *listed)
{
    for (size_t i = 0; i < group->target_count; i++)
        if (is_same(listed, &group->targets[i]))
            return true;
    return false;
}

/* The targets that an answer says it did not take, as text; NULL when it took all. */
static const char *refused_text(struct lat_arena *arena, const struct lat_list *unsuccessful)
{
    const struct lat_target_failure *failures = unsuccessful->items;
    const char *text = NULL;
    for (size_t i = 0; i < unsuccessful->count; i++)
        text = lat_arena_printf(arena, "%s%s%s:%lld %s", lat_text_or_empty(text),
                                text == NULL ? "" : ", ", lat_text_or_empty(failures[i].id),
                                (long long)failures[i].port.value,
                                lat_text_or_empty(failures[i].failure_message));
    return text;
}

/* One chunk of RegisterTargets or DeregisterTargets; NULL, or what went wrong. */
static const char *send_chunk(struct gwc_aws *aws, struct lat_arena *arena, const char *id,
                              struct lat_target *targets, size_t count, bool is_register)
{
    struct gwc_aws_error error;
    const void *output = NULL;
    if (is_register) {
        const struct lat_register_targets_request input = {.target_group_identifier = id,
                                                           .targets = LAT_LIST(targets, count)};
        if (gwc_aws_call(aws, arena, LAT_OP_REGISTER_TARGETS, &input, &output, &error) < 0)
            return error.text;
        const struct lat_register_targets_response *answer = output;
        return refused_text(arena, &answer->unsuccessful);
    }
    const struct lat_deregister_targets_request input = {.target_group_identifier = id,
                                                         .targets = LAT_LIST(targets, count)};
    if (gwc_aws_call(aws, arena, LAT_OP_DEREGISTER_TARGETS, &input, &output, &error) < 0)
        return error.text;
    const struct lat_deregister_targets_response *answer = output;
    return refused_text(arena, &answer->unsuccessful);
}

/* All chunks are attempted. NULL, or all that went wrong. */
static const char *send_all(struct gwc_aws *aws, struct lat_arena *arena, const char *id,
                            struct lat_target *targets, size_t count, bool is_register)
{
    const char *problems = NULL;
    size_t chunks = (count + GWC_TARGETS_MAX - 1) / GWC_TARGETS_MAX;
    for (size_t i = 0; i < chunks; i++) {
        size_t first = i * GWC_TARGETS_MAX;
        size_t left = count - first;
        const char *problem =
            send_chunk(aws, arena, id, &targets[first],
                       left < GWC_TARGETS_MAX ? left : GWC_TARGETS_MAX, is_register);
        if (problem == NULL)
            continue;
        problem = lat_arena_printf(
            arena, "failed to %s VPC Lattice Target Group %s for chunk %zu/%zu: %s",
            is_register ? "register targets from" : "deregister targets from", id, i + 1, chunks,
            problem);
        problems =
            problems == NULL ? problem : lat_arena_printf(arena, "%s\n%s", problems, problem);
    }
    return problems;
}

static int update(struct gwc_deploy *deploy, const struct gwc_target_group *group,
                  struct gwc_model_error *ret_error)
{
    struct lat_arena *arena = deploy->arena;
    struct gwc_aws_error error;
    struct lat_list listed;
    if (list(deploy->aws, arena, group->id, &listed, &error) < 0)
        return gwc_model_fail(arena, ret_error, GWC_ERROR_OTHER, "%s", error.text);
    const struct lat_target_summary *summaries = listed.items;
    struct lat_target *stale = NULL;
    size_t stale_count = 0;
    for (size_t i = 0; i < listed.count; i++)
        if (!lat_text_eq(summaries[i].status, LAT_TARGET_STATUS_DRAINING) &&
            !is_wanted(group, &summaries[i]))
            *LAT_ARENA_PUSH(arena, stale, stale_count) =
                (struct lat_target){.id = summaries[i].id, .port = summaries[i].port};
    struct lat_target *wanted = LAT_NEW_ARRAY(arena, struct lat_target, group->target_count);
    for (size_t i = 0; i < group->target_count; i++)
        wanted[i] = (struct lat_target){.id = group->targets[i].address,
                                        .port = LAT_INT(group->targets[i].port)};
    const char *first = send_all(deploy->aws, arena, group->id, stale, stale_count, false);
    const char *second = send_all(deploy->aws, arena, group->id, wanted, group->target_count, true);
    if (first == NULL && second == NULL)
        return 0;
    return gwc_model_fail(arena, ret_error, GWC_ERROR_OTHER, "%s%s%s", lat_text_or_empty(first),
                          first != NULL && second != NULL ? "\n" : "", lat_text_or_empty(second));
}

int gwc_deploy_targets(struct gwc_deploy *deploy, struct gwc_model_error *ret_error)
{
    for (size_t i = 0; i < deploy->stack->target_group_count; i++) {
        const struct gwc_target_group *group = &deploy->stack->target_groups[i];
        struct gwc_model_error error;
        if (!group->has_targets || update(deploy, group, &error) == 0)
            continue;
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER,
                              "failed to synthesize targets %s due to %s", group->id, error.text);
    }
    return 0;
}

int gwc_delete_target_group(struct gwc_aws *aws, struct lat_arena *arena, const char *id,
                            const char **ret_text)
{
    struct gwc_aws_error error;
    struct lat_list listed;
    if (list(aws, arena, id, &listed, &error) < 0) {
        *ret_text = error.text;
        return error.status == GWC_STATUS_NOT_FOUND ? 0 : -1;
    }
    const struct lat_target_summary *summaries = listed.items;
    struct lat_target *targets = LAT_NEW_ARRAY(arena, struct lat_target, listed.count);
    for (size_t i = 0; i < listed.count; i++) {
        if (lat_text_eq(summaries[i].status, LAT_TARGET_STATUS_DRAINING))
            return 1;
        targets[i] = (struct lat_target){.id = summaries[i].id, .port = summaries[i].port};
    }
    const char *problem = send_all(aws, arena, id, targets, listed.count, false);
    if (problem != NULL) {
        *ret_text = problem;
        return -1;
    }
    const struct lat_delete_target_group_request input = {.target_group_identifier = id};
    if (gwc_aws_call(aws, arena, LAT_OP_DELETE_TARGET_GROUP, &input, NULL, &error) == 0 ||
        error.status == GWC_STATUS_NOT_FOUND)
        return 0;
    *ret_text = error.text;
    return -1;
}

/* What a pod's condition becomes for a target status. */
struct readiness {
    const char *target_status; /* NULL: not listed */
    const char *status;
    const char *reason;
    bool is_requeued;
};

static const struct readiness readiness_table[] = {
    {LAT_TARGET_STATUS_HEALTHY, "True", "Healthy", false},
    {LAT_TARGET_STATUS_UNAVAILABLE, "True", "HealthCheckUnavailable", false},
    {LAT_TARGET_STATUS_UNUSED, "False", "Unused", false},
    {LAT_TARGET_STATUS_INITIAL, "False", "Initial", true},
    {NULL, "False", "TargetNotFound", true},
};

static struct readiness readiness_of(const struct lat_list *listed, const struct gwc_target *target)
{
    const struct lat_target_summary *summaries = listed->items;
    const char *status = NULL;
    for (size_t i = 0; i < listed->count && status == NULL; i++)
        if (is_same(&summaries[i], target))
            status = lat_text_or_empty(summaries[i].status);
    for (size_t i = 0; i < LAT_COUNT(readiness_table); i++)
        if (lat_text_eq(readiness_table[i].target_status, status))
            return readiness_table[i];
    return (struct readiness){status, "False", "Unhealthy", true};
}

static bool has_gate(const json_t *pod)
{
    size_t index = 0;
    json_t *gate = NULL;
    json_array_foreach(lat_json_at(pod, "spec.readinessGates"), index, gate) {
        if (lat_text_eq(lat_json_string_at(gate, "conditionType", NULL), READINESS_GATE))
            return true;
    }
    return false;
}

/* The pod's condition of the gate's type, appended when it is absent. */
static json_t *gate_condition(json_t *pod)
{
    if (json_object_get(pod, "status") == NULL)
        json_object_set_new(pod, "status", json_object());
    json_t *status = json_object_get(pod, "status");
    if (json_object_get(status, "conditions") == NULL)
        json_object_set_new(status, "conditions", json_array());
    json_t *conditions = json_object_get(status, "conditions");
    size_t index = 0;
    json_t *condition = NULL;
    json_array_foreach(conditions, index, condition) {
        if (lat_text_eq(lat_json_string_at(condition, "type", NULL), READINESS_GATE))
            return condition;
    }
    condition = json_pack("{s:s, s:s}", "type", READINESS_GATE, "status", "Unknown");
    json_array_append_new(conditions, condition);
    return condition;
}

static void fill_condition(struct gwc_deploy *deploy, json_t *condition,
                           const struct readiness *readiness)
{
    if (!lat_text_eq(lat_json_string_at(condition, "status", NULL), readiness->status)) {
        char now[LAT_TIME_TEXT_BYTES];
        lat_time_format_seconds(lat_clock_now_ms(deploy->clock), now);
        lat_json_set_string(condition, "lastTransitionTime", now);
    }
    lat_json_set_string(condition, "status", readiness->status);
    lat_json_set_string(condition, "reason", readiness->reason);
    if (lat_text_eq(readiness->reason, "Unhealthy"))
        lat_json_set_string(condition, "message",
                            lat_arena_printf(deploy->arena, "Target health check status: %s",
                                             readiness->target_status));
    else
        json_object_del(condition, "message");
}

/* Reads the pod behind a target and writes its condition. *ret_requeue is set when the target is
 * still on its way. */
static int update_pod(struct gwc_deploy *deploy, const struct lat_list *listed,
                      const struct gwc_target *target, bool *ret_requeue,
                      struct gwc_model_error *ret_error)
{
    const char *path = lat_arena_printf(deploy->arena, "/api/v1/namespaces/%s/pods/%s",
                                        target->pod_namespace, target->pod_name);
    LAT_AUTO(lat_json_decrefp) json_t *pod = NULL;
    struct gwc_kube_error error;
    if (gwc_kube_call(deploy->kube, deploy->arena, "GET", path, NULL, NULL, &pod, &error) < 0) {
        if (error.status == GWC_STATUS_NOT_FOUND)
            return 0;
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error.message);
    }
    if (!has_gate(pod))
        return 0;
    json_t *condition = gate_condition(pod);
    if (lat_text_eq(lat_json_string_at(condition, "status", NULL), "True"))
        return 0;
    struct readiness readiness = readiness_of(listed, target);
    fill_condition(deploy, condition, &readiness);
    *ret_requeue = *ret_requeue || readiness.is_requeued;
    path = lat_arena_printf(deploy->arena, "%s/status", path);
    LAT_AUTO(lat_json_decrefp) json_t *answer = NULL;
    if (gwc_kube_call(deploy->kube, deploy->arena, "PUT", path, "application/json", pod, &answer,
                      &error) < 0)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error.message);
    return 0;
}

static int update_pods(struct gwc_deploy *deploy, const struct gwc_target_group *group,
                       bool *ret_requeue, struct gwc_model_error *ret_error)
{
    struct lat_list listed = {0};
    bool is_listed = false;
    for (size_t i = 0; i < group->target_count; i++) {
        const struct gwc_target *target = &group->targets[i];
        if (target->ready || target->pod_name == NULL)
            continue;
        struct gwc_aws_error error;
        if (!is_listed && list(deploy->aws, deploy->arena, group->id, &listed, &error) < 0)
            return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error.text);
        is_listed = true;
        if (update_pod(deploy, &listed, target, ret_requeue, ret_error) < 0)
            return -1;
    }
    return 0;
}

int gwc_deploy_readiness(struct gwc_deploy *deploy, struct gwc_model_error *ret_error)
{
    bool is_requeued = false;
    if (deploy->kube == NULL)
        return 0;
    for (size_t i = 0; i < deploy->stack->target_group_count; i++) {
        const struct gwc_target_group *group = &deploy->stack->target_groups[i];
        if (group->has_targets && update_pods(deploy, group, &is_requeued, ret_error) < 0)
            return -1;
    }
    if (!is_requeued)
        return 0;
    return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_LATTICE_RETRY,
                          "target status still in pending");
}
