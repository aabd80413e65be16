/* Managers of fields; see managed.h. The rules are those of kube-apiserver's field manager
 * (documented, and observed for the order of entries). */
#include "common/kube/managed.h"

#include "common/base/json.h"
#include "common/base/lat_limits.h"
#include "common/base/text.h"
#include "common/kube/object.h"

#include <stdlib.h>
#include <string.h>

#define OLD_UPDATES "ancient-changes" /* the manager that the oldest updates are put down to */
#define BEFORE      "before-first-apply"

static const char *text_of(const json_t *entry, const char *name)
{
    return lat_text_or_empty(json_string_value(json_object_get(entry, name)));
}

static bool is_apply(const json_t *entry)
{
    return lat_text_eq(text_of(entry, "operation"), "Apply");
}

static const json_t *fields_of(const json_t *entry)
{
    return json_object_get(entry, "fieldsV1");
}

bool lat_kube_managed_is_valid(const json_t *entries)
{
    size_t index;
    json_t *entry;
    if (!json_is_array(entries))
        return false;
    json_array_foreach(lat_json_iterable(entries), index, entry) {
        bool is_update = lat_text_eq(text_of(entry, "operation"), "Update");
        if ((!is_update && !is_apply(entry)) || !lat_kube_fields_is_set(fields_of(entry)) ||
            text_of(entry, "apiVersion")[0] == '\0')
            return false;
    }
    return true;
}

/* One manager has one entry for what it applied, and one for each version of what it updated. */
static bool is_entry_of(const json_t *entry, const struct lat_kube_manager *who)
{
    return is_apply(entry) == who->is_apply && lat_text_eq(text_of(entry, "manager"), who->name) &&
           lat_text_eq(text_of(entry, "subresource"), who->subresource) &&
           (who->is_apply || lat_text_eq(text_of(entry, "apiVersion"), who->api_version));
}

static json_t *entry_of(const json_t *entries, const struct lat_kube_manager *who)
{
    size_t index;
    json_t *entry;
    json_array_foreach(lat_json_iterable(entries), index, entry)
        if (is_entry_of(entry, who))
            return entry;
    return NULL;
}

static json_t *entry_new(const struct lat_kube_manager *who, const json_t *fields)
{
    json_t *entry = json_object();
    lat_json_set_string(entry, "manager", who->name);
    lat_json_set_string(entry, "operation", who->is_apply ? "Apply" : "Update");
    lat_json_set_string(entry, "apiVersion", who->api_version);
    lat_json_set_string(entry, "time", who->time);
    lat_json_set_string(entry, "fieldsType", "FieldsV1");
    json_object_set_new(entry, "fieldsV1", lat_kube_fields_sorted_new(fields));
    if (who->subresource[0] != '\0')
        lat_json_set_string(entry, "subresource", who->subresource);
    return entry;
}

static json_t *with_fields_new(const json_t *entry, const json_t *fields)
{
    json_t *copy = json_copy(lat_json_iterable(entry));
    json_object_set_new(copy, "fieldsV1", lat_kube_fields_sorted_new(fields));
    return copy;
}

/* --- order and number ------------------------------------------------------------------------- */

/* Applies before updates, then by time, manager, version and subresource. */
static int compare_entries(const void *left_slot, const void *right_slot)
{
    static const char *const names[] = {"operation", "time", "manager", "apiVersion",
                                        "subresource"};
    const json_t *left = *(json_t *const *)left_slot, *right = *(json_t *const *)right_slot;
    int order = 0;
    for (size_t i = 0; i < LAT_COUNT(names) && order == 0; i++)
        order = strcmp(text_of(left, names[i]), text_of(right, names[i]));
    return order;
}

static json_t *sorted_new(struct lat_arena *arena, const json_t *entries)
{
    json_t **items = NULL;
    size_t count = 0, index;
    json_t *entry, *sorted = json_array();
    json_array_foreach(lat_json_iterable(entries), index, entry)
        *LAT_ARENA_PUSH(arena, items, count) = entry;
    if (count > 1)
        qsort(items, count, sizeof(json_t *), compare_entries);
    for (size_t i = 0; i < count; i++)
        json_array_append(sorted, items[i]);
    return sorted;
}

/* The oldest update of sorted entries is put down to OLD_UPDATES. */
static void merge_oldest(json_t *entries, size_t oldest)
{
    json_t *entry = json_array_get(entries, oldest);
    struct lat_kube_manager who = {
        .name = OLD_UPDATES,
        .subresource = "",
        .api_version = text_of(entry, "apiVersion"),
        .time = text_of(entry, "time"),
    };
    json_t *bucket = entry_of(entries, &who);
    LAT_AUTO(lat_json_decrefp)
    json_t *fields = lat_kube_fields_union_new(fields_of(bucket), fields_of(entry));
    LAT_AUTO(lat_json_decrefp) json_t *merged = entry_new(&who, fields);
    json_array_set(entries, oldest, merged);
    for (size_t i = json_array_size(entries); bucket != NULL && i-- > 0;)
        if (json_array_get(entries, i) == bucket)
            json_array_remove(entries, i);
}

/* Sorted, and with at most LAT_KUBE_UPDATERS_MAX updates (as kube-apiserver, documented). */
static json_t *finished_new(struct lat_arena *arena, const json_t *entries)
{
    json_t *sorted = sorted_new(arena, entries);
    size_t updates = 0, index;
    json_t *entry;
    json_array_foreach(sorted, index, entry)
        updates += !is_apply(entry);
    while (updates > LAT_KUBE_UPDATERS_MAX) {
        size_t oldest = json_array_size(sorted) - updates;
        if (lat_text_eq(text_of(json_array_get(sorted, oldest), "manager"), OLD_UPDATES))
            oldest++;
        merge_oldest(sorted, oldest);
        size_t left = 0;
        json_array_foreach(sorted, index, entry)
            left += !is_apply(entry);
        if (left == updates)
            break; /* every one of them is a bucket of its own version by now */
        updates = left;
    }
    return sorted;
}

/* --- update ----------------------------------------------------------------------------------- */

/* The entries of the others without what changed or is gone, and own (may be NULL) among them. */
static json_t *others_new(const json_t *entries, const struct lat_kube_manager *who,
                          const json_t *changed, const json_t *removed)
{
    json_t *others = json_array();
    size_t index;
    json_t *entry;
    json_array_foreach(lat_json_iterable(entries), index, entry) {
        if (is_entry_of(entry, who))
            continue;
        LAT_AUTO(lat_json_decrefp)
        json_t *kept = lat_kube_fields_minus_new(fields_of(entry), removed);
        LAT_AUTO(lat_json_decrefp) json_t *left = lat_kube_fields_minus_new(kept, changed);
        if (json_object_size(left) == 0)
            continue;
        if (json_equal(left, fields_of(entry)))
            json_array_append(others, entry);
        else
            json_array_append_new(others, with_fields_new(entry, left));
    }
    return others;
}

json_t *lat_kube_managed_update_new(struct lat_arena *arena, const struct lat_kube_manager *who,
                                    const json_t *schema, const json_t *entries, const json_t *old,
                                    const json_t *object)
{
    LAT_AUTO(lat_json_decrefp) json_t *changed = NULL;
    LAT_AUTO(lat_json_decrefp) json_t *removed = NULL;
    lat_kube_fields_compare(arena, schema, old, object, &changed, &removed);
    if (json_object_size(changed) + json_object_size(removed) == 0)
        return entries == NULL ? json_array() : json_copy(lat_json_iterable(entries));
    LAT_AUTO(lat_json_decrefp) json_t *next = others_new(entries, who, changed, removed);
    const json_t *own = entry_of(entries, who);
    LAT_AUTO(lat_json_decrefp) json_t *kept = lat_kube_fields_minus_new(fields_of(own), removed);
    LAT_AUTO(lat_json_decrefp) json_t *fields = lat_kube_fields_union_new(kept, changed);
    if (json_object_size(changed) > 0)
        json_array_append_new(next, entry_new(who, fields));
    else if (json_object_size(fields) > 0)
        json_array_append_new(next, with_fields_new(own, fields));
    return finished_new(arena, next);
}

/* --- apply ------------------------------------------------------------------------------------ */

struct application {
    struct lat_arena *arena;
    const struct lat_kube_manager *who;
    const json_t *schema;
    const json_t *entries;
    const json_t *live;
};

static const char *shown_manager(struct lat_arena *arena, const json_t *entry)
{
    const char *text = lat_arena_printf(arena, "\"%s\"", text_of(entry, "manager"));
    if (text_of(entry, "subresource")[0] != '\0')
        text = lat_arena_printf(arena, "%s with subresource \"%s\"", text,
                                text_of(entry, "subresource"));
    return is_apply(entry)
               ? text
               : lat_arena_printf(arena, "%s using %s", text, text_of(entry, "apiVersion"));
}

static int compare_conflicts(const void *left, const void *right)
{
    const struct lat_kube_conflict *one = left, *other = right;
    int order = strcmp(one->manager, other->manager);
    return order != 0 ? order : strcmp(one->path, other->path);
}

/* What others own of the changed fields, allowed ones (may be NULL) left out. */
static struct lat_kube_conflicts find_conflicts(const struct application *application,
                                                const json_t *changed, const json_t *allowed)
{
    struct lat_kube_conflicts conflicts = {0};
    size_t index;
    json_t *entry;
    json_array_foreach(lat_json_iterable(application->entries), index, entry) {
        if (is_entry_of(entry, application->who))
            continue;
        LAT_AUTO(lat_json_decrefp)
        json_t *common = lat_kube_fields_common_new(fields_of(entry), changed);
        LAT_AUTO(lat_json_decrefp) json_t *left = lat_kube_fields_minus_new(common, allowed);
        const char **paths = NULL;
        size_t count = 0;
        lat_kube_fields_paths(application->arena, left, &paths, &count);
        for (size_t i = 0; i < count; i++)
            *LAT_ARENA_PUSH(application->arena, conflicts.items, conflicts.count) =
                (struct lat_kube_conflict){shown_manager(application->arena, entry), paths[i]};
    }
    if (conflicts.count > 1)
        qsort(conflicts.items, conflicts.count, sizeof *conflicts.items, compare_conflicts);
    return conflicts;
}

/* kubectl's server-side apply may take over what its client-side apply wrote: fields of the last
 * configuration, as the annotation has it, that still are as it says. */
static json_t *last_applied_new(const struct application *application)
{
    const char *text =
        lat_kube_annotation(application->live, "kubectl.kubernetes.io/last-applied-configuration");
    if (!lat_text_eq(application->who->name, "kubectl") || text == NULL)
        return NULL;
    LAT_AUTO(lat_json_decrefp) json_t *last = lat_json_parse_new(text, strlen(text), NULL);
    if (!json_is_object(last))
        return NULL;
    LAT_AUTO(lat_json_decrefp)
    json_t *fields = lat_kube_fields_of_new(application->arena, application->schema, last);
    LAT_AUTO(lat_json_decrefp) json_t *changed = NULL;
    LAT_AUTO(lat_json_decrefp) json_t *removed = NULL;
    lat_kube_fields_compare(application->arena, application->schema, last, application->live,
                            &changed, &removed);
    LAT_AUTO(lat_json_decrefp) json_t *same = lat_kube_fields_minus_new(fields, changed);
    return lat_kube_fields_minus_new(same, removed);
}

/* merged without what was applied before and is no longer, where nobody else owns it. */
static json_t *pruned_new(const struct application *application, const json_t *merged,
                          const json_t *last, const json_t *fields)
{
    /* Whoever applies names the object, and so keeps its metadata. */
    LAT_AUTO(lat_json_decrefp) json_t *name = json_pack("{s:{s:{}}}", "f:metadata", "f:name");
    LAT_AUTO(lat_json_decrefp) json_t *owned = lat_kube_fields_union_new(fields, name);
    size_t index;
    json_t *entry;
    json_array_foreach(lat_json_iterable(application->entries), index, entry) {
        if (is_entry_of(entry, application->who))
            continue;
        json_t *more = lat_kube_fields_union_new(owned, fields_of(entry));
        json_decref(owned);
        owned = more;
    }
    LAT_AUTO(lat_json_decrefp) json_t *last_named = lat_kube_fields_named_new(last);
    LAT_AUTO(lat_json_decrefp) json_t *owned_named = lat_kube_fields_named_new(owned);
    LAT_AUTO(lat_json_decrefp) json_t *gone = lat_kube_fields_minus_new(last_named, owned_named);
    return lat_kube_fields_without_new(application->arena, application->schema, merged, gone);
}

/* An object that nobody managed so far: what it has is put down to a manager of the past. */
static json_t *entries_before_new(struct lat_arena *arena, const struct lat_kube_manager *who,
                                  const json_t *schema, const json_t *entries, const json_t *live)
{
    struct lat_kube_manager before = {BEFORE, "", who->api_version, who->time, false};
    if (json_array_size(entries) > 0)
        return json_copy(lat_json_iterable(entries));
    return json_object_size(live) == 0
               ? json_array()
               : lat_kube_managed_update_new(arena, &before, schema, NULL, NULL, live);
}

/* The entries once who has applied fields: its own, and the others without what changed hands. */
static json_t *entries_after_new(const struct application *application, const json_t *fields,
                                 const json_t *changed, const json_t *removed)
{
    const struct lat_kube_manager *who = application->who;
    const json_t *own = entry_of(application->entries, who);
    LAT_AUTO(lat_json_decrefp)
    json_t *entries = others_new(application->entries, who, changed, removed);
    bool is_same = own != NULL && json_equal(fields_of(own), fields) &&
                   lat_text_eq(text_of(own, "apiVersion"), who->api_version) &&
                   json_object_size(changed) + json_object_size(removed) == 0;
    json_t *next = is_same ? lat_json_copy_new(own) : entry_new(who, fields);
    json_array_append_new(entries, next);
    return finished_new(application->arena, entries);
}

int lat_kube_managed_apply(struct lat_arena *arena, const struct lat_kube_manager *who,
                           const json_t *schema, const json_t *given_entries, const json_t *live,
                           const json_t *config, bool force, json_t **ret_object_new,
                           json_t **ret_entries_new, struct lat_kube_conflicts *ret_conflicts)
{
    LAT_AUTO(lat_json_decrefp)
    json_t *entries = entries_before_new(arena, who, schema, given_entries, live);
    struct application application = {arena, who, schema, entries, live};
    const json_t *last = fields_of(entry_of(entries, who));
    LAT_AUTO(lat_json_decrefp) json_t *fields = lat_kube_fields_of_new(arena, schema, config);
    LAT_AUTO(lat_json_decrefp)
    json_t *merged = lat_kube_fields_merge_new(arena, schema, live, config);
    LAT_AUTO(lat_json_decrefp) json_t *object = pruned_new(&application, merged, last, fields);
    LAT_AUTO(lat_json_decrefp) json_t *changed = NULL;
    LAT_AUTO(lat_json_decrefp) json_t *removed = NULL;
    lat_kube_fields_compare(arena, schema, live, object, &changed, &removed);
    LAT_AUTO(lat_json_decrefp) json_t *allowed = last_applied_new(&application);
    struct lat_kube_conflicts conflicts = find_conflicts(&application, changed, allowed);
    if (!force && conflicts.count > 0) {
        *ret_conflicts = conflicts;
        return -1;
    }
    *ret_entries_new = entries_after_new(&application, fields, changed, removed);
    *ret_object_new = LAT_TAKE(object);
    return 0;
}
