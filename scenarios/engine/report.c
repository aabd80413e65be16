/* Text, JSON lines and TAP; see report.h. It judges nothing. */
#include "scenarios/engine/report.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "scenarios/engine/interrupt.h"
#include "scenarios/engine/story.h"

#include <string.h>

/* Prints text with prefix before its first line, and as many columns before the others. */
static void print_lines(FILE *out, const char *prefix, const char *text)
{
    int width_of_prefix = (int)strlen(prefix);
    while (*text != '\0') {
        size_t width = strcspn(text, "\n");
        fprintf(out, "%-*s%.*s\n", width_of_prefix, prefix, (int)width, text);
        text += width + (text[width] == '\n');
        prefix = *prefix == '#' ? "#" : "";
    }
}

/* One JSON line {"event": …, name: value …}; a NULL value is left out. */
static void print_event(const struct scn_report *report, const char *event, const char *name,
                        const char *value, const char *second_name, const char *second_value,
                        json_t *extra_new)
{
    json_t *line LAT_AUTO(lat_json_decrefp) = json_object();
    json_t *extra LAT_AUTO(lat_json_decrefp) = extra_new;
    lat_json_set_string(line, "event", event);
    if (name != NULL)
        lat_json_set_string(line, name, value);
    if (second_name != NULL)
        lat_json_set_string(line, second_name, second_value);
    if (extra != NULL)
        (void)json_object_update(line, extra);
    (void)json_dumpf(line, report->out, JSON_COMPACT);
    fputc('\n', report->out);
}

static void wait_for_enter(const struct scn_report *report)
{
    fputs("\n  [Enter] ", report->out);
    fflush(report->out);
    (void)scn_interrupt_or_enter();
}

void scn_report_story(struct scn_report *report, const struct scn_story *story,
                      const struct scn_variant *variant)
{
    switch (report->format) {
    case SCN_FORMAT_TEXT:
        fprintf(report->out, "%s: %s\n", story->name, story->title);
        if (variant->name != NULL)
            fprintf(report->out, "  variant: %s\n", variant->name);
        if (report->pause)
            fprintf(report->out, "  %s\n", story->lesson);
        break;
    case SCN_FORMAT_JSON:
        print_event(report, "story", "name", story->name, "variant", variant->name, NULL);
        break;
    case SCN_FORMAT_TAP:
        if (report->test_count == 0)
            fputs("TAP version 13\n", report->out);
        fprintf(report->out, "# %s: %s\n", story->name, story->title);
        break;
    case SCN_FORMAT_COUNT:
        break;
    }
    fflush(report->out);
}

void scn_report_step(struct scn_report *report, const char *title, const char *note)
{
    if (report->format == SCN_FORMAT_TEXT) {
        if (report->pause)
            wait_for_enter(report);
        fprintf(report->out, "\n  %s\n", title);
        if (note != NULL && report->verbose)
            print_lines(report->out, "    ", note);
    } else if (report->format == SCN_FORMAT_JSON) {
        print_event(report, "step", "title", title, NULL, NULL, NULL);
    } else {
        fprintf(report->out, "# %s\n", title);
    }
    fflush(report->out);
}

void scn_report_action(struct scn_report *report, const char *sentence)
{
    if (report->format == SCN_FORMAT_TEXT && report->verbose)
        fprintf(report->out, "    .     %s\n", sentence);
    else if (report->format == SCN_FORMAT_JSON)
        print_event(report, "action", "sentence", sentence, NULL, NULL, NULL);
}

void scn_report_block(struct scn_report *report, const char *what, const char *text)
{
    if (report->format == SCN_FORMAT_TEXT) {
        fprintf(report->out, "\n");
        print_lines(report->out, "      ", text);
        fprintf(report->out, "\n");
    } else if (report->format == SCN_FORMAT_JSON) {
        print_event(report, what, "text", text, NULL, NULL, NULL);
    }
}

void scn_report_check(struct scn_report *report, bool passed, const char *sentence,
                      const char *found)
{
    switch (report->format) {
    case SCN_FORMAT_TEXT:
        fprintf(report->out, "    %s  %s\n", passed ? "ok  " : "FAIL", sentence);
        if (!passed && !lat_text_is_empty(found))
            print_lines(report->out, "            found: ", found);
        break;
    case SCN_FORMAT_JSON:
        print_event(report, "check", "sentence", sentence, passed ? NULL : "found", found,
                    json_pack("{s:b}", "passed", passed));
        break;
    case SCN_FORMAT_TAP:
        fprintf(report->out, "%s %zu - %s\n", passed ? "ok" : "not ok", ++report->test_count,
                sentence);
        if (!passed && !lat_text_is_empty(found))
            print_lines(report->out, "# found: ", found);
        break;
    case SCN_FORMAT_COUNT:
        break;
    }
    fflush(report->out);
}

void scn_report_broken(struct scn_report *report, const char *message)
{
    if (report->format == SCN_FORMAT_TEXT)
        fprintf(report->out, "    FAIL  the story stopped: %s\n", message);
    else if (report->format == SCN_FORMAT_JSON)
        print_event(report, "stopped", "message", message, NULL, NULL, NULL);
    else
        fprintf(report->out, "not ok %zu - the story could be carried on\n# %s\n",
                ++report->test_count, message);
}

void scn_report_story_end(struct scn_report *report, const struct scn_story *story, size_t passed,
                          size_t failed)
{
    report->story_passed += failed == 0;
    report->story_failed += failed > 0;
    if (report->format == SCN_FORMAT_TEXT) {
        fprintf(report->out, "\n  %zu of %zu expectations met\n", passed, passed + failed);
        if (report->verbose)
            fprintf(report->out, "  Lesson: %s\n", story->lesson);
        fprintf(report->out, "\n");
    } else if (report->format == SCN_FORMAT_JSON) {
        print_event(
            report, "story-end", "name", story->name, NULL, NULL,
            json_pack("{s:I,s:I}", "passed", (json_int_t)passed, "failed", (json_int_t)failed));
    }
    fflush(report->out);
}

void scn_report_end(struct scn_report *report)
{
    if (report->format == SCN_FORMAT_TEXT)
        fprintf(report->out, "stories: %zu passed, %zu failed\n", report->story_passed,
                report->story_failed);
    else if (report->format == SCN_FORMAT_JSON)
        print_event(report, "end", NULL, NULL, NULL, NULL,
                    json_pack("{s:I,s:I}", "passed", (json_int_t)report->story_passed, "failed",
                              (json_int_t)report->story_failed));
    else
        fprintf(report->out, "1..%zu\n", report->test_count);
}
