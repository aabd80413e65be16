/* From method and URL to a verb on a resource. Knows the paths of the API and nothing of objects.
 */
#include "simulator/kubernetes/call/call.h"

#include "common/base/lat_limits.h"
#include "common/base/text.h"

#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* length percent-encoded bytes, decoded; what is no escape stays as it is. A zero byte cannot be
 * part of any name and reads as '?', and what is no UTF-8 as U+FFFD. */
static const char *decoded(struct lat_arena *arena, const char *text, size_t length, bool is_query)
{
    char *out = lat_arena_alloc(arena, length + 1);
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        bool is_escape = text[i] == '%' && length - i > 2;
        int high = is_escape ? hex_digit(text[i + 1]) : -1;
        int low = is_escape ? hex_digit(text[i + 2]) : -1;
        if (high >= 0 && low >= 0) {
            char byte = (char)(high * 16 + low);
            out[used++] = byte == '\0' ? '?' : byte;
            i += 2;
        } else {
            out[used++] = is_query && text[i] == '+' ? ' ' : text[i];
        }
    }
    return lat_arena_utf8(arena, out);
}

static int read_path(struct sim_kube_call *call)
{
    struct sim_kube_request *request = &call->request;
    const char *at = call->http->path;
    while (*at != '\0') {
        at += strspn(at, "/");
        size_t length = strcspn(at, "/");
        if (length == 0)
            break;
        if (request->segment_count == LAT_PATH_SEGMENTS_MAX)
            return sim_kube_refuse(call, SIM_KUBE_NOT_FOUND,
                                   "the server could not find the requested resource");
        request->segments[request->segment_count++] = decoded(call->arena, at, length, false);
        at += length;
    }
    return 0;
}

static int read_query(struct sim_kube_call *call)
{
    struct sim_kube_request *request = &call->request;
    const char *at = call->http->query;
    while (*at != '\0') {
        size_t length = strcspn(at, "&");
        size_t name_length = strcspn(at, "=&");
        if (request->parameter_count == LAT_QUERY_PARAMETERS_MAX)
            return sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST, "more than %d query parameters",
                                   LAT_QUERY_PARAMETERS_MAX);
        struct sim_kube_parameter *parameter =
            LAT_ARENA_PUSH(call->arena, request->parameters, request->parameter_count);
        parameter->name = decoded(call->arena, at, name_length, true);
        parameter->value = name_length == length ? ""
                                                 : decoded(call->arena, at + name_length + 1,
                                                           length - name_length - 1, true);
        at += length;
        at += *at == '&';
    }
    return 0;
}

const char *sim_kube_parameter(const struct sim_kube_request *request, const char *name)
{
    for (size_t i = 0; i < request->parameter_count; i++)
        if (lat_text_eq(request->parameters[i].name, name))
            return request->parameters[i].value;
    return NULL;
}

/* Present without a value means true, as Go's conversion of query parameters has it. */
bool sim_kube_parameter_bool(const struct sim_kube_request *request, const char *name)
{
    const char *value = sim_kube_parameter(request, name);
    return value != NULL && !lat_text_eq(value, "false") && !lat_text_eq(value, "0");
}

int sim_kube_parameter_number(struct sim_kube_call *call, const char *name, int64_t fallback,
                              int64_t *ret_number)
{
    const char *value = sim_kube_parameter(&call->request, name);
    int64_t number = fallback;
    if (!lat_text_is_empty(value) && (lat_text_to_int64(value, &number) < 0 || number < 0))
        return sim_kube_refuse(
            call, SIM_KUBE_BAD_REQUEST,
            "%s: Invalid value: \"%s\": strconv.ParseUint: parsing \"%s\": invalid "
            "syntax",
            name, value, value);
    *ret_number = number;
    return 0;
}

bool sim_kube_is_status(const struct sim_kube_request *request)
{
    return lat_text_eq(request->subresource, "status");
}

/* The segments behind the group and version: [namespaces NS] PLURAL [NAME [SUBRESOURCE]]. */
static void read_resource(struct sim_kube_request *request, const char *group, const char *version,
                          const char *const *rest, size_t count, const struct lat_kube_kinds *kinds)
{
    bool in_namespace = count >= 3 && lat_text_eq(rest[0], "namespaces") &&
                        !lat_text_eq(rest[2], "status") && !lat_text_eq(rest[2], "finalize");
    size_t at = in_namespace ? 2 : 0;
    if (at >= count || count - at > 3)
        return;
    const struct lat_kube_kind *kind = lat_kube_kinds_by_plural(kinds, group, rest[at]);
    const struct lat_kube_version *found =
        kind == NULL ? NULL : lat_kube_kind_version(kind, version);
    if (found == NULL || !found->is_served)
        return;
    bool has_name = at + 1 < count;
    if (in_namespace ? !kind->is_namespaced : kind->is_namespaced && has_name)
        return;
    request->kind = kind;
    request->version = found;
    request->namespace = in_namespace ? rest[1] : "";
    request->name = has_name ? rest[at + 1] : "";
    request->subresource = at + 2 < count ? rest[at + 2] : "";
}

static int read_verb(struct sim_kube_call *call)
{
    static const struct {
        const char *method;
        enum sim_kube_verb on_collection, on_object;
    } methods[] = {
        {"GET", SIM_KUBE_LIST, SIM_KUBE_GET},
        {"HEAD", SIM_KUBE_LIST, SIM_KUBE_GET},
        {"POST", SIM_KUBE_CREATE, SIM_KUBE_NO_VERB},
        {"PUT", SIM_KUBE_NO_VERB, SIM_KUBE_UPDATE},
        {"PATCH", SIM_KUBE_NO_VERB, SIM_KUBE_PATCH},
        {"DELETE", SIM_KUBE_DELETE_COLLECTION, SIM_KUBE_DELETE},
    };
    struct sim_kube_request *request = &call->request;
    for (size_t i = 0; i < LAT_COUNT(methods); i++)
        if (lat_text_eq(methods[i].method, call->http->method))
            request->verb =
                request->name[0] == '\0' ? methods[i].on_collection : methods[i].on_object;
    bool reads = request->verb == SIM_KUBE_GET || request->verb == SIM_KUBE_LIST;
    if (reads && sim_kube_parameter_bool(request, "watch"))
        request->verb = SIM_KUBE_WATCH;
    bool needs_namespace = request->kind->is_namespaced && request->namespace[0] == '\0';
    if (request->part != NULL && lat_text_eq(call->http->method, "POST"))
        request->verb = SIM_KUBE_CREATE;
    bool is_refused =
        request->part != NULL && !sim_kube_subresource_takes(request->part, request->verb);
    if (request->verb == SIM_KUBE_NO_VERB || is_refused ||
        (needs_namespace &&
         (request->verb == SIM_KUBE_CREATE || request->verb == SIM_KUBE_DELETE_COLLECTION)))
        return sim_kube_refuse(call, SIM_KUBE_METHOD_NOT_ALLOWED,
                               "the server does not allow this method on the requested resource");
    return 0;
}

/* The fields beside name and namespace by which objects can be selected (documented). */
static const struct {
    const char *resource, *field;
} selectable[] = {
    {"pods", "spec.nodeName"},
    {"pods", "spec.restartPolicy"},
    {"pods", "spec.schedulerName"},
    {"pods", "spec.serviceAccountName"},
    {"pods", "spec.hostNetwork"},
    {"pods", "status.phase"},
    {"pods", "status.podIP"},
    {"pods", "status.nominatedNodeName"},
    {"events", "involvedObject.kind"},
    {"events", "involvedObject.namespace"},
    {"events", "involvedObject.name"},
    {"events", "involvedObject.uid"},
    {"events", "involvedObject.apiVersion"},
    {"events", "involvedObject.resourceVersion"},
    {"events", "involvedObject.fieldPath"},
    {"events", "reason"},
    {"events", "reportingComponent"},
    {"events", "source"},
    {"events", "type"},
    {"events.events.k8s.io", "regarding.kind"},
    {"events.events.k8s.io", "regarding.namespace"},
    {"events.events.k8s.io", "regarding.name"},
    {"events.events.k8s.io", "regarding.uid"},
    {"events.events.k8s.io", "regarding.apiVersion"},
    {"events.events.k8s.io", "regarding.resourceVersion"},
    {"events.events.k8s.io", "regarding.fieldPath"},
    {"events.events.k8s.io", "reason"},
    {"events.events.k8s.io", "reportingController"},
    {"events.events.k8s.io", "type"},
    {"namespaces", "status.phase"},
    {"nodes", "spec.unschedulable"},
    {"secrets", "type"},
    {"services", "spec.clusterIP"},
    {"services", "spec.type"},
    {"replicasets.apps", "status.replicas"},
};

static bool is_selectable(const struct lat_kube_kind *kind, const char *field)
{
    if (lat_text_eq(field, "metadata.name") || lat_text_eq(field, "metadata.namespace"))
        return true;
    for (size_t i = 0; i < LAT_COUNT(selectable); i++)
        if (lat_text_eq(selectable[i].resource, kind->resource) &&
            lat_text_eq(selectable[i].field, field))
            return true;
    return false;
}

static int read_selectors(struct sim_kube_call *call)
{
    struct sim_kube_request *request = &call->request;
    struct lat_err err;
    if (lat_kube_label_selector_parse(call->arena, sim_kube_parameter(request, "labelSelector"),
                                      &request->labels, &err) < 0 ||
        lat_kube_field_selector_parse(call->arena, sim_kube_parameter(request, "fieldSelector"),
                                      &request->fields, &err) < 0)
        return sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST, "%s", err.message);
    for (size_t i = 0; i < request->fields.count; i++) {
        const char *field = request->fields.requirements[i].key;
        if (!is_selectable(request->kind, field))
            return sim_kube_refuse(
                call, SIM_KUBE_BAD_REQUEST,
                "Unable to find \"%s/%s, Resource=%s\" that match label selector "
                "\"%s\", field selector \"%s\": field label not supported: %s",
                request->kind->group, request->version->name, request->kind->plural,
                lat_text_or_empty(sim_kube_parameter(request, "labelSelector")),
                sim_kube_parameter(request, "fieldSelector"), field);
    }
    return 0;
}

static int read_options(struct sim_kube_call *call)
{
    struct sim_kube_request *request = &call->request;
    const char *dry_run = sim_kube_parameter(request, "dryRun");
    if (!lat_text_is_empty(dry_run) && !lat_text_eq(dry_run, "All"))
        return sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST,
                               "dryRun: Unsupported value: \"%s\": supported values: \"All\"",
                               dry_run);
    request->is_dry_run = lat_text_eq(dry_run, "All");
    const char *validation = sim_kube_parameter(request, "fieldValidation");
    if (lat_text_eq(validation, "Strict"))
        request->validation = SIM_KUBE_VALIDATION_STRICT;
    else if (lat_text_eq(validation, "Ignore"))
        request->validation = SIM_KUBE_VALIDATION_IGNORE;
    else if (!lat_text_is_empty(validation) && !lat_text_eq(validation, "Warn"))
        return sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST,
                               "fieldValidation: Unsupported value: \"%s\": supported values: "
                               "\"Ignore\", \"Strict\", \"Warn\"",
                               validation);
    return read_selectors(call);
}

int sim_kube_request_read(struct sim_kube_call *call)
{
    struct sim_kube_request *request = &call->request;
    request->namespace = request->name = request->subresource = "";
    if (read_path(call) < 0 || read_query(call) < 0)
        return -1;
    const char *const *segments = request->segments;
    size_t count = request->segment_count;
    const struct lat_kube_kinds *kinds = call->kube->kinds;
    if (count >= 3 && lat_text_eq(segments[0], "api"))
        read_resource(request, "", segments[1], segments + 2, count - 2, kinds);
    else if (count >= 4 && lat_text_eq(segments[0], "apis"))
        read_resource(request, segments[1], segments[2], segments + 3, count - 3, kinds);
    if (request->kind == NULL)
        return 0;
    bool has_subresource = request->subresource[0] != '\0';
    if (has_subresource)
        request->part = sim_kube_subresource_find(request->version, request->subresource);
    if (has_subresource && request->part == NULL) {
        request->kind = NULL;
        return 0;
    }
    return read_verb(call) < 0 || read_options(call) < 0 ? -1 : 0;
}
