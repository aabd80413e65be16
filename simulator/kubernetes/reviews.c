/* Reviews: objects that are posted to ask a question, and answered without being stored. Everybody
 * who is known may do everything, so that every question about access is answered with yes. */
#include "simulator/kubernetes/identity.h"

#include "common/base/text.h"
#include "common/kube/object.h"

#include <string.h>

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

static const struct {
    const char *group_version;
    const char *plural;
    const char *kind;
    json_t *(*status_new)(struct sim_kube_call *call, const json_t *review);
    bool is_read; /* the answer depends on the body; else one in protobuf will do, unread */
} reviews[] = {
    {"authentication.k8s.io/v1", "selfsubjectreviews", "SelfSubjectReview", self_new, false},
    {"authentication.k8s.io/v1", "tokenreviews", "TokenReview", token_new, true},
    {"authorization.k8s.io/v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", access_new,
     false},
    {"authorization.k8s.io/v1", "subjectaccessreviews", "SubjectAccessReview", access_new, false},
    {"authorization.k8s.io/v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview", rules_new,
     false},
};

static void answer(struct sim_kube_call *call, size_t which)
{
    LAT_AUTO(lat_json_decrefp) json_t *review = NULL;
    bool is_protobuf =
        lat_text_eq(sim_kube_content_type(call), "application/vnd.kubernetes.protobuf");
    if (is_protobuf && !reviews[which].is_read)
        review = json_object();
    else if (sim_kube_body_read_new(call, &review) < 0)
        return;
    lat_json_set_string(review, "apiVersion", reviews[which].group_version);
    lat_json_set_string(review, "kind", reviews[which].kind);
    if (!json_is_object(json_object_get(review, "metadata")))
        json_object_set_new(review, "metadata", json_object());
    json_object_set_new(review, "status", reviews[which].status_new(call, review));
    sim_kube_answer_json(call, 201, review);
}

bool sim_kube_review(struct sim_kube_call *call)
{
    if (!lat_text_eq(call->http->method, "POST"))
        return false;
    for (size_t i = 0; i < LAT_COUNT(reviews); i++)
        if (lat_text_eq(call->http->path,
                        lat_arena_printf(call->arena, "/apis/%s/%s", reviews[i].group_version,
                                         reviews[i].plural))) {
            answer(call, i);
            return true;
        }
    return false;
}
