/* Strategic merge patch, for the kinds that are built into Kubernetes: lists of objects are merged
 * by a key instead of being replaced. Pure, as patch.h. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"

#include <jansson.h>
#include <stdbool.h>

/* The document after the patch, or NULL with what is wrong in it. Which lists are merged by which
 * key is taken from the kind's schema members x-kubernetes-patch-merge-key (documented in the API
 * types); schema is the OpenAPI schema of the document and may be NULL: then lists are replaced.
 * Directives: $patch (delete, replace, merge), $setElementOrder/…, $deleteFromPrimitiveList/…,
 * $retainKeys. *ret_malformed tells a wrong form of these apart from a patch that does not
 * fit, which kube-apiserver refuses otherwise. */
json_t *lat_kube_strategic_patch_new(struct lat_arena *arena, const json_t *document,
                                     const json_t *patch, const json_t *schema, bool *ret_malformed,
                                     struct lat_err *reterr) LAT_MUST_USE;
