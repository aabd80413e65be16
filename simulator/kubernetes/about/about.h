/* What the API says of itself and of whoever asks: discovery, OpenAPI, reviews. */
#pragma once

#include "simulator/kubernetes/call/call.h"

/* --- discovery.c, openapi.c: answers that depend on the kinds alone --- */

/* Whether the path was one of these; then the call is answered. */
bool sim_kube_discover(struct sim_kube_call *call);
bool sim_kube_openapi(struct sim_kube_call *call);

/* --- openapi_schema.c, openapi_v2.c --- */

#define SIM_KUBE_VERSION "v1.32.0" /* of Kubernetes, that this is to look like (chosen) */

void sim_kube_openapi_v2(struct sim_kube_call *call);
/* "apis/gateway.networking.k8s.io/v1", "api/v1". */
const char *sim_kube_group_path(struct lat_arena *arena, const struct lat_kube_kind *kind,
                                const char *version);
/* Group, version and kind as documents name them; a new reference. */
json_t *sim_kube_type_new(const struct lat_kube_kind *kind, const char *version);
/* A schema as clients are to read it; a new reference. */
json_t *sim_kube_published_schema_new(const struct lat_kube_schema *schema);

/* --- reviews.c --- */

/* Answers POSTs of reviews: who am I, may I, whose token is this. Returns whether it was one. */
bool sim_kube_review(struct sim_kube_call *call);
