/* Which priority a new rule takes. */
#include "controller/deploy/deploy_int.h"

#include <criterion/criterion.h>

Test(priorities, a_new_rule_takes_the_lowest_free_one)
{
    const int64_t taken[] = {1, 2, 5};
    cr_assert_eq(gwc_free_priority(taken, 3), 3);
    cr_assert_eq(gwc_free_priority(NULL, 0), 1);
}

Test(priorities, numbers_outside_the_range_take_no_place)
{
    const int64_t taken[] = {0, -4, 101, 99999, 1};
    cr_assert_eq(gwc_free_priority(taken, 5), 2);
}

Test(priorities, none_is_left_when_a_hundred_are_taken)
{
    int64_t taken[GWC_PRIORITY_MAX];
    for (int64_t i = 0; i < GWC_PRIORITY_MAX; i++)
        taken[i] = i + 1;
    cr_assert_eq(gwc_free_priority(taken, GWC_PRIORITY_MAX), 0);
    cr_assert_eq(gwc_free_priority(taken, GWC_PRIORITY_MAX - 1), GWC_PRIORITY_MAX);
}
