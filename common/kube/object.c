/* Access to the common part of objects; see object.h. */
#include "common/kube/object.h"

#include "common/base/json.h"
#include "common/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static json_t *metadata_member(const json_t *object, const char *name)
{
    return json_object_get(json_object_get(object, "metadata"), name);
}

static const char *metadata_text(const json_t *object, const char *name)
{
    return lat_text_or_empty(json_string_value(metadata_member(object, name)));
}

const char *lat_kube_name(const json_t *object)
{
    return metadata_text(object, "name");
}

const char *lat_kube_namespace(const json_t *object)
{
    return metadata_text(object, "namespace");
}

const char *lat_kube_uid(const json_t *object)
{
    return metadata_text(object, "uid");
}

const char *lat_kube_resource_version(const json_t *object)
{
    return metadata_text(object, "resourceVersion");
}

const char *lat_kube_api_version(const json_t *object)
{
    return lat_text_or_empty(json_string_value(json_object_get(object, "apiVersion")));
}

const char *lat_kube_kind_name(const json_t *object)
{
    return lat_text_or_empty(json_string_value(json_object_get(object, "kind")));
}

void lat_kube_api_version_split(struct lat_arena *arena, const char *api_version,
                                const char **ret_group, const char **ret_version)
{
    const char *slash = strchr(api_version, '/');
    *ret_group =
        slash == NULL ? "" : lat_arena_strndup(arena, api_version, (size_t)(slash - api_version));
    *ret_version = lat_arena_strdup(arena, slash == NULL ? api_version : slash + 1);
}

int64_t lat_kube_generation(const json_t *object)
{
    return json_integer_value(metadata_member(object, "generation"));
}

json_t *lat_kube_labels(const json_t *object)
{
    return metadata_member(object, "labels");
}

json_t *lat_kube_annotations(const json_t *object)
{
    return metadata_member(object, "annotations");
}

json_t *lat_kube_finalizers(const json_t *object)
{
    return metadata_member(object, "finalizers");
}

json_t *lat_kube_owner_references(const json_t *object)
{
    return metadata_member(object, "ownerReferences");
}

const char *lat_kube_deletion_timestamp(const json_t *object)
{
    return json_string_value(metadata_member(object, "deletionTimestamp"));
}

const char *lat_kube_label(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(lat_kube_labels(object), key));
}

const char *lat_kube_annotation(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(lat_kube_annotations(object), key));
}

bool lat_kube_is_terminating(const json_t *object)
{
    return lat_kube_deletion_timestamp(object) != NULL;
}

bool lat_kube_has_finalizer(const json_t *object, const char *finalizer)
{
    size_t index;
    json_t *item;
    json_array_foreach(lat_kube_finalizers(object), index, item)
        if (lat_text_eq(json_string_value(item), finalizer))
            return true;
    return false;
}

json_t *lat_kube_controller_reference(const json_t *object)
{
    size_t index;
    json_t *reference;
    json_array_foreach(lat_kube_owner_references(object), index, reference)
        if (json_is_true(json_object_get(reference, "controller")))
            return reference;
    return NULL;
}

json_t *lat_kube_condition(const json_t *conditions, const char *type)
{
    size_t index;
    json_t *condition;
    json_array_foreach(lat_json_iterable(conditions), index, condition)
        if (lat_text_eq(json_string_value(json_object_get(condition, "type")), type))
            return condition;
    return NULL;
}

static void set_or_remove(json_t *object, const char *name, const char *text)
{
    if (text == NULL)
        json_object_del(object, name);
    else
        lat_json_set_string(object, name, text);
}

void lat_kube_condition_set(json_t *conditions, const char *type, const char *status,
                            const char *reason, const char *message, const char *now)
{
    json_t *condition = lat_kube_condition(conditions, type);
    if (condition == NULL) {
        condition = json_pack("{s:s}", "type", type);
        json_array_append_new(conditions, condition);
    }
    if (!lat_text_eq(lat_json_string_at(condition, "status", ""), status))
        lat_json_set_string(condition, "lastTransitionTime", now);
    lat_json_set_string(condition, "status", status);
    set_or_remove(condition, "reason", reason);
    set_or_remove(condition, "message", message);
}

json_t *lat_kube_metadata_set(json_t *object)
{
    json_t *metadata = json_object_get(object, "metadata");
    if (!json_is_object(metadata)) {
        metadata = json_object();
        json_object_set_new(object, "metadata", metadata);
    }
    return metadata;
}

void lat_kube_resource_version_set(json_t *object, int64_t version)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, version);
    json_object_set_new(lat_kube_metadata_set(object), "resourceVersion", json_string(text));
}
