/* Finalizers; see finalizer.h. */
#include "controller/kube/finalizer.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "common/kube/object.h"
#include "controller/model/object.h"

#define TRIES_MAX       4
#define FIRST_WAIT_MS   10
#define WAIT_FACTOR     5
#define STATUS_CONFLICT 409

/* {"metadata":{"finalizers":[…],"resourceVersion":"7"}}; null in place of an empty list. */
static json_t *patch_new(const json_t *object, const char *finalizer, bool is_wanted)
{
    json_t *list = json_array();
    size_t index = 0;
    json_t *item = NULL;
    json_array_foreach(lat_json_at(object, "metadata.finalizers"), index, item) {
        if (!lat_text_eq(json_string_value(item), finalizer))
            json_array_append(list, item);
    }
    if (is_wanted)
        json_array_append_new(list, json_string(finalizer));
    json_t *metadata = json_object();
    if (json_array_size(list) == 0) {
        json_decref(list);
        list = json_null();
    }
    json_object_set_new(metadata, "finalizers", list);
    lat_json_set_string(metadata, "resourceVersion",
                        lat_json_string_at(object, "metadata.resourceVersion", NULL));
    return json_pack("{s:o}", "metadata", metadata);
}

static void replace(json_t **object, json_t *new_object)
{
    json_decref(*object);
    *object = new_object;
}

int gwc_finalizer_set(struct gwc_kube *kube, struct lat_arena *arena,
                      const struct gwc_sleeper *sleeper, const struct gwc_kind *kind,
                      json_t **object, const char *finalizer, bool is_wanted,
                      struct gwc_kube_error *ret_error)
{
    const char *path =
        gwc_kind_path(arena, kind, lat_kube_namespace(*object), lat_kube_name(*object), NULL);
    int64_t wait_ms = FIRST_WAIT_MS;
    for (int tries = 1;; tries++) {
        if (lat_kube_has_finalizer(*object, finalizer) == is_wanted)
            return 0;
        LAT_AUTO(lat_json_decrefp) json_t *patch = patch_new(*object, finalizer, is_wanted);
        json_t *answer = NULL;
        if (gwc_kube_call(kube, arena, "PATCH", path, GWC_KUBE_MERGE_PATCH, patch, &answer,
                          ret_error) == 0) {
            replace(object, answer);
            return 0;
        }
        if (ret_error->status != STATUS_CONFLICT || tries == TRIES_MAX ||
            !sleeper->sleep(sleeper->context, wait_ms))
            return -1;
        wait_ms *= WAIT_FACTOR;
        if (gwc_kube_call(kube, arena, "GET", path, NULL, NULL, &answer, ret_error) < 0)
            return -1;
        replace(object, answer);
    }
}
