/* Who manages which field: the part of a request in it, and its keeping with every write. The rules
 * themselves are in common/kube/managed.h. */
#include "simulator/kubernetes/objects/objects.h"

#include "common/base/lat_limits.h"
#include "common/base/text.h"
#include "common/kube/managed.h"
#include "common/kube/object.h"

#include <string.h>

/* The program's name: the part of the User-Agent before the first '/' (documented). */
static const char *name_of_agent(struct sim_kube_call *call)
{
    const char *agent = lat_text_or_empty(lat_http_request_header(call->http, "User-Agent"));
    size_t length = strcspn(agent, "/");
    if (length > LAT_KUBE_MANAGER_BYTES_MAX)
        length = LAT_KUBE_MANAGER_BYTES_MAX;
    return length == 0 ? "unknown"
                       : lat_arena_utf8(call->arena, lat_arena_strndup(call->arena, agent, length));
}

struct lat_kube_manager sim_kube_manager(struct sim_kube_call *call, bool is_apply)
{
    const struct sim_kube_request *request = &call->request;
    const char *name = sim_kube_parameter(request, "fieldManager");
    char time[LAT_TIME_TEXT_BYTES];
    return (struct lat_kube_manager){
        .name = lat_text_is_empty(name) ? name_of_agent(call) : name,
        .subresource = request->subresource,
        .api_version = lat_kube_kind_api_version(call->arena, request->kind, request->version),
        .time = lat_arena_strdup(call->arena, lat_time_format_seconds(call->now_ms, time)),
        .is_apply = is_apply,
    };
}

json_t *sim_kube_whole_schema_new(const struct sim_kube_call *call)
{
    json_t *schema = json_copy(lat_kube_schema_document(call->request.version->schema));
    json_t *properties = json_copy(json_object_get(schema, "properties"));
    if (properties == NULL)
        properties = json_object();
    json_object_set(properties, "metadata", lat_kube_schema_document(call->kube->kinds->metadata));
    json_object_set_new(schema, "properties", properties);
    return schema;
}

/* [{}] asks to forget all managers (documented). */
static bool is_reset(const json_t *entries)
{
    return json_array_size(entries) == 1 && json_is_object(json_array_get(entries, 0)) &&
           json_object_size(json_array_get(entries, 0)) == 0;
}

static json_t *entries_of(const json_t *object)
{
    return json_object_get(json_object_get(object, "metadata"), "managedFields");
}

/* The object as far as the addressed resource owns it: nobody manages status through the main
 * resource (documented). */
static json_t *owned_new(const struct sim_kube_call *call, const json_t *object)
{
    json_t *owned = json_copy(lat_json_iterable(object));
    if (call->request.version->has_status && !sim_kube_is_status(&call->request))
        json_object_del(owned, "status");
    return owned;
}

static json_t *without_new(const json_t *object, const char *name)
{
    json_t *copy = json_copy(lat_json_iterable(object));
    json_object_del(copy, name);
    return copy;
}

static bool has_entry(const json_t *entries, const json_t *wanted)
{
    size_t index;
    json_t *entry;
    json_array_foreach(lat_json_iterable(entries), index, entry) {
        LAT_AUTO(lat_json_decrefp) json_t *timeless = without_new(entry, "time");
        if (json_equal(timeless, wanted))
            return true;
    }
    return false;
}

/* Whether a write leaves all as it was except for the times of its managers. Such a write is none:
 * it keeps the times, too (documented). */
static bool changes_times_alone(const json_t *object, const json_t *old, const json_t *entries)
{
    LAT_AUTO(lat_json_decrefp) json_t *after = without_new(object, "metadata");
    LAT_AUTO(lat_json_decrefp) json_t *before = without_new(old, "metadata");
    LAT_AUTO(lat_json_decrefp)
    json_t *metadata = without_new(json_object_get(object, "metadata"), "managedFields");
    LAT_AUTO(lat_json_decrefp)
    json_t *old_metadata = without_new(json_object_get(old, "metadata"), "managedFields");
    if (json_array_size(entries) != json_array_size(entries_of(old)) ||
        !json_equal(metadata, old_metadata) || !json_equal(after, before))
        return false;
    size_t index;
    json_t *entry;
    json_array_foreach(lat_json_iterable(entries), index, entry) {
        LAT_AUTO(lat_json_decrefp) json_t *timeless = without_new(entry, "time");
        if (!has_entry(entries_of(old), timeless))
            return false;
    }
    return true;
}

void sim_kube_manage(struct sim_kube_call *call, json_t *object, const json_t *old)
{
    json_t *metadata = lat_kube_metadata_set(object);
    json_t *given = entries_of(object);
    LAT_AUTO(lat_json_decrefp) json_t *entries = json_incref(call->applied_entries);
    if (entries == NULL) {
        LAT_AUTO(lat_json_decrefp) json_t *schema = sim_kube_whole_schema_new(call);
        LAT_AUTO(lat_json_decrefp) json_t *before = old == NULL ? NULL : owned_new(call, old);
        LAT_AUTO(lat_json_decrefp) json_t *after = owned_new(call, object);
        struct lat_kube_manager who = sim_kube_manager(call, false);
        const json_t *base = is_reset(given) ? NULL
                             : json_array_size(given) > 0 && lat_kube_managed_is_valid(given)
                                 ? given
                                 : entries_of(old);
        entries = lat_kube_managed_update_new(call->arena, &who, schema, base, before, after);
    }
    if (old != NULL && changes_times_alone(object, old, entries))
        json_object_set(metadata, "managedFields", entries_of(old));
    else if (json_array_size(entries) == 0)
        json_object_del(metadata, "managedFields");
    else
        json_object_set(metadata, "managedFields", entries);
}
