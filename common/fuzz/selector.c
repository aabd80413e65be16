/* Selectors of labels and fields: a line with the labels or the object, a line with a selector as
 * text, then one as an object. */
#include "common/kube/selector.h"
#include "common/base/json.h"
#include "common/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const char *labels_text = lat_fuzz_line(arena, &data, &size);
    const char *text = lat_fuzz_line(arena, &data, &size);
    const char *object_text = lat_fuzz_rest(arena, data, size);
    LAT_AUTO(lat_json_decrefp)
    json_t *labels = lat_json_parse_new(labels_text, strlen(labels_text), NULL);
    LAT_AUTO(lat_json_decrefp)
    json_t *object = lat_json_parse_new(object_text, strlen(object_text), NULL);
    struct lat_kube_selector selector;
    struct lat_err err;
    if (lat_kube_label_selector_parse(arena, text, &selector, &err) == 0)
        lat_kube_labels_match(&selector, labels);
    if (lat_kube_field_selector_parse(arena, text, &selector, &err) == 0)
        lat_kube_fields_match(&selector, labels);
    if (object != NULL && lat_kube_label_selector_read(arena, object, &selector, &err) == 0)
        lat_kube_labels_match(&selector, labels);
    return 0;
}
