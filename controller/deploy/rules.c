/* Rules: each wanted match gets one, in order and stopping at the first failure; then rules nobody
 * wants go; then priorities are put right, all of a listener at once. The default rule is never
 * touched. Source: controller-routes reference 4.7 (observed). */
#include "common/base/text.h"
#include "controller/deploy/deploy_int.h"

/* A rule that the listener has. */
struct present_rule {
    const char *id;
    const char *arn;
    bool is_default;
    int64_t priority;
    const struct lat_rule_match *match;
    const struct lat_rule_action *action;
};

/* The rules of one listener, read once and kept up with what is changed here. */
struct rule_set {
    const char *listener_id;
    struct present_rule *rules;
    size_t count;
};

static int fail(struct gwc_deploy *deploy, const struct gwc_aws_error *error,
                struct gwc_model_error *ret_error)
{
    return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error->text);
}

static int read_rules(struct gwc_deploy *deploy, const char *listener_id, struct rule_set *ret_set,
                      struct gwc_model_error *ret_error)
{
    const char *service_id = deploy->stack->service.id;
    struct rule_set set = {.listener_id = listener_id};
    const struct lat_list_rules_request input = {.service_identifier = service_id,
                                                 .listener_identifier = listener_id};
    struct gwc_aws_error error;
    struct lat_list items;
    if (gwc_aws_list(deploy->aws, deploy->arena, LAT_OP_LIST_RULES, &input, &items, &error) < 0)
        return fail(deploy, &error, ret_error);
    const struct lat_rule_summary *summaries = items.items;
    for (size_t i = 0; i < items.count; i++) {
        const struct lat_get_rule_request request = {.service_identifier = service_id,
                                                     .listener_identifier = listener_id,
                                                     .rule_identifier = summaries[i].id};
        const void *output = NULL;
        if (gwc_aws_call(deploy->aws, deploy->arena, LAT_OP_GET_RULE, &request, &output, &error) <
            0)
            return fail(deploy, &error, ret_error);
        const struct lat_get_rule_response *rule = output;
        *LAT_ARENA_PUSH(deploy->arena, set.rules, set.count) = (struct present_rule){
            .id = rule->id,
            .arn = rule->arn,
            .is_default = rule->is_default.value,
            .priority = rule->priority.value,
            .match = rule->match,
            .action = rule->action,
        };
    }
    *ret_set = set;
    return 0;
}

int64_t gwc_free_priority(const int64_t *taken, size_t count)
{
    bool is_taken[GWC_PRIORITY_MAX + 1] = {false};
    for (size_t i = 0; i < count; i++)
        if (taken[i] >= 1 && taken[i] <= GWC_PRIORITY_MAX)
            is_taken[taken[i]] = true;
    for (int64_t priority = 1; priority <= GWC_PRIORITY_MAX; priority++)
        if (!is_taken[priority])
            return priority;
    return 0;
}

static int64_t free_priority(struct lat_arena *arena, const struct rule_set *set)
{
    int64_t *taken = LAT_NEW_ARRAY(arena, int64_t, set->count);
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++)
        if (!set->rules[i].is_default)
            taken[count++] = set->rules[i].priority;
    return gwc_free_priority(taken, count);
}

static int create(struct gwc_deploy *deploy, struct rule_set *set, struct gwc_rule *wanted,
                  const struct lat_rule_action *action, struct gwc_model_error *ret_error)
{
    int64_t priority = free_priority(deploy->arena, set);
    if (priority == 0)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "no available priorities");
    struct gwc_tags managed = gwc_deploy_managed_by(deploy);
    const struct lat_create_rule_request input = {
        .service_identifier = deploy->stack->service.id,
        .listener_identifier = set->listener_id,
        .name = lat_arena_printf(deploy->arena, "k8s-%lld-rule-%lld",
                                 (long long)(lat_clock_now_ms(deploy->clock) / 1000),
                                 (long long)wanted->priority),
        .match = wanted->match,
        .action = action,
        .priority = LAT_INT(priority),
        .tags = gwc_deploy_tags(deploy, &managed),
    };
    const void *output = NULL;
    struct gwc_aws_error error;
    if (gwc_aws_call(deploy->aws, deploy->arena, LAT_OP_CREATE_RULE, &input, &output, &error) < 0)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER,
                              "failed CreateRule %s, %s due to %s", set->listener_id,
                              deploy->stack->service.id, error.text);
    const struct lat_create_rule_response *created = output;
    wanted->id = created->id;
    wanted->reported_priority = created->priority.has ? created->priority.value : priority;
    *LAT_ARENA_PUSH(deploy->arena, set->rules, set->count) = (struct present_rule){
        .id = created->id,
        .arn = created->arn,
        .priority = wanted->reported_priority,
        .match = wanted->match,
        .action = action,
    };
    return 0;
}

static int update(struct gwc_deploy *deploy, const struct rule_set *set,
                  struct present_rule *present, struct gwc_rule *wanted,
                  const struct lat_rule_action *action, struct gwc_model_error *ret_error)
{
    wanted->id = present->id;
    wanted->reported_priority = present->priority;
    struct gwc_tags takeover = gwc_deploy_takeover_tags(deploy);
    if (gwc_deploy_sync_tags(deploy, present->arn, &takeover, ret_error) < 0)
        return -1;
    if (gwc_action_is_equal(present->action, action))
        return 0;
    const struct lat_update_rule_request input = {
        .service_identifier = deploy->stack->service.id,
        .listener_identifier = set->listener_id,
        .rule_identifier = present->id,
        .match = wanted->match,
        .action = action,
        .priority = LAT_INT(present->priority),
    };
    struct gwc_aws_error error;
    if (gwc_aws_call(deploy->aws, deploy->arena, LAT_OP_UPDATE_RULE, &input, NULL, &error) < 0)
        return fail(deploy, &error, ret_error);
    present->action = action;
    return 0;
}

static int upsert(struct gwc_deploy *deploy, struct rule_set *set, struct gwc_rule *wanted,
                  const struct lat_rule_action *action, struct gwc_model_error *ret_error)
{
    for (size_t i = 0; i < set->count; i++)
        if (!set->rules[i].is_default && gwc_match_is_equal(set->rules[i].match, wanted->match))
            return update(deploy, set, &set->rules[i], wanted, action, ret_error);
    return create(deploy, set, wanted, action, ret_error);
}

static int upsert_all(struct gwc_deploy *deploy, struct gwc_listener *listener,
                      struct rule_set *ret_set, struct gwc_model_error *ret_error)
{
    struct rule_set set = {0};
    for (size_t i = 0; i < listener->rule_count; i++) {
        struct gwc_rule *wanted = &listener->rules[i];
        struct lat_rule_action *action = LAT_NEW(deploy->arena, struct lat_rule_action);
        const char *what =
            lat_arena_printf(deploy->arena, "rule %lld", (long long)wanted->priority);
        size_t backend_count = 0;
        if (gwc_deploy_action(deploy, &wanted->backends, what, action, &backend_count, ret_error) <
            0)
            return -1;
        struct gwc_model_error error;
        int result = i > 0 ? 0 : read_rules(deploy, listener->id, &set, &error);
        if (result == 0)
            result = upsert(deploy, &set, wanted, action, &error);
        if (result < 0)
            return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER,
                                  "failed RuleManager.Upsert due to %s", error.text);
    }
    *ret_set = set;
    return 0;
}

static bool is_wanted(const struct gwc_listener *listener, const char *rule_id)
{
    for (size_t i = 0; i < listener->rule_count; i++)
        if (lat_text_eq(listener->rules[i].id, rule_id))
            return true;
    return false;
}

/* All stale rules are attempted; NULL, or what went wrong. */
static const char *delete_stale(struct gwc_deploy *deploy, const struct gwc_listener *listener,
                                const struct rule_set *set)
{
    const char *problems = NULL;
    for (size_t i = 0; i < set->count; i++) {
        if (set->rules[i].is_default || is_wanted(listener, set->rules[i].id))
            continue;
        const struct lat_delete_rule_request input = {
            .service_identifier = deploy->stack->service.id,
            .listener_identifier = set->listener_id,
            .rule_identifier = set->rules[i].id,
        };
        struct gwc_aws_error error;
        if (gwc_aws_call(deploy->aws, deploy->arena, LAT_OP_DELETE_RULE, &input, NULL, &error) < 0)
            problems = lat_arena_printf(deploy->arena, "%s%sfailed RuleManager.Delete due to %s",
                                        lat_text_or_empty(problems), problems == NULL ? "" : "\n",
                                        error.text);
    }
    return problems;
}

/* One call with all rules of the listener as soon as one priority differs. */
static int update_priorities(struct gwc_deploy *deploy, const struct gwc_listener *listener,
                             struct gwc_model_error *ret_error)
{
    bool differs = false;
    struct lat_rule_update *updates =
        LAT_NEW_ARRAY(deploy->arena, struct lat_rule_update, listener->rule_count);
    for (size_t i = 0; i < listener->rule_count; i++) {
        const struct gwc_rule *rule = &listener->rules[i];
        differs = differs || rule->priority != rule->reported_priority;
        updates[i] = (struct lat_rule_update){.rule_identifier = rule->id,
                                              .priority = LAT_INT(rule->priority)};
    }
    if (!differs)
        return 0;
    const struct lat_batch_update_rule_request input = {
        .service_identifier = deploy->stack->service.id,
        .listener_identifier = listener->id,
        .rules = LAT_LIST(updates, listener->rule_count),
    };
    struct gwc_aws_error error;
    if (gwc_aws_call(deploy->aws, deploy->arena, LAT_OP_BATCH_UPDATE_RULE, &input, NULL, &error) <
        0)
        return fail(deploy, &error, ret_error);
    return 0;
}

int gwc_deploy_rules(struct gwc_deploy *deploy, struct gwc_model_error *ret_error)
{
    struct gwc_stack *stack = deploy->stack;
    struct rule_set *sets = LAT_NEW_ARRAY(deploy->arena, struct rule_set, stack->listener_count);
    for (size_t i = 0; i < stack->listener_count; i++)
        if (upsert_all(deploy, &stack->listeners[i], &sets[i], ret_error) < 0)
            return -1;
    const char *problems = NULL;
    for (size_t i = 0; i < stack->listener_count; i++) {
        const char *problem = delete_stale(deploy, &stack->listeners[i], &sets[i]);
        if (problem != NULL)
            problems = problems == NULL
                           ? problem
                           : lat_arena_printf(deploy->arena, "%s\n%s", problems, problem);
    }
    if (problems != NULL)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", problems);
    for (size_t i = 0; i < stack->listener_count; i++)
        if (update_priorities(deploy, &stack->listeners[i], ret_error) < 0)
            return -1;
    return 0;
}
