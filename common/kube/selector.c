/* Selectors; see selector.h. Grammar documented in the Kubernetes concepts on labels. */
#include "common/kube/selector.h"

#include "common/base/json.h"
#include "common/base/lat_limits.h"
#include "common/base/text.h"
#include "common/kube/names.h"

#include <stdio.h>
#include <string.h>

struct reader {
    struct lat_arena *arena;
    const char *at;
    const char *whole;
    struct lat_err *err;
};

static void skip_blanks(struct reader *reader)
{
    reader->at += strspn(reader->at, " \t");
}

/* The next run of characters that are none of the operators; "" at an operator or the end. */
static const char *read_word(struct reader *reader)
{
    skip_blanks(reader);
    size_t length = strcspn(reader->at, "=!<>,() \t");
    const char *word = lat_arena_strndup(reader->arena, reader->at, length);
    reader->at += length;
    skip_blanks(reader);
    return word;
}

static bool take(struct reader *reader, const char *token)
{
    skip_blanks(reader);
    if (!lat_text_has_prefix(reader->at, token))
        return false;
    reader->at += strlen(token);
    return true;
}

static int refuse(struct reader *reader, const char *what)
{
    return lat_err_input(reader->err, "unable to parse requirement: %s at character %zu of '%s'",
                         what, (size_t)(reader->at - reader->whole) + 1, reader->whole);
}

static void add_value(struct lat_arena *arena, struct lat_kube_requirement *requirement,
                      const char *value)
{
    *LAT_ARENA_PUSH(arena, requirement->values, requirement->value_count) = value;
}

static int read_set(struct reader *reader, struct lat_kube_requirement *requirement)
{
    if (!take(reader, "("))
        return refuse(reader, "expected '('");
    do
        add_value(reader->arena, requirement, read_word(reader));
    while (take(reader, ","));
    return take(reader, ")") ? 0 : refuse(reader, "expected ',' or ')'");
}

static int read_operator(struct reader *reader, struct lat_kube_requirement *requirement)
{
    static const struct {
        const char *token;
        enum lat_kube_operator op;
    } signs[] = {
        {"==", LAT_KUBE_IN},     {"=", LAT_KUBE_IN},   {"!=", LAT_KUBE_NOT_IN},
        {">", LAT_KUBE_GREATER}, {"<", LAT_KUBE_LESS},
    };
    requirement->op = LAT_KUBE_EXISTS;
    if (*reader->at == '\0' || *reader->at == ',')
        return 0;
    for (size_t i = 0; i < LAT_COUNT(signs); i++)
        if (take(reader, signs[i].token)) {
            requirement->op = signs[i].op;
            add_value(reader->arena, requirement, read_word(reader));
            return 0;
        }
    const char *word = read_word(reader);
    if (lat_text_eq(word, "in"))
        requirement->op = LAT_KUBE_IN;
    else if (lat_text_eq(word, "notin"))
        requirement->op = LAT_KUBE_NOT_IN;
    else
        return refuse(reader, "expected one of =, ==, !=, in, notin, >, <");
    return read_set(reader, requirement);
}

static int check_label_requirement(const struct lat_kube_requirement *requirement,
                                   struct lat_err *reterr)
{
    const char *problem = lat_kube_name_problem(LAT_KUBE_NAME_LABEL_KEY, requirement->key);
    if (problem != NULL)
        return lat_err_input(reterr, "unable to parse requirement: key: Invalid value: \"%s\": %s",
                             requirement->key, problem);
    for (size_t i = 0; i < requirement->value_count; i++) {
        const char *value = requirement->values[i];
        problem = lat_kube_name_problem(LAT_KUBE_NAME_LABEL_VALUE, value);
        if (problem != NULL)
            return lat_err_input(
                reterr, "unable to parse requirement: values[%zu][%s]: Invalid value: \"%s\": %s",
                i, requirement->key, value, problem);
        int64_t number;
        if (requirement->op >= LAT_KUBE_GREATER && lat_text_to_int64(value, &number) < 0)
            return lat_err_input(reterr,
                                 "unable to parse requirement: values[0][%s]: Invalid value: "
                                 "\"%s\": for 'Gt', 'Lt' operators, the value must be an integer",
                                 requirement->key, value);
    }
    return 0;
}

static int read_label_requirement(struct reader *reader, struct lat_kube_requirement *requirement)
{
    bool negated = take(reader, "!");
    requirement->key = read_word(reader);
    if (requirement->key[0] == '\0')
        return refuse(reader, "expected a key");
    if (negated)
        requirement->op = LAT_KUBE_NOT_EXISTS;
    else if (read_operator(reader, requirement) < 0)
        return -1;
    return check_label_requirement(requirement, reader->err);
}

int lat_kube_label_selector_parse(struct lat_arena *arena, const char *text,
                                  struct lat_kube_selector *ret_selector, struct lat_err *reterr)
{
    struct reader reader = {arena, lat_text_or_empty(text), lat_text_or_empty(text), reterr};
    struct lat_kube_selector selector = {0};
    skip_blanks(&reader);
    while (*reader.at != '\0') {
        if (selector.count == LAT_KUBE_SELECTOR_MAX)
            return lat_err_input(reterr, "a selector has at most %d requirements",
                                 LAT_KUBE_SELECTOR_MAX);
        if (read_label_requirement(
                &reader, LAT_ARENA_PUSH(arena, selector.requirements, selector.count)) < 0)
            return -1;
        skip_blanks(&reader);
        if (*reader.at == '\0')
            break;
        if (!take(&reader, ",") || (skip_blanks(&reader), *reader.at == '\0'))
            return refuse(&reader, "expected ',' and another requirement");
    }
    *ret_selector = selector;
    return 0;
}

static enum lat_kube_operator operator_of_word(const char *word)
{
    static const char *const words[] = {
        [LAT_KUBE_IN] = "In",
        [LAT_KUBE_NOT_IN] = "NotIn",
        [LAT_KUBE_EXISTS] = "Exists",
        [LAT_KUBE_NOT_EXISTS] = "DoesNotExist",
    };
    for (size_t i = 0; i < LAT_COUNT(words); i++)
        if (lat_text_eq(words[i], word))
            return (enum lat_kube_operator)i;
    return LAT_KUBE_OPERATOR_COUNT;
}

static int read_expression(struct lat_arena *arena, const json_t *expression,
                           struct lat_kube_requirement *requirement, struct lat_err *reterr)
{
    const char *op = lat_json_string_at(expression, "operator", "");
    requirement->key = lat_arena_strdup(arena, lat_json_string_at(expression, "key", ""));
    requirement->op = operator_of_word(op);
    if (requirement->op == LAT_KUBE_OPERATOR_COUNT)
        return lat_err_input(reterr, "\"%s\" is not a valid label selector operator", op);
    size_t index;
    json_t *value;
    json_array_foreach(json_object_get(expression, "values"), index, value)
        add_value(arena, requirement,
                  lat_arena_strdup(arena, lat_text_or_empty(json_string_value(value))));
    bool wants_values = requirement->op <= LAT_KUBE_NOT_IN;
    if (wants_values != (requirement->value_count > 0))
        return lat_err_input(reterr, "values: for operator %s, values set must be %s", op,
                             wants_values ? "non-empty" : "empty");
    return check_label_requirement(requirement, reterr);
}

int lat_kube_label_selector_read(struct lat_arena *arena, const json_t *object,
                                 struct lat_kube_selector *ret_selector, struct lat_err *reterr)
{
    json_t *labels = json_object_get(object, "matchLabels");
    json_t *expressions = json_object_get(object, "matchExpressions");
    if (json_object_size(labels) + json_array_size(expressions) > LAT_KUBE_SELECTOR_MAX)
        return lat_err_input(reterr, "a selector has at most %d requirements",
                             LAT_KUBE_SELECTOR_MAX);
    struct lat_kube_selector selector = {0};
    const char *key;
    json_t *value;
    json_object_foreach(labels, key, value) {
        struct lat_kube_requirement *requirement =
            LAT_ARENA_PUSH(arena, selector.requirements, selector.count);
        requirement->key = lat_arena_strdup(arena, key);
        add_value(arena, requirement,
                  lat_arena_strdup(arena, lat_text_or_empty(json_string_value(value))));
        if (check_label_requirement(requirement, reterr) < 0)
            return -1;
    }
    size_t index;
    json_array_foreach(expressions, index, value)
        if (read_expression(arena, value,
                            LAT_ARENA_PUSH(arena, selector.requirements, selector.count),
                            reterr) < 0)
            return -1;
    *ret_selector = selector;
    return 0;
}

/* Up to the next unescaped ',' or '=' or "!="; "\\", "\," and "\=" stand for themselves. */
static const char *read_field_text(struct reader *reader)
{
    char *text = lat_arena_alloc(reader->arena, strlen(reader->at) + 1);
    size_t length = 0;
    const char *p = reader->at;
    while (*p != '\0' && *p != ',' && *p != '=' && !(p[0] == '!' && p[1] == '=')) {
        if (*p == '\\' && p[1] != '\0')
            p++;
        text[length++] = *p++;
    }
    reader->at = p;
    return text;
}

static int read_field_requirement(struct reader *reader, struct lat_kube_requirement *requirement)
{
    requirement->key = read_field_text(reader);
    if (take(reader, "!="))
        requirement->op = LAT_KUBE_NOT_IN;
    else if (!take(reader, "==") && !take(reader, "="))
        return lat_err_input(reader->err, "invalid selector: '%s'; can't understand '%s'",
                             reader->whole, requirement->key);
    add_value(reader->arena, requirement, read_field_text(reader));
    return 0;
}

int lat_kube_field_selector_parse(struct lat_arena *arena, const char *text,
                                  struct lat_kube_selector *ret_selector, struct lat_err *reterr)
{
    struct reader reader = {arena, lat_text_or_empty(text), lat_text_or_empty(text), reterr};
    struct lat_kube_selector selector = {0};
    while (*reader.at != '\0') {
        if (selector.count == LAT_KUBE_SELECTOR_MAX)
            return lat_err_input(reterr, "a selector has at most %d requirements",
                                 LAT_KUBE_SELECTOR_MAX);
        if (read_field_requirement(
                &reader, LAT_ARENA_PUSH(arena, selector.requirements, selector.count)) < 0)
            return -1;
        if (*reader.at == ',')
            reader.at++;
        else if (*reader.at != '\0')
            return lat_err_input(reterr, "invalid selector: '%s'; can't understand '%s'",
                                 reader.whole, reader.at);
    }
    *ret_selector = selector;
    return 0;
}

static bool is_among(const struct lat_kube_requirement *requirement, const char *value)
{
    for (size_t i = 0; i < requirement->value_count; i++)
        if (lat_text_eq(requirement->values[i], value))
            return true;
    return false;
}

static bool compares(const struct lat_kube_requirement *requirement, const char *value)
{
    int64_t left, right;
    if (lat_text_to_int64(value, &left) < 0 ||
        lat_text_to_int64(requirement->values[0], &right) < 0)
        return false;
    return requirement->op == LAT_KUBE_GREATER ? left > right : left < right;
}

/* value is NULL when the key is absent. */
static bool holds(const struct lat_kube_requirement *requirement, const char *value)
{
    switch (requirement->op) {
    case LAT_KUBE_IN:
        return value != NULL && is_among(requirement, value);
    case LAT_KUBE_NOT_IN:
        return value == NULL || !is_among(requirement, value);
    case LAT_KUBE_EXISTS:
        return value != NULL;
    case LAT_KUBE_NOT_EXISTS:
        return value == NULL;
    case LAT_KUBE_GREATER:
    case LAT_KUBE_LESS:
        return value != NULL && compares(requirement, value);
    case LAT_KUBE_OPERATOR_COUNT:
        break;
    }
    return false;
}

bool lat_kube_labels_match(const struct lat_kube_selector *selector, const json_t *labels)
{
    for (size_t i = 0; i < selector->count; i++) {
        const struct lat_kube_requirement *requirement = &selector->requirements[i];
        if (!holds(requirement, json_string_value(json_object_get(labels, requirement->key))))
            return false;
    }
    return true;
}

static const char *scalar_text(const json_t *value, char number[24])
{
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    if (!json_is_integer(value))
        return "";
    snprintf(number, 24, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return number;
}

bool lat_kube_fields_match(const struct lat_kube_selector *selector, const json_t *object)
{
    char number[24];
    for (size_t i = 0; i < selector->count; i++) {
        const struct lat_kube_requirement *requirement = &selector->requirements[i];
        if (!holds(requirement, scalar_text(lat_json_at(object, requirement->key), number)))
            return false;
    }
    return true;
}

/* --- writing ---------------------------------------------------------------------------------- */

static const char *values_text(struct lat_arena *arena, const struct lat_kube_requirement *of)
{
    const char *text = "";
    for (size_t i = 0; i < of->value_count; i++)
        text = lat_arena_printf(arena, "%s%s%s", text, i == 0 ? "" : ",", of->values[i]);
    return text;
}

const char *lat_kube_selector_text(struct lat_arena *arena,
                                   const struct lat_kube_selector *selector)
{
    const char *text = "";
    for (size_t i = 0; i < selector->count; i++) {
        const struct lat_kube_requirement *item = &selector->requirements[i];
        const char *values = values_text(arena, item), *comma = i == 0 ? "" : ",";
        bool is_in = item->op == LAT_KUBE_IN;
        if (item->op == LAT_KUBE_EXISTS || item->op == LAT_KUBE_NOT_EXISTS)
            text = lat_arena_printf(arena, "%s%s%s%s", text, comma,
                                    item->op == LAT_KUBE_EXISTS ? "" : "!", item->key);
        else if (item->value_count == 1)
            text = lat_arena_printf(arena, "%s%s%s%s%s", text, comma, item->key,
                                    is_in ? "=" : "!=", values);
        else
            text = lat_arena_printf(arena, "%s%s%s %s (%s)", text, comma, item->key,
                                    is_in ? "in" : "notin", values);
    }
    return text;
}
