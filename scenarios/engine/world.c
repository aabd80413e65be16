/* Processes, endpoints and time of a story; see world.h. */
#include "scenarios/engine/world.h"

#include "common/base/json.h"
#include "common/base/text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TRANSITIONS_MAX    1000 /* that one starting point may take to come to rest */
#define READY_TIMEOUT_MS   10000
#define COMMAND_TIMEOUT_MS 120000 /* one drain or advance of the controller */
#define STEP_MS_MAX        10000  /* of virtual time: statuses and health move in between */
#define ENVIRONMENT_MAX    64     /* variables that a story gives to the controller */
#define ACCESS_KEY         "AKIDLATTICESTORY"
#define SECRET_KEY         "story"

/* "FOLDER/name", "FOLDER/../part/name": where a program lies in an installation and in a build. */
static const char *find_program(struct scn_world *world, const char *part, const char *name,
                                struct lat_err *reterr)
{
    const char *folder = world->options->program_folder;
    const char *const places[] = {
        lat_arena_printf(world->arena, "%s/%s", folder, name),
        lat_arena_printf(world->arena, "%s/../%s/%s", folder, part, name)};
    for (size_t i = 0; i < LAT_COUNT(places); i++)
        if (access(places[i], X_OK) == 0)
            return places[i];
    (void)lat_err_input(reterr, "%s is not built: it is not beside this program (%s); build it",
                        name, folder);
    return NULL;
}

static const char *log_path(const struct scn_world *world, const char *name)
{
    if (world->options->log_folder == NULL)
        return "/dev/null";
    return lat_arena_printf(world->arena, "%s/%s.log", world->options->log_folder, name);
}

/* One JSON line of a program; a new reference. */
static json_t *read_json_line(struct lat_child *child, const char *name, int timeout_ms,
                              struct lat_err *reterr)
{
    const char *text = NULL;
    if (lat_child_read_line(child, timeout_ms, &text, reterr) < 0) {
        (void)lat_err_prefix(reterr, "%s", name);
        return NULL;
    }
    json_t *value = lat_json_parse_new(text, strlen(text), reterr);
    if (value == NULL)
        (void)lat_err_prefix(reterr, "%s answered with something else than JSON", name);
    return value;
}

static int start_simulator(struct scn_world *world, struct lat_err *reterr)
{
    const char *program = find_program(world, "simulator", "lattice-simulator", reterr);
    if (program == NULL)
        return -1;
    const char *seed = lat_arena_printf(world->arena, "%lld", (long long)world->options->seed);
    const char *const argv[] = {program,       "--listen", "127.0.0.1:0", "--kube-listen",
                                "127.0.0.1:0", "--clock",  "virtual",     "--seed",
                                seed,          "--delays", world->delays, NULL};
    world->simulator = lat_child_start(argv, NULL, log_path(world, "simulator"), reterr);
    if (world->simulator == NULL)
        return -1;
    json_t *ready LAT_AUTO(lat_json_decrefp) =
        read_json_line(world->simulator, "lattice-simulator", READY_TIMEOUT_MS, reterr);
    if (ready == NULL)
        return -1;
    world->aws.endpoint = lat_arena_strdup(world->arena, lat_json_string_at(ready, "aws", NULL));
    world->kube.endpoint =
        lat_arena_strdup(world->arena, lat_json_string_at(ready, "kubernetes", NULL));
    if (world->aws.endpoint == NULL || world->kube.endpoint == NULL)
        return lat_err_broken(reterr, "lattice-simulator did not say where it listens");
    return 0;
}

/* Whether the endpoint that a flag names is there and is one that stories can read. */
static int check_answers(struct scn_world *world, const char *flag, const char *endpoint,
                         const char *path, struct lat_err *reterr)
{
    struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
    struct lat_http_answer answer;
    struct lat_http_call call = {.method = "GET",
                                 .url = lat_arena_printf(arena, "%s%s", endpoint, path),
                                 .timeout_ms = READY_TIMEOUT_MS};
    if (lat_http_client_call(world->http, arena, &call, &answer, reterr) < 0)
        return lat_err_prefix(reterr, "%s", flag);
    if (answer.status != 200)
        return lat_err_input(reterr, "%s: %s answered %d to GET %s; name a lattice-simulator", flag,
                             endpoint, answer.status, path);
    return 0;
}

int scn_world_open(struct scn_world *world, struct lat_arena *arena,
                   const struct scn_options *options, const json_t *controller,
                   const json_t *simulator, struct lat_err *reterr)
{
    const json_t *environment = json_object_get(controller, "environment");
    *world = (struct scn_world){.arena = arena,
                                .options = options,
                                .environment = environment,
                                .delays = lat_json_string_at(simulator, "delays", "instant")};
    if (json_object_size(environment) > ENVIRONMENT_MAX)
        return lat_err_input(reterr, "the controller's environment takes %d variables at most",
                             ENVIRONMENT_MAX);
    lat_clock_init_real(&world->clock);
    scn_journal_init(&world->journal, arena);
    world->http =
        lat_http_client_new(&(struct lat_http_client_options){.user_agent = "lattice-scenario"});
    world->next_due_ms = -1;
    world->kube = (struct scn_kube){.http = world->http, .applied = json_object()};
    world->aws = (struct scn_aws){.http = world->http,
                                  .clock = &world->clock,
                                  .region = options->region,
                                  .access_key = ACCESS_KEY,
                                  .secret_key = SECRET_KEY};
    if (options->aws_endpoint == NULL)
        return start_simulator(world, reterr);
    world->aws.endpoint = options->aws_endpoint;
    world->kube.endpoint = options->kube_endpoint;
    return check_answers(world, "--aws-endpoint", world->aws.endpoint, "/_lattice/health", reterr) <
                   0
               ? -1
               : check_answers(world, "--kube-endpoint", world->kube.endpoint, "/version", reterr);
}

void scn_world_done(struct scn_world *world)
{
    lat_child_stopp(&world->controller);
    lat_child_stopp(&world->simulator);
    lat_http_client_freep(&world->http);
    json_decref(world->kube.applied);
    world->kube.applied = NULL;
    scn_journal_done(&world->journal);
}

static int read_journal(struct scn_world *world, bool by_controller, struct lat_err *reterr)
{
    struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
    struct lat_http_answer answer;
    const char *target =
        lat_arena_printf(arena, "/_lattice/journal?since=%lld", (long long)world->journal.last_seq);
    if (scn_aws_admin(&world->aws, arena, "GET", target, NULL, &answer, reterr) < 0)
        return -1;
    return scn_journal_read(&world->journal, answer.body, answer.body_length, by_controller,
                            reterr);
}

int scn_world_read_journal(struct scn_world *world, struct lat_err *reterr)
{
    return read_journal(world, false, reterr);
}

/* Sends a command to the controller and reads its answer. What is recorded meanwhile is its own. */
static int command(struct scn_world *world, const char *text, struct lat_err *reterr)
{
    if (read_journal(world, false, reterr) < 0 ||
        lat_child_write(world->controller, text, reterr) < 0)
        return -1;
    json_t *answer LAT_AUTO(lat_json_decrefp) =
        read_json_line(world->controller, "lattice-controller", COMMAND_TIMEOUT_MS, reterr);
    if (answer == NULL)
        return -1;
    const char *error = lat_json_string_at(answer, "error", NULL);
    if (error != NULL)
        return lat_err_broken(reterr, "lattice-controller: %s", error);
    world->next_due_ms = lat_json_int_at(answer, "next_due_ms", -1);
    return read_journal(world, true, reterr);
}

static const char **controller_environment(struct scn_world *world)
{
    const struct scn_options *options = world->options;
    const struct {
        const char *name;
        const char *value;
    } fixed[] = {
        {"LATTICE_ENDPOINT", world->aws.endpoint},
        {"AWS_ENDPOINT_URL", world->aws.endpoint},
        {"REGION", options->region},
        {"AWS_REGION", options->region},
        {"CLUSTER_VPC_ID", options->vpc},
        {"AWS_ACCOUNT_ID", options->account},
        {"CLUSTER_NAME", options->cluster},
        {"AWS_ACCESS_KEY_ID", "AKIDLATTICECONTROL"},
        {"AWS_SECRET_ACCESS_KEY", "controller"},
        {"AWS_EC2_METADATA_DISABLED", "true"},
    };
    const char **variables =
        LAT_NEW_ARRAY(world->arena, const char *, LAT_COUNT(fixed) + ENVIRONMENT_MAX + 1);
    size_t count = 0;
    for (size_t i = 0; i < LAT_COUNT(fixed); i++)
        variables[count++] = lat_arena_printf(world->arena, "%s=%s", fixed[i].name, fixed[i].value);
    const char *key;
    json_t *value;
    json_object_foreach(lat_json_iterable(world->environment), key, value) {
        const char *text =
            json_is_string(value) ? json_string_value(value) : lat_json_text(world->arena, value);
        variables[count++] = lat_arena_printf(world->arena, "%s=%s", key, text);
    }
    return variables;
}

int scn_world_start_controller(struct scn_world *world, struct lat_err *reterr)
{
    if (world->controller != NULL)
        return 0;
    const char *program = find_program(world, "controller", "lattice-controller", reterr);
    if (program == NULL || read_journal(world, false, reterr) < 0)
        return -1;
    const char *const argv[] = {program, "--drive", "--kube-server", world->kube.endpoint, NULL};
    world->controller =
        lat_child_start(argv, controller_environment(world), log_path(world, "controller"), reterr);
    if (world->controller == NULL)
        return -1;
    json_t *ready LAT_AUTO(lat_json_decrefp) =
        read_json_line(world->controller, "lattice-controller", READY_TIMEOUT_MS, reterr);
    if (ready == NULL || read_journal(world, true, reterr) < 0)
        return -1;
    return 0;
}

int scn_world_stop_controller(struct scn_world *world, struct lat_err *reterr)
{
    if (world->controller == NULL)
        return 0;
    /* A controller that cannot hear "quit" any more is ended by its signal. */
    struct lat_err unheard;
    int told = lat_child_write(world->controller, "quit\n", &unheard);
    (void)told;
    lat_child_stopp(&world->controller);
    world->next_due_ms = -1;
    return read_journal(world, true, reterr);
}

int scn_world_reconcile(struct scn_world *world, struct lat_err *reterr)
{
    return world->controller != NULL ? command(world, "drain\n", reterr) : 0;
}

static int advance_simulator(struct scn_world *world, int64_t step_ms, struct lat_err *reterr)
{
    struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
    json_t *body LAT_AUTO(lat_json_decrefp) = json_pack("{s:I}", "advance_ms", (json_int_t)step_ms);
    struct lat_http_answer answer;
    return scn_aws_admin(&world->aws, arena, "POST", "/_lattice/clock", body, &answer, reterr);
}

int scn_world_wait(struct scn_world *world, int64_t wait_ms, struct lat_err *reterr)
{
    while (wait_ms > 0) {
        int64_t step_ms = wait_ms < STEP_MS_MAX ? wait_ms : STEP_MS_MAX;
        if (world->next_due_ms > 0 && world->next_due_ms < step_ms)
            step_ms = world->next_due_ms;
        if (advance_simulator(world, step_ms, reterr) < 0)
            return -1;
        char text[64];
        snprintf(text, sizeof text, "advance %lld\n", (long long)step_ms);
        if (world->controller != NULL && command(world, text, reterr) < 0)
            return -1;
        wait_ms -= step_ms;
    }
    return 0;
}

int scn_world_settle(struct scn_world *world, struct lat_err *reterr)
{
    for (int i = 0; i < TRANSITIONS_MAX; i++) {
        struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
        struct lat_http_answer answer;
        if (scn_aws_admin(&world->aws, arena, "GET", "/_lattice/clock", NULL, &answer, reterr) < 0)
            return -1;
        json_t *clock LAT_AUTO(lat_json_decrefp) =
            lat_json_parse_new(answer.body, answer.body_length, reterr);
        int64_t due_ms = lat_json_int_at(clock, "next_due_ms", -1);
        if (due_ms < 0)
            return clock == NULL ? -1 : 0;
        if (advance_simulator(world, due_ms, reterr) < 0)
            return -1;
    }
    return lat_err_broken(reterr, "the simulator does not come to rest");
}
