/* Structural schemas: defaults, pruning, and every cause in the words of kube-apiserver. */
#include "common/kube/schema.h"

#include "common/base/text.h"
#include "common/kube/tests/fixture.h"

static struct lat_kube_schema *schema;

static void close_schema(void)
{
    schema = lat_kube_schema_free(schema);
    tear_down();
}

TestSuite(schema, .init = set_up, .fini = close_schema);

static void use(const char *text)
{
    LAT_AUTO(lat_json_decrefp) json_t *document = json_of(text);
    struct lat_err err = {0};
    cr_assert_eq(lat_kube_schema_new(document, &schema, &err), 0, "%s", err.message);
}

static json_t *defaulted(const char *text)
{
    json_t *object = json_of(text);
    lat_kube_schema_default(schema, object);
    return object;
}

Test(schema, defaults_are_filled_in_from_the_outside_to_the_inside)
{
    use("{'type':'object','properties':{'a':{'type':'object','default':{'b':{}},'properties':{'b':{"
        "'type':'object','properties':{'c':{'type':'integer','default':5}}}}},'list':{'type':"
        "'array','items':{'type':'object','properties':{'w':{'type':'integer','default':1}}}}}}");
    EXPECT_JSON(defaulted("{}"), "{'a':{'b':{'c':5}}}");
    EXPECT_JSON(defaulted("{'a':{'b':{'c':6}},'list':[{},{'w':9}]}"),
                "{'a':{'b':{'c':6}},'list':[{'w':1},{'w':9}]}");
    EXPECT_JSON(defaulted("{'a':{}}"), "{'a':{}}");
}

Test(schema, a_null_that_may_not_be_counts_as_absent)
{
    use("{'type':'object','properties':{'a':{'type':'string','default':'x'},'b':{'type':'string'},"
        "'c':{'type':'string','nullable':true,'default':'y'},'m':{'type':'object',"
        "'additionalProperties':{'type':'string','default':'z'}}}}");
    EXPECT_JSON(defaulted("{'a':null,'b':null,'c':null,'m':{'k':null}}"),
                "{'a':'x','c':null,'m':{'k':'z'}}");
}

static const char *pruned(const char *text, const char *wanted)
{
    json_t *object = json_of(text);
    const char **paths = NULL, *list = "";
    size_t count = 0;
    lat_kube_schema_prune(schema, object, arena, &paths, &count);
    for (size_t i = 0; i < count; i++)
        list = lat_arena_printf(arena, "%s%s;", list, paths[i]);
    EXPECT_JSON(object, wanted);
    return list;
}

Test(schema, unknown_members_go_and_are_named)
{
    use("{'type':'object','properties':{'metadata':{'type':'object'},'spec':{'type':'object',"
        "'properties':{'a':{'type':'array','items':{'type':'object','properties':{'b':{}}}},'free':"
        "{'type':'object','x-kubernetes-preserve-unknown-fields':true,'properties':{'p':{'type':"
        "'object'}}},'map':{'type':'object','additionalProperties':{'type':'object'}}}}}}");
    cr_expect_str_eq(pruned("{'apiVersion':'v1','kind':'K','metadata':{'x':1},'spec':{'a':[{'b':1},"
                            "{'b':1,'z':2}],'y':1,'free':{'q':1,'p':{'r':1}},'map':{'k':{'v':1}}},"
                            "'other':1}",
                            "{'apiVersion':'v1','kind':'K','metadata':{'x':1},'spec':{'a':[{'b':1},"
                            "{'b':1}],'free':{'q':1,'p':{}},'map':{'k':{}}}}"),
                     "spec.a[1].z;spec.y;spec.free.p.r;spec.map.k.v;other;");
}

static const char *causes_of(const char *text)
{
    LAT_AUTO(lat_json_decrefp) json_t *object = json_of(text);
    struct lat_kube_causes causes = {.arena = arena};
    lat_kube_schema_validate(schema, object, &causes);
    const char *list = "";
    for (size_t i = 0; i < causes.count; i++)
        list = lat_arena_printf(arena, "%s%s %s: %s\n", list,
                                lat_kube_reason_word(causes.items[i].reason), causes.items[i].field,
                                causes.items[i].message);
    return list;
}

/* A member's schema, a value for it, and the causes that the value meets. */
static const struct {
    const char *member, *value, *causes;
} rules[] = {
    {"{'type':'string'}", "1",
     "FieldValueTypeInvalid a: Invalid value: \"integer\": a in body must be of type string: "
     "\"integer\"\n"},
    {"{'type':'integer'}", "1.5",
     "FieldValueTypeInvalid a: Invalid value: \"number\": a in body must be of type integer: "
     "\"number\"\n"},
    {"{'type':'integer'}", "2.0", ""},
    {"{'type':'string'}", "null",
     "FieldValueTypeInvalid a: Invalid value: \"null\": a in body must be of type string: "
     "\"null\"\n"},
    {"{'type':'string','nullable':true}", "null", ""},
    {"{'x-kubernetes-int-or-string':true}", "'80%'", ""},
    {"{'x-kubernetes-int-or-string':true}", "true",
     "FieldValueTypeInvalid a: Invalid value: \"boolean\": a in body must be of type "
     "integer,string: \"boolean\"\n"},
    {"{'type':'string','enum':['x','y']}", "'z'",
     "FieldValueNotSupported a: Unsupported value: \"z\": supported values: \"x\", \"y\"\n"},
    {"{'type':'string','pattern':'^a+$'}", "'b'",
     "FieldValueInvalid a: Invalid value: \"b\": a in body should match '^a+$'\n"},
    {"{'type':'string','maxLength':2}", "'abc'",
     "FieldValueTooLong a: Too long: may not be more than 2 bytes\n"},
    {"{'type':'string','minLength':2}", "'a'",
     "FieldValueInvalid a: Invalid value: \"a\": a in body should be at least 2 chars long\n"},
    {"{'type':'integer','minimum':1}", "0",
     "FieldValueInvalid a: Invalid value: 0: a in body should be greater than or equal to 1\n"},
    {"{'type':'integer','maximum':65535}", "65536",
     "FieldValueInvalid a: Invalid value: 65536: a in body should be less than or equal to "
     "65535\n"},
    {"{'type':'number','minimum':1,'exclusiveMinimum':true}", "1",
     "FieldValueInvalid a: Invalid value: 1: a in body should be greater than 1\n"},
    {"{'type':'integer','multipleOf':5}", "7",
     "FieldValueInvalid a: Invalid value: 7: a in body should be a multiple of 5\n"},
    {"{'type':'array','minItems':1}", "[]",
     "FieldValueInvalid a: Invalid value: []: a in body should have at least 1 items\n"},
    {"{'type':'array','maxItems':1}", "[1,2]",
     "FieldValueTooMany a: Too many: 2: must have at most 1 items\n"},
    {"{'type':'array','items':{'type':'string'}}", "['x',1]",
     "FieldValueTypeInvalid a[1]: Invalid value: \"integer\": a[1] in body must be of type "
     "string: \"integer\"\n"},
    {"{'type':'object','required':['b']}", "{}", "FieldValueRequired a.b: Required value\n"},
    {"{'type':'object','maxProperties':1}", "{'x':1,'y':2}",
     "FieldValueTooMany a: Too many: 2: must have at most 1 items\n"},
    {"{'type':'array','x-kubernetes-list-type':'set'}", "['x','y','x']",
     "FieldValueDuplicate a[2]: Duplicate value: \"x\"\n"},
    {"{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['name']}",
     "[{'name':'x','v':1},{'name':'x','v':2}]",
     "FieldValueDuplicate a[1]: Duplicate value: {\"name\":\"x\"}\n"},
    {"{'type':'string','format':'date-time'}", "'soon'",
     "FieldValueInvalid a: Invalid value: \"soon\": a in body must be of type date-time: "
     "\"soon\"\n"},
    {"{'anyOf':[{'type':'string'},{'type':'integer'}]}", "true",
     "FieldValueInvalid a: Invalid value: true: a in body must validate at least one schema "
     "(anyOf)\n"},
    {"{'oneOf':[{'type':'integer'},{'minimum':3}]}", "4",
     "FieldValueInvalid a: Invalid value: 4: a in body must validate one and only one schema "
     "(oneOf)\n"},
    {"{'not':{'enum':['x']}}", "'x'",
     "FieldValueInvalid a: Invalid value: \"x\": a in body must not validate the schema "
     "(not)\n"},
    {"{'allOf':[{'minimum':3},{'maximum':5}]}", "6",
     "FieldValueInvalid a: Invalid value: 6: a in body should be less than or equal to 5\n"},
};

Test(schema, each_rule_has_its_cause)
{
    for (size_t i = 0; i < LAT_COUNT(rules); i++) {
        use(lat_arena_printf(arena, "{'type':'object','properties':{'a':%s}}", rules[i].member));
        cr_expect_str_eq(causes_of(lat_arena_printf(arena, "{'a':%s}", rules[i].value)),
                         rules[i].causes);
        schema = lat_kube_schema_free(schema);
    }
}

Test(schema, all_causes_are_listed_and_said_once_in_the_text)
{
    struct lat_kube_causes causes = {.arena = arena};
    lat_kube_cause_add(&causes, LAT_KUBE_REQUIRED, "spec.a", NULL, "%s", "");
    cr_expect_str_eq(lat_kube_causes_text(&causes), "spec.a: Required value");
    lat_kube_cause_add(&causes, LAT_KUBE_REQUIRED, "spec.a", NULL, "%s", "");
    lat_kube_cause_add(&causes, LAT_KUBE_FORBIDDEN, "spec.b", NULL, "not %s", "now");
    cr_expect_str_eq(lat_kube_causes_text(&causes),
                     "[spec.a: Required value, spec.b: Forbidden: not now]");
}

Test(schema, a_pattern_that_would_take_for_ever_does_not_match)
{
    use("{'type':'object','properties':{'a':{'type':'string','pattern':'^(a+)+$'}}}");
    cr_expect(causes_of("{'a':'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'}")[0] != '\0');
}

Test(schema, a_document_that_is_no_schema_is_refused_with_its_place)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{'type':'object','properties':{'a':{'type':'text'}}}",
         "openAPIV3Schema.properties[a].type: Unsupported value: \"text\""},
        {"{'type':'object','properties':{'a':{'items':{'pattern':'('}}}}",
         "openAPIV3Schema.properties[a].items.pattern: character 2 of '(' is no pattern"},
        {"{'properties':{'a':1}}", "openAPIV3Schema.properties[a]: must be an object"},
    };
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        LAT_AUTO(lat_json_decrefp) json_t *document = json_of(cases[i].text);
        struct lat_err err = {0};
        cr_expect_eq(lat_kube_schema_new(document, &schema, &err), -1);
        cr_expect_str_eq(err.message, cases[i].message);
    }
}
