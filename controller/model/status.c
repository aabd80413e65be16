/* Makes the status of a route. Reads the cluster through the view; writes nothing anywhere. */
#include "controller/model/status.h"

#include "common/base/text.h"
#include "controller/model/keys.h"
#include "controller/model/object.h"
#include "controller/model/parents.h"
#include "controller/model/relevance.h"

/* What is said about a parentRef or about the backends. */
struct verdict {
    bool is_true;
    const char *reason;
    const char *message;
};

static const struct verdict acceptance_verdicts[GWC_ACCEPTANCE_COUNT] = {
    [GWC_ACCEPTED] = {true, "Accepted", ""},
    [GWC_NO_MATCHING_PARENT] = {false, "NoMatchingParent", ""},
    [GWC_NO_MATCHING_HOSTNAME] = {false, "NoMatchingListenerHostname",
                                  "No matching listener hostname for this route"},
    [GWC_NOT_ALLOWED] = {false, "NotAllowedByListeners",
                         "No matching listeners allow this route. Check Gateway listener "
                         "allowedRoutes policies"},
};

static json_t *condition_new(const struct gwc_condition *condition, const char *transition)
{
    json_t *made = json_object();
    lat_json_set_string(made, "type", condition->type);
    lat_json_set_string(made, "status", condition->status);
    lat_json_set(made, "observedGeneration", json_integer(condition->generation));
    lat_json_set_string(made, "lastTransitionTime", transition);
    lat_json_set_string(made, "reason", condition->reason);
    lat_json_set_string(made, "message", lat_text_or_empty(condition->message));
    return made;
}

void gwc_condition_set(json_t *conditions, const struct gwc_condition *condition)
{
    for (size_t i = 0; i < json_array_size(conditions); i++) {
        const json_t *old = json_array_get(conditions, i);
        if (!lat_text_eq(gwc_member_text(old, "type"), condition->type))
            continue;
        const char *since = gwc_member_text(old, "lastTransitionTime");
        bool is_same = lat_text_eq(gwc_member_text(old, "status"), condition->status);
        const char *transition = is_same && since != NULL ? since : condition->now;
        json_array_set_new(conditions, i, condition_new(condition, transition));
        return;
    }
    json_array_append_new(conditions, condition_new(condition, condition->now));
}

/* Whether a backend resolves. false in ret->is_true is final: the first failing one decides. */
static void judge_backend(struct lat_arena *arena, const struct gwc_cluster_view *view,
                          const json_t *route, const json_t *backend_ref, struct verdict *ret)
{
    const char *kind = gwc_member_text(backend_ref, "kind");
    kind = kind != NULL ? kind : "Service";
    const char *name = lat_text_or_empty(gwc_member_text(backend_ref, "name"));
    if (!lat_text_eq(kind, "Service") && !lat_text_eq(kind, "ServiceImport")) {
        *ret = (struct verdict){false, "InvalidKind", lat_arena_strdup(arena, kind)};
        return;
    }
    const json_t *object = NULL;
    int read =
        view->get(view->context, kind, gwc_ref_namespace(backend_ref, route), name, &object, NULL);
    if (read == 0 && object == NULL)
        *ret = (struct verdict){false, "BackendNotFound",
                                lat_arena_printf(arena, "backendRef name: %s", name)};
}

static struct verdict judge_backends(struct lat_arena *arena, const struct gwc_cluster_view *view,
                                     const json_t *route)
{
    struct verdict verdict = {true, "ResolvedRefs", ""};
    size_t rule_index;
    const json_t *rule;
    json_array_foreach(lat_json_at(route, "spec.rules"), rule_index, rule) {
        size_t index;
        const json_t *backend_ref;
        json_array_foreach(json_object_get(rule, "backendRefs"), index, backend_ref) {
            judge_backend(arena, view, route, backend_ref, &verdict);
            if (!verdict.is_true)
                return verdict;
        }
    }
    return verdict;
}

/* The conditions that this controller has already written for a parentRef, copied; else []. */
static json_t *old_conditions_new(const json_t *route, const json_t *parent_ref)
{
    size_t index;
    const json_t *entry;
    json_array_foreach(lat_json_at(route, "status.parents"), index, entry) {
        const json_t *named = json_object_get(entry, "parentRef");
        const json_t *conditions = json_object_get(entry, "conditions");
        if (json_equal(lat_json_iterable(named), lat_json_iterable(parent_ref)) &&
            lat_text_eq(gwc_member_text(entry, "controllerName"), GWC_CONTROLLER_NAME) &&
            json_is_array(conditions))
            return json_deep_copy(conditions);
    }
    return json_array();
}

static void add_condition(json_t *conditions, const json_t *old, const char *type,
                          const struct verdict *verdict, int64_t generation, const char *now)
{
    size_t index;
    const json_t *condition;
    json_array_foreach(lat_json_iterable(old), index, condition) {
        if (lat_text_eq(gwc_member_text(condition, "type"), type)) {
            json_array_append_new(conditions, json_deep_copy(condition));
            break;
        }
    }
    gwc_condition_set(conditions, &(struct gwc_condition){
                                      .type = type,
                                      .status = verdict->is_true ? "True" : "False",
                                      .reason = verdict->reason,
                                      .message = verdict->message,
                                      .generation = generation,
                                      .now = now,
                                  });
}

static json_t *parent_new(const json_t *route, const json_t *parent_ref,
                          const struct verdict *accepted, const struct verdict *resolved,
                          const char *now)
{
    LAT_AUTO(lat_json_decrefp) json_t *old = old_conditions_new(route, parent_ref);
    int64_t generation = lat_kube_generation(route);
    json_t *conditions = json_array();
    add_condition(conditions, old, "Accepted", accepted, generation, now);
    add_condition(conditions, old, "ResolvedRefs", resolved, generation, now);

    json_t *parent = json_object();
    lat_json_set(parent, "parentRef", json_deep_copy(parent_ref));
    lat_json_set_string(parent, "controllerName", GWC_CONTROLLER_NAME);
    lat_json_set(parent, "conditions", conditions);
    return parent;
}

int gwc_status_route_new(struct lat_arena *arena, const struct gwc_cluster_view *view,
                         enum gwc_route_kind kind, const json_t *route, const char *now,
                         json_t **ret_status, struct lat_err *reterr)
{
    struct gwc_parent_gateways parents = gwc_parent_gateways(arena, view, route);
    if (parents.controlled.count == 0)
        return lat_err_input(reterr, "no controlled Gateway found for route %s/%s",
                             lat_kube_namespace(route), lat_kube_name(route));
    struct verdict resolved = judge_backends(arena, view, route);

    LAT_AUTO(lat_json_decrefp) json_t *status = json_object();
    json_t *entries = json_array();
    lat_json_set(status, "parents", entries);
    size_t index;
    const json_t *parent_ref;
    json_array_foreach(lat_json_at(route, "spec.parentRefs"), index, parent_ref) {
        enum gwc_acceptance acceptance = GWC_NO_MATCHING_PARENT;
        /* The first Gateway's listeners judge every parentRef: observed, and kept. */
        if (gwc_parent_acceptance(view, parents.controlled.items[0], parent_ref, kind, route,
                                  &acceptance, reterr) != 0)
            return -1;
        json_array_append_new(
            entries,
            parent_new(route, parent_ref, &acceptance_verdicts[acceptance], &resolved, now));
    }
    *ret_status = LAT_TAKE(status);
    return 0;
}

bool gwc_status_is_accepted(const json_t *route)
{
    return gwc_parent_ref_is_accepted(route, NULL);
}

/* The first element of an array of objects whose text at a path is this; NULL when there is none.
 */
static json_t *first_named(const json_t *array, const char *path, const char *name)
{
    size_t index;
    json_t *item;
    json_array_foreach(lat_json_iterable(array), index, item) {
        if (lat_text_eq(lat_json_string_at(item, path, NULL), name))
            return item;
    }
    return NULL;
}

json_t *gwc_status_with_condition_new(const json_t *route, const char *gateway_name,
                                      const struct gwc_condition *condition)
{
    const json_t *old = json_object_get(route, "status");
    json_t *status = json_is_object(old) ? json_deep_copy(old) : json_object();
    if (!json_is_array(json_object_get(status, "parents")))
        lat_json_set(status, "parents", json_array());
    json_t *entries = json_object_get(status, "parents");

    json_t *entry = first_named(entries, "parentRef.name", gateway_name);
    if (entry == NULL) {
        entry = json_object();
        json_array_append_new(entries, entry);
    }
    const json_t *parent_ref =
        first_named(lat_json_at(route, "spec.parentRefs"), "name", gateway_name);
    if (parent_ref != NULL)
        lat_json_set(entry, "parentRef", json_deep_copy(parent_ref));
    lat_json_set_string(entry, "controllerName", GWC_CONTROLLER_NAME);
    if (!json_is_array(json_object_get(entry, "conditions")))
        lat_json_set(entry, "conditions", json_array());
    gwc_condition_set(json_object_get(entry, "conditions"), condition);
    return status;
}
