/* Reviews: objects that are posted to ask a question, and answered without being stored. Everybody
 * who is known may do everything, so that every question about access is answered with yes. */
#include "simulator/kubernetes/about/about.h"
#include "simulator/kubernetes/call/identity.h"

#include "common/base/text.h"
#include "common/kube/object.h"

static json_t *groups_new(const char *const *groups, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(groups[i]));
    return list;
}

static json_t *self_new(struct sim_kube_call *call, const json_t *review)
{
    (void)review;
    json_t *user = json_pack("{s:s, s:o}", "username", call->user.name, "groups",
                             groups_new(call->user.groups, call->user.group_count));
    lat_json_set_string(user, "uid", call->user.uid);
    return json_pack("{s:o}", "userInfo", user);
}

static json_t *access_new(struct sim_kube_call *call, const json_t *review)
{
    (void)call;
    (void)review;
    return json_pack("{s:b}", "allowed", 1);
}

static json_t *rules_new(struct sim_kube_call *call, const json_t *review)
{
    (void)call;
    (void)review;
    return json_pack("{s:[{s:[s], s:[s], s:[s]}], s:[{s:[s], s:[s]}], s:b}", "resourceRules",
                     "verbs", "*", "apiGroups", "*", "resources", "*", "nonResourceRules", "verbs",
                     "*", "nonResourceURLs", "*", "incomplete", 0);
}

static json_t *token_new(struct sim_kube_call *call, const json_t *review)
{
    const struct sim_kube_token *token =
        sim_kube_token_find(call->kube, lat_json_string_at(review, "spec.token", ""));
    if (token == NULL)
        return json_pack("{s:{}, s:s}", "user", "error",
                         "[invalid bearer token, token lookup failed]");
    json_t *groups = groups_new(token->groups, token->group_count);
    json_array_append_new(groups, json_string("system:authenticated"));
    return json_pack("{s:b, s:{s:s, s:s, s:o}}", "authenticated", 1, "user", "username",
                     token->user, "uid", token->uid, "groups", groups);
}

#define AUTHENTICATION "authentication.k8s.io", "v1"
#define AUTHORIZATION  "authorization.k8s.io", "v1"

static const struct sim_kube_review reviews[] = {
    {AUTHENTICATION, "selfsubjectreviews", "selfsubjectreview", "SelfSubjectReview", self_new},
    {AUTHENTICATION, "tokenreviews", "tokenreview", "TokenReview", token_new},
    {AUTHORIZATION, "selfsubjectaccessreviews", "selfsubjectaccessreview",
     "SelfSubjectAccessReview", access_new},
    {AUTHORIZATION, "selfsubjectrulesreviews", "selfsubjectrulesreview", "SelfSubjectRulesReview",
     rules_new},
    {AUTHORIZATION, "subjectaccessreviews", "subjectaccessreview", "SubjectAccessReview",
     access_new},
};

const struct sim_kube_review *sim_kube_reviews(size_t *ret_count)
{
    *ret_count = LAT_COUNT(reviews);
    return reviews;
}

static void answer(struct sim_kube_call *call, const struct sim_kube_review *which)
{
    LAT_AUTO(lat_json_decrefp) json_t *review = NULL;
    const char *expected = lat_arena_printf(call->arena, "%s/%s", which->group, which->version);
    if (sim_kube_body_read_new(call, &review) < 0)
        return;
    const char *version = lat_kube_api_version(review), *kind = lat_kube_kind_name(review);
    if ((version[0] != '\0' && !lat_text_eq(version, expected)) ||
        (kind[0] != '\0' && !lat_text_eq(kind, which->kind))) {
        sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST,
                        "%s in version \"%s\" cannot be handled as a %s: the kind in the data does "
                        "not match the expected kind",
                        kind, version, which->kind);
        return;
    }
    lat_json_set_string(review, "apiVersion", expected);
    lat_json_set_string(review, "kind", which->kind);
    if (!json_is_object(json_object_get(review, "metadata")))
        json_object_set_new(review, "metadata", json_object());
    json_object_set_new(review, "status", which->status_new(call, review));
    sim_kube_answer_json(call, 201, review);
}

bool sim_kube_review(struct sim_kube_call *call)
{
    const struct sim_kube_request *request = &call->request;
    const char *const *segments = request->segments;
    if (request->segment_count != 4 || !lat_text_eq(segments[0], "apis"))
        return false;
    for (size_t i = 0; i < LAT_COUNT(reviews); i++) {
        if (!lat_text_eq(segments[1], reviews[i].group) ||
            !lat_text_eq(segments[2], reviews[i].version) ||
            !lat_text_eq(segments[3], reviews[i].plural))
            continue;
        if (lat_text_eq(call->http->method, "POST"))
            answer(call, &reviews[i]);
        else
            sim_kube_refuse(call, SIM_KUBE_METHOD_NOT_ALLOWED,
                            "the server does not allow this method on the requested resource");
        return true;
    }
    return false;
}
