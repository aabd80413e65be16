/* Validating an object against a structural schema; see schema.h. Texts as kube-apiserver words
 * them (observed); a value of the wrong type is reported once and not looked into. */
#include "common/kube/schema_int.h"

#include "common/base/clock.h"
#include "common/base/json.h"
#include "common/base/lat_limits.h"
#include "common/base/text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static void validate(const struct node *node, const json_t *value, const char *path,
                     struct lat_kube_causes *causes);

static const char *type_name_of(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "object";
    case JSON_ARRAY:
        return "array";
    case JSON_STRING:
        return "string";
    case JSON_INTEGER:
        return "integer";
    case JSON_REAL:
        return "number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "boolean";
    case JSON_NULL:
        break;
    }
    return "null";
}

static bool is_whole(const json_t *value)
{
    return json_is_integer(value) || (json_is_real(value) && fabs(trunc(json_real_value(value)) -
                                                                  json_real_value(value)) < 1e-9);
}

static bool has_type(const struct node *node, const json_t *value)
{
    if (json_is_null(value))
        return node->nullable;
    if (node->int_or_string)
        return json_is_string(value) || is_whole(value);
    switch (node->type) {
    case NODE_ANY:
        return true;
    case NODE_OBJECT:
        return json_is_object(value);
    case NODE_ARRAY:
        return json_is_array(value);
    case NODE_STRING:
        return json_is_string(value);
    case NODE_INTEGER:
        return is_whole(value);
    case NODE_NUMBER:
        return json_is_number(value);
    case NODE_BOOLEAN:
        return json_is_boolean(value);
    case NODE_TYPE_COUNT:
        break;
    }
    return false;
}

static void refuse_type(const struct node *node, const json_t *value, const char *path,
                        struct lat_kube_causes *causes)
{
    const char *given = type_name_of(value);
    LAT_AUTO(lat_json_decrefp) json_t *shown = json_string(given);
    lat_kube_cause_add(
        causes, LAT_KUBE_TYPE_INVALID, path, shown, "%s in body must be of type %s: \"%s\"", path,
        node->int_or_string ? "integer,string" : lat_kube_node_type_name(node->type), given);
}

static void refuse_enum(const struct node *node, const json_t *value, const char *path,
                        struct lat_kube_causes *causes)
{
    const char *list = "";
    size_t index;
    json_t *item;
    json_array_foreach(lat_json_iterable(node->enum_values), index, item) {
        if (json_equal(item, value))
            return;
        list = lat_arena_printf(causes->arena, "%s%s%s", list, index == 0 ? "" : ", ",
                                lat_json_text(causes->arena, item));
    }
    lat_kube_cause_add(causes, LAT_KUBE_NOT_SUPPORTED, path, value, "supported values: %s", list);
}

/* A pattern too costly to decide counts as not matching: a peer must not hold the server up. */
static bool matches(const struct node *node, const char *text)
{
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(context, LAT_KUBE_MATCH_STEPS_MAX);
    int code = pcre2_match(node->pattern, (PCRE2_SPTR)text, strlen(text), 0, 0, data, context);
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
    return code >= 0;
}

/* Standard base64 with its padding. */
static bool is_base64(const char *text)
{
    size_t length = strlen(text);
    size_t letters =
        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    size_t padding = strspn(text + letters, "=");
    return length % 4 == 0 && letters + padding == length && padding <= 2;
}

static bool has_format(const char *format, const char *text)
{
    int64_t time_ms;
    if (lat_text_eq(format, "date-time"))
        return lat_time_parse(text, &time_ms) == 0;
    if (lat_text_eq(format, "byte"))
        return is_base64(text);
    return true;
}

static void validate_string(const struct node *node, const json_t *value, const char *path,
                            struct lat_kube_causes *causes)
{
    const char *text = json_string_value(value);
    int64_t length = (int64_t)lat_text_characters(text);
    if (node->length_max >= 0 && length > node->length_max)
        lat_kube_cause_add(causes, LAT_KUBE_TOO_LONG, path, value,
                           "may not be more than %" PRId64 " bytes", node->length_max);
    if (length < node->length_min)
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, path, value,
                           "%s in body should be at least %" PRId64 " chars long", path,
                           node->length_min);
    if (node->pattern != NULL && !matches(node, text))
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, path, value, "%s in body should match '%s'",
                           path, node->pattern_text);
    if (!has_format(node->format, text))
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, path, value,
                           "%s in body must be of type %s: \"%s\"", path, node->format, text);
}

static void validate_number(const struct node *node, const json_t *value, const char *path,
                            struct lat_kube_causes *causes)
{
    double number = json_number_value(value);
    if (node->has_minimum &&
        (node->exclusive_minimum ? number <= node->minimum : number < node->minimum))
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, path, value,
                           "%s in body should be greater than %s%.15g", path,
                           node->exclusive_minimum ? "" : "or equal to ", node->minimum);
    if (node->has_maximum &&
        (node->exclusive_maximum ? number >= node->maximum : number > node->maximum))
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, path, value,
                           "%s in body should be less than %s%.15g", path,
                           node->exclusive_maximum ? "" : "or equal to ", node->maximum);
    if (node->multiple_of > 0 && fabs(remainder(number, node->multiple_of)) > 1e-9)
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, path, value,
                           "%s in body should be a multiple of %.15g", path, node->multiple_of);
    bool is_int32 = lat_text_eq(node->format, "int32");
    if (is_int32 && (number < INT32_MIN || number > INT32_MAX))
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, path, value,
                           "Checked value must be of type integer with format int32");
}

static void validate_object(const struct node *node, const json_t *object, const char *path,
                            struct lat_kube_causes *causes)
{
    int64_t size = (int64_t)json_object_size(object);
    if (size < node->properties_min)
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, path, object,
                           "%s in body should have at least %" PRId64 " properties", path,
                           node->properties_min);
    if (node->properties_max >= 0 && size > node->properties_max) {
        LAT_AUTO(lat_json_decrefp) json_t *count = json_integer(size);
        lat_kube_cause_add(causes, LAT_KUBE_TOO_MANY, path, count,
                           "must have at most %" PRId64 " items", node->properties_max);
    }
    for (size_t i = 0; i < node->required_count; i++)
        if (json_object_get(object, node->required[i]) == NULL)
            lat_kube_cause_add(causes, LAT_KUBE_REQUIRED,
                               lat_kube_field_member(causes->arena, path, node->required[i]), NULL,
                               "%s", "");
    const char *name;
    json_t *value;
    json_object_foreach(lat_json_iterable(object), name, value) {
        const struct node *member = lat_kube_node_property(node, name);
        if (member == NULL)
            member = node->additional;
        if (member != NULL)
            validate(member, value, lat_kube_field_member(causes->arena, path, name), causes);
    }
}

/* The part of an item that must be unique in its list: itself in a set, its keys in a map. */
static json_t *identity_new(const struct node *node, json_t *item)
{
    if (node->list == NODE_LIST_SET)
        return json_incref(item);
    json_t *identity = json_object();
    size_t index;
    json_t *key;
    json_array_foreach(lat_json_iterable(node->map_keys), index, key)
        json_object_set(identity, json_string_value(key),
                        json_object_get(item, json_string_value(key)));
    return identity;
}

static void refuse_duplicates(const struct node *node, const json_t *list, const char *path,
                              struct lat_kube_causes *causes)
{
    LAT_AUTO(lat_json_decrefp) json_t *seen = json_object();
    size_t index;
    json_t *item;
    json_array_foreach(lat_json_iterable(list), index, item) {
        LAT_AUTO(lat_json_decrefp) json_t *identity = identity_new(node, item);
        const char *text = lat_json_canonical(causes->arena, identity);
        if (json_object_get(seen, text) != NULL)
            lat_kube_cause_add(causes, LAT_KUBE_DUPLICATE,
                               lat_kube_field_item(causes->arena, path, index), identity, "%s", "");
        json_object_set_new(seen, text, json_true());
    }
}

static void validate_array(const struct node *node, const json_t *list, const char *path,
                           struct lat_kube_causes *causes)
{
    int64_t size = (int64_t)json_array_size(list);
    if (size < node->items_min)
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, path, list,
                           "%s in body should have at least %" PRId64 " items", path,
                           node->items_min);
    if (node->items_max >= 0 && size > node->items_max) {
        LAT_AUTO(lat_json_decrefp) json_t *count = json_integer(size);
        lat_kube_cause_add(causes, LAT_KUBE_TOO_MANY, path, count,
                           "must have at most %" PRId64 " items", node->items_max);
        return;
    }
    for (size_t i = 0; node->items != NULL && i < json_array_size(list); i++)
        validate(node->items, json_array_get(list, i), lat_kube_field_item(causes->arena, path, i),
                 causes);
    if (node->list != NODE_LIST_ATOMIC)
        refuse_duplicates(node, list, path, causes);
}

static bool accepts(const struct node *node, const json_t *value, const char *path,
                    struct lat_arena *arena)
{
    struct lat_kube_causes causes = {.arena = arena};
    validate(node, value, path, &causes);
    return causes.count == 0;
}

static size_t count_accepting(const struct node_list_of *list, const json_t *value,
                              const char *path, struct lat_arena *arena)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += accepts(list->items[i], value, path, arena);
    return count;
}

static void validate_junctors(const struct node *node, const json_t *value, const char *path,
                              struct lat_kube_causes *causes)
{
    for (size_t i = 0; i < node->all_of.count; i++)
        validate(node->all_of.items[i], value, path, causes);
    if (node->any_of.count > 0 && count_accepting(&node->any_of, value, path, causes->arena) == 0)
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, path, value,
                           "%s in body must validate at least one schema (anyOf)", path);
    if (node->one_of.count > 0 && count_accepting(&node->one_of, value, path, causes->arena) != 1)
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, path, value,
                           "%s in body must validate one and only one schema (oneOf)", path);
    if (node->not_node != NULL && accepts(node->not_node, value, path, causes->arena))
        lat_kube_cause_add(causes, LAT_KUBE_INVALID, path, value,
                           "%s in body must not validate the schema (not)", path);
}

static void validate(const struct node *node, const json_t *value, const char *path,
                     struct lat_kube_causes *causes)
{
    if (!has_type(node, value)) {
        refuse_type(node, value, path, causes);
        return;
    }
    if (json_is_null(value))
        return;
    if (node->enum_values != NULL)
        refuse_enum(node, value, path, causes);
    if (json_is_string(value))
        validate_string(node, value, path, causes);
    else if (json_is_number(value))
        validate_number(node, value, path, causes);
    else if (json_is_object(value))
        validate_object(node, value, path, causes);
    else if (json_is_array(value))
        validate_array(node, value, path, causes);
    validate_junctors(node, value, path, causes);
}

void lat_kube_schema_validate(const struct lat_kube_schema *schema, const json_t *object,
                              struct lat_kube_causes *causes)
{
    validate(lat_kube_schema_root(schema), object, "", causes);
}
