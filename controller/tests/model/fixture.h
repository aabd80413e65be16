/* A small cluster for tests of the model: objects from JSON, answers of AWS from JSON. */
#pragma once

#include "controller/model/build.h"
#include "controller/model/status.h"

#define FIXTURE_NOW "2026-01-31T12:00:00Z"

struct fixture {
    struct lat_arena *arena;
    json_t *objects; /* an array; owned */
    json_t *targets; /* ARN → id, or {"absent": text}, or {"failed": text}; owned or NULL */
    const char *failing_kind; /* reading this kind fails with "cache is broken" */
    bool denies_certificates;
    const char *certificate_error;
    struct gwc_certificates certificates;
    int asked_target_groups; /* how often Lattice was asked */
    int asked_certificates;
    struct gwc_cluster_view view;
    struct gwc_lookups lookups;
    struct gwc_config config;
};

/* JSON text in which ' stands for "; a new reference. Ends the test when it is wrong. */
json_t *fixture_json_new(const char *text);
/* A JSON file of the data folder; a new reference. */
json_t *fixture_file_new(const char *name);

/* A cluster with these objects (taken over). */
struct fixture *fixture_new(json_t *new_objects);
/* The cluster of data/world.json: Gateway "net", Services, imports, and one route of each kind
 * named "app", all in namespace "shop". */
struct fixture *fixture_world_new(void);
void fixture_freep(struct fixture **fixture);

/* The object, borrowed and changeable; NULL when there is none. */
json_t *fixture_find(const struct fixture *fixture, const char *kind, const char *name);
/* Merges JSON (with ') into the object at a path: members replace members. */
void fixture_set(const struct fixture *fixture, const char *kind, const char *name,
                 const char *path, const char *text);
/* Adds an object given as JSON (with '). */
void fixture_add(const struct fixture *fixture, const char *text);

/* Writes the status of the route as an upsert would, then builds it. */
int fixture_build(struct fixture *fixture, enum gwc_route_kind kind, const char *name,
                  struct gwc_stack *ret_stack, struct gwc_model_error *ret_error);
/* Builds it with the status that it has. */
int fixture_build_only(struct fixture *fixture, enum gwc_route_kind kind, const char *name,
                       enum gwc_build_purpose purpose, struct gwc_stack *ret_stack,
                       struct gwc_model_error *ret_error);

/* Ends the test unless both values print alike; takes over actual. */
void fixture_expect_json(json_t *new_actual, const char *expected_text);
