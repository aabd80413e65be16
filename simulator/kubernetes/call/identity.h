/* Who calls. Only for simulator/kubernetes. */
#pragma once

#include "simulator/kubernetes/call/access.h"
#include "simulator/kubernetes/call/call.h"

/* Fills call->user, or refuses the call with 401. */
int sim_kube_identify(struct sim_kube_call *call);
/* NULL when nobody has this token. */
const struct sim_kube_token *sim_kube_token_find(const struct sim_kube *kube, const char *token);

/* An object that is posted to ask a question, and never stored. */
struct sim_kube_review {
    const char *group, *version;
    const char *plural, *singular, *kind;
    json_t *(*status_new)(struct sim_kube_call *call, const json_t *review);
};

const struct sim_kube_review *sim_kube_reviews(size_t *ret_count);
