/* Structural schemas: what a kind's objects may hold, as CustomResourceDefinitions write it
 * (documented: OpenAPI v3 subset with x-kubernetes-… members). Built-in kinds and kinds that a user
 * installs go through the same engine. Pure: no I/O, no clock. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/kube/cause.h"

#include <jansson.h>
#include <stdbool.h>

struct lat_kube_schema;

/* Compiles an openAPIV3Schema. The schema holds its own reference to the document. A pattern that
 * does not compile, or a type that is none, is an input error that names the place. The caller owns
 * the result. */
int lat_kube_schema_new(json_t *document, struct lat_kube_schema **ret_schema,
                        struct lat_err *reterr) LAT_MUST_USE;
/* The same of a document of our own, which is right: compiled when it is needed first. */
struct lat_kube_schema *lat_kube_schema_later(json_t *document) LAT_MUST_USE;
struct lat_kube_schema *lat_kube_schema_free(struct lat_kube_schema *schema);

/* The document it was compiled from; borrowed. */
json_t *lat_kube_schema_document(const struct lat_kube_schema *schema);

/* Fills in defaults, nested ones included, after removing nulls from members that may not be null
 * (as kube-apiserver does on every write and read). apiVersion, kind and metadata stay alone. */
void lat_kube_schema_default(const struct lat_kube_schema *schema, json_t *object);

/* Removes members that the schema does not know. Their paths ("spec.rules[0].x") are added to
 * *paths in the arena when paths is not NULL. */
void lat_kube_schema_prune(const struct lat_kube_schema *schema, json_t *object,
                           struct lat_arena *arena, const char ***paths, size_t *path_count);

/* Adds a cause for everything in the object that the schema refuses. */
void lat_kube_schema_validate(const struct lat_kube_schema *schema, const json_t *object,
                              struct lat_kube_causes *causes);
