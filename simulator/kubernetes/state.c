/* The Kubernetes side of a state that is replaced as a whole: judged before it counts, taken up
 * afterwards. The engine reaches it through struct sim_cluster. */
#include "simulator/kubernetes/kube_int.h"

#include "common/base/text.h"
#include "common/kube/object.h"

#include <string.h>

/* Every request reads what is stored without asking again whether it is an object of that name. */
static bool is_object_of(const struct sim_kube_object *row)
{
    LAT_AUTO(lat_json_decrefp)
    json_t *object = lat_json_parse_new(row->body, strlen(row->body), NULL);
    return json_is_object(json_object_get(object, "metadata")) &&
           lat_text_eq(lat_kube_name(object), row->name) &&
           lat_text_eq(lat_kube_namespace(object), row->namespace) &&
           lat_text_eq(lat_kube_uid(object), row->uid);
}

int sim_kube_state_check(void *context, struct lat_err *reterr)
{
    struct sim_kube *kube = context;
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct sim_kube_object *rows = NULL;
    struct sim_kube_change *changes = NULL;
    size_t count = 0;
    if (sim_store_kube_all(kube->sim->store, arena, &rows, &count) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(kube->sim->store));
    for (size_t i = 0; i < count; i++)
        if (!is_object_of(&rows[i]))
            return lat_err_input(reterr,
                                 "tables.kube_object: the body of %s %s/%s is not this object",
                                 rows[i].resource, rows[i].namespace, rows[i].name);
    if (sim_store_kube_changes(kube->sim->store, arena, 0, -1 /* all */, &changes, &count) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(kube->sim->store));
    for (size_t i = 0; i < count; i++) {
        const char *texts[] = {changes[i].body, changes[i].before};
        for (size_t t = 0; t < LAT_COUNT(texts); t++) {
            LAT_AUTO(lat_json_decrefp)
            json_t *object = texts[t] == NULL
                                 ? json_object()
                                 : lat_json_parse_new(texts[t], strlen(texts[t]), NULL);
            if (!json_is_object(object))
                return lat_err_input(
                    reterr, "tables.kube_change: the texts of version %lld are not objects",
                    (long long)changes[i].version);
        }
    }
    return 0;
}

/* A client holds versions of the state that goes; the next ones must not tell it of other changes
 * under the same numbers. They go on above, and the log begins there: whoever asks from before is
 * told 410 and lists anew, as after the restoration of a real cluster. */
int sim_kube_state_arrive(void *context)
{
    struct sim_kube *kube = context;
    struct sim_store *store = kube->sim->store;
    int64_t version = 0;
    if (!kube->was_asked)
        return 0;
    if (sim_store_kube_version(store, &version) < 0)
        return -1;
    return sim_store_kube_compact(store,
                                  (version > kube->published ? version : kube->published) + 2);
}
