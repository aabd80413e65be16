/* The bench; see bench.h. */
#include "simulator/kubernetes/tests/bench.h"

#include "common/base/buf.h"
#include "common/base/lat_limits.h"
#include "common/base/text.h"
#include "common/http/client.h"
#include "common/http/server.h"
#include "simulator/engine/fault.h"
#include "simulator/engine/journal.h"
#include "simulator/kubernetes/kube.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#define WATCHES_MAX     300
#define ANSWER_POLLS    500 /* of 20 ms: how long a test waits for an event */
#define POLL_TIMEOUT_MS 20

struct watch {
    struct bench *bench;
    struct lat_buf received;
    bool ended;
};

struct bench {
    struct lat_arena *arena;
    struct lat_http_client *client;
    pid_t server;
    const char *url;
    struct lat_http_answer answer;
    json_t *body;
    json_t *events; /* all that watches handed out, to own them */
    struct watch watches[WATCHES_MAX];
    size_t watch_count;
};

static const char *unquoted(struct lat_arena *arena, const char *text)
{
    char *copy = lat_arena_strdup(arena, text);
    for (char *p = copy; p != NULL && *p != '\0'; p++)
        if (*p == '\'')
            *p = '"';
    return copy;
}

/* --- the child -------------------------------------------------------------------------------- */

/* rules: a JSON list with ' for ". */
static struct sim_faults *read_faults(const char *rules)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    LAT_AUTO(lat_json_decrefp) json_t *list = json_loads(unquoted(arena, rules), 0, NULL);
    struct sim_faults *faults = sim_faults_new(7);
    struct lat_err err = {0};
    for (size_t i = 0; i < json_array_size(list); i++)
        if (sim_faults_add(faults, json_array_get(list, i), NULL, &err) < 0) {
            fprintf(stderr, "bench: %s\n", err.message);
            _exit(2);
        }
    return faults;
}

static void serve(int port_fd, const char *rules)
{
    struct sim sim = {0};
    struct lat_err err = {0};
    lat_clock_init_real(&sim.clock);
    struct lat_log log = {stderr, &sim.clock, LAT_LOG_WARNING, "bench"};
    sim.log = &log;
    lat_rng_init(&sim.rng, 7);
    sim.journal = sim_journal_new();
    sim.faults = read_faults(rules);
    struct sim_kube *kube = NULL;
    uint16_t port = 0;
    struct lat_http_server *server = lat_http_server_new(&log);
    if (sim_store_open(NULL, &sim.store, &err) < 0 || sim_kube_new(&sim, &kube, &err) < 0 ||
        lat_http_server_listen(server, "127.0.0.1:0", sim_kube_handle, kube, &port, &err) < 0 ||
        write(port_fd, &port, sizeof port) != sizeof port ||
        lat_http_server_run(server, sim_kube_tick, kube, &err) < 0) {
        fprintf(stderr, "bench: %s\n", err.message);
        _exit(2);
    }
    lat_http_server_free(server);
    sim_kube_free(kube);
    sim_store_close(sim.store);
    sim_journal_free(sim.journal);
    sim_faults_free(sim.faults);
}

static void run_child(int port_fd, const char *rules)
{
    serve(port_fd, rules);
#ifdef __SANITIZE_ADDRESS__
    if (__lsan_do_recoverable_leak_check() != 0)
        _exit(3);
#endif
    _exit(0);
}

/* --- the test's side -------------------------------------------------------------------------- */

struct bench *bench_new(void)
{
    return bench_new_with_faults("[]");
}

struct bench *bench_new_with_faults(const char *rules)
{
    int ends[2];
    uint16_t port = 0;
    cr_assert_eq(pipe(ends), 0);
    struct lat_arena *arena = lat_arena_new();
    struct bench *bench = LAT_NEW(arena, struct bench);
    bench->arena = arena;
    bench->server = fork();
    if (bench->server == 0) {
        lat_arena_free(arena); /* the test's, of which the child has a copy */
        run_child(ends[1], rules);
    }
    close(ends[1]);
    cr_assert_eq(read(ends[0], &port, sizeof port), (ssize_t)sizeof port);
    close(ends[0]);
    bench->url = lat_arena_printf(arena, "http://127.0.0.1:%u", port);
    bench->client = lat_http_client_new(&(struct lat_http_client_options){.user_agent = "bench/1"});
    bench->events = json_array();
    return bench;
}

void bench_free(struct bench *bench)
{
    int status = 0;
    lat_http_client_free(bench->client);
    kill(bench->server, SIGTERM);
    waitpid(bench->server, &status, 0);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the server ended with %d", status);
    for (size_t i = 0; i < bench->watch_count; i++)
        lat_buf_done(&bench->watches[i].received);
    json_decref(bench->body);
    json_decref(bench->events);
    lat_arena_free(bench->arena);
}

static int try_call(struct bench *bench, const char *method, const char *target, const char *body,
                    struct lat_http_header header, struct lat_err *reterr)
{
    const char *text = unquoted(bench->arena, body);
    struct lat_http_call request = {
        .method = method,
        .url = lat_arena_printf(bench->arena, "%s%s", bench->url, target),
        .headers = &header,
        .header_count = 1,
        .body = text,
        .body_length = text == NULL ? 0 : strlen(text),
        .timeout_ms = 10000,
    };
    if (lat_http_client_call(bench->client, bench->arena, &request, &bench->answer, reterr) < 0)
        return -1;
    json_decref(bench->body);
    bench->body = lat_json_parse_new(bench->answer.body, bench->answer.body_length, NULL);
    return bench->answer.status;
}

static int call(struct bench *bench, const char *method, const char *target, const char *body,
                struct lat_http_header header)
{
    struct lat_err err = {0};
    int status = try_call(bench, method, target, body, header, &err);
    cr_assert_gt(status, 0, "%s", err.message);
    return status;
}

int bench_try(struct bench *bench, const char *method, const char *target, const char *body)
{
    struct lat_err err = {0};
    return try_call(bench, method, target, body,
                    (struct lat_http_header){"Content-Type", "application/json"}, &err);
}

int bench_send(struct bench *bench, const char *method, const char *target, const char *body)
{
    return call(bench, method, target, body,
                (struct lat_http_header){"Content-Type", "application/json"});
}

int bench_patch(struct bench *bench, const char *kind, const char *target, const char *body)
{
    const char *type = lat_text_eq(kind, "apply")
                           ? "application/apply-patch+yaml"
                           : bench_format(bench, "application/%s-patch+json", kind);
    return call(bench, "PATCH", target, body, (struct lat_http_header){"Content-Type", type});
}

int bench_get_as(struct bench *bench, const char *accept, const char *target)
{
    return call(bench, "GET", target, NULL, (struct lat_http_header){"Accept", accept});
}

const json_t *bench_at(struct bench *bench, const char *path)
{
    return lat_json_at(bench->body, path);
}

const char *bench_text(struct bench *bench, const char *path)
{
    return lat_arena_strdup(bench->arena, lat_json_string_at(bench->body, path, ""));
}

int64_t bench_number(struct bench *bench, const char *path)
{
    return lat_json_int_at(bench->body, path, -1);
}

const char *bench_json(struct bench *bench, const char *path)
{
    const json_t *value = bench_at(bench, path);
    return value == NULL ? "" : lat_json_text(bench->arena, value);
}

const char *bench_header(struct bench *bench, const char *name)
{
    return lat_http_answer_header(&bench->answer, name);
}

const char *bench_format(struct bench *bench, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = lat_arena_vprintf(bench->arena, format, args);
    va_end(args);
    return text;
}

void bench_make_route(struct bench *bench, const char *name)
{
    const char *body = bench_format(
        bench, "{'metadata':{'name':'%s'},'spec':{'rules':[{'backendRefs':[{'name':'a'}]}]}}",
        name);
    cr_assert_eq(bench_send(bench, "POST", ROUTES, body), 201, "%s", bench->answer.body);
}

/* --- watches ---------------------------------------------------------------------------------- */

static void on_data(void *context, const char *data, size_t length)
{
    struct watch *watch = context;
    lat_buf_append(&watch->received, data, length);
}

static void on_end(void *context, int status, const char *failure)
{
    struct watch *watch = context;
    (void)status;
    (void)failure;
    watch->ended = true;
}

struct watch *bench_watch_as(struct bench *bench, const char *accept, const char *target)
{
    cr_assert_lt(bench->watch_count, (size_t)WATCHES_MAX);
    struct watch *watch = &bench->watches[bench->watch_count++];
    watch->bench = bench;
    lat_buf_init(&watch->received, LAT_HTTP_ANSWER_BYTES_MAX);
    struct lat_http_header header = {"Accept", accept};
    struct lat_http_call request = {
        .method = "GET",
        .url = lat_arena_printf(bench->arena, "%s%s", bench->url, target),
        .headers = &header,
        .header_count = 1,
    };
    lat_http_client_subscribe(bench->client, &request,
                              &(struct lat_http_stream_events){on_data, on_end, watch});
    return watch;
}

struct watch *bench_watch(struct bench *bench, const char *target)
{
    return bench_watch_as(bench, "application/json", target);
}

const json_t *watch_next(struct watch *watch)
{
    for (int i = 0; i < ANSWER_POLLS; i++) {
        const char *feed = strchr(watch->received.data, '\n');
        if (feed != NULL) {
            size_t length = (size_t)(feed - watch->received.data);
            json_t *event = lat_json_parse_new(watch->received.data, length, NULL);
            cr_assert_not_null(event, "%.*s", (int)length, watch->received.data);
            json_array_append_new(watch->bench->events, event);
            lat_buf_consume(&watch->received, length + 1);
            return event;
        }
        if (watch->ended)
            return NULL;
        lat_http_client_poll(watch->bench->client, -1, POLL_TIMEOUT_MS);
    }
    cr_assert(false, "no event came");
    return NULL;
}

const char *watch_next_text(struct watch *watch)
{
    const json_t *event = watch_next(watch);
    if (event == NULL)
        return "end";
    return bench_format(watch->bench, "%s %s", lat_json_string_at(event, "type", ""),
                        lat_json_string_at(event, "object.metadata.name", "-"));
}
