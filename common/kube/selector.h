/* Label selectors, as text ("app=web,tier in (a,b),!old") and as objects (matchLabels,
 * matchExpressions), and field selectors ("metadata.name=x,status.phase!=Active"). */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum lat_kube_operator {
    LAT_KUBE_IN,     /* also "=" and "==" */
    LAT_KUBE_NOT_IN, /* also "!="; holds when the key is absent */
    LAT_KUBE_EXISTS,
    LAT_KUBE_NOT_EXISTS,
    LAT_KUBE_GREATER,
    LAT_KUBE_LESS,
    LAT_KUBE_OPERATOR_COUNT
};

struct lat_kube_requirement {
    const char *key; /* a label key, or a dotted path for fields */
    enum lat_kube_operator op;
    const char **values;
    size_t value_count;
};

/* All must hold; none means everything. Lives in the arena it was parsed into. */
struct lat_kube_selector {
    struct lat_kube_requirement *requirements;
    size_t count;
};

/* NULL and "" select everything. Returns -1 with what is wrong, in one line. */
int lat_kube_label_selector_parse(struct lat_arena *arena, const char *text,
                                  struct lat_kube_selector *ret_selector,
                                  struct lat_err *reterr) LAT_MUST_USE;

/* A LabelSelector object; NULL selects nothing in Kubernetes, which the caller decides: it must not
 * be NULL here. */
int lat_kube_label_selector_read(struct lat_arena *arena, const json_t *object,
                                 struct lat_kube_selector *ret_selector,
                                 struct lat_err *reterr) LAT_MUST_USE;

/* The selector as lat_kube_label_selector_parse reads it; in the arena. */
const char *lat_kube_selector_text(struct lat_arena *arena,
                                   const struct lat_kube_selector *selector);

int lat_kube_field_selector_parse(struct lat_arena *arena, const char *text,
                                  struct lat_kube_selector *ret_selector,
                                  struct lat_err *reterr) LAT_MUST_USE;

/* labels may be NULL. */
bool lat_kube_labels_match(const struct lat_kube_selector *selector, const json_t *labels);
/* A missing field reads as "". Numbers and booleans are compared as JSON prints them. */
bool lat_kube_fields_match(const struct lat_kube_selector *selector, const json_t *object);
