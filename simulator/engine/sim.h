/* The simulator's state: the store, the clock, the source of ids, the journal. One of each per
 * process; whoever needs them gets a pointer, nobody has a global. */
#pragma once

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/rng.h"
#include "simulator/store/store.h"

#include <jansson.h>

struct lat_codec;
struct lat_sigv4_hasher;
struct sim_journal;
struct sim_traffic;
struct sim_faults;

/* How long …_IN_PROGRESS lasts and targets take, in milliseconds (chosen: no public figures; see
 * docs/divergence.md). All zero is "instant": the next call sees the result. */
struct sim_delays {
    int64_t service_ms;
    int64_t target_group_ms;
    int64_t service_association_ms;
    int64_t vpc_association_ms;
    int64_t resource_association_ms;
    int64_t resource_gateway_ms;       /* deletion; creation and update end at once */
    int64_t resource_configuration_ms; /* the same */
    int64_t domain_verification_ms;    /* from PENDING to VERIFIED */
    int64_t health_check_ms;           /* how long a registered target is INITIAL */
    int64_t drain_ms;                  /* how long a deregistered target is DRAINING */
};

extern const struct sim_delays sim_delays_instant;
extern const struct sim_delays sim_delays_real;

/* How much a signature counts; see auth.h. */
enum sim_auth { SIM_AUTH_LENIENT, SIM_AUTH_STRICT, SIM_AUTH_OFF };

struct sim_config {
    const char *partition; /* "aws" */
    const char *account;   /* of callers whose access key names no other */
    const char *region;    /* of calls whose signature names no other */
    struct sim_delays delays;
    int64_t tagging_delay_ms; /* GetResources sees the tags as they were so long ago */
    bool probes;              /* health checks of loopback targets really happen */
    enum sim_auth auth;
    int64_t throttle_rate;  /* calls per second, account, Region and operation; 0: no throttling */
    int64_t throttle_burst; /* at least 1 when there is a rate */
};

/* When something of a table changes by itself next, as the store said when it was last asked. */
struct sim_due {
    bool is_known;
    int64_t writes; /* to the table at that moment: more of them, and it must be asked again */
    int64_t at_ms;  /* 0: never */
};

/* The Kubernetes API on the same state, which the engine knows only by this. Set by its owner. */
struct sim_cluster {
    void *context;
    /* Whether its rows are what it would have written; asked before a state from outside counts. */
    int (*check)(void *context, struct lat_err *reterr);
    /* Its last changes to a state that was judged sound, before that counts; -1: the store failed.
     */
    int (*arrive)(void *context);
    /* The state was replaced as a whole. */
    int (*restart)(void *context, struct lat_err *reterr);
    size_t (*watch_count)(void *context);
    /* Carries out a request as one of a client; target is path and query, body (or NULL) JSON, a
     * merge patch for PATCH. Returns the body of the answer, a new reference. */
    json_t *(*ask_new)(void *context, struct lat_arena *arena, const char *method,
                       const char *target, const json_t *body, int *ret_status);
};

#define SIM_NAME_BYTES 64 /* of a snapshot or branch, with the terminator */

/* What a quota's count is at most: what it was, and every row written since. Saves counting all of
 * them for each one that is added. key is empty while the place is free. */
struct sim_quota_bound {
    char key[96];
    int64_t count;
    int64_t writes; /* sim_store_writes when it was counted */
};

#define SIM_CLOCKS       2   /* tables of which something comes due; see lifecycle.c */
#define SIM_QUOTA_BOUNDS 256 /* places; two counts that share one forget each other */

struct sim {
    struct lat_clock clock;
    struct lat_rng rng;
    struct sim_store *store;
    struct lat_codec *codec;
    struct sim_journal *journal;
    struct sim_traffic *traffic; /* NULL: no traffic log */
    struct sim_faults *faults;   /* NULL: none are asked for */
    const struct lat_log *log;   /* borrowed */
    struct sim_config config;
    struct sim_config given;         /* as the flags say; see setting.h */
    struct lat_sigv4_hasher *hasher; /* NULL until a signature is checked */
    struct sim_due due[SIM_CLOCKS];
    struct sim_recent *recent;   /* NULL: every answer is made anew */
    struct sim_cluster cluster;  /* zeroed where no Kubernetes API is served */
    uint64_t seed;               /* of rng; a reset begins with it again */
    char branch[SIM_NAME_BYTES]; /* that is worked on */
    int64_t started_ms;          /* by the clock */
    struct sim_quota_bound quota_bounds[SIM_QUOTA_BOUNDS];
};
