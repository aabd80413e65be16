/* /_lattice/pods: the Pods behind a Service, seen and changed. Every change is an ordinary request
 * to the Kubernetes API, which watches hear of and the journal tells; nothing here touches a row.
 */
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/admin/admin_int.h"

#include <string.h>

#define PODS_ANNOTATION  "lattice.sim/pods"
#define READY_ANNOTATION "lattice.sim/ready"
#define SERVICE_LABEL    "lattice.sim/service"
#define PODS_MAX         1000 /* as a ReplicaSet may have */

/* A request to the Kubernetes API; *ret_new (may be NULL) is a new reference. What that refuses is
 * refused in its words. */
static int ask(struct sim_admin_call *call, const char *method, const char *target,
               const json_t *body, json_t **ret_new)
{
    const struct sim_cluster *cluster = &call->sim->cluster;
    int status = 0;
    json_t *answer = NULL;
    if (cluster->ask_new == NULL) {
        sim_admin_refuse(call, 404, "no Kubernetes API is served here");
        return -1;
    }
    answer = cluster->ask_new(cluster->context, call->arena, method, target, body, &status);
    if (status >= 300 || answer == NULL) {
        sim_admin_refuse(call, status >= 300 ? status : 500,
                         lat_arena_strdup(call->arena, lat_json_string_at(answer, "message", "")));
        json_decref(answer);
        return -1;
    }
    if (ret_new != NULL)
        *ret_new = answer;
    else
        json_decref(answer);
    return 0;
}

/* Whose Pods are meant. */
struct pods {
    const char *namespace, *service;
    json_t *object; /* the Service; owned */
    json_t *items;  /* its Pods; owned */
};

static void free_pods(struct pods *pods)
{
    json_decref(pods->object);
    json_decref(pods->items);
}

static const char *member(const struct sim_admin_call *call, const char *name, const char *fallback)
{
    const char *given = sim_admin_parameter(call, name);
    return given != NULL ? given : lat_json_string_at(call->input, name, fallback);
}

/* A text that is part of a path must not lead elsewhere. */
static bool is_name(const char *text)
{
    return text[0] != '\0' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-") == strlen(text);
}

static const char *path_of(struct sim_admin_call *call, const struct pods *pods, const char *below)
{
    return lat_arena_printf(call->arena, "/api/v1/namespaces/%s/%s", pods->namespace, below);
}

/* "a=b,c=d" of the Service's selector; one without it knows its Pods by a label of ours. */
static const char *selector_of(struct sim_admin_call *call, const struct pods *pods)
{
    const char *text = "", *key;
    json_t *value;
    json_object_foreach(lat_json_at(pods->object, "spec.selector"), key, value)
        text = lat_arena_printf(call->arena, "%s%s%s=%s", text, text[0] == '\0' ? "" : ",", key,
                                lat_text_or_empty(json_string_value(value)));
    return text[0] != '\0' ? text
                           : lat_arena_printf(call->arena, SERVICE_LABEL "=%s", pods->service);
}

static int read_pods(struct sim_admin_call *call, struct pods *pods)
{
    LAT_AUTO(lat_json_decrefp) json_t *list = NULL;
    json_decref(pods->items);
    pods->items = NULL;
    const char *target = lat_arena_printf(call->arena, "%s?labelSelector=%s",
                                          path_of(call, pods, "pods"), selector_of(call, pods));
    if (ask(call, "GET", target, NULL, &list) < 0)
        return -1;
    pods->items = json_incref(json_object_get(list, "items"));
    return 0;
}

static int find_pods(struct sim_admin_call *call, struct pods *pods)
{
    pods->namespace = member(call, "namespace", "default");
    pods->service = member(call, "service", "");
    if (!is_name(pods->namespace) || !is_name(pods->service)) {
        sim_admin_refuse(call, 400,
                         "service must be the name of a Service; namespace, when given, "
                         "that of its namespace");
        return -1;
    }
    const char *target =
        path_of(call, pods, lat_arena_printf(call->arena, "services/%s", pods->service));
    return ask(call, "GET", target, NULL, &pods->object) < 0 ? -1 : read_pods(call, pods);
}

/* --- the answer ------------------------------------------------------------------------------- */

static bool is_ready(const json_t *pod)
{
    size_t index;
    json_t *condition;
    json_array_foreach(lat_json_at(pod, "status.conditions"), index, condition)
        if (lat_text_eq(lat_json_string_at(condition, "type", ""), "Ready"))
            return lat_text_eq(lat_json_string_at(condition, "status", ""), "True");
    return false;
}

static json_t *shown_new(const json_t *pod)
{
    json_t *shown =
        json_pack("{s:s, s:s, s:b}", "name", lat_json_string_at(pod, "metadata.name", ""), "phase",
                  lat_json_string_at(pod, "status.phase", ""), "ready", (int)is_ready(pod));
    lat_json_set_string(shown, "address", lat_json_string_at(pod, "status.podIP", NULL));
    lat_json_set_string(shown, "owner",
                        lat_json_string_at(pod, "metadata.ownerReferences[0].name", NULL));
    return shown;
}

/* The Pods as they are now. */
static void answer(struct sim_admin_call *call, struct pods *pods)
{
    LAT_AUTO(lat_json_decrefp) json_t *list = json_array();
    size_t index;
    json_t *pod;
    if (read_pods(call, pods) < 0)
        return;
    json_array_foreach(pods->items, index, pod)
        json_array_append_new(list, shown_new(pod));
    sim_admin_answer(call, 200, json_pack("{s:O}", "pods", list));
}

void sim_admin_list_pods(struct sim_admin_call *call)
{
    static const char *const names[] = {"namespace", "service"};
    struct pods pods = {0};
    if (sim_admin_check_parameters(call, names, LAT_COUNT(names)) && find_pods(call, &pods) == 0)
        answer(call, &pods);
    free_pods(&pods);
}

/* --- scaling ---------------------------------------------------------------------------------- */

static bool selects(const json_t *service, const json_t *deployment)
{
    const json_t *selector = lat_json_at(service, "spec.selector");
    const json_t *labels = lat_json_at(deployment, "spec.template.metadata.labels");
    const char *key;
    json_t *value;
    json_object_foreach(lat_json_iterable(selector), key, value)
        if (!json_equal(json_object_get(labels, key), value))
            return false;
    return json_object_size(selector) > 0;
}

/* The path of the one Deployment whose Pods the Service selects; NULL when there is none. */
static int find_deployment(struct sim_admin_call *call, const struct pods *pods,
                           const char **ret_path)
{
    LAT_AUTO(lat_json_decrefp) json_t *list = NULL;
    size_t index;
    json_t *deployment;
    const char *all =
        lat_arena_printf(call->arena, "/apis/apps/v1/namespaces/%s/deployments", pods->namespace);
    *ret_path = NULL;
    if (ask(call, "GET", all, NULL, &list) < 0)
        return -1;
    json_array_foreach(json_object_get(list, "items"), index, deployment) {
        if (!selects(pods->object, deployment))
            continue;
        if (*ret_path != NULL) {
            sim_admin_refuse(call, 409,
                             "the Service selects Pods of several Deployments; scale one of them");
            return -1;
        }
        *ret_path = lat_arena_printf(call->arena, "%s/%s", all,
                                     lat_json_string_at(deployment, "metadata.name", ""));
    }
    return 0;
}

/* Scales the Deployment behind the Service; without one, the Pods that it asks for itself. */
static int scale(struct sim_admin_call *call, const struct pods *pods, int64_t count)
{
    const char *deployment = NULL;
    const char *service =
        path_of(call, pods, lat_arena_printf(call->arena, "services/%s", pods->service));
    bool asks = lat_json_at(pods->object, "metadata.annotations[\"" PODS_ANNOTATION "\"]") != NULL;
    if (!asks && find_deployment(call, pods, &deployment) < 0)
        return -1;
    const char *number = lat_arena_printf(call->arena, "%lld", (long long)count);
    LAT_AUTO(lat_json_decrefp)
    json_t *patch =
        deployment != NULL
            ? json_pack("{s:{s:I}}", "spec", "replicas", (json_int_t)count)
            : json_pack("{s:{s:{s:s}}}", "metadata", "annotations", PODS_ANNOTATION, number);
    const char *target =
        deployment != NULL ? lat_arena_printf(call->arena, "%s/scale", deployment) : service;
    return ask(call, "PATCH", target, patch, NULL);
}

void sim_admin_scale_pods(struct sim_admin_call *call)
{
    struct pods pods = {0};
    int64_t count = lat_json_int_at(call->input, "count", -1);
    if (count < 0 || count > PODS_MAX)
        sim_admin_refuse(call, 400, "count must be a number of Pods, from 0 to 1000");
    else if (find_pods(call, &pods) == 0 && scale(call, &pods, count) == 0)
        answer(call, &pods);
    free_pods(&pods);
}

/* --- one Pod, or all of them ------------------------------------------------------------------ */

/* The same request about the Pod that the input names, or about each one. */
static int ask_each(struct sim_admin_call *call, const struct pods *pods, const char *method,
                    const json_t *body)
{
    const char *wanted = lat_json_string_at(call->input, "pod", NULL);
    size_t index, found = 0;
    json_t *pod;
    json_array_foreach(pods->items, index, pod) {
        const char *name = lat_json_string_at(pod, "metadata.name", "");
        const char *target = path_of(call, pods, lat_arena_printf(call->arena, "pods/%s", name));
        if (wanted != NULL && !lat_text_eq(wanted, name))
            continue;
        if (ask(call, method, target, body, NULL) < 0)
            return -1;
        found++;
    }
    if (found > 0)
        return 0;
    sim_admin_refuse(call, 404, "the Service has no such Pod; GET /_lattice/pods lists them");
    return -1;
}

void sim_admin_turn_pods(struct sim_admin_call *call)
{
    struct pods pods = {0};
    const json_t *ready = json_object_get(call->input, "ready");
    LAT_AUTO(lat_json_decrefp)
    json_t *patch = json_pack("{s:{s:{s:s}}}", "metadata", "annotations", READY_ANNOTATION,
                              json_is_true(ready) ? "true" : "false");
    if (!json_is_boolean(ready))
        sim_admin_refuse(call, 400, "ready must be true or false");
    else if (find_pods(call, &pods) == 0 && ask_each(call, &pods, "PATCH", patch) == 0)
        answer(call, &pods);
    free_pods(&pods);
}

void sim_admin_delete_pods(struct sim_admin_call *call)
{
    struct pods pods = {0};
    if (find_pods(call, &pods) == 0 && ask_each(call, &pods, "DELETE", NULL) == 0)
        answer(call, &pods);
    free_pods(&pods);
}
