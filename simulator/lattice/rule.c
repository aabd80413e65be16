/* Rules. Source: lattice-api reference D.10, E.1, E.3; BatchUpdateRule in rule_batch.c. */
#include "simulator/lattice/rule.h"
#include "common/aws/model.h"
#include "common/base/text.h"
#include "simulator/engine/document.h"
#include "simulator/engine/family.h"
#include "simulator/engine/quota.h"
#include "simulator/lattice/handlers.h"
#include "simulator/lattice/shapes.h"

#define RULE_MATCH lat_shapes[LAT_SHAPE_RULE_MATCH]

/* A path match as it is shown: case sensitivity is always there, false unless asked for (observed).
 */
static const struct lat_path_match *normal_path(struct sim_call *call,
                                                const struct lat_path_match *path)
{
    if (path == NULL)
        return NULL;
    struct lat_path_match *normal = LAT_NEW(call->arena, struct lat_path_match);
    *normal = *path;
    normal->case_sensitive = LAT_BOOL(path->case_sensitive.has && path->case_sensitive.value);
    return normal;
}

/* Header matches likewise; the list is shown even when it is empty (observed). */
static struct lat_list normal_headers(struct sim_call *call, struct lat_list headers)
{
    const struct lat_header_match *given = headers.items;
    struct lat_header_match *normal =
        LAT_NEW_ARRAY(call->arena, struct lat_header_match, headers.count);
    for (size_t i = 0; i < headers.count; i++) {
        normal[i] = given[i];
        normal[i].case_sensitive =
            LAT_BOOL(given[i].case_sensitive.has && given[i].case_sensitive.value);
    }
    return LAT_LIST(normal, headers.count);
}

/* The text under which a match is stored: what GetRule will show, defaults filled in. */
static const char *store_match(struct sim_call *call, const struct lat_rule_match *match)
{
    struct lat_rule_match stored = {0};
    struct lat_http_match http = {0};
    if (match->http_match != NULL) {
        http = *match->http_match;
        if (lat_text_is_empty(http.method))
            http.method = NULL;
        http.path_match = normal_path(call, http.path_match);
        http.header_matches = normal_headers(call, http.header_matches);
        stored.http_match = &http;
    }
    return sim_document_write(call, &RULE_MATCH, &stored);
}

static int show(struct sim_call *call, const void *row, void *ret_view)
{
    const struct sim_rule *rule = row;
    struct lat_get_rule_response *view = ret_view;
    *view = (struct lat_get_rule_response){
        .arn = rule->resource.arn,
        .id = rule->resource.id,
        .name = rule->resource.name,
        .is_default = LAT_BOOL(rule->is_default),
        .match = sim_document_read(call, &RULE_MATCH, rule->match),
        .priority = LAT_INT(rule->priority),
        .created_at = LAT_INT(rule->resource.created_ms),
        .last_updated_at = LAT_INT(rule->resource.updated_ms),
    };
    return sim_action_read(call, rule, &view->action);
}

const struct sim_family sim_rule_family = {
    .kind = LAT_RESOURCE_RULE,
    .table = &sim_rule_table,
    .view = LAT_SHAPE_GET_RULE_RESPONSE,
    .summary = LAT_SHAPE_RULE_SUMMARY,
    .show = show,
};

/* The rule that the three identifiers name together, with its listener. */
static int find(struct sim_call *call, const char *service_identifier,
                const char *listener_identifier, const char *rule_identifier,
                struct sim_listener **ret_listener, struct sim_rule **ret_rule)
{
    struct sim_service *service = NULL;
    struct sim_listener *listener = NULL;
    void *row = NULL;
    if (sim_listener_find(call, service_identifier, listener_identifier, &service, &listener) < 0 ||
        sim_resource_find_child(call, &sim_rule_table, LAT_RESOURCE_RULE, rule_identifier,
                                &listener->resource, &row) < 0)
        return -1;
    *ret_listener = listener;
    *ret_rule = row;
    return 0;
}

int sim_create_rule(struct sim_call *call, const void *input, void *output)
{
    const struct lat_create_rule_request *in = input;
    struct sim_service *service = NULL;
    struct sim_listener *listener = NULL;
    if (sim_listener_find(call, in->service_identifier, in->listener_identifier, &service,
                          &listener) < 0)
        return -1;
    struct sim_about about = {
        .kind = LAT_RESOURCE_RULE,
        .id = listener->resource.id,
        .name = in->name,
        .detail = lat_arena_printf(call->arena, "%lld", (long long)in->priority.value)};
    if (lat_text_eq(listener->protocol, LAT_LISTENER_PROTOCOL_TLS_PASSTHROUGH))
        return sim_refuse(call, SIM_RULE_TLS_HAS_NO_RULES, about);
    struct sim_rule rule = {
        .service = listener->service,
        .listener = listener->resource.seq,
        .priority = in->priority.value,
        .match = store_match(call, in->match),
    };
    sim_resource_init(call, LAT_RESOURCE_RULE, &listener->resource, in->name, -1 /* no status */,
                      &rule.resource);
    if (sim_resource_insert(call, &sim_rule_table, &rule, in->tags, about) < 0 ||
        sim_action_write(call, listener, &rule, in->action) < 0 ||
        sim_quota_enforce(call, SIM_QUOTA_RULES_PER_LISTENER, rule.listener,
                          listener->resource.id) < 0)
        return -1;
    return sim_family_answer(call, &sim_rule_family, &rule, output);
}

int sim_get_rule(struct sim_call *call, const void *input, void *output)
{
    const struct lat_get_rule_request *in = input;
    struct sim_listener *listener = NULL;
    struct sim_rule *rule = NULL;
    if (find(call, in->service_identifier, in->listener_identifier, in->rule_identifier, &listener,
             &rule) < 0)
        return -1;
    return sim_family_answer(call, &sim_rule_family, rule, output);
}

int sim_list_rules(struct sim_call *call, const void *input, void *output)
{
    const struct lat_list_rules_request *in = input;
    struct sim_service *service = NULL;
    struct sim_listener *listener = NULL;
    if (sim_listener_find(call, in->service_identifier, in->listener_identifier, &service,
                          &listener) < 0)
        return -1;
    return sim_family_list(call, &sim_rule_family, input,
                           "WHERE r.parent = ?3 AND r.kind = 'rule' AND r.seq > ?1 "
                           "ORDER BY r.seq LIMIT ?2",
                           SIM_VALUES(sim_int(listener->resource.seq)), output);
}

int sim_rule_change(struct sim_call *call, const struct sim_listener *listener,
                    struct sim_rule *rule, const struct sim_rule_changes *changes)
{
    struct sim_about about = {.kind = LAT_RESOURCE_RULE, .id = rule->resource.id};
    if (rule->is_default)
        return sim_refuse(call, SIM_RULE_DEFAULT_RULE, about);
    if (changes->match != NULL)
        rule->match = store_match(call, changes->match);
    if (changes->priority.has)
        rule->priority = changes->priority.value;
    about.id = listener->resource.id;
    about.detail = lat_arena_printf(call->arena, "%lld", (long long)rule->priority);
    if (sim_resource_update(call, &sim_rule_table, rule) < 0)
        return sim_refuse_violation(call, about);
    return changes->action == NULL ? 0 : sim_action_write(call, listener, rule, changes->action);
}

int sim_update_rule(struct sim_call *call, const void *input, void *output)
{
    const struct lat_update_rule_request *in = input;
    struct sim_listener *listener = NULL;
    struct sim_rule *rule = NULL;
    struct sim_rule_changes changes = {
        .match = in->match, .priority = in->priority, .action = in->action};
    if (find(call, in->service_identifier, in->listener_identifier, in->rule_identifier, &listener,
             &rule) < 0 ||
        sim_rule_change(call, listener, rule, &changes) < 0)
        return -1;
    return sim_family_answer(call, &sim_rule_family, rule, output);
}

int sim_delete_rule(struct sim_call *call, const void *input, void *output)
{
    const struct lat_delete_rule_request *in = input;
    struct sim_listener *listener = NULL;
    struct sim_rule *rule = NULL;
    (void)output; /* 204 */
    if (find(call, in->service_identifier, in->listener_identifier, in->rule_identifier, &listener,
             &rule) < 0)
        return -1;
    if (rule->is_default)
        return sim_refuse(call, SIM_RULE_DEFAULT_RULE,
                          (struct sim_about){.kind = LAT_RESOURCE_RULE, .id = rule->resource.id});
    return sim_resource_delete(call, &rule->resource);
}
