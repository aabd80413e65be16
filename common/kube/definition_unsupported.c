/* What a CustomResourceDefinition asks for and nobody here does; see definition.h. */
#include "common/base/buf.h"
#include "common/base/json.h"
#include "common/base/lat_limits.h"
#include "common/base/text.h"
#include "common/kube/definition.h"

#define RULES "x-kubernetes-validations"

/* The CEL rules of one schema, as lines. */
struct rules {
    struct lat_arena *arena;
    struct lat_buf lines; /* full when no further line fits: then only the count goes on */
    size_t count;
};

static void find_rules(struct rules *rules, const json_t *schema, const char *path);

static void find_in(struct rules *rules, const json_t *schema, const char *name, const char *path)
{
    const json_t *member = json_object_get(schema, name);
    if (json_is_object(member))
        find_rules(rules, member, lat_arena_printf(rules->arena, "%s.%s", path, name));
}

static void find_rules(struct rules *rules, const json_t *schema, const char *path)
{
    size_t index;
    const char *name;
    json_t *member;
    json_array_foreach(json_object_get(schema, RULES), index, member) {
        lat_buf_printf(&rules->lines, "%s: %s\n", path, lat_json_string_at(member, "rule", ""));
        rules->count++;
    }
    json_object_foreach(json_object_get(schema, "properties"), name, member)
        find_rules(
            rules, member,
            lat_arena_printf(rules->arena, "%s%s%s", path, path[0] == '\0' ? "" : ".", name));
    find_in(rules, schema, "items", path);
    find_in(rules, schema, "additionalProperties", path);
}

struct list {
    struct lat_arena *arena;
    struct lat_kube_unsupported *items;
    size_t count;
};

static void add(struct list *list, const char *summary, const char *details)
{
    *LAT_ARENA_PUSH(list->arena, list->items, list->count) =
        (struct lat_kube_unsupported){summary, details};
}

static void add_rules(struct list *list, const json_t *version, const char *name)
{
    struct rules rules = {.arena = list->arena};
    lat_buf_init(&rules.lines, LAT_KUBE_RULES_BYTES_MAX);
    find_rules(&rules, lat_json_at(version, "schema.openAPIV3Schema"), "");
    if (rules.count > 0)
        add(list,
            lat_arena_printf(list->arena, "version %s: %zu CEL rules (" RULES ") are not evaluated",
                             name, rules.count),
            lat_arena_strdup(list->arena, rules.lines.data));
    lat_buf_done(&rules.lines);
}

static void add_version(struct list *list, const json_t *version)
{
    const char *name = lat_json_string_at(version, "name", "");
    add_rules(list, version, name);
    if (json_array_size(json_object_get(version, "selectableFields")) > 0)
        add(list,
            lat_arena_printf(list->arena,
                             "version %s: selectableFields cannot be used in field selectors",
                             name),
            "");
    if (lat_json_bool_at(version, "deprecated", false))
        add(list,
            lat_arena_printf(list->arena, "version %s: its deprecation is not told to its users",
                             name),
            "");
}

void lat_kube_definition_unsupported(struct lat_arena *arena, const json_t *definition,
                                     struct lat_kube_unsupported **ret_items, size_t *ret_count)
{
    struct list list = {.arena = arena};
    size_t index;
    json_t *version;
    json_array_foreach(lat_json_at(definition, "spec.versions"), index, version)
        add_version(&list, version);
    if (lat_text_eq(lat_json_string_at(definition, "spec.conversion.strategy", ""), "Webhook"))
        add(&list, "the conversion webhook is not called: versions differ in apiVersion alone", "");
    *ret_items = list.items;
    *ret_count = list.count;
}
