/* Auth policies and resource policies: stored, shown, never evaluated (that is the data plane's).
 * Source: lattice-api reference I.1 to I.3. */
#include "common/aws/arn.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "simulator/engine/resource.h"
#include "simulator/lattice/handlers.h"
#include "simulator/lattice/shapes.h"

#include <string.h>

#define AUTH_POLICY_BYTES_MAX 10240 /* documented quota, below what the shape admits */

int sim_subject_find(struct sim_call *call, const char *identifier,
                     enum lat_resource_kind_id *ret_kind, struct sim_resource **ret)
{
    struct lat_identifier parsed;
    void *row = NULL;
    if (lat_identifier_parse(call->arena, identifier, &parsed) < 0)
        return sim_refuse(call, SIM_RULE_NOT_FOUND,
                          (struct sim_about){.kind = LAT_RESOURCE_SERVICE, .id = identifier});
    if (sim_resource_find(call, &sim_resource_table, parsed.kind->id, identifier, &row) < 0)
        return -1;
    *ret_kind = parsed.kind->id;
    *ret = row;
    return 0;
}

/* The schema knows no JSON; this is the one rule on content. That newlines and blank lines pass
 * is chosen: the guide forbids them, the reference controller's users write them. */
static int check_policy(struct sim_call *call, const char *policy)
{
    struct lat_err err;
    LAT_AUTO(lat_json_decrefp) json_t *json = lat_json_parse_new(policy, strlen(policy), &err);
    return json_is_object(json)
               ? 0
               : sim_refuse(call, SIM_RULE_POLICY_NOT_JSON, (struct sim_about){.field = "policy"});
}

static int read_policy(struct sim_call *call, const struct sim_table *table,
                       const struct sim_resource *subject, const struct sim_policy **ret)
{
    void *row = NULL;
    if (sim_store_row(call->sim->store, call->arena, table, "WHERE r.resource = ?1",
                      SIM_VALUES(sim_int(subject->seq)), &row) < 0)
        return -1;
    *ret = row;
    return 0;
}

/* Puts a policy in the place of the one that is there, if any. */
static int write_policy(struct sim_call *call, const struct sim_table *table,
                        const struct sim_resource *subject, const char *text)
{
    const struct sim_policy *before = NULL;
    if (read_policy(call, table, subject, &before) < 0)
        return -1;
    struct sim_policy policy = {
        .resource = subject->seq,
        .policy = text,
        .created_ms = before == NULL ? call->now_ms : before->created_ms,
        .updated_ms = call->now_ms,
    };
    return before == NULL ? sim_store_insert(call->sim->store, table, &policy)
                          : sim_store_update(call->sim->store, table, &policy);
}

/* --- auth policies: of services and service networks -------------------------------------------
 */

static int find_auth_subject(struct sim_call *call, const char *identifier,
                             enum lat_resource_kind_id *ret_kind, struct sim_resource **ret)
{
    if (sim_subject_find(call, identifier, ret_kind, ret) < 0)
        return -1;
    return *ret_kind == LAT_RESOURCE_CONFIGURATION
               ? sim_refuse(call, SIM_RULE_NO_AUTH_POLICY, (struct sim_about){.id = (*ret)->id})
               : 0;
}

/* Active exactly while the authType is AWS_IAM (model). */
static int read_state(struct sim_call *call, const struct sim_resource *subject,
                      const char **ret_state)
{
    const char *auth_type = NULL;
    if (sim_store_text(call->sim->store, call->arena,
                       "SELECT auth_type FROM service WHERE seq = ?1 UNION ALL "
                       "SELECT auth_type FROM service_network WHERE seq = ?1",
                       SIM_VALUES(sim_int(subject->seq)), &auth_type) < 0)
        return -1;
    *ret_state = lat_text_eq(auth_type, LAT_AUTH_TYPE_AWS_IAM) ? LAT_AUTH_POLICY_STATE_ACTIVE
                                                               : LAT_AUTH_POLICY_STATE_INACTIVE;
    return 0;
}

int sim_put_auth_policy(struct sim_call *call, const void *input, void *output)
{
    const struct lat_put_auth_policy_request *in = input;
    struct lat_put_auth_policy_response *out = output;
    enum lat_resource_kind_id kind = LAT_RESOURCE_SERVICE;
    struct sim_resource *subject = NULL;
    if (find_auth_subject(call, in->resource_identifier, &kind, &subject) < 0 ||
        sim_resource_require_usable(call, kind, subject) < 0)
        return -1;
    if (strlen(in->policy) > AUTH_POLICY_BYTES_MAX)
        return sim_refuse(call, SIM_RULE_POLICY_TOO_LONG,
                          (struct sim_about){
                              .field = "policy",
                              .detail = lat_arena_printf(call->arena, "%d", AUTH_POLICY_BYTES_MAX),
                          });
    if (check_policy(call, in->policy) < 0 ||
        write_policy(call, &sim_auth_policy_table, subject, in->policy) < 0)
        return -1;
    out->policy = in->policy;
    return read_state(call, subject, &out->state);
}

/* Without a policy the answer is empty, not an error (observed). */
int sim_get_auth_policy(struct sim_call *call, const void *input, void *output)
{
    const struct lat_get_auth_policy_request *in = input;
    struct lat_get_auth_policy_response *out = output;
    enum lat_resource_kind_id kind = LAT_RESOURCE_SERVICE;
    struct sim_resource *subject = NULL;
    const struct sim_policy *policy = NULL;
    if (find_auth_subject(call, in->resource_identifier, &kind, &subject) < 0 ||
        read_policy(call, &sim_auth_policy_table, subject, &policy) < 0)
        return -1;
    if (policy == NULL)
        return 0;
    out->policy = policy->policy;
    out->created_at = LAT_INT(policy->created_ms);
    out->last_updated_at = LAT_INT(policy->updated_ms);
    return read_state(call, subject, &out->state);
}

/* Deleting what is not there is a success, and so is deleting under AWS_IAM (the model allows it,
 * the guide does not). */
int sim_delete_auth_policy(struct sim_call *call, const void *input, void *output)
{
    const struct lat_delete_auth_policy_request *in = input;
    enum lat_resource_kind_id kind = LAT_RESOURCE_SERVICE;
    struct sim_resource *subject = NULL;
    (void)output; /* 204 */
    if (find_auth_subject(call, in->resource_identifier, &kind, &subject) < 0)
        return -1;
    return sim_store_run(call->sim->store, "DELETE FROM auth_policy WHERE resource = ?1",
                         SIM_VALUES(sim_int(subject->seq)), NULL);
}

/* --- resource policies: of what can be shared ---------------------------------------------------
 */

int sim_put_resource_policy(struct sim_call *call, const void *input, void *output)
{
    const struct lat_put_resource_policy_request *in = input;
    enum lat_resource_kind_id kind = LAT_RESOURCE_SERVICE;
    struct sim_resource *subject = NULL;
    (void)output; /* empty */
    if (sim_subject_find(call, in->resource_arn, &kind, &subject) < 0 ||
        sim_resource_require_usable(call, kind, subject) < 0 || check_policy(call, in->policy) < 0)
        return -1;
    return write_policy(call, &sim_resource_policy_table, subject, in->policy);
}

int sim_get_resource_policy(struct sim_call *call, const void *input, void *output)
{
    const struct lat_get_resource_policy_request *in = input;
    struct lat_get_resource_policy_response *out = output;
    enum lat_resource_kind_id kind = LAT_RESOURCE_SERVICE;
    struct sim_resource *subject = NULL;
    const struct sim_policy *policy = NULL;
    if (sim_subject_find(call, in->resource_arn, &kind, &subject) < 0 ||
        read_policy(call, &sim_resource_policy_table, subject, &policy) < 0)
        return -1;
    out->policy = policy == NULL ? NULL : policy->policy;
    return 0;
}

int sim_delete_resource_policy(struct sim_call *call, const void *input, void *output)
{
    const struct lat_delete_resource_policy_request *in = input;
    enum lat_resource_kind_id kind = LAT_RESOURCE_SERVICE;
    struct sim_resource *subject = NULL;
    (void)output; /* 204 */
    if (sim_subject_find(call, in->resource_arn, &kind, &subject) < 0)
        return -1;
    return sim_store_run(call->sim->store, "DELETE FROM resource_policy WHERE resource = ?1",
                         SIM_VALUES(sim_int(subject->seq)), NULL);
}
