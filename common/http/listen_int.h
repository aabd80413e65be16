/* Addresses of listeners: a text such as "127.0.0.1:9009" as a bound, listening socket. Private to
 * the server; it never serves anything itself. */
#pragma once

#include "common/base/err.h"

#include <stdint.h>

/* A non-blocking, close-on-exec socket that listens there; the caller owns it. ret_port is the port
 * that was bound, also where the address says 0. */
int lat_http_listen_socket(const char *address, int *ret_fd, uint16_t *ret_port,
                           struct lat_err *reterr) LAT_MUST_USE;
