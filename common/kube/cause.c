/* Causes and their words; see cause.h. */
#include "common/kube/cause.h"

#include "common/base/json.h"
#include "common/base/lat_limits.h"
#include "common/base/text.h"

#include <stdbool.h>

struct words {
    const char *reason; /* in details.causes */
    const char *title;  /* at the front of the message */
    bool shows_value;
};

static const struct words words[] = {
    [LAT_KUBE_REQUIRED] = {"FieldValueRequired", "Required value", false},
    [LAT_KUBE_INVALID] = {"FieldValueInvalid", "Invalid value", true},
    [LAT_KUBE_TYPE_INVALID] = {"FieldValueTypeInvalid", "Invalid value", true},
    [LAT_KUBE_NOT_SUPPORTED] = {"FieldValueNotSupported", "Unsupported value", true},
    [LAT_KUBE_DUPLICATE] = {"FieldValueDuplicate", "Duplicate value", true},
    [LAT_KUBE_FORBIDDEN] = {"FieldValueForbidden", "Forbidden", false},
    [LAT_KUBE_TOO_LONG] = {"FieldValueTooLong", "Too long", false},
    [LAT_KUBE_TOO_MANY] = {"FieldValueTooMany", "Too many", true},
};
_Static_assert(LAT_COUNT(words) == LAT_KUBE_REASON_COUNT, "every reason has its words");

const char *lat_kube_field_member(struct lat_arena *arena, const char *field, const char *name)
{
    return field[0] == '\0' ? name : lat_arena_concat(arena, field, ".", name, NULL);
}

const char *lat_kube_field_item(struct lat_arena *arena, const char *field, size_t index)
{
    char digits[24], *at = &digits[sizeof digits - 1];
    *at = '\0';
    do
        *--at = (char)('0' + index % 10);
    while ((index /= 10) > 0);
    return lat_arena_concat(arena, field, "[", at, "]", NULL);
}

void lat_kube_cause_add(struct lat_kube_causes *causes, enum lat_kube_reason reason,
                        const char *field, const json_t *value, const char *detail, ...)
{
    if (causes->count == LAT_KUBE_CAUSES_MAX)
        return;
    va_list args;
    va_start(args, detail);
    const char *text = lat_arena_vprintf(causes->arena, detail, args);
    va_end(args);
    bool shown = value != NULL && words[reason].shows_value;
    const char *value_text = shown ? lat_json_text(causes->arena, value) : "";
    struct lat_kube_cause *cause = LAT_ARENA_PUSH(causes->arena, causes->items, causes->count);
    cause->reason = reason;
    cause->field = lat_arena_strdup(causes->arena, field);
    cause->message =
        lat_arena_printf(causes->arena, "%s%s%s%s%s", words[reason].title, shown ? ": " : "",
                         value_text, text[0] != '\0' ? ": " : "", text);
}

const char *lat_kube_reason_word(enum lat_kube_reason reason)
{
    return words[reason].reason;
}

static bool was_said(const struct lat_kube_causes *causes, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (lat_text_eq(causes->items[i].field, causes->items[index].field) &&
            lat_text_eq(causes->items[i].message, causes->items[index].message))
            return true;
    return false;
}

const char *lat_kube_causes_text(const struct lat_kube_causes *causes)
{
    const char *text = "";
    size_t said = 0;
    for (size_t i = 0; i < causes->count; i++) {
        if (was_said(causes, i))
            continue;
        text = lat_arena_printf(causes->arena, "%s%s%s: %s", text, said == 0 ? "" : ", ",
                                causes->items[i].field, causes->items[i].message);
        said++;
    }
    return said == 1 ? text : lat_arena_printf(causes->arena, "[%s]", text);
}
