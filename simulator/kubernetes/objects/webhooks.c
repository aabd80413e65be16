/* Mutating admission webhooks, for Pods that are created: every matching webhook is called over
 * TLS and its patch applied. The server waits for the answer, at most the webhook's timeoutSeconds
 * (30 at the most); a webhook that asks this API anything meanwhile only meets its own time-out. */
#include "simulator/kubernetes/objects/objects.h"

#include "common/base/pki.h"
#include "common/base/text.h"
#include "common/http/client.h"
#include "common/kube/object.h"
#include "common/kube/patch.h"

#include <inttypes.h>
#include <string.h>

#define CONFIGURATIONS  "mutatingwebhookconfigurations.admissionregistration.k8s.io"
#define ADDRESS         "lattice.sim/address" /* on a Service: where its webhook listens (chosen) */
#define SECONDS_DEFAULT 10

/* One call on its way. */
struct review {
    struct sim_kube_call *call;
    const json_t *webhook;
    const char *name;
    const char *url;
    const char *connect_to; /* NULL: where the URL says */
    const char *uid;
    struct lat_err err; /* why there is no usable answer */
};

/* --- does it match? --------------------------------------------------------------------------- */

static bool lists(const json_t *words, const char *word)
{
    size_t index;
    json_t *item;
    json_array_foreach(words, index, item)
        if (lat_text_eq(json_string_value(item), word) || lat_text_eq(json_string_value(item), "*"))
            return true;
    return false;
}

static bool rules_match(const json_t *webhook)
{
    size_t index;
    json_t *rule;
    json_array_foreach(json_object_get(webhook, "rules"), index, rule)
        if (lists(json_object_get(rule, "apiGroups"), "") &&
            lists(json_object_get(rule, "apiVersions"), "v1") &&
            lists(json_object_get(rule, "resources"), "pods") &&
            lists(json_object_get(rule, "operations"), "CREATE") &&
            !lat_text_eq(lat_json_string_at(rule, "scope", "*"), "Cluster"))
            return true;
    return false;
}

static bool selector_matches(struct sim_kube_call *call, const json_t *selector,
                             const json_t *labels)
{
    struct lat_kube_selector read;
    if (!json_is_object(selector))
        return true;
    return lat_kube_label_selector_read(call->arena, selector, &read, NULL) == 0 &&
           lat_kube_labels_match(&read, labels);
}

static bool matches(struct sim_kube_call *call, const json_t *webhook, const json_t *pod,
                    const json_t *namespace)
{
    return rules_match(webhook) &&
           selector_matches(call, json_object_get(webhook, "namespaceSelector"),
                            lat_kube_labels(namespace)) &&
           selector_matches(call, json_object_get(webhook, "objectSelector"), lat_kube_labels(pod));
}

/* --- where is it? ----------------------------------------------------------------------------- */

/* A Service has no address that this machine could reach: its annotation names one. */
static int locate_service(struct review *review, const json_t *service)
{
    struct sim_kube_call *call = review->call;
    const char *namespace = lat_json_string_at(service, "namespace", "");
    const char *name = lat_json_string_at(service, "name", "");
    const char *path = lat_json_string_at(service, "path", "/");
    struct sim_kube_object *row = NULL;
    if (sim_kube_find(call, sim_kube_kind_of(call->kube, "services"), namespace, name, &row) < 0)
        return lat_err_broken(&review->err, "the store failed");
    LAT_AUTO(lat_json_decrefp) json_t *object = row == NULL ? NULL : sim_kube_stored_new(row->body);
    const char *address = object == NULL ? NULL : lat_kube_annotation(object, ADDRESS);
    review->url =
        lat_arena_printf(call->arena, "https://%s.%s.svc:%" PRId64 "%s%s", name, namespace,
                         lat_json_int_at(service, "port", 443), path[0] == '/' ? "" : "/", path);
    if (object == NULL)
        return lat_err_input(&review->err, "service \"%s\" not found", name);
    if (address == NULL)
        return lat_err_input(
            &review->err, "service \"%s\" has no annotation " ADDRESS " that says where it listens",
            name);
    review->connect_to = lat_arena_strdup(call->arena, address);
    return 0;
}

static int locate(struct review *review)
{
    const json_t *config = json_object_get(review->webhook, "clientConfig");
    const char *url = lat_json_string_at(config, "url", NULL);
    const json_t *service = json_object_get(config, "service");
    review->url = lat_text_or_empty(url);
    if (url != NULL && !lat_text_has_prefix(url, "https://"))
        return lat_err_input(&review->err, "the URL must begin with https://");
    if (url == NULL && service == NULL)
        return lat_err_input(&review->err, "clientConfig names neither url nor service");
    return url != NULL ? 0 : locate_service(review, service);
}

/* --- the call --------------------------------------------------------------------------------- */

static json_t *question_new(const struct review *review, json_t *pod)
{
    const struct sim_kube_call *call = review->call;
    json_t *kind = json_pack("{s:s, s:s, s:s}", "group", "", "version", "v1", "kind", "Pod");
    json_t *resource =
        json_pack("{s:s, s:s, s:s}", "group", "", "version", "v1", "resource", "pods");
    json_t *groups = json_array();
    for (size_t i = 0; i < call->user.group_count; i++)
        json_array_append_new(groups, json_string(call->user.groups[i]));
    json_t *user =
        json_pack("{s:s, s:o}", "username", lat_text_or_empty(call->user.name), "groups", groups);
    return json_pack(
        "{s:s, s:s, s:{s:s, s:O, s:o, s:O, s:o, s:s, s:s, s:s, s:o, s:O, s:n, s:b, s:{s:s, s:s}}}",
        "apiVersion", "admission.k8s.io/v1", "kind", "AdmissionReview", "request", "uid",
        review->uid, "kind", kind, "requestKind", kind, "resource", resource, "requestResource",
        resource, "name", lat_kube_name(pod), "namespace", lat_kube_namespace(pod), "operation",
        "CREATE", "userInfo", user, "object", pod, "oldObject", "dryRun",
        (int)call->request.is_dry_run, "options", "apiVersion", "meta.k8s.io/v1", "kind",
        "CreateOptions");
}

/* Sends the question; *ret_new is the member response of the answer. */
static int ask_new(struct review *review, json_t *pod, json_t **ret_new)
{
    struct lat_arena *arena = review->call->arena;
    const char *bundle = lat_json_string_at(review->webhook, "clientConfig.caBundle", NULL);
    struct lat_http_client_options options = {
        .user_agent = "kube-apiserver-admission",
        .ca_pem = bundle == NULL ? NULL : lat_pki_base64_decode(arena, bundle),
        .connect_to = review->connect_to,
    };
    LAT_AUTO(lat_http_client_freep) struct lat_http_client *client = lat_http_client_new(&options);
    LAT_AUTO(lat_json_decrefp) json_t *question = question_new(review, pod);
    const char *body = lat_json_text(arena, question);
    int64_t seconds = lat_json_int_at(review->webhook, "timeoutSeconds", SECONDS_DEFAULT);
    struct lat_http_header type = {"Content-Type", "application/json"};
    struct lat_http_call call = {
        .method = "POST",
        .url = lat_arena_printf(arena, "%s%stimeout=%" PRId64 "s", review->url,
                                strchr(review->url, '?') == NULL ? "?" : "&", seconds),
        .headers = &type,
        .header_count = 1,
        .body = body,
        .body_length = strlen(body),
        .timeout_ms = (int)seconds * 1000,
    };
    struct lat_http_answer answer;
    if (lat_http_client_call(client, arena, &call, &answer, &review->err) < 0)
        return -1;
    if (answer.status != 200)
        return lat_err_input(&review->err, "the webhook answered with status %d", answer.status);
    LAT_AUTO(lat_json_decrefp)
    json_t *json = lat_json_parse_new(answer.body, answer.body_length, &review->err);
    if (json == NULL)
        return -1;
    json_t *response = json_object_get(json, "response");
    if (!json_is_object(response) ||
        !lat_text_eq(lat_json_string_at(response, "uid", ""), review->uid))
        return lat_err_input(&review->err, "expected response.uid=\"%s\"", review->uid);
    *ret_new = json_incref(response);
    return 0;
}

/* --- what it answered ------------------------------------------------------------------------- */

static int deny(const struct review *review, const json_t *response)
{
    const char *message = lat_json_string_at(response, "status.message", "");
    bool is_forbidden = lat_json_int_at(response, "status.code", 0) == 403;
    return sim_kube_refuse(review->call, is_forbidden ? SIM_KUBE_FORBIDDEN : SIM_KUBE_BAD_REQUEST,
                           "admission webhook \"%s\" denied the request%s%s", review->name,
                           message[0] == '\0' ? " without explanation" : ": ", message);
}

/* A webhook that cannot be used lets the Pod pass or not, as its failurePolicy says. */
static int fail(const struct review *review)
{
    bool passes =
        lat_text_eq(lat_json_string_at(review->webhook, "failurePolicy", "Fail"), "Ignore");
    lat_log_write(review->call->kube->sim->log, LAT_LOG_WARNING,
                  "kubernetes: webhook \"%s\" failed%s: %s", review->name,
                  passes ? " and is ignored" : "", review->err.message);
    if (passes)
        return 0;
    return sim_kube_refuse(review->call, SIM_KUBE_INTERNAL_ERROR,
                           "Internal error occurred: failed calling webhook \"%s\": failed to call "
                           "webhook: %s",
                           review->name, review->err.message);
}

static int patch_new(struct review *review, const json_t *pod, const json_t *response,
                     json_t **ret_new)
{
    struct lat_arena *arena = review->call->arena;
    const char *encoded = lat_json_string_at(response, "patch", NULL);
    if (encoded == NULL) {
        *ret_new = lat_json_copy_new(pod);
        return 0;
    }
    const char *text = lat_pki_base64_decode(arena, encoded);
    if (text == NULL || !lat_text_eq(lat_json_string_at(response, "patchType", ""), "JSONPatch"))
        return lat_err_input(&review->err, "the patch is no JSONPatch in base64");
    LAT_AUTO(lat_json_decrefp) json_t *patch = lat_json_parse_new(text, strlen(text), &review->err);
    if (patch == NULL)
        return -1;
    json_t *patched = lat_kube_json_patch_new(arena, pod, patch, &review->err);
    if (patched != NULL && !json_is_object(patched)) {
        json_decref(patched);
        return lat_err_input(&review->err, "the patch leaves no object");
    }
    *ret_new = patched;
    return patched == NULL ? -1 : 0;
}

static int call_webhook(struct sim_kube_call *call, const json_t *webhook, json_t **pod)
{
    char uid[LAT_UUID_TEXT_BYTES];
    struct review review = {
        .call = call,
        .webhook = webhook,
        .name = lat_json_string_at(webhook, "name", ""),
        .uid = lat_rng_uuid(&call->kube->sim->rng, uid),
    };
    LAT_AUTO(lat_json_decrefp) json_t *response = NULL;
    json_t *patched = NULL;
    if (json_array_size(json_object_get(webhook, "matchConditions")) > 0)
        sim_kube_warn(call, "matchConditions of webhooks are not evaluated: all are taken as true");
    if (locate(&review) < 0 || ask_new(&review, *pod, &response) < 0)
        return fail(&review);
    if (!lat_json_bool_at(response, "allowed", false))
        return deny(&review, response);
    if (patch_new(&review, *pod, response, &patched) < 0)
        return fail(&review);
    json_decref(*pod);
    *pod = patched;
    return 0;
}

static int call_all(struct sim_kube_call *call, const json_t *configuration,
                    const json_t *namespace, json_t **pod)
{
    size_t index;
    json_t *webhook;
    json_array_foreach(json_object_get(configuration, "webhooks"), index, webhook)
        if (matches(call, webhook, *pod, namespace) && call_webhook(call, webhook, pod) < 0)
            return -1;
    return 0;
}

int sim_kube_admit(struct sim_kube_call *call, json_t **object)
{
    struct sim_kube_object *rows = NULL, *home = NULL;
    size_t count = 0;
    if (!lat_text_eq(call->request.kind->resource, "pods"))
        return 0;
    if (sim_store_kube_list(call->kube->sim->store, call->arena, CONFIGURATIONS, NULL,
                            (struct sim_kube_cursor){"", ""}, -1, &rows, &count) < 0)
        return -1;
    if (count == 0)
        return 0;
    if (sim_kube_find(call, sim_kube_kind_of(call->kube, "namespaces"), "", call->request.namespace,
                      &home) < 0 ||
        home == NULL)
        return -1;
    LAT_AUTO(lat_json_decrefp) json_t *namespace = sim_kube_stored_new(home->body);
    for (size_t i = 0; i < count; i++) {
        LAT_AUTO(lat_json_decrefp) json_t *configuration = sim_kube_stored_new(rows[i].body);
        if (call_all(call, configuration, namespace, object) < 0)
            return -1;
    }
    return sim_kube_check_object(call, *object, NULL);
}
