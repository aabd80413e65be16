/* Sets of fields, as metadata.managedFields records them (documented: fieldsV1): a JSON object
 * whose members are elements, "f:name" of a member, "k:{…}" of a list item by its keys, "v:…" of an
 * item of a set, and whose values hold what lies below. {} is a field that is in the set; "."
 * beside others says that the field itself is in it, too. Pure; sets that go in are never changed,
 * and every result is a new reference.
 *
 * schema is the OpenAPI schema of the object (NULL: objects are looked into, lists are not): it
 * says which lists are merged by keys or as sets (x-kubernetes-list-type, or the older
 * x-kubernetes-patch-merge-key) and which objects are one value (x-kubernetes-map-type: atomic). */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* The fields that an applied configuration names, without those of identity (name, uid, …). */
json_t *lat_kube_fields_of_new(struct lat_arena *arena, const json_t *schema, const json_t *object);

/* What differs between two objects: fields with a new value, and fields that are gone. old may be
 * NULL: then all of object is new. Fields of identity are left out. */
void lat_kube_fields_compare(struct lat_arena *arena, const json_t *schema, const json_t *old,
                             const json_t *object, json_t **ret_changed_new,
                             json_t **ret_removed_new);

json_t *lat_kube_fields_union_new(const json_t *left, const json_t *right);
json_t *lat_kube_fields_minus_new(const json_t *left, const json_t *right);
json_t *lat_kube_fields_common_new(const json_t *left, const json_t *right);
/* The set with every named member on the way to a field in it, too. */
json_t *lat_kube_fields_named_new(const json_t *set);
/* The set in the one order in which it is written: equal sets give equal bytes. */
json_t *lat_kube_fields_sorted_new(const json_t *set);

/* The fields of the set as people read them: ".spec.ports[port=80,protocol=\"TCP\"].name". */
void lat_kube_fields_paths(struct lat_arena *arena, const json_t *set, const char ***ret_paths,
                           size_t *ret_count);

/* Refuses a configuration in which a list item lacks one of its keys, or two items have the same.
 */
int lat_kube_fields_check(struct lat_arena *arena, const json_t *schema, const json_t *object,
                          struct lat_err *reterr) LAT_MUST_USE;

/* live with everything that config says. */
json_t *lat_kube_fields_merge_new(struct lat_arena *arena, const json_t *schema, const json_t *live,
                                  const json_t *config);
/* object without the fields of the set. */
json_t *lat_kube_fields_without_new(struct lat_arena *arena, const json_t *schema,
                                    const json_t *object, const json_t *set);

/* Whether a value that a peer gave is such a set. */
bool lat_kube_fields_is_set(const json_t *value);
