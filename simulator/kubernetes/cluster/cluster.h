/* What the controllers of a cluster do, inside the transaction of the write that causes it. */
#pragma once

#include "simulator/kubernetes/objects/objects.h"

/* --- inner.c: requests that the server makes of itself --- */

/* Carries out a write inside the transaction of call. A refusal is logged and shows in
 * *ret_accepted alone. */
int sim_kube_inner(struct sim_kube_call *call, const char *method, const char *path,
                   const json_t *body, bool *ret_accepted);

/* --- controllers.c: what the controllers of a cluster make of a write --- */

/* Whether they may have work after a write of the kind. */
bool sim_kube_is_followed(const struct lat_kube_kind *kind);
/* Lets them follow what call has changed since the version before, in its transaction. */
int sim_kube_control(struct sim_kube_call *call, int64_t before);
