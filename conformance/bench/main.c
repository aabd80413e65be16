/* lattice-bench: the figures that this project promises, measured in one run, as a table and as
 * JSON. Ratios come from rounds in turn, so that a busy machine slows both sides. */
#include "common/base/args.h"
#include "common/base/file.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "conformance/bench/bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM "lattice-bench"

struct options {
    int64_t round_ms;
    const char *json;
    bool help;
};

static const struct {
    const char *name;
    int (*run)(struct cft_bench *bench, struct lat_err *reterr);
} parts[] = {
    {"footprint", cft_bench_footprint}, {"calls", cft_bench_calls},
    {"strict", cft_bench_strict},       {"moto", cft_bench_moto},
    {"scale", cft_bench_scale},         {"kubernetes", cft_bench_kubernetes},
};

static int parse(int argc, char **argv, struct options *options, struct cft_bench *bench,
                 struct lat_err *reterr)
{
    const struct lat_flag flags[] = {
        {"simulator", LAT_FLAG_TEXT, &bench->simulator, "PROGRAM", "the simulator to measure",
         NULL},
        {"bare", LAT_FLAG_TEXT, &bench->bare, "PROGRAM", "the bare server to compare with", NULL},
        {"moto", LAT_FLAG_TEXT, &bench->python, "PYTHON",
         "a Python that has moto; any other installs it beside this program (python3)", NULL},
        {"only", LAT_FLAG_TEXT, &bench->only, "PART", "one part of the benchmark",
         "footprint|calls|strict|moto|scale|kubernetes"},
        {"rounds", LAT_FLAG_NUMBER, &bench->rounds, "N", "rounds of each ratio (7)", NULL},
        {"round-ms", LAT_FLAG_NUMBER, &options->round_ms, "MS", "length of a round (500)", NULL},
        {"resources", LAT_FLAG_NUMBER, &bench->resources, "N",
         "resources in the large store (1000000)", NULL},
        {"routes", LAT_FLAG_NUMBER, &bench->routes, "N", "HTTPRoutes (10000)", NULL},
        {"json", LAT_FLAG_TEXT, &options->json, "FILE", "writes the table as JSON too", NULL},
        {"help", LAT_FLAG_SWITCH, &options->help, NULL, "shows this", NULL},
    };
    int words = 0;
    if (lat_args_parse(argc, argv, flags, LAT_COUNT(flags), &words, reterr) < 0)
        return -1;
    if (options->help) {
        puts("usage: " PROGRAM " [FLAGS]\n");
        lat_args_print_help(flags, LAT_COUNT(flags));
        return 0;
    }
    if (words > 0)
        return lat_err_input(reterr, "\"%s\" is not a flag; try --help", argv[1]);
    if (bench->rounds < 1 || bench->rounds > CFT_BENCH_ROUNDS_MAX)
        return lat_err_input(reterr, "--rounds must be between 1 and %d", CFT_BENCH_ROUNDS_MAX);
    bench->round_seconds = (double)options->round_ms / 1e3;
    return 0;
}

/* Programs of the same build, found from argv[0]. */
static void find_programs(struct cft_bench *bench, const char *self)
{
    const char *slash = strrchr(self, '/');
    int length = slash == NULL ? 0 : (int)(slash - self) + 1;
    if (bench->simulator == NULL)
        bench->simulator =
            lat_arena_printf(bench->arena, "%.*s../../simulator/lattice-simulator", length, self);
    if (bench->bare == NULL)
        bench->bare = lat_arena_printf(bench->arena, "%.*s../../common/http/lattice-bare-server",
                                       length, self);
    bench->moto = lat_arena_printf(bench->arena, "%.*smoto_server.py", length, self);
}

static int run(struct cft_bench *bench, const struct options *options, struct lat_err *reterr)
{
    for (size_t i = 0; i < LAT_COUNT(parts); i++) {
        if (bench->only != NULL && !lat_text_eq(bench->only, parts[i].name))
            continue;
        fprintf(stderr, "%s:\n", parts[i].name);
        if (parts[i].run(bench, reterr) < 0)
            return lat_err_prefix(reterr, "%s", parts[i].name);
    }
    cft_bench_print(bench);
    if (options->json == NULL)
        return 0;
    const char *text = lat_json_pretty(bench->arena, bench->rows);
    return lat_file_write(options->json, text, strlen(text), reterr);
}

int main(int argc, char **argv)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    LAT_AUTO(lat_json_decrefp) json_t *rows = json_array();
    struct cft_bench bench = {.arena = arena,
                              .python = "python3",
                              .rounds = 7,
                              .resources = 1000000,
                              .routes = 10000,
                              .rows = rows};
    struct options options = {.round_ms = 500};
    struct lat_err err = {0};
    signal(SIGPIPE, SIG_IGN);
    int result = parse(argc, argv, &options, &bench, &err);
    if (result == 0 && options.help)
        return EXIT_SUCCESS;
    find_programs(&bench, argv[0]);
    if (result == 0)
        result = run(&bench, &options, &err);
    if (result < 0) {
        fprintf(stderr, PROGRAM ": %s\n", err.message);
        return 2;
    }
    return bench.missed ? EXIT_FAILURE : EXIT_SUCCESS;
}
