/* Listeners. A listener is made with its default rule, which holds its default action.
 * Source: lattice-api reference D.9, E.1, F.1. */
#include "common/base/text.h"
#include "simulator/engine/family.h"
#include "simulator/engine/quota.h"
#include "simulator/lattice/handlers.h"
#include "simulator/lattice/shapes.h"

/* Behind every priority a rule may have (observed). */
#define DEFAULT_RULE_PRIORITY 99999

/* HTTP and HTTPS from the model; TLS_PASSTHROUGH chosen. */
static int64_t default_port(const char *protocol)
{
    return lat_text_eq(protocol, LAT_LISTENER_PROTOCOL_HTTP) ? 80 : 443;
}

static int default_rule(struct sim_call *call, const struct sim_listener *listener,
                        struct sim_rule **ret)
{
    void *row = NULL;
    if (sim_store_row(call->sim->store, call->arena, &sim_rule_table,
                      "WHERE t.listener = ?1 AND t.is_default = 1",
                      SIM_VALUES(sim_int(listener->resource.seq)), &row) < 0)
        return -1;
    *ret = row;
    return 0;
}

static int default_action(struct sim_call *call, const struct sim_listener *listener,
                          const struct lat_rule_action **ret)
{
    struct sim_rule *rule = NULL;
    return default_rule(call, listener, &rule) < 0 ? -1 : sim_action_read(call, rule, ret);
}

static int show(struct sim_call *call, const void *row, void *ret_view)
{
    const struct sim_listener *listener = row;
    struct lat_get_listener_response *view = ret_view;
    const struct lat_rule_action *action = NULL;
    void *found = NULL;
    if (default_action(call, listener, &action) < 0 ||
        sim_resource_get(call, &sim_resource_table, listener->service, &found) < 0)
        return -1;
    const struct sim_resource *service = found;
    *view = (struct lat_get_listener_response){
        .arn = listener->resource.arn,
        .id = listener->resource.id,
        .name = listener->resource.name,
        .protocol = listener->protocol,
        .port = LAT_INT(listener->port),
        .service_arn = service->arn,
        .service_id = service->id,
        .default_action = action,
        .created_at = LAT_INT(listener->resource.created_ms),
        .last_updated_at = LAT_INT(listener->resource.updated_ms),
    };
    return 0;
}

static const struct sim_family family = {
    .kind = LAT_RESOURCE_LISTENER,
    .table = &sim_listener_table,
    .view = LAT_SHAPE_GET_LISTENER_RESPONSE,
    .summary = LAT_SHAPE_LISTENER_SUMMARY,
    .show = show,
};

int sim_listener_find(struct sim_call *call, const char *service_identifier,
                      const char *listener_identifier, struct sim_service **ret_service,
                      struct sim_listener **ret_listener)
{
    struct sim_service *service = NULL;
    void *row = NULL;
    if (sim_service_find(call, service_identifier, &service) < 0 ||
        sim_resource_find_child(call, &sim_listener_table, LAT_RESOURCE_LISTENER,
                                listener_identifier, &service->resource, &row) < 0)
        return -1;
    *ret_service = service;
    *ret_listener = row;
    return 0;
}

static int create_default_rule(struct sim_call *call, const struct sim_listener *listener,
                               const struct lat_rule_action *action)
{
    struct sim_rule rule = {
        .service = listener->service,
        .listener = listener->resource.seq,
        .is_default = true,
        .priority = DEFAULT_RULE_PRIORITY,
    };
    sim_resource_init(call, LAT_RESOURCE_RULE, &listener->resource, "default" /* chosen */,
                      -1 /* no status */, &rule.resource);
    struct sim_about about = {.kind = LAT_RESOURCE_RULE, .id = listener->resource.id};
    if (sim_resource_insert(call, &sim_rule_table, &rule, (struct lat_list){0}, about) < 0)
        return -1;
    return sim_action_write(call, listener, &rule, action);
}

/* Which unique index an insert broke decides what the refusal names. */
static struct sim_about about_insert(struct sim_call *call, const struct sim_service *service,
                                     const struct sim_listener *listener)
{
    return (struct sim_about){
        .kind = LAT_RESOURCE_LISTENER,
        .id = service->resource.id,
        .name = listener->resource.name,
        .detail = lat_arena_printf(call->arena, "%lld", (long long)listener->port),
    };
}

int sim_create_listener(struct sim_call *call, const void *input, void *output)
{
    const struct lat_create_listener_request *in = input;
    struct sim_service *service = NULL;
    if (sim_service_find(call, in->service_identifier, &service) < 0 ||
        sim_resource_require_active(call, LAT_RESOURCE_SERVICE, &service->resource) < 0)
        return -1;
    if (lat_text_eq(in->protocol, LAT_LISTENER_PROTOCOL_TLS_PASSTHROUGH) &&
        service->custom_domain_name == NULL)
        return sim_refuse(
            call, SIM_RULE_TLS_NEEDS_CUSTOM_DOMAIN,
            (struct sim_about){.kind = LAT_RESOURCE_SERVICE, .id = service->resource.id});
    struct sim_listener listener = {
        .service = service->resource.seq,
        .protocol = in->protocol,
        .port = in->port.has ? in->port.value : default_port(in->protocol),
    };
    sim_resource_init(call, LAT_RESOURCE_LISTENER, &service->resource, in->name, -1 /* no status */,
                      &listener.resource);
    if (sim_resource_insert(call, &sim_listener_table, &listener, in->tags,
                            about_insert(call, service, &listener)) < 0 ||
        create_default_rule(call, &listener, in->default_action) < 0 ||
        sim_quota_enforce(call, SIM_QUOTA_LISTENERS_PER_SERVICE, listener.service,
                          service->resource.id) < 0)
        return -1;
    return sim_family_answer(call, &family, &listener, output);
}

int sim_get_listener(struct sim_call *call, const void *input, void *output)
{
    const struct lat_get_listener_request *in = input;
    struct sim_service *service = NULL;
    struct sim_listener *listener = NULL;
    if (sim_listener_find(call, in->service_identifier, in->listener_identifier, &service,
                          &listener) < 0)
        return -1;
    return sim_family_answer(call, &family, listener, output);
}

int sim_list_listeners(struct sim_call *call, const void *input, void *output)
{
    const struct lat_list_listeners_request *in = input;
    struct sim_service *service = NULL;
    if (sim_service_find(call, in->service_identifier, &service) < 0)
        return -1;
    return sim_family_list(call, &family, input,
                           "WHERE r.parent = ?3 AND r.kind = 'listener' AND r.seq > ?1 "
                           "ORDER BY r.seq LIMIT ?2",
                           SIM_VALUES(sim_int(service->resource.seq)), output);
}

int sim_update_listener(struct sim_call *call, const void *input, void *output)
{
    const struct lat_update_listener_request *in = input;
    struct sim_service *service = NULL;
    struct sim_listener *listener = NULL;
    struct sim_rule *rule = NULL;
    if (sim_listener_find(call, in->service_identifier, in->listener_identifier, &service,
                          &listener) < 0 ||
        default_rule(call, listener, &rule) < 0 ||
        sim_action_write(call, listener, rule, in->default_action) < 0 ||
        sim_resource_update(call, &sim_listener_table, listener) < 0)
        return -1;
    return sim_family_answer(call, &family, listener, output);
}

int sim_delete_listener(struct sim_call *call, const void *input, void *output)
{
    const struct lat_delete_listener_request *in = input;
    struct sim_service *service = NULL;
    struct sim_listener *listener = NULL;
    (void)output; /* 204 */
    if (sim_listener_find(call, in->service_identifier, in->listener_identifier, &service,
                          &listener) < 0)
        return -1;
    return sim_resource_delete(call, &listener->resource);
}
