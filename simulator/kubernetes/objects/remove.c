/* How an object goes: marked first, if something holds it, then removed. What has to follow it is
 * noted here and done by cascade.c, one note after the other. */
#include "simulator/kubernetes/objects/objects.h"

#include "common/base/text.h"
#include "common/kube/object.h"

void sim_kube_note_departure(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                             const json_t *object, bool is_gone)
{
    struct sim_kube_departure *departure = LAT_NEW(call->arena, struct sim_kube_departure);
    const char **owners = NULL;
    size_t index;
    json_t *reference;
    *departure = (struct sim_kube_departure){
        .kind = kind,
        .uid = lat_arena_strdup(call->arena, lat_kube_uid(object)),
        .namespace = lat_arena_strdup(call->arena, lat_kube_namespace(object)),
        .name = lat_arena_strdup(call->arena, lat_kube_name(object)),
        .is_gone = is_gone,
        .is_foreground = lat_kube_has_finalizer(object, SIM_KUBE_FOREGROUND_FINALIZER),
    };
    json_array_foreach(lat_kube_owner_references(object), index, reference)
        *LAT_ARENA_PUSH(call->arena, owners, departure->owner_count) =
            lat_arena_strdup(call->arena, lat_json_string_at(reference, "uid", ""));
    departure->owners = owners;
    if (call->last_departure == NULL)
        call->departures = departure;
    else
        call->last_departure->next = departure;
    call->last_departure = departure;
}

void sim_kube_mark(struct sim_kube_call *call, const struct lat_kube_kind *kind, json_t *object)
{
    char time[LAT_TIME_TEXT_BYTES];
    json_t *metadata = lat_kube_metadata_set(object);
    lat_json_set_string(metadata, "deletionTimestamp", lat_time_format_seconds(call->now_ms, time));
    json_object_set_new(metadata, "deletionGracePeriodSeconds", json_integer(0));
    if (kind->has_generation)
        json_object_set_new(metadata, "generation", json_integer(lat_kube_generation(object) + 1));
    sim_kube_note_departure(call, kind, object, false);
}

int sim_kube_remove(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                    const struct sim_kube_object *row, json_t *object)
{
    struct sim_store *store = call->kube->sim->store;
    struct sim_kube_object last = *row;
    if (sim_store_kube_version(store, &last.version) < 0)
        return -1;
    last.version++;
    call->kube->definitions_changed |= sim_kube_is_definition(kind);
    call->kube->is_followed |= call->kube->follows(kind);
    sim_kube_note_departure(call, kind, object, true);
    lat_kube_resource_version_set(object, last.version);
    last.body = lat_json_text(call->arena, object);
    return sim_store_kube_delete(store, &last, row->body);
}

void sim_kube_finalizer_add(json_t *object, const char *finalizer)
{
    json_t *metadata = lat_kube_metadata_set(object);
    if (lat_kube_has_finalizer(object, finalizer))
        return;
    if (!json_is_array(json_object_get(metadata, "finalizers")))
        json_object_set_new(metadata, "finalizers", json_array());
    json_array_append_new(json_object_get(metadata, "finalizers"), json_string(finalizer));
}

int sim_kube_finalizer_remove(struct sim_kube_call *call, const struct lat_kube_kind *kind,
                              const struct sim_kube_object *row, json_t *object,
                              const char *finalizer)
{
    json_t *metadata = lat_kube_metadata_set(object);
    json_t *finalizers = json_object_get(metadata, "finalizers");
    for (size_t i = json_array_size(finalizers); i > 0; i--)
        if (lat_text_eq(json_string_value(json_array_get(finalizers, i - 1)), finalizer))
            json_array_remove(finalizers, i - 1);
    if (json_array_size(finalizers) > 0)
        return sim_kube_store(call, kind, row, object);
    json_object_del(metadata, "finalizers");
    return sim_kube_remove(call, kind, row, object);
}
