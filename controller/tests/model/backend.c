/* BackendRefs: kinds, weights, ServiceImports and external target groups. */
#include "common/base/json.h"
#include "common/base/text.h"
#include "controller/model/keys.h"
#include "controller/model/print.h"
#include "controller/tests/model/fixture.h"

#include <criterion/criterion.h>

#define ARN "arn:aws:vpc-lattice:us-east-2:123456789012:targetgroup/tg-0abc123def4567890"

static int build(struct fixture *fixture, const char *backends, struct gwc_stack *ret_stack,
                 struct gwc_model_error *ret_error)
{
    fixture_set(fixture, "HTTPRoute", "app", "spec",
                lat_arena_printf(fixture->arena, "{'rules':[{'backendRefs':%s}]}", backends));
    return fixture_build(fixture, GWC_ROUTE_HTTP, "app", ret_stack, ret_error);
}

static void expect_backends(struct fixture *fixture, const char *backends, const char *printed)
{
    struct gwc_stack stack = {0};
    struct gwc_model_error error = {0};
    cr_assert(build(fixture, backends, &stack, &error) == 0, "%s", error.text);
    LAT_AUTO(lat_json_decrefp) json_t *rule = gwc_rule_print_new(&stack.listeners[0].rules[0]);
    fixture_expect_json(json_incref(json_object_get(rule, "backends")), printed);
}

static void expect_failure(struct fixture *fixture, const char *backends,
                           enum gwc_error_class error_class, const char *text)
{
    struct gwc_stack stack = {0};
    struct gwc_model_error error = {0};
    cr_assert_eq(build(fixture, backends, &stack, &error), -1);
    cr_expect_eq(error.error_class, error_class);
    cr_expect_str_eq(error.text,
                     lat_arena_printf(fixture->arena, "failed to build rules due to %s", text));
}

Test(backend, entries_keep_their_order_and_weights_and_bad_ones_their_place)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    expect_backends(fixture,
                    "[{'kind':'Bucket','name':'web','weight':3},{'name':'web','weight':0},"
                    "{'name':'gone'},{'name':'web'}]",
                    "[{'kind':'invalid','weight':3},"
                    "{'kind':'service','weight':0,'targetGroup':0},{'kind':'invalid','weight':1},"
                    "{'kind':'service','weight':1,'targetGroup':0}]");
    expect_backends(fixture, "[]", "[]");
}

Test(backend, a_service_import_is_looked_for_by_its_annotations)
{
    static const struct {
        const char *annotations;
        const char *printed; /* behind kind and weight */
    } rows[] = {
        {"{}", "'importService':'exported','importNamespace':'shop'"},
        {"{'" GWC_ANNOTATION_EXPORT_NAME "':' web ','" GWC_ANNOTATION_IMPORT_VPC
         "':' v ','" GWC_ANNOTATION_IMPORT_CLUSTER_NAME "':'c'}",
         "'importService':'web','importNamespace':'shop','importCluster':'c','importVpc':' v '"},
        {"{'" GWC_ANNOTATION_EXPORT_NAME "':' ','" GWC_ANNOTATION_IMPORT_VPC "':''}",
         "'importService':'exported','importNamespace':'shop'"},
        {"{'" GWC_ANNOTATION_TARGET_GROUP_ARN "':' ','" GWC_ANNOTATION_EXPORT_NAME "':'x'}",
         "'importService':'x','importNamespace':'shop'"},
        {"{'" GWC_ANNOTATION_TARGET_GROUP_ARN "':'  " ARN " '}",
         "'externalId':'tg-0abc123def4567890'"},
    };
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    for (size_t i = 0; i < LAT_COUNT(rows); i++) {
        fixture_set(fixture, "ServiceImport", "exported", "metadata",
                    lat_arena_printf(fixture->arena, "{'annotations':%s}", rows[i].annotations));
        const char *kind = lat_text_has_prefix(rows[i].printed, "'ext") ? "external" : "import";
        expect_backends(fixture, "[{'kind':'ServiceImport','name':'exported','port':99}]",
                        lat_arena_printf(fixture->arena, "[{'kind':'%s','weight':1,%s}]", kind,
                                         rows[i].printed));
    }
}

Test(backend, a_missing_import_is_looked_for_unless_an_override_would_claim_a_service)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    static const char backends[] = "[{'kind':'ServiceImport','name':'gone','namespace':'far'}]";
    expect_backends(fixture, backends,
                    "[{'kind':'import','weight':1,'importService':'gone',"
                    "'importNamespace':'far'}]");
    fixture_set(fixture, "HTTPRoute", "app", "metadata.annotations",
                "{'" GWC_ANNOTATION_NAME_OVERRIDE "':'orders'}");
    expect_failure(
        fixture, backends, GWC_ERROR_OTHER,
        "ServiceImport far/gone referenced by route shop/app with "
        "service-name-override=\"orders\" does not exist; refusing to claim the existing "
        "service");
    fixture->failing_kind = "ServiceImport";
    expect_failure(fixture, backends, GWC_ERROR_OTHER, "cache is broken");
}

Test(backend, an_external_target_group_goes_with_no_other_annotation_even_blank)
{
    static const char *const keys[] = {GWC_ANNOTATION_EXPORT_NAME, GWC_ANNOTATION_IMPORT_VPC,
                                       GWC_ANNOTATION_IMPORT_CLUSTER_NAME};
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    for (size_t i = 0; i < LAT_COUNT(keys); i++) {
        fixture_set(fixture, "ServiceImport", "legacy", "metadata",
                    lat_arena_printf(fixture->arena, "{'annotations':{'%s':'not an arn','%s':''}}",
                                     GWC_ANNOTATION_TARGET_GROUP_ARN, keys[i]));
        expect_failure(
            fixture, "[{'kind':'ServiceImport','name':'legacy'}]",
            GWC_ERROR_CONFLICTING_ANNOTATIONS,
            "conflicting ServiceImport annotations: ServiceImport shop/legacy sets "
            "application-networking.k8s.aws/target-group-arn together with a tag-discovery "
            "annotation (application-networking.k8s.aws/export-name / "
            "application-networking.k8s.aws/aws-vpc / "
            "application-networking.k8s.aws/aws-eks-cluster-name); set exactly one");
    }
    cr_expect_eq(fixture->asked_target_groups, 0);
}

Test(backend, an_external_target_group_that_cannot_be_used_says_why)
{
    static const char backends[] = "[{'kind':'ServiceImport','name':'legacy'}]";
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    json_object_set_new(fixture->targets, ARN, json_pack("{s:s}", "absent", "sdk says no"));
    expect_failure(fixture, backends, GWC_ERROR_EXTERNAL_NOT_FOUND,
                   "external target group \"" ARN
                   "\" could not be found in region \"us-east-2\": sdk says no");
    json_object_set_new(fixture->targets, ARN, json_pack("{s:s}", "failed", "timeout"));
    expect_failure(fixture, backends, GWC_ERROR_OTHER, "timeout");

    int asked = fixture->asked_target_groups;
    fixture_set(fixture, "ServiceImport", "legacy", "metadata.annotations",
                "{'" GWC_ANNOTATION_TARGET_GROUP_ARN "':'tg-0123456789abcdef0'}");
    expect_failure(fixture, backends, GWC_ERROR_INVALID_EXTERNAL_ARN,
                   "invalid external target group ARN \"tg-0123456789abcdef0\": not a valid ARN: "
                   "arn: invalid prefix");
    cr_expect_eq(fixture->asked_target_groups, asked);
}

Test(backend, tls_routes_report_external_faults_from_the_listener_step)
{
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    fixture_set(fixture, "TLSRoute", "app", "spec",
                "{'rules':[{'backendRefs':[{'kind':'ServiceImport','name':'legacy'}]}]}");
    json_object_clear(fixture->targets);
    struct gwc_stack stack = {0};
    struct gwc_model_error error = {0};
    cr_assert_eq(fixture_build(fixture, GWC_ROUTE_TLS, "app", &stack, &error), -1);
    cr_expect_eq(error.error_class, GWC_ERROR_EXTERNAL_NOT_FOUND);
    cr_expect(lat_text_has_prefix(error.text, "failed to build listener due to external target "
                                              "group"),
              "%s", error.text);
}

Test(backend, garbage_collection_asks_nobody_and_tolerates_bad_annotations)
{
    static const struct {
        const char *annotations;
        const char *id;
    } rows[] = {
        {"{'" GWC_ANNOTATION_TARGET_GROUP_ARN "':'" ARN "'}", "tg-0abc123def4567890"},
        {"{'" GWC_ANNOTATION_TARGET_GROUP_ARN "':'bad'}", ""},
        {"{'" GWC_ANNOTATION_TARGET_GROUP_ARN "':'" ARN "','" GWC_ANNOTATION_IMPORT_VPC "':'v'}",
         "tg-0abc123def4567890"},
    };
    LAT_AUTO(fixture_freep) struct fixture *fixture = fixture_world_new();
    struct gwc_stack stack = {0};
    struct gwc_model_error error = {0};
    cr_assert_eq(build(fixture, "[{'kind':'ServiceImport','name':'legacy'}]", &stack, &error), 0);
    int asked = fixture->asked_target_groups;
    for (size_t i = 0; i < LAT_COUNT(rows); i++) {
        fixture_set(fixture, "ServiceImport", "legacy", "metadata",
                    lat_arena_printf(fixture->arena, "{'annotations':%s}", rows[i].annotations));
        cr_assert_eq(
            fixture_build_only(fixture, GWC_ROUTE_HTTP, "app", GWC_BUILD_COLLECT, &stack, &error),
            0);
        cr_expect_str_eq(stack.listeners[0].rules[0].backends.items[0].external_id, rows[i].id);
    }
    cr_expect_eq(fixture->asked_target_groups, asked);
}
