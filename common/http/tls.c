/* Who is at the other end of a TLS connection; see tls_int.h. */
#include "common/http/tls_int.h"

#include <gnutls/gnutls.h>

const char *lat_http_tls_peer(struct lat_arena *arena, void *session, size_t *ret_length)
{
    unsigned int count = 0, problems = 0;
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);
    if (chain == NULL || count == 0 ||
        gnutls_certificate_verify_peers2(session, &problems) != GNUTLS_E_SUCCESS || problems != 0)
        return NULL;
    *ret_length = chain[0].size;
    return lat_arena_strndup(arena, (const char *)chain[0].data, chain[0].size);
}
