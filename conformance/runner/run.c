/* Runs one case; see run.h. What was created is undone on every path, last first, so that a case
 * leaves an account as it found it. */
#include "conformance/runner/run.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "conformance/runner/check.h"
#include "conformance/runner/expand.h"
#include "conformance/runner/send.h"

#include <string.h>

#define CLEANUP_EVERY_MS 1000

struct undo {
    const char *title;
    struct cft_request request;
};

struct run {
    struct lat_arena *arena;
    struct cft_endpoint *endpoint;
    struct cft_outcome *outcome;
    struct undo *undos;
    size_t undo_count;
};

/* How a step ended. */
enum ending { HELD, WRONG, NO_ANSWER };

static enum ending run_steps(struct run *run, json_t *scope, const struct cft_step *steps,
                             size_t count, struct lat_err *reterr);

static enum ending fail(struct run *run, const struct cft_step *step, const char **lines,
                        size_t count)
{
    run->outcome->result = CFT_FAILED;
    run->outcome->step = step->title;
    run->outcome->line = step->line;
    run->outcome->wrong = lines;
    run->outcome->wrong_count = count;
    return WRONG;
}

/* A step that could not even be sent: the case is wrong, not the endpoint. */
static enum ending fail_one(struct run *run, const struct cft_step *step, const struct lat_err *err)
{
    struct cft_mismatches wrong = {.arena = run->arena};
    cft_mismatch(&wrong, "%s", err->message);
    return fail(run, step, wrong.lines, wrong.count);
}

static void push_undo(struct run *run, const char *title, const struct cft_request *request)
{
    *LAT_ARENA_PUSH(run->arena, run->undos, run->undo_count) =
        (struct undo){.title = title, .request = *request};
}

/* What a successful step leaves behind is noted at once, also when its answer is not as expected.
 */
static void note_undo(struct run *run, json_t *scope, const struct cft_step *step,
                      const struct cft_exchange *exchange)
{
    struct cft_request undo;
    struct lat_err err = {0};
    if (exchange->answer.http.status < 200 || exchange->answer.http.status > 299)
        return;
    if (step->kind == CFT_STEP_CALL && cft_call_undo(run->arena, step->operation, exchange->input,
                                                     exchange->answer.body, &undo) == 0)
        push_undo(run, lat_arena_printf(run->arena, "undo of %s", step->title), &undo);
    for (size_t i = 0; i < step->cleanup_count; i++)
        if (cft_request_of_step(run->arena, scope, &step->cleanup[i], &undo, NULL, &err) == 0)
            push_undo(run, step->cleanup[i].title, &undo);
}

/* The values at some paths of an answer, by name, handed to keep. */
typedef void keep_value(json_t *scope, const char *name, json_t *new_value);

static void set_value(json_t *scope, const char *name, json_t *new_value)
{
    json_object_set_new(scope, name, new_value);
}

static void append_value(json_t *scope, const char *name, json_t *new_value)
{
    json_t *list = json_object_get(scope, name);
    if (!json_is_array(list)) {
        list = json_array();
        json_object_set_new(scope, name, list);
    }
    json_array_append_new(list, new_value);
}

static void take_values(json_t *scope, const json_t *paths, const json_t *body, keep_value *keep,
                        struct cft_mismatches *wrong)
{
    const char *name = NULL;
    json_t *path = NULL;
    json_object_foreach(lat_json_iterable(paths), name, path) {
        json_t *value = lat_json_at(body, json_string_value(path));
        if (value == NULL)
            cft_mismatch(wrong, "%s: the answer has no %s", name, json_string_value(path));
        else
            keep(scope, name, json_deep_copy(value));
    }
}

static void capture(json_t *scope, const struct cft_step *step, const json_t *body,
                    struct cft_mismatches *wrong)
{
    if (json_is_string(step->capture))
        json_object_set_new(scope, json_string_value(step->capture), json_deep_copy(body));
    else
        take_values(scope, step->capture, body, set_value, wrong);
    take_values(scope, step->gather, body, append_value, wrong);
}

static const char *shorten(struct lat_arena *arena, const char *text)
{
    return strlen(text) <= CFT_SHOWN_BYTES_MAX
               ? text
               : lat_arena_printf(arena, "%.*s…", CFT_SHOWN_BYTES_MAX, text);
}

static void remember(struct run *run, const struct cft_exchange *exchange)
{
    const struct cft_request *request = &exchange->request;
    const struct lat_http_answer *http = &exchange->answer.http;
    const char *code = exchange->answer.error_code;
    run->outcome->sent =
        shorten(run->arena, lat_arena_printf(run->arena, "%s %s %s", request->method, request->path,
                                             lat_text_or_empty(request->body)));
    run->outcome->received = shorten(
        run->arena, lat_arena_printf(run->arena, "%d %s%s%s", http->status, lat_text_or_empty(code),
                                     code == NULL ? "" : " ", http->body));
}

/* Sends once and compares. */
static enum ending attempt(struct run *run, json_t *scope, const struct cft_step *step,
                           struct cft_mismatches *wrong, struct lat_err *reterr)
{
    struct cft_exchange exchange = {0};
    struct lat_err err = {0};
    enum cft_sent sent =
        cft_send_step(run->endpoint, run->arena, scope, step, &exchange, wrong, &err);
    run->outcome->calls += exchange.calls;
    if (sent == CFT_SENT) {
        remember(run, &exchange);
        note_undo(run, scope, step, &exchange);
        cft_answer_check(wrong, scope, step, &exchange.answer);
        if (wrong->count == 0)
            capture(scope, step, exchange.answer.body, wrong);
    } else if (sent == CFT_NOT_ANSWERED) {
        *reterr = err;
    } else {
        cft_mismatch(wrong, "%s", err.message);
    }
    cft_exchange_done(&exchange);
    return sent == CFT_NOT_ANSWERED ? NO_ANSWER : wrong->count == 0 ? HELD : WRONG;
}

static enum ending run_call(struct run *run, json_t *scope, const struct cft_step *step,
                            struct lat_err *reterr)
{
    for (int64_t waited_ms = 0;; waited_ms += step->every_ms) {
        struct cft_mismatches wrong = {.arena = run->arena};
        enum ending ending = attempt(run, scope, step, &wrong, reterr);
        if (ending != WRONG)
            return ending;
        if (!step->is_until || waited_ms >= step->limit_ms) {
            if (step->is_until)
                cft_mismatch(&wrong, "still so after %lld ms", (long long)waited_ms);
            return fail(run, step, wrong.lines, wrong.count);
        }
        if (cft_endpoint_pass(run->endpoint, run->arena, step->every_ms, reterr) < 0)
            return NO_ANSWER;
    }
}

/* object[name] = expansion, one after the other, so that later ones may use earlier ones. */
static int set_variables(struct lat_arena *arena, json_t *into, json_t *scope,
                         const json_t *variables, struct lat_err *reterr)
{
    const char *name = NULL;
    json_t *source = NULL;
    json_object_foreach(lat_json_iterable(variables), name, source) {
        json_t *value = NULL;
        if (cft_expand_new(arena, scope, source, CFT_EXPAND_INPUT, &value, reterr) < 0)
            return lat_err_prefix(reterr, "variable %s", name);
        json_object_set_new(into, name, value);
    }
    return 0;
}

static enum ending run_fixture(struct run *run, json_t *scope, const struct cft_step *step,
                               struct lat_err *reterr)
{
    struct lat_err err = {0};
    const struct cft_case *fixture = step->fixture;
    json_t *LAT_AUTO(lat_json_decrefp) inner = cft_endpoint_scope_new(run->endpoint);
    if (set_variables(run->arena, inner, inner, fixture->vars, &err) < 0 ||
        set_variables(run->arena, inner, scope, step->with, &err) < 0)
        return fail_one(run, step, &err);
    enum ending ending = run_steps(run, inner, fixture->steps, fixture->step_count, reterr);
    if (ending != HELD || step->as == NULL || fixture->gives == NULL)
        return ending;
    json_t *given = NULL;
    if (cft_expand_new(run->arena, inner, fixture->gives, CFT_EXPAND_INPUT, &given, &err) < 0)
        return fail_one(run, step, &err);
    json_object_set_new(scope, step->as, given);
    return HELD;
}

static enum ending run_once(struct run *run, json_t *scope, const struct cft_step *step,
                            struct lat_err *reterr)
{
    switch (step->kind) {
    case CFT_STEP_USE:
        return run_fixture(run, scope, step, reterr);
    case CFT_STEP_ADVANCE:
        return cft_endpoint_pass(run->endpoint, run->arena, step->advance_ms, reterr) < 0
                   ? NO_ANSWER
                   : HELD;
    case CFT_STEP_CALL:
    case CFT_STEP_HTTP:
    case CFT_STEP_KIND_COUNT:
        break;
    }
    return run_call(run, scope, step, reterr);
}

/* The elements for the repetitions of a step: those of each, or NULL with a number. */
static int repetitions(struct run *run, json_t *scope, const struct cft_step *step,
                       json_t **ret_each, size_t *ret_count, struct lat_err *reterr)
{
    *ret_count = step->times == NULL ? 1 : (size_t)json_integer_value(step->times);
    if (step->each == NULL)
        return 0;
    if (cft_expand_new(run->arena, scope, step->each, CFT_EXPAND_INPUT, ret_each, reterr) < 0)
        return -1;
    *ret_count = json_array_size(*ret_each);
    return *ret_count > 0 ? 0 : lat_err_input(reterr, "\"each\" is no list with elements");
}

static enum ending run_step(struct run *run, json_t *scope, const struct cft_step *step,
                            struct lat_err *reterr)
{
    struct lat_err err = {0};
    json_t *LAT_AUTO(lat_json_decrefp) each = NULL;
    size_t count = 0;
    enum ending ending = HELD;
    if (repetitions(run, scope, step, &each, &count, &err) < 0)
        return fail_one(run, step, &err);
    for (size_t i = 0; i < count && ending == HELD; i++) {
        json_object_set_new(scope, "n", json_integer((json_int_t)i + 1));
        if (each != NULL)
            json_object_set(scope, "each", json_array_get(each, i));
        ending = run_once(run, scope, step, reterr);
        if (ending == WRONG && count > 1 && run->outcome->step == step->title)
            run->outcome->step =
                lat_arena_printf(run->arena, "%s, repetition %zu", step->title, i + 1);
    }
    return ending;
}

static enum ending run_steps(struct run *run, json_t *scope, const struct cft_step *steps,
                             size_t count, struct lat_err *reterr)
{
    enum ending ending = HELD;
    for (size_t i = 0; i < count && ending == HELD; i++)
        ending = run_step(run, scope, &steps[i], reterr);
    return ending;
}

/* A conflict while undoing is mostly a deletion that is still going on. So is a validation error:
 * DeleteResourceConfiguration refuses that way while an association goes (observed). */
static bool may_pass(int status)
{
    return status == 400 || status == 409 || status == 429 || status >= 500;
}

/* Tries one undoing call until it succeeds or there is nothing left to undo. */
static int undo_one(struct run *run, const struct undo *undo, struct lat_err *reterr)
{
    struct lat_http_answer http = {0};
    for (int64_t waited_ms = 0;; waited_ms += CLEANUP_EVERY_MS) {
        if (cft_endpoint_send(run->endpoint, run->arena, &undo->request, &http, reterr) < 0)
            return -1;
        run->outcome->calls++;
        if (http.status < 300 || http.status == 404)
            return 0;
        if (!may_pass(http.status) || waited_ms >= CFT_CLEANUP_LIMIT_MS)
            break;
        if (cft_endpoint_pass(run->endpoint, run->arena, CLEANUP_EVERY_MS, reterr) < 0)
            return -1;
    }
    if (run->outcome->result == CFT_FAILED)
        return 0; /* the first failure is the one to read */
    const struct cft_step cleanup = {.title = "cleanup"};
    struct cft_mismatches wrong = {.arena = run->arena};
    cft_mismatch(&wrong, "%s: %s %s answered %d %s", undo->title, undo->request.method,
                 undo->request.path, http.status, shorten(run->arena, http.body));
    fail(run, &cleanup, wrong.lines, wrong.count);
    return 0;
}

static int undo_all(struct run *run, struct lat_err *reterr)
{
    for (size_t i = run->undo_count; i > 0; i--)
        if (undo_one(run, &run->undos[i - 1], reterr) < 0)
            return -1;
    return 0;
}

int cft_run(struct lat_arena *arena, struct cft_endpoint *endpoint, const struct cft_case *item,
            struct cft_outcome *ret_outcome, struct lat_err *reterr)
{
    struct cft_outcome outcome = {.result = CFT_PASSED};
    struct run run = {.arena = arena, .endpoint = endpoint, .outcome = &outcome};
    struct lat_err err = {0};
    for (size_t i = 0; i < item->requirement_count; i++)
        if (!cft_endpoint_has(endpoint, item->requirements[i])) {
            outcome.result = CFT_SKIPPED;
            outcome.skip_reason = lat_arena_printf(arena, "needs %s", item->requirements[i]);
            *ret_outcome = outcome;
            return 0;
        }
    json_t *LAT_AUTO(lat_json_decrefp) scope = cft_endpoint_scope_new(endpoint);
    const struct cft_step start = {.title = "vars", .line = item->line};
    enum ending ending = set_variables(arena, scope, scope, item->vars, &err) < 0
                             ? fail_one(&run, &start, &err)
                             : run_steps(&run, scope, item->steps, item->step_count, reterr);
    struct lat_err ignored = {0};
    int undone = undo_all(&run, ending == NO_ANSWER ? &ignored : reterr);
    if (ending == NO_ANSWER || undone < 0)
        return -1;
    *ret_outcome = outcome;
    return 0;
}
