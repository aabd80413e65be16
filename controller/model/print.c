/* Writes a stack as JSON. Reads nothing else, decides nothing. */
#include "controller/model/print.h"

#include "common/base/json.h"
#include "controller/model/keys.h"

static const char *const backend_kinds[GWC_BACKEND_KIND_COUNT] = {
    [GWC_BACKEND_SERVICE] = "service",
    [GWC_BACKEND_EXTERNAL] = "external",
    [GWC_BACKEND_IMPORT] = "import",
    [GWC_BACKEND_INVALID] = "invalid",
};

static json_t *tags_new(const struct gwc_tags *tags)
{
    json_t *made = json_object();
    for (size_t i = 0; i < tags->count; i++)
        lat_json_set_string(made, tags->items[i].key, tags->items[i].value);
    return made;
}

static void set_opt_int(json_t *object, const char *name, struct lat_opt_int value)
{
    if (value.has)
        lat_json_set(object, name, json_integer(value.value));
}

static void set_opt_bool(json_t *object, const char *name, struct lat_opt_bool value)
{
    if (value.has)
        lat_json_set(object, name, json_boolean(value.value));
}

static json_t *health_check_new(const struct lat_health_check_config *check)
{
    json_t *made = json_object();
    set_opt_bool(made, "enabled", check->enabled);
    lat_json_set_string(made, "protocol", check->protocol);
    lat_json_set_string(made, "protocolVersion", check->protocol_version);
    set_opt_int(made, "port", check->port);
    lat_json_set_string(made, "path", check->path);
    set_opt_int(made, "healthCheckIntervalSeconds", check->health_check_interval_seconds);
    set_opt_int(made, "healthCheckTimeoutSeconds", check->health_check_timeout_seconds);
    set_opt_int(made, "healthyThresholdCount", check->healthy_threshold_count);
    set_opt_int(made, "unhealthyThresholdCount", check->unhealthy_threshold_count);
    if (check->matcher != NULL)
        lat_json_set_string(made, "httpCode", check->matcher->http_code);
    return made;
}

static json_t *target_new(const struct gwc_target *target)
{
    json_t *made = json_object();
    lat_json_set_string(made, "address", target->address);
    lat_json_set(made, "port", json_integer(target->port));
    lat_json_set(made, "ready", json_boolean(target->ready));
    lat_json_set_string(made, "podNamespace", target->pod_namespace);
    lat_json_set_string(made, "podName", target->pod_name);
    return made;
}

static json_t *target_group_new(const struct gwc_target_group *group)
{
    json_t *made = json_object();
    lat_json_set_string(made, "serviceName", group->service_name);
    lat_json_set_string(made, "serviceNamespace", group->service_namespace);
    lat_json_set_string(made, "protocol", group->protocol);
    lat_json_set_string(made, "protocolVersion", group->protocol_version);
    lat_json_set_string(made, "ipAddressType", group->ip_address_type);
    lat_json_set(made, "port", json_integer(group->port));
    lat_json_set(made, "identity", tags_new(&group->identity));
    if (group->health_check != NULL)
        lat_json_set(made, "healthCheck", health_check_new(group->health_check));
    if (group->has_targets) {
        json_t *targets = json_array();
        for (size_t i = 0; i < group->target_count; i++)
            json_array_append_new(targets, target_new(&group->targets[i]));
        lat_json_set(made, "targets", targets);
    }
    return made;
}

static json_t *backend_new(const struct gwc_backend *backend)
{
    json_t *made = json_object();
    lat_json_set_string(made, "kind", backend_kinds[backend->kind]);
    lat_json_set(made, "weight", json_integer(backend->weight));
    if (backend->kind == GWC_BACKEND_SERVICE)
        lat_json_set(made, "targetGroup", json_integer((json_int_t)backend->target_group));
    lat_json_set_string(made, "externalId", backend->external_id);
    lat_json_set_string(made, "importService", backend->import_service);
    lat_json_set_string(made, "importNamespace", backend->import_namespace);
    lat_json_set_string(made, "importCluster", backend->import_cluster);
    lat_json_set_string(made, "importVpc", backend->import_vpc);
    return made;
}

static json_t *backends_new(const struct gwc_backends *backends)
{
    json_t *made = json_array();
    for (size_t i = 0; i < backends->count; i++)
        json_array_append_new(made, backend_new(&backends->items[i]));
    return made;
}

static json_t *header_new(const struct lat_header_match *header)
{
    json_t *made = json_object();
    lat_json_set_string(made, "name", header->name);
    lat_json_set_string(made, "exact", header->match->exact);
    set_opt_bool(made, "caseSensitive", header->case_sensitive);
    return made;
}

static json_t *match_new(const struct lat_http_match *match)
{
    json_t *made = json_object();
    lat_json_set_string(made, "method", match->method);
    if (match->path_match != NULL) {
        json_t *path = json_object();
        lat_json_set_string(path, "exact", match->path_match->match->exact);
        lat_json_set_string(path, "prefix", match->path_match->match->prefix);
        set_opt_bool(path, "caseSensitive", match->path_match->case_sensitive);
        lat_json_set(made, "path", path);
    }
    if (match->header_matches.count > 0) {
        const struct lat_header_match *headers = match->header_matches.items;
        json_t *array = json_array();
        for (size_t i = 0; i < match->header_matches.count; i++)
            json_array_append_new(array, header_new(&headers[i]));
        lat_json_set(made, "headers", array);
    }
    return made;
}

json_t *gwc_rule_print_new(const struct gwc_rule *rule)
{
    json_t *made = json_object();
    lat_json_set(made, "priority", json_integer(rule->priority));
    lat_json_set(made, "match", match_new(rule->match->http_match));
    lat_json_set(made, "backends", backends_new(&rule->backends));
    return made;
}

static json_t *listener_new(const struct gwc_listener *listener)
{
    json_t *made = json_object();
    lat_json_set_string(made, "name", listener->name);
    lat_json_set(made, "port", json_integer(listener->port));
    lat_json_set_string(made, "protocol", listener->protocol);
    if (listener->backends.count > 0)
        lat_json_set(made, "backends", backends_new(&listener->backends));
    json_t *rules = json_array();
    for (size_t i = 0; i < listener->rule_count; i++)
        json_array_append_new(rules, gwc_rule_print_new(&listener->rules[i]));
    lat_json_set(made, "rules", rules);
    return made;
}

static json_t *service_new(const struct gwc_service *service)
{
    json_t *made = json_object();
    lat_json_set_string(made, "name", service->name);
    lat_json_set(made, "isOverride", json_boolean(service->is_override));
    lat_json_set_string(made, "routeName", service->route_name);
    lat_json_set_string(made, "routeNamespace", service->route_namespace);
    lat_json_set_string(made, "routeType", gwc_route_facts[service->route_kind].route_type);
    lat_json_set_string(made, "customDomain", service->custom_domain);
    lat_json_set_string(made, "certificateArn", service->certificate_arn);
    lat_json_set_string(made, "allowTakeoverFrom", service->allow_takeover_from);
    json_t *networks = json_array();
    for (size_t i = 0; i < service->service_network_count; i++)
        json_array_append_new(networks, json_string(service->service_networks[i]));
    lat_json_set(made, "serviceNetworks", networks);
    return made;
}

json_t *gwc_stack_print_new(const struct gwc_stack *stack)
{
    json_t *made = json_object();
    lat_json_set(made, "isEmpty", json_boolean(stack->is_empty));
    lat_json_set(made, "isDeleted", json_boolean(stack->is_deleted));
    if (stack->is_empty)
        return made;
    lat_json_set(made, "service", service_new(&stack->service));
    lat_json_set(made, "additionalTags", tags_new(&stack->additional_tags));
    json_t *groups = json_array();
    for (size_t i = 0; i < stack->target_group_count; i++)
        json_array_append_new(groups, target_group_new(&stack->target_groups[i]));
    lat_json_set(made, "targetGroups", groups);
    json_t *listeners = json_array();
    for (size_t i = 0; i < stack->listener_count; i++)
        json_array_append_new(listeners, listener_new(&stack->listeners[i]));
    lat_json_set(made, "listeners", listeners);
    return made;
}
