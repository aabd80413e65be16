/* Request bodies: JSON, YAML, or protobuf, as kube-apiserver takes them. */
#include "simulator/kubernetes/call/call.h"

#include "common/base/text.h"
#include "common/base/yaml.h"
#include "common/kube/protobuf.h"

#include <string.h>

const char *sim_kube_content_type(const struct sim_kube_call *call)
{
    const char *header = lat_text_or_empty(lat_http_request_header(call->http, "Content-Type"));
    size_t length = strcspn(header, "; \t");
    char *type = lat_arena_strndup(call->arena, header, length);
    for (char *p = type; *p != '\0'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return type;
}

typedef json_t *parse_new(struct sim_kube_call *call, struct lat_err *reterr);

static json_t *parse_json_new(struct sim_kube_call *call, struct lat_err *reterr)
{
    return lat_json_parse_new(call->http->body, call->http->body_length, reterr);
}

static json_t *parse_protobuf_new(struct sim_kube_call *call, struct lat_err *reterr)
{
    return lat_kube_protobuf_read_new(call->arena, call->http->body, call->http->body_length,
                                      reterr);
}

static json_t *parse_yaml_new(struct sim_kube_call *call, struct lat_err *reterr)
{
    const struct lat_http_request *http = call->http;
    LAT_AUTO(lat_yaml_freep)
    struct lat_yaml *yaml = lat_yaml_parse(http->body, http->body_length, "body", reterr);
    if (yaml == NULL)
        return NULL;
    if (lat_yaml_count(yaml) != 1) {
        lat_err_input(reterr, "body: must hold one document");
        return NULL;
    }
    return json_incref(lat_yaml_document(yaml, 0));
}

static const struct {
    const char *content_type;
    parse_new *parse_new;
    bool only_builtin; /* custom resources have no protobuf (documented) */
} formats[] = {
    {"", parse_json_new, false},
    {"application/json", parse_json_new, false},
    {"application/yaml", parse_yaml_new, false},
    {"application/vnd.kubernetes.protobuf", parse_protobuf_new, true},
};

static parse_new *find_format(const struct sim_kube_call *call)
{
    const struct sim_kube_request *request = &call->request;
    bool takes_protobuf = request->kind == NULL || request->kind->is_builtin ||
                          request->verb == SIM_KUBE_DELETE ||
                          request->verb == SIM_KUBE_DELETE_COLLECTION;
    const char *type = sim_kube_content_type(call);
    for (size_t i = 0; i < LAT_COUNT(formats); i++)
        if (lat_text_eq(formats[i].content_type, type) &&
            (takes_protobuf || !formats[i].only_builtin))
            return formats[i].parse_new;
    return NULL;
}

int sim_kube_body_read_new(struct sim_kube_call *call, json_t **ret_new)
{
    parse_new *parse = find_format(call);
    if (parse == NULL)
        return sim_kube_refuse(call, SIM_KUBE_UNSUPPORTED_MEDIA_TYPE,
                               "the body of the request was in an unknown format - accepted media "
                               "types include: application/json, application/yaml, "
                               "application/vnd.kubernetes.protobuf");
    struct lat_err err;
    json_t *body = parse(call, &err);
    if (body == NULL)
        return sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST,
                               "the object provided is unrecognized: %s", err.message);
    if (!json_is_object(body)) {
        json_decref(body);
        return sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST,
                               "the object provided is unrecognized: it must be an object");
    }
    *ret_new = body;
    return 0;
}
