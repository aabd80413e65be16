/* lattice-conformance: runs case files against an endpoint and reports. Exit status 0 when all is
 * as expected, 1 when a case failed, 2 when the run could not be done. */
#include "common/base/args.h"
#include "common/base/text.h"
#include "conformance/runner/case.h"
#include "conformance/runner/endpoint.h"
#include "conformance/runner/report.h"
#include "conformance/runner/run.h"

#include <stdio.h>
#include <string.h>

enum { EXIT_DONE = 0, EXIT_FAILED_CASE = 1, EXIT_NOT_DONE = 2 };

static const char default_folder[] = "conformance/cases";

struct options {
    struct cft_endpoint_options endpoint;
    const char *output;
    const char *filter;
    bool list;
    bool help;
};

static int complain(const struct lat_err *err)
{
    fprintf(stderr, "lattice-conformance: %s\n", err->message);
    return EXIT_NOT_DONE;
}

static bool is_wanted(const struct cft_case *item, const char *filter)
{
    return filter == NULL || strstr(item->name, filter) != NULL ||
           strstr(item->file, filter) != NULL;
}

static int load(struct cft_library *library, char **paths, int path_count, struct lat_err *reterr)
{
    if (path_count == 0)
        return cft_library_load(library, default_folder, reterr);
    for (int i = 0; i < path_count; i++)
        if (cft_library_load(library, paths[i], reterr) < 0)
            return -1;
    return 0;
}

static int run_cases(const struct options *options, const struct cft_case *const *cases,
                     size_t case_count, struct lat_err *reterr)
{
    struct cft_report report;
    struct cft_endpoint *LAT_AUTO(cft_endpoint_closep) endpoint =
        cft_endpoint_open(&options->endpoint, reterr);
    if (endpoint == NULL)
        return EXIT_NOT_DONE;
    cft_report_begin(&report, stdout, lat_text_eq(options->output, "json"), case_count);
    bool is_stopped = false;
    for (size_t i = 0; i < case_count && !is_stopped; i++) {
        struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
        struct cft_outcome outcome;
        is_stopped = cft_run(arena, endpoint, cases[i], &outcome, reterr) < 0;
        if (is_stopped)
            cft_report_stopped(&report, reterr->message);
        else
            cft_report_case(&report, arena, cases[i], &outcome);
    }
    cft_report_end(&report);
    return is_stopped ? EXIT_NOT_DONE : report.failed > 0 ? EXIT_FAILED_CASE : EXIT_DONE;
}

static int run(const struct options *options, char **paths, int path_count)
{
    struct lat_err err = {0};
    struct cft_library *LAT_AUTO(cft_library_freep) library = cft_library_new();
    struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
    if (load(library, paths, path_count, &err) < 0)
        return complain(&err);
    const struct cft_case **wanted = NULL;
    size_t count = 0;
    for (size_t i = 0; i < cft_library_count(library); i++)
        if (is_wanted(cft_library_case(library, i), options->filter))
            *LAT_ARENA_PUSH(arena, wanted, count) = cft_library_case(library, i);
    if (count == 0) {
        lat_err_input(&err, "no case has \"%s\" in its name or file; see --list",
                      lat_text_or_empty(options->filter));
        return complain(&err);
    }
    if (options->list) {
        cft_report_list(stdout, lat_text_eq(options->output, "json"), arena, wanted, count);
        return EXIT_DONE;
    }
    int status = run_cases(options, wanted, count, &err);
    return status == EXIT_NOT_DONE ? complain(&err) : status;
}

int main(int argc, char **argv)
{
    struct options options = {
        .endpoint = {.program = argv[0], .region = "us-east-2", .account = "123456789012"},
        .output = "tap"};
    const struct lat_flag flags[] = {
        {"endpoint", LAT_FLAG_TEXT, &options.endpoint.url, "URL",
         "the endpoint to test; without it a simulator is started", NULL},
        {"region", LAT_FLAG_TEXT, &options.endpoint.region, "REGION", "us-east-2 if absent", NULL},
        {"account", LAT_FLAG_TEXT, &options.endpoint.account, "DIGITS",
         "the account of the credentials", NULL},
        {"simulator", LAT_FLAG_TEXT, &options.endpoint.simulator, "PROGRAM",
         "the simulator to start; the one beside this program if absent", NULL},
        {"capabilities", LAT_FLAG_TEXT, &options.endpoint.capabilities, "LIST",
         "what the endpoint can do: clock,admin,empty-account", NULL},
        {"set", LAT_FLAG_TEXT, &options.endpoint.settings, "NAME=VALUE,…",
         "variables of the account: vpc, vpc2, security_group, security_group2, subnet, "
         "log_group, log_group2, bucket",
         NULL},
        {"output", LAT_FLAG_TEXT, &options.output, "tap|json", "how to report", "tap|json"},
        {"filter", LAT_FLAG_TEXT, &options.filter, "WORD",
         "only cases with this word in their name or file", NULL},
        {"list", LAT_FLAG_SWITCH, &options.list, NULL, "list the cases, run nothing", NULL},
        {"help", LAT_FLAG_SWITCH, &options.help, NULL, "this text", NULL},
    };
    struct lat_err err = {0};
    int words = 0;
    if (lat_args_parse(argc, argv, flags, LAT_COUNT(flags), &words, &err) < 0)
        return complain(&err);
    if (options.help) {
        puts("usage: lattice-conformance run [FILES|FOLDERS…] [flags]");
        lat_args_print_help(flags, LAT_COUNT(flags));
        return EXIT_DONE;
    }
    if (words == 0 || !lat_text_eq(argv[1], "run")) {
        lat_err_input(&err, "the command is \"run\"; try --help");
        return complain(&err);
    }
    return run(&options, argv + 2, words - 1);
}
