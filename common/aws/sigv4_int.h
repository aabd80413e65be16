/* What signing and verifying share of Signature Version 4, and nobody else sees. */
#pragma once

#include "common/aws/sigv4.h"

/* Takes a text that is never there as a whole: pieces gather in the chunk, full chunks go on. */
struct lat_sigv4_sink {
    void (*flush)(void *context, const char *data, size_t length);
    void *context;
    size_t length;
    char chunk[1024];
};

void lat_sigv4_sink_begin(struct lat_sigv4_sink *sink,
                          void (*flush)(void *context, const char *data, size_t length),
                          void *context);
void lat_sigv4_sink_put(struct lat_sigv4_sink *sink, const char *data, size_t length);
void lat_sigv4_sink_puts(struct lat_sigv4_sink *sink, const char *text);
void lat_sigv4_sink_end(struct lat_sigv4_sink *sink);

/* Writes the canonical request; see lat_sigv4_canonical_request. The sink is not ended. */
void lat_sigv4_canonical_write(struct lat_sigv4_sink *sink, struct lat_arena *arena,
                               const struct lat_sigv4_request *request, const char *signed_headers,
                               const char *payload_hash);

/* The SHA-256 of a body; of nothing when it is NULL or empty. */
void lat_sigv4_hash_payload(struct lat_sigv4_hasher *hasher, const char *body, size_t body_length,
                            char ret_hash[LAT_SIGV4_HEX_BYTES]);
