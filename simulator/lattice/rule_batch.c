/* BatchUpdateRule: several rules of a listener at once, so that priorities can change places.
 * Whether a priority is free is judged on the state after the whole batch; an entry that cannot be
 * applied is reported and the others are. Source: lattice-api reference E.4 (atomicity and codes
 * chosen). */
#include "common/aws/model.h"
#include "simulator/engine/fault.h"
#include "simulator/lattice/handlers.h"
#include "simulator/lattice/rule.h"
#include "simulator/lattice/shapes.h"

/* One entry of the batch; rule stays NULL and refusal is set once the entry has failed. */
struct entry {
    const struct lat_rule_update *update;
    struct sim_rule *rule;
    struct lat_refusal refusal;
};

/* The entry failed with what the call was refused for; the call itself goes on. */
static int take_refusal(struct sim_call *call, struct entry *entry)
{
    if (!sim_is_refused(call))
        return -1; /* breakage */
    entry->refusal = call->refusal;
    entry->rule = NULL;
    call->refusal = (struct lat_refusal){0};
    call->rule = SIM_RULE_NONE;
    return 0;
}

static int find_rule(struct sim_call *call, const struct sim_listener *listener, size_t index,
                     struct entry *entry)
{
    void *row = NULL;
    const char *code = NULL, *message = NULL;
    if (sim_fault_spoils(call, index, "InternalServerException", &code, &message)) {
        sim_refuse_plainly(call, 500, code, message);
        return take_refusal(call, entry);
    }
    if (sim_resource_find_child(call, &sim_rule_table, LAT_RESOURCE_RULE,
                                entry->update->rule_identifier, &listener->resource, &row) < 0)
        return take_refusal(call, entry);
    entry->rule = row;
    if (!entry->rule->is_default)
        return 0;
    sim_refuse(call, SIM_RULE_DEFAULT_RULE,
               (struct sim_about){.kind = LAT_RESOURCE_RULE, .id = entry->rule->resource.id});
    return take_refusal(call, entry);
}

/* Moves a rule's priority out of the way of the others: negative numbers are nobody's. */
static int park_priority(struct sim_call *call, const struct entry *entry)
{
    if (entry->rule == NULL || !entry->update->priority.has)
        return 0;
    return sim_store_run(call->sim->store, "UPDATE rule SET priority = -seq WHERE seq = ?1",
                         SIM_VALUES(sim_int(entry->rule->resource.seq)), NULL);
}

/* Applies one entry alone; what it had begun is taken back when it fails. */
static int apply(struct sim_call *call, const struct sim_listener *listener, struct entry *entry)
{
    struct sim_rule_changes changes = {.match = entry->update->match,
                                       .priority = entry->update->priority,
                                       .action = entry->update->action};
    if (sim_store_savepoint(call->sim->store) < 0)
        return -1;
    if (sim_rule_change(call, listener, entry->rule, &changes) == 0)
        return sim_store_release(call->sim->store);
    sim_store_rollback_to(call->sim->store);
    return take_refusal(call, entry);
}

/* An entry whose new priority was taken gets its old one back, if that is still free: someone else
 * of the batch may have it now, and then nothing of the batch can hold. */
static int restore_priority(struct sim_call *call, const struct entry *entry, int64_t seq,
                            int64_t priority)
{
    if (sim_store_run(call->sim->store, "UPDATE rule SET priority = ?2 WHERE seq = ?1",
                      SIM_VALUES(sim_int(seq), sim_int(priority)), NULL) == 0)
        return 0;
    call->refusal = entry->refusal;
    call->rule = SIM_RULE_PRIORITY_TAKEN;
    return -1;
}

static int apply_all(struct sim_call *call, const struct sim_listener *listener,
                     struct entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (find_rule(call, listener, i, &entries[i]) < 0 || park_priority(call, &entries[i]) < 0)
            return -1;
    for (size_t i = 0; i < count; i++) {
        if (entries[i].rule == NULL)
            continue;
        int64_t seq = entries[i].rule->resource.seq, priority = entries[i].rule->priority;
        if (apply(call, listener, &entries[i]) < 0)
            return -1;
        if (entries[i].rule == NULL && entries[i].update->priority.has &&
            restore_priority(call, &entries[i], seq, priority) < 0)
            return -1;
    }
    return 0;
}

static int report(struct sim_call *call, const struct entry *entries, size_t count,
                  struct lat_batch_update_rule_response *out)
{
    struct lat_rule_update_success *successes =
        LAT_NEW_ARRAY(call->arena, struct lat_rule_update_success, count);
    struct lat_rule_update_failure *failures =
        LAT_NEW_ARRAY(call->arena, struct lat_rule_update_failure, count);
    size_t successful = 0, unsuccessful = 0;
    for (size_t i = 0; i < count; i++) {
        const struct sim_rule *rule = entries[i].rule;
        if (rule == NULL) {
            failures[unsuccessful++] = (struct lat_rule_update_failure){
                .rule_identifier = entries[i].update->rule_identifier,
                .failure_code = entries[i].refusal.code,
                .failure_message = entries[i].refusal.message,
            };
            continue;
        }
        if (sim_family_show(call, &sim_rule_family, rule,
                            &lat_shapes[LAT_SHAPE_RULE_UPDATE_SUCCESS],
                            &successes[successful++]) < 0)
            return -1;
    }
    out->successful = LAT_LIST(successes, successful);
    out->unsuccessful = LAT_LIST(failures, unsuccessful);
    return 0;
}

int sim_batch_update_rule(struct sim_call *call, const void *input, void *output)
{
    const struct lat_batch_update_rule_request *in = input;
    struct sim_service *service = NULL;
    struct sim_listener *listener = NULL;
    if (sim_listener_find(call, in->service_identifier, in->listener_identifier, &service,
                          &listener) < 0)
        return -1;
    const struct lat_rule_update *updates = in->rules.items;
    struct entry *entries = LAT_NEW_ARRAY(call->arena, struct entry, in->rules.count);
    for (size_t i = 0; i < in->rules.count; i++)
        entries[i].update = &updates[i];
    if (apply_all(call, listener, entries, in->rules.count) < 0)
        return -1;
    return report(call, entries, in->rules.count, output);
}
