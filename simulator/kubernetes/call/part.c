/* The vocabulary of requests: verbs, and what an object has beside itself, for routing and
 * discovery. What they do is elsewhere. */
#include "simulator/kubernetes/call/call.h"

#include "common/base/text.h"

static const char *const verb_words[] = {
    [SIM_KUBE_NO_VERB] = "",
    [SIM_KUBE_GET] = "get",
    [SIM_KUBE_LIST] = "list",
    [SIM_KUBE_WATCH] = "watch",
    [SIM_KUBE_CREATE] = "create",
    [SIM_KUBE_UPDATE] = "update",
    [SIM_KUBE_PATCH] = "patch",
    [SIM_KUBE_DELETE] = "delete",
    [SIM_KUBE_DELETE_COLLECTION] = "deletecollection",
};
_Static_assert(LAT_COUNT(verb_words) == SIM_KUBE_VERB_COUNT, "every verb has its word");

const char *sim_kube_verb_word(enum sim_kube_verb verb)
{
    return verb_words[verb];
}

/* --- subresources ----------------------------------------------------------------------------- */

struct sim_kube_subresource {
    const char *name;
    const char *group, *version, *kind; /* of what it takes and gives; NULL: the object itself */
    enum sim_kube_verb verbs[3];
    size_t verb_count;
};

static const struct sim_kube_subresource parts[] = {
    {"status", NULL, NULL, NULL, {SIM_KUBE_GET, SIM_KUBE_PATCH, SIM_KUBE_UPDATE}, 3},
    {"scale", "autoscaling", "v1", "Scale", {SIM_KUBE_GET, SIM_KUBE_PATCH, SIM_KUBE_UPDATE}, 3},
    {"eviction", "policy", "v1", "Eviction", {SIM_KUBE_CREATE}, 1},
};

static bool has_part(const struct lat_kube_version *version,
                     const struct sim_kube_subresource *part)
{
    return part == parts ? version->has_status
                         : json_object_get(version->subresources, part->name) != NULL;
}

const struct sim_kube_subresource *
sim_kube_subresource_next(const struct lat_kube_version *version,
                          const struct sim_kube_subresource *part)
{
    for (part = part == NULL ? parts : part + 1; part < parts + LAT_COUNT(parts); part++)
        if (has_part(version, part))
            return part;
    return NULL;
}

const struct sim_kube_subresource *sim_kube_subresource_find(const struct lat_kube_version *version,
                                                             const char *name)
{
    const struct sim_kube_subresource *part = NULL;
    while ((part = sim_kube_subresource_next(version, part)) != NULL)
        if (lat_text_eq(part->name, name))
            return part;
    return NULL;
}

bool sim_kube_subresource_takes(const struct sim_kube_subresource *part, enum sim_kube_verb verb)
{
    for (size_t i = 0; i < part->verb_count; i++)
        if (part->verbs[i] == verb)
            return true;
    return false;
}

const char *sim_kube_subresource_name(const struct sim_kube_subresource *part)
{
    return part->name;
}

json_t *sim_kube_subresource_kind_new(const struct sim_kube_subresource *part,
                                      const struct lat_kube_kind *kind,
                                      const struct lat_kube_version *version)
{
    bool is_own = part->kind == NULL;
    return json_pack("{s:s, s:s, s:s}", "group", is_own ? kind->group : part->group, "version",
                     is_own ? version->name : part->version, "kind",
                     is_own ? kind->kind : part->kind);
}

json_t *sim_kube_subresource_verbs_new(const struct sim_kube_subresource *part)
{
    json_t *list = json_array();
    for (size_t i = 0; i < part->verb_count; i++)
        json_array_append_new(list, json_string(sim_kube_verb_word(part->verbs[i])));
    return list;
}
