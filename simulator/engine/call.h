/* One call on the fake AWS APIs, from its decoded input to its output or its refusal.
 * A handler gets the call, reads and writes the store, and returns 0, or -1 after a sim_refuse…; -1
 * without a refusal means that the store failed, and is answered with 500. */
#pragma once

#include "common/aws/arn.h"
#include "common/aws/refusal.h"
#include "simulator/engine/rules.h"
#include "simulator/engine/sim.h"
#include "simulator/store/rows.h"

struct sim_fault;

struct sim_caller {
    const char *access_key; /* "" when the request is not signed */
    const char *account;
    const char *region;
    const char *arn;     /* arn:aws:iam::123456789012:user/… */
    const char *user_id; /* as STS tells it */
};

struct sim_call {
    struct sim *sim;
    struct lat_arena *arena; /* of this request */
    struct sim_caller caller;
    const char *request_id;
    int64_t now_ms;

    /* What was asked; for the journal. Filled as soon as it is known. */
    const char *service;                 /* signing name: "vpc-lattice" */
    const char *operation;               /* "CreateService"; NULL while unknown */
    const struct lat_operation *lattice; /* its tables, for operations of VPC Lattice */
    const char *input;                   /* JSON text */
    bool has_secrets; /* input and answer hold credentials: the journal leaves them out */

    /* Set by sim_refuse…; code is NULL while the call is not refused. */
    struct lat_refusal refusal;
    enum sim_rule_id rule;

    struct sim_fault *fault; /* the fault rule that took hold of the call, or NULL */
};

/* What a refusal is about; members fill the places in the rule's message and the exception's
 * members. */
struct sim_about {
    enum lat_resource_kind_id kind;
    const char *id;
    const char *name;
    const char *status;
    const char *detail;
    const char *field;   /* ValidationException: the member that is wrong */
    const char *outside; /* resourceType, when it is a thing of another service; kind is not read */
};

/* Refuses the call by a rule. Returns -1. */
int sim_refuse(struct sim_call *call, enum sim_rule_id rule, struct sim_about about);

/* Refuses by the rule that the store's last violation stands for. A violation that no rule explains
 * leaves the call without a refusal: that is breakage. Returns -1. */
int sim_refuse_violation(struct sim_call *call, struct sim_about about);

/* A refusal outside of the API model (unknown operations, operations without meaning yet). Returns
 * -1. */
int sim_refuse_plainly(struct sim_call *call, int status, const char *code, const char *message);

bool sim_is_refused(const struct sim_call *call);
