/* Expectations on VPC Lattice: services, listeners, rules, target groups, tags, and what stayed as
 * it was. They read the estate; "answer:" is the way to everything that is not in it. */
#include "scenarios/engine/run.h"

#include "common/base/json.h"
#include "common/base/text.h"
#include "scenarios/engine/aspect.h"
#include "scenarios/engine/expect.h"
#include "scenarios/engine/pattern.h"

#include <string.h>

/* --- service ---------------------------------------------------------------------------------- */

static const struct scn_member service_members[] = {{"name", SCN_TEXT, true},
                                                    {"exists", SCN_BOOL, false},
                                                    {"owner", SCN_TEXT, false},
                                                    {"networks", SCN_LIST, false}};

static const char *describe_service(struct lat_arena *arena, const json_t *value)
{
    const char *name = lat_json_string_at(value, "name", "?");
    const char *owner = lat_json_string_at(value, "owner", NULL);
    const json_t *networks = json_object_get(value, "networks");
    if (!lat_json_bool_at(value, "exists", true))
        return lat_arena_printf(arena, "service %s does not exist", name);
    const char *text = lat_arena_printf(arena, "service %s exists", name);
    if (owner != NULL)
        text = lat_arena_printf(arena, "%s, its owner is %s", text, owner);
    if (networks != NULL)
        text = lat_arena_printf(arena, "%s, its service networks: %s", text,
                                scn_list_text(arena, networks));
    return text;
}

static const char *owner_of(const struct scn_tag *tags, size_t tag_count)
{
    const char *owner = scn_tag_value(tags, tag_count, SCN_TAG_OWNER);
    return owner != NULL ? owner : "nobody";
}

static bool has_networks(const struct scn_service *service, const json_t *networks)
{
    for (size_t i = 0; i < service->association_count; i++) {
        bool named = false;
        size_t index;
        json_t *item;
        json_array_foreach(lat_json_iterable(networks), index, item) {
            named = named ||
                    lat_text_eq(json_string_value(item), service->associations[i].network_name);
        }
        if (!named)
            return false;
    }
    return service->association_count == json_array_size(networks);
}

static int perform_service(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    const struct scn_estate *estate = NULL;
    if (scn_run_estate(run, &estate, reterr) < 0)
        return -1;
    const struct scn_service *service =
        scn_estate_service(estate, lat_json_string_at(value, "name", ""));
    bool exists = lat_json_bool_at(value, "exists", true);
    const char *owner = lat_json_string_at(value, "owner", NULL);
    const json_t *networks = json_object_get(value, "networks");
    const char *found = NULL;
    if ((service != NULL) != exists)
        found = exists ? "it does not exist" : "it exists";
    else if (exists && owner != NULL &&
             !lat_text_eq(owner_of(service->tags, service->tag_count), owner))
        found = lat_arena_printf(run->arena, "its owner is %s",
                                 owner_of(service->tags, service->tag_count));
    else if (exists && networks != NULL && !has_networks(service, networks))
        found = "other service networks";
    scn_run_check(run, found == NULL, describe_service(run->arena, value), found);
    return 0;
}

/* --- listeners, rules, rule ------------------------------------------------------------------- */

static const struct scn_member listeners_members[] = {{"service", SCN_TEXT, true},
                                                      {"are", SCN_LIST, true}};

static const char *describe_listeners(struct lat_arena *arena, const json_t *value)
{
    return lat_arena_printf(arena, "service %s listens on %s",
                            lat_json_string_at(value, "service", "?"),
                            scn_list_text(arena, json_object_get(value, "are")));
}

static int perform_listeners(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    const struct scn_estate *estate = NULL;
    if (scn_run_estate(run, &estate, reterr) < 0)
        return -1;
    const struct scn_service *service =
        scn_estate_service(estate, lat_json_string_at(value, "service", ""));
    const char *found = "";
    const json_t *wanted = json_object_get(value, "are");
    bool same = service != NULL && service->listener_count == json_array_size(wanted);
    for (size_t i = 0; service != NULL && i < service->listener_count; i++) {
        const struct scn_listener *listener = &service->listeners[i];
        const char *word =
            lat_arena_printf(run->arena, "%s:%lld", listener->protocol, (long long)listener->port);
        bool named = false;
        for (size_t j = 0; j < json_array_size(wanted); j++)
            named = named || lat_text_eq(json_string_value(json_array_get(wanted, j)), word);
        same = same && named;
        found = lat_arena_printf(run->arena, "%s%s%s", found, i > 0 ? ", " : "", word);
    }
    scn_run_check(run, same, describe_listeners(run->arena, value),
                  service != NULL ? found : "there is no such service");
    return 0;
}

/* The listener that value names by service and port; NULL with *ret_found saying what is missing.
 */
static const struct scn_listener *find_listener(const struct scn_estate *estate,
                                                const json_t *value, const char **ret_found)
{
    const struct scn_service *service =
        scn_estate_service(estate, lat_json_string_at(value, "service", ""));
    *ret_found = "there is no such service";
    if (service == NULL)
        return NULL;
    *ret_found = "nothing listens on that port";
    return scn_service_listener(service, lat_json_int_at(value, "port", 0));
}

static const struct scn_member rules_members[] = {
    {"service", SCN_TEXT, true}, {"port", SCN_NUMBER, true}, {"count", SCN_NUMBER, true}};

static const char *describe_rules(struct lat_arena *arena, const json_t *value)
{
    return lat_arena_printf(arena, "port %lld of service %s has %lld rules",
                            (long long)lat_json_int_at(value, "port", 0),
                            lat_json_string_at(value, "service", "?"),
                            (long long)lat_json_int_at(value, "count", 0));
}

static int perform_rules(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    const struct scn_estate *estate = NULL;
    const char *found = NULL;
    if (scn_run_estate(run, &estate, reterr) < 0)
        return -1;
    const struct scn_listener *listener = find_listener(estate, value, &found);
    bool same =
        listener != NULL && listener->rule_count == (size_t)lat_json_int_at(value, "count", 0);
    if (listener != NULL)
        found = lat_arena_printf(run->arena, "%zu rules", listener->rule_count);
    scn_run_check(run, same, describe_rules(run->arena, value), found);
    return 0;
}

static const struct scn_member rule_members[] = {
    {"service", SCN_TEXT, true},    {"port", SCN_NUMBER, true},      {"path", SCN_TEXT, false},
    {"match", SCN_TEXT, false},     {"exists", SCN_BOOL, false},     {"id", SCN_TEXT, false},
    {"not id", SCN_TEXT, false},    {"priority", SCN_NUMBER, false}, {"forwards", SCN_MAP, false},
    {"answers", SCN_NUMBER, false},
};

static const char *rule_name(struct lat_arena *arena, const json_t *value)
{
    const char *path = lat_json_string_at(value, "path", NULL);
    const char *match = lat_json_string_at(value, "match", path);
    return match != NULL ? lat_arena_printf(arena, "rule \"%s\"", match) : "the default action";
}

static const char *describe_rule(struct lat_arena *arena, const json_t *value)
{
    const char *text = lat_arena_printf(arena, "%s on port %lld of %s", rule_name(arena, value),
                                        (long long)lat_json_int_at(value, "port", 0),
                                        lat_json_string_at(value, "service", "?"));
    const json_t *forwards = json_object_get(value, "forwards");
    const char *id = lat_json_string_at(value, "id", NULL);
    const char *not_id = lat_json_string_at(value, "not id", NULL);
    if (!lat_json_bool_at(value, "exists", true))
        return lat_arena_printf(arena, "%s is gone", text);
    text = lat_arena_printf(arena, "%s exists", text);
    if (forwards != NULL)
        text =
            lat_arena_printf(arena, "%s and forwards to %s", text, scn_pairs_text(arena, forwards));
    if (json_object_get(value, "answers") != NULL)
        text = lat_arena_printf(arena, "%s and answers %lld", text,
                                (long long)lat_json_int_at(value, "answers", 0));
    if (json_object_get(value, "priority") != NULL)
        text = lat_arena_printf(arena, "%s, priority %lld", text,
                                (long long)lat_json_int_at(value, "priority", 0));
    if (id != NULL)
        text = lat_arena_printf(arena, "%s, still with id %s", text, id);
    if (not_id != NULL)
        text = lat_arena_printf(arena, "%s, with another id than %s", text, not_id);
    return text;
}

/* Whether an action is what the story wants: the same groups with the same weights. */
static bool action_holds(const struct scn_estate *estate, const struct scn_action *action,
                         const json_t *value)
{
    const json_t *forwards = json_object_get(value, "forwards");
    const json_t *answers = json_object_get(value, "answers");
    if (answers != NULL && action->status_code != json_integer_value(answers))
        return false;
    if (forwards == NULL)
        return true;
    const char *label;
    json_t *weight;
    json_object_foreach(lat_json_iterable(forwards), label, weight) {
        const struct scn_group *group = scn_estate_group(estate, label);
        bool holds = false;
        for (size_t i = 0; group != NULL && i < action->group_count; i++)
            if (scn_estate_group(estate, action->groups[i].group) == group)
                holds = action->groups[i].weight == json_integer_value(weight);
        if (!holds)
            return false;
    }
    return action->group_count == json_object_size(forwards);
}

static const struct scn_rule *find_rule(struct lat_arena *arena,
                                        const struct scn_listener *listener, const json_t *value)
{
    const char *path = lat_json_string_at(value, "path", NULL);
    const char *match = lat_json_string_at(value, "match", NULL);
    for (size_t i = 0; i < listener->rule_count; i++) {
        const struct scn_rule *rule = &listener->rules[i];
        if (match != NULL ? lat_text_eq(scn_match_text(arena, &rule->match), match)
                          : lat_text_eq(rule->match.path, path))
            return rule;
    }
    return NULL;
}

static bool rule_holds(const struct scn_estate *estate, const struct scn_rule *rule,
                       const json_t *value)
{
    const char *id = lat_json_string_at(value, "id", NULL);
    const char *not_id = lat_json_string_at(value, "not id", NULL);
    return (id == NULL || lat_text_eq(rule->id, id)) &&
           (not_id == NULL || !lat_text_eq(rule->id, not_id)) &&
           rule->priority == lat_json_int_at(value, "priority", rule->priority) &&
           action_holds(estate, &rule->action, value);
}

static int perform_rule(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    const struct scn_estate *estate = NULL;
    const char *found = NULL;
    bool holds = false;
    if (scn_run_estate(run, &estate, reterr) < 0)
        return -1;
    bool exists = lat_json_bool_at(value, "exists", true);
    bool is_default =
        json_object_get(value, "path") == NULL && json_object_get(value, "match") == NULL;
    const struct scn_listener *listener = find_listener(estate, value, &found);
    const struct scn_rule *rule = NULL;
    if (listener != NULL && is_default) {
        holds = action_holds(estate, &listener->default_action, value);
        found = scn_action_text(run->arena, estate, &listener->default_action);
    } else {
        if (listener != NULL) {
            rule = find_rule(run->arena, listener, value);
            found = "there is no such rule";
        }
        holds = rule != NULL ? exists && rule_holds(estate, rule, value) : !exists;
        if (rule != NULL)
            found = lat_arena_printf(run->arena, "rule %s, priority %lld: %s", rule->id,
                                     (long long)rule->priority,
                                     scn_action_text(run->arena, estate, &rule->action));
    }
    scn_run_check(run, holds, describe_rule(run->arena, value), found);
    return 0;
}

/* --- target group ----------------------------------------------------------------------------- */

static const struct scn_member group_members[] = {
    {"name", SCN_TEXT, true},    {"exists", SCN_BOOL, false},    {"status", SCN_TEXT, false},
    {"owner", SCN_TEXT, false},  {"targets", SCN_NUMBER, false}, {"healthy", SCN_NUMBER, false},
    {"config", SCN_TEXT, false},
};

static const char *describe_group(struct lat_arena *arena, const json_t *value)
{
    const char *name = lat_json_string_at(value, "name", "?");
    if (!lat_json_bool_at(value, "exists", true))
        return lat_arena_printf(arena, "target group %s does not exist", name);
    const char *text = lat_arena_printf(arena, "target group %s exists", name);
    const char *key;
    json_t *item;
    json_object_foreach(lat_json_iterable(value), key, item) {
        if (!lat_text_eq(key, "name") && !lat_text_eq(key, "exists"))
            text = lat_arena_printf(arena, "%s, %s %s", text, key,
                                    json_is_string(item) ? json_string_value(item)
                                                         : lat_json_text(arena, item));
    }
    return text;
}

static int64_t healthy_count(const struct scn_group *group)
{
    int64_t count = 0;
    for (size_t i = 0; i < group->target_count; i++)
        count += lat_text_eq(group->targets[i].status, "HEALTHY");
    return count;
}

static int64_t staying_count(const struct scn_group *group)
{
    int64_t count = 0;
    for (size_t i = 0; i < group->target_count; i++)
        count += !lat_text_eq(group->targets[i].status, "DRAINING");
    return count;
}

static bool group_holds(const struct scn_group *group, const json_t *value)
{
    const char *owner = owner_of(group->tags, group->tag_count);
    return lat_text_eq(lat_json_string_at(value, "status", group->status), group->status) &&
           lat_text_eq(lat_json_string_at(value, "owner", owner), owner) &&
           lat_json_int_at(value, "targets", staying_count(group)) == staying_count(group) &&
           lat_json_int_at(value, "healthy", healthy_count(group)) == healthy_count(group) &&
           strstr(group->config, lat_json_string_at(value, "config", "")) != NULL;
}

static int perform_group(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    const struct scn_estate *estate = NULL;
    if (scn_run_estate(run, &estate, reterr) < 0)
        return -1;
    const struct scn_group *group = scn_estate_group(estate, lat_json_string_at(value, "name", ""));
    bool exists = lat_json_bool_at(value, "exists", true);
    const char *found = "it does not exist";
    if (group != NULL)
        found = lat_arena_printf(run->arena, "status %s, owner %s, %lld targets, %lld healthy, %s",
                                 group->status, owner_of(group->tags, group->tag_count),
                                 (long long)staying_count(group), (long long)healthy_count(group),
                                 group->config);
    bool holds = group != NULL ? exists && group_holds(group, value) : !exists;
    scn_run_check(run, holds, describe_group(run->arena, value), found);
    return 0;
}

/* --- tags ------------------------------------------------------------------------------------- */

static const struct scn_member tags_members[] = {{"service", SCN_TEXT, false},
                                                 {"target group", SCN_TEXT, false},
                                                 {"has", SCN_MAP, false},
                                                 {"lacks", SCN_LIST, false}};

static const char *describe_tags(struct lat_arena *arena, const json_t *value)
{
    const json_t *has = json_object_get(value, "has");
    const json_t *lacks = json_object_get(value, "lacks");
    const char *name =
        lat_json_string_at(value, "service", lat_json_string_at(value, "target group", "?"));
    const char *text = lat_arena_printf(arena, "%s", name);
    const char *key;
    json_t *item;
    json_object_foreach(lat_json_iterable(has), key, item) {
        text = lat_arena_printf(arena, "%s has tag %s=%s", text, key,
                                lat_text_or_empty(json_string_value(item)));
    }
    if (lacks != NULL)
        text = lat_arena_printf(arena, "%s lacks the tags %s", text, scn_list_text(arena, lacks));
    return text;
}

static const char *tags_fault(struct lat_arena *arena, const struct scn_tag *tags, size_t tag_count,
                              const json_t *value)
{
    const char *key;
    json_t *item;
    size_t index;
    json_object_foreach(json_object_get(value, "has"), key, item) {
        const char *tag = scn_tag_value(tags, tag_count, key);
        if (!lat_text_eq(tag, json_string_value(item)))
            return lat_arena_printf(arena, "%s is %s", key, tag != NULL ? tag : "not there");
    }
    json_array_foreach(json_object_get(value, "lacks"), index, item) {
        if (scn_tag_value(tags, tag_count, json_string_value(item)) != NULL)
            return lat_arena_printf(arena, "%s is there", json_string_value(item));
    }
    return NULL;
}

static int perform_tags(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    const struct scn_estate *estate = NULL;
    const char *found = "it does not exist";
    if (scn_run_estate(run, &estate, reterr) < 0)
        return -1;
    const struct scn_service *service =
        scn_estate_service(estate, lat_json_string_at(value, "service", NULL));
    const struct scn_group *group =
        scn_estate_group(estate, lat_json_string_at(value, "target group", NULL));
    if (service != NULL)
        found = tags_fault(run->arena, service->tags, service->tag_count, value);
    else if (group != NULL)
        found = tags_fault(run->arena, group->tags, group->tag_count, value);
    scn_run_check(run, found == NULL, describe_tags(run->arena, value), found);
    return 0;
}

/* --- unchanged -------------------------------------------------------------------------------- */

static const struct scn_member unchanged_members[] = {{"service", SCN_TEXT, false},
                                                      {"target group", SCN_TEXT, false},
                                                      {"since", SCN_TEXT, true},
                                                      {"keeps", SCN_LIST, false}};

static const char *describe_unchanged(struct lat_arena *arena, const json_t *value)
{
    const json_t *keeps = json_object_get(value, "keeps");
    const char *service = lat_json_string_at(value, "service", NULL);
    if (service == NULL)
        return lat_arena_printf(arena, "target group %s is as it was",
                                lat_json_string_at(value, "target group", "?"));
    return lat_arena_printf(arena, "service %s keeps %s", service,
                            keeps != NULL ? scn_list_text(arena, keeps) : "everything");
}

static int check_aspect(struct scn_run *run, const struct scn_aspect *aspect,
                        const struct scn_estate *before, const struct scn_estate *now,
                        const char *word, struct lat_err *reterr)
{
    const struct scn_service *was = scn_estate_service(before, word);
    const struct scn_service *is = scn_estate_service(now, word);
    if (was == NULL)
        return lat_err_input(reterr, "there was no service %s to remember", word);
    const char *old = aspect->text(run->arena, before, was);
    const char *new = is != NULL ? aspect->text(run->arena, now, is) : "the service is gone";
    scn_run_check(run, lat_text_eq(old, new),
                  lat_arena_printf(run->arena, "service %s keeps %s", word, aspect->phrase),
                  lat_arena_printf(run->arena, "%s\nbefore: %s", new, old));
    return 0;
}

static const struct scn_aspect *find_aspect(const char *word)
{
    for (size_t i = 0; i < scn_aspect_count; i++)
        if (lat_text_eq(scn_aspects[i].word, word))
            return &scn_aspects[i];
    return NULL;
}

static int check_service(struct scn_run *run, const struct scn_estate *before,
                         const struct scn_estate *now, const json_t *value, const char *word,
                         struct lat_err *reterr)
{
    const json_t *keeps = json_object_get(value, "keeps");
    size_t index;
    json_t *item;
    for (size_t i = 0; keeps == NULL && i < scn_aspect_count; i++)
        if (check_aspect(run, &scn_aspects[i], before, now, word, reterr) < 0)
            return -1;
    json_array_foreach(lat_json_iterable(keeps), index, item) {
        const struct scn_aspect *aspect = find_aspect(json_string_value(item));
        if (aspect == NULL)
            return lat_err_input(reterr, "\"keeps\" knows no \"%s\"; docs/scenarios.md lists them",
                                 lat_text_or_empty(json_string_value(item)));
        if (check_aspect(run, aspect, before, now, word, reterr) < 0)
            return -1;
    }
    return 0;
}

static int perform_unchanged(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    const struct scn_estate *now = NULL;
    const struct scn_memory *memory = NULL;
    if (scn_run_memory(run, lat_json_string_at(value, "since", ""), &memory, reterr) < 0 ||
        scn_run_estate(run, &now, reterr) < 0)
        return -1;
    const char *service = lat_json_string_at(value, "service", NULL);
    const char *word = lat_json_string_at(value, "target group", NULL);
    if (service != NULL)
        return check_service(run, &memory->estate, now, value, service, reterr);
    if (word == NULL)
        return lat_err_input(reterr, "\"unchanged\" needs \"service\" or \"target group\"");
    const struct scn_group *was = scn_estate_group(&memory->estate, word);
    const struct scn_group *is = scn_estate_group(now, word);
    if (was == NULL)
        return lat_err_input(reterr, "there was no target group %s to remember", word);
    const char *old = scn_group_text(run->arena, was);
    const char *new = is != NULL ? scn_group_text(run->arena, is) : "it is gone";
    scn_run_check(run, lat_text_eq(old, new), describe_unchanged(run->arena, value),
                  lat_arena_printf(run->arena, "%s\nbefore: %s", new, old));
    return 0;
}

/* --- answer ----------------------------------------------------------------------------------- */

static const struct scn_member answer_members[] = {
    {"call", SCN_TEXT, true},     {"input", SCN_MAP, false},     {"has", SCN_MAP, false},
    {"refused", SCN_TEXT, false}, {"status", SCN_NUMBER, false}, {"says", SCN_TEXT, false},
};

static const char *describe_answer(struct lat_arena *arena, const json_t *value)
{
    const char *refused = lat_json_string_at(value, "refused", NULL);
    const char *operation = lat_json_string_at(value, "call", "?");
    const char *says = lat_json_string_at(value, "says", NULL);
    if (refused != NULL)
        return lat_arena_printf(arena, "%s is refused with %s", operation, refused);
    return lat_arena_printf(arena, "%s: %s", says != NULL ? says : operation,
                            scn_pattern_all_text(arena, json_object_get(value, "has")));
}

static int perform_answer(struct scn_run *run, const json_t *value, struct lat_err *reterr)
{
    struct scn_answer answer;
    const char *refused = lat_json_string_at(value, "refused", NULL);
    const char *found = NULL;
    if (scn_aws_call(&run->world.aws, run->arena, lat_json_string_at(value, "call", ""),
                     json_object_get(value, "input"), &answer, reterr) < 0)
        return -1;
    int result = 0;
    if (!lat_text_eq(answer.code, refused))
        found = answer.code != NULL
                    ? lat_arena_printf(run->arena, "%s: %s", answer.code, answer.message)
                    : "it was not refused";
    else if (lat_json_int_at(value, "status", answer.status) != answer.status)
        found = lat_arena_printf(run->arena, "status %d", answer.status);
    else
        result = scn_pattern_match_all(run->arena, json_object_get(value, "has"), answer.body,
                                       &found, reterr);
    scn_answer_done(&answer);
    if (result == 0)
        scn_run_check(run, found == NULL, describe_answer(run->arena, value), found);
    return result;
}

#define MEMBERS(table) (table), LAT_COUNT(table)

static const struct scn_kind kinds[] = {
    {"service", SCN_MAP, false, MEMBERS(service_members), describe_service, perform_service},
    {"listeners", SCN_MAP, false, MEMBERS(listeners_members), describe_listeners,
     perform_listeners},
    {"rules", SCN_MAP, false, MEMBERS(rules_members), describe_rules, perform_rules},
    {"rule", SCN_MAP, true, MEMBERS(rule_members), describe_rule, perform_rule},
    {"target group", SCN_MAP, false, MEMBERS(group_members), describe_group, perform_group},
    {"tags", SCN_MAP, false, MEMBERS(tags_members), describe_tags, perform_tags},
    {"unchanged", SCN_MAP, false, MEMBERS(unchanged_members), describe_unchanged,
     perform_unchanged},
    {"answer", SCN_MAP, false, MEMBERS(answer_members), describe_answer, perform_answer},
};

const struct scn_kinds scn_expect_lattice = {kinds, LAT_COUNT(kinds)};
