/* A story: a starting point in VPC Lattice, Kubernetes objects, steps, and what must come out.
 * Read from YAML (the format: docs/scenarios.md), checked against the tables of kinds, then only
 * read. All structs live in the arena; the JSON values belong to the sources. */
#pragma once

#include "scenarios/engine/source.h"

#include <stdbool.h>

struct scn_variant {
    const char *name;   /* NULL for a story without variants */
    const json_t *with; /* values for ${name}; NULL for none */
};

struct scn_story {
    struct lat_arena *arena; /* borrowed: of the story; sources live in it */
    const char *name;
    const char *title;
    const char *level;
    const char *category;
    const char *origin; /* "source:" in the file: which text the story comes from */
    const char *lesson;
    const struct scn_source *source;
    struct scn_item *calls; /* "aws:", those of parts first */
    size_t call_count;
    struct scn_item *objects;
    size_t object_count;
    struct scn_item *steps;
    size_t step_count;
    const struct scn_variant *variants; /* at least one */
    size_t variant_count;
    json_t *with;       /* defaults of names: those of the parts overlaid by the story's */
    json_t *replace;    /* texts that stand for others in manifests */
    json_t *controller; /* settings of the controller: environment, started */
    json_t *simulator;  /* settings of the simulator: delays */
    struct scn_source **sources;
    size_t source_count;
};

/* Reads and checks a story with its parts. On failure reterr is "file:line: what; remedy". */
int scn_story_load(struct lat_arena *arena, const char *path, struct scn_story **ret_story,
                   struct lat_err *reterr) LAT_MUST_USE;

/* Frees what the arena does not own. Accepts NULL. */
void scn_story_done(struct scn_story *story);
void scn_story_donep(struct scn_story **story);

/* A file that lives as long as the story, however short-lived the work that asked for it. NULL when
 * it cannot be read. */
const struct scn_source *scn_story_open(struct scn_story *story, const char *path,
                                        struct lat_err *reterr);

/* The manifests of one entry of "objects:" or "apply:" (a file, a folder of *.yaml files, or an
 * inline mapping), appended to *items. Files read here are kept in the story. */
int scn_story_manifests(struct lat_arena *arena, struct scn_story *story,
                        const struct scn_item *entry, struct scn_item **items, size_t *item_count,
                        struct lat_err *reterr) LAT_MUST_USE;
