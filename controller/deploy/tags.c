/* Tags as the deploy steps need them; see deploy_int.h. */
#include "common/base/text.h"
#include "controller/deploy/deploy_int.h"
#include "controller/model/keys.h"

struct gwc_tags gwc_deploy_managed_by(struct gwc_deploy *deploy)
{
    struct gwc_tags tags = {0};
    gwc_tags_add(deploy->arena, &tags, GWC_TAG_MANAGED_BY, deploy->config->managed_by);
    return tags;
}

struct gwc_tags gwc_deploy_takeover_tags(struct gwc_deploy *deploy)
{
    if (lat_text_is_empty(deploy->stack->service.allow_takeover_from))
        return (struct gwc_tags){0};
    return gwc_deploy_managed_by(deploy);
}

struct lat_list gwc_deploy_tags(struct gwc_deploy *deploy, const struct gwc_tags *own)
{
    struct gwc_tags tags = gwc_tags_merge(deploy->arena, own, &deploy->stack->additional_tags);
    struct lat_entry *entries = LAT_NEW_ARRAY(deploy->arena, struct lat_entry, tags.count);
    for (size_t i = 0; i < tags.count; i++)
        entries[i] = (struct lat_entry){tags.items[i].key, tags.items[i].value};
    return LAT_LIST(entries, tags.count);
}

int gwc_deploy_sync_tags(struct gwc_deploy *deploy, const char *arn, const struct gwc_tags *managed,
                         struct gwc_model_error *ret_error)
{
    struct gwc_aws_error error;
    if (gwc_tagging_sync(deploy->tagging, deploy->arena, arn, &deploy->stack->additional_tags,
                         managed, &error) == 0)
        return 0;
    return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error.text);
}

struct gwc_tags gwc_deploy_route_tags(struct gwc_deploy *deploy)
{
    const struct gwc_service *service = &deploy->stack->service;
    struct gwc_tags tags = {0};
    gwc_tags_add(deploy->arena, &tags, GWC_TAG_ROUTE_NAME, service->route_name);
    gwc_tags_add(deploy->arena, &tags, GWC_TAG_ROUTE_NAMESPACE, service->route_namespace);
    gwc_tags_add(deploy->arena, &tags, GWC_TAG_ROUTE_TYPE,
                 gwc_route_facts[service->route_kind].route_type);
    return tags;
}
