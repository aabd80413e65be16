/* The stack: what VPC Lattice should hold for one route, as plain data. controller/model builds it
 * from Kubernetes objects with no I/O and no clock; controller/deploy makes Lattice agree with it.
 * Everything lives in the arena of one reconcile pass. Order is meaning: listeners in Gateway
 * order, rules in the order in which they are created, backends in the order of the route. Source
 * of the shapes: controller-routes reference, sections 3.1 to 3.8 (observed). */
#pragma once

#include "common/aws/lattice_model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gwc_tag {
    const char *key;
    const char *value;
};

struct gwc_tags {
    struct gwc_tag *items;
    size_t count;
};

enum gwc_route_kind { GWC_ROUTE_HTTP, GWC_ROUTE_GRPC, GWC_ROUTE_TLS, GWC_ROUTE_KIND_COUNT };

/* One endpoint address of a Kubernetes Service, wanted as a target. */
struct gwc_target {
    const char *address;
    int64_t port;
    bool ready;
    const char *pod_namespace; /* NULL when the endpoint names no pod */
    const char *pod_name;
};

/* A target group that the controller owns: one per (route, Kubernetes Service). */
struct gwc_target_group {
    const char *service_name;
    const char *service_namespace;
    const char *protocol;         /* HTTP, HTTPS, TCP */
    const char *protocol_version; /* HTTP1, HTTP2, GRPC; "" for TCP */
    const char *ip_address_type;  /* IPV4, IPV6 */
    int64_t port;                 /* 80 for routes; the targets carry the real port */
    struct gwc_tags identity;     /* the look-up key: all must be equal */
    const struct lat_health_check_config *health_check; /* from a policy; NULL for the defaults */
    struct gwc_target *targets;
    size_t target_count;
    bool has_targets; /* false: leave registered targets alone (the Service is being deleted) */

    const char *id; /* filled by deploy */
    const char *arn;
};

enum gwc_backend_kind {
    GWC_BACKEND_SERVICE,  /* target_group of the stack */
    GWC_BACKEND_EXTERNAL, /* a target group referenced by ARN: read only */
    GWC_BACKEND_IMPORT,   /* a ServiceImport resolved by tags at deploy time */
    GWC_BACKEND_INVALID,  /* dropped from the action */
    GWC_BACKEND_KIND_COUNT
};

struct gwc_backend {
    enum gwc_backend_kind kind;
    int64_t weight;
    size_t target_group;     /* GWC_BACKEND_SERVICE: index into the stack's target groups */
    const char *external_id; /* GWC_BACKEND_EXTERNAL: bare id ("tg-…"), as Lattice reports it */
    const char *import_service; /* GWC_BACKEND_IMPORT: the tags to look for; NULL means any */
    const char *import_namespace;
    const char *import_cluster;
    const char *import_vpc;
};

struct gwc_backends {
    struct gwc_backend *items;
    size_t count;
};

struct gwc_rule {
    int64_t priority; /* desired; a new rule first takes the lowest free one */
    const struct lat_rule_match *match;
    struct gwc_backends backends;

    const char *id; /* filled by deploy */
    int64_t reported_priority;
};

struct gwc_listener {
    const char *name; /* used when it must be created */
    int64_t port;
    const char *protocol;         /* HTTP, HTTPS, TLS_PASSTHROUGH */
    struct gwc_backends backends; /* TLS_PASSTHROUGH: the default action; else empty */
    struct gwc_rule *rules;
    size_t rule_count;

    const char *id; /* filled by deploy */
};

struct gwc_service {
    const char *name; /* generated, or the service-name-override */
    const char *route_name;
    const char *route_namespace;
    enum gwc_route_kind route_kind;
    const char *custom_domain;           /* NULL: none */
    const char *certificate_arn;         /* NULL: none */
    const char *allow_takeover_from;     /* NULL: none */
    const char *const *service_networks; /* names; empty when standalone */
    size_t service_network_count;
    bool is_override;

    const char *id; /* filled by deploy */
    const char *arn;
    const char *dns_name;
};

struct gwc_stack {
    bool is_empty;   /* every parentRef was rejected: nothing to do, and no error */
    bool is_deleted; /* the route has a deletionTimestamp */
    struct gwc_service service;
    struct gwc_tags additional_tags; /* the route's tags annotation, reserved keys removed */
    struct gwc_target_group *target_groups;
    size_t target_group_count;
    struct gwc_listener *listeners;
    size_t listener_count;
};
