/* Patches of Kubernetes objects, all three kinds: a line with a schema, a line with a document,
 * then the patch. The document that goes in must come out unchanged, and what comes out can be
 * printed. */
#include "common/kube/patch.h"
#include "common/base/json.h"
#include "common/fuzz/target.h"
#include "common/kube/strategic.h"

#include <assert.h>

static json_t *parse_line_new(struct lat_arena *arena, const uint8_t **data, size_t *size)
{
    const char *line = lat_fuzz_line(arena, data, size);
    return lat_json_parse_new(line, strlen(line), NULL);
}

static void look_at(struct lat_arena *arena, json_t *new_result)
{
    LAT_AUTO(lat_json_decrefp) json_t *result = new_result;
    if (result != NULL)
        assert(lat_json_text(arena, result)[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    LAT_AUTO(lat_json_decrefp) json_t *schema = parse_line_new(arena, &data, &size);
    LAT_AUTO(lat_json_decrefp) json_t *document = parse_line_new(arena, &data, &size);
    const char *text = lat_fuzz_rest(arena, data, size);
    LAT_AUTO(lat_json_decrefp) json_t *patch = lat_json_parse_new(text, strlen(text), NULL);
    if (document == NULL || patch == NULL)
        return 0;
    LAT_AUTO(lat_json_decrefp) json_t *before = json_deep_copy(document);
    struct lat_err err;
    bool is_malformed = false;
    look_at(arena, lat_kube_merge_patch_new(document, patch));
    look_at(arena, lat_kube_json_patch_new(arena, document, patch, &err));
    if (json_is_object(document) && json_is_object(patch))
        look_at(arena,
                lat_kube_strategic_patch_new(arena, document, patch, schema, &is_malformed, &err));
    assert(json_equal(before, document));
    return 0;
}
