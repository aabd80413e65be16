/* Kubernetes over plain HTTP; see kube.h. It knows URLs, not meanings. */
#include "scenarios/engine/kube.h"

#include "common/base/json.h"
#include "common/base/text.h"

#include <ctype.h>
#include <string.h>

#define CALL_TIMEOUT_MS 30000

/* Where kinds live when a reference names them without their API group. */
static const struct {
    const char *kind;
    const char *api; /* path of group and version */
    bool cluster;    /* has no namespace */
} kinds[] = {
    {"Namespace", "api/v1", true},
    {"Node", "api/v1", true},
    {"Pod", "api/v1", false},
    {"Service", "api/v1", false},
    {"Secret", "api/v1", false},
    {"Event", "api/v1", false},
    {"Deployment", "apis/apps/v1", false},
    {"ReplicaSet", "apis/apps/v1", false},
    {"EndpointSlice", "apis/discovery.k8s.io/v1", false},
    {"CustomResourceDefinition", "apis/apiextensions.k8s.io/v1", true},
    {"GatewayClass", "apis/gateway.networking.k8s.io/v1", true},
    {"Gateway", "apis/gateway.networking.k8s.io/v1", false},
    {"HTTPRoute", "apis/gateway.networking.k8s.io/v1", false},
    {"GRPCRoute", "apis/gateway.networking.k8s.io/v1", false},
    {"TLSRoute", "apis/gateway.networking.k8s.io/v1", false},
    {"ServiceImport", "apis/application-networking.k8s.aws/v1alpha1", false},
    {"ServiceExport", "apis/application-networking.k8s.aws/v1alpha1", false},
    {"ServiceNetwork", "apis/application-networking.k8s.aws/v1alpha1", true},
    {"TargetGroupPolicy", "apis/application-networking.k8s.aws/v1alpha1", false},
    {"VpcAssociationPolicy", "apis/application-networking.k8s.aws/v1alpha1", false},
    {"AccessLogPolicy", "apis/application-networking.k8s.aws/v1alpha1", false},
    {"IAMAuthPolicy", "apis/application-networking.k8s.aws/v1alpha1", false},
    {"DNSEndpoint", "apis/externaldns.k8s.io/v1alpha1", false},
};

/* "HTTPRoute" -> "httproutes", "GatewayClass" -> "gatewayclasses", "…Policy" -> "…policies". */
static char *plural(struct lat_arena *arena, const char *kind)
{
    char *word = lat_arena_printf(arena, "%sies", kind);
    size_t length = strlen(kind);
    const char *ending = "s";
    if (length > 1 && kind[length - 1] == 'y' && strchr("aeiou", kind[length - 2]) == NULL) {
        length--;
        ending = "ies";
    } else if (length > 0 && strchr("sx", kind[length - 1]) != NULL) {
        ending = "es";
    }
    memcpy(word + length, ending, strlen(ending) + 1);
    for (char *at = word; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    return word;
}

static int find_kind(const char *kind, size_t length)
{
    for (size_t i = 0; i < LAT_COUNT(kinds); i++)
        if (strlen(kinds[i].kind) == length && strncmp(kinds[i].kind, kind, length) == 0)
            return (int)i;
    return -1;
}

static const char *object_path(struct lat_arena *arena, const char *api, const char *kind,
                               const char *namespace, const char *name)
{
    if (namespace == NULL)
        return lat_arena_printf(arena, "/%s/%s/%s", api, plural(arena, kind), name);
    return lat_arena_printf(arena, "/%s/namespaces/%s/%s/%s", api, namespace, plural(arena, kind),
                            name);
}

int scn_kube_path(struct lat_arena *arena, const char *reference, const char **ret_path,
                  struct lat_err *reterr)
{
    size_t kind_length = strcspn(reference, "/");
    int index = find_kind(reference, kind_length);
    if (index < 0)
        return lat_err_input(reterr, "%s: there is no known kind \"%.*s\"", reference,
                             (int)kind_length, reference);
    const char *rest = reference[kind_length] == '/' ? reference + kind_length + 1 : "";
    const char *slash = strchr(rest, '/');
    bool shaped = *rest != '\0' && (kinds[index].cluster ? slash == NULL : slash != NULL);
    if (!shaped)
        return lat_err_input(reterr, "%s: write it as %s/%sname", reference, kinds[index].kind,
                             kinds[index].cluster ? "" : "namespace/");
    const char *namespace =
        slash != NULL ? lat_arena_strndup(arena, rest, (size_t)(slash - rest)) : NULL;
    *ret_path = object_path(arena, kinds[index].api, kinds[index].kind, namespace,
                            slash != NULL ? slash + 1 : rest);
    return 0;
}

static const char *manifest_path(struct lat_arena *arena, const json_t *manifest)
{
    const char *version = lat_json_string_at(manifest, "apiVersion", "v1");
    const char *kind = lat_json_string_at(manifest, "kind", "");
    int index = find_kind(kind, strlen(kind));
    bool cluster = index >= 0 && kinds[index].cluster;
    const char *api =
        lat_arena_printf(arena, "%s/%s", strchr(version, '/') != NULL ? "apis" : "api", version);
    return object_path(arena, api, kind,
                       cluster ? NULL
                               : lat_json_string_at(manifest, "metadata.namespace", "default"),
                       lat_json_string_at(manifest, "metadata.name", ""));
}

/* One call; *ret_body (owned by the caller) is NULL when the answer is not JSON. */
static int call(const struct scn_kube *kube, struct lat_arena *arena, const char *method,
                const char *path, const char *content_type, const json_t *body, int *ret_status,
                json_t **ret_body, struct lat_err *reterr)
{
    const struct lat_http_header headers[] = {{"Content-Type", content_type},
                                              {"Accept", "application/json"}};
    const char *text = body != NULL ? lat_json_text(arena, body) : NULL;
    struct lat_http_call request = {
        .method = method,
        .url = lat_arena_printf(arena, "%s%s", kube->endpoint, path),
        .headers = headers,
        .header_count = LAT_COUNT(headers),
        .body = text,
        .body_length = text != NULL ? strlen(text) : 0,
        .timeout_ms = CALL_TIMEOUT_MS,
    };
    struct lat_http_answer answer;
    if (lat_http_client_call(kube->http, arena, &request, &answer, reterr) < 0)
        return -1;
    struct lat_err ignored;
    *ret_status = answer.status;
    *ret_body = lat_json_parse_new(answer.body, answer.body_length, &ignored);
    return 0;
}

static void read_refusal(struct lat_arena *arena, int status, const json_t *body,
                         struct scn_kube_refusal *ret_refusal)
{
    *ret_refusal = (struct scn_kube_refusal){.status = status >= 300 ? status : 0};
    ret_refusal->reason = lat_arena_strdup(arena, lat_json_string_at(body, "reason", ""));
    ret_refusal->message = lat_arena_strdup(arena, lat_json_string_at(body, "message", ""));
}

json_t *scn_kube_merge_patch_new(const json_t *from, const json_t *to)
{
    if (!json_is_object(from) || !json_is_object(to))
        return json_deep_copy(to);
    json_t *patch = json_object();
    const char *key;
    json_t *value;
    json_object_foreach(lat_json_iterable(from), key, value) {
        if (json_object_get(to, key) == NULL)
            (void)json_object_set_new(patch, key, json_null());
    }
    json_object_foreach(lat_json_iterable(to), key, value) {
        (void)json_object_set_new(patch, key,
                                  scn_kube_merge_patch_new(json_object_get(from, key), value));
    }
    return patch;
}

static const char *parent_path(struct lat_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return lat_arena_strndup(arena, path, (size_t)(slash - path));
}

int scn_kube_apply(struct scn_kube *kube, struct lat_arena *arena, const json_t *manifest,
                   struct scn_kube_refusal *ret_refusal, struct lat_err *reterr)
{
    const char *path = manifest_path(arena, manifest);
    json_t *found LAT_AUTO(lat_json_decrefp) = NULL;
    json_t *answer LAT_AUTO(lat_json_decrefp) = NULL;
    int status = 0;
    if (call(kube, arena, "GET", path, "application/json", NULL, &status, &found, reterr) < 0)
        return -1;
    if (status == 404) {
        if (call(kube, arena, "POST", parent_path(arena, path), "application/json", manifest,
                 &status, &answer, reterr) < 0)
            return -1;
    } else {
        json_t *patch LAT_AUTO(lat_json_decrefp) =
            scn_kube_merge_patch_new(json_object_get(kube->applied, path), manifest);
        if (call(kube, arena, "PATCH", path, "application/merge-patch+json", patch, &status,
                 &answer, reterr) < 0)
            return -1;
    }
    read_refusal(arena, status, answer, ret_refusal);
    if (ret_refusal->status == 0)
        (void)json_object_set_new(kube->applied, path, json_deep_copy(manifest));
    return 0;
}

int scn_kube_get(const struct scn_kube *kube, struct lat_arena *arena, const char *reference,
                 json_t **ret_object, struct lat_err *reterr)
{
    const char *path = NULL;
    json_t *body LAT_AUTO(lat_json_decrefp) = NULL;
    int status = 0;
    if (scn_kube_path(arena, reference, &path, reterr) < 0 ||
        call(kube, arena, "GET", path, "application/json", NULL, &status, &body, reterr) < 0)
        return -1;
    if (status != 200 && status != 404)
        return lat_err_input(reterr, "reading %s was answered with %d: %s", reference, status,
                             lat_json_string_at(body, "message", ""));
    *ret_object = status == 200 ? LAT_TAKE(body) : NULL;
    return 0;
}

static int change(const struct scn_kube *kube, struct lat_arena *arena, const char *method,
                  const char *reference, const json_t *object, struct scn_kube_refusal *ret_refusal,
                  struct lat_err *reterr)
{
    const char *path = NULL;
    json_t *body LAT_AUTO(lat_json_decrefp) = NULL;
    int status = 0;
    if (scn_kube_path(arena, reference, &path, reterr) < 0 ||
        call(kube, arena, method, path, "application/json", object, &status, &body, reterr) < 0)
        return -1;
    read_refusal(arena, status, body, ret_refusal);
    return 0;
}

int scn_kube_put(const struct scn_kube *kube, struct lat_arena *arena, const char *reference,
                 const json_t *object, struct scn_kube_refusal *ret_refusal, struct lat_err *reterr)
{
    return change(kube, arena, "PUT", reference, object, ret_refusal, reterr);
}

int scn_kube_delete(const struct scn_kube *kube, struct lat_arena *arena, const char *reference,
                    struct scn_kube_refusal *ret_refusal, struct lat_err *reterr)
{
    return change(kube, arena, "DELETE", reference, NULL, ret_refusal, reterr);
}

/* Whether an event is about kind/namespace/name. */
static bool is_about(struct lat_arena *arena, const json_t *event, const char *reference)
{
    const char *kind = lat_json_string_at(event, "involvedObject.kind", "");
    const char *namespace = lat_json_string_at(event, "involvedObject.namespace", "");
    const char *name = lat_json_string_at(event, "involvedObject.name", "");
    return lat_text_eq(reference, *namespace != '\0'
                                      ? lat_arena_printf(arena, "%s/%s/%s", kind, namespace, name)
                                      : lat_arena_printf(arena, "%s/%s", kind, name));
}

int scn_kube_events(const struct scn_kube *kube, struct lat_arena *arena, const char *reference,
                    json_t **ret_events, struct lat_err *reterr)
{
    json_t *body LAT_AUTO(lat_json_decrefp) = NULL;
    int status = 0;
    if (call(kube, arena, "GET", "/api/v1/events", "application/json", NULL, &status, &body,
             reterr) < 0)
        return -1;
    if (status != 200)
        return lat_err_input(reterr, "listing events was answered with %d", status);
    json_t *events = json_array();
    size_t index;
    json_t *event;
    json_array_foreach(json_object_get(body, "items"), index, event) {
        if (is_about(arena, event, reference))
            (void)json_array_append(events, event);
    }
    *ret_events = events;
    return 0;
}
