/* Runs cases against a scripted endpoint in a process of its own: expect this, answer that. What
 * the endpoint was sent comes back through a pipe. */
#include "conformance/runner/run.h"

#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/tests/leaks.h"
#include "common/http/server.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(run, .fini = check_leaks);

#define HEAD "case: a\nconfidence: model\nsource: s\n"

struct reply {
    int status;
    const char *body;
};

struct script {
    const struct reply *replies; /* one for each request; the last is repeated */
    size_t count;
    size_t next;
    int notes; /* where requests are noted, one line each */
};

static void answer(void *context, struct lat_http_exchange *exchange)
{
    struct script *script = context;
    const struct lat_http_request *request = lat_http_exchange_request(exchange);
    if (strcmp(request->path, "/_lattice/clock") == 0) {
        lat_http_exchange_answer(exchange, 404, NULL, 0, "", 0);
        return;
    }
    dprintf(script->notes, "%s %s %s\n", request->method, request->target, request->body);
    const struct reply *reply = &script->replies[script->next];
    script->next += script->next + 1 < script->count ? 1U : 0U;
    lat_http_exchange_answer(exchange, reply->status, NULL, 0, reply->body, strlen(reply->body));
}

/* The endpoint's process: says its port on the pipe, then serves until it is ended. */
static void serve(struct script *script)
{
    struct lat_clock clock;
    struct lat_err err = {0};
    uint16_t port = 0;
    lat_clock_init_real(&clock);
    const struct lat_log log = {
        .out = stderr, .clock = &clock, .level = LAT_LOG_ERROR, .program = "scripted"};
    struct lat_http_server *server = lat_http_server_new(&log);
    if (lat_http_server_listen(server, "127.0.0.1:0", answer, script, &port, &err) == 0) {
        dprintf(script->notes, "%d\n", port);
        (void)!lat_http_server_run(server, NULL, NULL, &err);
    }
    _exit(0);
}

struct peer {
    pid_t pid;
    FILE *notes;
    char url[64];
};

static struct peer start(const struct reply *replies, size_t count)
{
    int ends[2];
    int port = 0;
    struct peer peer = {0};
    cr_assert_eq(pipe(ends), 0);
    struct script script = {.replies = replies, .count = count, .notes = ends[1]};
    peer.pid = fork();
    if (peer.pid == 0)
        serve(&script);
    close(ends[1]);
    peer.notes = fdopen(ends[0], "r");
    char line[32] = "";
    cr_assert_not_null(fgets(line, sizeof line, peer.notes));
    cr_assert_eq(sscanf(line, "%d", &port), 1);
    snprintf(peer.url, sizeof peer.url, "http://127.0.0.1:%d", port);
    return peer;
}

/* Ends the endpoint; what it was sent is one text. */
static const char *stop(struct lat_arena *arena, struct peer *peer)
{
    const char *all = "";
    char line[1000];
    kill(peer->pid, SIGTERM);
    waitpid(peer->pid, NULL, 0);
    while (fgets(line, sizeof line, peer->notes) != NULL)
        all = lat_arena_printf(arena, "%s%s", all, line);
    fclose(peer->notes);
    return all;
}

/* Runs one case against replies. */
static struct cft_outcome run(struct lat_arena *arena, const char *text,
                              const struct reply *replies, size_t count, const char **ret_sent)
{
    struct lat_err err = {0};
    struct cft_outcome outcome = {0};
    struct peer peer = start(replies, count);
    char path[] = "/tmp/cft-run-XXXXXX";
    close(mkstemp(path));
    cr_assert_eq(lat_file_write(path, text, strlen(text), &err), 0, "%s", err.message);
    struct cft_library *LAT_AUTO(cft_library_freep) library = cft_library_new();
    cr_assert_eq(cft_library_load(library, path, &err), 0, "%s", err.message);
    unlink(path);
    setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "example", 1);
    const struct cft_endpoint_options options = {
        .url = peer.url, .region = "us-east-2", .account = "123456789012", .program = "test"};
    struct cft_endpoint *LAT_AUTO(cft_endpoint_closep) endpoint = cft_endpoint_open(&options, &err);
    cr_assert_not_null(endpoint, "%s", err.message);
    cr_assert_eq(cft_run(arena, endpoint, cft_library_case(library, 0), &outcome, &err), 0, "%s",
                 err.message);
    *ret_sent = stop(arena, &peer);
    return outcome;
}

Test(run, a_case_that_holds_passes_and_undoes_what_it_created)
{
    struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
    const struct reply replies[] = {{201, "{\"id\":\"svc-1\"}"}, {200, "{}"}};
    const char *sent = NULL;
    struct cft_outcome outcome = run(arena,
                                     HEAD "steps:\n- call: CreateService\n  input:\n    name: x\n"
                                          "  expect:\n    body:\n      id: svc-1\n",
                                     replies, LAT_COUNT(replies), &sent);
    cr_expect_eq(outcome.result, CFT_PASSED);
    cr_expect_str_eq(sent, "POST /services {\"name\":\"x\"}\nDELETE /services/svc-1 \n");
}

Test(run, what_was_created_is_undone_after_a_failure_too)
{
    struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
    const struct reply replies[] = {{201, "{\"id\":\"svc-1\",\"name\":\"y\"}"}, {404, "{}"}};
    const char *sent = NULL;
    struct cft_outcome outcome = run(arena,
                                     HEAD "steps:\n- call: CreateService\n  input:\n    name: x\n"
                                          "  expect:\n    body:\n      name: x\n",
                                     replies, LAT_COUNT(replies), &sent);
    cr_expect_eq(outcome.result, CFT_FAILED);
    cr_expect_eq(outcome.wrong_count, 1);
    cr_expect_str_eq(outcome.wrong[0], "body.name: expected \"x\", got \"y\"");
    cr_expect_eq(outcome.line, 5);
    cr_expect_str_eq(outcome.received, "201 {\"id\":\"svc-1\",\"name\":\"y\"}");
    cr_expect_not_null(strstr(sent, "DELETE /services/svc-1"));
}

Test(run, the_status_of_the_model_is_expected_when_none_is_said)
{
    struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
    const struct reply replies[] = {{200, "{\"id\":\"svc-1\"}"}};
    const char *sent = NULL;
    struct cft_outcome outcome =
        run(arena, HEAD "steps:\n- call: CreateService\n  input:\n    name: x\n", replies,
            LAT_COUNT(replies), &sent);
    cr_expect_eq(outcome.result, CFT_FAILED);
    cr_expect_str_eq(outcome.wrong[0], "status: expected 201, got 200");
}

Test(run, an_error_is_compared_by_status_code_and_members)
{
    struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
    const struct reply replies[] = {
        {400, "{\"__type\":\"ns#ConflictException\",\"message\":\"m\",\"resourceId\":\"a\"}"}};
    const char *sent = NULL;
    struct cft_outcome outcome =
        run(arena,
            HEAD "steps:\n- call: ListServices\n  expect:\n    error:\n"
                 "      code: ConflictException\n      message: m\n      resourceId: b\n",
            replies, LAT_COUNT(replies), &sent);
    cr_assert_eq(outcome.wrong_count, 2);
    cr_expect_str_eq(outcome.wrong[0], "status: expected 409, got 400");
    cr_expect_str_eq(outcome.wrong[1], "error.resourceId: expected \"b\", got \"a\"");
}

Test(run, until_tries_again_and_a_limit_ends_it)
{
    struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
    const struct reply replies[] = {{200, "{\"items\":[]}"}, {200, "{\"items\":[1]}"}};
    const char *sent = NULL;
    struct cft_outcome outcome = run(arena,
                                     HEAD "steps:\n- call: ListServices\n  every_ms: 1\n  until:\n"
                                          "    body:\n      items: [1]\n",
                                     replies, LAT_COUNT(replies), &sent);
    cr_expect_eq(outcome.result, CFT_PASSED);
    cr_expect_eq(outcome.calls, 2);
    outcome = run(arena,
                  HEAD "steps:\n- call: ListServices\n  every_ms: 1\n  limit_ms: 3\n  until:\n"
                       "    body:\n      items: [2]\n",
                  replies, LAT_COUNT(replies), &sent);
    cr_expect_eq(outcome.result, CFT_FAILED);
    cr_expect_str_eq(outcome.wrong[outcome.wrong_count - 1], "still so after 3 ms");
}

Test(run, pages_are_joined_and_a_token_that_comes_twice_is_wrong)
{
    struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
    const char *steps = HEAD "steps:\n- call: ListServices\n  pages: true\n  expect:\n    body:\n"
                             "      items: [1, 2]\n      pageSizes: [1, 1]\n";
    const struct reply good[] = {{200, "{\"items\":[1],\"nextToken\":\"a b\"}"},
                                 {200, "{\"items\":[2]}"}};
    const struct reply bad[] = {{200, "{\"items\":[1],\"nextToken\":\"a\"}"}};
    const char *sent = NULL;
    cr_expect_eq(run(arena, steps, good, LAT_COUNT(good), &sent).result, CFT_PASSED);
    cr_expect_str_eq(sent, "GET /services \nGET /services?nextToken=a%20b \n");
    struct cft_outcome outcome = run(arena, steps, bad, LAT_COUNT(bad), &sent);
    cr_expect_eq(outcome.result, CFT_FAILED);
    cr_expect_str_eq(outcome.wrong[0], "page 2: nextToken \"a\" leads nowhere new");
}

Test(run, captured_and_gathered_values_are_used_later)
{
    struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
    const struct reply replies[] = {
        {200, "{\"id\":\"one\"}"}, {200, "{\"id\":\"two\"}"}, {200, "{}"}};
    const char *sent = NULL;
    struct cft_outcome outcome =
        run(arena,
            HEAD "steps:\n- call: GetService\n  times: 2\n  input:\n    serviceIdentifier: s${n}\n"
                 "  gather:\n    ids: id\n  capture: last\n"
                 "- call: GetService\n  each: ${ids}\n  input:\n"
                 "    serviceIdentifier: ${each}-${last.id}\n",
            replies, LAT_COUNT(replies), &sent);
    cr_expect_eq(outcome.result, CFT_PASSED);
    cr_expect_str_eq(sent, "GET /services/s1 \nGET /services/s2 \n"
                           "GET /services/one-two \nGET /services/two-two \n");
}

Test(run, a_case_is_skipped_when_the_endpoint_cannot_do_what_it_requires)
{
    struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
    const struct reply replies[] = {{200, "{}"}};
    const char *sent = NULL;
    struct cft_outcome outcome =
        run(arena, HEAD "requires: [clock]\nsteps:\n- call: ListServices\n", replies,
            LAT_COUNT(replies), &sent);
    cr_expect_eq(outcome.result, CFT_SKIPPED);
    cr_expect_str_eq(outcome.skip_reason, "needs clock");
    cr_expect_str_eq(sent, "");
}

Test(run, a_request_spelled_out_is_sent_byte_for_byte)
{
    struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
    const struct reply replies[] = {{400, "<E><Code>Odd</Code></E>"}};
    const char *sent = NULL;
    struct cft_outcome outcome = run(arena,
                                     HEAD "steps:\n- http:\n    method: PUT\n"
                                          "    path: /a%2Fb//c?x=%20\n    body: '{\"half'\n"
                                          "    sign: false\n  expect:\n    error: Odd\n",
                                     replies, LAT_COUNT(replies), &sent);
    cr_expect_eq(outcome.result, CFT_PASSED, "%s", outcome.wrong_count > 0 ? outcome.wrong[0] : "");
    cr_expect_str_eq(sent, "PUT /a%2Fb//c?x=%20 {\"half\n");
}
