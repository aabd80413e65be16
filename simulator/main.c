/* lattice-simulator: the fake AWS endpoint and the fake Kubernetes API in one process, one state.
 * Reads flags, wires the parts together, says on standard output where it listens, serves. */
#include "common/aws/codec.h"
#include "common/aws/sigv4.h"
#include "common/base/args.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "common/http/server.h"
#include "simulator/admin/admin.h"
#include "simulator/aws/apis.h"
#include "simulator/ctl/ctl.h"
#include "simulator/engine/auth.h"
#include "simulator/engine/credential.h"
#include "simulator/engine/fault.h"
#include "simulator/engine/journal.h"
#include "simulator/engine/lifecycle.h"
#include "simulator/engine/probe.h"
#include "simulator/engine/recent.h"
#include "simulator/engine/state.h"
#include "simulator/engine/traffic.h"
#include "simulator/kube_tls.h"
#include "simulator/kubernetes/kube.h"
#include "simulator/lattice/api.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAM           "lattice-simulator"
#define LARGE_BLOCK_BYTES (1 << 20)

/* What the command line decides. */
struct options {
    const char *listen, *kube_listen, *clock, *account, *region, *delays, *log_level, *faults,
        *health_checks, *state;
    int64_t seed, throttle, tagging_delay;
    struct lat_flag_texts delay;
    bool has_seed, help, kubeconfig;
    const char *kube_tls, *tls_dir, *config_file;
    const char *auth, *credentials;
    const char *traffic_log;
};

/* Everything that lives as long as the program. */
struct program {
    struct lat_log log;
    struct sim sim;
    struct sim_aws aws;
    struct sim_kube *kube;
    struct sim_prober *prober; /* NULL: health checks are assumed */
    struct lat_http_server *server;
    uint16_t aws_port, kube_port, tls_port;
    struct lat_arena *arena; /* credentials of the Kubernetes API */
    const struct sim_kube_access *access;
};

static const struct sim_api *const api_list[] = {&sim_lattice_api, SIM_SIDE_APIS};

static int parse(int argc, char **argv, struct options *options, struct lat_err *reterr)
{
    options->seed = -1;
    const struct lat_flag flags[] = {
        {"listen", LAT_FLAG_TEXT, &options->listen, "ADDRESS:PORT",
         "AWS endpoint (127.0.0.1:9009; port 0 picks one)", NULL},
        {"kube-listen", LAT_FLAG_TEXT, &options->kube_listen, "ADDRESS:PORT",
         "Kubernetes API (127.0.0.1:9010)", NULL},
        {"kube-tls", LAT_FLAG_TEXT, &options->kube_tls, "ADDRESS:PORT",
         "Kubernetes API over TLS, for clients with a certificate or a token", NULL},
        {"tls-dir", LAT_FLAG_TEXT, &options->tls_dir, "FOLDER",
         "keeps the certificates and tokens; without it they are made anew", NULL},
        {"kubeconfig", LAT_FLAG_TEXT, &options->config_file, "FILE",
         "writes a kubeconfig for what is served, with credentials when it is TLS", NULL},
        {"clock", LAT_FLAG_TEXT, &options->clock, "KIND",
         "real, or virtual: moved through the admin API", "real|virtual"},
        {"seed", LAT_FLAG_NUMBER, &options->seed, "NUMBER",
         "makes ids repeatable; without it they differ from run to run", NULL},
        {"state", LAT_FLAG_TEXT, &options->state, "FILE",
         "keep the state in a file and go on with it (in memory)", NULL},
        {"account", LAT_FLAG_TEXT, &options->account, "ID", "default account (123456789012)", NULL},
        {"region", LAT_FLAG_TEXT, &options->region, "NAME", "default Region (us-east-2)", NULL},
        {"delays", LAT_FLAG_TEXT, &options->delays, "KIND",
         "how long things take: instant, or real (seconds to minutes)", "instant|real"},
        {"delay", LAT_FLAG_TEXTS, &options->delay, "KIND=MS",
         "how long one kind takes, over --delays; may be repeated", NULL},
        {"tagging-delay", LAT_FLAG_NUMBER, &options->tagging_delay, "MS",
         "how old the tags are that GetResources sees (0)", NULL},
        {"health-checks", LAT_FLAG_TEXT, &options->health_checks, "KIND",
         "assume: targets pass unless told otherwise; probe: ask targets on loopback",
         "assume|probe"},
        {"faults", LAT_FLAG_TEXT, &options->faults, "FILE",
         "YAML file of fault rules; see docs/faults.md", NULL},
        {"throttle", LAT_FLAG_NUMBER, &options->throttle, "RATE",
         "calls per second, account and operation; more are throttled (0: off)", NULL},
        {"auth", LAT_FLAG_TEXT, &options->auth, "KIND",
         "signatures: off, lenient (any well-formed one), or strict", "off|lenient|strict"},
        {"credentials", LAT_FLAG_TEXT, &options->credentials, "FILE",
         "YAML list of access keys, with secret and account, that strict accepts", NULL},
        {"traffic-log", LAT_FLAG_TEXT, &options->traffic_log, "FILE",
         "appends a JSON line for each AWS call ($" SIM_TRAFFIC_VARIABLE ")", NULL},
        {"log-level", LAT_FLAG_TEXT, &options->log_level, "LEVEL", "what to log (info)",
         "debug|info|warning|error"},
        {"help", LAT_FLAG_SWITCH, &options->help, NULL, "print this", NULL},
    };
    int words = 0;
    if (lat_args_parse(argc, argv, flags, LAT_COUNT(flags), &words, reterr) < 0)
        return -1;
    options->kubeconfig = words == 1 && lat_text_eq(argv[1], "kubeconfig");
    if (words > 0 && !options->kubeconfig)
        return lat_err_input(reterr, "unexpected word \"%s\"; try --help", argv[1]);
    if (options->help) {
        puts("usage: " PROGRAM " [FLAGS]\n"
             "       " PROGRAM
             " ctl COMMAND          ask a running one; ctl --help lists the commands\n"
             "       " PROGRAM " kubeconfig [FLAGS] > FILE\n\n"
             "A local fake of the VPC Lattice API and of the Kubernetes API.\n");
        lat_args_print_help(flags, LAT_COUNT(flags));
    }
    return 0;
}

static int open_parts(struct program *program, const struct options *options,
                      struct lat_err *reterr)
{
    struct sim *sim = &program->sim;
    if (lat_text_eq(options->clock, "virtual"))
        lat_clock_init_virtual(&sim->clock, LAT_CLOCK_VIRTUAL_START_MS);
    else
        lat_clock_init_real(&sim->clock);
    program->log = (struct lat_log){
        .out = stderr,
        .clock = &sim->clock,
        .level = (enum lat_log_level)lat_log_level_parse(options->log_level),
        .program = PROGRAM,
    };
    sim->log = &program->log;
    sim->seed = options->seed < 0 ? lat_rng_machine_seed() : (uint64_t)options->seed;
    lat_rng_init(&sim->rng, sim->seed);
    sim->config = (struct sim_config){
        .partition = "aws",
        .account = options->account,
        .region = options->region,
        .delays = lat_text_eq(options->delays, "real") ? sim_delays_real : sim_delays_instant,
        .probes = lat_text_eq(options->health_checks, "probe"),
        .tagging_delay_ms = options->tagging_delay,
        .auth = sim_auth_parse(options->auth),
        .throttle_rate = options->throttle,
        .throttle_burst = options->throttle,
    };
    if (sim->config.probes && sim->clock.is_virtual)
        return lat_err_input(reterr, "--health-checks probe needs a real clock: targets answer in "
                                     "real time");
    if (sim->config.probes)
        program->prober = sim_prober_new(sim);
    for (size_t i = 0; i < options->delay.count; i++)
        if (sim_delay_parse(&sim->config.delays, options->delay.items[i], reterr) < 0)
            return lat_err_prefix(reterr, "--delay");
    sim->codec = lat_codec_new();
    sim->recent = sim_recent_new();
    sim->journal = sim_journal_new();
    if (sim_traffic_open(options->traffic_log, &sim->traffic, reterr) < 0)
        return lat_err_prefix(reterr, "--traffic-log");
    sim->faults = sim_faults_new(sim->seed);
    if (options->throttle > SIM_THROTTLE_RATE_MAX)
        return lat_err_input(reterr, "--throttle is a rate in calls per second, %d at most",
                             (int)SIM_THROTTLE_RATE_MAX);
    if (options->tagging_delay > SIM_DELAY_MS_MAX)
        return lat_err_input(reterr, "--tagging-delay is in milliseconds, one week at most");
    if (sim_store_open(options->state, &sim->store, reterr) < 0)
        return options->state == NULL ? -1 : lat_err_prefix(reterr, "--state");
    if (sim_state_begin(sim, options->state != NULL, reterr) < 0)
        return -1;
    if (options->faults != NULL) {
        sim_faults_remove(sim->faults, 0); /* that a state file went on with */
        if (sim_faults_load(sim->faults, options->faults, reterr) < 0)
            return lat_err_prefix(reterr, "--faults");
    }
    if (options->credentials != NULL && sim_credentials_load(sim, options->credentials, reterr) < 0)
        return lat_err_prefix(reterr, "--credentials");
    return sim_kube_new(sim, &program->kube, reterr);
}

static struct sim_kube_places kube_places(const struct options *options)
{
    return (struct sim_kube_places){
        .plain = options->kube_listen,
        .tls = options->kube_tls,
        .folder = options->tls_dir,
    };
}

static int listen_on_ports(struct program *program, const struct options *options,
                           struct lat_err *reterr)
{
    program->server = lat_http_server_new(&program->log);
    lat_http_server_allow_large(program->server, SIM_ADMIN_IMPORT_PATH, LAT_STATE_BYTES_MAX);
    program->aws = (struct sim_aws){
        .sim = &program->sim,
        .apis = api_list,
        .api_count = LAT_COUNT(api_list),
        .admin = sim_admin_handle,
    };
    if (lat_http_server_listen(program->server, options->listen, sim_aws_handle, &program->aws,
                               &program->aws_port, reterr) < 0)
        return lat_err_prefix(reterr, "--listen");
    if (sim_kube_check_plain(options->kube_listen, reterr) < 0 ||
        lat_http_server_listen(program->server, options->kube_listen, sim_kube_handle,
                               program->kube, &program->kube_port, reterr) < 0)
        return lat_err_prefix(reterr, "--kube-listen");
    struct sim_kube_places places = kube_places(options);
    program->arena = lat_arena_new();
    return options->kube_tls == NULL
               ? 0
               : sim_kube_listen_tls(&places, program->server, program->kube, program->arena,
                                     &program->access, &program->tls_port, reterr);
}

/* "http://127.0.0.1:9009" from the address that was asked for and the port that was got. */
static char *url_of(struct lat_arena *arena, const char *address, uint16_t port)
{
    const char *colon = strrchr(address, ':');
    return lat_arena_printf(arena, "http://%.*s:%u", (int)(colon - address), address, port);
}

/* "https://…" where TLS is served, else "http://…". */
static const char *kube_url(struct lat_arena *arena, const struct program *program,
                            const struct options *options)
{
    const char *plain = url_of(arena, options->kube_listen, program->kube_port);
    return options->kube_tls == NULL
               ? plain
               : lat_arena_printf(arena, "https%s",
                                  url_of(arena, options->kube_tls, program->tls_port) +
                                      strlen("http"));
}

static int write_config(const struct program *program, const struct options *options,
                        struct lat_err *reterr)
{
    return options->config_file == NULL
               ? 0
               : sim_kube_write_config(program->access, kube_url(program->arena, program, options),
                                       options->config_file, reterr);
}

/* What both ports have to do between requests; milliseconds until the next of it, or -1. */
static int tick(void *context)
{
    struct program *program = context;
    int waits[] = {
        sim_kube_tick(program->kube),
        sim_aws_tick(&program->aws),
        program->prober == NULL ? -1 : sim_prober_tick(program->prober),
    };
    int wait = -1;
    for (size_t i = 0; i < LAT_COUNT(waits); i++)
        if (waits[i] >= 0 && (wait < 0 || waits[i] < wait))
            wait = waits[i];
    return wait;
}

/* What others reach is open to all of them: the API unless it checks signatures, the admin API in
 * any case. */
static void warn_when_open(const struct program *program, const struct options *options)
{
    if (sim_is_loopback(options->listen))
        return;
    if (program->sim.config.auth == SIM_AUTH_STRICT)
        lat_log_write(&program->log, LAT_LOG_WARNING,
                      "--listen %s is reachable from elsewhere, and the admin API below /_lattice/ "
                      "asks for no signature: keep strangers out, or use a loopback address",
                      options->listen);
    else
        lat_log_write(
            &program->log, LAT_LOG_WARNING,
            "--listen %s is reachable from elsewhere and --auth %s checks no signature: "
            "whoever reaches it may do everything; use --auth strict or a loopback address",
            options->listen, options->auth);
}

static void announce(const struct program *program, const struct options *options)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    LAT_AUTO(lat_json_decrefp) json_t *ready = json_object();
    lat_json_set_string(ready, "aws", url_of(arena, options->listen, program->aws_port));
    lat_json_set_string(ready, "kubernetes",
                        url_of(arena, options->kube_listen, program->kube_port));
    if (options->kube_tls != NULL)
        lat_json_set_string(ready, "kubernetes_tls", kube_url(arena, program, options));
    lat_json_set_string(ready, "account", options->account);
    lat_json_set_string(ready, "region", options->region);
    puts(lat_json_text(arena, ready));
    fflush(stdout);
}

static void close_parts(struct program *program)
{
    lat_http_server_free(program->server);
    sim_prober_free(program->prober);
    sim_kube_free(program->kube); /* after the server, whose streams belong to it */
    if (program->kube != NULL && sim_state_save(&program->sim) < 0)
        lat_log_write(&program->log, LAT_LOG_ERROR, "the state was not noted: %s",
                      sim_store_message(program->sim.store));
    sim_store_close(program->sim.store);
    sim_journal_free(program->sim.journal);
    sim_traffic_close(program->sim.traffic);
    sim_faults_free(program->sim.faults);
    lat_codec_free(program->sim.codec);
    sim_recent_free(program->sim.recent);
    lat_sigv4_hasher_free(program->sim.hasher);
    lat_arena_free(program->arena);
}

int main(int argc, char **argv)
{
    if (argc > 1 && lat_text_eq(argv[1], "ctl"))
        return sim_ctl(argc - 1, argv + 1);
    /* Blocks as large as long lists go back to the machine once they are sent: else the first of
     * them would teach the allocator to keep such blocks for ever. */
    mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES);
    struct options options = {.listen = "127.0.0.1:9009",
                              .kube_listen = "127.0.0.1:9010",
                              .clock = "real",
                              .traffic_log = getenv(SIM_TRAFFIC_VARIABLE),
                              .account = "123456789012",
                              .region = "us-east-2",
                              .delays = "instant",
                              .health_checks = "assume",
                              .auth = "lenient",
                              .log_level = "info"};
    struct program program = {0};
    struct lat_err err = {0};
    int result = parse(argc, argv, &options, &err);
    if (result == 0 && options.help)
        return EXIT_SUCCESS;
    struct sim_kube_places places = kube_places(&options);
    if (result == 0 && options.kubeconfig)
        result = sim_kube_print_config(&places, &err);
    else if (result == 0 && (result = open_parts(&program, &options, &err)) == 0 &&
             (result = listen_on_ports(&program, &options, &err)) == 0 &&
             (result = write_config(&program, &options, &err)) == 0) {
        warn_when_open(&program, &options);
        announce(&program, &options);
        result = lat_http_server_run(program.server, tick, &program, &err);
    }
    close_parts(&program);
    if (result < 0)
        fprintf(stderr, PROGRAM ": %s\n", err.message);
    return result < 0 ? 2 : EXIT_SUCCESS;
}
