/* Structures of the API kept as JSON text in one column (matches, health checks, options): written
 * and read by the same tables as the wire, so that what comes back is what was stored. */
#pragma once

#include "simulator/engine/call.h"

struct lat_shape;

/* The JSON text of a generated struct; NULL for NULL. */
const char *sim_document_write(struct sim_call *call, const struct lat_shape *shape,
                               const void *document);

/* The generated struct of a stored text; NULL for NULL. Stored text is our own, so it always
 * decodes. */
const void *sim_document_read(struct sim_call *call, const struct lat_shape *shape,
                              const char *text);

/* A list of texts (ids, port ranges) as one JSON array, and back. Stored text is our own. */
const char *sim_texts_write(struct sim_call *call, struct lat_list list);
struct lat_list sim_texts_read(struct sim_call *call, const char *text);
