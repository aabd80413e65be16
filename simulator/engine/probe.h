/* Health checks that really happen (--health-checks probe): HTTP requests to targets on loopback
 * addresses, at their intervals. Nothing else is ever contacted, and nothing waits: answers are
 * taken when they are there. */
#pragma once

#include "simulator/engine/sim.h"

struct sim_prober;

struct sim_prober *sim_prober_new(struct sim *sim) LAT_MUST_USE;
struct sim_prober *sim_prober_free(struct sim_prober *prober);

/* Starts what is due and takes what has come. Returns milliseconds until it wants to be called
 * again. */
int sim_prober_tick(struct sim_prober *prober);

/* Whether a status is one of "200", "200,202" or "200-299", also mixed. */
bool sim_probe_matches(const char *matcher, int status);
