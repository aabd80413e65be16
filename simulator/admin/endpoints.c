/* POST and DELETE /_lattice/endpoints: VPC endpoints of a service network or of a resource
 * configuration. On the real service EC2 makes them; EC2's part is not faked, so the admin API
 * stands in for it. */
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/admin/admin_int.h"
#include "simulator/engine/lifecycle.h"
#include "simulator/engine/quota.h"
#include "simulator/engine/resource.h"

#include <string.h>

#define ID_HEX_DIGITS 17

static struct sim_call begin_call(struct sim_admin_call *call)
{
    struct sim_call begun = {
        .sim = call->sim,
        .arena = call->arena,
        .caller = sim_admin_caller(call),
        .now_ms = lat_clock_now_ms(&call->sim->clock),
        .service = "vpc-lattice",
    };
    return begun;
}

/* The text of a member, or an id made up: prefix and hexadecimal digits. */
static const char *text_or_id(struct sim_admin_call *call, const char *member, const char *prefix)
{
    char digits[ID_HEX_DIGITS + 1];
    const char *given = lat_json_string_at(call->input, member, NULL);
    if (given != NULL)
        return given;
    lat_rng_hex(&call->sim->rng, ID_HEX_DIGITS, digits);
    return lat_arena_printf(call->arena, "%s%s", prefix, digits);
}

static const char *owner_of(struct sim_admin_call *call, const struct sim_call *inner)
{
    return lat_json_string_at(call->input, "owner", inner->caller.account);
}

static int connect_network(struct sim_admin_call *call, struct sim_call *inner,
                           const char *identifier, json_t **ret_answer)
{
    void *network = NULL;
    if (sim_resource_find(inner, &sim_resource_table, LAT_RESOURCE_SERVICE_NETWORK, identifier,
                          &network) < 0)
        return -1;
    struct sim_network_endpoint endpoint = {
        .id = text_or_id(call, "id", "snvea-"), /* chosen: the form is not published */
        .network = ((const struct sim_resource *)network)->seq,
        .vpc_endpoint_id = text_or_id(call, "vpcEndpointId", "vpce-"),
        .vpc_id = text_or_id(call, "vpcId", "vpc-"),
        .owner = owner_of(call, inner),
        .created_ms = inner->now_ms,
    };
    struct sim_about about = {.kind = LAT_RESOURCE_SERVICE_NETWORK,
                              .name = endpoint.vpc_endpoint_id};
    if (sim_store_insert(call->sim->store, &sim_network_endpoint_table, &endpoint) < 0)
        return sim_refuse_violation(inner, about);
    if (sim_quota_enforce(inner, SIM_QUOTA_ENDPOINTS_PER_NETWORK, endpoint.network, identifier) < 0)
        return -1;
    *ret_answer =
        json_pack("{s:s, s:s}", "id", endpoint.id, "vpcEndpointId", endpoint.vpc_endpoint_id);
    return 0;
}

static int connect_configuration(struct sim_admin_call *call, struct sim_call *inner,
                                 const char *identifier, json_t **ret_answer)
{
    void *row = NULL;
    if (sim_resource_find(inner, &sim_resource_table, LAT_RESOURCE_CONFIGURATION, identifier,
                          &row) < 0)
        return -1;
    const struct sim_resource *configuration = row;
    struct sim_endpoint_association association = {
        .configuration = configuration->seq,
        .vpc_endpoint_id = text_or_id(call, "vpcEndpointId", "vpce-"),
        .owner = owner_of(call, inner),
        .created_by = owner_of(call, inner),
    };
    sim_resource_init(inner, LAT_RESOURCE_ENDPOINT_ASSOCIATION, NULL, NULL, -1 /* no status */,
                      &association.resource);
    struct sim_about about = {.kind = LAT_RESOURCE_ENDPOINT_ASSOCIATION,
                              .name = association.vpc_endpoint_id};
    if (sim_resource_require_settled(inner, LAT_RESOURCE_CONFIGURATION, configuration) < 0 ||
        sim_resource_insert(inner, &sim_endpoint_association_table, &association,
                            (struct lat_list){0}, about) < 0)
        return -1;
    *ret_answer = json_pack("{s:s, s:s, s:s}", "id", association.resource.id, "arn",
                            association.resource.arn, "vpcEndpointId", association.vpc_endpoint_id);
    return 0;
}

/* Either kind may have the id; it names one endpoint. */
static int disconnect(struct sim_call *inner, const char *vpc_endpoint_id, json_t **ret_answer)
{
    int64_t networks = 0, configurations = 0;
    struct sim_values key = SIM_VALUES(sim_text(vpc_endpoint_id));
    if (sim_store_run(inner->sim->store, "DELETE FROM network_endpoint WHERE vpc_endpoint_id = ?1",
                      key, &networks) < 0 ||
        sim_store_run(inner->sim->store,
                      "DELETE FROM resource WHERE seq = "
                      "(SELECT seq FROM endpoint_association WHERE vpc_endpoint_id = ?1)",
                      key, &configurations) < 0)
        return -1;
    if (networks + configurations == 0)
        return sim_refuse_plainly(inner, 404, "NotFound", "no association has this vpcEndpointId");
    *ret_answer = json_pack("{s:s}", "vpcEndpointId", vpc_endpoint_id);
    return 0;
}

static bool has_form(const char *text, const char *prefix, const char *characters, size_t length)
{
    return lat_text_has_prefix(text, prefix) && strlen(text) == strlen(prefix) + length &&
           strspn(text + strlen(prefix), characters) == length;
}

/* Given ids show up in answers of the API, whose model says how they look. */
static const char *find_fault(const struct sim_admin_call *call)
{
    const char *endpoint = lat_json_string_at(call->input, "vpcEndpointId", NULL);
    const char *owner = lat_json_string_at(call->input, "owner", NULL);
    if (endpoint != NULL && !has_form(endpoint, "vpce-", "0123456789abcdef", ID_HEX_DIGITS))
        return "vpcEndpointId must be vpce- and 17 hexadecimal digits";
    if (owner != NULL && !has_form(owner, "", "0123456789", 12))
        return "owner must be an account id of 12 digits";
    return NULL;
}

static int change(struct sim_admin_call *call, struct sim_call *inner, json_t **ret_answer)
{
    const char *network = lat_json_string_at(call->input, "serviceNetwork", NULL);
    const char *configuration = lat_json_string_at(call->input, "resourceConfiguration", NULL);
    const char *vpc_endpoint_id = lat_json_string_at(call->input, "vpcEndpointId", NULL);
    const char *fault = find_fault(call);
    if (fault != NULL)
        return sim_refuse_plainly(inner, 400, "Wrong", fault);
    if (lat_text_eq(call->request->method, "DELETE"))
        return vpc_endpoint_id != NULL
                   ? disconnect(inner, vpc_endpoint_id, ret_answer)
                   : sim_refuse_plainly(inner, 400, "Wrong", "vpcEndpointId is required");
    if ((network == NULL) == (configuration == NULL))
        return sim_refuse_plainly(inner, 400, "Wrong",
                                  "one of serviceNetwork and resourceConfiguration is required");
    return network != NULL ? connect_network(call, inner, network, ret_answer)
                           : connect_configuration(call, inner, configuration, ret_answer);
}

void sim_admin_change_endpoint(struct sim_admin_call *call)
{
    struct sim_call inner = begin_call(call);
    struct sim_store *store = call->sim->store;
    LAT_AUTO(lat_json_decrefp) json_t *answer = NULL;
    if (sim_lifecycle_advance(call->sim, inner.now_ms) == 0 && sim_store_begin(store) == 0) {
        if (change(call, &inner, &answer) == 0 && sim_store_commit(store) == 0) {
            sim_admin_answer(call, 200, json_incref(answer));
            return;
        }
        sim_store_rollback(store);
    }
    if (sim_is_refused(&inner))
        sim_admin_refuse(call, inner.refusal.status, inner.refusal.message);
    else
        sim_admin_refuse(call, 500, "the store failed");
}
