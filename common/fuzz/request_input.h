/* A request as fuzz input: lines with method, path, query and headers, an empty line, the body. */
#pragma once

#include "common/aws/sigv4.h"
#include "common/fuzz/target.h"

#define LAT_FUZZ_HEADERS_MAX 16

/* headers holds header_count headers already; those of the input follow. */
static inline void lat_fuzz_request(struct lat_arena *arena, const uint8_t *data, size_t size,
                                    struct lat_sigv4_header headers[LAT_FUZZ_HEADERS_MAX],
                                    struct lat_sigv4_request *request)
{
    request->headers = headers;
    request->method = lat_fuzz_line(arena, &data, &size);
    request->path = lat_fuzz_line(arena, &data, &size);
    request->query = lat_fuzz_line(arena, &data, &size);
    for (char *line; request->header_count < LAT_FUZZ_HEADERS_MAX &&
                     *(line = lat_fuzz_line(arena, &data, &size)) != '\0';) {
        char *colon = strchr(line, ':');
        if (colon == NULL)
            break;
        *colon = '\0';
        headers[request->header_count++] = (struct lat_sigv4_header){line, colon + 1};
    }
    request->body = lat_fuzz_rest(arena, data, size);
    request->body_length = strlen(request->body);
}
