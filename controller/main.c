/* lattice-controller: reads its settings, connects to both APIs, and reconciles until it is told to
 * end. All parts are made here and handed to each other; there is no global state but the signal
 * pipe. */
#include "common/base/args.h"
#include "common/base/text.h"
#include "controller/aws/certificates.h"
#include "controller/drive.h"
#include "controller/kube/kubeconfig.h"
#include "controller/reconcile/manager.h"
#include "controller/settings.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define EXIT_UNUSABLE 2
#define DRIVE_SEED    1

struct flags {
    const char *kubeconfig;
    const char *kube_server;
    const char *metrics_address;
    const char *health_address;
    bool leader_elect;
    bool drive;
    bool help;
};

/* What the program consists of, in the order in which it is made. */
struct program {
    struct lat_arena *arena;
    struct lat_clock clock;
    struct lat_rng rng;
    struct lat_log log;
    struct gwc_settings settings;
    struct gwc_kubeconfig *kubeconfig;
    struct gwc_kube *kube;
    struct gwc_aws *aws;
    struct gwc_tagging *tagging;
    struct gwc_certificate_list *certificates;
    struct gwc_lookups lookups;
    struct gwc_manager *manager;
    int signal_fd;
    bool is_stopped;
};

static void program_done(struct program *program)
{
    gwc_manager_free(program->manager);
    gwc_certificate_list_free(program->certificates);
    gwc_tagging_free(program->tagging);
    gwc_aws_free(program->aws);
    gwc_kube_free(program->kube);
    gwc_kubeconfig_free(program->kubeconfig);
    if (program->signal_fd >= 0)
        close(program->signal_fd);
    lat_arena_free(program->arena);
}

/* Whether SIGTERM or SIGINT has come; waits for it up to wait_ms. */
static bool wait_for_stop(struct program *program, int wait_ms)
{
    struct pollfd poll_fd = {.fd = program->signal_fd, .events = POLLIN};
    if (!program->is_stopped && poll(&poll_fd, 1, wait_ms) > 0)
        program->is_stopped = true;
    return program->is_stopped;
}

static bool is_stopped(void *context)
{
    return wait_for_stop(context, 0);
}

static bool sleep_really(void *context, int64_t wait_ms)
{
    return !wait_for_stop(context, (int)wait_ms);
}

static bool sleep_virtually(void *context, int64_t wait_ms)
{
    struct program *program = context;
    lat_clock_advance(&program->clock, wait_ms);
    return true;
}

static int catch_signals(struct program *program, struct lat_err *reterr)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) == 0)
        program->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (program->signal_fd < 0)
        return lat_err_broken(reterr, "signals cannot be caught");
    return 0;
}

/* One call without retries: a wrong endpoint must be seen at start, not after minutes. */
static int check_lattice(struct program *program, struct lat_err *reterr)
{
    const struct gwc_aws_request request = {
        .service_id = "VPC Lattice",
        .operation = "ListServiceNetworks",
        .endpoint = program->settings.lattice_endpoint,
        .signing_name = "vpc-lattice",
        .method = "GET",
        .path = "/servicenetworks",
        .query = "maxResults=1",
        .attempts_max = 1,
    };
    struct lat_http_answer answer;
    struct gwc_aws_error error;
    if (gwc_aws_send(program->aws, program->arena, &request, &answer, &error) == 0)
        return 0;
    if (error.status == 0)
        return lat_err_input(reterr,
                             "the VPC Lattice endpoint does not answer: %s; check "
                             "LATTICE_ENDPOINT and REGION",
                             error.message);
    lat_log_write(&program->log, LAT_LOG_WARNING, "%s", error.text);
    return 0;
}

static int make_clients(struct program *program, const struct flags *flags, struct lat_err *reterr)
{
    const struct gwc_settings *settings = &program->settings;
    const struct gwc_sleeper sleeper = {flags->drive ? sleep_virtually : sleep_really, program};
    program->kubeconfig = gwc_kubeconfig_load(flags->kube_server, flags->kubeconfig, reterr);
    if (program->kubeconfig == NULL)
        return -1;
    program->kube = gwc_kube_new(gwc_kubeconfig_access(program->kubeconfig), &program->clock);
    const struct gwc_aws_options aws_options = {
        .region = settings->config.region,
        .lattice_endpoint = settings->lattice_endpoint,
        .tagging_endpoint = settings->tagging_endpoint,
        .acm_endpoint = settings->acm_endpoint,
        .clock = &program->clock,
        .rng = &program->rng,
        .log = &program->log,
        .sleeper = sleeper,
    };
    program->aws = gwc_aws_new(&aws_options, reterr);
    if (program->aws == NULL)
        return -1;
    program->tagging =
        gwc_tagging_new(program->aws, settings->config.vpc_id, settings->is_tagging_api_disabled);
    program->certificates = gwc_certificate_list_new(program->aws);
    program->lookups = gwc_aws_lookups(program->certificates);
    const struct gwc_manager_options options = {
        .kube = program->kube,
        .aws = program->aws,
        .tagging = program->tagging,
        .lookups = &program->lookups,
        .config = &settings->config,
        .clock = &program->clock,
        .rng = &program->rng,
        .log = &program->log,
        .sleeper = sleeper,
        .resync_ms = settings->resync_ms,
    };
    program->manager = gwc_manager_new(&options);
    return 0;
}

static int run(struct program *program, const struct flags *flags, struct lat_err *reterr)
{
    if (flags->drive) {
        lat_clock_init_virtual(&program->clock, LAT_CLOCK_VIRTUAL_START_MS);
        lat_rng_init(&program->rng, DRIVE_SEED);
    } else {
        lat_clock_init_real(&program->clock);
        lat_rng_init(&program->rng, lat_rng_machine_seed());
    }
    program->log = (struct lat_log){.out = stderr,
                                    .clock = &program->clock,
                                    .level = LAT_LOG_INFO,
                                    .program = "lattice-controller"};
    if (gwc_settings_read(program->arena, &program->settings, reterr) < 0)
        return -1;
    program->log.level = program->settings.log_level;
    if (flags->leader_elect)
        lat_log_write(&program->log, LAT_LOG_WARNING,
                      "--leader-elect is accepted, but there is no election: run one replica");
    if (catch_signals(program, reterr) < 0 || make_clients(program, flags, reterr) < 0 ||
        gwc_manager_start(program->manager, reterr) < 0 || check_lattice(program, reterr) < 0)
        return -1;
    if (flags->drive)
        return gwc_drive(program->manager, &program->clock, stdin, stdout, reterr);
    lat_log_write(&program->log, LAT_LOG_INFO, "reconciling as %s",
                  program->settings.config.managed_by);
    gwc_manager_run(program->manager, is_stopped, program, program->signal_fd);
    lat_log_write(&program->log, LAT_LOG_INFO, "ended as told");
    return 0;
}

static void print_help(const struct lat_flag *table, size_t count)
{
    fputs("lattice-controller: keeps Amazon VPC Lattice as the Gateway API objects of a cluster "
          "say.\n\nFlags:\n",
          stdout);
    lat_args_print_help(table, count);
    fputs("\nEnvironment: CLUSTER_VPC_ID, REGION, AWS_ACCOUNT_ID and CLUSTER_NAME are needed;\n"
          "LATTICE_ENDPOINT, AWS_ENDPOINT_URL, DEFAULT_SERVICE_NETWORK,\n"
          "ENABLE_SERVICE_NETWORK_OVERRIDE, DISABLE_TAGGING_SERVICE_API,\n"
          "RECONCILE_DEFAULT_RESYNC_SECONDS, LOG_LEVEL and the AWS credential variables are read.\n"
          "Not there: metrics and health endpoints, leader election, instance metadata, the\n"
          "webhook, ServiceExports and the policy controllers. Routes are reconciled one at a\n"
          "time, whatever ROUTE_MAX_CONCURRENT_RECONCILES says.\n",
          stdout);
}

int main(int argc, char **argv)
{
    struct flags flags = {0};
    const struct lat_flag table[] = {
        {"kubeconfig", LAT_FLAG_TEXT, &flags.kubeconfig, "FILE",
         "how to reach the Kubernetes API server", NULL},
        {"kube-server", LAT_FLAG_TEXT, &flags.kube_server, "URL",
         "the Kubernetes API server itself, without a login", NULL},
        {"drive", LAT_FLAG_SWITCH, &flags.drive, NULL,
         "rehearse: virtual clock, commands on standard input (drain, advance MS, quit)", NULL},
        {"metrics-bind-address", LAT_FLAG_TEXT, &flags.metrics_address, "ADDRESS",
         "accepted and not used: there are no metrics", NULL},
        {"health-probe-bind-address", LAT_FLAG_TEXT, &flags.health_address, "ADDRESS",
         "accepted and not used: there are no probes", NULL},
        {"leader-elect", LAT_FLAG_SWITCH, &flags.leader_elect, NULL,
         "accepted and not used: run one replica", NULL},
        {"help", LAT_FLAG_SWITCH, &flags.help, NULL, "this text", NULL},
    };
    struct lat_err err = {0};
    int words = 0;
    int result = lat_args_parse(argc, argv, table, LAT_COUNT(table), &words, &err);
    if (result == 0 && flags.help) {
        print_help(table, LAT_COUNT(table));
        return 0;
    }
    if (result == 0 && words > 0)
        result = lat_err_input(&err, "unexpected word \"%s\"; try --help", argv[1]);
    if (result == 0) {
        struct program program = {.arena = lat_arena_new(), .signal_fd = -1};
        result = run(&program, &flags, &err);
        program_done(&program);
    }
    if (result == 0)
        return 0;
    fprintf(stderr, "lattice-controller: %s\n", err.message);
    return EXIT_UNUSABLE;
}
