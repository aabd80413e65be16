/* CustomResourceDefinitions at run time: their status and the kinds that they install. The stored
 * definitions are the truth; the kinds in memory follow them after each commit that touched one. */
#include "simulator/kubernetes/objects/objects.h"

#include "common/base/text.h"
#include "common/kube/definition.h"
#include "common/kube/object.h"

#include <inttypes.h>
#include <string.h>

/* The kind of our own files that a definition describes once more, or NULL. */
static const struct lat_kube_kind *own_kind(const struct sim_kube *kube, const char *resource)
{
    const struct lat_kube_kind *kind = sim_kube_kind_of(kube, resource);
    return kind == NULL || kind->origin != NULL ? NULL : kind;
}

/* --- status ----------------------------------------------------------------------------------- */

static void fill_names(struct lat_arena *arena, json_t *definition)
{
    json_t *names = lat_json_at(definition, "spec.names");
    const char *kind = lat_json_string_at(names, "kind", "");
    if (!json_is_object(names) || kind[0] == '\0')
        return;
    if (lat_json_string_at(names, "singular", "")[0] == '\0') {
        char *singular = lat_arena_strdup(arena, kind);
        for (char *p = singular; *p != '\0'; p++)
            if (*p >= 'A' && *p <= 'Z')
                *p = (char)(*p - 'A' + 'a');
        lat_json_set_string(names, "singular", singular);
    }
    if (lat_json_string_at(names, "listKind", "")[0] == '\0')
        lat_json_set_string(names, "listKind", lat_arena_printf(arena, "%sList", kind));
}

struct condition {
    const char *type, *status, *reason, *message;
};

static void set_condition(struct sim_kube_call *call, json_t *conditions,
                          const struct condition *condition)
{
    char now[LAT_TIME_TEXT_BYTES];
    lat_kube_condition_set(conditions, condition->type, condition->status, condition->reason,
                           condition->message, lat_time_format_seconds(call->now_ms, now));
}

/* Who else of the group has the plural or the kind; NULL when the names are free. */
static const struct lat_kube_kind *find_conflict(const struct sim_kube *kube,
                                                 const json_t *definition)
{
    const char *plural = lat_json_string_at(definition, "spec.names.plural", "");
    const char *kind_name = lat_json_string_at(definition, "spec.names.kind", "");
    const char *group = lat_json_string_at(definition, "spec.group", "");
    for (size_t i = 0; i < kube->kinds->count; i++) {
        const struct lat_kube_kind *kind = kube->kinds->items[i];
        if (lat_text_eq(kind->group, group) && !lat_text_eq(kind->plural, plural) &&
            (lat_text_eq(kind->kind, kind_name) || lat_text_eq(kind->singular, plural)))
            return kind;
    }
    return NULL;
}

static void set_established(struct sim_kube_call *call, json_t *conditions,
                            const json_t *definition)
{
    const struct lat_kube_kind *other = find_conflict(call->kube, definition);
    const char *name = lat_json_string_at(definition, "spec.names.kind", "");
    const struct condition accepted = {"NamesAccepted", "True", "NoConflicts",
                                       "no conflicts found"};
    const struct condition established = {"Established", "True", "InitialNamesAccepted",
                                          "the initial names have been accepted"};
    const struct condition conflict = {
        "NamesAccepted", "False", "KindConflict",
        lat_arena_printf(call->arena, "\"%s\" is already in use", name)};
    const struct condition not_accepted = {"Established", "False", "NotAccepted",
                                           "not all names are accepted"};
    set_condition(call, conditions, other == NULL ? &accepted : &conflict);
    if (other == NULL)
        set_condition(call, conditions, &established);
    else if (lat_kube_condition(conditions, "Established") == NULL)
        set_condition(call, conditions, &not_accepted);
}

static void remove_condition(json_t *conditions, const char *type)
{
    for (size_t i = json_array_size(conditions); i > 0; i--)
        if (lat_text_eq(lat_json_string_at(json_array_get(conditions, i - 1), "type", ""), type))
            json_array_remove(conditions, i - 1);
}

/* Warns of what is stored and not acted upon, and says it in the status, for whoever looks later
 * (chosen: a real cluster has no such condition). */
static void tell_unsupported(struct sim_kube_call *call, json_t *conditions,
                             const json_t *definition)
{
    struct lat_kube_unsupported *items = NULL;
    size_t count = 0;
    const char *message = "";
    lat_kube_definition_unsupported(call->arena, definition, &items, &count);
    for (size_t i = 0; i < count; i++) {
        sim_kube_warn(call, items[i].summary);
        message = lat_arena_printf(call->arena, "%s%s%s\n%s", message, i == 0 ? "" : "\n",
                                   items[i].summary, items[i].details);
    }
    if (own_kind(call->kube, lat_kube_name(definition)) != NULL) {
        const char *own = lat_arena_printf(
            call->arena, "%s is built in: the schema that comes with this server stays in force",
            lat_json_string_at(definition, "spec.names.kind", ""));
        sim_kube_warn(call, own);
        message = lat_arena_printf(call->arena, "%s%s%s", message, count == 0 ? "" : "\n", own);
    }
    if (message[0] == '\0')
        remove_condition(conditions, "Unsupported");
    else
        set_condition(call, conditions,
                      &(struct condition){"Unsupported", "True", "NotEvaluated", message});
}

/* Every version that was ever the storage version. */
static void store_versions(json_t *status, const json_t *definition)
{
    size_t index, v;
    json_t *version, *stored = json_object_get(status, "storedVersions");
    if (!json_is_array(stored)) {
        stored = json_array();
        json_object_set_new(status, "storedVersions", stored);
    }
    json_array_foreach(lat_json_at(definition, "spec.versions"), index, version) {
        const char *name = lat_json_string_at(version, "name", "");
        bool known = !lat_json_bool_at(version, "storage", false);
        for (v = 0; v < json_array_size(stored); v++)
            known |= lat_text_eq(json_string_value(json_array_get(stored, v)), name);
        if (!known)
            json_array_append_new(stored, json_string(name));
    }
}

void sim_kube_definition_default(struct sim_kube_call *call, json_t *definition)
{
    if (!json_is_object(json_object_get(definition, "spec")))
        return; /* the schema refuses it */
    fill_names(call->arena, definition);
    json_t *status = json_object_get(definition, "status");
    if (!json_is_object(status)) {
        status = json_object();
        json_object_set_new(definition, "status", status);
    }
    json_t *conditions = json_object_get(status, "conditions");
    if (!json_is_array(conditions)) {
        conditions = json_array();
        json_object_set_new(status, "conditions", conditions);
    }
    set_established(call, conditions, definition);
    tell_unsupported(call, conditions, definition);
    store_versions(status, definition);
    if (lat_text_eq(
            lat_json_string_at(lat_kube_condition(conditions, "NamesAccepted"), "status", ""),
            "True"))
        json_object_set_new(status, "acceptedNames",
                            lat_json_copy_new(lat_json_at(definition, "spec.names")));
}

/* --- kinds ------------------------------------------------------------------------------------ */

static bool is_established(const json_t *definition)
{
    const json_t *established =
        lat_kube_condition(lat_json_at(definition, "status.conditions"), "Established");
    return lat_text_eq(lat_json_string_at(established, "status", ""), "True");
}

static struct lat_kube_kind *find_origin(const struct sim_kube *kube, const char *origin)
{
    for (size_t i = 0; i < kube->kinds->count; i++)
        if (lat_text_eq(kube->kinds->items[i]->origin, origin))
            return kube->kinds->items[i];
    return NULL;
}

/* Removes the installed kinds whose definition is not among origins, and ends their watches. */
static void remove_others(struct sim_kube *kube, const json_t *origins)
{
    for (size_t i = kube->kinds->count; i > 0; i--) {
        const struct lat_kube_kind *kind = kube->kinds->items[i - 1];
        if (kind->origin == NULL || json_object_get(origins, kind->origin) != NULL)
            continue;
        sim_kube_watch_end_kind(kube, kind);
        lat_kube_kinds_remove(kube->kinds, i - 1);
    }
}

static int install(struct sim_kube *kube, const json_t *definition, const char *origin)
{
    struct lat_kube_kind *kind = NULL;
    struct lat_err err;
    if (lat_kube_kind_new(json_object_get(definition, "spec"), NULL, &kind, &err) < 0) {
        lat_log_write(kube->sim->log, LAT_LOG_ERROR, "kubernetes: definition \"%s\": %s",
                      lat_kube_name(definition), err.message);
        return -1;
    }
    kind->origin = lat_arena_strdup(kind->arena, origin);
    lat_kube_kinds_add(kube->kinds, kind);
    return 0;
}

static int install_all(struct sim_kube *kube, struct lat_arena *arena, json_t *definitions,
                       json_t *origins)
{
    const char *origin;
    json_t *definition;
    int result = 0;
    size_t index;
    json_array_foreach(definitions, index, definition) {
        origin = lat_arena_printf(arena, "%s/%" PRId64, lat_kube_uid(definition),
                                  lat_kube_generation(definition));
        bool is_ours = own_kind(kube, lat_kube_name(definition)) != NULL;
        if (is_established(definition) && !is_ours)
            json_object_set(origins, origin, definition);
    }
    remove_others(kube, origins);
    json_object_foreach(origins, origin, definition)
        if (find_origin(kube, origin) == NULL && install(kube, definition, origin) < 0)
            result = -1;
    return result;
}

int sim_kube_definitions_load(struct sim_kube *kube)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct sim_kube_object *rows = NULL;
    size_t count = 0;
    kube->definitions_changed = false;
    if (sim_store_kube_list(kube->sim->store, arena, SIM_KUBE_DEFINITIONS, NULL,
                            (struct sim_kube_cursor){"", ""}, -1, &rows, &count) < 0)
        return -1;
    LAT_AUTO(lat_json_decrefp) json_t *definitions = json_array();
    LAT_AUTO(lat_json_decrefp) json_t *origins = json_object();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(definitions, sim_kube_stored_new(rows[i].body));
    return install_all(kube, arena, definitions, origins);
}

int sim_kube_check_definition(struct sim_kube_call *call)
{
    const struct lat_kube_kind *definitions = sim_kube_kind_of(call->kube, SIM_KUBE_DEFINITIONS);
    struct sim_kube_object *row = NULL;
    if (call->request.kind->is_builtin)
        return 0;
    if (sim_kube_find(call, definitions, "", call->request.kind->resource, &row) < 0)
        return -1;
    if (row == NULL || strstr(row->body, "\"deletionTimestamp\"") == NULL)
        return 0;
    LAT_AUTO(lat_json_decrefp) json_t *definition = sim_kube_stored_new(row->body);
    if (!lat_kube_is_terminating(definition))
        return 0;
    return sim_kube_refuse(call, SIM_KUBE_METHOD_NOT_ALLOWED,
                           "create not allowed while custom resource definition is terminating");
}
