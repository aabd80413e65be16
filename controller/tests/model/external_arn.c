/* ARNs of external target groups. */
#include "controller/model/external_arn.h"
#include "common/base/text.h"

#include <criterion/criterion.h>

#define BEFORE "arn:aws:vpc-lattice:us-west-2:123456789012:"
#define OTHER  "expected a target group ARN (targetgroup/tg-...), got resource "

Test(external_arn, the_id_is_taken_out_or_the_first_fault_is_named)
{
    static const struct {
        const char *arn;
        const char *id;
        const char *complaint;
    } rows[] = {
        {BEFORE "targetgroup/tg-0123456789abcdef0", "tg-0123456789abcdef0", NULL},
        {"arn:aws-us-gov:vpc-lattice:us-gov-west-1:123456789012:targetgroup/tg-00112233445566778",
         "tg-00112233445566778", NULL},
        {"arn::vpc-lattice:::targetgroup/tg-00112233445566778", "tg-00112233445566778", NULL},
        {"tg-0123456789abcdef0", NULL, "not a valid ARN: arn: invalid prefix"},
        {"", NULL, "not a valid ARN: arn: invalid prefix"},
        {"arn:aws:vpc-lattice:us-west-2:123456789012", NULL,
         "not a valid ARN: arn: not enough sections"},
        {"arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/tg-0123456789abcdef0",
         NULL, "expected a vpc-lattice ARN, got service \"elasticloadbalancing\""},
        {BEFORE "service/svc-0123456789abcdef0", NULL, OTHER "\"service/svc-0123456789abcdef0\""},
        {BEFORE "targetgroup/notatg", NULL, OTHER "\"targetgroup/notatg\""},
        {BEFORE "targetgroup/tg-", NULL, OTHER "\"targetgroup/tg-\""},
        {BEFORE "targetgroup/tg-012345", NULL, OTHER "\"targetgroup/tg-012345\""},
        {BEFORE "targetgroup/tg-0123456789abcdef01", NULL,
         OTHER "\"targetgroup/tg-0123456789abcdef01\""},
        {BEFORE "targetgroup/tg-0123456789ABCDEF0", NULL,
         OTHER "\"targetgroup/tg-0123456789ABCDEF0\""},
        {BEFORE "targetgroup/tg-0123456789abcdef0/extra", NULL,
         OTHER "\"targetgroup/tg-0123456789abcdef0/extra\""},
        {BEFORE "targetgroup/tg-0123456789abcdef0:foo", NULL,
         OTHER "\"targetgroup/tg-0123456789abcdef0:foo\""},
    };
    struct lat_arena *arena = lat_arena_new();
    for (size_t i = 0; i < LAT_COUNT(rows); i++) {
        const char *complaint = NULL;
        const char *id = gwc_external_arn_id(arena, rows[i].arn, &complaint);
        cr_expect(lat_text_eq(id, rows[i].id), "%s", rows[i].arn);
        cr_expect(lat_text_eq(complaint, rows[i].complaint), "%s: %s", rows[i].arn,
                  lat_text_or_empty(complaint));
    }
    lat_arena_free(arena);
}
