/* Checks of what a resource configuration points at; see resource_definition.h.
 * Source: lattice-api reference D.13, API reference of CreateResourceConfiguration (documented). */
#include "simulator/lattice/resource_definition.h"

#include "common/base/text.h"

#include <arpa/inet.h>
#include <string.h>

#define PORT_MAX 65535

/* The IPv4 networks that an address may come from (documented). */
static const struct {
    uint32_t network;
    uint32_t mask;
} private_networks[] = {
    {0x0a000000, 0xff000000}, /* 10.0.0.0/8 */
    {0x64400000, 0xffc00000}, /* 100.64.0.0/10 */
    {0xac100000, 0xfff00000}, /* 172.16.0.0/12 */
    {0xc0a80000, 0xffff0000}, /* 192.168.0.0/16 */
};

bool sim_is_private_address(uint32_t address)
{
    for (size_t i = 0; i < LAT_COUNT(private_networks); i++)
        if ((address & private_networks[i].mask) == private_networks[i].network)
            return true;
    return false;
}

int sim_resource_address_check(struct sim_call *call, const char *address)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, address, &v4) == 1 ? sim_is_private_address(ntohl(v4.s_addr))
                                              : inet_pton(AF_INET6, address, &v6) == 1)
        return 0;
    return sim_refuse(
        call, SIM_RULE_PRIVATE_ADDRESS,
        (struct sim_about){.field = "resourceConfigurationDefinition.ipResource.ipAddress"});
}

/* A port out of the first length characters of text; 0 when it is none. */
static int64_t read_port(struct sim_call *call, const char *text, size_t length)
{
    int64_t port = 0;
    if (lat_text_to_int64(lat_arena_strndup(call->arena, text, length), &port) < 0 ||
        port > PORT_MAX)
        return 0;
    return port;
}

static bool is_range(struct sim_call *call, const char *range)
{
    size_t length = strcspn(range, "-");
    int64_t first = read_port(call, range, length), last = first;
    if (range[length] == '-')
        last = read_port(call, range + length + 1, strlen(range) - length - 1);
    return first > 0 && first <= last;
}

int sim_port_ranges_check(struct sim_call *call, struct lat_list ranges)
{
    const char *const *items = ranges.items;
    for (size_t i = 0; i < ranges.count; i++)
        if (!is_range(call, items[i]))
            return sim_refuse(call, SIM_RULE_PORT_RANGE,
                              (struct sim_about){.name = items[i], .field = "portRanges"});
    return 0;
}

int sim_group_domain_check(struct sim_call *call, const char *domain, const char *group_domain)
{
    if (domain == NULL || group_domain == NULL ||
        lat_text_has_suffix(domain, lat_arena_printf(call->arena, ".%s", group_domain)))
        return 0;
    return sim_refuse(call, SIM_RULE_OUTSIDE_GROUP_DOMAIN,
                      (struct sim_about){.name = group_domain, .field = "customDomainName"});
}

static int check_definition(struct sim_call *call,
                            const struct lat_resource_configuration_definition *definition)
{
    if (definition->ip_resource != NULL && definition->ip_resource->ip_address != NULL)
        return sim_resource_address_check(call, definition->ip_resource->ip_address);
    bool whole =
        (definition->dns_resource != NULL && definition->dns_resource->domain_name != NULL) ||
        (definition->arn_resource != NULL && definition->arn_resource->arn != NULL);
    return whole ? 0
                 : sim_refuse(call, SIM_RULE_MEMBER_REQUIRED,
                              (struct sim_about){.name = "resource definitions",
                                                 .field = "resourceConfigurationDefinition"});
}

int sim_resource_definition_check(struct sim_call *call,
                                  const struct lat_create_resource_configuration_request *in)
{
    const struct lat_resource_configuration_definition *definition =
        in->resource_configuration_definition;
    bool group = lat_text_eq(in->type, LAT_RESOURCE_CONFIGURATION_TYPE_GROUP),
         child = lat_text_eq(in->type, LAT_RESOURCE_CONFIGURATION_TYPE_CHILD),
         arn = lat_text_eq(in->type, LAT_RESOURCE_CONFIGURATION_TYPE_ARN),
         names_arn = definition != NULL && definition->arn_resource != NULL;
    const struct {
        const char *member;
        bool present, required, allowed;
    } members[] = {
        {"resourceGatewayIdentifier", in->resource_gateway_identifier != NULL, !child, !child},
        {"resourceConfigurationGroupIdentifier",
         in->resource_configuration_group_identifier != NULL, child, child},
        {"resourceConfigurationDefinition", definition != NULL, !group, !group},
        {"resourceConfigurationDefinition.arnResource", names_arn, arn, arn},
        {"groupDomain", in->group_domain != NULL, false, group},
    };
    struct sim_about about = {
        .name = lat_arena_printf(call->arena, "resource configurations of type %s", in->type)};
    for (size_t i = 0; i < LAT_COUNT(members); i++) {
        about.field = members[i].member;
        if (members[i].required && !members[i].present)
            return sim_refuse(call, SIM_RULE_MEMBER_REQUIRED, about);
        if (members[i].present && !members[i].allowed)
            return sim_refuse(call, SIM_RULE_MEMBER_NOT_ALLOWED, about);
    }
    if (definition != NULL && check_definition(call, definition) < 0)
        return -1;
    return sim_port_ranges_check(call, in->port_ranges);
}
