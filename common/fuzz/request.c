/* Requests of the VPC Lattice API: a line with method and target, then the body. What decodes is
 * written as text, and that text must read back. */
#include "common/aws/codec.h"
#include "common/base/json.h"
#include "common/fuzz/target.h"

#include <assert.h>

/* What a server that takes the request does with it. */
static void decode(struct lat_codec *codec, struct lat_arena *arena,
                   const struct lat_routed *routed, const char *query, const char *body,
                   size_t body_length)
{
    void *input = NULL;
    struct lat_refusal refusal = {0};
    if (lat_request_decode(codec, arena, routed, query, body, body_length, &input, &refusal) < 0) {
        struct lat_wire_response wire;
        lat_refusal_encode(arena, &refusal, &wire);
        assert(wire.status == 400 && wire.body[0] == '{');
        return;
    }
    const char *text = lat_document_text(arena, routed->operation->input, input, NULL);
    LAT_AUTO(lat_json_decrefp) json_t *read = lat_json_parse_new(text, strlen(text), NULL);
    LAT_AUTO(lat_json_decrefp)
    json_t *document = lat_document_encode_new(routed->operation->input, input);
    assert(read != NULL && json_equal(read, document));
    (void)read;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    LAT_AUTO(lat_codec_freep) struct lat_codec *codec = lat_codec_new();
    char *method = lat_fuzz_line(arena, &data, &size);
    char *target = strchr(method, ' ');
    struct lat_routed routed;
    if (target == NULL)
        return 0;
    *target++ = '\0';
    const char *body = lat_fuzz_rest(arena, data, size);
    size_t path_length = strcspn(target, "?");
    const char *path = lat_arena_strndup(arena, target, path_length);
    const char *query = target[path_length] == '?' ? target + path_length + 1 : "";
    if (lat_route(arena, method, path, &routed) == 0)
        decode(codec, arena, &routed, query, body, strlen(body));
    return 0;
}
