/* The traffic log: one JSON line per call on the AWS port, appended to a file that several
 * programs may share. It tells which answers a test run really produced (docs/api-coverage.md);
 * unlike the journal it outlives the process and holds no input and no output. */
#pragma once

#include "simulator/engine/answer.h"
#include "simulator/engine/call.h"

/* The variable that names the file when no flag does, so that a test stage can ask for the traffic
 * of every simulator that it starts. */
#define SIM_TRAFFIC_VARIABLE "LATTICE_TRAFFIC_LOG"

struct sim_traffic;

/* Opens the file for appending, and makes it if need be. NULL or "" as path: no log, *ret is NULL.
 */
int sim_traffic_open(const char *path, struct sim_traffic **ret,
                     struct lat_err *reterr) LAT_MUST_USE;
struct sim_traffic *sim_traffic_close(struct sim_traffic *traffic);

/* Appends the line of an answered call: service, operation, status, error (when refused), and
 * words: how often each word of each enum of the model stands in the answer, as "Enum.WORD".
 * Does nothing without a log; a line that cannot be written is said in the program's log. */
void sim_traffic_note(const struct sim_traffic *traffic, const struct sim_call *call,
                      const struct sim_answer *answer);
