/* Places rules by their annotations. Checks neither range nor duplicates: Lattice does. */
#include "controller/model/priority.h"

#include "controller/model/keys.h"
#include "controller/model/object.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A decimal integer, cut to 32 bits (observed). Returns false when text is no integer. */
static bool parse_priority(const char *text, int64_t *ret_priority)
{
    const char *digits = text[0] == '+' || text[0] == '-' ? text + 1 : text;
    if (digits[0] == '\0' || strspn(digits, "0123456789") != strlen(digits))
        return false;
    errno = 0;
    long long value = strtoll(text, NULL, 10);
    if (errno != 0)
        return false;
    *ret_priority = (int32_t)(uint32_t)(unsigned long long)value;
    return true;
}

static const char *annotation_of(struct lat_arena *arena, const json_t *route, size_t index)
{
    const char *key = lat_arena_printf(arena, "%srule-%zu-priority", GWC_PREFIX, index);
    return lat_kube_annotation(route, key);
}

struct gwc_rule_place *gwc_rule_places(struct lat_arena *arena, const json_t *route,
                                       size_t rule_count)
{
    struct gwc_rule_place *places = LAT_NEW_ARRAY(arena, struct gwc_rule_place, rule_count);
    size_t placed = 0;
    for (size_t i = 0; i < rule_count; i++) {
        const char *annotation = annotation_of(arena, route, i);
        if (annotation == NULL)
            continue;
        int64_t priority = (int64_t)i + 1;
        (void)parse_priority(annotation, &priority); /* what is no number counts as its place */
        places[placed++] = (struct gwc_rule_place){.index = i, .priority = priority};
    }
    for (size_t i = 0; i < rule_count; i++) {
        if (annotation_of(arena, route, i) != NULL)
            continue;
        /* "After the last placed", not "after the largest": observed, and kept. */
        int64_t priority = placed == 0 ? 1 : places[placed - 1].priority + 1;
        places[placed++] = (struct gwc_rule_place){.index = i, .priority = priority};
    }
    return places;
}
