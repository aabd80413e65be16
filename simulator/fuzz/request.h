/* A request as fuzz inputs write it: a line with method and target, lines with headers, an empty
 * line, the body. Included once per target. */
#pragma once

#include "common/fuzz/target.h"
#include "common/http/server.h"

#define SIM_FUZZ_HEADERS_MAX 16

/* False when the input is no request. Everything lives in the arena, headers in the array. */
static inline bool sim_fuzz_read_request(struct lat_arena *arena, const uint8_t *data, size_t size,
                                         struct lat_http_header headers[SIM_FUZZ_HEADERS_MAX],
                                         struct lat_http_request *request)
{
    char *method = lat_fuzz_line(arena, &data, &size);
    char *target = strchr(method, ' ');
    if (target == NULL || target[1] != '/')
        return false;
    *target++ = '\0';
    *request = (struct lat_http_request){
        .arena = arena, .method = method, .target = target, .headers = headers};
    for (char *line; request->header_count < SIM_FUZZ_HEADERS_MAX &&
                     *(line = lat_fuzz_line(arena, &data, &size)) != '\0';) {
        char *colon = strchr(line, ':');
        if (colon == NULL)
            break;
        *colon = '\0';
        headers[request->header_count++] =
            (struct lat_http_header){line, colon + 1 + strspn(colon + 1, " ")};
    }
    size_t path_length = strcspn(target, "?");
    request->path = lat_arena_strndup(arena, target, path_length);
    request->query = target[path_length] == '?' ? target + path_length + 1 : "";
    request->body = lat_fuzz_rest(arena, data, size);
    request->body_length = size; /* may hold NUL, as on the wire */
    return true;
}
