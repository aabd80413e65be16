/* Health checks that really happen (--health-checks probe): HTTP and HTTPS requests to targets on
 * loopback addresses, at their intervals. Nothing else is ever contacted, and nothing waits:
 * answers are taken when they are there. Source: user guide, health checks (each on a connection of
 * its own, the time that an answer takes does not move the next one); that a target's certificate
 * is not verified and that HTTP/2 has no fallback is chosen. */
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
