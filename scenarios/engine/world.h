/* The programs that a story runs against: one simulator and one controller of its own, both on the
 * same virtual time. The only place that starts processes and moves time. */
#pragma once

#include "common/base/arena.h"
#include "common/base/child.h"
#include "common/base/clock.h"
#include "scenarios/engine/aws.h"
#include "scenarios/engine/journal.h"
#include "scenarios/engine/kube.h"

#include <stdbool.h>
#include <stdint.h>

struct scn_options {
    const char *program_folder; /* of this program: the others are looked for beside it */
    const char *aws_endpoint;   /* NULL: start a simulator */
    const char *kube_endpoint;
    const char *region;
    const char *account;
    const char *vpc;
    const char *cluster;
    const char *log_folder; /* where the programs' logs go; NULL: nowhere */
    int64_t seed;
};

struct scn_world {
    struct lat_arena *arena; /* borrowed; lives as long as the world */
    const struct scn_options *options;
    const json_t *environment; /* of the controller, from the story; NULL for none */
    const char *delays;        /* of the simulator: "instant" or "real" */
    struct lat_clock clock;    /* real: for signatures */
    struct lat_http_client *http;
    struct lat_child *simulator;  /* NULL: not ours */
    struct lat_child *controller; /* NULL: stopped */
    struct scn_aws aws;
    struct scn_kube kube;
    struct scn_journal journal;
    int64_t next_due_ms; /* until the controller wants to work again; -1: only after a change */
};

/* Starts a simulator, or connects to the one of the options. controller and simulator are the
 * story's settings of both; NULL for none. */
int scn_world_open(struct scn_world *world, struct lat_arena *arena,
                   const struct scn_options *options, const json_t *controller,
                   const json_t *simulator, struct lat_err *reterr) LAT_MUST_USE;
/* Ends everything that was started. Accepts a world that failed to open. */
void scn_world_done(struct scn_world *world);

/* Starting a started controller, or stopping a stopped one, changes nothing. */
int scn_world_start_controller(struct scn_world *world, struct lat_err *reterr) LAT_MUST_USE;
int scn_world_stop_controller(struct scn_world *world, struct lat_err *reterr) LAT_MUST_USE;

/* Lets the controller do all that is due now. Without a controller: nothing. */
int scn_world_reconcile(struct scn_world *world, struct lat_err *reterr) LAT_MUST_USE;

/* Lets time pass for both programs, in steps no longer than until the controller's next work. */
int scn_world_wait(struct scn_world *world, int64_t wait_ms, struct lat_err *reterr) LAT_MUST_USE;

/* Lets time pass until nothing in the simulator is under way any more; before the controller
 * starts. */
int scn_world_settle(struct scn_world *world, struct lat_err *reterr) LAT_MUST_USE;

/* Brings the journal up to date; what is new was not the controller's doing. */
int scn_world_read_journal(struct scn_world *world, struct lat_err *reterr) LAT_MUST_USE;
