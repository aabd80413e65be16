/* Runs one case: sends its steps, compares the answers, undoes what was created. */
#pragma once

#include "conformance/runner/case.h"
#include "conformance/runner/endpoint.h"

enum cft_result {
    CFT_PASSED,
    CFT_FAILED,
    CFT_SKIPPED, /* the endpoint cannot do what the case requires */
    CFT_RESULT_COUNT
};

#define CFT_SHOWN_BYTES_MAX  2000         /* of a request or answer in a report */
#define CFT_CLEANUP_LIMIT_MS (10 * 60000) /* how long one undoing call is tried again */
#define CFT_PAGES_MAX        1000

/* All texts live in the arena given to cft_run. */
struct cft_outcome {
    enum cft_result result;
    const char *skip_reason;
    const char *step; /* title of the step that failed, or "cleanup" */
    int line;         /* of that step */
    const char **wrong;
    size_t wrong_count;
    const char *sent;
    const char *received;
    int64_t calls;
};

/* Returns -1 only when the endpoint gave no answer at all; a failing case is an outcome. */
int cft_run(struct lat_arena *arena, struct cft_endpoint *endpoint, const struct cft_case *item,
            struct cft_outcome *ret_outcome, struct lat_err *reterr) LAT_MUST_USE;
