/* Lists and gets, decoded at the edge; see inventory.h. It never changes anything. */
#include "scenarios/engine/inventory.h"

#include "common/base/json.h"
#include "common/base/text.h"

#include <stdlib.h>

/* The story's own reading: the client, the arena that keeps the texts, where errors go. */
struct reading {
    const struct scn_aws *aws;
    struct lat_arena *arena;
    struct lat_err *reterr;
};

static const char *text_at(struct reading *reading, const json_t *json, const char *path)
{
    return lat_arena_strdup(reading->arena, lat_json_string_at(json, path, NULL));
}

/* {a: b, c: d}; a NULL name ends the pairs. */
static json_t *input_new(const char *name, const char *value, const char *second_name,
                         const char *second_value)
{
    json_t *input = json_object();
    lat_json_set_string(input, name, value);
    if (second_name != NULL)
        lat_json_set_string(input, second_name, second_value);
    return input;
}

static int list(struct reading *reading, const char *operation, json_t *new_input,
                json_t **ret_items)
{
    json_t *input LAT_AUTO(lat_json_decrefp) = new_input;
    return scn_aws_list(reading->aws, reading->arena, operation, input, ret_items, reading->reterr);
}

/* *ret_body is NULL when the resource went away between the list and this call. */
static int get(struct reading *reading, const char *operation, json_t *new_input, json_t **ret_body)
{
    json_t *input LAT_AUTO(lat_json_decrefp) = new_input;
    struct scn_answer answer;
    if (scn_aws_call(reading->aws, reading->arena, operation, input, &answer, reading->reterr) < 0)
        return -1;
    *ret_body = NULL;
    int result = 0;
    if (answer.code == NULL)
        *ret_body = json_incref(answer.body);
    else if (answer.status != 404)
        result = lat_err_input(reading->reterr, "%s was refused: %s: %s", operation, answer.code,
                               answer.message);
    scn_answer_done(&answer);
    return result;
}

/* Lists, and gets each listed resource whole: the answers as one new array. base names the parent
 * in both calls; id_member is where the get wants the item's id. */
static int get_all(struct reading *reading, const char *list_operation, const char *get_operation,
                   const char *id_member, json_t *new_base, json_t **ret_bodies)
{
    json_t *base LAT_AUTO(lat_json_decrefp) = new_base;
    json_t *items LAT_AUTO(lat_json_decrefp) = NULL;
    json_t *bodies LAT_AUTO(lat_json_decrefp) = json_array();
    if (list(reading, list_operation, json_copy(base), &items) < 0)
        return -1;
    size_t index;
    json_t *item;
    json_array_foreach(items, index, item) {
        json_t *body = NULL;
        json_t *input = json_copy(base);
        lat_json_set_string(input, id_member, lat_json_string_at(item, "id", ""));
        if (get(reading, get_operation, input, &body) < 0)
            return -1;
        if (body != NULL)
            (void)json_array_append_new(bodies, body);
    }
    *ret_bodies = LAT_TAKE(bodies);
    return 0;
}

static int read_tags(struct reading *reading, const char *arn, const struct scn_tag **ret_tags,
                     size_t *ret_tag_count)
{
    json_t *body LAT_AUTO(lat_json_decrefp) = NULL;
    if (get(reading, "ListTagsForResource", input_new("resourceArn", arn, NULL, NULL), &body) < 0)
        return -1;
    struct scn_tag *tags = NULL;
    size_t tag_count = 0;
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(body, "tags"), key, value) {
        struct scn_tag *tag = LAT_ARENA_PUSH(reading->arena, tags, tag_count);
        tag->key = lat_arena_strdup(reading->arena, key);
        tag->value = lat_arena_strdup(reading->arena, json_string_value(value));
    }
    *ret_tags = tags;
    *ret_tag_count = tag_count;
    return 0;
}

static struct scn_action decode_action(struct reading *reading, const json_t *json)
{
    struct scn_action action = {.status_code =
                                    lat_json_int_at(json, "fixedResponse.statusCode", 0)};
    struct scn_weight *groups = NULL;
    size_t index;
    json_t *item;
    json_array_foreach(lat_json_iterable(lat_json_at(json, "forward.targetGroups")), index, item) {
        struct scn_weight *weight = LAT_ARENA_PUSH(reading->arena, groups, action.group_count);
        weight->group = text_at(reading, item, "targetGroupIdentifier");
        weight->weight = lat_json_int_at(item, "weight", 100);
    }
    action.groups = groups;
    return action;
}

static enum scn_compare decode_compare(struct reading *reading, const json_t *match,
                                       const char **ret_value)
{
    static const char *const words[SCN_COMPARE_COUNT] = {"exact", "prefix", "contains"};
    for (int i = 0; i < SCN_COMPARE_COUNT; i++) {
        *ret_value = text_at(reading, match, words[i]);
        if (*ret_value != NULL)
            return (enum scn_compare)i;
    }
    *ret_value = "";
    return SCN_COMPARE_EXACT;
}

static struct scn_match decode_match(struct reading *reading, const json_t *json)
{
    struct scn_match match = {.method = text_at(reading, json, "httpMatch.method")};
    const json_t *path = lat_json_at(json, "httpMatch.pathMatch");
    if (path != NULL)
        match.path_compare = decode_compare(reading, json_object_get(path, "match"), &match.path);
    match.path_case_sensitive = lat_json_bool_at(path, "caseSensitive", false);
    struct scn_header_match *headers = NULL;
    size_t index;
    json_t *item;
    json_array_foreach(lat_json_iterable(lat_json_at(json, "httpMatch.headerMatches")), index,
                       item) {
        struct scn_header_match *header =
            LAT_ARENA_PUSH(reading->arena, headers, match.header_count);
        header->name = text_at(reading, item, "name");
        header->compare = decode_compare(reading, json_object_get(item, "match"), &header->value);
        header->case_sensitive = lat_json_bool_at(item, "caseSensitive", false);
    }
    match.headers = headers;
    return match;
}

static int by_priority(const void *a, const void *b)
{
    const struct scn_rule *left = a;
    const struct scn_rule *right = b;
    return (left->priority > right->priority) - (left->priority < right->priority);
}

static int read_rules(struct reading *reading, const char *service_id,
                      struct scn_listener *listener)
{
    json_t *bodies LAT_AUTO(lat_json_decrefp) = NULL;
    if (get_all(reading, "ListRules", "GetRule", "ruleIdentifier",
                input_new("serviceIdentifier", service_id, "listenerIdentifier", listener->id),
                &bodies) < 0)
        return -1;
    struct scn_rule *rules = NULL;
    size_t index;
    json_t *body;
    json_array_foreach(bodies, index, body) {
        if (lat_json_bool_at(body, "isDefault", false))
            continue;
        struct scn_rule *rule = LAT_ARENA_PUSH(reading->arena, rules, listener->rule_count);
        *rule =
            (struct scn_rule){.id = text_at(reading, body, "id"),
                              .name = text_at(reading, body, "name"),
                              .priority = lat_json_int_at(body, "priority", 0),
                              .match = decode_match(reading, json_object_get(body, "match")),
                              .action = decode_action(reading, json_object_get(body, "action"))};
    }
    if (listener->rule_count > 1)
        qsort(rules, listener->rule_count, sizeof *rules, by_priority);
    listener->rules = rules;
    return 0;
}

static int by_port(const void *a, const void *b)
{
    const struct scn_listener *left = a;
    const struct scn_listener *right = b;
    return (left->port > right->port) - (left->port < right->port);
}

static int read_listeners(struct reading *reading, struct scn_service *service)
{
    json_t *bodies LAT_AUTO(lat_json_decrefp) = NULL;
    if (get_all(reading, "ListListeners", "GetListener", "listenerIdentifier",
                input_new("serviceIdentifier", service->id, NULL, NULL), &bodies) < 0)
        return -1;
    struct scn_listener *listeners = NULL;
    size_t index;
    json_t *body;
    json_array_foreach(bodies, index, body) {
        struct scn_listener *listener =
            LAT_ARENA_PUSH(reading->arena, listeners, service->listener_count);
        *listener = (struct scn_listener){
            .id = text_at(reading, body, "id"),
            .name = text_at(reading, body, "name"),
            .protocol = text_at(reading, body, "protocol"),
            .port = lat_json_int_at(body, "port", 0),
            .default_action = decode_action(reading, json_object_get(body, "defaultAction"))};
        if (read_rules(reading, service->id, listener) < 0)
            return -1;
    }
    if (service->listener_count > 1)
        qsort(listeners, service->listener_count, sizeof *listeners, by_port);
    service->listeners = listeners;
    return 0;
}

static int read_associations(struct reading *reading, struct scn_service *service)
{
    json_t *items LAT_AUTO(lat_json_decrefp) = NULL;
    if (list(reading, "ListServiceNetworkServiceAssociations",
             input_new("serviceIdentifier", service->id, NULL, NULL), &items) < 0)
        return -1;
    struct scn_association *associations = NULL;
    size_t index;
    json_t *item;
    json_array_foreach(items, index, item) {
        struct scn_association *association =
            LAT_ARENA_PUSH(reading->arena, associations, service->association_count);
        association->id = text_at(reading, item, "id");
        association->network_id = text_at(reading, item, "serviceNetworkId");
        association->network_name = text_at(reading, item, "serviceNetworkName");
        association->status = text_at(reading, item, "status");
    }
    service->associations = associations;
    return 0;
}

static int read_services(struct reading *reading, struct scn_estate *estate)
{
    json_t *bodies LAT_AUTO(lat_json_decrefp) = NULL;
    if (get_all(reading, "ListServices", "GetService", "serviceIdentifier", json_object(),
                &bodies) < 0)
        return -1;
    struct scn_service *services = NULL;
    size_t index;
    json_t *body;
    json_array_foreach(bodies, index, body) {
        struct scn_service *service =
            LAT_ARENA_PUSH(reading->arena, services, estate->service_count);
        *service = (struct scn_service){.id = text_at(reading, body, "id"),
                                        .arn = text_at(reading, body, "arn"),
                                        .name = text_at(reading, body, "name"),
                                        .dns = text_at(reading, body, "dnsEntry.domainName"),
                                        .status = text_at(reading, body, "status"),
                                        .custom_domain = text_at(reading, body, "customDomainName"),
                                        .auth_type = text_at(reading, body, "authType"),
                                        .certificate = text_at(reading, body, "certificateArn")};
        if (read_tags(reading, service->arn, &service->tags, &service->tag_count) < 0 ||
            read_associations(reading, service) < 0 || read_listeners(reading, service) < 0)
            return -1;
    }
    estate->services = services;
    return 0;
}

static int read_targets(struct reading *reading, struct scn_group *group)
{
    json_t *items LAT_AUTO(lat_json_decrefp) = NULL;
    if (list(reading, "ListTargets", input_new("targetGroupIdentifier", group->id, NULL, NULL),
             &items) < 0)
        return -1;
    struct scn_target *targets = NULL;
    size_t index;
    json_t *item;
    json_array_foreach(items, index, item) {
        struct scn_target *target = LAT_ARENA_PUSH(reading->arena, targets, group->target_count);
        target->id = text_at(reading, item, "id");
        target->port = lat_json_int_at(item, "port", 0);
        target->status = text_at(reading, item, "status");
    }
    group->targets = targets;
    return 0;
}

static int read_groups(struct reading *reading, struct scn_estate *estate)
{
    json_t *bodies LAT_AUTO(lat_json_decrefp) = NULL;
    if (get_all(reading, "ListTargetGroups", "GetTargetGroup", "targetGroupIdentifier",
                json_object(), &bodies) < 0)
        return -1;
    struct scn_group *groups = NULL;
    size_t index;
    json_t *body;
    json_array_foreach(bodies, index, body) {
        const json_t *config = json_object_get(body, "config");
        struct scn_group *group = LAT_ARENA_PUSH(reading->arena, groups, estate->group_count);
        *group = (struct scn_group){
            .id = text_at(reading, body, "id"),
            .arn = text_at(reading, body, "arn"),
            .name = text_at(reading, body, "name"),
            .type = text_at(reading, body, "type"),
            .status = text_at(reading, body, "status"),
            .config = config != NULL ? lat_json_canonical(reading->arena, config) : ""};
        if (read_tags(reading, group->arn, &group->tags, &group->tag_count) < 0 ||
            read_targets(reading, group) < 0)
            return -1;
    }
    estate->groups = groups;
    return 0;
}

static int read_networks(struct reading *reading, struct scn_estate *estate)
{
    json_t *items LAT_AUTO(lat_json_decrefp) = NULL;
    if (list(reading, "ListServiceNetworks", json_object(), &items) < 0)
        return -1;
    struct scn_network *networks = NULL;
    size_t index;
    json_t *item;
    json_array_foreach(items, index, item) {
        json_t *vpcs LAT_AUTO(lat_json_decrefp) = NULL;
        struct scn_network *network =
            LAT_ARENA_PUSH(reading->arena, networks, estate->network_count);
        network->id = text_at(reading, item, "id");
        network->name = text_at(reading, item, "name");
        if (list(reading, "ListServiceNetworkVpcAssociations",
                 input_new("serviceNetworkIdentifier", network->id, NULL, NULL), &vpcs) < 0)
            return -1;
        struct scn_vpc_association *rows = NULL;
        size_t vpc_index;
        json_t *vpc;
        json_array_foreach(vpcs, vpc_index, vpc) {
            struct scn_vpc_association *row =
                LAT_ARENA_PUSH(reading->arena, rows, network->vpc_count);
            row->vpc = text_at(reading, vpc, "vpcId");
            row->status = text_at(reading, vpc, "status");
        }
        network->vpcs = rows;
    }
    estate->networks = networks;
    return 0;
}

int scn_inventory_read(const struct scn_aws *aws, struct lat_arena *arena,
                       struct scn_estate *ret_estate, struct lat_err *reterr)
{
    struct reading reading = {.aws = aws, .arena = arena, .reterr = reterr};
    struct scn_estate estate = {.service_count = 0};
    if (read_groups(&reading, &estate) < 0 || read_networks(&reading, &estate) < 0 ||
        read_services(&reading, &estate) < 0)
        return -1;
    *ret_estate = estate;
    return 0;
}
