/* patch: the three kinds of patch documents, each applied to the stored object and then written as
 * an update. Server-side apply is in apply.c. */
#include "simulator/kubernetes/objects/objects.h"

#include "common/base/text.h"
#include "common/kube/object.h"
#include "common/kube/patch.h"
#include "common/kube/strategic.h"

/* Each returns the patched object, new, or NULL after refusing. */
typedef json_t *apply_patch(struct sim_kube_call *call, const json_t *object, const json_t *patch);

static json_t *apply_merge(struct sim_kube_call *call, const json_t *object, const json_t *patch)
{
    if (!json_is_object(patch)) {
        sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST, "a merge patch must be an object");
        return NULL;
    }
    return lat_kube_merge_patch_new(object, patch);
}

static json_t *apply_json(struct sim_kube_call *call, const json_t *object, const json_t *patch)
{
    struct lat_err err;
    json_t *patched = lat_kube_json_patch_new(call->arena, object, patch, &err);
    if (patched == NULL)
        sim_kube_refuse_patch(call, err.message);
    return patched;
}

static json_t *apply_strategic(struct sim_kube_call *call, const json_t *object,
                               const json_t *patch)
{
    struct lat_err err;
    LAT_AUTO(lat_json_decrefp) json_t *schema = sim_kube_whole_schema_new(call);
    bool is_malformed = false;
    json_t *patched =
        lat_kube_strategic_patch_new(call->arena, object, patch, schema, &is_malformed, &err);
    if (patched == NULL) /* the two as kube-apiserver has them (documented) */
        sim_kube_refuse(call, is_malformed ? SIM_KUBE_BAD_REQUEST : SIM_KUBE_UNKNOWN, "%s",
                        err.message);
    return patched;
}

static const struct {
    const char *content_type;
    apply_patch *apply;
    bool only_builtin;
} patches[] = {
    {"application/merge-patch+json", apply_merge, false},
    {"application/json-patch+json", apply_json, false},
    {"application/strategic-merge-patch+json", apply_strategic, true},
};

static apply_patch *find_patch(struct sim_kube_call *call)
{
    bool is_builtin = call->request.kind->is_builtin;
    const char *type = sim_kube_content_type(call);
    for (size_t i = 0; i < LAT_COUNT(patches); i++)
        if (lat_text_eq(patches[i].content_type, type) && (is_builtin || !patches[i].only_builtin))
            return patches[i].apply;
    sim_kube_refuse(
        call, SIM_KUBE_UNSUPPORTED_MEDIA_TYPE,
        "the body of the request was in an unknown format - accepted media types include: "
        "application/json-patch+json, application/merge-patch+json%s, "
        "application/apply-patch+yaml",
        is_builtin ? ", application/strategic-merge-patch+json" : "");
    return NULL;
}

static json_t *apply_body_new(struct sim_kube_call *call, apply_patch *apply, const json_t *object)
{
    struct lat_err err;
    LAT_AUTO(lat_json_decrefp)
    json_t *patch = lat_json_parse_new(call->http->body, call->http->body_length, &err);
    if (patch == NULL) {
        sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST, "error decoding patch: %s", err.message);
        return NULL;
    }
    return apply(call, object, patch);
}

json_t *sim_kube_patched_new(struct sim_kube_call *call, const json_t *object)
{
    apply_patch *apply = find_patch(call);
    return apply == NULL ? NULL : apply_body_new(call, apply, object);
}

static int apply_to(struct sim_kube_call *call, apply_patch *apply,
                    const struct sim_kube_object *row)
{
    const struct sim_kube_request *request = &call->request;
    LAT_AUTO(lat_json_decrefp)
    json_t *old = sim_kube_stored_new(
        sim_kube_body_for(call->arena, request->kind, request->version, row->body));
    LAT_AUTO(lat_json_decrefp) json_t *object = apply_body_new(call, apply, old);
    if (object == NULL)
        return -1;
    if (!json_is_object(object) || !json_is_object(json_object_get(object, "metadata")))
        return sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST,
                               "the patch leaves no object with metadata");
    if (!lat_text_eq(lat_kube_api_version(object), lat_kube_api_version(old)) ||
        !lat_text_eq(lat_kube_kind_name(object), lat_kube_kind_name(old)))
        return sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST,
                               "a patch may not change apiVersion or kind");
    if (sim_kube_check_unknown(call, object, true) < 0)
        return -1;
    return sim_kube_replace(call, row, old, object);
}

int sim_kube_patch(struct sim_kube_call *call)
{
    const struct sim_kube_request *request = &call->request;
    struct sim_kube_object *row = NULL;
    if (lat_text_eq(sim_kube_content_type(call), "application/apply-patch+yaml"))
        return sim_kube_apply(call);
    apply_patch *apply = find_patch(call);
    if (apply == NULL)
        return -1;
    if (sim_kube_find(call, request->kind, request->namespace, request->name, &row) < 0)
        return -1;
    return row == NULL ? sim_kube_refuse_not_found(call, request->name)
                       : apply_to(call, apply, row);
}
