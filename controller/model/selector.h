/* Label selectors in their object form, over a set of labels. Source: Kubernetes API (documented).
 */
#pragma once

#include "common/base/err.h"

#include <jansson.h>
#include <stdbool.h>

/* Whether labels (an object or NULL) satisfy a selector (matchLabels, matchExpressions). A missing
 * selector matches nothing, an empty one everything. -1 with reterr when the selector is invalid.
 */
int gwc_selector_matches(const json_t *selector, const json_t *labels, bool *ret_matches,
                         struct lat_err *reterr) LAT_MUST_USE;
