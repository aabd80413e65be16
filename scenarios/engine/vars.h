/* The names of a story: what "save:" remembered and what is always known (account, region, vpc,
 * cluster, owner). "${name}" or "${name.member}" in any text of a story or manifest stands for the
 * value; a text that is nothing else takes the value's type. "$${" is a plain "${". */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"

#include <jansson.h>

/* value with every name replaced; a new reference. vars is a JSON object. An unknown name is an
 * error that lists what it could have been. */
json_t *scn_vars_fill_new(const json_t *vars, const json_t *value,
                          struct lat_err *reterr) LAT_MUST_USE;

/* value with every text occurrence of a key of replace (an object of texts) put in place of it; a
 * new reference. For manifests that must stay as they are. */
json_t *scn_vars_replace_new(const json_t *replace, const json_t *value) LAT_MUST_USE;

/* Sets the value at a path such as "spec.rules[0].weight" in root; every step but the last must
 * exist. value is borrowed; NULL removes the member. */
int scn_vars_set_path(json_t *root, const char *path, const json_t *value,
                      struct lat_err *reterr) LAT_MUST_USE;
