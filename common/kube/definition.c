/* Checking CustomResourceDefinitions; see definition.h. Texts as kube-apiserver words them
 * (observed). */
#include "common/kube/definition.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "common/kube/kind.h"
#include "common/kube/object.h"
#include "common/kube/schema.h"

#include <string.h>

/* Where a schema stands says what it has to name. */
enum place { PLACE_ROOT, PLACE_PROPERTY, PLACE_ITEMS, PLACE_ADDITIONAL, PLACE_COUNT };

static const char *const type_missing[] = {
    [PLACE_ROOT] = "must not be empty at the root",
    [PLACE_PROPERTY] = "must not be empty for specified object fields",
    [PLACE_ITEMS] = "must not be empty for specified array items",
    [PLACE_ADDITIONAL] = "must not be empty for specified object fields",
};
_Static_assert(LAT_COUNT(type_missing) == PLACE_COUNT, "every place has its text");

static const char *below(struct lat_kube_causes *causes, const char *path, const char *name)
{
    return lat_arena_printf(causes->arena, "%s.%s", path, name);
}

/* --- structural schemas ----------------------------------------------------------------------- */

static bool may_lack_type(const json_t *schema)
{
    return lat_json_bool_at(schema, "x-kubernetes-int-or-string", false) ||
           lat_json_bool_at(schema, "x-kubernetes-preserve-unknown-fields", false);
}

static void check_type(const json_t *schema, enum place place, const char *path,
                       struct lat_kube_causes *causes)
{
    const json_t *type = json_object_get(schema, "type");
    const char *word = lat_text_or_empty(json_string_value(type));
    if (word[0] == '\0' && (place == PLACE_ROOT || !may_lack_type(schema)))
        lat_kube_cause_add(causes, LAT_KUBE_REQUIRED, below(causes, path, "type"), NULL, "%s",
                           type_missing[place]);
    else if (place == PLACE_ROOT && !lat_text_eq(word, "object"))
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, below(causes, path, "type"), type, "%s",
                           "must be object at the root");
    if (lat_text_eq(word, "array") && json_object_get(schema, "items") == NULL)
        lat_kube_cause_add(causes, LAT_KUBE_REQUIRED, below(causes, path, "items"), NULL, "%s",
                           "must be specified");
}

static void check_forbidden(const json_t *schema, const char *path, struct lat_kube_causes *causes)
{
    static const struct {
        const char *name, *why;
    } forbidden[] = {
        {"$ref", "$ref is not supported"},
        {"definitions", "definitions is not supported"},
        {"dependencies", "dependencies is not supported"},
        {"patternProperties", "patternProperties is not supported"},
        {"additionalItems", "additionalItems is not supported"},
        {"id", "id is not supported"},
    };
    for (size_t i = 0; i < LAT_COUNT(forbidden); i++)
        if (json_object_get(schema, forbidden[i].name) != NULL)
            lat_kube_cause_add(causes, LAT_KUBE_FORBIDDEN, below(causes, path, forbidden[i].name),
                               NULL, "%s", forbidden[i].why);
    if (lat_json_bool_at(schema, "uniqueItems", false))
        lat_kube_cause_add(causes, LAT_KUBE_FORBIDDEN, below(causes, path, "uniqueItems"), NULL,
                           "%s",
                           "uniqueItems cannot be set to true since the runtime complexity becomes "
                           "quadratic");
    if (json_object_size(json_object_get(schema, "properties")) > 0 &&
        json_object_get(schema, "additionalProperties") != NULL)
        lat_kube_cause_add(causes, LAT_KUBE_FORBIDDEN, below(causes, path, "additionalProperties"),
                           NULL, "%s", "additionalProperties and properties are mutual exclusive");
}

/* allOf, anyOf, oneOf and not may only narrow what stands outside of them. */
static void check_narrowing(const json_t *schema, const char *path, bool may_have_type,
                            struct lat_kube_causes *causes)
{
    static const char *const outside[] = {"type",
                                          "default",
                                          "nullable",
                                          "additionalProperties",
                                          "x-kubernetes-preserve-unknown-fields",
                                          "x-kubernetes-int-or-string",
                                          "x-kubernetes-embedded-resource"};
    for (size_t i = may_have_type; i < LAT_COUNT(outside); i++)
        if (json_object_get(schema, outside[i]) != NULL)
            lat_kube_cause_add(causes, LAT_KUBE_FORBIDDEN, below(causes, path, outside[i]), NULL,
                               "%s", "must be empty to be structural");
}

static void check_junctors(const json_t *schema, const char *path, struct lat_kube_causes *causes)
{
    static const char *const names[] = {"allOf", "anyOf", "oneOf"};
    bool may_have_type = lat_json_bool_at(schema, "x-kubernetes-int-or-string", false);
    for (size_t n = 0; n < LAT_COUNT(names); n++) {
        size_t index;
        json_t *item;
        json_array_foreach(json_object_get(schema, names[n]), index, item)
            check_narrowing(item,
                            lat_arena_printf(causes->arena, "%s.%s[%zu]", path, names[n], index),
                            may_have_type, causes);
    }
    const json_t *negated = json_object_get(schema, "not");
    if (negated != NULL)
        check_narrowing(negated, below(causes, path, "not"), false, causes);
}

/* A default has to obey the schema that it stands in. */
static void check_default(json_t *schema, const char *path, struct lat_kube_causes *causes)
{
    const json_t *value = json_object_get(schema, "default");
    struct lat_kube_schema *compiled = NULL;
    struct lat_err err;
    if (value == NULL || lat_kube_schema_new(schema, &compiled, &err) < 0)
        return; /* what does not compile is told of once, for the whole definition */
    LAT_AUTO(lat_json_decrefp) json_t *filled = lat_json_copy_new(value);
    struct lat_kube_causes found = {.arena = causes->arena};
    lat_kube_schema_default(compiled, filled);
    lat_kube_schema_validate(compiled, filled, &found);
    for (size_t i = 0; i < found.count; i++)
        lat_kube_cause_add(causes, LAT_KUBE_INVALID,
                           lat_arena_printf(causes->arena, "%s.default%s%s", path,
                                            found.items[i].field[0] == '\0' ? "" : ".",
                                            found.items[i].field),
                           value, "%s", found.items[i].message);
    lat_kube_schema_free(compiled);
}

static void check_schema(json_t *schema, enum place place, const char *path,
                         struct lat_kube_causes *causes)
{
    if (!json_is_object(schema)) {
        lat_kube_cause_add(causes, LAT_KUBE_TYPE_INVALID, path, schema, "%s", "must be an object");
        return;
    }
    const char *name;
    json_t *member;
    check_type(schema, place, path, causes);
    check_forbidden(schema, path, causes);
    check_junctors(schema, path, causes);
    check_default(schema, path, causes);
    json_object_foreach(json_object_get(schema, "properties"), name, member) {
        bool is_servers = place == PLACE_ROOT && lat_text_eq(name, "metadata");
        const char *at = lat_arena_printf(causes->arena, "%s.properties[%s]", path, name);
        if (!is_servers)
            check_schema(member, PLACE_PROPERTY, at, causes);
    }
    member = json_object_get(schema, "items");
    if (member != NULL)
        check_schema(member, PLACE_ITEMS, below(causes, path, "items"), causes);
    member = json_object_get(schema, "additionalProperties");
    if (json_is_object(member))
        check_schema(member, PLACE_ADDITIONAL, below(causes, path, "additionalProperties"), causes);
}

/* --- names and versions ----------------------------------------------------------------------- */

static void check_name_form(enum lat_kube_name_form form, const json_t *value, const char *field,
                            struct lat_kube_causes *causes)
{
    const char *problem = lat_kube_name_problem(form, lat_text_or_empty(json_string_value(value)));
    if (problem != NULL)
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, field, value, "%s", problem);
}

static void check_names(const json_t *definition, struct lat_kube_causes *causes)
{
    const char *plural = lat_json_string_at(definition, "spec.names.plural", "");
    const char *group = lat_json_string_at(definition, "spec.group", "");
    const char *expected = lat_arena_printf(causes->arena, "%s.%s", plural, group);
    if (!lat_text_eq(lat_kube_name(definition), expected))
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, "metadata.name",
                           lat_json_at(definition, "metadata.name"), "%s",
                           "must be spec.names.plural+\".\"+spec.group");
    const json_t *group_value = lat_json_at(definition, "spec.group");
    check_name_form(LAT_KUBE_NAME_SUBDOMAIN, group_value, "spec.group", causes);
    if (strchr(group, '.') == NULL)
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, "spec.group", group_value, "%s",
                           "should be a domain with at least one dot");
    check_name_form(LAT_KUBE_NAME_LABEL_1035, lat_json_at(definition, "spec.names.plural"),
                    "spec.names.plural", causes);
    size_t index;
    json_t *item;
    json_array_foreach(lat_json_at(definition, "spec.names.shortNames"), index, item)
        check_name_form(LAT_KUBE_NAME_LABEL_1035, item,
                        lat_arena_printf(causes->arena, "spec.names.shortNames[%zu]", index),
                        causes);
    bool is_protected =
        lat_text_has_suffix(group, ".k8s.io") || lat_text_has_suffix(group, ".kubernetes.io");
    if (is_protected &&
        lat_text_is_empty(lat_kube_annotation(definition, "api-approved.kubernetes.io")))
        lat_kube_cause_add(causes, LAT_KUBE_REQUIRED,
                           "metadata.annotations[api-approved.kubernetes.io]", NULL, "%s",
                           "protected groups must have approval annotation "
                           "\"api-approved.kubernetes.io\"");
}

static void check_version(json_t *version, size_t index, json_t *seen,
                          struct lat_kube_causes *causes)
{
    const json_t *name = json_object_get(version, "name");
    const char *path = lat_arena_printf(causes->arena, "spec.versions[%zu]", index);
    check_name_form(LAT_KUBE_NAME_LABEL_1035, name, below(causes, path, "name"), causes);
    if (json_object_get(seen, json_string_value(name)) != NULL)
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, "spec.versions", name, "%s",
                           "must contain unique version names");
    json_object_set_new(seen, json_string_value(name), json_true());
    json_t *schema = lat_json_at(version, "schema.openAPIV3Schema");
    const char *at = below(causes, path, "schema.openAPIV3Schema");
    if (schema == NULL)
        lat_kube_cause_add(causes, LAT_KUBE_REQUIRED, at, NULL, "%s", "schemas are required");
    else
        check_schema(schema, PLACE_ROOT, at, causes);
}

/* What only compiling finds: patterns that are none, circles. */
static void check_compiles(const json_t *definition, struct lat_kube_causes *causes)
{
    struct lat_kube_kind *kind = NULL;
    struct lat_err err;
    if (lat_kube_kind_new(json_object_get(definition, "spec"), NULL, &kind, &err) < 0)
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, "spec.versions", NULL, "%s", err.message);
    else
        lat_kube_kind_free(kind);
}

void lat_kube_definition_check(const json_t *definition, struct lat_kube_causes *causes)
{
    LAT_AUTO(lat_json_decrefp) json_t *seen = json_object();
    json_t *versions = lat_json_at(definition, "spec.versions");
    size_t index, storage_count = 0;
    json_t *version;
    check_names(definition, causes);
    json_array_foreach(versions, index, version) {
        check_version(version, index, seen, causes);
        storage_count += lat_json_bool_at(version, "storage", false);
    }
    if (storage_count != 1)
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, "spec.versions", NULL, "%s",
                           "must have exactly one version marked as storage version");
    if (lat_json_bool_at(definition, "spec.preserveUnknownFields", false))
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, "spec.preserveUnknownFields",
                           lat_json_at(definition, "spec.preserveUnknownFields"), "%s",
                           "must be false");
    if (causes->count == 0)
        check_compiles(definition, causes);
}
