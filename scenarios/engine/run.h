/* One story being played: what actions and expectations work on. Made and ended by
 * runner.c. */
#pragma once

#include "common/base/rng.h"
#include "scenarios/engine/estate.h"
#include "scenarios/engine/kind.h"
#include "scenarios/engine/picture.h"
#include "scenarios/engine/report.h"
#include "scenarios/engine/world.h"

/* What "remember: NAME" kept. */
struct scn_memory {
    const char *name;
    struct scn_estate estate;
    int64_t seq; /* of the journal */
};

struct scn_run {
    struct lat_arena *arena; /* of the story */
    struct scn_story *story;
    struct scn_world world;
    struct scn_report *report; /* borrowed */
    struct lat_rng rng;        /* of traffic */
    json_t *vars;
    struct scn_memory *memories;
    size_t memory_count;
    struct scn_picture picture; /* shown last */
    bool has_picture;
    int64_t step_seq;             /* of the journal, when the step began */
    const struct scn_item *place; /* the step or call being carried out */
    struct scn_estate estate;     /* as read last */
    bool estate_is_fresh;         /* nothing was done since */
    size_t passed;
    size_t failed;
};

/* The estate as it stands now; read again only after something was done. */
int scn_run_estate(struct scn_run *run, const struct scn_estate **ret_estate,
                   struct lat_err *reterr) LAT_MUST_USE;

/* What was remembered under that name. */
int scn_run_memory(struct scn_run *run, const char *name, const struct scn_memory **ret_memory,
                   struct lat_err *reterr) LAT_MUST_USE;

/* steps.c: applies one manifest with its names filled in; a refusal is an error. */
int scn_run_apply(struct scn_run *run, const struct scn_item *item,
                  struct lat_err *reterr) LAT_MUST_USE;

/* Reports one expectation. found: what was seen instead, printed only on failure. */
void scn_run_check(struct scn_run *run, bool passed, const char *sentence, const char *found);
