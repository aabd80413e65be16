/* The work queue: order, de-duplication, delays. */
#include "controller/reconcile/queue.h"

#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(queue, .fini = check_leaks);

static struct lat_clock test_clock;

static struct gwc_queue *make_queue(void)
{
    lat_clock_init_virtual(&test_clock, 1000000);
    return gwc_queue_new(&test_clock);
}

static void expect_take(struct gwc_queue *queue, const char *expected)
{
    LAT_AUTO(lat_free_charp) char *key = gwc_queue_take(queue);
    cr_assert_str_eq(key == NULL ? "(none)" : key, expected);
}

Test(queue, keys_come_out_in_the_order_in_which_they_went_in)
{
    LAT_AUTO(gwc_queue_freep) struct gwc_queue *queue = make_queue();
    gwc_queue_add(queue, "b");
    gwc_queue_add(queue, "a");
    expect_take(queue, "b");
    expect_take(queue, "a");
    expect_take(queue, "(none)");
}

Test(queue, a_key_that_waits_is_not_added_twice)
{
    LAT_AUTO(gwc_queue_freep) struct gwc_queue *queue = make_queue();
    gwc_queue_add(queue, "a");
    gwc_queue_add(queue, "b");
    gwc_queue_add(queue, "a");
    cr_assert_eq(gwc_queue_count(queue), 2);
}

Test(queue, a_waiting_key_keeps_the_earlier_of_two_times)
{
    LAT_AUTO(gwc_queue_freep) struct gwc_queue *queue = make_queue();
    gwc_queue_add_after(queue, "a", 10000);
    gwc_queue_add_after(queue, "a", 60000);
    cr_assert_eq(gwc_queue_next_due_ms(queue), 1010000);
    gwc_queue_add(queue, "a");
    expect_take(queue, "a");
    cr_assert_eq(gwc_queue_next_due_ms(queue), -1);
}

Test(queue, a_timed_key_is_due_exactly_then)
{
    LAT_AUTO(gwc_queue_freep) struct gwc_queue *queue = make_queue();
    gwc_queue_add_after(queue, "a", 10000);
    lat_clock_advance(&test_clock, 9999);
    expect_take(queue, "(none)");
    lat_clock_advance(&test_clock, 1);
    expect_take(queue, "a");
}

/* Fails the key once and says how long it then waits. */
static int64_t fail_once(struct gwc_queue *queue, const char *key)
{
    gwc_queue_add_failed(queue, key);
    int64_t delay_ms = gwc_queue_next_due_ms(queue) - lat_clock_now_ms(&test_clock);
    lat_clock_advance(&test_clock, delay_ms);
    expect_take(queue, key);
    return delay_ms;
}

Test(queue, failures_double_the_delay_up_to_a_thousand_seconds)
{
    LAT_AUTO(gwc_queue_freep) struct gwc_queue *queue = make_queue();
    const int64_t delays_ms[] = {5,     10,     20,     40,     80,      160,    320,
                                 640,   1280,   2560,   5120,   10240,   20480,  40960,
                                 81920, 163840, 327680, 655360, 1000000, 1000000};
    for (size_t i = 0; i < LAT_COUNT(delays_ms); i++)
        cr_assert_eq(fail_once(queue, "a"), delays_ms[i], "failure %zu", i + 1);
}

Test(queue, a_key_that_is_forgotten_starts_at_the_shortest_delay_again)
{
    LAT_AUTO(gwc_queue_freep) struct gwc_queue *queue = make_queue();
    fail_once(queue, "a");
    fail_once(queue, "a");
    gwc_queue_forget(queue, "a");
    cr_assert_eq(fail_once(queue, "a"), 5);
}

Test(queue, many_failing_keys_are_slowed_to_ten_a_second_after_a_hundred)
{
    LAT_AUTO(gwc_queue_freep) struct gwc_queue *queue = make_queue();
    char key[16];
    for (int i = 0; i < 110; i++) {
        snprintf(key, sizeof key, "k%d", i);
        gwc_queue_add_failed(queue, key);
    }
    lat_clock_advance(&test_clock, 5);
    for (int i = 0; i < 100; i++) {
        snprintf(key, sizeof key, "k%d", i);
        expect_take(queue, key);
    }
    expect_take(queue, "(none)");
    lat_clock_advance(&test_clock, 95);
    expect_take(queue, "k100");
    expect_take(queue, "(none)");
    lat_clock_advance(&test_clock, 900);
    for (int i = 101; i < 110; i++) {
        snprintf(key, sizeof key, "k%d", i);
        expect_take(queue, key);
    }
}
