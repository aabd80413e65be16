/* What a run found; see report.h. */
#include "conformance/runner/report.h"

#include "common/base/json.h"
#include "common/base/text.h"

static const char *const result_names[CFT_RESULT_COUNT] = {
    [CFT_PASSED] = "passed", [CFT_FAILED] = "failed", [CFT_SKIPPED] = "skipped"};

static void note_operation(void *context, const struct cft_step *step)
{
    json_t *names = context;
    if (step->operation != NULL)
        json_object_set_new(names, step->operation->name, json_true());
}

json_t *cft_case_operations_new(const struct cft_case *item)
{
    json_t *LAT_AUTO(lat_json_decrefp) names = json_object();
    json_t *list = json_array();
    const char *name = NULL;
    json_t *value = NULL;
    cft_case_walk(item, note_operation, names);
    json_object_foreach(names, name, value) {
        json_array_append_new(list, json_string(name));
    }
    return list;
}

void cft_report_begin(struct cft_report *report, FILE *out, bool is_json, size_t case_count)
{
    *report = (struct cft_report){.out = out, .is_json = is_json, .cases = json_array()};
    if (!is_json)
        fprintf(out, "TAP version 13\n1..%zu\n", case_count);
}

static json_t *describe_new(struct lat_arena *arena, const struct cft_case *item)
{
    json_t *requirements = json_array();
    for (size_t i = 0; i < item->requirement_count; i++)
        json_array_append_new(requirements, json_string(item->requirements[i]));
    json_t *described = json_object();
    lat_json_set_string(described, "case", item->name);
    lat_json_set_string(described, "place",
                        lat_arena_printf(arena, "%s:%d", item->file, item->line));
    lat_json_set_string(described, "confidence", item->confidence);
    lat_json_set_string(described, "source", item->source);
    lat_json_set(described, "requires", requirements);
    lat_json_set_string(described, "knownFailure", item->known_failure);
    lat_json_set(described, "operations", cft_case_operations_new(item));
    return described;
}

/* The outcome of a failed case, for the diagnostics of both outputs. */
static void add_failure(struct lat_arena *arena, json_t *into, const struct cft_case *item,
                        const struct cft_outcome *outcome)
{
    json_t *wrong = json_array();
    for (size_t i = 0; i < outcome->wrong_count; i++)
        json_array_append_new(wrong, json_string(outcome->wrong[i]));
    lat_json_set_string(into, "at",
                        lat_arena_printf(arena, "%s:%d", item->file,
                                         outcome->line > 0 ? outcome->line : item->line));
    lat_json_set_string(into, "step", outcome->step);
    lat_json_set(into, "wrong", wrong);
    lat_json_set_string(into, "sent", outcome->sent);
    lat_json_set_string(into, "received", outcome->received);
}

/* Strings as JSON writes them are YAML too, so any text is safe in the block. */
static void print_diagnostics(FILE *out, struct lat_arena *arena, const json_t *failure)
{
    const char *name = NULL;
    json_t *value = NULL;
    fputs("  ---\n", out);
    json_object_foreach(lat_json_iterable(failure), name, value) {
        if (!json_is_array(value)) {
            fprintf(out, "  %s: %s\n", name, lat_json_text(arena, value));
            continue;
        }
        fprintf(out, "  %s:\n", name);
        for (size_t i = 0; i < json_array_size(value); i++)
            fprintf(out, "    - %s\n", lat_json_text(arena, json_array_get(value, i)));
    }
    fputs("  ...\n", out);
}

static void print_tap(struct cft_report *report, struct lat_arena *arena,
                      const struct cft_case *item, const struct cft_outcome *outcome)
{
    static const char known_word[] = "TODO"; /* TAP's word for a failure that is known */
    fprintf(report->out, "%sok %zu - %s: %s", outcome->result == CFT_FAILED ? "not " : "",
            report->number, item->file, item->name);
    if (outcome->result == CFT_SKIPPED)
        fprintf(report->out, " # SKIP %s", outcome->skip_reason);
    else if (item->known_failure != NULL)
        fprintf(report->out, " # %s %s", known_word, item->known_failure);
    fputc('\n', report->out);
    if (outcome->result == CFT_FAILED) {
        json_t *LAT_AUTO(lat_json_decrefp) failure = json_object();
        add_failure(arena, failure, item, outcome);
        print_diagnostics(report->out, arena, failure);
    }
    fflush(report->out);
}

static void count(struct cft_report *report, const struct cft_case *item, enum cft_result result)
{
    bool is_known = item->known_failure != NULL;
    report->passed += result == CFT_PASSED;
    report->skipped += result == CFT_SKIPPED;
    report->failed += result == CFT_FAILED && !is_known;
    report->known += result == CFT_FAILED && is_known;
    report->mended += result == CFT_PASSED && is_known;
}

void cft_report_case(struct cft_report *report, struct lat_arena *arena,
                     const struct cft_case *item, const struct cft_outcome *outcome)
{
    report->number++;
    count(report, item, outcome->result);
    if (!report->is_json) {
        print_tap(report, arena, item, outcome);
        return;
    }
    json_t *entry = describe_new(arena, item);
    lat_json_set_string(entry, "result", result_names[outcome->result]);
    lat_json_set(entry, "calls", json_integer((json_int_t)outcome->calls));
    lat_json_set_string(entry, "skipReason", outcome->skip_reason);
    if (outcome->result == CFT_FAILED)
        add_failure(arena, entry, item, outcome);
    json_array_append_new(report->cases, entry);
}

void cft_report_stopped(struct cft_report *report, const char *reason)
{
    if (!report->is_json)
        fprintf(report->out, "Bail out! %s\n", reason);
}

static json_t *counts_new(const struct cft_report *report)
{
    json_t *counts = json_object();
    lat_json_set(counts, "passed", json_integer((json_int_t)report->passed));
    lat_json_set(counts, "failed", json_integer((json_int_t)report->failed));
    lat_json_set(counts, "skipped", json_integer((json_int_t)report->skipped));
    lat_json_set(counts, "knownFailures", json_integer((json_int_t)report->known));
    lat_json_set(counts, "mended", json_integer((json_int_t)report->mended));
    return counts;
}

void cft_report_end(struct cft_report *report)
{
    if (report->is_json) {
        json_t *LAT_AUTO(lat_json_decrefp) document = json_object();
        lat_json_set(document, "counts", counts_new(report));
        lat_json_set(document, "cases", LAT_TAKE(report->cases));
        struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
        fprintf(report->out, "%s\n", lat_json_pretty(arena, document));
    } else {
        fprintf(report->out, "# passed %zu, failed %zu, skipped %zu, known failures %zu\n",
                report->passed, report->failed, report->skipped, report->known);
        if (report->mended > 0)
            fprintf(report->out, "# %zu passed although known_failure says otherwise: remove it\n",
                    report->mended);
    }
    json_decref(report->cases);
    report->cases = NULL;
}

static void print_listed(FILE *out, const struct cft_case *item)
{
    json_t *LAT_AUTO(lat_json_decrefp) operations = cft_case_operations_new(item);
    fprintf(out, "%s:%d: %s\n  %s (%s)\n", item->file, item->line, item->name, item->confidence,
            item->source);
    for (size_t i = 0; i < item->requirement_count; i++)
        fprintf(out, "  requires %s\n", item->requirements[i]);
    if (json_array_size(operations) > 0)
        fputs("  operations", out);
    for (size_t i = 0; i < json_array_size(operations); i++)
        fprintf(out, " %s", json_string_value(json_array_get(operations, i)));
    if (json_array_size(operations) > 0)
        fputc('\n', out);
}

void cft_report_list(FILE *out, bool is_json, struct lat_arena *arena,
                     const struct cft_case *const *cases, size_t case_count)
{
    json_t *LAT_AUTO(lat_json_decrefp) list = json_array();
    for (size_t i = 0; i < case_count; i++)
        if (is_json)
            json_array_append_new(list, describe_new(arena, cases[i]));
        else
            print_listed(out, cases[i]);
    if (is_json)
        fprintf(out, "%s\n", lat_json_pretty(arena, list));
}
