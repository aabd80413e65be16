/* Request matching and weighted choice as the service's guide describes them; see traffic.h. */
#include "scenarios/engine/traffic.h"

#include "common/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool bytes_equal(const char *a, const char *b, size_t length, bool case_sensitive)
{
    return case_sensitive ? memcmp(a, b, length) == 0 : strncasecmp(a, b, length) == 0;
}

/* Whether length bytes of text compare with value. A prefix is compared as text, not by path
 * segments: "/api" also matches "/apis" (chosen: the guide only speaks of a prefix). */
static bool text_matches(const char *text, size_t length, enum scn_compare compare,
                         const char *value, bool case_sensitive)
{
    size_t width = strlen(value);
    if (width > length)
        return false;
    switch (compare) {
    case SCN_COMPARE_EXACT:
        return width == length && bytes_equal(text, value, width, case_sensitive);
    case SCN_COMPARE_PREFIX:
        return bytes_equal(text, value, width, case_sensitive);
    case SCN_COMPARE_CONTAINS:
        for (size_t i = 0; i + width <= length; i++)
            if (bytes_equal(text + i, value, width, case_sensitive))
                return true;
        return false;
    case SCN_COMPARE_COUNT:
        break;
    }
    return false;
}

/* Header names are compared in any letter case, values as the match says (documented). */
static bool header_matches(const struct scn_request *request, const struct scn_header_match *match)
{
    for (size_t i = 0; i < request->header_count; i++) {
        const struct scn_header *header = &request->headers[i];
        if (lat_text_eq_ignore_case(header->name, match->name) &&
            text_matches(header->value, strlen(header->value), match->compare, match->value,
                         match->case_sensitive))
            return true;
    }
    return false;
}

/* All conditions of a rule must hold; the method is compared exactly (documented). */
static bool rule_matches(const struct scn_request *request, const struct scn_match *match)
{
    const char *method = request->method != NULL ? request->method : "GET";
    const char *path = request->path != NULL ? request->path : "/";
    if (match->method != NULL && !lat_text_eq(match->method, method))
        return false;
    if (match->path != NULL && !text_matches(path, strcspn(path, "?"), match->path_compare,
                                             match->path, match->path_case_sensitive))
        return false;
    for (size_t i = 0; i < match->header_count; i++)
        if (!header_matches(request, &match->headers[i]))
            return false;
    return true;
}

static bool network_has_vpc(const struct scn_network *network, const char *vpc)
{
    for (size_t i = 0; i < network->vpc_count; i++)
        if (lat_text_eq(network->vpcs[i].status, "ACTIVE") &&
            (vpc == NULL || lat_text_eq(network->vpcs[i].vpc, vpc)))
            return true;
    return false;
}

/* A client reaches a service through a network that both are actively associated with
 * (documented). */
static bool is_reachable(const struct scn_estate *estate, const struct scn_service *service,
                         const char *from_vpc)
{
    for (size_t i = 0; i < service->association_count; i++) {
        const struct scn_association *association = &service->associations[i];
        const struct scn_network *network = scn_estate_network(estate, association->network_id);
        if (lat_text_eq(association->status, "ACTIVE") && network != NULL &&
            network_has_vpc(network, from_vpc))
            return true;
    }
    return false;
}

/* HEALTHY targets and those that nobody checks take requests. When there is none of them, every
 * target that is not draining does: the service fails open (documented). */
static const struct scn_target *choose_target(const struct scn_group *group, struct lat_rng *rng)
{
    for (int fail_open = 0; fail_open <= 1; fail_open++) {
        const struct scn_target *chosen = NULL;
        uint64_t seen = 0;
        for (size_t i = 0; i < group->target_count; i++) {
            const struct scn_target *target = &group->targets[i];
            bool takes = fail_open ? !lat_text_eq(target->status, "DRAINING")
                                   : lat_text_eq(target->status, "HEALTHY") ||
                                         lat_text_eq(target->status, "UNAVAILABLE");
            if (takes && lat_rng_below(rng, ++seen) == 0)
                chosen = target;
        }
        if (chosen != NULL)
            return chosen;
    }
    return NULL;
}

/* Weights are relative; a sole group receives everything whatever its weight (documented). Health
 * plays no part in the choice between groups (chosen). */
static const struct scn_weight *choose_group(const struct scn_action *action, struct lat_rng *rng)
{
    if (action->group_count == 1)
        return &action->groups[0];
    int64_t total = 0;
    for (size_t i = 0; i < action->group_count; i++)
        total += action->groups[i].weight;
    if (total <= 0)
        return NULL;
    int64_t drawn = (int64_t)lat_rng_below(rng, (uint64_t)total);
    for (size_t i = 0; i < action->group_count; i++) {
        drawn -= action->groups[i].weight;
        if (drawn < 0)
            return &action->groups[i];
    }
    return NULL;
}

static void perform(const struct scn_estate *estate, const struct scn_action *action,
                    struct lat_rng *rng, struct scn_outcome *ret_outcome)
{
    if (action->status_code != 0) {
        ret_outcome->kind = SCN_OUTCOME_FIXED;
        ret_outcome->status = action->status_code;
        return;
    }
    const struct scn_weight *weight = choose_group(action, rng);
    if (weight == NULL) {
        ret_outcome->kind = SCN_OUTCOME_NO_WEIGHT;
        return;
    }
    ret_outcome->group = scn_estate_group(estate, weight->group);
    if (ret_outcome->group != NULL)
        ret_outcome->target = choose_target(ret_outcome->group, rng);
    ret_outcome->kind = ret_outcome->target != NULL ? SCN_OUTCOME_FORWARDED : SCN_OUTCOME_NO_TARGET;
}

void scn_traffic_send(const struct scn_estate *estate, const struct scn_request *request,
                      struct lat_rng *rng, struct scn_outcome *ret_outcome)
{
    *ret_outcome = (struct scn_outcome){.kind = SCN_OUTCOME_NO_SERVICE};
    const struct scn_service *service = scn_estate_service(estate, request->service);
    if (service == NULL)
        return;
    ret_outcome->kind = SCN_OUTCOME_NO_NETWORK;
    if (!is_reachable(estate, service, request->from_vpc))
        return;
    ret_outcome->kind = SCN_OUTCOME_NO_LISTENER;
    const struct scn_listener *listener = scn_service_listener(service, request->port);
    if (listener == NULL)
        return;
    const struct scn_action *action = &listener->default_action;
    /* Rules are tried from the lowest priority number up, the default action last (documented). */
    for (size_t i = 0; i < listener->rule_count && ret_outcome->rule == NULL; i++)
        if (rule_matches(request, &listener->rules[i].match))
            ret_outcome->rule = &listener->rules[i];
    if (ret_outcome->rule != NULL)
        action = &ret_outcome->rule->action;
    perform(estate, action, rng, ret_outcome);
}

static const char *outcome_label(const struct scn_outcome *outcome, char *text, size_t text_bytes)
{
    static const char *const names[SCN_OUTCOME_KIND_COUNT] = {
        [SCN_OUTCOME_NO_SERVICE] = "no service",   [SCN_OUTCOME_NO_NETWORK] = "no network",
        [SCN_OUTCOME_NO_LISTENER] = "no listener", [SCN_OUTCOME_NO_TARGET] = "no target",
        [SCN_OUTCOME_NO_WEIGHT] = "no weight",
    };
    if (outcome->kind == SCN_OUTCOME_FORWARDED)
        return scn_group_label(outcome->group, text, text_bytes);
    if (outcome->kind == SCN_OUTCOME_FIXED)
        snprintf(text, text_bytes, "%lld", (long long)outcome->status);
    else
        snprintf(text, text_bytes, "%s", names[outcome->kind]);
    return text;
}

/* The largest share first; equal ones by label. */
static int by_count(const void *a, const void *b)
{
    const struct scn_share *left = a;
    const struct scn_share *right = b;
    if (left->count != right->count)
        return left->count < right->count ? 1 : -1;
    return strcmp(left->label, right->label);
}

void scn_traffic_split(struct lat_arena *arena, const struct scn_estate *estate,
                       const struct scn_request *request, int64_t request_count,
                       struct lat_rng *rng, const struct scn_share **ret_shares,
                       size_t *ret_share_count)
{
    struct scn_share *shares = NULL;
    size_t share_count = 0;
    for (int64_t sent = 0; sent < request_count; sent++) {
        struct scn_outcome outcome;
        char label[SCN_LABEL_BYTES];
        scn_traffic_send(estate, request, rng, &outcome);
        outcome_label(&outcome, label, sizeof label);
        size_t found = 0;
        while (found < share_count && !lat_text_eq(shares[found].label, label))
            found++;
        if (found == share_count)
            LAT_ARENA_PUSH(arena, shares, share_count)->label = lat_arena_strdup(arena, label);
        shares[found].count++;
    }
    if (share_count > 1)
        qsort(shares, share_count, sizeof *shares, by_count);
    *ret_shares = shares;
    *ret_share_count = share_count;
}
