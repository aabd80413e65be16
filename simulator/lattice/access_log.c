/* Access log subscriptions: one per source, type of destination and, for networks, kind of traffic.
 * A subscription is a child of its source and goes with it. Source: lattice-api reference D.11. */
#include "common/base/text.h"
#include "simulator/engine/family.h"
#include "simulator/engine/outside.h"
#include "simulator/lattice/handlers.h"
#include "simulator/lattice/shapes.h"

#include <string.h>

/* Where logs can go, by the service word of a destination's ARN. */
static const struct destination {
    const char *service;
    enum sim_outside_kind kind;
} destinations[] = {
    {"logs", SIM_OUTSIDE_LOG_GROUP},
    {"firehose", SIM_OUTSIDE_DELIVERY_STREAM},
    {"s3", SIM_OUTSIDE_BUCKET},
};

static int find_destination(struct sim_call *call, const char *arn, const struct destination **ret)
{
    const char *service = arn + strlen("arn:");
    service += strcspn(service, ":"); /* behind the partition; the model's pattern holds the form */
    size_t length = *service == '\0' ? 0 : strcspn(service + 1, ":");
    for (size_t i = 0; i < LAT_COUNT(destinations); i++)
        if (strlen(destinations[i].service) == length &&
            strncmp(destinations[i].service, service + 1, length) == 0) {
            *ret = &destinations[i];
            return 0;
        }
    return sim_refuse(call, SIM_RULE_LOG_DESTINATION,
                      (struct sim_about){.field = "destinationArn"});
}

/* The ARN under which a destination is told: that of a log group ends in ":*", also when it was
 * given without (observed: acceptance tests of the Terraform provider). */
static const char *told_arn(struct sim_call *call, const struct destination *destination,
                            const char *arn)
{
    if (destination->kind != SIM_OUTSIDE_LOG_GROUP)
        return arn;
    return lat_arena_printf(call->arena, "%s" SIM_OUTSIDE_LOG_STREAMS,
                            sim_outside_reference(call->arena, destination->kind, arn));
}

/* Only a service network has two kinds of traffic; SERVICE unless said (observed: Terraform
 * provider). */
static int log_type(struct sim_call *call, enum lat_resource_kind_id kind, const char *given,
                    const char **ret_type)
{
    if (kind != LAT_RESOURCE_SERVICE_NETWORK && given != NULL)
        return sim_refuse(call, SIM_RULE_MEMBER_NOT_ALLOWED,
                          (struct sim_about){.name = "sources other than service networks",
                                             .field = "serviceNetworkLogType"});
    *ret_type = given != NULL                          ? given
                : kind == LAT_RESOURCE_SERVICE_NETWORK ? LAT_SERVICE_NETWORK_LOG_TYPE_SERVICE
                                                       : NULL;
    return 0;
}

static int show(struct sim_call *call, const void *row, void *ret_view)
{
    const struct sim_access_log_subscription *subscription = row;
    struct lat_get_access_log_subscription_response *view = ret_view;
    void *found = NULL;
    if (sim_resource_get(call, &sim_resource_table, subscription->source, &found) < 0)
        return -1;
    const struct sim_resource *source = found;
    *view = (struct lat_get_access_log_subscription_response){
        .id = subscription->resource.id,
        .arn = subscription->resource.arn,
        .resource_id = source->id,
        .resource_arn = source->arn,
        .destination_arn = subscription->destination_arn,
        .service_network_log_type = subscription->log_type,
        .created_at = LAT_INT(subscription->resource.created_ms),
        .last_updated_at = LAT_INT(subscription->resource.updated_ms),
    };
    return 0;
}

static const struct sim_family family = {
    .kind = LAT_RESOURCE_ACCESS_LOG_SUBSCRIPTION,
    .table = &sim_access_log_subscription_table,
    .view = LAT_SHAPE_GET_ACCESS_LOG_SUBSCRIPTION_RESPONSE,
    .summary = LAT_SHAPE_ACCESS_LOG_SUBSCRIPTION_SUMMARY,
    .show = show,
};

int sim_create_access_log_subscription(struct sim_call *call, const void *input, void *output)
{
    const struct lat_create_access_log_subscription_request *in = input;
    struct sim_access_log_subscription subscription = {0};
    const struct destination *destination = NULL;
    enum lat_resource_kind_id kind = LAT_RESOURCE_SERVICE;
    struct sim_resource *source = NULL;
    if (find_destination(call, in->destination_arn, &destination) < 0 ||
        sim_subject_find(call, in->resource_identifier, &kind, &source) < 0 ||
        sim_resource_require_usable(call, kind, source) < 0 ||
        log_type(call, kind, in->service_network_log_type, &subscription.log_type) < 0 ||
        sim_outside_require(call, destination->kind, in->destination_arn) < 0)
        return -1;
    subscription.destination_type = destination->service;
    subscription.destination_arn = told_arn(call, destination, in->destination_arn);
    sim_resource_init(call, LAT_RESOURCE_ACCESS_LOG_SUBSCRIPTION, NULL, NULL, -1 /* no status */,
                      &subscription.resource);
    subscription.source = subscription.resource.parent = source->seq;
    struct sim_about about = {.kind = LAT_RESOURCE_ACCESS_LOG_SUBSCRIPTION,
                              .id = source->id,
                              .name = source->id,
                              .detail = subscription.destination_type};
    if (sim_resource_insert(call, &sim_access_log_subscription_table, &subscription, in->tags,
                            about) < 0)
        return -1;
    return sim_family_answer(call, &family, &subscription, output);
}

static int find(struct sim_call *call, const char *identifier,
                struct sim_access_log_subscription **ret)
{
    void *row = NULL;
    if (sim_family_find(call, &family, identifier, &row) < 0)
        return -1;
    *ret = row;
    return 0;
}

int sim_get_access_log_subscription(struct sim_call *call, const void *input, void *output)
{
    const struct lat_get_access_log_subscription_request *in = input;
    struct sim_access_log_subscription *subscription = NULL;
    if (find(call, in->access_log_subscription_identifier, &subscription) < 0)
        return -1;
    return sim_family_answer(call, &family, subscription, output);
}

/* A source that does not exist has no subscriptions: the operation declares no not-found error
 * (model). */
int sim_list_access_log_subscriptions(struct sim_call *call, const void *input, void *output)
{
    const struct lat_list_access_log_subscriptions_request *in = input;
    return sim_family_list(call, &family, input,
                           "JOIN resource s ON s.seq = t.source "
                           "WHERE r.account = ?3 AND r.region = ?4 AND (s.id = ?5 OR s.arn = ?5) "
                           "AND r.seq > ?1 ORDER BY r.seq LIMIT ?2",
                           SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region),
                                      sim_text(in->resource_identifier)),
                           output);
}

/* The type of the destination cannot change (observed: clients make a new subscription then). */
int sim_update_access_log_subscription(struct sim_call *call, const void *input, void *output)
{
    const struct lat_update_access_log_subscription_request *in = input;
    struct sim_access_log_subscription *subscription = NULL;
    const struct destination *destination = NULL;
    if (find_destination(call, in->destination_arn, &destination) < 0 ||
        find(call, in->access_log_subscription_identifier, &subscription) < 0 ||
        sim_outside_require(call, destination->kind, in->destination_arn) < 0)
        return -1;
    if (!lat_text_eq(destination->service, subscription->destination_type))
        return sim_refuse(call, SIM_RULE_LOG_DESTINATION_TYPE_FIXED,
                          (struct sim_about){.kind = LAT_RESOURCE_ACCESS_LOG_SUBSCRIPTION,
                                             .id = subscription->resource.id,
                                             .name = subscription->destination_type,
                                             .detail = destination->service});
    subscription->destination_arn = told_arn(call, destination, in->destination_arn);
    if (sim_resource_update(call, &sim_access_log_subscription_table, subscription) < 0)
        return -1;
    return sim_family_answer(call, &family, subscription, output);
}

int sim_delete_access_log_subscription(struct sim_call *call, const void *input, void *output)
{
    const struct lat_delete_access_log_subscription_request *in = input;
    struct sim_access_log_subscription *subscription = NULL;
    (void)output; /* 204 */
    if (find(call, in->access_log_subscription_identifier, &subscription) < 0)
        return -1;
    return sim_resource_delete(call, &subscription->resource);
}
