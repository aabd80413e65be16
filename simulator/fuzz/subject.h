/* A simulator without a port, for fuzz targets: virtual clock, seeded ids, the AWS port alone. */
#pragma once

#include "simulator/engine/api.h"

struct fuzz_subject;

/* The one of the process; the first call makes it. */
struct fuzz_subject *fuzz_subject(void);
struct sim *fuzz_subject_sim(struct fuzz_subject *subject);

/* Back to how it was made, journal included; cheaper than a new one. */
void fuzz_subject_reset(struct fuzz_subject *subject);

/* Answers a request; ends the process when the simulator itself failed. */
struct sim_answer fuzz_subject_ask(struct fuzz_subject *subject,
                                   const struct lat_http_request *request);
