/* Kinds: what a resource is called, which versions it has, how it is printed and what it may hold.
 * Described by documents shaped like the spec of a CustomResourceDefinition, so that a kind of our
 * own files and one that a user installs are the same thing. Pure. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/kube/names.h"
#include "common/kube/schema.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lat_kube_column {
    const char *name;
    const char *type; /* string, integer, date, … */
    const char *format;
    const char *description;
    int64_t priority;
    const char *json_path; /* ".spec.x"; "" when a cell of the server's own fills the column */
    const char *cell;      /* the name of such a cell ("service-ports"), else "" */
    const char *none;      /* what stands in a text column when the path finds nothing; else "" */
};

struct lat_kube_version {
    const char *name;
    bool is_served;
    bool is_storage;
    bool has_status;            /* the status subresource */
    const json_t *subresources; /* the others by name, as a definition has them; NULL: none */
    struct lat_kube_schema *schema;
    struct lat_kube_column *columns;
    size_t column_count;
};

struct lat_kube_names {
    const char **items;
    size_t count;
};

struct lat_kube_kind {
    struct lat_arena *arena; /* holds all of this */
    json_t *document;
    const char *group; /* "" for the core group */
    const char *kind;
    const char *list_kind;
    const char *plural;
    const char *singular;
    const char
        *resource; /* "httproutes.gateway.networking.k8s.io"; "services" for the core group */
    struct lat_kube_names short_names;
    struct lat_kube_names categories;
    const char
        *origin; /* the definition that it was installed by at run time; NULL: our own file */
    bool is_namespaced;
    bool is_builtin;     /* not a custom resource: strategic merge, PUT without resourceVersion */
    bool has_generation; /* metadata.generation is kept */
    enum lat_kube_name_form name_form;
    struct lat_kube_version *versions;
    size_t version_count;
};

/* Reads the spec of a CustomResourceDefinition. definitions (may be NULL) are schemas that
 * {"$ref": "name"} stands for, other members beside it overriding; only our own files use that,
 * and the short forms "schema", "columns" and "status" beside "versions", for all versions. The
 * caller owns the kind. */
int lat_kube_kind_new(const json_t *spec, const json_t *definitions,
                      struct lat_kube_kind **ret_kind, struct lat_err *reterr) LAT_MUST_USE;
struct lat_kube_kind *lat_kube_kind_free(struct lat_kube_kind *kind);

/* The version of that name, or NULL. */
const struct lat_kube_version *lat_kube_kind_version(const struct lat_kube_kind *kind,
                                                     const char *name);
const struct lat_kube_version *lat_kube_kind_storage_version(const struct lat_kube_kind *kind);

/* The kinds of the files under kinds/, in the order of their names, and behind them those that were
 * installed at run time. */
struct lat_kube_kinds {
    struct lat_kube_kind **items;
    size_t count;
    struct lat_kube_schema *metadata; /* the schema of metadata itself */
};

/* Reads the embedded files; an error in them is breakage. The caller owns the result. */
int lat_kube_kinds_new(struct lat_kube_kinds **ret_kinds, struct lat_err *reterr) LAT_MUST_USE;
struct lat_kube_kinds *lat_kube_kinds_free(struct lat_kube_kinds *kinds);
void lat_kube_kinds_freep(struct lat_kube_kinds **kinds);

/* Adds a kind, which belongs to kinds from now on. */
void lat_kube_kinds_add(struct lat_kube_kinds *kinds, struct lat_kube_kind *kind);
/* Frees the kind at that place; those behind it move up. */
void lat_kube_kinds_remove(struct lat_kube_kinds *kinds, size_t index);

/* The kind of that group and plural, or of that group and kind; NULL when there is none. */
struct lat_kube_kind *lat_kube_kinds_by_plural(const struct lat_kube_kinds *kinds,
                                               const char *group, const char *plural);
struct lat_kube_kind *lat_kube_kinds_by_kind(const struct lat_kube_kinds *kinds, const char *group,
                                             const char *kind);

/* "gateway.networking.k8s.io/v1", "v1". */
const char *lat_kube_kind_api_version(struct lat_arena *arena, const struct lat_kube_kind *kind,
                                      const struct lat_kube_version *version);
