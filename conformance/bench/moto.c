/* How much faster than moto's server: the same calls, in turn. moto closes the connection behind
 * each answer, and the generator opens another one. */
#include "common/base/text.h"
#include "conformance/bench/cases.h"

#define TIMES_AT_LEAST 40

struct rivals {
    struct cft_subject simulator, moto;
    struct cft_estate estate, moto_estate;
};

static int take_turn(struct cft_bench *bench, const struct cft_subject *subject, int status,
                     struct cft_case_at at, struct cft_estate *estate, double *ret_per_second,
                     struct lat_err *reterr)
{
    struct cft_load_result result;
    const struct cft_load_plan plan = {.port = subject->port,
                                       .connections = CFT_BENCH_CONNECTIONS,
                                       .first = estate->sent,
                                       .seconds_max = bench->round_seconds,
                                       .status = status,
                                       .next = cft_case_put,
                                       .context = &at};
    if (cft_load_run(&plan, &result, reterr) < 0)
        return -1;
    estate->sent += result.answers;
    *ret_per_second = result.per_second;
    return 0;
}

static int measure(struct cft_bench *bench, struct rivals *rivals, const struct cft_case *it,
                   struct lat_err *reterr)
{
    double ratios[CFT_BENCH_ROUNDS_MAX], ours[CFT_BENCH_ROUNDS_MAX], motos[CFT_BENCH_ROUNDS_MAX];
    const struct cft_case_at at = {it, &rivals->estate}, moto_at = {it, &rivals->moto_estate};
    for (int64_t i = 0; i < bench->rounds; i++) {
        if (take_turn(bench, &rivals->moto, it->moto_status, moto_at, &rivals->moto_estate,
                      &motos[i], reterr) < 0 ||
            take_turn(bench, &rivals->simulator, it->status, at, &rivals->estate, &ours[i],
                      reterr) < 0)
            return -1;
        ratios[i] = ours[i] / motos[i];
    }
    cft_bench_add(bench, lat_arena_printf(bench->arena, "%s, times moto's server", it->name),
                  cft_bench_median(ratios, bench->rounds), "x", CFT_AT_LEAST, TIMES_AT_LEAST,
                  lat_arena_printf(bench->arena, "%.0f/s, moto %.0f/s",
                                   cft_bench_median(ours, bench->rounds),
                                   cft_bench_median(motos, bench->rounds)));
    return 0;
}

int cft_bench_moto(struct cft_bench *bench, struct lat_err *reterr)
{
    struct rivals rivals = {0};
    const char *reason = NULL;
    if (cft_subject_start_moto(bench->arena, bench->python, bench->moto, &rivals.moto, &reason,
                               reterr) < 0)
        return -1;
    if (reason != NULL) {
        cft_bench_skip(bench, "calls, times moto's server", reason);
        return 0;
    }
    int result = -1;
    if (cft_subject_start(bench->simulator, NULL, &rivals.simulator, reterr) == 0 &&
        cft_estate_make(bench, rivals.simulator.port, 201, &rivals.estate, reterr) == 0 &&
        cft_estate_make(bench, rivals.moto.port, 200, &rivals.moto_estate, reterr) == 0)
        result = 0;
    for (size_t i = 0; i < CFT_CASES && result == 0; i++)
        result = measure(bench, &rivals, &cft_cases[i], reterr);
    cft_subject_stop(&rivals.simulator);
    cft_subject_stop(&rivals.moto);
    return result;
}
