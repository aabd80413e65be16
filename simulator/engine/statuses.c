/* Which statuses each kind passes through, as the API model has them; see lifecycle.h. */
#include "common/aws/arn.h"
#include "common/base/text.h"
#include "simulator/engine/lifecycle.h"

/* The kinds that pass through statuses, and the statuses that they have. */
static const struct {
    enum lat_resource_kind_id kind;
    enum lat_shape_id statuses;
} asynchronous[] = {
    {LAT_RESOURCE_SERVICE, LAT_SHAPE_SERVICE_STATUS},
    {LAT_RESOURCE_TARGET_GROUP, LAT_SHAPE_TARGET_GROUP_STATUS},
    {LAT_RESOURCE_SERVICE_ASSOCIATION, LAT_SHAPE_SERVICE_NETWORK_SERVICE_ASSOCIATION_STATUS},
    {LAT_RESOURCE_VPC_ASSOCIATION, LAT_SHAPE_SERVICE_NETWORK_VPC_ASSOCIATION_STATUS},
    {LAT_RESOURCE_ASSOCIATION, LAT_SHAPE_SERVICE_NETWORK_RESOURCE_ASSOCIATION_STATUS},
    {LAT_RESOURCE_GATEWAY, LAT_SHAPE_RESOURCE_GATEWAY_STATUS},
    {LAT_RESOURCE_CONFIGURATION, LAT_SHAPE_RESOURCE_CONFIGURATION_STATUS},
    {LAT_RESOURCE_DOMAIN_VERIFICATION, LAT_SHAPE_VERIFICATION_STATUS},
};

const struct lat_shape *sim_statuses_of(const char *kind)
{
    for (size_t i = 0; i < LAT_COUNT(asynchronous); i++)
        if (lat_text_eq(lat_resource_kinds[asynchronous[i].kind].arn_part, kind))
            return &lat_shapes[asynchronous[i].statuses];
    return NULL;
}

bool sim_is_word_of(const struct lat_shape *shape, const char *text)
{
    for (size_t i = 0; i < shape->word_count; i++)
        if (lat_text_eq(shape->words[i], text))
            return true;
    return false;
}

bool sim_can_fail_with(const char *kind, const char *status)
{
    const struct lat_shape *statuses = sim_statuses_of(kind);
    return statuses != NULL && sim_is_word_of(statuses, status) &&
           (lat_text_has_suffix(status, "_FAILED") ||
            lat_text_eq(status, LAT_VERIFICATION_STATUS_VERIFICATION_TIMED_OUT));
}
