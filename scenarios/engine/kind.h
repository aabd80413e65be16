/* Kinds of actions and of expectations by table: which keys a story may write, of which type, how
 * a kind reads as a sentence and what it does. Adding a kind is adding a row. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"
#include "scenarios/engine/story.h"

struct scn_run;

enum scn_type {
    SCN_TEXT = 1,
    SCN_NUMBER = 2,
    SCN_BOOL = 4,
    SCN_MAP = 8,
    SCN_LIST = 16,
    SCN_SCALAR = SCN_TEXT | SCN_NUMBER | SCN_BOOL,
    SCN_ANY = SCN_SCALAR | SCN_MAP | SCN_LIST
};

struct scn_member {
    const char *name;
    unsigned types; /* a text that holds "${" passes for any of them */
    bool required;
};

/* The kind's value as a sentence in the arena, without a full stop. Runs on values before and
 * after names were filled in. */
typedef const char *scn_describe(struct lat_arena *arena, const json_t *value);

/* Carries out an action or judges an expectation; value has its names filled in. -1 ends the
 * story: what was asked could not be done. A failed expectation is reported, not returned. */
typedef int scn_perform(struct scn_run *run, const json_t *value, struct lat_err *reterr);

struct scn_kind {
    const char *name;
    unsigned types; /* of the value; a list of several is accepted where repeats is set */
    bool repeats;
    const struct scn_member *members; /* of a mapping; NULL: any members */
    size_t member_count;
    scn_describe *describe;
    scn_perform *perform;
    bool only_reads; /* what was read from the services stays true */
};

struct scn_kinds {
    const struct scn_kind *kinds;
    size_t kind_count;
};

extern const struct scn_kinds scn_actions;

/* NULL when there is no kind of that name. */
const struct scn_kind *scn_kind_find(const struct scn_kinds *kinds, const char *name);
const struct scn_kind *scn_expectation_find(const char *name);

/* Checks the members of a mapping; line is the fallback for values without one. */
int scn_check_members(const struct scn_source *source, int line, const char *what,
                      const json_t *value, const struct scn_member *members, size_t member_count,
                      struct lat_err *reterr) LAT_MUST_USE;

/* Checks the value written under the kind's name. */
int scn_check_kind(const struct scn_source *source, int line, const struct scn_kind *kind,
                   const json_t *value, struct lat_err *reterr) LAT_MUST_USE;
