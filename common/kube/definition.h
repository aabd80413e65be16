/* CustomResourceDefinitions: which ones describe a kind, and what they ask for that nobody here
 * does. Pure; the rules are those of apiextensions.k8s.io/v1 (documented). */
#pragma once

#include "common/kube/cause.h"

/* Adds a cause for everything in the definition (a whole object) that makes it no description of a
 * kind: names that do not fit together, versions without storage, schemas that are not structural,
 * patterns that do not compile, defaults that break their own rules. Its own schema was checked
 * before. */
void lat_kube_definition_check(const json_t *definition, struct lat_kube_causes *causes);

struct lat_kube_unsupported {
    const char
        *summary; /* "version v1: 2 CEL rules (x-kubernetes-validations) are not evaluated" */
    const char
        *details; /* one line for each of them: place and rule; "" when the summary says all */
};

/* What of the definition is stored and never acted upon; lives in the arena. */
void lat_kube_definition_unsupported(struct lat_arena *arena, const json_t *definition,
                                     struct lat_kube_unsupported **ret_items, size_t *ret_count);
