/* Plain JSON calls to the Kubernetes API, as a person with kubectl would make them: apply, edit,
 * delete, read. Objects are named "Kind/namespace/name" or "Kind/name". */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/http/client.h"

#include <jansson.h>

struct scn_kube {
    struct lat_http_client *http; /* borrowed */
    const char *endpoint;
    json_t *applied; /* object path -> the manifest applied last, as kubectl remembers it */
};

/* A refusal by the API server. */
struct scn_kube_refusal {
    int status; /* 0: not refused */
    const char *reason;
    const char *message;
};

/* The URL path of an object: of a reference, or of a manifest. In the arena. */
int scn_kube_path(struct lat_arena *arena, const char *reference, const char **ret_path,
                  struct lat_err *reterr) LAT_MUST_USE;

/* What kubectl apply does: creates the object, or merges the manifest into it so that what the
 * last one had and this one has not goes away. */
int scn_kube_apply(struct scn_kube *kube, struct lat_arena *arena, const json_t *manifest,
                   struct scn_kube_refusal *ret_refusal, struct lat_err *reterr) LAT_MUST_USE;

/* The object, or NULL when there is none; the caller owns it. */
int scn_kube_get(const struct scn_kube *kube, struct lat_arena *arena, const char *reference,
                 json_t **ret_object, struct lat_err *reterr) LAT_MUST_USE;

int scn_kube_put(const struct scn_kube *kube, struct lat_arena *arena, const char *reference,
                 const json_t *object, struct scn_kube_refusal *ret_refusal,
                 struct lat_err *reterr) LAT_MUST_USE;

int scn_kube_delete(const struct scn_kube *kube, struct lat_arena *arena, const char *reference,
                    struct scn_kube_refusal *ret_refusal, struct lat_err *reterr) LAT_MUST_USE;

/* The Events that speak of an object, as a new array. */
int scn_kube_events(const struct scn_kube *kube, struct lat_arena *arena, const char *reference,
                    json_t **ret_events, struct lat_err *reterr) LAT_MUST_USE;

/* The JSON merge patch that leads from one manifest to the next; a new reference. */
json_t *scn_kube_merge_patch_new(const json_t *from, const json_t *to) LAT_MUST_USE;
