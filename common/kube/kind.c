/* Reading a kind's document; see kind.h. */
#include "common/kube/kind.h"

#include "common/base/json.h"
#include "common/base/lat_limits.h"
#include "common/base/text.h"

/* The value with every {"$ref": …} replaced; NULL when one names nothing or goes round in circles.
 */
static json_t *resolved_new(const json_t *value, const json_t *definitions, int levels)
{
    if (levels < 0)
        return NULL;
    if (!json_is_object(value) && !json_is_array(value))
        return lat_json_copy_new(value);
    const json_t *definition = json_object_get(definitions, lat_json_string_at(value, "$ref", ""));
    bool is_reference = json_object_get(value, "$ref") != NULL;
    LAT_AUTO(lat_json_decrefp)
    json_t *copy = json_is_array(value) ? json_array()
                   : is_reference       ? resolved_new(definition, definitions, levels - 1)
                                        : json_object();
    const char *name;
    json_t *member;
    size_t index;
    json_object_foreach(lat_json_iterable(value), name, member) {
        if (lat_text_eq(name, "$ref"))
            continue;
        json_t *resolved = resolved_new(member, definitions, levels - 1);
        if (resolved == NULL || copy == NULL || json_object_set_new(copy, name, resolved) < 0)
            return NULL;
    }
    json_array_foreach(lat_json_iterable(value), index, member) {
        json_t *resolved = resolved_new(member, definitions, levels - 1);
        if (resolved == NULL || json_array_append_new(copy, resolved) < 0)
            return NULL;
    }
    return LAT_TAKE(copy);
}

static struct lat_kube_names read_names(struct lat_arena *arena, const json_t *list)
{
    struct lat_kube_names names = {0};
    size_t index;
    json_t *name;
    json_array_foreach(lat_json_iterable(list), index, name)
        *LAT_ARENA_PUSH(arena, names.items, names.count) =
            lat_arena_strdup(arena, lat_text_or_empty(json_string_value(name)));
    return names;
}

static void read_columns(struct lat_arena *arena, const json_t *list,
                         struct lat_kube_version *version)
{
    size_t index;
    json_t *item;
    json_array_foreach(lat_json_iterable(list), index, item) {
        struct lat_kube_column *column =
            LAT_ARENA_PUSH(arena, version->columns, version->column_count);
        *column = (struct lat_kube_column){
            .name = lat_json_string_at(item, "name", ""),
            .type = lat_json_string_at(item, "type", "string"),
            .format = lat_json_string_at(item, "format", ""),
            .description = lat_json_string_at(item, "description", ""),
            .priority = lat_json_int_at(item, "priority", 0),
            .json_path = lat_json_string_at(item, "jsonPath", ""),
            .cell = lat_json_string_at(item, "cell", ""),
            .none = lat_json_string_at(item, "none", ""),
        };
    }
}

/* document[name] of the version, else of the whole kind (a short form of our own files). */
static json_t *own_or_shared(const json_t *item, const char *name, const json_t *document,
                             const char *shared_name)
{
    json_t *own = json_object_get(item, name);
    return own != NULL ? own : json_object_get(document, shared_name);
}

static int read_version(struct lat_kube_kind *kind, const json_t *item, bool is_own,
                        struct lat_err *reterr)
{
    struct lat_kube_version *version =
        LAT_ARENA_PUSH(kind->arena, kind->versions, kind->version_count);
    version->name = lat_json_string_at(item, "name", "");
    version->is_served = lat_json_bool_at(item, "served", true);
    version->is_storage = lat_json_bool_at(item, "storage", false);
    version->has_status = lat_json_at(item, "subresources.status") != NULL ||
                          lat_json_bool_at(kind->document, "status", false);
    version->subresources = json_object_get(item, "subresources");
    read_columns(kind->arena,
                 own_or_shared(item, "additionalPrinterColumns", kind->document, "columns"),
                 version);
    json_t *schema = lat_json_at(item, "schema.openAPIV3Schema");
    if (schema == NULL)
        schema = json_object_get(kind->document, "schema");
    if (schema == NULL)
        return lat_err_input(reterr, "spec.versions[%zu].schema: Required value",
                             kind->version_count - 1);
    if (is_own)
        version->schema = lat_kube_schema_later(schema);
    else if (lat_kube_schema_new(schema, &version->schema, reterr) < 0)
        return lat_err_prefix(reterr, "spec.versions[%zu].schema", kind->version_count - 1);
    return 0;
}

static int read_kind(struct lat_kube_kind *kind, bool is_own, struct lat_err *reterr)
{
    const json_t *document = kind->document;
    kind->group = lat_json_string_at(document, "group", "");
    kind->kind = lat_json_string_at(document, "names.kind", "");
    kind->plural = lat_json_string_at(document, "names.plural", "");
    if (kind->kind[0] == '\0' || kind->plural[0] == '\0')
        return lat_err_input(reterr, "spec.names: kind and plural are required");
    kind->list_kind = lat_json_string_at(document, "names.listKind",
                                         lat_arena_printf(kind->arena, "%sList", kind->kind));
    kind->singular = lat_json_string_at(document, "names.singular", "");
    kind->resource = kind->group[0] == '\0'
                         ? kind->plural
                         : lat_arena_printf(kind->arena, "%s.%s", kind->plural, kind->group);
    kind->short_names = read_names(kind->arena, lat_json_at(document, "names.shortNames"));
    kind->categories = read_names(kind->arena, lat_json_at(document, "names.categories"));
    kind->is_namespaced = lat_text_eq(lat_json_string_at(document, "scope", ""), "Namespaced");
    kind->is_builtin = lat_json_bool_at(document, "builtin", false);
    kind->has_generation = lat_json_bool_at(document, "generation", !kind->is_builtin);
    kind->name_form =
        lat_kube_name_form_parse(lat_json_string_at(document, "nameForm", "subdomain"));
    if (kind->name_form == LAT_KUBE_NAME_FORM_COUNT)
        return lat_err_input(reterr, "nameForm: not the name of a form");
    size_t index;
    json_t *item;
    json_array_foreach(json_object_get(document, "versions"), index, item)
        if (read_version(kind, item, is_own, reterr) < 0)
            return -1;
    if (lat_kube_kind_storage_version(kind) == NULL)
        return lat_err_input(reterr, "spec.versions: exactly one must be the storage version");
    return 0;
}

int lat_kube_kind_new(const json_t *spec, const json_t *definitions,
                      struct lat_kube_kind **ret_kind, struct lat_err *reterr)
{
    json_t *document = resolved_new(spec, definitions, LAT_JSON_DEPTH_MAX);
    if (document == NULL)
        return lat_err_input(reterr, "a $ref names no definition");
    struct lat_arena *arena = lat_arena_new();
    struct lat_kube_kind *kind = LAT_NEW(arena, struct lat_kube_kind);
    kind->arena = arena;
    kind->document = document;
    bool is_own = definitions != NULL;
    if (read_kind(kind, is_own, reterr) < 0) {
        lat_kube_kind_free(kind);
        return -1;
    }
    *ret_kind = kind;
    return 0;
}

struct lat_kube_kind *lat_kube_kind_free(struct lat_kube_kind *kind)
{
    if (kind == NULL)
        return NULL;
    for (size_t i = 0; i < kind->version_count; i++)
        lat_kube_schema_free(kind->versions[i].schema);
    json_decref(kind->document);
    lat_arena_free(kind->arena);
    return NULL;
}

const struct lat_kube_version *lat_kube_kind_version(const struct lat_kube_kind *kind,
                                                     const char *name)
{
    for (size_t i = 0; i < kind->version_count; i++)
        if (lat_text_eq(kind->versions[i].name, name))
            return &kind->versions[i];
    return NULL;
}

const struct lat_kube_version *lat_kube_kind_storage_version(const struct lat_kube_kind *kind)
{
    for (size_t i = 0; i < kind->version_count; i++)
        if (kind->versions[i].is_storage)
            return &kind->versions[i];
    return NULL;
}

const char *lat_kube_kind_api_version(struct lat_arena *arena, const struct lat_kube_kind *kind,
                                      const struct lat_kube_version *version)
{
    return kind->group[0] == '\0' ? version->name
                                  : lat_arena_concat(arena, kind->group, "/", version->name, NULL);
}
