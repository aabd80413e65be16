/* What is asked about the backends of a route before anything is built. */
#pragma once

#include "controller/model/view.h"

#include <jansson.h>
#include <stdbool.h>

/* Whether a backend Service of the route has more than one IP family, which target groups cannot
 * have (step U4). Backends that cannot be read count as fine. */
bool gwc_model_is_dual_stack(const struct gwc_cluster_view *view, const json_t *route);
