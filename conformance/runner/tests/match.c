/* Patterns of case files against values. */
#include "conformance/runner/match.h"

#include "common/base/json.h"
#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(match, .fini = check_leaks);

static json_t *parse(const char *text)
{
    struct lat_err err = {0};
    json_t *value = lat_json_parse_new(text, strlen(text), &err);
    cr_assert_not_null(value, "%s: %s", text, err.message);
    return value;
}

/* How many lines a comparison adds, the first kept in line; value NULL is "not there". */
static size_t compare(const char *pattern_text, const char *value_text, char line[400])
{
    struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
    struct cft_mismatches wrong = {.arena = arena};
    json_t *LAT_AUTO(lat_json_decrefp) pattern = parse(pattern_text);
    json_t *LAT_AUTO(lat_json_decrefp) value = value_text == NULL ? NULL : parse(value_text);
    cft_match(&wrong, "body", pattern, value);
    snprintf(line, 400, "%s", wrong.count == 0 ? "" : wrong.lines[0]);
    return wrong.count;
}

static void holds(const char *pattern, const char *value)
{
    char line[400];
    cr_expect_eq(compare(pattern, value, line), 0, "%s against %s: %s", pattern, value, line);
}

static void fails(const char *pattern, const char *value)
{
    char line[400];
    cr_expect_neq(compare(pattern, value, line), 0, "%s held for %s", pattern, value);
}

Test(match, an_object_names_what_must_match_and_allows_more)
{
    holds("{\"a\":1}", "{\"a\":1,\"b\":2}");
    fails("{\"a\":1}", "{\"a\":2}");
    fails("{\"a\":1}", "{}");
    fails("{\"a\":1}", "[]");
    fails("{\"a\":1}", NULL);
}

Test(match, only_allows_no_other_members)
{
    holds("{\"$only\":{\"a\":1}}", "{\"a\":1}");
    fails("{\"$only\":{\"a\":1}}", "{\"a\":1,\"b\":2}");
    holds("{\"$only\":{}}", "{}");
    fails("{\"$only\":{}}", NULL);
}

Test(match, a_list_matches_element_by_element)
{
    holds("[1,\"*\"]", "[1,2]");
    fails("[1]", "[1,2]");
    fails("[2,1]", "[1,2]");
    holds("[]", "[]");
    fails("[]", "[1]");
    fails("[]", "{}");
}

Test(match, a_regular_expression_matches_the_whole_text)
{
    holds("\"~a+\"", "\"aaa\"");
    fails("\"~a+\"", "\"aaab\"");
    fails("\"~a+\"", "\"baaa\"");
    fails("\"~1\"", "1");
    fails("\"~.*\"", NULL);
}

Test(match, a_star_asks_for_a_value_and_absent_for_none)
{
    holds("{\"a\":\"*\"}", "{\"a\":0}");
    fails("{\"a\":\"*\"}", "{\"a\":null}");
    fails("{\"a\":\"*\"}", "{}");
    holds("{\"a\":\"absent\"}", "{}");
    fails("{\"a\":\"absent\"}", "{\"a\":null}");
    fails("{\"a\":\"absent\"}", "{\"a\":\"absent\"}");
}

Test(match, other_scalars_are_compared_with_their_type)
{
    holds("\"=absent\"", "\"absent\"");
    fails("\"=*\"", "\"x\"");
    holds("200", "200");
    fails("200", "\"200\"");
    fails("\"200\"", "200");
    fails("false", "null");
    holds("null", "null");
}

Test(match, contains_none_and_all_speak_of_elements)
{
    holds("{\"$contains\":[{\"id\":2},{\"id\":1}]}", "[{\"id\":1},{\"id\":2,\"x\":0}]");
    fails("{\"$contains\":[3]}", "[1,2]");
    fails("{\"$contains\":[1]}", "{\"1\":1}");
    holds("{\"$none\":3}", "[1,2]");
    fails("{\"$none\":2}", "[1,2]");
    holds("{\"$all\":{\"a\":1}}", "[{\"a\":1},{\"a\":1}]");
    fails("{\"$all\":{\"a\":1}}", "[{\"a\":1},{\"a\":2}]");
    fails("{\"$all\":1}", "7");
}

Test(match, length_distinct_bounds_and_negation)
{
    holds("{\"$length\":2}", "[1,2]");
    holds("{\"$length\":3}", "\"äöü\"");
    holds("{\"$length\":{\"$min\":1}}", "{\"a\":1}");
    fails("{\"$length\":2}", "[1]");
    holds("{\"$distinct\":\"id\"}", "[{\"id\":1},{\"id\":2}]");
    fails("{\"$distinct\":\"id\"}", "[{\"id\":1},{\"id\":1}]");
    holds("{\"$min\":1,\"$max\":3}", "2");
    fails("{\"$min\":1,\"$max\":3}", "4");
    fails("{\"$min\":1}", "\"2\"");
    holds("{\"$not\":1}", "2");
    fails("{\"$not\":1}", "1");
}

Test(match, types_are_told_apart)
{
    holds("{\"$type\":\"integer\"}", "1");
    fails("{\"$type\":\"integer\"}", "1.5");
    holds("{\"$type\":\"number\"}", "1.5");
    holds("{\"$type\":\"boolean\"}", "false");
    holds("{\"$type\":\"list\"}", "[]");
    fails("{\"$type\":\"string\"}", NULL);
    holds("{\"$type\":\"time\"}", "\"2024-01-01T00:00:00.000Z\"");
    fails("{\"$type\":\"time\"}", "\"2024-01-01T00:00:00Z\"");
    fails("{\"$type\":\"time\"}", "\"2024-13-01T00:00:00.000Z\"");
}

Test(match, a_message_names_the_place_what_was_expected_and_what_came)
{
    char line[400];
    compare("{\"items\":[{\"id\":\"a\"}]}", "{\"items\":[{\"id\":\"b\"}]}", line);
    cr_expect_str_eq(line, "body.items[0].id: expected \"a\", got \"b\"");
}

/* wanted NULL: accepted; else refused with a message that holds it. */
static void check(const char *pattern_text, const char *wanted)
{
    struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
    struct lat_err err = {0};
    const json_t *bad = NULL;
    json_t *LAT_AUTO(lat_json_decrefp) pattern = parse(pattern_text);
    int status = cft_match_check(arena, pattern, &bad, &err);
    cr_expect_eq(status, wanted == NULL ? 0 : -1, "%s: %s", pattern_text, err.message);
    if (wanted != NULL)
        cr_expect_not_null(strstr(err.message, wanted), "%s", err.message);
}

Test(match, patterns_that_cannot_be_used_are_refused_beforehand)
{
    check("{\"a\":[\"~(\"]}", "regular expression");
    check("{\"$contain\":[]}", "unknown word $contain");
    check("{\"$contains\":1}", "$contains takes a list");
    check("{\"$type\":\"text\"}", "$type takes");
    check("{\"$length\":1,\"a\":2}", "cannot stand in one pattern");
    check("{\"$not\":{\"$max\":\"x\"}}", "$max takes an integer");
    check("\"~${a.b[0]}-[0-9]{17}\"", NULL);
    check("{\"a\":{\"$only\":{\"b\":[\"*\",\"absent\"]}}}", NULL);
}
