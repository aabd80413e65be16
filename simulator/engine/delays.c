/* Delays by name; see lifecycle.h. */
#include "common/base/text.h"
#include "simulator/engine/lifecycle.h"

#include <string.h>

static const struct {
    const char *name; /* the kind as in its ARN, or what a target goes through */
    size_t offset;
} names[] = {
    {"service", offsetof(struct sim_delays, service_ms)},
    {"targetgroup", offsetof(struct sim_delays, target_group_ms)},
    {"servicenetworkserviceassociation", offsetof(struct sim_delays, service_association_ms)},
    {"servicenetworkvpcassociation", offsetof(struct sim_delays, vpc_association_ms)},
    {"servicenetworkresourceassociation", offsetof(struct sim_delays, resource_association_ms)},
    {"resourcegateway", offsetof(struct sim_delays, resource_gateway_ms)},
    {"resourceconfiguration", offsetof(struct sim_delays, resource_configuration_ms)},
    {"domainverification", offsetof(struct sim_delays, domain_verification_ms)},
    {"healthcheck", offsetof(struct sim_delays, health_check_ms)},
    {"draining", offsetof(struct sim_delays, drain_ms)},
};

const char *sim_delay_name(size_t index)
{
    return index < LAT_COUNT(names) ? names[index].name : NULL;
}

int64_t *sim_delay_at(struct sim_delays *delays, const char *name)
{
    for (size_t i = 0; i < LAT_COUNT(names); i++)
        if (lat_text_eq(names[i].name, name))
            return (int64_t *)(void *)((char *)delays + names[i].offset);
    return NULL;
}

int sim_delay_parse(struct sim_delays *delays, const char *text, struct lat_err *reterr)
{
    const char *equals = strchr(text, '=');
    int64_t ms = 0;
    if (equals == NULL || lat_text_to_int64(equals + 1, &ms) < 0 || ms < 0 || ms > SIM_DELAY_MS_MAX)
        return lat_err_input(reterr, "\"%s\" is not KIND=MILLISECONDS, one week at most", text);
    for (size_t i = 0; i < LAT_COUNT(names); i++)
        if (strlen(names[i].name) == (size_t)(equals - text) &&
            strncmp(names[i].name, text, (size_t)(equals - text)) == 0) {
            *sim_delay_at(delays, names[i].name) = ms;
            return 0;
        }
    return lat_err_input(reterr,
                         "\"%.*s\" is no kind with a delay; there are service, targetgroup "
                         "and others in docs/faults.md",
                         (int)(equals - text), text);
}
