/* The simulator that is fuzzed; see subject.h. */
#include "simulator/fuzz/subject.h"

#include "common/aws/codec.h"
#include "common/base/text.h"
#include "simulator/admin/admin.h"
#include "simulator/aws/apis.h"
#include "simulator/engine/fault.h"
#include "simulator/engine/journal.h"
#include "simulator/engine/recent.h"
#include "simulator/engine/state.h"
#include "simulator/lattice/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct sim_api *const api_list[] = {&sim_lattice_api, SIM_SIDE_APIS};

struct fuzz_subject {
    struct lat_log log;
    struct sim sim;
    struct sim_aws aws;
    char *said; /* what was logged */
    size_t said_length;
};

/* The state outlives each run, and would be searched for leaks after each: that is the unit tests'
 * matter. The name is the sanitizer's. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return 1;
}

struct fuzz_subject *fuzz_subject(void)
{
    /* Both the sanitizers and the engine end the process without a chance to free it. */
    static struct fuzz_subject subject;
    struct sim *sim = &subject.sim;
    struct lat_err err;
    if (sim->store != NULL)
        return &subject;
    lat_clock_init_virtual(&sim->clock, LAT_CLOCK_VIRTUAL_START_MS);
    sim->seed = 1;
    lat_rng_init(&sim->rng, sim->seed);
    subject.log = (struct lat_log){open_memstream(&subject.said, &subject.said_length), &sim->clock,
                                   LAT_LOG_ERROR, "fuzz"};
    sim->log = &subject.log;
    sim->codec = lat_codec_new();
    sim->journal = sim_journal_new();
    sim->recent = sim_recent_new();
    sim->faults = sim_faults_new(1);
    sim->config =
        (struct sim_config){.partition = "aws", .account = "123456789012", .region = "us-east-2"};
    if (sim_store_open(NULL, &sim->store, &err) < 0 || sim_state_begin(sim, false, &err) < 0)
        abort();
    subject.aws = (struct sim_aws){sim, api_list, LAT_COUNT(api_list), sim_admin_handle, NULL};
    return &subject;
}

struct sim *fuzz_subject_sim(struct fuzz_subject *subject)
{
    return &subject->sim;
}

void fuzz_subject_reset(struct fuzz_subject *subject)
{
    struct lat_err err;
    if (sim_state_reset(&subject->sim, &err) < 0)
        abort();
    /* Snapshots outlive a reset. */
    if (sim_store_run(subject->sim.store, "DELETE FROM snapshot", SIM_NONE, NULL) < 0)
        abort();
}

struct sim_answer fuzz_subject_ask(struct fuzz_subject *subject,
                                   const struct lat_http_request *request)
{
    struct sim_answer answer = {0};
    sim_aws_answer(&subject->aws, request, &answer);
    /* A fault that was asked for may be a 500; the log and the admin API know of none. */
    fflush(subject->log.out);
    if (subject->said_length > 0 ||
        (answer.status == 500 && lat_text_has_prefix(request->path, "/_lattice/"))) {
        fprintf(stderr, "%s %s failed: %s\n", request->method, request->target, subject->said);
        abort();
    }
    return answer;
}
