/* OpenAPI v2 documents in protobuf, the one form in which kubectl takes them (documented: gnostic's
 * messages). Which member is which field is data, openapi.txt. Pure. */
#pragma once

#include "common/base/buf.h"

#include <jansson.h>

/* Appends the document. Members that openapi.txt does not name are left out. */
void lat_kube_openapi_write(struct lat_buf *buf, const json_t *document);
