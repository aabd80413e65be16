/* YAML as values with their lines, and every refusal with its place. */
#include "common/base/yaml.h"

#include "common/base/buf.h"
#include "common/base/json.h"
#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct lat_arena *arena;
static struct lat_yaml *yaml;

static void set_up(void)
{
    arena = lat_arena_new();
}

static void tear_down(void)
{
    lat_yaml_freep(&yaml);
    lat_arena_freep(&arena);
    check_leaks();
}

TestSuite(yaml, .init = set_up, .fini = tear_down);

/* The first document of a text that must be right. */
static json_t *parse(const char *text)
{
    struct lat_err err = {0};
    lat_yaml_freep(&yaml);
    yaml = lat_yaml_parse(text, strlen(text), "t.yaml", &err);
    cr_assert_not_null(yaml, "%s", err.message);
    return lat_yaml_count(yaml) == 0 ? NULL : lat_yaml_document(yaml, 0);
}

Test(yaml, reads_scalars_by_the_core_schema)
{
    static const struct {
        const char *yaml;
        const char *json;
    } scalars[] = {
        {"null", "null"},
        {"~", "null"},
        {"true", "true"},
        {"False", "false"},
        {"yes", "\"yes\""},
        {"on", "\"on\""},
        {"7", "7"},
        {"-7", "-7"},
        {"+7", "7"},
        {"0x1F", "31"},
        {"0o17", "15"},
        {"0123", "123"},
        {"1.5", "1.5"},
        {"1e3", "1000.0"},
        {".5", "0.5"},
        {"1.", "1.0"},
        {"1.2.3", "\"1.2.3\""},
        {"12e", "\"12e\""},
        {"0x", "\"0x\""},
        {"-", "[null]"},
        {"'12'", "\"12\""},
        {"\"a\\tb\"", "\"a\\tb\""},
        {"!!str 12", "\"12\""},
        {"! 12", "\"12\""},
        {"2024-01-01", "\"2024-01-01\""},
        {"9223372036854775807", "9223372036854775807"},
        {"|\n  a\n  b\n", "\"a\\nb\\n\""},
        {">-\n  a\n  b\n", "\"a b\""},
        {"123456789012", "123456789012"},
    };
    for (size_t i = 0; i < LAT_COUNT(scalars); i++)
        cr_expect_str_eq(lat_json_text(arena, parse(scalars[i].yaml)), scalars[i].json, "%s",
                         scalars[i].yaml);
}

Test(yaml, knows_the_line_of_every_value_and_key)
{
    json_t *json =
        parse("# head\nkind: Rule\nspec:\n  on: true\n  list:\n    - 5\n    - name: x\n");
    cr_expect_eq(lat_yaml_line(yaml, json), 2);
    cr_expect_eq(lat_yaml_line(yaml, lat_json_at(json, "kind")), 2);
    cr_expect_eq(lat_yaml_line(yaml, lat_json_at(json, "spec")), 4);
    cr_expect_eq(lat_yaml_member_line(yaml, json, "spec"), 3);
    cr_expect_eq(lat_yaml_line(yaml, lat_json_at(json, "spec.on")), 0);
    cr_expect_eq(lat_yaml_member_line(yaml, lat_json_at(json, "spec"), "on"), 4);
    cr_expect_eq(lat_yaml_line(yaml, lat_json_at(json, "spec.list[0]")), 6);
    cr_expect_eq(lat_yaml_line(yaml, lat_json_at(json, "spec.list[1].name")), 7);
    cr_expect_eq(lat_yaml_member_line(yaml, json, "nothing"), 0);
    LAT_AUTO(lat_json_decrefp) json_t *other = json_integer(1);
    cr_expect_eq(lat_yaml_line(yaml, other), 0);
}

Test(yaml, leaves_out_empty_documents)
{
    parse("---\n---\na: 1\n---\n# nothing\n---\nb: 2\n...\n");
    cr_assert_eq(lat_yaml_count(yaml), 2);
    cr_expect_eq(lat_yaml_line(yaml, lat_yaml_document(yaml, 1)), 7);
    cr_expect_null(parse(""));
    cr_expect_null(parse("# only a comment\n"));
}

Test(yaml, copies_what_an_alias_names)
{
    json_t *json = parse("a: &x {n: [1]}\nb: *x\n");
    cr_expect_str_eq(lat_json_text(arena, json), "{\"a\":{\"n\":[1]},\"b\":{\"n\":[1]}}");
    cr_expect_eq(lat_yaml_line(yaml, lat_json_at(json, "b.n[0]")), 1);
    json_array_append_new(lat_json_at(json, "a.n"), json_integer(2));
    cr_expect_eq(json_array_size(lat_json_at(json, "b.n")), 1);
}

Test(yaml, keeps_values_alive_that_are_held_beyond_it)
{
    LAT_AUTO(lat_json_decrefp) json_t *kept = json_incref(parse("{a: [b]}"));
    lat_yaml_freep(&yaml);
    cr_expect_str_eq(lat_json_text(arena, kept), "{\"a\":[\"b\"]}");
}

Test(yaml, refuses_with_name_line_and_column)
{
    static const struct {
        const char *yaml;
        const char *message;
    } wrong[] = {
        {"a: 1\nb: 2\na: 3\n", "t.yaml:3:1: the key \"a\" is there twice"},
        {"a: *b\n", "t.yaml:1:4: the alias *b has no anchor"},
        {"---\na: &x 1\n---\nb: *x\n", "t.yaml:4:4: the alias *x has no anchor"},
        {"&q [*q]", "t.yaml:1:5: the alias *q has no anchor"},
        {"x:\n  <<: {a: 1}\n", "t.yaml:2:3: merge keys (<<)"},
        {"a: 99999999999999999999", "t.yaml:1:4: the number is too large"},
        {"a: 1e999", "t.yaml:1:4: the number is too large"},
        {"a: -.inf", "t.yaml:1:4: JSON has no infinity"},
        {"a: !mine 1", "t.yaml:1:4: tags of your own"},
        {"? [a]\n: 1\n", "t.yaml:1:3: a key must be a plain text"},
        {"a: \"\\0\"", "t.yaml:1:4: a text may not contain the character NUL"},
        {"\"\\0\": a", "t.yaml:1:1: a key may not contain the character NUL"},
        {"a:\n\t- b\n", "t.yaml:2:1: "},
        {"a: [1\nb: 2\n", "t.yaml:2:2: "},
        {"a: b: c", "t.yaml:1:5: "},
        {"a: \xff", "t.yaml: byte 3: "},
    };
    for (size_t i = 0; i < LAT_COUNT(wrong); i++) {
        struct lat_err err = {0};
        cr_expect_null(lat_yaml_parse(wrong[i].yaml, strlen(wrong[i].yaml), "t.yaml", &err), "%s",
                       wrong[i].yaml);
        cr_expect_eq(err.kind, LAT_ERR_INPUT);
        cr_expect_eq(strncmp(err.message, wrong[i].message, strlen(wrong[i].message)), 0,
                     "expected \"%s\", got \"%s\"", wrong[i].message, err.message);
    }
}

Test(yaml, bounds_depth_and_expanded_nodes)
{
    struct lat_err err = {0};
    char deep[300] = {0};
    memset(deep, '[', 100);
    memset(deep + 100, ']', 100);
    cr_expect_null(lat_yaml_parse(deep, 200, "t.yaml", &err));
    cr_expect_not_null(strstr(err.message, "levels deep"), "%s", err.message);
    struct lat_buf text;
    lat_buf_init(&text, 10000);
    lat_buf_puts(&text, "l0: &l0 [x]\n");
    for (int level = 1; level < 9; level++) { /* ten times as many values each */
        lat_buf_printf(&text, "l%d: &l%d [", level, level);
        for (int i = 0; i < 10; i++)
            lat_buf_printf(&text, "%s*l%d", i == 0 ? "" : ",", level - 1);
        lat_buf_puts(&text, "]\n");
    }
    cr_expect_null(lat_yaml_parse(text.data, text.length, "t.yaml", &err));
    cr_expect_not_null(strstr(err.message, "aliases expanded"), "%s", err.message);
    lat_buf_done(&text);
}

Test(yaml, reads_a_file_and_names_a_missing_one)
{
    char path[] = "/tmp/lat-yaml-XXXXXX";
    int fd = mkstemp(path);
    cr_assert_eq(write(fd, "a: 1\n", 5), 5);
    close(fd);
    struct lat_err err = {0};
    yaml = lat_yaml_read(path, &err);
    cr_assert_not_null(yaml, "%s", err.message);
    cr_expect_str_eq(lat_yaml_name(yaml), path);
    unlink(path);
    cr_expect_null(lat_yaml_read(path, &err));
    cr_expect_not_null(strstr(err.message, path), "%s", err.message);
}
