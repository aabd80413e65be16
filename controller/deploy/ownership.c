/* Whether this controller may change a service, by its tags: claims an untagged one, takes one over
 * where the route names its owner, and refuses otherwise. Source: controller-routes reference 5.1
 * and 5.2 (observed). */
#include "common/base/text.h"
#include "controller/deploy/deploy_int.h"
#include "controller/model/keys.h"

static int write(struct gwc_deploy *deploy, const char *arn, const struct gwc_tags *tags,
                 struct gwc_model_error *ret_error)
{
    struct gwc_aws_error error;
    if (gwc_tagging_write(deploy->tagging, deploy->arena, arn, tags, &error) == 0)
        return 0;
    return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error.text);
}

static int conflict_of_owner(struct gwc_deploy *deploy, const char *arn,
                             struct gwc_model_error *ret_error)
{
    const struct gwc_service *service = &deploy->stack->service;
    return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OWNERSHIP_CONFLICT,
                          "service %s/%s had a conflict: Found existing resource not owned by "
                          "controller: %s",
                          service->route_namespace, service->route_name, arn);
}

/* Name and namespace are in the other order than in conflict_of_owner: so are the reference's
 * texts. */
static int conflict_of_route(struct gwc_deploy *deploy, const char *arn,
                             struct gwc_model_error *ret_error)
{
    const struct gwc_service *service = &deploy->stack->service;
    return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OWNERSHIP_CONFLICT,
                          "service %s/%s had a conflict: Found existing resource with conflicting "
                          "service name: %s",
                          service->route_name, service->route_namespace, arn);
}

static int take_over(struct gwc_deploy *deploy, const char *arn, const char *owner,
                     struct gwc_model_error *ret_error)
{
    struct gwc_tags managed = gwc_deploy_managed_by(deploy);
    struct gwc_aws_error error;
    if (gwc_tagging_write(deploy->tagging, deploy->arena, arn, &managed, &error) == 0)
        return 0;
    return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER,
                          "failed to takeover service %s from %s to %s: %s",
                          deploy->stack->service.name, owner, deploy->config->managed_by,
                          error.text);
}

/* The route tags of an owned service: written when there are none, else they must be this route's.
 */
static int check_route(struct gwc_deploy *deploy, const char *arn, const struct gwc_tags *tags,
                       struct gwc_model_error *ret_error)
{
    const struct gwc_service *service = &deploy->stack->service;
    const char *name = gwc_tags_value(tags, GWC_TAG_ROUTE_NAME);
    const char *namespace_name = gwc_tags_value(tags, GWC_TAG_ROUTE_NAMESPACE);
    const char *type = gwc_route_facts[service->route_kind].route_type;
    if (lat_text_is_empty(name) && lat_text_is_empty(namespace_name)) {
        struct gwc_tags own = gwc_deploy_route_tags(deploy);
        return write(deploy, arn, &own, ret_error);
    }
    if (lat_text_eq(name, service->route_name) &&
        lat_text_eq(namespace_name, service->route_namespace) &&
        lat_text_eq(gwc_tags_value(tags, GWC_TAG_ROUTE_TYPE), type))
        return 0;
    return conflict_of_route(deploy, arn, ret_error);
}

int gwc_deploy_own_service(struct gwc_deploy *deploy, const char *arn,
                           struct gwc_model_error *ret_error)
{
    const struct gwc_service *service = &deploy->stack->service;
    struct gwc_tags tags = {0};
    struct gwc_aws_error error;
    if (gwc_tagging_read(deploy->tagging, deploy->arena, arn, &tags, &error) < 0)
        return gwc_model_fail(deploy->arena, ret_error, GWC_ERROR_OTHER, "%s", error.text);
    const char *owner = lat_text_or_empty(gwc_tags_value(&tags, GWC_TAG_MANAGED_BY));
    bool is_own = lat_text_eq(owner, deploy->config->managed_by);
    /* A deleted route claims nothing and takes nothing over: what is not its own already stays. */
    if (!is_own && deploy->stack->is_deleted)
        return conflict_of_owner(deploy, arn, ret_error);
    if (owner[0] == '\0') {
        struct gwc_tags managed = gwc_deploy_managed_by(deploy);
        if (write(deploy, arn, &managed, ret_error) < 0)
            return -1;
    } else if (!is_own) {
        if (!lat_text_is_empty(service->allow_takeover_from) &&
            lat_text_eq(service->allow_takeover_from, owner))
            return take_over(deploy, arn, owner, ret_error);
        return conflict_of_owner(deploy, arn, ret_error);
    }
    return check_route(deploy, arn, &tags, ret_error);
}
