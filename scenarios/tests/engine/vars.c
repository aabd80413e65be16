/* Names in texts, values at paths, and the patterns and patches that work on JSON. */
#include "scenarios/engine/vars.h"

#include "common/base/json.h"
#include "common/base/tests/leaks.h"
#include "scenarios/engine/journal.h"
#include "scenarios/engine/kube.h"
#include "scenarios/engine/pattern.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(vars, .fini = check_leaks);

static json_t *json(const char *text)
{
    struct lat_err err;
    json_t *value = lat_json_parse_new(text, strlen(text), &err);
    cr_assert_not_null(value, "%s", err.message);
    return value;
}

static void expect_json(struct lat_arena *arena, const json_t *value, const char *text)
{
    json_t *wanted LAT_AUTO(lat_json_decrefp) = json(text);
    cr_expect(json_equal(lat_json_iterable(value), wanted), "%s", lat_json_text(arena, value));
}

static const struct {
    const char *before, *after;
} fills[] = {
    {"[\"${rule.id}\"]", "[\"rule-1\"]"},
    {"[\"a ${rule.id} b\"]", "[\"a rule-1 b\"]"},
    {"[\"${weight}\"]", "[90]"},
    {"[\"weight ${weight}\"]", "[\"weight 90\"]"},
    {"[\"${rule}\"]", "[{\"id\":\"rule-1\"}]"},
    {"{\"${rule.id}\":true}", "{\"rule-1\":true}"},
    {"[\"$${rule.id}\"]", "[\"${rule.id}\"]"},
    {"[\"plain $ text\", null, 3]", "[\"plain $ text\", null, 3]"},
};

Test(vars, names_are_filled_in_with_the_type_of_their_value)
{
    json_t *vars LAT_AUTO(lat_json_decrefp) = json("{\"rule\":{\"id\":\"rule-1\"},\"weight\":90}");
    for (size_t i = 0; i < LAT_COUNT(fills); i++) {
        struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
        struct lat_err err;
        json_t *before LAT_AUTO(lat_json_decrefp) = json(fills[i].before);
        json_t *after LAT_AUTO(lat_json_decrefp) = scn_vars_fill_new(vars, before, &err);
        cr_assert_not_null(after, "row %zu: %s", i, err.message);
        expect_json(arena, after, fills[i].after);
    }
}

Test(vars, an_unknown_name_lists_the_known_ones)
{
    struct lat_err err;
    json_t *vars LAT_AUTO(lat_json_decrefp) = json("{\"rule\":1,\"service\":2}");
    json_t *before LAT_AUTO(lat_json_decrefp) = json("[\"${rulle}\"]");
    cr_assert_null(scn_vars_fill_new(vars, before, &err));
    cr_expect_str_eq(err.message, "${rulle} is not known here; known names: rule, service");
}

Test(vars, manifests_can_have_a_text_replaced_without_being_edited)
{
    struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
    json_t *replace LAT_AUTO(lat_json_decrefp) = json("{\"tg-0abc\":\"tg-real\"}");
    json_t *before LAT_AUTO(lat_json_decrefp) = json("{\"a\":[\"arn:tg-0abc!\"],\"tg-0abc\":1}");
    json_t *after LAT_AUTO(lat_json_decrefp) = scn_vars_replace_new(replace, before);
    expect_json(arena, after, "{\"a\":[\"arn:tg-real!\"],\"tg-0abc\":1}");
}

static const struct {
    const char *path, *value, *after;
} paths[] = {
    {"spec.weights[1]", "5", "{\"spec\":{\"weights\":[90,5],\"a.b\":1}}"},
    {"spec.weights[2]", "5", "{\"spec\":{\"weights\":[90,10,5],\"a.b\":1}}"},
    {"spec.weights[0]", NULL, "{\"spec\":{\"weights\":[10],\"a.b\":1}}"},
    {"spec[\"a.b\"]", "2", "{\"spec\":{\"weights\":[90,10],\"a.b\":2}}"},
    {"spec[\"a.b\"]", NULL, "{\"spec\":{\"weights\":[90,10]}}"},
    {"spec.new", "[]", "{\"spec\":{\"weights\":[90,10],\"a.b\":1,\"new\":[]}}"},
    {"top", "1", "{\"spec\":{\"weights\":[90,10],\"a.b\":1},\"top\":1}"},
};

Test(vars, values_are_set_and_removed_at_paths)
{
    for (size_t i = 0; i < LAT_COUNT(paths); i++) {
        struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
        struct lat_err err = {.message = ""};
        json_t *root LAT_AUTO(lat_json_decrefp) =
            json("{\"spec\":{\"weights\":[90,10],\"a.b\":1}}");
        json_t *value LAT_AUTO(lat_json_decrefp) =
            paths[i].value != NULL ? json(paths[i].value) : NULL;
        cr_assert_eq(scn_vars_set_path(root, paths[i].path, value, &err), 0, "row %zu: %s", i,
                     err.message);
        expect_json(arena, root, paths[i].after);
    }
}

Test(vars, a_path_that_leads_nowhere_is_an_error)
{
    struct lat_err err;
    json_t *root LAT_AUTO(lat_json_decrefp) = json("{\"spec\":{\"weights\":[90]}}");
    cr_expect_eq(scn_vars_set_path(root, "spec.rules[0].weight", root, &err), -1);
    cr_expect_str_eq(err.message,
                     "nothing stands at spec.rules[0], so spec.rules[0].weight cannot be changed");
    cr_expect_eq(scn_vars_set_path(root, "spec.weights[7]", root, &err), -1);
}

static const struct {
    const char *pattern, *value;
    bool matches;
} patterns[] = {
    {"3", "3", true},
    {"3", "4", false},
    {"\"x\"", NULL, false},
    {"{\"contains\":\"quota\"}", "\"the quota is full\"", true},
    {"{\"contains\":\"quota\"}", "\"fine\"", false},
    {"{\"contains\":2}", "[1,2]", true},
    {"{\"at least\":2}", "2", true},
    {"{\"at most\":1}", "2", false},
    {"{\"not\":\"a\"}", "\"b\"", true},
    {"{\"not\":\"a\"}", "\"a\"", false},
    {"{\"present\":true}", NULL, false},
    {"{\"absent\":true}", NULL, true},
    {"{\"is\":{}}", "{}", true},
};

Test(vars, patterns_judge_values)
{
    for (size_t i = 0; i < LAT_COUNT(patterns); i++) {
        struct lat_err err;
        bool matches = !patterns[i].matches;
        json_t *pattern LAT_AUTO(lat_json_decrefp) = NULL;
        json_t *value LAT_AUTO(lat_json_decrefp) = NULL;
        pattern = json(patterns[i].pattern);
        if (patterns[i].value != NULL)
            value = json(patterns[i].value);
        cr_assert_eq(scn_pattern_match(pattern, value, &matches, &err), 0);
        cr_expect(matches == patterns[i].matches, "row %zu", i);
    }
}

Test(vars, applying_again_removes_what_the_last_manifest_had)
{
    struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
    json_t *from LAT_AUTO(lat_json_decrefp) =
        json("{\"metadata\":{\"annotations\":{\"a\":\"1\",\"b\":\"2\"}},\"spec\":{\"x\":[1]}}");
    json_t *to LAT_AUTO(lat_json_decrefp) =
        json("{\"metadata\":{\"annotations\":{\"a\":\"3\"}},\"spec\":{\"x\":[2]}}");
    json_t *patch LAT_AUTO(lat_json_decrefp) = scn_kube_merge_patch_new(from, to);
    expect_json(arena, patch,
                "{\"metadata\":{\"annotations\":{\"a\":\"3\",\"b\":null}},\"spec\":{\"x\":[2]}}");
}

#define LINE(seq, operation, input)                                                                \
    "{\"seq\":" seq ",\"api\":\"aws\",\"service\":\"vpc-lattice\",\"operation\":\"" operation      \
    "\",\"status\":200,\"input\":" input "}\n"

Test(vars, the_journal_knows_what_a_call_addresses)
{
    static const char lines[] =
        LINE("1", "UpdateRule",
             "{\"serviceIdentifier\":\"svc-1\",\"action\":{\"forward\":{\"targetGroups\":"
             "[{\"targetGroupIdentifier\":\"tg-1\"}]}}}")
            LINE("2", "TagResource", "{\"resourceArn\":\"arn:aws:x:targetgroup/tg-1\"}")
                LINE("3", "TagResources", "{\"ResourceARNList\":[\"arn:aws:x:targetgroup/tg-1\"]}")
                    LINE("4", "GetTargetGroup", "{\"targetGroupIdentifier\":\"tg-1\"}");
    struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
    struct scn_journal journal;
    struct lat_err err;
    scn_journal_init(&journal, arena);
    cr_assert_eq(scn_journal_read(&journal, lines, strlen(lines), true, &err), 0);
    cr_assert_eq(scn_journal_read(&journal, lines, strlen(lines), false, &err), 0);
    cr_assert_eq(journal.entry_count, 4, "lines that are known already are skipped");
    const char *arn = "arn:aws:x:targetgroup/tg-1";
    cr_expect(!scn_journal_addresses(&journal.entries[0], arn));
    cr_expect(scn_journal_addresses(&journal.entries[0], "svc-1"));
    cr_expect(scn_journal_addresses(&journal.entries[1], "tg-1"));
    cr_expect(scn_journal_addresses(&journal.entries[2], arn));
    cr_expect(scn_journal_addresses(&journal.entries[3], arn));
    cr_expect(!scn_operation_changes("GetTargetGroup"));
    cr_expect(scn_operation_changes("BatchUpdateRule"));
    scn_journal_done(&journal);
}
