/* Causes: why an object is refused, one entry per field, as the details of a Status list them. The
 * texts follow k8s.io/apimachinery's field errors (observed). A cause is a value, not breakage. */
#pragma once

#include "common/base/arena.h"

#include <jansson.h>
#include <stddef.h>

enum lat_kube_reason {
    LAT_KUBE_REQUIRED,
    LAT_KUBE_INVALID,
    LAT_KUBE_TYPE_INVALID,
    LAT_KUBE_NOT_SUPPORTED,
    LAT_KUBE_DUPLICATE,
    LAT_KUBE_FORBIDDEN,
    LAT_KUBE_TOO_LONG,
    LAT_KUBE_TOO_MANY,
    LAT_KUBE_REASON_COUNT
};

struct lat_kube_cause {
    enum lat_kube_reason reason;
    const char *field;   /* "spec.rules[0].matches" */
    const char *message; /* "Invalid value: 0: should be greater than or equal to 1" */
};

/* Everything lives in the arena, which the caller sets; start with the rest zero. At most
 * LAT_KUBE_CAUSES_MAX are kept. */
struct lat_kube_causes {
    struct lat_arena *arena;
    struct lat_kube_cause *items;
    size_t count;
};

/* Adds a cause; value (may be NULL) is shown in the message where that kind of cause shows one, and
 * detail may be "". */
void lat_kube_cause_add(struct lat_kube_causes *causes, enum lat_kube_reason reason,
                        const char *field, const json_t *value, const char *detail, ...)
    LAT_PRINTF(5, 6);

/* The field of a member, and of an item, below a field as causes show it ("" is the object). */
const char *lat_kube_field_member(struct lat_arena *arena, const char *field, const char *name);
const char *lat_kube_field_item(struct lat_arena *arena, const char *field, size_t index);

/* "FieldValueRequired" and so on, as details.causes[].reason. */
const char *lat_kube_reason_word(enum lat_kube_reason reason);

/* "spec.a: Required value", or "[…, …]" for several, without repetitions; in the arena. */
const char *lat_kube_causes_text(const struct lat_kube_causes *causes);
