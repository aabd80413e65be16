/* What the steps of a build share. Private to controller/model. Each step returns 0, or -1 with
 * builder->error filled. */
#pragma once

#include "controller/model/error.h"
#include "controller/model/input.h"
#include "controller/model/stack.h"

/* A Service port whose endpoints have already been collected for a target group. */
struct gwc_collected_port {
    size_t target_group;
    int64_t port;
};

struct gwc_builder {
    struct lat_arena *arena;
    const struct gwc_build *build;
    struct gwc_stack *stack;
    struct gwc_model_error *error;
    const char *name; /* of the route */
    const char *kube_namespace;
    struct gwc_collected_port *collected;
    size_t collected_count;
};

/* service.c: the service, and whether the stack is empty. */
int gwc_build_service(struct gwc_builder *builder) LAT_MUST_USE;
/* certificate_arn.c: the ARN in a listener's TLS options, else one found by host name. */
int gwc_build_certificate(struct gwc_builder *builder, const char **ret_arn) LAT_MUST_USE;
/* listener.c: the listeners, without their rules. */
int gwc_build_listeners(struct gwc_builder *builder) LAT_MUST_USE;
/* rule.c: the rules of one listener of the stack. */
int gwc_build_rules(struct gwc_builder *builder, struct gwc_listener *listener) LAT_MUST_USE;
/* match.c: what one rule of the route matches. */
int gwc_build_match(struct gwc_builder *builder, const json_t *rule,
                    const struct lat_rule_match **ret_match) LAT_MUST_USE;
/* backend.c: the backendRefs of one rule, in order, invalid ones included. */
int gwc_build_backends(struct gwc_builder *builder, const json_t *rule,
                       struct gwc_backends *ret_backends) LAT_MUST_USE;
bool gwc_backends_have_valid(const struct gwc_backends *backends);
/* import.c: a ServiceImport. */
int gwc_build_import(struct gwc_builder *builder, const json_t *backend_ref,
                     struct gwc_backend *ret_backend) LAT_MUST_USE;
/* target_group.c: the target group of a Service, new or already in the stack. *ret_index is
 * SIZE_MAX when there is no such Service. */
int gwc_build_target_group(struct gwc_builder *builder, const json_t *backend_ref,
                           size_t *ret_index) LAT_MUST_USE;
/* targets.c: adds the endpoints behind a port of the Service (0: all ports). */
void gwc_build_targets(struct gwc_builder *builder, size_t target_group, const json_t *service,
                       int64_t port);
/* policy.c: the TargetGroupPolicy in force for a Service; NULL when there is none. */
int gwc_build_policy(struct gwc_builder *builder, const json_t *service,
                     const json_t **ret_policy) LAT_MUST_USE;

/* route_gateway.c: the first controlled Gateway behind the route's parentRefs. */
int gwc_build_gateway(struct gwc_builder *builder, const json_t **ret_gateway) LAT_MUST_USE;
