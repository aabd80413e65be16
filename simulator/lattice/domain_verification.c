/* Domain verifications: PENDING until their time has come, then VERIFIED (or timed out, where the
 * admin API asked for it). No DNS is looked up (chosen). Source: lattice-api reference D.14. */
#include "simulator/engine/family.h"
#include "simulator/engine/quota.h"
#include "simulator/engine/tags.h"
#include "simulator/lattice/handlers.h"

#define TXT_HEX_DIGITS 17

static const struct lat_txt_method_config *
txt_method(struct sim_call *call, const struct sim_domain_verification *verification)
{
    struct lat_txt_method_config *config = LAT_NEW(call->arena, struct lat_txt_method_config);
    *config = (struct lat_txt_method_config){.value = verification->txt_value,
                                             .name = verification->txt_name};
    return config;
}

static int show(struct sim_call *call, const void *row, void *ret_view)
{
    const struct sim_domain_verification *verification = row;
    struct lat_get_domain_verification_response *view = ret_view;
    *view = (struct lat_get_domain_verification_response){
        .id = verification->resource.id,
        .arn = verification->resource.arn,
        .domain_name = verification->resource.name,
        .status = verification->resource.status,
        .txt_method_config = txt_method(call, verification),
        .created_at = LAT_INT(verification->resource.created_ms),
        .last_verified_time = {.has = verification->last_verified_ms != 0,
                               .value = verification->last_verified_ms},
    };
    return sim_tags_list(call, verification->resource.seq, &view->tags);
}

static const struct sim_family family = {
    .kind = LAT_RESOURCE_DOMAIN_VERIFICATION,
    .table = &sim_domain_verification_table,
    .view = LAT_SHAPE_GET_DOMAIN_VERIFICATION_RESPONSE,
    .summary = LAT_SHAPE_DOMAIN_VERIFICATION_SUMMARY,
    .show = show,
};

int sim_start_domain_verification(struct sim_call *call, const void *input, void *output)
{
    const struct lat_start_domain_verification_request *in = input;
    char name[TXT_HEX_DIGITS + 1], value[TXT_HEX_DIGITS + 1];
    struct sim_domain_verification verification = {0};
    sim_resource_init(call, LAT_RESOURCE_DOMAIN_VERIFICATION, NULL, in->domain_name,
                      call->sim->config.delays.domain_verification_ms, &verification.resource);
    verification.resource.status = LAT_VERIFICATION_STATUS_PENDING;
    lat_rng_hex(&call->sim->rng, TXT_HEX_DIGITS, name);
    lat_rng_hex(&call->sim->rng, TXT_HEX_DIGITS, value);
    verification.txt_name = lat_arena_printf(call->arena, "_%s.%s", name, in->domain_name);
    verification.txt_value = lat_arena_printf(call->arena, "vpc-lattice:%s", value);
    struct sim_about about = {
        .kind = LAT_RESOURCE_DOMAIN_VERIFICATION, .id = in->domain_name, .name = in->domain_name};
    if (sim_resource_insert(call, &sim_domain_verification_table, &verification, in->tags, about) <
            0 ||
        sim_quota_enforce(call, SIM_QUOTA_DOMAIN_VERIFICATIONS, 0, NULL) < 0)
        return -1;
    return sim_family_answer(call, &family, &verification, output);
}

static int find(struct sim_call *call, const char *identifier, struct sim_domain_verification **ret)
{
    void *row = NULL;
    if (sim_family_find(call, &family, identifier, &row) < 0)
        return -1;
    *ret = row;
    return 0;
}

int sim_get_domain_verification(struct sim_call *call, const void *input, void *output)
{
    const struct lat_get_domain_verification_request *in = input;
    struct sim_domain_verification *verification = NULL;
    if (find(call, in->domain_verification_identifier, &verification) < 0)
        return -1;
    return sim_family_answer(call, &family, verification, output);
}

int sim_list_domain_verifications(struct sim_call *call, const void *input, void *output)
{
    return sim_family_list(
        call, &family, input,
        "WHERE r.account = ?3 AND r.region = ?4 AND r.kind = 'domainverification' "
        "AND r.seq > ?1 ORDER BY r.seq LIMIT ?2",
        SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region)), output);
}

/* The operation declares no conflict (model). */
int sim_delete_domain_verification(struct sim_call *call, const void *input, void *output)
{
    static const struct sim_holder holders[] = {
        {"SELECT count(*) FROM resource_configuration WHERE domain_verification = ?1",
         SIM_RULE_DOMAIN_VERIFICATION_IN_USE},
    };
    const struct lat_delete_domain_verification_request *in = input;
    struct sim_domain_verification *verification = NULL;
    (void)output; /* empty */
    if (find(call, in->domain_verification_identifier, &verification) < 0 ||
        sim_resource_require_free(call, LAT_RESOURCE_DOMAIN_VERIFICATION, &verification->resource,
                                  holders, LAT_COUNT(holders)) < 0)
        return -1;
    return sim_resource_delete(call, &verification->resource);
}
