/* What a run tells its reader: as text for people, as JSON lines for programs, or as TAP. The only
 * writer to standard output. Progress is shown on a terminal alone. */
#pragma once

#include "common/base/arena.h"

#include <stdbool.h>
#include <stdio.h>

struct scn_story;
struct scn_variant;

enum scn_format { SCN_FORMAT_TEXT, SCN_FORMAT_JSON, SCN_FORMAT_TAP, SCN_FORMAT_COUNT };

struct scn_report {
    FILE *out;
    enum scn_format format;
    bool pause;        /* wait for Enter before each step (text only) */
    bool verbose;      /* text: actions and notes, not only what was expected */
    size_t test_count; /* TAP lines so far */
    size_t story_passed;
    size_t story_failed;
};

void scn_report_story(struct scn_report *report, const struct scn_story *story,
                      const struct scn_variant *variant);
void scn_report_step(struct scn_report *report, const char *title, const char *note);
void scn_report_action(struct scn_report *report, const char *sentence);
/* Several lines that are shown as they are: a picture, the shares of traffic. */
void scn_report_block(struct scn_report *report, const char *what, const char *text);
void scn_report_check(struct scn_report *report, bool passed, const char *sentence,
                      const char *found);
/* The story could not be carried on. */
void scn_report_broken(struct scn_report *report, const char *message);
void scn_report_story_end(struct scn_report *report, const struct scn_story *story, size_t passed,
                          size_t failed);
/* After the last story: totals. */
void scn_report_end(struct scn_report *report);
