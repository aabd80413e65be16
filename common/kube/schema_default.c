/* Defaults of a structural schema; see schema.h. Order documented: a null in a member that may not
 * be null counts as absent, then defaults are filled in from the outside to the inside. */
#include "common/kube/schema_int.h"

#include "common/base/json.h"
#include "common/base/text.h"

static bool is_unwanted_null(const json_t *value, const struct node *node)
{
    return json_is_null(value) && !node->nullable;
}

static void default_value(const struct node *node, json_t *value);

static void default_members(const struct node *node, json_t *object)
{
    for (size_t i = 0; i < node->property_count; i++) {
        const struct node *member = node->properties[i].node;
        const char *name = node->properties[i].name;
        json_t *value = json_object_get(object, name);
        if (value != NULL && !is_unwanted_null(value, member))
            continue;
        if (member->default_value != NULL)
            json_object_set_new(object, name, lat_json_copy_new(member->default_value));
        else if (value != NULL)
            json_object_del(object, name);
    }
}

static void default_object(const struct node *node, json_t *object)
{
    const char *name;
    json_t *value;
    void *next;
    default_members(node, object);
    json_object_foreach_safe(object, next, name, value) {
        const struct node *member = lat_kube_node_property(node, name);
        if (member == NULL)
            member = node->additional;
        if (member == NULL)
            continue;
        if (is_unwanted_null(value, member) && member->default_value != NULL) {
            json_object_set_new(object, name, lat_json_copy_new(member->default_value));
            value = json_object_get(object, name);
        }
        default_value(member, value);
    }
}

static void default_value(const struct node *node, json_t *value)
{
    if (json_is_object(value)) {
        default_object(node, value);
        return;
    }
    if (node->items == NULL)
        return;
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (is_unwanted_null(json_array_get(value, i), node->items) &&
            node->items->default_value != NULL)
            json_array_set_new(value, i, lat_json_copy_new(node->items->default_value));
        default_value(node->items, json_array_get(value, i));
    }
}

void lat_kube_schema_default(const struct lat_kube_schema *schema, json_t *object)
{
    default_value(lat_kube_schema_root(schema), object);
}
