/* The shapes of names that Kubernetes accepts, with the texts it refuses others with.
 * Pure checks on text; nothing here knows which kind wants which shape. */
#pragma once

#include "common/base/auto.h"

enum lat_kube_name_form {
    LAT_KUBE_NAME_SUBDOMAIN,  /* RFC 1123 subdomain, at most 253 characters */
    LAT_KUBE_NAME_LABEL,      /* RFC 1123 label, at most 63 */
    LAT_KUBE_NAME_LABEL_1035, /* RFC 1035 label: begins with a letter, at most 63 */
    LAT_KUBE_NAME_SEGMENT,    /* whatever fits between two slashes of a path */
    LAT_KUBE_NAME_LABEL_KEY,  /* [prefix/]name, a key of labels and annotations */
    LAT_KUBE_NAME_LABEL_VALUE,
    LAT_KUBE_NAME_FORM_COUNT
};

/* NULL when name has that form; else why not, in the words of kube-apiserver (documented). The text
 * is a literal or lives in static data. */
const char *lat_kube_name_problem(enum lat_kube_name_form form, const char *name);

/* The form of that word ("subdomain", "label", "label-1035", "segment"), or
 * LAT_KUBE_NAME_FORM_COUNT. */
enum lat_kube_name_form lat_kube_name_form_parse(const char *word);
