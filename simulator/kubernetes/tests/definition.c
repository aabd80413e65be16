/* CustomResourceDefinitions at run time: what they install, what they refuse, how they end. */
#include "common/base/text.h"
#include "simulator/kubernetes/tests/bench.h"

#include <criterion/criterion.h>
#include <string.h>

static struct bench *bench;

static void set_up(void)
{
    bench = bench_new();
}

static void tear_down(void)
{
    bench_free(bench);
}

TestSuite(definition, .init = set_up, .fini = tear_down);

#define DEFINITIONS "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
#define WIDGETS     "/apis/shop.example.com/v1/namespaces/default/widgets"

/* A definition like those that controllers ship; %s is the schema of spec and what follows it. */
static const char *definition(const char *spec_schema, const char *more)
{
    return bench_format(
        bench,
        "{'apiVersion':'apiextensions.k8s.io/v1','kind':'CustomResourceDefinition',"
        "'metadata':{'name':'widgets.shop.example.com'},'spec':{'group':'shop.example.com',"
        "'scope':'Namespaced','names':{'kind':'Widget','plural':'widgets','shortNames':['wd']},"
        "'versions':[{'name':'v1','served':true,'storage':true,'subresources':{'status':{}},"
        "'additionalPrinterColumns':[{'name':'Size','type':'integer','jsonPath':'.spec.size'}],"
        "'schema':{'openAPIV3Schema':{'type':'object','description':'A thing to sell.',"
        "'properties':{'spec':%s,'status':{'type':'object','properties':{'phase':{'type':'string'}"
        "}}}}}}%s]}}",
        spec_schema, more);
}

#define SPEC_SCHEMA                                                                                \
    "{'type':'object','required':['size'],'properties':{"                                          \
    "'size':{'type':'integer','minimum':1,'maximum':9},"                                           \
    "'color':{'type':'string','enum':['red','blue'],'default':'red'},"                             \
    "'code':{'type':'string','pattern':'^[A-Z]+$','maxLength':3}}}"

static void install(void)
{
    cr_assert_eq(bench_send(bench, "POST", DEFINITIONS, definition(SPEC_SCHEMA, "")), 201, "%s",
                 bench_text(bench, "message"));
}

static int make(const char *name, const char *spec)
{
    return bench_send(bench, "POST", WIDGETS,
                      bench_format(bench, "{'metadata':{'name':'%s'},'spec':%s}", name, spec));
}

Test(definition, it_is_established_at_once_and_its_kind_is_served)
{
    cr_expect_eq(bench_send(bench, "GET", WIDGETS, NULL), 404);
    install();
    cr_expect_str_eq(bench_text(bench, "status.conditions[0].type"), "NamesAccepted");
    cr_expect_str_eq(bench_text(bench, "status.conditions[0].status"), "True");
    cr_expect_str_eq(bench_text(bench, "status.conditions[1].type"), "Established");
    cr_expect_str_eq(bench_text(bench, "status.conditions[1].status"), "True");
    cr_expect_eq(json_array_size(bench_at(bench, "status.conditions")), 2);
    cr_expect_str_eq(bench_text(bench, "status.storedVersions[0]"), "v1");
    cr_expect_str_eq(bench_text(bench, "status.acceptedNames.singular"), "widget");
    cr_expect_str_eq(bench_text(bench, "spec.names.listKind"), "WidgetList");
    cr_expect_eq(bench_send(bench, "GET", WIDGETS, NULL), 200);
    cr_expect_str_eq(bench_text(bench, "kind"), "WidgetList");
}

Test(definition, discovery_and_openapi_know_the_kind)
{
    install();
    cr_expect_eq(bench_send(bench, "GET", "/apis/shop.example.com/v1", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "resources[0].shortNames[0]"), "wd");
    cr_expect_str_eq(bench_text(bench, "resources[1].name"), "widgets/status");
    static const char accept[] =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    cr_expect_eq(bench_get_as(bench, accept, "/apis"), 200);
    const char *last = bench_format(bench, "items[%zu].metadata.name",
                                    json_array_size(bench_at(bench, "items")) - 1);
    cr_expect_str_eq(bench_text(bench, last), "shop.example.com");
    cr_expect_eq(bench_send(bench, "GET", "/openapi/v3/apis/shop.example.com/v1", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "components.schemas[\"shop.example.com.v1.Widget\"]"
                                       ".properties.spec.properties.color.default"),
                     "red");
    cr_expect_eq(bench_send(bench, "GET", "/openapi/v3", NULL), 200);
    cr_expect_not_null(bench_at(bench, "paths[\"apis/shop.example.com/v1\"]"));
}

Test(definition, objects_obey_its_schema)
{
    install();
    cr_expect_eq(make("a", "{'size':3}"), 201);
    cr_expect_str_eq(bench_text(bench, "spec.color"), "red");
    cr_expect_eq(bench_number(bench, "metadata.generation"), 1);
    static const struct {
        const char *spec, *reason, *field;
    } refused[] = {
        {"{}", "FieldValueRequired", "spec.size"},
        {"{'size':10}", "FieldValueInvalid", "spec.size"},
        {"{'size':'x'}", "FieldValueTypeInvalid", "spec.size"},
        {"{'size':1,'color':'green'}", "FieldValueNotSupported", "spec.color"},
        {"{'size':1,'code':'a'}", "FieldValueInvalid", "spec.code"},
        {"{'size':1,'code':'ABCD'}", "FieldValueTooLong", "spec.code"},
    };
    for (size_t i = 0; i < LAT_COUNT(refused); i++) {
        cr_expect_eq(make("b", refused[i].spec), 422, "%s", refused[i].spec);
        cr_expect_str_eq(bench_text(bench, "details.causes[0].reason"), refused[i].reason);
        cr_expect_str_eq(bench_text(bench, "details.causes[0].field"), refused[i].field);
    }
    cr_expect_eq(bench_send(bench, "POST", WIDGETS "?fieldValidation=Strict",
                            "{'metadata':{'name':'c'},'spec':{'size':1,'x':1}}"),
                 400);
    cr_expect_eq(bench_patch(bench, "merge", WIDGETS "/a/status", "{'status':{'phase':'Sold'}}"),
                 200);
    cr_expect_eq(bench_number(bench, "metadata.generation"), 1);
    cr_expect_eq(bench_patch(bench, "strategic-merge", WIDGETS "/a", "{}"), 415);
    cr_expect_eq(bench_get_as(bench, "application/json;as=Table;v=v1;g=meta.k8s.io", WIDGETS), 200);
    cr_expect_str_eq(bench_text(bench, "columnDefinitions[1].name"), "Size");
}

Test(definition, a_changed_schema_counts_for_the_next_object_and_ends_the_watches)
{
    install();
    struct watch *watch = bench_watch(bench, WIDGETS "?watch=true");
    cr_expect_eq(make("a", "{'size':3}"), 201);
    cr_expect_str_eq(watch_next_text(watch), "ADDED a");
    cr_expect_eq(bench_patch(bench, "merge", DEFINITIONS "/widgets.shop.example.com",
                             "{'metadata':{'labels':{'a':'b'}}}"),
                 200);
    cr_expect_eq(make("b", "{'size':3}"), 201);
    cr_expect_str_eq(watch_next_text(watch), "ADDED b");
    cr_expect_eq(bench_patch(bench, "json", DEFINITIONS "/widgets.shop.example.com",
                             "[{'op':'replace','path':'/spec/versions/0/schema/openAPIV3Schema/"
                             "properties/spec/properties/size/maximum','value':99}]"),
                 200);
    cr_expect_eq(bench_number(bench, "metadata.generation"), 2);
    cr_expect_str_eq(watch_next_text(watch), "end");
    cr_expect_eq(make("c", "{'size':50}"), 201);
}

Test(definition, what_is_not_evaluated_is_told)
{
    const char *with_rules =
        definition("{'type':'object','x-kubernetes-validations':[{'rule':'self.a > 1'}],"
                   "'properties':{'a':{'type':'integer','x-kubernetes-validations':[{'rule':"
                   "'self < 9'}]}}}",
                   "");
    cr_expect_eq(bench_send(bench, "POST", DEFINITIONS, with_rules), 201);
    cr_expect_not_null(strstr(bench_header(bench, "Warning"), "version v1: 2 CEL rules"));
    cr_expect_str_eq(bench_text(bench, "status.conditions[2].type"), "Unsupported");
    const char *message = bench_text(bench, "status.conditions[2].message");
    cr_expect_not_null(strstr(message, "spec: self.a > 1"), "%s", message);
    cr_expect_not_null(strstr(message, "spec.a: self < 9"), "%s", message);
}

Test(definition, what_describes_no_kind_is_refused)
{
    static const struct {
        const char *spec_schema, *more, *field;
    } cases[] = {
        {"{'properties':{}}", "", ".properties[spec].type"},
        {"{'type':'array'}", "", ".properties[spec].items"},
        {"{'type':'object','properties':{'a':{'$ref':'x'}}}", "", ".properties[a].type"},
        {"{'type':'object','properties':{'a':{'type':'string','default':1}}}", "",
         ".properties[a].default"},
        {"{'type':'object','anyOf':[{'type':'object'}]}", "", ".anyOf[0].type"},
        {"{'type':'string','pattern':'('}", "", "spec.versions"},
        {"{'type':'object'}",
         ",{'name':'v2','served':true,'storage':true,'schema':{"
         "'openAPIV3Schema':{'type':'object'}}}",
         "spec.versions"},
        {"{'type':'object'}", ",{'name':'v2','served':true,'storage':false}",
         "spec.versions[1].schema.openAPIV3Schema"},
    };
    for (size_t i = 0; i < LAT_COUNT(cases); i++) {
        cr_expect_eq(
            bench_send(bench, "POST", DEFINITIONS, definition(cases[i].spec_schema, cases[i].more)),
            422, "case %zu", i);
        const char *field = bench_text(bench, "details.causes[0].field");
        cr_expect(lat_text_has_suffix(field, cases[i].field), "case %zu: %s", i, field);
    }
    cr_expect_eq(
        bench_send(bench, "POST", DEFINITIONS,
                   "{'metadata':{'name':'wrong'},'spec':{'group':'a.b','scope':'Cluster',"
                   "'names':{'kind':'C','plural':'cs'},'versions':[{'name':'v1','served':"
                   "true,'storage':true,'schema':{'openAPIV3Schema':{'type':'object'}}}]}}"),
        422);
    cr_expect_str_eq(bench_text(bench, "details.causes[0].field"), "metadata.name");
    cr_expect_eq(bench_send(bench, "GET", DEFINITIONS, NULL), 200);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 0);
}

Test(definition, its_end_takes_its_objects_along_and_waits_for_finalizers)
{
    install();
    cr_expect_eq(make("plain", "{'size':1}"), 201);
    cr_expect_eq(bench_send(bench, "POST", WIDGETS,
                            "{'metadata':{'name':'held','finalizers':['a/b']},'spec':{'size':1}}"),
                 201);
    cr_expect_eq(bench_send(bench, "DELETE", DEFINITIONS "/widgets.shop.example.com", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "status.conditions[2].type"), "Terminating");
    cr_expect_eq(bench_send(bench, "GET", WIDGETS "/plain", NULL), 404);
    cr_expect_eq(bench_send(bench, "GET", WIDGETS "/held", NULL), 200);
    cr_expect_eq(make("late", "{'size':1}"), 405);
    cr_expect_eq(bench_patch(bench, "merge", WIDGETS "/held", "{'metadata':{'finalizers':null}}"),
                 200);
    cr_expect_eq(bench_send(bench, "GET", DEFINITIONS "/widgets.shop.example.com", NULL), 404);
    cr_expect_eq(bench_send(bench, "GET", WIDGETS, NULL), 404);
    cr_expect_eq(bench_send(bench, "GET", "/apis/shop.example.com/v1", NULL), 404);
    install();
    cr_expect_eq(bench_send(bench, "GET", WIDGETS, NULL), 200);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 0);
}

Test(definition, a_dry_run_installs_nothing)
{
    cr_expect_eq(bench_send(bench, "POST", DEFINITIONS "?dryRun=All", definition(SPEC_SCHEMA, "")),
                 201);
    cr_expect_eq(bench_send(bench, "GET", WIDGETS, NULL), 404);
    install();
    cr_expect_eq(make("a", "{'size':1}"), 201);
    cr_expect_eq(
        bench_send(bench, "DELETE", DEFINITIONS "/widgets.shop.example.com?dryRun=All", NULL), 200);
    cr_expect_eq(bench_send(bench, "GET", WIDGETS "/a", NULL), 200);
}

Test(definition, a_taken_kind_is_not_accepted)
{
    install();
    cr_expect_eq(bench_send(bench, "POST", DEFINITIONS,
                            "{'metadata':{'name':'others.shop.example.com'},'spec':{'group':"
                            "'shop.example.com','scope':'Cluster','names':{'kind':'Widget','plural'"
                            ":'others'},'versions':[{'name':'v1','served':true,'storage':true,"
                            "'schema':{'openAPIV3Schema':{'type':'object'}}}]}}"),
                 201);
    cr_expect_str_eq(bench_text(bench, "status.conditions[0].reason"), "KindConflict");
    cr_expect_str_eq(bench_text(bench, "status.conditions[1].status"), "False");
    cr_expect_eq(bench_send(bench, "GET", "/apis/shop.example.com/v1/others", NULL), 404);
}

Test(definition, that_of_a_built_in_kind_is_accepted_and_changes_no_schema)
{
    static const char body[] =
        "{'metadata':{'name':'httproutes.gateway.networking.k8s.io','annotations':{"
        "'api-approved.kubernetes.io':'https://example.com/1'}},'spec':{'group':"
        "'gateway.networking.k8s.io','scope':'Namespaced','names':{'kind':'HTTPRoute','plural':"
        "'httproutes'},'versions':[{'name':'v1','served':true,'storage':true,'schema':{"
        "'openAPIV3Schema':{'type':'object'}}}]}}";
    bench_make_route(bench, "r");
    cr_expect_eq(bench_send(bench, "POST", DEFINITIONS, body), 201, "%s",
                 bench_text(bench, "message"));
    cr_expect_not_null(strstr(bench_header(bench, "Warning"), "built in"));
    cr_expect_str_eq(bench_text(bench, "status.conditions[1].status"), "True");
    bench_make_route(bench, "s");
    cr_expect_str_eq(bench_text(bench, "spec.rules[0].backendRefs[0].kind"), "Service");
    cr_expect_eq(
        bench_send(bench, "DELETE", DEFINITIONS "/httproutes.gateway.networking.k8s.io", NULL),
        200);
    cr_expect_eq(bench_send(bench, "GET", ROUTES, NULL), 200);
    cr_expect_eq(json_array_size(bench_at(bench, "items")), 0);
}

/* A definition in example.com of a kind that is called as one of the core. */
static void install_namesake(const char *kind, const char *plural, const char *scope)
{
    cr_assert_eq(
        bench_send(bench, "POST", DEFINITIONS,
                   bench_format(bench,
                                "{'metadata':{'name':'%s.example.com'},'spec':{'group':"
                                "'example.com','scope':'%s','names':{'kind':'%s','plural':'%s'},"
                                "'versions':[{'name':'v1','served':true,'storage':true,"
                                "'subresources':{'status':{}},'schema':{'openAPIV3Schema':{'type':"
                                "'object','x-kubernetes-preserve-unknown-fields':true}}}]}}",
                                plural, scope, kind, plural)),
        201, "%s", bench_text(bench, "message"));
    cr_expect_str_eq(bench_text(bench, "status.conditions[1].status"), "True");
}

Test(definition, a_namesake_of_a_core_kind_lives_beside_it_and_goes_alone)
{
    static const char core[] = "/api/v1/namespaces/default/pods";
    static const char other[] = "/apis/example.com/v1/namespaces/default/pods";
    install_namesake("Pod", "pods", "Namespaced");
    cr_assert_eq(bench_send(bench, "POST", core,
                            "{'metadata':{'name':'p'},'spec':{'containers':[{'name':'c','image':"
                            "'i'}]}}"),
                 201);
    cr_assert_eq(bench_send(bench, "POST", other, "{'metadata':{'name':'p'},'spec':{'x':1}}"), 201);
    cr_expect_str_eq(bench_text(bench, "apiVersion"), "example.com/v1");
    cr_expect_eq(bench_send(bench, "GET", "/apis/example.com/v1/namespaces/default/pods/p", NULL),
                 200);
    cr_expect_str_eq(bench_text(bench, "status.phase"), "", "no kubelet runs it");
    cr_assert_eq(bench_send(bench, "DELETE", DEFINITIONS "/pods.example.com", NULL), 200);
    cr_expect_eq(bench_send(bench, "GET", other, NULL), 404);
    cr_expect_eq(bench_send(bench, "GET", "/api/v1/namespaces/default/pods/p", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "status.phase"), "Running");
}

Test(definition, a_cluster_scoped_namesake_of_namespaces_is_no_namespace)
{
    static const char all[] = "/apis/example.com/v1/namespaces";
    install_namesake("Namespace", "namespaces", "Cluster");
    cr_assert_eq(bench_send(bench, "POST", all, "{'metadata':{'name':'default'}}"), 201);
    cr_expect_str_eq(bench_text(bench, "metadata.namespace"), "");
    cr_expect_eq(bench_send(bench, "GET", "/apis/example.com/v1/namespaces/default", NULL), 200);
    cr_expect_eq(bench_patch(bench, "merge", "/apis/example.com/v1/namespaces/default/status",
                             "{'status':{'a':'b'}}"),
                 200);
    cr_expect_eq(bench_send(bench, "POST", "/apis/example.com/v1/namespaces/default/namespaces",
                            "{'metadata':{'name':'x'}}"),
                 404, "cluster-scoped kinds have no path below a namespace");
    cr_expect_eq(bench_send(bench, "DELETE", "/apis/example.com/v1/namespaces/default", NULL), 200);
    cr_expect_eq(bench_send(bench, "GET", "/api/v1/namespaces/default", NULL), 200);
    cr_expect_str_eq(bench_text(bench, "status.phase"), "Active");
    cr_assert_eq(bench_send(bench, "DELETE", DEFINITIONS "/namespaces.example.com", NULL), 200);
    cr_expect_eq(bench_send(bench, "GET", all, NULL), 404);
    cr_expect_eq(bench_send(bench, "GET", "/api/v1/namespaces/default", NULL), 200);
}
