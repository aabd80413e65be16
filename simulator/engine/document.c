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
    LAT_AUTO(lat_json_decrefp) json_t *json = lat_document_encode_new(shape, document);
    return lat_json_text(call->arena, json);
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
