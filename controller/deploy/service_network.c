/* Finding a service network by name or id; see deploy.h. Source: controller-routes reference 4.4.3,
 * controller-platform reference 2.14 (observed). */
#include "common/base/text.h"
#include "controller/deploy/deploy_int.h"

/* What has matched so far. */
struct matches {
    size_t count;
    struct gwc_service_network first;
    const char *text; /* "nameMatch=… idMatch=…" */
};

static void add(struct lat_arena *arena, struct matches *matches, const char *how, const char *name,
                const char *id, const char *arn)
{
    if (matches->count++ == 0)
        matches->first = (struct gwc_service_network){.id = id, .arn = arn};
    matches->text =
        lat_arena_printf(arena, "%s %s={name=%s, id=%s}", lat_text_or_empty(matches->text), how,
                         lat_text_or_empty(name), lat_text_or_empty(id));
}

static int match_own(struct gwc_aws *aws, struct lat_arena *arena, const char *name,
                     struct matches *matches, struct gwc_aws_error *ret_error)
{
    const struct lat_list_service_networks_request input = {0};
    struct lat_list items;
    if (gwc_aws_list(aws, arena, LAT_OP_LIST_SERVICE_NETWORKS, &input, &items, ret_error) < 0)
        return -1;
    const struct lat_service_network_summary *networks = items.items;
    for (size_t i = 0; i < items.count; i++) {
        if (lat_text_eq(networks[i].name, name))
            add(arena, matches, "nameMatch", networks[i].name, networks[i].id, networks[i].arn);
        else if (lat_text_eq(networks[i].id, name))
            add(arena, matches, "idMatch", networks[i].name, networks[i].id, networks[i].arn);
    }
    return 0;
}

/* Networks of other accounts show only through the VPC's associations. */
static int match_shared(struct gwc_aws *aws, struct lat_arena *arena, const char *vpc_id,
                        const char *name, struct matches *matches, struct gwc_aws_error *ret_error)
{
    const struct lat_list_service_network_vpc_associations_request input = {.vpc_identifier =
                                                                                vpc_id};
    struct lat_list items;
    if (gwc_aws_list(aws, arena, LAT_OP_LIST_SERVICE_NETWORK_VPC_ASSOCIATIONS, &input, &items,
                     ret_error) < 0)
        return -1;
    const struct lat_service_network_vpc_association_summary *found = items.items;
    for (size_t i = 0; i < items.count; i++) {
        if (!lat_text_eq(found[i].status, LAT_SERVICE_NETWORK_VPC_ASSOCIATION_STATUS_ACTIVE))
            continue;
        if (lat_text_eq(found[i].service_network_name, name))
            add(arena, matches, "nameMatch", found[i].service_network_name,
                found[i].service_network_id, found[i].service_network_arn);
        else if (lat_text_eq(found[i].service_network_id, name))
            add(arena, matches, "idMatch", found[i].service_network_name,
                found[i].service_network_id, found[i].service_network_arn);
    }
    return 0;
}

enum gwc_find_result gwc_find_service_network(struct gwc_aws *aws, struct lat_arena *arena,
                                              const struct gwc_config *config, const char *name,
                                              struct gwc_service_network *ret_network,
                                              const char **ret_text)
{
    struct gwc_aws_error error;
    struct matches matches = {0};
    if (config->is_override && !lat_text_is_empty(config->default_service_network))
        name = config->default_service_network;
    int result = match_own(aws, arena, name, &matches, &error);
    if (result == 0 && matches.count == 0)
        result = match_shared(aws, arena, config->vpc_id, name, &matches, &error);
    if (result < 0) {
        *ret_text = error.text;
        return GWC_FIND_FAILED;
    }
    if (matches.count == 0) {
        *ret_text = lat_arena_printf(arena, "not found, Service network %s", name);
        return GWC_FIND_ABSENT;
    }
    if (matches.count > 1) {
        *ret_text = lat_arena_printf(arena, "name conflict, multiple SN found:%s", matches.text);
        return GWC_FIND_AMBIGUOUS;
    }
    *ret_network = matches.first;
    return GWC_FIND_FOUND;
}
