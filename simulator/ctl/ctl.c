/* The client of the admin API; see ctl.h. Commands are a table: a word, a request, and what the
 * words behind it mean. It prints what the simulator answers, and adds nothing to it. */
#include "simulator/ctl/ctl.h"

#include "common/aws/uri.h"
#include "common/base/args.h"
#include "common/base/file.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "common/http/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAM       "lattice-simulator ctl"
#define URL_DEFAULT   "http://127.0.0.1:9009"
#define TIMEOUT_MS    60000
#define ARGUMENTS_MAX 3
#define ADMIN_PREFIX  "/_lattice/"

/* What a word behind a command is: a member of the body (a text or a number), a parameter of the
 * query, the whole path, or a file that is the body or takes the answer. */
enum argument_kind {
    NONE,
    TEXT_MEMBER,
    NUMBER_MEMBER,
    PARAMETER,
    CALL_NAME,
    TARGET,
    FILE_IN,
    FILE_OUT
};

struct argument {
    enum argument_kind kind;
    const char *name;
    bool is_optional;
};

/* A command for whatever has no word of its own. */
#define ANY(word, method, help)                                                                    \
    {                                                                                              \
        word, method, NULL, {{TARGET, NULL, false}, {FILE_IN, NULL, true}}, false, "PATH [FILE]",  \
            help                                                                                   \
    }

static const struct command {
    const char *word;
    const char *method;
    const char *path; /* with the query that every such request has; NULL: a word of the user */
    struct argument arguments[ARGUMENTS_MAX];
    bool takes_filters; /* all words are NAME=VALUE parameters */
    const char *usage;
    const char *help;
} commands[] = {
    {"health", "GET", "/_lattice/health", {{0}}, false, "", "whether it is up"},
    {"metrics", "GET", "/_lattice/metrics", {{0}}, false, "", "figures in Prometheus' text format"},
    {"clock", "GET", "/_lattice/clock", {{0}}, false, "", "its time, and what is due next"},
    {"advance",
     "POST",
     "/_lattice/clock",
     {{NUMBER_MEMBER, "advance_ms", false}},
     false,
     "MILLISECONDS",
     "move a virtual clock forward"},
    {"journal",
     "GET",
     "/_lattice/journal",
     {{0}},
     true,
     "[NAME=VALUE …]",
     "calls, one a line; since, limit, api, service, operation, error, rule, resource, caller"},
    {"explain",
     "GET",
     "/_lattice/explain?format=text",
     {{CALL_NAME, "request", false}},
     false,
     "REQUEST-ID|NUMBER",
     "why a call was answered as it was"},
    {"quotas", "GET", "/_lattice/quotas", {{0}}, false, "", "every quota and its value"},
    {"quota",
     "PUT",
     "/_lattice/quotas",
     {{TEXT_MEMBER, "code", false}, {NUMBER_MEMBER, "value", false}},
     false,
     "CODE VALUE",
     "set a quota"},
    {"snapshots", "GET", "/_lattice/snapshots", {{0}}, false, "", "the states kept by name"},
    {"snapshot",
     "POST",
     "/_lattice/snapshots",
     {{TEXT_MEMBER, "name", false}},
     false,
     "NAME",
     "keep the state under a name"},
    {"drop",
     "DELETE",
     "/_lattice/snapshots",
     {{TEXT_MEMBER, "name", false}},
     false,
     "NAME",
     "forget a snapshot or branch"},
    {"restore",
     "POST",
     "/_lattice/restore",
     {{TEXT_MEMBER, "name", false}},
     false,
     "NAME",
     "go back to a snapshot"},
    {"branch",
     "POST",
     "/_lattice/branch",
     {{TEXT_MEMBER, "name", false}, {TEXT_MEMBER, "from", true}},
     false,
     "NAME [FROM]",
     "go on with a branch; a new one begins at FROM or here"},
    {"diff",
     "GET",
     "/_lattice/diff?format=text",
     {{PARAMETER, "from", false}, {PARAMETER, "to", true}},
     false,
     "FROM [TO]",
     "what differs between two states; without TO, up to now"},
    {"export",
     "GET",
     "/_lattice/export",
     {{FILE_OUT, NULL, true}},
     false,
     "[FILE]",
     "the state as one JSON document"},
    {"import",
     "POST",
     "/_lattice/import",
     {{FILE_IN, NULL, false}},
     false,
     "FILE",
     "replace the state by a document"},
    {"reset", "POST", "/_lattice/reset", {{0}}, false, "", "begin again with nothing"},
    {"check", "GET", "/_lattice/check", {{0}}, false, "", "whether the state is sound"},
    ANY("get", "GET", "what a path of the admin API answers; see docs/admin.md"),
    ANY("post", "POST", "the same with this method, FILE being the body"),
    ANY("put", "PUT", "the same"),
    ANY("delete", "DELETE", "the same"),
};

struct request {
    struct lat_arena *arena;
    const struct command *command;
    const char *target; /* path and query so far */
    json_t *body;       /* an object; empty: none is sent */
    char *file;         /* a body from a file */
    size_t file_length;
    const char *out_path; /* where the answer goes; NULL: standard output */
};

static void print_help(const struct lat_flag *flags, size_t flag_count)
{
    puts("usage: " PROGRAM " [FLAGS] COMMAND\n\nAsks a running simulator.\n");
    for (size_t i = 0; i < LAT_COUNT(commands); i++) {
        char left[64];
        snprintf(left, sizeof left, "%s %s", commands[i].word, commands[i].usage);
        printf("  %-28s %s\n", left, commands[i].help);
    }
    puts("");
    lat_args_print_help(flags, flag_count);
}

/* --- the request --------------------------------------------------------------------------------
 */

static void add_parameter(struct request *request, const char *name, size_t length,
                          const char *value)
{
    request->target = lat_arena_printf(request->arena, "%s%c%.*s=%s", request->target,
                                       strchr(request->target, '?') == NULL ? '?' : '&',
                                       (int)length, name, lat_uri_encode(request->arena, value));
}

static int add_argument(struct request *request, const struct argument *argument, const char *word,
                        struct lat_err *reterr)
{
    int64_t number = 0;
    switch (argument->kind) {
    case TEXT_MEMBER:
        lat_json_set_string(request->body, argument->name, word);
        return 0;
    case NUMBER_MEMBER:
        if (lat_text_to_int64(word, &number) < 0)
            return lat_err_input(reterr, "%s: \"%s\" is not a whole number", argument->name, word);
        lat_json_set(request->body, argument->name, json_integer(number));
        return 0;
    case PARAMETER:
        add_parameter(request, argument->name, strlen(argument->name), word);
        return 0;
    case CALL_NAME: /* request ids have dashes */
        if (lat_text_to_int64(word, &number) == 0)
            add_parameter(request, "seq", strlen("seq"), word);
        else
            add_parameter(request, argument->name, strlen(argument->name), word);
        return 0;
    case TARGET:
        if (!lat_text_has_prefix(word, ADMIN_PREFIX) || strpbrk(word, " \r\n#") != NULL)
            return lat_err_input(reterr, "\"%s\": paths of the admin API begin with " ADMIN_PREFIX,
                                 word);
        request->target = word;
        return 0;
    case FILE_IN:
        return lat_file_read(request->arena, word, LAT_STATE_BYTES_MAX, &request->file,
                             &request->file_length, reterr);
    case FILE_OUT:
        request->out_path = word;
        return 0;
    case NONE:
        break;
    }
    return lat_err_input(reterr, "unexpected word \"%s\"; try --help", word);
}

static int add_filters(struct request *request, char **words, int count, struct lat_err *reterr)
{
    for (int i = 0; i < count; i++) {
        const char *equals = strchr(words[i], '=');
        if (equals == NULL)
            return lat_err_input(reterr, "\"%s\": filters are written NAME=VALUE; try --help",
                                 words[i]);
        add_parameter(request, words[i], (size_t)(equals - words[i]), equals + 1);
    }
    return 0;
}

static int add_arguments(struct request *request, char **words, int count, struct lat_err *reterr)
{
    const struct command *command = request->command;
    if (command->takes_filters)
        return add_filters(request, words, count, reterr);
    for (int i = 0; i < ARGUMENTS_MAX; i++) {
        const struct argument *argument = &command->arguments[i];
        if (i >= count && argument->kind != NONE && !argument->is_optional)
            return lat_err_input(reterr, "usage: " PROGRAM " %s %s", command->word, command->usage);
        if (i < count && add_argument(request, argument, words[i], reterr) < 0)
            return -1;
    }
    return count <= ARGUMENTS_MAX
               ? 0
               : lat_err_input(reterr, "unexpected word \"%s\"; try --help", words[ARGUMENTS_MAX]);
}

/* --- the answer ---------------------------------------------------------------------------------
 */

static int show(const struct request *request, const struct lat_http_answer *answer,
                struct lat_err *reterr)
{
    if (answer->status < 200 || answer->status > 299) {
        LAT_AUTO(lat_json_decrefp)
        json_t *body = lat_json_parse_new(answer->body, answer->body_length, NULL);
        fprintf(stderr, PROGRAM ": %s\n", lat_json_string_at(body, "message", answer->body));
        return 1;
    }
    if (request->out_path != NULL)
        return lat_file_write(request->out_path, answer->body, answer->body_length, reterr) < 0 ? -1
                                                                                                : 0;
    fwrite(answer->body, 1, answer->body_length, stdout);
    if (answer->body_length > 0 && answer->body[answer->body_length - 1] != '\n')
        puts("");
    return 0;
}

static int ask(const struct request *request, const char *url, struct lat_err *reterr)
{
    struct lat_http_client_options options = {.user_agent = "lattice-simulator-ctl"};
    LAT_AUTO(lat_http_client_freep)
    struct lat_http_client *client = lat_http_client_new(&options);
    bool has_members = json_object_size(request->body) > 0;
    struct lat_http_call call = {
        .method = request->command->method,
        .url = lat_arena_printf(request->arena, "%s%s", url, request->target),
        .body = request->file != NULL ? request->file
                : has_members         ? lat_json_text(request->arena, request->body)
                                      : NULL,
        .timeout_ms = TIMEOUT_MS,
    };
    call.body_length =
        request->file != NULL ? request->file_length : strlen(lat_text_or_empty(call.body));
    struct lat_http_answer answer;
    if (lat_http_client_call(client, request->arena, &call, &answer, reterr) < 0)
        return lat_err_prefix(reterr, "is a simulator running there? --url names another place");
    return show(request, &answer, reterr);
}

static const struct command *find_command(const char *word)
{
    for (size_t i = 0; i < LAT_COUNT(commands); i++)
        if (lat_text_eq(commands[i].word, word))
            return &commands[i];
    return NULL;
}

static int run(struct request *request, const char *url, char **words, int count,
               struct lat_err *reterr)
{
    request->command = find_command(words[0]);
    if (request->command == NULL)
        return lat_err_input(reterr, "there is no command \"%s\"; try --help", words[0]);
    request->target = request->command->path;
    if (add_arguments(request, words + 1, count - 1, reterr) < 0)
        return -1;
    return ask(request, url, reterr);
}

int sim_ctl(int argc, char **argv)
{
    const char *url = URL_DEFAULT;
    bool help = false;
    int words = 0, result = -1;
    struct lat_err err = {0};
    const struct lat_flag flags[] = {
        {"url", LAT_FLAG_TEXT, &url, "URL", "the AWS endpoint of the simulator (" URL_DEFAULT ")",
         NULL},
        {"help", LAT_FLAG_SWITCH, &help, NULL, "print this", NULL},
    };
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    LAT_AUTO(lat_json_decrefp) json_t *body = json_object();
    struct request request = {.arena = arena, .body = body};
    if (lat_args_parse(argc, argv, flags, LAT_COUNT(flags), &words, &err) == 0) {
        if (help || words == 0) {
            print_help(flags, LAT_COUNT(flags));
            return help ? EXIT_SUCCESS : 2;
        }
        result = run(&request, url, argv + 1, words, &err);
    }
    if (result < 0)
        fprintf(stderr, PROGRAM ": %s\n", err.message);
    return result < 0 ? 2 : result;
}
