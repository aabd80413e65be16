/* The cluster of the model's tests. Plays the caches and AWS; knows no rule of the model. */
#include "controller/tests/model/fixture.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "controller/model/keys.h"
#include "controller/model/object.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#else
static int __lsan_do_recoverable_leak_check(void)
{
    return 0;
}
#endif

void fixture_end(void)
{
    /* A failed assertion does not count any more after the test; the end of the process does. */
    if (__lsan_do_recoverable_leak_check() != 0)
        abort();
}

json_t *fixture_json_new(const char *text)
{
    char *json = strdup(text);
    for (char *c = json; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    struct lat_err err = {0};
    json_t *value = lat_json_parse_new(json, strlen(json), &err);
    cr_assert(value != NULL, "%s in %s", err.message, text);
    free(json);
    return value;
}

json_t *fixture_file_new(const char *name)
{
    char path[4096];
    (void)snprintf(path, sizeof(path), "%s/%s", getenv("GWC_TEST_DATA"), name);
    json_error_t error;
    json_t *value = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    cr_assert(value != NULL, "%s:%d: %s", path, error.line, error.text);
    return value;
}

static int view_get(void *context, const char *kind, const char *kube_namespace, const char *name,
                    const json_t **ret_object, struct lat_err *reterr)
{
    const struct fixture *fixture = context;
    if (lat_text_eq(kind, fixture->failing_kind))
        return lat_err_broken(reterr, "cache is broken");
    *ret_object = NULL;
    size_t index;
    const json_t *object;
    json_array_foreach(fixture->objects, index, object) {
        if (lat_text_eq(gwc_member_text(object, "kind"), kind) &&
            lat_text_eq(lat_kube_name(object), name) &&
            (kube_namespace == NULL || lat_text_eq(lat_kube_namespace(object), kube_namespace)))
            *ret_object = object;
    }
    return 0;
}

static int view_list(void *context, struct lat_arena *arena, const char *kind,
                     const char *kube_namespace, struct gwc_objects *ret_objects,
                     struct lat_err *reterr)
{
    const struct fixture *fixture = context;
    if (lat_text_eq(kind, fixture->failing_kind))
        return lat_err_broken(reterr, "cache is broken");
    struct gwc_objects found = {0};
    size_t index;
    const json_t *object;
    json_array_foreach(fixture->objects, index, object) {
        if (lat_text_eq(gwc_member_text(object, "kind"), kind) &&
            (kube_namespace == NULL || lat_text_eq(lat_kube_namespace(object), kube_namespace)))
            *LAT_ARENA_PUSH(arena, found.items, found.count) = object;
    }
    *ret_objects = found;
    return 0;
}

static enum gwc_lookup_result ask_target_group(void *context, struct lat_arena *arena,
                                               const char *arn, const char **ret_id,
                                               const char **ret_error)
{
    (void)arena;
    struct fixture *fixture = context;
    fixture->asked_target_groups++;
    const json_t *answer = json_object_get(fixture->targets, arn);
    if (json_is_string(answer)) {
        *ret_id = json_string_value(answer);
        return GWC_LOOKUP_FOUND;
    }
    const char *failed = gwc_member_text(answer, "failed");
    const char *absent = gwc_member_text(answer, "absent");
    *ret_error = failed != NULL ? failed : absent != NULL ? absent : "no such target group";
    return failed != NULL ? GWC_LOOKUP_FAILED : GWC_LOOKUP_ABSENT;
}

static enum gwc_lookup_result ask_certificates(void *context, struct lat_arena *arena,
                                               struct gwc_certificates *ret_certificates,
                                               const char **ret_error)
{
    (void)arena;
    struct fixture *fixture = context;
    fixture->asked_certificates++;
    if (fixture->denies_certificates)
        return GWC_LOOKUP_ABSENT;
    if (fixture->certificate_error != NULL) {
        *ret_error = fixture->certificate_error;
        return GWC_LOOKUP_FAILED;
    }
    *ret_certificates = fixture->certificates;
    return GWC_LOOKUP_FOUND;
}

struct fixture *fixture_new(json_t *new_objects)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    cr_assert(fixture != NULL);
    fixture->arena = lat_arena_new();
    fixture->objects = new_objects;
    fixture->view =
        (struct gwc_cluster_view){.context = fixture, .get = view_get, .list = view_list};
    fixture->lookups = (struct gwc_lookups){.context = fixture,
                                            .external_target_group = ask_target_group,
                                            .certificates = ask_certificates};
    fixture->config = (struct gwc_config){
        .account = "123456789012",
        .region = "us-east-2",
        .cluster_name = "prod",
        .vpc_id = "vpc-1",
        .default_service_network = "",
        .managed_by = "123456789012/prod/vpc-1",
    };
    return fixture;
}

struct fixture *fixture_world_new(void)
{
    LAT_AUTO(lat_json_decrefp) json_t *file = fixture_file_new("world.json");
    struct fixture *fixture = fixture_new(json_incref(json_object_get(file, "objects")));
    fixture->targets = json_incref(json_object_get(file, "targetGroups"));
    return fixture;
}

void fixture_freep(struct fixture **fixture)
{
    if (*fixture == NULL)
        return;
    json_decref((*fixture)->objects);
    json_decref((*fixture)->targets);
    lat_arena_free((*fixture)->arena);
    free(*fixture);
    *fixture = NULL;
}

json_t *fixture_find(const struct fixture *fixture, const char *kind, const char *name)
{
    size_t index;
    json_t *object;
    json_array_foreach(fixture->objects, index, object) {
        if (lat_text_eq(gwc_member_text(object, "kind"), kind) &&
            lat_text_eq(lat_kube_name(object), name))
            return object;
    }
    return NULL;
}

void fixture_set(const struct fixture *fixture, const char *kind, const char *name,
                 const char *path, const char *text)
{
    json_t *object = fixture_find(fixture, kind, name);
    json_t *place = path[0] == '\0' ? object : lat_json_at(object, path);
    cr_assert(json_is_object(place), "%s/%s has no object at %s", kind, name, path);
    LAT_AUTO(lat_json_decrefp) json_t *members = fixture_json_new(text);
    json_object_update(place, members);
}

void fixture_add(const struct fixture *fixture, const char *text)
{
    json_array_append_new(fixture->objects, fixture_json_new(text));
}

int fixture_build_only(struct fixture *fixture, enum gwc_route_kind kind, const char *name,
                       enum gwc_build_purpose purpose, struct gwc_stack *ret_stack,
                       struct gwc_model_error *ret_error)
{
    const struct gwc_build build = {
        .arena = fixture->arena,
        .view = &fixture->view,
        .lookups = &fixture->lookups,
        .config = &fixture->config,
        .purpose = purpose,
        .route_kind = kind,
        .route = fixture_find(fixture, gwc_route_facts[kind].kind, name),
    };
    cr_assert(build.route != NULL);
    return gwc_model_build(&build, ret_stack, ret_error);
}

int fixture_build(struct fixture *fixture, enum gwc_route_kind kind, const char *name,
                  struct gwc_stack *ret_stack, struct gwc_model_error *ret_error)
{
    json_t *route = fixture_find(fixture, gwc_route_facts[kind].kind, name);
    json_t *status = NULL;
    struct lat_err err = {0};
    cr_assert(gwc_status_route_new(fixture->arena, &fixture->view, kind, route, FIXTURE_NOW,
                                   &status, &err) == 0,
              "%s", err.message);
    json_object_set_new(route, "status", status);
    return fixture_build_only(fixture, kind, name, GWC_BUILD_DEPLOY, ret_stack, ret_error);
}

void fixture_expect_json(json_t *new_actual, const char *expected_text)
{
    json_t *expected = fixture_json_new(expected_text);
    struct lat_arena *arena = lat_arena_new();
    bool is_equal = json_equal(new_actual, expected);
    cr_expect(is_equal, "expected %s\n  got %s", lat_json_canonical(arena, expected),
              lat_json_canonical(arena, new_actual));
    lat_arena_free(arena);
    json_decref(expected);
    json_decref(new_actual);
}
