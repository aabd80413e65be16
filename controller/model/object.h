/* The few members of Kubernetes objects that the model reads everywhere. Nothing here allocates or
 * interprets. */
#pragma once

#include "common/base/json.h"

static inline const char *gwc_object_name(const json_t *object)
{
    return lat_json_string_at(object, "metadata.name", "");
}

static inline const char *gwc_object_namespace(const json_t *object)
{
    return lat_json_string_at(object, "metadata.namespace", "");
}

static inline bool gwc_object_is_deleted(const json_t *object)
{
    return lat_json_string_at(object, "metadata.deletionTimestamp", NULL) != NULL;
}

static inline int64_t gwc_object_generation(const json_t *object)
{
    return lat_json_int_at(object, "metadata.generation", 0);
}

/* The value of an annotation; NULL when absent. */
static inline const char *gwc_object_annotation(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(lat_json_at(object, "metadata.annotations"), key));
}

/* The text of one member; NULL when absent or of another type. */
static inline const char *gwc_member_text(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

/* The namespace that a reference inside a route means: its own, else the route's. */
static inline const char *gwc_ref_namespace(const json_t *ref, const json_t *route)
{
    const char *own = gwc_member_text(ref, "namespace");
    return own != NULL ? own : gwc_object_namespace(route);
}
