/* What strict signatures cost: two simulators alike, one with --auth strict and one with --auth
 * off, answer the same requests, each of them really signed, in turn. The requests of a round are
 * signed before it begins, so that signing is not measured. */
#include "common/base/clock.h"
#include "conformance/bench/cases.h"

#include <string.h>

#define ROUND_REQUESTS  20000 /* more than fit into a round of the length that is usual */
#define REQUESTS_BYTES  (ROUND_REQUESTS * (4 << 10))
#define PERCENT_AT_MOST 25

/* The requests of one round, one behind the other. */
struct signed_round {
    uint64_t first;
    struct lat_buf text;
    size_t ends[ROUND_REQUESTS];
};

static void put_signed(void *context, uint64_t number, struct lat_buf *request)
{
    const struct signed_round *round = context;
    size_t index = number - round->first, start = index == 0 ? 0 : round->ends[index - 1];
    lat_buf_append(request, round->text.data + start, round->ends[index] - start);
}

static void sign_all(struct signed_round *round, const struct cft_case *it,
                     struct cft_estate *estate)
{
    struct lat_clock clock;
    lat_clock_init_real(&clock);
    lat_buf_clear(&round->text);
    round->first = estate->sent;
    for (size_t i = 0; i < ROUND_REQUESTS; i++) {
        struct cft_call call;
        it->make(estate, estate->sent++, &call);
        cft_wire_put_signed(&round->text, &call, lat_clock_now_ms(&clock));
        round->ends[i] = round->text.length;
    }
}

struct pair {
    struct cft_subject strict, off;
};

/* One simulator's turn; ret_cpu_us: its processor time of one call. */
static int take_turn(const struct cft_bench *bench, const struct cft_subject *simulator,
                     const struct cft_case *it, struct signed_round *round, double *ret_per_second,
                     double *ret_cpu_us, struct lat_err *reterr)
{
    struct cft_load_result result;
    const struct cft_load_plan plan = {.port = simulator->port,
                                       .connections = CFT_BENCH_CONNECTIONS,
                                       .first = round->first,
                                       .count = ROUND_REQUESTS,
                                       .seconds_max = bench->round_seconds,
                                       .status = it->status,
                                       .next = put_signed,
                                       .context = round};
    double cpu = cft_subject_cpu_seconds(simulator);
    if (cft_load_run(&plan, &result, reterr) < 0)
        return -1;
    *ret_per_second = result.per_second;
    *ret_cpu_us = (cft_subject_cpu_seconds(simulator) - cpu) * 1e6 / (double)result.answers;
    return 0;
}

/* The cost of one call in percent of the calls that are not answered for it. */
static int measure(struct cft_bench *bench, const struct cft_case *it, struct cft_estate *estate,
                   const struct pair *pair, struct signed_round *round, double *ret_percent,
                   struct lat_err *reterr)
{
    double ratios[CFT_BENCH_ROUNDS_MAX], stricts[CFT_BENCH_ROUNDS_MAX], offs[CFT_BENCH_ROUNDS_MAX],
        strict_us[CFT_BENCH_ROUNDS_MAX], off_us[CFT_BENCH_ROUNDS_MAX];
    for (int64_t i = 0; i < bench->rounds; i++) {
        sign_all(round, it, estate);
        for (int64_t turn = i; turn < i + 2; turn++) /* who begins changes from round to round */
            if ((turn % 2 == 0
                     ? take_turn(bench, &pair->strict, it, round, &stricts[i], &strict_us[i],
                                 reterr)
                     : take_turn(bench, &pair->off, it, round, &offs[i], &off_us[i], reterr)) < 0)
                return -1;
        ratios[i] = stricts[i] / offs[i];
    }
    *ret_percent = 100 * (1 - cft_bench_median(ratios, bench->rounds));
    cft_bench_add(
        bench, lat_arena_printf(bench->arena, "strict signatures at %s", it->name), *ret_percent,
        "%", CFT_BOUND_NONE, 0,
        lat_arena_printf(
            bench->arena, "%.0f/s strict, %.0f/s off; %.1f and %.1f us of processor each",
            cft_bench_median(stricts, bench->rounds), cft_bench_median(offs, bench->rounds),
            cft_bench_median(strict_us, bench->rounds), cft_bench_median(off_us, bench->rounds)));
    return 0;
}

static int measure_all(struct cft_bench *bench, const struct pair *pair, struct lat_err *reterr)
{
    struct cft_estate estate = {0}, same = {0};
    struct signed_round *round = LAT_NEW(bench->arena, struct signed_round);
    double worst = 0;
    if (cft_estate_make(bench, pair->strict.port, 201, &estate, reterr) < 0 ||
        cft_estate_make(bench, pair->off.port, 201, &same, reterr) < 0)
        return -1;
    if (strcmp(estate.service, same.service) != 0)
        return lat_err_broken(reterr, "two simulators with one seed do not give the same ids");
    lat_buf_init(&round->text, REQUESTS_BYTES);
    int result = 0;
    for (size_t i = 0; i < CFT_CASES && result == 0; i++) {
        double percent = 0;
        result = measure(bench, &cft_cases[i], &estate, pair, round, &percent, reterr);
        worst = percent > worst ? percent : worst;
    }
    lat_buf_done(&round->text);
    if (result == 0)
        cft_bench_add(bench, "strict signatures, the dearest of these", worst, "%", CFT_AT_MOST,
                      PERCENT_AT_MOST, "what the mean would hide");
    return result;
}

int cft_bench_strict(struct cft_bench *bench, struct lat_err *reterr)
{
    static const char *const strict[] = {"--seed", "1", "--auth", "strict", NULL};
    static const char *const off[] = {"--seed", "1", "--auth", "off", NULL};
    struct pair pair = {0};
    int result = -1;
    if (cft_subject_start(bench->simulator, strict, &pair.strict, reterr) == 0 &&
        cft_subject_start(bench->simulator, off, &pair.off, reterr) == 0)
        result = measure_all(bench, &pair, reterr);
    cft_subject_stop(&pair.strict);
    cft_subject_stop(&pair.off);
    return result;
}
