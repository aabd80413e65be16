/* Kinds, ids and ARNs; see arn.h. */
#include "common/aws/arn.h"

#include "common/base/text.h"

#include <string.h>

const struct lat_resource_kind lat_resource_kinds[LAT_RESOURCE_COUNT] = {
    {LAT_RESOURCE_SERVICE, "svc-", "service", "Service", "SERVICE"},
    {LAT_RESOURCE_SERVICE_NETWORK, "sn-", "servicenetwork", "ServiceNetwork", "SERVICE_NETWORK"},
    {LAT_RESOURCE_LISTENER, "listener-", "listener", "Listener", "LISTENER"},
    {LAT_RESOURCE_RULE, "rule-", "rule", "Rule", "RULE"},
    {LAT_RESOURCE_TARGET_GROUP, "tg-", "targetgroup", "TargetGroup", "TARGET_GROUP"},
    {LAT_RESOURCE_SERVICE_ASSOCIATION, "snsa-", "servicenetworkserviceassociation",
     "ServiceNetworkServiceAssociation", "SERVICE_NETWORK_SERVICE_ASSOCIATION"},
    {LAT_RESOURCE_VPC_ASSOCIATION, "snva-", "servicenetworkvpcassociation",
     "ServiceNetworkVpcAssociation", "SERVICE_NETWORK_VPC_ASSOCIATION"},
    {LAT_RESOURCE_ASSOCIATION, "snra-", "servicenetworkresourceassociation",
     "ServiceNetworkResourceAssociation", "SERVICE_NETWORK_RESOURCE_ASSOCIATION"},
    {LAT_RESOURCE_ACCESS_LOG_SUBSCRIPTION, "als-", "accesslogsubscription", "AccessLogSubscription",
     "ACCESS_LOG_SUBSCRIPTION"},
    {LAT_RESOURCE_GATEWAY, "rgw-", "resourcegateway", "ResourceGateway", "RESOURCE_GATEWAY"},
    {LAT_RESOURCE_CONFIGURATION, "rcfg-", "resourceconfiguration", "ResourceConfiguration",
     "RESOURCE_CONFIGURATION"},
    {LAT_RESOURCE_ENDPOINT_ASSOCIATION, "rea-", "resourceendpointassociation",
     "ResourceEndpointAssociation", "RESOURCE_ENDPOINT_ASSOCIATION"},
    {LAT_RESOURCE_DOMAIN_VERIFICATION, "dv-", "domainverification", "DomainVerification",
     "DOMAIN_VERIFICATION"},
};

const struct lat_resource_kind *lat_resource_kind_by_arn_part(const char *arn_part)
{
    for (size_t i = 0; i < LAT_RESOURCE_COUNT; i++)
        if (lat_text_eq(lat_resource_kinds[i].arn_part, arn_part))
            return &lat_resource_kinds[i];
    return NULL;
}

static const struct lat_resource_kind *kind_by_id(const char *id)
{
    for (size_t i = 0; i < LAT_RESOURCE_COUNT; i++)
        if (lat_text_has_prefix(id, lat_resource_kinds[i].id_prefix))
            return &lat_resource_kinds[i];
    return NULL;
}

const char *lat_arn_resource(const char *arn)
{
    if (!lat_text_has_prefix(arn, "arn:"))
        return NULL;
    const char *at = arn;
    for (int colon = 0; colon < 5; colon++) {
        at = strchr(at, ':');
        if (at == NULL)
            return NULL;
        at++;
    }
    return at;
}

/* The text up to the next separator; moves *cursor behind it (to NULL at the end). */
static char *next_part(struct lat_arena *arena, const char **cursor, char separator)
{
    const char *start = *cursor;
    const char *end = strchrnul(start, separator);
    *cursor = *end == '\0' ? NULL : end + 1;
    return lat_arena_strndup(arena, start, (size_t)(end - start));
}

/* "service/svc-0…/listener/listener-0…": pairs of a kind's word and an id. */
static int parse_resource(struct lat_arena *arena, const char *resource, struct lat_identifier *out)
{
    const char *cursor = resource;
    while (cursor != NULL) {
        const struct lat_resource_kind *kind =
            lat_resource_kind_by_arn_part(next_part(arena, &cursor, '/'));
        if (kind == NULL || cursor == NULL)
            return -1;
        const char *id = next_part(arena, &cursor, '/');
        if (out->kind != NULL && out->kind->id == LAT_RESOURCE_SERVICE)
            out->service_id = out->id;
        else if (out->kind != NULL && out->kind->id == LAT_RESOURCE_LISTENER)
            out->listener_id = out->id;
        else if (out->kind != NULL)
            return -1;
        out->kind = kind;
        out->id = id;
    }
    return 0;
}

int lat_identifier_parse(struct lat_arena *arena, const char *text, struct lat_identifier *ret)
{
    struct lat_identifier out = {0};
    const char *resource = lat_arn_resource(text);
    if (resource == NULL) {
        out.kind = kind_by_id(text);
        out.id = lat_arena_strdup(arena, text);
        if (out.kind == NULL)
            return -1;
        *ret = out;
        return 0;
    }
    const char *cursor = text + strlen("arn:");
    out.is_arn = true;
    out.partition = next_part(arena, &cursor, ':');
    const char *service = next_part(arena, &cursor, ':');
    out.region = next_part(arena, &cursor, ':');
    out.account = next_part(arena, &cursor, ':');
    if (!lat_text_eq(service, "vpc-lattice") || parse_resource(arena, resource, &out) < 0)
        return -1;
    *ret = out;
    return 0;
}

char *lat_arn_format(struct lat_arena *arena, const struct lat_resource_kind *kind,
                     const char *partition, const char *region, const char *account,
                     const char *parent_part, const char *id)
{
    return lat_arena_concat(arena, "arn:", partition, ":vpc-lattice:", region, ":", account, ":",
                            parent_part, kind->arn_part, "/", id, NULL);
}
