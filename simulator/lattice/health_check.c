/* Health check configuration; see health_check.h. Source: lattice-api reference D.7 (defaults
 * observed, ranges documented, merging and reset chosen). */
#include "simulator/lattice/health_check.h"

#include "common/base/text.h"

#include <stdlib.h>

#define CODE_MIN 200
#define CODE_MAX 499

struct lat_health_check_config
sim_health_check_defaults(struct sim_call *call, const char *protocol, const char *protocol_version)
{
    if (lat_text_eq(protocol, LAT_TARGET_GROUP_PROTOCOL_TCP))
        return (struct lat_health_check_config){.enabled = LAT_BOOL(false)};
    bool http1 = lat_text_eq(protocol_version, LAT_TARGET_GROUP_PROTOCOL_VERSION_HTTP1);
    bool http2 = lat_text_eq(protocol_version, LAT_TARGET_GROUP_PROTOCOL_VERSION_HTTP2);
    struct lat_matcher *matcher = LAT_NEW(call->arena, struct lat_matcher);
    matcher->http_code = "200";
    return (struct lat_health_check_config){
        .enabled = LAT_BOOL(http1),
        .protocol = LAT_TARGET_GROUP_PROTOCOL_HTTP, /* for HTTPS groups too (observed) */
        .protocol_version = http2 ? LAT_HEALTH_CHECK_PROTOCOL_VERSION_HTTP2
                                  : LAT_HEALTH_CHECK_PROTOCOL_VERSION_HTTP1,
        .path = "/",
        .health_check_interval_seconds = LAT_INT(30),
        .health_check_timeout_seconds = LAT_INT(5),
        .healthy_threshold_count = LAT_INT(5),
        .unhealthy_threshold_count = LAT_INT(2),
        .matcher = matcher,
    };
}

/* One number of the configuration with its documented range. */
struct range {
    const char *member;
    size_t offset;
    int64_t min, max;
};

static const struct range ranges[] = {
    {"healthCheckIntervalSeconds",
     offsetof(struct lat_health_check_config, health_check_interval_seconds), 5, 300},
    {"healthCheckTimeoutSeconds",
     offsetof(struct lat_health_check_config, health_check_timeout_seconds), 1, 120},
    {"healthyThresholdCount", offsetof(struct lat_health_check_config, healthy_threshold_count), 2,
     10},
    {"unhealthyThresholdCount", offsetof(struct lat_health_check_config, unhealthy_threshold_count),
     2, 10},
    {"port", offsetof(struct lat_health_check_config, port), 1, 65535},
};

static struct lat_opt_int number_at(const struct lat_health_check_config *config, size_t offset)
{
    return *(const struct lat_opt_int *)(const void *)((const char *)config + offset);
}

static int merge_number(struct sim_call *call, const struct range *range,
                        const struct lat_health_check_config *given,
                        const struct lat_health_check_config *defaults, const char *prefix,
                        struct lat_health_check_config *config)
{
    struct lat_opt_int wanted = number_at(given, range->offset);
    if (!wanted.has)
        return 0;
    if (wanted.value == 0) {
        wanted = number_at(defaults, range->offset);
    } else if (wanted.value < range->min || wanted.value > range->max) {
        struct sim_about about = {
            .name = lat_arena_printf(call->arena, "%lld to %lld", (long long)range->min,
                                     (long long)range->max),
            .field = lat_arena_printf(call->arena, "%s.%s", prefix, range->member),
        };
        return sim_refuse(call, SIM_RULE_HEALTH_CHECK_RANGE, about);
    }
    *(struct lat_opt_int *)(void *)((char *)config + range->offset) = wanted;
    return 0;
}

/* A given text, its default when it is empty, or what was there before. */
static const char *merge_text(const char *given, const char *fallback, const char *before)
{
    if (given == NULL)
        return before;
    return given[0] == '\0' ? fallback : given;
}

/* Codes, lists and ranges of them, each from 200 to 499 (documented): "200", "200,202", "200-299".
 */
static bool is_matcher(const char *text)
{
    while (true) {
        char *end = NULL;
        long low = strtol(text, &end, 10), high = low;
        if (end != text && *end == '-')
            high = strtol(end + 1, &end, 10);
        if (low < CODE_MIN || low > high || high > CODE_MAX || (*end != ',' && *end != '\0'))
            return false;
        if (*end == '\0')
            return true;
        text = end + 1;
    }
}

/* What a configuration must be as a whole: checks speak HTTP or HTTPS, and a TCP group, which has
 * no defaults, names protocol and version before they are switched on (documented). */
static int check_whole(struct sim_call *call, const struct lat_health_check_config *config,
                       const char *prefix)
{
    const struct {
        const char *member;
        const char *text;
    } needed[] = {{"protocol", config->protocol}, {"protocolVersion", config->protocol_version}};
    if (lat_text_eq(config->protocol, LAT_TARGET_GROUP_PROTOCOL_TCP))
        return sim_refuse(
            call, SIM_RULE_HEALTH_CHECK_PROTOCOL,
            (struct sim_about){.field = lat_arena_printf(call->arena, "%s.protocol", prefix)});
    if (config->matcher != NULL && !is_matcher(lat_text_or_empty(config->matcher->http_code)))
        return sim_refuse(call, SIM_RULE_HEALTH_CHECK_RANGE,
                          (struct sim_about){.name = "200 to 499: a code, a list or a range",
                                             .field = lat_arena_printf(
                                                 call->arena, "%s.matcher.httpCode", prefix)});
    for (size_t i = 0; config->enabled.value && i < LAT_COUNT(needed); i++)
        if (needed[i].text == NULL)
            return sim_refuse(
                call, SIM_RULE_HEALTH_CHECK_INCOMPLETE,
                (struct sim_about){
                    .field = lat_arena_printf(call->arena, "%s.%s", prefix, needed[i].member)});
    return 0;
}

int sim_health_check_merge(struct sim_call *call, const struct lat_health_check_config *given,
                           const struct lat_health_check_config *defaults, const char *prefix,
                           struct lat_health_check_config *config)
{
    if (given == NULL)
        return 0;
    for (size_t i = 0; i < LAT_COUNT(ranges); i++)
        if (merge_number(call, &ranges[i], given, defaults, prefix, config) < 0)
            return -1;
    if (given->enabled.has)
        config->enabled = given->enabled;
    config->protocol = merge_text(given->protocol, defaults->protocol, config->protocol);
    config->protocol_version =
        merge_text(given->protocol_version, defaults->protocol_version, config->protocol_version);
    config->path = merge_text(given->path, defaults->path, config->path);
    if (given->matcher != NULL)
        config->matcher =
            lat_text_is_empty(given->matcher->http_code) ? defaults->matcher : given->matcher;
    return check_whole(call, config, prefix);
}
