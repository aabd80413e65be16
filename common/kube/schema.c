/* Compiling a structural schema into nodes; see schema.h. What the nodes mean is in
 * schema_default.c, schema_prune.c and schema_validate.c. */
#include "common/kube/schema_int.h"

#include "common/base/json.h"
#include "common/base/text.h"

struct compiler {
    struct lat_kube_schema *schema;
    struct lat_err *err;
};

static const char *const type_names[] = {
    [NODE_ANY] = "",
    [NODE_OBJECT] = "object",
    [NODE_ARRAY] = "array",
    [NODE_STRING] = "string",
    [NODE_INTEGER] = "integer",
    [NODE_NUMBER] = "number",
    [NODE_BOOLEAN] = "boolean",
};
_Static_assert(LAT_COUNT(type_names) == NODE_TYPE_COUNT, "every type has its name");

const char *lat_kube_node_type_name(enum node_type type)
{
    return type_names[type];
}

const struct node *lat_kube_node_property(const struct node *node, const char *name)
{
    for (size_t i = 0; i < node->property_count; i++)
        if (lat_text_eq(node->properties[i].name, name))
            return node->properties[i].node;
    return NULL;
}

static int compile(struct compiler *compiler, const json_t *document, const char *path,
                   const struct node **ret_node);

static int read_type(struct compiler *compiler, const json_t *document, const char *path,
                     enum node_type *ret_type)
{
    const char *type = lat_json_string_at(document, "type", "");
    for (size_t i = 0; i < NODE_TYPE_COUNT; i++)
        if (lat_text_eq(type_names[i], type)) {
            *ret_type = (enum node_type)i;
            return 0;
        }
    return lat_err_input(compiler->err, "%s.type: Unsupported value: \"%s\"", path, type);
}

static int compile_pattern(struct compiler *compiler, const char *path, struct node *node)
{
    if (node->pattern_text == NULL)
        return 0;
    int code = 0;
    PCRE2_SIZE offset = 0;
    struct lat_kube_schema *schema = compiler->schema;
    pcre2_code *pattern = pcre2_compile((PCRE2_SPTR)node->pattern_text, PCRE2_ZERO_TERMINATED,
                                        PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_CAPTURE,
                                        &code, &offset, NULL);
    if (pattern == NULL)
        return lat_err_input(compiler->err, "%s.pattern: character %zu of '%s' is no pattern", path,
                             (size_t)offset + 1, node->pattern_text);
    *LAT_ARENA_PUSH(schema->arena, schema->patterns, schema->pattern_count) = pattern;
    node->pattern = pattern;
    return 0;
}

static int compile_properties(struct compiler *compiler, const json_t *document, const char *path,
                              struct node *node)
{
    const char *name;
    json_t *value;
    struct lat_arena *arena = compiler->schema->arena;
    json_object_foreach(json_object_get(document, "properties"), name, value) {
        struct node_property *property =
            LAT_ARENA_PUSH(arena, node->properties, node->property_count);
        property->name = name;
        const char *below = lat_arena_printf(arena, "%s.properties[%s]", path, name);
        if (compile(compiler, value, below, &property->node) < 0)
            return -1;
    }
    const json_t *additional = json_object_get(document, "additionalProperties");
    if (json_is_true(additional)) {
        struct node *any = LAT_NEW(arena, struct node);
        any->preserves_unknown = true;
        node->additional = any;
        return 0;
    }
    if (!json_is_object(additional))
        return 0;
    return compile(compiler, additional, lat_arena_printf(arena, "%s.additionalProperties", path),
                   &node->additional);
}

static int compile_list_of(struct compiler *compiler, const json_t *document, const char *name,
                           const char *path, struct node_list_of *ret_list)
{
    size_t index;
    json_t *item;
    struct node_list_of list = {0};
    json_array_foreach(json_object_get(document, name), index, item) {
        const struct node **slot = LAT_ARENA_PUSH(compiler->schema->arena, list.items, list.count);
        if (compile(compiler, item,
                    lat_arena_printf(compiler->schema->arena, "%s.%s[%zu]", path, name, index),
                    slot) < 0)
            return -1;
    }
    *ret_list = list;
    return 0;
}

static void read_bounds(const json_t *document, struct node *node)
{
    const json_t *minimum = json_object_get(document, "minimum");
    const json_t *maximum = json_object_get(document, "maximum");
    node->has_minimum = json_is_number(minimum);
    node->has_maximum = json_is_number(maximum);
    node->minimum = json_number_value(minimum);
    node->maximum = json_number_value(maximum);
    node->exclusive_minimum = lat_json_bool_at(document, "exclusiveMinimum", false);
    node->exclusive_maximum = lat_json_bool_at(document, "exclusiveMaximum", false);
    node->multiple_of = json_number_value(json_object_get(document, "multipleOf"));
    node->length_min = lat_json_int_at(document, "minLength", -1);
    node->length_max = lat_json_int_at(document, "maxLength", -1);
    node->items_min = lat_json_int_at(document, "minItems", -1);
    node->items_max = lat_json_int_at(document, "maxItems", -1);
    node->properties_min = lat_json_int_at(document, "minProperties", -1);
    node->properties_max = lat_json_int_at(document, "maxProperties", -1);
}

static void read_flags(struct lat_arena *arena, const json_t *document, struct node *node)
{
    node->nullable = lat_json_bool_at(document, "nullable", false);
    node->preserves_unknown =
        lat_json_bool_at(document, "x-kubernetes-preserve-unknown-fields", false);
    node->int_or_string = lat_json_bool_at(document, "x-kubernetes-int-or-string", false);
    node->embedded = lat_json_bool_at(document, "x-kubernetes-embedded-resource", false);
    node->enum_values = json_object_get(document, "enum");
    node->default_value = json_object_get(document, "default");
    node->pattern_text = lat_json_string_at(document, "pattern", NULL);
    node->format = lat_json_string_at(document, "format", "");
    node->map_keys = json_object_get(document, "x-kubernetes-list-map-keys");
    const char *list = lat_json_string_at(document, "x-kubernetes-list-type", "atomic");
    node->list = lat_text_eq(list, "map")   ? NODE_LIST_MAP
                 : lat_text_eq(list, "set") ? NODE_LIST_SET
                                            : NODE_LIST_ATOMIC;
    size_t index;
    json_t *name;
    json_array_foreach(json_object_get(document, "required"), index, name)
        *LAT_ARENA_PUSH(arena, node->required, node->required_count) = json_string_value(name);
}

static int compile_below(struct compiler *compiler, const json_t *document, const char *path,
                         struct node *node)
{
    struct lat_arena *arena = compiler->schema->arena;
    const json_t *items = json_object_get(document, "items");
    const json_t *not_document = json_object_get(document, "not");
    if (items != NULL &&
        compile(compiler, items, lat_arena_printf(arena, "%s.items", path), &node->items) < 0)
        return -1;
    if (not_document != NULL &&
        compile(compiler, not_document, lat_arena_printf(arena, "%s.not", path), &node->not_node) <
            0)
        return -1;
    if (compile_list_of(compiler, document, "allOf", path, &node->all_of) < 0 ||
        compile_list_of(compiler, document, "anyOf", path, &node->any_of) < 0 ||
        compile_list_of(compiler, document, "oneOf", path, &node->one_of) < 0)
        return -1;
    return compile_properties(compiler, document, path, node);
}

static int compile(struct compiler *compiler, const json_t *document, const char *path,
                   const struct node **ret_node)
{
    if (!json_is_object(document))
        return lat_err_input(compiler->err, "%s: must be an object", path);
    struct node *node = LAT_NEW(compiler->schema->arena, struct node);
    if (read_type(compiler, document, path, &node->type) < 0)
        return -1;
    read_flags(compiler->schema->arena, document, node);
    read_bounds(document, node);
    if (compile_pattern(compiler, path, node) < 0 ||
        compile_below(compiler, document, path, node) < 0)
        return -1;
    *ret_node = node;
    return 0;
}

struct lat_kube_schema *lat_kube_schema_later(json_t *document)
{
    struct lat_kube_schema *schema = calloc(1, sizeof *schema);
    if (schema == NULL)
        abort();
    schema->document = json_incref(document);
    return schema;
}

static int compile_all(struct lat_kube_schema *schema, struct lat_err *reterr)
{
    struct compiler compiler = {schema, reterr};
    schema->arena = lat_arena_new();
    return compile(&compiler, schema->document, "openAPIV3Schema", &schema->root);
}

int lat_kube_schema_new(json_t *document, struct lat_kube_schema **ret_schema,
                        struct lat_err *reterr)
{
    struct lat_kube_schema *schema = lat_kube_schema_later(document);
    if (compile_all(schema, reterr) < 0) {
        lat_kube_schema_free(schema);
        return -1;
    }
    *ret_schema = schema;
    return 0;
}

/* Compiling changes nothing that a user of the schema could see. */
const struct node *lat_kube_schema_root(const struct lat_kube_schema *schema)
{
    struct lat_err err;
    if (schema->root == NULL && compile_all((struct lat_kube_schema *)(uintptr_t)schema, &err) < 0)
        abort(); /* a file of our own; a test compiles every one */
    return schema->root;
}

struct lat_kube_schema *lat_kube_schema_free(struct lat_kube_schema *schema)
{
    if (schema == NULL)
        return NULL;
    for (size_t i = 0; i < schema->pattern_count; i++)
        pcre2_code_free(schema->patterns[i]);
    json_decref(schema->document);
    lat_arena_free(schema->arena);
    free(schema);
    return NULL;
}

json_t *lat_kube_schema_document(const struct lat_kube_schema *schema)
{
    return schema->document;
}
