/* Reading Kubernetes objects: what all of them have (common/kube), and two things more that the
 * model reads everywhere. Nothing here allocates. */
#pragma once

#include "common/base/json.h"
#include "common/kube/object.h"

/* The text of one member; NULL when absent or of another type. */
static inline const char *gwc_member_text(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

/* The namespace that a reference inside a route means: its own, else the route's. */
static inline const char *gwc_ref_namespace(const json_t *ref, const json_t *route)
{
    const char *own = gwc_member_text(ref, "namespace");
    return own != NULL ? own : lat_kube_namespace(route);
}
