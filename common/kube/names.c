/* Name shapes; see names.h. The refusal texts are those of k8s.io/apimachinery (observed). */
#include "common/kube/names.h"

#include "common/base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define LABEL_MAX     63
#define SUBDOMAIN_MAX 253

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z');
}

/* [a-z0-9]([-a-z0-9]*[a-z0-9])? over length bytes. */
static bool is_label(const char *text, size_t length)
{
    if (length == 0)
        return false;
    for (size_t i = 0; i < length; i++) {
        bool inner = i > 0 && i + 1 < length;
        if (!is_lower(text[i]) && !is_digit(text[i]) && !(inner && text[i] == '-'))
            return false;
    }
    return true;
}

static bool is_subdomain(const char *text, size_t length)
{
    size_t start = 0;
    for (size_t i = 0; i <= length; i++)
        if (i == length || text[i] == '.') {
            if (!is_label(text + start, i - start))
                return false;
            start = i + 1;
        }
    return true;
}

/* ([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9] */
static bool is_qualified_part(const char *text, size_t length)
{
    if (length == 0 || !is_alnum(text[0]) || !is_alnum(text[length - 1]))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_alnum(text[i]) && text[i] != '-' && text[i] != '_' && text[i] != '.')
            return false;
    return true;
}

static const char *subdomain_problem(const char *name)
{
    size_t length = strlen(name);
    if (length > SUBDOMAIN_MAX)
        return "must be no more than 253 characters";
    if (!is_subdomain(name, length))
        return "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, "
               "'-' or '.', and must start and end with an alphanumeric character (e.g. "
               "'example.com', regex used for validation is "
               "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    return NULL;
}

static const char *label_problem(const char *name)
{
    size_t length = strlen(name);
    if (length > LABEL_MAX)
        return "must be no more than 63 characters";
    if (!is_label(name, length))
        return "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or "
               "'-', and must start and end with an alphanumeric character (e.g. 'my-name',  or "
               "'123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    return NULL;
}

static const char *label_1035_problem(const char *name)
{
    size_t length = strlen(name);
    if (length > LABEL_MAX)
        return "must be no more than 63 characters";
    if (!is_label(name, length) || !is_lower(name[0]))
        return "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start "
               "with an alphabetic character, and end with an alphanumeric character (e.g. "
               "'my-name',  or 'abc-123', regex used for validation is "
               "'[a-z]([-a-z0-9]*[a-z0-9])?')";
    return NULL;
}

static const char *label_key_problem(const char *key)
{
    const char *slash = strchr(key, '/');
    const char *name = slash == NULL ? key : slash + 1;
    if (slash == key)
        return "prefix part must be non-empty";
    if (slash != NULL && (slash - key > SUBDOMAIN_MAX || !is_subdomain(key, (size_t)(slash - key))))
        return "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
               "characters, '-' or '.', and must start and end with an alphanumeric character "
               "(e.g. 'example.com', regex used for validation is "
               "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    if (name[0] == '\0')
        return "name part must be non-empty";
    if (strlen(name) > LABEL_MAX)
        return "name part must be no more than 63 characters";
    if (!is_qualified_part(name, strlen(name)))
        return "name part must consist of alphanumeric characters, '-', '_' or '.', and must start "
               "and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or "
               "'123-abc', regex used for validation is "
               "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    return NULL;
}

static const char *label_value_problem(const char *value)
{
    if (value[0] == '\0')
        return NULL;
    if (strlen(value) > LABEL_MAX)
        return "must be no more than 63 characters";
    if (!is_qualified_part(value, strlen(value)))
        return "a valid label must be an empty string or consist of alphanumeric characters, '-', "
               "'_' or '.', and must start and end with an alphanumeric character (e.g. "
               "'MyValue',  or 'my_value',  or '12345', regex used for validation is "
               "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
    return NULL;
}

static const char *segment_problem(const char *name)
{
    if (lat_text_eq(name, "."))
        return "may not be '.'";
    if (lat_text_eq(name, ".."))
        return "may not be '..'";
    if (strchr(name, '/') != NULL)
        return "may not contain '/'";
    return strchr(name, '%') != NULL ? "may not contain '%'" : NULL;
}

const char *lat_kube_name_problem(enum lat_kube_name_form form, const char *name)
{
    switch (form) {
    case LAT_KUBE_NAME_SUBDOMAIN:
        return subdomain_problem(name);
    case LAT_KUBE_NAME_LABEL:
        return label_problem(name);
    case LAT_KUBE_NAME_LABEL_1035:
        return label_1035_problem(name);
    case LAT_KUBE_NAME_SEGMENT:
        return segment_problem(name);
    case LAT_KUBE_NAME_LABEL_KEY:
        return label_key_problem(name);
    case LAT_KUBE_NAME_LABEL_VALUE:
        return label_value_problem(name);
    case LAT_KUBE_NAME_FORM_COUNT:
        break;
    }
    return "has no form";
}

enum lat_kube_name_form lat_kube_name_form_parse(const char *word)
{
    static const char *const words[] = {
        [LAT_KUBE_NAME_SUBDOMAIN] = "subdomain",
        [LAT_KUBE_NAME_LABEL] = "label",
        [LAT_KUBE_NAME_LABEL_1035] = "label-1035",
        [LAT_KUBE_NAME_SEGMENT] = "segment",
    };
    for (size_t i = 0; i < LAT_COUNT(words); i++)
        if (lat_text_eq(words[i], word))
            return (enum lat_kube_name_form)i;
    return LAT_KUBE_NAME_FORM_COUNT;
}
