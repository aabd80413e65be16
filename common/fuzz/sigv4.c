/* Signatures: lines with method, path, query and headers, then the body. Every request that is
 * signed can be taken apart again, and signs to the same. */
#include "common/aws/sigv4.h"
#include "common/fuzz/target.h"

#include <assert.h>

#define HEADERS_MAX 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct lat_sigv4_header headers[HEADERS_MAX] = {{"Host", "localhost"}};
    struct lat_sigv4_request request = {.headers = headers, .header_count = 1};
    request.method = lat_fuzz_line(arena, &data, &size);
    request.path = lat_fuzz_line(arena, &data, &size);
    request.query = lat_fuzz_line(arena, &data, &size);
    for (char *line; request.header_count < HEADERS_MAX &&
                     *(line = lat_fuzz_line(arena, &data, &size)) != '\0';) {
        char *colon = strchr(line, ':');
        if (colon == NULL)
            break;
        *colon = '\0';
        headers[request.header_count++] = (struct lat_sigv4_header){line, colon + 1};
    }
    request.body = lat_fuzz_rest(arena, data, size);
    request.body_length = strlen(request.body);
    static const struct lat_credentials credentials = {.access_key = "key", .secret_key = "secret"};
    static const struct lat_sigv4_scope scope = {.region = "us-east-2", .service = "vpc-lattice"};
    const struct lat_sigv4_header *first = NULL, *second = NULL;
    size_t first_count = 0, second_count = 0;
    struct lat_err err;
    if (lat_sigv4_sign(arena, &request, &credentials, &scope, &first, &first_count, &err) < 0)
        return 0;
    request.headers = first;
    request.header_count = first_count;
    int again = lat_sigv4_sign(arena, &request, &credentials, &scope, &second, &second_count, &err);
    assert(again == 0 && first_count == second_count);
    for (size_t i = 0; i < first_count && again == 0; i++)
        assert(strcmp(first[i].value, second[i].value) == 0);
    return 0;
}
