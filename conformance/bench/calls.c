/* What a call costs beside the bare server that sends the same bytes: both are measured in turn,
 * round by round, and the median of the rounds' ratios is the figure. */
#include "common/base/json.h"
#include "conformance/bench/bench.h"
#include "conformance/bench/wire.h"

#include <stdio.h>
#include <string.h>

#define SERVICES_LISTED      100
#define SERVICES_PER_ACCOUNT 1000 /* far from the quota, and a list of that size is ordinary */
#define FIRST_ACCOUNT        INT64_C(200000000000)
#define LISTING_ACCOUNT      INT64_C(300000000000)
#define SAMPLE_BYTES_MAX     (4 << 20)

struct call_case {
    const char *name;
    int status;
    double ratio_min;
    cft_load_next *next;
};

struct call_context {
    const char *service; /* id */
    uint64_t sent;       /* numbers that were used up */
};

static void put_get(void *context, uint64_t number, struct lat_buf *request)
{
    const struct call_context *call = context;
    char path[128];
    (void)number;
    snprintf(path, sizeof path, "/services/%s", call->service);
    cft_wire_put(request, CFT_WIRE_ACCOUNT, "GET", path, NULL);
}

static void put_create(void *context, uint64_t number, struct lat_buf *request)
{
    char body[64];
    (void)context;
    snprintf(body, sizeof body, "{\"name\":\"bench-%llu\"}", (unsigned long long)number);
    cft_wire_put(request, FIRST_ACCOUNT + (int64_t)(number / SERVICES_PER_ACCOUNT), "POST",
                 "/services", body);
}

static void put_list(void *context, uint64_t number, struct lat_buf *request)
{
    (void)context;
    (void)number;
    cft_wire_put(request, LISTING_ACCOUNT, "GET", "/services?maxResults=100", NULL);
}

static const struct call_case call_cases[] = {
    {"GetService", 200, 0.6, put_get},
    {"CreateService", 201, 0.25, put_create},
    {"ListServices(100)", 200, 0.25, put_list},
};

static int make_services(struct cft_bench *bench, uint16_t port, struct call_context *context,
                         struct lat_err *reterr)
{
    for (int i = 0; i < SERVICES_LISTED; i++) {
        char body[64];
        const char *id = NULL;
        snprintf(body, sizeof body, "{\"name\":\"listed-%d\"}", i);
        if (cft_wire_call_for(bench->arena, port, LISTING_ACCOUNT, "POST", "/services", body, 201,
                              "id", &id, reterr) < 0)
            return -1;
    }
    return cft_wire_call_for(bench->arena, port, CFT_WIRE_ACCOUNT, "POST", "/services",
                             "{\"name\":\"orders\"}", 201, "id", &context->service, reterr);
}

/* The raw answer to one request of the case. */
static int sample(const struct call_case *it, struct call_context *context, uint16_t port,
                  struct lat_buf *answer, struct lat_err *reterr)
{
    LAT_AUTO(lat_buf_done) struct lat_buf request;
    lat_buf_init(&request, SAMPLE_BYTES_MAX);
    it->next(context, context->sent++, &request);
    return cft_load_once(port, request.data, answer, reterr);
}

struct round {
    double ratio;
    double bare;     /* answers per second */
    double measured; /* the same */
    double median_us;
    double cpu_us; /* the simulator's processor time of one call */
};

static int run_round(struct cft_bench *bench, const struct call_case *it,
                     struct call_context *context, const struct cft_subject *bare,
                     const struct cft_subject *simulator, struct round *ret, struct lat_err *reterr)
{
    struct cft_load_result of_bare, of_simulator;
    struct cft_load_plan plan = {.port = bare->port,
                                 .connections = CFT_BENCH_CONNECTIONS,
                                 .first = context->sent,
                                 .seconds_max = bench->round_seconds,
                                 .status = it->status,
                                 .next = it->next,
                                 .context = context};
    if (cft_load_run(&plan, &of_bare, reterr) < 0)
        return -1;
    plan.port = simulator->port;
    double cpu = cft_subject_cpu_seconds(simulator);
    if (cft_load_run(&plan, &of_simulator, reterr) < 0)
        return -1;
    cpu = cft_subject_cpu_seconds(simulator) - cpu;
    context->sent += of_simulator.answers;
    *ret = (struct round){.ratio = of_simulator.per_second / of_bare.per_second,
                          .bare = of_bare.per_second,
                          .measured = of_simulator.per_second,
                          .median_us = of_simulator.median_us,
                          .cpu_us = cpu * 1e6 / (double)of_simulator.answers};
    return 0;
}

static int measure(struct cft_bench *bench, const struct call_case *it,
                   struct call_context *context, const struct cft_subject *simulator,
                   struct lat_err *reterr)
{
    LAT_AUTO(lat_buf_done) struct lat_buf answer;
    lat_buf_init(&answer, SAMPLE_BYTES_MAX);
    struct cft_subject bare;
    if (sample(it, context, simulator->port, &answer, reterr) < 0 ||
        cft_subject_start_bare(bench->arena, bench->bare, answer.data, &bare, reterr) < 0)
        return -1;
    double ratios[CFT_BENCH_ROUNDS_MAX], calls[CFT_BENCH_ROUNDS_MAX], bares[CFT_BENCH_ROUNDS_MAX],
        cpus[CFT_BENCH_ROUNDS_MAX];
    int result = 0;
    for (int64_t i = 0; i < bench->rounds && result == 0; i++) {
        struct round round = {0};
        result = run_round(bench, it, context, &bare, simulator, &round, reterr);
        ratios[i] = round.ratio;
        calls[i] = round.measured;
        bares[i] = round.bare;
        cpus[i] = round.cpu_us;
    }
    cft_subject_stop(&bare);
    if (result < 0)
        return -1;
    const char *detail = lat_arena_printf(
        bench->arena, "%.0f/s, bare %.0f/s, %.1f us of processor each",
        cft_bench_median(calls, bench->rounds), cft_bench_median(bares, bench->rounds),
        cft_bench_median(cpus, bench->rounds));
    cft_bench_add(bench, lat_arena_printf(bench->arena, "%s of a bare handler", it->name),
                  cft_bench_median(ratios, bench->rounds), "", CFT_AT_LEAST, it->ratio_min, detail);
    return 0;
}

int cft_bench_calls(struct cft_bench *bench, struct lat_err *reterr)
{
    struct cft_subject simulator;
    struct call_context context = {0};
    if (cft_subject_start(bench->simulator, NULL, &simulator, reterr) < 0)
        return -1;
    int result = make_services(bench, simulator.port, &context, reterr);
    for (size_t i = 0; i < LAT_COUNT(call_cases) && result == 0; i++)
        result = measure(bench, &call_cases[i], &context, &simulator, reterr);
    cft_subject_stop(&simulator);
    return result;
}
