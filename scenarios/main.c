/* lattice-scenario: plays, tells and lists the stories of the scenario suite. Reads flags, finds
 * stories, hands them to the engine. */
#include "common/base/args.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "scenarios/engine/interrupt.h"
#include "scenarios/engine/library.h"
#include "scenarios/engine/runner.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM "lattice-scenario"

struct settings {
    struct scn_options options;
    const char *stories;
    const char *output;
    bool all, keep, quiet, help;
};

static const char usage[] =
    "usage: " PROGRAM " run [--all | FILE | FOLDER | NAME …]   play stories and judge them\n"
    "       " PROGRAM " play NAME       play one step by step, waiting for Enter\n"
    "       " PROGRAM " explain NAME    tell what a story does, without starting anything\n"
    "       " PROGRAM " list            name all stories\n\n"
    "Each story gets a simulator and a controller of its own.\n"
    "Exit status: 0 all as expected, 1 some not, 2 could not be done.\n";

/* What a command does with one story; the worst status is the program's. */
typedef int story_command(const struct settings *settings, struct scn_story *story,
                          struct scn_report *report);

static int run_story(const struct settings *settings, struct scn_story *story,
                     struct scn_report *report)
{
    return scn_runner_play(story, &settings->options, report, settings->keep);
}

static int play_story(const struct settings *settings, struct scn_story *story,
                      struct scn_report *report)
{
    report->pause = isatty(STDIN_FILENO) && report->format == SCN_FORMAT_TEXT;
    return run_story(settings, story, report);
}

static int explain_story(const struct settings *settings, struct scn_story *story,
                         struct scn_report *report)
{
    (void)settings;
    (void)report;
    scn_runner_explain(story);
    return 0;
}

static int list_story(const struct settings *settings, struct scn_story *story,
                      struct scn_report *report)
{
    (void)settings;
    if (report->format != SCN_FORMAT_JSON) {
        printf("%-42s %-7s %-24s %s\n", story->name, story->level, story->category, story->title);
        return 0;
    }
    json_t *line LAT_AUTO(lat_json_decrefp) =
        json_pack("{s:s,s:s,s:s,s:s,s:s}", "name", story->name, "level", story->level, "category",
                  story->category, "title", story->title, "lesson", story->lesson);
    (void)json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
    return 0;
}

static const struct command {
    const char *name;
    story_command *perform;
    bool takes_all; /* without a name: every story */
    bool plays;
} commands[] = {
    {"run", run_story, false, true},
    {"play", play_story, false, true},
    {"explain", explain_story, false, false},
    {"list", list_story, true, false},
};

static int parse(int argc, char **argv, struct settings *settings, int *ret_words,
                 struct lat_err *reterr)
{
    struct scn_options *options = &settings->options;
    const struct lat_flag flags[] = {
        {"all", LAT_FLAG_SWITCH, &settings->all, NULL, "run: every story", NULL},
        {"output", LAT_FLAG_TEXT, &settings->output, "FORMAT", "text, json (lines) or tap (text)",
         "text|json|tap"},
        {"quiet", LAT_FLAG_SWITCH, &settings->quiet, NULL,
         "text: expectations and pictures only, no actions", NULL},
        {"seed", LAT_FLAG_NUMBER, &options->seed, "NUMBER",
         "of ids and traffic: the same seed gives the same run (1)", NULL},
        {"keep", LAT_FLAG_SWITCH, &settings->keep, NULL,
         "leave the programs running after a story, until Ctrl-C", NULL},
        {"stories", LAT_FLAG_TEXT, &settings->stories, "FOLDER", "where names are looked up", NULL},
        {"logs", LAT_FLAG_TEXT, &options->log_folder, "FOLDER",
         "where the programs' logs go (nowhere)", NULL},
        {"aws-endpoint", LAT_FLAG_TEXT, &options->aws_endpoint, "URL",
         "use this simulator instead of starting one", NULL},
        {"kube-endpoint", LAT_FLAG_TEXT, &options->kube_endpoint, "URL",
         "the Kubernetes API that belongs to it", NULL},
        {"help", LAT_FLAG_SWITCH, &settings->help, NULL, "print this", NULL},
    };
    if (lat_args_parse(argc, argv, flags, LAT_COUNT(flags), ret_words, reterr) < 0)
        return -1;
    if ((options->aws_endpoint == NULL) != (options->kube_endpoint == NULL))
        return lat_err_input(reterr, "--aws-endpoint and --kube-endpoint go together");
    if (settings->help) {
        printf("%s\n", usage);
        lat_args_print_help(flags, LAT_COUNT(flags));
    }
    return 0;
}

static enum scn_format parse_format(const char *word)
{
    if (lat_text_eq(word, "json"))
        return SCN_FORMAT_JSON;
    return lat_text_eq(word, "tap") ? SCN_FORMAT_TAP : SCN_FORMAT_TEXT;
}

static const char *own_folder(struct lat_arena *arena)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return ".";
    path[length] = '\0';
    char *slash = strrchr(path, '/');
    return slash != NULL ? lat_arena_strndup(arena, path, (size_t)(slash - path)) : ".";
}

static int fail(const struct lat_err *err)
{
    fprintf(stderr, PROGRAM ": %s\n", err->message);
    return 2;
}

/* On a terminal, when results go elsewhere: which story of how many. */
static void show_progress(const struct command *command, size_t index, size_t count,
                          const char *path)
{
    if (command->plays && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO))
        fprintf(stderr, "[%zu/%zu] %s\n", index + 1, count, path);
}

static int perform(const struct settings *settings, const struct command *command,
                   const char **paths, size_t path_count)
{
    struct scn_report report = {
        .out = stdout, .format = parse_format(settings->output), .verbose = !settings->quiet};
    int worst = 0;
    for (size_t i = 0; i < path_count && !scn_interrupt_came() && !ferror(stdout); i++) {
        struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
        struct scn_story *story LAT_AUTO(scn_story_donep) = NULL;
        struct lat_err err;
        show_progress(command, i, path_count, paths[i]);
        int status = 2;
        if (scn_story_load(arena, paths[i], &story, &err) < 0)
            (void)fail(&err);
        else
            status = command->perform(settings, story, &report);
        worst = status > worst ? status : worst;
    }
    if (command->plays)
        scn_report_end(&report);
    return worst;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < LAT_COUNT(commands); i++)
        if (lat_text_eq(commands[i].name, name))
            return &commands[i];
    return NULL;
}

int main(int argc, char **argv)
{
    struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
    struct settings settings = {.stories = SCN_STORIES_FOLDER,
                                .output = "text",
                                .options = {.region = "us-east-2",
                                            .account = "123456789012",
                                            .vpc = "vpc-0e4500000000000a1",
                                            .cluster = "prod",
                                            .seed = 1}};
    struct lat_err err;
    int words = 0;
    if (parse(argc, argv, &settings, &words, &err) < 0)
        return fail(&err);
    if (settings.help)
        return 0;
    settings.options.program_folder = own_folder(arena);
    scn_interrupt_hold();
    const struct command *command = words > 0 ? find_command(argv[1]) : NULL;
    if (command == NULL) {
        fputs(usage, stderr);
        return 2;
    }
    const char **paths = NULL;
    size_t path_count = 0;
    if ((settings.all || command->takes_all) && words == 1 &&
        scn_library_find(arena, settings.stories, settings.stories, &paths, &path_count, &err) < 0)
        return fail(&err);
    for (int i = 2; i <= words; i++)
        if (scn_library_find(arena, settings.stories, argv[i], &paths, &path_count, &err) < 0)
            return fail(&err);
    if (path_count == 0) {
        (void)lat_err_input(&err, "name a story, or --all; " PROGRAM " list names them");
        return fail(&err);
    }
    return perform(&settings, command, paths, path_count);
}
