/* Whether a thing of another service is there for the caller; see outside.h. */
#include "simulator/engine/outside.h"

#include "common/base/text.h"
#include "simulator/store/side_rows.h"

#include <string.h>

/* known_sql: those of a kind that the simulator itself has been given exist (?1 account, ?2 Region,
 * ?3 reference). The permissions are those that the user guide asks of the caller (documented). */
static const struct {
    const char *name;
    enum sim_rule_id missing;
    const char *permission;
    const char *known_sql;
} kinds[SIM_OUTSIDE_COUNT] = {
    [SIM_OUTSIDE_VPC] = {"VPC", SIM_RULE_OUTSIDE_MISSING, "ec2:DescribeVpcs",
                         "SELECT count(*) FROM vpc WHERE account = ?1 AND region = ?2 "
                         "AND vpc_id = ?3"},
    [SIM_OUTSIDE_SUBNET] = {"SUBNET", SIM_RULE_OUTSIDE_MISSING, "ec2:DescribeSubnets", NULL},
    [SIM_OUTSIDE_SECURITY_GROUP] = {"SECURITY_GROUP", SIM_RULE_OUTSIDE_MISSING,
                                    "ec2:DescribeSecurityGroups", NULL},
    [SIM_OUTSIDE_CERTIFICATE] = {"CERTIFICATE", SIM_RULE_OUTSIDE_MISSING, "acm:DescribeCertificate",
                                 "SELECT count(*) FROM certificate WHERE account = ?1 "
                                 "AND region = ?2 AND arn = ?3"},
    [SIM_OUTSIDE_LOG_GROUP] = {"LOG_GROUP", SIM_RULE_LOG_DESTINATION_MISSING,
                               "logs:CreateLogDelivery", NULL},
    [SIM_OUTSIDE_BUCKET] = {"BUCKET", SIM_RULE_LOG_DESTINATION_MISSING, "logs:CreateLogDelivery",
                            NULL},
    [SIM_OUTSIDE_DELIVERY_STREAM] = {"DELIVERY_STREAM", SIM_RULE_LOG_DESTINATION_MISSING,
                                     "logs:CreateLogDelivery", NULL},
};

const char *sim_outside_name(enum sim_outside_kind kind)
{
    return kinds[kind].name;
}

const char *sim_outside_reference(struct lat_arena *arena, enum sim_outside_kind kind,
                                  const char *reference)
{
    size_t length = strlen(reference);
    const char *place = strstr(reference, ":::");
    size_t tail = strlen(SIM_OUTSIDE_LOG_STREAMS);
    if (kind == SIM_OUTSIDE_LOG_GROUP && length > tail &&
        strcmp(reference + length - tail, SIM_OUTSIDE_LOG_STREAMS) == 0)
        length -= tail;
    if (kind == SIM_OUTSIDE_BUCKET && place != NULL)
        length = (size_t)(place - reference) + strcspn(place, "/");
    return lat_arena_strndup(arena, reference, length);
}

/* What was said of a reference itself, else of its whole kind; NULL for nothing. */
static int read_state(struct sim_call *call, enum sim_outside_kind kind, const char *reference,
                      const char **ret)
{
    void *row = NULL;
    int64_t known = 0;
    if (sim_store_row(call->sim->store, call->arena, &sim_outside_table,
                      "WHERE r.account = ?1 AND r.region = ?2 AND r.kind = ?3 "
                      "AND r.reference IN (?4, '" SIM_OUTSIDE_ALL "') "
                      "ORDER BY r.reference = '" SIM_OUTSIDE_ALL "' LIMIT 1",
                      SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region),
                                 sim_text(kinds[kind].name), sim_text(reference)),
                      &row) < 0)
        return -1;
    const struct sim_outside *said = row;
    if (said != NULL && lat_text_eq(said->reference, SIM_OUTSIDE_ALL) &&
        kinds[kind].known_sql != NULL &&
        sim_store_number(call->sim->store, kinds[kind].known_sql,
                         SIM_VALUES(sim_text(call->caller.account), sim_text(call->caller.region),
                                    sim_text(reference)),
                         &known) < 0)
        return -1;
    *ret = said == NULL || known > 0 ? NULL : said->state;
    return 0;
}

int sim_outside_require(struct sim_call *call, enum sim_outside_kind kind, const char *reference)
{
    const char *state = NULL;
    if (lat_text_is_empty(reference))
        return 0;
    if (read_state(call, kind, sim_outside_reference(call->arena, kind, reference), &state) < 0)
        return -1;
    struct sim_about about = {.id = reference, .outside = kinds[kind].name};
    if (lat_text_eq(state, "missing")) {
        about.name = kinds[kind].name;
        return sim_refuse(call, kinds[kind].missing, about);
    }
    if (!lat_text_eq(state, "denied"))
        return 0;
    about.name = kinds[kind].permission;
    about.detail = call->caller.arn;
    return sim_refuse(call, SIM_RULE_OUTSIDE_DENIED, about);
}

int sim_outside_require_each(struct sim_call *call, enum sim_outside_kind kind,
                             struct lat_list references)
{
    const char *const *texts = references.items;
    for (size_t i = 0; i < references.count; i++)
        if (sim_outside_require(call, kind, texts[i]) < 0)
            return -1;
    return 0;
}
