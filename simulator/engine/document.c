/* Structures as stored text; see document.h. */
#include "simulator/engine/document.h"

#include "common/aws/codec.h"
#include "common/base/json.h"

#include <assert.h>
#include <string.h>

const char *sim_document_write(struct sim_call *call, const struct lat_shape *shape,
                               const void *document)
{
    if (document == NULL)
        return NULL;
    return lat_document_text(call->arena, shape, document, NULL);
}

const void *sim_document_read(struct sim_call *call, const struct lat_shape *shape,
                              const char *text)
{
    if (text == NULL)
        return NULL;
    LAT_AUTO(lat_json_decrefp) json_t *json = lat_json_parse_new(text, strlen(text), NULL);
    void *document = NULL;
    const struct lat_field_violation *violations = NULL;
    size_t wrong = lat_document_decode(NULL /* types alone */, call->arena, shape, json, &document,
                                       &violations);
    assert(wrong == 0); /* what was written by the same tables reads back */
    (void)wrong;
    return document;
}

const char *sim_texts_write(struct sim_call *call, struct lat_list list)
{
    const char *const *items = list.items;
    LAT_AUTO(lat_json_decrefp) json_t *array = json_array();
    for (size_t i = 0; i < list.count; i++)
        json_array_append_new(array, json_string(items[i]));
    return lat_json_text(call->arena, array);
}

struct lat_list sim_texts_read(struct sim_call *call, const char *text)
{
    LAT_AUTO(lat_json_decrefp) json_t *array = lat_json_parse_new(text, strlen(text), NULL);
    size_t count = json_array_size(array);
    const char **items = LAT_NEW_ARRAY(call->arena, const char *, count);
    for (size_t i = 0; i < count; i++)
        items[i] = lat_arena_strdup(call->arena, json_string_value(json_array_get(array, i)));
    return LAT_LIST(items, count);
}
