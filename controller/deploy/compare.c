/* Equality of rule matches, actions and health checks; see deploy_int.h. Absent and zero differ,
 * the order of lists matters. The one exception: an empty list of header matches is none. Source:
 * controller-routes reference 0.6 (observed). */
#include "common/base/text.h"
#include "controller/deploy/deploy_int.h"

static bool ints_equal(struct lat_opt_int a, struct lat_opt_int b)
{
    return a.has == b.has && (!a.has || a.value == b.value);
}

static bool bools_equal(struct lat_opt_bool a, struct lat_opt_bool b)
{
    return a.has == b.has && (!a.has || a.value == b.value);
}

/* Whether both are absent; else *ret_comparable says whether both are present. */
static bool both_absent(const void *a, const void *b, bool *ret_comparable)
{
    *ret_comparable = a != NULL && b != NULL;
    return a == NULL && b == NULL;
}

static bool path_types_equal(const struct lat_path_match_type *a,
                             const struct lat_path_match_type *b)
{
    bool comparable = false;
    if (both_absent(a, b, &comparable))
        return true;
    return comparable && lat_text_eq(a->exact, b->exact) && lat_text_eq(a->prefix, b->prefix);
}

static bool paths_equal(const struct lat_path_match *a, const struct lat_path_match *b)
{
    bool comparable = false;
    if (both_absent(a, b, &comparable))
        return true;
    return comparable && bools_equal(a->case_sensitive, b->case_sensitive) &&
           path_types_equal(a->match, b->match);
}

static bool header_types_equal(const struct lat_header_match_type *a,
                               const struct lat_header_match_type *b)
{
    bool comparable = false;
    if (both_absent(a, b, &comparable))
        return true;
    return comparable && lat_text_eq(a->exact, b->exact) && lat_text_eq(a->prefix, b->prefix) &&
           lat_text_eq(a->contains, b->contains);
}

static bool headers_equal(struct lat_list a, struct lat_list b)
{
    if (a.count != b.count)
        return false;
    const struct lat_header_match *first = a.items;
    const struct lat_header_match *second = b.items;
    for (size_t i = 0; i < a.count; i++)
        if (!lat_text_eq(first[i].name, second[i].name) ||
            !bools_equal(first[i].case_sensitive, second[i].case_sensitive) ||
            !header_types_equal(first[i].match, second[i].match))
            return false;
    return true;
}

bool gwc_match_is_equal(const struct lat_rule_match *a, const struct lat_rule_match *b)
{
    bool comparable = false;
    if (a == NULL || b == NULL)
        return false; /* a default rule has no match and equals no wanted rule */
    if (both_absent(a->http_match, b->http_match, &comparable))
        return true;
    return comparable && lat_text_eq(a->http_match->method, b->http_match->method) &&
           paths_equal(a->http_match->path_match, b->http_match->path_match) &&
           headers_equal(a->http_match->header_matches, b->http_match->header_matches);
}

static bool forwards_equal(const struct lat_forward_action *a, const struct lat_forward_action *b)
{
    bool comparable = false;
    if (both_absent(a, b, &comparable))
        return true;
    if (!comparable || a->target_groups.count != b->target_groups.count)
        return false;
    const struct lat_weighted_target_group *first = a->target_groups.items;
    const struct lat_weighted_target_group *second = b->target_groups.items;
    for (size_t i = 0; i < a->target_groups.count; i++)
        if (!lat_text_eq(first[i].target_group_identifier, second[i].target_group_identifier) ||
            !ints_equal(first[i].weight, second[i].weight))
            return false;
    return true;
}

static bool fixed_responses_equal(const struct lat_fixed_response_action *a,
                                  const struct lat_fixed_response_action *b)
{
    bool comparable = false;
    if (both_absent(a, b, &comparable))
        return true;
    return comparable && ints_equal(a->status_code, b->status_code);
}

bool gwc_action_is_equal(const struct lat_rule_action *a, const struct lat_rule_action *b)
{
    bool comparable = false;
    if (both_absent(a, b, &comparable))
        return true;
    return comparable && forwards_equal(a->forward, b->forward) &&
           fixed_responses_equal(a->fixed_response, b->fixed_response);
}

static bool matchers_equal(const struct lat_matcher *a, const struct lat_matcher *b)
{
    bool comparable = false;
    if (both_absent(a, b, &comparable))
        return true;
    return comparable && lat_text_eq(a->http_code, b->http_code);
}

bool gwc_health_check_is_equal(const struct lat_health_check_config *a,
                               const struct lat_health_check_config *b)
{
    bool comparable = false;
    if (both_absent(a, b, &comparable))
        return true;
    return comparable && bools_equal(a->enabled, b->enabled) &&
           lat_text_eq(a->protocol, b->protocol) &&
           lat_text_eq(a->protocol_version, b->protocol_version) && ints_equal(a->port, b->port) &&
           lat_text_eq(a->path, b->path) &&
           ints_equal(a->health_check_interval_seconds, b->health_check_interval_seconds) &&
           ints_equal(a->health_check_timeout_seconds, b->health_check_timeout_seconds) &&
           ints_equal(a->healthy_threshold_count, b->healthy_threshold_count) &&
           ints_equal(a->unhealthy_threshold_count, b->unhealthy_threshold_count) &&
           matchers_equal(a->matcher, b->matcher);
}
