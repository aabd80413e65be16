/* The tags annotation and the difference between sets of tags. */
#include "controller/model/tags.h"
#include "common/base/text.h"
#include "controller/model/keys.h"

#include <criterion/criterion.h>
#include <string.h>

/* "k=v;k=v" of the tags, in their order. */
static const char *flat(struct lat_arena *arena, const struct gwc_tags *tags)
{
    const char *text = "";
    for (size_t i = 0; i < tags->count; i++)
        text = lat_arena_printf(arena, "%s%s%s=%s", text, i > 0 ? ";" : "", tags->items[i].key,
                                tags->items[i].value);
    return text;
}

static const char *flat_keys(struct lat_arena *arena, const struct gwc_tag_changes *changes)
{
    const char *text = "";
    for (size_t i = 0; i < changes->unset_count; i++)
        text = lat_arena_printf(arena, "%s%s%s", text, i > 0 ? ";" : "", changes->unset[i]);
    return text;
}

Test(tags, entries_that_are_no_tags_are_left_out)
{
    static const char *const rows[][2] = {
        {"", ""},
        {"Environment = Dev , Project = MyApp", "Environment=Dev;Project=MyApp"},
        {"Environment,Project=MyApp", "Project=MyApp"},
        {"=Dev,Project=,Team=Platform", "Team=Platform"},
        {"A=1,A=2", "A=1"},
        {"Env#x=1,P=My$App,Q=1", "Q=1"},
        {"a=b=c", "a=b=c"},
        {"größe=1 2,ключ=значение", "größe=1 2;ключ=значение"},
        {"a=bad\xff,b=1", "b=1"},
        {"a=x\n,b=y\nz", "a=x"},
    };
    struct lat_arena *arena = lat_arena_new();
    for (size_t i = 0; i < LAT_COUNT(rows); i++) {
        struct gwc_tags tags = gwc_tags_parse(arena, rows[i][0]);
        cr_expect_str_eq(flat(arena, &tags), rows[i][1]);
    }
    cr_expect_eq(gwc_tags_parse(arena, NULL).count, 0);
    lat_arena_free(arena);
}

Test(tags, keys_and_values_have_a_longest_length_in_bytes)
{
    struct lat_arena *arena = lat_arena_new();
    char longest_key[GWC_TAG_KEY_BYTES_MAX + 2] = {0};
    char longest_value[GWC_TAG_VALUE_BYTES_MAX + 2] = {0};
    memset(longest_key, 'k', GWC_TAG_KEY_BYTES_MAX);
    memset(longest_value, 'v', GWC_TAG_VALUE_BYTES_MAX);
    cr_expect_eq(
        gwc_tags_parse(arena, lat_arena_printf(arena, "%s=%s", longest_key, longest_value)).count,
        1);
    cr_expect_eq(gwc_tags_parse(arena, lat_arena_printf(arena, "%sk=v", longest_key)).count, 0);
    cr_expect_eq(gwc_tags_parse(arena, lat_arena_printf(arena, "k=%sv", longest_value)).count, 0);
    lat_arena_free(arena);
}

Test(tags, only_the_first_fifty_count)
{
    struct lat_arena *arena = lat_arena_new();
    const char *text = "none";
    for (int i = 0; i < 60; i++)
        text = lat_arena_printf(arena, "%s,k%d=v", text, i);
    struct gwc_tags tags = gwc_tags_parse(arena, text);
    cr_assert_eq(tags.count, 50);
    cr_expect_str_eq(tags.items[49].key, "k49");
    lat_arena_free(arena);
}

Test(tags, reserved_keys_are_parsed_and_then_removed)
{
    struct lat_arena *arena = lat_arena_new();
    struct gwc_tags tags =
        gwc_tags_parse(arena, "AWS:x=1," GWC_TAG_MANAGED_BY "=x,awsome=1,aws:y=2");
    cr_expect_eq(tags.count, 4);
    struct gwc_tags plain = gwc_tags_plain(arena, &tags);
    cr_expect_str_eq(flat(arena, &plain), "awsome=1");
    lat_arena_free(arena);
}

Test(tags, a_new_resource_keeps_its_own_tags_before_additional_ones)
{
    struct lat_arena *arena = lat_arena_new();
    struct gwc_tags own = gwc_tags_parse(arena, "a=own,b=own");
    struct gwc_tags additional = gwc_tags_parse(arena, "b=more,c=more");
    struct gwc_tags merged = gwc_tags_merge(arena, &own, &additional);
    cr_expect_str_eq(flat(arena, &merged), "a=own;b=own;c=more");
    lat_arena_free(arena);
}

Test(tags, the_difference_touches_plain_and_managed_tags_only)
{
    static const struct {
        const char *existing;
        const char *additional;
        const char *managed;
        const char *set;
        const char *unset;
    } rows[] = {
        {"Env=a,Project=b," GWC_TAG_MANAGED_BY "=m", "", "", "", "Env;Project"},
        {GWC_TAG_MANAGED_BY "=m", "Project=b,Env=a", "", "Env=a;Project=b", ""},
        {"Env=Dev," GWC_TAG_MANAGED_BY "=old", "Env=Dev", GWC_TAG_MANAGED_BY "=new",
         GWC_TAG_MANAGED_BY "=new", ""},
        {"Env=Dev," GWC_TAG_MANAGED_BY "=m", "Env=Dev", GWC_TAG_MANAGED_BY "=m", "", ""},
        {"Env=Dev", "Env=Prod", "", "Env=Prod", ""},
        {"", GWC_TAG_MANAGED_BY "=x,a=1", GWC_TAG_MANAGED_BY "=y", "a=1;" GWC_TAG_MANAGED_BY "=y",
         ""},
        {"aws:cloudformation=1,Aws:x=2", "", "", "", ""},
    };
    struct lat_arena *arena = lat_arena_new();
    for (size_t i = 0; i < LAT_COUNT(rows); i++) {
        struct gwc_tags existing = gwc_tags_parse(arena, rows[i].existing);
        struct gwc_tags additional = gwc_tags_parse(arena, rows[i].additional);
        struct gwc_tags managed = gwc_tags_parse(arena, rows[i].managed);
        struct gwc_tag_changes changes =
            gwc_tags_difference(arena, &existing, &additional, &managed);
        cr_expect_str_eq(flat(arena, &changes.set), rows[i].set, "row %zu", i);
        cr_expect_str_eq(flat_keys(arena, &changes), rows[i].unset, "row %zu", i);
    }
    struct gwc_tags none = {0};
    cr_expect_eq(gwc_tags_difference(arena, &none, &none, NULL).set.count, 0);
    lat_arena_free(arena);
}
