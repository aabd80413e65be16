/* Steps of a case file; see case.h. Everything that can be known beforehand is checked here, so
 * that a run never stops half-way over a typing error. */
#include "conformance/runner/case_int.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "conformance/runner/call.h"
#include "conformance/runner/match.h"

/* A step as it is written, before it is checked. */
struct draft {
    struct cft_step step;
    const char *call;
    const json_t *http;
    int64_t advance_ms;
    const json_t *expect;
    const json_t *until;
    const json_t *cleanup;
};

#define DRAFT(member) offsetof(struct draft, member)
static const struct case_key step_keys[] = {
    {"title", CASE_KEY_TEXT, DRAFT(step.title), false},
    {"call", CASE_KEY_TEXT, DRAFT(call), false},
    {"input", CASE_KEY_ANY, DRAFT(step.input), false},
    {"extra", CASE_KEY_OBJECT, DRAFT(step.extra), false},
    {"pages", CASE_KEY_FLAG, DRAFT(step.all_pages), false},
    {"http", CASE_KEY_OBJECT, DRAFT(http), false},
    {"use", CASE_KEY_TEXT, DRAFT(step.use), false},
    {"as", CASE_KEY_TEXT, DRAFT(step.as), false},
    {"with", CASE_KEY_OBJECT, DRAFT(step.with), false},
    {"advance_ms", CASE_KEY_NUMBER, DRAFT(advance_ms), false},
    {"times", CASE_KEY_ANY, DRAFT(step.times), false},
    {"each", CASE_KEY_ANY, DRAFT(step.each), false},
    {"expect", CASE_KEY_OBJECT, DRAFT(expect), false},
    {"until", CASE_KEY_OBJECT, DRAFT(until), false},
    {"limit_ms", CASE_KEY_NUMBER, DRAFT(step.limit_ms), false},
    {"every_ms", CASE_KEY_NUMBER, DRAFT(step.every_ms), false},
    {"capture", CASE_KEY_ANY, DRAFT(step.capture), false},
    {"gather", CASE_KEY_OBJECT, DRAFT(step.gather), false},
    {"cleanup", CASE_KEY_LIST, DRAFT(cleanup), false},
};

#define EXPECT(member) offsetof(struct cft_expect, member)
static const struct case_key expect_keys[] = {
    {"status", CASE_KEY_ANY, EXPECT(status), false},
    {"error", CASE_KEY_ANY, EXPECT(error), false},
    {"body", CASE_KEY_ANY, EXPECT(body), false},
    {"headers", CASE_KEY_OBJECT, EXPECT(headers), false},
    {"text", CASE_KEY_TEXT, EXPECT(text), false},
};

struct http_draft {
    struct cft_http http;
    bool sign;
};

#define HTTP(member) offsetof(struct http_draft, member)
static const struct case_key http_keys[] = {
    {"service", CASE_KEY_TEXT, HTTP(http.service), false},
    {"method", CASE_KEY_TEXT, HTTP(http.method), true},
    {"path", CASE_KEY_TEXT, HTTP(http.path), true},
    {"headers", CASE_KEY_OBJECT, HTTP(http.headers), false},
    {"body", CASE_KEY_TEXT, HTTP(http.body), false},
    {"json", CASE_KEY_ANY, HTTP(http.json), false},
    {"form", CASE_KEY_OBJECT, HTTP(http.form), false},
    {"sign", CASE_KEY_FLAG, HTTP(sign), false},
};

int case_check_pattern(const struct case_reader *reader, const json_t *pattern, int line,
                       struct lat_err *reterr)
{
    const json_t *bad = pattern;
    struct lat_err err = {0};
    if (pattern == NULL || cft_match_check(reader->arena, pattern, &bad, &err) == 0)
        return 0;
    return case_fail(reader, bad, line, reterr, "%s", err.message);
}

static int check_error(const struct case_reader *reader, const json_t *error, int line,
                       struct lat_err *reterr)
{
    const char *code = json_is_object(error) ? json_string_value(json_object_get(error, "code"))
                                             : json_string_value(error);
    if (error == NULL)
        return 0;
    if (lat_text_is_empty(code))
        return case_fail(reader, error, line, reterr,
                         "\"error\" must be the exception's name, or members with \"code\"");
    return case_check_pattern(reader, error, line, reterr);
}

static int read_expect(const struct case_reader *reader, const json_t *object, int line,
                       struct cft_expect *expect, struct lat_err *reterr)
{
    if (object == NULL)
        return 0;
    if (case_decode(reader, object, line, "an expectation", expect_keys, LAT_COUNT(expect_keys),
                    expect, reterr) < 0 ||
        check_error(reader, expect->error, line, reterr) < 0 ||
        case_check_pattern(reader, expect->status, line, reterr) < 0 ||
        case_check_pattern(reader, expect->body, line, reterr) < 0 ||
        case_check_pattern(reader, expect->headers, line, reterr) < 0)
        return -1;
    json_t *LAT_AUTO(lat_json_decrefp) text =
        expect->text == NULL ? NULL : json_string(expect->text);
    return case_check_pattern(reader, text, line, reterr);
}

static int read_call(const struct case_reader *reader, const struct draft *draft,
                     struct cft_step *step, struct lat_err *reterr)
{
    const char *name = NULL;
    json_t *value = NULL;
    step->kind = CFT_STEP_CALL;
    step->operation = cft_call_operation(draft->call);
    if (step->operation == NULL)
        return case_fail(reader, NULL, step->line, reterr,
                         "there is no operation \"%s\"; names are written as in CreateService",
                         draft->call);
    json_object_foreach(lat_json_iterable(step->input), name, value) {
        if (cft_call_member(step->operation, name) == NULL)
            return case_fail(reader, value, step->line, reterr,
                             "%s has no member \"%s\"; to send it all the same, write it under "
                             "\"extra\"",
                             draft->call, name);
    }
    /* An input that is one variable is known only when it runs. */
    const char *label =
        json_is_string(step->input) ? NULL : cft_call_missing_label(step->operation, step->input);
    if (step->input != NULL && !json_is_object(step->input) && !json_is_string(step->input))
        return case_fail(reader, step->input, step->line, reterr, "\"input\" must be members");
    if (label != NULL)
        return case_fail(reader, step->input, step->line, reterr,
                         "%s needs \"%s\" to make its path", draft->call, label);
    if (step->all_pages && cft_call_member(step->operation, "nextToken") == NULL)
        return case_fail(reader, NULL, step->line, reterr, "%s has no pages", draft->call);
    return 0;
}

static int read_http(const struct case_reader *reader, const struct draft *draft,
                     struct cft_step *step, struct lat_err *reterr)
{
    struct http_draft http = {.sign = true};
    if (case_decode(reader, draft->http, step->line, "\"http\"", http_keys, LAT_COUNT(http_keys),
                    &http, reterr) < 0)
        return -1;
    int bodies = (http.http.body != NULL) + (http.http.json != NULL) + (http.http.form != NULL);
    if (bodies > 1)
        return case_fail(reader, draft->http, step->line, reterr,
                         "\"http\" takes one of body, json and form");
    if (step->input != NULL || step->extra != NULL || step->all_pages)
        return case_fail(reader, NULL, step->line, reterr,
                         "input, extra and pages belong to \"call\", not to \"http\"");
    step->kind = CFT_STEP_HTTP;
    step->http = http.http;
    step->http.is_unsigned = !http.sign;
    return 0;
}

static int read_kind(const struct case_reader *reader, const struct draft *draft, bool is_advance,
                     struct cft_step *step, struct lat_err *reterr)
{
    int kinds = (draft->call != NULL) + (draft->http != NULL) + (step->use != NULL) + is_advance;
    if (kinds != 1)
        return case_fail(reader, NULL, step->line, reterr,
                         "a step is exactly one of call, http, use and advance_ms");
    if (draft->call != NULL)
        return read_call(reader, draft, step, reterr);
    if (draft->http != NULL)
        return read_http(reader, draft, step, reterr);
    if (step->expect.status != NULL || step->expect.error != NULL || step->expect.body != NULL ||
        step->is_until || step->capture != NULL)
        return case_fail(reader, NULL, step->line, reterr,
                         "expect, until and capture belong to call and http");
    step->kind = is_advance ? CFT_STEP_ADVANCE : CFT_STEP_USE;
    step->advance_ms = draft->advance_ms;
    return 0;
}

static int check_repeat(const struct case_reader *reader, const struct cft_step *step,
                        struct lat_err *reterr)
{
    if (step->times != NULL && step->each != NULL)
        return case_fail(reader, step->each, step->line, reterr, "take times or each, not both");
    if (step->each != NULL && !json_is_array(step->each) && !json_is_string(step->each))
        return case_fail(reader, step->each, step->line, reterr,
                         "\"each\" must be a list, or one variable that holds a list");
    if (step->times == NULL)
        return 0;
    json_int_t times = json_integer_value(step->times);
    if (!json_is_integer(step->times) || times < 1 || times > CFT_REPEAT_MAX)
        return case_fail(reader, step->times, step->line, reterr,
                         "\"times\" must be a number from 1 to %d", CFT_REPEAT_MAX);
    return 0;
}

static int check_paths(const struct case_reader *reader, const struct cft_step *step,
                       const json_t *paths, struct lat_err *reterr)
{
    const char *name = NULL;
    json_t *path = NULL;
    json_object_foreach(lat_json_iterable(paths), name, path) {
        if (!json_is_string(path))
            return case_fail(reader, path, step->line, reterr, "the path for \"%s\" must be a text",
                             name);
    }
    return 0;
}

static int check_capture(const struct case_reader *reader, const struct cft_step *step,
                         struct lat_err *reterr)
{
    if (step->capture != NULL && !json_is_string(step->capture) && !json_is_object(step->capture))
        return case_fail(reader, step->capture, step->line, reterr,
                         "\"capture\" must be a name, or names with paths (id: items[0].id)");
    return check_paths(reader, step, step->capture, reterr) < 0
               ? -1
               : check_paths(reader, step, step->gather, reterr);
}

static const char *default_title(const struct case_reader *reader, const struct draft *draft)
{
    if (draft->call != NULL)
        return draft->call;
    if (draft->http != NULL)
        return lat_arena_printf(reader->arena, "%s %s",
                                lat_json_string_at(draft->http, "method", "?"),
                                lat_json_string_at(draft->http, "path", "?"));
    return draft->step.use != NULL ? draft->step.use : "advance_ms";
}

static int read_step(const struct case_reader *reader, const json_t *object, int line,
                     struct cft_step *step, struct lat_err *reterr)
{
    struct draft draft = {.step = {.limit_ms = CFT_WAIT_DEFAULT_MS, .every_ms = CFT_WAIT_EVERY_MS}};
    if (case_decode(reader, object, line, "a step", step_keys, LAT_COUNT(step_keys), &draft,
                    reterr) < 0)
        return -1;
    *step = draft.step;
    step->line = lat_yaml_line(reader->yaml, object);
    step->is_until = draft.until != NULL;
    if (step->title == NULL)
        step->title = default_title(reader, &draft);
    if (draft.expect != NULL && draft.until != NULL)
        return case_fail(reader, draft.until, step->line, reterr, "take expect or until, not both");
    if (step->every_ms == 0)
        return case_fail(reader, NULL, step->line, reterr, "\"every_ms\" must be at least 1");
    const json_t *expect = draft.until != NULL ? draft.until : draft.expect;
    bool is_advance = json_object_get(object, "advance_ms") != NULL;
    if (read_expect(reader, expect, step->line, &step->expect, reterr) < 0 ||
        read_kind(reader, &draft, is_advance, step, reterr) < 0 ||
        check_repeat(reader, step, reterr) < 0 || check_capture(reader, step, reterr) < 0)
        return -1;
    return draft.cleanup == NULL ? 0
                                 : case_read_steps(reader, draft.cleanup, step->line,
                                                   &step->cleanup, &step->cleanup_count, reterr);
}

int case_read_steps(const struct case_reader *reader, const json_t *list, int line,
                    struct cft_step **ret_steps, size_t *ret_count, struct lat_err *reterr)
{
    size_t count = json_array_size(list);
    if (count == 0)
        return case_fail(reader, list, line, reterr, "at least one step is needed here");
    struct cft_step *steps = LAT_NEW_ARRAY(reader->arena, struct cft_step, count);
    for (size_t i = 0; i < count; i++)
        if (read_step(reader, json_array_get(list, i), line, &steps[i], reterr) < 0)
            return -1;
    *ret_steps = steps;
    *ret_count = count;
    return 0;
}
