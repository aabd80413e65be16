/* What stands in VPC Lattice at one moment, as plain structs: services with their listeners, rules
 * and associations, target groups with their targets, service networks. Pictures, traffic and
 * comparisons read it; it is filled by inventory.c and never changed afterwards. All memory belongs
 * to one arena. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scn_tag {
    const char *key;
    const char *value;
};

struct scn_target {
    const char *id;
    int64_t port;
    const char *status; /* HEALTHY, UNHEALTHY, UNAVAILABLE, INITIAL, UNUSED, DRAINING */
};

struct scn_group {
    const char *id;
    const char *arn;
    const char *name;
    const char *type;
    const char *status;
    const char *config; /* canonical JSON of its configuration */
    const struct scn_tag *tags;
    size_t tag_count;
    const struct scn_target *targets;
    size_t target_count;
};

struct scn_weight {
    const char *group; /* target group id */
    int64_t weight;
};

/* Either a fixed answer (status_code is not 0) or a forward. */
struct scn_action {
    int64_t status_code;
    const struct scn_weight *groups;
    size_t group_count;
};

enum scn_compare { SCN_COMPARE_EXACT, SCN_COMPARE_PREFIX, SCN_COMPARE_CONTAINS, SCN_COMPARE_COUNT };

struct scn_header_match {
    const char *name;
    enum scn_compare compare;
    const char *value;
    bool case_sensitive;
};

struct scn_match {
    const char *method; /* NULL: any */
    const char *path;   /* NULL: any */
    enum scn_compare path_compare;
    bool path_case_sensitive;
    const struct scn_header_match *headers;
    size_t header_count;
};

struct scn_rule {
    const char *id;
    const char *name;
    int64_t priority;
    struct scn_match match;
    struct scn_action action;
};

struct scn_listener {
    const char *id;
    const char *name;
    const char *protocol;
    int64_t port;
    struct scn_action default_action;
    const struct scn_rule *rules; /* without the default rule, lowest priority number first */
    size_t rule_count;
};

struct scn_association {
    const char *id;
    const char *network_id;
    const char *network_name;
    const char *status;
};

struct scn_service {
    const char *id;
    const char *arn;
    const char *name;
    const char *dns;
    const char *status;
    const char *custom_domain; /* NULL: none */
    const char *auth_type;
    const char *certificate; /* NULL: none */
    const struct scn_tag *tags;
    size_t tag_count;
    const struct scn_association *associations;
    size_t association_count;
    const struct scn_listener *listeners; /* by port */
    size_t listener_count;
};

struct scn_vpc_association {
    const char *vpc;
    const char *status;
};

struct scn_network {
    const char *id;
    const char *name;
    const struct scn_vpc_association *vpcs;
    size_t vpc_count;
};

struct scn_estate {
    const struct scn_service *services;
    size_t service_count;
    const struct scn_group *groups;
    size_t group_count;
    const struct scn_network *networks;
    size_t network_count;
};

/* The controller's own tag keys start so. */
#define SCN_TAG_PREFIX       "application-networking.k8s.aws/"
#define SCN_TAG_OWNER        SCN_TAG_PREFIX "ManagedBy"
#define SCN_TAG_KUBE_SERVICE SCN_TAG_PREFIX "ServiceName"

/* The value of a tag; NULL when it is not there. */
const char *scn_tag_value(const struct scn_tag *tags, size_t count, const char *key);

/* By name, id or ARN; NULL when there is none. */
const struct scn_service *scn_estate_service(const struct scn_estate *estate, const char *word);
const struct scn_listener *scn_service_listener(const struct scn_service *service, int64_t port);
const struct scn_network *scn_estate_network(const struct scn_estate *estate, const char *word);

/* By id, ARN, name, or "Service/NAME" for the group that the controller made for that Kubernetes
 * Service (the first one that is not being deleted). */
const struct scn_group *scn_estate_group(const struct scn_estate *estate, const char *word);

/* How a story names a group: "Service/NAME" when the controller made it for a Service, else its
 * name. Written into text, which is returned. */
const char *scn_group_label(const struct scn_group *group, char *text, size_t text_bytes);
#define SCN_LABEL_BYTES 300
