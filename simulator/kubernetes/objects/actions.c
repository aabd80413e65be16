/* What carries each verb out. */
#include "simulator/kubernetes/objects/objects.h"

static const struct {
    sim_kube_action *action;
    bool writes;
} actions[] = {
    [SIM_KUBE_NO_VERB] = {NULL, false},
    [SIM_KUBE_GET] = {sim_kube_get, false},
    [SIM_KUBE_LIST] = {sim_kube_list, false},
    [SIM_KUBE_WATCH] = {sim_kube_watch_start, false},
    [SIM_KUBE_CREATE] = {sim_kube_create, true},
    [SIM_KUBE_UPDATE] = {sim_kube_update, true},
    [SIM_KUBE_PATCH] = {sim_kube_patch, true},
    [SIM_KUBE_DELETE] = {sim_kube_delete, true},
    [SIM_KUBE_DELETE_COLLECTION] = {sim_kube_delete_collection, true},
};
_Static_assert(LAT_COUNT(actions) == SIM_KUBE_VERB_COUNT, "every verb has its action");

sim_kube_action *sim_kube_action_of(const struct sim_kube_request *request)
{
    sim_kube_action *own =
        request->part == NULL ? NULL : sim_kube_subresource_action(request->part, request->verb);
    return own != NULL ? own : actions[request->verb].action;
}

bool sim_kube_verb_writes(enum sim_kube_verb verb)
{
    return actions[verb].writes;
}
