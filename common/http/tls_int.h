/* The only includer of gnutls/gnutls.h is tls.c: libmicrohttpd hands out its session, and nobody
 * else looks into it. Only for this folder. */
#pragma once

#include "common/base/arena.h"

#include <stddef.h>

/* The certificate that the peer has shown and the server's client authority has issued, in DER, in
 * the arena; NULL when it showed none or one that does not verify. */
const char *lat_http_tls_peer(struct lat_arena *arena, void *session, size_t *ret_length);
