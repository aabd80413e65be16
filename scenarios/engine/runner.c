/* Carries a story out, step by step; see runner.h. What a step does is in steps.c and expect*.c. */
#include "scenarios/engine/runner.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "scenarios/engine/interrupt.h"
#include "scenarios/engine/run.h"
#include "scenarios/engine/vars.h"

#include <string.h>

/* Every story knows these names; "index" stands for itself until a repeated call gives it one. */
static json_t *first_vars_new(const struct scn_options *options, const struct scn_story *story,
                              const struct scn_variant *variant)
{
    json_t *vars = json_object();
    lat_json_set_string(vars, "account", options->account);
    lat_json_set_string(vars, "region", options->region);
    lat_json_set_string(vars, "vpc", options->vpc);
    lat_json_set_string(vars, "cluster", options->cluster);
    char owner[300];
    snprintf(owner, sizeof owner, "%s/%s/%s", options->account, options->cluster, options->vpc);
    lat_json_set_string(vars, "owner", owner);
    if (story->with != NULL)
        (void)json_object_update(vars, story->with);
    if (variant->with != NULL)
        (void)json_object_update(vars, lat_json_iterable(variant->with));
    return vars;
}

static int perform_one(struct scn_run *run, const struct scn_kind *kind, const json_t *value,
                       struct lat_err *reterr)
{
    if (scn_interrupt_came() || ferror(run->report->out))
        return lat_err_input(reterr, "interrupted");
    (void)json_object_set_new(run->vars, "index", json_string("${index}"));
    json_t *filled LAT_AUTO(lat_json_decrefp) = scn_vars_fill_new(run->vars, value, reterr);
    if (filled == NULL)
        return -1;
    if (!kind->only_reads) {
        scn_report_action(run->report, kind->describe(run->arena, filled));
        run->estate_is_fresh = false;
    }
    return kind->perform(run, filled, reterr);
}

/* Carries out the value of an action, or each of its list; an error names file and line. */
static int perform_action(struct scn_run *run, const struct scn_item *place,
                          const struct scn_kind *kind, const json_t *value, struct lat_err *reterr)
{
    struct scn_item at = {.value = value,
                          .source = place->source,
                          .line = scn_line(place->source, value, place->line)};
    run->place = &at;
    if (!json_is_array(value) || !kind->repeats) {
        if (perform_one(run, kind, value, reterr) < 0)
            return lat_err_prefix(reterr, "%s:%d", at.source->path, at.line);
        return 0;
    }
    int list_line = at.line;
    size_t index;
    json_t *item;
    json_array_foreach(lat_json_iterable(value), index, item) {
        at.line = scn_line(place->source, item, list_line);
        if (perform_one(run, kind, item, reterr) < 0)
            return lat_err_prefix(reterr, "%s:%d", at.source->path, at.line);
    }
    return 0;
}

static int play_step(struct scn_run *run, const struct scn_item *step, struct lat_err *reterr)
{
    const char *key;
    json_t *value;
    if (scn_world_read_journal(&run->world, reterr) < 0)
        return -1;
    run->step_seq = run->world.journal.last_seq;
    scn_report_step(run->report, lat_json_string_at(step->value, "step", ""),
                    lat_json_string_at(step->value, "note", NULL));
    json_object_foreach(lat_json_iterable(step->value), key, value) {
        const struct scn_kind *kind = scn_kind_find(&scn_actions, key);
        if (kind != NULL && perform_action(run, step, kind, value, reterr) < 0)
            return -1;
    }
    return 0;
}

/* The starting point: calls in VPC Lattice, objects in Kubernetes, the controller. */
static int prepare(struct scn_run *run, struct lat_err *reterr)
{
    const struct scn_story *story = run->story;
    scn_report_step(run->report, "Starting point", NULL);
    const struct scn_kind *call = scn_kind_find(&scn_actions, "call");
    for (size_t i = 0; i < story->call_count; i++)
        if (perform_action(run, &story->calls[i], call, story->calls[i].value, reterr) < 0 ||
            scn_world_settle(&run->world, reterr) < 0)
            return -1;
    const struct scn_kind *apply = scn_kind_find(&scn_actions, "apply");
    for (size_t i = 0; i < story->object_count; i++) {
        scn_report_action(run->report, apply->describe(run->arena, story->objects[i].value));
        if (scn_run_apply(run, &story->objects[i], reterr) < 0)
            return -1;
    }
    run->estate_is_fresh = false;
    if (!lat_json_bool_at(story->controller, "started", true))
        return 0;
    if (scn_world_start_controller(&run->world, reterr) < 0)
        return -1;
    return scn_world_reconcile(&run->world, reterr);
}

static void wait_for_end(const struct scn_world *world)
{
    fprintf(stderr, "Still running: AWS at %s, Kubernetes at %s. Ctrl-C ends both.\n",
            world->aws.endpoint, world->kube.endpoint);
    scn_interrupt_await();
}

static int play_variant(struct scn_story *story, const struct scn_variant *variant,
                        const struct scn_options *options, struct scn_report *report, bool keep)
{
    struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
    struct lat_err err = {.kind = LAT_ERR_NONE};
    struct scn_run run = {.arena = arena, .story = story, .report = report};
    lat_rng_init(&run.rng, (uint64_t)options->seed);
    run.vars = first_vars_new(options, story, variant);
    if (scn_world_open(&run.world, arena, options, story->controller, story->simulator, &err) < 0) {
        fprintf(stderr, "lattice-scenario: %s\n", err.message);
        scn_world_done(&run.world);
        json_decref(run.vars);
        return 2;
    }
    scn_report_story(report, story, variant);
    int result = prepare(&run, &err);
    for (size_t i = 0; result == 0 && i < story->step_count; i++)
        result = play_step(&run, &story->steps[i], &err);
    if (result < 0) {
        run.failed++;
        scn_report_broken(report, err.message);
    }
    scn_report_story_end(report, story, run.passed, run.failed);
    if (keep)
        wait_for_end(&run.world);
    scn_world_done(&run.world);
    json_decref(run.vars);
    if (scn_interrupt_came() || ferror(report->out))
        return 2;
    return run.failed > 0 ? 1 : 0;
}

int scn_runner_play(struct scn_story *story, const struct scn_options *options,
                    struct scn_report *report, bool keep)
{
    int worst = 0;
    for (size_t i = 0; i < story->variant_count && worst < 2; i++) {
        int status = play_variant(story, &story->variants[i], options, report, keep);
        worst = status > worst ? status : worst;
    }
    return worst;
}

static void explain_action(struct lat_arena *arena, const struct scn_kind *kind,
                           const json_t *value)
{
    size_t index;
    json_t *item;
    if (!kind->repeats || !json_is_array(value)) {
        printf("    - %s\n", kind->describe(arena, value));
        return;
    }
    json_array_foreach(lat_json_iterable(value), index, item) {
        printf("    - %s\n", kind->describe(arena, item));
    }
}

static void explain_step(struct lat_arena *arena, const struct scn_item *step)
{
    const char *key;
    json_t *value;
    const char *note = lat_json_string_at(step->value, "note", NULL);
    printf("\n  %s\n", lat_json_string_at(step->value, "step", ""));
    if (note != NULL)
        printf("    %s\n", note);
    json_object_foreach(lat_json_iterable(step->value), key, value) {
        const struct scn_kind *kind = scn_kind_find(&scn_actions, key);
        if (kind != NULL)
            explain_action(arena, kind, value);
    }
}

void scn_runner_explain(const struct scn_story *story)
{
    struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
    printf("%s: %s\n  %s, %s. From: %s\n  Lesson: %s\n", story->name, story->title, story->level,
           story->category, story->origin, story->lesson);
    for (size_t i = 0; i < story->variant_count; i++)
        if (story->variants[i].name != NULL)
            printf("  Variant: %s\n", story->variants[i].name);
    printf("\n  Starting point\n");
    const struct scn_kind *call = scn_kind_find(&scn_actions, "call");
    const struct scn_kind *apply = scn_kind_find(&scn_actions, "apply");
    for (size_t i = 0; i < story->call_count; i++)
        explain_action(arena, call, story->calls[i].value);
    for (size_t i = 0; i < story->object_count; i++)
        explain_action(arena, apply, story->objects[i].value);
    for (size_t i = 0; i < story->step_count; i++)
        explain_step(arena, &story->steps[i]);
}
