/* Identifiers taken apart and ARNs put together, for every resource kind. */
#include "common/aws/arn.h"
#include "common/aws/tests/fixture.h"
#include "common/base/text.h"

#define PREFIX "arn:aws:vpc-lattice:us-east-2:123456789012:"

TestSuite(arn, .init = set_up, .fini = tear_down);

Test(arn, every_kind_is_found_by_its_id_and_by_its_arn)
{
    for (size_t i = 0; i < LAT_RESOURCE_COUNT; i++) {
        const struct lat_resource_kind *kind = &lat_resource_kinds[i];
        cr_assert_eq((size_t)kind->id, i);
        const char *id = lat_arena_printf(arena, "%s0123456789abcdef0", kind->id_prefix);
        struct lat_identifier identifier;
        cr_assert_eq(lat_identifier_parse(arena, id, &identifier), 0);
        cr_assert_eq(identifier.kind, kind, "%s is taken for a %s", id, identifier.kind->name);
        cr_assert_not(identifier.is_arn);
        cr_assert_str_eq(identifier.id, id);
        const char *arn = lat_arn_format(arena, kind, "aws", "us-east-2", "123456789012", "", id);
        cr_assert_eq(lat_identifier_parse(arena, arn, &identifier), 0, "%s", arn);
        cr_assert_eq(identifier.kind, kind);
        cr_assert(identifier.is_arn);
        cr_assert_str_eq(identifier.partition, "aws");
        cr_assert_str_eq(identifier.region, "us-east-2");
        cr_assert_str_eq(identifier.account, "123456789012");
        cr_assert_str_eq(identifier.id, id);
    }
}

Test(arn, the_arn_of_a_rule_names_its_parents)
{
    const char *arn =
        lat_arn_format(arena, &lat_resource_kinds[LAT_RESOURCE_RULE], "aws-cn", "cn-north-1", "1",
                       "service/svc-1/listener/listener-2/", "rule-3");
    cr_assert_str_eq(arn, "arn:aws-cn:vpc-lattice:cn-north-1:1:service/svc-1/listener/listener-2/"
                          "rule/rule-3");
    struct lat_identifier identifier;
    cr_assert_eq(lat_identifier_parse(arena, arn, &identifier), 0);
    cr_assert_eq(identifier.kind->id, LAT_RESOURCE_RULE);
    cr_assert_str_eq(identifier.service_id, "svc-1");
    cr_assert_str_eq(identifier.listener_id, "listener-2");
    cr_assert_str_eq(identifier.id, "rule-3");
}

Test(arn, what_is_neither_an_id_nor_an_arn_of_the_api_is_refused)
{
    static const char *const texts[] = {"",
                                        "vpc-0123456789abcdef0",
                                        "arn:aws:vpc-lattice",
                                        "arn:aws:iam:us-east-2:1:service/svc-1",
                                        PREFIX "service",
                                        PREFIX "bucket/svc-1",
                                        PREFIX "targetgroup/tg-1/rule/rule-1",
                                        PREFIX "service/svc-1/listener"};
    for (size_t i = 0; i < LAT_COUNT(texts); i++) {
        struct lat_identifier identifier = {0};
        cr_assert_eq(lat_identifier_parse(arena, texts[i], &identifier), -1, "%s", texts[i]);
        cr_assert_null(identifier.kind);
    }
}
