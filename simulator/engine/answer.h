/* What is sent for a call on the AWS port, whichever API made it. */
#pragma once

#include "common/http/server.h"

#define SIM_ANSWER_HEADERS_MAX 6

struct sim_answer {
    int status;
    const char *content_type; /* NULL: none */
    const char *body;
    struct lat_http_header headers[SIM_ANSWER_HEADERS_MAX];
    size_t header_count;
    int64_t due_ms; /* by the clock: not to be sent before; 0 for at once */
    bool cut;       /* the connection is cut instead */
};

/* The error in the journal of a call whose connection was cut on request. */
#define SIM_CUT_CODE "ConnectionCut"

/* Adds a header to an answer. */
void sim_answer_header(struct sim_answer *answer, const char *name, const char *value);
