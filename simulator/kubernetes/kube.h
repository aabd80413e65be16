/* The fake Kubernetes API: one HTTP handler over the store. It behaves as kube-apiserver does for
 * the kinds it knows; what differs is in docs/divergence.md. One thread, as the HTTP server. */
#pragma once

#include "common/base/err.h"
#include "common/http/server.h"
#include "simulator/engine/sim.h"

struct sim_kube;
struct sim_kube_access;

/* Brings up the API on the store of sim (borrowed) and makes the namespaces that every cluster has.
 * The caller owns the result and frees it after the HTTP server, whose streams belong to it. */
int sim_kube_new(struct sim *sim, struct sim_kube **ret_kube, struct lat_err *reterr) LAT_MUST_USE;
struct sim_kube *sim_kube_free(struct sim_kube *kube);
void sim_kube_freep(struct sim_kube **kube);

/* Who may call over TLS, and whose tokens are known; borrowed. Without it no token is. */
void sim_kube_set_access(struct sim_kube *kube, const struct sim_kube_access *access);

/* A lat_http_handler; context is the struct sim_kube. */
void sim_kube_handle(void *context, struct lat_http_exchange *exchange);

/* Sends what watches wait for and ends those whose time is up; a lat_http_tick. Returns the
 * milliseconds until the next call is due, or -1. */
int sim_kube_tick(void *context);

/* Ends every watch: after the store was replaced or reset under the API. Makes the namespaces that
 * every cluster has, if the store lacks them. */
int sim_kube_restart(struct sim_kube *kube, struct lat_err *reterr) LAT_MUST_USE;
