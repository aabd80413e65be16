/* What the files of the admin API need to read a request and to answer it. */
#include "common/aws/uri.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/admin/admin_int.h"

#include <string.h>

void sim_admin_answer(struct sim_admin_call *call, int status, json_t *new_body)
{
    LAT_AUTO(lat_json_decrefp) json_t *body = new_body;
    call->answer->status = status;
    call->answer->content_type = "application/json";
    call->answer->body = lat_json_text(call->arena, body);
}

void sim_admin_refuse(struct sim_admin_call *call, int status, const char *message)
{
    /* It may quote what was sent, cut anywhere. */
    sim_admin_answer(call, status,
                     json_pack("{s:o}", "message", lat_json_string_new(message, strlen(message))));
}

void sim_admin_answer_text(struct sim_admin_call *call, const char *content_type, const char *text)
{
    call->answer->status = 200;
    call->answer->content_type = content_type;
    call->answer->body = text;
}

void sim_admin_refuse_err(struct sim_admin_call *call, const struct lat_err *err)
{
    if (err->kind == LAT_ERR_INPUT) {
        sim_admin_refuse(call, 400, err->message);
        return;
    }
    lat_log_write(call->sim->log, LAT_LOG_ERROR, "%s %s failed: %s", call->request->method,
                  call->request->path, err->message);
    sim_admin_refuse(call, 500, "the simulator failed; its log says why");
}

const char *sim_admin_parameter(const struct sim_admin_call *call, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = call->request->query; *at != '\0'; at += strspn(at, "&")) {
        size_t width = strcspn(at, "&");
        if (width > length && strncmp(at, name, length) == 0 && at[length] == '=')
            return lat_text_or_empty(
                lat_uri_decode(call->arena, at + length + 1, width - length - 1, true));
        at += width;
    }
    return NULL;
}

bool sim_admin_check_parameters(struct sim_admin_call *call, const char *const *names, size_t count)
{
    for (const char *at = call->request->query; *at != '\0'; at += strspn(at, "&")) {
        size_t width = strcspn(at, "&"), length = strcspn(at, "=&");
        bool known = false;
        for (size_t i = 0; i < count; i++)
            known = known || (strlen(names[i]) == length && strncmp(names[i], at, length) == 0);
        if (!known) {
            sim_admin_refuse(call, 400,
                             lat_arena_printf(call->arena,
                                              "there is no parameter %.*s here; see docs/admin.md",
                                              (int)length, at));
            return false;
        }
        at += width;
    }
    return true;
}

struct sim_caller sim_admin_caller(const struct sim_admin_call *call)
{
    return (struct sim_caller){
        .account = lat_json_string_at(call->input, "account", call->sim->config.account),
        .region = lat_json_string_at(call->input, "region", call->sim->config.region),
    };
}
