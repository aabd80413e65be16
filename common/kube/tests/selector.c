/* Selectors: what their texts mean, which texts they refuse, and names beside them. */
#include "common/kube/selector.h"

#include "common/kube/names.h"
#include "common/kube/tests/fixture.h"

TestSuite(selector, .init = set_up, .fini = tear_down);

Test(selector, labels_match_by_every_operator)
{
    static const struct {
        const char *text;
        bool matches; /* {'app':'web','tier':'front','n':'5','empty':''} */
    } cases[] = {
        {"", true},
        {"app=web", true},
        {"app==web", true},
        {"app = web , tier = front", true},
        {"app=api", false},
        {"app!=web", false},
        {"app!=api", true},
        {"missing!=x", true},
        {"missing=x", false},
        {"app in (web, api)", true},
        {"app in (api)", false},
        {"app notin (api)", true},
        {"app notin (api,web)", false},
        {"missing notin (a)", true},
        {"app", true},
        {"missing", false},
        {"!missing", true},
        {"!app", false},
        {"empty=", true},
        {"empty in ()", true},
        {"n>4", true},
        {"n>5", false},
        {"n<6", true},
        {"app>1", false},
        {"app=web,!missing,tier notin (back)", true},
    };
    LAT_AUTO(lat_json_decrefp)
    json_t *labels = json_of("{'app':'web','tier':'front','n':'5','empty':''}");
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        struct lat_kube_selector selector;
        struct lat_err err = {0};
        cr_assert_eq(lat_kube_label_selector_parse(arena, cases[i].text, &selector, &err), 0,
                     "%s: %s", cases[i].text, err.message);
        cr_expect_eq(lat_kube_labels_match(&selector, labels), cases[i].matches, "%s",
                     cases[i].text);
    }
}

Test(selector, malformed_label_selectors_are_refused)
{
    static const char *const texts[] = {"=a",      "a in b",  "a in (b", "a,",     ",a",
                                        "a b",     "!",       "a!b",     "-a=b",   "a=b c",
                                        "a=b/c/d", "a in b)", "a>x",     "a notin"};
    for (size_t i = 0; i < LAT_COUNT(texts); i++) {
        struct lat_kube_selector selector;
        struct lat_err err = {0};
        cr_expect_eq(lat_kube_label_selector_parse(arena, texts[i], &selector, &err), -1, "%s",
                     texts[i]);
        cr_expect(err.message[0] != '\0');
    }
}

Test(selector, a_selector_object_means_the_same)
{
    LAT_AUTO(lat_json_decrefp)
    json_t *object = json_of("{'matchLabels':{'app':'web'},'matchExpressions':[{'key':'tier',"
                             "'operator':'In','values':['a','b']},{'key':'old','operator':"
                             "'DoesNotExist'}]}");
    LAT_AUTO(lat_json_decrefp) json_t *yes = json_of("{'app':'web','tier':'b'}");
    LAT_AUTO(lat_json_decrefp) json_t *no = json_of("{'app':'web','tier':'b','old':''}");
    struct lat_kube_selector selector;
    struct lat_err err = {0};
    cr_assert_eq(lat_kube_label_selector_read(arena, object, &selector, &err), 0, "%s",
                 err.message);
    cr_expect(lat_kube_labels_match(&selector, yes));
    cr_expect_not(lat_kube_labels_match(&selector, no));
    cr_expect_not(lat_kube_labels_match(&selector, NULL));
}

Test(selector, a_selector_object_with_a_wrong_expression_is_refused)
{
    static const char *const texts[] = {
        "{'matchExpressions':[{'key':'a','operator':'Near','values':['b']}]}",
        "{'matchExpressions':[{'key':'a','operator':'In'}]}",
        "{'matchExpressions':[{'key':'a','operator':'Exists','values':['b']}]}",
        "{'matchLabels':{'a b':'c'}}",
    };
    for (size_t i = 0; i < LAT_COUNT(texts); i++) {
        LAT_AUTO(lat_json_decrefp) json_t *object = json_of(texts[i]);
        struct lat_kube_selector selector;
        struct lat_err err = {0};
        cr_expect_eq(lat_kube_label_selector_read(arena, object, &selector, &err), -1, "%s",
                     texts[i]);
    }
}

Test(selector, fields_match_on_any_path)
{
    static const struct {
        const char *text;
        bool matches;
    } cases[] = {
        {"metadata.name=a", true},   {"metadata.name==a,involvedObject.kind=Pod", true},
        {"metadata.name!=a", false}, {"involvedObject.uid=", true},
        {"count=3", true},           {"open=true", true},
        {"metadata.name=b", false},  {"note=x\\,y", true},
    };
    LAT_AUTO(lat_json_decrefp)
    json_t *object = json_of("{'metadata':{'name':'a'},'involvedObject':{'kind':'Pod'},'count':3,"
                             "'open':true,'note':'x,y'}");
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        struct lat_kube_selector selector;
        struct lat_err err = {0};
        cr_assert_eq(lat_kube_field_selector_parse(arena, cases[i].text, &selector, &err), 0, "%s",
                     err.message);
        cr_expect_eq(lat_kube_fields_match(&selector, object), cases[i].matches, "%s",
                     cases[i].text);
    }
    struct lat_kube_selector selector;
    struct lat_err err = {0};
    cr_expect_eq(lat_kube_field_selector_parse(arena, "metadata.name", &selector, &err), -1);
}

Test(selector, names_are_checked_by_their_form)
{
    static const struct {
        enum lat_kube_name_form form;
        const char *name;
        bool is_fine;
    } cases[] = {
        {LAT_KUBE_NAME_SUBDOMAIN, "a.b-c.1", true},
        {LAT_KUBE_NAME_SUBDOMAIN, "a..b", false},
        {LAT_KUBE_NAME_SEGMENT, "system:auth-delegator", true},
        {LAT_KUBE_NAME_SEGMENT, "..", false},
        {LAT_KUBE_NAME_SEGMENT, "a/b", false},
        {LAT_KUBE_NAME_SEGMENT, "a%b", false},
        {LAT_KUBE_NAME_SUBDOMAIN, "A", false},
        {LAT_KUBE_NAME_SUBDOMAIN, "a-", false},
        {LAT_KUBE_NAME_SUBDOMAIN, "", false},
        {LAT_KUBE_NAME_LABEL, "1a", true},
        {LAT_KUBE_NAME_LABEL, "a.b", false},
        {LAT_KUBE_NAME_LABEL_1035, "1a", false},
        {LAT_KUBE_NAME_LABEL_1035, "a1", true},
        {LAT_KUBE_NAME_LABEL_KEY, "example.com/A_b.c", true},
        {LAT_KUBE_NAME_LABEL_KEY, "/a", false},
        {LAT_KUBE_NAME_LABEL_KEY, "a/", false},
        {LAT_KUBE_NAME_LABEL_KEY, "a/b/c", false},
        {LAT_KUBE_NAME_LABEL_VALUE, "", true},
        {LAT_KUBE_NAME_LABEL_VALUE, "a b", false},
    };
    for (size_t i = 0; i < LAT_COUNT(cases); i++)
        cr_expect_eq(lat_kube_name_problem(cases[i].form, cases[i].name) == NULL, cases[i].is_fine,
                     "%s", cases[i].name);
    char longest[65] = {0};
    memset(longest, 'a', 63);
    cr_expect_null(lat_kube_name_problem(LAT_KUBE_NAME_LABEL, longest));
    longest[63] = 'a';
    cr_expect_not_null(lat_kube_name_problem(LAT_KUBE_NAME_LABEL, longest));
}
