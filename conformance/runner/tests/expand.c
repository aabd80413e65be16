/* Variables and generated values of case files. */
#include "conformance/runner/expand.h"

#include "common/base/json.h"
#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(expand, .fini = check_leaks);

static json_t *parse(const char *text)
{
    struct lat_err err = {0};
    json_t *value = lat_json_parse_new(text, strlen(text), &err);
    cr_assert_not_null(value, "%s", err.message);
    return value;
}

/* The expansion in a scope as canonical JSON, or the error's text, begins with wanted. */
static void expect(const char *scope_text, const char *source_text, enum cft_expand_mode mode,
                   const char *wanted)
{
    struct lat_err err = {0};
    struct lat_arena *LAT_AUTO(lat_arena_freep) arena = lat_arena_new();
    json_t *LAT_AUTO(lat_json_decrefp) scope = parse(scope_text);
    json_t *LAT_AUTO(lat_json_decrefp) source = parse(source_text);
    json_t *LAT_AUTO(lat_json_decrefp) result = NULL;
    int status = cft_expand_new(arena, scope, source, mode, &result, &err);
    const char *got = status < 0 ? err.message : lat_json_canonical(arena, result);
    cr_expect_eq(strncmp(got, wanted, strlen(wanted)), 0, "%s became %s", source_text, got);
}

Test(expand, a_text_of_one_variable_takes_the_value_with_its_type)
{
    expect("{\"n\":7}", "{\"a\":\"${n}\"}", CFT_EXPAND_INPUT, "{\"a\":7}");
    expect("{\"n\":[1]}", "[\"${n}\"]", CFT_EXPAND_INPUT, "[[1]]");
}

Test(expand, a_variable_inside_a_text_is_written_into_it)
{
    expect("{\"n\":7,\"s\":\"x\"}", "[\"a-${n}-${s}\"]", CFT_EXPAND_INPUT, "[\"a-7-x\"]");
    expect("{\"n\":1}", "{\"k${n}\":2}", CFT_EXPAND_INPUT, "{\"k1\":2}");
    expect("{}", "[\"$${a}\"]", CFT_EXPAND_INPUT, "[\"${a}\"]");
}

Test(expand, a_path_leads_into_a_value)
{
    expect("{\"a\":{\"items\":[{\"id\":\"z\"}]}}", "[\"${a.items[0].id}\"]", CFT_EXPAND_INPUT,
           "[\"z\"]");
}

Test(expand, what_cannot_be_expanded_is_named)
{
    expect("{}", "[\"${nobody}\"]", CFT_EXPAND_INPUT, "no value for ${nobody}");
    expect("{}", "[\"x${open\"]", CFT_EXPAND_INPUT, "\"x${open\" has a ${ without its }");
    expect("{}", "{\"$times\":2001,\"$item\":1}", CFT_EXPAND_INPUT,
           "$times takes a number from 0 to 2000");
    expect("{}", "{\"$text\":\"\",\"$length\":1}", CFT_EXPAND_INPUT, "$text takes a text");
}

Test(expand, times_makes_a_list_and_length_a_text)
{
    expect("{}", "{\"$times\":2,\"$item\":{\"id\":\"10.0.0.${i}\"}}", CFT_EXPAND_INPUT,
           "[{\"id\":\"10.0.0.1\"},{\"id\":\"10.0.0.2\"}]");
    expect("{}", "[{\"$text\":\"ab\",\"$length\":5}]", CFT_EXPAND_INPUT, "[\"ababa\"]");
}

Test(expand, a_value_in_a_pattern_is_never_taken_for_a_pattern)
{
    expect("{\"s\":\"a.b\"}", "[\"~x-${s}\"]", CFT_EXPAND_PATTERN, "[\"~x-\\\\Qa.b\\\\E\"]");
    expect("{\"s\":\"*\"}", "[\"${s}\"]", CFT_EXPAND_PATTERN, "[\"=*\"]");
    expect("{\"s\":\"~x\"}", "[\"${s}y\"]", CFT_EXPAND_PATTERN, "[\"=~xy\"]");
}
