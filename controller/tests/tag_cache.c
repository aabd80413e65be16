/* The tag cache: age, size, and what is dropped. */
#include "controller/aws/tag_cache.h"

#include "common/base/tests/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(tag_cache, .fini = check_leaks);

static struct lat_clock test_clock;

static struct gwc_tag_cache *make_cache(void)
{
    lat_clock_init_virtual(&test_clock, 0);
    return gwc_tag_cache_new(&test_clock);
}

static void put(struct gwc_tag_cache *cache, const char *arn, const char *value)
{
    struct gwc_tag tag = {"owner", value};
    const struct gwc_tags tags = {&tag, 1};
    gwc_tag_cache_put(cache, arn, &tags);
}

static bool knows(struct gwc_tag_cache *cache, const char *arn)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct gwc_tags tags;
    return gwc_tag_cache_get(cache, arena, arn, &tags);
}

Test(tag_cache, gives_back_what_was_put)
{
    LAT_AUTO(gwc_tag_cache_freep) struct gwc_tag_cache *cache = make_cache();
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    put(cache, "arn:a", "me");
    struct gwc_tags tags;
    cr_assert(gwc_tag_cache_get(cache, arena, "arn:a", &tags));
    cr_assert_str_eq(gwc_tags_value(&tags, "owner"), "me");
    cr_assert_not(knows(cache, "arn:b"));
}

Test(tag_cache, forgets_after_a_minute)
{
    LAT_AUTO(gwc_tag_cache_freep) struct gwc_tag_cache *cache = make_cache();
    put(cache, "arn:a", "me");
    lat_clock_advance(&test_clock, 59999);
    cr_assert(knows(cache, "arn:a"));
    lat_clock_advance(&test_clock, 1);
    cr_assert_not(knows(cache, "arn:a"));
}

Test(tag_cache, forgets_what_is_dropped)
{
    LAT_AUTO(gwc_tag_cache_freep) struct gwc_tag_cache *cache = make_cache();
    put(cache, "arn:a", "me");
    gwc_tag_cache_drop(cache, "arn:a");
    cr_assert_not(knows(cache, "arn:a"));
}

Test(tag_cache, makes_room_by_forgetting_the_least_recently_used)
{
    LAT_AUTO(gwc_tag_cache_freep) struct gwc_tag_cache *cache = make_cache();
    char arn[32];
    for (int i = 0; i < GWC_TAG_CACHE_ENTRIES_MAX; i++) {
        snprintf(arn, sizeof arn, "arn:%d", i);
        put(cache, arn, "me");
    }
    cr_assert(knows(cache, "arn:0"));
    put(cache, "arn:new", "me");
    cr_assert(knows(cache, "arn:0"));
    cr_assert(knows(cache, "arn:new"));
    cr_assert_not(knows(cache, "arn:1"));
}
