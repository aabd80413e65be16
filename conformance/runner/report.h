/* What a run found, for people and machines: TAP version 13 on the way, or one JSON document at the
 * end; and the list of cases without running them. Writes to the FILE it is given only. */
#pragma once

#include "conformance/runner/case.h"
#include "conformance/runner/run.h"

#include <stdbool.h>
#include <stdio.h>

struct cft_report {
    FILE *out;
    bool is_json;
    json_t *cases; /* owned; JSON output gathers here */
    size_t number;
    size_t passed;
    size_t failed;
    size_t skipped;
    size_t known;  /* failed, as the case says */
    size_t mended; /* passed although the case says that it fails */
};

void cft_report_begin(struct cft_report *report, FILE *out, bool is_json, size_t case_count);
void cft_report_case(struct cft_report *report, struct lat_arena *arena,
                     const struct cft_case *item, const struct cft_outcome *outcome);
void cft_report_stopped(struct cft_report *report, const char *reason);
void cft_report_end(struct cft_report *report);

/* Every case with what it requires and which operations it calls, derived from its steps. */
void cft_report_list(FILE *out, bool is_json, struct lat_arena *arena,
                     const struct cft_case *const *cases, size_t case_count);

/* The operations that a case calls, each once, in their order; a new reference. */
json_t *cft_case_operations_new(const struct cft_case *item);
