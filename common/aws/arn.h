/* VPC Lattice resource kinds, ids and ARNs: one table of facts, parsing and formatting over it.
 * Source: API model (id and ARN patterns); resource type words observed in answers and by analogy.
 */
#pragma once

#include "common/base/arena.h"

#include <stdbool.h>

enum lat_resource_kind_id {
    LAT_RESOURCE_SERVICE,
    LAT_RESOURCE_SERVICE_NETWORK,
    LAT_RESOURCE_LISTENER,
    LAT_RESOURCE_RULE,
    LAT_RESOURCE_TARGET_GROUP,
    LAT_RESOURCE_SERVICE_ASSOCIATION,
    LAT_RESOURCE_VPC_ASSOCIATION,
    LAT_RESOURCE_ASSOCIATION,
    LAT_RESOURCE_ACCESS_LOG_SUBSCRIPTION,
    LAT_RESOURCE_GATEWAY,
    LAT_RESOURCE_CONFIGURATION,
    LAT_RESOURCE_ENDPOINT_ASSOCIATION,
    LAT_RESOURCE_DOMAIN_VERIFICATION,
    LAT_RESOURCE_COUNT
};

struct lat_resource_kind {
    enum lat_resource_kind_id id;
    const char *id_prefix;     /* "svc-" */
    const char *arn_part;      /* "service": the word before the id in the ARN */
    const char *name;          /* "Service": in messages */
    const char *resource_type; /* "SERVICE": in error members */
};

extern const struct lat_resource_kind lat_resource_kinds[LAT_RESOURCE_COUNT];

/* The kind with this ARN part ("targetgroup"), or NULL. */
const struct lat_resource_kind *lat_resource_kind_by_arn_part(const char *arn_part);

/* An id or ARN taken apart. For an ARN of a listener or rule the ids of its parents are there too,
 * from the outermost in. Texts live in the arena. */
struct lat_identifier {
    const struct lat_resource_kind *kind; /* of the innermost resource */
    bool is_arn;
    const char *partition; /* NULL unless is_arn, like region and account */
    const char *region;
    const char *account;
    const char *id;          /* of the innermost resource: "rule-0…" */
    const char *service_id;  /* listener and rule ARNs */
    const char *listener_id; /* rule ARNs */
};

/* Takes an identifier apart. Returns -1 when it is neither an id of a known kind nor a VPC Lattice
 * ARN. */
int lat_identifier_parse(struct lat_arena *arena, const char *text,
                         struct lat_identifier *ret) LAT_MUST_USE;

/* "arn:aws:vpc-lattice:us-east-2:123456789012:service/svc-0…". parent_part is "" or, for listeners
 * and rules, the parents' part with a slash at its end: "service/svc-0…/". */
char *lat_arn_format(struct lat_arena *arena, const struct lat_resource_kind *kind,
                     const char *partition, const char *region, const char *account,
                     const char *parent_part, const char *id) LAT_MUST_USE;

/* The resource part of an ARN (all behind the fifth colon); NULL when text is not an ARN. */
const char *lat_arn_resource(const char *arn);
