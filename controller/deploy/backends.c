/* From backends to an action: which target groups, with which weights. Imports are looked up here,
 * by the tags of the cluster that exported them. Source: controller-routes reference 3.5 and 3.5.1
 * (observed). */
#include "common/base/text.h"
#include "controller/deploy/deploy_int.h"
#include "controller/model/keys.h"

#define NO_BACKEND_STATUS 500

static bool is_match(const struct gwc_backend *backend, const struct gwc_tags *tags,
                     const char *vpc_id)
{
    if (!lat_text_eq(gwc_tags_value(tags, GWC_TAG_SOURCE_TYPE), "ServiceExport") ||
        !lat_text_eq(gwc_tags_value(tags, GWC_TAG_SERVICE_NAME), backend->import_service) ||
        !lat_text_eq(gwc_tags_value(tags, GWC_TAG_SERVICE_NAMESPACE), backend->import_namespace))
        return false;
    if (!lat_text_is_empty(backend->import_cluster) &&
        !lat_text_eq(gwc_tags_value(tags, GWC_TAG_CLUSTER_NAME), backend->import_cluster))
        return false;
    return lat_text_is_empty(backend->import_vpc) || lat_text_eq(vpc_id, backend->import_vpc);
}

/* The first target group in list order that carries the tags of the import. */
static int find_import(struct gwc_deploy *deploy, const struct gwc_backend *backend,
                       const char **ret_id, struct gwc_model_error *ret_error)
{
    const struct lat_list_target_groups_request input = {0};
    struct gwc_aws_error error;
    struct lat_list items;
    if (gwc_aws_list(deploy->aws, deploy->arena, LAT_OP_LIST_TARGET_GROUPS, &input, &items,
                     &error) < 0)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error.text);
    const struct lat_target_group_summary *groups = items.items;
    struct gwc_tagged *tagged = LAT_NEW_ARRAY(deploy->arena, struct gwc_tagged, items.count);
    for (size_t i = 0; i < items.count; i++)
        tagged[i].arn = groups[i].arn;
    if (gwc_tagging_read_all(deploy->tagging, deploy->arena, tagged, items.count, &error) < 0)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error.text);
    for (size_t i = 0; i < items.count; i++) {
        if (!is_match(backend, &tagged[i].tags, groups[i].vpc_identifier))
            continue;
        *ret_id = groups[i].id;
        return 0;
    }
    return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER,
                          "target group for service import could not be found");
}

static int resolve(struct gwc_deploy *deploy, const struct gwc_backend *backend,
                   const char **ret_id, struct gwc_model_error *ret_error)
{
    switch (backend->kind) {
    case GWC_BACKEND_SERVICE:
        *ret_id = deploy->stack->target_groups[backend->target_group].id;
        return 0;
    case GWC_BACKEND_EXTERNAL:
        *ret_id = backend->external_id;
        return 0;
    case GWC_BACKEND_IMPORT:
        return find_import(deploy, backend, ret_id, ret_error);
    case GWC_BACKEND_INVALID:
    case GWC_BACKEND_KIND_COUNT:
        break;
    }
    *ret_id = NULL;
    return 0;
}

int gwc_deploy_action(struct gwc_deploy *deploy, const struct gwc_backends *backends,
                      const char *what, struct lat_rule_action *ret_action, size_t *ret_count,
                      struct gwc_model_error *ret_error)
{
    struct lat_weighted_target_group *groups =
        LAT_NEW_ARRAY(deploy->arena, struct lat_weighted_target_group, backends->count);
    size_t count = 0;
    for (size_t i = 0; i < backends->count; i++) {
        const struct gwc_backend *backend = &backends->items[i];
        if (backend->kind == GWC_BACKEND_INVALID)
            continue;
        const char *id = NULL;
        if (resolve(deploy, backend, &id, ret_error) < 0)
            return -1;
        if (lat_text_is_empty(id))
            return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER,
                                  "%s action %zu is missing lattice target group id", what, i);
        groups[count++] = (struct lat_weighted_target_group){.target_group_identifier = id,
                                                             .weight = LAT_INT(backend->weight)};
    }
    *ret_count = count;
    if (count == 0) {
        struct lat_fixed_response_action *fixed =
            LAT_NEW(deploy->arena, struct lat_fixed_response_action);
        fixed->status_code = LAT_INT(NO_BACKEND_STATUS);
        *ret_action = (struct lat_rule_action){.fixed_response = fixed};
        return 0;
    }
    struct lat_forward_action *forward = LAT_NEW(deploy->arena, struct lat_forward_action);
    forward->target_groups = LAT_LIST(groups, count);
    *ret_action = (struct lat_rule_action){.forward = forward};
    return 0;
}
