/* Patches of JSON documents: merge patch (RFC 7386) and JSON patch (RFC 6902). Pure: the document
 * that goes in is never changed; results are new values. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"

#include <jansson.h>

/* The document after a merge patch; the caller owns it. Never fails: any patch fits any document.
 */
json_t *lat_kube_merge_patch_new(const json_t *document, const json_t *patch) LAT_MUST_USE;

/* The document after all operations of a JSON patch, or NULL with the operation that could not be
 * applied and why (a failed "test" included). The caller owns the result. */
json_t *lat_kube_json_patch_new(struct lat_arena *arena, const json_t *document,
                                const json_t *patch, struct lat_err *reterr) LAT_MUST_USE;
