/* The simulator's own API, under /_lattice/ on the AWS port: health, journal, clock, quotas,
 * failures, endpoints.
 * It is for rehearsals and tests; nothing of it exists on the real service. */
#pragma once

#include "simulator/engine/api.h"

/* Where a whole state comes in: the one place that takes a body of LAT_STATE_BYTES_MAX. */
#define SIM_ADMIN_IMPORT_PATH "/_lattice/import"

void sim_admin_handle(struct sim *sim, const struct lat_http_request *request,
                      struct sim_answer *ret_answer);
