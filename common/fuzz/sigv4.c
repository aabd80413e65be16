/* Signatures: lines with method, path, query and headers, then the body. Every request that is
 * signed can be taken apart again, and signs to the same. */
#include "common/fuzz/request_input.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct lat_sigv4_header headers[LAT_FUZZ_HEADERS_MAX] = {{"Host", "localhost"}};
    struct lat_sigv4_request request = {.header_count = 1};
    lat_fuzz_request(arena, data, size, headers, &request);
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
