/* Kubernetes objects in protobuf, as typed clients send them (documented: the four magic bytes, an
 * envelope that names the type, and the object). Read only: every answer is JSON. Which message has
 * which fields is data, messages.txt. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"

#include <jansson.h>

/* The object of a body as its JSON form has it, with apiVersion and kind; NULL when the body is
 * broken or of a type that messages.txt does not know, with why. Fields that are unknown are passed
 * over, as protobuf wants it. A new reference. */
json_t *lat_kube_protobuf_read_new(struct lat_arena *arena, const char *bytes, size_t length,
                                   struct lat_err *reterr) LAT_MUST_USE;
