/* What the loader says about wrong stories: golden lines. */
#include "common/base/file.h"
#include "common/base/tests/leaks.h"
#include "scenarios/engine/story.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

TestSuite(loader, .fini = check_leaks);

#define HEAD "name: wrong\ntitle: t\nlevel: MUST\ncategory: quota\nsource: s\nlesson: l\nsteps:\n"

static const struct {
    const char *text;
    const char *message; /* behind the folder; "%" stands for the folder */
} wrong[] = {
    {"- 1\n", "wrong.yaml:1: a story is one YAML mapping; start it with \"name:\""},
    {"name: wrong\n", "wrong.yaml:1: a story needs the key \"title\"; add it"},
    {"nmae: wrong\n",
     "wrong.yaml:1: a story has no key \"nmae\"; it has: name, title, level, "
     "category, source, lesson, uses, with, replace, aws, objects, simulator, controller, "
     "steps, variants"},
    {"name: wrong\ntitle: t\nlevel: HIGH\ncategory: quota\nsource: s\nlesson: l\nsteps: []\n",
     "wrong.yaml:3: level is \"HIGH\"; it is one of: MUST, SHOULD, NICE"},
    {"name: other\ntitle: t\nlevel: MUST\ncategory: quota\nsource: s\nlesson: l\nsteps: []\n",
     "wrong.yaml:1: the story is named \"other\" but its file is wrong.yaml; name both alike"},
    {HEAD "- apply: x.yaml\n",
     "wrong.yaml:8: a step is a mapping that starts with \"step:\" and a title"},
    {HEAD "- step: one\n  aplly: x.yaml\n",
     "wrong.yaml:9: a step has no key \"aplly\"; docs/scenarios.md lists the actions"},
    {HEAD "- step: one\n  wait: 30\n", "wrong.yaml:9: \"wait\" takes a text"},
    {HEAD "- step: one\n  expect:\n  - rulez: {}\n",
     "wrong.yaml:10: there is no expectation \"rulez\"; docs/scenarios.md lists them"},
    {HEAD "- step: one\n  expect:\n  - rules: {service: orders, port: 80}\n",
     "wrong.yaml:10: rules needs the key \"count\"; add it"},
    {HEAD "- step: one\n  expect:\n  - rules:\n      service: orders\n      port: [80]\n",
     "wrong.yaml:12: \"port\" takes a number"},
    {HEAD "- step: one\n  traffic: {service: orders, port: 80, splitt: {a: 1}}\n",
     "wrong.yaml:9: traffic has no key \"splitt\"; it has: service, port, method, path, headers, "
     "from, requests, split, tolerance"},
    {HEAD "- step: one\n  apply:\n    kind: Service\n",
     "wrong.yaml:10: a manifest needs apiVersion, kind and metadata.name"},
};

/* Writes text as wrong.yaml into a fresh folder and loads it. */
static int load(struct lat_arena *arena, const char *text, const char **ret_folder,
                struct scn_story **ret_story, struct lat_err *reterr)
{
    char folder[] = "/tmp/lattice-story-XXXXXX";
    cr_assert_not_null(mkdtemp(folder));
    *ret_folder = lat_arena_strdup(arena, folder);
    const char *path = lat_arena_printf(arena, "%s/wrong.yaml", folder);
    cr_assert_eq(lat_file_write(path, text, strlen(text), reterr), 0);
    int result = scn_story_load(arena, path, ret_story, reterr);
    unlink(path);
    rmdir(folder);
    return result;
}

Test(loader, a_wrong_story_is_answered_with_its_file_line_and_remedy)
{
    for (size_t i = 0; i < LAT_COUNT(wrong); i++) {
        struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
        struct scn_story *story = NULL;
        struct lat_err err;
        const char *folder = NULL;
        cr_assert_eq(load(arena, wrong[i].text, &folder, &story, &err), -1, "row %zu", i);
        cr_expect_str_eq(err.message, lat_arena_printf(arena, "%s/%s", folder, wrong[i].message),
                         "row %zu: %s", i, err.message);
        cr_expect_eq(err.kind, LAT_ERR_INPUT);
    }
}

Test(loader, a_missing_part_is_named_with_the_line_that_uses_it)
{
    struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
    struct scn_story *story = NULL;
    struct lat_err err;
    const char *folder = NULL;
    cr_assert_eq(load(arena, HEAD "- step: one\nuses:\n- gone.yaml\n", &folder, &story, &err), -1);
    cr_expect_not_null(strstr(err.message, "wrong.yaml:10: "), "%s", err.message);
    cr_expect_not_null(strstr(err.message, "gone.yaml"), "%s", err.message);
}

Test(loader, a_right_story_has_its_steps_and_one_nameless_variant)
{
    struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
    struct scn_story *story LAT_AUTO(scn_story_donep) = NULL;
    struct lat_err err;
    const char *folder = NULL;
    cr_assert_eq(load(arena,
                      HEAD "- step: one\n  wait: 30s\n- step: two\n  expect:\n"
                           "  - service: {name: \"${name}\", exists: \"${flag}\"}\n",
                      &folder, &story, &err),
                 0, "%s", err.message);
    cr_expect_eq(story->step_count, 2);
    cr_expect_eq(story->steps[1].line, 10);
    cr_expect_eq(story->variant_count, 1);
    cr_expect_null(story->variants[0].name);
}
