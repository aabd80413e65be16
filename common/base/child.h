/* A child process whose standard output is read line by line and whose standard input can be
 * written: how the scenario and conformance programs run the real programs. */
#pragma once

#include "common/base/err.h"

#include <sys/types.h>

struct lat_child;

/* Starts argv[0] (a path, or a name on PATH) with argv, NULL-terminated. extra_environment is a
 * NULL-terminated list of "NAME=value" laid over the caller's environment, or NULL. Its standard
 * error goes to the file stderr_path, or to the caller's when that is NULL. The caller owns the
 * result. */
struct lat_child *lat_child_start(const char *const argv[], const char *const extra_environment[],
                                  const char *stderr_path, struct lat_err *reterr) LAT_MUST_USE;

/* One line of its standard output without the line feed; borrowed until the next call. Returns -1
 * when it ended, when the line is too long, or when timeout_ms passed without one. */
int lat_child_read_line(struct lat_child *child, int timeout_ms, const char **ret_line,
                        struct lat_err *reterr) LAT_MUST_USE;

/* Writes text to its standard input. */
int lat_child_write(struct lat_child *child, const char *text, struct lat_err *reterr) LAT_MUST_USE;

/* Ends it (SIGTERM, and SIGKILL after two seconds), waits, frees. Returns its exit status, 128 +
 * signal when a signal ended it. Accepts NULL (returns 0). */
int lat_child_stop(struct lat_child *child);
void lat_child_stopp(struct lat_child **child);
