/* What every Kubernetes object has, read from its JSON. Nothing here changes an object except the
 * functions called …_set; returned texts and values are borrowed from the object. */
#pragma once

#include "common/base/arena.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "" when absent or not a text. */
const char *lat_kube_name(const json_t *object);
const char *lat_kube_namespace(const json_t *object);
const char *lat_kube_uid(const json_t *object);
const char *lat_kube_resource_version(const json_t *object);
const char *lat_kube_api_version(const json_t *object);
const char *lat_kube_kind_name(const json_t *object);

/* "group/version" or "version" cut in two; group is "" for the core group. In the arena. */
void lat_kube_api_version_split(struct lat_arena *arena, const char *api_version,
                                const char **ret_group, const char **ret_version);

int64_t lat_kube_generation(const json_t *object); /* 0 when absent */

/* NULL when absent. */
const char *lat_kube_label(const json_t *object, const char *key);
const char *lat_kube_annotation(const json_t *object, const char *key);
json_t *lat_kube_labels(const json_t *object);
json_t *lat_kube_annotations(const json_t *object);
json_t *lat_kube_finalizers(const json_t *object);
json_t *lat_kube_owner_references(const json_t *object);
const char *lat_kube_deletion_timestamp(const json_t *object);

bool lat_kube_is_terminating(const json_t *object);
bool lat_kube_has_finalizer(const json_t *object, const char *finalizer);

/* The owner reference with "controller": true, or NULL. */
json_t *lat_kube_controller_reference(const json_t *object);

/* The condition of that type in a list of conditions ("status.conditions"), or NULL. */
json_t *lat_kube_condition(const json_t *conditions, const char *type);

/* Sets a condition, adding it when it is not there; lastTransitionTime (now, as text) changes with
 * the status alone. A NULL reason or message is none. */
void lat_kube_condition_set(json_t *conditions, const char *type, const char *status,
                            const char *reason, const char *message, const char *now);

/* object.metadata, made when absent. */
json_t *lat_kube_metadata_set(json_t *object);
void lat_kube_resource_version_set(json_t *object, int64_t version);
