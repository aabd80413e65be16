/* The table of figures; see bench.h. */
#include "common/base/json.h"
#include "conformance/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double cft_bench_median(double *values, int64_t count)
{
    qsort(values, (size_t)count, sizeof values[0], by_value);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

void cft_bench_add(struct cft_bench *bench, const char *name, double value, const char *unit,
                   enum cft_bound bound, double limit, const char *detail)
{
    bool reached = bound == CFT_BOUND_NONE || (bound == CFT_AT_LEAST && value >= limit) ||
                   (bound == CFT_AT_MOST && value <= limit);
    json_t *row = json_pack("{s:s, s:f, s:s}", "name", name, "value", value, "unit", unit);
    if (bound != CFT_BOUND_NONE) {
        lat_json_set(row, bound == CFT_AT_LEAST ? "at_least" : "at_most", json_real(limit));
        lat_json_set(row, "reached", json_boolean(reached));
    }
    lat_json_set_string(row, "detail", detail);
    json_array_append_new(bench->rows, row);
    bench->missed = bench->missed || !reached;
    fprintf(stderr, "  %s: %.3g %s\n", name, value, unit);
}

void cft_bench_skip(struct cft_bench *bench, const char *name, const char *reason)
{
    json_array_append_new(bench->rows, json_pack("{s:s, s:s}", "name", name, "skipped", reason));
    fprintf(stderr, "  %s: skipped: %s\n", name, reason);
}

static void print_row(const json_t *row)
{
    const char *skipped = lat_json_string_at(row, "skipped", NULL);
    const char *name = lat_json_string_at(row, "name", "");
    if (skipped != NULL) {
        printf("skipped  %-44s %s\n", name, skipped);
        return;
    }
    const json_t *least = lat_json_at(row, "at_least"), *most = lat_json_at(row, "at_most");
    const char *unit = lat_json_string_at(row, "unit", "");
    char limit[48] = "";
    if (least != NULL || most != NULL)
        snprintf(limit, sizeof limit, "%s %g",
                 least != NULL ? ">=" : "<=", json_real_value(least != NULL ? least : most));
    printf("%-8s %-44s %10.4g %-6s %-10s %s\n",
           limit[0] == '\0'                          ? ""
           : lat_json_bool_at(row, "reached", false) ? "reached"
                                                     : "MISSED",
           name, json_real_value(lat_json_at(row, "value")), unit, limit,
           lat_json_string_at(row, "detail", ""));
}

void cft_bench_print(const struct cft_bench *bench)
{
    size_t index;
    json_t *row;
    json_array_foreach(bench->rows, index, row)
        print_row(row);
}
