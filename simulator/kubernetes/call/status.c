/* Refusals as Status objects, in the words of kube-apiserver (observed). Every refusal of the API
 * is made here; nothing else types a status code. */
#include "simulator/kubernetes/call/call.h"

#include "common/base/text.h"

#include <inttypes.h>

static const struct {
    int code;
    const char *reason;
} refusals[] = {
    [SIM_KUBE_BAD_REQUEST] = {400, "BadRequest"},
    [SIM_KUBE_UNAUTHORIZED] = {401, "Unauthorized"},
    [SIM_KUBE_FORBIDDEN] = {403, "Forbidden"},
    [SIM_KUBE_NOT_FOUND] = {404, "NotFound"},
    [SIM_KUBE_METHOD_NOT_ALLOWED] = {405, "MethodNotAllowed"},
    [SIM_KUBE_ALREADY_EXISTS] = {409, "AlreadyExists"},
    [SIM_KUBE_NOT_ACCEPTABLE] = {406, "NotAcceptable"},
    [SIM_KUBE_CONFLICT] = {409, "Conflict"},
    [SIM_KUBE_EXPIRED] = {410, "Expired"},
    [SIM_KUBE_INVALID] = {422, "Invalid"},
    [SIM_KUBE_TOO_MANY_REQUESTS] = {429, "TooManyRequests"},
    [SIM_KUBE_UNSUPPORTED_MEDIA_TYPE] = {415, "UnsupportedMediaType"},
    [SIM_KUBE_INTERNAL_ERROR] = {500, "InternalError"},
    [SIM_KUBE_UNKNOWN] = {500, ""},
    [SIM_KUBE_TIMEOUT] = {504, "Timeout"},
};
_Static_assert(LAT_COUNT(refusals) == SIM_KUBE_REFUSAL_COUNT, "every refusal has its code");

static json_t *status_new(int code, const char *reason, const char *message, json_t *new_details)
{
    json_t *status =
        json_pack("{s:s, s:s, s:{}, s:s, s:s, s:s}", "kind", "Status", "apiVersion", "v1",
                  "metadata", "status", "Failure", "message", message, "reason", reason);
    lat_json_set(status, "details", new_details);
    json_object_set_new(status, "code", json_integer(code));
    return status;
}

static int answer_as(struct sim_kube_call *call, int code, const char *reason, const char *message,
                     json_t *new_details)
{
    message = lat_arena_utf8(call->arena, message); /* a long one may be cut within a character */
    LAT_AUTO(lat_json_decrefp) json_t *status = status_new(code, reason, message, new_details);
    sim_kube_answer_json(call, code, status);
    call->answer.reason = reason;
    call->answer.message = message;
    return -1;
}

static int answer(struct sim_kube_call *call, enum sim_kube_refusal refusal, const char *message,
                  json_t *new_details)
{
    return answer_as(call, refusals[refusal].code, refusals[refusal].reason, message, new_details);
}

/* kind is the plural for refusals about a resource, the kind for those about a document. */
static json_t *details_new(const struct lat_kube_kind *kind, const char *name, bool by_kind)
{
    json_t *details = json_object();
    if (!lat_text_is_empty(name))
        lat_json_set_string(details, "name", name);
    if (kind == NULL)
        return details;
    if (kind->group[0] != '\0')
        lat_json_set_string(details, "group", kind->group);
    lat_json_set_string(details, "kind", by_kind ? kind->kind : kind->plural);
    return details;
}

int sim_kube_refuse(struct sim_kube_call *call, enum sim_kube_refusal refusal, const char *message,
                    ...)
{
    va_list args;
    va_start(args, message);
    const char *text = lat_arena_vprintf(call->arena, message, args);
    va_end(args);
    return answer(call, refusal, text, details_new(call->request.kind, call->request.name, false));
}

void sim_kube_refuse_as(struct sim_kube_call *call, int code, const char *reason,
                        const char *message, int retry_after_seconds)
{
    json_t *details = details_new(call->request.kind, call->request.name, false);
    if (retry_after_seconds > 0)
        json_object_set_new(details, "retryAfterSeconds", json_integer(retry_after_seconds));
    reason = lat_arena_strdup(call->arena, reason); /* of a rule that may be forgotten */
    answer_as(call, code, reason, lat_arena_strdup(call->arena, message), details);
    call->answer.retry_after_seconds = retry_after_seconds;
}

static const char *resource_of(const struct sim_kube_call *call)
{
    return call->request.kind->resource;
}

int sim_kube_refuse_not_found(struct sim_kube_call *call, const char *name)
{
    return answer(call, SIM_KUBE_NOT_FOUND,
                  lat_arena_printf(call->arena, "%s \"%s\" not found", resource_of(call), name),
                  details_new(call->request.kind, name, false));
}

int sim_kube_refuse_exists(struct sim_kube_call *call, const char *name)
{
    return answer(
        call, SIM_KUBE_ALREADY_EXISTS,
        lat_arena_printf(call->arena, "%s \"%s\" already exists", resource_of(call), name),
        details_new(call->request.kind, name, false));
}

int sim_kube_refuse_generated(struct sim_kube_call *call, const char *name)
{
    json_t *details = details_new(call->request.kind, name, false);
    json_object_set_new(details, "retryAfterSeconds", json_integer(1));
    answer(call, SIM_KUBE_ALREADY_EXISTS,
           lat_arena_printf(call->arena,
                            "%s \"%s\" already exists, the server was not able to generate a "
                            "unique name for the object",
                            resource_of(call), name),
           details);
    call->answer.retry_after_seconds = 1;
    return -1;
}

int sim_kube_refuse_conflict(struct sim_kube_call *call, const char *name)
{
    return answer(call, SIM_KUBE_CONFLICT,
                  lat_arena_printf(call->arena,
                                   "Operation cannot be fulfilled on %s \"%s\": the object has "
                                   "been modified; please apply your changes to the latest version "
                                   "and try again",
                                   resource_of(call), name),
                  details_new(call->request.kind, name, false));
}

static const char *expired_message(struct lat_arena *arena, int64_t version, int64_t oldest)
{
    return lat_arena_printf(arena, "too old resource version: %" PRId64 " (%" PRId64 ")", version,
                            oldest);
}

int sim_kube_refuse_expired(struct sim_kube_call *call, int64_t version, int64_t oldest)
{
    return answer(call, SIM_KUBE_EXPIRED, expired_message(call->arena, version, oldest), NULL);
}

const char *sim_kube_status_expired(struct lat_arena *arena, int64_t version, int64_t oldest)
{
    LAT_AUTO(lat_json_decrefp)
    json_t *status = status_new(refusals[SIM_KUBE_EXPIRED].code, refusals[SIM_KUBE_EXPIRED].reason,
                                expired_message(arena, version, oldest), NULL);
    return lat_json_text(arena, status);
}

static json_t *with_causes(json_t *details, json_t *new_causes)
{
    json_object_set_new(details, "causes", new_causes);
    return details;
}

int sim_kube_refuse_too_new(struct sim_kube_call *call, int64_t version, int64_t current)
{
    json_t *causes = json_pack("[{s:s, s:s}]", "reason", "ResourceVersionTooLarge", "message",
                               "Too large resource version");
    json_t *details = with_causes(json_object(), causes);
    json_object_set_new(details, "retryAfterSeconds", json_integer(1));
    return answer(call, SIM_KUBE_TIMEOUT,
                  lat_arena_printf(call->arena,
                                   "Too large resource version: %" PRId64 ", current: %" PRId64,
                                   version, current),
                  details);
}

static json_t *causes_new(const struct lat_kube_causes *causes)
{
    json_t *list = json_array();
    for (size_t i = 0; i < causes->count; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s}", "reason",
                                        lat_kube_reason_word(causes->items[i].reason), "message",
                                        causes->items[i].message, "field", causes->items[i].field));
    return list;
}

int sim_kube_refuse_causes(struct sim_kube_call *call, const char *name,
                           const struct lat_kube_causes *causes)
{
    const struct lat_kube_kind *kind = call->request.kind;
    const char *dot = kind->group[0] == '\0' ? "" : ".";
    return answer(call, SIM_KUBE_INVALID,
                  lat_arena_printf(call->arena, "%s%s%s \"%s\" is invalid: %s", kind->kind, dot,
                                   kind->group, name, lat_kube_causes_text(causes)),
                  with_causes(details_new(kind, name, true), causes_new(causes)));
}

int sim_kube_refuse_options(struct sim_kube_call *call, const char *options,
                            const struct lat_kube_causes *causes)
{
    json_t *details = json_pack("{s:s, s:s}", "group", "meta.k8s.io", "kind", options);
    return answer(call, SIM_KUBE_INVALID,
                  lat_arena_printf(call->arena, "%s.meta.k8s.io \"\" is invalid: %s", options,
                                   lat_kube_causes_text(causes)),
                  with_causes(details, causes_new(causes)));
}

/* One manager's fields are listed below its name, unless there is but one (observed). */
static const char *conflicts_text(struct lat_arena *arena,
                                  const struct lat_kube_conflicts *conflicts)
{
    const struct lat_kube_conflict *items = conflicts->items;
    if (conflicts->count == 1)
        return lat_arena_printf(arena, "Apply failed with 1 conflict: conflict with %s: %s",
                                items[0].manager, items[0].path);
    const char *text =
        lat_arena_printf(arena, "Apply failed with %zu conflicts: ", conflicts->count);
    for (size_t i = 0; i < conflicts->count; i++) {
        if (i == 0 || !lat_text_eq(items[i].manager, items[i - 1].manager))
            text = lat_arena_printf(arena, "%s%sconflicts with %s:", text, i == 0 ? "" : "\n",
                                    items[i].manager);
        text = lat_arena_printf(arena, "%s\n- %s", text, items[i].path);
    }
    return text;
}

int sim_kube_refuse_conflicts(struct sim_kube_call *call,
                              const struct lat_kube_conflicts *conflicts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < conflicts->count; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s+, s:s}", "reason", "FieldManagerConflict",
                                        "message", "conflict with ", conflicts->items[i].manager,
                                        "field", conflicts->items[i].path));
    return answer(call, SIM_KUBE_CONFLICT, conflicts_text(call->arena, conflicts),
                  with_causes(json_object(), list));
}

int sim_kube_refuse_patch(struct sim_kube_call *call, const char *why)
{
    json_t *causes = json_pack("[{s:s, s:s}]", "reason", "UnexpectedServerResponse", "message",
                               lat_arena_utf8(call->arena, why));
    return answer(call, SIM_KUBE_INVALID,
                  "the server rejected our request due to an error in our request",
                  with_causes(details_new(call->request.kind, call->request.name, false), causes));
}

json_t *sim_kube_status_deleted_new(const struct lat_kube_kind *kind, const char *name,
                                    const char *uid)
{
    json_t *details = details_new(kind, name, false);
    lat_json_set_string(details, "uid", uid);
    json_t *status = json_pack("{s:s, s:s, s:{}, s:s}", "kind", "Status", "apiVersion", "v1",
                               "metadata", "status", "Success");
    lat_json_set(status, "details", details);
    return status;
}
