/* Request matching and weighted choice. */
#include "scenarios/engine/traffic.h"

#include "common/base/text.h"
#include "scenarios/tests/engine/ground.h"

#include <criterion/criterion.h>

TestSuite(traffic, .fini = check_leaks);

/* Sends one request to a service whose only rule has this match; whether the rule was met. */
static bool meets(const struct scn_match *match, const struct scn_request *request)
{
    const struct scn_rule rule = {.id = "rule-1",
                                  .priority = 1,
                                  .match = *match,
                                  .action = {.groups = split, .group_count = 2}};
    const struct scn_listener listener = {.id = "listener-1",
                                          .protocol = "HTTP",
                                          .port = 80,
                                          .default_action = {.status_code = 404},
                                          .rules = &rule,
                                          .rule_count = 1};
    struct ground ground;
    lay_ground(&ground, &listener, groups, 2);
    struct lat_rng rng;
    struct scn_outcome outcome;
    lat_rng_init(&rng, 1);
    scn_traffic_send(&ground.estate, request, &rng, &outcome);
    cr_assert(outcome.rule != NULL || outcome.status == 404);
    return outcome.rule != NULL;
}

static const struct {
    const char *path;
    enum scn_compare compare;
    bool case_sensitive;
    const char *sent;
    bool met;
} paths[] = {
    {"/", SCN_COMPARE_PREFIX, true, "/", true},
    {"/", SCN_COMPARE_PREFIX, true, "/any/thing", true},
    {"/api", SCN_COMPARE_PREFIX, true, "/api", true},
    {"/api", SCN_COMPARE_PREFIX, true, "/api/users", true},
    {"/api", SCN_COMPARE_PREFIX, true, "/apis", true},
    {"/api", SCN_COMPARE_PREFIX, true, "/API", false},
    {"/api", SCN_COMPARE_PREFIX, false, "/API/Users", true},
    {"/api", SCN_COMPARE_PREFIX, true, "/ap", false},
    {"/api", SCN_COMPARE_EXACT, true, "/api", true},
    {"/api", SCN_COMPARE_EXACT, true, "/api/", false},
    {"/api", SCN_COMPARE_EXACT, false, "/Api", true},
    {"/api", SCN_COMPARE_EXACT, true, "/api?page=2", true},
    {NULL, SCN_COMPARE_EXACT, true, "/whatever", true},
};

Test(traffic, paths_match_exactly_or_by_prefix_and_in_the_letter_case_asked_for)
{
    for (size_t i = 0; i < LAT_COUNT(paths); i++) {
        const struct scn_match match = {.path = paths[i].path,
                                        .path_compare = paths[i].compare,
                                        .path_case_sensitive = paths[i].case_sensitive};
        const struct scn_request request = {.service = "orders", .port = 80, .path = paths[i].sent};
        cr_expect(meets(&match, &request) == paths[i].met, "row %zu: %s", i, paths[i].sent);
    }
}

static const struct {
    enum scn_compare compare;
    bool case_sensitive;
    const char *sent_name, *sent_value;
    bool met;
} headers[] = {
    {SCN_COMPARE_EXACT, false, "X-Team", "blue", true},
    {SCN_COMPARE_EXACT, false, "x-team", "BLUE", true},
    {SCN_COMPARE_EXACT, true, "x-team", "BLUE", false},
    {SCN_COMPARE_EXACT, false, "x-team", "blues", false},
    {SCN_COMPARE_PREFIX, false, "x-team", "blues", true},
    {SCN_COMPARE_CONTAINS, false, "x-team", "the blue one", true},
    {SCN_COMPARE_CONTAINS, true, "x-team", "the Blue one", false},
    {SCN_COMPARE_EXACT, false, "x-other", "blue", false},
};

Test(traffic, header_values_match_as_the_rule_says_and_names_in_any_letter_case)
{
    for (size_t i = 0; i < LAT_COUNT(headers); i++) {
        const struct scn_header_match wanted = {.name = "x-team",
                                                .compare = headers[i].compare,
                                                .value = "blue",
                                                .case_sensitive = headers[i].case_sensitive};
        const struct scn_match match = {.headers = &wanted, .header_count = 1};
        const struct scn_header sent = {headers[i].sent_name, headers[i].sent_value};
        const struct scn_request request = {
            .service = "orders", .port = 80, .headers = &sent, .header_count = 1};
        cr_expect(meets(&match, &request) == headers[i].met, "row %zu", i);
    }
}

Test(traffic, a_method_is_compared_exactly_and_all_conditions_must_hold)
{
    const struct scn_match match = {
        .method = "POST", .path = "/x", .path_compare = SCN_COMPARE_EXACT};
    struct scn_request request = {.service = "orders", .port = 80, .path = "/x"};
    cr_expect(!meets(&match, &request), "no method means GET");
    request.method = "post";
    cr_expect(!meets(&match, &request));
    request.method = "POST";
    cr_expect(meets(&match, &request));
    request.path = "/y";
    cr_expect(!meets(&match, &request));
}

/* The ground's service with a default action alone, split into its shares. */
static const struct scn_share *shares_of(struct lat_arena *arena, struct scn_action action,
                                         const struct scn_group *from, struct scn_request request,
                                         size_t *ret_count)
{
    const struct scn_listener listener = {
        .id = "listener-1", .protocol = "HTTP", .port = 80, .default_action = action};
    struct ground ground;
    lay_ground(&ground, &listener, from, 2);
    struct lat_rng rng;
    const struct scn_share *shares = NULL;
    lat_rng_init(&rng, 7);
    scn_traffic_split(arena, &ground.estate, &request, 10000, &rng, &shares, ret_count);
    return shares;
}

static const struct scn_request plain = {.service = "orders", .port = 80};

Test(traffic, weights_are_relative_and_a_seed_repeats_the_run)
{
    struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
    const struct scn_action action = {.groups = split, .group_count = 2};
    size_t count = 0;
    const struct scn_share *shares = shares_of(arena, action, groups, plain, &count);
    cr_assert_eq(count, 2);
    cr_expect_str_eq(shares[0].label, "orders-legacy");
    cr_expect_str_eq(shares[1].label, "Service/orders-eks");
    cr_expect(shares[1].count > 850 && shares[1].count < 1150, "%lld", (long long)shares[1].count);
    cr_expect_eq(shares[0].count + shares[1].count, 10000);
    size_t again_count = 0;
    const struct scn_share *again = shares_of(arena, action, groups, plain, &again_count);
    cr_expect_eq(again[0].count, shares[0].count);
}

Test(traffic, a_weight_of_zero_receives_nothing_but_a_sole_group_everything)
{
    struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
    const struct scn_weight weights[] = {{"tg-old", 0}, {"tg-new", 3}};
    const struct scn_weight zeros[] = {{"tg-old", 0}, {"tg-new", 0}};
    size_t count = 0;
    const struct scn_share *shares = shares_of(
        arena, (struct scn_action){.groups = weights, .group_count = 2}, groups, plain, &count);
    cr_assert_eq(count, 1);
    cr_expect_str_eq(shares[0].label, "Service/orders-eks");
    shares = shares_of(arena, (struct scn_action){.groups = weights, .group_count = 1}, groups,
                       plain, &count);
    cr_expect_str_eq(shares[0].label, "orders-legacy");
    shares = shares_of(arena, (struct scn_action){.groups = zeros, .group_count = 2}, groups, plain,
                       &count);
    cr_expect_str_eq(shares[0].label, "no weight");
}

static const struct {
    const char *statuses[2];
    bool first_answers, second_answers;
} fleets[] = {
    {{"HEALTHY", "UNHEALTHY"}, true, false},
    {{"UNHEALTHY", "UNAVAILABLE"}, false, true},
    {{"INITIAL", "HEALTHY"}, false, true},
    {{"UNHEALTHY", "UNHEALTHY"}, true, true}, /* fails open */
    {{"UNHEALTHY", "DRAINING"}, true, false},
    {{"DRAINING", "DRAINING"}, false, false},
};

Test(traffic, healthy_or_unchecked_targets_answer_and_without_any_all_that_stay_do)
{
    for (size_t i = 0; i < LAT_COUNT(fleets); i++) {
        const struct scn_target targets[] = {{"a", 80, fleets[i].statuses[0]},
                                             {"b", 80, fleets[i].statuses[1]}};
        const struct scn_group group = {
            .id = "tg-old", .name = "fleet", .targets = targets, .target_count = 2};
        const struct scn_listener listener = {
            .port = 80, .default_action = {.groups = split, .group_count = 1}};
        struct ground ground;
        lay_ground(&ground, &listener, &group, 1);
        struct lat_rng rng;
        bool seen[2] = {false, false};
        lat_rng_init(&rng, 3);
        for (int n = 0; n < 200; n++) {
            struct scn_outcome outcome;
            scn_traffic_send(&ground.estate, &plain, &rng, &outcome);
            if (outcome.kind == SCN_OUTCOME_FORWARDED)
                seen[outcome.target == &targets[1]] = true;
        }
        cr_expect(seen[0] == fleets[i].first_answers && seen[1] == fleets[i].second_answers,
                  "row %zu", i);
    }
}

static const struct {
    const char *service, *from_vpc;
    int64_t port;
    const char *label;
} refusals[] = {
    {"orders", NULL, 80, "404"},           {"orders", "vpc-1", 80, "404"},
    {"orders", "vpc-9", 80, "no network"}, {"orders", NULL, 81, "no listener"},
    {"order", NULL, 80, "no service"},
};

Test(traffic, a_request_needs_a_service_a_network_in_common_and_a_listener)
{
    for (size_t i = 0; i < LAT_COUNT(refusals); i++) {
        struct lat_arena *arena LAT_AUTO(lat_arena_freep) = lat_arena_new();
        size_t count = 0;
        const struct scn_request request = {.service = refusals[i].service,
                                            .port = refusals[i].port,
                                            .from_vpc = refusals[i].from_vpc};
        const struct scn_share *shares =
            shares_of(arena, (struct scn_action){.status_code = 404}, groups, request, &count);
        cr_assert_eq(count, 1);
        cr_expect_str_eq(shares[0].label, refusals[i].label);
    }
}

Test(traffic, the_lowest_priority_number_wins)
{
    const struct scn_rule rules[] = {
        {.id = "first", .priority = 1, .action = {.status_code = 500}},
        {.id = "second", .priority = 2, .action = {.status_code = 404}}};
    const struct scn_listener listener = {.port = 80, .rules = rules, .rule_count = 2};
    struct ground ground;
    lay_ground(&ground, &listener, NULL, 0);
    struct lat_rng rng;
    struct scn_outcome outcome;
    lat_rng_init(&rng, 1);
    scn_traffic_send(&ground.estate, &plain, &rng, &outcome);
    cr_expect_str_eq(outcome.rule->id, "first");
    cr_expect_eq(outcome.status, 500);
}
