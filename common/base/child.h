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

/* One line of its standard output without the line feed; borrowed until the next call. What stands
 * behind the last line feed is a line too. Returns -1 when it ended, when the line is too long, or
 * when timeout_ms passed without one. */
int lat_child_read_line(struct lat_child *child, int timeout_ms, const char **ret_line,
                        struct lat_err *reterr) LAT_MUST_USE;

/* Writes text to its standard input; a child that has gone is an error, not a signal. */
int lat_child_write(struct lat_child *child, const char *text, struct lat_err *reterr) LAT_MUST_USE;
/* Lets it see the end of its standard input. */
void lat_child_close_input(struct lat_child *child);

pid_t lat_child_pid(const struct lat_child *child);

/* Waits until it ends by itself; ret_status is as lat_child_stop returns it. -1 when timeout_ms
 * passed. Read its output first: a full pipe holds it up. The child stays the caller's to stop. */
int lat_child_wait(struct lat_child *child, int timeout_ms, int *ret_status,
                   struct lat_err *reterr) LAT_MUST_USE;

/* Ends it (SIGTERM, and SIGKILL after two seconds), waits, frees. Returns its exit status, 128 +
 * signal when a signal ended it. Accepts NULL (returns 0). */
int lat_child_stop(struct lat_child *child);
void lat_child_stopp(struct lat_child **child);
