/* Managers of fields: what an update and an apply leave in managedFields, conflicts, and what goes
 * when it is given up. */
#include "common/kube/managed.h"

#include "common/base/lat_limits.h"
#include "common/base/text.h"
#include "common/kube/tests/fixture.h"

static json_t *schema, *entries, *object;

static void set_up_objects(void)
{
    set_up();
    schema = json_of(
        "{'properties':{'metadata':{'properties':{'labels':{'additionalProperties':{}},"
        "'finalizers':{'x-kubernetes-list-type':'set'}}},"
        "'spec':{'properties':{'type':{},'tags':{},"
        "'selector':{'x-kubernetes-map-type':'atomic','additionalProperties':{}},"
        "'ports':{'x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['port','protocol'],"
        "'items':{'properties':{'port':{},'protocol':{'default':'TCP'},'name':{}}}}}}}}");
    entries = NULL;
    object = json_object();
}

static void tear_down_objects(void)
{
    json_decref(schema);
    json_decref(entries);
    json_decref(object);
    tear_down();
}

TestSuite(managed, .init = set_up_objects, .fini = tear_down_objects);

static struct lat_kube_manager manager(const char *name, bool is_apply)
{
    return (struct lat_kube_manager){name, "", "v1", "2026-01-01T00:00:00Z", is_apply};
}

/* Applies, keeps the result; returns the conflicts as "PATH of MANAGER; …". */
static const char *applied(const char *name, const char *config_text, bool force)
{
    struct lat_kube_manager who = manager(name, true);
    struct lat_kube_conflicts conflicts = {0};
    json_t *next_object = NULL, *next_entries = NULL;
    LAT_AUTO(lat_json_decrefp) json_t *config = json_of(config_text);
    if (lat_kube_managed_apply(arena, &who, schema, entries, object, config, force, &next_object,
                               &next_entries, &conflicts) < 0) {
        const char *text = "";
        for (size_t i = 0; i < conflicts.count; i++)
            text = lat_arena_printf(arena, "%s%s of %s; ", text, conflicts.items[i].path,
                                    conflicts.items[i].manager);
        return text;
    }
    json_decref(object);
    json_decref(entries);
    object = next_object;
    entries = next_entries;
    return "";
}

static void updated(const char *name, const char *object_text)
{
    struct lat_kube_manager who = manager(name, false);
    json_t *next = json_of(object_text);
    json_t *next_entries = lat_kube_managed_update_new(arena, &who, schema, entries, object, next);
    json_decref(object);
    json_decref(entries);
    object = next;
    entries = next_entries;
}

/* fieldsV1 of a manager's entry, as text: the order counts. */
static const char *fields_of(const char *name)
{
    for (size_t i = 0; i < json_array_size(entries); i++)
        if (lat_text_eq(lat_json_string_at(json_array_get(entries, i), "manager", ""), name))
            return lat_json_text(arena, json_object_get(json_array_get(entries, i), "fieldsV1"));
    return "nobody";
}

Test(managed, an_applier_owns_what_its_configuration_names_and_nothing_else)
{
    cr_expect_str_eq(
        applied("a",
                "{'apiVersion':'v1','kind':'S','metadata':{'name':'x','labels':{'l':'1'},"
                "'finalizers':['f']},'spec':{'selector':{'s':'1'},'tags':[1],"
                "'ports':[{'port':443},{'port':80,'name':'http'}]}}",
                false),
        "");
    cr_expect_str_eq(fields_of("a"),
                     "{\"f:metadata\":{\"f:finalizers\":{\"v:\\\"f\\\"\":{}},\"f:labels\":{\"f:l\":"
                     "{}}},\"f:spec\":{\"f:ports\":{\"k:{\\\"port\\\":80,\\\"protocol\\\":"
                     "\\\"TCP\\\"}\":{\".\":{},\"f:name\":{},\"f:port\":{}},\"k:{\\\"port\\\":443,"
                     "\\\"protocol\\\":\\\"TCP\\\"}\":{\".\":{},\"f:port\":{}}},\"f:selector\":{},"
                     "\"f:tags\":{}}}");
}

Test(managed, what_an_applier_gives_up_goes_unless_another_owns_it)
{
    applied("a",
            "{'metadata':{'labels':{'l':'1','m':'1'}},'spec':{'ports':[{'port':80},"
            "{'port':443}]}}",
            false);
    cr_expect_str_eq(applied("b", "{'spec':{'ports':[{'port':80}]}}", false), "");
    cr_expect_str_eq(applied("a", "{'metadata':{'labels':{'m':'1'}}}", false), "");
    EXPECT_JSON(json_incref(object),
                "{'metadata':{'labels':{'m':'1'}},'spec':{'ports':[{'port':80}]}}");
    cr_expect_str_eq(applied("b", "{}", false), "");
    EXPECT_JSON(json_incref(object), "{'metadata':{'labels':{'m':'1'}}}");
}

Test(managed, a_value_of_another_is_a_conflict_and_an_equal_value_is_shared)
{
    applied("a", "{'spec':{'type':'x','ports':[{'port':80,'name':'n'}]}}", false);
    cr_expect_str_eq(applied("b", "{'spec':{'type':'y','ports':[{'port':80,'name':'m'}]}}", false),
                     ".spec.ports[port=80,protocol=\"TCP\"].name of \"a\"; .spec.type of \"a\"; ");
    cr_expect_str_eq(applied("b", "{'spec':{'type':'x'}}", false), "");
    cr_expect_str_eq(fields_of("b"), "{\"f:spec\":{\"f:type\":{}}}");
    cr_expect_str_eq(applied("b", "{'spec':{'type':'z'}}", true), "");
    cr_expect_eq(strstr(fields_of("a"), "f:type"), NULL, "%s", fields_of("a"));
    cr_expect_str_eq(lat_json_string_at(object, "spec.type", ""), "z");
}

Test(managed, an_update_takes_over_what_it_changes_and_a_second_one_without_change_nothing)
{
    applied("a", "{'spec':{'type':'x','tags':[1]}}", false);
    updated("edit", "{'spec':{'type':'y','tags':[1]}}");
    cr_expect_str_eq(fields_of("edit"), "{\"f:spec\":{\"f:type\":{}}}");
    cr_expect_str_eq(fields_of("a"), "{\"f:spec\":{\"f:tags\":{}}}");
    LAT_AUTO(lat_json_decrefp) json_t *before = json_deep_copy(entries);
    updated("other", "{'spec':{'type':'y','tags':[1]}}");
    cr_expect(json_equal(before, entries));
    cr_expect_str_eq(applied("a", "{'spec':{'type':'x','tags':[1]}}", false),
                     ".spec.type of \"edit\" using v1; ");
    updated("edit", "{'spec':{'tags':[1]}}");
    cr_expect_str_eq(fields_of("edit"), "nobody");
}

Test(managed, items_come_in_the_order_of_who_applies_and_foreign_ones_stay)
{
    updated("u", "{'spec':{'ports':[{'port':1},{'port':2},{'port':3}]}}");
    applied("a", "{'spec':{'ports':[{'port':9},{'port':3},{'port':2}]}}", true);
    EXPECT_JSON(json_incref(object),
                "{'spec':{'ports':[{'port':1},{'port':9},{'port':3},{'port':2}]}}");
}

Test(managed, an_object_that_nobody_managed_is_put_down_to_its_past)
{
    json_decref(object);
    object = json_of("{'spec':{'type':'x'}}");
    cr_expect_str_eq(applied("a", "{'spec':{'type':'y'}}", false),
                     ".spec.type of \"before-first-apply\" using v1; ");
}

Test(managed, kubectl_may_take_over_what_its_client_side_apply_wrote)
{
    static const char *const with_last =
        "{'metadata':{'annotations':{'kubectl.kubernetes.io/last-applied-configuration':"
        "'{\\'spec\\':{\\'type\\':\\'x\\'}}'}},'spec':{'type':'x','tags':[1]}}";
    updated("kubectl-client-side-apply", with_last);
    cr_expect_str_eq(applied("kubectl", "{'spec':{'type':'y','tags':[2]}}", false),
                     ".spec.tags of \"kubectl-client-side-apply\" using v1; ");
    cr_expect_str_eq(applied("kubectl", "{'spec':{'type':'y'}}", false), "");
    cr_expect_str_eq(lat_json_string_at(object, "spec.type", ""), "y");
}

Test(managed, the_oldest_updates_are_put_down_to_one_manager)
{
    for (int i = 0; i < LAT_KUBE_UPDATERS_MAX + 5; i++) {
        const char *labels = "";
        for (int l = 0; l <= i; l++)
            labels = lat_arena_printf(arena, "%s%s'l%d':'x'", labels, l == 0 ? "" : ",", l);
        updated(lat_arena_printf(arena, "m%02d", i),
                lat_arena_printf(arena, "{'metadata':{'labels':{%s}}}", labels));
    }
    cr_expect_eq(json_array_size(entries), LAT_KUBE_UPDATERS_MAX);
    cr_expect_str_eq(fields_of("m00"), "nobody");
    cr_expect_neq(strstr(fields_of("ancient-changes"), "f:l0"), NULL, "%s",
                  fields_of("ancient-changes"));
    cr_expect_str_neq(fields_of("m14"), "nobody");
}

Test(managed, a_list_without_its_keys_or_with_one_twice_is_refused)
{
    static const struct {
        const char *config, *refused;
    } cases[] = {
        {"{'spec':{'ports':[{'name':'x'}]}}",
         ".spec.ports: element 0: associative list with keys has an element that omits key field "
         "\"port\" (and doesn't have default value)"},
        {"{'spec':{'ports':[{'port':1},{'port':1}]}}",
         ".spec.ports: duplicate entries for key [port=1,protocol=\"TCP\"]"},
        {"{'metadata':{'finalizers':['a','a']}}",
         ".metadata.finalizers: duplicate entries for key [=\"a\"]"},
    };
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        struct lat_err err = {0};
        LAT_AUTO(lat_json_decrefp) json_t *config = json_of(cases[i].config);
        cr_expect_eq(lat_kube_fields_check(arena, schema, config, &err), -1);
        cr_expect_str_eq(err.message, cases[i].refused);
    }
}

Test(managed, only_sets_of_fields_are_taken_from_a_peer)
{
    static const struct {
        const char *set;
        bool is_set;
    } cases[] = {
        {"{}", true},
        {"{'f:a':{'.':{},'v:1':{}},'k:{}':{}}", true},
        {"[]", false},
        {"{'':{}}", false},
        {"{'k':{}}", false},
        {"{'k:1':{}}", false},
        {"{'v:':{}}", false},
        {"{'f:a':1}", false},
        {"{'f:a':{'x:':{}}}", false},
    };
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        LAT_AUTO(lat_json_decrefp) json_t *set = json_of(cases[i].set);
        cr_expect_eq(lat_kube_fields_is_set(set), cases[i].is_set, "%s", cases[i].set);
    }
}
