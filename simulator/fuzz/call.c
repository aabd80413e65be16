/* Whole requests to the AWS port, the admin API included: a line with method and target, lines with
 * headers, an empty line, the body. Every one gets an answer, and the store never fails. The
 * journal must be readable after each. */
#include "common/aws/codec.h"
#include "common/aws/sigv4.h"
#include "common/base/text.h"
#include "common/fuzz/target.h"
#include "simulator/admin/admin.h"
#include "simulator/aws/apis.h"
#include "simulator/engine/fault.h"
#include "simulator/engine/journal.h"
#include "simulator/lattice/api.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define HEADERS_MAX   16
#define CALLS_PER_SIM 2000 /* then everything begins anew, so that a finding can be repeated */

static const struct sim_api *const api_list[] = {&sim_lattice_api, &sim_tagging_api, &sim_sts_api};

struct subject {
    struct lat_log log;
    struct sim sim;
    struct sim_aws aws;
    int calls;
};

/* Both the sanitizers and the engine end the process without a chance to free it. */
static struct subject subject;

static void begin_anew(void)
{
    struct lat_err err;
    sim_store_close(subject.sim.store);
    sim_journal_free(subject.sim.journal);
    lat_codec_free(subject.sim.codec);
    lat_sigv4_hasher_free(subject.sim.hasher);
    sim_faults_free(subject.sim.faults);
    memset(&subject, 0, sizeof subject);
    lat_clock_init_virtual(&subject.sim.clock, LAT_CLOCK_VIRTUAL_START_MS);
    lat_rng_init(&subject.sim.rng, 1);
    subject.log = (struct lat_log){stderr, &subject.sim.clock, LAT_LOG_ERROR, "fuzz"};
    subject.sim.log = &subject.log;
    subject.sim.codec = lat_codec_new();
    subject.sim.journal = sim_journal_new();
    subject.sim.faults = sim_faults_new(1);
    subject.sim.config =
        (struct sim_config){.partition = "aws", .account = "123456789012", .region = "us-east-2"};
    if (sim_store_open(NULL, &subject.sim.store, &err) < 0)
        abort();
    subject.aws = (struct sim_aws){&subject.sim, api_list, LAT_COUNT(api_list), sim_admin_handle};
}

static bool read_request(struct lat_arena *arena, const uint8_t *data, size_t size,
                         struct lat_http_header headers[HEADERS_MAX],
                         struct lat_http_request *request)
{
    char *method = lat_fuzz_line(arena, &data, &size);
    char *target = strchr(method, ' ');
    if (target == NULL || target[1] != '/')
        return false;
    *target++ = '\0';
    *request = (struct lat_http_request){
        .arena = arena, .method = method, .target = target, .headers = headers};
    for (char *line; request->header_count < HEADERS_MAX &&
                     *(line = lat_fuzz_line(arena, &data, &size)) != '\0';) {
        char *colon = strchr(line, ':');
        if (colon == NULL)
            break;
        *colon = '\0';
        headers[request->header_count++] =
            (struct lat_http_header){line, colon + 1 + strspn(colon + 1, " ")};
    }
    size_t path_length = strcspn(target, "?");
    request->path = lat_arena_strndup(arena, target, path_length);
    request->query = target[path_length] == '?' ? target + path_length + 1 : "";
    request->body = lat_fuzz_rest(arena, data, size);
    request->body_length = size; /* may hold NUL, as on the wire */
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct lat_http_header headers[HEADERS_MAX];
    struct lat_http_request request;
    struct sim_answer answer = {0};
    if (subject.calls++ % CALLS_PER_SIM == 0)
        begin_anew();
    if (!read_request(arena, data, size, headers, &request))
        return 0;
    sim_aws_answer(&subject.aws, &request, &answer);
    if (strstr(lat_text_or_empty(answer.body), "The simulator failed") != NULL)
        abort(); /* a fault that was asked for may be a 500; this text is never asked for */
    int64_t last = sim_journal_last(subject.sim.journal);
    if (sim_journal_lines(subject.sim.journal, arena, last - 1) == NULL)
        abort();
    return 0;
}
