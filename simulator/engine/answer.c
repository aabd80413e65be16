/* Answers; see answer.h. */
#include "simulator/engine/answer.h"

#include <assert.h>

void sim_answer_header(struct sim_answer *answer, const char *name, const char *value)
{
    assert(answer->header_count < SIM_ANSWER_HEADERS_MAX);
    answer->headers[answer->header_count++] = (struct lat_http_header){name, value};
}
