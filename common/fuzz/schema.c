/* Structural schemas, as a CustomResourceDefinition brings them: a line with the schema, then an
 * object that is defaulted, pruned and validated by it. What was pruned once stays as it is. */
#include "common/kube/schema.h"
#include "common/base/json.h"
#include "common/fuzz/target.h"

#include <assert.h>

static void apply(const struct lat_kube_schema *schema, struct lat_arena *arena, json_t *object)
{
    const char **paths = NULL;
    size_t count = 0;
    struct lat_kube_causes causes = {.arena = arena};
    lat_kube_schema_default(schema, object);
    lat_kube_schema_prune(schema, object, arena, &paths, &count);
    lat_kube_schema_validate(schema, object, &causes);
    count = 0;
    paths = NULL;
    lat_kube_schema_prune(schema, object, arena, &paths, &count);
    assert(count == 0);
    assert(lat_json_text(arena, object)[0] == '{');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const char *schema_text = lat_fuzz_line(arena, &data, &size);
    const char *text = lat_fuzz_rest(arena, data, size);
    LAT_AUTO(lat_json_decrefp)
    json_t *document = lat_json_parse_new(schema_text, strlen(schema_text), NULL);
    LAT_AUTO(lat_json_decrefp) json_t *object = lat_json_parse_new(text, strlen(text), NULL);
    struct lat_kube_schema *schema = NULL;
    struct lat_err err;
    if (document == NULL || lat_kube_schema_new(document, &schema, &err) < 0)
        return 0;
    if (json_is_object(object))
        apply(schema, arena, object);
    lat_kube_schema_free(schema);
    return 0;
}
