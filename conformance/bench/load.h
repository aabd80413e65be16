/* A load generator: some keep-alive connections to a port on loopback, each with one request under
 * way, driven by one epoll. It is made to cost less than any server it measures, so it reads
 * answers only as far as it must. A server that closes a connection behind its answer gets
 * another one. */
#pragma once

#include "common/base/buf.h"
#include "common/base/err.h"

#include <stdint.h>

/* Appends request number 0, 1, 2 … whole to an empty text. */
typedef void cft_load_next(void *context, uint64_t number, struct lat_buf *request);

struct cft_load_plan {
    uint16_t port;
    int connections;
    uint64_t first;     /* number of the first request */
    uint64_t count;     /* requests to send; 0: as many as fit into the time */
    double seconds_max; /* no request begins after this; 0: no such end */
    int status;         /* what every answer must have */
    cft_load_next *next;
    void *context;
};

struct cft_load_result {
    uint64_t answers;
    double seconds;
    double per_second;
    double median_us; /* of one request, from its sending to its answer's last byte */
    double p99_us;
    uint64_t body_bytes; /* of the last answer */
};

/* Runs the plan to its end. An answer with another status, a connection that breaks or one that
 * cannot be read ends it with a message that shows the answer's beginning. */
int cft_load_run(const struct cft_load_plan *plan, struct cft_load_result *ret_result,
                 struct lat_err *reterr) LAT_MUST_USE;

/* A monotonic time in seconds, for measuring. */
double cft_load_now(void);

/* Connects to a port on loopback; -1 with a message. */
int cft_load_connect(uint16_t port, int *ret_fd, struct lat_err *reterr) LAT_MUST_USE;

/* Sends one request on a connection of its own and reads the whole answer, head and body, into
 * answer. Only for answers with a Content-Length. */
int cft_load_once(uint16_t port, const char *request, struct lat_buf *answer,
                  struct lat_err *reterr) LAT_MUST_USE;
