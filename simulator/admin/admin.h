/* The simulator's own API, under /_lattice/ on the AWS port: health, journal, clock, quotas,
 * failures, endpoints.
 * It is for rehearsals and tests; nothing of it exists on the real service. */
#pragma once

#include "simulator/engine/api.h"

void sim_admin_handle(struct sim *sim, const struct lat_http_request *request,
                      struct sim_answer *ret_answer);
