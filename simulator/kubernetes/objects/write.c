/* create and update, and the one place where an object is stored. */
#include "simulator/kubernetes/objects/objects.h"

#include "common/base/text.h"
#include "common/kube/object.h"

#define GENERATED_PREFIX_MAX 58 /* bytes of generateName that are kept */
#define GENERATED_LENGTH     5
#define GENERATED_ATTEMPTS   8

/* --- create ----------------------------------------------------------------------------------- */

/* The body must be of the kind and version that the URL names; what it leaves out is filled in. */
static int check_type(struct sim_kube_call *call, json_t *object)
{
    const struct sim_kube_request *request = &call->request;
    const char *expected = lat_kube_kind_api_version(call->arena, request->kind, request->version);
    const char *given = lat_kube_api_version(object);
    const char *kind = lat_kube_kind_name(object);
    if (given[0] != '\0' && !lat_text_eq(given, expected))
        return sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST,
                               "the API version in the data (%s) does not match the expected API "
                               "version (%s)",
                               given, expected);
    if (kind[0] != '\0' && !lat_text_eq(kind, request->kind->kind))
        return sim_kube_refuse(
            call, SIM_KUBE_BAD_REQUEST,
            "%s in version \"%s\" cannot be handled as a %s: the kind in the data "
            "does not match the expected kind",
            kind, request->version->name, request->kind->kind);
    lat_json_set_string(object, "apiVersion", expected);
    lat_json_set_string(object, "kind", request->kind->kind);
    const json_t *metadata = json_object_get(object, "metadata");
    if (metadata != NULL && !json_is_object(metadata) && !json_is_null(metadata))
        return sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST, "metadata: must be an object");
    sim_kube_clean_metadata(object);
    return 0;
}

static int check_namespace_matches(struct sim_kube_call *call, json_t *object)
{
    const char *namespace = lat_kube_namespace(object);
    if (namespace[0] != '\0' && !lat_text_eq(namespace, call->request.namespace))
        return sim_kube_refuse(
            call, SIM_KUBE_BAD_REQUEST,
            "the namespace of the provided object does not match the namespace sent "
            "on the request");
    if (call->request.namespace[0] != '\0')
        lat_json_set_string(lat_kube_metadata_set(object), "namespace", call->request.namespace);
    return 0;
}

int sim_kube_check_addressed(struct sim_kube_call *call, json_t *object)
{
    return check_type(call, object) < 0 ? -1 : check_namespace_matches(call, object);
}

/* A name that is taken is thrown away, as kube-apiserver does from 1.30 on (documented). */
static int generate_name(struct sim_kube_call *call, json_t *object)
{
    const struct sim_kube_request *request = &call->request;
    static const char letters[] = "bcdfghjklmnpqrstvwxz2456789";
    const char *prefix = lat_json_string_at(object, "metadata.generateName", "");
    if (lat_kube_name(object)[0] != '\0' || prefix[0] == '\0')
        return 0;
    for (int attempt = 0; attempt < GENERATED_ATTEMPTS; attempt++) {
        struct sim_kube_object *taken = NULL;
        char suffix[GENERATED_LENGTH + 1] = {0};
        for (size_t i = 0; i < GENERATED_LENGTH; i++)
            suffix[i] = letters[lat_rng_below(&call->kube->sim->rng, sizeof letters - 1)];
        const char *name =
            lat_arena_printf(call->arena, "%.*s%s", GENERATED_PREFIX_MAX, prefix, suffix);
        lat_json_set_string(lat_kube_metadata_set(object), "name", name);
        if (sim_kube_find(call, request->kind, request->namespace, name, &taken) < 0)
            return -1;
        if (taken == NULL)
            return 0;
    }
    return sim_kube_refuse_generated(call, lat_kube_name(object));
}

/* What only the server says about a new object. */
static const char *begin_life(struct sim_kube_call *call, json_t *object)
{
    static const char *const ours[] = {"uid", "creationTimestamp", "deletionTimestamp",
                                       "deletionGracePeriodSeconds", "generation"};
    json_t *metadata = lat_kube_metadata_set(object);
    for (size_t i = 0; i < LAT_COUNT(ours); i++)
        json_object_del(metadata, ours[i]);
    char uid[LAT_UUID_TEXT_BYTES], time[LAT_TIME_TEXT_BYTES];
    lat_json_set_string(metadata, "uid", lat_rng_uuid(&call->kube->sim->rng, uid));
    lat_json_set_string(metadata, "creationTimestamp", lat_time_format_seconds(call->now_ms, time));
    if (call->request.kind->has_generation)
        json_object_set_new(metadata, "generation", json_integer(1));
    if (call->request.version->has_status)
        json_object_del(object, "status");
    return lat_arena_strdup(call->arena, uid);
}

static int insert_row(struct sim_kube_call *call, json_t *object, const char *uid)
{
    const struct sim_kube_request *request = &call->request;
    struct sim_kube_object row = {
        .uid = uid,
        .resource = request->kind->resource,
        .namespace = request->namespace,
        .name = lat_kube_name(object),
    };
    struct sim_kube_object *present = NULL;
    if (sim_kube_find(call, request->kind, row.namespace, row.name, &present) < 0)
        return -1;
    if (present != NULL)
        return sim_kube_refuse_exists(call, row.name);
    row.name = lat_arena_strdup(call->arena, row.name);
    return sim_kube_store_answered(call, &row, object, 201);
}

int sim_kube_insert(struct sim_kube_call *call, json_t **owned)
{
    json_t *object = *owned;
    if (lat_kube_resource_version(object)[0] != '\0')
        return sim_kube_refuse(call, SIM_KUBE_BAD_REQUEST,
                               "resourceVersion should not be set on objects to be created");
    if (generate_name(call, object) < 0)
        return -1;
    call->request.name = lat_arena_strdup(call->arena, lat_kube_name(object));
    if (sim_kube_check_namespace(call) < 0 || sim_kube_check_definition(call) < 0)
        return -1;
    const char *uid = begin_life(call, object);
    if (sim_kube_check_object(call, object, NULL) < 0 || sim_kube_admit(call, owned) < 0)
        return -1;
    object = *owned;
    sim_kube_manage(call, object, NULL);
    return insert_row(call, object, uid);
}

int sim_kube_create(struct sim_kube_call *call)
{
    LAT_AUTO(lat_json_decrefp) json_t *object = NULL;
    if (sim_kube_body_read_new(call, &object) < 0 || sim_kube_check_addressed(call, object) < 0 ||
        sim_kube_check_unknown(call, object, false) < 0)
        return -1;
    return sim_kube_insert(call, &object);
}

/* --- update ----------------------------------------------------------------------------------- */

static int check_version(struct sim_kube_call *call, const json_t *object, const json_t *old)
{
    const char *given = lat_kube_resource_version(object);
    const char *name = lat_kube_name(old);
    if (given[0] == '\0' && !call->request.kind->is_builtin &&
        call->request.verb == SIM_KUBE_UPDATE) {
        struct lat_kube_causes causes = {.arena = call->arena};
        lat_kube_cause_add(&causes, LAT_KUBE_INVALID, "metadata.resourceVersion", NULL, "%s",
                           "0x0: must be specified for an update");
        return sim_kube_refuse_causes(call, name, &causes);
    }
    if (given[0] != '\0' && !lat_text_eq(given, lat_kube_resource_version(old)))
        return sim_kube_refuse_conflict(call, name);
    return 0;
}

static int check_identity(struct sim_kube_call *call, const json_t *object, const json_t *old)
{
    const char *uid = lat_kube_uid(object);
    if (!lat_text_eq(lat_kube_name(object), lat_kube_name(old)))
        return sim_kube_refuse(
            call, SIM_KUBE_BAD_REQUEST,
            "the name of the object (%s) does not match the name on the URL (%s)",
            lat_kube_name(object), call->request.name);
    if (uid[0] != '\0' && !lat_text_eq(uid, lat_kube_uid(old)))
        return sim_kube_refuse(
            call, SIM_KUBE_CONFLICT,
            "Operation cannot be fulfilled on %s \"%s\": StorageError: invalid "
            "object, Code: 4, Precondition failed: UID in precondition: %s, UID in "
            "object meta: %s",
            call->request.kind->resource, call->request.name, uid, lat_kube_uid(old));
    return 0;
}

static void carry_over(json_t *to, const json_t *from, const char *name)
{
    json_t *value = json_object_get(from, name);
    if (value == NULL)
        json_object_del(to, name);
    else
        json_object_set_new(to, name, lat_json_copy_new(value));
}

/* What a write of the main resource or of its status may not change comes from the old object. */
static json_t *allowed_new(const struct sim_kube_call *call, const json_t *old,
                           const json_t *object)
{
    static const char *const kept[] = {
        "uid",         "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
        "generation",  "resourceVersion",   "namespace",         "name",
        "generateName"};
    json_t *next = NULL;
    if (sim_kube_is_status(&call->request)) {
        next = lat_json_copy_new(old);
        carry_over(next, object, "status");
        return next;
    }
    next = lat_json_copy_new(object);
    if (call->request.version->has_status)
        carry_over(next, old, "status");
    for (size_t i = 0; i < LAT_COUNT(kept); i++)
        carry_over(lat_kube_metadata_set(next), json_object_get(old, "metadata"), kept[i]);
    return next;
}

/* Whether two objects differ outside of metadata, and of status where that is a subresource. */
static bool differs_in_spec(const struct sim_kube_call *call, const json_t *old, const json_t *next)
{
    LAT_AUTO(lat_json_decrefp) json_t *left = json_copy(lat_json_iterable(old));
    LAT_AUTO(lat_json_decrefp) json_t *right = json_copy(lat_json_iterable(next));
    json_t *both[] = {left, right};
    for (size_t i = 0; i < LAT_COUNT(both); i++) {
        json_object_del(both[i], "metadata");
        json_object_del(both[i], "apiVersion");
        if (call->request.version->has_status)
            json_object_del(both[i], "status");
    }
    return !json_equal(left, right);
}

int sim_kube_replace(struct sim_kube_call *call, const struct sim_kube_object *row,
                     const json_t *old, json_t *object)
{
    const struct lat_kube_kind *kind = call->request.kind;
    if (check_identity(call, object, old) < 0 || check_version(call, object, old) < 0)
        return -1;
    LAT_AUTO(lat_json_decrefp) json_t *next = allowed_new(call, old, object);
    sim_kube_clean_metadata(next);
    if (sim_kube_check_object(call, next, old) < 0)
        return -1;
    sim_kube_manage(call, next, old);
    if (json_equal(next, old)) { /* keeps its version and wakes nobody */
        sim_kube_answer_object(call, 200, next);
        return 0;
    }
    if (kind->has_generation && differs_in_spec(call, old, next))
        json_object_set_new(lat_kube_metadata_set(next), "generation",
                            json_integer(lat_kube_generation(old) + 1));
    bool is_terminating = lat_kube_is_terminating(next);
    bool encloses = sim_kube_enclosing_of(kind) != NULL;
    if (is_terminating && encloses) /* it may go now */
        sim_kube_note_departure(call, kind, next, false);
    if (!is_terminating || encloses || lat_kube_finalizers(next) != NULL)
        return sim_kube_store_answered(call, row, next, 200);
    if (sim_kube_remove(call, kind, row, next) < 0)
        return -1;
    sim_kube_answer_object(call, 200, next);
    return 0;
}

int sim_kube_update(struct sim_kube_call *call)
{
    const struct sim_kube_request *request = &call->request;
    LAT_AUTO(lat_json_decrefp) json_t *object = NULL;
    struct sim_kube_object *row = NULL;
    if (sim_kube_body_read_new(call, &object) < 0 || sim_kube_check_addressed(call, object) < 0 ||
        sim_kube_check_unknown(call, object, false) < 0)
        return -1;
    if (sim_kube_find(call, request->kind, request->namespace, request->name, &row) < 0)
        return -1;
    if (row == NULL)
        return sim_kube_refuse_not_found(call, request->name);
    LAT_AUTO(lat_json_decrefp)
    json_t *old = sim_kube_stored_new(
        sim_kube_body_for(call->arena, request->kind, request->version, row->body));
    return sim_kube_replace(call, row, old, object);
}
