/* The environment of the controller; see settings.h. */
#include "controller/settings.h"

#include "common/base/text.h"

#include <stdlib.h>
#include <string.h>

#define RESYNC_SECONDS_MIN 60
#define RESYNC_SECONDS_MAX (365 * 24 * 3600)

static const char *variable(const char *name)
{
    return lat_text_or_empty(getenv(name));
}

static bool is_true(const char *name)
{
    return lat_text_eq_ignore_case(variable(name), "true");
}

/* Values without which nothing can be named or owned. */
static int read_required(struct gwc_config *config, struct lat_err *reterr)
{
    const struct {
        const char *name;
        const char **target;
        const char *what;
    } required[] = {
        {"CLUSTER_VPC_ID", &config->vpc_id, "the VPC of the cluster, such as vpc-0abc"},
        {"REGION", &config->region, "the AWS Region, such as us-east-2"},
        {"AWS_ACCOUNT_ID", &config->account, "the 12 digits of the AWS account"},
        {"CLUSTER_NAME", &config->cluster_name, "the name of the cluster"},
    };
    for (size_t i = 0; i < LAT_COUNT(required); i++) {
        *required[i].target = variable(required[i].name);
        if (*required[i].target[0] == '\0')
            return lat_err_input(reterr, "environment variable %s is not set; set it to %s",
                                 required[i].name, required[i].what);
    }
    return 0;
}

static const char *without_slash(struct lat_arena *arena, const char *url)
{
    size_t length = strlen(url);
    while (length > 0 && url[length - 1] == '/')
        length--;
    return lat_arena_strndup(arena, url, length);
}

/* The SDK's own variables: one for the service, else one for all, else the public endpoint. */
static const char *endpoint(struct lat_arena *arena, const char *own_variable,
                            const char *public_url)
{
    const char *url = variable(own_variable);
    if (url[0] == '\0')
        url = variable("AWS_ENDPOINT_URL");
    return without_slash(arena, url[0] == '\0' ? public_url : url);
}

static int read_resync(struct gwc_settings *settings, struct lat_err *reterr)
{
    int64_t seconds = 0;
    const char *text = variable("RECONCILE_DEFAULT_RESYNC_SECONDS");
    if (text[0] == '\0')
        return 0;
    if (lat_text_to_int64(text, &seconds) < 0)
        return lat_err_input(reterr,
                             "invalid value for RECONCILE_DEFAULT_RESYNC_SECONDS: \"%s\" is not a "
                             "whole number",
                             text);
    if (seconds != 0 && (seconds < RESYNC_SECONDS_MIN || seconds > RESYNC_SECONDS_MAX))
        return lat_err_input(reterr,
                             "RECONCILE_DEFAULT_RESYNC_SECONDS must be 0 (disabled) or at least %d "
                             "seconds, got %lld",
                             RESYNC_SECONDS_MIN, (long long)seconds);
    settings->resync_ms = seconds * 1000;
    return 0;
}

static int check_concurrency(struct lat_err *reterr)
{
    int64_t number = 0;
    const char *text = variable("ROUTE_MAX_CONCURRENT_RECONCILES");
    if (text[0] != '\0' && lat_text_to_int64(text, &number) < 0)
        return lat_err_input(reterr,
                             "invalid value for ROUTE_MAX_CONCURRENT_RECONCILES: \"%s\" is not a "
                             "whole number",
                             text);
    return 0;
}

int gwc_settings_read(struct lat_arena *arena, struct gwc_settings *ret, struct lat_err *reterr)
{
    struct gwc_settings settings = {0};
    struct gwc_config *config = &settings.config;
    if (read_required(config, reterr) < 0 || read_resync(&settings, reterr) < 0 ||
        check_concurrency(reterr) < 0)
        return -1;
    config->default_service_network = variable("DEFAULT_SERVICE_NETWORK");
    config->is_override =
        is_true("ENABLE_SERVICE_NETWORK_OVERRIDE") && config->default_service_network[0] != '\0';
    config->managed_by =
        lat_arena_printf(arena, "%s/%s/%s", config->account, config->cluster_name, config->vpc_id);
    settings.is_tagging_api_disabled = is_true("DISABLE_TAGGING_SERVICE_API");
    /* The Lattice endpoint does not follow AWS_ENDPOINT_URL: the reference controller sets it
     * explicitly. */
    const char *lattice = variable("LATTICE_ENDPOINT");
    if (lattice[0] == '\0')
        lattice = lat_arena_printf(arena, "https://vpc-lattice.%s.amazonaws.com", config->region);
    settings.lattice_endpoint = without_slash(arena, lattice);
    settings.tagging_endpoint =
        endpoint(arena, "AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API",
                 lat_arena_printf(arena, "https://tagging.%s.amazonaws.com", config->region));
    settings.acm_endpoint =
        endpoint(arena, "AWS_ENDPOINT_URL_ACM",
                 lat_arena_printf(arena, "https://acm.%s.amazonaws.com", config->region));
    const char *level = variable("LOG_LEVEL");
    settings.log_level = lat_text_eq(level, "debug")   ? LAT_LOG_DEBUG
                         : lat_text_eq(level, "error") ? LAT_LOG_ERROR
                         : lat_text_eq(level, "panic") ? LAT_LOG_ERROR
                                                       : LAT_LOG_INFO;
    *ret = settings;
    return 0;
}
