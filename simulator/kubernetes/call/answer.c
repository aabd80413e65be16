/* Answers of any verb, and warnings beside them. Refusals are made in status.c; sending is the
 * server's. */
#include "simulator/kubernetes/call/call.h"

#include "common/base/text.h"

#include <string.h>
#include <strings.h>

void sim_kube_answer_json(struct sim_kube_call *call, int status, const json_t *json)
{
    call->answer = (struct sim_kube_answer){
        .status = status,
        .content_type = "application/json",
        .body = lat_json_text(call->arena, json),
    };
    call->answer.length = strlen(call->answer.body);
}

void sim_kube_answer_text(struct sim_kube_call *call, int status, const char *text)
{
    call->answer = (struct sim_kube_answer){
        .status = status,
        .content_type = text[0] == '{' ? "application/json" : "text/plain; charset=utf-8",
        .body = text,
        .length = strlen(text),
    };
}

/* Whether one media range of an Accept header, without its parameters, lets JSON through. */
static bool takes_json(const char *range, size_t length)
{
    static const char *const ranges[] = {"*/*", "application/*", "application/json"};
    for (size_t i = 0; i < LAT_COUNT(ranges); i++)
        if (strlen(ranges[i]) == length && strncasecmp(ranges[i], range, length) == 0)
            return true;
    return false;
}

int sim_kube_check_accept(struct sim_kube_call *call)
{
    const char *at = lat_text_or_empty(lat_http_request_header(call->http, "Accept"));
    bool is_asked = false;
    while (*at != '\0') {
        at += strspn(at, " \t,");
        size_t length = strcspn(at, ";, \t");
        if (length > 0 && takes_json(at, length))
            return 0;
        is_asked |= length > 0;
        at += strcspn(at, ",");
    }
    return is_asked ? sim_kube_refuse(call, SIM_KUBE_NOT_ACCEPTABLE,
                                      "only the following media types are accepted: "
                                      "application/json")
                    : 0;
}

/* A quoted string of a header: what would end it is escaped. */
void sim_kube_warn(struct sim_kube_call *call, const char *text)
{
    char *quoted = lat_arena_alloc(call->arena, 2 * strlen(text) + 1);
    for (char *out = quoted; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            *out++ = '\\';
        *out++ = *text;
    }
    *LAT_ARENA_PUSH(call->arena, call->warnings, call->warning_count) =
        lat_arena_printf(call->arena, "299 - \"%s\"", quoted);
}

void sim_kube_answer_object(struct sim_kube_call *call, int status, json_t *object)
{
    lat_json_set_string(
        object, "apiVersion",
        lat_kube_kind_api_version(call->arena, call->request.kind, call->request.version));
    sim_kube_answer_json(call, status, object);
}
