/* Routing: which operation a method and a raw path mean, and what its labels are. */
#include "common/aws/tests/fixture.h"
#include "common/aws/uri.h"

#include <string.h>

#define ARN_ENCODED "arn%3Aaws%3Avpc-lattice%3Aus-east-2%3A123456789012%3Aservice%2Fsvc-1"
#define ARN         "arn:aws:vpc-lattice:us-east-2:123456789012:service/svc-1"

TestSuite(route, .init = set_up, .fini = tear_down);

static const struct {
    const char *method, *path, *operation, *labels[3];
} routes[] = {
    {"GET", "/services", "ListServices", {0}},
    {"POST", "/services", "CreateService", {0}},
    {"GET", "/services/svc-1", "GetService", {"svc-1"}},
    {"GET", "/services/" ARN_ENCODED, "GetService", {ARN}},
    {"GET",
     "/services/" ARN_ENCODED "/listeners/a%2Fb/rules/c%2fd",
     "GetRule",
     {ARN, "a/b", "c/d"}},
    {"PATCH", "/services/s/listeners/l/rules", "BatchUpdateRule", {"s", "l"}},
    {"POST", "/targetgroups/tg-1/listtargets", "ListTargets", {"tg-1"}},
    {"GET", "/tags/" ARN_ENCODED, "ListTagsForResource", {ARN}},
    {"GET", "/tags/" ARN, "ListTagsForResource", {ARN}},
    {"PUT", "/authpolicy/" ARN, "PutAuthPolicy", {ARN}},
    {"DELETE", "/resourcepolicy/" ARN, "DeleteResourcePolicy", {ARN}},
    {"GET", "/services/a+b", "GetService", {"a+b"}},
    {"GET", "/services/%252F", "GetService", {"%2F"}},
};

Test(route, finds_the_operation_and_decodes_its_labels)
{
    for (size_t i = 0; i < LAT_COUNT(routes); i++) {
        struct lat_routed routed;
        cr_assert_eq(lat_route(arena, routes[i].method, routes[i].path, &routed), 0, "%s",
                     routes[i].path);
        cr_assert_str_eq(routed.operation->name, routes[i].operation);
        size_t count = 0;
        while (count < LAT_COUNT(routes[i].labels) && routes[i].labels[count] != NULL)
            count++;
        cr_assert_eq(routed.label_count, count);
        for (size_t k = 0; k < count; k++)
            cr_assert_str_eq(routed.labels[k], routes[i].labels[k]);
    }
}

static const struct {
    const char *method, *path;
} strays[] = {
    {"GET", ""},
    {"GET", "/"},
    {"GET", "services"},
    {"GET", "/Services"},
    {"GET", "/service"},
    {"GET", "/servicesx"},
    {"GET", "/services/"},
    {"GET", "/services/svc-1/"},
    {"GET", "/services/a/b"},
    {"GET", "/services/%"},
    {"GET", "/services/%4"},
    {"GET", "/services/%zz"},
    {"GET", "/services/%00"},
    {"GET", "/services/%ff"},
    {"GET", "/services/%c0%af"},
    {"GET", "/tags"},
    {"GET", "/tags/"},
    {"PUT", "/services/svc-1"},
    {"get", "/services"},
    {"GET", "/targetgroups/tg-1/listtargets"},
    {"GET", "/tags/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16"},
};

Test(route, finds_nothing_for_what_the_api_does_not_have)
{
    for (size_t i = 0; i < LAT_COUNT(strays); i++) {
        struct lat_routed routed = {0};
        cr_assert_eq(lat_route(arena, strays[i].method, strays[i].path, &routed), -1, "%s %s",
                     strays[i].method, strays[i].path);
        cr_assert_null(routed.operation);
    }
}

Test(route, encodes_everything_but_unreserved_bytes)
{
    cr_assert_str_eq(lat_uri_encode(arena, "AZaz09-._~ /:+%\xc3\xa9"),
                     "AZaz09-._~%20%2F%3A%2B%25%C3%A9");
    cr_assert_str_eq(lat_uri_decode(arena, "a+b%2Bc", 7, true), "a b+c");
    cr_assert_str_eq(lat_uri_decode(arena, "%C3%A9", 6, false), "\xc3\xa9");
    cr_assert_str_eq(lat_uri_decode(arena, "%41B", 3, false), "A");
    cr_assert_null(lat_uri_decode(arena, "%41", 2, false));
}
