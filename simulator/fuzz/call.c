/* Whole requests to the AWS port, the admin API included: a line with method and target, lines with
 * headers, an empty line, the body. Every one gets an answer, and the store never fails. The
 * journal must be readable after each. */
#include "common/fuzz/target.h"
#include "simulator/engine/journal.h"
#include "simulator/fuzz/request.h"
#include "simulator/fuzz/subject.h"

#include <stdlib.h>

/* Then everything begins anew: a finding can be repeated, and what reads the whole journal or state
 * stays short. */
#define CALLS_PER_STATE 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int calls; /* as the subject, there is one for the process */
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct lat_http_header headers[SIM_FUZZ_HEADERS_MAX];
    struct lat_http_request request;
    struct fuzz_subject *subject = fuzz_subject();
    if (calls++ % CALLS_PER_STATE == 0)
        fuzz_subject_reset(subject);
    if (!sim_fuzz_read_request(arena, data, size, headers, &request))
        return 0;
    fuzz_subject_ask(subject, &request);
    const struct sim_journal *journal = fuzz_subject_sim(subject)->journal;
    if (sim_journal_lines(journal, arena, sim_journal_last(journal) - 1) == NULL)
        abort();
    return 0;
}
