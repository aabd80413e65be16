/* Request bodies: JSON, or YAML as kube-apiserver also takes. Protobuf is refused by name. */
#include "simulator/kubernetes/kube_int.h"

#include "common/base/text.h"
#include "common/base/yaml.h"

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

static json_t *parse_new(struct sim_kube_call *call, bool is_yaml, struct lat_err *reterr)
{
    const struct lat_http_request *http = call->http;
    if (!is_yaml)
        return lat_json_parse_new(http->body, http->body_length, reterr);
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

int sim_kube_body_read_new(struct sim_kube_call *call, json_t **ret_new)
{
    const char *type = sim_kube_content_type(call);
    bool is_yaml = lat_text_eq(type, "application/yaml");
    if (!is_yaml && type[0] != '\0' && !lat_text_eq(type, "application/json"))
        return sim_kube_refuse(call, SIM_KUBE_UNSUPPORTED_MEDIA_TYPE,
                               "the body of the request was in an unknown format - accepted media "
                               "types include: application/json, application/yaml");
    struct lat_err err;
    json_t *body = parse_new(call, is_yaml, &err);
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
