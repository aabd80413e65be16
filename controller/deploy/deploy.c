/* The order of a deploy; see deploy.h. Only some steps keep the class of their error: the others
 * flatten it to text, so that a timed retry can come only from those. Source: controller-routes
 * reference 4.1 (observed). */
#include "controller/deploy/deploy.h"

#include "controller/deploy/deploy_int.h"

struct step {
    int (*run)(struct gwc_deploy *deploy, struct gwc_model_error *ret_error);
    const char *prefix;
    bool keeps_class;
};

static const struct step upsert_steps[] = {
    {gwc_deploy_target_groups, "error during tg synthesis ", true},
    {gwc_deploy_targets, "error during target synthesis ", false},
    {gwc_deploy_service, "error during service synthesis ", true},
    {gwc_deploy_listeners, "error during listener synthesis ", false},
    {gwc_deploy_rules, "error during rule synthesis ", false},
    {gwc_deploy_readiness, "error during target post synthesis ", true},
};

/* Target groups of a deleted route are left to garbage collection, listeners and rules go with the
 * service. */
static const struct step delete_steps[] = {
    {gwc_deploy_service_delete, "error during service synthesis ", true},
};

int gwc_deploy_stack(struct gwc_deploy *deploy, struct gwc_model_error *ret_error)
{
    if (deploy->stack->is_empty)
        return 0;
    const struct step *steps = upsert_steps;
    size_t count = LAT_COUNT(upsert_steps);
    if (deploy->stack->is_deleted) {
        steps = delete_steps;
        count = LAT_COUNT(delete_steps);
    }
    for (size_t i = 0; i < count; i++) {
        struct gwc_model_error error;
        if (steps[i].run(deploy, &error) == 0)
            continue;
        gwc_model_fail_prefix(deploy->arena, &error, steps[i].prefix);
        if (!steps[i].keeps_class)
            error.error_class = GWC_ERROR_OTHER;
        *ret_error = error;
        return -1;
    }
    return 0;
}
