/* Evaluates a label selector. Knows nothing of what carries the labels. */
#include "controller/model/selector.h"

#include "common/base/text.h"
#include "controller/model/object.h"

static bool values_contain(const json_t *values, const char *value)
{
    size_t index;
    const json_t *item;
    json_array_foreach(lat_json_iterable(values), index, item) {
        if (lat_text_eq(json_string_value(item), value))
            return true;
    }
    return false;
}

static int match_expression(const json_t *expression, const json_t *labels, bool *ret_matches,
                            struct lat_err *reterr)
{
    const char *key = lat_text_or_empty(gwc_member_text(expression, "key"));
    const char *verb = lat_text_or_empty(gwc_member_text(expression, "operator"));
    const json_t *values = json_object_get(expression, "values");
    const char *value = gwc_member_text(labels, key);
    bool is_set = lat_text_eq(verb, "In") || lat_text_eq(verb, "NotIn");
    bool is_existence = lat_text_eq(verb, "Exists") || lat_text_eq(verb, "DoesNotExist");

    if (!is_set && !is_existence)
        return lat_err_input(reterr, "\"%s\" is not a valid label selector operator", verb);
    if (is_set && json_array_size(values) == 0)
        return lat_err_input(reterr, "values: Invalid value: []: for 'in', 'notin' operators, "
                                     "values set can't be empty");
    if (is_existence && json_array_size(values) != 0)
        return lat_err_input(reterr, "values: Invalid value: values set must be empty for exists "
                                     "and does not exist");
    bool holds = is_set ? value != NULL && values_contain(values, value) : value != NULL;
    bool is_negated = lat_text_eq(verb, "NotIn") || lat_text_eq(verb, "DoesNotExist");
    *ret_matches = holds != is_negated;
    return 0;
}

int gwc_selector_matches(const json_t *selector, const json_t *labels, bool *ret_matches,
                         struct lat_err *reterr)
{
    if (!json_is_object(selector)) {
        *ret_matches = false;
        return 0;
    }
    bool matches = true;
    const char *key;
    const json_t *wanted;
    json_object_foreach(json_object_get(selector, "matchLabels"), key, wanted)
        matches = matches && json_equal(lat_json_iterable(wanted), json_object_get(labels, key));

    /* Every expression is looked at, so that an invalid one is found whatever the labels are. */
    size_t index;
    const json_t *expression;
    json_array_foreach(json_object_get(selector, "matchExpressions"), index, expression) {
        bool holds = false;
        if (match_expression(expression, labels, &holds, reterr) != 0)
            return -1;
        matches = matches && holds;
    }
    *ret_matches = matches;
    return 0;
}
