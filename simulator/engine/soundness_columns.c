/* Columns that hold values of the API's shapes: words of an enum, structures as JSON text, lists of
 * texts. See soundness.h. */
#include "simulator/engine/soundness.h"

#include "common/aws/codec.h"
#include "common/aws/lattice_model.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/engine/lifecycle.h"
#include "simulator/store/rows.h"

#include <string.h>

/* One such column; those without a shape hold a list. */
struct column {
    const struct sim_table *table;
    size_t offset;
    const char *name;
    const struct lat_shape *shape;
};

#define COLUMN(table, member, shape)                                                               \
    {                                                                                              \
        &sim_##table##_table, offsetof(struct sim_##table, member), #table "." #member,            \
            &lat_shapes[LAT_SHAPE_##shape]                                                         \
    }
#define LIST(table, member)                                                                        \
    {                                                                                              \
        &sim_##table##_table, offsetof(struct sim_##table, member), #table "." #member, NULL       \
    }

static const struct column columns[] = {
    COLUMN(service, auth_type, AUTH_TYPE),
    COLUMN(service_network, auth_type, AUTH_TYPE),
    COLUMN(vpc_association, dns_options, DNS_OPTIONS),
    LIST(vpc_association, security_groups),
    LIST(resource_gateway, subnet_ids),
    LIST(resource_gateway, security_groups),
    COLUMN(resource_gateway, ip_address_type, RESOURCE_GATEWAY_IP_ADDRESS_TYPE),
    COLUMN(resource_gateway, dns_resolution, RESOURCE_CONFIG_DNS_RESOLUTION),
    COLUMN(resource_configuration, type, RESOURCE_CONFIGURATION_TYPE),
    COLUMN(resource_configuration, protocol, PROTOCOL_TYPE),
    LIST(resource_configuration, port_ranges),
    COLUMN(resource_configuration, definition, RESOURCE_CONFIGURATION_DEFINITION),
    COLUMN(access_log_subscription, log_type, SERVICE_NETWORK_LOG_TYPE),
    COLUMN(target_group, type, TARGET_GROUP_TYPE),
    COLUMN(target_group, protocol, TARGET_GROUP_PROTOCOL),
    COLUMN(target_group, protocol_version, TARGET_GROUP_PROTOCOL_VERSION),
    COLUMN(target_group, ip_address_type, IP_ADDRESS_TYPE),
    COLUMN(target_group, lambda_version, LAMBDA_EVENT_STRUCTURE_VERSION),
    COLUMN(target_group, health_check, HEALTH_CHECK_CONFIG),
    COLUMN(listener, protocol, LISTENER_PROTOCOL),
    COLUMN(rule, match, RULE_MATCH),
};

static bool is_list_of_texts(const json_t *json)
{
    size_t index;
    const json_t *item;
    bool right = json_is_array(json);
    json_array_foreach(json, index, item)
        right = right && json_is_string(item);
    return right;
}

static bool reads_back(struct lat_arena *arena, const struct column *column, const char *text)
{
    if (text == NULL)
        return true;
    if (column->shape != NULL && column->shape->kind == LAT_SHAPE_KIND_ENUM)
        return sim_is_word_of(column->shape, text);
    LAT_AUTO(lat_json_decrefp) json_t *json = lat_json_parse_new(text, strlen(text), NULL);
    void *value = NULL;
    const struct lat_field_violation *violations = NULL;
    if (column->shape == NULL)
        return is_list_of_texts(json);
    return json_is_object(json) && lat_document_decode(NULL /* types alone */, arena, column->shape,
                                                       json, &value, &violations) == 0;
}

static int check_column(struct sim *sim, struct lat_arena *arena, const struct column *column,
                        struct lat_err *reterr)
{
    void *rows = NULL;
    size_t count = 0;
    if (sim_store_rows(sim->store, arena, column->table, "ORDER BY r.seq", SIM_NONE, &rows,
                       &count) < 0)
        return lat_err_broken(reterr, "%s", sim_store_message(sim->store));
    for (size_t i = 0; i < count; i++) {
        const char *row = (const char *)rows + i * column->table->row_bytes;
        const char *text = *(const char *const *)(const void *)(row + column->offset);
        if (!reads_back(arena, column, text))
            return lat_err_input(reterr, "tables.%s: of %s does not read as what the API shows",
                                 column->name,
                                 ((const struct sim_resource *)(const void *)row)->id);
    }
    return 0;
}

int sim_soundness_check_columns(struct sim *sim, struct lat_arena *arena, struct lat_err *reterr)
{
    for (size_t i = 0; i < LAT_COUNT(columns); i++)
        if (check_column(sim, arena, &columns[i], reterr) < 0)
            return -1;
    return 0;
}
