/* The query protocols' input: a form in the body, or in the query of a presigned GET. */
#pragma once

#include "common/http/server.h"

/* The whole form, still encoded. */
const char *sim_form_text(const struct lat_http_request *request);

/* A field, decoded, in the request's arena; NULL when it is absent or cannot be decoded. */
const char *sim_form_field(const struct lat_http_request *request, const char *name);
