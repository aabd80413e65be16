/* Reads stories and their parts and refuses what the format does not know; see story.h. It never
 * talks to anything but files. */
#include "scenarios/engine/kind.h"

#include "common/base/json.h"
#include "common/base/text.h"

#include <stdio.h>
#include <string.h>

#define PARTS_MAX 16 /* parts that one story uses */

static const struct scn_member story_members[] = {
    {"name", SCN_TEXT, true},       {"title", SCN_TEXT, true},    {"level", SCN_TEXT, true},
    {"category", SCN_TEXT, true},   {"source", SCN_TEXT, true},   {"lesson", SCN_TEXT, true},
    {"uses", SCN_LIST, false},      {"with", SCN_MAP, false},     {"replace", SCN_MAP, false},
    {"aws", SCN_LIST, false},       {"objects", SCN_LIST, false}, {"simulator", SCN_MAP, false},
    {"controller", SCN_MAP, false}, {"steps", SCN_LIST, true},    {"variants", SCN_LIST, false},
};

static const struct scn_member part_members[] = {
    {"part", SCN_TEXT, true}, {"with", SCN_MAP, false},     {"replace", SCN_MAP, false},
    {"aws", SCN_LIST, false}, {"objects", SCN_LIST, false},
};

static const struct scn_member variant_members[] = {
    {"name", SCN_TEXT, true},
    {"with", SCN_MAP, true},
};

static const struct scn_member controller_members[] = {
    {"started", SCN_BOOL, false},
    {"environment", SCN_MAP, false},
};

static const struct scn_member simulator_members[] = {
    {"delays", SCN_TEXT, true},
};

static const char *const delays[] = {"instant", "real"};

static const char *const levels[] = {"MUST", "SHOULD", "NICE"};
static const char *const categories[] = {"destructive",
                                         "irreversible",
                                         "quota",
                                         "preflight",
                                         "unsupported match",
                                         "health check",
                                         "ownership",
                                         "listener reconciliation",
                                         "TLS",
                                         "gRPC",
                                         "lifecycle",
                                         "multi-cluster",
                                         "policy",
                                         "positive guarantee"};

/* The single document of a story or part, which is a mapping. */
static const json_t *only_document(const struct scn_source *source, const char *what,
                                   struct lat_err *reterr)
{
    if (lat_yaml_count(source->yaml) == 1 && json_is_object(lat_yaml_document(source->yaml, 0)))
        return lat_yaml_document(source->yaml, 0);
    (void)scn_error(source, 1, reterr, "%s is one YAML mapping; start it with \"%s:\"", what,
                    lat_text_eq(what, "a part") ? "part" : "name");
    return NULL;
}

static int check_word(const struct scn_source *source, const json_t *root, const char *key,
                      const char *const *words, size_t word_count, struct lat_err *reterr)
{
    const json_t *value = json_object_get(root, key);
    char known[300] = "";
    for (size_t i = 0; i < word_count; i++) {
        if (lat_text_eq(json_string_value(value), words[i]))
            return 0;
        size_t length = strlen(known);
        snprintf(known + length, sizeof known - length, "%s%s", i > 0 ? ", " : "", words[i]);
    }
    return scn_error(source, scn_line(source, value, 1), reterr, "%s is \"%s\"; it is one of: %s",
                     key, json_string_value(value), known);
}

/* Overlays the members of from on *into, which is created when needed. */
static void overlay(json_t **into, const json_t *from)
{
    if (*into == NULL)
        *into = json_object();
    if (from != NULL)
        (void)json_object_update(*into, lat_json_iterable(from));
}

static void append_items(struct lat_arena *arena, const struct scn_source *source,
                         const json_t *list, struct scn_item **items, size_t *item_count)
{
    size_t index;
    json_t *value;
    json_array_foreach(lat_json_iterable(list), index, value) {
        struct scn_item *item = LAT_ARENA_PUSH(arena, *items, *item_count);
        item->value = value;
        item->source = source;
        item->line = scn_line(source, value, scn_line(source, list, 1));
    }
}

static int check_calls(const struct scn_story *story, struct lat_err *reterr)
{
    const struct scn_kind *kind = scn_kind_find(&scn_actions, "call");
    for (size_t i = 0; i < story->call_count; i++) {
        const struct scn_item *item = &story->calls[i];
        if (scn_check_kind(item->source, item->line, kind, item->value, reterr) < 0)
            return -1;
    }
    return 0;
}

static int check_expectations(const struct scn_source *source, int line, const json_t *list,
                              struct lat_err *reterr)
{
    size_t index;
    json_t *item;
    json_array_foreach(lat_json_iterable(list), index, item) {
        int item_line = scn_line(source, item, line);
        const char *name = json_object_iter_key(json_object_iter(item));
        if (!json_is_object(item) || json_object_size(item) != 1)
            return scn_error(source, item_line, reterr,
                             "an expectation is a mapping with one key, its kind");
        const struct scn_kind *kind = scn_expectation_find(name);
        if (kind == NULL)
            return scn_error(source, item_line, reterr,
                             "there is no expectation \"%s\"; docs/scenarios.md lists them", name);
        if (scn_check_kind(source, item_line, kind, json_object_get(item, name), reterr) < 0)
            return -1;
    }
    return 0;
}

/* Reads the manifests of an "apply:" whose names need no story to run, so that a wrong one is found
 * before anything started. */
static int check_manifests(struct lat_arena *arena, struct scn_story *story,
                           const struct scn_item *step, const json_t *value, struct lat_err *reterr)
{
    struct scn_item *entries = NULL;
    size_t entry_count = 0;
    struct scn_item *manifests = NULL;
    size_t manifest_count = 0;
    append_items(arena, step->source, value, &entries, &entry_count);
    if (!json_is_array(value))
        *LAT_ARENA_PUSH(arena, entries, entry_count) =
            (struct scn_item){.value = value,
                              .source = step->source,
                              .line = scn_line(step->source, value, step->line)};
    for (size_t i = 0; i < entry_count; i++) {
        const char *text = json_string_value(entries[i].value);
        if (text != NULL && strstr(text, "${") != NULL)
            continue;
        if (scn_story_manifests(arena, story, &entries[i], &manifests, &manifest_count, reterr) < 0)
            return -1;
    }
    return 0;
}

static int check_step(struct lat_arena *arena, struct scn_story *story, const struct scn_item *step,
                      struct lat_err *reterr)
{
    if (!json_is_object(step->value) || json_object_get(step->value, "step") == NULL)
        return scn_error(step->source, step->line, reterr,
                         "a step is a mapping that starts with \"step:\" and a title");
    const char *key;
    json_t *value;
    json_object_foreach(lat_json_iterable(step->value), key, value) {
        int line = scn_line(step->source, value, step->line);
        if (lat_text_eq(key, "step") || lat_text_eq(key, "note")) {
            if (!json_is_string(value))
                return scn_error(step->source, line, reterr, "\"%s\" takes a text", key);
            continue;
        }
        const struct scn_kind *kind = scn_kind_find(&scn_actions, key);
        if (kind == NULL)
            return scn_error(step->source, line, reterr,
                             "a step has no key \"%s\"; docs/scenarios.md lists the actions", key);
        if (scn_check_kind(step->source, line, kind, value, reterr) < 0)
            return -1;
        if (lat_text_eq(key, "apply") && check_manifests(arena, story, step, value, reterr) < 0)
            return -1;
        if (lat_text_eq(key, "expect") && check_expectations(step->source, line, value, reterr) < 0)
            return -1;
    }
    return 0;
}

static int load_part(struct lat_arena *arena, struct scn_story *story, const struct scn_item *use,
                     struct lat_err *reterr)
{
    if (!json_is_string(use->value))
        return scn_error(use->source, use->line, reterr, "\"uses\" lists files of parts");
    const char *path = scn_path(arena, use->source, json_string_value(use->value));
    const struct scn_source *source = scn_story_open(story, path, reterr);
    if (source == NULL)
        return lat_err_prefix(reterr, "%s:%d", use->source->path, use->line);
    const json_t *root = only_document(source, "a part", reterr);
    if (root == NULL || scn_check_members(source, 1, "a part", root, part_members,
                                          LAT_COUNT(part_members), reterr) < 0)
        return -1;
    overlay(&story->with, json_object_get(root, "with"));
    overlay(&story->replace, json_object_get(root, "replace"));
    append_items(arena, source, json_object_get(root, "aws"), &story->calls, &story->call_count);
    append_items(arena, source, json_object_get(root, "objects"), &story->objects,
                 &story->object_count);
    return 0;
}

static int load_parts(struct lat_arena *arena, struct scn_story *story, const json_t *root,
                      struct lat_err *reterr)
{
    struct scn_item *uses = NULL;
    size_t use_count = 0;
    append_items(arena, story->source, json_object_get(root, "uses"), &uses, &use_count);
    if (use_count > PARTS_MAX)
        return scn_error(story->source, uses[0].line, reterr, "a story uses at most %d parts",
                         PARTS_MAX);
    for (size_t i = 0; i < use_count; i++)
        if (load_part(arena, story, &uses[i], reterr) < 0)
            return -1;
    return 0;
}

static int load_variants(struct lat_arena *arena, struct scn_story *story, const json_t *root,
                         struct lat_err *reterr)
{
    struct scn_variant *variants = NULL;
    const json_t *list = json_object_get(root, "variants");
    size_t index;
    json_t *value;
    json_array_foreach(lat_json_iterable(list), index, value) {
        int line = scn_line(story->source, value, 1);
        if (!json_is_object(value))
            return scn_error(story->source, line, reterr, "a variant is a mapping");
        if (scn_check_members(story->source, line, "a variant", value, variant_members,
                              LAT_COUNT(variant_members), reterr) < 0)
            return -1;
        struct scn_variant *variant = LAT_ARENA_PUSH(arena, variants, story->variant_count);
        variant->name = lat_json_string_at(value, "name", "");
        variant->with = json_object_get(value, "with");
    }
    if (story->variant_count == 0)
        (void)LAT_ARENA_PUSH(arena, variants, story->variant_count);
    story->variants = variants;
    return 0;
}

/* A story is found by its name, so its file carries it. */
static int check_name(const struct scn_story *story, const json_t *root, struct lat_err *reterr)
{
    const char *slash = strrchr(story->source->path, '/');
    const char *file = slash != NULL ? slash + 1 : story->source->path;
    size_t length = strlen(story->name);
    if (strncmp(file, story->name, length) == 0 && lat_text_eq(file + length, ".yaml"))
        return 0;
    return scn_error(story->source, scn_line(story->source, json_object_get(root, "name"), 1),
                     reterr, "the story is named \"%s\" but its file is %s; name both alike",
                     story->name, file);
}

static int fill_head(struct scn_story *story, const json_t *root, struct lat_err *reterr)
{
    const struct scn_source *source = story->source;
    if (scn_check_members(source, 1, "a story", root, story_members, LAT_COUNT(story_members),
                          reterr) < 0 ||
        check_word(source, root, "level", levels, LAT_COUNT(levels), reterr) < 0 ||
        check_word(source, root, "category", categories, LAT_COUNT(categories), reterr) < 0)
        return -1;
    story->name = lat_json_string_at(root, "name", "");
    story->title = lat_json_string_at(root, "title", "");
    story->level = lat_json_string_at(root, "level", "");
    story->category = lat_json_string_at(root, "category", "");
    story->origin = lat_json_string_at(root, "source", "");
    story->lesson = lat_json_string_at(root, "lesson", "");
    const json_t *controller = json_object_get(root, "controller");
    story->controller = lat_json_iterable(controller);
    if (controller != NULL &&
        scn_check_members(source, scn_line(source, controller, 1), "controller", controller,
                          controller_members, LAT_COUNT(controller_members), reterr) < 0)
        return -1;
    const json_t *simulator = json_object_get(root, "simulator");
    story->simulator = lat_json_iterable(simulator);
    if (simulator != NULL &&
        (scn_check_members(source, scn_line(source, simulator, 1), "simulator", simulator,
                           simulator_members, LAT_COUNT(simulator_members), reterr) < 0 ||
         check_word(source, simulator, "delays", delays, LAT_COUNT(delays), reterr) < 0))
        return -1;
    return check_name(story, root, reterr);
}

static int fill(struct lat_arena *arena, struct scn_story *story, struct lat_err *reterr)
{
    const json_t *root = only_document(story->source, "a story", reterr);
    if (root == NULL || fill_head(story, root, reterr) < 0 ||
        load_parts(arena, story, root, reterr) < 0)
        return -1;
    overlay(&story->with, json_object_get(root, "with"));
    overlay(&story->replace, json_object_get(root, "replace"));
    append_items(arena, story->source, json_object_get(root, "aws"), &story->calls,
                 &story->call_count);
    append_items(arena, story->source, json_object_get(root, "objects"), &story->objects,
                 &story->object_count);
    append_items(arena, story->source, json_object_get(root, "steps"), &story->steps,
                 &story->step_count);
    if (load_variants(arena, story, root, reterr) < 0 || check_calls(story, reterr) < 0)
        return -1;
    for (size_t i = 0; i < story->step_count; i++)
        if (check_step(arena, story, &story->steps[i], reterr) < 0)
            return -1;
    /* Every manifest is read now, so that a wrong one stops the story before anything started. */
    struct scn_item *manifests = NULL;
    size_t manifest_count = 0;
    for (size_t i = 0; i < story->object_count; i++)
        if (scn_story_manifests(arena, story, &story->objects[i], &manifests, &manifest_count,
                                reterr) < 0)
            return -1;
    story->objects = manifests;
    story->object_count = manifest_count;
    return 0;
}

int scn_story_load(struct lat_arena *arena, const char *path, struct scn_story **ret_story,
                   struct lat_err *reterr)
{
    struct scn_story *story LAT_AUTO(scn_story_donep) = LAT_NEW(arena, struct scn_story);
    story->arena = arena;
    story->source = scn_story_open(story, path, reterr);
    if (story->source == NULL || fill(arena, story, reterr) < 0)
        return -1;
    *ret_story = LAT_TAKE(story);
    return 0;
}

void scn_story_done(struct scn_story *story)
{
    if (story == NULL)
        return;
    json_decref(story->with);
    json_decref(story->replace);
    for (size_t i = 0; i < story->source_count; i++)
        lat_yaml_free(story->sources[i]->yaml);
    *story = (struct scn_story){.source_count = 0};
}

void scn_story_donep(struct scn_story **story)
{
    scn_story_done(*story);
    *story = NULL;
}
