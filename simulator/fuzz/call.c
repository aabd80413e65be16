/* Whole requests to the AWS port, the admin API included: a line with method and target, lines with
 * headers, an empty line, the body. Every one gets an answer, and the store never fails. The
 * journal must be readable after each. */
#include "common/fuzz/target.h"
#include "simulator/engine/journal.h"
#include "simulator/fuzz/subject.h"

#include <stdlib.h>

#define HEADERS_MAX 16
/* Then everything begins anew: a finding can be repeated, and what reads the whole journal or state
 * stays short. */
#define CALLS_PER_STATE 64

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
    static int calls; /* as the subject, there is one for the process */
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct lat_http_header headers[HEADERS_MAX];
    struct lat_http_request request;
    struct fuzz_subject *subject = fuzz_subject();
    if (calls++ % CALLS_PER_STATE == 0)
        fuzz_subject_reset(subject);
    if (!read_request(arena, data, size, headers, &request))
        return 0;
    fuzz_subject_ask(subject, &request);
    const struct sim_journal *journal = fuzz_subject_sim(subject)->journal;
    if (sim_journal_lines(journal, arena, sim_journal_last(journal) - 1) == NULL)
        abort();
    return 0;
}
