/* Names of Lattice resources made from names of Kubernetes objects. Source: controller-routes
 * reference, 3.2.1, 3.2.2 and 3.3.4 (observed). */
#pragma once

#include "common/base/arena.h"

#include <stdint.h>

/* "route-namespace", each part cut to its length and without hyphens at its ends. */
char *gwc_service_name(struct lat_arena *arena, const char *route_name,
                       const char *route_namespace) LAT_MUST_USE;

/* "route-namespace-443-https"; TLS_PASSTHROUGH is written "tls". */
char *gwc_listener_name(struct lat_arena *arena, const char *route_name,
                        const char *route_namespace, int64_t port,
                        const char *protocol) LAT_MUST_USE;

/* "k8s-namespace-name-suffix": a target group's, each part cut likewise. */
char *gwc_target_group_name(struct lat_arena *arena, const char *service_namespace,
                            const char *service_name, const char *suffix) LAT_MUST_USE;

/* Why a service-name-override cannot be used; NULL when it can. The value is not empty. */
const char *gwc_name_override_complaint(const char *value);
