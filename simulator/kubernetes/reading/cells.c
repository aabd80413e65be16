/* Cells of tables that no JSON path can make: how kubectl shows ports, endpoints and ages of
 * built-in kinds (observed). */
#include "simulator/kubernetes/reading/reading.h"

#include "common/base/text.h"
#include "common/kube/object.h"

#include <inttypes.h>
#include <string.h>

#define SECOND INT64_C(1)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define YEAR   (365 * DAY)

/* "2m5s": the larger unit, then the smaller unless it is zero. */
static const char *two_units(struct lat_arena *arena, int64_t seconds, int64_t large,
                             char large_name, int64_t small, char small_name)
{
    int64_t rest = seconds % large / small;
    if (rest == 0)
        return lat_arena_printf(arena, "%" PRId64 "%c", seconds / large, large_name);
    return lat_arena_printf(arena, "%" PRId64 "%c%" PRId64 "%c", seconds / large, large_name, rest,
                            small_name);
}

static const char *one_unit(struct lat_arena *arena, int64_t seconds, int64_t unit, char name)
{
    return lat_arena_printf(arena, "%" PRId64 "%c", seconds / unit, name);
}

const char *sim_kube_duration_text(struct lat_arena *arena, int64_t duration_ms)
{
    int64_t seconds = duration_ms / 1000;
    if (seconds < -1)
        return "<invalid>";
    if (seconds < 0)
        return "0s";
    if (seconds < 2 * MINUTE)
        return one_unit(arena, seconds, SECOND, 's');
    if (seconds < 10 * MINUTE)
        return two_units(arena, seconds, MINUTE, 'm', SECOND, 's');
    if (seconds < 3 * HOUR)
        return one_unit(arena, seconds, MINUTE, 'm');
    if (seconds < 8 * HOUR)
        return two_units(arena, seconds, HOUR, 'h', MINUTE, 'm');
    if (seconds < 2 * DAY)
        return one_unit(arena, seconds, HOUR, 'h');
    if (seconds < 8 * DAY)
        return two_units(arena, seconds, DAY, 'd', HOUR, 'h');
    if (seconds < 2 * YEAR)
        return one_unit(arena, seconds, DAY, 'd');
    if (seconds < 8 * YEAR)
        return two_units(arena, seconds, YEAR, 'y', DAY, 'd');
    return one_unit(arena, seconds, YEAR, 'y');
}

struct cell {
    struct lat_arena *arena;
    const json_t *object;
    int64_t now_ms;
};

static const char *or_none(const char *text)
{
    return text[0] == '\0' ? "<none>" : text;
}

static const char *with_comma(struct lat_arena *arena, const char *list, const char *item)
{
    return lat_arena_printf(arena, "%s%s%s", list, list[0] == '\0' ? "" : ",", item);
}

static const char *service_ports(const struct cell *cell)
{
    const char *list = "";
    size_t index;
    json_t *port;
    json_array_foreach(lat_json_at(cell->object, "spec.ports"), index, port) {
        int64_t node_port = lat_json_int_at(port, "nodePort", 0);
        const char *node =
            node_port == 0 ? "" : lat_arena_printf(cell->arena, ":%" PRId64, node_port);
        list = with_comma(cell->arena, list,
                          lat_arena_printf(cell->arena, "%" PRId64 "%s/%s",
                                           lat_json_int_at(port, "port", 0), node,
                                           lat_json_string_at(port, "protocol", "TCP")));
    }
    return or_none(list);
}

static const char *service_external(const struct cell *cell)
{
    const char *type = lat_json_string_at(cell->object, "spec.type", "");
    if (lat_text_eq(type, "ExternalName"))
        return lat_json_string_at(cell->object, "spec.externalName", "<none>");
    const char *list = "";
    size_t index;
    json_t *item;
    json_array_foreach(lat_json_at(cell->object, "status.loadBalancer.ingress"), index, item)
        list = with_comma(cell->arena, list,
                          lat_json_string_at(item, "ip", lat_json_string_at(item, "hostname", "")));
    json_array_foreach(lat_json_at(cell->object, "spec.externalIPs"), index, item)
        list = with_comma(cell->arena, list, lat_text_or_empty(json_string_value(item)));
    if (list[0] == '\0' && lat_text_eq(type, "LoadBalancer"))
        return "<pending>";
    return or_none(list);
}

static const char *service_selector(const struct cell *cell)
{
    const char *list = "", *key;
    json_t *value;
    json_object_foreach(lat_json_at(cell->object, "spec.selector"), key, value)
        list = with_comma(cell->arena, list,
                          lat_arena_printf(cell->arena, "%s=%s", key,
                                           lat_text_or_empty(json_string_value(value))));
    return or_none(list);
}

static const char *slice_ports(const struct cell *cell)
{
    const char *list = "";
    size_t index;
    json_t *port;
    json_t *ports = json_object_get(cell->object, "ports");
    json_array_foreach(ports, index, port) {
        int64_t number = lat_json_int_at(port, "port", 0);
        list = with_comma(cell->arena, list,
                          number == 0 ? "*" : lat_arena_printf(cell->arena, "%" PRId64, number));
    }
    return list[0] == '\0' ? "<unset>" : list;
}

/* At most three addresses, then how many more there are. */
static const char *slice_endpoints(const struct cell *cell)
{
    const char *list = "";
    size_t index, shown = 0, total = 0;
    json_t *endpoint;
    json_array_foreach(json_object_get(cell->object, "endpoints"), index, endpoint) {
        json_t *addresses = json_object_get(endpoint, "addresses");
        for (size_t i = 0; i < json_array_size(addresses); i++) {
            total++;
            if (shown == 3)
                continue;
            list = with_comma(cell->arena, list,
                              lat_text_or_empty(json_string_value(json_array_get(addresses, i))));
            shown++;
        }
    }
    if (total > shown)
        return lat_arena_printf(cell->arena, "%s + %zu more...", list, total - shown);
    return list[0] == '\0' ? "<unset>" : list;
}

/* How long ago the first of these times was that the object has. */
static const char *time_ago(const struct cell *cell, const char *const *paths, size_t count)
{
    int64_t time_ms;
    for (size_t i = 0; i < count; i++) {
        const char *text = lat_json_string_at(cell->object, paths[i], "");
        if (text[0] != '\0' && lat_time_parse(text, &time_ms) == 0)
            return sim_kube_duration_text(cell->arena, cell->now_ms - time_ms);
    }
    return "<unknown>";
}

static const char *event_last_seen(const struct cell *cell)
{
    static const char *const paths[] = {"series.lastObservedTime", "lastTimestamp",
                                        "deprecatedLastTimestamp", "eventTime", "firstTimestamp"};
    return time_ago(cell, paths, LAT_COUNT(paths));
}

static const char *event_object(const struct cell *cell)
{
    json_t *about = json_object_get(cell->object, "involvedObject");
    if (about == NULL)
        about = json_object_get(cell->object, "regarding"); /* as events.k8s.io calls it */
    char *text = lat_arena_printf(cell->arena, "%s/%s", lat_json_string_at(about, "kind", ""),
                                  lat_json_string_at(about, "name", ""));
    for (char *p = text; *p != '/'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return text;
}

/* "component, host", as both API groups name them. */
static const char *event_source(const struct cell *cell)
{
    static const char *const components[] = {"source.component", "reportingController",
                                             "reportingComponent", "deprecatedSource.component"};
    const char *component = "";
    for (size_t i = 0; component[0] == '\0' && i < LAT_COUNT(components); i++)
        component = lat_json_string_at(cell->object, components[i], "");
    const char *host = lat_json_string_at(
        cell->object, "source.host", lat_json_string_at(cell->object, "deprecatedSource.host", ""));
    return host[0] == '\0' ? component : lat_arena_printf(cell->arena, "%s, %s", component, host);
}

static const char *event_first_seen(const struct cell *cell)
{
    static const char *const paths[] = {"firstTimestamp", "deprecatedFirstTimestamp", "eventTime"};
    return time_ago(cell, paths, LAT_COUNT(paths));
}

static const char *event_count(const struct cell *cell)
{
    int64_t count =
        lat_json_int_at(cell->object, "series.count",
                        lat_json_int_at(cell->object, "count",
                                        lat_json_int_at(cell->object, "deprecatedCount", 1)));
    return lat_arena_printf(cell->arena, "%" PRId64, count);
}

static const char *count_text(const struct cell *cell, size_t count)
{
    return lat_arena_printf(cell->arena, "%zu", count);
}

static const char *data_count(const struct cell *cell)
{
    return count_text(cell, json_object_size(json_object_get(cell->object, "data")) +
                                json_object_size(json_object_get(cell->object, "binaryData")));
}

static const char *secret_count(const struct cell *cell)
{
    return count_text(cell, json_array_size(json_object_get(cell->object, "secrets")));
}

static const char *webhook_count(const struct cell *cell)
{
    return count_text(cell, json_array_size(json_object_get(cell->object, "webhooks")));
}

/* ADDRESS:PORT of every ready address and port; at most three, then how many more there are. */
static const char *subset_endpoints(const struct cell *cell)
{
    const char *list = "";
    size_t s, a, p, total = 0;
    json_t *subset, *address, *port;
    json_array_foreach(json_object_get(cell->object, "subsets"), s, subset)
        json_array_foreach(json_object_get(subset, "addresses"), a, address)
            json_array_foreach(json_object_get(subset, "ports"), p, port) {
                if (total++ >= 3)
                    continue;
                list = with_comma(cell->arena, list,
                                  lat_arena_printf(cell->arena, "%s:%" PRId64,
                                                   lat_json_string_at(address, "ip", ""),
                                                   lat_json_int_at(port, "port", 0)));
            }
    if (total > 3)
        return lat_arena_printf(cell->arena, "%s + %zu more...", list, total - 3);
    return or_none(list);
}

static const char *node_status(const struct cell *cell)
{
    const json_t *ready =
        lat_kube_condition(lat_json_at(cell->object, "status.conditions"), "Ready");
    const char *status = lat_json_string_at(ready, "status", "");
    const char *text = ready == NULL                 ? "Unknown"
                       : lat_text_eq(status, "True") ? "Ready"
                                                     : "NotReady";
    bool is_cordoned = lat_json_bool_at(cell->object, "spec.unschedulable", false);
    return is_cordoned ? lat_arena_printf(cell->arena, "%s,SchedulingDisabled", text) : text;
}

static const char *node_roles(const struct cell *cell)
{
    static const char prefix[] = "node-role.kubernetes.io/";
    const char *list = "", *key;
    json_t *value;
    json_object_foreach(lat_json_iterable(lat_kube_labels(cell->object)), key, value)
        if (strncmp(key, prefix, sizeof prefix - 1) == 0)
            list = with_comma(cell->arena, list, key + sizeof prefix - 1);
    return or_none(list);
}

static const char *pod_ready(const struct cell *cell)
{
    json_t *statuses = lat_json_at(cell->object, "status.containerStatuses");
    size_t index, ready = 0;
    json_t *status;
    json_array_foreach(statuses, index, status)
        ready += lat_json_bool_at(status, "ready", false);
    return lat_arena_printf(cell->arena, "%zu/%zu", ready,
                            json_array_size(lat_json_at(cell->object, "spec.containers")));
}

static const char *pod_restarts(const struct cell *cell)
{
    int64_t restarts = 0;
    size_t index;
    json_t *status;
    json_array_foreach(lat_json_at(cell->object, "status.containerStatuses"), index, status)
        restarts += lat_json_int_at(status, "restartCount", 0);
    return lat_arena_printf(cell->arena, "%" PRId64, restarts);
}

/* Why a container does not run; NULL when it does. */
static const char *container_reason(const json_t *status)
{
    const char *waiting = lat_json_string_at(status, "state.waiting.reason", NULL);
    return waiting != NULL ? waiting : lat_json_string_at(status, "state.terminated.reason", NULL);
}

/* The phase, or what is more telling: a reason, a container that does not run, the deletion. */
static const char *pod_status(const struct cell *cell)
{
    const char *reason = lat_json_string_at(cell->object, "status.reason", NULL);
    const char *phase = lat_json_string_at(cell->object, "status.phase", "Unknown");
    const char *text = reason != NULL ? reason : phase;
    size_t index;
    json_t *status;
    json_array_foreach(lat_json_at(cell->object, "status.containerStatuses"), index, status) {
        const char *why = container_reason(status);
        text = why != NULL ? why : text;
    }
    bool has_ended = lat_text_eq(phase, "Succeeded") || lat_text_eq(phase, "Failed");
    return lat_kube_is_terminating(cell->object) && !has_ended ? "Terminating" : text;
}

static const char *pod_gates(const struct cell *cell)
{
    const json_t *conditions = lat_json_at(cell->object, "status.conditions");
    const json_t *gates = lat_json_at(cell->object, "spec.readinessGates");
    size_t index, open = 0;
    json_t *gate;
    json_array_foreach(lat_json_iterable(gates), index, gate) {
        const json_t *condition =
            lat_kube_condition(conditions, lat_json_string_at(gate, "conditionType", ""));
        open += lat_text_eq(lat_json_string_at(condition, "status", ""), "True");
    }
    if (json_array_size(gates) == 0)
        return "<none>";
    return lat_arena_printf(cell->arena, "%zu/%zu", open, json_array_size(gates));
}

static const char *binding_role(const struct cell *cell)
{
    return lat_arena_printf(cell->arena, "%s/%s",
                            lat_json_string_at(cell->object, "roleRef.kind", ""),
                            lat_json_string_at(cell->object, "roleRef.name", ""));
}

static const char *deployment_ready(const struct cell *cell)
{
    return lat_arena_printf(cell->arena, "%" PRId64 "/%" PRId64,
                            lat_json_int_at(cell->object, "status.readyReplicas", 0),
                            lat_json_int_at(cell->object, "spec.replicas", 1));
}

/* Counts of nothing are left out of a status, and shown all the same. */
static const char *updated_count(const struct cell *cell)
{
    return count_text(cell, (size_t)lat_json_int_at(cell->object, "status.updatedReplicas", 0));
}

static const char *available_count(const struct cell *cell)
{
    return count_text(cell, (size_t)lat_json_int_at(cell->object, "status.availableReplicas", 0));
}

static const char *ready_count(const struct cell *cell)
{
    return count_text(cell, (size_t)lat_json_int_at(cell->object, "status.readyReplicas", 0));
}

static const char *workload_selector(const struct cell *cell)
{
    struct lat_kube_selector selector;
    json_t *object = lat_json_at(cell->object, "spec.selector");
    if (lat_kube_label_selector_read(cell->arena, object, &selector, NULL) < 0)
        return "<none>";
    return or_none(lat_kube_selector_text(cell->arena, &selector));
}

static const struct {
    const char *name;
    const char *(*text)(const struct cell *cell);
} cells[] = {
    {"service-ports", service_ports},
    {"service-external", service_external},
    {"service-selector", service_selector},
    {"slice-ports", slice_ports},
    {"slice-endpoints", slice_endpoints},
    {"event-last-seen", event_last_seen},
    {"event-object", event_object},
    {"event-source", event_source},
    {"event-first-seen", event_first_seen},
    {"event-count", event_count},
    {"pod-status", pod_status},
    {"pod-gates", pod_gates},
    {"deployment-ready", deployment_ready},
    {"deployment-updated", updated_count},
    {"deployment-available", available_count},
    {"replicaset-ready", ready_count},
    {"workload-selector", workload_selector},
    {"pod-ready", pod_ready},
    {"pod-restarts", pod_restarts},
    {"data-count", data_count},
    {"secret-count", secret_count},
    {"webhook-count", webhook_count},
    {"subset-endpoints", subset_endpoints},
    {"node-status", node_status},
    {"node-roles", node_roles},
    {"binding-role", binding_role},
};

json_t *sim_kube_cell_new(struct lat_arena *arena, const char *name, const json_t *object,
                          int64_t now_ms)
{
    struct cell cell = {arena, object, now_ms};
    for (size_t i = 0; i < LAT_COUNT(cells); i++)
        if (lat_text_eq(cells[i].name, name))
            return json_string(cells[i].text(&cell));
    return json_null();
}
