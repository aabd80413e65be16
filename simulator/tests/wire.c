/* What only shows on a connection: answers that come later, connections that are cut, and health
 * checks that really happen. A child process serves; the test is its client. */
#include "common/base/tests/leaks.h"
#include "common/base/text.h"
#include "common/http/client.h"
#include "simulator/engine/health.h"
#include "simulator/engine/probe.h"
#include "simulator/tests/bench.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(wire, .fini = check_leaks);

#define LATENCY_MS  400
#define ROUNDS_MAX  500 /* of 10 ms: how long a test waits */
#define INTERVAL_MS 30000

/* A server with the state of a bench, in a process of its own. */
struct served {
    pid_t process;
    uint16_t port;
};

static int tick(void *context)
{
    return sim_aws_tick(context);
}

static void serve(struct bench *bench, int port_fd)
{
    struct lat_err err = {0};
    uint16_t port = 0;
    struct sim_aws *aws = bench_aws(bench);
    lat_clock_init_real(&aws->sim->clock);
    struct lat_http_server *server = lat_http_server_new(aws->sim->log);
    if (lat_http_server_listen(server, "127.0.0.1:0", sim_aws_handle, aws, &port, &err) < 0 ||
        write(port_fd, &port, sizeof port) != sizeof port ||
        lat_http_server_run(server, tick, aws, &err) < 0)
        _exit(2);
    lat_http_server_free(server);
    _exit(0);
}

static struct served serve_bench(struct bench *bench)
{
    int ends[2];
    struct served served = {0};
    cr_assert_eq(pipe(ends), 0);
    served.process = fork();
    if (served.process == 0)
        serve(bench, ends[1]);
    close(ends[1]);
    cr_assert_eq(read(ends[0], &served.port, sizeof served.port), (ssize_t)sizeof served.port);
    close(ends[0]);
    return served;
}

static void stop(struct served *served)
{
    int status = 0;
    if (served->process == 0)
        return;
    kill(served->process, SIGTERM);
    waitpid(served->process, &status, 0);
    served->process = 0;
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the server ended with %d", status);
}

static void ignore_data(void *context, const char *data, size_t length)
{
    (void)context;
    (void)data;
    (void)length;
}

static void note_end(void *context, int status, const char *failure)
{
    *(int *)context = failure == NULL ? status : -1;
}

static int get(struct lat_http_client *client, const char *url, struct lat_arena *arena)
{
    struct lat_http_call call = {.method = "GET", .url = url, .timeout_ms = 5000};
    struct lat_http_answer answer;
    struct lat_err err;
    return lat_http_client_call(client, arena, &call, &answer, &err) < 0 ? -1 : answer.status;
}

Test(wire, a_slow_answer_keeps_nobody_else_waiting)
{
    NEW_BENCH(&sim_delays_instant);
    bench_send(bench, "POST", "/_lattice/faults",
               bench_format(bench, "{'operation':'ListServices','latency_ms':%d}", LATENCY_MS));
    LAT_AUTO(stop) struct served served = serve_bench(bench);
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    LAT_AUTO(lat_http_client_freep)
    struct lat_http_client *client = lat_http_client_new(&(struct lat_http_client_options){0});
    const char *slow = bench_format(bench, "http://127.0.0.1:%u/services", served.port);
    const char *fast = bench_format(bench, "http://127.0.0.1:%u/servicenetworks", served.port);
    struct lat_clock clock;
    lat_clock_init_real(&clock);
    int64_t start = lat_clock_now_ms(&clock);
    int status = 0;
    struct lat_http_call call = {.method = "GET", .url = slow};
    lat_http_client_subscribe(client, &call,
                              &(struct lat_http_stream_events){ignore_data, note_end, &status});
    lat_http_client_poll(client, -1, 50);
    cr_expect_eq(get(client, fast, arena), 200);
    cr_expect_eq(status, 0, "the slow answer waits");
    for (int i = 0; i < ROUNDS_MAX && status == 0; i++)
        lat_http_client_poll(client, -1, 10);
    cr_expect_eq(status, 200);
    cr_expect_geq(lat_clock_now_ms(&clock) - start, LATENCY_MS);
}

Test(wire, a_cut_connection_gives_no_answer_but_may_have_changed_the_state)
{
    NEW_BENCH(&sim_delays_instant);
    bench_send(bench, "POST", "/_lattice/faults",
               "{'operation':'CreateService','nth':1,'cut':'before'}");
    bench_send(bench, "POST", "/_lattice/faults",
               "{'operation':'CreateService','nth':2,'cut':'after'}");
    LAT_AUTO(stop) struct served served = serve_bench(bench);
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    LAT_AUTO(lat_http_client_freep)
    struct lat_http_client *client = lat_http_client_new(&(struct lat_http_client_options){0});
    static const int statuses[] = {-1 /* nothing done */, -1 /* created, not said */, 409};
    struct lat_http_call call = {
        .method = "POST",
        .url = bench_format(bench, "http://127.0.0.1:%u/services", served.port),
        .body = "{\"name\":\"orders\"}",
        .body_length = strlen("{\"name\":\"orders\"}"),
        .timeout_ms = 5000,
    };
    for (size_t i = 0; i < LAT_COUNT(statuses); i++) {
        struct lat_http_answer answer = {0};
        struct lat_err err;
        int status =
            lat_http_client_call(client, arena, &call, &answer, &err) < 0 ? -1 : answer.status;
        cr_expect_eq(status, statuses[i], "call %zu: %d", i, status);
    }
}

Test(wire, a_held_answer_goes_with_its_server)
{
    NEW_BENCH(&sim_delays_instant);
    bench_send(bench, "POST", "/_lattice/faults", "{'latency_ms':3600000}");
    LAT_AUTO(stop) struct served served = serve_bench(bench);
    LAT_AUTO(lat_http_client_freep)
    struct lat_http_client *client = lat_http_client_new(&(struct lat_http_client_options){0});
    int status = 0;
    struct lat_http_call call = {
        .method = "GET", .url = bench_format(bench, "http://127.0.0.1:%u/services", served.port)};
    lat_http_client_subscribe(client, &call,
                              &(struct lat_http_stream_events){ignore_data, note_end, &status});
    lat_http_client_poll(client, -1, 100);
    cr_expect_eq(status, 0);
    stop(&served);
    for (int i = 0; i < ROUNDS_MAX && status == 0; i++)
        lat_http_client_poll(client, -1, 10);
    cr_expect_eq(status, -1);
}

/* Lets the prober work until nothing is under way. */
static void probe(struct sim_prober *prober)
{
    for (int i = 0; i < ROUNDS_MAX && sim_prober_tick(prober) <= 10; i++)
        poll(NULL, 0, 10);
}

static void expect_status(struct bench *bench, const char *list, const char *status)
{
    bench_send(bench, "POST", list, NULL);
    cr_expect_str_eq(bench_text(bench, "items[0].status"), status);
}

Test(wire, a_probed_target_follows_what_it_answers)
{
    NEW_BENCH(&sim_delays_instant);
    LAT_AUTO(bench_freep) struct bench *other = bench_new(&sim_delays_instant);
    LAT_AUTO(stop) struct served served = serve_bench(other);
    struct sim *sim = bench_sim(bench);
    sim->config.probes = true;
    bench_send(bench, "POST", "/targetgroups",
               "{'name':'legacy','type':'IP','config':{'protocol':'HTTP','port':80,"
               "'vpcIdentifier':'vpc-0123456789abcdef0',"
               "'healthCheck':{'path':'/_lattice/health','healthyThresholdCount':2}}}");
    const char *group = bench_keep(bench, "id");
    const char *list = bench_format(bench, "/targetgroups/%s/listtargets", group);
    const char *service = bench_service(bench, "orders");
    bench_rule(bench, service, bench_listener(bench, service, 80), 1, group);
    bench_send(bench, "POST", bench_format(bench, "/targetgroups/%s/registertargets", group),
               bench_format(bench, "{'targets':[{'id':'127.0.0.1','port':%u}]}", served.port));
    expect_status(bench, list, "INITIAL");
    struct sim_prober *prober = sim_prober_new(sim);
    probe(prober);
    expect_status(bench, list, "HEALTHY");
    stop(&served);
    for (int i = 0; i < 2; i++) {
        expect_status(bench, list, "HEALTHY");
        bench_wait(bench, INTERVAL_MS);
        probe(prober);
    }
    expect_status(bench, list, "UNHEALTHY");
    sim_prober_free(prober);
}

Test(wire, a_matcher_lists_codes_and_ranges)
{
    static const struct {
        const char *matcher;
        int status;
        bool matches;
    } cases[] = {{"200", 200, true},         {"200", 201, false},        {"200,202", 202, true},
                 {"200,202", 201, false},    {"200-299", 204, true},     {"200-299", 300, false},
                 {"200,300-302", 301, true}, {"200,300-302", 299, false}};
    for (size_t i = 0; i < LAT_COUNT(cases); i++)
        cr_expect_eq(sim_probe_matches(cases[i].matcher, cases[i].status), cases[i].matches,
                     "%s and %d", cases[i].matcher, cases[i].status);
}
