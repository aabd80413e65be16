/* Plays a story in a world of its own, or tells what it would do. */
#pragma once

#include "scenarios/engine/report.h"
#include "scenarios/engine/story.h"
#include "scenarios/engine/world.h"

/* Plays every variant. Returns 0 when all went as expected, 1 when not, and 2 when a story could
 * not be started at all. keep: afterwards the programs run on until the process is told to end. */
int scn_runner_play(struct scn_story *story, const struct scn_options *options,
                    struct scn_report *report, bool keep);

/* The story in words, on standard output; starts nothing. */
void scn_runner_explain(const struct scn_story *story);
