/* Values for every shape, made from the tables alone: what the walks over all operations use. */
#pragma once

#include "common/aws/codec.h"

#include <jansson.h>

/* A document with every member of a structure present and within all constraints; of a union the
 * member number variant (modulo its members). A new reference; NULL when some shape has no sample,
 * which a test has to report. */
json_t *sample_new(struct lat_codec *codec, const struct lat_shape *shape, size_t variant);
