/* Requests that the server makes of itself, inside the transaction of the call that caused them:
 * what controllers of a cluster would send. They pass every check that a client's request passes;
 * nothing here decides what is written. */
#include "simulator/kubernetes/cluster/cluster.h"

#include <string.h>

int sim_kube_inner(struct sim_kube_call *call, const char *method, const char *path,
                   const json_t *body, bool *ret_accepted)
{
    LAT_AUTO(lat_arena_freep)
    struct lat_arena *arena = lat_arena_new(); /* there may be thousands */
    const char *text = body == NULL ? "" : lat_json_text(arena, body);
    struct lat_http_request http = {
        .arena = arena,
        .method = method,
        .target = path,
        .path = path,
        .query = "",
        .body = text,
        .body_length = strlen(text),
    };
    struct sim_kube_call inner = {
        .kube = call->kube,
        .http = &http,
        .arena = arena,
        .now_ms = call->now_ms,
        .user = call->user,
    };
    int result = sim_kube_request_read(&inner);
    inner.request.is_dry_run = call->request.is_dry_run;
    if (result == 0)
        result = sim_kube_action_of(&inner.request)(&inner);
    if (result == 0 && !inner.request.is_dry_run)
        result = sim_kube_cascade(&inner);
    *ret_accepted = result == 0;
    if (result < 0 && inner.answer.status == 0)
        return -1;
    if (result < 0)
        lat_log_write(call->kube->sim->log, LAT_LOG_WARNING, "kubernetes: %s %s was refused: %s",
                      method, path, inner.answer.body);
    return 0;
}
