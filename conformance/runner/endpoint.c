/* The endpoint that cases run against; see endpoint.h. */
#include "conformance/runner/endpoint.h"

#include "common/base/child.h"
#include "common/base/clock.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "conformance/runner/settings.h"
#include "conformance/runner/sign.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#define READY_MS_MAX       20000
#define CALL_MS_MAX        60000
#define UNIQUE_DIGITS      8
#define UNIQUE_SHORT       3
#define OWN_SEED           1 /* a run against a simulator of our own can be repeated exactly */
#define CAPABILITIES_OWN   "clock,admin,empty-account"
#define CAPABILITIES_FOUND "clock,admin"

struct cft_endpoint {
    struct lat_arena *arena;
    const struct cft_endpoint_options *options;
    struct lat_http_client *client;
    struct lat_child *simulator; /* NULL when the URL was given */
    const char *url;             /* without a slash at its end */
    const char *found;           /* capabilities found out */
    struct cft_signer *signer;
    struct lat_rng rng;
    json_t *settings;
};

/* Values that any fake accepts; --set gives those of a real account. */
static const char *const default_settings =
    "vpc=vpc-0123456789abcdef0,vpc2=vpc-0123456789abcdef1,"
    "security_group=sg-0123456789abcdef0,security_group2=sg-0123456789abcdef1,"
    "subnet=subnet-0123456789abcdef0,bucket=arn:aws:s3:::lattice-conformance,"
    "log_group=arn:aws:logs:us-east-2:123456789012:log-group:/lattice/one,"
    "log_group2=arn:aws:logs:us-east-2:123456789012:log-group:/lattice/two";

void cft_endpoint_closep(struct cft_endpoint **endpoint)
{
    struct cft_endpoint *held = LAT_TAKE(*endpoint);
    if (held == NULL)
        return;
    lat_child_stop(held->simulator);
    lat_http_client_free(held->client);
    json_decref(held->settings);
    lat_arena_free(held->arena);
}

/* The program named so in the folder of argv[0], else the name itself, for PATH. */
static const char *beside(struct lat_arena *arena, const char *program, const char *relative,
                          const char *name)
{
    const char *slash = strrchr(program, '/');
    if (slash == NULL)
        return name;
    const char *path =
        lat_arena_printf(arena, "%.*s%s%s", (int)(slash - program) + 1, program, relative, name);
    return access(path, X_OK) == 0 ? path : NULL;
}

/* Installed programs lie in one folder, those of a build in the folders of their sources. */
static const char *find_simulator(struct cft_endpoint *endpoint)
{
    static const char name[] = "lattice-simulator";
    const struct cft_endpoint_options *options = endpoint->options;
    if (options->simulator != NULL)
        return options->simulator;
    const char *path = beside(endpoint->arena, options->program, "", name);
    if (path == NULL)
        path = beside(endpoint->arena, options->program, "../../simulator/", name);
    return path != NULL ? path : name;
}

static int start_simulator(struct cft_endpoint *endpoint, struct lat_err *reterr)
{
    const char *program = find_simulator(endpoint);
    const char *const argv[] = {program,
                                "--listen",
                                "127.0.0.1:0",
                                "--kube-listen",
                                "127.0.0.1:0",
                                "--clock",
                                "virtual",
                                "--delays",
                                "real",
                                "--seed",
                                "1",
                                "--region",
                                endpoint->options->region,
                                "--account",
                                endpoint->options->account,
                                NULL};
    const char *line = NULL;
    endpoint->simulator = lat_child_start(argv, NULL, NULL, reterr);
    if (endpoint->simulator == NULL)
        return lat_err_prefix(reterr, "no simulator could be started; name one with --simulator, "
                                      "or an endpoint with --endpoint");
    if (lat_child_read_line(endpoint->simulator, READY_MS_MAX, &line, reterr) < 0)
        return lat_err_prefix(reterr, "%s did not become ready", program);
    json_t *LAT_AUTO(lat_json_decrefp) ready = lat_json_parse_new(line, strlen(line), reterr);
    const char *url = lat_json_string_at(ready, "aws", NULL);
    if (url == NULL)
        return lat_err_input(reterr, "%s said \"%s\" instead of its address", program, line);
    endpoint->url = lat_arena_strdup(endpoint->arena, url);
    endpoint->found = CAPABILITIES_OWN;
    return 0;
}

static int move_clock(struct cft_endpoint *endpoint, struct lat_arena *arena, int64_t time_ms,
                      int *ret_status, struct lat_err *reterr)
{
    static const struct lat_http_header headers[] = {{"Content-Type", "application/json"}};
    const char *body = lat_arena_printf(arena, "{\"advance_ms\":%lld}", (long long)time_ms);
    const struct lat_http_call call = {
        .method = "POST",
        .url = lat_arena_printf(arena, "%s/_lattice/clock", endpoint->url),
        .headers = headers,
        .header_count = LAT_COUNT(headers),
        .body = body,
        .body_length = strlen(body),
        .timeout_ms = CALL_MS_MAX};
    struct lat_http_answer answer;
    if (lat_http_client_call(endpoint->client, arena, &call, &answer, reterr) < 0)
        return -1;
    *ret_status = answer.status;
    return 0;
}

static bool is_loopback(const char *url)
{
    return strstr(url, "//127.0.0.1") != NULL || strstr(url, "//localhost") != NULL ||
           strstr(url, "//[::1]") != NULL;
}

/* Asks a loopback endpoint whether its clock can be moved; a stranger is not asked odd things. */
static int find_out(struct cft_endpoint *endpoint, struct lat_err *reterr)
{
    int status = 0;
    if (!is_loopback(endpoint->url))
        return 0;
    if (move_clock(endpoint, endpoint->arena, 0, &status, reterr) < 0)
        return lat_err_prefix(reterr, "is the endpoint running?");
    if (status >= 200 && status <= 299)
        endpoint->found = CAPABILITIES_FOUND;
    return 0;
}

static int take_url(struct cft_endpoint *endpoint, struct lat_err *reterr)
{
    const char *url = endpoint->options->url;
    if (!lat_text_has_prefix(url, "http://") && !lat_text_has_prefix(url, "https://"))
        return lat_err_input(
            reterr, "--endpoint takes a URL such as http://127.0.0.1:9009, not \"%s\"", url);
    size_t length = strlen(url);
    endpoint->url =
        lat_arena_strndup(endpoint->arena, url, url[length - 1] == '/' ? length - 1 : length);
    return find_out(endpoint, reterr);
}

static int set_up(struct cft_endpoint *endpoint, struct lat_err *reterr)
{
    const struct cft_endpoint_options *options = endpoint->options;
    bool is_own = options->url == NULL;
    const struct lat_http_client_options client = {.user_agent = "lattice-conformance"};
    lat_rng_init(&endpoint->rng, is_own ? OWN_SEED : lat_rng_machine_seed());
    endpoint->client = lat_http_client_new(&client);
    endpoint->settings = json_object();
    if (cft_settings_apply(endpoint->arena, default_settings, endpoint->settings, reterr) < 0 ||
        cft_settings_apply(endpoint->arena, options->settings, endpoint->settings, reterr) < 0)
        return -1;
    if (!is_own)
        endpoint->signer = cft_signer_new(endpoint->arena, options->region, reterr);
    if (endpoint->signer == NULL && !is_own && !is_loopback(options->url))
        return -1;
    if (endpoint->signer == NULL)
        endpoint->signer = cft_signer_new_made_up(endpoint->arena, options->region);
    return is_own ? start_simulator(endpoint, reterr) : take_url(endpoint, reterr);
}

struct cft_endpoint *cft_endpoint_open(const struct cft_endpoint_options *options,
                                       struct lat_err *reterr)
{
    struct lat_arena *arena = lat_arena_new();
    struct cft_endpoint *LAT_AUTO(cft_endpoint_closep) endpoint =
        LAT_NEW(arena, struct cft_endpoint);
    endpoint->arena = arena;
    endpoint->options = options;
    return set_up(endpoint, reterr) < 0 ? NULL : LAT_TAKE(endpoint);
}

bool cft_endpoint_has(const struct cft_endpoint *endpoint, const char *capability)
{
    return cft_list_has(endpoint->found, capability) ||
           cft_list_has(endpoint->options->capabilities, capability);
}

const char *cft_endpoint_url(const struct cft_endpoint *endpoint)
{
    return endpoint->url;
}

json_t *cft_endpoint_scope_new(struct cft_endpoint *endpoint)
{
    char unique[UNIQUE_DIGITS + 1];
    char unique_short[UNIQUE_SHORT + 1];
    json_t *scope = json_copy(endpoint->settings);
    lat_rng_hex(&endpoint->rng, UNIQUE_DIGITS, unique);
    lat_rng_hex(&endpoint->rng, UNIQUE_SHORT, unique_short);
    lat_json_set_string(scope, "unique", unique);
    lat_json_set_string(scope, "unique_short", unique_short);
    lat_json_set_string(scope, "region", endpoint->options->region);
    lat_json_set_string(scope, "account", endpoint->options->account);
    return scope;
}

int cft_endpoint_send(struct cft_endpoint *endpoint, struct lat_arena *arena,
                      const struct cft_request *request, struct lat_http_answer *ret_answer,
                      struct lat_err *reterr)
{
    struct lat_http_call call = {.method = request->method,
                                 .url =
                                     lat_arena_printf(arena, "%s%s", endpoint->url, request->path),
                                 .headers = request->headers,
                                 .header_count = request->header_count,
                                 .body = request->body,
                                 .body_length = request->body_length,
                                 .timeout_ms = CALL_MS_MAX};
    if (!request->is_unsigned &&
        cft_signer_sign(endpoint->signer, arena, request->service, &call, reterr) < 0)
        return -1;
    return lat_http_client_call(endpoint->client, arena, &call, ret_answer, reterr);
}

int cft_endpoint_pass(struct cft_endpoint *endpoint, struct lat_arena *arena, int64_t time_ms,
                      struct lat_err *reterr)
{
    int status = 0;
    if (!cft_endpoint_has(endpoint, "clock")) {
        poll(NULL, 0, (int)time_ms);
        return 0;
    }
    if (move_clock(endpoint, arena, time_ms, &status, reterr) < 0)
        return -1;
    return status >= 200 && status <= 299
               ? 0
               : lat_err_input(reterr, "%s/_lattice/clock answered %d: its clock cannot be moved",
                               endpoint->url, status);
}
