/* What a call costs beside the bare server that sends the same bytes: both are measured in turn,
 * round by round, and the median of the rounds' ratios is the figure. */
#include "conformance/bench/cases.h"

#define SAMPLE_BYTES_MAX (4 << 20)

/* The raw answer to one request of the case. */
static int sample(struct cft_case_at at, struct cft_estate *estate, uint16_t port,
                  struct lat_buf *answer, struct lat_err *reterr)
{
    LAT_AUTO(lat_buf_done) struct lat_buf request;
    lat_buf_init(&request, SAMPLE_BYTES_MAX);
    cft_case_put(&at, estate->sent++, &request);
    return cft_load_once(port, request.data, answer, reterr);
}

struct round {
    double ratio;
    double bare;     /* answers per second */
    double measured; /* the same */
    double median_us;
    double cpu_us; /* the simulator's processor time of one call */
};

static int run_round(struct cft_bench *bench, const struct cft_case *it, struct cft_estate *estate,
                     const struct cft_subject *bare, const struct cft_subject *simulator,
                     struct round *ret, struct lat_err *reterr)
{
    struct cft_case_at at = {it, estate};
    struct cft_load_result of_bare, of_simulator;
    struct cft_load_plan plan = {.port = bare->port,
                                 .connections = CFT_BENCH_CONNECTIONS,
                                 .first = estate->sent,
                                 .seconds_max = bench->round_seconds,
                                 .status = it->status,
                                 .next = cft_case_put,
                                 .context = &at};
    if (cft_load_run(&plan, &of_bare, reterr) < 0)
        return -1;
    plan.port = simulator->port;
    double cpu = cft_subject_cpu_seconds(simulator);
    if (cft_load_run(&plan, &of_simulator, reterr) < 0)
        return -1;
    cpu = cft_subject_cpu_seconds(simulator) - cpu;
    estate->sent += of_simulator.answers;
    *ret = (struct round){.ratio = of_simulator.per_second / of_bare.per_second,
                          .bare = of_bare.per_second,
                          .measured = of_simulator.per_second,
                          .median_us = of_simulator.median_us,
                          .cpu_us = cpu * 1e6 / (double)of_simulator.answers};
    return 0;
}

static int measure(struct cft_bench *bench, const struct cft_case *it, struct cft_estate *estate,
                   const struct cft_subject *simulator, struct lat_err *reterr)
{
    LAT_AUTO(lat_buf_done) struct lat_buf answer;
    lat_buf_init(&answer, SAMPLE_BYTES_MAX);
    struct cft_subject bare;
    if (sample((struct cft_case_at){it, estate}, estate, simulator->port, &answer, reterr) < 0 ||
        cft_subject_start_bare(bench->arena, bench->bare, answer.data, &bare, reterr) < 0)
        return -1;
    double ratios[CFT_BENCH_ROUNDS_MAX], calls[CFT_BENCH_ROUNDS_MAX], bares[CFT_BENCH_ROUNDS_MAX],
        cpus[CFT_BENCH_ROUNDS_MAX];
    int result = 0;
    for (int64_t i = 0; i < bench->rounds && result == 0; i++) {
        struct round round = {0};
        result = run_round(bench, it, estate, &bare, simulator, &round, reterr);
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
                  cft_bench_median(ratios, bench->rounds), "", CFT_AT_LEAST, it->bare_min, detail);
    return 0;
}

int cft_bench_calls(struct cft_bench *bench, struct lat_err *reterr)
{
    struct cft_subject simulator;
    struct cft_estate estate = {0};
    if (cft_subject_start(bench->simulator, NULL, &simulator, reterr) < 0)
        return -1;
    int result = cft_estate_make(bench, simulator.port, 201, &estate, reterr);
    for (size_t i = 0; i < CFT_CASES && result == 0; i++)
        result = measure(bench, &cft_cases[i], &estate, &simulator, reterr);
    cft_subject_stop(&simulator);
    return result;
}
