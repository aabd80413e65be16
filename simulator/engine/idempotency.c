/* clientToken; see idempotency.h. call->input is the canonical text of the whole input: with the
 * token inside, which is equal by the key, it is as good as the parameters alone. */
#include "simulator/engine/idempotency.h"

#include "common/aws/model.h"
#include "common/base/text.h"

static const char *token_of(const struct sim_call *call, const void *input)
{
    return call->lattice->token == NULL ? NULL : lat_member_text(input, call->lattice->token);
}

static struct sim_values key_of(const struct sim_call *call, const char *token,
                                struct sim_value values[4])
{
    values[0] = sim_text(call->caller.account);
    values[1] = sim_text(call->caller.region);
    values[2] = sim_text(call->operation);
    values[3] = sim_text(token);
    return (struct sim_values){values, 4};
}

int sim_idempotency_find(struct sim_call *call, const void *input, const char **ret_body)
{
    const char *token = token_of(call, input), *known_input = NULL;
    struct sim_value values[4];
    *ret_body = NULL;
    if (token == NULL)
        return 0;
    struct sim_values key = key_of(call, token, values);
    if (sim_store_text(call->sim->store, call->arena,
                       "SELECT input FROM idempotency WHERE account = ?1 AND region = ?2 "
                       "AND operation = ?3 AND token = ?4",
                       key, &known_input) < 0)
        return -1;
    if (known_input == NULL)
        return 0;
    if (!lat_text_eq(known_input, call->input))
        return sim_refuse(call, SIM_RULE_TOKEN_REUSED,
                          (struct sim_about){.id = token, .name = token});
    return sim_store_text(call->sim->store, call->arena,
                          "SELECT output FROM idempotency WHERE account = ?1 AND region = ?2 "
                          "AND operation = ?3 AND token = ?4",
                          key, ret_body);
}

int sim_idempotency_keep(struct sim_call *call, const void *input, const char *body)
{
    const char *token = token_of(call, input);
    if (token == NULL)
        return 0;
    if (sim_store_run(call->sim->store,
                      "INSERT INTO idempotency (account, region, operation, token, input, output) "
                      "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                      SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region),
                                 sim_text(call->operation), sim_text(token), sim_text(call->input),
                                 sim_text(body)),
                      NULL) < 0)
        return -1;
    return sim_store_run(call->sim->store,
                         "DELETE FROM idempotency WHERE rowid <= last_insert_rowid() - ?1",
                         SIM_VALUES(sim_int(SIM_IDEMPOTENCY_ENTRIES_MAX)), NULL);
}
