/* What fields.c and fields_object.c share: how an object falls into elements. */
#pragma once

#include "common/kube/fields.h"

/* Whether the field that this value of a set stands for is in the set itself. */
bool lat_kube_fields_has_itself(const json_t *below);
/* set[element] = new_below, the field itself being in the set or not; nothing if neither holds. */
void lat_kube_fields_put(json_t *set, const char *element, json_t *new_below, bool itself);
