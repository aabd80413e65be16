/* Refusals from rules; see call.h. The one place that turns a broken rule into an exception. */
#include "common/aws/model.h"
#include "common/base/buf.h"
#include "common/base/text.h"
#include "simulator/engine/call.h"

#include <assert.h>
#include <string.h>

/* Which rule a constraint of the schema stands for. */
static const struct {
    enum sim_violation_kind kind;
    const char *constraint; /* as SQLite names it */
    enum sim_rule_id rule;
} constraint_rules[] = {
    {SIM_VIOLATION_UNIQUE, "index 'resource_name'", SIM_RULE_NAME_TAKEN},
    {SIM_VIOLATION_UNIQUE, "service_association.service, service_association.network",
     SIM_RULE_ASSOCIATION_EXISTS},
    {SIM_VIOLATION_UNIQUE, "vpc_association.vpc_home, vpc_association.vpc_id",
     SIM_RULE_VPC_ASSOCIATED},
    {SIM_VIOLATION_UNIQUE, "resource_association.configuration, resource_association.network",
     SIM_RULE_ASSOCIATION_EXISTS},
    {SIM_VIOLATION_UNIQUE, "index 'access_log_subscription_slot'",
     SIM_RULE_LOG_SUBSCRIPTION_EXISTS},
    {SIM_VIOLATION_UNIQUE, "network_endpoint.vpc_endpoint_id", SIM_RULE_ENDPOINT_EXISTS},
    {SIM_VIOLATION_UNIQUE, "endpoint_association.vpc_endpoint_id", SIM_RULE_ENDPOINT_EXISTS},
    {SIM_VIOLATION_UNIQUE, "listener.service, listener.port", SIM_RULE_LISTENER_PORT_TAKEN},
    {SIM_VIOLATION_UNIQUE, "rule.listener, rule.priority", SIM_RULE_PRIORITY_TAKEN},
    {SIM_VIOLATION_TRIGGER, "target_group_has_one_service", SIM_RULE_TARGET_GROUP_HAS_ONE_SERVICE},
};

bool sim_is_refused(const struct sim_call *call)
{
    return call->refusal.code != NULL;
}

/* The text for one place of a message, "kind" … "detail". */
static const char *place(const struct sim_call *call, const struct sim_about *about,
                         const char *name, size_t length)
{
    const struct {
        const char *name;
        const char *text;
    } places[] = {
        {"kind", lat_resource_kinds[about->kind].name},
        {"id", about->id},
        {"name", about->name},
        {"account", call->caller.account},
        {"status", about->status},
        {"detail", about->detail},
    };
    for (size_t i = 0; i < LAT_COUNT(places); i++)
        if (strlen(places[i].name) == length && strncmp(places[i].name, name, length) == 0)
            return lat_text_or_empty(places[i].text);
    assert(false); /* the templates are data of this program */
    return "";
}

static const char *fill_message(struct sim_call *call, const char *message,
                                const struct sim_about *about)
{
    LAT_AUTO(lat_buf_done) struct lat_buf text;
    lat_buf_init(&text, LAT_ERR_MESSAGE_MAX * 4);
    for (const char *p = message; *p != '\0';) {
        size_t plain = strcspn(p, "{");
        lat_buf_append(&text, p, plain);
        p += plain;
        if (*p == '\0')
            break;
        size_t length = strcspn(p + 1, "}");
        lat_buf_puts(&text, place(call, about, p + 1, length));
        p += length + 2;
    }
    return lat_arena_strdup(call->arena, text.data);
}

int sim_refuse(struct sim_call *call, enum sim_rule_id rule, struct sim_about about)
{
    const struct sim_rule_text *text = &sim_rule_texts[rule];
    const struct lat_error_shape *shape = &lat_error_shapes[text->error];
    const char *message = fill_message(call, text->message, &about);
    call->rule = rule;
    call->refusal = (struct lat_refusal){
        .shape = shape,
        .code = shape->name,
        .status = shape->status,
        .message = message,
        .reason = text->reason,
        .resource_id = lat_text_or_empty(about.id),
        .resource_type =
            about.outside != NULL ? about.outside : lat_resource_kinds[about.kind].resource_type,
    };
    if (about.field != NULL) {
        struct lat_field_violation *field = LAT_NEW(call->arena, struct lat_field_violation);
        *field = (struct lat_field_violation){.name = about.field, .message = message};
        call->refusal.fields = field;
        call->refusal.field_count = 1;
        call->refusal.message = lat_arena_printf(call->arena, "%s: %s", about.field, message);
    }
    return -1;
}

int sim_refuse_violation(struct sim_call *call, struct sim_about about)
{
    const struct sim_violation *violation = sim_store_violation(call->sim->store);
    for (size_t i = 0; i < LAT_COUNT(constraint_rules); i++)
        if (constraint_rules[i].kind == violation->kind &&
            lat_text_eq(constraint_rules[i].constraint, violation->rule))
            return sim_refuse(call, constraint_rules[i].rule, about);
    return -1;
}

int sim_refuse_plainly(struct sim_call *call, int status, const char *code, const char *message)
{
    call->refusal = (struct lat_refusal){.code = code, .status = status, .message = message};
    return -1;
}
