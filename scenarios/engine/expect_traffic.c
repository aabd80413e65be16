/* "traffic:": seeded requests against a listener and how they split. It is an action and an
 * expectation in one; without "split:" it only shows the shares. */
#include "scenarios/engine/traffic.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "scenarios/engine/expect.h"
#include "scenarios/engine/pattern.h"
#include "scenarios/engine/run.h"

#include <math.h>
#include <stdlib.h>

#define REQUESTS_DEFAULT  10000
#define REQUESTS_MAX      1000000
#define TOLERANCE_PERCENT 1.5 /* points, when the story names none */

const struct scn_member scn_traffic_members[SCN_TRAFFIC_MEMBER_COUNT] = {
    {"service", SCN_TEXT, true},     {"port", SCN_NUMBER, true},  {"method", SCN_TEXT, false},
    {"path", SCN_TEXT, false},       {"headers", SCN_MAP, false}, {"from", SCN_TEXT, false},
    {"requests", SCN_NUMBER, false}, {"split", SCN_MAP, false},   {"tolerance", SCN_NUMBER, false},
};

const char *scn_traffic_describe(struct lat_arena *arena, const json_t *value)
{
    const json_t *split = json_object_get(value, "split");
    const char *text = lat_arena_printf(
        arena, "%lld requests %s %s to %s port %lld",
        (long long)lat_json_int_at(value, "requests", REQUESTS_DEFAULT),
        lat_json_string_at(value, "method", "GET"), lat_json_string_at(value, "path", "/"),
        lat_json_string_at(value, "service", "?"), (long long)lat_json_int_at(value, "port", 0));
    if (split == NULL)
        return text;
    return lat_arena_printf(arena, "%s split: %s", text, scn_pairs_text(arena, split));
}

static struct scn_request decode_request(struct lat_arena *arena, const json_t *value)
{
    struct scn_request request = {
        .service = lat_json_string_at(value, "service", ""),
        .port = lat_json_int_at(value, "port", 0),
        .from_vpc = lat_json_string_at(value, "from", NULL),
        .method = lat_json_string_at(value, "method", NULL),
        .path = lat_json_string_at(value, "path", NULL),
    };
    struct scn_header *headers = NULL;
    const char *name;
    json_t *text;
    json_object_foreach(json_object_get(value, "headers"), name, text) {
        struct scn_header *header = LAT_ARENA_PUSH(arena, headers, request.header_count);
        header->name = name;
        header->value = json_is_string(text) ? json_string_value(text) : lat_json_text(arena, text);
    }
    request.headers = headers;
    return request;
}

static double percent_of(const struct scn_share *shares, size_t share_count, const char *label,
                         int64_t request_count)
{
    for (size_t i = 0; i < share_count; i++)
        if (lat_text_eq(shares[i].label, label))
            return 100.0 * (double)shares[i].count / (double)request_count;
    return 0.0;
}

static const char *shares_text(struct lat_arena *arena, const struct scn_share *shares,
                               size_t share_count, int64_t request_count)
{
    const char *text = "";
    for (size_t i = 0; i < share_count; i++)
        text = lat_arena_printf(
            arena, "%s%s%s %.1f %% (%lld)", text, i > 0 ? ", " : "", shares[i].label,
            100.0 * (double)shares[i].count / (double)request_count, (long long)shares[i].count);
    return text;
}

/* Parts are relative, as weights are. What is not named must not receive anything; a part of 0
 * must receive nothing at all. */
static bool split_holds(const struct scn_share *shares, size_t share_count, const json_t *split,
                        int64_t request_count, double tolerance)
{
    double total = 0.0;
    const char *label;
    json_t *part;
    json_object_foreach(lat_json_iterable(split), label, part) {
        total += json_number_value(part);
    }
    for (size_t i = 0; i < share_count; i++)
        if (json_number_value(json_object_get(split, shares[i].label)) <= 0.0)
            return false;
    json_object_foreach(lat_json_iterable(split), label, part) {
        double wanted = total > 0.0 ? 100.0 * json_number_value(part) / total : 0.0;
        double found = percent_of(shares, share_count, label, request_count);
        if (fabs(found - wanted) > tolerance)
            return false;
    }
    return true;
}

int scn_traffic_perform(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    int64_t request_count = lat_json_int_at(value, "requests", REQUESTS_DEFAULT);
    const json_t *split = json_object_get(value, "split");
    const json_t *tolerance = json_object_get(value, "tolerance");
    const struct scn_estate *estate = NULL;
    if (request_count < 1 || request_count > REQUESTS_MAX)
        return lat_err_input(reterr, "\"requests\" is a number from 1 to %d", REQUESTS_MAX);
    if (scn_run_estate(run, &estate, reterr) < 0)
        return -1;
    struct scn_request request = decode_request(run->arena, value);
    const struct scn_share *shares = NULL;
    size_t share_count = 0;
    scn_traffic_split(run->arena, estate, &request, request_count, &run->rng, &shares,
                      &share_count);
    const char *found = shares_text(run->arena, shares, share_count, request_count);
    const char *sentence = scn_traffic_describe(run->arena, value);
    if (split == NULL) {
        scn_report_block(run->report, "traffic",
                         lat_arena_printf(run->arena, "%s: %s", sentence, found));
        return 0;
    }
    double points = tolerance != NULL ? json_number_value(tolerance) : TOLERANCE_PERCENT;
    bool holds = split_holds(shares, share_count, split, request_count, points);
    scn_run_check(run, holds,
                  holds ? lat_arena_printf(run->arena, "%s; got %s", sentence, found) : sentence,
                  found);
    return 0;
}
