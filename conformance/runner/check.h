/* One answer against what a step expects of it. Pure. */
#pragma once

#include "common/http/client.h"
#include "conformance/runner/case.h"
#include "conformance/runner/match.h"

/* An answer and what was read out of it. */
struct cft_answer {
    struct lat_http_answer http;
    json_t *body;           /* NULL when there is none or it is no JSON; owned */
    const char *error_code; /* NULL when it names none */
};

/* Reads the body and the error's name; the arena holds the texts. Free with cft_answer_done. */
void cft_answer_read(struct lat_arena *arena, const struct lat_http_answer *http,
                     struct cft_answer *ret_answer);
void cft_answer_done(struct cft_answer *answer);

/* Adds what differs. scope holds the variables for the expectation; it is changed only in passing.
 * An expectation that cannot be expanded is a mismatch too. */
void cft_answer_check(struct cft_mismatches *mismatches, json_t *scope, const struct cft_step *step,
                      const struct cft_answer *answer);
