/* Case files: what is refused before anything is sent, and how it is said. */
#include "conformance/runner/case.h"

#include "common/base/file.h"
#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(case, .fini = check_leaks);

#define HEAD "case: a\nconfidence: model\nsource: s\n"

/* Loads text as the only file of a folder of its own. Returns the error's text from the file's name
 * on, "" when it was accepted. */
static const char *load(struct lat_arena *arena, const char *text)
{
    struct lat_err err = {0};
    char folder[] = "/tmp/cft-case-XXXXXX";
    cr_assert_not_null(mkdtemp(folder));
    const char *path = lat_arena_printf(arena, "%s/one.yaml", folder);
    cr_assert_eq(lat_file_write(path, text, strlen(text), &err), 0, "%s", err.message);
    struct cft_library *LAT_AUTO(cft_library_freep) library = cft_library_new();
    int status = cft_library_load(library, folder, &err);
    unlink(path);
    rmdir(folder);
    const char *name = strstr(err.message, "one.yaml");
    cr_assert(status == 0 || name != NULL, "no file in \"%s\"", err.message);
    return status == 0 ? "" : lat_arena_strdup(arena, name);
}

/* Whether text is refused with a message that begins so. */
static void refused(const char *text, const char *wanted)
{
    struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
    const char *got = load(arena, text);
    cr_expect_eq(strncmp(got, wanted, strlen(wanted)), 0, "wanted \"%s\", got \"%s\"", wanted, got);
}

Test(case, a_whole_case_is_accepted)
{
    struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
    cr_expect_str_eq(load(arena, HEAD "steps:\n- call: ListServices\n  pages: true\n"
                                      "  expect:\n    body:\n      items: []\n"),
                     "");
}

Test(case, a_wrong_key_names_its_line_and_the_right_ones)
{
    refused(HEAD "stepz: []\n",
            "one.yaml:4: a case has an unknown key \"stepz\"; the keys are case");
    refused(HEAD "steps:\n- call: ListServices\n  expct: {}\n",
            "one.yaml:6: a step has an unknown key \"expct\"; the keys are title");
    refused(HEAD "steps:\n- call: ListServices\n  expect:\n    bdy: 1\n",
            "one.yaml:7: an expectation has an unknown key \"bdy\"");
    refused(HEAD "steps:\n- http:\n    method: GET\n    url: /x\n",
            "one.yaml:7: \"http\" has an unknown key \"url\"");
}

Test(case, a_missing_key_is_named)
{
    refused("case: a\nconfidence: model\nsteps:\n- call: ListServices\n",
            "one.yaml:1: a case needs \"source\"");
    refused(HEAD "steps:\n- http:\n    method: GET\n", "one.yaml:6: \"http\" needs \"path\"");
}

Test(case, words_outside_the_given_ones_are_refused)
{
    refused("case: a\nconfidence: sure\nsource: s\nsteps:\n- call: ListServices\n",
            "one.yaml:2: \"confidence\" is model, documented, observed or chosen");
    refused(HEAD "requires: [moon]\nsteps:\n- call: ListServices\n",
            "one.yaml:4: \"requires\" takes clock");
}

Test(case, operations_and_their_members_are_known)
{
    refused(HEAD "steps:\n- call: MakeService\n",
            "one.yaml:5: there is no operation \"MakeService\"");
    refused(HEAD "steps:\n- call: CreateService\n  input:\n    nam: a\n",
            "one.yaml:7: CreateService has no member \"nam\"; to send it all the same");
    refused(HEAD "steps:\n- call: GetService\n",
            "one.yaml:5: GetService needs \"serviceIdentifier\"");
    refused(HEAD "steps:\n- call: GetService\n  pages: true\n  input:\n    serviceIdentifier: a\n",
            "one.yaml:5: GetService has no pages");
}

Test(case, a_step_is_one_thing)
{
    refused(HEAD "steps:\n- title: nothing\n", "one.yaml:5: a step is exactly one of call, http");
    refused(HEAD "steps:\n- call: ListServices\n  advance_ms: 1\n",
            "one.yaml:5: a step is exactly one of call, http");
    refused(HEAD "steps:\n- call: ListServices\n  expect: {}\n  until: {}\n",
            "one.yaml:7: take expect or until, not both");
    refused(HEAD "steps:\n- call: ListServices\n  times: 0\n",
            "one.yaml:6: \"times\" must be a number from 1 to");
    refused(HEAD "steps: []\n", "one.yaml:4: at least one step is needed here");
}

Test(case, patterns_are_checked_with_their_line)
{
    refused(HEAD "steps:\n- call: ListServices\n  expect:\n    body:\n      items:\n      - ~(\n",
            "one.yaml:9: regular expression");
    refused(HEAD "steps:\n- call: ListServices\n  expect:\n    error:\n      message: x\n",
            "one.yaml:8: \"error\" must be the exception's name");
}

Test(case, moving_the_clock_must_be_asked_for)
{
    refused(HEAD "steps:\n- advance_ms: 5\n", "one.yaml:1: a step moves the clock; add");
    struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
    cr_expect_str_eq(load(arena, HEAD "requires: [clock]\nsteps:\n- advance_ms: 5\n"), "");
}

Test(case, fixtures_must_be_there_and_be_fixtures)
{
    refused(HEAD "steps:\n- use: nowhere.yaml\n  as: x\n", "one.yaml:5: ");
    refused("fixture: a\nsteps:\n- call: ListServices\n",
            "one.yaml:1: this is a fixture, not a case");
    refused(HEAD "steps:\n- use: one.yaml\n", "one.yaml:5: ");
}
