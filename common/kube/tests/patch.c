/* Patches: the examples of the two RFCs, and what strategic merge does to lists. */
#include "common/kube/patch.h"

#include "common/base/text.h"
#include "common/kube/strategic.h"
#include "common/kube/tests/fixture.h"

TestSuite(patch, .init = set_up, .fini = tear_down);

static json_t *merged(const char *document_text, const char *patch_text)
{
    LAT_AUTO(lat_json_decrefp) json_t *document = json_of(document_text);
    LAT_AUTO(lat_json_decrefp) json_t *patch = json_of(patch_text);
    json_t *result = lat_kube_merge_patch_new(document, patch);
    EXPECT_JSON(json_incref(document), document_text); /* the input stays */
    return result;
}

Test(patch, a_merge_patch_does_what_its_rfc_lists)
{
    static const struct {
        const char *document, *patch, *result;
    } cases[] = {
        {"{'a':'b'}", "{'a':'c'}", "{'a':'c'}"},
        {"{'a':'b'}", "{'b':'c'}", "{'a':'b','b':'c'}"},
        {"{'a':'b'}", "{'a':null}", "{}"},
        {"{'a':'b','b':'c'}", "{'a':null}", "{'b':'c'}"},
        {"{'a':['b']}", "{'a':'c'}", "{'a':'c'}"},
        {"{'a':'c'}", "{'a':['b']}", "{'a':['b']}"},
        {"{'a':{'b':'c'}}", "{'a':{'b':'d','c':null}}", "{'a':{'b':'d'}}"},
        {"{'a':[{'b':'c'}]}", "{'a':[1]}", "{'a':[1]}"},
        {"['a','b']", "['c','d']", "['c','d']"},
        {"{'a':'b'}", "['c']", "['c']"},
        {"{'a':'foo'}", "null", "null"},
        {"{'e':null}", "{'a':1}", "{'e':null,'a':1}"},
        {"[1,2]", "{'a':'b','c':null}", "{'a':'b'}"},
        {"{}", "{'a':{'bb':{'ccc':null}}}", "{'a':{'bb':{}}}"},
    };
    for (size_t i = 0; i < LAT_COUNT(cases); i++)
        EXPECT_JSON(merged(cases[i].document, cases[i].patch), cases[i].result);
}

static json_t *patched(const char *document_text, const char *patch_text, struct lat_err *err)
{
    LAT_AUTO(lat_json_decrefp) json_t *document = json_of(document_text);
    LAT_AUTO(lat_json_decrefp) json_t *patch = json_of(patch_text);
    json_t *result = lat_kube_json_patch_new(arena, document, patch, err);
    EXPECT_JSON(json_incref(document), document_text);
    return result;
}

Test(patch, a_json_patch_does_what_its_rfc_lists)
{
    static const struct {
        const char *document, *patch, *result;
    } cases[] = {
        {"{'foo':'bar'}", "[{'op':'add','path':'/baz','value':'qux'}]",
         "{'baz':'qux','foo':'bar'}"},
        {"{'foo':['bar','baz']}", "[{'op':'add','path':'/foo/1','value':'qux'}]",
         "{'foo':['bar','qux','baz']}"},
        {"{'foo':['bar']}", "[{'op':'add','path':'/foo/-','value':['abc']}]",
         "{'foo':['bar',['abc']]}"},
        {"{'baz':'qux','foo':'bar'}", "[{'op':'remove','path':'/baz'}]", "{'foo':'bar'}"},
        {"{'foo':['bar','qux','baz']}", "[{'op':'remove','path':'/foo/1'}]",
         "{'foo':['bar','baz']}"},
        {"{'baz':'qux'}", "[{'op':'replace','path':'/baz','value':'boo'}]", "{'baz':'boo'}"},
        {"{'foo':{'bar':'baz','waldo':'fred'},'qux':{'corge':'grault'}}",
         "[{'op':'move','from':'/foo/waldo','path':'/qux/thud'}]",
         "{'foo':{'bar':'baz'},'qux':{'corge':'grault','thud':'fred'}}"},
        {"{'foo':['all','grass','cows','eat']}", "[{'op':'move','from':'/foo/1','path':'/foo/3'}]",
         "{'foo':['all','cows','eat','grass']}"},
        {"{'a':{'b':[1]}}", "[{'op':'copy','from':'/a/b','path':'/c'}]", "{'a':{'b':[1]},'c':[1]}"},
        {"{'baz':'qux','foo':['a',2]}",
         "[{'op':'test','path':'/baz','value':'qux'},{'op':'test','path':'/foo/1','value':2}]",
         "{'baz':'qux','foo':['a',2]}"},
        {"{'/':9,'~1':10}", "[{'op':'replace','path':'/~01','value':1}]", "{'/':9,'~1':1}"},
        {"{'a.b/c':1}", "[{'op':'remove','path':'/a.b~1c'}]", "{}"},
        {"{'a':1}", "[{'op':'replace','path':'','value':{'b':2}}]", "{'b':2}"},
        {"{'a':1}", "[{'op':'replace','path':'/a','value':null}]", "{'a':null}"},
        {"{'a':1}", "[]", "{'a':1}"},
    };
    struct lat_err err;
    for (size_t i = 0; i < LAT_COUNT(cases); i++)
        EXPECT_JSON(patched(cases[i].document, cases[i].patch, &err), cases[i].result);
}

Test(patch, a_json_patch_that_does_not_apply_says_which_operation_and_why)
{
    static const struct {
        const char *document, *patch, *message;
    } cases[] = {
        {"{'a':1}", "[{'op':'test','path':'/a','value':2}]",
         "operation 0: test operation does not apply: testing value failed: /a"},
        {"{'a':1}", "[{'op':'remove','path':'/a'},{'op':'remove','path':'/a'}]",
         "operation 1: remove operation does not apply: Unable to remove nonexistent key: /a"},
        {"{'a':1}", "[{'op':'replace','path':'/b','value':2}]",
         "operation 0: replace operation does not apply: doc is missing key: /b"},
        {"{'a':[1]}", "[{'op':'add','path':'/a/2','value':2}]",
         "operation 0: add operation does not apply: doc is missing path: /a/2"},
        {"{'a':[1]}", "[{'op':'add','path':'/a/01','value':2}]",
         "operation 0: add operation does not apply: doc is missing path: /a/01"},
        {"{'a':{'b':1}}", "[{'op':'move','from':'/a','path':'/a/b/c'}]",
         "operation 0: move operation does not apply: doc is missing from path: /a"},
        {"{}", "[{'op':'add','path':'a','value':2}]",
         "operation 0: path \"a\" must begin with '/'"},
        {"{}", "[{'op':'add','path':'/a'}]", "operation 0: add needs \"value\""},
        {"{}", "[{'op':'copy','path':'/a'}]", "operation 0: copy needs \"from\""},
        {"{}", "[{'op':'jump','path':'/a'}]", "operation 0: unexpected kind: jump"},
        {"{}", "[{'path':'/a'}]", "operation 0: needs \"op\" and \"path\""},
        {"{}", "{}", "a JSON patch is an array of operations"},
    };
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        struct lat_err err = {0};
        json_t *result = patched(cases[i].document, cases[i].patch, &err);
        cr_expect_null(result);
        cr_expect_str_eq(err.message, cases[i].message);
        json_decref(result);
    }
}

static const char ports_schema[] =
    "{'properties':{'spec':{'properties':{'ports':{'x-kubernetes-patch-merge-key':'port','items':{"
    "}},'plain':{}}},'finalizers':{'x-kubernetes-patch-strategy':'merge'}}}";

static json_t *strategic(const char *document_text, const char *patch_text, struct lat_err *err)
{
    LAT_AUTO(lat_json_decrefp) json_t *document = json_of(document_text);
    LAT_AUTO(lat_json_decrefp) json_t *patch = json_of(patch_text);
    LAT_AUTO(lat_json_decrefp) json_t *schema = json_of(ports_schema);
    bool is_malformed = false;
    json_t *result =
        lat_kube_strategic_patch_new(arena, document, patch, schema, &is_malformed, err);
    cr_expect_eq(is_malformed, result == NULL && strstr(err->message, "invalid patch") != NULL);
    EXPECT_JSON(json_incref(document), document_text);
    return result;
}

Test(patch, a_strategic_patch_merges_lists_by_their_key)
{
    static const struct {
        const char *document, *patch, *result;
    } cases[] = {
        {"{'spec':{'ports':[{'port':80,'name':'a'},{'port':81}]}}",
         "{'spec':{'ports':[{'port':81,'name':'b'},{'port':82}]}}",
         "{'spec':{'ports':[{'port':80,'name':'a'},{'port':81,'name':'b'},{'port':82}]}}"},
        {"{'spec':{'ports':[{'port':80},{'port':81}]}}",
         "{'spec':{'ports':[{'port':80,'$patch':'delete'}]}}", "{'spec':{'ports':[{'port':81}]}}"},
        {"{'spec':{'ports':[{'port':80},{'port':81}]}}",
         "{'spec':{'$setElementOrder/ports':[{'port':82},{'port':81}],'ports':[{'port':82}]}}",
         "{'spec':{'ports':[{'port':82},{'port':80},{'port':81}]}}"},
        {"{'spec':{'ports':[{'port':80},{'port':81}]}}", "{'spec':{'ports':[{'port':82}]}}",
         "{'spec':{'ports':[{'port':82},{'port':80},{'port':81}]}}"},
        {"{'spec':{'ports':[{'port':53,'p':'t'},{'port':53,'p':'u'},{'port':80}]}}",
         "{'spec':{'ports':[{'port':80,'n':1}]}}",
         "{'spec':{'ports':[{'port':53,'p':'t'},{'port':53,'p':'u'},{'port':80,'n':1}]}}"},
        {"{'spec':{'ports':[{'port':80}]}}", "{'spec':{'ports':[{'$patch':'replace'},{'port':1}]}}",
         "{'spec':{'ports':[{'port':1}]}}"},
        {"{'spec':{'plain':[1,2]}}", "{'spec':{'plain':[3]}}", "{'spec':{'plain':[3]}}"},
        {"{'finalizers':['a','b']}", "{'finalizers':['b','c']}", "{'finalizers':['a','b','c']}"},
        {"{'finalizers':['a','b']}", "{'$deleteFromPrimitiveList/finalizers':['a']}",
         "{'finalizers':['b']}"},
        {"{'spec':{'a':1,'b':2}}", "{'spec':{'$retainKeys':['a'],'a':3}}", "{'spec':{'a':3}}"},
        {"{'spec':{'a':1,'b':2}}", "{'spec':{'$patch':'replace','c':3}}", "{'spec':{'c':3}}"},
        {"{'spec':{'a':1}}", "{'spec':null}", "{}"},
    };
    struct lat_err err;
    for (size_t i = 0; i < LAT_COUNT(cases); i++)
        EXPECT_JSON(strategic(cases[i].document, cases[i].patch, &err), cases[i].result);
}

Test(patch, a_strategic_patch_refuses_items_without_their_key_and_unknown_directives)
{
    struct lat_err err = {0};
    cr_expect_null(strategic("{}", "{'spec':{'ports':[{'name':'a'}]}}", &err));
    cr_expect_str_eq(err.message,
                     "map: {\"name\":\"a\"} does not contain declared merge key: port");
    cr_expect_null(strategic("{}", "{'spec':{'$patch':'melt'}}", &err));
    cr_expect_str_eq(err.message, "Unknown patch type found: melt");
}

Test(patch, directives_of_a_strategic_patch_must_fit_what_it_sets)
{
    static const struct {
        const char *patch, *message;
    } cases[] = {
        {"{'spec':{'$setElementOrder/ports':[{'port':80}],'ports':[{'port':80},{'port':81}]}}",
         "The order in patch list:\n[{\"port\":80},{\"port\":81}]\n doesn't match $setElementOrder "
         "list:\n[{\"port\":80}]\n"},
        {"{'$setElementOrder/finalizers':['b','a'],'finalizers':['a','b']}",
         "The order in patch list:\n[\"a\",\"b\"]\n doesn't match $setElementOrder "
         "list:\n[\"b\",\"a\"]\n"},
        {"{'$setElementOrder/finalizers':'a'}", "invalid patch format of setElementOrder list"},
        {"{'spec':{'$retainKeys':['a'],'b':1}}", "invalid patch format of retainKeys"},
        {"{'spec':{'$retainKeys':'a'}}", "invalid patch format of retainKeys"},
        {"{'$deleteFromPrimitiveList/finalizers':1}", "invalid patch format of primitive list"},
    };
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        struct lat_err err = {0};
        cr_expect_null(strategic("{'spec':{'ports':[{'port':80}],'a':1}}", cases[i].patch, &err));
        cr_expect_str_eq(err.message, cases[i].message);
    }
    struct lat_err err = {0};
    EXPECT_JSON(strategic("{'spec':{'ports':[{'port':80},{'port':81}]}}",
                          "{'spec':{'$setElementOrder/ports':[{'port':81}],'ports':[{'port':81},"
                          "{'port':80,'$patch':'delete'}]}}",
                          &err),
                "{'spec':{'ports':[{'port':81}]}}");
}
