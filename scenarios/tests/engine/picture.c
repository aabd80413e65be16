/* Pictures as golden text. */
#include "scenarios/engine/picture.h"

#include "scenarios/tests/engine/ground.h"

#include <criterion/criterion.h>

TestSuite(picture, .fini = check_leaks);

static const struct scn_header_match team = {"x-team", SCN_COMPARE_EXACT, "blue", false};

/* The service "orders" with this rule, drawn. */
static struct scn_picture draw(struct lat_arena *arena, const struct scn_rule *rules,
                               size_t rule_count, size_t tag_count)
{
    const struct scn_listener listener = {.id = "listener-1",
                                          .protocol = "HTTP",
                                          .port = 80,
                                          .default_action = {.status_code = 404},
                                          .rules = rules,
                                          .rule_count = rule_count};
    struct ground ground;
    lay_ground(&ground, &listener, groups, 2);
    ground.service.tags = service_tags;
    ground.service.tag_count = tag_count;
    struct scn_picture picture;
    scn_picture_draw(arena, &ground.estate, "orders", &picture);
    return picture;
}

static struct scn_rule rule_of(const struct scn_weight *weights, size_t weight_count)
{
    return (struct scn_rule){
        .id = "rule-1",
        .priority = 10,
        .match = {.path = "/", .path_compare = SCN_COMPARE_PREFIX, .path_case_sensitive = true},
        .action = {.groups = weights, .group_count = weight_count}};
}

Test(picture, shows_who_owns_what_and_how_traffic_is_split)
{
    struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
    const struct scn_rule rule = rule_of(split, 2);
    struct scn_picture picture = draw(arena, &rule, 1, 1);
    cr_expect_str_eq(scn_picture_text(arena, NULL, &picture),
                     "  service orders (svc-1)                                    owner " OWNER "\n"
                     "    DNS name                                                orders.on.aws\n"
                     "    in service network my-net (snsa-1)\n"
                     "    listener HTTP:80 (listener-1)\n"
                     "      path starts with / (rule-1)                           priority 10\n"
                     "        orders-legacy (tg-old)                              weight 90  2 of "
                     "2 targets healthy, owner nobody\n"
                     "        Service/orders-eks (tg-new)                         weight 10  2 of "
                     "2 targets healthy, owner " OWNER "\n"
                     "      otherwise                                             answers 404\n");
}

Test(picture, marks_what_is_new_gone_and_changed)
{
    struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
    const struct scn_weight alone[] = {{"tg-old", 100}};
    const struct scn_rule was[] = {rule_of(alone, 1),
                                   {.id = "rule-2",
                                    .priority = 20,
                                    .match = {.method = "GET", .headers = &team, .header_count = 1},
                                    .action = {.status_code = 500}}};
    const struct scn_rule is = rule_of(split, 2);
    struct scn_picture before = draw(arena, was, 2, 0);
    struct scn_picture after = draw(arena, &is, 1, 1);
    cr_expect_str_eq(
        scn_picture_text(arena, &before, &after),
        "~ service orders (svc-1)                                    owner " OWNER
        " (was: owner nobody)\n"
        "    DNS name                                                orders.on.aws\n"
        "    in service network my-net (snsa-1)\n"
        "    listener HTTP:80 (listener-1)\n"
        "      path starts with / (rule-1)                           priority 10\n"
        "~       orders-legacy (tg-old)                              weight 90 (was: weight 100)  "
        "2 of 2 targets healthy, owner nobody\n"
        "+       Service/orders-eks (tg-new)                         weight 10  2 of 2 targets "
        "healthy, owner " OWNER "\n"
        "-     method GET, header x-team is blue (rule-2)            priority 20, answers 500\n"
        "      otherwise                                             answers 404\n");
}

Test(picture, an_unchanged_estate_has_no_marks)
{
    struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
    const struct scn_rule rule = rule_of(split, 2);
    struct scn_picture picture = draw(arena, &rule, 1, 1);
    cr_expect_str_eq(scn_picture_text(arena, &picture, &picture),
                     scn_picture_text(arena, NULL, &picture));
}
