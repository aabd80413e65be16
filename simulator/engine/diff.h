/* What differs between two states, for people: resource by resource, member by member. Reads export
 * documents and nothing else. */
#pragma once

#include "common/base/buf.h"
#include "common/base/err.h"

#include <jansson.h>

/* A list of {"resource":"service svc-0… (orders)","member":"auth_type","before":…,"after":…}; a
 * resource that is only in one document is one item without a member. The caller owns the
 * reference. */
int sim_diff_new(const char *before, const char *after, json_t **ret_list,
                 struct lat_err *reterr) LAT_MUST_USE;

/* The same list as lines: "+ resource", "- resource", "  resource: member: before -> after". */
void sim_diff_put_text(const json_t *list, struct lat_buf *out);
